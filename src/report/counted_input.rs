//! An input after it was counted.

use super::copies::Beginning;
use crate::format::FormatsOfFile;
use crate::input::Source;
use crate::recognize::Foreign;

/// An input that was counted, and what its first lines say about it.
pub(crate) struct CountedInput<'m> {
    pub(crate) source: Source,
    /// The envelope around its lines.
    pub(crate) envelope: Option<String>,
    pub(crate) formats: &'m FormatsOfFile<'m>,
    /// What it is, if it is not an access log.
    pub(crate) foreign: Option<&'m Foreign>,
    /// The preset that fits its first lines if the formats in use do not.
    pub(crate) fitting_preset: Option<&'m str>,
    pub(crate) beginning: Beginning,
}
