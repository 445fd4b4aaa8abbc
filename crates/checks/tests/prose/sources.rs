//! Finds the prose in the files of the repository: comments, documents, messages and the names of tests.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::LazyLock;

use checks::REPOSITORY;
use regex::{Captures, Regex};

use super::kinds::{Group, Kind};

/// A paragraph, a sentence or a name.
#[derive(Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) group: Group,
    /// The path in the repository.
    pub(super) file: String,
    /// The line in which the text begins, from 1.
    pub(super) first_line: usize,
    /// The text with its line ends. Code and the marks of comments are replaced by spaces.
    pub(super) text: String,
}

/// Names of directories without prose of this project.
const SKIPPED: [&str; 4] = [".git", "target", "testdata", "__pycache__"];

/// Fenced code, code spans, targets of links.
static CODE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?s)```.*?```|`[^`]*`|\]\([^)\n]*\)").unwrap());
/// Marks at the start and the end of comment lines.
static MARKS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?m)^\s*(?://[/!]?|/?\*+|#+)|\*/$").unwrap());
static TEST: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"#\[test\]\s*(?:(?:#\[|//)[^\n]*\s*)*fn\s+(?<name>\w+)").unwrap());
/// A word of a sentence, perhaps with punctuation.
static WORD: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"^(?:r#*)?["'`(]*[A-Za-z][a-z'-]*[.,:;!?)"'`#]*$"#).unwrap());
static TEST_MODULE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)^#\[cfg\(test\)\]\n(?:#.*\n)*mod \w+ \{").unwrap());

impl Piece {
    fn new(group: Group, file: &str, source: &str, range: Range<usize>) -> Piece {
        let first_line = 1 + source[..range.start].matches('\n').count();
        Piece { group, file: file.to_owned(), first_line, text: source[range].to_owned() }
    }

    fn without_code(self) -> Piece {
        self.blank(&MARKS).blank(&CODE)
    }

    /// Replaces matches with spaces, so that offsets and lines stay the same.
    fn blank(mut self, pattern: &Regex) -> Piece {
        let spaces = |c: char| if c == '\n' { c.to_string() } else { " ".repeat(c.len_utf8()) };
        let blanked =
            pattern.replace_all(&self.text, |found: &Captures<'_>| found[0].chars().map(spaces).collect::<String>());
        self.text = blanked.into_owned();
        self
    }

    /// The file, and the line of an offset in the text.
    pub(super) fn place(&self, offset: usize) -> String {
        format!("{}:{}", self.file, self.first_line + self.text[..offset].matches('\n').count())
    }

    /// The line that has the offset.
    pub(super) fn line(&self, offset: usize) -> &str {
        let start = self.text[..offset].rfind('\n').map_or(0, |end| end + 1);
        self.text[start..].lines().next().unwrap_or_default().trim()
    }

    /// True for a text that a program prints: three words or more, and little else.
    fn is_prose(&self) -> bool {
        let tokens = self.text.split_whitespace();
        let (all, words) = (tokens.clone().count(), tokens.filter(|token| WORD.is_match(token)).count());
        words >= 3 && 3 * words >= 2 * all
    }
}

/// Finds the prose of a file of this kind.
fn pieces(kind: &Kind, file: &str, source: &str) -> Vec<Piece> {
    let tests_begin = match TEST_MODULE.find(source) {
        _ if file.contains("tests/") => 0,
        Some(module) => module.start(),
        None => source.len(),
    };
    let of_comment = |range| Piece::new(kind.comments, file, source, range).without_code();
    let mut pieces = Vec::new();
    let mut comment: Option<Range<usize>> = None;
    for found in Regex::new(kind.syntax).unwrap().captures_iter(source) {
        if let Some(found) = found.name("comment") {
            // Comments on consecutive lines are one text.
            comment = match comment.take() {
                Some(before) if is_line_end(&source[before.end..found.start()]) => Some(before.start..found.end()),
                before => {
                    pieces.extend(before.map(of_comment));
                    Some(found.range())
                }
            };
        } else if let Some(text) = found.name("text") {
            let group = if text.start() < tests_begin { kind.texts } else { Group::Tests };
            let piece = Piece::new(group, file, source, text.range()).without_code();
            pieces.extend(Some(piece).filter(Piece::is_prose));
        }
    }
    pieces.extend(comment.map(of_comment));
    if file.ends_with(".rs") {
        let names = TEST.captures_iter(source).filter_map(|found| found.name("name"));
        pieces.extend(names.map(|name| name_of_test(file, source, name.range())));
    }
    pieces.sort_by_key(|piece| piece.first_line);
    pieces
}

fn name_of_test(file: &str, source: &str, range: Range<usize>) -> Piece {
    let piece = Piece::new(Group::Tests, file, source, range);
    Piece { text: piece.text.replace('_', " "), ..piece }
}

/// True for a line end and spaces around it.
fn is_line_end(between: &str) -> bool {
    between.trim().is_empty() && between.matches('\n').count() == 1
}

/// All prose of the repository.
pub(super) fn pieces_of_repository() -> Vec<Piece> {
    let mut pieces = Vec::new();
    for entry in fs::read_dir(Path::new(REPOSITORY).join("testdata/cases")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        pieces.push(name_of_test("testdata/cases", &name, 0..name.len()));
    }
    read_directory("", &mut pieces);
    pieces
}

fn read_directory(directory: &str, pieces: &mut Vec<Piece>) {
    let mut entries: Vec<_> =
        fs::read_dir(Path::new(REPOSITORY).join(directory)).unwrap().map(Result::unwrap).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().into_string().unwrap();
        let path = Path::new(directory).join(&name).to_str().unwrap().to_owned();
        if entry.file_type().unwrap().is_dir() {
            if !SKIPPED.contains(&&*name) {
                read_directory(&path, pieces);
            }
        } else if let Some(kind) = Kind::of(&path) {
            pieces.extend(self::pieces(kind, &path, &fs::read_to_string(entry.path()).unwrap()));
        }
    }
}

#[test]
fn prose_is_found_in_every_kind_of_file() {
    use Group::{Comments, Documents, Messages, Tests};
    type Expected<'a> = &'a [(Group, usize, &'a str)];
    let cases: [(&str, &str, Expected<'_>); 9] = [
        (
            "src/a.rs",
            "//! Reads\n//! lines.\n\n/// Like `a`.\nlet c = '\"'; let s = \"no // comment here\"; // b\n",
            &[
                (Comments, 1, "Reads lines."),
                (Comments, 4, "Like ."),
                (Messages, 5, "\"no // comment here\""),
                (Comments, 5, "b"),
            ],
        ),
        (
            "src/b.rs",
            "const A: &str = r#\"an \"odd\" text\"#; /* e */ 'x: loop {}",
            &[(Messages, 1, "r#\"an \"odd\" text\"#"), (Comments, 1, "e")],
        ),
        (
            "src/c.rs",
            "#[cfg(test)]\nmod tests {\n#[test]\n#[ignore]\nfn a_b() { expect(\"it is a file\") }\n}",
            &[(Tests, 5, "\"it is a file\""), (Tests, 5, "a b")],
        ),
        (
            "a.py",
            "\"\"\"Reads\nall lines.\"\"\"\nx = 'short'  # One.\n",
            &[(Comments, 1, "\"\"\"Reads all lines.\"\"\""), (Comments, 3, "One.")],
        ),
        (
            ".ci/run",
            "# A.\nsay \"builds the docs\" # B\necho $#\n",
            &[(Comments, 1, "A."), (Messages, 2, "\"builds the docs\""), (Comments, 2, "B")],
        ),
        ("a.css", "/* One\n * two. */\n", &[(Comments, 1, "One two.")]),
        (
            "a.html",
            "{# One #}<p>{{ two }}</p><p>three or four</p>",
            &[(Messages, 1, "three or four"), (Comments, 1, "{# One #}")],
        ),
        ("report.schema.json", "{\"description\": \"Number of lines.\"}", &[(Documents, 1, "\"Number of lines.\"")]),
        ("a.md", "# One\n```sh\ntwo\n```\nSee [three](four.md), `five`.\n", &[(Documents, 1, "One See [three , .")]),
    ];
    for (file, source, expected) in cases {
        let found: Vec<(Group, usize, String)> = pieces(Kind::of(file).unwrap(), file, source)
            .into_iter()
            .map(|piece| (piece.group, piece.first_line, piece.text.split_whitespace().collect::<Vec<_>>().join(" ")))
            .collect();
        let expected: Vec<_> = expected.iter().map(|&(group, line, text)| (group, line, text.to_owned())).collect();
        assert_eq!(found, expected, "{file}");
    }
}
