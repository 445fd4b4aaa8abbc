//! Inputs whose addresses come from the list of `--real-ip` alone, because they do not log `$remote_addr`.

use super::{Note, NoteCode};
use crate::batch::{Fields, TextField};
use crate::question::Question;

/// A note for an input that logs these fields, where its addresses come from a list alone.
pub(super) fn list_alone(question: &Question, path: &str, logged: Fields, with_address: Fields) -> Option<Note> {
    let addr = Fields::text(TextField::Addr);
    let list = question.real_ip.as_ref().filter(|real_ip| !real_ip.is_in_place())?.dimension().name();
    (with_address.holds(addr) && !logged.holds(addr)).then(|| {
        let text =
            format!("$remote_addr is not logged: addresses are those in ${list} alone, which visitors can forge");
        Note::about(NoteCode::AddressListAlone, path, text)
    })
}
