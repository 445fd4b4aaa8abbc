//! Evaluates the conditions of `--fail-if`, and explains those that hold.

use std::fmt::Write;

use super::groups::Groups;
use super::whole::Whole;
use super::{Lines, Verdict};
use crate::dimension::Dimension;
use crate::keys::GroupId;
use crate::metric::Metric;
use crate::question::{FailIf, FailIfSubject, Test, Threshold};
use crate::tally::{Tally, Unescaped};

/// Returns the outcome of each condition, in the order they were given.
pub(super) fn verdicts(fail_if: &[FailIf], tally: &Tally<Unescaped>, whole: &Whole, lines: &Lines) -> Vec<Verdict> {
    let verdict = |fail_if: &FailIf| {
        let groups = Groups::of(tally, fail_if.dimension(), whole);
        let values = |group| GroupValues { groups: &groups, group, lines };
        let (keys, reason) = if fail_if.is_of_any() {
            let those: Vec<GroupId> = groups.ids().filter(|group| values(Some(*group)).fit(fail_if)).collect();
            let reason = groups.first_by(Metric::Pv, those.iter().copied()).map(|first| {
                let others = match those.len() - 1 {
                    0 => String::new(),
                    n => format!("; and {n} more"),
                };
                format!("{}: {}{others}", groups.written(first), values(Some(first)).reason(fail_if))
            });
            (those.len() as u64, reason)
        } else {
            let values = values(groups.ids().next());
            let holds = values.fit(fail_if);
            (u64::from(holds), holds.then(|| values.reason(fail_if)))
        };
        Verdict { condition: crate::text::printable(fail_if.text().as_bytes()), holds: reason.is_some(), keys, reason }
    };
    fail_if.iter().map(verdict).collect()
}

/// The numbers of a key, or of all hits, that conditions compare.
struct GroupValues<'g> {
    groups: &'g Groups<'g>,
    /// The group of the key; `None` if no hit was counted.
    group: Option<GroupId>,
    lines: &'g Lines,
}

/// A fraction `(part, whole)`.
type Quotient = (u128, u128);

impl GroupValues<'_> {
    fn fit(&self, fail_if: &FailIf) -> bool {
        fail_if.root().truth(&|test| self.fits(test)) == Some(true)
    }

    /// Evaluates a comparison; `None` if the number is unknown. An unknown number is neither greater, less, equal nor
    /// unequal.
    fn fits(&self, test: &Test) -> Option<bool> {
        let (part, whole) = self.quotient(test.subject)?;
        Some(match test.threshold {
            Threshold::Number(number) => {
                let unit = if is_time(test.subject) { 1000 } else { 1 };
                test.order.accepts(number.quotient_cmp(part, whole * unit))
            }
            Threshold::Percent(percent) => {
                let of = self.whole(test.subject);
                of > 0 && test.order.accepts(percent.quotient_cmp(part * 100, whole * of))
            }
        })
    }

    /// The value of a subject: a count, a share, or a time in milliseconds.
    fn quotient(&self, subject: FailIfSubject) -> Option<Quotient> {
        match subject {
            FailIfSubject::Malformed => Some((self.lines.malformed.into(), 1)),
            FailIfSubject::Metric(metric) => match self.group {
                Some(group) => self.groups.quotient(metric, group).map(|(part, whole)| (part.into(), whole.into())),
                None => metric.of_no_hits()?.quotient().map(|(part, whole)| (part.into(), whole.into())),
            },
        }
    }

    /// The number that is 100%: for a count, the hits of the key that have the field; for `pv`, all hits; for
    /// `malformed`, all lines. A share is already a fraction, so its whole is 1.
    fn whole(&self, subject: FailIfSubject) -> u128 {
        match subject {
            FailIfSubject::Malformed => self.lines.read.into(),
            FailIfSubject::Metric(metric) if metric.is_share() => 1,
            FailIfSubject::Metric(Metric::Pv) => (self.lines.parsed - self.lines.filtered).into(),
            FailIfSubject::Metric(metric) => self.group.map_or(0, |group| self.groups.hits_with(metric, group).into()),
        }
    }

    /// The value of each name in a condition: `5xx is 149 of 3100 (4.81%), pv is 3100`.
    fn reason(&self, fail_if: &FailIf) -> String {
        let mut text = String::new();
        for subject in fail_if.subjects() {
            let gap = if text.is_empty() { "" } else { ", " };
            write!(text, "{gap}{} is {}", subject.name(), self.shown(subject))
                .expect("writing to a String cannot fail");
        }
        text
    }

    fn shown(&self, subject: FailIfSubject) -> String {
        let Some((part, whole)) = self.quotient(subject) else { return "unknown".to_owned() };
        if is_time(subject) {
            return format!("{:.3} s", part as f64 / whole as f64 / 1000.0);
        }
        let percent = |part: u128, whole: u128| format!("{:.2}%", part as f64 * 100.0 / whole.max(1) as f64);
        match subject {
            FailIfSubject::Metric(metric) if metric.is_share() => percent(part, whole),
            FailIfSubject::Metric(Metric::Uv | Metric::Bytes | Metric::Peak) => part.to_string(),
            FailIfSubject::Metric(Metric::Busy) => format!("{:.2}", part as f64 / whole as f64),
            FailIfSubject::Metric(Metric::Pv) if self.groups.dimension() == Dimension::All => part.to_string(),
            _ => {
                let whole = self.whole(subject);
                format!("{part} of {whole} ({})", percent(part, whole))
            }
        }
    }
}

fn is_time(subject: FailIfSubject) -> bool {
    matches!(subject, FailIfSubject::Metric(metric) if metric.is_time())
}
