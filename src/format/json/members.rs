//! Lists every key of a JSON line with its value, known or not: for display, not for counting.

use super::key_lookup::JsonKeys;
use super::text::decode;
use super::value::{Value, skip_space, value};
use crate::format::marks::Quotes;
use crate::format::marks::next_quote;

/// Calls `visit` with each key of an object and its value, until the line breaks off. Nested keys are joined by dots.
/// Like the scanner, it enters only objects that contain known keys.
pub(in crate::format) fn members(keys: &JsonKeys, text: &[u8], visit: &mut dyn FnMut(&[u8], &Value)) {
    let mut quotes = Quotes::Unknown;
    let mut at = skip_space(text, 0) + 1;
    // The path of the open object, with a dot after each key, and the path lengths of the objects around it.
    let (mut path, mut outer) = (Vec::new(), Vec::new());
    while let Some(byte) = text.get(at) {
        match byte {
            b'}' => match outer.pop() {
                None => return,
                Some(len) => {
                    path.truncate(len);
                    at += 1;
                }
            },
            b'"' => {
                let Some((key_end, _)) = next_quote(&mut quotes, text, at + 1) else { return };
                let len = path.len();
                decode(&text[at + 1..key_end], &mut path);
                let colon = skip_space(text, key_end + 1);
                if text.get(colon) != Some(&b':') {
                    return;
                }
                at = skip_space(text, colon + 1);
                if text.get(at) == Some(&b'{') && keys.find(&path).is_some_and(|name| name.opens) {
                    outer.push(len);
                    path.push(b'.');
                    at += 1;
                    continue;
                }
                let Ok(found) = value(text, at, &mut quotes) else { return };
                visit(&path, &found);
                path.truncate(len);
                at = found.next;
            }
            // Spaces, commas, and the rest of an unquoted list that nginx writes: `0.1, 0.2`.
            _ => at += 1,
        }
    }
}
