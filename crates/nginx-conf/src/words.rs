//! nginx's lexical rules for the words of a configuration: where a word ends, and which quotes and escapes it has.
//!
//! The rules are those of nginx's own parser, including its oddities. A quote or `#` is special only at the start of a
//! word. `${name}` in a word opens no block. A closing quote must be followed by white space, `;`, `{` or `)`.

/// A word, as offsets into the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The quote around the word.
    pub quote: Option<u8>,
    /// First byte after the opening quote.
    pub start: usize,
    /// Closing quote, or first byte after the word.
    pub end: usize,
    /// First byte after the word and its quotes.
    pub next: usize,
}

/// A word that nginx rejects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadWord {
    /// The quote at this offset is not closed.
    Open(usize),
    /// The closing quote before this offset is not followed by white space, `;`, `{` or `)`.
    Unseparated(usize),
}

/// Returns the first offset from `at` on that is neither in white space nor in a comment.
pub fn after_space(text: &[u8], mut at: usize) -> usize {
    while let Some(byte) = text.get(at) {
        at = match byte {
            b' ' | b'\t' | b'\r' | b'\n' => at + 1,
            b'#' => memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |len| at + len),
            _ => break,
        };
    }
    at
}

/// Returns the word that begins at `at`. The byte there must not be white space, `;`, `{` or `}`.
pub fn word(text: &[u8], at: usize) -> Result<Span, BadWord> {
    match text.get(at) {
        Some(quote @ (b'"' | b'\'')) => quoted(text, at, *quote),
        _ => Ok(bare(text, at)),
    }
}

fn quoted(text: &[u8], open: usize, quote: u8) -> Result<Span, BadWord> {
    let mut end = open + 1;
    loop {
        match text.get(end) {
            None => return Err(BadWord::Open(open)),
            Some(byte) if *byte == quote => break,
            Some(b'\\') => end += 2,
            Some(_) => end += 1,
        }
    }
    match text.get(end + 1) {
        None | Some(b' ' | b'\t' | b'\r' | b'\n' | b';' | b'{' | b')') => {
            Ok(Span { quote: Some(quote), start: open + 1, end, next: end + 1 })
        }
        Some(_) => Err(BadWord::Unseparated(end + 1)),
    }
}

fn bare(text: &[u8], start: usize) -> Span {
    let mut end = start;
    let mut is_variable = false;
    while let Some(byte) = text.get(end) {
        match byte {
            b'{' if is_variable => {}
            b' ' | b'\t' | b'\r' | b'\n' | b';' | b'{' => break,
            b'\\' => {
                is_variable = false;
                end += 1;
            }
            _ => is_variable = *byte == b'$',
        }
        end += 1;
    }
    let end = end.min(text.len());
    Span { quote: None, start, end, next: end }
}

/// Undoes the escapes of a word that nginx undoes; yields each byte with its offset in `raw`. Other backslashes stay,
/// because regular expressions need them.
pub fn unescaped(raw: &[u8]) -> impl Iterator<Item = (usize, u8)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (place, byte) = (at, *raw.get(at)?);
        let undone = match (byte, raw.get(at + 1)) {
            (b'\\', Some(quoted @ (b'"' | b'\'' | b'\\'))) => Some(*quoted),
            (b'\\', Some(b't')) => Some(b'\t'),
            (b'\\', Some(b'r')) => Some(b'\r'),
            (b'\\', Some(b'n')) => Some(b'\n'),
            _ => None,
        };
        at += if undone.is_some() { 2 } else { 1 };
        Some((place, undone.unwrap_or(byte)))
    })
}
