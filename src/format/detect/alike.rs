//! Kinds of lines that no preset can tell apart: lines shaped like combined, with ordinary values.
//!
//! Detection tries every format on every line of a sample. Of lines that are alike it needs to try only one. Two lines
//! are alike if each preset reads the same part of both, and the values that detection looks at are of the same kind.
//! This holds if the only quotes in a line are those of the format: the quotes then delimit its parts, and a preset
//! either has these parts or not. Values in quotes may be anything, except for bytes that presets without quotes need.
//!
//! A line that is not ordinary is declined and tried by itself, which is always correct. The test in reference.rs
//! compares the formats detected with and without this shortcut.

use super::trailing::is_number;
use crate::format::digits::digits;
use crate::format::log_format::fast_path::FastLine;
use crate::format::marks::{Line, Quotes};
use crate::ip::{is_address, may_have_port};
use crate::keys::{are_ipv4, parse_ipv4};
use crate::text::find_near;
use crate::time::Clock;

/// Number of kinds.
pub(super) const KINDS: usize = 32;

/// Length of `05/Apr/2022:03:45:05 +0000`.
const TIME: usize = 26;
/// Length of the longest IP address as text.
const ADDRESS: usize = 45;

/// The kind of an ordinary line: lines of one kind are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) ending: Ending,
    /// True if the quoted value after the user agent is `-`.
    is_dash: bool,
    has_referer: bool,
    /// True if the address begins with a number and a colon, like a line written by `grep -n`.
    pub(super) begins_with_number: bool,
}

/// The fields after the user agent. Which presets fit ordinary lines depends on this alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Nothing,
    /// A request time.
    Time,
    /// A quoted value, such as `$http_x_forwarded_for`.
    Quoted,
    QuotedAndTime,
}

/// Number of endings.
pub(super) const ENDINGS: usize = 4;

impl Kind {
    /// A unique number below [`KINDS`].
    pub(super) fn index(self) -> usize {
        let flags = [self.is_dash, self.has_referer, self.begins_with_number];
        flags.iter().fold(self.ending as usize, |index, flag| index << 1 | usize::from(*flag))
    }
}

/// Checks of values that are faster for all lines at once.
pub(super) struct Checks<'s> {
    /// Addresses still to be checked; `None` if each line is checked by itself.
    addresses: Option<Vec<&'s [u8]>>,
}

/// Bytes that occur in the literals of presets without quotes.
const OTHERS: (u8, u8) = (b'\t', b'>');

impl<'s> Checks<'s> {
    /// Defers the checks: kinds are valid only if [`Checks::hold`] returns true.
    pub(super) fn at_once() -> Checks<'s> {
        Checks { addresses: Some(Vec::new()) }
    }

    pub(super) fn of_each_line() -> Checks<'s> {
        Checks { addresses: None }
    }

    /// True if the lines of this text really have the kinds that were returned for them.
    pub(super) fn hold(&self, text: &[u8]) -> bool {
        self.addresses.as_ref().is_none_or(|addresses| are_ipv4(addresses) && !has_others(text))
    }

    /// True if the address of an ordinary line begins with a number and a colon; `None` if the text is not an address.
    fn begins_with_number(&mut self, addr: &'s [u8]) -> Option<bool> {
        if find_near(b':', addr).is_none() {
            match &mut self.addresses {
                Some(addresses) => addresses.push(addr),
                None => _ = parse_ipv4(addr)?,
            }
            return Some(false);
        }
        let is_one = addr.len() <= ADDRESS && !may_have_port(addr) && is_address(addr);
        is_one.then(|| addr[0] != b':' && addr.iter().find(|b| !b.is_ascii_digit()) == Some(&b':'))
    }
}

fn has_others(text: &[u8]) -> bool {
    memchr::memchr2(OTHERS.0, OTHERS.1, text).is_some()
}

