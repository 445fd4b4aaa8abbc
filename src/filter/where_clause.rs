//! `--where 'status >= 500 && path ~ "^/api/"'`: an expression with its names and values resolved.

use std::cell::OnceCell;
use std::str::FromStr;

use super::check::Check;
use super::networks::Networks;
use super::pattern::Pattern;
use super::subject::{NameError, Subject};
use crate::dimension::Dimension;
use crate::expression::{Comparison, Expression, Number, Operator, Order, Spanned, SyntaxError, Value, parse};
use crate::text::undo_escapes;

/// An expression that is true or false for a hit.
///
/// Names are those of dimensions (`path`, `status`, `hour-of-day` …), `bytes`, `request_time`, and any nginx variable.
/// Against a number, a value is compared as a number, and a value that is not a number matches nothing. Numbers of bytes
/// and times may have a unit: `1M`, `300ms`. Text is compared by its bytes; without spaces and signs it needs no quotes.
/// An address without quotes matches however it is written in the log, and a network all its addresses: `10.0.0.0/8`.
/// `~` searches for a regular expression. `!=`, `!~` and `!in` are true exactly if `==`, `~` and
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
    learned: Option<SyntaxError>,
}

/// The subject of a comparison, and the check on it.
pub(super) type Test = (Subject, Check);

impl WhereExpression {
    /// Parses an expression. `is_own` returns true for variables that nginx does not define, such as those of a `map`.
    ///
    /// # Errors
    /// Fails if the text is not an expression, if a name is unknown, or if a value is impossible for its name.
    pub fn parse(text: &str, is_own: &dyn Fn(&str) -> bool) -> Result<WhereExpression, SyntaxError> {
        let reading = Reading { text, is_own, learned: OnceCell::new() };
        let root = parse(text, 0)?.try_map(&|comparison| reading.comparison(&comparison))?;
        Ok(WhereExpression { text: text.to_owned(), root, learned: reading.learned.into_inner() })
    }

    /// The expression as the user typed it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The error for a comparison with a learned route, such as `/blog/{slug}/`, if the expression has one. No hit has
    /// such a route when filters are asked. It is no mistake if a pattern of the user has a part of that name.
    pub fn learned(&self) -> Option<&SyntaxError> {
        self.learned.as_ref()
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
    /// The first comparison with a learned route.
    learned: OnceCell<SyntaxError>,
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
        if operator.value == Operator::Matches {
            if subject.is_number() {
                return Err(self.error(operator.offset, "this is a number: compare it by == != < <= > >= in"));
            }
            if let Value::Text(regex) | Value::Word(regex) = &value.value {
                self.note_learned(subject, value.offset, &regex.replace('\\', ""));
            }
            return match &value.value {
                // The expression begins after the quote.
                Value::Text(regex) => Pattern::regex(self.text, value.offset + 1, regex).map(Check::Matches),
                // A star is no glob here, and hardly a repetition.
                Value::Word(regex) if !regex.contains('*') => {
                    Pattern::regex(self.text, value.offset, regex).map(Check::Matches)
                }
                _ => Err(self.error(value.offset, "write a regular expression in quotes, such as \"^/api/\"")),
            };
        }
        let order = Order::of(operator.value).unwrap_or(Order::EQUAL);
        let is_order = order != Order::EQUAL;
        match &value.value {
            Value::Number(number) => match (subject.refuses_number(*number), subject.text_of_number(*number)) {
                (Some(what), _) => Err(self.error(value.offset, what)),
                (None, Some(text)) => self.text_check(subject, operator, order, value.offset, &text),
                (None, None) => Ok(Check::Number(order, *number)),
            },
            Value::Text(text) => {
                // No address has a slash, and only a code or a class is a status.
                let networks = text.parse().ok().filter(|_| subject.may_be_address() && text.contains('/'));
                let statuses = text.parse().ok().filter(|_| subject == Subject::Of(Dimension::Status) && !is_order);
                match (networks, statuses) {
                    (Some(networks), _) => self.address(operator, is_order, networks),
                    (None, Some(statuses)) => Ok(Check::Status(statuses)),
                    (None, None) => self.text_check(subject, operator, order, value.offset, text),
                }
            }
            Value::Percent(_) => Err(self.error(value.offset, "a single request has no percentage")),
            Value::Word(word) => self.word_check(subject, operator, order, value.offset, word),
        }
    }

