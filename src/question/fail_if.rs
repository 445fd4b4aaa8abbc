//! Conditions such as `--fail-if '5xx > 1%'`, with their names and values resolved.

use std::str::FromStr;

use crate::dimension::Dimension;
use crate::expression::{
    Comparison, Expression, Number, NumberUnit, Operator, Order, Spanned, SyntaxError, Value, parse,
};
use crate::metric::Metric;

/// A condition that makes the check of a site fail. It is about all hits together, or about any one key of a dimension.
///
/// Names are those of columns, and `malformed` for lines that fit no format. Counts are compared with numbers or
/// percentages: counts of hits as a part of the hits, `malformed` of all lines, and `pv` and `share` of a key as a part
/// of the hits of all keys. Request times are compared with seconds.
///
/// ```
/// use logstat::FailIf;
/// let failing: FailIf = "5xx > 1% || p95 > 0.5".parse()?;
/// let one: FailIf = "any path: 5xx > 5% && pv > 100".parse()?;
/// assert_eq!("5yy > 1%".parse::<FailIf>().unwrap_err().unknown(), Some("5yy"));
/// # Ok::<(), logstat::SyntaxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct FailIf {
    text: String,
    any: Option<Dimension>,
    root: Expression<Test>,
}

/// One comparison.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Test {
    pub(crate) subject: FailIfSubject,
    pub(crate) order: Order,
    pub(crate) threshold: Threshold,
}

/// The left side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailIfSubject {
    Metric(Metric),
    /// Lines that fit no format in use.
    Malformed,
}

/// The right side of a comparison.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Threshold {
    /// A count, or a time in seconds.
    Number(Number),
    /// A percentage.
    Percent(Number),
}

const MALFORMED: &str = "malformed";

impl FailIfSubject {
    pub(crate) fn name(self) -> &'static str {
        match self {
            FailIfSubject::Metric(metric) => metric.name(),
            FailIfSubject::Malformed => MALFORMED,
        }
    }

    fn named(name: &str) -> Option<FailIfSubject> {
        if name == MALFORMED { Some(FailIfSubject::Malformed) } else { Metric::named(name).map(FailIfSubject::Metric) }
    }

    /// The unit of its numbers, if they have one.
    fn unit(self) -> Option<NumberUnit> {
        match self {
            FailIfSubject::Metric(Metric::Bytes) => Some(NumberUnit::Bytes),
            FailIfSubject::Metric(metric) if metric.is_time() => Some(NumberUnit::Seconds),
            _ => None,
        }
    }

    /// The error message if it cannot be compared with a percentage. `is_of_one` is true for the hits of one key, false
    /// for all hits.
    fn refuses_percents(self, is_of_one: bool) -> Option<&'static str> {
        match self {
            FailIfSubject::Metric(Metric::Pv | Metric::Share) if !is_of_one => {
                Some("all requests are always 100%; for the share of one key, write any path: pv > 10%")
            }
            FailIfSubject::Metric(Metric::Uv | Metric::Bytes | Metric::Busy | Metric::Peak) => Some(
                "expected a number: only counts of requests \
                 have percentages",
            ),
            FailIfSubject::Metric(metric) if metric.is_time() => Some("expected seconds, such as 0.5"),
            _ => None,
        }
    }
}

impl FailIf {
    /// Parses a condition. `is_own` returns true for variables that are not built into nginx but may be named, such as
    /// those of a given log format.
    ///
    /// # Errors
    /// If the text is not a condition, a name is unknown, or a name cannot have the value that it is compared with.
    pub fn parse(text: &str, is_own: &dyn Fn(&str) -> bool) -> Result<FailIf, SyntaxError> {
        let (any, start) = any_of(text, is_own)?;
        let parser = Parser { text, is_of_one: any.is_some() };
        let root = parse(text, start)?.try_map(&|comparison| parser.comparison(&comparison))?;
        Ok(FailIf { text: text.to_owned(), any, root })
    }

