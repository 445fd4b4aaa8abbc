//! An nginx configuration as a whole.
//!
//! The text passes through `source`, `lexer` and `tree`, which use `dump`, `include` and `lua`. `formats`, `access_log`
//! and `logs` read which logs are written in which formats. `server`, `location`, `content`, `fallback` and `rewrite`
//! read how requests are answered. `hosts` finds the candidate servers for a host, `answer` picks the one that answers
//! a path, and `route` follows the path through its locations. `socket_conditions` decides conditions that depend on
//! the sockets of a server, and `roles` classifies directives by name.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::formats::LogFormat;
use crate::hosts::{self, Hosts};
use crate::inherited::Inherited;
use crate::logs::{Log, Logs};
use crate::not_followed::{self, Skipped};
use crate::place::Place;
use crate::server::{self, Server};
use crate::source::Source;
use crate::tree::{self, Directive};

/// Default log of nginx's packages if no `access_log` is configured: nginx.org's and those of Debian, Ubuntu, Fedora
/// and Alpine (their `--http-log-path`, November 2026).
pub(crate) const DEFAULT_OF_PACKAGES: &str = "/var/log/nginx/access.log";

/// An nginx configuration: its formats, logs and servers.
#[derive(Clone, Debug)]
pub struct Conf {
    prefix: PathBuf,
    files: Vec<PathBuf>,
    fingerprint: u64,
    pub(crate) logs: Logs,
    pub(crate) servers: Vec<Server>,
    pub(crate) hosts: Hosts,
}

impl Conf {
    /// Reads a configuration and everything that it includes: a regular file, a pipe, a FIFO or `/dev/stdin`, up to 64
    /// MiB in total.
    ///
    /// The output of `nginx -T` is split into the files that it contains. Places then refer to those files, and nothing
    /// is read from disk. Only regular files can be included.
    ///
    /// Relative log names are relative to nginx's prefix, which is not part of a configuration. If the main file is in
    /// a directory `conf`, as in an nginx built from source, the prefix is the parent directory. Otherwise it is the
    /// directory of the file, or the working directory if the configuration comes through a pipe.
    /// [`Conf::read_with_prefix`] sets another prefix.
    ///
    /// A server without an `access_log` writes nginx's compiled-in log. That is `logs/access.log` in the prefix if the
    /// file is in a directory `conf` or the prefix is given; otherwise it is `/var/log/nginx/access.log`, the default
    /// of nginx's packages.
    ///
    /// # Errors
    /// Fails if a file cannot be read, or if a directive that is interpreted here is invalid; the error then has its
    /// place. Directives that have nothing to do with logs or locations are not checked.
    pub fn read(path: &Path) -> Result<Conf, Error> {
        Self::from_source(&Source::open(path)?)
    }

    /// Reads a configuration that comes through a pipe, such as standard input. `path` is its name in messages.
    ///
    /// ```
    /// use nginx_conf::Conf;
    /// let conf = Conf::from_reader("-".as_ref(), "http { access_log /var/log/a.log; }".as_bytes())?;
    /// assert_eq!(conf.logs().len(), 1);
    /// # Ok::<(), nginx_conf::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`Conf::read`].
    pub fn from_reader(path: &Path, reader: impl std::io::Read) -> Result<Conf, Error> {
        Self::from_source(&Source::from_reader(path, reader)?)
    }

    /// Reads a configuration whose main file is already open.
    ///
    /// # Errors
    /// See [`Conf::read`].
    pub fn from_source(source: &Source) -> Result<Conf, Error> {
        let packaged = Path::new(DEFAULT_OF_PACKAGES);
        if source.is_pipe() {
            return Self::of(source, Path::new(""), packaged);
        }
        match prefix_of(source.main()) {
            Prefix::AboveConf(prefix) => Self::of(source, &prefix, &prefix.join("logs/access.log")),
            Prefix::OfFile(prefix) => Self::of(source, &prefix, packaged),
        }
    }

    /// Reads a configuration with a given prefix (nginx's option `-p`).
    ///
    /// # Errors
    /// See [`Conf::read`].
    pub fn read_with_prefix(path: &Path, prefix: &Path) -> Result<Conf, Error> {
        Self::of(&Source::open(path)?, prefix, &prefix.join("logs/access.log"))
    }

    /// Reads a configuration. `default_log` is written if no `access_log` is configured.
    fn of(source: &Source, prefix: &Path, default_log: &Path) -> Result<Conf, Error> {
        let (directives, files_read) = tree::read(source)?;
        let http = http_block(source.main(), &directives)?;
        let logs = Logs::read(http, &directives, prefix, default_log)?;
        let merges_slashes = server::merge_slashes(http).unwrap_or(true);
        let inherited = Inherited::default().and(http);
        let servers = http.iter().filter(|directive| directive.is("server"));
        let servers = servers.map(|directive| Server::read(directive, &inherited, merges_slashes));
        let servers = servers.collect::<Result<Vec<_>, _>>()?;
        hosts::check_names(&servers)?;
        let (prefix, fingerprint) = (prefix.to_owned(), source.fingerprint());
        Ok(Conf { prefix, files: files_read, fingerprint, logs, hosts: Hosts::new(&servers), servers })
    }

