//! Names of hosts in other scripts: lower case and Punycode (RFC 3492), as browsers send them.
//!
//! Characters are not normalized, so the composed and the decomposed form of a letter are two names. Browsers send
//! Punycode, and only programs send anything else.

/// Parameters of RFC 3492, section 5.
const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const INITIAL_BIAS: u32 = 72;
const INITIAL_N: u32 = 128;

/// Converts a name to lower-case ASCII, label by label. The ideographic full stop also separates labels.
pub(super) fn to_ascii(name: &str) -> Option<String> {
    let lower: String = name.chars().flat_map(char::to_lowercase).collect();
    let labels = lower.split(['.', '\u{3002}', '\u{ff0e}', '\u{ff61}']).map(|label| {
        if label.is_ascii() { Some(label.to_owned()) } else { encoded(label).map(|code| ["xn--", &code].concat()) }
    });
    labels.collect::<Option<Vec<_>>>().map(|labels| labels.join("."))
}

/// Encodes a label; `None` if it is longer than any label can be.
fn encoded(label: &str) -> Option<String> {
    /// Longest label in bytes (RFC 1035).
    const LONGEST: usize = 63;
    let points: Vec<u32> = label.chars().map(u32::from).collect();
    if points.len() > LONGEST {
        return None;
    }
    let mut out: String = label.chars().filter(char::is_ascii).collect();
    let basic = out.len() as u32;
    if basic > 0 {
        out.push('-');
    }
    let (mut n, mut delta, mut bias, mut done) = (INITIAL_N, 0_u32, INITIAL_BIAS, basic);
    while (done as usize) < points.len() {
        let next = points.iter().copied().filter(|point| *point >= n).min()?;
        // At most 0x10FFFF times 64, so nothing overflows.
        delta += (next - n) * (done + 1);
        n = next;
        for &point in &points {
            if point < n {
                delta += 1;
            }
            if point == n {
                push_number(delta, bias, &mut out);
                bias = adapted(delta, done + 1, done == basic);
                delta = 0;
                done += 1;
            }
        }
        delta += 1;
        n += 1;
    }
    Some(out)
}

/// Writes a number with digits of variable length, the least significant first.
fn push_number(mut number: u32, bias: u32, out: &mut String) {
    let digit = |value: u32| char::from(if value < 26 { b'a' + value as u8 } else { b'0' + (value - 26) as u8 });
    let mut k = BASE;
    loop {
        let threshold = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
        if number < threshold {
            break;
        }
        let rest = number - threshold;
        out.push(digit(threshold + rest % (BASE - threshold)));
        number = rest / (BASE - threshold);
        k += BASE;
    }
    out.push(digit(number));
}

fn adapted(delta: u32, points: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / DAMP } else { delta / 2 };
    delta += delta / points;
    let mut k = 0;
    while delta > ((BASE - T_MIN) * T_MAX) / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_punycode() {
        for (name, expected) in [
            ("example.com", "example.com"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("BÜCHER.Example", "xn--bcher-kva.example"),
            ("пример.рф", "xn--e1afmkfd.xn--p1ai"),
            ("münchen-ost.de", "xn--mnchen-ost-9db.de"),
            ("日本語。jp", "xn--wgv71a119e.jp"),
            ("☃.net", "xn--n3h.net"),
            // RFC 3492, section 7.1: Arabic (Egyptian), Chinese (simplified), and letters mixed with digits.
            ("ليهمابتكلموشعربي؟", "xn--egbpdaj6bu4bxfgehfvwxn"),
            ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"),
            ("3年b組金八先生", "xn--3b-ww4c5e180e575a65lsy2b"),
        ] {
            assert_eq!(to_ascii(name).as_deref(), Some(expected), "{name}");
        }
        assert_eq!(to_ascii(&"ü".repeat(64)), None);
        assert!(to_ascii(&"\u{10ffff}".repeat(63)).is_some());
    }
}
