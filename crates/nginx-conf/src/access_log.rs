//! An `access_log` directive: target, format and condition.

use std::path::{Path, PathBuf};

use glob::Pattern;

use super::error::Error;
use super::formats::Formats;
use super::place::{Place, shown};
use super::template::{Part, Template};
use super::tree::Directive;

/// The destination of a log.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum LogTarget {
    /// A file, relative to nginx's prefix or absolute as given.
    File(PathBuf),
    /// Files with variables in their names, as a pattern with `*` for each variable.
    Files(String),
    /// A log that cannot be read back.
    Unreadable {
        /// The target as written in the configuration.
        text: String,
        /// The reason.
        why: &'static str,
    },
}

impl LogTarget {
    /// The path, if it is one file.
    pub(crate) fn file(&self) -> Option<&PathBuf> {
        match self {
            LogTarget::File(path) => Some(path),
            LogTarget::Files(_) | LogTarget::Unreadable { .. } => None,
        }
    }
}

/// An `access_log` that is not `off`.
#[derive(Clone, Debug)]
pub(crate) struct AccessLog {
    pub(crate) target: LogTarget,
    /// Index into the list of formats.
    pub(crate) format: usize,
    /// The text after `if=`.
    pub(crate) condition: Option<String>,
    pub(crate) is_gzip: bool,
    /// `None` for nginx's default log.
    pub(crate) place: Option<Place>,
}

impl AccessLog {
    /// Returns the log that nginx writes if a configuration names none.
    pub(crate) fn by_default(path: &Path) -> Self {
        let target = LogTarget::File(path.to_owned());
        AccessLog { target, format: 0, condition: None, is_gzip: false, place: None }
    }

    /// Reads an `access_log`; `None` for `off`. The first `known` formats are defined before it.
    pub(crate) fn read(
        directive: &Directive,
        formats: &Formats,
        known: usize,
        prefix: &Path,
    ) -> Result<Option<Self>, Error> {
        let [path, rest @ ..] = directive.args_within(1..=usize::MAX)? else { unreachable!("there is at least one") };
        let invalid = |word: &super::place::Word| {
            let message = format!("invalid parameter \"{}\" of access_log", shown(&word.text));
            Error::at(&word.place, message).of("access_log")
        };
        if path.text == "off" {
            return rest.first().map_or(Ok(None), |more| Err(invalid(more)));
        }
        let (format, parameters) = match rest {
            [] => (0, rest),
            [name, parameters @ ..] => (formats.find(known, name).map_err(|error| error.of("access_log"))?, parameters),
        };
        let mut log = AccessLog {
            target: target(&path.text, prefix),
            format,
            condition: None,
            is_gzip: false,
            place: Some(directive.name.place.clone()),
        };
        for parameter in parameters {
            match parameter.text.split_once('=').unwrap_or((&parameter.text, "")) {
                ("if", condition) => log.condition = Some(condition.to_owned()),
                ("gzip", _) => log.is_gzip = true,
                ("buffer" | "flush", size) if !size.is_empty() => {}
                _ => return Err(invalid(parameter)),
            }
        }
        Ok(Some(log))
    }
}

fn target(text: &str, prefix: &Path) -> LogTarget {
    let unreadable = |why| LogTarget::Unreadable { text: text.to_owned(), why };
    if text.starts_with("syslog:") {
        return unreadable("sent to syslog, which keeps it elsewhere and in another form");
    }
    if text.starts_with("/dev/") {
        return unreadable("a device keeps nothing");
    }
    let template = Template::new(text);
    if !template.has_variables() {
        return LogTarget::File(prefix.join(text));
    }
    let name_of_file = Template::new(text.rsplit('/').next().unwrap_or(text));
    if name_of_file.parts().iter().all(|part| matches!(part, Part::Variable(_))) {
        return unreadable("its name is nothing but variables, and any file would fit");
    }
    let part = |part: &Part| match part {
        Part::Literal(text) => Pattern::escape(text),
        Part::Variable(_) => "*".to_owned(),
    };
    let wanted: String = template.parts().iter().map(part).collect();
    LogTarget::Files(super::include::pattern(prefix, &wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_distinguished() {
        let file = |path: &str| LogTarget::File(path.into());
        let files = |pattern: &str| LogTarget::Files(pattern.to_owned());
        for (text, expected) in [
            ("/var/log/nginx/access.log", file("/var/log/nginx/access.log")),
            ("logs/a.log", file("/pre[1]/logs/a.log")),
            ("/var/log/$host.log", files("/var/log/*.log")),
            ("/var/[a]/${host}_x.log", files("/var/[[]a[]]/*_x.log")),
            ("logs/$host/access.log", files("/pre[[]1[]]/logs/*/access.log")),
        ] {
            assert_eq!(target(text, Path::new("/pre[1]")), expected, "{text}");
        }
        for text in ["syslog:server=unix:/dev/log", "/dev/stdout", "/var/log/$host", "$log"] {
            assert!(matches!(target(text, Path::new("/p")), LogTarget::Unreadable { .. }), "{text}");
        }
    }
}
