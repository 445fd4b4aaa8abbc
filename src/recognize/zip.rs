//! The header of the first file in a zip archive. Source: PKWARE's APPNOTE.TXT 6.3.10, 4.3.7 and 4.4.

/// Methods of compression that have a number.
const METHODS: [u16; 14] = [0, 8, 9, 12, 14, 18, 19, 93, 94, 95, 96, 97, 98, 99];

/// The first file of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FirstFile<'h> {
    /// Empty if there is no file in the archive.
    pub(super) name: &'h [u8],
    /// True if it is not compressed, and what follows it is as the archive says. Its lines may look like those of a log.
    pub(super) is_stored: bool,
}

/// The first file, if an input is an archive.
pub(super) fn first_file(head: &[u8]) -> Option<FirstFile<'_>> {
    let number = |at: usize| head.get(at..at + 2).map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]]));
    let size = |at: usize| Some(usize::from(number(at)?) | usize::from(number(at + 2)?) << 16);
    if head.starts_with(b"PK\x05\x06") {
        // An archive without files is nothing but its end.
        let is_empty = head.len() >= 22 && head[4..20].iter().all(|byte| *byte == 0);
        return is_empty.then_some(FirstFile { name: &[], is_stored: false });
    }
    if !head.starts_with(b"PK\x03\x04") {
        return None;
    }
    let (version, method) = (number(4)? & 0xFF, number(8)?);
    let name_end = 30 + usize::from(number(26)?);
    let name = head.get(30..name_end)?;
    let is_name = !name.is_empty() && !name.iter().any(u8::is_ascii_control);
    let is_archive = version <= 63 && METHODS.contains(&method) && is_name;
    // The size follows the data if it was not known before.
    let data_end = name_end + usize::from(number(28)?) + size(18)?;
    let is_followed = number(6)? & 8 != 0 || head.get(data_end..data_end + 2).is_none_or(|next| next == b"PK");
    is_archive.then_some(FirstFile { name, is_stored: method == 0 && is_followed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_file_has_its_name() {
        let mut head = b"PK\x03\x04\x14\0\0\0\x08\0".to_vec();
        head.resize(26, 0);
        head.extend(b"\x0a\0\0\0access.log\x01\x02");
        assert_eq!(first_file(&head), Some(FirstFile { name: b"access.log", is_stored: false }));
        assert_eq!(first_file(&head[..35]), None);
        let changed = |at: usize, to: u8| {
            let mut other = head.clone();
            other[at] = to;
            first_file(&other).map(|file| file.is_stored)
        };
        assert_eq!(changed(8, 200), None);
        assert_eq!(changed(33, 7), None);
        // Stored, and two bytes long; one byte long, and not followed by another header.
        head[8] = 0;
        head[18] = 2;
        head.extend(b"PK\x01\x02");
        assert_eq!(first_file(&head).map(|file| file.is_stored), Some(true));
        head[18] = 1;
        assert_eq!(first_file(&head).map(|file| file.is_stored), Some(false));
        assert_eq!(first_file(b"PK\x03\x04 - - [05/Jan/2026:10:00:00 +0000] \"GET /"), None);
    }
}
