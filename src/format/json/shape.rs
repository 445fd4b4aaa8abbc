//! The shape of JSON lines: in nearly all logs one line has the keys of the next, in the same order.
//!
//! A shape is a line without its values. Where another line has the same bytes between its values, these are found without
//! reading a key. That is decided byte by byte, so a shape changes the speed and never the answer. It is for lines without a
//! backslash, whose quotes are all known: then a string ends at the next quote whatever is in it.
//!
//! Measured: lines of nginx take a third of the time that scan.rs takes from key to key.

use super::forms::{Mark, is_caddys_own};
use super::found::Finds;
use super::key_lookup::JsonKeys;
use super::seen::KeysSeen;
use super::value::{Kind, Value, value};
use crate::batch::Fields;
use crate::format::marks::{Line, Quotes};
use crate::format::variables::Feeds;

/// A value in the line that a shape is made from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    /// The first rule of its key, and the one that read it.
    first: Option<u16>,
    rule: Option<u16>,
    mark: Mark,
    ends: Ends,
    start: usize,
    end: usize,
}

/// Where a value ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    /// At the next quote.
    Quote,
    /// Where a value without quotes ends.
    Bare,
    /// At the bracket that closes it; this one opens it, for what an object holds feeds nothing and what a list holds may.
    Bracket(u8),
}

impl Placed {
    pub(super) fn of(value: &Value, first: Option<u16>, rule: Option<u16>, mark: Mark, line: &[u8]) -> Placed {
        let ends = match value.kind {
            Kind::List => Ends::Bracket(line[value.start]),
            Kind::Plain | Kind::Escaped if value.is_quoted => Ends::Quote,
            Kind::Plain | Kind::Escaped => Ends::Bare,
        };
        Placed { first, rule, mark, ends, start: value.start, end: value.end }
    }
}

/// A line without its values.
#[derive(Debug)]
pub(super) struct Shape {
    /// All that is between values, end to end.
    between: Vec<u8>,
    steps: Vec<Step>,
    targets: Vec<Feeds>,
    /// The fields that the line has keys for.
    has: Fields,
    seen: KeysSeen,
    /// Whether Envoy's keys are among its keys.
    has_envoy_key: bool,
}

/// What stands before a value, and the value.
#[derive(Debug)]
struct Step {
    /// How many bytes stand before it, and how many quotes are among them.
    before: usize,
    quotes: usize,
    ends: Ends,
    /// The rule of the value, and its target among those of the shape.
    rule: Option<(u16, usize)>,
    guard: Guard,
}

/// What a value must be for the line to have the shape: where the bytes between do not say how it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guard {
    Nothing,
    /// One that the rule of the step reads, of the rules of its key from this one on.
    SameRule(u16),
    /// Not a part of Caddy that writes no access log.
    NotCaddys,
}

impl Shape {
    fn of(keys: &JsonKeys, line: &[u8], placed: &[Placed]) -> Shape {
        // In the order of the keys' own targets, for of two values that do not exist the first is the reason.
        let target_of = |rule: u16| keys.rule(rule).target;
        let mut targets: Vec<usize> = placed.iter().filter_map(|value| value.rule).map(target_of).collect();
        targets.sort_unstable();
        targets.dedup();
        let (mut between, mut steps, mut seen) = (Vec::new(), Vec::new(), KeysSeen::default());
        let mut at = 0;
        for value in placed {
            let before = &line[at..value.start];
            let quotes = before.iter().filter(|b| **b == b'"').count();
            let rule = value.rule.map(|rule| (rule, targets.partition_point(|target| *target < target_of(rule))));
            value.rule.iter().for_each(|rule| seen.add(*rule));
            let guard = match value.first {
                _ if value.mark == Mark::Logger => Guard::NotCaddys,
                Some(first) if keys.has_forms(first) => Guard::SameRule(first),
                _ => Guard::Nothing,
            };
            steps.push(Step { before: before.len(), quotes, ends: value.ends, rule, guard });
            between.extend_from_slice(before);
            at = value.end;
        }
        between.extend_from_slice(&line[at..]);
        let targets = targets.into_iter().map(|target| keys.targets()[target]).collect();
        let rules = placed.iter().filter_map(|value| value.rule);
        let has = rules.fold(Fields::NONE, |has, rule| has.and(keys.rule(rule).fields));
        let has_envoy_key = placed.iter().any(|value| value.mark == Mark::Envoy);
        Shape { between, steps, targets, has, seen, has_envoy_key }
    }

    /// What the values of lines of this shape feed.
    pub(super) fn targets(&self) -> &[Feeds] {
        &self.targets
    }

    /// The fields that lines of this shape have keys for.
    pub(super) fn has(&self) -> Fields {
        self.has
    }

