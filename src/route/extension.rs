//! The extension of a file name.

/// Maximum length in bytes: `webmanifest` has 11, `mobileprovision` 15.
const LONGEST: usize = 16;

/// Splits the name of a file into what comes before its last dot, and its extension. `None` if it has no extension.
///
/// A dot at the start begins the name of a hidden file: `.env` has no extension. Extensions have at most 16 ASCII
/// letters and digits, one of them a letter: `v1.2` and `a.b~` have none.
pub(crate) fn extension(name: &[u8]) -> Option<(&[u8], &[u8])> {
    let dot = memchr::memrchr(b'.', name).filter(|dot| *dot > 0)?;
    let extension = &name[dot + 1..];
    let is_one = extension.len() <= LONGEST
        && extension.iter().all(u8::is_ascii_alphanumeric)
        && extension.iter().any(u8::is_ascii_alphabetic);
    is_one.then_some((&name[..dot], extension))
}
