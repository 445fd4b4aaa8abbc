//! Splits the text of an expression into tokens: words, quoted texts and signs.

use super::error::SyntaxError;
use super::tree::{Operator, Spanned};

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A name, a number, `in`.
    Word(String),
    /// The text between quotes. A backslash before a quote of the same kind is dropped; other backslashes stay.
    Text(String),
    Operator(Operator),
    And,
    Or,
    Not,
    Open,
    Close,
    Comma,
    /// The end of the text.
    End,
}

/// THE TABLE of signs. A longer sign must precede those that it begins with.
const SIGNS: [(&str, Token); 14] = [
    ("&&", Token::And),
    ("||", Token::Or),
    ("==", Token::Operator(Operator::Equal)),
    ("!=", Token::Operator(Operator::NotEqual)),
    ("!~", Token::Operator(Operator::NotMatches)),
    ("<=", Token::Operator(Operator::LessOrEqual)),
    (">=", Token::Operator(Operator::GreaterOrEqual)),
    ("<", Token::Operator(Operator::Less)),
    (">", Token::Operator(Operator::Greater)),
    ("~", Token::Operator(Operator::Matches)),
    ("!", Token::Not),
    ("(", Token::Open),
    (")", Token::Close),
    (",", Token::Comma),
];

/// Signs of other languages, with their equivalents here.
const FOREIGN: [(&str, &str); 4] = [("=~", "~"), ("=", "=="), ("&", "&&"), ("|", "||")];

/// Splits `text` into tokens from the byte offset `start` on; the last token is `End`.
pub(super) fn cut(text: &str, start: usize) -> Result<Vec<Spanned<Token>>, SyntaxError> {
    let mut tokens = Vec::new();
    let mut at = start;
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        let rest = &text[at..];
        let Some(first) = rest.chars().next() else {
            tokens.push(Spanned { offset: at, value: Token::End });
            return Ok(tokens);
        };
        let (token, len) = if first == '"' || first == '\'' {
            quoted(rest, first).ok_or_else(|| SyntaxError::new(text, at, format!("no {first} ends this text")))?
        } else if is_of_word(first) && first != '-' {
            let len = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
            (Token::Word(rest[..len].to_owned()), len)
        } else {
            sign(rest).map_err(|what| SyntaxError::new(text, at, what))?
        };
        tokens.push(Spanned { offset: at, value: token });
        at += len;
    }
}

/// True for characters of words: letters, digits, `_`, `$` of nginx's variables, `-` as in hour-of-day, and the point
/// and `%` of numbers.
/// `%` of numbers.
fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '-' | '.' | '%')
}

/// Reads the quoted text at the start of `rest`; returns it with its length including the quotes.
fn quoted(rest: &str, quote: char) -> Option<(Token, usize)> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == quote {
            return Some((Token::Text(text), at + 1));
        }
        if c != '\\' {
            text.push(c);
            continue;
        }
        let (_, escaped) = chars.next()?;
        if escaped != quote {
            text.push('\\');
        }
        text.push(escaped);
    }
    None
}

fn sign(rest: &str) -> Result<(Token, usize), String> {
    if let Some((sign, token)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
        return Ok((token.clone(), sign.len()));
    }
    Err(match FOREIGN.iter().find(|(foreign, _)| rest.starts_with(foreign)) {
        Some((foreign, ours)) => format!("'{foreign}' is written '{ours}' here"),
        None => {
            let first: String = rest.chars().take(1).collect();
            format!("unexpected '{}'", crate::text::printable(first.as_bytes()))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Token> {
        cut(text, 0).unwrap().into_iter().map(|spanned| spanned.value).collect()
    }

    #[test]
    fn text_is_split_into_words_and_signs() {
        let word = |text: &str| Token::Word(text.to_owned());
        let expected = [
            word("hour-of-day"),
            Token::Operator(Operator::NotEqual),
            word("$status"),
            Token::Not,
            word("in"),
            Token::Open,
            word("5xx"),
            Token::Comma,
            word("1.5%"),
            Token::Close,
            Token::End,
        ];
        assert_eq!(tokens("hour-of-day!=$status !in(5xx ,1.5%) "), expected);
    }

    #[test]
    fn backslash_escapes_only_the_quote() {
        let rows = [(r#""a\"b""#, "a\"b"), (r#""\d\\""#, r"\d\\"), (r"'it\'s \x22'", r"it's \x22"), ("'\"'", "\"")];
        for (text, expected) in rows {
            assert_eq!(tokens(text)[0], Token::Text(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn errors_have_the_offset_of_the_mistake() {
        let rows = [
            ("a = 1", 2, "'=' is written '==' here"),
            ("a =~ 'x'", 2, "'=~' is written '~' here"),
            ("a & b", 2, "'&' is written '&&' here"),
            ("  \"a", 2, "no \" ends this text"),
            ("\"a\\", 0, "no \" ends this text"),
            ("a == ö", 5, "unexpected 'ö'"),
            ("a == -5", 5, "unexpected '-'"),
            ("a\u{1b}", 1, "unexpected '\\x1B'"),
        ];
        for (text, at, what) in rows {
            let error = cut(text, 0).unwrap_err();
            assert_eq!((error.at(), error.what()), (at, what), "{text}");
        }
    }

    #[test]
    fn longer_signs_precede_their_prefixes() {
        for (i, (sign, _)) in SIGNS.iter().enumerate() {
            assert!(SIGNS[i + 1..].iter().all(|(later, _)| !later.starts_with(sign)), "{sign}");
        }
    }
}
