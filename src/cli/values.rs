//! Parsers for option values without a fixed list of names, with their error messages.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Command, Error};
use logstat::{
    Date, Dimension, DurationError, FieldKey, FieldKeyError, Ipv6Prefix, LogFormat, LoggedDuration, MaxKeys, MaxMemory,
    Moment, Now, Precision, Sort, SortError, Unit, UnitError, UvMethod, Zone, ZoneError,
};

use super::argument_error::argument_error;
use super::messages::shown;
use super::names;
use super::times::{is, moment_error};

/// A clap value parser from a function.
#[derive(Clone, Copy)]
pub(crate) struct FnParser<T>(pub(crate) fn(&str) -> Result<T, String>);

impl<T: Clone + Send + Sync + 'static> TypedValueParser for FnParser<T> {
    type Value = T;

    fn parse_ref(&self, command: &Command, _: Option<&Arg>, value: &OsStr) -> Result<T, Error> {
        let text = value.to_str().ok_or_else(|| Error::new(ErrorKind::InvalidUtf8).with_cmd(command))?;
        (self.0)(text).map_err(|message| argument_error(&message))
    }
}

/// A value parser for one item of a list: spaces around it are dropped.
#[derive(Clone, Copy)]
pub(crate) struct Item;

impl TypedValueParser for Item {
    type Value = String;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, Error> {
        StringValueParser::new().parse_ref(command, arg, value).map(|text| text.trim().to_owned())
    }
}

/// A value parser that also lists some values by name, so that shells complete these instead of files.
#[derive(Clone)]
pub(crate) struct WithCompletions<P>(pub(crate) P, pub(crate) Vec<&'static str>);

impl<P: TypedValueParser> TypedValueParser for WithCompletions<P> {
    type Value = P::Value;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<P::Value, Error> {
        self.0.parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.1.iter().map(|name| PossibleValue::new(*name))))
    }
}

/// Value of `--log-format`: a format, or a name that the configuration file may define.
#[derive(Clone, Debug)]
pub(crate) enum GivenFormat {
    Known(Box<LogFormat>),
    Named(String),
}

/// Parses `combined`, or the text of a `log_format`. A name that no preset has may be one of the configuration
/// file, even if it is an alias.
pub(crate) fn log_format(text: &str) -> Result<GivenFormat, String> {
    let is_own_name = |name: &str| name.eq_ignore_ascii_case(text);
    match text.parse() {
        Ok(format) if !is_word(text) || LogFormat::names().any(is_own_name) => Ok(GivenFormat::Known(Box::new(format))),
        _ if is_word(text) => Ok(GivenFormat::Named(text.to_owned())),
        Ok(format) => Ok(GivenFormat::Known(Box::new(format))),
        Err(error) => Err((error as logstat::FormatError).to_string()),
    }
}

/// True if a text is a name rather than a format.
pub(crate) fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
}

/// Parses `status=http.code`.
pub(crate) fn field_key(text: &str) -> Result<FieldKey, String> {
    text.parse().map_err(|error: FieldKeyError| match &error {
        FieldKeyError::Name { name } => names::fields().unknown(name, "--field"),
        _ => format!("--field: {error}"),
    })
}

/// Parses `hour`, `15m`.
pub(crate) fn unit(text: &str) -> Result<Unit, String> {
    text.parse().map_err(|error| match error {
        UnitError::Unknown if Dimension::resolve(text.trim(), &|_| false).is_ok() => {
            let name = shown(text.trim());
            format!(
                "--by {name}: expected a unit of time, such as hour or day\n  for a ranking:  --top {name}\n  for columns of \
                 the timeline:  --split {name}"
            )
        }
        UnitError::Unknown => names::units().unknown(text, "--by") + "\n  or steps: 10s 5m 15m 6h …",
        _ => format!("--by {}: {error}", shown(text)),
    })
}

/// Parses `2026-11-14T08`, `90m`, `today`.
pub(crate) fn since(text: &str) -> Result<Moment, String> {
    text.parse().map_err(|error| moment_error(error, text, "--since", is::<Moment>))
}

pub(crate) fn until(text: &str) -> Result<Moment, String> {
    text.parse().map_err(|error| moment_error(error, text, "--until", is::<Moment>))
}

/// Parses `2026-11-14`, `yesterday`.
pub(crate) fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|error| moment_error(error, text, "--date", is::<Date>))
}

/// Parses `last`, `2026-11-14T08:30`.
pub(crate) fn now(text: &str) -> Result<Now, String> {
    text.parse().map_err(|error| moment_error(error, text, "--now", is::<Now>))
}

/// Parses `Europe/Berlin`, `+08:00`, `utc`, `local`.
pub(crate) fn zone(text: &str) -> Result<Zone, String> {
    let zone = if text.eq_ignore_ascii_case("local") { Zone::local() } else { text.parse() };
    zone.map_err(|error| match error {
        ZoneError::Unknown { name } => unknown_zone(&name),
        _ => format!("--tz {}: {error}", shown(text)),
    })
}

