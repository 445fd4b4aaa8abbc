//! A configuration's answers about one file and about one request, as data for `--explain`.

use std::path::Path;

use nginx_conf::{Place, Request, ServerRef};
use serde::Serialize;

use super::NginxConf;
use crate::static_rules::StaticRules;
use crate::text::printable;

/// A part of a configuration and its place, such as `nginx.conf:12:5`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NginxPlace {
    /// Names of a server, modifier and name of a location, or name of a format.
    pub name: String,
    /// File, line and column; `None` for anything built into nginx.
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

/// Names of a server, separated by spaces.
pub(super) fn names(server: &ServerRef<'_>) -> String {
    match server.names() {
        [] => "without a name".to_owned(),
        names => names.iter().map(|name| name.written()).collect::<Vec<_>>().join(" "),
    }
}

/// A log file as a configuration describes it; all fields are empty if the configuration does not name the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ConfiguredLog {
    /// The formats that nginx writes there, as `log_format` names them.
    pub formats: Vec<NginxPlace>,
    /// The places of the `access_log` directives; empty if nginx writes there by default.
    pub access_logs: Vec<String>,
    /// The server that writes the file, if there is exactly one.
    pub server: Option<NginxPlace>,
}

/// The server and locations that nginx chooses to answer a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NginxAnswer {
    /// The server; `None` if the configuration has none.
    pub server: Option<NginxPlace>,
    /// The locations that the request reaches, in order. There are several if a rewrite, an index or a fallback may
    /// lead to another. There are none if the server itself answers, or if nginx refuses the path.
    pub locations: Vec<NginxPlace>,
    /// True if nginx answers with a file.
    pub is_static: bool,
    /// True if the answer depends on the file system, which a log does not show. The rules for paths decide then.
    pub by_rules: bool,
}

impl NginxConf {
    /// Looks up the configured log of a file, which may have been rotated.
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

    /// Answers a request; chooses like [`NginxConf::is_static_of`].
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
