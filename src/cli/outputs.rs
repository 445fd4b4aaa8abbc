//! Files that reports are written to.

use std::io;
use std::path::{Path, PathBuf};

use logstat::{Colors, Error, ErrorKind, Input, Report, ReportFormat, Style};

use super::messages::shown_path;
use super::new_file::{NewFile, Purpose};
use super::output_target::{is_same_file, resolve_target};
use super::rejects::is_read;
use super::wrapped::wrapped;

/// Extensions of spreadsheets, which also open CSV.
const SHEETS: [&str; 3] = ["xlsx", "xls", "ods"];

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

    pub(crate) fn path(&self) -> &Path {
        &self.path
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
            return Some(format!("-o {path}: this is a directory; name a file in it"));
        }
        match resolve_target(&self.path) {
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Some(format!("-o {path}: no such directory"));
            }
            Err(source) => return Some(format!("-o {}", self.failed(source))),
            // A pipe or a device needs no extension.
            Ok(Some(_)) if self.is_guess => return Some(self.unknown_extension(&path)),
            Ok(_) => {}
        }
        is_read(&self.path, inputs).then(|| {
            format!(
                "-o {path}: this file is an input; name another, or it would be \
             overwritten"
            )
        })
    }

    /// The message for a file whose name does not say which format it should have.
    fn unknown_extension(&self, path: &str) -> String {
        let name = self.path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let format = ReportFormat::all().find(|format| format.name() == name);
        if let Some(format) = format.or_else(|| ReportFormat::of_extension(name)) {
            let extension = ReportFormat::extensions().find(|known| ReportFormat::of_extension(known) == Some(format));
            let file = shown_path(&self.path.with_file_name("report").with_extension(extension.unwrap_or(name)));
            return format!(
                "-o {path}: expected a file name, found the name of a format\n  to a file:  -o {file}\n  to standard \
                 output:  --format {}",
                format.name()
            );
        }
        if self.path.extension().is_some_and(|extension| extension == "state") {
            return format!("-o {path}: a state is not a format of reports\n  to save a state:  --save {path}");
        }
        let what = match self.path.extension() {
            Some(extension) => format!("unknown extension .{}", shown_path(Path::new(extension))),
            None => "the file name has no extension".to_owned(),
        };
        let is_sheet = self.path.extension().is_some_and(|extension| SHEETS.iter().any(|sheet| extension == *sheet));
        let similar = shown_path(&self.path.with_extension(if is_sheet { "csv" } else { "html" }));
        let by_format = match self.path.extension() {
            Some(_) => String::new(),
            None => format!("  or  --format html -o {path}"),
        };
        let known: Vec<String> = ReportFormat::extensions().map(|extension| format!(".{extension}")).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        format!("-o {path}: {what}\n{}\n  for example:  -o {similar}{by_format}", wrapped(&known, "  extensions: "))
    }

    /// Creates a temporary file next to the one that it will replace; `None` for a pipe, a device and standard output.
    pub(crate) fn create(&self) -> Result<Option<NewFile>, Error> {
        if self.is_standard() { Ok(None) } else { NewFile::create_temporary(&self.path, Purpose::Report) }
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
        Some(format!("-o {path}: --rejects writes to this file, too; name another"))
    };
    let with_another = || {
        let others =
            |at: usize| files[..at].iter().find(|other| is_same_file(other, files[at])).map(|other| (at, other));
        let (at, other) = (1..files.len()).find_map(others)?;
        let (path, other) = (shown_path(files[at]), shown_path(other));
        if path == other {
            return Some(format!("{path} is given twice with -o"));
        }
        Some(format!("-o {path}: -o {other} writes to this file, too; name another"))
    };
    alone.or_else(with_rejects).or_else(with_another)
}
