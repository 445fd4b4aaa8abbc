//! JSON lines: reads the values of the known keys, wherever they are.
//!
//! - [`table`] is THE TABLE of keys; [`key_lookup`] looks them up; [`forms`] decides between several meanings of a key.
//!   [`format`](self::format) is the key-based part of a format, for LTSV too. [`template`] reads a `log_format` that
//!   writes JSON.
//! - [`scan`] reads a line; [`shape`] is its fast path for lines with the same keys in the same places. [`found`]
//!   writes the values to a row, using [`values`] (numbers, times) and [`text`] (escapes).
//! - [`members`] lists all keys of a line, for display.
//! - `reference` is the slow implementation for tests, based on serde_json.

pub(super) mod field_values;
pub(super) mod format;
pub(super) mod forms;
pub(super) mod key_lookup;
pub(super) mod members;
#[cfg(any(test, fuzzing))]
pub(crate) mod reference;
pub(super) mod scan;
pub(super) mod seen;
mod shape;
mod table;
pub(super) mod template;
pub(super) mod text;
pub(super) mod value;
pub(super) mod values;
