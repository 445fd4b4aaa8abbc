//! Parses times of programs other than nginx: the variants of RFC 3339, and seconds since 1970.

use super::{Clock, Fault, Stamp};

/// Parses RFC 3339 times; one per worker. It caches the last minute, which changes its speed but never a result.
#[derive(Debug, Default)]
pub(crate) struct Rfc3339 {
    /// The last time with its second as `00`, and its stamp.
    minute: Option<([u8; 25], Stamp)>,
}

impl Rfc3339 {
    /// Parses `2022-04-05T03:45:05+00:00`. The `T` may be a space. A fraction of the second is dropped. The offset may
    /// be `Z`, `+0000`, `+00` or missing.
    pub(crate) fn stamp(&mut self, raw: &[u8], clock: &mut Clock) -> Result<Stamp, Fault> {
        let raw = plain(raw).ok_or(Fault::Shape)?;
        let mut minute = raw;
        minute[17..19].copy_from_slice(b"00");
        if let [ten @ b'0'..=b'5', one @ b'0'..=b'9'] = raw[17..19] {
            let second = i64::from((ten - b'0') * 10 + (one - b'0'));
            let stamp = match self.minute {
                Some((known, stamp)) if known == minute => stamp,
                _ => {
                    let stamp = clock.time_iso8601(&minute)?;
                    self.minute = Some((minute, stamp));
                    stamp
                }
            };
            return Ok(Stamp { wall_s: stamp.wall_s + second, ..stamp });
        }
        clock.time_iso8601(&raw)
    }
}

/// Returns the time in nginx's ISO 8601 format.
fn plain(raw: &[u8]) -> Option<[u8; 25]> {
    let (clock, mut rest) = raw.split_first_chunk::<19>()?;
    if let [b'.' | b',', fraction @ ..] = rest {
        let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
        rest = (digits > 0).then(|| &fraction[digits..])?;
    }
    let mut plain = *b"0000-00-00T00:00:00+00:00";
    plain[..19].copy_from_slice(clock);
    plain[10] = if matches!(clock[10], b' ' | b't') { b'T' } else { clock[10] };
    match *rest {
        [] | [b'Z' | b'z'] => {}
        [sign, h1, h2] => plain[19..22].copy_from_slice(&[sign, h1, h2]),
        [sign, h1, h2, m1, m2] | [sign, h1, h2, b':', m1, m2] => {
            plain[19..].copy_from_slice(&[sign, h1, h2, b':', m1, m2]);
        }
        _ => return None,
    }
    Some(plain)
}

/// Converts seconds since 1970 in UTC. A number from the year 10000 on is taken as milliseconds, then micro-, then
/// nanoseconds.
pub(crate) fn epoch(number: u64) -> Stamp {
    const YEAR_10000_S: u64 = 253_402_300_800;
    let seconds = [1, 1_000, 1_000_000, 1_000_000_000].map(|unit| number / unit);
    let wall_s = seconds.into_iter().find(|s| *s < YEAR_10000_S).unwrap_or(seconds[3]);
    Stamp { wall_s: wall_s as i64, offset_min: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variant_is_parsed() {
        let rows: &[(&str, Result<&str, Fault>)] = &[
            ("2022-04-05T03:45:05+00:00", Ok("2022-04-05T03:45:05+00:00")),
            ("2022-04-05T03:45:05Z", Ok("2022-04-05T03:45:05+00:00")),
            ("2022-04-05t03:45:06z", Ok("2022-04-05T03:45:06+00:00")),
            ("2022-04-05 03:45:05.999999999Z", Ok("2022-04-05T03:45:05+00:00")),
            ("2022-04-05T03:45:05,1+08:00", Ok("2022-04-05T03:45:05+08:00")),
            ("2022-04-05T03:45:05-0330", Ok("2022-04-05T03:45:05-03:30")),
            ("2022-04-05T03:45:05+08", Ok("2022-04-05T03:45:05+08:00")),
            ("2022-04-05T03:45:05", Ok("2022-04-05T03:45:05+00:00")),
            ("2016-12-31T23:59:60Z", Ok("2016-12-31T23:59:59+00:00")),
            ("2016-12-31T23:59:61Z", Err(Fault::Nonexistent)),
            ("2022-02-30T03:45:05Z", Err(Fault::Nonexistent)),
            ("2022-04-05T24:45:05Z", Err(Fault::Nonexistent)),
            ("2022-04-05T03:45:05+24:00", Err(Fault::Nonexistent)),
            ("2022-04-05T03:45:5xZ", Err(Fault::Shape)),
            ("2022-04-05T03:45:05.Z", Err(Fault::Shape)),
            ("2022-04-05T03:45:05 Z", Err(Fault::Shape)),
            ("2022-04-05T03:45Z", Err(Fault::Shape)),
            ("2022-04-05", Err(Fault::Shape)),
            ("05/Apr/2022:03:45:05 +0000", Err(Fault::Shape)),
            ("", Err(Fault::Shape)),
        ];
        // One parser for all rows, each row twice: the cache must not change a result.
        let (mut times, mut clock) = (Rfc3339::default(), Clock::default());
        for (text, expected) in rows.iter().chain(rows.iter().rev()) {
            for _ in 0..2 {
                let found = times.stamp(text.as_bytes(), &mut clock).map(|s| s.to_string());
                assert_eq!(found, expected.map(str::to_owned), "{text}");
            }
        }
    }

    #[test]
    fn numbers_too_large_for_seconds_are_finer_units() {
        for (number, expected) in [
            (0, "1970-01-01T00:00:00+00:00"),
            (1_649_130_305, "2022-04-05T03:45:05+00:00"),
            (1_649_130_305_999, "2022-04-05T03:45:05+00:00"),
            (1_649_130_305_000_001, "2022-04-05T03:45:05+00:00"),
            (1_649_130_305_999_999_999, "2022-04-05T03:45:05+00:00"),
            (253_402_300_799, "9999-12-31T23:59:59+00:00"),
            (u64::MAX, "2554-07-21T23:34:33+00:00"),
        ] {
            assert_eq!(epoch(number).to_string(), expected, "{number}");
        }
    }
}
