//! Rules by which derived dimensions compute their keys.

/// Rules by which derived dimensions compute their keys, in addition to the built-in ones. A clone is cheap.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct KeyRules {}
