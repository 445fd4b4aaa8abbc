//! nginx's own lexical rules: words, `;`, `{`, `}`, each with its line and column.
//!
//! The rules are those that nginx's reader of configurations follows, oddities included: a quote and a `#` mean
//! something only where a word begins, `${name}` in a word opens no block, and behind a closing quote there must be
//! white space, `;`, `{` or `)`.

use std::path::Path;
use std::sync::Arc;

use super::error::NginxConfError;
use super::lua;
use super::place::{Place, Word};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
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

pub(super) struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    line: u32,
    column: u32,
    file: Arc<Path>,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a [u8], file: &Path) -> Self {
        // Editors of another system put a byte order mark there.
        let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        Lexer { text, at: 0, line: 1, column: 1, file: file.into() }
    }

    pub(super) fn next(&mut self) -> Result<Token, NginxConfError> {
        self.skip_space_and_comments();
        let place = self.place();
        match self.peek() {
            None => Ok(Token::End(place)),
            Some(b';') => Ok(self.taken(Token::Semicolon(place))),
            Some(b'{') => Ok(self.taken(Token::Open(place))),
            Some(b'}') => Ok(self.taken(Token::Close(place))),
            Some(quote @ (b'"' | b'\'')) => self.quoted_word(place, quote),
            Some(_) => Ok(self.bare_word(place)),
        }
    }

    /// Passes over a block of Lua, of which the `{` at `open` has been taken.
    pub(super) fn skip_lua(&mut self, open: &Place) -> Result<(), NginxConfError> {
        let len = lua::block_len(&self.text[self.at..])
            .ok_or_else(|| NginxConfError::at(open, "the block of Lua that opens here has no '}'"))?;
        (0..len).for_each(|_| self.step());
        Ok(())
    }

    fn skip_space_and_comments(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => self.step(),
                b'#' => {
                    while self.peek().is_some_and(|b| b != b'\n') {
                        self.step();
                    }
                }
                _ => break,
            }
        }
    }

    fn quoted_word(&mut self, place: Place, quote: u8) -> Result<Token, NginxConfError> {
        self.step();
        let start = self.at;
        loop {
            match self.peek() {
                None => {
                    return Err(NginxConfError::at(
                        &place,
                        format!("the {} that opens here is not closed", char::from(quote)),
                    ));
                }
                Some(byte) if byte == quote => break,
                Some(b'\\') => {
                    self.step();
                    self.step();
                }
                Some(_) => self.step(),
            }
        }
        let word = self.word(start, place);
        self.step();
        match self.peek() {
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b';' | b'{' | b')') => Ok(word),
            Some(_) => {
                let next = self.text[self.at..].utf8_chunks().next();
                let next = next.and_then(|chunk| chunk.valid().chars().next()).unwrap_or(char::REPLACEMENT_CHARACTER);
                let next = super::place::shown(next.encode_utf8(&mut [0; 4]));
                let message = format!("unexpected \"{next}\" behind a closing quote: a space or ';' is missing");
                Err(NginxConfError::at(&self.place(), message))
            }
        }
    }

    fn bare_word(&mut self, place: Place) -> Token {
        let start = self.at;
        let mut is_variable = false;
        while let Some(byte) = self.peek() {
            match byte {
                b'{' if is_variable => {}
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'{' => break,
                b'\\' => {
                    is_variable = false;
                    self.step();
                }
                _ => is_variable = byte == b'$',
            }
            self.step();
        }
        self.word(start, place)
    }

    /// The word that began at `start` and ends here.
    fn word(&self, start: usize, place: Place) -> Token {
        let text = String::from_utf8_lossy(&unescape(&self.text[start..self.at])).into_owned();
        Token::Word(Word { text, place })
    }

    fn taken(&mut self, token: Token) -> Token {
        self.step();
        token
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn step(&mut self) {
        let Some(byte) = self.peek() else { return };
        self.at += 1;
        if byte == b'\n' {
            self.line += 1;
            self.column = 1;
        } else if self.peek().is_none_or(|next| next & 0xC0 != 0x80) {
            // A character counts with its last byte.
            self.column += 1;
        }
    }

    fn place(&self) -> Place {
        Place { file: self.file.clone(), line: self.line, column: self.column }
    }
}

/// Undoes the escapes that nginx undoes; any other backslash stays, for regular expressions need it.
fn unescape(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let [byte, tail @ ..] = rest {
        let undone = match (byte, tail.first()) {
            (b'\\', Some(quoted @ (b'"' | b'\'' | b'\\'))) => Some(*quoted),
            (b'\\', Some(b't')) => Some(b'\t'),
            (b'\\', Some(b'r')) => Some(b'\r'),
            (b'\\', Some(b'n')) => Some(b'\n'),
            _ => None,
        };
        out.push(undone.unwrap_or(*byte));
        rest = if undone.is_some() { &tail[1..] } else { tail };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tokens with spaces between; words in «».
    fn tokens(text: &str) -> Result<String, NginxConfError> {
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
    fn what_is_wrong_has_its_place() {
        for (text, expected) in [
            ("a b;\n  c 'd;\n", "f:2:5: the ' that opens here is not closed"),
            ("a \"b\\\";", "f:1:3: the \" that opens here is not closed"),
            ("a 'ß'c;", "f:1:6: unexpected \"c\" behind a closing quote: a space or ';' is missing"),
            ("a \"b\"\";", "f:1:6: unexpected \"\"\" behind a closing quote: a space or ';' is missing"),
            ("a 'b'#c\n;", "f:1:6: unexpected \"#\" behind a closing quote: a space or ';' is missing"),
            ("a 'b'}", "f:1:6: unexpected \"}\" behind a closing quote: a space or ';' is missing"),
            ("a 'b'\u{1b};", "f:1:6: unexpected \"\\x1B\" behind a closing quote: a space or ';' is missing"),
        ] {
            assert_eq!(tokens(text).unwrap_err().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn places_count_characters() {
        let mut lexer = Lexer::new("ß x\n\t'\n' y".as_bytes(), Path::new("f"));
        for expected in ["f:1:1", "f:1:3", "f:2:2", "f:3:3"] {
            let Token::Word(word) = lexer.next().unwrap() else { panic!("a word is at {expected}") };
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
