//! Text made to fit a width, as a terminal counts it. The only home of `unicode-width`.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many columns a text takes.
pub(super) fn width(text: &str) -> usize {
    // Most text is ASCII, where a byte is a column.
    if text.is_ascii() { text.len() } else { text.width() }
}

/// The text, or as much of its beginning and its end as fits with `…` between: both tell paths apart.
pub(super) fn cut_middle(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let Some(room) = columns.checked_sub(1) else { return Cow::Borrowed("") };
    let head = &text[..fitting(text.char_indices(), room.div_ceil(2)).map_or(0, |(at, c)| at + c.len_utf8())];
    let tail_from = fitting(text.char_indices().rev(), room - width(head)).map_or(text.len(), |(at, _)| at);
    // What stands on a character that is cut away is cut away with it.
    let tail = text[tail_from..].trim_start_matches(|c| columns_of(c) == 0);
    Cow::Owned(format!("{head}…{tail}"))
}

/// How many columns two texts have that want so many: what they want, if that fits; otherwise a half each, and what one does not
/// need the other has.
pub(super) fn shares([first, second]: [usize; 2], columns: usize) -> [usize; 2] {
    let half = columns / 2;
    let first = if second <= half { first.min(columns - second) } else { first.min(columns - half) };
    [first, second.min(columns - first)]
}

/// The text, or as much of its beginning as fits with `…` behind it.
pub(super) fn cut_end(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let Some(room) = columns.checked_sub(1) else { return Cow::Borrowed("") };
    let end = fitting(text.char_indices(), room).map_or(0, |(at, c)| at + c.len_utf8());
    Cow::Owned(format!("{}…", &text[..end]))
}

/// Number of bytes of the text that fit into so many columns, at least those of one character.
pub(super) fn fitting_len(text: &str, columns: usize) -> usize {
    let first = text.chars().next().map_or(0, char::len_utf8);
    fitting(text.char_indices(), columns).map_or(first, |(at, c)| at + c.len_utf8())
}

/// The last of the characters that fit together, with its place.
fn fitting(chars: impl Iterator<Item = (usize, char)>, columns: usize) -> Option<(usize, char)> {
    let mut used = 0;
    chars
        .take_while(|(_, c)| {
            used += columns_of(*c);
            used <= columns
        })
        .last()
}

fn columns_of(c: char) -> usize {
    c.width().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_keeps_its_beginning_and_its_end() {
        let rows = [
            ("/cart", 5, "/cart"),
            ("/cart/", 5, "/c…t/"),
            ("/media/catalogue/2026/cover-large.jpg", 20, "/media/cat…large.jpg"),
            ("/media/x", 1, "…"),
            ("/media/x", 0, ""),
            ("/日本語のページ", 8, "/日…ージ"),
            ("/日本語のページ", 9, "/日…ージ"),
            ("/日本語のページ", 10, "/日本…ージ"),
            ("abcde\u{301}fgh", 6, "abc…gh"),
            ("", 3, ""),
        ];
        for (text, columns, expected) in rows {
            assert_eq!(cut_middle(text, columns), expected, "{text} in {columns}");
        }
    }

    #[test]
    fn ends_are_cut() {
        for (text, columns, expected) in [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("日本", 3, "日…"), ("日本", 0, "")]
        {
            assert_eq!(cut_end(text, columns), expected);
        }
    }

    proptest::proptest! {
        #[test]
        fn shares_are_all_there_is_and_no_more(first in 0..50_usize, second in 0..50_usize, columns in 0..60_usize) {
            let [one, other] = shares([first, second], columns);
            proptest::prop_assert!(one <= first && other <= second);
            proptest::prop_assert_eq!(one + other, columns.min(first + second));
            proptest::prop_assert!(one >= first.min(columns / 2) && other >= second.min(columns / 2));
        }

        #[test]
        fn what_is_cut_fits(text in "\\PC{0,40}", columns in 0_usize..50) {
            proptest::prop_assert!(width(&cut_middle(&text, columns)) <= columns);
            proptest::prop_assert!(width(&cut_end(&text, columns)) <= columns);
        }
    }
}