/// The kind of a line on the fast path; `None` if it is not ordinary.
pub(super) fn usual_kind<'s>(line: &FastLine<'s>, text: &[u8], checks: &mut Checks<'s>) -> Option<Kind> {
    if line.referer.first().is_some_and(u8::is_ascii_digit) || checks.addresses.is_none() && has_others(text) {
        return None;
    }
    let ending = if line.time_ms.is_some() { Ending::Time } else { Ending::Nothing };
    let begins_with_number = checks.begins_with_number(line.addr)?;
    Some(Kind { ending, is_dash: false, has_referer: line.referer != b"-", begins_with_number })
}

/// The kind of a line; `None` if it is not ordinary.
pub(super) fn kind<'s>(line: Line<'s, '_>, clock: &mut Clock, checks: &mut Checks<'s>) -> Option<Kind> {
    let text = line.text;
    let Quotes::At { places: [open, close, referer, referer_end, agent, agent_end, more @ ..], start } = line.quotes
    else {
        return None;
    };
    let place = |quote: &u32| (*quote - start) as usize;
    let [open, close, referer, referer_end, agent, agent_end] =
        [open, close, referer, referer_end, agent, agent_end].map(place);
    let (before, time) = text[..open].strip_suffix(b"] ")?.split_last_chunk::<TIME>()?;
    let before = before.strip_suffix(b" [")?;
    let (addr, user) = before.split_at(find_near(b' ', before)?);
    let is_ordinary = clock.time_local(time).is_ok()
        && user.strip_prefix(b" - ").is_some_and(is_user)
        && are_numbers(&text[close + 1..referer])
        && agent == referer_end + 2
        && text[referer_end + 1] == b' '
        // A referer that is a number would be taken for a number after `common`.
        && !text[referer + 1].is_ascii_digit()
        && !(checks.addresses.is_none() && has_others(text));
    if !is_ordinary {
        return None;
    }
    let (ending, is_dash) = match more {
        [] => (ending(&text[agent_end + 1..])?, false),
        [value, value_end] => {
            let (value, value_end) = (place(value), place(value_end));
            if text[agent_end + 1..value] != *b" " {
                return None;
            }
            quoted_ending(&text[value + 1..value_end], &text[value_end + 1..])?
        }
        _ => return None,
    };
    let has_referer = text[referer..=referer_end] != *b"\"-\"";
    Some(Kind { ending, is_dash, has_referer, begins_with_number: checks.begins_with_number(addr)? })
}

/// True for `-`, or one word that cannot be anything but a user.
fn is_user(user: &[u8]) -> bool {
    let is_part = |b: &u8| !matches!(b, b' ' | b'[' | b']' | b'\\' | b',');
    user == b"-" || !user.is_empty() && user.iter().all(is_part) && !is_address(user)
}

/// True for ` 200 512 `: a status, and a number of bytes or `-`.
fn are_numbers(text: &[u8]) -> bool {
    let [b' ', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b' ', bytes @ .., b' '] = text else { return false };
    bytes == b"-" || (1..=18).contains(&bytes.len()) && digits(bytes).1 == bytes.len()
}

fn ending(text: &[u8]) -> Option<Ending> {
    if text.is_empty() {
        return Some(Ending::Nothing);
    }
    is_time(text).then_some(Ending::Time)
}

/// The ending that begins with this quoted value, and true if the value is `-`.
fn quoted_ending(value: &[u8], rest: &[u8]) -> Option<(Ending, bool)> {
    let is_dash = value == b"-";
    if !is_dash && is_number(value) {
        return None;
    }
    let ending = if ending(rest)? == Ending::Time { Ending::QuotedAndTime } else { Ending::Quoted };
    Some((ending, is_dash))
}

