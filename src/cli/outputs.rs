//! Files that reports are written to.

use std::io;
use std::path::{Path, PathBuf};

use logstat::{Colors, Error, ErrorKind, Input, Report, ReportFormat, Style};

use super::messages::shown_path;
use super::new_file::NewFile;
use super::output_target::{is_same_file, resolve_target};
use super::rejects::is_read;
use super::wrapped::wrapped;

/// A file of `-o`.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    path: PathBuf,
    format: ReportFormat,
    /// True if neither the extension nor the user names a format.
    is_guess: bool,
}

impl Output {
    /// Takes the format from the file's extension, else the one that the user chose; `-` is standard output.
    pub(crate) fn new(path: &Path, chosen: Option<ReportFormat>) -> Output {
        let extension = path.extension().and_then(|extension| extension.to_str());
        let named = extension.and_then(ReportFormat::of_extension).or(chosen);
        Output { path: path.to_owned(), format: named.unwrap_or(ReportFormat::Table), is_guess: named.is_none() }
    }

    pub(crate) fn format(&self) -> ReportFormat {
        self.format
    }

    pub(crate) fn is_standard(&self) -> bool {
        self.path.as_os_str() == "-"
    }

    /// The reason why the file cannot be written, as far as is known before the report exists.
    pub(crate) fn refusal(&self, inputs: &[Input]) -> Option<String> {
        let path = shown_path(&self.path);
        if self.is_standard() {
            return None;
        }
        if self.path.is_dir() {
            return Some(format!("-o {path}: this is a directory; give a file in it"));
        }
        match resolve_target(&self.path) {
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Some(format!("-o {path}: there is no such directory"));
            }
            Err(source) => return Some(format!("-o {}", self.failed(source))),
            // A pipe or a device needs no extension.
            Ok(Some(_)) if self.is_guess => return Some(self.unknown_extension(&path)),
            Ok(_) => {}
        }
        is_read(&self.path, inputs).then(|| format!("-o {path}: this file is read; give another, or it would be lost"))
    }

    /// The message for a file whose name does not say which format it should have.
    fn unknown_extension(&self, path: &str) -> String {
        let what = match self.path.extension() {
            Some(extension) => format!("unknown extension .{}", shown_path(Path::new(extension))),
            None => "the file name has no extension".to_owned(),
        };
        let known: Vec<String> = ReportFormat::extensions().map(|extension| format!(".{extension}")).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        format!(
            "-o {path}: {what}\n{}\n  or choose a format:  --format csv -o {path}",
            wrapped(&known, "  extensions: ")
        )
    }

    /// Creates a temporary file next to the one that it will replace; `None` for a pipe, a device and standard output.
    pub(crate) fn create(&self) -> Result<Option<NewFile>, Error> {
        if self.is_standard() { Ok(None) } else { NewFile::create_temporary(&self.path) }
    }

    /// Writes the report to the created file, or to a pipe or a device.
    pub(crate) fn write(&self, created: Option<NewFile>, report: &Report, style: &Style) -> Result<NewFile, Error> {
        // Colours are for terminals only.
        let mut style = style.clone();
        style.terminal.colors = Colors::None;
        let file = created.map_or_else(|| NewFile::create(&self.path), Ok)?;
        file.write(|out| self.format.write(report, &style, out))?;
        Ok(file)
    }

    fn failed(&self, source: io::Error) -> Error {
        ErrorKind::Io { path: self.path.clone(), source }.into()
    }
}

/// The reason why the outputs, together with the rejects, cannot all be written.
pub(crate) fn refusal(outputs: &[Output], rejects: Option<&Path>, inputs: &[Input]) -> Option<String> {
    let alone = outputs.iter().find_map(|output| output.refusal(inputs));
    let files: Vec<&Path> =
        outputs.iter().filter(|output| !output.is_standard()).map(|output| output.path.as_path()).collect();
    let with_rejects = || {
        let path = files.iter().find(|path| rejects.is_some_and(|rejects| is_same_file(path, rejects)))?;
        let path = shown_path(path);
        Some(format!("-o {path}: --rejects writes there, too; give another file, or malformed lines would be lost"))
    };
    let with_another = || {
        let others =
            |at: usize| files[..at].iter().find(|other| is_same_file(other, files[at])).map(|other| (at, other));
        let (at, other) = (1..files.len()).find_map(others)?;
        let (path, other) = (shown_path(files[at]), shown_path(other));
        Some(format!("-o {path}: -o {other} writes there, too; give another file, or a report would be lost"))
    };
    alone.or_else(with_rejects).or_else(with_another)
}