    /// The condition as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All names that a condition can compare.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let metrics = Metric::all().filter(|metric| !metric.is_moment()).map(Metric::name);
        metrics.chain([MALFORMED])
    }

    /// The dimension whose keys are checked one by one, or [`Dimension::All`] for all hits together.
    pub(crate) fn dimension(&self) -> Dimension {
        self.any.unwrap_or(Dimension::All)
    }

    pub(crate) fn is_of_any(&self) -> bool {
        self.any.is_some()
    }

    pub(crate) fn root(&self) -> &Expression<Test> {
        &self.root
    }

    /// The subjects that it compares, in the order of the text, without duplicates.
    pub(crate) fn subjects(&self) -> Vec<FailIfSubject> {
        let mut subjects = Vec::new();
        for Test { subject, .. } in self.root.tests() {
            if !subjects.contains(subject) {
                subjects.push(*subject);
            }
        }
        subjects
    }

    /// The metrics among [`subjects`](FailIf::subjects).
    pub(crate) fn metrics(&self) -> impl Iterator<Item = Metric> {
        self.subjects().into_iter().filter_map(|subject| match subject {
            FailIfSubject::Metric(metric) => Some(metric),
            FailIfSubject::Malformed => None,
        })
    }
}

impl FromStr for FailIf {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<FailIf, SyntaxError> {
        FailIf::parse(text, &|_| false)
    }
}

/// The dimension of a prefix such as `any path:`, and the offset of the expression after it.
fn any_of(text: &str, is_own: &dyn Fn(&str) -> bool) -> Result<(Option<Dimension>, usize), SyntaxError> {
    let Some(rest) = text.trim_start().strip_prefix("any ") else { return Ok((None, 0)) };
    let rest = rest.trim_start();
    let at = text.len() - rest.len();
    let Some(colon) = rest.find(':') else {
        return Err(SyntaxError::new(
            text,
            text.len(),
            "expected a colon after the dimension, as in any path: 5xx > 5%",
        ));
    };
    let name = rest[..colon].trim_end();
    let dimension =
        Dimension::resolve(name, is_own).map_err(|error| SyntaxError::new(text, at, format!("any {name}: {error}")))?;
    Ok((Some(dimension), at + colon + 1))
}

struct Parser<'t> {
    text: &'t str,
    is_of_one: bool,
}

