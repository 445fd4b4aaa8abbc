//! Files that reports are written to.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use logstat::{Colors, Error, ErrorKind, Input, Report, ReportFormat, Style};

use super::each_files::{self, EachFile};
use super::messages::shown_path;
use super::new_file::{CompleteFile, NewFile, Purpose};
use super::output_target::{directory, is_same_file, resolve_target};
use super::rejects::is_read;
use super::wrapped::wrapped;

/// Extensions of spreadsheets, which also open CSV.
const SHEETS: [&str; 3] = ["xlsx", "xls", "ods"];

/// A file of `-o`.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    /// The path as the user gave it.
    path: PathBuf,
    /// The files of the reports of `--each`, if the path is for several files.
    each: Option<EachFile>,
    format: ReportFormat,
    /// True if neither the extension nor the user names a format.
    is_guess: bool,
}

impl Output {
    /// Takes the format from the file's extension, else the one that the user chose; `-` is standard output.
    pub(crate) fn new(path: &Path, chosen: Option<ReportFormat>) -> Output {
        let extension = path.extension().and_then(|extension| extension.to_str());
        let named = extension.and_then(ReportFormat::of_extension).or(chosen);
        let each = EachFile::of(path);
        Output { path: path.to_owned(), each, format: named.unwrap_or(ReportFormat::Table), is_guess: named.is_none() }
    }

    pub(crate) fn format(&self) -> ReportFormat {
        self.format
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The file of the report of all requests.
    pub(crate) fn file(&self) -> PathBuf {
        self.each.as_ref().map_or_else(|| self.path.clone(), EachFile::index)
    }

    pub(crate) fn is_standard(&self) -> bool {
        self.path.as_os_str() == "-"
    }

    /// The reason why the file cannot be written, as far as is known before the report exists. `each` is the dimension of
    /// `--each`.
    pub(crate) fn refusal(&self, inputs: &[Input], each: Option<&str>) -> Option<String> {
        let (path, file) = (shown_path(&self.path), self.file());
        if self.is_standard() {
            return each_files::standard_refusal(self.format, each);
        }
        if let Some(refusal) = each_files::refusal(&self.path, self.format, each) {
            return Some(refusal);
        }
        if file.is_dir() {
            return Some(format!("-o {path}: this is a directory; name a file in it"));
        }
        match resolve_target(&file) {
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Some(format!("-o {path}: no such directory{}", mkdir(directory(&file))));
            }
            Err(source) => return Some(format!("-o {}", self.failed(source))),
            // A pipe or a device needs no extension.
            Ok(Some(_)) if self.is_guess => return Some(self.unknown_extension(&path)),
            Ok(_) => {}
        }
        is_read(&file, inputs).then(|| {
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
        if self.is_standard() { Ok(None) } else { NewFile::create_temporary(&self.file(), Purpose::Report) }
    }

    /// Writes the report to the created file, or to a pipe or a device. If there is a file for each of its parts, writes
    /// these, too. A file that is in `taken` is not written; each new one is added.
    pub(crate) fn write(
        &self,
        created: Option<NewFile>,
        report: &Report,
        style: &Style,
        taken: &mut HashSet<PathBuf>,
    ) -> Result<Vec<CompleteFile>, Error> {
        // Colours are for terminals only.
        let mut style = style.clone();
        style.terminal.colors = Colors::None;
        let write = |file: NewFile, report: &Report, style: &Style| -> Result<CompleteFile, Error> {
            file.write(|out| self.format.write(report, style, out))?;
            Ok(file.complete())
        };
        let file = created.map_or_else(|| NewFile::create(&self.file()), Ok)?;
        let Some(each) = &self.each else { return Ok(vec![write(file, report, &style)?]) };
        let names = report.part_file_names();
        style.links = names.iter().map(|name| each.link(name)).collect();
        let mut written = vec![write(file, &each_files::of_index(report, self.format), &style)?];
        style.links = vec![each.link_to_index()];
        for (name, part) in names.iter().zip(report.parts()) {
            let path = each.path(name);
            let failed = |source| Error::from(ErrorKind::Io { path: path.clone(), source });
            if !resolve_target(&path).map_err(failed)?.is_none_or(|file| taken.insert(file)) {
                return Err(failed(io::Error::other("this file is an input, or the file of another report")));
            }
            let mut part = part.clone();
            part.inputs.clone_from(&report.inputs);
            written.push(write(NewFile::create(&path)?, &part, &style)?);
        }
        Ok(written)
    }

    fn failed(&self, source: io::Error) -> Error {
        ErrorKind::Io { path: self.file(), source }.into()
    }
}

/// The command that makes a missing directory, as a line of advice. Empty if something else has its name.
fn mkdir(missing: &Path) -> String {
    if fs::symlink_metadata(missing).is_ok() || missing.ancestors().any(Path::is_file) {
        return String::new();
    }
    let parents = if directory(missing).is_dir() { "" } else { "-p " };
    let shown = shown_path(missing);
    let word = if shown.contains(' ') { format!("'{shown}'") } else { shown };
    format!("\n  to make it:  mkdir {parents}{word}")
}

/// The reason why the outputs, together with the rejects, cannot all be written. `each` is the dimension of `--each`.
pub(crate) fn refusal(
    outputs: &[Output],
    rejects: Option<&Path>,
    inputs: &[Input],
    each: Option<&str>,
) -> Option<String> {
    let alone = outputs.iter().find_map(|output| output.refusal(inputs, each));
    let files: Vec<PathBuf> = outputs.iter().filter(|output| !output.is_standard()).map(Output::file).collect();
    let with_rejects = || {
        let path = files.iter().find(|path| rejects.is_some_and(|rejects| is_same_file(path, rejects)))?;
        let path = shown_path(path);
        Some(format!("-o {path}: --rejects writes to this file, too; name another"))
    };
    let with_another = || {
        let others =
            |at: usize| files[..at].iter().find(|other| is_same_file(other, &files[at])).map(|other| (at, other));
        let (at, other) = (1..files.len()).find_map(others)?;
        let (path, other) = (shown_path(&files[at]), shown_path(other));
        if path == other {
            return Some(format!("{path} is given twice with -o"));
        }
        Some(format!("-o {path}: -o {other} writes to this file, too; name another"))
    };
    alone.or_else(with_rejects).or_else(with_another)
}
