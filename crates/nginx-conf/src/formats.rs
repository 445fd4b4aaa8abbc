//! The `log_format` directives of a configuration.

use std::collections::HashMap;

use super::closest_match::closest_match;
use super::error::Error;
use super::place::{Place, Word, shown};
use super::template::{Part, Template};
use super::tree::Directive;

/// nginx's predefined `combined`.
const COMBINED: &str = r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent""#;

/// Escaping of the values of a format: the `escape=` parameter of `log_format`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Escape {
    /// `\xHH` for quotes, backslashes, control characters and bytes above 126.
    #[default]
    Default,
    /// Escapes of JSON strings.
    Json,
    /// No escaping.
    None,
}

impl Escape {
    const ALL: [Escape; 3] = [Escape::Default, Escape::Json, Escape::None];

    /// The parameter value after `escape=`.
    pub fn name(self) -> &'static str {
        match self {
            Escape::Default => "default",
            Escape::Json => "json",
            Escape::None => "none",
        }
    }
}

/// A `log_format` directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFormat {
    name: String,
    escape: Escape,
    text: String,
    place: Option<Place>,
}

impl LogFormat {
    /// Returns nginx's predefined format, which every configuration has.
    pub(crate) fn combined() -> Self {
        let (name, text) = ("combined".to_owned(), COMBINED.to_owned());
        LogFormat { name, escape: Escape::Default, text, place: None }
    }

    /// The name by which `access_log` refers to it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The place of the directive; `None` for the predefined `combined`.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// Escaping of its values.
    pub fn escape(&self) -> Escape {
        self.escape
    }

    /// Its text, with all strings joined.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn read(directive: &Directive) -> Result<Self, Error> {
        let [name, rest @ ..] = directive.args_within(2..=usize::MAX)? else { unreachable!("there are at least two") };
        let (escape, strings) = match rest {
            [first, strings @ ..] if first.text.starts_with("escape=") => (read_escape(first)?, strings),
            strings => (Escape::Default, strings),
        };
        for word in strings {
            let is_stray = |part: &Part| matches!(part, Part::Literal(text) if text.contains('$'));
            if Template::new(&word.text).parts().iter().any(is_stray) {
                let message = "'$' without the name of a variable in this log format";
                return Err(Error::at(&word.place, message).of("log_format"));
            }
        }
        let text = strings.iter().map(|word| word.text.as_str()).collect();
        Ok(LogFormat { name: name.text.clone(), escape, text, place: Some(directive.name.place.clone()) })
    }
}

fn read_escape(word: &Word) -> Result<Escape, Error> {
    let name = word.text.trim_start_matches("escape=");
    Escape::ALL.into_iter().find(|escape| escape.name() == name).ok_or_else(|| {
        let message = format!("unknown log format escaping \"{}\"; there are default, json and none", shown(name));
        Error::at(&word.place, message).of("log_format")
    })
}

/// The formats of a configuration by name.
#[derive(Debug)]
pub(crate) struct Formats {
    pub(crate) all: Vec<LogFormat>,
    by_name: HashMap<String, usize>,
}

impl Formats {
    /// Returns the predefined formats.
    pub(crate) fn built_in() -> Self {
        let combined = LogFormat::combined();
        Formats { by_name: HashMap::from([(combined.name.clone(), 0)]), all: vec![combined] }
    }

    /// Adds a format. Its name must not exist yet.
    pub(crate) fn add(&mut self, directive: &Directive) -> Result<(), Error> {
        let format = LogFormat::read(directive)?;
        if let Some(other) = self.by_name.get(&format.name).map(|at| &self.all[*at]) {
            let first = other.place.as_ref().map_or_else(|| "is built in".to_owned(), |place| format!("is at {place}"));
            let message = format!("duplicate \"log_format\" name \"{}\": the first {first}", shown(&format.name));
            return Err(Error::at(&directive.args[0].place, message).of("log_format"));
        }
        self.by_name.insert(format.name.clone(), self.all.len());
        self.all.push(format);
        Ok(())
    }

    /// Returns the index of the format named `word`, among the first `known` formats: those defined before it.
    pub(crate) fn find(&self, known: usize, word: &Word) -> Result<usize, Error> {
        let found = self.by_name.get(&word.text).copied();
        if let Some(at) = found.filter(|at| *at < known) {
            return Ok(at);
        }
        let hint = if let Some(place) = found.and_then(|later| self.all[later].place.as_ref()) {
            format!(": it must stand before its use, and is at {place}")
        } else if let Some(meant) = closest_match(&word.text, self.all[..known].iter().map(LogFormat::name)) {
            format!(": did you mean \"{}\"?", shown(meant))
        } else if word.text.starts_with("if=") || word.text.starts_with("buffer=") {
            ": the name of a format stands before parameters".to_owned()
        } else {
            String::new()
        };
        Err(Error::at(&word.place, format!("unknown log format \"{}\"{hint}", shown(&word.text))))
    }
}
