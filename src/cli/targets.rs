//! All outputs of a run: files are renamed once all of them are written, or none is.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use logstat::{Error, Input, Rejects, Report, Style};

use super::ExitStatus;
use super::messages::Messages;
use super::new_file::{CompleteFile, NewFile};
use super::output_target::resolve_target;
use super::outputs::Output;

const NO_FILE_REPLACED: &str = "not all files could be written, so none was; existing files are unchanged";

/// Destinations of the report and of malformed lines.
#[derive(Debug)]
pub(crate) struct Targets {
    outputs: Vec<(Output, Option<NewFile>)>,
    rejects: Option<NewFile>,
    /// Files that are complete, but not yet in place.
    written: Vec<CompleteFile>,
    /// Files that reports of `--each` must not replace: inputs, and files of other reports.
    taken: HashSet<PathBuf>,
    are_several: bool,
    has_failed: bool,
}

impl Targets {
    /// Creates the temporary files, so that a target that cannot be written is reported before counting starts. A pipe
    /// of `-o` is opened only once the report is ready, because opening it waits for a reader.
    pub(crate) fn create(
        outputs: Vec<Output>,
        rejects: Option<&Path>,
        inputs: &[Input],
    ) -> Result<Targets, Vec<String>> {
        let files = outputs.iter().filter(|output| !output.is_standard()).map(Output::file);
        let files = files.chain(rejects.map(Path::to_owned)).chain(inputs.iter().map(|input| input.name().to_owned()));
        let taken = files.filter_map(|file| resolve_target(&file).ok().flatten()).collect();
        let are_several = outputs.len() + usize::from(rejects.is_some()) > 1;
        let mut failures = Vec::new();
        let mut created = Vec::with_capacity(outputs.len());
        for output in outputs {
            match output.create() {
                Ok(file) => created.push((output, file)),
                Err(error) => failures.push(error.to_string()),
            }
        }
        let rejects = rejects.map(NewFile::create).transpose().unwrap_or_else(|error| {
            failures.push(error.to_string());
            None
        });
        if failures.is_empty() {
            return Ok(Targets {
                outputs: created,
                rejects,
                written: Vec::new(),
                taken,
                are_several,
                has_failed: false,
            });
        }
        if are_several {
            failures.push(NO_FILE_REPLACED.to_owned());
        }
        Err(failures)
    }

    /// Writes malformed lines, if a file for them was given.
    pub(crate) fn write_rejects(&mut self, rejects: Rejects) -> Result<(), Error> {
        let Some(file) = self.rejects.take() else { return Ok(()) };
        let written = file.write(|out| rejects.write(out));
        self.has_failed |= written.is_err();
        written.map(|()| self.written.push(file.complete()))
    }

    /// Writes a report to every output; without `-o`, `to_standard` writes it to standard output.
    pub(crate) fn write_report(
        &mut self,
        report: &Report,
        style: &Style,
        messages: &Messages,
        to_standard: impl FnOnce() -> ExitStatus,
    ) {
        let outputs = std::mem::take(&mut self.outputs);
        if outputs.is_empty() || outputs.iter().any(|(output, _)| output.is_standard()) {
            self.has_failed |= to_standard() != ExitStatus::Success;
        }
        for (output, file) in outputs.into_iter().filter(|(output, _)| !output.is_standard()) {
            match output.write(file, report, style, &mut self.taken) {
                Ok(files) => {
                    self.are_several |= files.len() > 1;
                    self.written.extend(files);
                }
                Err(error) => {
                    messages.error(&error);
                    self.has_failed = true;
                    self.are_several |= !report.parts().is_empty();
                }
            }
        }
    }

    /// Renames the files one after the other, unless writing has failed. If a rename fails, that file keeps its old
    /// content and the message names the files already replaced.
    pub(crate) fn persist(self, messages: &Messages) -> ExitStatus {
        if self.has_failed {
            if self.are_several || !self.written.is_empty() {
                messages.error(NO_FILE_REPLACED);
            }
            return ExitStatus::Failed;
        }
        let (mut new, mut failures) = (Vec::new(), Vec::new());
        for file in self.written {
            let name = file.name();
            match file.persist() {
                Ok(()) => new.push(name),
                Err(error) => failures.push(error.to_string()),
            }
        }
        if failures.is_empty() {
            return ExitStatus::Success;
        }
        if self.are_several {
            let new = if new.is_empty() { "none".to_owned() } else { new.join(", ") };
            failures.push(format!("files already replaced: {new}"));
        }
        failures.iter().for_each(|failure| messages.error(failure));
        ExitStatus::Failed
    }
}
