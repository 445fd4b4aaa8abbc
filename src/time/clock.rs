//! Parses timestamps in nginx's two formats. It is fast because it caches the minute of the previous line.

use super::{Stamp, day_start_s};

/// Month names as logs write them.
pub(crate) const MONTHS: [&[u8; 3]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// Why bytes are not a timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The bytes do not have the shape of a timestamp.
    Shape,
    /// The shape is right, but there is no such date or time.
    Nonexistent,
}

/// Parses timestamps; one per worker. Its cache changes only its speed, never a result: it always holds a minute and an
/// offset that exist, with their values.
pub(crate) struct Clock {
    /// Cached minute, such as `05/Apr/2022:03:45:`.
    minute: [u8; 18],
    /// Wall clock at the start of the cached minute, in seconds since 1970.
    minute_s: i64,
    /// Cached offset, such as `+0000`.
    offset: [u8; 5],
    offset_min: i16,
    last: LastTimeLocal,
    /// True if a time without an offset was read as UTC.
    has_assumed_utc: bool,
}

impl Default for Clock {
    fn default() -> Self {
        let (minute, offset) = (*b"01/Jan/1970:00:00:", *b"+0000");
        let last = LastTimeLocal { but_second: but_second(b"01/Jan/1970:00:00:00 +0000"), minute_s: 0, offset_min: 0 };
        Clock { minute, minute_s: 0, offset, offset_min: 0, last, has_assumed_utc: false }
    }
}

/// The previous `$time_local` without its second. Comparing the next one with it takes two steps.
struct LastTimeLocal {
    but_second: [u128; 2],
    minute_s: i64,
    offset_min: i16,
}

/// Returns a `$time_local` with the digits of its second masked: its first 16 bytes and its last 16, which overlap.
#[inline]
fn but_second(raw: &[u8; 26]) -> [u128; 2] {
    // The second is the ninth and tenth byte of the last 16.
    const SECOND: u128 = 0xFFFF << 64;
    let first = raw.first_chunk().expect("16 of 26 bytes");
    let last = raw.last_chunk().expect("16 of 26 bytes");
    [u128::from_le_bytes(*first), u128::from_le_bytes(*last) & !SECOND]
}

impl Clock {
    /// Parses a `$time_local`: `05/Apr/2022:03:45:05 +0000`.
    #[inline(always)]
    pub(crate) fn time_local(&mut self, raw: &[u8; 26]) -> Result<Stamp, Fault> {
        let (ten, one) = (raw[18].wrapping_sub(b'0'), raw[19].wrapping_sub(b'0'));
        let but_second = but_second(raw);
        if but_second == self.last.but_second && ten <= 5 && one <= 9 {
            let wall_s = self.last.minute_s + i64::from(ten * 10 + one);
            return Ok(Stamp { wall_s, offset_min: self.last.offset_min });
        }
        let stamp = self.new_time_local(raw)?;
        self.last = LastTimeLocal { but_second, minute_s: self.minute_s, offset_min: self.offset_min };
        Ok(stamp)
    }

    #[inline(never)]
    fn new_time_local(&mut self, raw: &[u8; 26]) -> Result<Stamp, Fault> {
        let minute: &[u8; 18] = raw.first_chunk().expect("18 of 26 bytes");
        // Check the shape of the whole first and the existence of its parts later: a caller may tell the two errors
        // apart.
        let known = if *minute == self.minute { Ok(self.minute_s) } else { local_minute_s(minute) };
        if raw[20] != b' ' || known == Err(Fault::Shape) {
            return Err(Fault::Shape);
        }
        let (ten, one) = (raw[18].wrapping_sub(b'0'), raw[19].wrapping_sub(b'0'));
        if ten > 9 || one > 9 {
            return Err(Fault::Shape);
        }
        self.zone(raw.last_chunk().expect("5 of 26 bytes"))?;
        if *minute != self.minute {
            self.minute_s = known?;
            self.minute = *minute;
        }
        stamp(self.minute_s, u32::from(ten * 10 + one), self.offset_min)
    }

