//! Fast path for lines of `combined`, optionally followed by a request time, without a user or a backslash. Nearly
//! every line is like that.
//!
//! Seven marks show where every field of variable width is, and the bytes around each mark must be those of the format.
//! So a dozen comparisons of words check the whole line, without any search. Any other line is declined, and the steps
//! of the plan read it: declining a line is never wrong.

use wide::u8x16;

use super::plan::{AFTER_TIME, FastPath, NOBODY};
use crate::batch::Status;
use crate::format::digits::eight_digits;
use crate::format::marks::Marks;
use crate::ip::may_have_port;
use crate::text::find_near;
use crate::time::{Clock, Stamp};

/// Number of quotes and line ends of a usual line.
const MARKS: usize = 7;

/// The values of a usual line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FastLine<'a> {
    pub(in crate::format) addr: &'a [u8],
    pub(in crate::format) stamp: Stamp,
    pub(in crate::format) request: &'a [u8],
    pub(in crate::format) status: Status,
    pub(in crate::format) bytes: u64,
    pub(in crate::format) referer: &'a [u8],
    pub(in crate::format) agent: &'a [u8],
    pub(in crate::format) time_ms: Option<u64>,
    /// Place of the LF that ends the line, in bytes from the start of the chunk.
    pub(crate) text_end: usize,
}

const TIME: usize = 26;
/// Length of ` - - [05/Apr/2022:03:45:05 +0000] "`; `SECOND` is the place of its seconds.
const BETWEEN: usize = NOBODY.len() + TIME + AFTER_TIME.len();
const SECOND: usize = NOBODY.len() + 18;

/// The bytes between address and request in the previous line. In the next line they are usually the same, except for
/// the seconds. Initially zeros, which no line has there.
#[derive(Default)]
pub(crate) struct LastTimestamp {
    but_second: [u128; 3],
    minute_s: i64,
    offset_min: i16,
}

/// All bytes except the two of the seconds, in three overlapping words.
#[inline(always)]
fn but_second(between: &[u8; BETWEEN]) -> [u128; 3] {
    const LAST: usize = BETWEEN - 16;
    let word =
        |at: usize| u128::from_le_bytes(*between[at..].first_chunk().expect("there are sixteen bytes from here on"));
    [word(0), word(16) & !(0xFFFF << (8 * (SECOND - 16))), word(LAST) & !(0xFFFF << (8 * (SECOND - LAST)))]
}

impl LastTimestamp {
    #[inline(always)]
    fn stamp(&mut self, between: &[u8; BETWEEN], clock: &mut Clock) -> Option<Stamp> {
        let (ten, one) = (between[SECOND].wrapping_sub(b'0'), between[SECOND + 1].wrapping_sub(b'0'));
        let but_second = but_second(between);
        // Not `==`: for this many bytes, it calls a function.
        let differs = but_second.iter().zip(&self.but_second).fold(0, |differs, (a, b)| differs | a ^ b);
        if differs == 0 && ten <= 5 && one <= 9 {
            return Some(Stamp { wall_s: self.minute_s + i64::from(ten * 10 + one), offset_min: self.offset_min });
        }
        self.new_stamp(between, clock)
    }

    #[cold]
    #[inline(never)]
    fn new_stamp(&mut self, between: &[u8; BETWEEN], clock: &mut Clock) -> Option<Stamp> {
        if !between.starts_with(NOBODY.as_bytes()) || !between.ends_with(AFTER_TIME.as_bytes()) {
            return None;
        }
        let stamp = clock.time_local(between[NOBODY.len()..].first_chunk()?).ok()?;
        let minute_s = stamp.wall_s.div_euclid(60) * 60;
        *self = LastTimestamp { but_second: but_second(between), minute_s, offset_min: stamp.offset_min };
        Some(stamp)
    }
}

/// Reads the line that starts at `start`, if it is usual, and then passes its marks.
#[inline(always)]
pub(crate) fn try_fast_path<'a>(
    fast_path: FastPath,
    marks: &mut Marks<'a>,
    start: usize,
    max_line: usize,
    timestamp: &mut LastTimestamp,
    clock: &mut Clock,
) -> Option<FastLine<'a>> {
    let chunk = marks.bytes();
    let line = parse(fast_path, chunk, start, marks.ahead::<MARKS>()?, timestamp, clock)?;
    if line.text_end - start > max_line {
        return None;
    }
    marks.pass(MARKS);
    Some(line)
}

