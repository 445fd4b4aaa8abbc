//! The detected envelopes of an input, in the form that the workers need.

use bumpalo::Bump;

use super::join::Pipe;
use super::open::Opened;
use super::seams::Seams;
use super::{Envelope, Sender};

/// The envelopes of an input, and which of their senders are nginx.
#[derive(Clone, Debug)]
pub(crate) struct Worn {
    /// Outermost first.
    chain: Vec<&'static Envelope>,
    /// Programs with access-log lines among their first lines.
    ours: Vec<Vec<u8>>,
    /// True if standard error has access-log lines among its first lines.
    stderr_is_ours: bool,
    pub(crate) seams: Seams,
}

impl Worn {
    /// `ours` are the senders with access-log lines among their first lines.
    pub(super) fn new(chain: Vec<&'static Envelope>, ours: &[Sender<'_>]) -> Worn {
        let program = |sender: &Sender<'_>| if let Sender::Program(name) = sender { Some(name.to_vec()) } else { None };
        Worn {
            chain,
            ours: ours.iter().filter_map(program).collect(),
            stderr_is_ours: ours.contains(&Sender::Pipe(Pipe::Stderr)),
            seams: Seams::default(),
        }
    }

    /// Names of the envelopes, outermost first, joined by ` + `.
    pub(crate) fn name(&self) -> String {
        self.chain.iter().map(|envelope| envelope.name).collect::<Vec<_>>().join(" + ")
    }

    /// Number of envelopes up to the one that splits lines into parts; all if none does.
    fn outer(&self) -> usize {
        self.chain.iter().position(|envelope| envelope.has_pipes).map_or(self.chain.len(), |at| at + 1)
    }

    /// Removes the envelopes of a line, up to the one that splits lines into parts.
    pub(crate) fn open<'t>(&self, line: &'t [u8], bump: &'t Bump) -> Opened<'t> {
        Opened::whole(line).open_all(&self.chain[..self.outer()], bump)
    }

    /// Removes the inner envelopes, after the parts are joined.
    pub(crate) fn open_inner<'t>(&self, joined: Opened<'t>, bump: &'t Bump) -> Opened<'t> {
        joined.open_all(&self.chain[self.outer()..], bump)
    }

    /// True if a line that fits no format was written by a program other than nginx: none of the sender's first lines
    /// belongs to an access log, and its name does not contain "nginx".
    pub(crate) fn is_another_program(&self, sender: Sender<'_>) -> bool {
        match sender {
            Sender::Unknown | Sender::File(_) => false,
            Sender::Pipe(pipe) => pipe == Pipe::Stderr && !self.stderr_is_ours,
            Sender::Program(name) => !self.ours.iter().any(|ours| ours == name) && !is_called_nginx(name),
        }
    }

    /// True if this sender's lines must be excluded even if they fit a format. gunicorn behind nginx logs the same
    /// requests again, in combined. So if another sender with an access log is called nginx, this one is excluded.
    pub(crate) fn stays_out(&self, sender: Sender<'_>) -> bool {
        matches!(sender, Sender::Program(name) if !is_called_nginx(name))
            && self.ours.iter().any(|ours| is_called_nginx(ours))
    }
}

fn is_called_nginx(name: &[u8]) -> bool {
    name.windows(5).any(|part| part.eq_ignore_ascii_case(b"nginx"))
}
