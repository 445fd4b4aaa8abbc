//! The options for the format and the destination of a report.

use std::path::PathBuf;

use clap::ArgAction;
use logstat::{Dimension, Metric, Question, ReportFormat, Style};

use super::argument_error::argument_error;
use super::help;
use super::messages::shown_path;
use super::names;
use super::outputs::Output;
use super::terminal::{self, Color};
use super::values::{Item, WithCompletions};

/// THE TABLE of options about writing.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = help::OUTPUT)]
pub(crate) struct OutputArgs {
    /// Output format: table, json, csv … [default: table]
    #[arg(long, value_name = "NAME", value_parser = names::report_formats(), hide_possible_values = true, hide_short_help = true)]
    #[arg(long_help = help::list("Output format, also for files of -o whose extension names none [default: table]", &names::report_formats()))]
    format: Option<ReportFormat>,

    /// Write the report to FILE: report.html, report.csv
    #[arg(short = 'o', long, value_name = "FILE", action = ArgAction::Append)]
    #[arg(long_help = help::output())]
    output: Vec<PathBuf>,

    /// Write JSON; short for --format json
    #[arg(long)]
    json: bool,

    /// Write tables in plain ASCII
    #[arg(long, hide_short_help = true)]
    #[arg(
        long_help = "Write tables in plain ASCII, the default if the locale is not UTF-8; other bytes in keys are written as \\xHH"
    )]
    ascii: bool,

    /// Indent JSON
    #[arg(long, hide_short_help = true)]
    pretty: bool,

    /// Mark keys in CSV that look like formulas
    #[arg(long, hide_short_help = true)]
    #[arg(
        long_help = "Put an apostrophe before keys in CSV and TSV that a spreadsheet would take for a formula, because they start \
                     with = + - @ or their full-width forms; - alone is left as it is"
    )]
    csv_safe: bool,

    /// Rankings to export to Prometheus: path, host …
    #[arg(long, value_name = "DIM,…", value_delimiter = ',', action = ArgAction::Append, hide_short_help = true)]
    #[arg(value_parser = WithCompletions(Item, names::dimensions().words()), hide_possible_values = true)]
    #[arg(
        long_help = "Rankings that --format prometheus exports, with their keys as labels; they must be among --top. There are \
                     none by default, because visitors choose most keys. At most --limit keys are exported, and the rest as other"
    )]
    prom_label: Vec<String>,

    /// Colours: auto, always, never [default: auto]
    #[arg(long, value_name = "WHEN", value_parser = names::colors(), hide_possible_values = true, hide_short_help = true)]
    #[arg(default_value = "auto", hide_default_value = true)]
    #[arg(
        long_help = "Colours: auto, always, never. auto means on a terminal, unless NO_COLOR is set or TERM is dumb \
                       [default: auto]"
    )]
    color: Color,
}

impl OutputArgs {
    /// Returns an error for options that contradict each other.
    pub(crate) fn check(&self) -> Result<(), clap::Error> {
        if self.json && self.format.is_some_and(|format| format != ReportFormat::Json) {
            return Err(argument_error("--json and --format contradict each other"));
        }
        Ok(())
    }

    /// The format of the report.
    pub(crate) fn format(&self) -> ReportFormat {
        self.chosen_format().unwrap_or(ReportFormat::Table)
    }

    /// The options that say how or where to write the report, as far as they are given.
    pub(crate) fn given(&self) -> impl Iterator<Item = &'static str> {
        let options =
            [("--json", self.json), ("--format", self.format.is_some()), ("--output", !self.output.is_empty())];
        options.into_iter().filter(|(_, is_given)| *is_given).map(|(option, _)| option)
    }

    /// The format that the user chose.
    fn chosen_format(&self) -> Option<ReportFormat> {
        if self.json { Some(ReportFormat::Json) } else { self.format }
    }

    /// True if JSON is indented, one value per line.
    pub(crate) fn is_pretty(&self) -> bool {
        self.pretty
    }

    /// The files that the report is written to, including standard output only if it is named as `-`.
    pub(crate) fn outputs(&self) -> Vec<Output> {
        self.output.iter().map(|path| Output::new(path, self.chosen_format())).collect()
    }

    /// The warning that the chosen format has no effect, because every file has another one by its extension.
    pub(crate) fn idle_format(&self) -> Option<String> {
        let (chosen, outputs) = (self.chosen_format()?, self.outputs());
        let first = outputs.first()?;
        let option = if self.json { "--json".to_owned() } else { format!("--format {}", chosen.name()) };
        let is_idle = outputs.iter().all(|output| output.format() != chosen);
        is_idle.then(|| {
            let (path, format) = (shown_path(first.path()), first.format().name());
            format!("{option} has no effect, because {path} is written in the format of its extension, {format}")
        })
    }

    /// True if any of the formats to write is meant for people.
    pub(crate) fn is_for_people(&self) -> bool {
        self.formats().any(ReportFormat::is_for_people)
    }

    /// True if any of the formats to write has any of these columns in its summary, too.
    pub(crate) fn has_columns_in_summary(&self, columns: &[Metric]) -> bool {
        self.formats().any(|format| match format {
            ReportFormat::Prometheus => false,
            ReportFormat::Table | ReportFormat::Html => columns.iter().any(|metric| metric.is_in_summary()),
            _ => true,
        })
    }

    /// The formats to write, including that of standard output.
    fn formats(&self) -> impl Iterator<Item = ReportFormat> {
        let outputs = self.outputs();
        let is_written = outputs.is_empty() || outputs.iter().any(Output::is_standard);
        let of_standard = is_written.then(|| self.format());
        outputs.into_iter().map(|output| output.format()).chain(of_standard)
    }

    /// The settings that the user may choose for each format.
    pub(crate) fn style(&self, question: &Question) -> Result<Style, clap::Error> {
        let mut style = Style::default();
        style.terminal = terminal::terminal_style(self.color, self.ascii);
        (style.pretty, style.csv_safe) = (self.pretty, self.csv_safe);
        let ranked = question.counting.rankings();
        for word in &self.prom_label {
            let name = word.trim().trim_start_matches('$');
            let meant = Dimension::resolve(name, &|_| false).ok();
            let is_it = |dimension: &&Dimension| {
                [dimension.name(), dimension.key()].contains(&name) || Some(**dimension) == meant
            };
            let Some(dimension) = ranked.iter().find(is_it) else {
                if let Some(meant) = meant {
                    let name = meant.name();
                    let message = format!("--prom-label: {name} is not ranked; add --top {name}");
                    return Err(argument_error(&message));
                }
                let names: Vec<_> = ranked.iter().map(|dimension| dimension.name()).collect();
                return Err(argument_error(&names::unknown("ranking", word, "--prom-label", &names)));
            };
            style.prom_labels.push(*dimension);
        }
        Ok(style)
    }
}
