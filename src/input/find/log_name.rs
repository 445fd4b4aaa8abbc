//! Recognises access logs by their names, and says why other files are not read.

use crate::files::SkipReason;

/// Kind of a file in a directory, judged by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    AccessLog,
    /// A hidden file, which is not read. Only one that would otherwise be an access log is worth a note.
    Hidden,
    Skipped(SkipReason),
}

/// THE TABLE of endings that no access log has. All are in lower case; names are lowercased before they are compared.
const NO_LOGS: [(SkipReason, &[&str]); 11] = [
    (SkipReason::Backup, &[".bak", ".backup", ".copy", ".old", ".orig", ".save", "~"]),
    (SkipReason::Temporary, &[".tmp", ".temp", ".swp", ".swo", ".part"]),
    (SkipReason::Json, &[".json", ".ndjson", ".jsonl"]),
    (SkipReason::CompressionUnsupported, &[".z", ".lz", ".lz4", ".lzma", ".lzo", ".br", ".7z", ".zip", ".rar"]),
    (SkipReason::Archive, &[".tar", ".tgz", ".tbz", ".tbz2", ".txz"]),
    (SkipReason::State, &[".pos", ".state", ".offset"]),
    (SkipReason::Configuration, &[".conf", ".cfg", ".ini", ".toml", ".yaml", ".yml"]),
    (SkipReason::Database, &[".db", ".sqlite", ".sqlite3"]),
    (SkipReason::Page, &[".html", ".htm"]),
    (SkipReason::Table, &[".csv", ".tsv"]),
    (SkipReason::Text, &[".md", ".txt"]),
];

/// Endings that compression adds, and one that tools add to a log that they have processed. Log rotation also adds
/// dates and numbers.
const SUFFIXES: [&str; 6] = [".gz", ".zst", ".zstd", ".bz2", ".xz", ".processed"];

impl Kind {
    /// Classifies a name. An access log has `access` in its name or ends in `.log`, optionally followed by dates,
    /// numbers and [`SUFFIXES`], and is not named like an error log.
    pub(super) fn of(name: &str) -> Kind {
        let name = name.to_lowercase();
        if let Some(shown) = name.strip_prefix('.') {
            let is_log = Kind::of(shown) == Kind::AccessLog;
            return if is_log { Kind::Skipped(SkipReason::Hidden) } else { Kind::Hidden };
        }
        if is_error_log(&name) {
            return Kind::Skipped(SkipReason::ErrorLog);
        }
        let stem = without_suffixes(&name);
        if is_access_log(stem) {
            return Kind::AccessLog;
        }
        let has_ending = |(_, endings): &&(SkipReason, &[&str])| endings.iter().any(|ending| stem.ends_with(ending));
        let row = NO_LOGS.iter().find(has_ending);
        Kind::Skipped(row.map_or(SkipReason::OtherName, |(reason, _)| *reason))
    }
}

/// True if a file of this name in a directory is read.
pub(crate) fn is_access_log_name(name: &str) -> bool {
    Kind::of(name) == Kind::AccessLog
}

/// Characters between the words of a name.
const SEPARATORS: [char; 3] = ['.', '-', '_'];

/// Words that are written together with `error`, as in `nginxerror.log` and `errorlog`: `log`, and names of programs.
const NEXT_TO_ERROR: [&str; 11] =
    ["log", "logs", "nginx", "openresty", "tengine", "angie", "freenginx", "apache", "httpd", "lighttpd", "php"];

/// True if a word is `error` or `errors`, alone or next to words of [`NEXT_TO_ERROR`]. Words are runs of letters, so
/// `terror.example-access.log` is not an error log.
fn is_error_log(name: &str) -> bool {
    let may_surround = |part: &str| part.is_empty() || NEXT_TO_ERROR.contains(&part);
    name.split(|c: char| !c.is_alphabetic())
        .filter_map(|word| word.split_once("error"))
        .any(|(before, after)| may_surround(before) && may_surround(after.strip_prefix('s').unwrap_or(after)))
}

/// True if `stem`, a name without its suffixes, is that of an access log.
fn is_access_log(stem: &str) -> bool {
    let last = stem.rsplit(SEPARATORS).next().unwrap_or(stem);
    stem.ends_with(".log") || stem.contains("access") && is_end_of_log(last)
}

/// True for the last word of an access log, to which a number may be attached without a separator.
fn is_end_of_log(word: &str) -> bool {
    word == "log" || word.ends_with("access") || word.ends_with("accesslog")
}

/// Removes the suffixes of rotation and compression at the end of a name in lower case, in any order.
pub(crate) fn without_suffixes(name: &str) -> &str {
    let mut stem = name;
    let shorter = |stem| {
        let without = |suffix: &&str| str::strip_suffix(stem, suffix);
        SUFFIXES.iter().find_map(without).or_else(|| without_number(stem))
    };
    while let Some(shorter) = shorter(stem) {
        stem = shorter;
    }
    stem
}

