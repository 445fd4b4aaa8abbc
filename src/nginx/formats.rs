//! The `log_format`s of a configuration.

use std::collections::HashMap;

use super::error::NginxConfError;
use super::nearest::nearest;
use super::place::{Place, Word, shown};
use super::template::{Part, Template};
use super::tree::Directive;
use crate::format::{COMBINED, FormatError, LogFormat, NginxEscape};

/// A format that a configuration can name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NginxFormat {
    name: String,
    escape: NginxEscape,
    text: String,
    /// None of the one that is built in.
    pub(super) place: Option<Place>,
}

impl NginxFormat {
    /// nginx's own, which every configuration has.
    pub(super) fn combined() -> Self {
        let (name, text) = ("combined".to_owned(), COMBINED.to_owned());
        NginxFormat { name, escape: NginxEscape::Default, text, place: None }
    }

    /// Its name, as `access_log` gives it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How values are escaped.
    pub fn escape(&self) -> NginxEscape {
        self.escape
    }

    /// Its text, all strings joined: what [`LogFormat`](crate::LogFormat) reads, where values are escaped by default.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Why its lines cannot be read, if they cannot.
    pub(super) fn skipped(&self) -> Option<String> {
        let error = self.log_format().err()?;
        let place = self.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        Some(format!("{place}log_format {} is skipped: {}", shown(&self.name), error.what))
    }

    /// What reads its lines.
    ///
    /// # Errors
    /// A text of which no line could be read.
    pub fn log_format(&self) -> Result<LogFormat, FormatError> {
        LogFormat::nginx(&self.name, &self.text, self.escape)
    }

    pub(super) fn read(directive: &Directive) -> Result<Self, NginxConfError> {
        let [name, rest @ ..] = directive.args_within(2..=usize::MAX)? else { unreachable!("there are two or more") };
        let (escape, strings) = match rest {
            [first, strings @ ..] if first.text.starts_with("escape=") => (read_escape(first)?, strings),
            strings => (NginxEscape::Default, strings),
        };
        for word in strings {
            let is_stray = |part: &Part| matches!(part, Part::Literal(text) if text.contains('$'));
            if Template::new(&word.text).parts().iter().any(is_stray) {
                let message = "'$' without the name of a variable in this log format";
                return Err(NginxConfError::at(&word.place, message));
            }
        }
        let text = strings.iter().map(|word| word.text.as_str()).collect();
        Ok(NginxFormat { name: name.text.clone(), escape, text, place: Some(directive.name.place.clone()) })
    }
}

fn read_escape(word: &Word) -> Result<NginxEscape, NginxConfError> {
    let name = word.text.trim_start_matches("escape=");
    let known = [NginxEscape::Default, NginxEscape::Json, NginxEscape::None];
    known.into_iter().find(|escape| escape.name() == name).ok_or_else(|| {
        let message = format!("unknown log format escaping \"{}\"; there are default, json and none", shown(name));
        NginxConfError::at(&word.place, message)
    })
}

/// The formats of a configuration, by their names.
#[derive(Debug)]
pub(super) struct Formats {
    pub(super) all: Vec<NginxFormat>,
    by_name: HashMap<String, usize>,
}

impl Formats {
    /// Those that are built in.
    pub(super) fn built_in() -> Self {
        let combined = NginxFormat::combined();
        Formats { by_name: HashMap::from([(combined.name.clone(), 0)]), all: vec![combined] }
    }

    /// Adds a format, whose name must be new.
    pub(super) fn add(&mut self, directive: &Directive) -> Result<(), NginxConfError> {
        let format = NginxFormat::read(directive)?;
        if let Some(other) = self.by_name.get(&format.name).map(|at| &self.all[*at]) {
            let first = other.place.as_ref().map_or_else(|| "is built in".to_owned(), |place| format!("is at {place}"));
            let message = format!("duplicate \"log_format\" name \"{}\": the first {first}", shown(&format.name));
            return Err(NginxConfError::at(&directive.args[0].place, message));
        }
        self.by_name.insert(format.name.clone(), self.all.len());
        self.all.push(format);
        Ok(())
    }

    /// The place of the format that `word` names, among the first `known` ones: those that stand before it.
    pub(super) fn find(&self, known: usize, word: &Word) -> Result<usize, NginxConfError> {
        let found = self.by_name.get(&word.text).copied();
        if let Some(at) = found.filter(|at| *at < known) {
            return Ok(at);
        }
        let hint = if let Some(place) = found.and_then(|later| self.all[later].place.as_ref()) {
            format!(": it must stand before its use, and is at {place}")
        } else if let Some(meant) = nearest(&word.text, self.all[..known].iter().map(NginxFormat::name)) {
            format!(": did you mean \"{}\"?", shown(meant))
        } else if word.text.starts_with("if=") || word.text.starts_with("buffer=") {
            ": the name of a format stands before parameters".to_owned()
        } else {
            String::new()
        };
        Err(NginxConfError::at(&word.place, format!("unknown log format \"{}\"{hint}", shown(&word.text))))
    }
}
