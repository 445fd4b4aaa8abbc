//! A value in a JSON line: where it ends, and how its bytes must be read.

use crate::format::marks::{Quotes, next_quote};

/// How the bytes of a value must be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::format) enum Kind {
    /// As they are.
    Plain,
    /// With JSON's escapes.
    Escaped,
    /// As the text of a list or an object, including backslashes.
    List,
}

/// A value from `start` to `end`, and the position `next` after it and its delimiters.
pub(in crate::format) struct Value {
    pub(in crate::format) kind: Kind,
    pub(in crate::format) start: usize,
    pub(in crate::format) end: usize,
    pub(in crate::format) next: usize,
    pub(in crate::format) is_quoted: bool,
}

/// The position at which a line is broken.
pub(super) struct Broken(pub(super) usize);

/// Reads the value at `at`, of any type.
#[inline]
pub(super) fn value(text: &[u8], at: usize, quotes: &mut Quotes<'_>) -> Result<Value, Broken> {
    match text.get(at) {
        Some(b'"') => {
            let (end, is_escaped) = next_quote(quotes, text, at + 1).ok_or(Broken(at))?;
            let kind = if is_escaped { Kind::Escaped } else { Kind::Plain };
            Ok(Value { kind, start: at + 1, end, next: end + 1, is_quoted: true })
        }
        Some(b'{') => {
            let next = container_end(text, at, quotes)?;
            Ok(Value { kind: Kind::List, start: at, end: next, next, is_quoted: false })
        }
        Some(b'[') => list(text, at, quotes),
        Some(_) => {
            let next = bare_end(text, at)?;
            let end = at + text[at..next].trim_ascii_end().len();
            Ok(Value { kind: Kind::Plain, start: at, end, next, is_quoted: false })
        }
        None => Err(Broken(at)),
    }
}

/// Reads a list: its only value, or all of its text.
#[cold]
fn list(text: &[u8], at: usize, quotes: &mut Quotes<'_>) -> Result<Value, Broken> {
    let first = skip_space(text, at + 1);
    let ahead = *quotes;
    if !matches!(text.get(first), Some(b'[' | b'{')) {
        let one = value(text, first, quotes)?;
        let next = skip_space(text, one.next);
        if text.get(next) == Some(&b']') {
            return Ok(Value { next: next + 1, ..one });
        }
        *quotes = ahead;
    }
    let next = container_end(text, at, quotes)?;
    Ok(Value { kind: Kind::List, start: at, end: next, next, is_quoted: false })
}

/// The position after the bracket that closes the one at `at`. Does not check that brackets match in kind.
fn container_end(text: &[u8], at: usize, quotes: &mut Quotes<'_>) -> Result<usize, Broken> {
    let mut depth = 0_usize;
    let mut next = at;
    loop {
        match text.get(next) {
            Some(b'"') => {
                let end = next_quote(quotes, text, next + 1).ok_or(Broken(next))?.0;
                // Two lines run together are detected here: the quotes of the second are inside those of the first.
                next = skip_space(text, end + 1);
                if !matches!(text.get(next), Some(b',' | b':' | b'}' | b']')) {
                    return Err(Broken(next));
                }
                continue;
            }
            Some(b'{' | b'[') => depth += 1,
            Some(b'}' | b']') => depth -= 1,
            Some(b'\\') | None => return Err(Broken(next)),
            Some(_) => {}
        }
        next += 1;
        if depth == 0 {
            return Ok(next);
        }
    }
}

/// End of a value without quotes: the comma or bracket after it.
#[inline]
pub(super) fn bare_end(text: &[u8], at: usize) -> Result<usize, Broken> {
    let len = text[at..].iter().position(|b| matches!(b, b',' | b'}' | b']' | b'"' | b'{' | b'[' | b'\\'));
    match len.map(|len| (at + len, text[at + len])) {
        Some((end, b',' | b'}' | b']')) => Ok(end),
        Some((end, _)) => Err(Broken(end)),
        None => Err(Broken(text.len())),
    }
}

#[inline]
pub(super) fn skip_space(text: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\r') = text.get(at) {
        at += 1;
    }
    at
}