impl Parser<'_> {
    fn error(&self, at: usize, what: impl AsRef<str>) -> SyntaxError {
        SyntaxError::new(self.text, at, what)
    }

    fn comparison(&self, Comparison { name, operator, values }: &Comparison) -> Result<Expression<Test>, SyntaxError> {
        let subject = FailIfSubject::named(&name.value)
            .ok_or_else(|| SyntaxError::unknown_name(self.text, name.offset, &name.value))?;
        match subject {
            FailIfSubject::Malformed if self.is_of_one => {
                return Err(self.error(name.offset, "malformed lines have no key: compare malformed without 'any'"));
            }
            FailIfSubject::Metric(metric) if metric.is_moment() => {
                return Err(self.error(name.offset, "this is a time, which cannot be compared with a number"));
            }
            _ => {}
        }
        let is_unequal = operator.value == Operator::NotEqual;
        let order = if is_unequal { Some(Order::EQUAL) } else { Order::of(operator.value) };
        let (Some(order), [value]) = (order, &values[..]) else {
            return Err(self.error(operator.offset, "this is a number: compare it by == != < <= > >="));
        };
        let threshold = self.threshold(subject, value)?;
        Ok(Expression::Test(Test { subject, order, threshold }).negated_if(is_unequal))
    }

    fn threshold(&self, subject: FailIfSubject, value: &Spanned<Value>) -> Result<Threshold, SyntaxError> {
        let (number, threshold) = match &value.value {
            Value::Number(number) => (*number, Threshold::Number(*number)),
            Value::Percent(number) => {
                if let Some(what) = subject.refuses_percents(self.is_of_one) {
                    return Err(self.error(value.offset, what));
                }
                (*number, Threshold::Percent(*number))
            }
            Value::Text(_) => return Err(self.no_number(subject, value.offset)),
            Value::Word(word) => {
                let Some(number) = subject.unit().and_then(|unit| unit.read(word)) else {
                    return Err(self.no_number(subject, value.offset));
                };
                (number, Threshold::Number(number))
            }
        };
        if !number.is_short() {
            return Err(self.error(value.offset, "this number has too many digits"));
        }
        Ok(threshold)
    }

    fn no_number(&self, subject: FailIfSubject, offset: usize) -> SyntaxError {
        let what = match subject.unit() {
            Some(NumberUnit::Seconds) => "expected seconds, such as 0.5 or 500ms",
            Some(NumberUnit::Bytes) => "expected bytes, such as 1000 or 1G",
            None => "expected a number, or a percentage such as 1%",
        };
        self.error(offset, what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_their_position() {
        let rows = [
            ("5yy > 1%", 0, "unknown name '5yy'"),
            ("p95 > 50%", 6, "expected seconds, such as 0.5"),
            ("p95 > 1k", 6, "expected seconds, such as 0.5 or 500ms"),
            ("bytes > 1s", 8, "expected bytes, such as 1000 or 1G"),
            ("pv < 10%", 5, "all requests are always 100%; for the share of one key, write any path: pv > 10%"),
            ("uv < 10%", 5, "expected a number: only counts of requests have percentages"),
            ("5xx > \"1\"", 6, "expected a number, or a percentage such as 1%"),
            ("5xx ~ \"1\"", 4, "this is a number: compare it by == != < <= > >="),
            ("5xx in (1, 2)", 4, "this is a number: compare it by == != < <= > >="),
            ("last > 1", 0, "this is a time, which cannot be compared with a number"),
            ("any path: malformed > 1", 10, "malformed lines have no key: compare malformed without 'any'"),
            ("any path 5xx > 1", 16, "expected a colon after the dimension, as in any path: 5xx > 5%"),
            ("any pth: 5xx > 1", 4, "any pth: neither a dimension nor a variable of nginx"),
            ("pv > 0.0000000000001", 5, "this number has too many digits"),
        ];
        for (text, at, what) in rows {
            let error = text.parse::<FailIf>().unwrap_err();
            assert_eq!((error.at(), error.what()), (at, what), "{text}");
        }
    }

    #[test]
    fn values_may_have_units_and_words_may_be_operators() {
        for (text, same) in [
            ("p95 > 300ms", "p95 > 0.3"),
            ("p95 > 300 ms", "p95 > 0.3"),
            ("bytes > 1M", "bytes > 1048576"),
            ("5xx > 1 %", "5xx > 1%"),
            ("5XX = 1 and not requests < 2", "5xx == 1 && !pv < 2"),
        ] {
            let root = |text: &str| {
                let parsed: FailIf = text.parse().unwrap();
                let tests =
                    parsed.root().tests().into_iter().map(|test| (test.subject, test.order, value(test.threshold)));
                tests.collect::<Vec<_>>()
            };
            let (found, expected) = (root(text), root(same));
            assert_eq!(found.len(), expected.len());
            for ((subject, order, than), (same_subject, same_order, same_than)) in found.into_iter().zip(expected) {
                assert_eq!((subject, order), (same_subject, same_order), "{text}");
                assert!(than.partial_cmp(&same_than).is_some_and(|ordering| ordering.is_eq()), "{text}");
            }
        }
    }

    fn value(threshold: Threshold) -> Number {
        match threshold {
            Threshold::Number(number) | Threshold::Percent(number) => number,
        }
    }

    #[test]
    fn names_are_columns_and_malformed() {
        let fail_if: FailIf = "any  path : (status_5xx > 5% || 4xx >= 0.1%) && pv > 100 && p99_ms < 2".parse().unwrap();
        assert_eq!(fail_if.dimension(), Dimension::Path);
        let metrics: Vec<_> = fail_if.metrics().collect();
        assert_eq!(metrics, [Metric::Status5xx, Metric::Status4xx, Metric::Pv, Metric::P99]);
        assert!(FailIf::names().all(|name| format!("{name} > 1").parse::<FailIf>().is_ok()));
        let own = FailIf::parse("any my_var: pv > 1", &|name| name == "my_var").unwrap();
        assert_eq!(own.dimension().name(), "my_var");
        assert_eq!("any url: visitors > 1".parse::<FailIf>().unwrap().dimension(), Dimension::Path);
    }
}