/// The error message for an unknown zone; for a bare city, it suggests the zone that ends in it.
fn unknown_zone(name: &str) -> String {
    let city = name.replace(' ', "_");
    let ends_in_it = |zone: &&str| zone.rsplit('/').next().is_some_and(|last| last.eq_ignore_ascii_case(&city));
    let suggestion = match Zone::names().find(ends_in_it) {
        Some(zone) => format!("; did you mean '{zone}'?"),
        None => names::suggestion(name, &["local", "utc"].into_iter().chain(Zone::names()).collect::<Vec<_>>()),
    };
    format!(
        "unknown zone '{}' for --tz{suggestion}\n  zones: local, utc, offsets such as +08:00, and the names of the IANA \
         database, such as\n  Europe/Berlin or Asia/Shanghai",
        shown(name)
    )
}

/// Parses `p95`, `-p95`, `key`.
pub(crate) fn sort(text: &str) -> Result<Sort, String> {
    text.parse().map_err(|SortError { .. }| {
        let name = text.trim().trim_start_matches('-').split([':', ' ']).next().unwrap_or_default();
        if name.eq_ignore_ascii_case("sum") {
            return "--sort sum: expected a column\n  bytes in total:  --sort bytes\n  request time in total:  --sort \
                    total_time"
                .to_owned();
        }
        let known = names::orders();
        let what = if known.contains(&name) { text } else { name };
        names::unknown("column", what, "--sort", &known) + "\n  opposite order: -p95 or p95:asc"
    })
}

/// Parses `exact`, `hll`, `hll=12`.
pub(crate) fn uv(text: &str) -> Result<UvMethod, String> {
    match text.split_once('=') {
        None if text == "exact" => Ok(UvMethod::Exact),
        None if text == "hll" => Ok(UvMethod::Hll(Precision::default())),
        Some(("hll", bits)) => bits
            .parse()
            .ok()
            .and_then(Precision::new)
            .map(UvMethod::Hll)
            .ok_or_else(|| format!("--uv hll=P takes a number from 4 to 18, not '{}'", shown(bits))),
        _ => Err(names::unknown("method", text, "--uv", &["exact", "hll", "hll=P"])),
    }
}

/// Limit on `--threads`; a larger number is a typing error.
const THREADS_AT_MOST: usize = 1024;

/// Parses the number of rows of a ranking; 0 means all.
pub(crate) fn limit(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| format!("--limit takes a number of rows, 0 for all, not '{}'", shown(text)))
}

/// Parses the number of reports of `--each`.
pub(crate) fn each_limit(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| format!("--each-limit takes a number of reports, 0 for all, not '{}'", shown(text)))
}

/// Parses the maximum number of keys of a ranking.
pub(crate) fn max_keys(text: &str) -> Result<MaxKeys, String> {
    let keys = text.parse().ok().and_then(MaxKeys::new);
    keys.ok_or_else(|| format!("--max-keys takes a number of keys, at least 1, not '{}'", shown(text)))
}

/// Parses the memory limit of tables.
pub(crate) fn max_memory(text: &str) -> Result<MaxMemory, String> {
    let limit = bytes(text).and_then(MaxMemory::new);
    limit.ok_or_else(|| format!("--max-memory takes a size such as 512M or 2G, not '{}'", shown(text)))
}

/// Parses the maximum length of a line, in bytes.
pub(crate) fn size(text: &str) -> Result<usize, String> {
    let bytes = bytes(text).and_then(|bytes| usize::try_from(bytes).ok()).filter(|bytes| *bytes > 0);
    bytes.ok_or_else(|| format!("--max-line takes a size such as 4096, 64K or 1M, not '{}'", shown(text)))
}

/// Parses the IPv6 prefix length that identifies a visitor, 1 to 128 bits.
pub(crate) fn ipv6_prefix(text: &str) -> Result<Ipv6Prefix, String> {
    let prefix = text.parse().ok().and_then(Ipv6Prefix::new);
    prefix
        .ok_or_else(|| format!("--ipv6-prefix takes a number of bits from 1 to 128, such as 64, not '{}'", shown(text)))
}

/// Parses the threshold of `--larger`, in bytes.
pub(crate) fn larger(text: &str) -> Result<u64, String> {
    bytes(text).ok_or_else(|| format!("--larger takes a size such as 4096, 10k or 1M, not '{}'", shown(text)))
}

