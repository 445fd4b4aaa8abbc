//! Settings that select hits, and the dimensions that hits are counted by.

use super::{MaxKeys, MaxMemory};
use crate::dimension::Dimension;
use crate::filter::{Condition, contradictions};
use crate::measure::UvMethod;
use crate::message::Message;
use crate::requests::RequestList;
use crate::steps::{Ipv6Prefix, LoggedDuration, Visitor};
use crate::time::{Date, Moment, Now, Unit};

/// Settings that select hits, and the dimensions that hits are counted by. If one of them changes, the logs must be
/// read again.
///
/// ```
/// use logstat::{Dimension, Question, Unit};
/// let question = Question::new().by(Unit::Hour).top([Dimension::Path, Dimension::Ip, Dimension::Path]);
/// assert_eq!(question.counting.unit(), Unit::Hour);
/// assert_eq!(question.counting.rankings(), [Dimension::Path, Dimension::Ip]);
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Counting {
    /// Start of the period, inclusive. It is compared with the wall clock of each hit.
    pub since: Option<Moment>,
    /// End of the period, exclusive.
    pub until: Option<Moment>,
    /// The date that hits are counted for: a day, an hour, a month …
    pub date: Option<Date>,
    /// The moment that relative times such as `1h` and `today` count from.
    pub now: Now,
    /// Conditions that a hit must all meet to be counted.
    pub filters: Vec<Condition>,
    /// Method of counting visitors: exact or estimated.
    pub uv: UvMethod,
    /// Fields that identify a visitor.
    pub visitor: Visitor,
    /// Number of leading bits of an IPv6 address that identify a visitor, if visitors are identified by address. All
    /// bits by default.
    pub ipv6_prefix: Option<Ipv6Prefix>,
    /// True if addresses are shortened before they are counted and shown: IPv4 to 24 bits, IPv6 to 48. Filters and
    /// visitors still use whole addresses. Lines kept by [`keep_rejects`](crate::Reading::keep_rejects) are not
    /// changed.
    pub anonymize: bool,
    /// Durations to report on in place of the request time, each once. Metrics and conditions of [`fail_if`](crate::Showing)
    /// use the first; each has a section with its percentiles. Filters are not affected: they name what they compare.
    pub durations: Vec<LoggedDuration>,
    /// Unit of the timeline; days by default.
    pub by: Option<Unit>,
    /// Second dimension of the timeline. Each row shows as many of its values as a ranking has rows, and the sum of the
    /// others. It must be neither a pair nor the unit of the timeline.
    pub split: Option<Dimension>,
    /// Dimensions that are ranked; paths by default.
    pub top: Option<Vec<Dimension>>,
    /// True if `top` has the rankings of a state, because the question left them open.
    pub(crate) is_top_of_state: bool,
    /// A dimension, such as the host. Each of the keys with the most hits gets a report of its own, in
    /// [`Report::each`](crate::Report); the other hits get one together. It must not be a pair. Every table has its keys
    /// for each of these keys. If visitors can choose them, set [`max_memory`](Counting::max_memory): keys with few hits
    /// are then counted together.
    pub each: Option<Dimension>,
    /// A list of single requests, next to the report: [`Outcome::requests`](crate::Outcome).
    pub requests: Option<RequestList>,
    /// Largest number of keys of each ranking; unlimited by default. Timelines, status codes and classes are not
    /// rankings. The number of visitors that are remembered depends on [`uv`](Counting::uv) instead.
    pub max_keys: Option<MaxKeys>,
    /// Limit of the memory of all tables; unlimited by default. With a limit, the report has no highlights about the
    /// slowest path or frequent addresses.
    pub max_memory: Option<MaxMemory>,
    /// True if the report has highlights, by the rules of [`Highlight`](crate::Highlight). Finding them takes about a
    /// tenth of the time. The slowest path is found only if paths are ranked. Frequent addresses are found only if
    /// addresses are ranked, or if visitors are identified by address and counted exactly.
    pub highlights: bool,
    /// True if the summary has the requests and visitors of people, without declared bots. They are unknown if a line does
    /// not log its user agent.
    pub people: bool,
}

impl Counting {
    /// Returns the unit of the timeline.
    pub fn unit(&self) -> Unit {
        self.by.unwrap_or_default()
    }

    /// Returns the dimensions that are ranked, in their order, without duplicates.
    pub fn rankings(&self) -> Vec<Dimension> {
        let mut rankings: Vec<Dimension> = Vec::new();
        for dimension in self.top.as_deref().unwrap_or(&[Dimension::Path]) {
            if !rankings.contains(dimension) {
                rankings.push(*dimension);
            }
        }
        rankings
    }

    /// Returns the reasons why no hit can meet the conditions, as far as they can be seen without reading a line.
    ///
    /// ```
    /// use logstat::{Condition, Question};
    /// let question = Question::new().filters([Condition::Static, Condition::Dynamic]);
    /// assert_eq!(&*question.counting.contradictions()[0], "static and dynamic: no request is both");
    /// ```
    pub fn contradictions(&self) -> Vec<Message> {
        contradictions(&self.filters)
    }

    /// The pair of the timeline's unit and the dimension that splits it. `None` if it is not split, or if the pair is
    /// not valid.
    pub(crate) fn timeline_pair(&self) -> Option<Dimension> {
        Dimension::pair(Dimension::Time(self.unit()), self.split?).ok()
    }

    /// True if hits are selected by their times.
    pub(crate) fn has_period(&self) -> bool {
        self.since.is_some() || self.until.is_some() || self.date.is_some()
    }

    /// All moments that bound the period.
    pub(crate) fn moments(&self) -> impl Iterator<Item = Moment> {
        [self.since, self.until].into_iter().flatten().chain(self.date.into_iter().flat_map(|d| [d.begin, d.end]))
    }
}