#[inline(always)]
fn parse<'a>(
    fast_path: FastPath,
    chunk: &'a [u8],
    start: usize,
    marks: &[u32; MARKS],
    timestamp: &mut LastTimestamp,
    clock: &mut Clock,
) -> Option<FastLine<'a>> {
    let [open, close, referer, referer_end, agent, agent_end, text_end] = marks.map(|mark| mark as usize);
    let addr_end = (open + 1).checked_sub(BETWEEN)?;
    let addr = chunk.get(start..addr_end)?;
    let stamp = timestamp.stamp(chunk.get(addr_end..)?.first_chunk()?, clock)?;
    if !is_usual_address(addr, chunk.get(start..)?.first_chunk()?) {
        return None;
    }
    let status = status(chunk.get(close..)?.first_chunk()?)?;
    let before_referer: &[u8; 10] = chunk.get(referer.checked_sub(9)?..)?.first_chunk()?;
    let bytes = number(before_referer.first_chunk()?, referer.wrapping_sub(close + 7))?;
    let behind_referer: &[u8; 3] = chunk.get(referer_end..)?.first_chunk()?;
    let behind_agent: [u8; 2] = *chunk.get(agent_end..)?.first_chunk()?;
    let word = |bytes: [u8; 2]| u16::from_le_bytes(bytes);
    let [a, b, c] = *behind_referer;
    let is_usual = word([before_referer[8], before_referer[9]]) == word(*b" \"")
        && word([a, b]) == word(*b"\" ")
        && c == b'"'
        && agent == referer_end + 2;
    let time_ms = if fast_path.has_time {
        if !is_usual || word(behind_agent) != word(*b"\" ") {
            return None;
        }
        let last = chunk.get(text_end.checked_sub(7)?..)?.first_chunk()?;
        Some(time_ms(last, text_end.wrapping_sub(agent_end + 2))?)
    } else {
        if !is_usual || word(behind_agent) != word(*b"\"\n") {
            return None;
        }
        None
    };
    Some(FastLine {
        addr,
        stamp,
        request: chunk.get(open + 1..close)?,
        status,
        bytes,
        referer: chunk.get(referer + 1..referer_end)?,
        agent: chunk.get(agent + 1..agent_end)?,
        time_ms,
        text_end,
    })
}

/// True for an address without a port. `first` holds its first sixteen bytes, including any bytes after it.
#[inline(always)]
fn is_usual_address(addr: &[u8], first: &[u8; 16]) -> bool {
    let first = u8x16::new(*first);
    // `.`, `/` and digits: IPv4.
    let is_quad = first.max(u8x16::splat(b'.')).min(u8x16::splat(b'9')).simd_eq(first).to_bitmask();
    let quad_len = is_quad.trailing_ones() as usize;
    (1..16).contains(&addr.len()) && quad_len >= addr.len() || is_other_address(addr)
}

/// True for an address that is not IPv4. Addresses of one byte, leading NULs and ports are left to the plan's steps.
#[inline]
fn is_other_address(addr: &[u8]) -> bool {
    addr.len() > 1 && addr[0] != 0 && find_near(b' ', addr).is_none() && !may_have_port(addr)
}

/// Added to a byte, `BEYOND_9` sets the high bit if the byte is more than 9, and `BEYOND_0` if it is more than 0.
const BEYOND_9: u64 = 0x76;
const BEYOND_0: u64 = 0x7f;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Reads the status from eight bytes: `" 200 `, and two more that are ignored.
#[inline(always)]
fn status(bytes: &[u8; 8]) -> Option<Status> {
    const SHAPE: u64 = u64::from_le_bytes(*b"\" 000 \0\0");
    const BEYOND: u64 = BEYOND_0 * 0x0100_0000_0101 + BEYOND_9 * 0x01_0101_0000;
    const SIX: u64 = 0xFFFF_FFFF_FFFF;
    let rest = (u64::from_le_bytes(*bytes) ^ SHAPE) & SIX;
    let is_odd = ((rest + BEYOND) | rest) & HIGH & SIX != 0;
    let digit = |at: u32| (rest >> (8 * at)) as u16 & 0xFF;
    (!is_odd).then(|| Status::new(digit(2) * 100 + digit(3) * 10 + digit(4)))
}

