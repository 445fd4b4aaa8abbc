//! Writes the result of a count: the report, malformed lines, and messages about both.

use std::time::Instant;

use logstat::{Error, FewThreads, Note, NoteCode, Phases, Rejects, Report, Style};

use super::args::Args;
use super::messages::Messages;
use super::targets::Targets;
use super::{ExitStatus, exit_status, phases, problems, stdout, wording};

/// The result of a count.
pub(crate) struct Counted {
    /// `None` if no input could be read.
    pub(crate) report: Option<Report>,
    pub(crate) rejects: Option<Rejects>,
    /// Inputs that failed completely or in part.
    pub(crate) problems: Vec<Error>,
    pub(crate) few_threads: Option<FewThreads>,
    pub(crate) phases: Phases,
}

/// The destinations of a result.
pub(crate) struct Reporting<'r> {
    pub(crate) args: &'r Args,
    pub(crate) style: &'r Style,
    pub(crate) messages: &'r Messages,
    pub(crate) targets: Targets,
    /// False if only a state was asked for.
    pub(crate) reports: bool,
    /// Number of threads that were asked for; 0 for one per core.
    pub(crate) threads: usize,
    /// The time at which counting started.
    pub(crate) start: Instant,
}

impl Reporting<'_> {
    /// Writes everything, and returns the outcome of the run. `not_found` are errors for names that lead to no log.
    pub(crate) fn finish(mut self, counted: Counted, not_found: &[Error], assumed_logs: Vec<Note>) -> ExitStatus {
        let Counted { mut report, rejects, problems, few_threads, phases } = counted;
        let messages = self.messages;
        let mut end = if not_found.is_empty() { ExitStatus::Success } else { ExitStatus::Failed };
        few_threads.iter().for_each(|few| messages.few_threads(few));
        add_notes(report.as_mut(), assumed_logs, messages);
        report.iter_mut().for_each(|report| report.warn(not_found));
        problems::messages(&problems).iter().for_each(|message| messages.error(message));
        for problem in &problems {
            end = end.max(exit_status(problem.kind(), report.is_some()));
        }
        if let Some(rejects) = rejects
            && let Err(error) = self.targets.write_rejects(rejects)
        {
            messages.error(wording::error(&error));
            report.iter_mut().for_each(|report| report.warn([&error]));
        }
        if let Some(report) = report {
            end = end.max(self.write(report, &phases));
        }
        end.max(self.targets.persist(messages))
    }

    fn write(&mut self, mut report: Report, phases: &Phases) -> ExitStatus {
        let Reporting { args, style, messages, targets, reports, threads, start } = self;
        wording::report(&mut report);
        // A report on empty logs says so itself; a cron job should stay quiet.
        let is_shown = |note: &&Note| !(note.code == NoteCode::Empty && report.is_empty());
        report.notes.iter().filter(is_shown).for_each(|note| messages.note_of_report(note));
        messages.details(&report, *threads, start.elapsed());
        let writing = Instant::now();
        if *reports {
            targets.write_report(&report, style, messages, || {
                stdout::write(messages, |out| args.output_args.format().write(&report, style, out))
            });
        }
        let mut end = ExitStatus::Success;
        for verdict in &report.verdicts {
            let Some(reason) = &verdict.reason else { continue };
            messages.verdict(&verdict.condition, reason);
            end = ExitStatus::CheckFailed;
        }
        messages.more_details(&phases::lines(phases, writing.elapsed()));
        end
    }
}

/// Adds notes to the report if it has their input, and prints the others.
fn add_notes(mut report: Option<&mut Report>, notes: Vec<Note>, messages: &Messages) {
    for note in notes {
        let has_input =
            |report: &&mut Report| report.inputs.iter().any(|input| Some(&input.path) == note.input.as_ref());
        match report.as_deref_mut().filter(has_input) {
            Some(report) => report.notes.push(note),
            None => messages.note_of_report(&note),
        }
    }
}
