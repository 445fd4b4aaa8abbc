//! Log formats for other programs' access logs. One is suggested only if it reads the first lines of the input.

use super::conversion::Filter;
use super::{Workaround, w3c};
use crate::envelope;
use crate::files::FileKind;
use crate::format::{Detector, Finding, LogFormat};
use crate::text::{FirstLines, is_blank, lines};

/// Number of bytes on which a format is tried.
const TRIED_BYTES: usize = 64 << 10;

/// THE TABLE of log formats; those for W3C's extended logs are made from their `#Fields:`.
const WORKAROUNDS: [(FileKind, Filter, &str); 5] = [
    (
        FileKind::HaproxyLog,
        Filter::None,
        "$remote_addr:$remote_port [$time_local] $frontend $backend $tr/$tw/$tc/$tr2/$request_time_ms $status $bytes_sent \
         $rest \"$request\"",
    ),
    (
        FileKind::AlbLog,
        Filter::None,
        "$type $time_iso8601 $balancer $remote_addr:$remote_port $target $request_processing $target_processing \
         $response_processing $status $target_status $request_length $bytes_sent \"$request\" \"$http_user_agent\" $rest",
    ),
    (
        FileKind::ElbLog,
        Filter::None,
        "$time_iso8601 $balancer $remote_addr:$remote_port $target $request_processing $target_processing \
         $response_processing $status $target_status $request_length $bytes_sent \"$request\" \"$http_user_agent\" $rest",
    ),
    (
        FileKind::S3Log,
        Filter::None,
        "$owner $bucket [$time_local] $remote_addr $requester $request_id $operation $key \"$request\" $status $error \
         $bytes_sent $object_size $request_time_ms $turn_around \"$http_referer\" \"$http_user_agent\" $rest",
    ),
    (
        FileKind::SquidLog,
        Filter::SqueezeSpaces,
        "$msec $request_time_ms $remote_addr $cache/$status $bytes_sent $request_method $request_uri $remote_user \
         $hierarchy $content_type",
    ),
];

/// True if a log format is in the table. Its unquoted values are written only by the server, or are escaped, so
/// visitors cannot use them to forge the rest of a line.
pub(crate) fn is_known_workaround(log_format: &str) -> bool {
    WORKAROUNDS.iter().any(|(_, _, text)| *text == log_format)
}

/// The way to read an input of this kind, if it works for the first lines.
pub(super) fn workaround(kind: FileKind, head: &[u8]) -> Option<Workaround> {
    let (filter, log_format) = match WORKAROUNDS.iter().find(|(known, _, _)| *known == kind) {
        Some((_, filter, text)) => (*filter, (*text).to_owned()),
        None => w3c::log_format(head)?,
    };
    let tried = &head[..head.len().min(TRIED_BYTES)];
    reads(&log_format, &filter.apply(tried)).then(|| Workaround { filter: filter.command(), log_format })
}

/// True if a log format reads most lines that are not comments, and the address field holds addresses.
fn reads(log_format: &str, text: &[u8]) -> bool {
    let Ok(format) = log_format.parse::<LogFormat>() else { return false };
    let formats = [format];
    let (_, of_file) = envelope::find(&Detector::new(&formats), &[], FirstLines::all(text));
    let all = lines(text, true).filter(|line| !is_blank(line) && !line.starts_with(b"#")).count();
    let finds_addresses = !of_file.findings().iter().any(|f| matches!(f, Finding::NotAddresses { .. }));
    let taken = of_file.considered().first().map_or(0, |best| best.survey.fits);
    taken * 2 > all.min(of_file.sampled()) && finds_addresses
}
