//! Compiled scanners against their reference: lines by every preset and by formats in which values end where the rest fits.

use std::sync::LazyLock;

use super::Header;
use crate::format::log_format::twin::Twin;
use crate::format::{LogFormat, Memory, NginxEscape};

/// Formats that no preset is like.
const OWN: [&str; 12] = [
    "$remote_addr [$time_local] $request $status $body_bytes_sent",
    "$http_x_forwarded_for, $remote_addr $request $status",
    "$remote_addr:$remote_port $host:$server_port-$status",
    "$upstream_addr $upstream_status $http_user_agent $request_time",
    "$http_referer $http_user_agent|$request_body$status",
    "$scheme://$host$request_uri|$status",
    "$remote_user [$time_iso8601]  \"$request\" $request_time",
    "$uri $args $upstream_response_time : $status",
    "$request_time_us $request_time|$gzip_ratio-$status",
    "$msec$remote_addr $request_time$host $body_bytes_sent$status",
    "$status$time_local$remote_addr $unknown_one|$unknown_two",
    "$http_user_agent $http_referer \"$http_cookie\" $status $time_local",
];

static TWINS: LazyLock<Vec<Twin>> = LazyLock::new(|| {
    let presets = LogFormat::all_presets().into_iter().filter(|format| !format.has_keys());
    let own = OWN.iter().map(|text| {
        let escape = if text.contains('|') { NginxEscape::None } else { NginxEscape::Default };
        LogFormat::nginx(text, text, escape).expect("a log_format")
    });
    own.chain(presets).map(|format| Twin::of(format).expect("a small expression")).collect()
});

/// The first byte chooses the format, of which presets are the last; the rest is lines.
pub(super) fn run(data: &[u8]) {
    let (mut header, text) = Header::of(data, 1);
    let twin = &TWINS[usize::from(header.byte()) % TWINS.len()];
    let mut memory = Memory::default();
    for line in text.split(|byte| *byte == b'\n') {
        twin.agree(&mut memory, line).unwrap_or_else(|difference| panic!("{difference}"));
    }
}
