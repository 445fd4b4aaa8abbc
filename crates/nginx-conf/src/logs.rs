//! Finds the logs that nginx writes, by its inheritance: a level with its own `access_log` does not inherit any.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::access_log::{AccessLog, LogTarget};
use super::conf::DEFAULT_OF_PACKAGES;
use super::error::Error;
use super::formats::{Formats, LogFormat};
use super::include;
use super::log_names::LogNames;
use super::place::{Place, shown};
use super::tree::Directive;

/// A log that a configuration names; one per target.
#[derive(Clone, Debug)]
pub struct Log {
    target: LogTarget,
    /// Indices into the list of formats.
    pub(crate) formats: Vec<usize>,
    pub(crate) conditions: Vec<String>,
    pub(crate) places: Vec<Place>,
    is_gzip: bool,
    is_written: bool,
    repeats_another: bool,
    /// Indices of the servers that write it.
    servers: Vec<usize>,
}

impl Log {
    /// Its destination.
    pub fn target(&self) -> &LogTarget {
        &self.target
    }

    /// The conditions of its directives, as written after `if=`; empty if all requests are logged.
    pub fn conditions(&self) -> &[String] {
        &self.conditions
    }

    /// The places of its `access_log` directives; empty for nginx's default log.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// True if nginx compresses it while writing.
    pub fn is_gzip(&self) -> bool {
        self.is_gzip
    }

