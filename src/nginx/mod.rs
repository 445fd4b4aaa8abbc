//! A configuration of nginx: which logs it writes in which formats, and what it serves from files.
//!
//! `files` → `lexer` → `tree` is the way of the text, with `dump`, `include` and `lua` beside it. `formats`, `access_log`
//! and `logs` say what is logged where. `hosts` finds the servers that a host may have come to, `choice` the one that answers a path, and
//! `class` what becomes of the path there: `server`, `location`, `content`, `fallback` and `rewrite` have what was read.
//! `connection` decides
//! conditions that the sockets of a server settle. `handlers` knows directives by their names, `unheeded` what is not followed. `explain` shows all of it. Nothing here
//! reads a log.

mod access_log;
mod answer;
mod captures;
mod choice;
mod class;
mod connection;
mod content;
mod dump;
mod error;
mod explain;
mod fallback;
mod files;
mod formats;
mod handlers;
mod hosts;
mod include;
mod inherited;
mod lexer;
mod location;
mod location_index;
#[cfg(any(test, fuzzing))]
pub(crate) mod location_twin;
mod log_names;
mod logs;
mod lua;
mod names;
mod nearest;
mod place;
mod regexes;
mod rewrite;
mod server;
mod template;
#[cfg(test)]
mod tests;
mod tree;
mod unheeded;
mod uri;

use std::path::{Path, PathBuf};

pub use access_log::NginxLogTarget;
pub use answer::{ConfiguredLog, NginxAnswer, NginxPlace};
pub use error::NginxConfError;
pub use formats::NginxFormat;
pub use logs::NginxLog;

use crate::note::{Note, NoteCode};
use crate::static_rules::StaticRules;
use files::Files;
use hosts::Hosts;
use inherited::Inherited;
use logs::Logs;
use server::Server;
use tree::Directive;

/// The log that nginx's packages write where no `access_log` is configured: nginx.org's and those of Debian, Ubuntu,
/// Fedora and Alpine (their `--http-log-path`, November 2026).
const DEFAULT_OF_PACKAGES: &str = "/var/log/nginx/access.log";

/// What a configuration of nginx says about its logs, and about who answers for a path.
///
/// ```
/// use logstat::{NginxConf, StaticRules};
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("nginx.conf");
/// # std::fs::write(&path, "events {} http { log_format main '$remote_addr $request'; access_log /var/log/a.log main;
/// #     server { location /files/ { root /srv; } location / { proxy_pass http://app; } } }")?;
/// let conf = NginxConf::read(&path)?;
/// for (path, formats) in conf.files() {
///     println!("{} is written as {}", path.display(), formats[0].name());
/// }
/// // location /files/ { root /srv; } location / { proxy_pass http://app; }
/// let rules = StaticRules::default();
/// assert!(conf.is_static(&rules, None, b"/files/price%20list"));
/// assert!(!conf.is_static(&rules, None, b"/files/../logo.png"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct NginxConf {
    prefix: PathBuf,
    files: Vec<PathBuf>,
    logs: Logs,
    servers: Vec<Server>,
    hosts: Hosts,
}

impl NginxConf {
    /// Reads a configuration and all that it includes: a regular file, or a pipe, a FIFO or `/dev/stdin`, up to 64 MiB in all.
    ///
    /// The output of `nginx -T` is read as the files that it consists of. Then places name those files, and nothing is read
    /// from disk. Only regular files can be included.
    ///
    /// Names of logs that are not absolute are relative to nginx's prefix, which no configuration tells. Where the main
    /// file is in a directory `conf`, as it is when nginx is built from its sources, that is the directory above;
    /// otherwise it is the directory of the file, or the working directory if the configuration is a pipe.
    /// [`NginxConf::read_with_prefix`] takes another.
    ///
    /// A server without an `access_log` writes the log that nginx was built with. That is `logs/access.log` in the prefix
    /// where the file lies in a directory `conf` or the prefix is given, otherwise `/var/log/nginx/access.log`, the
    /// default of nginx's packages.
    ///
    /// # Errors
    /// A file that cannot be read, and what nginx would refuse of what is understood here, with its place.
    /// Directives that have nothing to do with logs or locations are not looked at.
    pub fn read(path: &Path) -> Result<NginxConf, NginxConfError> {
        let files = Files::open(path, files::MOST_BYTES)?;
        let packaged = Path::new(DEFAULT_OF_PACKAGES);
        if files.is_pipe() {
            return Self::of(&files, Path::new(""), packaged);
        }
        match prefix_of(files.main()) {
            Prefix::AboveConf(prefix) => Self::of(&files, &prefix, &prefix.join("logs/access.log")),
            Prefix::OfFile(prefix) => Self::of(&files, &prefix, packaged),
        }
    }

