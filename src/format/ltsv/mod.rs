//! LTSV lines: `LABEL:VALUE` fields separated by tabs. Labels are looked up and values are stored as for JSON;
//! [`labels`] is THE TABLE of labels.

pub(super) mod labels;
#[cfg(test)]
mod reference;
pub(super) mod scan;