    /// Parses a `$time_iso8601`: `2022-04-05T03:45:05+00:00`.
    pub(crate) fn time_iso8601(&mut self, raw: &[u8; 25]) -> Result<Stamp, Fault> {
        if raw[4] != b'-' || raw[7] != b'-' || raw[10] != b'T' || raw[13] != b':' || raw[16] != b':' || raw[22] != b':'
        {
            return Err(Fault::Shape);
        }
        let day_s = day_start_s(digits(&raw[0..4])? as i32, digits(&raw[5..7])?, digits(&raw[8..10])?);
        let minute_s = minute_s(day_s, digits(&raw[11..13])?, digits(&raw[14..16])?);
        let second = digits(&raw[17..19])?;
        self.zone(&[raw[19], raw[20], raw[21], raw[23], raw[24]])?;
        stamp(minute_s?, second, self.offset_min)
    }

    /// Records that a time had no offset and was read as UTC.
    #[cold]
    pub(crate) fn assume_utc(&mut self) {
        self.has_assumed_utc = true;
    }

    /// Returns true if a time without an offset was read since the last call.
    pub(crate) fn take_assumed_utc(&mut self) -> bool {
        std::mem::take(&mut self.has_assumed_utc)
    }

    #[inline]
    fn zone(&mut self, raw: &[u8; 5]) -> Result<(), Fault> {
        if *raw != self.offset {
            self.offset_min = offset_min(raw)?;
            self.offset = *raw;
        }
        Ok(())
    }
}

#[inline]
fn stamp(minute_s: i64, second: u32, offset_min: i16) -> Result<Stamp, Fault> {
    match second {
        0..=59 => Ok(Stamp { wall_s: minute_s + i64::from(second), offset_min }),
        // A leap second counts as the second before it.
        60 => Ok(Stamp { wall_s: minute_s + 59, offset_min }),
        _ => Err(Fault::Nonexistent),
    }
}

fn local_minute_s(raw: &[u8; 18]) -> Result<i64, Fault> {
    if raw[2] != b'/' || raw[6] != b'/' || raw[11] != b':' || raw[14] != b':' || raw[17] != b':' {
        return Err(Fault::Shape);
    }
    let (day, year) = (digits(&raw[0..2])?, digits(&raw[7..11])?);
    let (hour, minute) = (digits(&raw[12..14])?, digits(&raw[15..17])?);
    let name = &raw[3..6];
    if !name[0].is_ascii_uppercase() || !name[1].is_ascii_lowercase() || !name[2].is_ascii_lowercase() {
        return Err(Fault::Shape);
    }
    let month = MONTHS.iter().position(|m| *m == name).ok_or(Fault::Nonexistent)?;
    minute_s(day_start_s(year as i32, month as u32 + 1, day), hour, minute)
}

fn minute_s(day_s: Option<i64>, hour: u32, minute: u32) -> Result<i64, Fault> {
    match day_s {
        Some(day_s) if hour < 24 && minute < 60 => Ok(day_s + i64::from(hour * 3600 + minute * 60)),
        _ => Err(Fault::Nonexistent),
    }
}

fn offset_min(raw: &[u8; 5]) -> Result<i16, Fault> {
    let (hours, minutes) = (digits(&raw[1..3])?, digits(&raw[3..5])?);
    let size = (hours * 60 + minutes) as i16;
    let offset_min = match raw[0] {
        b'+' => size,
        b'-' => -size,
        _ => return Err(Fault::Shape),
    };
    if hours > 23 || minutes > 59 { Err(Fault::Nonexistent) } else { Ok(offset_min) }
}

