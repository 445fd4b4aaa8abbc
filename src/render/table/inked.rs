//! Removes colour escapes from cells before the layout, and puts them back into the line afterwards.
//!
//! `comfy-table` could measure text with escapes with its feature `custom_styling`, but that needs a terminal library
//! and an escape parser: ten crates. Text from logs is escaped before it becomes a cell, so all escapes here come from
//! `Ink`.

/// The text of a cell without escapes, and each escape with the byte offset in the text that it precedes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Inked {
    pub(super) text: String,
    escapes: Vec<(usize, String)>,
}

impl From<String> for Inked {
    fn from(cell: String) -> Inked {
        if !cell.contains('\x1b') {
            return Inked { text: cell, escapes: Vec::new() };
        }
        let mut inked = Inked::default();
        let mut rest = cell.as_str();
        while let Some(start) = rest.find('\x1b') {
            inked.text.push_str(&rest[..start]);
            let end = rest[start..].find('m').map_or(rest.len(), |length| start + length + 1);
            inked.escapes.push((inked.text.len(), rest[start..end].to_owned()));
            rest = &rest[end..];
        }
        inked.text.push_str(rest);
        inked
    }
}

/// Appends a laid-out line with the escapes of its cells. A cell that the layout cut gets no escapes.
pub(super) fn put_back(cells: &[Inked], line: &str, out: &mut String) {
    let mut rest = line;
    for cell in cells {
        let text = cell.text.trim_end_matches(' ');
        let shown = text.trim_start_matches(' ');
        let spaces = rest.len() - rest.trim_start_matches(' ').len();
        let own_spaces = text.len() - shown.len();
        if shown.is_empty() || spaces < own_spaces || !rest[spaces..].starts_with(shown) {
            continue;
        }
        out.push_str(&rest[..spaces - own_spaces]);
        let mut written = 0;
        for (at, escape) in &cell.escapes {
            let at = text.len().min(*at);
            out.push_str(&text[written..at]);
            out.push_str(escape);
            written = at;
        }
        out.push_str(&text[written..]);
        rest = &rest[spaces + shown.len()..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_put_back_where_they_were() {
        let bold = |text: &str| format!("\x1b[1m{text}\x1b[0m");
        let rows: [(Vec<String>, &str, String); 8] = [
            (vec!["a".into(), "1".into()], " a  1", " a  1".into()),
            (vec![bold("a"), bold("1")], " a  1", format!(" {}  {}", bold("a"), bold("1"))),
            (vec![format!(" {} /x", bold("1")), "7".into()], "  1 /x  7", format!("  {} /x  7", bold("1"))),
            (vec![format!("{} /x", bold(" 1")), "7".into()], "   1 /x  7", format!("  {} /x  7", bold(" 1"))),
            (vec![String::new(), bold("日本")], "     日本", format!("     {}", bold("日本"))),
            (vec![format!("a{}", bold("b c"))], "ab c", format!("a{}", bold("b c"))),
            (vec![bold("abcdef"), bold("1")], "abc…  1", "abc…  1".into()),
            (vec![], "", String::new()),
        ];
        for (cells, laid_out, expected) in rows {
            let cells: Vec<Inked> = cells.into_iter().map(Inked::from).collect();
            let mut out = String::new();
            put_back(&cells, laid_out, &mut out);
            assert_eq!(out, expected);
        }
    }

    #[test]
    fn escapes_are_removed_from_text() {
        for (cell, text) in [("", ""), ("a m", "a m"), ("\x1b[1ma\x1b[0m", "a"), ("\x1b[1m", ""), ("a\x1b[1", "a")] {
            assert_eq!(Inked::from(cell.to_owned()).text, text);
        }
    }
}
