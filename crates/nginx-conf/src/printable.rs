//! Text of a configuration in messages: UTF-8, and safe on a terminal.

use std::fmt::Write;

use unicode_properties::GeneralCategory::{Control, Format, LineSeparator, ParagraphSeparator};
use unicode_properties::UnicodeGeneralCategory;

/// Returns the text with `\xHH` for each byte that is not UTF-8, or that belongs to a control or format character
/// (Unicode Cc, Cf, Zl, Zp).
pub(crate) fn printable(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    let escape = |out: &mut String, bytes: &[u8]| {
        bytes.iter().for_each(|byte| write!(out, "\\x{byte:02X}").expect("writing to a String cannot fail"));
    };
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c.general_category() {
                Control | Format | LineSeparator | ParagraphSeparator => {
                    escape(&mut out, c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                _ => out.push(c),
            }
        }
        escape(&mut out, chunk.invalid());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unprintable_characters_are_escaped() {
        let rows: [(&[u8], &str); 6] = [
            (b"/api/", "/api/"),
            ("größe 日本 \u{a0}".as_bytes(), "größe 日本 \u{a0}"),
            (b"a\\b", r"a\b"),
            (b"\x1b[31m\n\x7f", r"\x1B[31m\x0A\x7F"),
            (b"\xff\xe2\x82", r"\xFF\xE2\x82"),
            ("\u{202e}\u{2028}\u{85}".as_bytes(), r"\xE2\x80\xAE\xE2\x80\xA8\xC2\x85"),
        ];
        for (text, expected) in rows {
            assert_eq!(printable(text), expected);
        }
    }
}