/// Parses a number of at most nine ASCII digits.
#[inline]
fn digits(raw: &[u8]) -> Result<u32, Fault> {
    raw.iter().try_fold(0, |n, &b| match b.wrapping_sub(b'0') {
        digit @ 0..=9 => Ok(n * 10 + u32::from(digit)),
        _ => Err(Fault::Shape),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(clock: &mut Clock, text: &str) -> Result<String, Fault> {
        clock.time_local(text.as_bytes().try_into().expect("26 bytes")).map(|s| s.to_string())
    }

    #[test]
    fn valid_times_are_parsed_and_invalid_ones_refused() {
        let rows: &[(&str, Result<&str, Fault>)] = &[
            ("05/Apr/2022:03:45:05 +0000", Ok("2022-04-05T03:45:05+00:00")),
            ("05/Apr/2022:03:45:06 -0330", Ok("2022-04-05T03:45:06-03:30")),
            ("29/Feb/2024:23:59:59 +2359", Ok("2024-02-29T23:59:59+23:59")),
            ("31/Dec/2016:23:59:60 +0000", Ok("2016-12-31T23:59:59+00:00")),
            ("01/Jan/0001:00:00:00 +0000", Ok("0001-01-01T00:00:00+00:00")),
            ("31/Dec/9999:23:59:59 -0000", Ok("9999-12-31T23:59:59+00:00")),
            ("29/Feb/2023:00:00:00 +0000", Err(Fault::Nonexistent)),
            ("29/Feb/1900:00:00:00 +0000", Err(Fault::Nonexistent)),
            ("00/Apr/2022:00:00:00 +0000", Err(Fault::Nonexistent)),
            ("05/Apx/2022:00:00:00 +0000", Err(Fault::Nonexistent)),
            ("05/Apr/0000:00:00:00 +0000", Err(Fault::Nonexistent)),
            ("05/Apr/2022:24:00:00 +0000", Err(Fault::Nonexistent)),
            ("05/Apr/2022:23:60:00 +0000", Err(Fault::Nonexistent)),
            ("05/Apr/2022:23:59:61 +0000", Err(Fault::Nonexistent)),
            ("05/Apr/2022:23:59:59 +2400", Err(Fault::Nonexistent)),
            ("05/Apr/2022:23:59:59 +0060", Err(Fault::Nonexistent)),
            ("05/Apx/2022:23:59:5x +0000", Err(Fault::Shape)),
            ("05/Apx/2022:23:59:59 ?0000", Err(Fault::Shape)),
            ("05/Apr/2022:23:59:59 00000", Err(Fault::Shape)),
            ("05/APR/2022:23:59:59 +0000", Err(Fault::Shape)),
            ("05-Apr-2022:23:59:59 +0000", Err(Fault::Shape)),
            ("05/Apr/2022 23:59:59 +0000", Err(Fault::Shape)),
            ("05/Apr/2022:23:59:5  +0000", Err(Fault::Shape)),
        ];
        // One clock for all rows, each row twice: the cache must not change a result.
        let mut clock = Clock::default();
        for (text, expected) in rows.iter().chain(rows.iter().rev()) {
            for _ in 0..2 {
                assert_eq!(local(&mut clock, text), expected.map(str::to_owned), "{text}");
            }
        }
    }

    #[test]
    fn one_wrong_byte_anywhere_is_refused() {
        let (local, iso) = (b"05/Apr/2022:03:45:05 +0530", b"2022-04-05T03:45:05+05:30");
        let mut used = Clock::default();
        used.time_local(local).unwrap();
        for mut clock in [Clock::default(), used] {
            for at in 0..local.len() {
                let mut raw = *local;
                raw[at] = b'?';
                assert_eq!(clock.time_local(&raw), Err(Fault::Shape), "{}", raw.escape_ascii());
            }
            for at in 0..iso.len() {
                let mut raw = *iso;
                raw[at] = b'?';
                assert_eq!(clock.time_iso8601(&raw), Err(Fault::Shape), "{}", raw.escape_ascii());
            }
        }
    }

    #[test]
    fn binary_bytes_are_refused() {
        let mut raw = *b"05/Apr/2022:03:45:05 +0000";
        raw[..18].fill(0);
        assert_eq!(Clock::default().time_local(&raw), Err(Fault::Shape));
        assert_eq!(Clock::default().time_local(&[0; 26]), Err(Fault::Shape));
    }

    #[test]
    fn both_formats_parse_to_the_same_time() {
        let mut clock = Clock::default();
        let local = clock.time_local(b"05/Apr/2022:03:45:05 +0530");
        assert_eq!(clock.time_iso8601(b"2022-04-05T03:45:05+05:30"), local);
        assert_eq!(clock.time_iso8601(b"2022-13-05T03:45:05+05:30"), Err(Fault::Nonexistent));
        assert_eq!(clock.time_iso8601(b"2022-04-05 03:45:05+05:30"), Err(Fault::Shape));
        assert_eq!(clock.time_local(b"05/Apr/2022:03:45:05 +0530"), local);
    }
}
