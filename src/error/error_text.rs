//! Messages of errors. They are separate from the error type because they are long.

use std::path::PathBuf;

use super::{Error, ErrorKind, bytes_in_words, io_error_text};
use crate::files::{SkipReason, SkippedFile, error_logs};
use crate::message::{Message, Setting, message};
use crate::text::{Grouped, printable};

/// Number of states of logstat among the files of a directory.
fn states(skipped: &[SkippedFile]) -> usize {
    skipped.iter().filter(|file| file.reason == SkipReason::SavedState).count()
}

impl Error {
    /// The error as a message. Settings have the names of this library; [`Message::reword`] renames them.
    pub fn message(&self) -> Message {
        let name = |path: &PathBuf| Error::name_of(path);
        let text = match self.kind() {
            ErrorKind::NoFormat { path, detail } => return message![name(path), ": ", detail.clone()],
            ErrorKind::NotAccessLog { path, kind, sample, remedy } => {
                let other = if kind.has_requests() { "an nginx access log" } else { "an access log" };
                let reason = kind.reason().map(|reason| format!("\n  {reason}")).unwrap_or_default();
                let what = format!("{} is {kind}, not {other}\n  {sample}{reason}\n  ", name(path));
                return message![what, remedy.clone()];
            }
            ErrorKind::NotLogged { detail }
            | ErrorKind::PairNotAllowed { detail }
            | ErrorKind::MetricNotAllowed { detail }
            | ErrorKind::NoDatabase { detail }
            | ErrorKind::NotInState { detail } => return detail.clone(),
            ErrorKind::StateSettings { path, detail } => return message![name(path), ": ", detail.clone()],
            ErrorKind::StateOverlap { path, other, source, from, to, .. } if path == other => {
                let (from, to, source) = (Grouped(*from), Grouped(*to), printable(source.as_bytes()));
                format!(
                    "{}: bytes {from} to {to} of {source} are given twice, but each line must count once; leave one out",
                    name(path)
                )
            }
            ErrorKind::StateOverlap { path, other, in_one_run, source, from, to } => {
                let (from, to) = (Grouped(*from), Grouped(*to));
                let text = format!(
                    "{}: bytes {from} to {to} of {} are in {}, too, and each line must count once; leave one of the two out",
                    name(path),
                    printable(source.as_bytes()),
                    name(other)
                );
                if *in_one_run {
                    return text.into();
                }
                return message![text + ", or add ", Setting::Dedupe, " if one of them has all lines of the other"];
            }
            ErrorKind::StateSource { path, source, known } => {
                let (source, known) = (printable(source.as_bytes()), printable(known.as_bytes()));
                return message![
                    format!(
                        "{}: the state knows this log as {known}, so it cannot be counted as {source}: omit ",
                        name(path)
                    ),
                    Setting::Source,
                    ", or use another state"
                ];
            }
            ErrorKind::StateLocked { path } => {
                let text = format!("{}: another run is using this state; to wait until it has ended, use ", name(path));
                return message![text, Setting::Wait];
            }
            ErrorKind::ReadOnce { path } => {
                return message![
                    format!("{}: can be read only once, but ", name(path)),
                    Setting::Now,
                    " last needs its last line first; save it in a file, or give a time: ",
                    Setting::Now,
                    " TIME"
                ];
            }
            ErrorKind::TooManyBuckets { unit, buckets, most } => {
                return message![
                    Setting::Fill,
                    format!(
                        " would list {buckets} rows by {}, but at most {most} are allowed: use a longer unit with ",
                        unit.name()
                    ),
                    Setting::By,
                    ", or a shorter period with ",
                    Setting::Since,
                    " and ",
                    Setting::Until
                ];
            }
            ErrorKind::NotBounded { asked } => {
                return message![
                    asked.clone(),
                    " needs all requests of every key, but ",
                    Setting::MaxKeys,
                    " drops keys: leave out one of the two"
                ];
            }
            ErrorKind::MemoryLimit { limit_bytes, is_asked: true, largest } => {
                return message![
                    Setting::MaxMemory,
                    format!(
                        ": the tables need more than {} ({largest}) and cannot be made smaller: use a longer unit with ",
                        bytes_in_words(*limit_bytes)
                    ),
                    Setting::By,
                    ", fewer sections with ",
                    Setting::Show,
                    ", a smaller ",
                    Setting::Uv,
                    " hll=P, or a higher limit; rankings keep all keys if ",
                    Setting::Sort,
                    ", ",
                    Setting::Columns,
                    " or ",
                    Setting::FailIf,
                    " need them"
                ];
            }
            ErrorKind::MemoryLimit { limit_bytes, is_asked: false, largest } => {
                return message![
                    format!(
                        "stopped, because the tables need more than {} of memory ({largest}): limit them with ",
                        bytes_in_words(*limit_bytes)
                    ),
                    Setting::MaxMemory,
                    " SIZE, ",
                    Setting::MaxKeys,
                    " N or ",
                    Setting::Uv,
                    " hll"
                ];
            }
            ErrorKind::Io { path, source } => format!("{}: {}", name(path), io_error_text(source)),
            ErrorKind::Unreadable { path, at_byte, lost_bytes, source } => format!(
                "{}: {} at byte {at_byte}; {lost_bytes} bytes could not be read, and the rest is counted",
                name(path),
                io_error_text(source)
            ),
            ErrorKind::Directory { path } => {
                let name = name(path);
                format!(
                    "{name}: is a directory; name the files in it: {name}{}*.log",
                    if name.ends_with('/') { "" } else { "/" }
                )
            }
            ErrorKind::Shrunk { path, from_bytes, to_bytes } => format!(
                "{}: shrank from {from_bytes} to {to_bytes} bytes while it was read; what was left is counted",
                name(path)
            ),
            ErrorKind::Replaced { path } => format!(
                "{}: was replaced by another file before it was read, and is not counted; run the command again",
                name(path)
            ),
            ErrorKind::Changed { path } => format!(
                "{}: changed while being read: it was overwritten, or truncated and filled again; old and new lines may be counted",
                name(path)
            ),
            ErrorKind::Compressed { path, compression, at_byte, detail } => format!(
                "{}: {compression} data {detail} at byte {at_byte} of the file; what came before is counted",
                name(path)
            ),
            ErrorKind::DecoderLimit { path, compression, at_byte, detail } => format!(
                "{}: {compression} data {detail} at byte {at_byte} of the file; what came before is counted\n  to read it:  {}",
                name(path),
                compression.command_without_limit(path)
            ),
            ErrorKind::CompressionUnsupported { path, compression } => format!(
                "{}: is compressed with {compression}, but this build lacks the feature 'compressed'; decompress it \
                 first",
                name(path)
            ),
            ErrorKind::DanglingLink { path, target } => {
                format!("{}: broken link: its target \"{}\" does not exist", name(path), name(target))
            }
            ErrorKind::LinkLoop { path } => format!("{}: its symbolic links form a loop", name(path)),
            ErrorKind::NoLogs { path, within: Some(within), .. } => format!(
                "{}: no access logs in this directory; there are some in {within}\n  to read them:  {}",
                name(path),
                within.command()
            ),
            ErrorKind::NoLogs { path, is_empty: true, .. } => format!("{}: the directory is empty", name(path)),
            ErrorKind::NoLogs { path, skipped, .. } if states(skipped) > 0 => {
                let (name, states) = (name(path), states(skipped));
                let (count, slash) = (
                    if states == 1 { "1 state" } else { &format!("{states} states") },
                    if name.ends_with('/') { "" } else { "/" },
                );
                format!(
                    "{name}: no access logs in this directory, but {count}\n  to read states:  logstat {name}{slash}*.state"
                )
            }
            ErrorKind::NoLogs { path, skipped, .. } => match error_logs(skipped) {
                Some(names) => format!("{}: only error logs here: {names}", name(path)),
                None => format!("{}: no *access* or *.log files in this directory; name the files to read", name(path)),
            },
            ErrorKind::NoMatch { pattern, detail } if detail.is_empty() => {
                format!("{}: no file matches", name(pattern))
            }
            ErrorKind::NoMatch { pattern, detail } => format!("{}: invalid pattern: {detail}", name(pattern)),
            ErrorKind::Gap { path, counted_bytes, now_bytes: None } => format!(
                "{}: was removed, emptied or replaced before it was known to be complete; lines after its first \
                 {counted_bytes} bytes may be missing from the report; run the command more often, or keep rotated files \
                 longer",
                name(path)
            ),
            ErrorKind::Gap { path, counted_bytes, now_bytes: Some(now_bytes) } => format!(
                "{}: was cut from {counted_bytes} bytes or more to {now_bytes}; lines that were cut off may be missing \
                 from the report",
                name(path)
            ),
            ErrorKind::NoSuchInput { input, inputs } => {
                format!("there is no input {input}: the session has {inputs}")
            }
            ErrorKind::StateDamaged { path, detail } => format!(
                "{}: the state is damaged: {detail}\n  restore it from a backup, or delete it and count the logs again",
                name(path)
            ),
            ErrorKind::StateVersion { path, version } => format!(
                "{}: a newer logstat wrote this state: it has version {version} of the format; upgrade logstat",
                name(path)
            ),
            ErrorKind::TooManyVariables { most } => {
                format!("at most {most} variables can be used at once; use the others in another run")
            }
        };
        text.into()
    }
}
