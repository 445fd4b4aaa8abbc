//! Parses a configuration file: TOML whose keys are options, log formats, agents and sites.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::{Arg, Command};
use logstat::{FormatError, LogFormat};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::options::{ValueCount, is_path, named, shortened, value_count};
use super::own_agent::OwnAgent;
use super::setting::{Origin, Setting, Text, Value};
use super::{AGENTS, FORMATS, SITE_FILES, SITES};
use crate::cli::messages::shown;
use crate::cli::states::SITE_STATE;
use crate::cli::values::is_word;

/// The contents of a file.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) settings: Vec<Setting>,
    pub(super) formats: Vec<NamedFormat>,
    pub(super) agents: Vec<OwnAgent>,
    pub(super) sites: Vec<Site>,
}

/// A log format that the user has named.
#[derive(Debug)]
pub(super) struct NamedFormat {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) format: LogFormat,
    pub(super) origin: Origin,
}

/// A site: the files and options that `@name` stands for.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) name: String,
    pub(super) files: Vec<PathBuf>,
    pub(super) settings: Vec<Setting>,
    pub(super) origin: Origin,
}

pub(super) type Key<'t> = Spanned<DeString<'t>>;
pub(super) type Item<'t> = Spanned<DeValue<'t>>;

/// Parses the text of a file; an error has its line.
pub(super) fn read(
    text: &str,
    path: &Path,
    home: Option<&Path>,
    name: &Rc<str>,
    command: &Command,
) -> Result<File, String> {
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).collect();
    let folder = path.parent().unwrap_or(path);
    let reader = Reader { command, shown: name, ends, folder, home };
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(text.len(), |span| span.start);
        reader.wrong(at, &format!("invalid TOML: {}", shown(error.message())))
    })?;
    reader.file(table.get_ref())
}

pub(super) struct Reader<'r> {
    command: &'r Command,
    shown: &'r Rc<str>,
    /// Byte offsets of the line ends.
    ends: Vec<usize>,
    /// Directory that relative paths start from.
    folder: &'r Path,
    home: Option<&'r Path>,
}

