//! What to count: plain data with defaults.

mod max_memory;

use crate::dimension::{Dimension, DimensionError};
use crate::filter::{Condition, contradictions};
use crate::format::{FieldKey, LogFormat, Query};
use crate::measure::UvMethod;
use crate::metric::Metric;
use crate::nginx::NginxConf;
use crate::static_rules::StaticRules;
use crate::time::{Date, Moment, Now, Unit, Zone};
use crate::verdict::FailIf;
use crate::visitor::{Ipv6Prefix, RealIp, Visitor, VisitorOptions};

pub use max_memory::MaxMemory;

/// A part of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Section {
    /// All hits together.
    Summary,
    /// Hits by time.
    Timeline,
    /// Hits by status code.
    Status,
    /// Static against dynamic.
    Class,
    /// Rankings.
    Top,
    /// How long requests took.
    Latency,
    /// The account of lines and the warnings, in formats that are lists of numbers. Other formats always have them.
    Ledger,
}

/// THE TABLE of sections: what a user types for each.
const SECTIONS: [(Section, &str); 7] = [
    (Section::Summary, "summary"),
    (Section::Timeline, "timeline"),
    (Section::Status, "status"),
    (Section::Class, "class"),
    (Section::Top, "top"),
    (Section::Latency, "latency"),
    (Section::Ledger, "ledger"),
];

impl Section {
    /// Every section, in the order of a report.
    pub fn all() -> impl Iterator<Item = Section> {
        SECTIONS.iter().map(|(section, _)| *section)
    }

    /// What a user types: `timeline`.
    pub fn name(self) -> &'static str {
        SECTIONS.iter().find(|(section, _)| *section == self).map(|(_, name)| *name).expect("every section has its row")
    }
}

/// How many keys a ranking has at most, so that a log of ever new keys does not fill the memory.
///
/// A log is then counted in rounds of so much text, and after a round those keys go that had the fewest hits. What of a
/// ranking is true all the same, [`Approximate`](crate::Approximate) says; what a round is, is part of what is asked, for
/// how large the error is depends on it.
///
/// ```
/// use logstat::{MaxKeys, Question};
/// let question = Question { max_keys: MaxKeys::new(100_000), ..Question::default() };
/// assert_eq!(question.max_keys.map(MaxKeys::keys), Some(100_000));
/// assert_eq!(MaxKeys::new(0), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxKeys {
    keys: usize,
    round_bytes: u64,
}

/// In 32 MiB are some 200,000 lines. Smaller rounds would need less memory and more time, for more often all keys are looked
/// at; so a round is the larger, the more keys there may be.
const ROUND_BYTES: u64 = 32 << 20;
const ROUND_BYTES_A_KEY: u64 = 256;

impl MaxKeys {
    /// So many keys, if there may be any at all.
    pub fn new(keys: usize) -> Option<MaxKeys> {
        let round_bytes = ROUND_BYTES.max((keys as u64).saturating_mul(ROUND_BYTES_A_KEY));
        (keys > 0).then_some(MaxKeys { keys, round_bytes })
    }

    /// The same with rounds of so many bytes of text, at least one. 32 MiB or 256 bytes a key, whichever is more, unless said.
    #[must_use]
    pub fn in_rounds_of(self, bytes: u64) -> MaxKeys {
        MaxKeys { round_bytes: bytes.max(1), ..self }
    }

    /// At least one.
    pub fn keys(self) -> usize {
        self.keys
    }

    /// How much text is counted between two looks at the keys.
    pub fn round_bytes(self) -> u64 {
        self.round_bytes
    }
}

