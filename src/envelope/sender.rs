//! Who wrote a line.

use super::StdStream;

/// The origin of a line, as far as the envelope names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sender<'a> {
    #[default]
    Unknown,
    /// The file in which grep found the line.
    File(&'a [u8]),
    /// A container's standard output or error.
    StdStream(StdStream),
    /// A docker service, a Kubernetes container, or a syslog tag.
    Program(&'a [u8]),
}

impl<'a> Sender<'a> {
    /// The sender, or `Unknown` for a file: lines from different files come from the same program.
    pub(super) fn without_file(self) -> Sender<'a> {
        if let Sender::File(_) = self { Sender::Unknown } else { self }
    }

    /// The sender that the inner envelope names, unless it is less specific than this one.
    pub(super) fn or_inner(self, inner: Sender<'a>) -> Sender<'a> {
        match (self, inner) {
            (Sender::Program(_), Sender::Program(_)) => inner,
            (Sender::Program(_), _) | (_, Sender::Unknown) => self,
            (Sender::StdStream(_), Sender::File(_)) => self,
            _ => inner,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_senders_win_if_more_specific() {
        let (file, std_stream) = (Sender::File(b"f"), Sender::StdStream(StdStream::Stdout));
        let (outer, inner) = (Sender::Program(b"a"), Sender::Program(b"b"));
        for (outside, inside, expected) in [
            (outer, inner, inner),
            (outer, std_stream, outer),
            (outer, Sender::Unknown, outer),
            (std_stream, inner, inner),
            (file, std_stream, std_stream),
            (std_stream, file, std_stream),
            (Sender::Unknown, file, file),
        ] {
            assert_eq!(outside.or_inner(inside), expected);
        }
    }
}
