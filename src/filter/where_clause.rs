//! `--where 'status >= 500 && path ~ "^/api/"'`: an expression with its names and values resolved.

use std::str::FromStr;

use super::check::Check;
use super::pattern::Pattern;
use super::subject::{NameError, Subject};
use crate::dimension::Dimension;
use crate::expression::{Comparison, Expression, Operator, Order, Spanned, SyntaxError, Value, parse};
use crate::text::undo_escapes;

/// An expression that is true or false for a hit.
///
/// Names are those of dimensions (`path`, `status`, `hour-of-day` …), `bytes`, `request_time`, and any nginx variable.
/// Against a number, a value is compared as a number, and a value that is not a number matches nothing. Quoted text is
/// compared by its bytes. `~` searches for a regular expression. `!=`, `!~` and `!in` are true exactly if `==`, `~` and
/// `in` are false.
///
/// ```
/// use logstat::WhereExpression;
/// let slow: WhereExpression = r#"request_time > 1.5 && !(path ~ "^/export/" || method in ("HEAD", "OPTIONS"))"#.parse()?;
/// assert_eq!("stauts == 200".parse::<WhereExpression>().unwrap_err().unknown(), Some("stauts"));
/// # Ok::<(), logstat::SyntaxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct WhereExpression {
    text: String,
    pub(super) root: Expression<Test>,
}

/// The subject of a comparison, and the check on it.
pub(super) type Test = (Subject, Check);

impl WhereExpression {
    /// Parses an expression. `is_own` returns true for variables that nginx does not define, such as those of a `map`.
    ///
    /// # Errors
    /// Fails if the text is not an expression, if a name is unknown, or if a value is impossible for its name.
    pub fn parse(text: &str, is_own: &dyn Fn(&str) -> bool) -> Result<WhereExpression, SyntaxError> {
        let reading = Reading { text, is_own };
        let root = parse(text, 0)?.try_map(&|comparison| reading.comparison(&comparison))?;
        Ok(WhereExpression { text: text.to_owned(), root })
    }

    /// The expression as the user typed it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Names other than nginx variables: dimensions, `bytes` and `request_time`.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Subject::names()
    }

    /// Names of the variables that the expression compares as logged.
    pub fn variables(&self) -> impl Iterator<Item = &'static str> {
        let named = self.subjects().filter_map(|subject| match subject {
            Subject::Of(dimension) => match dimension.as_logged()? {
                Dimension::Variable(variable) => Some(variable.name()),
                _ => None,
            },
            _ => None,
        });
        named.collect::<Vec<_>>().into_iter()
    }

    /// Subjects of the comparisons, in the order of the text.
    pub(super) fn subjects(&self) -> impl Iterator<Item = Subject> {
        self.root.tests().into_iter().map(|(subject, _)| *subject)
    }
}

impl FromStr for WhereExpression {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<WhereExpression, SyntaxError> {
        WhereExpression::parse(text, &|_| false)
    }
}

struct Reading<'t> {
    text: &'t str,
    is_own: &'t dyn Fn(&str) -> bool,
}

impl Reading<'_> {
    fn error(&self, at: usize, what: impl AsRef<str>) -> SyntaxError {
        SyntaxError::new(self.text, at, what)
    }

    fn comparison(&self, Comparison { name, operator, values }: &Comparison) -> Result<Expression<Test>, SyntaxError> {
        let subject = Subject::named(&name.value, self.is_own).map_err(|error| match error {
            NameError::Unknown => SyntaxError::unknown_name(self.text, name.offset, &name.value),
            NameError::Moment(what) => self.error(name.offset, what),
        })?;
        let (is_not, kind) = match operator.value {
            Operator::NotEqual => (true, Operator::Equal),
            Operator::NotMatches => (true, Operator::Matches),
            Operator::NotIn => (true, Operator::In),
            other => (false, other),
        };
        let operator = Spanned { offset: operator.offset, value: kind };
        let checks = values.iter().map(|value| self.check(subject, &operator, value));
        let mut checks = checks.collect::<Result<Vec<_>, _>>()?;
        let check = if checks.len() == 1 { checks.remove(0) } else { Check::Any(checks) };
        Ok(Expression::Test((subject, check)).negated_if(is_not))
    }

    /// Builds the check of a subject against one value.
    fn check(
        &self,
        subject: Subject,
        operator: &Spanned<Operator>,
        value: &Spanned<Value>,
    ) -> Result<Check, SyntaxError> {
        let refused = |what: Option<&'static str>| what.map_or(Ok(()), |what| Err(self.error(value.offset, what)));
        if operator.value == Operator::Matches {
            let Value::Text(regex) = &value.value else {
                return Err(self.error(value.offset, "a regular expression between quotes was expected"));
            };
            if subject.is_number() {
                return Err(
                    self.error(operator.offset, "this is a number, and no text to look in: use == != < <= > >= in")
                );
            }
            // The expression begins after the quote.
            return Pattern::regex(self.text, value.offset + 1, regex).map(Check::Matches);
        }
        let order = Order::of(operator.value).unwrap_or(Order::EQUAL);
        let is_order = order != Order::EQUAL;
        match &value.value {
            Value::Number(number) => {
                refused(subject.refuses_numbers())?;
                Ok(Check::Number(order, *number))
            }
            Value::Text(text) => {
                refused(subject.refuses_text(text))?;
                if is_order && matches!(subject, Subject::Of(dimension) if has_no_order(dimension)) {
                    return Err(self.error(operator.offset, "neither is before the other: use == != in"));
                }
                Ok(Check::Text(order, undo_escapes(text.as_bytes()).into_owned()))
            }
            Value::Percent(_) => Err(self.error(value.offset, "a hit has no percentages")),
            Value::Word(word) => match word.parse() {
                Ok(set) if subject == Subject::Of(Dimension::Status) && !is_order => Ok(Check::Status(set)),
                _ if subject.is_of_words() => {
                    let word = Spanned { offset: value.offset, value: Value::Text(word.clone()) };
                    self.check(subject, operator, &word)
                }
                _ => {
                    let word = crate::text::printable(word.as_bytes());
                    Err(self
                        .error(value.offset, format!("a value was expected; a text stands between quotes: \"{word}\"")))
                }
            },
        }
    }
}

