//! The error for an input that is not an access log: the part of it that shows its type, and a command that helps.

use std::path::Path;

use super::sample_text::{sample_text, sample_text_cut};
use super::{Note, NoteCode};
use crate::error::{Error, ErrorKind};
use crate::files::{Compression, FileKind, Remedy, decompressed_by};
use crate::message::{Message, Setting, message};
use crate::recognize::{Excerpt, Foreign, Workaround};
use crate::text::file_argument;

/// The error for an input that is not an access log.
pub(crate) fn refusal(foreign: &Foreign, path: &Path, compression: Option<Compression>, anonymize: bool) -> Error {
    let sample = sample(&foreign.excerpt, anonymize);
    let remedy = remedy(foreign, path, compression);
    ErrorKind::NotAccessLog { path: path.to_owned(), kind: foreign.kind, sample, remedy }.into()
}

/// Returns the type of a file that is set aside without an error: it was found in a directory, not named by the user,
/// and is not an access log. Log directories have many kinds of logs.
pub(crate) fn set_aside(is_found: bool, refusal: &Error) -> Option<FileKind> {
    match refusal.kind() {
        ErrorKind::NotAccessLog { kind, .. } if is_found => Some(*kind),
        _ => None,
    }
}

/// Largest number of files that a note names.
const NAMED: usize = 3;

/// Returns a note if files were set aside, given their printable paths.
pub(super) fn set_aside_note(mut files: Vec<(String, FileKind)>) -> Option<Note> {
    files.sort_by(|a, b| a.0.cmp(&b.0));
    match &files[..] {
        [] => None,
        [(path, kind)] => Some(Note::about(NoteCode::NotAnAccessLog, path, format!("not counted: it is {kind}"))),
        several => {
            let names = several.iter().take(NAMED).map(|(path, kind)| format!("{path} is {kind}"));
            let mut text = format!("{} files are not access logs, and are not counted: ", several.len());
            text += &names.collect::<Vec<_>>().join(", ");
            if several.len() > NAMED {
                text += &format!(", and {} more", several.len() - NAMED);
            }
            Some(Note::new(NoteCode::NotAnAccessLog, text))
        }
    }
}

/// Largest number of characters of a line that are shown.
const SHOWN: usize = 120;

fn sample(excerpt: &Excerpt, anonymize: bool) -> String {
    let shown = |text: &[u8]| if anonymize { sample_text_cut(text) } else { sample_text(text) };
    let (label, text) = match excerpt {
        Excerpt::Line { number, text } => (format!("line {number}"), text),
        Excerpt::Member(name) => ("first file".to_owned(), name),
        Excerpt::Bytes(bytes) => ("first bytes".to_owned(), bytes),
    };
    format!("{label}: {}", beginning(&shown(text))).trim_end().to_owned()
}

/// Shortens a sample that is too long for a line of a message.
pub(super) fn beginning(sample: &str) -> String {
    match sample.char_indices().nth(SHOWN) {
        Some((end, _)) => sample[..end].to_owned() + "…",
        None => sample.to_owned(),
    }
}

fn remedy(foreign: &Foreign, path: &Path, compression: Option<Compression>) -> Message {
    let input = Given { path, compression };
    let command = match foreign.kind.remedy() {
        Remedy::Advice(advice) => return advice.into(),
        Remedy::MainConf(advice) => {
            return message![advice, ":  logstat ", Setting::NginxConf, " /etc/nginx/nginx.conf"];
        }
        Remedy::Filter(filter) => input.through(filter).into(),
        Remedy::OnFile(purpose, command) => return input.on_file(purpose, &command.into()),
        Remedy::NginxConf(purpose) => {
            return input.on_file(purpose, &message!["logstat ", Setting::NginxConf, " FILE"]);
        }
        Remedy::Tar => input.through_tar(&foreign.members).into(),
        Remedy::Zip => return input.through_zip(&foreign.members),
        Remedy::Unpack => input.unpacked().into(),
        Remedy::LogFormat => match &foreign.workaround {
            Some(workaround) => input.read_by(workaround),
            None => {
                return message![
                    "pass a log_format for its fields, in the variables of nginx, with ",
                    Setting::LogFormat
                ];
            }
        },
    };
    message!["to read it:  ", command]
}

/// An input as it was given.
pub(super) struct Given<'i> {
    pub(super) path: &'i Path,
    pub(super) compression: Option<Compression>,
}