impl Reader<'_> {
    fn file(&self, table: &DeTable<'_>) -> Result<File, String> {
        let mut file = File::default();
        for (key, item) in in_order(table) {
            match key.get_ref().as_ref() {
                FORMATS => {
                    for (key, item) in in_order(self.table(key, item)?) {
                        file.formats.push(self.format(key, item)?);
                    }
                }
                AGENTS => {
                    for (key, item) in in_order(self.table(key, item)?) {
                        file.agents.push(self.agent(key, item)?);
                    }
                }
                SITES => {
                    for (key, item) in in_order(self.table(key, item)?) {
                        file.sites.push(self.site(key, item)?);
                    }
                }
                SITE_FILES => {
                    let message = format!("'{SITE_FILES}' belongs in a site: [{SITES}.NAME]");
                    return Err(self.wrong(key.span().start, &message));
                }
                _ => file.settings.push(self.setting(key, item, &[FORMATS, AGENTS, SITES])?),
            }
        }
        Ok(file)
    }

    fn format(&self, key: &Key<'_>, item: &Item<'_>) -> Result<NamedFormat, String> {
        let name = key.get_ref();
        let wrong = |message: &str| self.wrong(key.span().start, message);
        if LogFormat::names().any(|preset| preset.eq_ignore_ascii_case(name)) {
            return Err(wrong(&format!("'{name}' is the name of a preset: choose another")));
        }
        if !is_word(name) {
            let message = format!("'{}' is not a valid format name: use letters, digits, _ and -", shortened(name));
            return Err(wrong(&message));
        }
        let DeValue::String(text) = item.get_ref() else {
            return Err(wrong(&format!("'{name}' must be the text of a log_format, not {}", kind(item.get_ref()))));
        };
        let format = named_format(name, text).map_err(|error| wrong(&error.to_string()))?;
        Ok(NamedFormat {
            name: name.to_string(),
            text: text.to_string(),
            format,
            origin: self.origin(key.span().start),
        })
    }

    fn site(&self, key: &Key<'_>, item: &Item<'_>) -> Result<Site, String> {
        let name = key.get_ref();
        // Messages show the name, and users type it.
        if name.is_empty() || name.contains(' ') || shortened(name) != **name {
            let message = format!("'{}' is not a valid site name: it is typed as @NAME", shortened(name));
            return Err(self.wrong(key.span().start, &message));
        }
        let (mut files, mut settings) = (Vec::new(), Vec::new());
        for (key, item) in in_order(self.table(key, item)?) {
            if key.get_ref() == SITE_FILES {
                let texts = self.texts(SITE_FILES, "FILE", ValueCount::Many, key, item)?;
                for Text { text, .. } in texts {
                    files.push(self.path(key, &text)?.into());
                }
            } else {
                settings.push(self.setting(key, item, &[SITE_FILES])?);
            }
        }
        Ok(Site { name: name.to_string(), files, settings, origin: self.origin(key.span().start) })
    }

    fn setting(&self, key: &Key<'_>, item: &Item<'_>, others: &[&str]) -> Result<Setting, String> {
        let name = key.get_ref();
        let option = named(self.command, name, others).map_err(|message| self.wrong(key.span().start, &message))?;
        let value = match value_count(option) {
            ValueCount::Flag | ValueCount::Count => Value::Times(self.times(name, value_count(option), key, item)?),
            takes => {
                let mut texts = self.texts(name, &value_name(option), takes, key, item)?;
                if is_path(option) {
                    for text in &mut texts {
                        text.text = self.path(key, &text.text)?;
                    }
                }
                Value::Texts(texts)
            }
        };
        let option = option.get_long().unwrap_or(name).to_owned();
        Ok(Setting { option, value, origin: self.origin(key.span().start) })
    }

    /// Number of times that an option without a value is given.
    fn times(&self, name: &str, takes: ValueCount, key: &Key<'_>, item: &Item<'_>) -> Result<u8, String> {
        match (item.get_ref(), takes) {
            (DeValue::Boolean(is_on), _) => return Ok(u8::from(*is_on)),
            (DeValue::Integer(number), ValueCount::Count) => {
                if let Ok(times) = number.to_string().parse() {
                    return Ok(times);
                }
            }
            _ => {}
        }
        let what = if takes == ValueCount::Count { "true, false or a number" } else { "true or false" };
        let is_quoted = matches!(item.get_ref(), DeValue::String(text) if matches!(text.as_ref(), "true" | "false"));
        let hint = if is_quoted { " in quotes: write it without quotes" } else { "" };
        Err(self.wrong(key.span().start, &format!("'{name}' takes {what}, not {}{hint}", kind(item.get_ref()))))
    }

    /// The texts of an option: one value, or a list if the option takes several.
    pub(super) fn texts(
        &self,
        name: &str,
        what: &str,
        takes: ValueCount,
        key: &Key<'_>,
        item: &Item<'_>,
    ) -> Result<Vec<Text>, String> {
        let several = if takes == ValueCount::Many { " or a list of them" } else { "" };
        let text = |item: &Item<'_>| match scalar(item.get_ref()) {
            Some(text) => Ok(Text { text: text.into(), origin: self.origin(item.span().start) }),
            None => {
                let at = if item.get_ref().is_table() { key.span().start } else { item.span().start };
                let kind = kind(item.get_ref());
                Err(self.wrong(at, &format!("'{name}' takes a value ({what}){several}, not {kind}")))
            }
        };
        match item.get_ref() {
            DeValue::Array(items) if takes == ValueCount::Many => items.iter().map(text).collect(),
            _ => text(item).map(|text| vec![text]),
        }
    }

    /// Resolves a path: relative to the file's directory, or to the home directory after `~`.
    fn path(&self, key: &Key<'_>, text: &OsString) -> Result<OsString, String> {
        let path = Path::new(text);
        if text == "-" || text == SITE_STATE {
            return Ok(text.clone());
        }
        match (path.strip_prefix("~"), self.home) {
            (Ok(rest), Some(home)) => Ok(home.join(rest).into()),
            (Ok(_), None) => Err(self.wrong(key.span().start, "'~' cannot be resolved, because HOME is not set")),
            (Err(_), _) => Ok(self.folder.join(path).into()),
        }
    }

    fn table<'t, 'i>(&self, key: &Key<'_>, item: &'t Item<'i>) -> Result<&'t DeTable<'i>, String> {
        let wrong = || {
            let name = key.get_ref();
            let shown = shortened(name);
            // If the name of a site is missing, its options are in the wrong table.
            let is_option = named(self.command, name, &[]).is_ok();
            let hint = if is_option { "; options of a site are in [sites.NAME]" } else { "" };
            self.wrong(key.span().start, &format!("'{shown}' must be a table, not {}{hint}", kind(item.get_ref())))
        };
        item.get_ref().as_table().ok_or_else(wrong)
    }

    pub(super) fn origin(&self, at: usize) -> Origin {
        Origin::File { shown: Rc::clone(self.shown), line: 1 + self.ends.partition_point(|end| *end < at) }
    }

    pub(super) fn wrong(&self, at: usize, message: &str) -> String {
        format!("{}: {message}", self.origin(at))
    }
}

/// Returns the entries of a table in the order of the file, so that the first mistake is reported first.
pub(super) fn in_order<'t, 'i>(table: &'t DeTable<'i>) -> Vec<(&'t Key<'i>, &'t Item<'i>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// The text of a value as a user would type it on the command line.
pub(super) fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Datetime(moment) => Some(moment.to_string()),
        DeValue::Boolean(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

/// Parses a format and gives it the user's name, which reports show; a preset keeps its own name.
fn named_format(name: &str, text: &str) -> Result<LogFormat, FormatError> {
    let format: LogFormat = text.parse()?;
    let is_preset = LogFormat::names().any(|preset| preset.eq_ignore_ascii_case(text));
    Ok(if is_preset { format } else { format.named(name) })
}

pub(super) fn kind(value: &DeValue<'_>) -> String {
    match (value, scalar(value)) {
        (_, Some(text)) => format!("'{}'", shortened(&text)),
        (DeValue::Boolean(is_on), None) => is_on.to_string(),
        (DeValue::Array(_), None) => "a list".to_owned(),
        (_, None) => "a table".to_owned(),
    }
}

fn value_name(option: &Arg) -> String {
    option.get_value_names().and_then(|names| names.first()).map(ToString::to_string).unwrap_or_default()
}
