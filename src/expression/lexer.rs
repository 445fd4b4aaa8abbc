//! The text of an expression, cut into words, texts in quotes and signs.

use super::error::SyntaxError;
use super::tree::{Operator, Placed};

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A name, a number, `in`.
    Word(String),
    /// What stood between quotes. Before a quote of its own kind a backslash is dropped, others stay.
    Text(String),
    Operator(Operator),
    And,
    Or,
    Not,
    Open,
    Close,
    Comma,
    /// Behind the last.
    End,
}

/// THE TABLE of signs, the longer before those they begin with.
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

/// Signs of other languages, and what they are here.
const FOREIGN: [(&str, &str); 4] = [("=~", "~"), ("=", "=="), ("&", "&&"), ("|", "||")];

/// Cuts all of `text` from the byte `start` on; the last token is the end.
pub(super) fn cut(text: &str, start: usize) -> Result<Vec<Placed<Token>>, SyntaxError> {
    let mut tokens = Vec::new();
    let mut at = start;
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        let rest = &text[at..];
        let Some(first) = rest.chars().next() else {
            tokens.push(Placed { at, it: Token::End });
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
        tokens.push(Placed { at, it: token });
        at += len;
    }
}

/// Letters and digits; `$` for nginx's variables, `-` as in hour-of-day, the point and the `%` of numbers.
fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '-' | '.' | '%')
}

/// The text between quotes that `rest` begins with, and its length with them.
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
        cut(text, 0).unwrap().into_iter().map(|placed| placed.it).collect()
    }

    #[test]
    fn words_texts_and_signs() {
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
    fn a_backslash_keeps_a_quote_in_a_text_and_is_kept_before_all_else() {
        let rows = [(r#""a\"b""#, "a\"b"), (r#""\d\\""#, r"\d\\"), (r"'it\'s \x22'", r"it's \x22"), ("'\"'", "\"")];
        for (text, expected) in rows {
            assert_eq!(tokens(text)[0], Token::Text(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_has_its_place() {
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
    fn no_sign_hides_one_that_begins_with_it() {
        for (i, (sign, _)) in SIGNS.iter().enumerate() {
            assert!(SIGNS[i + 1..].iter().all(|(later, _)| !later.starts_with(sign)), "{sign}");
        }
    }
}
