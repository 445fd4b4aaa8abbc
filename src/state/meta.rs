//! The first section of a state file: everything except the days' numbers, as JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::layout::NamedTable;
use super::saved_note::SavedNote;
use super::source::Source;
use crate::by_name;
use crate::dimension::Dimension;
use crate::time::{Unit, day_name, day_named};

/// The version of the format that this program writes.
pub(super) const VERSION: u64 = 1;

/// The JSON of the first section.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Meta {
    pub(super) version: u64,
    pub(super) generator: MadeBy,
    pub(super) settings: BTreeMap<String, OneOrMore>,
    pub(super) shown: Shown,
    /// Reasons for filtered lines, in the order of their numbers in days.
    pub(super) reasons: Vec<String>,
    pub(super) tables: Vec<NamedTable>,
    /// Tables and measures that some of the merged states had.
    pub(super) not_in_all: BTreeSet<String>,
    pub(super) sources: Vec<Source>,
    pub(super) notes: Vec<SavedNote>,
    #[serde(with = "date")]
    pub(super) kept_from: Option<i64>,
    pub(super) dropped: u64,
    pub(super) days: Vec<MetaDay>,
}

/// The program that wrote the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub(super) struct MadeBy {
    pub(super) name: String,
    pub(super) version: String,
}

/// The value of a setting: a text, or a list of texts.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub(super) enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl From<&Vec<String>> for OneOrMore {
    fn from(texts: &Vec<String>) -> OneOrMore {
        if let [one] = &texts[..] { OneOrMore::One(one.clone()) } else { OneOrMore::More(texts.clone()) }
    }
}

impl From<OneOrMore> for Vec<String> {
    fn from(texts: OneOrMore) -> Vec<String> {
        match texts {
            OneOrMore::One(text) => vec![text],
            OneOrMore::More(texts) => texts,
        }
    }
}

/// The sections that a report of the state shows unless its question says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Shown {
    /// The unit of the timeline.
    #[serde(with = "by_name")]
    pub(crate) by: Unit,
    /// The rankings.
    #[serde(with = "names")]
    pub(crate) top: Vec<Dimension>,
    /// The second dimension of the timeline.
    #[serde(with = "by_name::option")]
    pub(crate) split: Option<Dimension>,
}

impl Shown {
    /// The sections that both show. The order in which several are joined does not matter.
    pub(super) fn with(&self, other: &Shown) -> Shown {
        let by = if self.by == other.by { self.by } else { Unit::Day };
        let split = self.split.filter(|_| self.split == other.split);
        let mut top = self.top.clone();
        if self.top != other.top {
            top.retain(|dimension| other.top.contains(dimension));
            top.sort_by_key(|dimension| dimension.key());
        }
        Shown { by, top, split }
    }
}

/// A day, and the section that has its numbers: the next one.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct MetaDay {
    /// The date; `None` for lines without a time.
    #[serde(with = "date")]
    pub(super) day: Option<i64>,
    /// Index of the provisional source whose lines these are; `None` for those of all other sources.
    pub(super) source: Option<usize>,
    pub(super) parsed: u64,
    pub(super) pv: u64,
    /// The offsets from UTC of its lines, in minutes.
    pub(super) offsets: BTreeSet<i16>,
    /// Length of the section, uncompressed.
    pub(super) bytes: u64,
}

/// A day as its date.
mod date {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{day_name, day_named};

    #[expect(clippy::ref_option, reason = "serde passes a reference")]
    pub(super) fn serialize<S: Serializer>(day: &Option<i64>, serializer: S) -> Result<S::Ok, S::Error> {
        day.map(day_name).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
        let date = Option::<String>::deserialize(deserializer)?;
        date.map(|date| day_named(&date).ok_or_else(|| D::Error::custom(format_args!("{date:?} is not a date"))))
            .transpose()
    }
}

/// A list of dimensions as their names.
mod names {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::by_name::Named;
    use crate::dimension::Dimension;

    pub(super) fn serialize<S: Serializer>(all: &[Dimension], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(all.iter().map(|dimension| dimension.key()))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Dimension>, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        let named = |name: &String| {
            Named::named(name).ok_or_else(|| D::Error::custom(format_args!("{name:?} is not a dimension")))
        };
        names.iter().map(named).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(by: Unit, top: &[Dimension]) -> Shown {
        Shown { by, top: top.to_vec(), split: None }
    }

    #[test]
    fn shown_parts_are_joined_in_any_order_and_grouping() {
        use Dimension::{Host, Ip, Path};
        let all = [
            shown(Unit::Hour, &[Path, Ip]),
            shown(Unit::Hour, &[Path, Ip]),
            shown(Unit::Hour, &[Ip, Path]),
            shown(Unit::Month, &[Path, Ip, Host]),
            Shown { split: Some(Host), ..shown(Unit::Hour, &[Path, Ip]) },
        ];
        assert_eq!(all[0].with(&all[1]), all[0]);
        assert_eq!(all[0].with(&all[2]), shown(Unit::Hour, &[Ip, Path]));
        assert_eq!(all[0].with(&all[3]), shown(Unit::Day, &[Ip, Path]));
        assert_eq!(all[0].with(&all[4]), all[0]);
        for (a, b) in all.iter().flat_map(|a| all.iter().map(move |b| (a, b))) {
            assert_eq!(a.with(b), b.with(a));
            assert!(all.iter().all(|c| a.with(b).with(c) == a.with(&b.with(c))));
        }
    }

    #[test]
    fn days_without_a_date_are_null() {
        let day = MetaDay { day: None, source: None, parsed: 2, pv: 1, offsets: BTreeSet::from([-60, 0]), bytes: 9 };
        let json = serde_json::to_string(&day).unwrap();
        assert_eq!(json, r#"{"day":null,"source":null,"parsed":2,"pv":1,"offsets":[-60,0],"bytes":9}"#);
        assert_eq!(serde_json::from_str::<MetaDay>(&json).unwrap(), day);
        assert!(serde_json::from_str::<MetaDay>(&json.replace("null,\"source", "\"2026-13-01\",\"source")).is_err());
    }
}
