//! Finds the states among the inputs by their first bytes. A state is read like a log, wherever it comes from: a file,
//! standard input, or a pipe that the shell opens, such as `<(ssh web1 cat web1.state)`.

use std::fs::{self, File};
use std::io::{self, BufRead, Cursor, Read, stdin};
use std::path::{Path, PathBuf};

use logstat::{Error, ErrorKind, Input, State};

use super::inputs::is_standard;
use super::messages::shown_path;

/// Number of bytes by which a state is recognised.
pub(crate) const FIRST_BYTES: u64 = 16;

/// A state among the inputs, which has not been read yet.
pub(crate) struct StateInput {
    pub(crate) name: PathBuf,
    pub(crate) reader: Box<dyn Read + Send>,
}

/// The inputs, separated into logs and states.
#[derive(Default)]
pub(crate) struct Separated {
    pub(crate) logs: Vec<Input>,
    pub(crate) states: Vec<StateInput>,
}

/// Separates the inputs. Files that cannot be read count as logs, which are opened later and fail then.
pub(crate) fn separate(inputs: Vec<Input>) -> Separated {
    let mut separated = Separated::default();
    for input in inputs {
        match Looked::at(input) {
            Looked::State(state) => separated.states.push(state),
            Looked::Log(log) => separated.logs.push(log),
        }
    }
    separated
}

/// An input whose first bytes are known.
enum Looked {
    State(StateInput),
    Log(Input),
}

impl Looked {
    /// Opens an input if it is a state. The first bytes of a FIFO, which can be read only once, are then in its reader.
    fn at(input: Input) -> Looked {
        let name = input.name().to_owned();
        if is_standard(&name) {
            let is_state = is_state_on_stdin();
            return if is_state { Looked::state(name, stdin()) } else { Looked::Log(input) };
        }
        let Some(kind) = Kind::of(&name) else { return Looked::Log(input) };
        let Ok(mut file) = File::open(&name) else { return Looked::Log(input) };
        let mut first = Vec::new();
        let read = (&mut file).take(FIRST_BYTES).read_to_end(&mut first);
        match kind {
            Kind::File if read.is_ok() && first.is_empty() && is_named_like_a_state(&name) => {
                let why = "is empty, not a state; perhaps the command that should have written it failed";
                Looked::state(name, Broken(Some(io::Error::new(io::ErrorKind::InvalidData, why))))
            }
            _ if read.is_ok() && State::is_state(&first) => Looked::state(name, Cursor::new(first).chain(file)),
            Kind::File => Looked::Log(input),
            Kind::Fifo => Looked::Log(Input::reader(name, Cursor::new(first).chain(Broken(read.err())).chain(file))),
        }
    }

    fn state(name: PathBuf, reader: impl Read + Send + 'static) -> Looked {
        Looked::State(StateInput { name, reader: Box::new(reader) })
    }
}

/// True for `web1.state`.
fn is_named_like_a_state(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("state"))
}

/// Advice for a log whose lines a state has already.
pub(crate) fn advice(error: &Error) -> Option<String> {
    let ErrorKind::StateOverlap { path, other, .. } = error.kind() else { return None };
    let is_log = |path: &Path| path.is_file() && !is_state(path);
    let (log, state) = match is_log(path) {
        true => (path, other),
        false => (other, path),
    };
    let (is_new, log, state) = (is_log(log) && is_state(state), shown_path(log), shown_path(state));
    is_new.then(|| format!("\n  to count only what is new in the log:  logstat {log} --state {state}"))
}

/// True if a regular file is a state.
pub(crate) fn is_state(path: &Path) -> bool {
    let mut first = Vec::new();
    path.is_file()
        && File::open(path).is_ok_and(|file| file.take(FIRST_BYTES).read_to_end(&mut first).is_ok())
        && State::is_state(&first)
}

/// True if standard input begins like a state. Its bytes are read again.
fn is_state_on_stdin() -> bool {
    if let Some(first) = file_on_stdin() {
        return State::is_state(&first);
    }
    stdin().lock().fill_buf().is_ok_and(State::is_state)
}

/// The next bytes of the file on standard input, read without moving its offset, by which it is later known whether the
/// file was read whole; `None` if it is not a regular file.
#[cfg(unix)]
fn file_on_stdin() -> Option<Vec<u8>> {
    use std::io::Seek;
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileExt;
    let file = File::from(stdin().as_fd().try_clone_to_owned().ok()?);
    let mut first = [0; FIRST_BYTES as usize];
    let offset = if file.metadata().ok()?.is_file() { (&file).stream_position().ok()? } else { return None };
    let read = file.read_at(&mut first, offset).ok()?;
    Some(first[..read].to_vec())
}

#[cfg(not(unix))]
fn file_on_stdin() -> Option<Vec<u8>> {
    None
}

/// A kind of file that may contain a state. A device such as `/dev/zero` does not. Neither does a FIFO, unless the shell
/// has opened it already, as `<(command)` does: opening another one waits for a program that writes to it.
enum Kind {
    File,
    Fifo,
}

impl Kind {
    fn of(path: &Path) -> Option<Kind> {
        let kind = fs::metadata(path).ok()?.file_type();
        #[cfg(unix)]
        if std::os::unix::fs::FileTypeExt::is_fifo(&kind) {
            let is_open = ["/dev/fd", "/proc/self/fd"].iter().any(|opened| path.starts_with(opened));
            return is_open.then_some(Kind::Fifo);
        }
        kind.is_file().then_some(Kind::File)
    }
}

/// Returns the error of a read once.
struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