fn has_no_order(dimension: Dimension) -> bool {
    matches!(dimension, Dimension::Class | Dimension::StatusClass | Dimension::Time(crate::time::Unit::Weekday))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_the_offset_of_the_mistake() {
        let rows = [
            ("stauts == 200", 0, "unknown name 'stauts'"),
            ("status == 200 || my_var == 1", 17, "unknown name 'my_var'"),
            (
                "msec > 1",
                0,
                "$msec is a moment: compare a stretch of time, as in day == \"2026-11-14\" or hour-of-day >= 8",
            ),
            ("method == GET", 10, "a value was expected; a text stands between quotes: \"GET\""),
            ("status > 5xx", 9, "a value was expected; a text stands between quotes: \"5xx\""),
            ("path == 5xx", 8, "a value was expected; a text stands between quotes: \"5xx\""),
            ("status > 5%", 9, "a hit has no percentages"),
            ("bytes > \"10\"", 8, "a number was expected, without quotes"),
            ("bytes ~ \"1\"", 6, "this is a number, and no text to look in: use == != < <= > >= in"),
            ("path ~ 1", 7, "a regular expression between quotes was expected"),
            ("path ~ \"a(b\"", 9, "no regular expression: unclosed group"),
            ("kind == \"statc\"", 8, "static or dynamic was expected"),
            ("kind == statc", 8, "static or dynamic was expected"),
            ("class == 1", 9, "static or dynamic was expected"),
            ("kind < \"static\"", 5, "neither is before the other: use == != in"),
            ("status-class == 404", 16, "1xx, 2xx, 3xx, 4xx, 5xx or other was expected"),
            ("status-class >= 4xx", 13, "neither is before the other: use == != in"),
            ("weekday == \"Tuesday\"", 11, WEEKDAYS),
            ("weekday < \"Tue\"", 8, "neither is before the other: use == != in"),
        ];
        for (text, at, what) in rows {
            let error = text.parse::<WhereExpression>().unwrap_err();
            assert_eq!((error.at(), error.what()), (at, what), "{text}");
        }
        assert!("hour == 3".parse::<WhereExpression>().unwrap_err().what().contains("hour-of-day has numbers"));
    }

    const WEEKDAYS: &str = "a day was expected: \"Mon\" \"Tue\" \"Wed\" \"Thu\" \"Fri\" \"Sat\" \"Sun\"";

    #[test]
    fn variables_are_listed_by_name() {
        let text = "upstream_addr ~ \"^10\\.\" && (my_var == 1 || path == \"/\") && upstream_response_time > 1";
        let selection = WhereExpression::parse(text, &|name| name == "my_var").unwrap();
        assert_eq!(selection.variables().collect::<Vec<_>>(), ["upstream_addr", "my_var", "upstream_response_time"]);
        assert_eq!(selection.text(), text);
        let fine = [
            "hour-of-day >= 8",
            "year == 2026",
            "status in (4xx, 500)",
            "status == \"-\"",
            "weekday in (\"Mon\", \"Sun\")",
            "kind == static",
            "class != 'dynamic'",
            "status-class in (4xx, \"5xx\", other)",
            "status-class ~ '^[45]'",
        ];
        assert!(fine.iter().all(|text| text.parse::<WhereExpression>().is_ok()));
    }
}
