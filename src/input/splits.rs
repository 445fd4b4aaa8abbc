//! Cuts files into ranges that can be counted apart.

use std::fs::{self, File};
use std::io::Read;
use std::num::NonZeroU64;
use std::ops::Range;
use std::path::Path;

use crate::error::{Error, ErrorKind};
use crate::files::{Compression, MAGIC_BYTES};

/// Cuts the text of a file into ranges of `bytes` bytes, for [`Input::range`](crate::Input::range); the last one may be
/// shorter. A text that can only be read from its start, such as that of a compressed file, is one range with an open
/// end; so is a file whose length is 0 or not known.
///
/// ```
/// use logstat::{Input, splits};
/// let ranges = splits("testdata/shop.log".as_ref(), 10_000.try_into()?)?;
/// let inputs = ranges.map(|range| Input::path("testdata/shop.log").range(range));
/// assert_eq!(inputs.count() as u64, std::fs::metadata("testdata/shop.log")?.len().div_ceil(10_000));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Io`] if the file cannot be read, and [`ErrorKind::Directory`] if it is a directory.
pub fn splits(path: &Path, bytes: NonZeroU64) -> Result<impl Iterator<Item = Range<u64>> + use<>, Error> {
    let failed = |source| Error::from(ErrorKind::Io { path: path.to_owned(), source });
    let metadata = fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(ErrorKind::Directory { path: path.to_owned() }.into());
    }
    // Opening a pipe would wait for its writer.
    let len = if metadata.is_file() { len_of_text(path).map_err(failed)? } else { None };
    let cut = len.unwrap_or(0).div_ceil(bytes.get());
    let whole = len.is_none().then_some(0..u64::MAX);
    let end = move |start: u64| start.saturating_add(bytes.get()).min(len.unwrap_or(0));
    Ok((0..cut).map(move |number| number * bytes.get()).map(move |start| start..end(start)).chain(whole))
}

/// Length of the text of a regular file; `None` if it is compressed or empty, as files in /proc appear to be.
fn len_of_text(path: &Path) -> std::io::Result<Option<u64>> {
    let mut first = Vec::new();
    let file = File::open(path)?;
    let len = file.metadata()?.len();
    file.take(MAGIC_BYTES as u64).read_to_end(&mut first)?;
    Ok(Some(len).filter(|len| *len > 0 && Compression::of(&first).is_none()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_cover_each_byte_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.log");
        for len in [1, 2, 99, 100, 101] {
            fs::write(&path, vec![b'x'; len]).unwrap();
            for bytes in [1, 7, 50, 100, u64::MAX] {
                let ranges: Vec<_> = splits(&path, bytes.try_into().unwrap()).unwrap().collect();
                assert!(ranges.iter().all(|range| (1..=bytes).contains(&(range.end - range.start))));
                assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start));
                assert_eq!((ranges[0].start, ranges.last().unwrap().end), (0, len as u64));
                assert_eq!(ranges.len() as u64, (len as u64).div_ceil(bytes));
            }
        }
    }

    #[test]
    fn text_that_is_read_from_its_start_is_one_range() {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in [("empty.log", &b""[..]), ("a.log.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03")] {
            let path = folder.path().join(name);
            fs::write(&path, content).unwrap();
            let ranges: Vec<_> = splits(&path, 1.try_into().unwrap()).unwrap().collect();
            assert_eq!((ranges.len(), &ranges[0]), (1, &(0..u64::MAX)), "{name}");
        }
        let error = |path: &Path| splits(path, 1.try_into().unwrap()).err().unwrap();
        assert!(matches!(error(folder.path()).kind(), ErrorKind::Directory { .. }));
        assert!(matches!(error(&folder.path().join("missing")).kind(), ErrorKind::Io { .. }));
    }
}
