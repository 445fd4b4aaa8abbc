//! Headers of tar archives: POSIX.1-1988 (ustar), pax and GNU's, and those of the seventh edition of Unix, which have no
//! magic. All have a checksum, so text is not taken for one. Source: the manual of GNU tar, "Basic Tar Format".

use crate::input::Compression;

const BLOCK: usize = 512;
const CHECKSUM: std::ops::Range<usize> = 148..156;

/// True if an input begins with the header of a file in an archive.
pub(super) fn is_archive(head: &[u8]) -> bool {
    // The checksum of text would be a number by chance: the first byte of the field ends the search for nearly all logs.
    head.get(CHECKSUM.start).is_some_and(|byte| matches!(byte, b'0'..=b'7' | b' '))
        && header(head).is_some_and(|header| {
            let next = head[BLOCK..].get(header.size.next_multiple_of(BLOCK)..).and_then(|next| next.get(..BLOCK));
            next.is_none_or(|next| next.iter().all(|byte| *byte == 0) || self::header(next).is_some())
        })
}

/// The name of the first regular file, and the compression of the first regular file that has one, as far as the first lines
/// show them.
pub(super) fn first_file(head: &[u8]) -> (Option<Vec<u8>>, Option<Compression>) {
    let (mut first, mut rest) = (None, head);
    while let Some(header) = header(rest) {
        let data = &rest[BLOCK..];
        if matches!(header.type_flag, 0 | b'0' | b'7') {
            first.get_or_insert(header.name);
            if let Some(compression) = Compression::of(data) {
                return (first, Some(compression));
            }
        }
        let Some(next) = data.get(header.size.next_multiple_of(BLOCK)..) else { break };
        rest = next;
    }
    (first, None)
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
    // In GNU's own format, whose magic ends in a space, other fields are in the place of the prefix.
    if block[257..].starts_with(b"ustar\0") && !prefix.is_empty() {
        name = [prefix, b"/", &name].concat();
    }
    // Sizes from 8 GiB on have another form; what comes after them is beyond the first lines.
    let size = octal(&block[124..136]).unwrap_or(usize::MAX / 2);
    Some(Header { name, size, type_flag: block[156] })
}

/// Octal digits, with spaces before them and spaces or NULs after them.
fn octal(field: &[u8]) -> Option<usize> {
    let field = field.trim_ascii_start();
    let digits = field.iter().take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    let is_number = digits > 0 && field[digits..].iter().all(|byte| matches!(byte, 0 | b' '));
    is_number.then(|| field[..digits].iter().fold(0, |number, digit| number << 3 | usize::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn the_first_file_is_named_in_every_variant() {
        let log = b"192.0.2.1 - - [";
        for magic in [&b"ustar\x0000"[..], b"ustar  \0", b""] {
            for type_flag in [b'0', 0] {
                let archive = entry("access.log", magic, type_flag, log);
                assert!(is_archive(&archive));
                assert_eq!(first_file(&archive), (Some(b"access.log".to_vec()), None));
            }
            let folder = [entry("log/", magic, b'5', b""), entry("log/a.log", magic, b'0', log)].concat();
            assert!(is_archive(&folder));
            assert_eq!(first_file(&folder), (Some(b"log/a.log".to_vec()), None));
            let packed = [&folder[..], &entry("log/a.log.2.gz", magic, b'0', b"\x1f\x8b\x08")].concat();
            assert_eq!(first_file(&packed), (Some(b"log/a.log".to_vec()), Some(Compression::Gzip)));
        }
        let pax = [entry("x", b"ustar\x0000", b'x', b"27 path=a\n"), entry("a", b"ustar\x0000", b'0', log)].concat();
        assert_eq!(first_file(&pax), (Some(b"a".to_vec()), None));
    }

    #[test]
    fn a_wrong_checksum_is_no_archive() {
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
