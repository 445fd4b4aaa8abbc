//! The name of the machine.
#![allow(unsafe_code)]

use std::path::Path;

use crate::files::absolute;
use crate::text::written;

/// The name of the machine; `localhost` if the system does not report one.
pub(crate) fn host_name() -> String {
    system_name().filter(|name| !name.is_empty()).unwrap_or_else(|| "localhost".to_owned())
}

/// The name of a text that has no other: the name of the machine, and the absolute path of its file.
pub(crate) fn name_of_file(host: &str, path: &Path) -> String {
    format!("{host}:{}", written(absolute(path).as_os_str().as_encoded_bytes()))
}

#[cfg(unix)]
fn system_name() -> Option<String> {
    let mut name = [0_u8; 256];
    // SAFETY: the system writes at most as many bytes as it is given, and the last byte stays 0.
    let status = unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len() - 1) };
    let end = name.iter().position(|byte| *byte == 0)?;
    (status == 0).then(|| crate::text::printable(&name[..end]))
}

#[cfg(not(unix))]
fn system_name() -> Option<String> {
    std::env::var("COMPUTERNAME").ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn machine_has_a_name() {
        let name = super::host_name();
        assert!(!name.is_empty() && !name.contains('\0') && name.len() < 256);
    }
}
