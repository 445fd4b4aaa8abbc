//! Messages of the system, as part of a sentence.

use crate::printable::printable;

/// The message in lower case, without the number of the error.
pub(crate) fn message(error: &std::io::Error) -> String {
    // A caller's reader may have put any text into it.
    let text = printable(error.to_string().as_bytes());
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_no_number_and_no_controls() {
        let missing = std::io::Error::from_raw_os_error(2);
        assert_eq!(message(&missing), "no such file or directory");
        assert_eq!(message(&std::io::Error::other("\u{1b}[31m")), r"\x1b[31m".replace("1b", "1B"));
    }
}
