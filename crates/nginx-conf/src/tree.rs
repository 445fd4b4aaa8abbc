//! The tree of directives, nested like their blocks. Included files replace their `include`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::error::Error;
use super::lexer::{Lexer, Token};
use super::place::{Word, shown, shown_path};
use super::source::Source;

/// A directive: `name args… ;` or `name args… { block }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Directive {
    pub(crate) name: Word,
    pub(crate) args: Vec<Word>,
    pub(crate) block: Option<Vec<Directive>>,
}

impl Directive {
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.text == name
    }

    /// Returns the directives of its block, or nginx's error if it has none. Called only where the directive has its
    /// usual meaning: in a `map`, `http 80;` is valid.
    pub(crate) fn body(&self) -> Result<&[Directive], Error> {
        let missing = || self.error(format!("directive \"{}\" has no opening \"{{\"", self.name.text));
        self.block.as_deref().ok_or_else(missing)
    }

    pub(crate) fn error(&self, message: impl Into<String>) -> Error {
        Error::at(&self.name.place, message).of(&self.name.text)
    }

    /// Returns the arguments, or nginx's error if their number is not within `counts`.
    pub(crate) fn args_within(&self, counts: std::ops::RangeInclusive<usize>) -> Result<&[Word], Error> {
        if counts.contains(&self.args.len()) {
            return Ok(&self.args);
        }
        Err(self.error(format!("invalid number of arguments in \"{}\"", self.name.text)))
    }

    /// Returns the directive as written, except for white space and escapes.
    pub(crate) fn written(&self) -> String {
        let mut written = shown(&self.name.text);
        let mut quote = None;
        for word in &self.args {
            // A parenthesis after a quoted value is a separate word.
            if quote.is_none() || word.text != ")" {
                written.push(' ');
            }
            quote = word.quote;
            written.extend(quote);
            written += &shown(&word.text);
            written.extend(quote);
        }
        written
    }
}

/// Directives that never have a block. If a `;` is missing after one, its words continue up to the next brace.
const WITHOUT_BLOCK: [&str; 25] = [
    "access_log",
    "alias",
    "error_log",
    "error_page",
    "fastcgi_pass",
    "gzip",
    "include",
    "index",
    "internal",
    "listen",
    "log_format",
    "pid",
    "proxy_pass",
    "proxy_set_header",
    "return",
    "rewrite",
    "root",
    "sendfile",
    "server_name",
    "set",
    "try_files",
    "user",
    "uwsgi_param",
    "uwsgi_pass",
    "worker_processes",
];

/// Maximum depth of nested blocks and files: no real configuration nests so deep, and the stack is finite.
const MAX_DEPTH: usize = 100;
/// Maximum number of files. A file counts each time it is included: a few files that include each other twice would
/// become millions.
const MAX_FILES: usize = 10_000;

/// Reads the directives of the main file and everything that it includes; also returns the files that were read.
pub(crate) fn read(source: &Source) -> Result<(Vec<Directive>, Vec<PathBuf>), Error> {
    let mut reader = Reader { source, open: Vec::new(), read: Vec::new(), known: HashSet::new(), count: 0 };
    let main = source.main();
    let directives = reader.file(main, 0).map_err(|message| Error::of_file(main, message))??;
    Ok((directives, reader.read))
}

struct Reader<'f> {
    source: &'f Source,
    /// Files that are being read, to detect a file that includes itself.
    open: Vec<PathBuf>,
    /// Files that were read, without duplicates, in order.
    read: Vec<PathBuf>,
    /// The same files, for look-ups.
    known: HashSet<PathBuf>,
    /// Number of files that were read, including duplicates.
    count: usize,
}

