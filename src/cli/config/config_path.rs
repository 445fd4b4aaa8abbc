//! Finds the configuration file and reads its text safely, whatever the file is.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::variables::CONFIG;
use crate::cli::messages::shown_path;

/// Maximum size in bytes; a longer file is not a configuration.
const MAX_BYTES: u64 = 1 << 20;

/// The environment of a process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment {
    pub(super) variables: Vec<(OsString, OsString)>,
}

impl Environment {
    pub(crate) fn of_process() -> Environment {
        Environment { variables: std::env::vars_os().collect() }
    }

    /// The value of a variable; `None` if it is empty or not set.
    fn variable(&self, name: &str) -> Option<&OsStr> {
        let said = self.variables.iter().find(|(known, _)| known == name);
        said.map(|(_, value)| value.as_os_str()).filter(|value| !value.is_empty())
    }

    pub(super) fn home(&self) -> Option<&Path> {
        self.variable("HOME").map(Path::new)
    }

    /// The value of a variable of the XDG specification, which requires that relative paths be ignored.
    fn xdg_directory(&self, name: &str) -> Option<PathBuf> {
        self.variable(name).map(PathBuf::from).filter(|path| path.is_absolute())
    }

    /// The directory of the states of sites; `None` if there is no home directory.
    pub(super) fn states(&self) -> Option<PathBuf> {
        let xdg = self.xdg_directory("XDG_STATE_HOME");
        Some(xdg.or_else(|| self.home().map(|home| home.join(".local/state")))?.join("logstat"))
    }

    /// The file named by `--config`, else by `LOGSTAT_CONFIG`, else the default location.
    pub(super) fn config_path(&self, given: Option<&Path>) -> Option<ConfigPath> {
        let named = given.or_else(|| self.variable(CONFIG).map(Path::new));
        if let Some(path) = named {
            return Some(ConfigPath { path: path.to_owned(), is_required: true });
        }
        let folder = self.xdg_directory("XDG_CONFIG_HOME").or_else(|| self.home().map(|home| home.join(".config")))?;
        Some(ConfigPath { path: folder.join("logstat/config.toml"), is_required: false })
    }
}

/// The path of the file, which may not exist.
#[derive(Debug)]
pub(super) struct ConfigPath {
    pub(super) path: PathBuf,
    /// True if the user named the file, so it must exist.
    is_required: bool,
}

impl ConfigPath {
    /// The path as messages show it.
    pub(super) fn shown(&self) -> Rc<str> {
        shown_path(&self.path).into()
    }

    /// Reads the text of the file. `None` if the default file does not exist, or if reading it is not permitted; the
    /// latter adds a warning.
    pub(super) fn read(&self, warnings: &mut Vec<String>) -> Result<Option<String>, String> {
        let shown = self.shown();
        let mut bytes = Vec::new();
        match File::open(&self.path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes)) {
            Ok(_) => {}
            Err(error) if !self.is_required && is_missing(&error) => return Ok(None),
            // A service may run with the HOME of the user who started it.
            Err(error) if !self.is_required && error.kind() == ErrorKind::PermissionDenied => {
                warnings.push(format!("{}; its defaults are not used", self.unreadable(&error)));
                return Ok(None);
            }
            Err(error) => return Err(self.unreadable(&error)),
        }
        if bytes.len() as u64 > MAX_BYTES {
            return Err(format!("{shown}: this is longer than 1 MiB, so it is not a configuration file"));
        }
        String::from_utf8(bytes).map(Some).map_err(|error| {
            let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = 1 + memchr::memchr_iter(b'\n', before).count();
            format!("{shown}:{line}: this is not UTF-8, which TOML requires")
        })
    }

    fn unreadable(&self, error: &io::Error) -> String {
        let what = match error.kind() {
            ErrorKind::IsADirectory => "this is a directory; name a file in it".to_owned(),
            ErrorKind::NotFound => "no such file".to_owned(),
            ErrorKind::PermissionDenied => "permission denied".to_owned(),
            _ => error.to_string(),
        };
        format!("{}: {what}", self.shown())
    }
}

/// True if the file does not exist. A file in place of a directory on its path counts as that, too.
fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(line: &str) -> Environment {
        let pairs = line.split_whitespace().filter_map(|word| word.split_once('='));
        Environment { variables: pairs.map(|(name, value)| (name.into(), value.into())).collect() }
    }

    fn config_path(line: &str, given: Option<&str>) -> Option<String> {
        environment(line)
            .config_path(given.map(Path::new))
            .map(|place| format!("{}{}", place.path.display(), if place.is_required { " must be" } else { "" }))
    }

    #[test]
    fn named_file_precedes_the_default_one() {
        let rows = [
            ("", None),
            ("HOME=/h", Some("/h/.config/logstat/config.toml")),
            ("HOME=/h XDG_CONFIG_HOME=/x", Some("/x/logstat/config.toml")),
            ("HOME=/h XDG_CONFIG_HOME=", Some("/h/.config/logstat/config.toml")),
            ("HOME=/h XDG_CONFIG_HOME=x", Some("/h/.config/logstat/config.toml")),
            ("XDG_CONFIG_HOME=x", None),
            ("HOME=/h LOGSTAT_CONFIG=c.toml", Some("c.toml must be")),
            ("HOME=/h LOGSTAT_CONFIG=", Some("/h/.config/logstat/config.toml")),
        ];
        for (line, expected) in rows {
            assert_eq!(config_path(line, None).as_deref(), expected, "{line}");
        }
        assert_eq!(config_path("LOGSTAT_CONFIG=c.toml", Some("d.toml")).as_deref(), Some("d.toml must be"));
    }

    #[test]
    fn states_of_sites_are_in_the_home_directory() {
        let rows = [
            ("", None),
            ("HOME=/h", Some("/h/.local/state/logstat")),
            ("HOME=/h XDG_STATE_HOME=/x", Some("/x/logstat")),
            ("HOME=/h XDG_STATE_HOME=x", Some("/h/.local/state/logstat")),
            ("XDG_STATE_HOME=/x", Some("/x/logstat")),
        ];
        for (line, expected) in rows {
            assert_eq!(environment(line).states().as_deref(), expected.map(Path::new), "{line}");
        }
    }

    #[test]
    fn missing_oversized_and_binary_files_are_handled() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let read = |name: &str, is_required| ConfigPath { path: path(name), is_required }.read(&mut Vec::new());
        std::fs::write(path("a"), "by = 'hour'\n").unwrap();
        std::fs::write(path("latin"), b"# a\n# caf\xe9\n").unwrap();
        std::fs::write(path("large"), vec![b' '; 10 << 20]).unwrap();
        std::fs::write(path("at_most"), vec![b' '; 1 << 20]).unwrap();
        assert_eq!(read("a", true), Ok(Some("by = 'hour'\n".to_owned())));
        assert_eq!((read("none", false), read("a/b", false)), (Ok(None), Ok(None)));
        assert!(read("at_most", false).is_ok());
        let wrong = [
            ("none", true, ": no such file"),
            ("latin", false, ":2: this is not UTF-8, which TOML requires"),
            ("large", false, ": this is longer than 1 MiB, so it is not a configuration file"),
            ("", false, ": this is a directory; name a file in it"),
        ];
        for (name, is_required, expected) in wrong {
            assert_eq!(read(name, is_required), Err(format!("{}{expected}", path(name).display())));
        }
        #[cfg(unix)]
        assert!(
            ConfigPath { path: "/dev/zero".into(), is_required: true }
                .read(&mut Vec::new())
                .unwrap_err()
                .contains("longer")
        );
    }
}
