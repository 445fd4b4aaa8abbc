//! The program under test. `cargo test --workspace` builds it, in the directory above that of the tests.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use std::time::SystemTime;

/// The path of `logstat`, built from the sources of this checkout.
///
/// # Panics
/// If it is not built yet, or if a source is newer: `cargo test --package checks` alone does not build it.
#[must_use]
pub fn program() -> &'static str {
    static PROGRAM: LazyLock<String> = LazyLock::new(|| {
        let test = std::env::current_exe().expect("the system knows where a test is");
        let directory = test.parent().and_then(Path::parent).expect("tests are in target/PROFILE/deps");
        let program = directory.join("logstat");
        let newer = newer_source(&program, &directory.join("logstat.d"));
        assert!(
            newer.is_none(),
            "{} is newer than {}: run `cargo test --workspace`",
            newer.unwrap_or_default(),
            program.display()
        );
        program.into_os_string().into_string().expect("the path is UTF-8")
    });
    &PROGRAM
}

/// A source that changed after the program was built. `sources` is the list that cargo writes beside the program.
fn newer_source(program: &Path, sources: &Path) -> Option<String> {
    let changed = |path: &str| fs::metadata(path).and_then(|metadata| metadata.modified()).unwrap_or(SystemTime::now());
    let built = changed(program.to_str()?);
    let list = fs::read_to_string(sources).unwrap_or_else(|error| panic!("{}: {error}", sources.display()));
    let (_, list) = list.split_once(": ").expect("a program and a colon");
    list.split_whitespace().find(|source| changed(source) > built).map(str::to_owned)
}
