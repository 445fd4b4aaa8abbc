//! What is read: each file once, in the order given.

use std::io::{IsTerminal, stdin};
use std::path::{Path, PathBuf};

use logstat::Input;

/// The inputs of a run.
#[derive(Debug)]
pub(crate) struct Inputs {
    paths: Vec<PathBuf>,
    repeated: Vec<PathBuf>,
}

impl Inputs {
    /// The inputs that are given, or standard input; `None` where that is a terminal and nobody asked for it.
    pub(crate) fn of(given: &[PathBuf]) -> Option<Inputs> {
        if given.is_empty() {
            let piped = Inputs { paths: vec![PathBuf::from("-")], repeated: Vec::new() };
            return (!stdin().is_terminal()).then_some(piped);
        }
        let (mut paths, mut repeated, mut seen) = (Vec::new(), Vec::new(), Vec::new());
        for path in given {
            let identity = identity(path);
            if seen.contains(&identity) {
                repeated.push(path.clone());
            } else {
                seen.push(identity);
                paths.push(path.clone());
            }
        }
        Some(Inputs { paths, repeated })
    }

    /// What is said of files that are given again.
    pub(crate) fn repeated(&self) -> impl Iterator<Item = String> {
        self.repeated.iter().map(|path| format!("{path:?} is given more than once and read once"))
    }

    pub(crate) fn open(self) -> Vec<Input> {
        let input = |path: PathBuf| if is_stdin(&path) { Input::stdin() } else { Input::path(path) };
        self.paths.into_iter().map(input).collect()
    }
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// What two names of one file have in common. Standard input is the file that it comes from, where it comes from one.
fn identity(path: &Path) -> PathBuf {
    let name = if is_stdin(path) { Path::new("/dev/stdin") } else { path };
    std::fs::canonicalize(name).unwrap_or_else(|_| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_once_whatever_it_is_called() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        std::fs::write(file("a.log"), "").unwrap();
        std::fs::create_dir(file("sub")).unwrap();
        let given = [file("a.log"), file("missing.log"), file("sub/../a.log"), PathBuf::from("-"), PathBuf::from("-")];
        let inputs = Inputs::of(&given).unwrap();
        assert_eq!(inputs.paths, [file("a.log"), file("missing.log"), PathBuf::from("-")]);
        assert_eq!(inputs.repeated, [file("sub/../a.log"), PathBuf::from("-")]);
    }
}