    /// Builds the check of a subject against an unquoted word that is not a number.
    fn word_check(
        &self,
        subject: Subject,
        operator: &Spanned<Operator>,
        order: Order,
        at: usize,
        word: &str,
    ) -> Result<Check, SyntaxError> {
        if let Some(number) = subject.number_unit().and_then(|unit| unit.read(word)) {
            return Ok(Check::Number(order, number));
        }
        let is_order = order != Order::EQUAL;
        if subject == Subject::Of(Dimension::Status) {
            let of_class = is_order.then(|| order_of_class(operator.value, word)).flatten();
            let set = || word.parse().ok().filter(|_| !is_order).map(Check::Status);
            let expected = "expected a status: 404, 4xx, 500-504, or - for one that is missing";
            return of_class.or_else(set).ok_or_else(|| self.error(at, expected));
        }
        let is_network = subject.is_address() || subject.may_be_address() && word.contains('/');
        if let Ok(networks) = word.parse()
            && is_network
        {
            return self.address(operator, is_order, networks);
        }
        if word.contains('*') {
            let what = format!(
                "== compares whole values, without wildcards: use ~ and a regular expression: {} ~ \"{}\"",
                subject.name(),
                regex_of(word)
            );
            return Err(self.error(at, what));
        }
        // A name of another value is more likely a mistake than a text.
        if !subject.is_number() && self.is_like_name(word) {
            let what = format!(
                "'{word}' is a name, and values are compared with text or numbers: put text in quotes: \"{word}\""
            );
            return Err(self.error(at, what));
        }
        self.text_check(subject, operator, order, at, word)
    }

    /// True for words that a user hardly means as text: names of dimensions, and variables that are no English words.
    fn is_like_name(&self, word: &str) -> bool {
        let is_variable = || word.contains('_') && Subject::named(word, self.is_own).is_ok();
        word.starts_with('$') || Subject::names().any(|name| name == word) || is_variable()
    }

    /// Builds the check of a subject against a text.
    fn text_check(
        &self,
        subject: Subject,
        operator: &Spanned<Operator>,
        order: Order,
        at: usize,
        text: &str,
    ) -> Result<Check, SyntaxError> {
        let text = subject.meant_text(text);
        self.note_learned(subject, at, &text);
        let all_keys = subject.all_keys().filter(|all| text != "-" && !all.contains(&&*text));
        if let Some(all) = all_keys {
            let what = subject.refuses_text(&text).map_or_else(|| expected_one_of(&all), str::to_owned);
            return Err(SyntaxError::none_of(self.text, at, &text, all, what));
        }
        if let Some(what) = subject.refuses_text(&text) {
            return Err(self.error(at, what));
        }
        if order != Order::EQUAL && matches!(subject, Subject::Of(dimension) if has_no_order(dimension)) {
            return Err(self.error(operator.offset, "these have no order: compare them by == != in"));
        }
        Ok(Check::Text(order, undo_escapes(text.as_bytes()).into_owned()))
    }

    /// Keeps the error for a value with a part that is learned only after all hits are read.
    fn note_learned(&self, subject: Subject, at: usize, value: &str) {
        let learned = ["{slug}", "{unserved}"].into_iter().find(|name| subject.is_learned() && value.contains(name));
        if let Some(learned) = learned {
            let regex = regex_of_route(value);
            let what = format!(
                "{learned} exists only in reports, because it is learned after all requests are read; compare the path \
                 instead: path ~ \"{regex}\""
            );
            self.learned.get_or_init(|| self.error(at, what));
        }
    }

    /// Builds the check of an address against addresses and networks.
    fn address(&self, operator: &Spanned<Operator>, is_order: bool, networks: Networks) -> Result<Check, SyntaxError> {
        if is_order {
            return Err(self.error(
                operator.offset,
                "addresses have no order: compare them by == != in, also with a network: 10.0.0.0/8",
            ));
        }
        Ok(Check::Address(networks))
    }
}

