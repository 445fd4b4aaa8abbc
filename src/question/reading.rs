//! How lines become columns.

use crate::format::{FieldKey, LogFormat, Query};
use crate::nginx::NginxConf;
use crate::static_rules::StaticRules;
use crate::steps::RealIp;
use crate::time::Zone;

/// How lines become columns: formats, addresses, paths, times, and what is static.
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
    /// The formats of lines: each is read by the first that it fits. Detected if there are none.
    pub log_formats: Vec<LogFormat>,
    /// The keys of JSON logs and the variables of text formats that hold fields; they take precedence over the usual ones.
    pub fields: Vec<FieldKey>,
    /// The length of the longest line, in bytes. A longer line is malformed, and of a stream no more of it is kept. The CR and
    /// the NULs that are dropped from a line do not count. 1 MiB by default.
    pub max_line: usize,
    /// True if malformed lines are kept as they were, for [`Outcome::rejects`](crate::Outcome).
    pub keep_rejects: bool,
    /// The nginx configuration whose locations decide what is static, in place of the rules. The rules still decide where the
    /// file system would.
    pub nginx_conf: Option<NginxConf>,
    /// The rules that decide what is static.
    pub static_rules: StaticRules,
    /// Whether a path has its query.
    pub query: Query,
    /// The time zone of buckets, periods and the report. By default each line has the clock that it was logged with.
    pub zone: Option<Zone>,
    /// How the addresses behind proxies are found, which are then the addresses of hits in rankings, filters and for visitors.
    /// By default addresses are `$remote_addr`.
    pub real_ip: Option<RealIp>,
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
        }
    }
}
