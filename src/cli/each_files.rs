//! `-o 'reports/{}.html'`: a file for each report of `--each`, and an index.

use std::path::{Path, PathBuf};

use logstat::{Report, ReportFormat};

use super::messages::shown_path;

/// The place of a value in the name of a file.
const PLACE: &str = "{}";
/// What the file with the report of all requests has in this place.
const INDEX: &str = "index";

/// The names of files with a place for a value.
#[derive(Clone, Debug)]
pub(crate) struct EachFile {
    directory: PathBuf,
    before: String,
    after: String,
}

impl EachFile {
    /// Takes the path of `-o`. `None` if the name of the file has no place for a value.
    pub(crate) fn of(path: &Path) -> Option<EachFile> {
        let (before, after) = path.file_name()?.to_str()?.split_once(PLACE)?;
        let directory = path.parent().unwrap_or(Path::new("")).to_owned();
        Some(EachFile { directory, before: before.to_owned(), after: after.to_owned() })
    }

    fn name(&self, value: &str) -> String {
        format!("{}{value}{}", self.before, self.after)
    }

    /// The file with the report of all requests.
    pub(crate) fn index(&self) -> PathBuf {
        self.path(INDEX)
    }

    /// The file of a value, which is encoded already.
    pub(crate) fn path(&self, value: &str) -> PathBuf {
        self.directory.join(self.name(value))
    }

    /// A link from one of the files to that of a value.
    pub(crate) fn link(&self, value: &str) -> String {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let encoded = |byte: u8| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
        self.name(value).bytes().map(encoded).collect()
    }

    /// A link to the file with the report of all requests.
    pub(crate) fn link_to_index(&self) -> String {
        self.link(INDEX)
    }
}

/// Returns the report that the index has: for people with a browser, that of all requests with links to the others.
pub(crate) fn of_index(report: &Report, format: ReportFormat) -> Report {
    let mut index = report.clone();
    if format != ReportFormat::Html {
        index.each = None;
    }
    index
}

/// The reason why a file of `-o` does not fit the other options. `each` is the dimension of `--each`.
pub(crate) fn refusal(path: &Path, format: ReportFormat, each: Option<&str>) -> Option<String> {
    let shown = shown_path(path);
    let of = |path: Option<&Path>| path.map_or(0, |path| path.to_string_lossy().matches(PLACE).count());
    let (in_directory, in_name) = (of(path.parent()), of(path.file_name().map(Path::new)));
    match each {
        None if in_directory + in_name > 0 => {
            Some(format!("-o {shown}: {{}} stands for a value of --each\n  for example:  --each host -o '{shown}'"))
        }
        Some(_) if in_directory > 0 => {
            Some(format!("-o {shown}: {{}} can be in the name of the file, not in that of a directory"))
        }
        Some(_) if in_name > 1 => Some(format!("-o {shown}: {{}} can be in the name of the file only once")),
        Some(each) if in_name == 0 && format == ReportFormat::Html => {
            let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let example = shown_path(&path.with_file_name(format!("{stem}-{PLACE}.html")));
            Some(format!("-o {shown}: a page has the report of one {each}\n  for a page for each:  -o '{example}'"))
        }
        _ => None,
    }
}

/// The reason why standard output cannot have the reports of `--each`.
pub(crate) fn standard_refusal(format: ReportFormat, each: Option<&str>) -> Option<String> {
    let each = each.filter(|_| format == ReportFormat::Html)?;
    Some(format!("--format html: a page has the report of one {each}\n  for a page for each:  -o '{PLACE}.html'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_is_in_the_name_of_the_file() {
        let of = |path: &str| EachFile::of(Path::new(path)).map(|files| files.path("a%2Fb"));
        let rows = [
            ("{}.html", Some("a%2Fb.html")),
            ("reports/{}.html", Some("reports/a%2Fb.html")),
            ("/var/r-{}-1.json", Some("/var/r-a%2Fb-1.json")),
            ("{}/report.html", None),
            ("report.html", None),
            ("/", None),
        ];
        for (path, expected) in rows {
            assert_eq!(of(path).as_deref(), expected.map(Path::new), "{path}");
        }
    }

    #[test]
    fn links_are_encoded() {
        let files = EachFile::of(Path::new("r/a b:{}.html")).unwrap();
        assert_eq!(files.link("%53hop"), "a%20b%3A%2553hop.html");
        assert_eq!(
            (files.link_to_index(), files.index()),
            ("a%20b%3Aindex.html".to_owned(), "r/a b:index.html".into())
        );
    }
}
