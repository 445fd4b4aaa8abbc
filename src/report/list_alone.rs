//! Notes about inputs that do not log `$remote_addr`, so that their addresses come only from the list of `--real-ip`.

use super::{Note, NoteCode};
use crate::batch::{Fields, TextField};
use crate::dimension::VariableColumns;
use crate::steps::RealIp;

/// Returns a note if the addresses of an input come only from a list. `logged` is the fields that it logs,
/// `with_address` those that it has, as returned by [`with_address`].
pub(super) fn list_alone(real_ip: Option<&RealIp>, path: &str, logged: Fields, with_address: Fields) -> Option<Note> {
    let addr = Fields::text(TextField::Addr);
    let list = real_ip.filter(|real_ip| !real_ip.is_in_place())?.dimension().name();
    (with_address.contains(addr) && !logged.contains(addr)).then(|| {
        let text = format!("$remote_addr is not logged, so addresses come only from ${list}, which visitors can forge");
        Note::about(NoteCode::AddressListAlone, path, text)
    })
}

/// Returns the fields that a log has: those that it logs, and the address if it logs the list of `--real-ip`.
pub(super) fn with_address(real_ip: Option<&RealIp>, variable_columns: &VariableColumns, logged: Fields) -> Fields {
    let list = real_ip.map(|real_ip| real_ip.dimension().needs(variable_columns));
    if list.is_some_and(|list| logged.contains(list)) { logged.union(Fields::text(TextField::Addr)) } else { logged }
}
