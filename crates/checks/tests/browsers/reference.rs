//! The reference: ua-parser, with the rules that its crate contains.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use ua_parser::user_agent::{Builder, Extractor, Parser};

/// Reads the rules for browsers from a directory with the sources of ua-parser.
pub(super) fn rules(crate_root: &Path) -> Extractor<'static> {
    let text = fs::read_to_string(crate_root.join("uap-core/regexes.yaml")).unwrap();
    let mut builder = Builder::new();
    for rule in rules_of(&text) {
        builder = builder.push(rule).unwrap_or_else(|error| panic!("{error}"));
    }
    builder.build().unwrap()
}

/// The rules in the first section of the file, whose YAML has only lists of maps of quoted texts.
fn rules_of(text: &str) -> Vec<Parser<'static>> {
    let section = text.split("\nos_parsers:").next().unwrap();
    let mut rules: Vec<Parser<'_>> = Vec::new();
    for line in section.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        let Some((key, value)) = line.split_once(": ") else { continue };
        let value = Cow::Owned(unquoted(value));
        match (key, rules.last_mut()) {
            ("- regex", _) => rules.push(Parser { regex: value, ..Parser::default() }),
            ("family_replacement", Some(rule)) => rule.family_replacement = Some(value),
            ("v1_replacement", Some(rule)) => rule.v1_replacement = Some(value),
            ("v2_replacement", Some(rule)) => rule.v2_replacement = Some(value),
            ("v3_replacement", Some(rule)) => rule.v3_replacement = Some(value),
            _ => panic!("{line}"),
        }
    }
    assert!(rules.len() > 300, "{} rules", rules.len());
    rules
}

fn unquoted(value: &str) -> String {
    let value = value.trim();
    match value.strip_prefix('\'').and_then(|value| value.strip_suffix('\'')) {
        Some(text) => text.replace("''", "'"),
        None => value.trim_matches('"').replace("\\\\", "\\"),
    }
}