    /// Reads a configuration that comes through a pipe, such as standard input. `path` is its name in messages.
    ///
    /// ```
    /// use logstat::NginxConf;
    /// let conf = NginxConf::from_reader("-".as_ref(), "http { access_log /var/log/a.log; }".as_bytes())?;
    /// assert_eq!(conf.logs().len(), 1);
    /// # Ok::<(), logstat::NginxConfError>(())
    /// ```
    ///
    /// # Errors
    /// As [`NginxConf::read`].
    pub fn from_reader(path: &Path, reader: impl std::io::Read) -> Result<NginxConf, NginxConfError> {
        let files = Files::of(path, reader, false, files::MOST_BYTES)?;
        Self::of(&files, Path::new(""), Path::new(DEFAULT_OF_PACKAGES))
    }

    /// As [`NginxConf::read`], with nginx's prefix (its option `-p`).
    ///
    /// # Errors
    /// As [`NginxConf::read`].
    pub fn read_with_prefix(path: &Path, prefix: &Path) -> Result<NginxConf, NginxConfError> {
        Self::of(&Files::open(path, files::MOST_BYTES)?, prefix, &prefix.join("logs/access.log"))
    }

    /// `default_log` is written where no `access_log` is configured.
    fn of(files: &Files, prefix: &Path, default_log: &Path) -> Result<NginxConf, NginxConfError> {
        Self::of_files(files, prefix, default_log).map_err(|error| files.named(error))
    }

    fn of_files(files: &Files, prefix: &Path, default_log: &Path) -> Result<NginxConf, NginxConfError> {
        let (directives, files_read) = tree::read(files)?;
        let http = http_block(files.main(), &directives)?;
        let logs = Logs::read(http, &directives, prefix, default_log)?;
        let merges_slashes = server::merge_slashes(http).unwrap_or(true);
        let inherited = Inherited::default().and(http);
        let servers = http.iter().filter(|directive| directive.is("server"));
        let servers = servers.map(|directive| Server::read(directive, &inherited, merges_slashes));
        let servers = servers.collect::<Result<Vec<_>, _>>()?;
        hosts::check_names(&servers)?;
        Ok(NginxConf { prefix: prefix.to_owned(), files: files_read, logs, hosts: Hosts::new(&servers), servers })
    }

    /// The formats that it defines, and `combined`, which is built in and comes first.
    pub fn formats(&self) -> &[NginxFormat] {
        &self.logs.formats
    }

    /// The logs that it names, in its order: also those that cannot be read, or that nothing is written to.
    pub fn logs(&self) -> &[NginxLog] {
        &self.logs.logs
    }

    /// The formats in which a log is written: one, unless two levels write it differently.
    pub fn formats_of(&self, log: &NginxLog) -> Vec<&NginxFormat> {
        log.formats.iter().map(|format| &self.logs.formats[*format]).collect()
    }

    /// The formats in which a file is written: of the log that it is, or that it was before it was rotated
    /// (`access.log.1`, `access.log-20261121.gz`).
    pub fn formats_of_file(&self, file: &Path) -> Vec<&NginxFormat> {
        let mut formats = Vec::new();
        for format in self.logs_of_file(file).flat_map(|log| self.formats_of(log)) {
            if !formats.contains(&format) {
                formats.push(format);
            }
        }
        formats
    }

    /// The server whose requests a file holds, by its place, if it is one and the configuration says so.
    pub(crate) fn server_of_file(&self, file: &Path) -> Option<usize> {
        let mut servers = self.logs_of_file(file).map(NginxLog::only_server);
        let first = servers.next()??;
        servers.all(|server| server == Some(first)).then_some(first)
    }

    /// The logs that a file may be one of.
    fn logs_of_file(&self, file: &Path) -> impl Iterator<Item = &NginxLog> {
        self.logs.names.of(file).into_iter().map(|at| &self.logs.logs[at])
    }

    /// The files to read for every request once, each with the formats that are written to it.
    ///
    /// A name with variables stands for the files that are there and fit it, but for logs of errors. A log is left out if
    /// each of its requests is also in another one beside it.
    pub fn files(&self) -> Vec<(PathBuf, Vec<&NginxFormat>)> {
        self.logs.files()
    }

