//! `--list-static`: prints what counts as static.

use std::io::{self, Write};

use logstat::{StaticRules, printable};

use super::wrapped::wrapped;

/// Writes the prefixes and the extensions in force.
pub(crate) fn write(rules: &StaticRules, out: &mut dyn Write) -> io::Result<()> {
    let words = |words: Vec<&[u8]>| -> Vec<String> { words.into_iter().map(printable).collect() };
    let list = |words: &[String]| wrapped(&words.iter().map(String::as_str).collect::<Vec<_>>(), "  ");
    writeln!(out, "A path is static if it starts with one of")?;
    writeln!(out, "{}", list(&words(rules.prefixes().collect())))?;
    writeln!(out, "or if its extension, in upper or lower case, is one of")?;
    writeln!(out, "{}", list(&words(rules.extensions().collect())))
}
