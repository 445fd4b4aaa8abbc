//! Numbers by key. A table is a dimension with measures; a tally has all tables of a worker.
//!
//! One law holds for everything here: a table depends only on the multiset of hits. Cut the log anywhere, give the
//! parts to any worker, merge in any order: the table is the same. laws.rs checks this for every dimension with every
//! measure, form_laws.rs for tallies that outlive a run.

mod bounded;
mod by_day;
mod coarser;
mod cover;
mod day;
#[cfg(test)]
mod day_laws;
mod degraded;
mod form;
#[cfg(test)]
mod form_laws;
mod key_from;
#[cfg(test)]
mod laws;
mod learned;
mod ledger;
mod listed;
mod of_days;
mod part;
mod partitioned;
mod parts;
mod recent;
mod saved;
#[cfg(test)]
mod saved_laws;
mod selected;
#[cfg(test)]
mod size_laws;
mod table;
mod table_plan;
mod tables;
mod tally_size;
mod undated;
mod unknown;

pub(crate) use bounded::Bounded;
pub(crate) use coarser::{NotSaved, check_saved, needed};
pub(crate) use cover::Cover;
pub(crate) use day::{Day, days_of};
pub(crate) use degraded::{Bytes, Degraded};
pub(crate) use form::Unescaped;
pub(crate) use ledger::{InputLedger, KEPT_BYTES, Ledger, SAMPLE_BYTES, SAMPLES, Sample, beginning_kept};
pub(crate) use of_days::{DayPart, OfDays};
pub(crate) use part::Part;
pub(crate) use table::Table;
use table_plan::rankings_of;
pub(crate) use table_plan::{TablePlan, fields_needed, fields_watched, variable_columns_of};
pub(crate) use tables::{Tally, VisitorKey};
pub(crate) use unknown::Unknown;
