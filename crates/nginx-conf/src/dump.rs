//! Parses the output of `nginx -T`: every file of a configuration, each after a line with its path.
//!
//! The line is `# configuration file /etc/nginx/nginx.conf:`, and a line feed follows each file. The main file comes
//! first. Each file appears once, with the path under which nginx opened it (observed with nginx 1.22.1, November 2026;
//! crates/checks/tests/nginx/dump.rs).

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Files of a configuration by path.
#[derive(Debug)]
pub(crate) struct Dump {
    text: Vec<u8>,
    main: PathBuf,
    files: HashMap<PathBuf, Range<usize>>,
}

impl Dump {
    /// Splits a text into files; `None` if it is not the output of `nginx -T`. Messages of nginx may come before the
    /// files (`2>&1`).
    pub(crate) fn of(text: &[u8]) -> Option<Dump> {
        let mut lines = Lines { text, at: 0 };
        let is_before = |line: &[u8]| line.trim_ascii().is_empty() || is_message(line);
        let (first, _) = lines.by_ref().find(|(line, _)| !is_before(line))?;
        let main = path_of(first)?;
        let mut dump = Dump { text: text.to_owned(), main: main.clone(), files: HashMap::new() };
        let (mut path, mut start) = (main, lines.at);
        for (line, at) in lines {
            if let Some(next) = path_of(line).filter(|next| dump.main.is_relative() || next.is_absolute()) {
                dump.add(path, start..at);
                (path, start) = (next, at + line.len());
            }
        }
        dump.add(path, start..text.len());
        Some(dump)
    }

    /// Adds a file, unless there is already one with its path.
    fn add(&mut self, path: PathBuf, text: Range<usize>) {
        self.files.entry(path).or_insert(text);
    }

    pub(crate) fn main(&self) -> &Path {
        &self.main
    }

    /// The paths of all files, in arbitrary order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Path> {
        self.files.keys().map(PathBuf::as_path)
    }

    pub(crate) fn text(&self, path: &Path) -> Option<&[u8]> {
        self.files.get(path).map(|range| &self.text[range.clone()])
    }
}

/// True for a log message of nginx: `nginx: [warn] …`, `2026/11/30 04:40:32 [warn] …`.
fn is_message(line: &[u8]) -> bool {
    let fits = |(byte, form): (&u8, &u8)| if *form == b'0' { byte.is_ascii_digit() } else { byte == form };
    let is_date = |date: &[u8]| date.iter().zip(b"0000/00/00").all(fits);
    line.starts_with(b"nginx: ") || line.get(..10).is_some_and(is_date)
}

/// Returns nginx's error message if a text is the output of a failed `nginx -T 2>&1`. Such a text contains only
/// messages.
pub(crate) fn failure(text: &[u8]) -> Option<String> {
    const BEGINNING: &[u8] = b"nginx: [";
    let lines = || text.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    if !lines().all(is_message) {
        return None;
    }
    let of_level = |level: &str| {
        let mut messages = lines().filter_map(|line| line.strip_prefix(BEGINNING));
        messages.find_map(|message| message.strip_prefix(level.as_bytes())?.strip_prefix(b"] "))
    };
    let message = ["emerg", "alert", "crit", "error"].into_iter().find_map(of_level)?;
    Some(String::from_utf8_lossy(message.trim_ascii()).into_owned())
}

/// The path in a line that begins a file. It is absolute, unless nginx was started with a relative `-p`; then it
/// contains a slash. Other lines of this form are comments.
fn path_of(line: &[u8]) -> Option<PathBuf> {
    let path = line.strip_prefix(b"# configuration file ")?.trim_ascii_end().strip_suffix(b":")?;
    let path = str::from_utf8(path).ok()?;
    let is_relative = path.contains('/') && !path.contains(' ');
    (path.starts_with('/') || is_relative).then(|| PathBuf::from(path))
}

/// Lines with their LF, and their offsets.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Iterator for Lines<'t> {
    type Item = (&'t [u8], usize);

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at;
        let rest = self.text.get(at..).filter(|rest| !rest.is_empty())?;
        let len = memchr::memchr(b'\n', rest).map_or(rest.len(), |lf| lf + 1);
        self.at += len;
        Some((&rest[..len], at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The main file, and all files with their texts, ordered by path.
    fn files(text: &str) -> Option<(String, Vec<(String, String)>)> {
        let dump = Dump::of(text.as_bytes())?;
        let text = |path: &Path| String::from_utf8(dump.text(path).unwrap().to_vec()).unwrap();
        let mut files: Vec<_> = dump.names().map(|path| (path.display().to_string(), text(path))).collect();
        files.sort();
        Some((dump.main().display().to_string(), files))
    }

    #[test]
    fn failed_dump_contains_only_messages() {
        let warning = "nginx: [warn] conflicting server name\n";
        let emergency = "nginx: [emerg] unknown directive \"x\" in /etc/nginx/nginx.conf:1\n";
        let end = "nginx: configuration file /etc/nginx/nginx.conf test failed\n";
        let expected = Some("unknown directive \"x\" in /etc/nginx/nginx.conf:1".to_owned());
        assert_eq!(failure([warning, emergency, end].concat().as_bytes()), expected);
        assert_eq!(failure([emergency, "# configuration file /c:\n"].concat().as_bytes()), None);
        for text in [warning, "", "2026/11/30 04:40:32 [emerg] 7#7: bind() failed\n"] {
            assert_eq!(failure(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn each_file_begins_after_its_line() {
        let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        for (text, main, expected) in [
            ("# configuration file /c:\nhttp {}\n", "/c", vec![file("/c", "http {}\n")]),
            ("# configuration file /c:", "/c", vec![file("/c", "")]),
            (
                "# configuration file /z y:\na;\n\n# configuration file /b:\nb;\n\n# configuration file /b:\nc;\n",
                "/z y",
                vec![file("/b", "b;\n\n"), file("/z y", "a;\n\n")],
            ),
            // The first file does not end with a line feed.
            (
                "# configuration file /c:\na;\n# configuration file /b:\n",
                "/c",
                vec![file("/b", ""), file("/c", "a;\n")],
            ),
            // From a terminal, with the messages of `nginx -t` before it.
            (
                "nginx: configuration file /c test is successful\r\n2026/11/30 04:40:32 [warn] 1#1: x\r\n# configuration file /c:\r\na;\r\n",
                "/c",
                vec![file("/c", "a;\r\n")],
            ),
            (
                "\n# configuration file ./conf/c:\n# configuration file ./conf/d:\n",
                "./conf/c",
                vec![file("./conf/c", ""), file("./conf/d", "")],
            ),
            (
                "# configuration file /c:\n# configuration file of a/b:\n# configuration file a/b:\n # configuration file /d:\n",
                "/c",
                vec![file(
                    "/c",
                    "# configuration file of a/b:\n# configuration file a/b:\n # configuration file /d:\n",
                )],
            ),
        ] {
            assert_eq!(files(text), Some((main.to_owned(), expected)), "{text}");
        }
    }

    #[test]
    fn other_texts_are_not_dumps() {
        for text in [
            "",
            "\n",
            "http {}",
            "# configuration file of shop:\n",
            "a;\n# configuration file /c:\n",
            "nginx: x",
            "2026/11/30 x",
        ] {
            assert_eq!(files(text), None, "{text}");
        }
    }
}
