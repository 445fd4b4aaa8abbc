//! Envelopes: opens single lines, and counts logs with envelopes in chunks of any size.

use super::Header;
use super::counting::{Log, Strategy, Way, agreed, assert_ranges_add_up};
use crate::envelope;
use crate::question::Question;

/// Number of bytes for options, before the text.
const HEADER: usize = 6;

/// Line prefixes of envelopes. A list of several is used in turn, line by line.
const BEGINNINGS: [&[&str]; 16] = [
    &[""],
    &["nginx-1  | "],
    &["2026-11-21T10:00:00.123456789Z stdout F "],
    &["2026-11-21T10:00:00.123456789Z stdout P ", "2026-11-21T10:00:00.123456789Z stdout F "],
    &["2026-11-21T10:00:00Z stderr P ", "2026-11-21T10:00:00Z stdout P ", "2026-11-21T10:00:00Z stdout F "],
    &["<190>1 2026-11-21T10:00:00Z web nginx 123 - - "],
    &["<190>Nov 21 10:00:00 web nginx: ", "Nov 21 10:00:00 web cron[1]: "],
    &["web.1.abc123def456@node1    | "],
    &["[pod/nginx-7c5d-2xk0q/nginx] "],
    &["2026-11-21T10:00:00.123456789Z "],
    &["2026-11-21T10:00:00.123000+00:00 ecs/nginx/0a1b "],
    &["nginx-7c5d-2xk0q nginx "],
    &["/var/log/nginx/access.log.1:", "/var/log/nginx/other.log:"],
    &["12:"],
    &["{\"log\":\"", "{\"stream\":\"stderr\",\"log\":\""],
    &["2026-11-21T10:00:00+00:00\tnginx\t{\"log\":\""],
];

/// Fuzzes envelopes. The header chooses prefixes and suffixes of lines, and how the log is counted; the rest is the
/// log.
pub(super) fn run(data: &[u8]) {
    let (mut header, text) = Header::of(data, HEADER);
    let beginnings = header.one_of(&BEGINNINGS);
    let parts = header.one_of(&["\\n", ""]);
    let endings = if beginnings[0].ends_with("{\"log\":\"") {
        [format!("{parts}\",\"stream\":\"stdout\",\"time\":\"2026-11-21T10:00:00.1Z\"}}")]
    } else {
        [String::new()]
    };
    let mut log = Vec::new();
    for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
        log.extend_from_slice(beginnings[number % beginnings.len()].as_bytes());
        log.extend_from_slice(line);
        log.extend_from_slice(endings[0].as_bytes());
        log.push(b'\n');
    }
    let question = Question::new().keep_rejects(true);
    let streamed = Strategy { threads: 2, chunk_bytes: 10, way: Way::Stream, seed: 3 };
    let strategy = Strategy::of(&mut header);
    agreed(&question, &Log::new(&log), &[strategy, streamed]);
    for strategy in [strategy, streamed] {
        assert_ranges_add_up(&question, &Log::new(&log), strategy, log.len() as u64 * 2 / 3);
    }
    log.split(|byte| *byte == b'\n').for_each(envelope::assert_opens);
}
