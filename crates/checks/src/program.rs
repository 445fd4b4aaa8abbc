//! The program under test. `cargo test --workspace` builds it in the parent directory of the tests.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::LazyLock;

/// Returns the path of `logstat`, built from the sources of this checkout.
///
/// # Panics
/// Panics if it is not built, or older than a source: `cargo test --package checks` alone does not build it.
#[must_use]
pub fn program() -> &'static str {
    static PROGRAM: LazyLock<Result<String, String>> = LazyLock::new(|| {
        let test = std::env::current_exe().map_err(|error| error.to_string())?;
        let deps = test.parent().expect("a test is in target/PROFILE/deps");
        let program = deps.with_file_name("logstat");
        match newer_source(&program, deps) {
            Ok(None) => program.into_os_string().into_string().map_err(|_| "the path is not UTF-8".to_owned()),
            Ok(Some(source)) => {
                Err(format!("{} is older than {source}: run `cargo test --workspace`", program.display()))
            }
            Err(error) => Err(format!("{}: {error}: run `cargo test --workspace`", program.display())),
        }
    });
    match &*PROGRAM {
        Ok(program) => program,
        Err(reason) => panic!("{reason}"),
    }
}

/// Returns a source that changed after the program was built. Cargo lists the sources next to the file in `deps` that
/// the program is a hard link to.
fn newer_source(program: &Path, deps: &Path) -> io::Result<Option<String>> {
    let built = fs::metadata(program)?;
    for entry in fs::read_dir(deps)? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(b"logstat-") && entry.metadata()?.ino() == built.ino() {
            let list = fs::read_to_string(entry.path().with_extension("d"))?;
            let sources = list.lines().next().and_then(|rule| rule.split_once(": ")).map_or("", |(_, sources)| sources);
            let changed = |source: &&str| fs::metadata(Path::new(crate::REPOSITORY).join(source))?.modified();
            for source in sources.split_whitespace() {
                if changed(&source)? > built.modified()? {
                    return Ok(Some(source.to_owned()));
                }
            }
        }
    }
    Ok(None)
}