/// What to count.
///
/// `None` in an option is "whatever is usual": what is named here and logged by no input is an error, what is usual
/// never is.
///
/// ```
/// use logstat::{Question, Section, Unit};
/// let question = Question { by: Some(Unit::Hour), show: Some(vec![Section::Timeline]), ..Question::default() };
/// assert_eq!(question.limit, 10);
/// ```
#[derive(Clone, Debug)]
pub struct Question {
    /// The unit of the timeline; days.
    pub by: Option<Unit>,
    /// What else the hits of the timeline are told by: as many of its values as a ranking has rows, and the others together. One
    /// dimension, and not the unit of the timeline.
    pub split: Option<Dimension>,
    /// What to rank; paths.
    pub top: Option<Vec<Dimension>>,
    /// The rows of a ranking; 0 for all.
    pub limit: usize,
    /// What rows of rankings tell beside PV, share, bytes, static and status classes, which they always do.
    pub columns: Vec<Metric>,
    /// What rankings are in the order of, which their rows tell then too: the largest first, and the latest.
    pub sort: Metric,
    /// How many keys a ranking has at most; as many as there are. Timelines, status codes and classes are no rankings, and
    /// how many visitors are remembered [`uv`](Question::uv) says.
    pub max_keys: Option<MaxKeys>,
    /// The memory that all tables may take; no limit. The slowest path and frequent addresses are not looked for if there is
    /// one.
    pub max_memory: Option<MaxMemory>,
    /// The sections of the report; all.
    pub show: Option<Vec<Section>>,
    /// Whether the summary says what stands out, by the rules of [`Highlight`](crate::Highlight). It costs about a tenth of the
    /// time, so whoever asks for numbers alone goes without. The slowest path is looked for where paths are ranked, and frequent
    /// addresses where they are ranked or visitors are told apart by them, exactly.
    pub highlights: bool,
    /// Whether the timeline lists buckets without a hit, too: those between `since` and `until`, else between the first hit
    /// and the last; of the hours of the day and the weekdays, all.
    pub fill: bool,
    /// Only hits at this moment or later, by the logged wall clock.
    pub since: Option<Moment>,
    /// Only hits before this moment.
    pub until: Option<Moment>,
    /// Only hits of this day, hour, month …
    pub date: Option<Date>,
    /// What moments like `1h` and `today` count from.
    pub now: Now,
    /// Whose clock times are told by, in buckets, periods and the report; by default that of each line, as it was logged.
    pub zone: Option<Zone>,
    /// Only hits that fit all of these. They are asked before anything is counted.
    pub filters: Vec<Condition>,
    /// When the site is not well: [`Report::verdicts`](crate::Report) says which of these hold.
    pub fail_if: Vec<FailIf>,
    /// Whether a path has its query.
    pub query: Query,
    /// A request that took longer than this is slow, in milliseconds.
    pub slow_ms: u64,
    /// What counts as static.
    pub static_rules: StaticRules,
    /// Whose locations decide what is static, in place of the rules; they still do where the file system decides.
    pub nginx_conf: Option<NginxConf>,
    /// How visitors are counted.
    pub uv: UvMethod,
    /// What visitors are told apart by.
    pub visitor: Visitor,
    /// Where an address is what tells visitors apart, how much of one of IPv6; all of it.
    pub ipv6_prefix: Option<Ipv6Prefix>,
    /// How the addresses behind proxies are found, which then are those of the hits: in rankings, in filters, and of
    /// visitors. By default addresses are `$remote_addr`.
    pub real_ip: Option<RealIp>,
    /// Whether addresses are cut before they are reported, wherever they are: those of IPv4 to 24 bits, those of IPv6 to 48.
    /// Filters and the telling apart of visitors know whole ones. What is kept by [`keep_rejects`](Question::keep_rejects)
    /// is as it was.
    pub anonymize: bool,
    /// How lines are read, each by the first of these that it fits; by default the formats are found out.
    pub log_formats: Vec<LogFormat>,
    /// The keys of JSON logs and the variables of text formats that hold fields; they take precedence over the usual ones.
    pub fields: Vec<FieldKey>,
    /// A line of more bytes is malformed, whatever is in it; of a stream no more is kept of it. What is dropped of a
    /// line (a CR, NULs in front) is not counted. 1 MiB.
    pub max_line: usize,
    /// Whether malformed lines are kept as they were, for [`Outcome::rejects`](crate::Outcome).
    pub keep_rejects: bool,
}

