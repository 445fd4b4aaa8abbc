//! Builds the command that reads the logs in an archive.
//!
//! Members that are not named like logs are left out, as in directories. If a pipe cannot select the logs, the command
//! extracts the archive, and logstat reads the directories.

use super::foreign::Given;
use crate::files::Compression;
use crate::message::Message;
use crate::recognize::{Member, Members};
use crate::text::{file_argument, shell_word};

/// The directory to extract into.
const DIRECTORY: &str = "logs";
/// Largest number of members or directories in a command.
const MOST_LISTED: usize = 4;

impl Given<'_> {
    /// The command for a tar archive, with GNU tar.
    pub(super) fn through_tar(&self, members: &Members) -> String {
        // tar detects the compression of a file, but not of a pipe.
        let (letter, long) = match self.compression.filter(|_| self.is_standard_input()) {
            None => ("", ""),
            Some(Compression::Gzip) => ("z", ""),
            Some(Compression::Bzip2) => ("j", ""),
            Some(Compression::Xz) => ("J", ""),
            Some(Compression::Zstd) => ("", " --zstd"),
        };
        let pipe = if self.is_standard_input() { "… | " } else { "" };
        let file = file_argument(self.path);
        let wanted = wanted(members);
        match (selection(members, &wanted), &Members::compressions(wanted.iter().copied())[..]) {
            (Some(selection), []) => format!("{pipe}tar x{letter}Of {file}{long}{selection} | logstat -"),
            // With `-dcf`, these programs pass uncompressed data through unchanged.
            (Some(selection), [packed]) => {
                let each = Given { path: self.path, compression: Some(*packed) }.decompressor().unwrap_or_default();
                format!("{pipe}tar x{letter}f {file}{long} --to-command='{each}f'{selection} | logstat -")
            }
            _ => {
                let extracted = extracted(&wanted);
                format!("mkdir {DIRECTORY} && {pipe}tar x{letter}f {file}{long} -C {DIRECTORY} && logstat {extracted}")
            }
        }
    }

    /// The command for a zip archive, with unzip, which reads only files. A single member can be piped. Several cannot,
    /// because one of them may be compressed.
    pub(super) fn through_zip(&self, members: &Members) -> Message {
        if members.is_complete && members.files.len() < 2 {
            return self.on_file("to read it", &"unzip -p FILE | logstat -".into());
        }
        let extracted = extracted(&wanted(members));
        self.on_file("to read it", &format!("unzip -q FILE -d {DIRECTORY} && logstat {extracted}").into())
    }
}

/// The members that are named like access logs; all members if none is.
fn wanted(members: &Members) -> Vec<&Member> {
    let logs: Vec<_> = members.files.iter().filter(|file| file.is_access_log()).collect();
    if logs.is_empty() { members.files.iter().collect() } else { logs }
}

/// The arguments that make tar select these members. `None` if not all members are known, or if short arguments cannot
/// select them.
fn selection(members: &Members, wanted: &[&Member]) -> Option<String> {
    const PATTERNS: [&str; 2] = ["access", "access.log"];
    if !members.is_complete {
        return None;
    }
    if wanted.len() == members.files.len() {
        return Some(String::new());
    }
    let contains = |file: &Member, part: &str| memchr::memmem::find(&file.name, part.as_bytes()).is_some();
    let is_exact = |part: &&&str| members.files.iter().all(|file| contains(file, part) == wanted.contains(&file));
    if let Some(part) = PATTERNS.iter().find(is_exact) {
        return Some(format!(" --wildcards '*{part}*'"));
    }
    let is_option = wanted.iter().any(|file| file.name.starts_with(b"-"));
    let names = wanted.iter().map(|file| format!(" {}", shell_word(&file.name))).collect();
    (wanted.len() <= MOST_LISTED && !is_option).then_some(names)
}