    /// A note for each log among [`NginxConf::files`] that no `access_log` names. For the notes of a report on these files.
    pub fn assumed_logs(&self) -> Vec<Note> {
        let note = |log: &NginxLog| {
            let (built, path) = (log.default_of()?, log.target().file()?);
            let text = format!(
                "no access_log is configured for a server: this log is read, the default of {built}; give the files if its \
                 log is elsewhere"
            );
            let path = crate::text::written(path.as_os_str().as_encoded_bytes());
            Some(Note::about(NoteCode::AssumedLog, &path, text))
        };
        self.logs().iter().filter_map(note).collect()
    }

    /// Whether nginx answers a path from a file, in the location that it chooses for it.
    ///
    /// `host` is `$host` as logged, if it is; `path` the target of the request as logged, but for nginx's escapes of
    /// logs. Where the file system decides, as with `try_files $uri @app`, the rules do. What nginx refuses is dynamic.
    ///
    /// Of the servers that a host may have come to, one that redirects the path, or whose location for it is
    /// `internal`, is passed over if another is there. An `if` of a server that asks for `$scheme`, `$https` or
    /// `$server_port` is followed where the sockets of the server decide it.
    ///
    /// Not followed, and reported by [`NginxConf::explain`]: what an `if` does, but for `if (!-f $request_filename)` with a
    /// `proxy_pass` in it, which is a `try_files`; an `error_page` that the application answers, but for
    /// `error_page 404 = @app`; and what [`NginxConf::skipped`] lists. A path that
    /// comes to an `internal` location is dynamic: nginx answers 404. Of a directory, the
    /// first `index` file is taken to be there.
    ///
    /// Locations are found by their names, and regular expressions are tried one by one: this is for distinct paths, not for
    /// every line.
    pub fn is_static(&self, rules: &StaticRules, host: Option<&[u8]>, path: &[u8]) -> bool {
        self.choose(rules, None, host, path).is_static
    }

    /// The same for a request in the log of one server, which is asked where no host is logged or where it has the host.
    pub(crate) fn is_static_of(
        &self,
        rules: &StaticRules,
        server: Option<usize>,
        host: Option<&[u8]>,
        path: &[u8],
    ) -> bool {
        self.choose(rules, server, host, path).is_static
    }

    /// Directives that are not followed although they may decide what answers a path, with their places: what the `regex` crate cannot
    /// express (`nginx.conf:12:5: location ~ ^/(?!api) is skipped: look-around … is not supported`), rewrites to variables
    /// that only nginx knows, code that may answer, directives that are unknown here, and each `if` of a server that may answer.
    pub fn skipped(&self) -> Vec<String> {
        let formats = self.logs.formats.iter().filter_map(NginxFormat::skipped);
        let mut skipped: Vec<String> = formats.chain(self.servers.iter().flat_map(Server::skipped)).collect();
        skipped.extend(unheeded::by_name(self.servers.iter().flat_map(Server::may_answer)));
        skipped
    }

    /// What was understood, for people: formats, logs, and for each location static or dynamic and why.
    pub fn explain(&self) -> String {
        explain::explain(self)
    }
}

/// The directory that nginx was most likely built to start from.
enum Prefix {
    /// Above a directory `conf`, as when nginx is built from its sources.
    AboveConf(PathBuf),
    /// The directory of the file: it says nothing about how nginx was built.
    OfFile(PathBuf),
}

fn prefix_of(path: &Path) -> Prefix {
    let dir = path.parent().unwrap_or(Path::new(""));
    let is_conf = std::path::absolute(path).is_ok_and(|full| full.parent().is_some_and(|dir| dir.ends_with("conf")));
    match dir.parent() {
        _ if !is_conf => Prefix::OfFile(dir.to_owned()),
        Some(above) if dir.ends_with("conf") => Prefix::AboveConf(above.to_owned()),
        _ => Prefix::AboveConf(dir.join("..")),
    }
}

fn http_block<'a>(path: &Path, directives: &'a [Directive]) -> Result<&'a [Directive], NginxConfError> {
    let mut blocks = directives.iter().filter(|directive| directive.is("http"));
    let Some(http) = blocks.next() else {
        return Err(match directives.iter().find(|directive| directive.is("server") || directive.is("location")) {
            Some(inner) => inner.error(format!(
                "\"{}\" is not in an \"http\" block: give the main configuration, which includes this file",
                inner.name.text
            )),
            None => NginxConfError::of_file(
                path,
                "no \"http\" block in this configuration: give the main file, such as /etc/nginx/nginx.conf",
            ),
        });
    };
    match blocks.next() {
        Some(second) => {
            Err(second.error(format!("\"http\" directive is duplicate: the first is at {}", http.name.place)))
        }
        None => http.body(),
    }
}
