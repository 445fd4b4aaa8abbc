//! Predicates: conditions compiled into checks on the rows of a batch.

use super::check::Check;
use super::day_times::DayTimes;
use super::networks::Networks;
use super::pattern::Pattern;
use super::ranges::{self, Range};
use super::rows::Rows;
use super::selection::Test;
use super::stretches::Stretches;
use super::subject::Subject;
use super::texts::Texts;
use crate::batch::{Batch, Fields, Status, TextField};
use crate::dimension::{Dimension, Extras};
use crate::expression::Expression;
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
    Stretches(Stretches),
    All(Vec<Predicate>),
    Any(Vec<Predicate>),
    Not(Box<Predicate>),
}

/// Context for building predicates.
#[derive(Clone, Copy)]
pub(super) struct Making<'e> {
    /// Columns of the variables.
    pub(super) extras: &'e Extras,
    pub(super) seed: Seed,
}

impl Making<'_> {
    /// Builds a check that a key of a dimension matches at least one pattern.
    pub(super) fn patterns(self, dimension: Dimension, any: &[Pattern]) -> Predicate {
        let mut checks: Vec<_> = any.iter().cloned().map(Check::Looks).collect();
        let check = if checks.len() == 1 { checks.remove(0) } else { Check::Any(checks) };
        self.test(Subject::Of(dimension), &check)
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
            Subject::Of(dimension) => match dimension.column(self.extras) {
                Some(column) => {
                    // Servers accept a method in capitals alone, but people type it in any case.
                    let is_method = dimension == Dimension::Method;
                    let check = if is_method { check.in_any_case() } else { check.clone() };
                    Predicate::Texts(Box::new(Texts::new(column, check, self.seed)))
                }
                None => few(dimension, check),
            },
        }
    }
}

/// Builds a check of keys that are not texts. A pair never gets here: a question that filters by one is refused.
fn few(dimension: Dimension, check: &Check) -> Predicate {
    match dimension {
        Dimension::All if check.holds(b"all") => Predicate::All(Vec::new()),
        Dimension::Status => {
            let status = |index: usize| Status::new(index as u16);
            Predicate::Status((0..Status::COUNT).map(|index| check.holds(status(index).key().as_bytes())).collect())
        }
        Dimension::StatusClass => {
            let class = |index: usize| Status::new(index as u16).class_key();
            Predicate::Status((0..Status::COUNT).map(|index| check.holds(class(index))).collect())
        }
        Dimension::Class => Predicate::Class { statics: check.holds(b"static"), dynamic: check.holds(b"dynamic") },
        Dimension::Time(unit) => Predicate::Stretches(Stretches::new(unit, check.clone())),
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
                rows.that(|row| times.hold(wall_s[row]))
            }
            Predicate::Status(table) => {
                let status = batch.status();
                rows.that(|row| table[status[row].index()])
            }
            Predicate::Class { statics, dynamic } => {
                let is_static = batch.is_static();
                let rows = if batch.some_lack() {
                    // A hit without a path is neither static nor dynamic.
                    rows.that(|row| !batch.lacks(row).meets(Fields::text(TextField::Path)))
                } else {
                    rows
                };
                rows.that(|row| if is_static[row] { *statics } else { *dynamic })
            }
            Predicate::Bytes(ranges) => ranges::bytes(ranges, batch, rows),
            Predicate::RequestTime(ranges) => ranges::request_time(ranges, batch, rows),
            Predicate::Ip(networks) => {
                let addresses = batch.text(TextField::Addr);
                rows.that(|row| networks.holds(addresses[row]))
            }
            Predicate::Texts(texts) => texts.select(batch, rows),
            Predicate::Stretches(stretches) => stretches.select(batch, rows),
            Predicate::All(all) => all.iter_mut().fold(rows, |rows, one| one.select(batch, rows)),
            Predicate::Any(all) => {
                all.iter_mut().fold(Rows::NONE, |those, one| those.and(one.select(batch, rows.without(those))))
            }
            Predicate::Not(one) => rows.without(one.select(batch, rows)),
        }
    }
}
