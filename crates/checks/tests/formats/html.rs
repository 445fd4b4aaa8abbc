//! The HTML page: its numbers, its markup compared with the page of a harmless log, and its display in a browser.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use super::{HOSTILE, SHOP, hostile, log_of, logstat};
use checks::program;
use checks::python::python;
use checks::skip::is_skipped;

/// A log with as many texts as the hostile one, all harmless.
fn benign() -> Vec<u8> {
    let texts: Vec<_> = (0..=HOSTILE.len()).map(|i| format!("plain{i}")).collect();
    log_of(texts.iter().map(String::as_str))
}

/// Appends a request time to each line.
fn timed(log: &[u8]) -> Vec<u8> {
    log.split_inclusive(|byte| *byte == b'\n')
        .flat_map(|line| [&line[..line.len() - 1], b" 0.012\n"].concat())
        .collect()
}

fn check(arguments: &[&str]) {
    let output = python(&[&["-B"], arguments].concat()).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    assert!(String::from_utf8_lossy(&output.stdout).ends_with("as it should be\n"));
}

#[test]
fn parser_finds_the_same_numbers_and_no_injected_markup() {
    if is_skipped(python(&["--version"]).is_ok(), "python3 is not installed") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    fs::write(at("hostile.log"), timed(&hostile())).unwrap();
    fs::write(at("benign.log"), timed(&benign())).unwrap();
    let checks = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/formats/page.py");
    check(&[checks, program(), SHOP, &at("hostile.log"), &at("benign.log")]);
}

#[test]
fn browser_shows_the_page_without_requests() {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let browser = names.into_iter().find(|name| Command::new(name).arg("--version").output().is_ok());
    if is_skipped(browser.is_some() && python(&["--version"]).is_ok(), "chromium or python3 is not installed") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    fs::write(at("hostile.log"), hostile()).unwrap();
    fs::copy(SHOP, at("shop.log")).unwrap();
    let asked = ["--top", "path,agent,user", "-o"];
    let pages: [(&str, &[&str]); 2] =
        [("shop", &["--by", "hour"]), ("hostile", &["--by", "minute", "--fail-if", "any agent: 4xx > 0"])];
    for (name, more) in pages {
        // Run in the directory of the logs, so that the page shows file names without a path.
        let mut command = Command::new(program());
        command.env_clear().current_dir(&directory).arg(format!("{name}.log")).args(asked).arg(format!("{name}.html"));
        assert!(command.args(more).output().unwrap().status.code().is_some_and(|code| code == 0 || code == 3));
    }
    // Screenshots are kept for inspection.
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures");
    fs::create_dir_all(&pictures).unwrap();
    let drive = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/formats/browser.py");
    check(&[drive, browser.unwrap(), pictures.to_str().unwrap(), &at("shop.html"), &at("hostile.html")]);
}

#[test]
fn inputs_that_failed_are_listed_at_the_top() {
    let page = |arguments: &[&str]| {
        let output = logstat(&[&[SHOP, "--format", "html"], arguments].concat());
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, whole) = page(&[]);
    assert!(code == Some(0) && !whole.contains("id=\"warnings\""));
    let (code, one) = page(&["<i>.log", "--fail-if", "pv > 0"]);
    let expected = "<main>\n<section aria-labelledby=\"warnings\">\n<h2 id=\"warnings\">Warnings</h2>\n\
                    <p>Some input could not be read, so the numbers below may be incomplete.</p>\n\
                    <ul class=\"verdicts\">\n\
                    <li class=\"bad\"><b>&#60;i&#62;.log</b> <span>no such file or directory</span></li>\n</ul>\n</section>";
    assert!(code == Some(1) && one.contains(expected), "{one}");
    let names: Vec<_> = (0..30).map(|i| format!("gone{i}")).collect();
    let (_, many) = page(&names.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(many.matches("<span>no such file or directory</span>").count(), 20);
    assert!(many.contains("10 more are not shown here; the JSON report lists all."));
}

#[test]
fn notes_are_on_the_page() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), b"[14/Nov/2026:09:00:03 +0100] GET / 200\n").unwrap();
    let path = file.path().to_str().unwrap();
    let page =
        logstat(&[path, "--log-format", "[$time_local] $request_method $uri $status", "--format", "html"]).stdout;
    let page = String::from_utf8(page).unwrap();
    assert!(
        page.contains("<h2 id=\"notes\">Notes</h2>\n<ul class=\"highlights\">\n<li class=\"note\"><span>"),
        "{page}"
    );
}

#[test]
fn long_tables_are_cut_with_a_note() {
    let mut log = Vec::new();
    for second in 0..3000 {
        let (minute, second) = (second / 60, second % 60);
        let clock = format!("14/Nov/2026:09:{minute:02}:{second:02} +0100");
        writeln!(log, "10.0.0.1 - - [{clock}] \"GET /{minute}/{second} HTTP/1.1\" 200 5 \"-\" \"-\"").unwrap();
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), log).unwrap();
    let path = file.path().to_str().unwrap();
    let page = logstat(&[path, "--by", "second", "-n", "0", "--format", "html"]).stdout;
    let page = String::from_utf8(page).unwrap();
    assert_eq!(
        page.matches("Showing the first 1,000 of 3,000 rows; --format csv has all.").count(),
        2,
        "timeline and paths"
    );
    assert_eq!(page.matches("<tr>").count(), 2 * 1001 + 8 + 3, "two tables of 1,000, and the small ones");
    let bars = page.matches("<g class=\"point\">").count();
    assert!(
        (100..=240).contains(&bars)
            && page.contains("Each bar is 15 seconds. Line: most visitors in one of its seconds."),
        "{bars}"
    );
    assert!(page.contains(": 15 requests, at most 1 visitor, 0 4xx, 0 5xx</title>"));
}