/// The number written by the last `len` of these bytes.
#[inline(always)]
fn number(bytes: &[u8; 8], len: usize) -> Option<u64> {
    if !(1..=8).contains(&len) {
        return None;
    }
    const ZEROS: u64 = 0x3030_3030_3030_3030;
    let digits = (u64::from_le_bytes(*bytes) ^ ZEROS) & u64::MAX << (64 - 8 * len);
    let is_odd = (digits.wrapping_add(BEYOND_9 * 0x0101_0101_0101_0101) | digits) & HIGH != 0;
    (!is_odd).then(|| eight_digits(digits))
}

/// Milliseconds of a request time from `0.123` to `999.999`, which has `len` bytes. `bytes` are the last eight bytes of
/// the line, with its LF.
#[inline(always)]
fn time_ms(bytes: &[u8; 8], len: usize) -> Option<u64> {
    if !(5..=7).contains(&len) {
        return None;
    }
    const SHAPE: u64 = u64::from_le_bytes(*b"000.000\n");
    const BEYOND: u64 = BEYOND_0 * 0x0100_0000_0100_0000 + BEYOND_9 * 0x01_0101_0001_0101;
    let rest = (u64::from_le_bytes(*bytes) ^ SHAPE) & u64::MAX << (56 - 8 * len);
    let is_odd = (rest.wrapping_add(BEYOND) | rest) & HIGH != 0;
    let digit = |at: u32| rest >> (8 * at) & 0xFF;
    let seconds = digit(0) * 100 + digit(1) * 10 + digit(2);
    (!is_odd).then(|| seconds * 1000 + digit(4) * 100 + digit(5) * 10 + digit(6))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::TextField;
    use crate::format::Row;
    use crate::format::log_format::plan::Tail;
    use crate::format::log_format::reference::laws::line;
    use crate::format::log_format::scan::scan;
    use crate::format::{Line, LogFormat, ScanCache, Slot};
    use proptest::prelude::*;

    /// Reads a chunk as a worker does. Every line that the fast path takes must be a whole line, and must have the
    /// values that the format's steps read. Returns the number of lines that the fast path takes.
    fn agree(format: &LogFormat, chunk: &[u8]) -> usize {
        let fast_path = format.plan.fast_path.unwrap();
        let (mut marks, mut cache, mut slow) = (Marks::from(chunk, 0), ScanCache::default(), ScanCache::default());
        let (mut start, mut taken) = (0, 0);
        while start < chunk.len() {
            let fast = try_fast_path(fast_path, &mut marks, start, 1 << 20, &mut cache.timestamp, &mut cache.clock);
            let text_end = memchr::memchr(b'\n', &chunk[start..]).map_or(chunk.len(), |len| start + len);
            let text = &chunk[start..text_end];
            start = text_end + 1;
            let Some(fast) = fast else {
                marks.line(start - 1 - text.len());
                continue;
            };
            let mut row = Row::EMPTY;
            let end = scan(&format.plan, Tail::Nothing, Line::unmarked(text), &mut slow, &mut row);
            let said = String::from_utf8_lossy(text);
            assert_eq!(end, Ok(text.len()), "{said}");
            let texts = [TextField::Addr, TextField::User, TextField::Referer, TextField::Agent];
            let texts = texts.map(|field| row.text(Slot::of(field)));
            assert_eq!(texts, [fast.addr, b"-", fast.referer, fast.agent], "{said}");
            assert_eq!((row.text(Slot::REQUEST), row.has_escaped_request), (fast.request, false), "{said}");
            let numbers = (row.stamp, row.status, row.bytes, row.time_ms);
            assert_eq!(numbers, (fast.stamp, fast.status, fast.bytes, fast.time_ms), "{said}");
            assert_eq!(fast.text_end, text_end, "{said}");
            taken += 1;
        }
        taken
    }

    fn formats() -> [LogFormat; 2] {
        ["combined", "combined_timed"].map(|name| name.parse().unwrap())
    }

    const USUAL: &str = r#"10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 512 "-" "curl/8.5""#;

    #[test]
    fn usual_lines_are_taken() {
        let [combined, timed] = formats();
        let lines = [
            USUAL.to_owned(),
            USUAL.replace("10.0.0.7", "2001:db8:1234:5678:9abc:def0:1234:5678"),
            USUAL.replace("GET / HTTP/1.1", ""),
            USUAL.replace("512", "99999999"),
            USUAL.replace(":05 ", ":59 "),
            USUAL.replace(":05 ", ":60 "),
            USUAL.replace("05/Apr", "06/Apr"),
            USUAL.replace("\"-\"", "\"\""),
        ];
        for line in &lines {
            assert_eq!(agree(&combined, format!("{USUAL}\n{line}\n{line}\n").as_bytes()), 3, "{line}");
            for time in ["0.000", "0.999", "12.345", "999.999"] {
                assert_eq!(agree(&timed, format!("{line} {time}\n{line} {time}\n").as_bytes()), 2, "{line} {time}");
            }
        }
    }

    #[test]
    fn odd_lines_are_declined() {
        let [combined, timed] = formats();
        for line in [
            USUAL.replace("10.0.0.7", "a"),
            USUAL.replace("10.0.0.7", "10.0.0.7:80"),
            USUAL.replace("10.0.0.7", "[2001:db8::1]:80"),
            USUAL.replace("10.0.0.7", "10.0.0.7 "),
            USUAL.replace("10.0.0.7", "host 10.0.0.7"),
            USUAL.replace("10.0.0.7", "host.of.the.site 10.0.0.7"),
            USUAL.replace("10.0.0.7", "\x0010.0.0.7"),
            USUAL.replace("- - [", "- bob ["),
            USUAL.replace(":05 ", ":61 "),
            USUAL.replace(":05 ", ":5  "),
            USUAL.replace("200", "20"),
            USUAL.replace("200", "2x0"),
            USUAL.replace("200", "\u{80}0"),
            USUAL.replace("512", ""),
            USUAL.replace("512", "-"),
            USUAL.replace("512", "5 2"),
            USUAL.replace("512", "123456789"),
            USUAL.replace("\"-\" ", "\"-\"  "),
            USUAL.replace("curl", "cu\\x22rl"),
            USUAL.replace("curl", "cu\"rl"),
            USUAL.replace("curl", "cu\nrl"),
            USUAL.replace("GET /", "GET \n"),
            USUAL.to_owned() + "\r",
            USUAL.to_owned() + " ",
        ] {
            assert_eq!(agree(&combined, format!("{USUAL}\n{line}\n{USUAL}\n").as_bytes()), 2, "{line}");
            assert_eq!(agree(&timed, format!("{line} 0.123\n{USUAL} 0.123\n").as_bytes()), 1, "{line}");
        }
        assert_eq!(agree(&combined, USUAL.as_bytes()), 0, "the last line has no LF");
        for time in ["", "-", "0.1", ".123", "0,123", "0.1234", "1234.567", "0.12x", "0.123 ", "\"0.123\""] {
            assert_eq!(agree(&timed, format!("{USUAL} {time}\n{USUAL}\n").as_bytes()), 0, "{time}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12 * ProptestConfig::default().cases))]

        #[test]
        fn fast_path_reads_the_same_as_the_steps(lines in prop::collection::vec(line(), 1..6), fast_path in 0..6_usize) {
            let mut lines = lines;
            lines.insert(fast_path.min(lines.len()), USUAL.as_bytes().to_vec());
            for format in formats() {
                agree(&format, &lines.join(&b'\n'));
            }
        }

        #[test]
        fn changed_bytes_are_read_or_declined_like_the_steps(bytes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3)) {
            for (format, behind) in formats().iter().zip(["\n", " 12.345\n"]) {
                let mut chunk = (USUAL.to_owned() + behind).repeat(3).into_bytes();
                for (at, byte) in &bytes {
                    let at = at.index(chunk.len());
                    chunk[at] = *byte;
                }
                agree(format, &chunk);
            }
        }
    }
}
