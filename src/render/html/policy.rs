//! Content security policy of a page: it permits the page's own style and script, by their hashes, and nothing else.

/// Style sheet of the page.
pub(super) const STYLE: &str = include_str!("../../../templates/report.css");
/// Script of the page, which sorts and filters tables and shows details at the pointer. The page is complete without
/// it.
pub(super) const SCRIPT: &str = include_str!("../../../templates/report.js");

/// Hash of the style for `Content-Security-Policy`: it covers all bytes between the tags. If it is wrong, the test
/// prints the right one.
pub(super) const STYLE_HASH: &str = "sha256-wS6oFh/okapIaUTjBi8x1YhKZAXWc2LO2EXdFDaw210=";
/// Hash of the script.
pub(super) const SCRIPT_HASH: &str = "sha256-G3EsTsdw1dXD6Gl3yZv0tyU+EZ+w288q8mnWe2RT4tk=";

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
    fn base64_matches_the_rfc() {
        // <https://www.rfc-editor.org/rfc/rfc4648#section-10>
        let rows = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (text, expected) in rows {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }

    #[test]
    fn hashes_match_style_and_script() {
        for (text, hash) in [(STYLE, STYLE_HASH), (SCRIPT, SCRIPT_HASH)] {
            assert_eq!(format!("sha256-{}", base64(&Sha256::digest(text))), hash, "{}", &text[..60]);
            // The text must not close the element that contains it.
            assert!(!text.contains("</") && !text.contains("<!--"));
        }
    }
}
