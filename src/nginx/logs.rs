//! Which logs are written, by nginx's inheritance: a level that has an `access_log` of its own has no other.

use std::path::{Path, PathBuf};

use super::DEFAULT_OF_PACKAGES;
use super::access_log::{AccessLog, NginxLogTarget};
use super::error::NginxConfError;
use super::formats::{self, NginxFormat};
use super::include;
use super::place::{Place, shown};
use super::tree::Directive;

/// A log that a configuration names, once for each target.
#[derive(Clone, Debug)]
pub struct NginxLog {
    target: NginxLogTarget,
    /// In the list of formats.
    pub(super) formats: Vec<usize>,
    pub(super) conditions: Vec<String>,
    pub(super) places: Vec<Place>,
    is_gzip: bool,
    is_written: bool,
    repeats_another: bool,
    /// The servers that write it, by their places.
    servers: Vec<usize>,
}

impl NginxLog {
    /// Where it is written to.
    pub fn target(&self) -> &NginxLogTarget {
        &self.target
    }

    /// Whether only some requests are logged: `if=`.
    pub fn is_conditional(&self) -> bool {
        !self.conditions.is_empty()
    }

    /// Whether nginx compresses it while it writes.
    pub fn is_gzip(&self) -> bool {
        self.is_gzip
    }

