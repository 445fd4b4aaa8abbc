//! The options for one report per key of a dimension.

use super::names;
use super::values::{self, FnParser, Item, WithCompletions};

/// THE TABLE of options for one report per key of a dimension.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct EachArgs {
    /// A report for each host, or each value of another dimension
    #[arg(long, value_name = "DIM", hide_short_help = true, hide_possible_values = true)]
    #[arg(value_parser = WithCompletions(Item, names::dimensions().words()))]
    #[arg(
        long_help = "A report for each value of a dimension, such as host, in addition to the one of all requests: for the \
                     values with the most requests, and one for all others. With -o 'reports/{}.html' each is a file, and \
                     reports/index.html links to them"
    )]
    pub(crate) each: Option<String>,

    /// Number of reports of --each, 0 for all [default: 100]
    #[arg(long, value_name = "N", value_parser = FnParser(values::each_limit), allow_negative_numbers = true, hide_short_help = true)]
    #[arg(
        long_help = "Number of values that have a report of their own by --each, 0 for all; the rest has one together [default: 100]"
    )]
    pub(crate) each_limit: Option<usize>,
}