    /// Finds the values of a line that has this shape; `None` if it has another. `quotes` are the places of all its quotes, and
    /// what to take from them.
    #[inline]
    fn read(&self, keys: &JsonKeys, text: &[u8], quotes: (&[u32], u32), finds: &mut Finds) -> Option<()> {
        let (mut places, start) = quotes;
        finds.reset(self.targets.len());
        if self.has_envoy_key {
            finds.note_envoy_key();
        }
        let (mut between, mut at) = (&self.between[..], 0);
        for step in &self.steps {
            let (before, rest) = between.split_at_checked(step.before)?;
            between = rest;
            at = behind(before, text, at)?;
            // As many quotes as are before the value are behind us.
            places = places.get(step.quotes..)?;
            let found = match step.ends {
                Ends::Quote => {
                    let end = (*places.first()? - start) as usize;
                    Value { kind: Kind::Plain, start: at, end, next: end, is_quoted: true }
                }
                Ends::Bare => {
                    let end = bare_end(text, at)?;
                    Value { kind: Kind::Plain, start: at, end, next: end, is_quoted: false }
                }
                Ends::Bracket(opening) => {
                    if *text.get(at)? != opening {
                        return None;
                    }
                    let found = value(text, at, &mut Quotes::At { places, start }).ok()?;
                    let within = places.iter().take_while(|place| ((**place - start) as usize) < found.next).count();
                    places = &places[within..];
                    found
                }
            };
            if step.guard != Guard::Nothing && !step.admits(keys, &text[found.start..found.end]) {
                return None;
            }
            if let Some((rule, target)) = step.rule {
                finds.put(target, rule, &found, text);
            }
            at = found.next;
        }
        (text[at..] == *between).then_some(())
    }
}

impl Step {
    /// Whether its guard lets this value pass. It has no escapes.
    fn admits(&self, keys: &JsonKeys, value: &[u8]) -> bool {
        match self.guard {
            Guard::Nothing => true,
            Guard::SameRule(first) => keys.reading(first, value) == self.rule.map(|(rule, _)| rule),
            Guard::NotCaddys => !is_caddys_own(value),
        }
    }
}

/// Behind these bytes, if they stand at `at`.
#[inline]
fn behind(bytes: &[u8], text: &[u8], at: usize) -> Option<usize> {
    let end = at + bytes.len();
    let text = text.get(at..end)?;
    let (words, others) = (bytes.as_chunks::<8>().0, text.as_chunks::<8>().0);
    let is_there = match (bytes.last_chunk::<8>(), text.last_chunk::<8>()) {
        (Some(last), Some(other)) => last == other && words.iter().zip(others).all(|(word, other)| word == other),
        _ => bytes == text,
    };
    is_there.then_some(end)
}

/// Where a value without quotes and spaces ends.
#[inline]
fn bare_end(text: &[u8], at: usize) -> Option<usize> {
    let mut end = at;
    loop {
        match text.get(end)? {
            b',' | b'}' | b']' | b' ' | b'\t' | b'\r' => return Some(end),
            b'"' | b'{' | b'[' | b'\\' => return None,
            _ => end += 1,
        }
    }
}

/// The shape that is remembered, and when another is worth learning.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    shape: Option<Shape>,
    /// Whether a line that was taken had it since that was last asked, and ever.
    is_used: bool,
    is_of_use: bool,
    /// Hits less misses: a shape that is not worth its trial is given up.
    credit: u8,
    /// How many lines go by before the next is learned, and the next time that one was not worth it.
    wait: u32,
    next_wait: u32,
    /// Keys of shapes that were given up.
    seen: KeysSeen,
}

const MOST_CREDIT: u8 = 16;
const LONGEST_WAIT: u32 = 4096;

impl Shapes {
    /// Finds the values of the line if it has the shape that is remembered.
    #[inline]
    pub(in crate::format) fn read(&mut self, keys: &JsonKeys, line: Line<'_, '_>, finds: &mut Finds) -> Option<&Shape> {
        let Quotes::At { places, start } = line.quotes else { return None };
        let shape = self.shape.as_ref()?;
        if shape.read(keys, line.text, (places, start), finds).is_none() {
            self.miss();
            return None;
        }
        self.credit = (self.credit + 1).min(MOST_CREDIT);
        self.shape.as_ref()
    }

    /// The line that was read last was taken.
    #[inline]
    pub(super) fn note_use(&mut self) {
        self.is_used = true;
        self.is_of_use = true;
    }

    #[cold]
    fn miss(&mut self) {
        self.credit -= 1;
        if self.credit > 0 {
            return;
        }
        // One that no line ever had makes the next wait longer.
        self.next_wait = if self.is_of_use { 0 } else { (2 * self.next_wait + 1).min(LONGEST_WAIT) };
        self.wait = self.next_wait;
        let mut seen = std::mem::take(&mut self.seen);
        self.move_keys_to(&mut seen);
        (self.seen, self.shape) = (seen, None);
    }

    /// Whether the shape of this line is to be learned.
    pub(super) fn wants_one(&mut self, line: Line<'_, '_>) -> bool {
        if self.shape.is_some() || matches!(line.quotes, Quotes::Unknown) {
            return false;
        }
        let wants = self.wait == 0;
        self.wait = self.wait.saturating_sub(1);
        wants
    }

    /// Remembers the shape of a line that was taken.
    #[cold]
    pub(super) fn learn(&mut self, keys: &JsonKeys, line: &[u8], placed: &[Placed]) {
        self.shape = Some(Shape::of(keys, line, placed));
        self.is_of_use = false;
        self.credit = 2;
    }

    /// Adds the keys of shapes that lines had since this was last asked.
    pub(in crate::format) fn move_keys_to(&mut self, keys: &mut KeysSeen) {
        keys.merge(&self.seen);
        self.seen.clear();
        if let Some(shape) = self.shape.as_ref().filter(|_| self.is_used) {
            keys.merge(&shape.seen);
            self.is_used = false;
        }
    }
}
