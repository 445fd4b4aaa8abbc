//! The envelopes of an input, as the workers need them.

use bumpalo::Bump;

use super::join::Pipe;
use super::open::Opened;
use super::seams::Seams;
use super::{Envelope, Sender};

/// The envelopes of an input, and those of their senders that are nginx.
#[derive(Clone, Debug)]
pub(crate) struct Worn {
    /// Outermost first.
    chain: Vec<&'static Envelope>,
    /// Programs some of whose first lines are an access log's.
    ours: Vec<Vec<u8>>,
    /// True if some of the first lines of standard error are.
    stderr_is_ours: bool,
    pub(crate) seams: Seams,
}

impl Worn {
    /// `ours` are the senders some of whose first lines are an access log's.
    pub(super) fn new(chain: Vec<&'static Envelope>, ours: &[Sender<'_>]) -> Worn {
        let program = |sender: &Sender<'_>| if let Sender::Program(name) = sender { Some(name.to_vec()) } else { None };
        Worn {
            chain,
            ours: ours.iter().filter_map(program).collect(),
            stderr_is_ours: ours.contains(&Sender::Pipe(Pipe::Stderr)),
            seams: Seams::default(),
        }
    }

    /// The names of the envelopes, outermost first.
    pub(crate) fn name(&self) -> String {
        self.chain.iter().map(|envelope| envelope.name).collect::<Vec<_>>().join(" + ")
    }

    /// Number of envelopes up to the one that cuts lines into parts; all, if none does.
    fn outer(&self) -> usize {
        self.chain.iter().position(|envelope| envelope.has_pipes).map_or(self.chain.len(), |at| at + 1)
    }

    /// Takes a line out of its envelopes, up to the one that cuts lines into parts.
    pub(crate) fn open<'t>(&self, line: &'t [u8], bump: &'t Bump) -> Opened<'t> {
        Opened::whole(line).open_all(&self.chain[..self.outer()], bump)
    }

    /// Takes off the envelopes within, once the parts are joined.
    pub(crate) fn open_inner<'t>(&self, joined: Opened<'t>, bump: &'t Bump) -> Opened<'t> {
        joined.open_all(&self.chain[self.outer()..], bump)
    }

    /// True if a line that fits nothing is of another program than nginx: none of the sender's first lines was an access
    /// log's, and its name does not say nginx.
    pub(crate) fn is_another_program(&self, sender: Sender<'_>) -> bool {
        match sender {
            Sender::Unknown | Sender::File(_) => false,
            Sender::Pipe(pipe) => pipe == Pipe::Stderr && !self.stderr_is_ours,
            Sender::Program(name) => !self.ours.iter().any(|ours| ours == name) && !is_called_nginx(name),
        }
    }

    /// True if another program writes this sender's lines, even if they fit a format. gunicorn with nginx in front logs the same
    /// requests again, in combined: if another sender is called nginx, this one's lines stay out.
    pub(crate) fn stays_out(&self, sender: Sender<'_>) -> bool {
        matches!(sender, Sender::Program(name) if !is_called_nginx(name))
            && self.ours.iter().any(|ours| is_called_nginx(ours))
    }
}

fn is_called_nginx(name: &[u8]) -> bool {
    name.windows(5).any(|part| part.eq_ignore_ascii_case(b"nginx"))
}
