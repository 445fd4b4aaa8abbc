//! Notes: what a reader must know to understand a number of the report.

use serde::{Deserialize, Serialize};

use crate::by_name::serde_by_name;
use crate::message::Message;

/// Something that changes what a number of the report means: a guess, a value that was not read, a field that was not
/// logged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Note {
    /// The kind of note. Codes are stable.
    pub code: NoteCode,
    /// The input it is about, as in `inputs`; `None` for all of them.
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
    /// No line of a file's beginning fits a format that is configured for it, so its lines are read by detected formats.
    NotAsConfigured,
    /// Most values of the address are no addresses.
    NotAddresses,
    /// Addresses are taken from a list that proxies pass on.
    AddressList,
    /// Users are not read, because other fields stand in their place.
    UsersNotRead,
    /// Users may be other fields, but come from one address: a visitor's choice, or a proxy's.
    OddUsers,
    /// A number that may be a request time is not read as one.
    TimeNotRead,
    /// Lines go on after the last field that is read.
    Unread,
    /// Variables stand next to each other, and none is read.
    NotDivided,
    /// Visitors can choose how lines are read.
    Forgeable,
    /// Malformed lines look like lines of `common`.
    LikeCommon,
    /// Times without an offset are read as UTC.
    AssumedUtc,
    /// Some lines do not log a time, and others do.
    TimesUnknown,
    /// Some lines do not log what tells visitors apart, and others do.
    VisitorsUnknown,
    /// Some lines do not log a path, and others do.
    PathsUnknown,
    /// Some lines do not log a status, and others do.
    StatusUnknown,
    /// Some lines do not log the bytes that were sent, and others do.
    BytesUnknown,
    /// A value under a key of a JSON log is not what the key holds, such as a status that is a word.
    BadValue,
    /// Addresses are those of a list that visitors can forge, because `$remote_addr` is not logged.
    AddressListAlone,
    /// Files have the same text, as far as their lengths and beginnings tell.
    MaybeCopies,
    /// Files that were found in a directory are not access logs, and are not counted.
    NotAnAccessLog,
    /// Some inputs have no lines, or only blank ones.
    Empty,
    /// A directive of nginx that may decide what is static is not followed.
    NotFollowed,
    /// A log is read because nginx writes it by default: no `access_log` is configured.
    AssumedLog,
    /// Rankings or visitors are approximate, because the tables would take more memory than they may.
    DegradedToMemory,
}

/// THE TABLE of note codes, in the order of the report.
const CODES: [(NoteCode, &str); 25] = [
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
    (NoteCode::Empty, "empty"),
    (NoteCode::NotFollowed, "not-followed"),
    (NoteCode::AssumedLog, "assumed-log"),
    (NoteCode::DegradedToMemory, "degraded-to-memory"),
];

impl NoteCode {
    /// Every code, in the order of the report.
    pub fn all() -> impl Iterator<Item = NoteCode> {
        CODES.iter().map(|(code, _)| *code)
    }

    /// As it is written in JSON: `not-logged`.
    pub fn name(self) -> &'static str {
        CODES.iter().find(|(code, _)| *code == self).map(|(_, name)| *name).expect("every code has its row")
    }
}

serde_by_name!(NoteCode, "a code of a note", |name| NoteCode::all().find(|code| code.name() == name));

impl Note {
    /// A note about all inputs.
    pub(crate) fn new(code: NoteCode, text: impl Into<Message>) -> Note {
        Note { code, input: None, text: text.into() }
    }

    /// A note about one input, whose path is in the written form of keys.
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
