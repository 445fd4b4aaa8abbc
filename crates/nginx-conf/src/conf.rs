//! A configuration as a whole.
//!
//! The text goes through `source`, `lexer` and `tree`, with `dump`, `include` and `lua` beside them. `formats`, `access_log` and `logs`
//! read what is logged where; `server`, `location`, `content`, `fallback` and `rewrite` read what answers. `hosts` finds the servers that
//! a host may have come to, `answer` the one that answers a path, and `class` follows the path through its locations.
//! `connection` decides conditions that the sockets of a server settle, and `handlers` knows directives by their names.

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

/// The log that nginx's packages write where no `access_log` is configured: nginx.org's and those of Debian, Ubuntu,
/// Fedora and Alpine (their `--http-log-path`, November 2026).
pub(crate) const DEFAULT_OF_PACKAGES: &str = "/var/log/nginx/access.log";

/// A configuration of nginx: its formats, logs and servers.
#[derive(Clone, Debug)]
pub struct Conf {
    prefix: PathBuf,
    files: Vec<PathBuf>,
    pub(crate) logs: Logs,
    pub(crate) servers: Vec<Server>,
    pub(crate) hosts: Hosts,
}

impl Conf {
    /// Reads a configuration and all that it includes: a regular file, or a pipe, a FIFO or `/dev/stdin`, up to 64 MiB in all.
    ///
    /// The output of `nginx -T` is read as the files that it consists of. Then places name those files, and nothing is read
    /// from disk. Only regular files can be included.
    ///
    /// Names of logs that are not absolute are relative to nginx's prefix, which is not part of a configuration. If the main
    /// file is in a directory `conf`, as it is when nginx is built from its sources, the prefix is the directory above;
    /// otherwise it is the directory of the file, or the working directory if the configuration is a pipe.
    /// [`Conf::read_with_prefix`] takes another.
    ///
    /// A server without an `access_log` writes the log that nginx was built with. That is `logs/access.log` in the prefix
    /// if the file is in a directory `conf` or the prefix is given, otherwise `/var/log/nginx/access.log`, the
    /// default of nginx's packages.
    ///
    /// # Errors
    /// A file that cannot be read, and what nginx would refuse of what is understood here, with its place.
    /// Directives that have nothing to do with logs or locations are not looked at.
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
    /// As [`Conf::read`].
    pub fn from_reader(path: &Path, reader: impl std::io::Read) -> Result<Conf, Error> {
        Self::from_source(&Source::from_reader(path, reader)?)
    }

    /// Reads a configuration whose main file is open.
    ///
    /// # Errors
    /// As [`Conf::read`].
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

    /// Reads a configuration with nginx's prefix (its option `-p`).
    ///
    /// # Errors
    /// As [`Conf::read`].
    pub fn read_with_prefix(path: &Path, prefix: &Path) -> Result<Conf, Error> {
        Self::of(&Source::open(path)?, prefix, &prefix.join("logs/access.log"))
    }

    /// `default_log` is written where no `access_log` is configured.
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
        Ok(Conf { prefix: prefix.to_owned(), files: files_read, logs, hosts: Hosts::new(&servers), servers })
    }

    /// The directory to which names of logs are relative; empty for the working directory.
    pub fn prefix(&self) -> &Path {
        &self.prefix
    }

    /// The files of the configuration, in the order in which they were read: the main file comes first.
    pub fn files_read(&self) -> &[PathBuf] {
        &self.files
    }

    /// The formats that it defines, after `combined`, which is built in.
    pub fn formats(&self) -> &[LogFormat] {
        &self.logs.formats
    }

    /// The logs that it names, in its order: also those that cannot be read, or that nothing is written to.
    pub fn logs(&self) -> &[Log] {
        &self.logs.logs
    }

    /// The formats in which a log is written: one, unless two levels write it differently.
    pub fn formats_of(&self, log: &Log) -> Vec<&LogFormat> {
        log.formats.iter().map(|format| &self.logs.formats[*format]).collect()
    }

    /// The formats in which a file is written: of the log that it is, or that it was before it was rotated
    /// (`access.log.1`, `access.log-20261121.gz`).
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

    /// The only server that writes a log, by its position in [`Conf::servers`]; `None` if there are several, or the configuration does not name
    /// the file.
    pub fn server_of_file(&self, file: &Path) -> Option<usize> {
        let mut servers = self.logs_of_file(file).map(Log::only_server);
        let first = servers.next()??;
        servers.all(|server| server == Some(first)).then_some(first)
    }

    /// The logs that a file may be one of, before or after it was rotated.
    pub fn logs_of_file(&self, file: &Path) -> impl Iterator<Item = &Log> {
        self.logs.names.of(file).into_iter().map(|at| &self.logs.logs[at])
    }

    /// The files to read for every request once, each with the formats that are written to it.
    ///
    /// A name with variables stands for the files that are there and fit it, but for logs of errors. A log is left out if
    /// each of its requests is also in another one beside it.
    pub fn files(&self) -> Vec<(PathBuf, Vec<&LogFormat>)> {
        self.logs.files()
    }

    /// Directives that are not followed although they may decide what answers a path: regular expressions that the
    /// `regex` crate cannot express, rewrites to variables that only nginx knows, code that may answer, directives of unknown modules, and
    /// each `if` of a server that may answer.
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