/// Parses a number of bytes; `K`, `M` and `G` are powers of 1024.
pub(crate) fn bytes(text: &str) -> Option<u64> {
    let upper = text.to_ascii_uppercase();
    let number = upper.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match &upper[number.len()..] {
        "" | "B" => Some(0),
        "K" | "KB" | "KIB" => Some(10),
        "M" | "MB" | "MIB" => Some(20),
        "G" | "GB" | "GIB" => Some(30),
        _ => None,
    };
    shift.zip(number.parse::<u64>().ok()).and_then(|(shift, number)| number.checked_mul(1 << shift))
}

pub(crate) fn threads(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|threads| *threads <= THREADS_AT_MOST).ok_or_else(|| {
        format!("--threads takes a number up to {THREADS_AT_MOST}, 0 for one per CPU, not '{}'", shown(text))
    })
}

/// Threshold of request time, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slow {
    pub(crate) ms: u64,
}

pub(crate) fn slow(text: &str) -> Result<Slow, String> {
    seconds(text, "--slow")
}

/// Parses a duration of `--duration`.
pub(crate) fn duration(text: &str) -> Result<LoggedDuration, String> {
    text.parse().map_err(|error: DurationError| format!("--duration {}: {error}", shown(text)))
}

/// Parses the threshold of `--slower`.
pub(crate) fn slower(text: &str) -> Result<Slow, String> {
    seconds(text, "--slower")
}

/// THE TABLE of units of a request time, in milliseconds. Without a unit it is in seconds.
const DURATIONS: [(&str, f64); 8] = [
    ("", 1000.0),
    ("s", 1000.0),
    ("sec", 1000.0),
    ("seconds", 1000.0),
    ("ms", 1.0),
    ("msec", 1.0),
    ("m", 60_000.0),
    ("min", 60_000.0),
];

/// Parses a request time, `0.3`, `0.3s` or `300ms`, rounded to whole milliseconds.
fn seconds(text: &str, option: &str) -> Result<Slow, String> {
    let lower = text.trim().to_ascii_lowercase();
    // The e of 1e3 is part of the number.
    let units = DURATIONS.iter().filter_map(|(unit, ms)| Some((lower.strip_suffix(unit)?.trim_end(), ms)));
    let is_number = |number: &str| number.ends_with(|c: char| c.is_ascii_digit() || c == '.');
    let mut found =
        units.filter(|(number, _)| is_number(number)).filter_map(|(number, ms)| Some(number.parse::<f64>().ok()? * ms));
    match found.next().map(f64::round) {
        Some(ms) if (0.0..1e18).contains(&ms) => Ok(Slow { ms: ms as u64 }),
        _ => Err(format!("{option} takes a time, such as 0.3 (seconds) or 300ms, not '{}'", shown(text))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_rounded_to_milliseconds() {
        let rows = [
            ("0.3", Some(300)),
            ("0", Some(0)),
            (".5", Some(500)),
            ("2", Some(2000)),
            ("0.0004", Some(0)),
            ("0.0006", Some(1)),
            ("1e3", Some(1_000_000)),
            ("-0.1", None),
            ("nan", None),
            ("inf", None),
            ("1e300", None),
            ("0.3s", Some(300)),
            ("300ms", Some(300)),
            ("300 ms", Some(300)),
            ("0.5MS", Some(1)),
            ("2 sec", Some(2000)),
            ("1.5m", Some(90_000)),
            ("1min", Some(60_000)),
            ("s", None),
            ("ms", None),
            ("300us", None),
            ("300mss", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(slow(text).ok().map(|slow| slow.ms), expected, "{text}");
        }
    }

    #[test]
    fn sizes_have_units() {
        let rows = [
            ("4096", Some(4096)),
            ("1", Some(1)),
            ("64K", Some(64 << 10)),
            ("64kib", Some(64 << 10)),
            ("1M", Some(1 << 20)),
            ("2GB", Some(2 << 30)),
            ("0", None),
            ("-1", None),
            ("1.5M", None),
            ("M", None),
            ("1T", None),
            ("99999999999999999999", None),
            ("18446744073709551615K", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(size(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn counts_are_integers_within_limits() {
        assert_eq!((limit("0"), limit("25")), (Ok(0), Ok(25)));
        assert_eq!((threads("0"), threads("1024")), (Ok(0), Ok(1024)));
        for text in ["-1", "1.5", "ten", ""] {
            assert!(limit(text).is_err() && max_keys(text).is_err() && threads(text).is_err(), "{text}");
        }
        assert!(threads("1025").is_err() && max_keys("0").is_err());
        assert!(max_memory("0").is_err() && max_memory("many").is_err());
        assert_eq!(max_memory("2G").map(MaxMemory::bytes), Ok(2 << 30));
        assert_eq!(max_keys("7").map(MaxKeys::keys), Ok(7));
        assert_eq!(["1", "128"].map(|text| ipv6_prefix(text).map(Ipv6Prefix::bits)), [Ok(1), Ok(128)]);
        assert!(["0", "129", "-1", "/64", ""].iter().all(|text| ipv6_prefix(text).is_err()));
    }
}
