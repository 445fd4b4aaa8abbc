//! The options for parts of a log.

use std::num::NonZeroU64;
use std::ops::Range;

use super::help;
use super::messages::shown;
use super::values::{self, FnParser};

/// THE TABLE of options for parts of a log.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = help::READING)]
pub(crate) struct SplitArgs {
    /// Count only the lines that begin in these bytes: 0:128M
    #[arg(long, value_name = "OFFSET:LENGTH", value_parser = FnParser(range), allow_hyphen_values = true, hide_short_help = true)]
    #[arg(
        long_help = "Count only the lines of FILE whose first byte is in this range of its text: 0:128M, 128M:128M; without \
                     LENGTH, to the end. Ranges that adjoin have each line once, wherever they are cut. The format is still \
                     detected from the beginning of FILE; a compressed file is decompressed from there"
    )]
    pub(crate) range: Option<Range<u64>>,

    /// Print the ranges of SIZE bytes that the files have, as JSON lines
    #[arg(long, value_name = "SIZE", value_parser = FnParser(split_bytes), allow_negative_numbers = true, hide_short_help = true)]
    #[arg(
        long_help = "Print the ranges of SIZE bytes that the files have, and count nothing. Each line is a JSON object with a path, \
                     an offset and a length for --range. A compressed file is one range, whose length covers any text"
    )]
    pub(crate) list_splits: Option<NonZeroU64>,
}

/// Parses `0:128M`.
fn range(text: &str) -> Result<Range<u64>, String> {
    let parse = || {
        let (offset, length) = text.split_once(':')?;
        let offset = values::bytes(offset)?;
        let length = if length.is_empty() { u64::MAX } else { values::bytes(length)? };
        Some(offset..offset.saturating_add(length))
    };
    let shown = shown(text);
    parse().ok_or_else(|| format!("--range takes an offset and a length in bytes, such as 0:128M, not '{shown}'"))
}

/// Parses the number of bytes of a range.
fn split_bytes(text: &str) -> Result<NonZeroU64, String> {
    let bytes = values::bytes(text).and_then(NonZeroU64::new);
    bytes.ok_or_else(|| format!("--list-splits takes a size such as 128M or 1G, not '{}'", shown(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_an_offset_and_a_length() {
        let rows = [
            ("0:128M", Some(0..128 << 20)),
            ("128M:128M", Some(128 << 20..256 << 20)),
            ("5:", Some(5..u64::MAX)),
            ("5:0", Some(5..5)),
            ("1k:1", Some(1024..1025)),
            ("1:18446744073709551615", Some(1..u64::MAX)),
            ("5", None),
            (":5", None),
            ("-1:5", None),
            ("0:5:6", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(range(text).ok(), expected, "{text}");
        }
        assert_eq!(range("x").unwrap_err(), "--range takes an offset and a length in bytes, such as 0:128M, not 'x'");
    }

    #[test]
    fn sizes_of_ranges_are_at_least_one_byte() {
        assert_eq!(split_bytes("128M").map(NonZeroU64::get), Ok(128 << 20));
        assert!(split_bytes("0").is_err() && split_bytes("").is_err() && split_bytes("-1").is_err());
    }
}
