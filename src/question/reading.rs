//! Settings for reading lines.

use crate::dimension::KeyRules;
use crate::format::{FieldKey, LogFormat, Query};
use crate::nginx::NginxConf;
use crate::static_rules::StaticRules;
use crate::steps::RealIp;
use crate::time::Zone;

/// Settings for reading lines: formats, addresses, paths, times, and what is static.
///
/// ```
/// use logstat::Question;
/// let question = Question::new().log_formats(["combined".parse()?]).max_line(10_000);
/// assert_eq!((question.reading.log_formats.len(), question.reading.max_line), (1, 10_000));
/// # Ok::<(), logstat::FormatError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reading {
    /// Log formats: each line is read by the first one that it fits. If empty, formats are detected.
    pub log_formats: Vec<LogFormat>,
    /// Keys of JSON logs and variables of text formats that fields are read from. They take precedence over the usual
    /// ones.
    pub fields: Vec<FieldKey>,
    /// Length of the longest line in bytes; 1 MiB by default. A longer line is malformed, and only this much of it is
    /// kept if it is from a stream. The CR and NULs that are dropped from a line do not count.
    pub max_line: usize,
    /// True if malformed lines are kept verbatim, for [`Outcome::rejects`](crate::Outcome).
    pub keep_rejects: bool,
    /// The nginx configuration whose locations decide what is static, in place of the rules. The rules still decide
    /// where nginx's answer would depend on the file system.
    pub nginx_conf: Option<NginxConf>,
    /// Rules that decide what is static.
    pub static_rules: StaticRules,
    /// Keeps query strings in paths, or removes them.
    pub query: Query,
    /// Time zone of buckets, periods and the report. By default, each line keeps the offset that it was logged with.
    pub zone: Option<Zone>,
    /// How the addresses of clients behind proxies are found. Rankings, filters and visitors then use these addresses.
    /// By default, addresses are `$remote_addr`.
    pub real_ip: Option<RealIp>,
    /// Rules by which derived dimensions compute their keys.
    pub key_rules: KeyRules,
}

impl Default for Reading {
    fn default() -> Self {
        Reading {
            log_formats: Vec::new(),
            fields: Vec::new(),
            max_line: 1 << 20,
            keep_rejects: false,
            nginx_conf: None,
            static_rules: StaticRules::default(),
            query: Query::default(),
            zone: None,
            real_ip: None,
            key_rules: KeyRules::default(),
        }
    }
}
