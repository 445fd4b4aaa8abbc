//! Prints the settings in force as a configuration file with the same effect; each line names its origin.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;

use clap::{Arg, CommandFactory};

use super::agents::{CLASS, PATTERN};
use super::options::{conflict, is_path, settable, value_count};
use super::setting::{Setting, Value};
use super::{AGENTS, FORMATS, ResolvedArgs, SITE_FILES, SITES, ValueCount};
use crate::cli::args::Args;
use crate::cli::states::SITE_STATE;
use crate::cli::wrapped::wrapped;

impl ResolvedArgs {
    /// Writes the settings in force.
    pub(crate) fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let command = Args::command();
        let set = |name: &str| self.settings.iter().find(|setting| setting.option == name);
        writeln!(out, "# Options in force, and where they are set.")?;
        for file in &self.args.files {
            writeln!(out, "# reads {}", quoted(&file.to_string_lossy()))?;
        }
        writeln!(out)?;
        for (name, option) in settable(&command) {
            set(name).map_or(Ok(()), |setting| write_setting(setting, option, out))?;
        }
        let has_rival = |name: &str| self.settings.iter().any(|set| set.is_given() && conflict(&set.option, name));
        let others = settable(&command).filter(|(name, _)| set(name).is_none() && !has_rival(name));
        let (by_default, not_given): (Vec<_>, Vec<_>) =
            others.map(|(name, option)| (name, by_default(option))).partition(|(_, default)| default.is_some());
        writeln!(out, "\n# By default:")?;
        for (name, default) in by_default {
            writeln!(out, "# {name}: {}", default.unwrap_or_default())?;
        }
        let names: Vec<&str> = not_given.into_iter().map(|(name, _)| name).collect();
        writeln!(out, "# Not set:\n{}", wrapped(&names, "").replace('\n', "\n# ").replacen("", "# ", 1))?;
        if !self.file.formats.is_empty() {
            writeln!(out, "\n[{FORMATS}]")?;
        }
        for own in &self.file.formats {
            writeln!(out, "{} = {}  # {}", key(&own.name), quoted(&own.text), own.origin)?;
        }
        if !self.file.agents.is_empty() {
            writeln!(out, "\n[{AGENTS}]")?;
        }
        for agent in &self.file.agents {
            let patterns: Vec<_> = agent.patterns.iter().map(|pattern| quoted(pattern)).collect();
            let (name, class, origin) = (key(&agent.name), quoted(agent.class.name()), &agent.origin);
            writeln!(out, "{name} = {{ {PATTERN} = [{}], {CLASS} = {class} }}  # {origin}", patterns.join(", "))?;
        }
        for site in &self.file.sites {
            writeln!(out, "\n[{SITES}.{}]  # {}", key(&site.name), site.origin)?;
            if !site.files.is_empty() {
                let files = site.files.iter().map(|file| quoted(&absolute(&file.to_string_lossy())));
                writeln!(out, "{SITE_FILES} = [{}]", files.collect::<Vec<_>>().join(", "))?;
            }
            // Written here, they would take precedence over the settings above.
            if self.site.as_ref() == Some(&site.name) {
                writeln!(out, "# its options are in force, above")?;
                continue;
            }
            for setting in &site.settings {
                let option = settable(&command).find(|(name, _)| *name == setting.option);
                option.map_or(Ok(()), |(_, option)| write_setting(setting, option, out))?;
            }
        }
        Ok(())
    }
}

fn write_setting(setting: &Setting, option: &Arg, out: &mut dyn Write) -> io::Result<()> {
    let value = match &setting.value {
        Value::Times(times @ (0 | 1)) => (*times == 1).to_string(),
        Value::Times(times) => times.to_string(),
        Value::Texts(texts) => {
            let texts: Vec<Cow<'_, str>> = texts.iter().map(|text| text.text.to_string_lossy()).collect();
            // One text may hold several values, as an option or a variable may.
            let parts = texts.iter().flat_map(|text| match option.get_value_delimiter() {
                Some(delimiter) => text.split(delimiter).map(str::to_owned).collect(),
                None if is_path(option) => vec![absolute(text)],
                None => vec![text.to_string()],
            });
            match value_count(option) {
                ValueCount::Many => format!("[{}]", parts.map(|part| quoted(&part)).collect::<Vec<_>>().join(", ")),
                _ => parts.map(|part| if is_number(&part) { part } else { quoted(&part) }).collect(),
            }
        }
    };
    writeln!(out, "{} = {value}  # {}", setting.option, setting.origin)
}

/// Makes a path absolute, so that it does not depend on the directory of the file that contains it.
fn absolute(path: &str) -> String {
    match std::path::absolute(Path::new(path)) {
        Ok(whole) if path != "-" && path != SITE_STATE => whole.to_string_lossy().into_owned(),
        _ => path.to_owned(),
    }
}

/// Reads the default of an option from its help.
fn by_default(option: &Arg) -> Option<String> {
    let helps = [option.get_help(), option.get_long_help()];
    helps.into_iter().flatten().find_map(|help| {
        let help = help.to_string();
        let (_, default) = help.split_once("[default: ")?;
        default.split_once(']').map(|(default, _)| default.to_owned())
    })
}

/// True if a text is a number that TOML writes the same way.
fn is_number(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits =
        |digits: &str| !digits.is_empty() && digits.len() < 16 && digits.bytes().all(|b| b.is_ascii_digit());
    is_digits(whole) && is_digits(fraction) && (whole == "0" || !whole.starts_with('0'))
}

/// Writes a key in TOML.
fn key(name: &str) -> String {
    let is_bare = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
    if is_bare { name.to_owned() } else { quoted(name) }
}

/// Writes a text in TOML, unescaped if possible, because patterns contain many backslashes.
pub(super) fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.escape_debug().count() == 1 || matches!(c, '"' | '\\' | '\'');
    if text.chars().all(is_plain) {
        if !text.contains(['"', '\\']) {
            return format!("\"{text}\"");
        }
        if !text.contains('\'') {
            return format!("'{text}'");
        }
    }
    let mut quoted = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if is_plain(c) => quoted.push(c),
            c => quoted += &format!("\\U{:08X}", u32::from(c)),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use toml::de::DeTable;

    #[test]
    fn only_valid_toml_numbers_are_bare() {
        assert!(["0", "10", "0.5", "12.25"].into_iter().all(is_number));
        assert!(
            ["", "-1", "007", "1.", ".5", "1e3", "0x1", "1.2.3", &"9".repeat(30)].iter().all(|text| !is_number(text))
        );
    }

    #[test]
    fn texts_are_escaped_only_if_necessary() {
        let rows = [
            ("a", "\"a\""),
            (r"~\.php$", r"'~\.php$'"),
            ("it's \"x\"", r#""it's \"x\"""#),
            ("\u{1b}", r#""\U0000001B""#),
        ];
        for (text, expected) in rows {
            assert_eq!(quoted(text), expected);
        }
    }

    proptest! {
        #[test]
        fn quoted_text_is_read_back_unchanged(text in any::<String>(), name in any::<String>()) {
            let line = format!("{} = {}", key(&name), quoted(&text));
            prop_assert!(!line.chars().any(char::is_control));
            let table = DeTable::parse(&line).unwrap().into_inner();
            let (found, value) = table.iter().next().unwrap();
            prop_assert_eq!(found.get_ref().as_ref(), name.as_str());
            prop_assert_eq!(value.get_ref().as_str(), Some(text.as_str()));
        }
    }
}
