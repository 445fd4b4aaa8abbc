//! Finds the states among the inputs by their first bytes. A state is read like a log, wherever it comes from: a file,
//! standard input, or a pipe that the shell opens, such as `<(ssh web1 cat web1.state)`.

use std::fs::{self, File};
use std::io::{self, BufRead, Cursor, Read, stdin};
use std::path::{Path, PathBuf};

use logstat::{Input, State};

use super::inputs::is_standard;

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
        match state(input) {
            Ok(state) => separated.states.push(state),
            Err(log) => separated.logs.push(log),
        }
    }
    separated
}

/// Opens an input that is a state. Returns other inputs as `Err`; the first bytes of a FIFO, which can be read only
/// once, are then in its reader.
fn state(input: Input) -> Result<StateInput, Input> {
    let name = input.name().to_owned();
    if is_standard(&name) {
        // What `fill_buf` returns is read again.
        let is_state = stdin().lock().fill_buf().is_ok_and(|first| State::is_state(first));
        return if is_state { Ok(StateInput { name, reader: Box::new(stdin()) }) } else { Err(input) };
    }
    let Some(kind) = Kind::of(&name) else { return Err(input) };
    let Ok(mut file) = File::open(&name) else { return Err(input) };
    let mut first = Vec::new();
    let read = (&mut file).take(FIRST_BYTES).read_to_end(&mut first);
    let is_state = read.is_ok() && State::is_state(&first);
    match kind {
        Kind::File if !is_state => Err(input),
        Kind::Fifo if !is_state => Err(Input::reader(name, Cursor::new(first).chain(Broken(read.err())).chain(file))),
        _ => Ok(StateInput { name, reader: Box::new(Cursor::new(first).chain(file)) }),
    }
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
