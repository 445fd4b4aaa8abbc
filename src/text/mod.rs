//! Bytes as text: lines, nginx's escapes, searches, and what is safe to print. This module uses no other.

mod escape;
pub(crate) mod lines;
mod printable;
mod search;

pub(crate) use escape::{escape_backslashes, undo_escapes};
pub(crate) use lines::{BYTE_ORDER_MARK, clean, is_blank, lines, lines_of_head};
pub use printable::printable;
pub(crate) use printable::{printable_within, written};
pub(crate) use search::{Prefix, behind_last, find_anywhere, find_near, lower};
