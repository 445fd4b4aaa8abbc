//! Headers of tar archives: POSIX.1-1988 (ustar), pax, GNU, and the format of Version 7 Unix, which has no magic
//! number. All have a checksum, so text is not mistaken for one. Source: the manual of GNU tar, "Basic Tar Format".

use super::members::{Member, Members};

const BLOCK: usize = 512;
const CHECKSUM: std::ops::Range<usize> = 148..156;

/// True if an input begins with the header of a file in an archive.
pub(super) fn is_archive(head: &[u8]) -> bool {
    // In text, this field is a number only by chance. For nearly all logs, its first byte already rules that out.
    head.get(CHECKSUM.start).is_some_and(|byte| matches!(byte, b'0'..=b'7' | b' '))
        && header(head).is_some_and(|header| {
            let next = head[BLOCK..].get(header.size.next_multiple_of(BLOCK)..).and_then(|next| next.get(..BLOCK));
            next.is_none_or(|next| next.iter().all(|byte| *byte == 0) || self::header(next).is_some())
        })
}

/// The regular files in an archive, as far as its first bytes show them.
pub(super) fn members(head: &[u8]) -> Members {
    let (mut members, mut rest, mut long_name) = (Members::default(), head, None);
    while let Some(header) = header(rest) {
        let data = &rest[BLOCK..];
        match header.type_flag {
            0 | b'0' | b'7' => {
                let name = long_name.take().unwrap_or(header.name);
                members.files.push(Member::new(&name, &data[..data.len().min(header.size)]));
            }
            // Long names, in GNU's format and in pax, are in a separate entry before that of the file.
            b'L' => long_name = data.get(..header.size).map(until_nul),
            b'x' => long_name = data.get(..header.size).and_then(pax_path).or(long_name),
            b'K' => {}
            _ => long_name = None,
        }
        let Some(next) = data.get(header.size.next_multiple_of(BLOCK)..) else { return members };
        rest = next;
    }
    // An archive ends with a block of NULs.
    members.is_complete = rest.get(..BLOCK).is_some_and(|block| block.iter().all(|byte| *byte == 0));
    members
}

fn until_nul(text: &[u8]) -> Vec<u8> {
    text.split(|byte| *byte == 0).next().unwrap_or_default().to_vec()
}

/// The value of the record `path` in a pax header. A record is `LENGTH KEY=VALUE` and a line feed.
fn pax_path(mut records: &[u8]) -> Option<Vec<u8>> {
    loop {
        let space = memchr::memchr(b' ', records)?;
        let length: usize = str::from_utf8(&records[..space]).ok()?.parse().ok()?;
        let record = records.get(space + 1..length)?;
        if let Some(path) = record.strip_prefix(b"path=") {
            return Some(path.strip_suffix(b"\n").unwrap_or(path).to_vec());
        }
        records = &records[length..];
    }
}

struct Header {
    name: Vec<u8>,
    size: usize,
    type_flag: u8,
}

fn header(bytes: &[u8]) -> Option<Header> {
    let block = bytes.get(..BLOCK)?;
    let checksum = octal(&block[CHECKSUM])?;
    let sum: usize = block.iter().map(|byte| usize::from(*byte)).sum();
    let field: usize = block[CHECKSUM].iter().map(|byte| usize::from(*byte)).sum();
    if checksum != sum - field + CHECKSUM.len() * usize::from(b' ') || block[0] == 0 {
        return None;
    }
    let text = |field: std::ops::Range<usize>| block[field].split(|byte| *byte == 0).next().unwrap_or_default();
    let mut name = text(0..100).to_vec();
    let prefix = text(345..500);
    // GNU's own format, whose magic ends in a space, has other fields in place of the prefix.
    if block[257..].starts_with(b"ustar\0") && !prefix.is_empty() {
        name = [prefix, b"/", &name].concat();
    }
    // Sizes of 8 GiB and more have another form; whatever follows them is beyond the first lines.
    let size = octal(&block[124..136]).unwrap_or(usize::MAX / 2);
    Some(Header { name, size, type_flag: block[156] })
}

