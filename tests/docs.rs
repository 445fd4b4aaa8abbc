//! README and book: their commands run, their output is what the program prints, their links lead somewhere.
//!
//! `LOGSTAT_BLESS=1 cargo test --test integration docs` rewrites outputs, tables and the picture.

mod blocks;
mod commands;
mod links;
mod picture;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use logstat::{LogFormat, WarningCode};

/// README.md and all pages of the book.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(super::REPOSITORY);
    let book = fs::read_dir(root.join("docs/src")).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<_> = book.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect();
    pages.push(root.join("README.md"));
    pages.sort();
    pages
}

/// Compares a generated file with the committed one, or writes it if `LOGSTAT_BLESS` is 1.
fn check_or_bless(path: &Path, expected: &str) -> Result<(), String> {
    let found = fs::read_to_string(path).unwrap_or_default();
    if found == expected {
        return Ok(());
    }
    if std::env::var_os("LOGSTAT_BLESS").is_some_and(|value| value == "1") {
        fs::write(path, expected).unwrap();
        return Ok(());
    }
    let line = found.lines().zip(expected.lines()).take_while(|(found, expected)| found == expected).count();
    let (found, expected) = (found.lines().nth(line), expected.lines().nth(line));
    Err(format!("{}:{}: {found:?}, but it should be {expected:?}\n", path.display(), line + 1))
}

#[test]
fn readme_is_short() {
    let readme = fs::read_to_string(Path::new(super::REPOSITORY).join("README.md")).unwrap();
    assert!(readme.lines().count() <= 150);
    let first_screen = readme.lines().take(24).collect::<Vec<_>>().join("\n");
    for command in ["cargo run --release -- testdata/shop.log --by day", "cargo test"] {
        assert!(first_screen.contains(command), "{command}");
    }
}

#[test]
fn summary_lists_every_page_once() {
    let book = Path::new(super::REPOSITORY).join("docs/src");
    let summary = fs::read_to_string(book.join("SUMMARY.md")).unwrap();
    for page in pages().iter().filter(|page| page.starts_with(&book)) {
        let name = page.file_name().unwrap().to_str().unwrap();
        let expected = if name == "SUMMARY.md" { 0 } else { 1 };
        assert_eq!(summary.matches(&format!("({name})")).count(), expected, "{name}");
    }
}

#[test]
fn option_reference_is_generated() {
    let output = Command::new(env!("CARGO_BIN_EXE_logstat")).args(["--generate", "reference"]).env_clear().output();
    let printed = String::from_utf8(output.unwrap().stdout).unwrap();
    assert!(printed.matches("\n### ").count() > 70, "{printed}");
    check_or_bless(&Path::new(super::REPOSITORY).join("docs/src/options.md"), &printed).unwrap();
}

/// Writes the tables between `<!-- generated -->` and `<!-- end -->` from the tables of the program.
fn with_tables(page: &Path, text: &str) -> String {
    let formats = || LogFormat::detected().map(|(name, about)| format!("| `{name}` | {about} |\n")).collect();
    let codes = || WarningCode::all().map(|code| format!("| `{}` | {} |\n", code.name(), code.about())).collect();
    let (heading, rows): (&str, String) = match page.file_name().and_then(|name| name.to_str()) {
        Some("formats.md") => ("| format | lines of |\n|---|---|\n", formats()),
        Some("monitoring.md") => ("| code | meaning |\n|---|---|\n", codes()),
        _ => return text.to_owned(),
    };
    let (before, rest) = text.split_once("<!-- generated -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end -->\n").unwrap();
    format!("{before}<!-- generated -->\n{heading}{rows}<!-- end -->\n{after}")
}

/// Each question of the book is a case, whose expected answer was checked by hand.
#[test]
fn every_question_is_a_case() {
    let page = fs::read_to_string(Path::new(super::REPOSITORY).join("docs/src/questions.md")).unwrap();
    let section = page.split("## Common questions\n").nth(1).unwrap();
    let block = section.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    let mut asked: Vec<_> = block.lines().map(|line| line.split("  #").next().unwrap().trim().to_owned()).collect();
    let cases = fs::read_dir("testdata/cases").unwrap().map(|case| case.unwrap().path());
    let questions = cases.filter(|case| case.file_name().unwrap().to_str().unwrap().starts_with("question_"));
    let mut answered: Vec<_> = questions
        .map(|case| {
            let cmd = fs::read_to_string(case.join("cmd")).unwrap();
            format!("logstat {}", cmd.trim().trim_start_matches("../../").replacen("shop.log", "access.log", 1))
        })
        .collect();
    asked.sort_unstable();
    answered.sort_unstable();
    assert_eq!(asked, answered);
}

#[test]
fn commands_and_tables_of_readme_and_book_are_right() {
    let mut problems = String::new();
    let mut commands = 0;
    for page in pages() {
        let outcome = commands::run(&with_tables(&page, &fs::read_to_string(&page).unwrap()));
        commands += outcome.commands;
        for problem in outcome.problems {
            writeln!(problems, "{}: {problem}", page.display()).unwrap();
        }
        problems.extend(check_or_bless(&page, &outcome.text).err());
    }
    assert!(problems.is_empty(), "\n{problems}");
    assert!(commands > 80, "{commands} commands were found");
}
