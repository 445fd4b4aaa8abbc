//! What a page permits: its own style and its own script, by their hashes, and nothing from anywhere else.

/// How it looks.
pub(super) const STYLE: &str = include_str!("../../../templates/report.css");
/// What it can do besides: sort, filter, point. Nothing in it needs this.
pub(super) const SCRIPT: &str = include_str!("../../../templates/report.js");

/// As `Content-Security-Policy` names it: of all between the tags, to the byte. The test says what it is to be.
pub(super) const STYLE_HASH: &str = "sha256-+rCRTs8r1oX1lssDcJb9po8PCqO0g2lAZl8GsYyEKjs=";
/// Of the script.
pub(super) const SCRIPT_HASH: &str = "sha256-eRUDLwqIKsQBLnwuSg7AA359arxkFINIPYIiYhIZM7M=";

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    fn base64(bytes: &[u8]) -> String {
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let of_three = |three: &[u8]| {
            let bits = (0..3).fold(0, |bits, at| bits << 8 | u32::from(three.get(at).copied().unwrap_or(0)));
            let letter = |at: usize| match at <= three.len() {
                true => char::from(letters[(bits >> (18 - 6 * at) & 63) as usize]),
                false => '=',
            };
            (0..4).map(letter).collect::<String>()
        };
        bytes.chunks(3).map(of_three).collect()
    }

    #[test]
    fn letters_are_those_of_base64() {
        // <https://www.rfc-editor.org/rfc/rfc4648#section-10>
        let rows = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (text, expected) in rows {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }

    #[test]
    fn what_is_permitted_is_what_is_there() {
        for (text, hash) in [(STYLE, STYLE_HASH), (SCRIPT, SCRIPT_HASH)] {
            assert_eq!(format!("sha256-{}", base64(&Sha256::digest(text))), hash, "{}", &text[..60]);
            // Nothing in it ends the element that it is in.
            assert!(!text.contains("</") && !text.contains("<!--"));
        }
    }
}
