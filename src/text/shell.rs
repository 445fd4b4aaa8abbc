//! Quotes arguments of commands that can be pasted into a shell.

use std::path::Path;

use super::printable;

/// Quotes a file name as one word of a POSIX shell. No program mistakes it for an option, and tar does not mistake it
/// for a file on another machine.
pub(crate) fn file_argument(path: &Path) -> String {
    let name = path.as_os_str().as_encoded_bytes();
    let host = name.iter().position(|byte| *byte == b':');
    let is_remote = host.is_some_and(|colon| !name[..colon].contains(&b'/'));
    let is_option = name != b"-" && name.starts_with(b"-");
    if is_option || is_remote { word(&[b"./", name].concat()) } else { word(name) }
}

/// Quotes a text as one word of a POSIX shell.
pub(crate) fn word(text: &[u8]) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"%+,-./:=@_^".contains(byte);
    match str::from_utf8(text) {
        Ok(plain) if !text.is_empty() && text.iter().all(is_plain) => plain.to_owned(),
        Ok(readable) if printable(text) == readable => format!("'{}'", readable.replace('\'', r"'\''")),
        _ => escaped(text),
    }
}

/// Quotes a text with the escapes of C, as in bash, zsh and POSIX.1-2024.
fn escaped(text: &[u8]) -> String {
    let mut word = "$'".to_owned();
    for byte in text {
        match byte {
            b'\'' | b'\\' => word.extend(['\\', char::from(*byte)]),
            b' '..=b'~' => word.push(char::from(*byte)),
            // Octal, because in some shells a hexadecimal escape would include digits that follow.
            other => word += &format!("\\{other:03o}"),
        }
    }
    word + "'"
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn names_are_quoted_where_a_shell_needs_it() {
        let rows: &[(&[u8], &str)] = &[
            (b"access.log", "access.log"),
            (b"/var/log/nginx/shop.access.log-20260105", "/var/log/nginx/shop.access.log-20260105"),
            (b"my log.tar", "'my log.tar'"),
            (b"it's.log", r"'it'\''s.log'"),
            (b"$(date).log", "'$(date).log'"),
            (b"~root", "'~root'"),
            ("größe.log".as_bytes(), "'größe.log'"),
            (b"-rf", "./-rf"),
            (b"-", "-"),
            (b"host:a.tar", "./host:a.tar"),
            (b"/a/10:00.tar", "/a/10:00.tar"),
            (b"a\nb\x1b'\\", r"$'a\012b\033\'\\'"),
            (b"\xff1", r"$'\3771'"),
            ("a\u{202e}b".as_bytes(), r"$'a\342\200\256b'"),
        ];
        for (name, expected) in rows {
            assert_eq!(file_argument(Path::new(OsStr::from_bytes(name))), *expected);
        }
    }
}
