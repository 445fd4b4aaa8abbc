//! An nginx configuration and what it means for logs: formats that parse lines, locations that decide static or
//! dynamic, and notes.
//!
//! The crate `nginx-conf` parses the configuration and does not depend on this one. `answer` has the answers about a
//! file or a request as data, and `explain` writes the whole configuration as text.

mod answer;
mod explain;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use answer::{ConfiguredLog, NginxAnswer, NginxPlace};
pub use nginx_conf::{Error as NginxConfError, Log as NginxLog, LogFormat as NginxFormat, LogTarget as NginxLogTarget};

use nginx_conf::{Conf, Escape, Request, Source};

use crate::format::{FormatError, LogFormat, NginxEscape};
use crate::note::{Note, NoteCode};
use crate::recognize;
use crate::static_rules::StaticRules;
use crate::text::{printable, written};

/// Leading bytes used to recognise a main file that is not a configuration.
const HEAD_BYTES: usize = 64 << 10;

/// An nginx configuration: its logs and formats, and the locations that decide which paths are static.
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
    pub(crate) conf: Conf,
}

impl NginxConf {
    /// Reads a configuration and everything that it includes, as [`nginx_conf::Conf::read`] does. The path may be a
    /// file, a pipe, or a saved output of `nginx -T`.
    ///
    /// # Errors
    /// Returns the errors of the crate. If the main file is something else, such as an access log, the error says what
    /// it is.
    pub fn read(path: &Path) -> Result<NginxConf, NginxConfError> {
        Self::of(&Source::open(path)?)
    }

    /// Reads a configuration from a pipe, such as standard input. Messages call it `path`.
    ///
    /// ```
    /// use logstat::NginxConf;
    /// let conf = NginxConf::from_reader("-".as_ref(), "http { access_log /var/log/a.log; }".as_bytes())?;
    /// assert_eq!(conf.logs().len(), 1);
    /// # Ok::<(), logstat::NginxConfError>(())
    /// ```
    ///
    /// # Errors
    /// Same as [`NginxConf::read`].
    pub fn from_reader(path: &Path, reader: impl std::io::Read) -> Result<NginxConf, NginxConfError> {
        Self::of(&Source::from_reader(path, reader)?)
    }

    fn of(source: &Source) -> Result<NginxConf, NginxConfError> {
        let named = |error: NginxConfError| {
            let head = source.main_text().filter(|_| error.path() == source.main());
            let head = head.map(|text| &text[..text.len().min(HEAD_BYTES)]);
            match head.and_then(recognize::name_unless_conf) {
                Some(name) => source.refused(&format!("{name}, not an nginx configuration")),
                None => error,
            }
        };
        Ok(NginxConf { conf: Conf::from_source(source).map_err(named)? })
    }

    /// The defined formats; the first is the built-in `combined`.
    pub fn formats(&self) -> &[NginxFormat] {
        self.conf.formats()
    }

    /// The formats, each with its line parser, or the reason why it can read no line.
    pub fn log_formats(&self) -> impl Iterator<Item = (&NginxFormat, Result<LogFormat, FormatError>)> {
        let log_format = |format: &NginxFormat| {
            let escape = match format.escape() {
                Escape::Default => NginxEscape::Default,
                Escape::Json => NginxEscape::Json,
                Escape::None => NginxEscape::None,
            };
            LogFormat::nginx(format.name(), format.text(), escape)
        };
        self.formats().iter().map(move |format| (format, log_format(format)))
    }

    /// The names of all servers, as written: names, wildcards and regular expressions.
    pub(crate) fn server_names(&self) -> impl Iterator<Item = &str> {
        self.conf.server_names()
    }

    /// All logs in the order of the configuration, including those that are unreadable or never written.
    pub fn logs(&self) -> &[NginxLog] {
        self.conf.logs()
    }

    /// The files that together contain every request once, each with the formats written to it.
    pub fn files(&self) -> Vec<(PathBuf, Vec<&NginxFormat>)> {
        self.conf.files()
    }

    /// A note for each of [`NginxConf::files`] that no `access_log` directive names.
    pub fn assumed_logs(&self) -> Vec<Note> {
        let note = |log: &NginxLog| {
            let NginxLogTarget::File(path) = log.target() else { return None };
            let text = format!(
                "no access_log is configured for a server: this log is read, the default of {}; give the files if its log is \
                 elsewhere",
                log.default_of()?
            );
            Some(Note::about(NoteCode::AssumedLog, &written(path.as_os_str().as_encoded_bytes()), text))
        };
        self.logs().iter().filter_map(note).collect()
    }

    /// True if nginx serves a path from a file, in the location that it chooses.
    ///
    /// `host` is the logged `$host`, or `None` if it is not logged. `path` is the logged target of the request, with
    /// nginx's escapes undone.
    ///
    /// If the answer depends on the file system, as with `try_files $uri @app`, the rules decide. Paths that nginx
    /// refuses are dynamic. Ignored directives are in [`NginxConf::skipped`] and [`NginxConf::explain`].
    ///
    /// This tries regular expressions one by one, so call it once per distinct path, not for every line.
    pub fn is_static(&self, rules: &StaticRules, host: Option<&[u8]>, path: &[u8]) -> bool {
        self.is_static_of(rules, None, host, path)
    }

    /// Same as [`NginxConf::is_static`], for the log of one server.
    pub(crate) fn is_static_of(
        &self,
        rules: &StaticRules,
        server: Option<usize>,
        host: Option<&[u8]>,
        path: &[u8],
    ) -> bool {
        self.conf.answer(&Request { host, path, server }, &|path| rules.is_static(path)).is_static
    }

    /// Formats that can read no line, and ignored directives that may decide what answers a path. Each has its place:
    /// `nginx.conf:12:5: location ~ ^/(?!api) is skipped: look-around … is not supported`.
    pub fn skipped(&self) -> Vec<String> {
        let format = |(format, read): (&NginxFormat, Result<LogFormat, FormatError>)| {
            let place = format.place().map(|place| format!("{place}: ")).unwrap_or_default();
            Some(format!("{place}log_format {} is skipped: {}", printable(format.name().as_bytes()), read.err()?.what))
        };
        let directives = self.conf.skipped();
        self.log_formats().filter_map(format).chain(directives.iter().map(ToString::to_string)).collect()
    }

    /// Describes the configuration for people: formats, logs, and static or dynamic for each location, with the reason.
    pub fn explain(&self) -> String {
        explain::explain(&self.conf)
    }
}
