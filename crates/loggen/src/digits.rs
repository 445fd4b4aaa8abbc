//! Formats numbers for the log generator. `format!` for each number of a line is slow, and gigabytes should take
//! seconds.

/// Appends `number` in decimal.
pub(crate) fn push_decimal(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// Appends `number`, which is below 100, as two digits.
pub(crate) fn two(number: u64) -> [u8; 2] {
    [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8]
}

/// Appends the lower `width` hexadecimal digits of `number`.
pub(crate) fn push_hex(out: &mut Vec<u8>, number: u64, width: u32) {
    for place in (0..width).rev() {
        out.push(b"0123456789abcdef"[(number >> (4 * place) & 15) as usize]);
    }
}

/// Appends milliseconds as nginx writes `$request_time`: seconds with three decimals.
pub(crate) fn push_seconds(out: &mut Vec<u8>, time_ms: u64) {
    push_decimal(out, time_ms / 1000);
    out.push(b'.');
    out.push(b'0' + (time_ms % 1000 / 100) as u8);
    out.extend_from_slice(&two(time_ms % 100));
}

#[cfg(test)]
mod tests {
    use super::{push_decimal, push_hex, push_seconds};

    #[test]
    fn numbers_are_formatted() {
        let mut out = Vec::new();
        for number in [0, 7, 10, 65_535, u64::MAX] {
            push_decimal(&mut out, number);
            out.push(b' ');
        }
        push_hex(&mut out, 0xabcd_0012, 4);
        for time_ms in [0, 7, 60_120] {
            out.push(b' ');
            push_seconds(&mut out, time_ms);
        }
        assert_eq!(out, b"0 7 10 65535 18446744073709551615 0012 0.000 0.007 60.120");
    }
}
