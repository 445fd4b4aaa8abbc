//! Sites: replaces `@name` among the files by the files of a site.

use std::ffi::OsStr;
use std::path::PathBuf;

use super::file::Site;
use super::options::shortened;
use crate::cli::names::suggestion;
use crate::cli::wrapped::wrapped;

/// The name of a site, if a word begins with `@`.
fn name(word: &OsStr) -> Option<String> {
    let bytes = word.as_encoded_bytes().strip_prefix(b"@")?;
    Some(String::from_utf8_lossy(bytes).into_owned())
}

/// Finds the site among the files. Only one is allowed, because a site brings options, and the options of two would
/// mix.
pub(super) fn named<'s>(given: &[PathBuf], sites: &'s [Site], file: Option<&str>) -> Result<Option<&'s Site>, String> {
    let mut found: Option<&Site> = None;
    for name in given.iter().filter_map(|word| name(word.as_os_str())) {
        let site = sites.iter().find(|site| site.name == name).ok_or_else(|| unknown(&name, sites, file))?;
        if let Some(other) = found.filter(|other| other.name != site.name) {
            let (one, two) = (&other.name, &site.name);
            return Err(format!(
                "@{one} and @{two} have options of their own: one site at a time, or the files themselves"
            ));
        }
        found = Some(site);
    }
    Ok(found)
}

/// Replaces each site among the files by its own files.
pub(super) fn files(given: Vec<PathBuf>, sites: &[Site]) -> Vec<PathBuf> {
    let files_of =
        |word: PathBuf| match name(word.as_os_str()).and_then(|name| sites.iter().find(|site| site.name == name)) {
            Some(site) => site.files.clone(),
            None => vec![word],
        };
    given.into_iter().flat_map(files_of).collect()
}

fn unknown(name: &str, sites: &[Site], file: Option<&str>) -> String {
    let mut known: Vec<String> = sites.iter().map(|site| format!("@{}", site.name)).collect();
    known.sort_unstable();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let list = match file {
        None => "  there is no configuration file that could name it".to_owned(),
        Some(file) if known.is_empty() => format!("  {file} names no sites"),
        Some(_) => wrapped(&known, "  sites: "),
    };
    let name = format!("@{}", shortened(name));
    format!("unknown site '{name}'{}\n{list}\n  a file of that name is ./{name}", suggestion(&name, &known))
}
