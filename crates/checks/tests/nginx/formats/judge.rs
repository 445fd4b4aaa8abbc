//! Slow, independent reading of a line by the rule for given formats: it tries every end of every value.
//!
//! The rule: a value ends where the rest of the line fits. If several ends fit, it is the last one if only values written by
//! nginx follow, otherwise the first; a request preferably ends in ` HTTP/x.y`. The rule leaves some questions open: how
//! exactly the reader knows each shape, who chooses values such as `$upstream_status`, and where a list written by nginx
//! ends. The judge answers them in every combination. A value is decidable only if every reading finds what nginx logged.

use super::draw::{Format, Piece};
use super::shapes::{Escape, Shape};
use super::variables::{Author, VARIABLES, Variable};

/// Answers to the questions that the rule leaves open.
#[derive(Clone, Copy)]
struct Reading {
    is_strict: bool,
    is_contested_by_visitor: bool,
    /// True to take the last of several ends for a value written by nginx.
    takes_last: bool,
}

impl Reading {
    /// Every combination; the first accepts the most.
    fn all() -> impl Iterator<Item = Reading> {
        (0..8).map(|bits| Reading {
            is_strict: bits & 1 != 0,
            is_contested_by_visitor: bits & 2 != 0,
            takes_last: bits & 4 != 0,
        })
    }

    fn is_of_nginx(self, author: Author) -> bool {
        match author {
            Author::Nginx => true,
            Author::Contested => !self.is_contested_by_visitor,
            Author::Visitor => false,
        }
    }
}

/// Part of a format, after adjacent variables that cannot be divided are joined.
enum Part {
    Literal(Vec<u8>),
    Value(Value),
}

struct Value {
    /// Index into [`VARIABLES`]; `None` for joined variables.
    place: Option<usize>,
    author: Author,
    /// True if the value is in quotes and nginx escapes quotes within it.
    is_quoted: bool,
}

/// Variables with their values in one line.
pub(crate) type Values<'l> = Vec<(usize, &'l [u8])>;

/// A format prepared for reading.
pub(crate) struct Judge {
    escape: Escape,
    parts: Vec<Part>,
}

impl Judge {
    pub(crate) fn new(format: &Format) -> Judge {
        let mut parts: Vec<Part> = Vec::new();
        for (i, piece) in format.pieces.iter().enumerate() {
            let place = match piece {
                Piece::Literal(text) => {
                    parts.push(Part::Literal(text.clone().into_bytes()));
                    continue;
                }
                Piece::Variable(place) => *place,
            };
            let author = VARIABLES[place].author;
            let is_third = matches!(parts[..], [.., Part::Value(_), Part::Value(_)]);
            if let Some(Part::Value(before)) = parts.last()
                && (is_third || !before.place.is_some_and(|before| can_be_told(&VARIABLES[before], &VARIABLES[place])))
            {
                join(&mut parts, author);
                continue;
            }
            let literal = |at: Option<&Piece>| match at {
                Some(Piece::Literal(text)) => text.clone(),
                _ => String::new(),
            };
            let is_within = literal(i.checked_sub(1).and_then(|i| format.pieces.get(i))).ends_with('"')
                && literal(format.pieces.get(i + 1)).starts_with('"');
            let is_quoted = is_within && format.escape != Escape::None;
            parts.push(Part::Value(Value { place: Some(place), author, is_quoted }));
        }
        Judge { escape: format.escape, parts }
    }

    /// Every reading of a line: variables with their values, or `None` if the line does not fit.
    pub(crate) fn readings<'l>(&'l self, line: &'l [u8]) -> Vec<Option<Values<'l>>> {
        let mut readings = Vec::new();
        for reading in Reading::all() {
            let known = vec![UNKNOWN; (self.parts.len() + 1) * (line.len() + 1)];
            let mut walk = Walk { judge: self, line, reading, known, had_choice: false };
            readings.push(walk.values());
            // The first reading accepts the most. If it had no choice, no other reading differs.
            if readings.len() == 1 && !walk.had_choice {
                break;
            }
        }
        readings
    }

    /// True if the variable is not joined with an adjacent one.
    pub(crate) fn knows(&self, place: usize) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Value(value) if value.place == Some(place)))
    }
}

/// Joins the adjacent values at the end of `parts` with another by `author`. The least trusted author counts.
fn join(parts: &mut Vec<Part>, author: Author) {
    let mut joined = author;
    while let Some(Part::Value(value)) = parts.pop_if(|part| matches!(part, Part::Value(_))) {
        joined = joined.max(value.author);
    }
    parts.push(Part::Value(Value { place: None, author: joined, is_quoted: false }));
}

/// True if the shapes of two adjacent variables determine the boundary.
fn can_be_told(before: &Variable, behind: &Variable) -> bool {
    let has_width = |of: &Variable| of.shape.width().is_some();
    let is_host = matches!(before.name, "host" | "server_name");
    has_width(before) || has_width(behind) || is_host && behind.shape == Shape::Path
}

/// Reading of one line.
struct Walk<'w> {
    judge: &'w Judge,
    line: &'w [u8],
    reading: Reading,
    /// Memo of `fits`, by part and position.
    known: Vec<u8>,
    /// True once a value had several possible ends.
    had_choice: bool,
}

const UNKNOWN: u8 = 0;
const FITS: u8 = 1;
const FITS_NOT: u8 = 2;

