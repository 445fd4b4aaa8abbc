//! Recognises zip archives by the header of their first file. Source: PKWARE's APPNOTE.TXT 6.3.10, 4.3.7 and 4.4.

use super::members::{Member, Members};

/// Numbers of the known compression methods.
const METHODS: [u16; 14] = [0, 8, 9, 12, 14, 18, 19, 93, 94, 95, 96, 97, 98, 99];

const FILE: &[u8] = b"PK\x03\x04";
/// Signature of the list of files at the end of an archive.
const DIRECTORY: &[u8] = b"PK\x01\x02";

/// The first file or directory of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FirstFile<'h> {
    /// Empty if the archive has no files.
    pub(super) name: &'h [u8],
    /// Offset of its data.
    data_start: usize,
    /// End of its data; `None` if the size follows the data.
    data_end: Option<usize>,
    /// True if it is not compressed and is followed by another header. Its lines may look like those of a log.
    pub(super) is_stored: bool,
}

/// The first file, if the input is an archive.
pub(super) fn first_file(head: &[u8]) -> Option<FirstFile<'_>> {
    let number = |at: usize| head.get(at..at + 2).map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]]));
    let size = |at: usize| Some(usize::from(number(at)?) | usize::from(number(at + 2)?) << 16);
    if head.starts_with(b"PK\x05\x06") {
        // An archive without files consists only of its end record.
        let is_empty = head.len() >= 22 && head[4..20].iter().all(|byte| *byte == 0);
        return is_empty.then_some(FirstFile { name: &[], data_start: 22, data_end: Some(22), is_stored: false });
    }
    if !head.starts_with(FILE) {
        return None;
    }
    let (version, method) = (number(4)? & 0xFF, number(8)?);
    let name_end = 30 + usize::from(number(26)?);
    let name = head.get(30..name_end)?;
    let is_name = !name.is_empty() && !name.iter().any(u8::is_ascii_control);
    let is_archive = version <= 63 && METHODS.contains(&method) && is_name;
    // The size follows the data if it was unknown when the header was written.
    let data_start = name_end + usize::from(number(28)?);
    let data_end = if number(6)? & 8 == 0 { Some(data_start + size(18)?) } else { None };
    let is_followed = data_end.is_none_or(|end| head.get(end..end + 2).is_none_or(|next| next == b"PK"));
    is_archive.then_some(FirstFile { name, data_start, data_end, is_stored: method == 0 && is_followed })
}

/// The first regular file in an archive. Directories, whose names end in a slash, have no data that could confirm that
/// this is an archive.
pub(super) fn first_regular_file(head: &[u8]) -> Option<FirstFile<'_>> {
    let mut file = first_file(head)?;
    let mut rest = head;
    while file.name.ends_with(b"/") {
        rest = rest.get(file.data_end?..)?;
        file = first_file(rest)?;
    }
    Some(file)
}

/// The regular files in an archive, as far as its first bytes show them.
pub(super) fn members(head: &[u8]) -> Members {
    let (mut members, mut rest) = (Members::default(), head);
    while let Some(file) = first_file(rest) {
        let Some(data) = rest.get(file.data_start..) else { return members };
        if !file.name.is_empty() && !file.name.ends_with(b"/") {
            members.files.push(Member::new(file.name, if file.is_stored { data } else { &[] }));
        }
        let next = match file.data_end {
            Some(end) => rest.get(end..),
            None => next_header(data),
        };
        let Some(next) = next else { return members };
        rest = next;
    }
    members.is_complete = rest.starts_with(DIRECTORY) || rest.is_empty();
    members
}

/// The rest from the next header on, after data of unknown size.
fn next_header(data: &[u8]) -> Option<&[u8]> {
    memchr::memmem::find_iter(data, b"PK")
        .map(|at| &data[at..])
        .find(|rest| rest.starts_with(DIRECTORY) || rest.starts_with(FILE) && first_file(rest).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_file_has_its_name() {
        let mut head = b"PK\x03\x04\x14\0\0\0\x08\0".to_vec();
        head.resize(26, 0);
        head.extend(b"\x0a\0\0\0access.log\x01\x02");
        let first = first_file(&head).unwrap();
        assert_eq!((first.name, first.is_stored), (&b"access.log"[..], false));
        assert_eq!(first_file(&head[..35]), None);
        let changed = |at: usize, to: u8| {
            let mut other = head.clone();
            other[at] = to;
            first_file(&other).map(|file| file.is_stored)
        };
        assert_eq!(changed(8, 200), None);
        assert_eq!(changed(33, 7), None);
        // Stored: two bytes long, then one byte long and not followed by another header.
        head[8] = 0;
        head[18] = 2;
        head.extend(b"PK\x01\x02");
        assert_eq!(first_file(&head).map(|file| file.is_stored), Some(true));
        head[18] = 1;
        assert_eq!(first_file(&head).map(|file| file.is_stored), Some(false));
        assert_eq!(first_file(b"PK\x03\x04 - - [05/Jan/2026:10:00:00 +0000] \"GET /"), None);
    }

    /// A header and data, with the size in the header unless `is_streamed`.
    fn entry(name: &str, data: &[u8], is_streamed: bool) -> Vec<u8> {
        let mut header = b"PK\x03\x04\x14\0\0\0\x08\0".to_vec();
        header[6] = if is_streamed { 8 } else { 0 };
        header.resize(30, 0);
        header[18] = if is_streamed { 0 } else { u8::try_from(data.len()).unwrap() };
        header[26] = u8::try_from(name.len()).unwrap();
        [&header, name.as_bytes(), data].concat()
    }

    #[test]
    fn files_are_listed_until_the_archive_is_cut_off() {
        for is_streamed in [false, true] {
            let entry = |name| entry(name, b"xPK\x03\x04yz", is_streamed);
            let mut archive = [entry("nginx/"), entry("nginx/access.log"), entry("nginx/access.log.1.gz")].concat();
            let named =
                |archive: &[u8]| -> Vec<Vec<u8>> { members(archive).files.into_iter().map(|file| file.name).collect() };
            assert_eq!(named(&archive), [&b"nginx/access.log"[..], b"nginx/access.log.1.gz"]);
            assert!(is_streamed != members(&archive).is_complete);
            archive.extend(DIRECTORY);
            assert!(members(&archive).is_complete);
            assert!(!members(&archive[..60]).is_complete);
        }
    }
}
