//! Where malformed lines go, if they are asked for.

use std::fs::{File, canonicalize};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use logstat::{Error, ErrorKind, Input, Rejects};

/// The file of `--rejects`, empty until all is counted: what cannot be written is said before anybody waits for it.
#[derive(Debug)]
pub(crate) struct RejectsFile {
    path: PathBuf,
    file: File,
}

/// Why a file is not one that malformed lines can go to.
pub(crate) fn refusal(path: &Path, inputs: &[Input]) -> Option<String> {
    if path.as_os_str() == "-" {
        return Some("--rejects - : standard output is the report's; give a file, or /dev/stderr".to_owned());
    }
    is_read(path, inputs)
        .then(|| format!("--rejects {}: this file is read; give another, or it would be lost", path.display()))
}

/// Whether a file is among the inputs, by whatever name.
pub(crate) fn is_read(path: &Path, inputs: &[Input]) -> bool {
    let Some(full) = canonicalize(path).ok().filter(|full| full.is_file()) else { return false };
    let is_it = |name: &Path| {
        canonicalize(if name.as_os_str() == "-" { Path::new("/dev/stdin") } else { name })
            .is_ok_and(|input| input == full)
    };
    inputs.iter().any(|input| is_it(input.name()))
}

impl RejectsFile {
    /// Makes the file, or empties it.
    pub(crate) fn create(path: &Path) -> Result<RejectsFile, Error> {
        let file = File::create(path).map_err(|source| failed(path, source))?;
        Ok(RejectsFile { path: path.to_owned(), file })
    }

    pub(crate) fn write(self, rejects: Rejects) -> Result<(), Error> {
        let mut out = BufWriter::with_capacity(1 << 16, self.file);
        rejects.write(&mut out).map_err(|source| failed(&self.path, source))
    }
}

fn failed(path: &Path, source: std::io::Error) -> Error {
    ErrorKind::Io { path: path.to_owned(), source }.into()
}