/// The arguments for logstat after the archive was extracted: the directories of these members. logstat reads the files
/// in a directory that are named like access logs. If no member is, a pattern selects all files.
fn extracted(wanted: &[&Member]) -> String {
    let all = if wanted.iter().any(|file| file.is_access_log()) { "" } else { "/*" };
    let mut directories = Vec::new();
    for file in wanted {
        let (directory, _) = file.split();
        if !directories.contains(&directory) {
            directories.push(directory);
        }
    }
    let leaves = directories.iter().any(|directory| directory.split(|byte| *byte == b'/').any(|part| part == b".."));
    if directories.is_empty() || directories.len() > MOST_LISTED || leaves {
        return DIRECTORY.to_owned();
    }
    let path = |directory: &[u8]| match directory {
        [] => DIRECTORY.to_owned(),
        directory => shell_word(&[DIRECTORY.as_bytes(), b"/", directory].concat()),
    };
    directories.iter().map(|directory| path(directory) + all).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn members(names: &str, is_complete: bool) -> Members {
        let compression = |name: &str| match name.rsplit('.').next() {
            Some("gz") => Some(Compression::Gzip),
            Some("xz") => Some(Compression::Xz),
            _ => None,
        };
        let file = |name: &str| Member { name: name.as_bytes().to_vec(), compression: compression(name) };
        Members { files: names.split_whitespace().map(file).collect(), is_complete }
    }

    #[test]
    fn tar_commands_select_the_access_logs() {
        let rows = [
            ("access.log", true, "tar xOf a.tar | logstat -"),
            ("", true, "tar xOf a.tar | logstat -"),
            ("notes other", true, "tar xOf a.tar | logstat -"),
            ("n/access.log n/error.log", true, "tar xOf a.tar --wildcards '*access*' | logstat -"),
            ("n/access.log n/access.log.1 n/access.pid", true, "tar xOf a.tar --wildcards '*access.log*' | logstat -"),
            ("access/shop.log access/error.log", true, "tar xOf a.tar access/shop.log | logstat -"),
            (
                "access.log access.log.1.gz error.log",
                true,
                "tar xf a.tar --to-command='gzip -dcf' --wildcards '*access*' | logstat -",
            ),
            ("n/access.log.1.gz n/access.log.2.xz", true, "mkdir logs && tar xf a.tar -C logs && logstat logs/n"),
            ("access.log.1.gz /n/access.log.2.xz", true, "mkdir logs && tar xf a.tar -C logs && logstat logs logs/n"),
            ("n/access.log", false, "mkdir logs && tar xf a.tar -C logs && logstat logs/n"),
            ("n/a n/b", false, "mkdir logs && tar xf a.tar -C logs && logstat logs/n/*"),
            ("../access.log", false, "mkdir logs && tar xf a.tar -C logs && logstat logs"),
            ("a.log b.log c.log d.log e.log error.log", true, "mkdir logs && tar xf a.tar -C logs && logstat logs"),
        ];
        let given = Given { path: Path::new("a.tar"), compression: None };
        for (names, is_complete, expected) in rows {
            assert_eq!(given.through_tar(&members(names, is_complete)), expected, "{names}");
        }
        let given = Given { path: Path::new("-"), compression: Some(Compression::Gzip) };
        let expected = "mkdir logs && … | tar xzf - -C logs && logstat logs";
        assert_eq!(given.through_tar(&members("access.log", false)), expected);
    }

    #[test]
    fn zip_commands_extract_several_files() {
        let rows = [
            ("n/access.log", true, "unzip -p a.zip | logstat -"),
            ("n/access.log", false, "unzip -q a.zip -d logs && logstat logs/n"),
            ("n/access.log n/access.log.1.gz", true, "unzip -q a.zip -d logs && logstat logs/n"),
            ("n/x n/y", true, "unzip -q a.zip -d logs && logstat logs/n/*"),
        ];
        let given = Given { path: Path::new("a.zip"), compression: None };
        for (names, is_complete, expected) in rows {
            let said = given.through_zip(&members(names, is_complete));
            assert_eq!(said.to_string(), format!("to read it:  {expected}"), "{names}");
        }
    }
}
