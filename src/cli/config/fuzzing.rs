//! The body of the fuzz target `config`: any text is read as a configuration or refused with a message. Printing a
//! configuration gives one that means the same. src/fuzzing/ has the bodies for the library.

use std::ffi::OsString;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;
use tempfile::NamedTempFile;

use super::{Environment, ResolvedArgs, error_origin, variables};

/// Arguments and variables that accompany the file.
struct Beside {
    given: &'static [&'static str],
    variables: &'static [(&'static str, &'static str)],
}

const BESIDE: [Beside; 5] = [
    Beside { given: &[], variables: &[] },
    Beside { given: &["@a"], variables: &[] },
    Beside { given: &["--by", "hour", "--top", "ip,host", "access.log"], variables: &[] },
    Beside { given: &[], variables: &[("LOGSTAT_TOP", "ip,host"), ("LOGSTAT_FILL", "0"), ("LOGSTAT_BY", "month")] },
    Beside { given: &["@a", "--path", "~\\.php$"], variables: &[("LOGSTAT_LIMIT", "3")] },
];

/// Characters that could move a cursor, reverse text or hide it.
static UNSAFE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]").expect("an expression"));

fn assert_safe(what: &str, text: &str) {
    let found = UNSAFE.find_iter(text).find(|found| found.as_str() != "\n");
    assert!(found.is_none(), "{what}: {found:?} in {text:?}");
}

/// Runs one input. Its first byte selects the arguments and variables; the rest is the file.
pub(crate) fn run(data: &[u8]) {
    let Some((choice, text)) = data.split_first() else { return };
    let Beside { given, variables } = BESIDE[usize::from(*choice) % BESIDE.len()];
    let resolved = match read(text, given, variables) {
        Ok(resolved) => resolved,
        Err(error) => return assert_safe("a refused configuration", &error_origin::message(&error)),
    };
    resolved.warnings.iter().for_each(|warning| assert_safe("a warning", warning));
    let printed = print(&resolved);
    assert_safe("a configuration that is printed", &printed);
    if let Err(error) = resolved.args.question(None) {
        let error = resolved.with_origin(error, |args| args.question(None).map(drop));
        return assert_safe("a refused question", &error_origin::message(&error));
    }
    // The second run uses the site of the first.
    let site = if given.first() == Some(&"@a") { &given[..1] } else { &[] };
    let again = read(printed.as_bytes(), site, &[]);
    let again = again.unwrap_or_else(|error| panic!("{}\n{printed}", error_origin::message(&error)));
    assert_eq!(values(&print(&again)), values(&printed));
}

fn read(text: &[u8], given: &[&str], variables: &[(&str, &str)]) -> Result<ResolvedArgs, clap::Error> {
    let file = NamedTempFile::new().expect("a temporary file");
    std::fs::write(&file, text).expect("the file is written");
    let path: &Path = file.path();
    let variables = variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    let own = [("HOME".into(), "/home/x".into()), (OsString::from(variables::CONFIG), path.into())];
    let given = std::iter::once("logstat").chain(given.iter().copied()).map(OsString::from);
    ResolvedArgs::read(given.collect(), &Environment { variables: variables.chain(own).collect() })
}

fn print(resolved: &ResolvedArgs) -> String {
    let mut text = Vec::new();
    resolved.print(&mut text).expect("writing to memory cannot fail");
    String::from_utf8(text).expect("a configuration is UTF-8")
}

/// The lines that are not comments, without their origins.
fn values(printed: &str) -> Vec<&str> {
    let lines = printed.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.rsplit_once("  # ").map_or(line, |(value, _)| value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corpus_upholds_the_laws() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/fuzz/config");
        let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(files.len() >= 5);
        let is_fault = |file: &std::path::PathBuf| {
            let data = std::fs::read(file).unwrap();
            std::panic::catch_unwind(|| run(&data)).is_err()
        };
        let faults: Vec<_> = files.into_iter().filter(is_fault).collect();
        assert!(faults.is_empty(), "{faults:?}");
    }

    #[test]
    fn terminal_control_characters_are_detected() {
        assert_safe("fine", "größe\n");
        for text in ["\u{1b}[31m", "\r", "\u{202e}"] {
            assert!(std::panic::catch_unwind(|| assert_safe("unsafe", text)).is_err(), "{text:?}");
        }
    }
}
