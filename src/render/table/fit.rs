//! Fits text into a width, measured in terminal columns. The only module that uses `unicode-width`.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Width of a text in terminal columns.
pub(super) fn width(text: &str) -> usize {
    // Most text is ASCII, where each byte is one column.
    if text.is_ascii() { text.len() } else { text.width() }
}

/// Cuts the middle of a text that is too wide and puts `…` there. It keeps both ends, because either may distinguish
/// two paths.
pub(super) fn cut_middle(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let Some(room) = columns.checked_sub(1) else { return Cow::Borrowed("") };
    let head = &text[..fitting(text.char_indices(), room.div_ceil(2)).map_or(0, |(at, c)| at + c.len_utf8())];
    let tail_from = fitting(text.char_indices().rev(), room - width(head)).map_or(text.len(), |(at, _)| at);
    // Drop zero-width characters that belong to the last character that was cut.
    let tail = text[tail_from..].trim_start_matches(|c| columns_of(c) == 0);
    Cow::Owned(format!("{head}…{tail}"))
}

/// Divides `columns` between two texts of these widths. If both fit, each gets its width. Otherwise each gets half,
/// plus what the other does not need.
pub(super) fn shares([first, second]: [usize; 2], columns: usize) -> [usize; 2] {
    let half = columns / 2;
    let first = if second <= half { first.min(columns - second) } else { first.min(columns - half) };
    [first, second.min(columns - first)]
}

/// Cuts the end of a text that is too wide and puts `…` there.
pub(super) fn cut_end(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let Some(room) = columns.checked_sub(1) else { return Cow::Borrowed("") };
    let end = fitting(text.char_indices(), room).map_or(0, |(at, c)| at + c.len_utf8());
    Cow::Owned(format!("{}…", &text[..end]))
}

/// Number of bytes of the text that fit into `columns`, but at least the first character.
pub(super) fn fitting_len(text: &str, columns: usize) -> usize {
    let first = text.chars().next().map_or(0, char::len_utf8);
    fitting(text.char_indices(), columns).map_or(first, |(at, c)| at + c.len_utf8())
}

/// Returns the last character that still fits, with its byte offset.
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
    fn cut_middle_keeps_both_ends() {
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
    fn cut_end_keeps_the_beginning() {
        for (text, columns, expected) in [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("日本", 3, "日…"), ("日本", 0, "")]
        {
            assert_eq!(cut_end(text, columns), expected);
        }
    }

    proptest::proptest! {
        #[test]
        fn shares_fill_the_columns_exactly(first in 0..50_usize, second in 0..50_usize, columns in 0..60_usize) {
            let [one, other] = shares([first, second], columns);
            proptest::prop_assert!(one <= first && other <= second);
            proptest::prop_assert_eq!(one + other, columns.min(first + second));
            proptest::prop_assert!(one >= first.min(columns / 2) && other >= second.min(columns / 2));
        }

        #[test]
        fn cut_texts_fit(text in "\\PC{0,40}", columns in 0_usize..50) {
            proptest::prop_assert!(width(&cut_middle(&text, columns)) <= columns);
            proptest::prop_assert!(width(&cut_end(&text, columns)) <= columns);
        }
    }
}
