//! Sections of a state file: compressed bytes with their lengths and a checksum.

use std::ops::Range;
use std::path::Path;

use crate::error::{Error, ErrorKind};
use crate::files::Compression;
use crate::keys::fixed_hash;

/// Bytes before the compressed ones: their number, that of the uncompressed ones, and the checksum.
const HEADER: usize = 24;

/// The place of a section in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Section {
    /// The compressed bytes in the file.
    pub(super) compressed: Range<usize>,
    /// Number of uncompressed bytes.
    pub(super) len: u64,
    /// The byte after the section.
    pub(super) end: usize,
}

/// Why a section cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadSection {
    /// The file ends within it.
    Short,
    /// The checksum is not that of the bytes.
    Checksum,
    /// The bytes cannot be decompressed, or to another length.
    Compression,
}

/// Finds the section that begins at this byte of a file, and checks it.
pub(super) fn section(file: &[u8], at: usize) -> Result<Section, BadSection> {
    let header = file.get(at..).and_then(|rest| rest.first_chunk::<HEADER>()).ok_or(BadSection::Short)?;
    let (numbers, _) = header.as_chunks::<8>();
    let [compressed_len, len, checksum] = [0, 1, 2].map(|number| u64::from_le_bytes(numbers[number]));
    let start = at + HEADER;
    let end = usize::try_from(compressed_len).ok().and_then(|len| start.checked_add(len)).ok_or(BadSection::Short)?;
    let compressed = file.get(start..end).ok_or(BadSection::Short)?;
    if fixed_hash(compressed) != checksum {
        return Err(BadSection::Checksum);
    }
    Ok(Section { compressed: start..end, len, end })
}

/// Appends a section of compressed bytes.
pub(super) fn append(file: &mut Vec<u8>, compressed: &[u8], len: u64) {
    for number in [compressed.len() as u64, len, fixed_hash(compressed)] {
        file.extend_from_slice(&number.to_le_bytes());
    }
    file.extend_from_slice(compressed);
}

/// The error of a build that cannot compress or decompress states.
pub(super) fn not_compressed(path: &Path) -> Error {
    ErrorKind::CompressionUnsupported { path: path.to_owned(), compression: Compression::Zstd }.into()
}

/// zstd's level: higher ones make a state a few percent smaller, and take several times as long.
#[cfg(feature = "compressed")]
const LEVEL: i32 = 3;

/// Compresses bytes to one zstd frame that states their number. `None` without the feature `compressed`.
#[cfg(feature = "compressed")]
pub(super) fn compress(bytes: &[u8]) -> Option<Vec<u8>> {
    zstd::bulk::compress(bytes, LEVEL).ok()
}

#[cfg(not(feature = "compressed"))]
pub(super) fn compress(_: &[u8]) -> Option<Vec<u8>> {
    None
}

/// Sections that are this many times as long after decompression are not decompressed at once.
#[cfg(feature = "compressed")]
const LIKELY: u64 = 64;

/// Decompresses a section of `len` bytes.
#[cfg(feature = "compressed")]
pub(super) fn decompress(compressed: &[u8], len: u64) -> Result<Vec<u8>, BadSection> {
    use std::io::Read;

    let frame_len = zstd::zstd_safe::get_frame_content_size(compressed).ok().flatten();
    if frame_len != Some(len) {
        return Err(BadSection::Compression);
    }
    if len <= LIKELY * compressed.len() as u64 {
        let bytes = zstd::bulk::decompress(compressed, len as usize).map_err(|_| BadSection::Compression)?;
        return if bytes.len() as u64 == len { Ok(bytes) } else { Err(BadSection::Compression) };
    }
    let decoder = zstd::stream::read::Decoder::with_buffer(compressed).map(zstd::stream::read::Decoder::single_frame);
    let mut bytes = Vec::new();
    // The length is reserved only as far as bytes come: it may be that of a damaged file.
    let read = decoder.and_then(|decoder| decoder.take(len.saturating_add(1)).read_to_end(&mut bytes));
    if read.is_ok() && bytes.len() as u64 == len { Ok(bytes) } else { Err(BadSection::Compression) }
}

#[cfg(not(feature = "compressed"))]
pub(super) fn decompress(_: &[u8], _: u64) -> Result<Vec<u8>, BadSection> {
    Err(BadSection::Compression)
}

#[cfg(test)]
#[cfg(feature = "compressed")]
mod tests {
    use super::*;

    #[test]
    fn sections_are_read_back() {
        let mut file = b"magic".to_vec();
        let texts: [&[u8]; 3] = [b"", b"one", &[7; 100_000]];
        for text in texts {
            append(&mut file, &compress(text).unwrap(), text.len() as u64);
        }
        let mut at = 5;
        for text in texts {
            let Section { compressed, len, end } = section(&file, at).unwrap();
            assert_eq!(decompress(&file[compressed], len).unwrap(), text);
            at = end;
        }
        assert_eq!(at, file.len());
        assert_eq!(section(&file, at), Err(BadSection::Short));
    }

    #[test]
    fn every_changed_bit_and_every_shorter_length_is_detected() {
        let mut file = Vec::new();
        append(&mut file, &compress(b"a state a state a state").unwrap(), 23);
        let read = |file: &[u8]| {
            let section = section(file, 0)?;
            decompress(&file[section.compressed], section.len)
        };
        assert!(read(&file).is_ok());
        for bit in 0..file.len() * 8 {
            let mut damaged = file.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(read(&damaged).is_err(), "bit {bit}");
        }
        for len in 0..file.len() {
            assert_eq!(read(&file[..len]), Err(BadSection::Short));
        }
    }

    #[test]
    fn frames_of_another_length_are_refused() {
        let compressed = compress(&[0; 1000]).unwrap();
        for len in [0, 999, 1001, u64::MAX] {
            assert_eq!(decompress(&compressed, len), Err(BadSection::Compression));
        }
        assert_eq!(decompress(&[compressed.clone(), compressed].concat(), 2000), Err(BadSection::Compression));
    }
}