    /// The kind of nginx that writes it by default, if no `access_log` names it: `nginx's packages` or `nginx built
    /// from source`.
    pub fn default_of(&self) -> Option<&'static str> {
        let is_of_packages = || self.target == LogTarget::File(DEFAULT_OF_PACKAGES.into());
        let built = || if is_of_packages() { "nginx's packages" } else { "nginx built from source" };
        self.places.is_empty().then(built)
    }

    /// True if at least one level writes it; false if every level that could has another log or is `off`.
    pub fn is_written(&self) -> bool {
        self.is_written
    }

    /// The server that writes it, if there is exactly one.
    pub(crate) fn only_server(&self) -> Option<usize> {
        match self.servers[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    /// True if each of its requests is also in another log of the same level. Reading both would count them twice.
    pub fn repeats_another(&self) -> bool {
        self.repeats_another
    }
}

/// The formats and logs of a configuration.
#[derive(Clone, Debug)]
pub(crate) struct Logs {
    pub(crate) formats: Vec<LogFormat>,
    pub(crate) logs: Vec<Log>,
    pub(crate) names: LogNames,
    /// Targets of `error_log`. They are not access logs, even if their names match a pattern.
    error_logs: HashSet<PathBuf>,
    /// The places of `access_log off`.
    pub(crate) off: Vec<Place>,
}

impl Logs {
    pub(crate) fn read(
        http: &[Directive],
        all: &[Directive],
        prefix: &Path,
        default_log: &Path,
    ) -> Result<Self, Error> {
        let mut formats = Formats::built_in();
        for directive in http.iter().filter(|directive| directive.is("log_format")) {
            formats.add(directive)?;
        }
        let mut walk = Walk {
            prefix,
            default_log,
            formats: &formats,
            found: Vec::new(),
            by_default: None,
            levels: Vec::new(),
            servers: 0,
            off: Vec::new(),
        };
        walk.level(http, Level::Http, 1, None)?;
        let mut error_logs = HashSet::new();
        find_error_logs(all, prefix, &mut error_logs);
        let (logs, off) = (walk.merged(), walk.off);
        let names = LogNames::new(logs.iter().map(Log::target));
        Ok(Logs { logs, names, off, formats: formats.all, error_logs })
    }

    /// The existing files to read, each once, with its formats.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<&LogFormat>)> {
        let mut files: Vec<(PathBuf, Vec<&LogFormat>)> = Vec::new();
        let of = |log: &Log| log.formats.iter().map(|format| &self.formats[*format]).collect::<Vec<_>>();
        let to_read = || self.logs.iter().filter(|log| log.is_written && !log.repeats_another);
        files.extend(to_read().filter_map(|log| Some((log.target.file()?.clone(), of(log)))));
        let named: HashSet<&PathBuf> =
            self.logs.iter().filter_map(|log| log.target.file()).chain(&self.error_logs).collect();
        let mut by_pattern: HashMap<PathBuf, usize> = HashMap::new();
        for log in to_read() {
            let LogTarget::Files(pattern) = &log.target else { continue };
            // A directory that cannot be listed contributes no files; `--explain` shows the pattern.
            let found = include::matches(pattern).unwrap_or_default();
            for path in found.into_iter().filter(|path| !named.contains(path)) {
                let at = *by_pattern.entry(path).or_insert_with_key(|path| {
                    files.push((path.clone(), Vec::new()));
                    files.len() - 1
                });
                let formats = &mut files[at].1;
                let others = of(log).into_iter().filter(|format| !formats.contains(format)).collect::<Vec<_>>();
                formats.extend(others);
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

/// The logs of a level.
struct Written {
    /// The server of the level.
    server: usize,
    /// Indices into `found`.
    logs: Rc<[usize]>,
}

/// Traversal of the levels.
struct Walk<'a> {
    prefix: &'a Path,
    /// Written if no `access_log` is configured.
    default_log: &'a Path,
    formats: &'a Formats,
    found: Vec<AccessLog>,
    /// Index of the default log in `found`, once it is needed.
    by_default: Option<usize>,
    /// The servers, and their inner levels with logs of their own.
    levels: Vec<Written>,
    /// Number of servers visited so far.
    servers: usize,
    off: Vec<Place>,
}

impl Walk<'_> {
    /// Visits a level. `known` is the number of formats defined before it; `inherited` is `None` if no outer level has
    /// an `access_log`.
    fn level(
        &mut self,
        directives: &[Directive],
        level: Level,
        mut known: usize,
        inherited: Option<&Rc<[usize]>>,
    ) -> Result<(), Error> {
        // The logs of a level apply to all of its blocks, wherever they are in the level, so blocks are visited last.
        // But a format must be defined before its use, so each block records how many were known at its position.
        let mut own = Vec::new();
        let mut is_off = false;
        let mut blocks = Vec::new();
        for directive in directives {
            let mut push = |level| blocks.push((directive, level, known));
            match (directive.name.text.as_str(), level) {
                ("log_format", Level::Http) => known += 1,
                ("log_format", _) => return Err(directive.error("\"log_format\" may be used only on \"http\" level")),
                ("access_log", _) => match AccessLog::read(directive, self.formats, known, self.prefix)? {
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
        let has_own = is_off || !own.is_empty();
        let mut written = match inherited {
            _ if is_off => Some(Rc::from([])),
            _ if has_own => Some(Rc::from(own)),
            inherited => inherited.cloned(),
        };
        if level == Level::Server && written.is_none() {
            written = Some(Rc::from([self.default_log()]));
        }
        self.servers += usize::from(level == Level::Server);
        // A location without its own logs writes those of its server.
        if let (true, Some(logs)) = (level == Level::Server || has_own && level != Level::Http, &written) {
            self.levels.push(Written { server: self.servers - 1, logs: Rc::clone(logs) });
        }
        for (directive, level, known) in blocks {
            self.level(directive.body()?, level, known, written.as_ref())?;
        }
        Ok(())
    }

    fn default_log(&mut self) -> usize {
        *self.by_default.get_or_insert_with(|| {
            self.found.push(AccessLog::by_default(self.default_log));
            self.found.len() - 1
        })
    }

    /// Merges logs with the same target, in the order of the file.
    fn merged(&self) -> Vec<Log> {
        let mut logs: Vec<Log> = Vec::new();
        let mut by_target: HashMap<&LogTarget, usize> = HashMap::new();
        // For each log in `found`, its index in `logs`.
        let mut places = Vec::new();
        for found in &self.found {
            let at = *by_target.entry(&found.target).or_insert_with(|| {
                logs.push(Log {
                    target: found.target.clone(),
                    formats: Vec::new(),
                    conditions: Vec::new(),
                    places: Vec::new(),
                    is_gzip: false,
                    is_written: false,
                    repeats_another: true,
                    servers: Vec::new(),
                });
                logs.len() - 1
            });
            places.push(at);
            let log = &mut logs[at];
            log.is_gzip |= found.is_gzip;
            log.places.extend(found.place.clone());
            log.conditions.extend(found.condition.as_deref().map(shown));
            if !log.formats.contains(&found.format) {
                log.formats.push(found.format);
            }
        }
        for Written { server, logs: written } in &self.levels {
            let whole = self.whole_log(written).map(|whole| places[whole]);
            for at in written.iter().map(|found| places[*found]) {
                let log = &mut logs[at];
                log.is_written = true;
                log.repeats_another &= whole.is_some_and(|whole| whole != at);
                if log.servers.last() != Some(server) {
                    log.servers.push(*server);
                }
            }
        }
        logs.iter_mut().for_each(|log| log.repeats_another &= log.is_written);
        logs
    }

    /// The first log of a level that can be read and contains all of its requests.
    fn whole_log(&self, level: &[usize]) -> Option<usize> {
        level.iter().copied().find(|i| {
            let log = &self.found[*i];
            log.condition.is_none() && !log.is_gzip && !matches!(log.target, LogTarget::Unreadable { .. })
        })
    }
}

fn find_error_logs(directives: &[Directive], prefix: &Path, into: &mut HashSet<PathBuf>) {
    for directive in directives {
        if let (true, Some(path)) = (directive.is("error_log"), directive.args.first()) {
            into.insert(prefix.join(&path.text));
        }
        find_error_logs(directive.block.as_deref().unwrap_or_default(), prefix, into);
    }
}
