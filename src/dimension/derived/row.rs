//! A row of the table of derived dimensions.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::KeyRules;
use crate::batch::TextField;
use crate::geo::GeoField;

/// Computes a key from a text, which has its escapes undone and is neither empty nor missing. `None` if it gives no
/// key.
#[derive(Clone)]
pub(crate) struct KeyOf(Arc<Compute>);

type Compute = dyn Fn(&[u8]) -> Option<Cow<'_, [u8]>> + Send + Sync;

impl KeyOf {
    pub(crate) fn of(compute: impl Fn(&[u8]) -> Option<Cow<'_, [u8]>> + Send + Sync + 'static) -> KeyOf {
        KeyOf(Arc::new(compute))
    }

    pub(crate) fn key<'t>(&self, text: &'t [u8]) -> Option<Cow<'t, [u8]>> {
        (self.0)(text)
    }
}

impl fmt::Debug for KeyOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyOf")
    }
}

/// Makes the function for a question with these rules.
pub(crate) type MakeKey = fn(&KeyRules) -> KeyOf;

/// Logged texts that a key is computed from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    Text(TextField),
    /// A variable, by its name.
    Variable(&'static str),
}

/// A row of the table of derived dimensions.
pub(crate) struct DerivedRow {
    /// Name as a user types it and as JSON has it.
    pub(crate) name: &'static str,
    /// Name of one key in a heading.
    pub(crate) singular: &'static str,
    /// Name of its keys in a heading.
    pub(crate) plural: &'static str,
    /// Variables that log it, for messages.
    pub(crate) variables: &'static str,
    /// Sources in order: the first that gives a key wins. If none does, the key is missing.
    pub(crate) sources: &'static [(Source, MakeKey)],
    /// The key of a line whose format logs a source, but whose texts give no key. `None` if the key is then missing. The
    /// key of a line whose format logs no source is missing in any case.
    pub(crate) otherwise: Option<&'static str>,
    /// How a line is recognized that comes from the site itself. `None` if it does not matter.
    pub(crate) own_site: Option<OwnSite>,
    /// The field of a database of addresses that gives the key. `None` if it needs no database.
    pub(crate) place: Option<GeoField>,
    /// A built-in table that decides the key, and its hash. A saved state has the hash, because states that were
    /// counted by different tables must not be merged.
    pub(crate) built_in: Option<BuiltIn>,
    /// True if parts of the keys are learned after the last merge.
    pub(crate) is_learned: bool,
    /// All keys that a line can have, if there are few. `None` if there are many.
    pub(crate) all_keys: Option<fn() -> Vec<&'static str>>,
}

impl DerivedRow {
    /// The usual values of the other fields, for rows that need nothing else.
    pub(crate) const USUAL: DerivedRow = DerivedRow {
        name: "",
        singular: "",
        plural: "",
        variables: "",
        sources: &[],
        otherwise: None,
        own_site: None,
        place: None,
        built_in: None,
        is_learned: false,
        all_keys: None,
    };
}

/// Name and hash of a built-in table.
pub(crate) type BuiltIn = (&'static str, fn() -> u64);

/// Recognizes a line that comes from the site itself: two of its texts name the same site.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnSite {
    /// A text that names a site, and how the site is found in it.
    pub(crate) from: (Source, MakeKey),
    /// The text that names the site of the request.
    pub(crate) own: (Source, MakeKey),
    /// The key of such a line; `None` if it is missing.
    pub(crate) key: Option<&'static str>,
}