    /// Hash of the texts of all files, in the order in which they were read. It differs if any of them changes, and
    /// stays the same across machines and versions of this crate.
    ///
    /// ```
    /// use nginx_conf::Conf;
    /// let conf = |text: &'static str| Conf::from_reader("-".as_ref(), text.as_bytes());
    /// assert_eq!(conf("http { }")?.fingerprint(), conf("http { }")?.fingerprint());
    /// assert_ne!(conf("http { }")?.fingerprint(), conf("http { server { } }")?.fingerprint());
    /// # Ok::<(), nginx_conf::Error>(())
    /// ```
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// The directory that relative log names refer to; empty for the working directory.
    pub fn prefix(&self) -> &Path {
        &self.prefix
    }

    /// The files of the configuration in the order in which they were read; the main file comes first.
    pub fn files_read(&self) -> &[PathBuf] {
        &self.files
    }

    /// The formats: the predefined `combined`, then those that the configuration defines.
    pub fn formats(&self) -> &[LogFormat] {
        &self.logs.formats
    }

    /// The logs in the order of the configuration, including those that cannot be read or are never written.
    pub fn logs(&self) -> &[Log] {
        &self.logs.logs
    }

    /// The formats of a log: one, unless two levels write it in different formats.
    pub fn formats_of(&self, log: &Log) -> Vec<&LogFormat> {
        log.formats.iter().map(|format| &self.logs.formats[*format]).collect()
    }

    /// The formats of a file, which is a log or a rotated log (`access.log.1`, `access.log-20261121.gz`).
    pub fn formats_of_file(&self, file: &Path) -> Vec<&LogFormat> {
        let mut formats = Vec::new();
        for format in self.logs_of_file(file).flat_map(|log| self.formats_of(log)) {
            if !formats.contains(&format) {
                formats.push(format);
            }
        }
        formats
    }

    /// The places of `access_log off`.
    pub fn logs_off(&self) -> impl Iterator<Item = &Place> {
        self.logs.off.iter()
    }

    /// The names of all servers, as written: names, wildcards and regular expressions.
    ///
    /// ```
    /// use nginx_conf::Conf;
    /// let text = "http { server { server_name shop.example *.shop.example; } server { server_name blog.example; } }";
    /// let conf = Conf::from_reader("nginx.conf".as_ref(), text.as_bytes())?;
    /// assert_eq!(conf.server_names().collect::<Vec<_>>(), ["shop.example", "*.shop.example", "blog.example"]);
    /// # Ok::<(), nginx_conf::Error>(())
    /// ```
    pub fn server_names(&self) -> impl Iterator<Item = &str> {
        self.servers.iter().flat_map(|server| &server.names).map(|name| name.written())
    }

    /// The only server that writes a log, as its position in [`Conf::servers`]; `None` if there are several, or if the
    /// configuration does not name the file.
    pub fn server_of_file(&self, file: &Path) -> Option<usize> {
        let mut servers = self.logs_of_file(file).map(Log::only_server);
        let first = servers.next()??;
        servers.all(|server| server == Some(first)).then_some(first)
    }

    /// The logs that a file may belong to, before or after rotation.
    pub fn logs_of_file(&self, file: &Path) -> impl Iterator<Item = &Log> {
        self.logs.names.of(file).into_iter().map(|at| &self.logs.logs[at])
    }

    /// The files to read so that every request is counted once, each with its formats.
    ///
    /// A name with variables stands for all existing files that match it, except error logs. A log is left out if each
    /// of its requests is also in another log.
    pub fn files(&self) -> Vec<(PathBuf, Vec<&LogFormat>)> {
        self.logs.files()
    }

    /// Directives that are not followed although they may decide how a path is answered: regular expressions that the
    /// `regex` crate does not support, rewrites to variables that only nginx knows, code that may answer, directives of
    /// unknown modules, and each `if` of a server that may answer.
    ///
    /// ```
    /// use nginx_conf::Conf;
    /// let text = "http { server { location ~ ^/(?!api) { } } }";
    /// let conf = Conf::from_reader("nginx.conf".as_ref(), text.as_bytes())?;
    /// let skipped = conf.skipped()[0].to_string();
    /// assert!(skipped.starts_with("nginx.conf:1:17: location ~ ^/(?!api) is skipped: look-around"));
    /// # Ok::<(), nginx_conf::Error>(())
    /// ```
    pub fn skipped(&self) -> Vec<Skipped> {
        let mut skipped: Vec<Skipped> = self.servers.iter().flat_map(Server::skipped).collect();
        skipped.extend(not_followed::by_name(self.servers.iter().flat_map(Server::may_answer)));
        skipped
    }
}

/// The prefix that nginx was most likely built with.
enum Prefix {
    /// The parent of a directory `conf`, as in an nginx built from source.
    AboveConf(PathBuf),
    /// The directory of the file; it does not show how nginx was built.
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

fn http_block<'a>(path: &Path, directives: &'a [Directive]) -> Result<&'a [Directive], Error> {
    let mut blocks = directives.iter().filter(|directive| directive.is("http"));
    let Some(http) = blocks.next() else {
        return Err(match directives.iter().find(|directive| directive.is("server") || directive.is("location")) {
            Some(inner) => inner.error(format!(
                "\"{}\" is not in an \"http\" block: give the main configuration, which includes this file",
                inner.name.text
            )),
            None => Error::of_file(
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
