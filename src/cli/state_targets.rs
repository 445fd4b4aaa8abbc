//! The files that a state is written to: checked before counting, replaced once the state is complete.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;

use logstat::{Error, ErrorKind, Input, State, StateLock, WhenLocked};

use super::inputs::is_standard;
use super::messages::{Messages, shown_path};
use super::new_file::{NewFile, Purpose};
use super::output_target::{directory, is_same_file, resolve_target};
use super::rejects::is_read;
use super::state_file::{first_bytes, is_named_like_a_log, is_of_later_version, is_of_other_kind, own_name};
use super::states::StateArgs;
use super::{ExitStatus, stdout, wording};

/// The extension of the lock of a state.
const LOCK: &str = "lock";

/// The option whose file is read before it is replaced.
const STATE: &str = "--state";

/// The reason why a state cannot be written, as far as is known before anything is counted. `others` are the files of
/// other outputs, each with its option.
pub(crate) fn refusal(args: &StateArgs, others: &[(&str, &Path)], inputs: &[Input]) -> Option<String> {
    let targets: Vec<_> = args.targets().collect();
    let other = |at: usize| {
        let (_, path) = targets[at];
        let all = targets[..at].iter().chain(others);
        all.copied().find(|(_, other)| is_same_file(path, other)).map(|(option, _)| option)
    };
    if let Some(refusal) = args.state.as_deref().and_then(|path| refusal_of_lock(path, others)) {
        return Some(refusal);
    }
    targets.iter().enumerate().find_map(|(at, (option, path))| {
        let reason = match other(at) {
            Some(other) => Some(format!("{other} writes to this file, too; name another")),
            None => {
                let is_read_first = *option == STATE;
                unwritable(option, path, is_read_first && args.is_site_state, inputs)
            }
        };
        reason.map(|reason| format!("{option} {}: {reason}", shown_path(path)))
    })
}

/// The reason why another output may not be written: it would replace the lock of the state.
fn refusal_of_lock(state: &Path, others: &[(&str, &Path)]) -> Option<String> {
    let mut lock = state.as_os_str().to_owned();
    lock.push(format!(".{LOCK}"));
    let (option, path) = others.iter().find(|(_, other)| is_same_file(other, Path::new(&lock)))?;
    let (path, state) = (shown_path(path), shown_path(state));
    Some(format!("{option} {path}: this file is the lock of {state}; name another"))
}

/// The reason why a file cannot be replaced by a state.
fn unwritable(option: &str, path: &Path, is_site_state: bool, inputs: &[Input]) -> Option<String> {
    if path.is_dir() {
        return Some("this is a directory; name a file in it".to_owned());
    }
    if path.extension() == Some(OsStr::new(LOCK)) {
        let state = path.with_extension("");
        let state = if state.extension().is_some() { state } else { path.with_extension("state") };
        return Some(format!(
            "names that end in .lock are for the locks of states; use another:  {option} {}",
            shown_path(&state)
        ));
    }
    match resolve_target(path) {
        // The directory of a site's state is created.
        Err(_) if is_site_state => return None,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Some("no such directory".to_owned());
        }
        // Opening the file fails with the same error.
        Err(_) => return None,
        Ok(None) if option == STATE => {
            return Some("this is not a regular file, so the next run could not read the state".to_owned());
        }
        Ok(None) => return None,
        Ok(Some(_)) => {}
    }
    let is_empty = fs::metadata(path).is_ok_and(|metadata| metadata.len() == 0);
    if is_empty && is_read(path, inputs) {
        return Some("this file is an input; name another, or it would be overwritten".to_owned());
    }
    if option != STATE && path.exists() && !is_empty {
        let Some(first) = first_bytes(path) else {
            return Some("this file exists and cannot be read, so it may be something other than a state".to_owned());
        };
        if is_of_later_version(path, &first) {
            return Some("a newer logstat wrote this state, which would be lost; name another file".to_owned());
        }
    }
    is_of_other_kind(path).then(|| {
        let is_log = is_read(path, inputs) || is_named_like_a_log(path);
        let what = if is_log { "this is a log" } else { "this file is not a state, and is not replaced" };
        format!("{what}; give the state a file of its own:  {option} {}", shown_path(&own_name(path)))
    })
}

/// Destinations of a state.
#[derive(Debug)]
pub(crate) struct StateTargets {
    /// Held until the state is in place.
    _lock: Option<StateLock>,
    files: Vec<NewFile>,
    to_standard: bool,
}

impl StateTargets {
    /// Locks the file of `--state`, and creates the temporary files, so that a target that cannot be written is reported
    /// before counting starts.
    pub(crate) fn create(args: &StateArgs, messages: &Messages) -> Result<StateTargets, Error> {
        if let Some(path) = args.state.as_deref().filter(|_| args.is_site_state) {
            create_directory(directory(path))?;
        }
        let lock = args.state.as_deref().map(|path| lock(path, args.wait, messages)).transpose()?;
        let create = |(option, path): (&str, &Path)| match NewFile::create_temporary(path, purpose(option))? {
            Some(file) => Ok(file),
            None => NewFile::create(path),
        };
        let files = args.targets().map(create).collect::<Result<_, _>>()?;
        Ok(StateTargets { _lock: lock, files, to_standard: args.save.as_deref().is_some_and(is_standard) })
    }

    /// Writes the state, and puts all its files in place.
    pub(crate) fn write(self, state: &State, messages: &Messages) -> ExitStatus {
        if self.files.is_empty() && !self.to_standard {
            return ExitStatus::Success;
        }
        let mut bytes = Vec::new();
        let written = state.write(&mut bytes).and_then(|()| {
            self.files.iter().try_for_each(|file| file.write(|out| out.write_all(&bytes)))?;
            self.files.into_iter().try_for_each(NewFile::persist)
        });
        match written {
            Ok(()) if self.to_standard => stdout::write_whole(messages, |out| out.write_all(&bytes)),
            Ok(()) => ExitStatus::Success,
            Err(error) => {
                messages.error(wording::error(&error));
                ExitStatus::Failed
            }
        }
    }
}

fn purpose(option: &str) -> Purpose {
    if option == STATE { Purpose::LockedState } else { Purpose::State }
}

/// Locks a state. If another run holds the lock, this one fails or waits.
fn lock(path: &Path, waits: bool, messages: &Messages) -> Result<StateLock, Error> {
    match StateLock::lock(path, WhenLocked::Fail) {
        Err(error) if waits && matches!(error.kind(), ErrorKind::StateLocked { .. }) => {
            messages.note(format_args!("waiting for another run that uses {}", shown_path(path)));
            StateLock::lock(path, WhenLocked::Wait)
        }
        locked => locked,
    }
}

/// Creates the directory of a site's state. States contain addresses, so only its owner may read it.
fn create_directory(path: &Path) -> Result<(), Error> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| ErrorKind::Io { path: path.to_owned(), source }.into())
}