/// The check of a status against a class: `>= 4xx` is `>= 400`, and `> 4xx` is `> 499`.
fn order_of_class(operator: Operator, word: &str) -> Option<Check> {
    let [digit @ b'0'..=b'9', b'x' | b'X' | b'*', b'x' | b'X' | b'*'] = *word.as_bytes() else { return None };
    let ends_after = matches!(operator, Operator::Greater | Operator::LessOrEqual);
    let code = [digit, if ends_after { b'9' } else { b'0' }, if ends_after { b'9' } else { b'0' }];
    Order::of(operator).zip(Number::read(&code)).map(|(order, number)| Check::Number(order, number))
}

/// A regular expression that matches what a pattern with stars matches: `^/api/` for `/api/*`.
fn regex_of(pattern: &str) -> String {
    let inner = pattern.trim_matches('*');
    let begin = if pattern.starts_with('*') { "" } else { "^" };
    let end = if pattern.ends_with('*') { "" } else { "$" };
    let parts = inner.split('*').filter(|part| !part.is_empty()).map(regex::escape);
    format!("{begin}{}{end}", parts.collect::<Vec<_>>().join(".*"))
}

/// A regular expression that matches the paths of a route: `^/blog/[^/]+/$` for `/blog/{slug}/`.
fn regex_of_route(route: &str) -> String {
    let mut regex = "^".to_owned();
    let mut rest = route.trim_matches(['^', '$']);
    while let Some((before, (_, after))) = rest.split_once('{').and_then(|(before, rest)| {
        let named = rest.split_once('}')?;
        Some((before, named))
    }) {
        let is_all_below = rest[before.len()..].starts_with("{unserved}");
        regex = regex + &regex::escape(before) + if is_all_below { "" } else { "[^/]+" };
        if is_all_below {
            return regex;
        }
        rest = after;
    }
    regex + &regex::escape(rest) + "$"
}

/// Says which keys can be meant.
fn expected_one_of(keys: &[&str]) -> String {
    let (last, others) = keys.split_last().unwrap_or((&"", &[]));
    format!("expected {} or {last}", others.join(", "))
}

