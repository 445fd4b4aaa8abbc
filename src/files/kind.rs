//! THE TABLE of file kinds that logstat recognises but cannot count, each with the reason and a remedy.

use std::fmt;

use serde::{Serialize, Serializer};

/// A kind of file that is not an access log that logstat can read.
///
/// ```
/// use logstat::{Engine, ErrorKind, FileKind, Input, Question, count};
/// let line = "2026/01/05 10:00:00 [error] 7#7: *1 open() \"/x\" failed (2: No such file or directory)\n";
/// let inputs = vec![Input::reader("error.log", line.as_bytes())];
/// let outcome = count(&Question::default(), inputs, &Engine::default())?;
/// let ErrorKind::NotAccessLog { kind, .. } = outcome.problems[0].kind() else { panic!("the file was read") };
/// assert_eq!((*kind, kind.code(), kind.name()), (FileKind::NginxErrorLog, "nginx-error-log", "an nginx error log"));
/// # Ok::<(), logstat::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileKind {
    /// nginx's `error_log`.
    NginxErrorLog,
    /// `nginx.conf`, or the output of `nginx -T`.
    NginxConf,
    /// A file that `nginx.conf` includes, such as a site or `mime.types`.
    NginxConfPart,
    /// A page of `stub_status`, or of the nginx Plus API.
    NginxStatus,
    /// Apache's `ErrorLog`.
    ApacheErrorLog,
    /// W3C extended log, written by Internet Information Services.
    IisLog,
    /// W3C extended log, written by another program.
    W3cLog,
    /// HAProxy log in the format of `option httplog`.
    HaproxyLog,
    /// Access log of an Amazon Application Load Balancer.
    AlbLog,
    /// Access log of an Amazon Classic Load Balancer.
    ElbLog,
    /// Amazon CloudFront standard log.
    CloudFrontLog,
    /// Amazon S3 server access log.
    S3Log,
    /// Squid's native access log.
    SquidLog,
    /// A syslog file without any lines from nginx.
    Syslog,
    /// `dpkg.log` or `alternatives.log`, which dpkg writes on Debian and its derivatives.
    DpkgLog,
    /// A report or an explanation by logstat, as JSON.
    LogstatReport,
    /// A state of logstat that was compressed again, or cannot be recognised before it is opened.
    State,
    /// HTML.
    Html,
    /// XML.
    Xml,
    /// UTF-16 with a byte order mark.
    Utf16,
    /// UTF-16, little-endian, without a byte order mark.
    Utf16Le,
    /// UTF-16, big-endian, without a byte order mark.
    Utf16Be,
    /// UTF-32 with a byte order mark.
    Utf32,
    /// UTF-32, little-endian, without a byte order mark.
    Utf32Le,
    /// UTF-32, big-endian, without a byte order mark.
    Utf32Be,
    /// tar archive.
    Tar,
    /// zip archive, including office documents and Java archives.
    Zip,
    /// 7-Zip archive.
    SevenZip,
    /// RAR archive.
    Rar,
    /// ar archive, such as a Debian package.
    Ar,
    /// Compressed data within compressed data.
    CompressedTwice,
    /// LZ4 frames.
    Lz4,
    /// lzip data.
    Lzip,
    /// lzop data.
    Lzop,
    /// Data of the Unix program `compress` (`.Z`).
    Compress,
    /// ELF program or library.
    Elf,
    /// systemd journal.
    Journal,
    /// SQLite database.
    Sqlite,
    /// PNG image.
    Png,
    /// JPEG image.
    Jpeg,
    /// GIF image.
    Gif,
    /// PDF document.
    Pdf,
    /// Packet capture, pcap or pcapng.
    Pcap,
    /// Any other data that is not text.
    Binary,
}

