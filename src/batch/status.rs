//! Status codes and their classes.

use super::MISSING;

/// The status of a number below 1000.
impl From<u16> for Status {
    fn from(code: u16) -> Status {
        Status::new(code)
    }
}

/// Class of a status code: 1 to 5, or 0 for any other code.
pub(crate) type StatusClass = u8;

/// A logged status code: three digits, or [`Status::MISSING`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status(u16);

impl Status {
    pub(crate) const MISSING: Status = Status(1000);
    /// Number of possible values, including [`MISSING`](Self::MISSING).
    pub(crate) const COUNT: usize = 1001;

    /// The status of a number below 1000.
    pub(crate) const fn new(code: u16) -> Status {
        Status(code)
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }

    #[inline]
    pub(crate) fn class(self) -> StatusClass {
        match self.0 / 100 {
            class @ 1..=5 => class as StatusClass,
            _ => 0,
        }
    }

    /// Keys of classes, by [`class_index`](Self::class_index).
    pub(crate) const CLASS_KEYS: [&[u8]; 7] = [b"other", b"1xx", b"2xx", b"3xx", b"4xx", b"5xx", MISSING];

    /// Index of the key of its class. A missing status has a class of its own.
    #[inline]
    pub(crate) fn class_index(self) -> usize {
        if self == Status::MISSING { Status::CLASS_KEYS.len() - 1 } else { usize::from(self.class()) }
    }

    /// The class as a key: `2xx`, `other`, or `-` if the status is missing.
    pub(crate) fn class_key(self) -> &'static [u8] {
        Status::CLASS_KEYS[self.class_index()]
    }

    /// The status as a key: `200`, or `-` if missing.
    pub(crate) fn key(self) -> String {
        if self == Status::MISSING { "-".to_owned() } else { format!("{:03}", self.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_has_class_and_key() {
        for (status, class, key) in [
            (Status::new(0), 0, "000"),
            (Status::new(99), 0, "099"),
            (Status::new(101), 1, "101"),
            (Status::new(499), 4, "499"),
            (Status::new(599), 5, "599"),
            (Status::new(600), 0, "600"),
            (Status::new(999), 0, "999"),
            (Status::MISSING, 0, "-"),
        ] {
            assert_eq!((status.class(), status.key().as_str()), (class, key));
        }
    }
}
