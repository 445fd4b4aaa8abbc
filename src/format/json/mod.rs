//! Lines that are JSON objects: the values of the keys that are known, wherever they stand.
//!
//! - [`table`] is THE TABLE of keys; [`keys`] looks them up; [`forms`] decides between the meanings of a key. [`format`](self::format)
//!   holds what makes a format one of keys, for LTSV too. [`template`] reads a `log_format` that writes JSON.
//! - [`scan`] reads a line; [`shape`] spares it the keys that stand where they stood in the line before. [`found`] puts the
//!   values into a row by [`values`] (numbers, times) and [`text`] (escapes).
//! - [`members`] lists all keys of a line, for people.
//! - The `twin` is the reference, made with serde_json.

pub(super) mod format;
pub(super) mod forms;
pub(super) mod found;
pub(super) mod key_lookup;
pub(super) mod members;
pub(super) mod scan;
pub(super) mod seen;
mod shape;
mod table;
pub(super) mod template;
pub(super) mod text;
#[cfg(any(test, fuzzing))]
pub(crate) mod twin;
pub(super) mod value;
pub(super) mod values;