impl<'w> Walk<'w> {
    fn values(&mut self) -> Option<Values<'w>> {
        let (parts, line) = (&self.judge.parts, self.line);
        let mut values = Vec::new();
        let mut at = 0;
        for (i, part) in parts.iter().enumerate() {
            at = match part {
                Part::Literal(text) => line[at..].starts_with(text).then_some(at + text.len())?,
                Part::Value(value) => {
                    let end = self.end(i, at)?;
                    values.extend(value.place.map(|place| (place, &line[at..end])));
                    end
                }
            };
        }
        (at == line.len()).then_some(values)
    }

    /// End of the value that begins at `start`, by the rule.
    fn end(&mut self, part: usize, start: usize) -> Option<usize> {
        let Part::Value(value) = &self.judge.parts[part] else { return None };
        let mut ends = self.ends(part, start);
        ends.retain(|end| self.fits(part + 1, *end));
        self.had_choice |= ends.len() > 1;
        if value.place.is_some_and(|place| VARIABLES[place].name == "request") {
            let whole: Vec<_> = ends.iter().copied().filter(|end| has_protocol(&self.line[start..*end])).collect();
            if !whole.is_empty() {
                ends = whole;
            }
        }
        let is_of_nginx = |part: &Part| match part {
            Part::Literal(_) => true,
            Part::Value(value) => self.reading.is_of_nginx(value.author),
        };
        let takes_last = if self.reading.is_of_nginx(value.author) {
            self.reading.takes_last
        } else {
            self.judge.parts[part + 1..].iter().all(is_of_nginx)
        };
        if takes_last { ends.last().copied() } else { ends.first().copied() }
    }

    /// Possible ends of the value that begins at `start`, ignoring all but the next literal.
    fn ends(&self, part: usize, start: usize) -> Vec<usize> {
        let Part::Value(value) = &self.judge.parts[part] else { return Vec::new() };
        let rest = &self.line[start..];
        let mut ends: Vec<usize> = match self.judge.parts.get(part + 1) {
            None => vec![self.line.len()],
            Some(_) if value.is_quoted => closing_quote(rest).map(|end| start + end).into_iter().collect(),
            Some(Part::Literal(text)) => {
                // Occurrences may overlap.
                let begins = memchr::memchr_iter(text[0], rest).map(|end| start + end);
                begins.filter(|end| self.line[*end..].starts_with(text)).collect()
            }
            Some(Part::Value(_)) => (start..=self.line.len()).collect(),
        };
        let Some(place) = value.place else { return ends };
        let variable = &VARIABLES[place];
        // Adjacent variables are divided by their shapes, so every reader knows these.
        let is_adjacent = part > 0 && matches!(self.judge.parts[part - 1], Part::Value(_));
        ends.retain(|end| match &self.line[start..*end] {
            text if self.reading.is_strict || is_adjacent => variable.fits(text, self.judge.escape),
            text => variable.fits_loosely(text),
        });
        ends
    }

    fn fits(&mut self, part: usize, start: usize) -> bool {
        let at = part * (self.line.len() + 1) + start;
        if self.known[at] != UNKNOWN {
            return self.known[at] == FITS;
        }
        let fits = match self.judge.parts.get(part) {
            None => start == self.line.len(),
            Some(Part::Literal(text)) => {
                self.line[start..].starts_with(text) && self.fits(part + 1, start + text.len())
            }
            Some(Part::Value(_)) => self.ends(part, start).into_iter().any(|end| self.fits(part + 1, end)),
        };
        self.known[at] = if fits { FITS } else { FITS_NOT };
        fits
    }
}

/// Position of the first unescaped quote.
fn closing_quote(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    None
}

fn has_protocol(request: &[u8]) -> bool {
    let version = request.windows(6).rposition(|window| window == b" HTTP/").map(|at| &request[at + 6..]);
    version.is_some_and(|version| {
        let mut parts = version.split(|b| *b == b'.');
        let is_number =
            |part: Option<&[u8]>| part.is_some_and(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit));
        is_number(parts.next()) && is_number(parts.next()) && parts.next().is_none()
    })
}

#[test]
fn values_end_where_the_rule_says() {
    let cases = [
        // Only values by nginx follow: the last end that fits.
        ("$http_referer $status", "a 200 404", "$http_referer", "a 200"),
        ("$http_referer $upstream_addr", "a b, c : d", "$upstream_addr", "d"),
        // A visitor's value follows: the first end that fits.
        ("$http_referer $status $http_cookie", "a 200 404 b", "$http_referer", "a"),
        ("$request $status $http_cookie", "GET /a 200 b HTTP/1.1 404 c", "$request", "GET /a 200 b HTTP/1.1"),
        ("$request_body$status", "200404", "$request_body", "200"),
        ("$scheme://$host$request_uri", "http://site.test/a", "$request_uri", "/a"),
        ("\"$http_cookie\" $http_referer", r#""a\" b" c" d"#, "$http_cookie", r#"a\" b"#),
    ];
    for (text, line, name, expected) in cases {
        let format = Format::of("case", Escape::Json, text);
        let judge = Judge::new(&format);
        let place = super::variables::place(&name[1..]);
        let first = judge.readings(line.as_bytes()).into_iter().next().flatten().unwrap();
        assert_eq!(first.iter().find(|(other, _)| *other == place), Some(&(place, expected.as_bytes())), "{text}");
    }
    let joined = Judge::new(&Format::of("case", Escape::Json, "$http_referer$http_cookie"));
    assert!(!joined.knows(super::variables::place("http_referer")));
    assert!(Judge::new(&Format::of("case", Escape::Json, "$msec $status")).readings(b"1.000 x")[0].is_none());
}
