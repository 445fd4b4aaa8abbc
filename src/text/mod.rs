//! Bytes as text: lines, nginx's escapes, searches, safe printing and shell quoting; and numbers. This module uses no
//! other.

mod escape;
mod grouped;
pub(crate) mod lines;
mod printable;
mod search;
mod shell;

pub(crate) use escape::{escape_backslashes, hex, undo_escapes};
pub(crate) use grouped::Grouped;
pub(crate) use lines::{BYTE_ORDER_MARK, FirstLines, clean, is_blank, lines};
pub use printable::printable;
pub(crate) use printable::{printable_within, written};
pub(crate) use search::{Prefix, bytes_after_last, find_anywhere, find_near, lower};
pub(crate) use shell::{file_argument, word as shell_word};
