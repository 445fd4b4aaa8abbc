//! Predicates: conditions compiled into checks on the rows of a batch.

use super::bots::BotSet;
use super::bucket::BucketFilter;
use super::check::Check;
use super::day_times::DayTimes;
use super::networks::Networks;
use super::pattern::Pattern;
use super::ranges::{self, Range};
use super::rows::Rows;
use super::subject::Subject;
use super::texts::Texts;
use super::where_clause::Test;
use crate::agent::BotClass;
use crate::batch::{Batch, Fields, Status, TextField};
use crate::dimension::{Dimension, VariableColumns};
use crate::expression::{Expression, Order};
use crate::keys::Seed;

/// A check on the rows of a batch.
#[derive(Clone, Debug)]
pub(super) enum Predicate {
    DayTimes(DayTimes),
    /// Answers by status index.
    Status(Box<[bool]>),
    /// The answers for static and for dynamic hits.
    Class {
        statics: bool,
        dynamic: bool,
    },
    Bytes(Vec<Range>),
    RequestTime(Vec<Range>),
    Ip(Networks),
    Texts(Box<Texts>),
    Bucket(BucketFilter),
    All(Vec<Predicate>),
    Any(Vec<Predicate>),
    Not(Box<Predicate>),
}

/// Context for building predicates.
#[derive(Clone, Copy)]
pub(super) struct PredicateBuilder<'e> {
    /// Columns of the variables.
    pub(super) variable_columns: &'e VariableColumns,
    pub(super) seed: Seed,
}

impl PredicateBuilder<'_> {
    /// Builds a check that a key of a dimension matches at least one pattern.
    pub(super) fn patterns(self, dimension: Dimension, any: &[Pattern]) -> Predicate {
        let mut checks: Vec<_> = any.iter().cloned().map(Check::Matches).collect();
        let check = if checks.len() == 1 { checks.remove(0) } else { Check::Any(checks) };
        self.test(Subject::Of(dimension), &check)
    }

    /// Builds a check that a client is in one of the included classes, if there are any, and in none of the excluded.
    pub(super) fn bots(self, set: &BotSet) -> Predicate {
        let any = |classes: &[BotClass]| {
            let checks = classes.iter().map(|class| Check::Text(Order::EQUAL, class.name().into())).collect();
            self.test(Subject::Of(Dimension::bot_class()), &Check::Any(checks))
        };
        let included = Some(set.included()).filter(|classes| !classes.is_empty()).map(any);
        let excluded = Some(set.excluded()).filter(|classes| !classes.is_empty()).map(any);
        let excluded = excluded.map(|any| Predicate::Not(Box::new(any)));
        Predicate::All(included.into_iter().chain(excluded).collect())
    }

    pub(super) fn expression(self, expression: &Expression<Test>) -> Predicate {
        let each = |all: &[Expression<Test>]| all.iter().map(|one| self.expression(one)).collect();
        match expression {
            Expression::All(all) => Predicate::All(each(all)),
            Expression::Any(all) => Predicate::Any(each(all)),
            Expression::Not(one) => Predicate::Not(Box::new(self.expression(one))),
            Expression::Test((subject, check)) => self.test(*subject, check),
        }
    }

    /// Builds a check of a subject's value. Where few values are possible, all answers are computed in advance.
    fn test(self, subject: Subject, check: &Check) -> Predicate {
        match subject {
            Subject::Bytes => Predicate::Bytes(check.ranges(0)),
            Subject::RequestTime => Predicate::RequestTime(check.ranges(3)),
            Subject::Of(dimension) => match dimension.column(self.variable_columns) {
                Some(column) => {
                    // Servers accept a method in capitals alone, but people type it in any case.
                    let is_method = dimension == Dimension::Method;
                    let check = if is_method { check.in_any_case() } else { check.clone() };
                    Predicate::Texts(Box::new(Texts::new(column, check, self.seed)))
                }
                None => predicate_of_codes(dimension, check),
            },
        }
    }
}

/// Builds a check of keys that are not texts. A pair never gets here: a question that filters by one is refused.
fn predicate_of_codes(dimension: Dimension, check: &Check) -> Predicate {
    match dimension {
        Dimension::All if check.matches(b"all") => Predicate::All(Vec::new()),
        Dimension::Status => {
            let status = |index: usize| Status::new(index as u16);
            Predicate::Status((0..Status::COUNT).map(|index| check.matches(status(index).key().as_bytes())).collect())
        }
        Dimension::StatusClass => {
            let class = |index: usize| Status::new(index as u16).class_key();
            Predicate::Status((0..Status::COUNT).map(|index| check.matches(class(index))).collect())
        }
        Dimension::Class => Predicate::Class { statics: check.matches(b"static"), dynamic: check.matches(b"dynamic") },
        Dimension::Time(unit) => Predicate::Bucket(BucketFilter::new(unit, check.clone())),
        _ => Predicate::Any(Vec::new()),
    }
}

impl Predicate {
    /// Keeps the rows that pass.
    pub(super) fn select(&mut self, batch: &Batch<'_>, rows: Rows) -> Rows {
        if rows.is_empty() {
            return rows;
        }
        match self {
            Predicate::DayTimes(times) => {
                let wall_s = batch.wall_s();
                rows.filter(|row| times.matches_wall_s(wall_s[row]))
            }
            Predicate::Status(table) => {
                let status = batch.status();
                rows.filter(|row| table[status[row].index()])
            }
            Predicate::Class { statics, dynamic } => {
                let is_static = batch.is_static();
                let rows = if batch.some_lack() {
                    // A hit without a path is neither static nor dynamic.
                    rows.filter(|row| !batch.lacks(row).intersects(Fields::text(TextField::Path)))
                } else {
                    rows
                };
                rows.filter(|row| if is_static[row] { *statics } else { *dynamic })
            }
            Predicate::Bytes(ranges) => ranges::bytes(ranges, batch, rows),
            Predicate::RequestTime(ranges) => ranges::request_time(ranges, batch, rows),
            Predicate::Ip(networks) => {
                let addresses = batch.text(TextField::Addr);
                rows.filter(|row| networks.matches(addresses[row]))
            }
            Predicate::Texts(texts) => texts.select(batch, rows),
            Predicate::Bucket(stretches) => stretches.select(batch, rows),
            Predicate::All(all) => all.iter_mut().fold(rows, |rows, one| one.select(batch, rows)),
            Predicate::Any(all) => {
                all.iter_mut().fold(Rows::NONE, |those, one| those.union(one.select(batch, rows.difference(those))))
            }
            Predicate::Not(one) => rows.difference(one.select(batch, rows)),
        }
    }
}
