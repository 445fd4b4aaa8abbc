//! Formats system error messages as part of a sentence.

use crate::printable::printable;

/// Returns the message in lower case, without the error number.
pub(crate) fn message(error: &std::io::Error) -> String {
    // The reader is supplied by the caller, so the error may contain any text.
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
