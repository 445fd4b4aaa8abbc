//! Shell commands that convert another program's log so that a format can read it.

use std::borrow::Cow;

/// The conversion that a log needs before a format can read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    None,
    /// Merges runs of spaces: the log pads numbers with spaces, but the format has only one.
    SqueezeSpaces,
    /// Drops lines that begin with `#`: they are comments.
    NoComments,
    /// Also replaces tabs by spaces: a tab stands between date and time, where a time has a space. Values hold no
    /// spaces.
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

    /// The command's output. Comments are kept: callers do not try them anyway.
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
