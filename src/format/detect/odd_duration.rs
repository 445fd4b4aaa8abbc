//! Numbers that no server writes as a request time: `1e3`, `-0.5`, `NaN`. A line with such a number in place of the
//! time is malformed. Otherwise it might fit another format and be counted as if its duration had not been logged.

use crate::format::log_format::plan::{Plan, RowField};
use crate::format::mismatch::{Expected, Mismatch};

/// True if such a number is the reason why a line does not fit a plan.
pub(super) fn is_to_blame(plan: &Plan, text: &[u8], mismatch: Mismatch) -> bool {
    let durations =
        || plan.steps.iter().enumerate().filter(|(_, step)| matches!(step.row_field, RowField::RequestTime(_)));
    let starts_there = durations().any(|(_, step)| mismatch.expected == Expected::Piece(step.value_piece));
    // The first part of the number may have been read as the value.
    let goes_on_there = durations().any(|(at, step)| match mismatch.expected {
        Expected::End => at + 1 == plan.steps.len(),
        expected => expected == Expected::Piece(step.next_literal_piece),
    });
    let at = mismatch.at.min(text.len());
    let before = text[..at].iter().rev().take_while(|byte| is_of_number(**byte)).count();
    let start = if goes_on_there { at - before } else { at };
    let len = text[start..].iter().take_while(|byte| is_of_number(**byte)).count();
    (starts_there || goes_on_there) && is_odd(&text[start..start + len])
}

fn is_of_number(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}

/// True for a number with a sign or an exponent, for infinity and `NaN`; false for plain digits, with or without
/// decimals.
fn is_odd(word: &[u8]) -> bool {
    let Ok(word) = std::str::from_utf8(word) else { return false };
    word.parse::<f64>().is_ok() && !word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::LogFormat;
    use crate::format::log_format::scan;
    use crate::format::marks::Line;
    use crate::format::row::Row;
    use crate::format::scan_cache::ScanCache;

    #[test]
    fn odd_numbers_are_distinguished_from_other_mismatches() {
        for (format, line, expected) in [
            ("$status $request_time", "200 1e3", true),
            ("$status $request_time", "200 -0.5", true),
            ("$status $request_time", "200 NaN", true),
            ("$status $request_time", "200 +1", true),
            ("$status $request_time", "200 -inf", true),
            ("$status $request_time", "200 1.5E-3 more", true),
            ("$status $request_time", "200 x", false),
            ("$status $request_time", "200 12.5.6", false),
            ("$status $request_time", "200 \"NaN\"", false),
            ("$status $request_time", "x 1e3", false),
            ("$request_time $status", "1e3 200", true),
            ("$request_time $status", "-0.5 200", true),
            ("$request_time $status", "0.5 2e2", false),
            ("rt=$request_time|$status", "rt=nan|200", true),
            ("$status", "2e2", false),
        ] {
            let format: LogFormat = format.parse().unwrap();
            let mut row = Row::EMPTY.clone();
            let line = Line::unmarked(line.as_bytes());
            let scanned = scan::scan(&format.plan, format.tail, line, &mut ScanCache::default(), &mut row);
            let is_blamed = scanned.err().is_some_and(|mismatch| is_to_blame(&format.plan, line.text, mismatch));
            assert_eq!(is_blamed, expected, "{:?}", String::from_utf8_lossy(line.text));
        }
    }
}