    /// The nginx that writes it by default, if no `access_log` names it: `nginx's packages` or `nginx built from source`.
    pub fn default_of(&self) -> Option<&'static str> {
        let is_of_packages = || self.target == NginxLogTarget::File(DEFAULT_OF_PACKAGES.into());
        let built = || if is_of_packages() { "nginx's packages" } else { "nginx built from source" };
        self.places.is_empty().then(built)
    }

    /// Whether any level of the configuration writes it: not if every level that would has another or is `off`.
    pub fn is_written(&self) -> bool {
        self.is_written
    }

    /// The server that writes it, if it is one.
    pub(super) fn only_server(&self) -> Option<usize> {
        match self.servers[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Whether each of its requests is also in a log that stands beside it. Who reads both counts them twice.
    pub fn repeats_another(&self) -> bool {
        self.repeats_another
    }
}

/// The formats and logs of a configuration.
#[derive(Clone, Debug)]
pub(super) struct Logs {
    pub(super) formats: Vec<NginxFormat>,
    pub(super) logs: Vec<NginxLog>,
    /// Where errors go: no access log, though its name may fit a pattern.
    error_logs: Vec<PathBuf>,
    /// Those that some level switches off.
    pub(super) off: Vec<Place>,
}

impl Logs {
    pub(super) fn read(
        http: &[Directive],
        all: &[Directive],
        prefix: &Path,
        default_log: &Path,
    ) -> Result<Self, NginxConfError> {
        let mut formats = vec![NginxFormat::combined()];
        for directive in http.iter().filter(|directive| directive.is("log_format")) {
            formats::add(&mut formats, directive)?;
        }
        let mut walk = Walk {
            prefix,
            default_log,
            formats: &formats,
            found: Vec::new(),
            levels: Vec::new(),
            servers_of_levels: Vec::new(),
            servers: 0,
            off: Vec::new(),
        };
        walk.level(http, Level::Http, 1, None)?;
        let mut error_logs = Vec::new();
        find_error_logs(all, prefix, &mut error_logs);
        Ok(Logs { logs: walk.merged(), off: walk.off, formats, error_logs })
    }

    /// The files that are there to be read, each once, with the formats that are written to it.
    pub(super) fn files(&self) -> Vec<(PathBuf, Vec<&NginxFormat>)> {
        let mut files: Vec<(PathBuf, Vec<&NginxFormat>)> = Vec::new();
        let of = |log: &NginxLog| log.formats.iter().map(|format| &self.formats[*format]).collect::<Vec<_>>();
        let to_read = || self.logs.iter().filter(|log| log.is_written && !log.repeats_another);
        files.extend(to_read().filter_map(|log| match &log.target {
            NginxLogTarget::File(path) => Some((path.clone(), of(log))),
            _ => None,
        }));
        let is_named = |path: &PathBuf| {
            let is_log = |log: &NginxLog| matches!(&log.target, NginxLogTarget::File(other) if other == path);
            self.error_logs.contains(path) || self.logs.iter().any(is_log)
        };
        for log in to_read() {
            let NginxLogTarget::Files(pattern) = &log.target else { continue };
            // A directory that cannot be listed has no files for us: the pattern is in the explanation.
            let found = include::matches(pattern).unwrap_or_default();
            for path in found.into_iter().filter(|path| !is_named(path)) {
                match files.iter_mut().find(|(other, _)| *other == path) {
                    None => files.push((path, of(log))),
                    Some((_, formats)) => {
                        let others = of(log).into_iter().filter(|format| !formats.contains(format)).collect::<Vec<_>>();
                        formats.extend(others);
                    }
                }
            }
        }
        files
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Http,
    Server,
    Location,
    /// `if` in a location, and `limit_except`.
    Within,
}

/// A walk through the levels.
struct Walk<'a> {
    prefix: &'a Path,
    /// Written where no `access_log` is configured.
    default_log: &'a Path,
    formats: &'a [NginxFormat],
    found: Vec<AccessLog>,
    /// What each server and location writes, as places in `found`.
    levels: Vec<Vec<usize>>,
    /// The server of each of these.
    servers_of_levels: Vec<usize>,
    /// How many servers were entered.
    servers: usize,
    off: Vec<Place>,
}

impl Walk<'_> {
    /// `known` is how many formats stand before the level; `inherited` is `None` if nothing has been said so far.
    fn level(
        &mut self,
        directives: &[Directive],
        level: Level,
        mut known: usize,
        inherited: Option<&[usize]>,
    ) -> Result<(), NginxConfError> {
        // The logs of a level hold for its blocks wherever they stand in it, so blocks come last; but a format must be
        // there before it is named, so a block knows those that stood before it.
        let mut own = Vec::new();
        let mut is_off = false;
        let mut blocks = Vec::new();
        for directive in directives {
            let mut push = |level| blocks.push((directive, level, known));
            match (directive.name.text.as_str(), level) {
                ("log_format", Level::Http) => known += 1,
                ("log_format", _) => return Err(directive.error("\"log_format\" may be used only on \"http\" level")),
                ("access_log", _) => match AccessLog::read(directive, self.formats.split_at(known), self.prefix)? {
                    Some(log) => {
                        own.push(self.found.len());
                        self.found.push(log);
                    }
                    None => {
                        is_off = true;
                        self.off.push(directive.name.place.clone());
                    }
                },
                ("server", Level::Http) => push(Level::Server),
                ("location", Level::Server | Level::Location) => push(Level::Location),
                ("if" | "limit_except", Level::Location) => push(Level::Within),
                _ => {}
            }
        }
        let mut written = match inherited {
            _ if is_off => Some(Vec::new()),
            _ if !own.is_empty() => Some(own),
            inherited => inherited.map(<[usize]>::to_vec),
        };
        if level == Level::Server && written.is_none() {
            written = Some(vec![self.default_log()]);
        }
        self.servers += usize::from(level == Level::Server);
        if let (true, Some(written)) = (level != Level::Http, &written) {
            self.levels.push(written.clone());
            self.servers_of_levels.push(self.servers - 1);
        }
        for (directive, level, known) in blocks {
            self.level(directive.body()?, level, known, written.as_deref())?;
        }
        Ok(())
    }

    fn default_log(&mut self) -> usize {
        let known = self.found.iter().position(|log| log.place.is_none());
        known.unwrap_or_else(|| {
            self.found.push(AccessLog::by_default(self.default_log));
            self.found.len() - 1
        })
    }

    /// The logs, each target once, in the order of the file.
    fn merged(&self) -> Vec<NginxLog> {
        let mut logs: Vec<(NginxLog, Vec<usize>)> = Vec::new();
        for (i, found) in self.found.iter().enumerate() {
            let at = logs.iter().position(|(log, _)| log.target == found.target).unwrap_or_else(|| {
                let log = NginxLog {
                    target: found.target.clone(),
                    formats: Vec::new(),
                    conditions: Vec::new(),
                    places: Vec::new(),
                    is_gzip: false,
                    is_written: false,
                    repeats_another: false,
                    servers: Vec::new(),
                };
                logs.push((log, Vec::new()));
                logs.len() - 1
            });
            let (log, members) = &mut logs[at];
            members.push(i);
            log.is_gzip |= found.is_gzip;
            log.places.extend(found.place.clone());
            log.conditions.extend(found.condition.as_deref().map(shown));
            if !log.formats.contains(&found.format) {
                log.formats.push(found.format);
            }
        }
        let settle = |(mut log, members): (NginxLog, Vec<usize>)| {
            let servers = self.levels.iter().zip(&self.servers_of_levels);
            let writing = servers.filter(|(level, _)| level.iter().any(|i| members.contains(i)));
            log.servers = writing.map(|(_, server)| *server).collect();
            log.servers.dedup();
            let mut levels = self.levels.iter().filter(|level| level.iter().any(|i| members.contains(i))).peekable();
            log.is_written = levels.peek().is_some();
            log.repeats_another = log.is_written
                && levels
                    .all(|level| self.whole_log(level).is_some_and(|whole| self.found[whole].target != log.target));
            log
        };
        logs.into_iter().map(settle).collect()
    }

    /// The first log of a level that can be read and has every request of it.
    fn whole_log(&self, level: &[usize]) -> Option<usize> {
        level.iter().copied().find(|i| {
            let log = &self.found[*i];
            log.condition.is_none() && !log.is_gzip && !matches!(log.target, NginxLogTarget::Unreadable { .. })
        })
    }
}

fn find_error_logs(directives: &[Directive], prefix: &Path, into: &mut Vec<PathBuf>) {
    for directive in directives {
        if let (true, Some(path)) = (directive.is("error_log"), directive.args.first()) {
            into.push(prefix.join(&path.text));
        }
        find_error_logs(directive.block.as_deref().unwrap_or_default(), prefix, into);
    }
}
