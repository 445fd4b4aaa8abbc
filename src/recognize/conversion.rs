//! Commands that change the text of another program's log so that a format reads it.

use std::borrow::Cow;

/// What must be done to the bytes before a format reads them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    None,
    /// Numbers are padded with spaces, and a format has one.
    SqueezeSpaces,
    /// Lines that begin with `#` are comments.
    NoComments,
    /// The same, and the date and the time have a tab between them, where a time has a space. Values hold no spaces.
    TabsToSpaces,
}

impl Filter {
    pub(super) fn command(self) -> Option<&'static str> {
        match self {
            Filter::None => None,
            Filter::SqueezeSpaces => Some("tr -s ' '"),
            Filter::NoComments => Some("grep -v '^#'"),
            Filter::TabsToSpaces => Some(r"tr '\t' ' ' | grep -v '^#'"),
        }
    }

    /// What the command writes. Comments are not tried anyway.
    pub(super) fn apply(self, text: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Filter::None | Filter::NoComments => Cow::Borrowed(text),
            Filter::SqueezeSpaces => {
                let mut squeezed = text.to_vec();
                squeezed.dedup_by(|second, first| *second == b' ' && *first == b' ');
                Cow::Owned(squeezed)
            }
            Filter::TabsToSpaces => {
                Cow::Owned(text.iter().map(|byte| if *byte == b'\t' { b' ' } else { *byte }).collect())
            }
        }
    }
}
