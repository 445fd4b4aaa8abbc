//! The detected envelopes of an input, in the form that the workers need.

use bumpalo::Bump;

use super::join::StdStream;
use super::open::Opened;
use super::reassembly::Reassembly;
use super::{Envelope, Sender};

/// The envelopes of an input, and which of their senders are nginx.
#[derive(Clone, Debug)]
pub(crate) struct DetectedEnvelopes {
    /// Outermost first.
    chain: Vec<&'static Envelope>,
    /// Programs with access-log lines among their first lines.
    nginx_senders: Vec<Vec<u8>>,
    /// True if standard error has access-log lines among its first lines.
    stderr_has_access_log: bool,
    pub(crate) reassembly: Reassembly,
}

impl DetectedEnvelopes {
    /// `nginx_senders` are the senders with access-log lines among their first lines.
    pub(super) fn new(chain: Vec<&'static Envelope>, nginx_senders: &[Sender<'_>]) -> DetectedEnvelopes {
        let program = |sender: &Sender<'_>| if let Sender::Program(name) = sender { Some(name.to_vec()) } else { None };
        DetectedEnvelopes {
            chain,
            nginx_senders: nginx_senders.iter().filter_map(program).collect(),
            stderr_has_access_log: nginx_senders.contains(&Sender::StdStream(StdStream::Stderr)),
            reassembly: Reassembly::default(),
        }
    }

    /// Names of the envelopes, outermost first, joined by ` + `.
    pub(crate) fn name(&self) -> String {
        self.chain.iter().map(|envelope| envelope.name).collect::<Vec<_>>().join(" + ")
    }

    /// True if one of them may split lines into parts.
    pub(crate) fn splits_lines(&self) -> bool {
        self.chain.iter().any(|envelope| envelope.has_std_streams)
    }

    /// Number of envelopes up to the one that splits lines into parts; all if none does.
    fn outer(&self) -> usize {
        self.chain.iter().position(|envelope| envelope.has_std_streams).map_or(self.chain.len(), |at| at + 1)
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
    pub(crate) fn is_other_program(&self, sender: Sender<'_>) -> bool {
        match sender {
            Sender::Unknown | Sender::File(_) => false,
            Sender::StdStream(std_stream) => std_stream == StdStream::Stderr && !self.stderr_has_access_log,
            Sender::Program(name) => {
                !self.nginx_senders.iter().any(|nginx_senders| nginx_senders == name) && !is_called_nginx(name)
            }
        }
    }

    /// True if this sender's lines must be excluded even if they fit a format. gunicorn behind nginx logs the same
    /// requests again, in combined. So if another sender with an access log is called nginx, this one is excluded.
    pub(crate) fn is_excluded(&self, sender: Sender<'_>) -> bool {
        matches!(sender, Sender::Program(name) if !is_called_nginx(name))
            && self.nginx_senders.iter().any(|nginx_senders| is_called_nginx(nginx_senders))
    }
}

fn is_called_nginx(name: &[u8]) -> bool {
    name.windows(5).any(|part| part.eq_ignore_ascii_case(b"nginx"))
}
