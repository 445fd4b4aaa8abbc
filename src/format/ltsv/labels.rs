//! THE TABLE of labels in LTSV logs: which variable each label holds.
//!
//! Source: ltsv.org, "Labels for Web server's Log", and the example formats of programs that read LTSV. Apart from
//! these, nginx's variables are known by their own names, and so are the usual keys of JSON logs.

use crate::format::time_unit::TimeUnit;

/// A label, the variable that it holds, and the unit of its numbers.
pub(in crate::format) type LabelRow = (&'static str, &'static str, TimeUnit);

/// If several labels of a line feed the same field, the one listed first wins.
///
/// A label with two rows has two meanings. The second one applies if another label of the line holds what the first
/// feeds: by ltsv.org `host` is the client, but next to `remote_addr` it is nginx's `$host`.
pub(in crate::format) const LABELS: &[LabelRow] = &[
    // Before the rows of `host`, so that it knows whether they are there.
    ("remote_addr", "remote_addr", TimeUnit::Seconds),
    ("remote_host", "remote_addr", TimeUnit::Seconds),
    ("remote_ip", "remote_addr", TimeUnit::Seconds),
    ("remoteip", "remote_addr", TimeUnit::Seconds),
    ("client_ip", "remote_addr", TimeUnit::Seconds),
    ("clientip", "remote_addr", TimeUnit::Seconds),
    ("client", "remote_addr", TimeUnit::Seconds),
    ("ip", "remote_addr", TimeUnit::Seconds),
    ("host", "remote_addr", TimeUnit::Seconds),
    ("host", "host", TimeUnit::Seconds),
    ("vhost", "host", TimeUnit::Seconds),
    ("forwardedfor", "http_x_forwarded_for", TimeUnit::Seconds),
    ("ident", "remote_logname", TimeUnit::Seconds),
    ("user", "remote_user", TimeUnit::Seconds),
    ("time", "time_local", TimeUnit::Seconds),
    ("epoch", "msec", TimeUnit::Seconds),
    ("req", "request", TimeUnit::Seconds),
    ("method", "request_method", TimeUnit::Seconds),
    ("uri", "request_uri", TimeUnit::Seconds),
    ("protocol", "server_protocol", TimeUnit::Seconds),
    ("status", "status", TimeUnit::Seconds),
    ("size", "body_bytes_sent", TimeUnit::Seconds),
    ("reqsize", "request_length", TimeUnit::Seconds),
    ("referer", "http_referer", TimeUnit::Seconds),
    ("ua", "http_user_agent", TimeUnit::Seconds),
    ("reqtime_microsec", "request_time", TimeUnit::Microseconds),
    ("reqtime_usec", "request_time", TimeUnit::Microseconds),
    ("reqtime_msec", "request_time", TimeUnit::Milliseconds),
    ("reqtime", "request_time", TimeUnit::Seconds),
    ("apptime", "upstream_response_time", TimeUnit::Seconds),
    ("cache", "upstream_http_x_cache", TimeUnit::Seconds),
    ("runtime", "upstream_http_x_runtime", TimeUnit::Seconds),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::variables::{Destination, is_known, variable};

    #[test]
    fn labels_name_known_variables_and_rows_of_one_label_are_adjacent() {
        for (i, (label, name, unit)) in LABELS.iter().enumerate() {
            assert!(is_known(name), "{label}");
            let destination = variable(name).map_or(Destination::Nothing, |(_, v)| v.destination);
            assert!(*unit == TimeUnit::Seconds || destination == Destination::RequestTime, "{label}");
            let others = LABELS[..i].iter().rposition(|(other, ..)| other == label);
            assert!(others.is_none_or(|other| other + 1 == i && LABELS[other].1 != *name), "{label}");
            assert!(label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'), "{label}");
        }
    }
}