impl Default for Question {
    fn default() -> Self {
        Question {
            by: None,
            split: None,
            top: None,
            limit: 10,
            columns: Vec::new(),
            sort: Metric::Pv,
            max_keys: None,
            max_memory: None,
            show: None,
            highlights: false,
            fill: false,
            since: None,
            until: None,
            date: None,
            now: Now::default(),
            zone: None,
            filters: Vec::new(),
            fail_if: Vec::new(),
            query: Query::default(),
            slow_ms: 300,
            static_rules: StaticRules::default(),
            nginx_conf: None,
            uv: UvMethod::default(),
            visitor: Visitor::default(),
            ipv6_prefix: None,
            real_ip: None,
            anonymize: false,
            log_formats: Vec::new(),
            fields: Vec::new(),
            max_line: 1 << 20,
            keep_rejects: false,
        }
    }
}

impl Question {
    /// The unit of the timeline.
    pub fn unit(&self) -> Unit {
        self.by.unwrap_or_default()
    }

    /// What the timeline is split by, with its unit; `None` where it is not split, or by what it cannot be.
    pub(crate) fn timeline_pair(&self) -> Option<Dimension> {
        Dimension::pair(Dimension::Time(self.unit()), self.split?).ok()
    }

    /// Why this cannot be asked, where a pair is where one dimension belongs.
    pub(crate) fn misplaced_pair(&self) -> Option<String> {
        let unit = self.unit();
        let split = self.split.and_then(|split| match Dimension::pair(Dimension::Time(unit), split).err()? {
            DimensionError::Twice { name } => Some(format!("--split {name}: the timeline is by {name} already")),
            _ => Some(format!("--split {}: a timeline is split by one dimension", split.name())),
        });
        let asked_for = self.filters.iter().flat_map(Condition::dimensions);
        let pair = asked_for.into_iter().find(|dimension| matches!(dimension, Dimension::Pair(_)));
        split.or_else(|| pair.map(|pair| format!("{}: a filter is about one dimension", pair.name())))
    }

    /// The moments that are asked about.
    pub(crate) fn moments(&self) -> impl Iterator<Item = Moment> {
        [self.since, self.until].into_iter().flatten().chain(self.date.into_iter().flat_map(|d| [d.begin, d.end]))
    }

    /// What is ranked, in the order asked for, each once.
    pub fn rankings(&self) -> Vec<Dimension> {
        let mut rankings: Vec<Dimension> = Vec::new();
        for dimension in self.top.as_deref().unwrap_or(&[Dimension::Path]) {
            if !rankings.contains(dimension) {
                rankings.push(*dimension);
            }
        }
        rankings
    }

    /// What the rows of rankings tell, each once.
    pub(crate) fn told(&self) -> Vec<Metric> {
        let mut told: Vec<Metric> = Vec::new();
        for metric in self.columns.iter().chain([&self.sort]) {
            if !told.contains(metric) {
                told.push(*metric);
            }
        }
        told
    }

    /// Why no hit can fit the filters, each in a sentence, where that is seen without reading a line.
    ///
    /// ```
    /// use logstat::{Condition, Question};
    /// let question = Question { filters: vec![Condition::Static, Condition::Dynamic], ..Question::default() };
    /// assert_eq!(question.contradictions(), ["--static and --dynamic: no hit is both"]);
    /// ```
    pub fn contradictions(&self) -> Vec<String> {
        contradictions(&self.filters)
    }

    /// How visitors are identified.
    pub(crate) fn visitor_options(&self) -> VisitorOptions<'_> {
        let Question { visitor, ipv6_prefix, anonymize, .. } = *self;
        VisitorOptions { visitor, ipv6_prefix, real_ip: self.real_ip.as_ref(), anonymize }
    }

    /// Whether the report has this section.
    pub fn shows(&self, section: Section) -> bool {
        self.show.as_ref().is_none_or(|show| show.contains(&section))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ranking_asked_for_twice_is_one() {
        let top = vec![Dimension::Ip, Dimension::Path, Dimension::Ip];
        let question = Question { top: Some(top), ..Question::default() };
        assert_eq!(question.rankings(), [Dimension::Ip, Dimension::Path]);
    }
}
