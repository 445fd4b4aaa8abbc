//! The options that print requests themselves instead of a report.

use logstat::{RequestList, RequestOrder};

use super::help;
use super::messages::shown;
use super::values::FnParser;

/// THE TABLE of options that print requests themselves.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = help::OUTPUT)]
pub(crate) struct LineArgs {
    /// Print the selected lines instead of a report
    #[arg(long, value_name = "N", value_parser = FnParser(lines), num_args = 0..=1, require_equals = true, default_missing_value = ALL, hide_short_help = true)]
    #[arg(
        long_help = "Print the lines that the filters select instead of a report, as they are in the logs and in their order. \
                     --lines=N stops after N lines. With --format ndjson, each is an object with file, line and fields"
    )]
    lines: Option<AtMost>,

    /// Print the N slowest requests instead of a report
    #[arg(long, value_name = "N", value_parser = FnParser(slowest), allow_negative_numbers = true, hide_short_help = true)]
    #[arg(
        long_help = "Print the N selected requests with the longest request times, or with the longest of the first --duration, \
                     instead of a report, each with its file and line; as a table, or with --json or --format ndjson as objects"
    )]
    slowest: Option<usize>,

    /// Print the N largest requests instead of a report
    #[arg(long, value_name = "N", value_parser = FnParser(largest), allow_negative_numbers = true, hide_short_help = true)]
    #[arg(long_help = "Print the N largest of the selected responses instead of a report; otherwise like --slowest")]
    largest: Option<usize>,
}

/// What is printed instead of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The selected lines, at most so many.
    Lines(Option<u64>),
    Requests(RequestList),
}

impl Wanted {
    /// The option that asks for it.
    pub(crate) fn option(self) -> &'static str {
        match self {
            Wanted::Lines(_) => "--lines",
            Wanted::Requests(list) if list.order == RequestOrder::Slowest => "--slowest",
            Wanted::Requests(_) => "--largest",
        }
    }
}

/// Value of `--lines` without a number.
const ALL: &str = "all";

impl LineArgs {
    /// What is printed instead of a report, if anything, and the option that asks for something else.
    pub(crate) fn wanted(&self) -> (Option<Wanted>, Option<Wanted>) {
        let lines = self.lines.map(|AtMost(lines)| Wanted::Lines(lines));
        let list =
            |order, number: Option<usize>| number.map(|number| Wanted::Requests(RequestList::new(order, number)));
        let lists = [list(RequestOrder::Slowest, self.slowest), list(RequestOrder::Largest, self.largest)];
        let mut all = [lines].into_iter().chain(lists).flatten();
        (all.next(), all.next())
    }
}

/// The number of lines after which `--lines` stops, if there is one.
#[derive(Clone, Copy, Debug)]
struct AtMost(Option<u64>);

/// Parses the number of lines.
fn lines(text: &str) -> Result<AtMost, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    if text == ALL || number.is_some() {
        return Ok(AtMost(number));
    }
    Err(format!(
        "--lines takes a number of lines, at least 1, as in --lines=10, not '{}'\n  for all lines:  --lines",
        shown(text)
    ))
}

fn slowest(text: &str) -> Result<usize, String> {
    number("--slowest", text)
}

fn largest(text: &str) -> Result<usize, String> {
    number("--largest", text)
}

/// Parses the number of requests.
fn number(option: &str, text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("{option} takes a number of requests, at least 1, not '{}'", shown(text)))
}