fn has_no_order(dimension: Dimension) -> bool {
    let is_closed = dimension.all_keys().is_some() || dimension.name() == "asn";
    is_closed || matches!(dimension, Dimension::StatusClass | Dimension::Time(crate::time::Unit::Weekday))
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
                "$msec is a point in time: compare a unit of time instead, as in day == \"2026-11-14\" or hour-of-day >= 8",
            ),
            ("status == GET", 10, "expected a status: 404, 4xx, 500-504, or - for one that is missing"),
            ("status > 500-504", 9, "expected a status: 404, 4xx, 500-504, or - for one that is missing"),
            ("status > 5%", 9, "a single request has no percentage"),
            (
                "path == /a*",
                8,
                "== compares whole values, without wildcards: use ~ and a regular expression: path ~ \"^/a\"",
            ),
            (
                "path == /a.b/*.js",
                8,
                "== compares whole values, without wildcards: use ~ and a regular expression: path ~ \"^/a\\.b/.*\\.js$\"",
            ),
            (
                "hour == 14",
                8,
                "hour is a date and an hour, such as \"2026-11-14T09\"; for 14 o'clock on any day write hour-of-day == 14",
            ),
            ("hour > 24", 7, "hour is a date and an hour, such as \"2026-11-14T09\""),
            ("day == 9", 7, "day is a date, such as \"2026-11-14\""),
            (
                "path == host",
                8,
                "'host' is a name, and values are compared with text or numbers: put text in quotes: \"host\"",
            ),
            (
                "path == $uri",
                8,
                "'$uri' is a name, and values are compared with text or numbers: put text in quotes: \"$uri\"",
            ),
            ("bytes > \"10\"", 8, "expected a number of bytes, such as 1000 or 1M"),
            ("bytes > 1ms", 8, "expected a number of bytes, such as 1000 or 1M"),
            ("bytes > many", 8, "expected a number of bytes, such as 1000 or 1M"),
            ("request_time > 1k", 15, "expected a number of seconds, such as 0.3 or 300ms"),
            ("bytes ~ \"1\"", 6, "this is a number: compare it by == != < <= > >= in"),
            ("path ~ 1", 7, "write a regular expression in quotes, such as \"^/api/\""),
            ("agent ~ bot*", 8, "write a regular expression in quotes, such as \"^/api/\""),
            ("ip > 10.0.0.1", 3, "addresses have no order: compare them by == != in, also with a network: 10.0.0.0/8"),
            ("path ~ \"a(b\"", 9, "invalid regular expression: unclosed group"),
            ("kind == \"statc\"", 8, "expected static or dynamic"),
            ("kind == statc", 8, "expected static or dynamic"),
            ("class == 1", 9, "expected static or dynamic"),
            ("kind < \"static\"", 5, "these have no order: compare them by == != in"),
            ("status-class == 404", 16, "expected 1xx, 2xx, 3xx, 4xx, 5xx or other"),
            ("status-class >= 4xx", 13, "these have no order: compare them by == != in"),
            ("weekday == \"Tues\"", 11, WEEKDAYS),
            ("weekday < \"Tue\"", 8, "these have no order: compare them by == != in"),
            ("device == mobile", 10, "expected desktop, phone, tablet, tv or other"),
            ("device == 7", 10, "expected desktop, phone, tablet, tv or other"),
            ("device in (phone, tv, x)", 22, "expected desktop, phone, tablet, tv or other"),
            ("ip-version != 5", 14, "expected IPv4 or IPv6"),
            ("ip-version > 4", 11, "these have no order: compare them by == != in"),
            ("asn > 4", 4, "these have no order: compare them by == != in"),
            ("referer-kind == \"searh\"", 16, "expected search, social, ai-assistant, mail, other, internal or direct"),
        ];
        for (text, at, what) in rows {
            let error = text.parse::<WhereExpression>().unwrap_err();
            assert_eq!((error.at(), error.what()), (at, what), "{text}");
        }
    }

    const WEEKDAYS: &str = "expected a day: \"Mon\" \"Tue\" \"Wed\" \"Thu\" \"Fri\" \"Sat\" \"Sun\"";

    /// Keys that a comparison with a text column accepts, among these.
    fn held(text: &str, keys: &[&str]) -> Vec<String> {
        let selection: WhereExpression = text.parse().unwrap();
        let matches =
            |key: &&&str| selection.root.truth(&|(_, check)| Some(check.matches(key.as_bytes()))) == Some(true);
        keys.iter().filter(matches).map(|key| (*key).to_owned()).collect()
    }

    #[test]
    fn addresses_without_quotes_match_in_any_notation() {
        let keys = ["10.0.0.7", "::ffff:10.0.0.7", "10.0.0.8", "2001:db8::1", "2001:db8:0:0::1", "unix:", "-"];
        for (text, expected) in [
            ("ip == 10.0.0.7", &["10.0.0.7", "::ffff:10.0.0.7"][..]),
            ("ip = \"10.0.0.7\"", &["10.0.0.7"]),
            ("ip == 10.0.0.0/8", &["10.0.0.7", "::ffff:10.0.0.7", "10.0.0.8"]),
            ("ip == \"10.0.0.0/8\"", &["10.0.0.7", "::ffff:10.0.0.7", "10.0.0.8"]),
            ("ip == 2001:db8::1", &["2001:db8::1", "2001:db8:0:0::1"]),
            ("ip in (2001:db8::/32, unix:)", &["2001:db8::1", "2001:db8:0:0::1", "unix:"]),
            ("ip != 0.0.0.0/0 and ip != ::/0", &["unix:", "-"]),
            ("http_x_real_ip == 10.0.0.0/8", &["10.0.0.7", "::ffff:10.0.0.7", "10.0.0.8"]),
            ("http_x_real_ip == 10.0.0.7", &["10.0.0.7"]),
            ("ip == -", &["-"]),
        ] {
            assert_eq!(held(text, &keys), expected, "{text}");
        }
    }

    #[test]
    fn values_may_be_spelled_in_several_ways() {
        let rows = [
            ("status == 5xx", &["500", "499", "599", "-"][..], &["500", "599"][..]),
            ("status == \"5xx\"", &["500", "499", "-"], &["500"]),
            ("status = 5**", &["500", "499", "-"], &["500"]),
            ("status >= 4xx", &["399", "400", "500", "-"], &["400", "500"]),
            ("status > 4xx", &["400", "499", "500", "-"], &["500"]),
            ("status < 4xx", &["399", "400", "-"], &["399"]),
            ("status <= 4XX", &["499", "500", "-"], &["499"]),
            ("status == 500-504", &["500", "505"], &["500"]),
            ("path == /login", &["/login", "/login/", "/"], &["/login"]),
            ("path ~ login", &["/login", "/x/login/", "/"], &["/login", "/x/login/"]),
            ("ext = css", &["css", "js"], &["css"]),
            ("referer == -", &["-", "x"], &["-"]),
            ("day >= 2026-11-14", &["2026-11-13", "2026-11-14", "2026-11-15"], &["2026-11-14", "2026-11-15"]),
            ("weekday = tuesday", &["Mon", "Tue"], &["Tue"]),
            ("class = Static", &["static", "dynamic"], &["static"]),
            ("upstream_response_time > 300ms", &["0.3", "0.301", "0.1, 0.5", "-"], &["0.301", "0.1, 0.5"]),
            ("content_length >= 1k", &["1023", "1024", "-"], &["1024"]),
            ("scheme == https", &["https", "http"], &["https"]),
            ("ip-version == 4", &["IPv4", "IPv6", "-"], &["IPv4"]),
            ("ip-version in (ipv6, v4)", &["IPv4", "IPv6", "-"], &["IPv4", "IPv6"]),
            ("asn == 15169", &["AS15169", "AS151", "15169"], &["AS15169"]),
            ("asn == as15169", &["AS15169", "-"], &["AS15169"]),
            ("device == Phone", &["phone", "tv"], &["phone"]),
            ("device == -", &["phone", "-"], &["-"]),
            ("bot-class != none", &["none", "seo"], &["seo"]),
        ];
        for (text, keys, expected) in rows {
            assert_eq!(held(text, keys), expected, "{text}");
        }
    }

    #[test]
    fn learned_routes_are_noticed() {
        let rows = [
            (
                "route == \"/x.y/{slug}/{int}\"",
                9,
                "{slug} exists only in reports, because it is learned after all requests are read; compare the path \
                 instead: path ~ \"^/x\\.y/[^/]+/[^/]+$\"",
            ),
            (
                "route in (\"/\", \"/blog/{unserved}\")",
                15,
                "{unserved} exists only in reports, because it is learned after all requests are read; compare the path \
                 instead: path ~ \"^/blog/\"",
            ),
            (
                "route ~ \"^/blog/\\{slug\\}$\"",
                8,
                "{slug} exists only in reports, because it is learned after all requests are read; compare the path \
                 instead: path ~ \"^/blog/[^/]+$\"",
            ),
        ];
        for (text, at, what) in rows {
            let expression: WhereExpression = text.parse().unwrap();
            let error = expression.learned().unwrap();
            assert_eq!((error.at(), error.what()), (at, what), "{text}");
        }
        for text in ["route == '/shop/{int}'", "path == '/{slug}'", "route ~ slug"] {
            assert!(text.parse::<WhereExpression>().unwrap().learned().is_none(), "{text}");
        }
    }

    #[test]
    fn mistyped_keys_are_known() {
        let error = "bot-class == searh".parse::<WhereExpression>().unwrap_err();
        let (word, all) = error.mistyped().unwrap();
        assert_eq!((word, all.len(), all[0]), ("searh", 13, "search"));
        assert!("path == 1 &&".parse::<WhereExpression>().unwrap_err().mistyped().is_none());
    }

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
