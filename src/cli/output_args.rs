//! The options for the format and the destination of a report.

use std::path::PathBuf;

use clap::ArgAction;
use logstat::{Dimension, Question, ReportFormat, Style};

use super::argument_error::argument_error;
use super::help;
use super::names;
use super::outputs::Output;
use super::terminal::{self, Color};

/// THE TABLE of options about writing.
#[derive(Debug, clap::Args)]
pub(crate) struct OutputArgs {
    /// How the report is written: table, json, csv … [default: table]
    #[arg(long, value_name = "NAME", value_parser = names::report_formats(), hide_possible_values = true, hide_short_help = true)]
    #[arg(long_help = help::list("How the report is written, on standard output and in files whose extension names no format [default: table]", &names::report_formats()))]
    format: Option<ReportFormat>,

    /// Report to a file, as its name ends: r.html, r.json
    #[arg(short = 'o', long, value_name = "FILE", action = ArgAction::Append)]
    #[arg(long_help = help::output())]
    output: Vec<PathBuf>,

    /// Report as JSON; short for --format json
    #[arg(long)]
    json: bool,

    /// Tables in plain ASCII
    #[arg(long, hide_short_help = true)]
    #[arg(
        long_help = "Tables in plain ASCII, the default if the locale is not UTF-8; other bytes of keys are written as \\xHH"
    )]
    ascii: bool,

    /// Indented JSON, one value per line
    #[arg(long, hide_short_help = true)]
    pretty: bool,

    /// Keys in CSV that look like formulas begin with an apostrophe
    #[arg(long, hide_short_help = true)]
    #[arg(
        long_help = "Keys in CSV and TSV that a spreadsheet would take for a formula (= + - @ in front, full-width ones too) \
                       begin with an apostrophe; - alone is left as it is"
    )]
    csv_safe: bool,

    /// Rankings as labels for Prometheus: path, host …
    #[arg(long, value_name = "DIM,…", value_delimiter = ',', action = ArgAction::Append, hide_short_help = true)]
    #[arg(
        long_help = "Rankings that --format prometheus has as labels, too; they must be among --top. Visitors choose what most \
                       keys are, so there are none by default, and no more than --limit with the rest as other"
    )]
    prom_label: Vec<String>,

    /// Colours: auto, always, never [default: auto]
    #[arg(long, value_name = "WHEN", value_parser = names::colors(), hide_possible_values = true, hide_short_help = true)]
    #[arg(default_value = "auto", hide_default_value = true)]
    #[arg(long_help = "Colours: auto, always, never. auto is at a terminal, unless NO_COLOR is set or TERM is dumb \
                       [default: auto]")]
    color: Color,
}

impl OutputArgs {
    /// Returns an error for options that contradict each other.
    pub(crate) fn check(&self) -> Result<(), clap::Error> {
        if self.json && self.format.is_some_and(|format| format != ReportFormat::Json) {
            return Err(argument_error("--json and --format ask for two formats"));
        }
        Ok(())
    }

    /// The format of the report.
    pub(crate) fn format(&self) -> ReportFormat {
        self.chosen_format().unwrap_or(ReportFormat::Table)
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

    /// True if any of the formats to write is meant for people.
    pub(crate) fn is_for_people(&self) -> bool {
        let outputs = self.outputs();
        let is_written = outputs.is_empty() || outputs.iter().any(Output::is_standard);
        outputs.iter().map(Output::format).chain(is_written.then(|| self.format())).any(ReportFormat::is_for_people)
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
                    let message = format!("--prom-label: {name} is not ranked here: give --top {name} too");
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
