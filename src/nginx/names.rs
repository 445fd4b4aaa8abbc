//! The names and sockets of a server.

use regex::bytes::Regex;

use super::error::NginxConfError;
use super::place::{Place, Word, shown};
use super::regexes::{self, Case};
use super::tree::Directive;

/// A `server_name`. Lower case, as nginx has hosts.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub(super) fits: NameFits,
    /// As it is written.
    pub(super) written: String,
    pub(super) place: Place,
}

#[derive(Clone, Debug)]
pub(super) enum NameFits {
    Exact(String),
    /// `*.example.com`, as `.example.com`.
    EndsIn(String),
    /// `.example.com`: the host itself and all below it.
    Below(String),
    /// `www.*`, as `www.`.
    BeginsWith(String),
    Regex(Regex),
    /// No host: `$hostname` is known to the machine alone, and a regular expression may be one that was skipped.
    Unknown(String),
}

impl Name {
    pub(super) fn all(level: &[Directive]) -> Result<Vec<Self>, NginxConfError> {
        let mut names = Vec::new();
        for directive in level.iter().filter(|directive| directive.is("server_name")) {
            for word in directive.args_within(1..=usize::MAX)? {
                names.push(Name { fits: NameFits::read(word)?, written: shown(&word.text), place: word.place.clone() });
            }
        }
        Ok(names)
    }
}

impl NameFits {
    fn read(word: &Word) -> Result<Self, NginxConfError> {
        let text = word.text.as_str();
        if let Some(pattern) = text.strip_prefix('~') {
            // Hosts are in lower case: capitals tell nginx that case is not to count.
            let has_capitals = pattern.contains(|c: char| c.is_ascii_uppercase());
            let case = if has_capitals { Case::Insensitive } else { Case::Sensitive };
            return Ok(regexes::compile(pattern, case).map_or_else(NameFits::Unknown, NameFits::Regex));
        }
        if text.eq_ignore_ascii_case("$hostname") {
            return Ok(NameFits::Unknown("the name of the machine is not known here".to_owned()));
        }
        let name = text.to_ascii_lowercase();
        let stars = name.matches('*').count();
        let fits = if stars == 0 && name.starts_with('.') && name.len() > 1 {
            NameFits::Below(name)
        } else if stars == 0 && name != "." {
            NameFits::Exact(name)
        } else if stars == 1 && name.starts_with("*.") && name.len() > 2 {
            NameFits::EndsIn(name[1..].to_owned())
        } else if stars == 1 && name.ends_with(".*") && name.len() > 2 {
            NameFits::BeginsWith(name[..name.len() - 1].to_owned())
        } else {
            return Err(NginxConfError::at(&word.place, format!("server name \"{}\" is invalid", shown(text))));
        };
        Ok(fits)
    }
}

/// A `listen`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listen {
    /// With the port.
    pub(super) socket: String,
    pub(super) is_default: bool,
}

impl Listen {
    /// Those of a server, which has at least one.
    pub(super) fn all(level: &[Directive]) -> Result<Vec<Self>, NginxConfError> {
        let mut listens = Vec::new();
        for directive in level.iter().filter(|directive| directive.is("listen")) {
            let [address, parameters @ ..] = directive.args_within(1..=usize::MAX)? else { continue };
            let is_default = parameters.iter().any(|word| matches!(word.text.as_str(), "default_server" | "default"));
            listens.push(Listen { socket: socket(&address.text), is_default });
        }
        if listens.is_empty() {
            listens.push(Listen { socket: socket("80"), is_default: false });
        }
        Ok(listens)
    }
}

fn socket(address: &str) -> String {
    let address = shown(address);
    if address.bytes().all(|b| b.is_ascii_digit()) {
        return format!("*:{address}");
    }
    let host_end = address.rfind(']').unwrap_or(0);
    let has_port = address.starts_with("unix:") || address[host_end..].contains(':');
    if has_port { address } else { format!("{address}:80") }
}
