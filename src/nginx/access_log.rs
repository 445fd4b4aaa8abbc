//! One `access_log`: where to, in which format, under which condition.

use std::path::{Path, PathBuf};

use glob::Pattern;

use super::error::NginxConfError;
use super::formats::Formats;
use super::place::{Place, shown};
use super::template::{Part, Template};
use super::tree::Directive;

/// Where nginx writes a log to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NginxLogTarget {
    /// A file, relative to the prefix of nginx or absolute as given.
    File(PathBuf),
    /// Files whose names have variables in them: a pattern with `*` for each variable.
    Files(String),
    /// What cannot be read back.
    Unreadable {
        /// As the configuration has it.
        text: String,
        /// Why not.
        why: &'static str,
    },
}

impl NginxLogTarget {
    /// The path, if it is one file.
    pub(super) fn file(&self) -> Option<&PathBuf> {
        match self {
            NginxLogTarget::File(path) => Some(path),
            NginxLogTarget::Files(_) | NginxLogTarget::Unreadable { .. } => None,
        }
    }
}

/// An `access_log` that is not `off`.
#[derive(Clone, Debug)]
pub(super) struct AccessLog {
    pub(super) target: NginxLogTarget,
    /// In the list of formats.
    pub(super) format: usize,
    /// The text behind `if=`.
    pub(super) condition: Option<String>,
    pub(super) is_gzip: bool,
    /// None of the one that nginx writes when none is given.
    pub(super) place: Option<Place>,
}

impl AccessLog {
    /// What nginx writes where a configuration names no log.
    pub(super) fn by_default(path: &Path) -> Self {
        let target = NginxLogTarget::File(path.to_owned());
        AccessLog { target, format: 0, condition: None, is_gzip: false, place: None }
    }

    /// Reads an `access_log`; `None` is `off`. The first `known` formats stand before it.
    pub(super) fn read(
        directive: &Directive,
        formats: &Formats,
        known: usize,
        prefix: &Path,
    ) -> Result<Option<Self>, NginxConfError> {
        let [path, rest @ ..] = directive.args_within(1..=usize::MAX)? else { unreachable!("there is one or more") };
        let invalid = |word: &super::place::Word| {
            NginxConfError::at(&word.place, format!("invalid parameter \"{}\" of access_log", shown(&word.text)))
        };
        if path.text == "off" {
            return rest.first().map_or(Ok(None), |more| Err(invalid(more)));
        }
        let (format, parameters) = match rest {
            [] => (0, rest),
            [name, parameters @ ..] => (formats.find(known, name)?, parameters),
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

fn target(text: &str, prefix: &Path) -> NginxLogTarget {
    let unreadable = |why| NginxLogTarget::Unreadable { text: text.to_owned(), why };
    if text.starts_with("syslog:") {
        return unreadable("sent to syslog, which keeps it elsewhere and in another form");
    }
    if text.starts_with("/dev/") {
        return unreadable("a device keeps nothing");
    }
    let template = Template::new(text);
    if !template.has_variables() {
        return NginxLogTarget::File(prefix.join(text));
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
    NginxLogTarget::Files(super::include::pattern(prefix, &wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_told_apart() {
        let file = |path: &str| NginxLogTarget::File(path.into());
        let files = |pattern: &str| NginxLogTarget::Files(pattern.to_owned());
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
            assert!(matches!(target(text, Path::new("/p")), NginxLogTarget::Unreadable { .. }), "{text}");
        }
    }
}
