//! People and bots: the requests and visitors without declared bots, and the bots by class.

use serde::{Deserialize, Serialize};

use super::Row;
use super::groups::Groups;
use super::whole::Whole;
use crate::agent::BotClass;
use crate::batch::MISSING;
use crate::dimension::Dimension;
use crate::metric::{Metric, Sort};
use crate::tally::{Tally, Unescaped};

/// The class of people, in tables for people.
const PEOPLE: &str = "people";

/// The hits of people, as far as their user agents say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct People {
    /// Number of hits that are not from a declared bot.
    pub requests: u64,
    /// Number of visitors that made them; `None` if it is unknown.
    pub visitors: Option<u64>,
}

/// People and bots.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct BotReport {
    /// The hits without declared bots.
    pub people: People,
    /// Hits by class of bots, by hits descending. `none` stands for people, `-` for lines that do not log a user agent.
    pub classes: Vec<Row>,
    /// The bots with the most hits, each with its class; as many as a ranking has rows.
    pub top: Vec<Row>,
}

/// The hits of people; `None` if the tally does not have classes, or if a line does not log its user agent.
pub(super) fn people(tally: &Tally<Unescaped>, whole: &Whole) -> Option<People> {
    tally.tables.iter().find(|table| table.dimension == Dimension::bot_class())?;
    let groups = Groups::of(tally, Dimension::bot_class(), whole);
    if groups.with_key(MISSING).is_some() {
        return None;
    }
    Some(hits_of_people(&groups))
}

/// The section of bots, with at most `limit` bots, or all if `limit` is 0.
pub(super) fn bots(tally: &Tally<Unescaped>, limit: usize, whole: &Whole) -> BotReport {
    let groups = Groups::of(tally, Dimension::bot_class(), whole);
    let mut classes = groups.ranking(0, Sort::default(), &[Metric::Uv]).rows;
    let of_people = classes.iter_mut().filter(|row| row.key.as_deref() == Some(BotClass::None.name()));
    of_people.for_each(|row| row.short = Some(PEOPLE.to_owned()));
    // People, and bots without a name, have no name.
    let has_name = |row: &Row| row.keys.as_ref().is_some_and(|[name, _]| name.as_bytes() != MISSING);
    let bots = Groups::of(tally, Dimension::bot_and_class(), whole).ranking(0, Sort::default(), &[]).rows;
    let most = if limit == 0 { usize::MAX } else { limit };
    BotReport { people: hits_of_people(&groups), classes, top: bots.into_iter().filter(has_name).take(most).collect() }
}

fn hits_of_people(groups: &Groups<'_>) -> People {
    let Some(group) = groups.with_key(BotClass::None.name().as_bytes()) else {
        return People { requests: 0, visitors: Some(0) };
    };
    People { requests: groups.pv_of(group), visitors: groups.quotient(Metric::Uv, group).map(|(visitors, _)| visitors) }
}
