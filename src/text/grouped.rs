//! Numbers as people read them.

use std::fmt;

/// A number with grouped digits: `10,482,113`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grouped(pub(crate) u64);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The largest number has 20 digits and 6 commas.
        let mut text = [b','; 26];
        let (mut at, mut rest, mut digits) = (text.len(), self.0, 0);
        loop {
            if digits > 0 && digits % 3 == 0 {
                at -= 1;
            }
            at -= 1;
            text[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            digits += 1;
            if rest == 0 {
                break;
            }
        }
        f.write_str(std::str::from_utf8(&text[at..]).expect("the text is digits and commas"))
    }
}
