//! What a configuration says about one file, and about one request: plain data for whoever explains a log.

use std::path::Path;

use serde::Serialize;

use super::NginxConf;
use super::choice::Choice;
use super::place::{Place, shown};
use crate::static_rules::StaticRules;

/// Something of a configuration, and where it stands: `nginx.conf:12:5`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NginxPlace {
    /// The names of a server, the modifier and name of a location, or the name of a format.
    pub name: String,
    /// File, line and column; `None` for what is built into nginx.
    pub place: Option<String>,
}

impl NginxPlace {
    fn new(name: &str, place: Option<&Place>) -> NginxPlace {
        NginxPlace { name: name.to_owned(), place: place.map(Place::to_string) }
    }
}

/// The logs of a configuration that a file is one of; nothing in it if the configuration does not name the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ConfiguredLog {
    /// The formats that nginx writes there, as `log_format` names them.
    pub formats: Vec<NginxPlace>,
    /// The places of the `access_log` directives; none if nginx writes there by default.
    pub access_logs: Vec<String>,
    /// The server that writes it, if it is only one.
    pub server: Option<NginxPlace>,
}

/// Who answers a request, as nginx chooses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NginxAnswer {
    /// The server; `None` if the configuration has none.
    pub server: Option<NginxPlace>,
    /// The locations that the request comes to, in order. More than one if a rewrite, an index or a fallback may lead on;
    /// none if the server itself answers, or nginx refuses the path.
    pub locations: Vec<NginxPlace>,
    /// True if a file is the answer.
    pub is_static: bool,
    /// True if the file system decides, which no log tells: the rules for paths do then.
    pub by_rules: bool,
}

impl NginxConf {
    /// The logs that a file is one of, before or after it was rotated.
    pub(crate) fn configured_log(&self, file: &Path) -> ConfiguredLog {
        let access_logs: Vec<_> = self.logs_of_file(file).flat_map(|log| &log.places).map(Place::to_string).collect();
        let formats = self.formats_of_file(file).into_iter();
        let formats = formats.map(|format| NginxPlace::new(&shown(format.name()), format.place.as_ref())).collect();
        let server = self.server_of_file(file).map(|at| self.place_of_server(at));
        ConfiguredLog { formats, access_logs, server }
    }

    /// Who answers a request, by the same choice as [`NginxConf::is_static_of`].
    pub(crate) fn answer(
        &self,
        rules: &StaticRules,
        of_log: Option<usize>,
        host: Option<&[u8]>,
        path: &[u8],
    ) -> NginxAnswer {
        let Choice { server, is_static, by_rules } = self.choose(rules, of_log, host, path);
        let mut entered = Vec::new();
        if let Some(at) = server {
            self.class(at, path, &mut |location| entered.push(location));
        }
        let location = |at: usize| {
            let location = &self.servers[server?].locations[at];
            // The first is what no location of the server takes.
            let name = if at == 0 { "all else" } else { &location.written };
            Some(NginxPlace::new(name, Some(&location.place)))
        };
        NginxAnswer {
            server: server.map(|at| self.place_of_server(at)),
            locations: entered.into_iter().filter_map(location).collect(),
            is_static,
            by_rules,
        }
    }

    fn place_of_server(&self, at: usize) -> NginxPlace {
        let server = &self.servers[at];
        let names: Vec<_> = server.names.iter().map(|name| name.written.as_str()).collect();
        let names = if names.is_empty() { "without a name".to_owned() } else { names.join(" ") };
        NginxPlace::new(&names, Some(&server.locations[0].place))
    }
}
