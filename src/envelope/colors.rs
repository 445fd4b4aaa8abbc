//! ANSI colours around the names that tools put before a line.

/// Skips codes such as `\x1b[36;1m` and grep's `\x1b[K`. Returns the rest, and true if there was a code.
pub(super) fn without_colors(text: &[u8]) -> (&[u8], bool) {
    let mut rest = text;
    while let Some(code) = rest.strip_prefix(b"\x1b[") {
        let len = code.iter().take_while(|b| b.is_ascii_digit() || **b == b';').count();
        if !matches!(code.get(len), Some(b'm' | b'K')) {
            break;
        }
        rest = &code[len + 1..];
    }
    (rest, rest.len() < text.len())
}

/// Skips the code that ends a colour.
pub(super) fn reset(text: &[u8]) -> Option<&[u8]> {
    text.strip_prefix(b"\x1b[0m").or_else(|| text.strip_prefix(b"\x1b[m"))
}

/// Skips any number of codes that end a colour. Newer versions of a Go library write several.
pub(super) fn without_resets(text: &[u8]) -> &[u8] {
    let mut rest = text;
    while let Some(behind) =
        reset(rest).or_else(|| rest.strip_prefix(b"\x1b[22m")).or_else(|| rest.strip_prefix(b"\x1b[K"))
    {
        rest = behind;
    }
    rest
}

/// Splits a word, coloured or not, from the text after the space that ends it.
pub(super) fn colored_word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (text, _) = without_colors(text);
    let len = text.iter().take_while(|b| !matches!(b, b' ' | 0x1b)).count();
    let rest = without_resets(&text[len..]).strip_prefix(b" ")?;
    (len > 0).then_some((&text[..len], rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_skipped() {
        assert_eq!(without_colors(b"\x1b[36;1m\x1b[Kx"), (&b"x"[..], true));
        assert_eq!(without_colors(b"\x1b[36x"), (&b"\x1b[36x"[..], false));
        assert_eq!(reset(b"\x1b[0mx"), Some(&b"x"[..]));
        assert_eq!(reset(b"\x1b[32mx"), None);
        assert_eq!(without_resets(b"\x1b[0m\x1b[22m\x1b[K\x1b[32mx"), b"\x1b[32mx");
    }

    #[test]
    fn words_end_at_a_space() {
        assert_eq!(colored_word(b"a b c"), Some((&b"a"[..], &b"b c"[..])));
        assert_eq!(colored_word(b"\x1b[36ma\x1b[0m  b"), Some((&b"a"[..], &b" b"[..])));
        assert_eq!(colored_word(b"\x1b[36ma\x1b[0;22m b"), None);
        assert_eq!(colored_word(b" b"), None);
        assert_eq!(colored_word(b"a"), None);
    }
}
