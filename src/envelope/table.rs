//! The table of envelopes.

use std::fmt;

use super::{
    Sampled, Unwrapped, aws_logs, cloudwatch, compose, cri, docker_service, fluentd, grep, json_file, json_log,
    kubectl, line_numbers, quotes, stern, syslog, syslog_5424, timestamps,
};

pub(super) type Opener = fn(&[u8]) -> Option<Unwrapped<'_>>;

/// A way of wrapping lines.
#[derive(Clone, Copy)]
pub(crate) struct Envelope {
    pub(super) name: &'static str,
    /// An example, with `LINE` in place of nginx's line.
    pub(super) example: &'static str,
    pub(super) open: Opener,
    /// True if a sample may be in the envelope. Only some of its lines need to be openable.
    pub(super) accepts: fn(&[Sampled<'_>]) -> bool,
    pub(super) certainty: Certainty,
    /// True if it may split lines into parts.
    pub(super) has_std_streams: bool,
}

/// How certain it is that a line that can be opened really is in the envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Certainty {
    /// Nothing else looks like it, so it is removed even if the whole line fits a format too.
    Certain,
    /// Certain if lines inside fit a format; otherwise the line may be anything.
    CertainIfRead,
    /// A `log_format` may look like it.
    Likely,
    /// Other texts look like it too, so it is removed only if lines inside fit a format.
    LikelyIfRead,
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Envelope").field(&self.name).finish()
    }
}

const fn row(name: &'static str, example: &'static str, certainty: Certainty, open: Opener) -> Envelope {
    Envelope { name, example, open, accepts: |_| true, certainty, has_std_streams: false }
}

impl Envelope {
    const fn with_std_streams(self) -> Envelope {
        Envelope { has_std_streams: true, ..self }
    }

    const fn if_sample(self, accepts: fn(&[Sampled<'_>]) -> bool) -> Envelope {
        Envelope { accepts, ..self }
    }
}

/// THE TABLE. If two envelopes fit a file's first lines equally well, the first one wins.
pub(super) const ENVELOPES: &[Envelope] = &[
    row("docker compose", "nginx-1  | LINE", Certainty::Likely, compose::open),
    row("docker json-file", r#"{"log":"LINE\n","stream":"stdout","time":"…"}"#, Certainty::Certain, json_file::open)
        .with_std_streams()
        .if_sample(json_file::ends_lines),
    row("Kubernetes CRI", "2026-01-05T10:00:01.123456789Z stdout F LINE", Certainty::Certain, cri::open)
        .with_std_streams(),
    row("syslog RFC 5424", "<190>1 2026-01-05T10:00:01Z web nginx - - - LINE", Certainty::Likely, syslog_5424::open),
    row("syslog", "Jan  5 10:00:01 web nginx: LINE", Certainty::Likely, syslog::open),
    row("docker service logs", "web.1.0a1b2c3d4e5f@node-1    | LINE", Certainty::Certain, docker_service::open),
    row("kubectl logs --prefix", "[pod/nginx-7c5d-2xk0q/nginx] LINE", Certainty::Certain, kubectl::open),
    row("timestamps", "2026-01-05T10:00:01.123456789Z LINE", Certainty::Likely, timestamps::open),
    row("aws logs tail", "2026-01-05T10:00:01.123000+00:00 ecs/nginx/0a1b LINE", Certainty::Likely, aws_logs::open),
    row("CloudWatch CSV", r#"1767607201000,"LINE""#, Certainty::Likely, cloudwatch::open),
    row("Fluentd", "2026-01-05T10:00:01+00:00<TAB>nginx<TAB>{…}", Certainty::Certain, fluentd::open),
    row("JSON", r#"{…,"message":"LINE",…}"#, Certainty::CertainIfRead, json_log::open),
    row(
        "stern --all-namespaces",
        "web nginx-7c5d-2xk0q nginx LINE",
        Certainty::LikelyIfRead,
        stern::open_with_namespace,
    )
    .if_sample(stern::has_namespaces),
    row("stern", "nginx-7c5d-2xk0q nginx LINE", Certainty::LikelyIfRead, stern::open),
    row("grep", "access.log:LINE", Certainty::LikelyIfRead, grep::open),
    row("grep -n", "12:LINE", Certainty::LikelyIfRead, line_numbers::open).if_sample(line_numbers::ascend),
    row("quotes", r#""LINE""#, Certainty::LikelyIfRead, quotes::open).if_sample(quotes::are_everywhere),
];

/// Names of the envelopes that are detected and removed, each with an example in which `LINE` is nginx's line.
///
/// ```
/// let (name, example) = logstat::envelopes().next().expect("the list is not empty");
/// assert_eq!((name, example), ("docker compose", "nginx-1  | LINE"));
/// ```
pub fn envelopes() -> impl Iterator<Item = (&'static str, &'static str)> + Clone {
    ENVELOPES.iter().map(|envelope| (envelope.name, envelope.example))
}
