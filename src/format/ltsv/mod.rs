//! Lines of LTSV: `LABEL:VALUE` fields with tabs between. Labels are looked up and values are put into a row as those of JSON
//! are; [`labels`] is THE TABLE of labels.

pub(super) mod labels;
pub(super) mod scan;
#[cfg(test)]
mod twin;
