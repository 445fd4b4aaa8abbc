//! Splits a configuration into tokens: words, `;`, `{`, `}`, each with its line and column.
//!
//! The module `words` decides where a word begins and ends.

use std::path::Path;
use std::sync::Arc;

use super::error::Error;
use super::lua;
use super::place::{Place, Word};
use crate::words::{self, BadWord};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Word(Word),
    /// `;`
    Semicolon(Place),
    /// `{`
    Open(Place),
    /// `}`
    Close(Place),
    /// The end of the file.
    End(Place),
}

pub(crate) struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    line: u32,
    column: u32,
    file: Arc<Path>,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(text: &'a [u8], file: &Path) -> Self {
        // Some Windows editors write a byte order mark.
        let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        Lexer { text, at: 0, line: 1, column: 1, file: file.into() }
    }

    pub(crate) fn next(&mut self) -> Result<Token, Error> {
        self.step_to(words::after_space(self.text, self.at));
        let place = self.place();
        match self.peek() {
            None => Ok(Token::End(place)),
            Some(b';') => Ok(self.taken(Token::Semicolon(place))),
            Some(b'{') => Ok(self.taken(Token::Open(place))),
            Some(b'}') => Ok(self.taken(Token::Close(place))),
            Some(_) => self.word(place),
        }
    }

    /// Skips a block of Lua. The `{` at `open` has already been consumed.
    pub(crate) fn skip_lua(&mut self, open: &Place) -> Result<(), Error> {
        let len = lua::block_len(&self.text[self.at..])
            .ok_or_else(|| Error::at(open, "the block of Lua that opens here has no '}'"))?;
        self.step_to(self.at + len);
        Ok(())
    }

    fn word(&mut self, place: Place) -> Result<Token, Error> {
        let span = match words::word(self.text, self.at) {
            Ok(span) => span,
            Err(BadWord::Open(at)) => {
                let message = format!("the {} that opens here is not closed", char::from(self.text[at]));
                return Err(Error::at(&place, message));
            }
            Err(BadWord::Unseparated(at)) => {
                self.step_to(at);
                let next = self.text[at..].utf8_chunks().next();
                let next = next.and_then(|chunk| chunk.valid().chars().next()).unwrap_or(char::REPLACEMENT_CHARACTER);
                let next = super::place::shown(next.encode_utf8(&mut [0; 4]));
                let message = format!("unexpected \"{next}\" after a closing quote: a space or ';' is missing");
                return Err(Error::at(&self.place(), message));
            }
        };
        let bytes: Vec<u8> = words::unescaped(&self.text[span.start..span.end]).map(|(_, byte)| byte).collect();
        self.step_to(span.next);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Token::Word(Word { text, quote: span.quote.map(char::from), place }))
    }

    fn taken(&mut self, token: Token) -> Token {
        self.step();
        token
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn step_to(&mut self, at: usize) {
        while self.at < at && self.at < self.text.len() {
            self.step();
        }
    }

    fn step(&mut self) {
        let Some(byte) = self.peek() else { return };
        self.at += 1;
        if byte == b'\n' {
            self.line += 1;
            self.column = 1;
        } else if self.peek().is_none_or(|next| next & 0xC0 != 0x80) {
            // A character is counted at its last byte.
            self.column += 1;
        }
    }

    fn place(&self) -> Place {
        Place { file: self.file.clone(), line: self.line, column: self.column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tokens separated by spaces; words in «».
    fn tokens(text: &str) -> Result<String, Error> {
        let mut lexer = Lexer::new(text.as_bytes(), Path::new("f"));
        let mut out = Vec::new();
        loop {
            out.push(match lexer.next()? {
                Token::Word(word) => format!("«{}»", word.text),
                Token::Semicolon(_) => ";".to_owned(),
                Token::Open(_) => "{".to_owned(),
                Token::Close(_) => "}".to_owned(),
                Token::End(_) => return Ok(out.join(" ")),
            });
        }
    }

    #[test]
    fn words_are_cut_as_nginx_cuts_them() {
        for (text, expected) in [
            ("a b;c{d;}", "«a» «b» ; «c» { «d» ; }"),
            ("a 'b c' \"d;{\";", "«a» «b c» «d;{» ;"),
            ("a b'c d'e;", "«a» «b'c» «d'e» ;"),
            ("a b#c; # d;\n#e\nf;", "«a» «b#c» ; «f» ;"),
            ("# only", ""),
            ("a b}c;", "«a» «b}c» ;"),
            (r#"a "\"\'\\\t\r\n\d\.";"#, "«a» «\"'\\\t\r\n\\d\\.» ;"),
            (r"a \;b \ c \{d;", r"«a» «\;b» «\ c» «\{d» ;"),
            (r"a \'b c\';", "«a» «'b» «c'» ;"),
            ("a ${b}c${d} ${e;", "«a» «${b}c${d}» «${e» ;"),
            ("a $b{c;}", "«a» «$b» { «c» ; }"),
            ("a b${c}{d;}", "«a» «b${c}» { «d» ; }"),
            ("if ($a = \"b\") {}", "«if» «($a» «=» «b» «)» { }"),
            ("a \"b\"{c \"\";}", "«a» «b» { «c» «» ; }"),
            ("a 'b\nc'\r\n;", "«a» «b\nc» ;"),
            ("\u{feff}größe 'ß';", "«größe» «ß» ;"),
        ] {
            assert_eq!(tokens(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn errors_have_a_place() {
        for (text, expected) in [
            ("a b;\n  c 'd;\n", "f:2:5: the ' that opens here is not closed"),
            ("a \"b\\\";", "f:1:3: the \" that opens here is not closed"),
            ("a 'ß'c;", "f:1:6: unexpected \"c\" after a closing quote: a space or ';' is missing"),
            ("a \"b\"\";", "f:1:6: unexpected \"\"\" after a closing quote: a space or ';' is missing"),
            ("a 'b'#c\n;", "f:1:6: unexpected \"#\" after a closing quote: a space or ';' is missing"),
            ("a 'b'}", "f:1:6: unexpected \"}\" after a closing quote: a space or ';' is missing"),
            ("a 'b'\u{1b};", "f:1:6: unexpected \"\\x1B\" after a closing quote: a space or ';' is missing"),
        ] {
            assert_eq!(tokens(text).unwrap_err().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn places_count_characters() {
        let mut lexer = Lexer::new("ß x\n\t'\n' y".as_bytes(), Path::new("f"));
        for expected in ["f:1:1", "f:1:3", "f:2:2", "f:3:3"] {
            let Token::Word(word) = lexer.next().unwrap() else { panic!("there is a word at {expected}") };
            assert_eq!(word.place.to_string(), expected);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(text: Vec<u8>, parts in proptest::collection::vec(
            proptest::sample::select(vec!["a", "'", "\"", "\\", "$", "{", "}", ";", "#", "\n", " ", ")"]), 0..20),
        ) {
            for text in [text.as_slice(), parts.concat().as_bytes()] {
                let mut lexer = Lexer::new(text, Path::new("f"));
                while !matches!(lexer.next(), Ok(Token::End(_)) | Err(_)) {}
            }
        }
    }
}
