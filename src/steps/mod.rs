//! Steps: an ordered list of changes to a batch between scanning and counting.
//!
//! A step reads some columns of a batch and writes others. Steps before the filter run on all lines, steps after it
//! only on hits. A new step is a file here and a row in the list (`plan.rs`). The list also determines which steps a
//! question needs, and which columns those read.

mod anonymize;
mod cache;
mod derived;
mod durations;
mod identity;
mod location;
mod logged_duration;
mod mask;
mod plan;
mod real_ip;
mod visitor;
mod zone;

use std::borrow::Cow;

use bumpalo::Bump;

pub(crate) use anonymize::mask_value;
pub(crate) use cache::cache_status;
pub(crate) use identity::Identity;
pub use logged_duration::{DurationError, LoggedDuration};
pub(crate) use mask::{AHEAD, mask_addresses, mask_tail};
pub(crate) use plan::{StepPlan, Steps};
pub use real_ip::RealIp;
pub use visitor::{Ipv6Prefix, Visitor};
pub(crate) use visitor::{VisitorOptions, logged_by};

#[cfg(test)]
use crate::batch::Column;
use crate::batch::{Batch, Fields};
use crate::dimension::{KeyRules, VariableColumns};
use crate::keys::Seed;
use crate::nginx::NginxConf;
use crate::static_rules::StaticRules;
use crate::text::{find_near, undo_escapes};
use crate::time::Zone;

/// A step: reads columns of a batch and writes others. Each worker has its own, because steps cache values.
pub(crate) trait BatchStep: Send {
    /// Columns that must be filled before the step runs. The numbers of a line always are.
    fn needs(&self) -> Fields;

    /// Fields that the step changes. It runs only if something after it reads one of them.
    fn writes(&self) -> Fields;

    /// Changes these rows of a batch.
    fn run<'a>(&mut self, batch: &mut Batch<'a>, rows: &[u16], lines: Lines<'a>);
}

/// Facts about the lines of a batch that are not in its columns.
#[derive(Clone, Copy)]
pub(crate) struct Lines<'a> {
    /// Index of the server that wrote them, if a configuration says so.
    pub(crate) server: Option<usize>,
    /// Arena for new texts.
    pub(crate) bump: &'a Bump,
}

/// The options of all steps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StepOptions<'q> {
    pub(crate) nginx_conf: Option<&'q NginxConf>,
    pub(crate) static_rules: &'q StaticRules,
    pub(crate) key_rules: &'q KeyRules,
    pub(crate) zone: Option<Zone>,
    /// Durations that reports use in place of the request time.
    pub(crate) durations: &'q [LoggedDuration],
    pub(crate) visitor: VisitorOptions<'q>,
}

/// Input for building a step.
struct StepInput<'q, 'r> {
    options: &'r StepOptions<'q>,
    /// The variables that the question names, and its derived dimensions.
    variable_columns: &'r VariableColumns,
    /// Fields that later steps, the filter and the tables read.
    read: Fields,
    /// Columns whose texts they read. Tables read only the ids of computed keys.
    texts: Fields,
    seed: Seed,
}

/// Returns a text of a batch with its escapes undone.
#[inline]
fn undone<'a>(text: &'a [u8], bump: &'a Bump) -> &'a [u8] {
    if find_near(b'\\', text).is_none() {
        return text;
    }
    match undo_escapes(text) {
        Cow::Borrowed(text) => text,
        Cow::Owned(text) => bump.alloc_slice_copy(&text),
    }
}

/// Makes a batch with one row per text, for tests.
#[cfg(test)]
fn batch_of<'a>(columns: &[(Column, &[&'a str])]) -> Batch<'a> {
    use crate::batch::{Numbers, Status};
    use crate::time::Stamp;
    let needs = columns.iter().fold(Fields::column(Column::VISITOR), |needs, (c, _)| needs.union(Fields::column(*c)));
    let mut batch = Batch::new(needs);
    for row in 0..columns[0].1.len() {
        for (column, texts) in columns {
            batch.set_text(*column, texts[row].as_bytes());
        }
        let (stamp, status) = (Stamp::NONE, Status::MISSING);
        batch.add(Numbers { stamp, status, bytes: 0, time_ms: None, is_static: false });
    }
    batch
}
