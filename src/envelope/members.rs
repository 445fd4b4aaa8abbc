//! Reads the members of a JSON object in place.

use crate::format::closing_quote;

/// The value of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// A string without its quotes; escapes are not undone.
    Text(&'a [u8]),
    /// Anything else.
    Other(&'a [u8]),
}

/// Calls `visit` for each member of the object that `text` consists of. Returns `None` if it is not an object, or if
/// `visit` does.
pub(super) fn members<'a>(text: &'a [u8], mut visit: impl FnMut(&'a [u8], Value<'a>) -> Option<()>) -> Option<()> {
    let mut rest = text.strip_prefix(b"{")?.trim_ascii_start();
    if rest.first() == Some(&b'}') {
        return rest[1..].trim_ascii().is_empty().then_some(());
    }
    loop {
        let (key, behind) = string(rest)?;
        let value = behind.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
        let (value, behind) = match string(value) {
            Some((text, behind)) => (Value::Text(text), behind),
            None => {
                let (other, behind) = value.split_at(value_end(value)?);
                (Value::Other(other.trim_ascii_end()), behind)
            }
        };
        visit(key, value)?;
        match behind.trim_ascii_start() {
            [b',', behind @ ..] => rest = behind.trim_ascii_start(),
            [b'}', behind @ ..] if behind.trim_ascii().is_empty() => return Some(()),
            _ => return None,
        }
    }
}

/// Removes the line end of a string; `None` if there is none. In `\\n`, the backslash is escaped and the `n` is a
/// letter.
pub(super) fn without_line_end(text: &[u8]) -> Option<&[u8]> {
    text.strip_suffix(br"\n").filter(|text| text.iter().rev().take_while(|b| **b == b'\\').count() % 2 == 0)
}

/// The string at the start of `text`, without its quotes, and the text after it.
fn string(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.strip_prefix(b"\"")?;
    let (end, _) = closing_quote(text)?;
    Some((&text[..end], &text[end + 1..]))
}

/// End of a value that is not a string: the comma or brace after it.
fn value_end(value: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        match value.get(at)? {
            b',' | b'}' if depth == 0 => return (at > 0).then_some(at),
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            b'"' => at += 1 + closing_quote(&value[at + 1..])?.0,
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_visited_in_order() {
        let all = |text: &'static str| {
            let mut all = Vec::new();
            members(text.as_bytes(), |key, value| {
                let (Value::Text(value) | Value::Other(value)) = value;
                all.push(format!("{}={}", String::from_utf8_lossy(key), String::from_utf8_lossy(value)));
                Some(())
            })
            .map(|()| all.join(";"))
        };
        let rows = [
            ("{}", Some("")),
            ("{ } ", Some("")),
            (r#"{"a":"b\"c"}"#, Some(r#"a=b\"c"#)),
            (r#"{ "a" : 1 , "b":{"c":["}",2,{}]} , "d":null } "#, Some(r#"a=1;b={"c":["}",2,{}]};d=null"#)),
            (r#"{"a":}"#, None),
            (r#"{"a":1,}"#, None),
            (r#"{"a":1"#, None),
            (r#"{"a":1} x"#, None),
            (r#"{"a" 1}"#, None),
            ("[1]", None),
            ("{", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(all(text).as_deref(), expected, "{text}");
        }
        assert_eq!(members(br#"{"a":1,"b":2}"#, |_, _| None), None);
    }
}
