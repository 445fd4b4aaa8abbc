//! Notes about the rules by which derived dimensions compute their keys: databases, and the site's own hosts.

use super::{Note, NoteCode};
use crate::dimension::VariableColumns;
use crate::message::{Setting, message};
use crate::question::Reading;

/// Returns a note for each database that gives keys, and one if a database is damaged.
pub(super) fn databases(reading: &Reading, variable_columns: &VariableColumns) -> Vec<Note> {
    let geo = &reading.key_rules.geo;
    let places: Vec<_> = variable_columns.derived_dimensions().iter().filter_map(|derived| derived.place()).collect();
    let note = |database: &crate::geo::GeoDatabase| {
        let fields = database.fields().iter().filter(|field| places.contains(field));
        let names: Vec<_> = fields.map(|field| field.name()).collect();
        let (kind, built) = (database.shown_kind(), database.built());
        let text = match &names[..] {
            [] => return None,
            [one] => format!("{one} comes from {kind}, built on {built}"),
            [first @ .., last] => format!("{} and {last} come from {kind}, built on {built}", first.join(", ")),
        };
        Some(Note::new(NoteCode::GeoDatabase, text))
    };
    let mut notes: Vec<_> = geo.databases().iter().filter_map(note).collect();
    if !places.is_empty() && geo.is_damaged() {
        let text = "a database of addresses is damaged: places of some addresses are missing; download it again";
        notes.push(Note::new(NoteCode::GeoDamaged, text));
    }
    notes
}

/// Returns a note if pages of the site itself count as referring sites. `all_log_hosts` is true if the lines of all
/// inputs have their `$host`.
pub(super) fn own_site(reading: &Reading, variable_columns: &VariableColumns, all_log_hosts: bool) -> Option<Note> {
    let is_asked = variable_columns.derived_dimensions().iter().any(|derived| derived.has_own_site());
    let own_hosts = reading.key_rules.own_hosts.clone().and_those_of(reading.nginx_conf.as_ref());
    (is_asked && !all_log_hosts && own_hosts.is_empty()).then(|| {
        let text = message![
            "$host is not in the log, so the site's own pages count as referring sites; to exclude them, name its hosts: ",
            Setting::OwnHost,
            " shop.example"
        ];
        Note::new(NoteCode::OwnSiteUnknown, text)
    })
}