impl Given<'_> {
    pub(super) fn is_standard_input(&self) -> bool {
        self.path.as_os_str() == "-"
    }

    /// The program that decompresses the input to its standard output.
    pub(super) fn decompressor(&self) -> Option<&'static str> {
        self.compression.map(Compression::decompressor)
    }

    /// The command that writes the decompressed input to its standard output; `None` for a plain file.
    fn source(&self) -> Option<String> {
        match self.decompressor() {
            Some(decompressor) => Some(decompressed_by(decompressor, self.path)),
            None => self.is_standard_input().then(|| "…".to_owned()),
        }
    }

    fn through(&self, filter: &str) -> String {
        match self.source() {
            Some(source) => format!("{source} | {filter} | logstat -"),
            None => format!("{filter} {} | logstat -", file_argument(self.path)),
        }
    }

    fn unpacked(&self) -> String {
        match self.source() {
            Some(source) => format!("{source} | logstat -"),
            None => format!("logstat - < {}", file_argument(self.path)),
        }
    }

    fn read_by(&self, workaround: &Workaround) -> Message {
        let file = file_argument(self.path);
        let log_format = format!(" '{}'", workaround.log_format.replace('\'', r"'\''"));
        let logstat = message!["logstat ", Setting::LogFormat, log_format];
        match (workaround.filter, self.source()) {
            (None, _) if self.is_standard_input() => message!["… | ", logstat, " -"],
            (None, _) => logstat + format!(" {file}"),
            (Some(filter), None) => {
                let (first, rest) = filter.split_once(" | ").unwrap_or((filter, ""));
                let rest = if rest.is_empty() { String::new() } else { format!(" | {rest}") };
                message![format!("{first} < {file}{rest} | "), logstat, " -"]
            }
            (Some(filter), Some(source)) => message![format!("{source} | {filter} | "), logstat, " -"],
        }
    }

    pub(super) fn on_file(&self, purpose: &str, command: &Message) -> Message {
        let file = if self.source().is_some() { "FILE".to_owned() } else { file_argument(self.path) };
        let command = command.with("FILE", &file);
        match self.source() {
            None => message![format!("{purpose}:  "), command],
            Some(source) => message![format!("{purpose}, save it in a file:  {source} > FILE && "), command],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognize::{Member, Members};

    fn shown(kind: FileKind, path: &str, compression: Option<Compression>, packed: Option<Compression>) -> String {
        let workaround =
            Some(Workaround { filter: Some("tr -s ' '"), log_format: "$remote_addr '$status'".to_owned() });
        let workaround = workaround.filter(|_| kind == FileKind::SquidLog);
        let files = vec![Member { name: b"access.log".to_vec(), compression: packed }];
        let members = Members { files, is_complete: true };
        let foreign = Foreign { kind, excerpt: Excerpt::Bytes(Vec::new()), is_certain: true, members, workaround };
        remedy(&foreign, Path::new(path), compression).to_string()
    }

    #[test]
    fn note_names_at_most_three_files() {
        let note = |names: &[&str]| {
            let files = names.iter().map(|name| ((*name).to_owned(), FileKind::NginxErrorLog)).collect();
            set_aside_note(files).map(|note| note.to_string())
        };
        assert_eq!(note(&[]), None);
        assert_eq!(note(&["a"]).unwrap(), "a: not counted: it is an nginx error log");
        let expected = "4 files are not access logs, and are not counted: a is an nginx error log, b is an nginx error log, \
                        c is an nginx error log, and 1 more";
        assert_eq!(note(&["d", "b", "a", "c"]).unwrap(), expected);
    }

    #[test]
    fn commands_fit_the_input() {
        use Compression::{Bzip2, Gzip, Xz, Zstd};
        use FileKind::{CompressedTwice, Journal, SquidLog, State, Tar, Utf16, Utf16Le, Zip};
        let squid = r"tr -s ' ' < a.log | logstat log_formats '$remote_addr '\''$status'\''' -";
        let rows = [
            (Utf16, "a b.log", None, None, "iconv -f UTF-16 -t UTF-8 'a b.log' | logstat -"),
            (Utf16, "-", None, None, "… | iconv -f UTF-16 -t UTF-8 | logstat -"),
            (Utf16Le, "a.gz", Some(Gzip), None, "gzip -dc a.gz | iconv -f UTF-16LE -t UTF-8 | logstat -"),
            (Utf16, "-", Some(Xz), None, "… | xz -dc | iconv -f UTF-16 -t UTF-8 | logstat -"),
            (Tar, "logs.tar", None, None, "tar xOf logs.tar | logstat -"),
            (Tar, "logs.tgz", Some(Gzip), None, "tar xOf logs.tgz | logstat -"),
            (Tar, "h:logs.tar", None, None, "tar xOf ./h:logs.tar | logstat -"),
            (Tar, "-", None, None, "… | tar xOf - | logstat -"),
            (Tar, "-", Some(Gzip), None, "… | tar xzOf - | logstat -"),
            (Tar, "-", Some(Zstd), None, "… | tar xOf - --zstd | logstat -"),
            (Tar, "logs.tar", None, Some(Gzip), "tar xf logs.tar --to-command='gzip -dcf' | logstat -"),
            (Tar, "-", Some(Bzip2), Some(Xz), "… | tar xjf - --to-command='xz -dcf' | logstat -"),
            (CompressedTwice, "a.gz.xz", Some(Xz), None, "xz -dc a.gz.xz | logstat -"),
            (CompressedTwice, "-", Some(Gzip), None, "… | gzip -dc | logstat -"),
            (State, "a.state.zst", Some(Zstd), None, "zstd -dc a.state.zst | logstat -"),
            (State, "fifo", None, None, "logstat - < fifo"),
            (Zip, "it's.zip", None, None, r"unzip -p 'it'\''s.zip' | logstat -"),
            (Journal, "a.journal", None, None, "journalctl --file a.journal | logstat -"),
            (SquidLog, "a.log", None, None, squid),
        ];
        for (kind, path, compression, packed, expected) in rows {
            assert_eq!(shown(kind, path, compression, packed), format!("to read it:  {expected}"));
        }
        assert_eq!(
            shown(Zip, "-", None, None),
            "to read it, save it in a file:  … > FILE && unzip -p FILE | logstat -"
        );
        assert_eq!(
            shown(Zip, "a.zip.gz", Some(Gzip), None),
            "to read it, save it in a file:  gzip -dc a.zip.gz > FILE && unzip -p FILE | logstat -"
        );
    }
}
