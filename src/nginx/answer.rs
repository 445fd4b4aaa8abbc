//! A configuration's answers about one file and about one request, as data of an explanation.

use std::path::Path;

use nginx_conf::{Place, Request, ServerRef};
use serde::Serialize;

use super::NginxConf;
use crate::static_rules::StaticRules;
use crate::text::printable;

/// Something of a configuration, and its place: `nginx.conf:12:5`.
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

    fn of_server(server: &ServerRef<'_>) -> NginxPlace {
        NginxPlace::new(&names(server), Some(server.place()))
    }
}

/// The names of a server, with spaces between.
pub(super) fn names(server: &ServerRef<'_>) -> String {
    match server.names() {
        [] => "without a name".to_owned(),
        names => names.iter().map(|name| name.written()).collect::<Vec<_>>().join(" "),
    }
}

/// The logs of a configuration that a file is one of; empty if the configuration does not name the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ConfiguredLog {
    /// The formats that nginx writes there, as `log_format` names them.
    pub formats: Vec<NginxPlace>,
    /// The places of the `access_log` directives; empty if nginx writes there by default.
    pub access_logs: Vec<String>,
    /// The server that writes it, if it is only one.
    pub server: Option<NginxPlace>,
}

/// The server and locations that answer a request, as nginx chooses them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NginxAnswer {
    /// The server; `None` if the configuration has none.
    pub server: Option<NginxPlace>,
    /// The locations that the request comes to, in order. There are several if a rewrite, an index or a fallback may lead on, and
    /// none if the server itself answers, or nginx refuses the path.
    pub locations: Vec<NginxPlace>,
    /// True if a file is the answer.
    pub is_static: bool,
    /// True if the file system decides, which no log shows: the rules for paths do then.
    pub by_rules: bool,
}

impl NginxConf {
    /// The logs that a file is one of, before or after it was rotated.
    pub(crate) fn configured_log(&self, file: &Path) -> ConfiguredLog {
        let conf = &self.conf;
        let formats = conf.formats_of_file(file).into_iter();
        let format = |name: &str, place| NginxPlace::new(&printable(name.as_bytes()), place);
        let server = conf.server_of_file(file).and_then(|at| conf.server(at));
        ConfiguredLog {
            formats: formats.map(|found| format(found.name(), found.place())).collect(),
            access_logs: conf.logs_of_file(file).flat_map(|log| log.places()).map(Place::to_string).collect(),
            server: server.as_ref().map(NginxPlace::of_server),
        }
    }

    /// The answer to a request, by the same choice as [`NginxConf::is_static_of`].
    pub(crate) fn answer(&self, rules: &StaticRules, request: &Request<'_>) -> NginxAnswer {
        let answer = self.conf.answer(request, &|path| rules.is_static(path));
        let server = answer.server.and_then(|at| self.conf.server(at));
        let locations = server.iter().flat_map(|server| server.locations_of(request.path));
        let location = |location: nginx_conf::LocationRef<'_>| {
            let name = if location.is_rest() { "all else" } else { location.name() };
            NginxPlace::new(name, Some(location.place()))
        };
        NginxAnswer {
            locations: locations.map(location).collect(),
            server: server.as_ref().map(NginxPlace::of_server),
            is_static: answer.is_static,
            by_rules: answer.depends_on_files,
        }
    }
}
