//! The number that many logs have after the last field of a preset. It is a request time only if all lines agree.

use crate::format::digits::digits;

/// The first field after a preset, summarised over all lines of a sample.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Trailing {
    numbers: usize,
    lists: usize,
    /// The first number that is not a `$request_time`.
    odd: Option<Vec<u8>>,
    /// True if at least one is a `$request_time` other than `-`.
    has_seconds: bool,
    /// True if something follows the number.
    has_more: bool,
    /// Number of quoted values except `-`; number of these that are numbers with decimals; the first such number.
    quoted: usize,
    quoted_numbers: usize,
    quoted_number: Option<Vec<u8>>,
}

/// The kind of the numbers in a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Number {
    /// There are no numbers, or all are written like `$request_time`.
    RequestTime,
    /// Some are lists, as for several upstream servers.
    List,
    /// Some have another form, such as this one.
    Other(Vec<u8>),
}

/// No request takes this many seconds; a number this large is a point in time.
const TOO_LONG_S: u64 = 10_000_000;

impl Trailing {
    /// Adds the text after the last field of `lines` lines that are alike.
    pub(super) fn add(&mut self, rest: &[u8], lines: usize) {
        let Some(text) = rest.strip_prefix(b" ") else { return };
        if let Some(quoted) = text.strip_prefix(b"\"") {
            self.add_quoted(quoted.split(|b| *b == b'"').next().unwrap_or_default(), lines);
            return;
        }
        let len = list_len(text);
        let word = text.split(|b| *b == b' ').next().unwrap_or_default();
        if len <= word.len() && !is_number(word) {
            return;
        }
        self.numbers += lines;
        self.has_more |= len.max(word.len()) < text.len();
        if len > word.len() {
            self.lists += lines;
        } else if !is_request_time(word) {
            self.odd.get_or_insert_with(|| word.to_vec());
        } else {
            self.has_seconds |= word != b"-";
        }
    }

    fn add_quoted(&mut self, value: &[u8], lines: usize) {
        let is_number = value.contains(&b'.') && is_number(value);
        self.quoted += if value == b"-" { 0 } else { lines };
        if is_number {
            self.quoted_numbers += lines;
            self.quoted_number.get_or_insert_with(|| value.to_vec());
        }
    }

    /// One of the quoted numbers, if every quoted value except `-` is a number with decimals.
    pub(super) fn quoted_number(&self) -> Option<&[u8]> {
        self.quoted_number.as_deref().filter(|_| self.quoted_numbers == self.quoted)
    }

    pub(super) fn number(&self) -> Number {
        match &self.odd {
            _ if self.lists > 0 => Number::List,
            Some(odd) => Number::Other(odd.clone()),
            None => Number::RequestTime,
        }
    }

    /// True if at least one number looks like a `$request_time`.
    pub(super) fn has_seconds(&self) -> bool {
        self.has_seconds
    }

    /// True if other fields follow the number.
    pub(super) fn has_more(&self) -> bool {
        self.has_more
    }
}

/// True for `-`, or digits with optional decimals and unit.
pub(super) fn is_number(word: &[u8]) -> bool {
    let whole = digits(word).1;
    let (decimals, unit) = match &word[whole..] {
        [b'.', rest @ ..] => rest.split_at(digits(rest).1),
        unit => (&[b'0'][..], unit),
    };
    word == b"-" || whole > 0 && !decimals.is_empty() && matches!(unit, b"" | b"s" | b"ms" | b"us")
}

/// True for `-`, or seconds with three decimals.
fn is_request_time(word: &[u8]) -> bool {
    let (seconds, len) = digits(word);
    let has_decimals = matches!(&word[len..], [b'.', decimals @ ..] if decimals.len() == 3 && digits(decimals).1 == 3);
    word == b"-" || seconds.is_some_and(|seconds| seconds < TOO_LONG_S) && len > 0 && has_decimals
}

/// Length of a list such as `1.200, 0.004 : -`: numbers and dashes with separators.
fn list_len(text: &[u8]) -> usize {
    let item = |text: &[u8]| text.iter().take_while(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-')).count();
    let mut end = item(text);
    loop {
        let separator = match &text[end..] {
            [b',', b' ', ..] => 2,
            [b' ', b':', b' ', ..] => 3,
            _ => return end,
        };
        match item(&text[end + separator..]) {
            0 => return end,
            len => end += separator + len,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(rests: &[&str]) -> Number {
        let mut trailing = Trailing::default();
        rests.iter().for_each(|rest| trailing.add(rest.as_bytes(), 1));
        trailing.number()
    }

    #[test]
    fn quoted_number_requires_a_number_in_every_quoted_value() {
        let quoted = |rests: &[&str]| {
            let mut trailing = Trailing::default();
            rests.iter().for_each(|rest| trailing.add(rest.as_bytes(), 1));
            trailing.quoted_number().map(<[u8]>::to_vec)
        };
        assert_eq!(quoted(&[" \"0.250\"", " \"-\" x", " \"1.5\" \"y\""]).as_deref(), Some(&b"0.250"[..]));
        assert_eq!(quoted(&[" \"0.250\"", " \"10.0.0.1\""]), None);
        assert_eq!(quoted(&[" \"250\"", " \"-\"", " 0.250", ""]), None);
    }

    #[test]
    fn request_time_has_three_decimals_in_every_line() {
        assert_eq!(number(&[" 0.050", " -", "", " \"x\"", " 9999999.999 more"]), Number::RequestTime);
        assert_eq!(number(&[" 0.050", " 1.200, 0.004", " 12"]), Number::List);
        assert_eq!(number(&[" 0.050", " 0.010 : -"]), Number::List);
        assert_eq!(number(&[" 0.050", " 192.0.2.2 - -", " 1e3", " 12x"]), Number::RequestTime);
        for odd in ["12", "0.5", "0.0501", "1794758400.500", "10000000.000", "22ms", "0.004s"] {
            assert_eq!(number(&[" 0.050", &format!(" {odd}")]), Number::Other(odd.as_bytes().to_vec()), "{odd}");
        }
    }
}
