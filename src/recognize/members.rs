//! The files in an archive, as far as the first bytes of the archive show them.

use crate::files::Compression;
use crate::input::is_access_log_name;

/// File name endings of compressed files, for members whose data is not available.
const ENDINGS: [(&str, Compression); 5] = [
    (".gz", Compression::Gzip),
    (".zst", Compression::Zstd),
    (".zstd", Compression::Zstd),
    (".bz2", Compression::Bzip2),
    (".xz", Compression::Xz),
];

/// The regular files in an archive, in archive order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Members {
    pub(crate) files: Vec<Member>,
    /// True if the end of the archive was seen. Otherwise there may be more files.
    pub(crate) is_complete: bool,
}

/// A regular file in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// Its path as written in the archive.
    pub(crate) name: Vec<u8>,
    pub(crate) compression: Option<Compression>,
}

impl Members {
    pub(super) fn first_name(&self) -> Option<&[u8]> {
        self.files.first().map(|file| &file.name[..])
    }

    /// The distinct compressions of these files.
    pub(crate) fn compressions<'m>(files: impl IntoIterator<Item = &'m Member>) -> Vec<Compression> {
        let mut all = Vec::new();
        for compression in files.into_iter().filter_map(|file| file.compression) {
            if !all.contains(&compression) {
                all.push(compression);
            }
        }
        all
    }
}

impl Member {
    pub(super) fn new(name: &[u8], data: &[u8]) -> Member {
        let ending = ENDINGS.iter().find(|(ending, _)| name.to_ascii_lowercase().ends_with(ending.as_bytes()));
        let compression = Compression::of(data).or(ending.map(|(_, compression)| *compression));
        Member { name: name.to_vec(), compression }
    }

    /// True if its name is one that would be read in a directory.
    pub(crate) fn is_access_log(&self) -> bool {
        let (_, file) = self.split();
        str::from_utf8(file).is_ok_and(is_access_log_name)
    }

    /// Its directory, relative to where the archive is extracted, and its file name.
    pub(crate) fn split(&self) -> (&[u8], &[u8]) {
        let (directory, file) = match memchr::memrchr(b'/', &self.name) {
            Some(slash) => (&self.name[..slash], &self.name[slash + 1..]),
            None => (&b""[..], &self.name[..]),
        };
        let mut directory = directory;
        while let Some(rest) = directory.strip_prefix(b"/").or_else(|| directory.strip_prefix(b"./")) {
            directory = rest;
        }
        (if directory == b"." { b"" } else { directory }, file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_as_extracted() {
        let rows: [(&str, &str, &str, bool); 6] = [
            ("access.log", "", "access.log", true),
            ("./access.log.1", "", "access.log.1", true),
            ("./nginx/error.log", "nginx", "error.log", false),
            ("/var/log/nginx/access.log.2.gz", "var/log/nginx", "access.log.2.gz", true),
            ("nginx/notes.txt", "nginx", "notes.txt", false),
            ("access/", "access", "", false),
        ];
        for (name, directory, file, is_log) in rows {
            let member = Member::new(name.as_bytes(), b"");
            assert_eq!(member.split(), (directory.as_bytes(), file.as_bytes()), "{name}");
            assert_eq!(member.is_access_log(), is_log, "{name}");
        }
    }

    #[test]
    fn compression_is_taken_from_the_data_or_the_name() {
        assert_eq!(Member::new(b"a", b"\x1f\x8b\x08").compression, Some(Compression::Gzip));
        assert_eq!(Member::new(b"a.log.XZ", b"\x01\x02").compression, Some(Compression::Xz));
        assert_eq!(Member::new(b"a.log", b"192.0.2.1").compression, None);
    }
}
