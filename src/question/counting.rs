//! Which hits are counted, and by what.

use super::{MaxKeys, MaxMemory};
use crate::dimension::Dimension;
use crate::filter::{Condition, contradictions};
use crate::measure::UvMethod;
use crate::message::Message;
use crate::steps::{Ipv6Prefix, Visitor};
use crate::time::{Date, Moment, Now, Unit};

/// Which hits are counted, and by what. Tables that were counted can answer no other value of this.
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
    /// Only hits at this moment or later, by the logged wall clock.
    pub since: Option<Moment>,
    /// Only hits before this moment.
    pub until: Option<Moment>,
    /// Only hits of this day, hour, month …
    pub date: Option<Date>,
    /// The moment that others such as `1h` and `today` count from.
    pub now: Now,
    /// Only hits that meet all of these conditions.
    pub filters: Vec<Condition>,
    /// How visitors are counted.
    pub uv: UvMethod,
    /// What identifies a visitor.
    pub visitor: Visitor,
    /// The leading bits of an IPv6 address that identify a visitor, where addresses do; all by default.
    pub ipv6_prefix: Option<Ipv6Prefix>,
    /// True if addresses are cut before they are counted and shown: IPv4 to 24 bits, IPv6 to 48. Filters and visitors still use
    /// whole addresses, and lines kept by [`keep_rejects`](crate::Reading::keep_rejects) are as they were.
    pub anonymize: bool,
    /// The unit of the timeline; days by default.
    pub by: Option<Unit>,
    /// A second dimension of the timeline: as many of its values as a ranking has rows, and the others together. Not a pair, and
    /// not the unit of the timeline.
    pub split: Option<Dimension>,
    /// The dimensions that are ranked; paths by default.
    pub top: Option<Vec<Dimension>>,
    /// A dimension of few keys, such as hosts or days: each of its keys has a report of its own, in
    /// [`Report::parts`](crate::Report). Not a pair. The tables of every key take memory, so a dimension whose keys visitors choose
    /// wants an [`Engine::memory_limit`](crate::Engine).
    pub each: Option<Dimension>,
    /// The number of keys that a ranking has at most; unlimited by default. Timelines, status codes and classes are no
    /// rankings, and [`uv`](Counting::uv) decides how many visitors are remembered.
    pub max_keys: Option<MaxKeys>,
    /// The memory that all tables may take; unlimited by default. With a limit, the slowest path and frequent addresses are not
    /// looked for.
    pub max_memory: Option<MaxMemory>,
    /// True if the summary has highlights, by the rules of [`Highlight`](crate::Highlight), which takes about a tenth of the
    /// time. The slowest path is looked for where paths are ranked. Frequent addresses are looked for where addresses are
    /// ranked or are what identifies visitors, exactly.
    pub highlights: bool,
}

impl Counting {
    /// The unit of the timeline.
    pub fn unit(&self) -> Unit {
        self.by.unwrap_or_default()
    }

    /// The dimensions that are ranked, in their order, each once.
    pub fn rankings(&self) -> Vec<Dimension> {
        let mut rankings: Vec<Dimension> = Vec::new();
        for dimension in self.top.as_deref().unwrap_or(&[Dimension::Path]) {
            if !rankings.contains(dimension) {
                rankings.push(*dimension);
            }
        }
        rankings
    }

    /// Why no hit can meet the conditions, each in a sentence, where that is seen without reading a line.
    ///
    /// ```
    /// use logstat::{Condition, Question};
    /// let question = Question::new().filters([Condition::Static, Condition::Dynamic]);
    /// assert_eq!(&*question.counting.contradictions()[0], "static and dynamic: no hit is both");
    /// ```
    pub fn contradictions(&self) -> Vec<Message> {
        contradictions(&self.filters)
    }

    /// The timeline's unit and what it is split by; `None` if it is not split, or by what it cannot be.
    pub(crate) fn timeline_pair(&self) -> Option<Dimension> {
        Dimension::pair(Dimension::Time(self.unit()), self.split?).ok()
    }

    /// True if hits are selected by their times.
    pub(crate) fn has_period(&self) -> bool {
        self.since.is_some() || self.until.is_some() || self.date.is_some()
    }

    /// The moments of the period.
    pub(crate) fn moments(&self) -> impl Iterator<Item = Moment> {
        [self.since, self.until].into_iter().flatten().chain(self.date.into_iter().flat_map(|d| [d.begin, d.end]))
    }
}