impl Reader<'_> {
    /// Reads a file. The outer error is the reason why it cannot be read, for the caller to report.
    fn file(&mut self, path: &Path, depth: usize) -> Result<Result<Vec<Directive>, Error>, String> {
        let text = self.source.text(path)?;
        self.open.push(self.source.identity(path));
        self.count += 1;
        if self.known.insert(path.to_owned()) {
            self.read.push(path.to_owned());
        }
        let directives = self.level(&mut Lexer::new(&text, path), None, depth);
        self.open.pop();
        Ok(directives)
    }

    /// Reads directives up to the `}` that closes the block of `opener`, or up to the end of the file.
    fn level(&mut self, lexer: &mut Lexer<'_>, opener: Option<&Word>, depth: usize) -> Result<Vec<Directive>, Error> {
        let mut directives = Vec::new();
        loop {
            let name = match (lexer.next()?, opener) {
                (Token::Word(word), _) => word,
                (Token::Close(_), Some(_)) | (Token::End(_), None) => return Ok(directives),
                (Token::Close(place), None) => {
                    return Err(Error::at(&place, "unexpected \"}\": no block is open in this file"));
                }
                (Token::End(place), Some(opener)) => return Err(unfinished(&place, opener, "block", "}")),
                (Token::Semicolon(place), _) => return Err(Error::at(&place, "unexpected \";\"")),
                (Token::Open(place), _) => {
                    return Err(Error::at(&place, "unexpected \"{\": no directive stands before it"));
                }
            };
            let directive = self.directive(lexer, name, depth)?;
            if directive.is("include") {
                self.include(&directive, depth, &mut directives)?;
            } else {
                directives.push(directive);
            }
        }
    }

    fn directive(&mut self, lexer: &mut Lexer<'_>, name: Word, depth: usize) -> Result<Directive, Error> {
        let mut args = Vec::new();
        let open = loop {
            match lexer.next()? {
                Token::Word(word) => args.push(word),
                Token::Semicolon(_) => return Ok(Directive { name, args, block: None }),
                Token::Open(_) if WITHOUT_BLOCK.contains(&name.text.as_str()) => {
                    let message = format!("directive \"{}\" is not terminated by \";\"", name.text);
                    return Err(Error::at(&name.place, message).of(&name.text));
                }
                Token::Open(place) => break place,
                Token::Close(place) => {
                    let message = format!(
                        "unexpected \"}}\": directive \"{}\" of line {} is not terminated by \";\"",
                        shown(&name.text),
                        name.place.line
                    );
                    return Err(Error::at(&place, message).of(&name.text));
                }
                Token::End(place) => return Err(unfinished(&place, &name, "directive", ";")),
            }
        };
        if name.text.ends_with("_by_lua_block") {
            lexer.skip_lua(&open)?;
            return Ok(Directive { name, args, block: Some(Vec::new()) });
        }
        if depth == MAX_DEPTH {
            return Err(Error::at(&open, format!("blocks are nested deeper than {MAX_DEPTH}")));
        }
        let block = self.level(lexer, Some(&name), depth + 1)?;
        Ok(Directive { name, args, block: Some(block) })
    }

    fn include(&mut self, asked: &Directive, depth: usize, into: &mut Vec<Directive>) -> Result<(), Error> {
        let wanted = &asked.args_within(1..=1)?[0];
        let error = |message: String| Error::at(&wanted.place, message).of("include");
        for path in self.source.included(&wanted.text).map_err(error)? {
            let what = |what: &str| error(format!("cannot include {}: {what}", shown_path(&path)));
            if self.open.contains(&self.source.identity(&path)) {
                return Err(what("it includes itself"));
            }
            if depth == MAX_DEPTH || self.count == MAX_FILES {
                return Err(what("too many files"));
            }
            let directives = self.file(&path, depth + 1).map_err(|message| what(&message))??;
            into.extend(directives);
        }
        Ok(())
    }
}

fn unfinished(end: &super::place::Place, of: &Word, what: &str, missing: &str) -> Error {
    let message = format!(
        "unexpected end of file: the {what} \"{}\" of line {} has no \"{missing}\"",
        shown(&of.text),
        of.place.line
    );
    Error::at(end, message).of(&of.text)
}