/// Way for the user to get a log that logstat can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// Advice, as a sentence.
    Advice(&'static str),
    /// A command that converts its standard input, or the file named as its argument, to a log.
    Filter(&'static str),
    /// Purpose of a command, and the command, with `FILE` as the placeholder for the file name.
    OnFile(&'static str, &'static str),
    /// Read the file as an nginx configuration. Holds the purpose.
    NginxConf(&'static str),
    /// Read nginx's main configuration. Holds the purpose.
    MainConf(&'static str),
    /// Use tar, which needs an option for the compression of its standard input.
    Tar,
    /// Use unzip, which extracts several files into a directory.
    Zip,
    /// Use the command that removes the outer compression, if there is one, and pass the data on standard input.
    Unpack,
    /// Define a log format for the lines.
    LogFormat,
}

/// A row of the table.
struct Row {
    kind: FileKind,
    code: &'static str,
    name: &'static str,
    /// Why logstat cannot count the file; empty if the name makes that obvious.
    reason: &'static str,
    remedy: Remedy,
}

const fn row(kind: FileKind, code: &'static str, name: &'static str, reason: &'static str, remedy: Remedy) -> Row {
    Row { kind, code, name, reason, remedy }
}

const OTHER_FORMAT: &str = "logstat does not detect this format";
const ENCODING: &str = "logs are read as UTF-8, or any encoding that contains ASCII";
const ARCHIVE: &str = "an archive has headers between its files, so its lines cannot be counted as they are";
const COMPRESSION: &str = "this compression is not read directly";
const READ: &str = "to read it";
/// No reason: the name makes it obvious.
const NO_LOG: &str = "";
const PASS_ACCESS_LOG: Remedy =
    Remedy::Advice("pass the access log instead: access_log in nginx.conf names it, by default access.log");

/// THE TABLE of kinds, in the order of [`FileKind`].
#[rustfmt::skip]
const KINDS: &[Row] = &[
    row(FileKind::NginxErrorLog, "nginx-error-log", "an nginx error log", NO_LOG, PASS_ACCESS_LOG),
    row(FileKind::NginxConf, "nginx-conf", "an nginx configuration", NO_LOG, Remedy::NginxConf("to read the logs that it names")),
    row(FileKind::NginxConfPart, "nginx-conf-part", "part of an nginx configuration", NO_LOG, Remedy::MainConf("the main file includes it; to read the logs that are named there")),
    row(FileKind::NginxStatus, "nginx-status", "a status page of nginx", "it has totals, and no requests", PASS_ACCESS_LOG),
    row(FileKind::ApacheErrorLog, "apache-error-log", "an Apache error log", NO_LOG, Remedy::Advice("pass the access log instead: CustomLog in Apache's configuration names it, by default access.log or access_log")),
    row(FileKind::IisLog, "iis-log", "a W3C extended log (IIS)", OTHER_FORMAT, Remedy::LogFormat),
    row(FileKind::W3cLog, "w3c-log", "a W3C extended log", OTHER_FORMAT, Remedy::LogFormat),
    row(FileKind::HaproxyLog, "haproxy-log", "an HAProxy log", OTHER_FORMAT, Remedy::LogFormat),
    row(FileKind::AlbLog, "alb-log", "an access log of an Amazon load balancer (ALB)", OTHER_FORMAT, Remedy::LogFormat),
    row(FileKind::ElbLog, "elb-log", "an access log of an Amazon load balancer (ELB)", OTHER_FORMAT, Remedy::LogFormat),
    row(FileKind::CloudFrontLog, "cloudfront-log", "a CloudFront log", OTHER_FORMAT, Remedy::LogFormat),
    row(FileKind::S3Log, "s3-log", "an S3 server access log", OTHER_FORMAT, Remedy::LogFormat),
    row(FileKind::SquidLog, "squid-log", "a Squid access log", OTHER_FORMAT, Remedy::LogFormat),
    row(FileKind::Syslog, "syslog", "a syslog of other programs", "none of its first lines is from nginx", PASS_ACCESS_LOG),
    row(FileKind::DpkgLog, "dpkg-log", "a log of dpkg", NO_LOG, PASS_ACCESS_LOG),
    row(FileKind::LogstatReport, "logstat-report", "a report of logstat", "it has totals, and no requests", Remedy::Advice("pass the log that it was made from")),
    row(FileKind::State, "state", "a state of logstat", "states are recognised in plain files and on standard input, without another compression", Remedy::Unpack),
    row(FileKind::Html, "html", "an HTML page", NO_LOG, PASS_ACCESS_LOG),
    row(FileKind::Xml, "xml", "an XML document", NO_LOG, PASS_ACCESS_LOG),
    row(FileKind::Utf16, "utf-16", "UTF-16 text", ENCODING, Remedy::Filter("iconv -f UTF-16 -t UTF-8")),
    row(FileKind::Utf16Le, "utf-16le", "UTF-16 text (little-endian)", ENCODING, Remedy::Filter("iconv -f UTF-16LE -t UTF-8")),
    row(FileKind::Utf16Be, "utf-16be", "UTF-16 text (big-endian)", ENCODING, Remedy::Filter("iconv -f UTF-16BE -t UTF-8")),
    row(FileKind::Utf32, "utf-32", "UTF-32 text", ENCODING, Remedy::Filter("iconv -f UTF-32 -t UTF-8")),
    row(FileKind::Utf32Le, "utf-32le", "UTF-32 text (little-endian)", ENCODING, Remedy::Filter("iconv -f UTF-32LE -t UTF-8")),
    row(FileKind::Utf32Be, "utf-32be", "UTF-32 text (big-endian)", ENCODING, Remedy::Filter("iconv -f UTF-32BE -t UTF-8")),
    row(FileKind::Tar, "tar", "a tar archive", ARCHIVE, Remedy::Tar),
    row(FileKind::Zip, "zip", "a zip archive", ARCHIVE, Remedy::Zip),
    row(FileKind::SevenZip, "7z", "a 7-Zip archive", ARCHIVE, Remedy::OnFile(READ, "7z x -so FILE | logstat -")),
    row(FileKind::Rar, "rar", "a RAR archive", ARCHIVE, Remedy::OnFile(READ, "unrar p -inul FILE | logstat -")),
    row(FileKind::Ar, "ar", "an ar archive, such as a Debian package", ARCHIVE, Remedy::OnFile(READ, "ar p FILE | logstat -")),
    row(FileKind::CompressedTwice, "compressed-twice", "compressed data within compressed data", "only one layer is read directly", Remedy::Unpack),
    row(FileKind::Lz4, "lz4", "LZ4 data", COMPRESSION, Remedy::Filter("lz4 -dc")),
    row(FileKind::Lzip, "lzip", "lzip data", COMPRESSION, Remedy::Filter("lzip -dc")),
    row(FileKind::Lzop, "lzop", "lzop data", COMPRESSION, Remedy::Filter("lzop -dc")),
    row(FileKind::Compress, "compress", "data of compress (.Z)", COMPRESSION, Remedy::Filter("gzip -dc")),
    row(FileKind::Elf, "elf", "an ELF program", NO_LOG, PASS_ACCESS_LOG),
    row(FileKind::Journal, "journal", "a systemd journal", "its lines are in a database", Remedy::OnFile(READ, "journalctl --file FILE | logstat -")),
    row(FileKind::Sqlite, "sqlite", "an SQLite database", NO_LOG, PASS_ACCESS_LOG),
    row(FileKind::Png, "png", "a PNG picture", NO_LOG, PASS_ACCESS_LOG),
    row(FileKind::Jpeg, "jpeg", "a JPEG picture", NO_LOG, PASS_ACCESS_LOG),
    row(FileKind::Gif, "gif", "a GIF picture", NO_LOG, PASS_ACCESS_LOG),
    row(FileKind::Pdf, "pdf", "a PDF document", NO_LOG, PASS_ACCESS_LOG),
    row(FileKind::Pcap, "pcap", "a packet capture", NO_LOG, PASS_ACCESS_LOG),
    row(FileKind::Binary, "binary", "binary data", "its first lines are not text", Remedy::OnFile("to find out what it is", "file FILE")),
];

impl FileKind {
    /// Every kind.
    pub fn all() -> impl Iterator<Item = FileKind> {
        KINDS.iter().map(|row| row.kind)
    }

    /// Stable code used in JSON: `nginx-error-log`.
    pub fn code(self) -> &'static str {
        self.row().code
    }

    /// Name with its article, for use in a sentence: `an nginx error log`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Reason why it cannot be counted, as one clause for people; `None` if the name makes that obvious. The wording
    /// may change.
    pub fn reason(self) -> Option<&'static str> {
        Some(self.row().reason).filter(|reason| !reason.is_empty())
    }

    /// True for access logs of other programs.
    pub fn has_requests(self) -> bool {
        self.remedy() == Remedy::LogFormat
    }

    pub(crate) fn remedy(self) -> Remedy {
        self.row().remedy
    }

    fn row(self) -> &'static Row {
        &KINDS[self as usize]
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for FileKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_row() {
        for (i, row) in KINDS.iter().enumerate() {
            assert_eq!(row.kind as usize, i, "{}", row.code);
            let others = &KINDS[..i];
            assert!(others.iter().all(|other| other.code != row.code && other.name != row.name), "{}", row.code);
            assert!(row.code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
            assert!(!row.reason.ends_with('.'));
            assert_eq!(serde_json::to_value(row.kind).unwrap(), row.kind.code());
        }
        assert_eq!(FileKind::Binary as usize + 1, KINDS.len());
    }
}
