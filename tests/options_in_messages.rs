//! The library does not know the command line: no literal in its code names an option.

use std::collections::BTreeSet;
use std::process::Command;

/// The words after `--` in a text.
fn options(text: &str) -> impl Iterator<Item = &str> {
    let is_of_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.match_indices("--").filter_map(move |(at, _)| {
        let word = &text[at + 2..];
        let end = word.find(|c| !is_of_name(c)).unwrap_or(word.len());
        Some(&word[..end]).filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase()))
    })
}

#[test]
fn no_text_of_the_library_names_an_option() {
    let help = Command::new(crate::program()).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    // Descriptions also name options of other programs, so read only the first word of each row.
    let rows = help.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
    let known: BTreeSet<&str> = rows.filter_map(|row| options(row).next()).collect();
    assert!(["max-keys", "log-format", "exclude-path"].iter().all(|option| known.contains(option)), "{known:?}");
    // The beginning of an option, which a message completes, counts too. Options of other programs are allowed.
    let is_ours =
        |word: &&str| known.contains(word) || word.ends_with('-') && known.iter().any(|k| k.starts_with(word));
    let texts = crate::layers::literals();
    assert!(texts.len() > 1000, "{} texts", texts.len());
    let named = texts.iter().filter(|(_, text)| options(text).any(|word| is_ours(&word)) || text.contains("--{"));
    let named: Vec<_> = named.map(|(module, text)| format!("{module}: {text}")).collect();
    assert!(named.is_empty(), "{} texts:\n{}", named.len(), named.join("\n"));
}