/// Parses octal digits, with spaces before them and spaces or NULs after them.
fn octal(field: &[u8]) -> Option<usize> {
    let field = field.trim_ascii_start();
    let digits = field.iter().take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    let is_number = digits > 0 && field[digits..].iter().all(|byte| matches!(byte, 0 | b' '));
    is_number.then(|| field[..digits].iter().fold(0, |number, digit| number << 3 | usize::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Compression;

    fn entry(name: &str, magic: &[u8], type_flag: u8, data: &[u8]) -> Vec<u8> {
        let mut block = vec![0; BLOCK];
        block[..name.len()].copy_from_slice(name.as_bytes());
        block[124..135].copy_from_slice(format!("{:011o}", data.len()).as_bytes());
        block[156] = type_flag;
        block[257..257 + magic.len()].copy_from_slice(magic);
        block[CHECKSUM].fill(b' ');
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        block.extend_from_slice(data);
        block.resize(block.len().next_multiple_of(BLOCK), 0);
        block
    }

    fn names(archive: &[u8]) -> Vec<String> {
        members(archive).files.into_iter().map(|file| String::from_utf8(file.name).unwrap()).collect()
    }

    #[test]
    fn files_are_named_in_every_variant() {
        let log = b"192.0.2.1 - - [";
        for magic in [&b"ustar\x0000"[..], b"ustar  \0", b""] {
            for type_flag in [b'0', 0] {
                let archive = entry("access.log", magic, type_flag, log);
                assert!(is_archive(&archive) && !members(&archive).is_complete);
                assert_eq!(names(&archive), ["access.log"]);
                assert!(members(&[&archive[..], &[0; 1024]].concat()).is_complete);
            }
            let folder = [entry("log/", magic, b'5', b""), entry("log/a.log", magic, b'0', log)].concat();
            assert!(is_archive(&folder));
            assert_eq!(names(&folder), ["log/a.log"]);
            let packed = [&folder[..], &entry("log/a.log.2", magic, b'0', b"\x1f\x8b\x08")].concat();
            assert_eq!(names(&packed), ["log/a.log", "log/a.log.2"]);
            assert_eq!(Members::compressions(&members(&packed).files), [Compression::Gzip]);
        }
    }

    #[test]
    fn long_names_are_read_from_their_own_entry() {
        let magic = b"ustar  \0";
        let pax = b"30 mtime=1767607200.123456789\n19 path=nginx/a.log\n";
        for (name, type_flag, data) in [("././@LongLink", b'L', &b"nginx/a.log\0"[..]), ("PaxHeaders/a.log", b'x', pax)]
        {
            let archive =
                [entry(name, magic, type_flag, data), entry("ngi", magic, b'0', b""), entry("b", magic, b'0', b"")];
            assert_eq!(names(&archive.concat()), ["nginx/a.log", "b"]);
        }
        let other = [entry("x", magic, b'x', b"27 atime=1\n"), entry("a", magic, b'0', b"")].concat();
        assert_eq!(names(&other), ["a"]);
    }

    #[test]
    fn wrong_checksum_is_not_an_archive() {
        let mut archive = entry("access.log", b"ustar\x0000", b'0', b"x");
        archive[0] ^= 1;
        assert!(!is_archive(&archive));
        assert!(!is_archive(&[0; 1024]) && !is_archive(&[b'0'; 1024]) && !is_archive(&[b' '; 1024]));
        let archive = entry("access.log", b"ustar\x0000", b'0', b"x");
        assert!(!is_archive(&archive[..511]));
        let log = "192.0.2.1 - - [05/Jan/2026:10:00:00 +0000]\n".repeat(20);
        assert!(!is_archive(&[&archive, log.as_bytes()].concat()));
        assert!(is_archive(&[&archive[..], &[0; 1024]].concat()) && is_archive(&archive.repeat(2)));
    }
}
