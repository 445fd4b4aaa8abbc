//! Notes: facts that a reader needs to understand the numbers of a report.

use serde::{Deserialize, Serialize};

use crate::by_name::serde_by_name;
use crate::message::Message;

/// A fact that changes the meaning of a number: a guess, a value that was not read, a field that was not logged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Note {
    /// The kind of note. Codes are stable.
    pub code: NoteCode,
    /// Path of the input that it is about, as in [`Report::inputs`](crate::Report::inputs); `None` for all inputs.
    pub input: Option<String>,
    /// One sentence for people. Its wording may change.
    pub text: Message,
}

/// The kind of a [`Note`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NoteCode {
    /// No input logs a field that the report would normally use.
    NotLogged,
    /// No line at the beginning of a file fits a format that is configured for it, so a detected format is used.
    NotAsConfigured,
    /// Most values of the address variable are not addresses.
    NotAddresses,
    /// Addresses are taken from a list that proxies pass on.
    AddressList,
    /// `$remote_user` is not read, because other fields are in its place.
    UsersNotRead,
    /// `$remote_user` looks like other fields, but all such lines are from one address: a visitor or a proxy may have
    /// sent them.
    OddUsers,
    /// A number that may be a request time is read as something else, or not at all.
    TimeNotRead,
    /// Lines have text after the last field that is read.
    Unread,
    /// Variables are next to each other without a separator, so none of them is read.
    NotDivided,
    /// Visitors can change how lines are read, by text that looks like the rest of the line.
    Forgeable,
    /// Malformed lines look like lines of `common`.
    LikeCommon,
    /// Times without an offset are read as UTC.
    AssumedUtc,
    /// Some lines do not log a time, and others do.
    TimesUnknown,
    /// Some lines do not log the fields that identify a visitor, and others do.
    VisitorsUnknown,
    /// Some lines do not log a path, and others do.
    PathsUnknown,
    /// Some lines do not log a status, and others do.
    StatusUnknown,
    /// Some lines do not log the bytes sent, and others do.
    BytesUnknown,
    /// A value in a JSON log is not of the kind that its key should hold, such as a word for a status.
    BadValue,
    /// Addresses are taken from a list that visitors can forge, because `$remote_addr` is not logged.
    AddressListAlone,
    /// Files may be copies of each other: their lengths and beginnings are equal.
    MaybeCopies,
    /// Some files in a directory are not access logs, and are not counted.
    NotAnAccessLog,
    /// No line is in the period that was asked for.
    OutsidePeriod,
    /// A pattern without wildcards equals no value.
    NothingEqual,
    /// Some inputs have no lines, or only blank ones.
    Empty,
    /// An nginx directive that may decide what is static is ignored.
    NotFollowed,
    /// A log is read because no `access_log` is configured, and nginx writes this one by default.
    AssumedLog,
    /// The database that places of addresses come from, with the day on which it was built.
    GeoDatabase,
    /// A database of addresses is damaged, so places of some addresses are missing.
    GeoDamaged,
    /// Pages of the site itself count as referring sites, because its hosts are not known.
    OwnSiteUnknown,
    /// A ranking of routes has dropped keys, so names of pages are not grouped.
    RoutesNotLearned,
    /// Rankings or visitors are approximate, because exact tables would exceed the memory limit.
    DegradedToMemory,
    /// Some states lack tables or numbers that others have, so the report leaves them out.
    NotInAllStates,
    /// Days of merged states may be incomplete, because some of the states have dropped lines of such days.
    DaysIncomplete,
    /// A state is left out, because other states have all its lines.
    AlreadyCounted,
}

/// THE TABLE of note codes, in the order of the report.
const CODES: [(NoteCode, &str); 34] = [
    (NoteCode::NotLogged, "not-logged"),
    (NoteCode::NotAsConfigured, "not-as-configured"),
    (NoteCode::NotAddresses, "not-addresses"),
    (NoteCode::AddressList, "address-list"),
    (NoteCode::UsersNotRead, "users-not-read"),
    (NoteCode::OddUsers, "odd-users"),
    (NoteCode::TimeNotRead, "time-not-read"),
    (NoteCode::Unread, "unread"),
    (NoteCode::NotDivided, "not-divided"),
    (NoteCode::Forgeable, "forgeable"),
    (NoteCode::LikeCommon, "like-common"),
    (NoteCode::AssumedUtc, "assumed-utc"),
    (NoteCode::TimesUnknown, "times-unknown"),
    (NoteCode::VisitorsUnknown, "visitors-unknown"),
    (NoteCode::PathsUnknown, "paths-unknown"),
    (NoteCode::StatusUnknown, "status-unknown"),
    (NoteCode::BytesUnknown, "bytes-unknown"),
    (NoteCode::BadValue, "bad-value"),
    (NoteCode::AddressListAlone, "address-list-alone"),
    (NoteCode::MaybeCopies, "maybe-copies"),
    (NoteCode::NotAnAccessLog, "not-an-access-log"),
    (NoteCode::OutsidePeriod, "outside-period"),
    (NoteCode::NothingEqual, "nothing-equal"),
    (NoteCode::Empty, "empty"),
    (NoteCode::NotFollowed, "not-followed"),
    (NoteCode::AssumedLog, "assumed-log"),
    (NoteCode::GeoDatabase, "geo-database"),
    (NoteCode::GeoDamaged, "geo-damaged"),
    (NoteCode::OwnSiteUnknown, "own-site-unknown"),
    (NoteCode::RoutesNotLearned, "routes-not-learned"),
    (NoteCode::DegradedToMemory, "degraded-to-memory"),
    (NoteCode::NotInAllStates, "not-in-all-states"),
    (NoteCode::DaysIncomplete, "days-incomplete"),
    (NoteCode::AlreadyCounted, "already-counted"),
];

impl NoteCode {
    /// Returns every code, in the order of the report.
    pub fn all() -> impl Iterator<Item = NoteCode> {
        CODES.iter().map(|(code, _)| *code)
    }

    /// Name in JSON: `not-logged`.
    pub fn name(self) -> &'static str {
        CODES.iter().find(|(code, _)| *code == self).map(|(_, name)| *name).expect("every code has a row")
    }
}

serde_by_name!(NoteCode, "a code of a note", |name| NoteCode::all().find(|code| code.name() == name));

impl Note {
    /// A note about all inputs.
    pub(crate) fn new(code: NoteCode, text: impl Into<Message>) -> Note {
        Note { code, input: None, text: text.into() }
    }

    /// A note about one input. `input` is its path, printable like keys.
    pub(crate) fn about(code: NoteCode, input: &str, text: impl Into<Message>) -> Note {
        Note { code, input: Some(input.to_owned()), text: text.into() }
    }
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.input {
            Some(input) => write!(f, "{input}: {}", self.text),
            None => f.write_str(&self.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_name() {
        for (i, (code, name)) in CODES.iter().enumerate() {
            assert_eq!(code.name(), *name);
            assert!(CODES[..i].iter().all(|(c, n)| c != code && n != name), "{name}");
        }
    }
}
