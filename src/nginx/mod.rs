//! An nginx configuration, with what it means for logs: formats that read lines, static or dynamic by its locations, and notes.
//!
//! The crate `nginx-conf` reads the text and knows nothing of this one. `answer` has its answers as data of an explanation, and `explain`
//! shows all of it as text.

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

/// Bytes of a main file by which it is recognised if it is no configuration.
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
    /// Reads a configuration and all that it includes, as [`nginx_conf::Conf::read`] does: a file, a pipe, or the output of
    /// `nginx -T`.
    ///
    /// # Errors
    /// Those of the crate; a main file that is something else, such as an access log, is refused by its name.
    pub fn read(path: &Path) -> Result<NginxConf, NginxConfError> {
        Self::of(&Source::open(path)?)
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

    /// The formats that it defines, after `combined`, which is built in.
    pub fn formats(&self) -> &[NginxFormat] {
        self.conf.formats()
    }

    /// The formats with what reads their lines, or why no line can be read.
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

    /// The logs that it names, in its order, including those that cannot be read, or that nothing is written to.
    pub fn logs(&self) -> &[NginxLog] {
        self.conf.logs()
    }

    /// The files to read for every request once, each with the formats that are written to it.
    pub fn files(&self) -> Vec<(PathBuf, Vec<&NginxFormat>)> {
        self.conf.files()
    }

    /// A note for each log among [`NginxConf::files`] that no `access_log` names. For the notes of a report on these files.
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

    /// True if nginx answers a path from a file, in the location that it chooses for it.
    ///
    /// `host` is `$host` as logged, if it is; `path` is the target of the request as logged, with nginx's escapes of logs undone.
    /// Where the file system decides, as with `try_files $uri @app`, the rules do. Paths that nginx refuses are dynamic. Directives that
    /// are not followed are in [`NginxConf::skipped`] and [`NginxConf::explain`].
    ///
    /// Regular expressions are tried one by one: call this for distinct paths, not for every line.
    pub fn is_static(&self, rules: &StaticRules, host: Option<&[u8]>, path: &[u8]) -> bool {
        self.is_static_of(rules, None, host, path)
    }

    /// The same for a request in the log of one server.
    pub(crate) fn is_static_of(
        &self,
        rules: &StaticRules,
        server: Option<usize>,
        host: Option<&[u8]>,
        path: &[u8],
    ) -> bool {
        self.conf.answer(&Request { host, path, server }, &|path| rules.is_static(path)).is_static
    }

    /// Formats that read no line, and directives that are not followed although they may decide what answers a path, with their places:
    /// `nginx.conf:12:5: location ~ ^/(?!api) is skipped: look-around … is not supported`.
    pub fn skipped(&self) -> Vec<String> {
        let format = |(format, read): (&NginxFormat, Result<LogFormat, FormatError>)| {
            let place = format.place().map(|place| format!("{place}: ")).unwrap_or_default();
            Some(format!("{place}log_format {} is skipped: {}", printable(format.name().as_bytes()), read.err()?.what))
        };
        let directives = self.conf.skipped();
        self.log_formats().filter_map(format).chain(directives.iter().map(ToString::to_string)).collect()
    }

    /// The configuration as it is understood, for people: formats, logs, and for each location static or dynamic and why.
    pub fn explain(&self) -> String {
        explain::explain(&self.conf)
    }
}