/// Removes the number or the part of a date at the end of a name: `.1`, `-20260101`, `_2026`, `-W01`,
/// `-20260101T0300Z`, or a number that is attached to the last word, as in `access_log1`.
fn without_number(stem: &str) -> Option<&str> {
    let start = stem.rfind(SEPARATORS).map_or(0, |separator| separator + 1);
    let word = &stem[start..];
    let (letters, number) = word.split_at(word.find(|c: char| c.is_ascii_digit())?);
    if !is_number_or_time(number) {
        return None;
    }
    match letters {
        "" | "w" => stem[..start].strip_suffix(SEPARATORS),
        attached if is_end_of_log(attached) => Some(&stem[..start + letters.len()]),
        _ => None,
    }
}

/// True for digits, and for a time of day with `T`, colons, offset and `Z`. The text begins with a digit.
fn is_number_or_time(text: &str) -> bool {
    let text = text.strip_suffix('z').unwrap_or(text);
    text.split(['t', ':', '+']).all(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn access_logs_are_recognised_by_their_names() {
        let names = "access.log access.log.1 access.log.2.gz access.log-20260101.gz access.log.20260101.zst access.log-2026-01-01 \
                     access.log-2026.01.01 access.log_2026_01_01.xz access_log access_log-20260101 access-20260101.log.xz \
                     access.1.log shop.access.log shop_access.log.14.bz2 shop.log shop.log.3.zstd access access.1 Access.LOG \
                     terror.example-access.log ssl_access_log.1 access.log-20260101-1767225600.gz other_vhosts_access.log \
                     accesslog nginxaccesslog access_log.processed access.log.1.processed access.log.processed.gz \
                     access.log.gz.1 access_log1 access1 access.log20260101 access_log.1767225600 access.log-2026-W01 \
                     access.log.2026-01-01T03:00:00Z access.log-20260101T030000.gz access.log-2026-01-01T03:00:00+01:00 \
                     access_log.2026-01-01_03-00 access-ssl_log access-log ufw.log access.old.log access.json.log \
                     terror.log mirrorerror.log access_terror.log accesserror.log errorpages.log myerrors_access.log";
        for name in names.split_whitespace() {
            assert_eq!(Kind::of(name), Kind::AccessLog, "{name}");
        }
    }

    #[test]
    fn other_names_have_a_reason() {
        use SkipReason as R;
        for (reason, names) in [
            (
                R::Backup,
                "access.log.bak access.log.old access.log.orig access.log.save access.log~ access.log.1~ shop.log.bak.gz",
            ),
            (R::Temporary, "access.log.tmp access.log.swp access.log.1.gz.part"),
            (R::Hidden, ".access.log .access.log.1.gz"),
            (R::Json, "access.json access.log.json access.json.1.gz report.json"),
            (R::CompressionUnsupported, "access.log.Z access.log.1.lz4 logs.zip"),
            (R::Archive, "access.tar access.tar.gz logs.tgz"),
            (R::State, "access.log.pos access.log.state"),
            (R::Configuration, "access.conf access.log.conf nginx.conf"),
            (R::Database, "access.db"),
            (R::Page, "access.html index.html"),
            (R::Table, "access.csv"),
            (R::Text, "access.md access.log.md access.txt"),
            (
                R::OtherName,
                "nginx.pid syslog messages 1.gz gz -20260101 20260101 accessible accessible.log.html.1x access.log.shop \
                 access-shop access_catalog access.log.v2 access.log.1a log log.1",
            ),
            (
                R::ErrorLog,
                "error.log error.log.1 error.log.2.gz shop.error.log nginxerror.log access_error.log errors.log \
                 error.log.bak access.log.error errorlog errorlog.log error_log-20260101 error1.log nginxerrors.log.1.gz \
                 errornginx.log nginxerrorlog Apache2Error.log php-error.log error-access.log",
            ),
        ] {
            for name in names.split_whitespace() {
                assert_eq!(Kind::of(name), Kind::Skipped(reason), "{name}");
            }
        }
        for name in [".access.log.swp", ".gz", ".", ".error.log", ".git"] {
            assert_eq!(Kind::of(name), Kind::Hidden, "{name}");
        }
    }

    #[test]
    fn endings_are_unique_and_in_lower_case() {
        let endings: Vec<_> = NO_LOGS.iter().flat_map(|(_, endings)| *endings).chain(&SUFFIXES).collect();
        for (i, ending) in endings.iter().enumerate() {
            assert!(!endings[..i].contains(ending), "{ending}");
            assert_eq!(**ending, ending.to_lowercase());
        }
    }

    proptest::proptest! {
        /// Rotating and compressing a log again never hides it, and never turns another file into a log.
        #[test]
        fn suffixes_do_not_change_the_kind(
            name in "(access|shop|error|access_log|x.log|a.json|b.tmp|notes)[._-]?[a-z0-9]{0,4}",
            suffixes in proptest::collection::vec(proptest::sample::select(&SUFFIXES[..]), 1..4),
            dates in proptest::collection::vec("[._-](20260[1-9][0-2][0-9]|[0-9]{1,4}|2026-0[1-9]-[0-2][0-9])", 0..3),
        ) {
            let longer = format!("{name}{}{}", dates.concat(), suffixes.concat());
            proptest::prop_assert_eq!(Kind::of(&longer), Kind::of(&name), "{} {}", name, longer);
        }
    }
}
