//! Inputs whose addresses come from the list of `--real-ip` alone, because they do not log `$remote_addr`.

use super::{Note, NoteCode};
use crate::batch::{Fields, TextField};
use crate::dimension::Extras;
use crate::steps::RealIp;

/// A note for an input that logs these fields, where its addresses come from a list alone.
pub(super) fn list_alone(real_ip: Option<&RealIp>, path: &str, logged: Fields, with_address: Fields) -> Option<Note> {
    let addr = Fields::text(TextField::Addr);
    let list = real_ip.filter(|real_ip| !real_ip.is_in_place())?.dimension().name();
    (with_address.holds(addr) && !logged.holds(addr)).then(|| {
        let text =
            format!("$remote_addr is not logged: addresses are those in ${list} alone, which visitors can forge");
        Note::about(NoteCode::AddressListAlone, path, text)
    })
}

/// The fields that a log has: those that it logs, and the address if the list of `--real-ip` is among them.
pub(super) fn with_address(real_ip: Option<&RealIp>, extras: &Extras, logged: Fields) -> Fields {
    let list = real_ip.map(|real_ip| real_ip.dimension().needs(extras));
    if list.is_some_and(|list| logged.holds(list)) { logged.and(Fields::text(TextField::Addr)) } else { logged }
}