/// True for ` 0.123`, with at most three digits before the point.
fn is_time(text: &[u8]) -> bool {
    match text {
        [b' ', seconds @ .., b'.', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9'] => {
            (1..=3).contains(&seconds.len()) && seconds.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::log_format::piece::Piece;
    use crate::format::{LogFormat, Marks};

    fn kind_of(line: &str) -> Option<Kind> {
        let mut marks = Marks::from(line.as_bytes(), 0);
        let extent = marks.line(0);
        let marked = Line { text: line.as_bytes(), quotes: marks.quotes(extent) };
        let mut at_once = Checks::at_once();
        let kind_at_once = kind(marked, &mut Clock::default(), &mut at_once).filter(|_| at_once.hold(line.as_bytes()));
        let kind = kind(marked, &mut Clock::default(), &mut Checks::of_each_line());
        assert_eq!(kind_at_once, kind, "{line}");
        kind
    }

    const LINE: &str = r#"10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 512 "-" "curl/8.5""#;

    #[test]
    fn kinds_differ_only_in_what_presets_look_at() {
        let lines = [
            LINE.to_owned(),
            LINE.replace("\"-\"", "\"https://a.example/\""),
            LINE.replace("10.0.0.7", "2001:db8::1"),
            format!("{LINE} 0.123"),
            format!("{LINE} \"-\""),
            format!("{LINE} \"10.0.0.1\""),
            format!("{LINE} \"-\" 12.345"),
            format!("{LINE} \"10.0.0.1, 10.0.0.2\" 0.000"),
        ];
        let kinds: Vec<_> = lines.iter().map(|line| kind_of(line).expect(line).index()).collect();
        for (i, kind) in kinds.iter().enumerate() {
            assert!(*kind < KINDS && !kinds[..i].contains(kind), "{}", lines[i]);
        }
        let alike = [
            ("10.0.0.7", "fe80::7"),
            ("GET / HTTP/1.1", "\x16\x03"),
            ("512", "-"),
            ("200", "499"),
            ("curl/8.5", ""),
            ("- - [", "- bob@example.com ["),
        ];
        for (from, to) in alike {
            assert_eq!(kind_of(&LINE.replacen(from, to, 1)), kind_of(LINE), "{to}");
        }
    }

    #[test]
    fn unusual_lines_have_no_kind() {
        let odd = [
            ("10.0.0.7", "10.0.0.7:80"),
            ("10.0.0.7", "host.example"),
            ("10.0.0.7", "unix:"),
            ("10.0.0.7", "h 10.0.0.7"),
            ("- - [", "- b ob ["),
            ("- - [", "- [bob] ["),
            ("- - [", "- 10.0.0.8 ["),
            ("- - [", "-  ["),
            ("05/Apr", "31/Apr"),
            ("200", "20"),
            ("512", ""),
            ("512", "1234567890123456789"),
            ("\"-\"", "\"1.5\""),
            ("curl", "cu\\x22rl"),
            ("curl", "cu\"rl"),
            ("curl", "cu\trl"),
            ("curl", "[pid: 1|app: 0|req: 1/1] => generated"),
            ("curl/8.5\"", "curl/8.5\" "),
            ("curl/8.5\"", "curl/8.5\" 1"),
            ("curl/8.5\"", "curl/8.5\" 1234.567"),
            ("curl/8.5\"", "curl/8.5\" \"0.250\""),
            ("curl/8.5\"", "curl/8.5\" x \"-\""),
            ("curl/8.5\"", "curl/8.5\" \"a\" \"b\""),
        ];
        for (from, to) in odd {
            assert_eq!(kind_of(&LINE.replacen(from, to, 1)), None, "{to}");
        }
    }

    /// Otherwise a preset could find its literals inside the values of an ordinary line.
    #[test]
    fn every_preset_has_literals_that_ordinary_values_lack() {
        for format in LogFormat::all_presets().iter().filter(|format| !format.has_keys()) {
            let literals =
                format.pieces.iter().filter_map(|p| if let Piece::Literal(text) = p { Some(text) } else { None });
            let text: String = literals.cloned().collect();
            assert!(text.contains('"') || text.contains('>'), "{}", format.name());
        }
    }
}
