//! Fast path for JSON lines that have the same shape: in nearly all logs, every line has the same keys in the same
//! order.
//!
//! A shape is a line without its values. If another line has the same bytes between its values, the values are found
//! without reading a key. All these bytes are compared, so a shape changes the speed and never the result. It needs a
//! line without a backslash whose quotes are all known: then every string ends at the next quote, whatever it contains.
//!
//! Measured: a third of the time that scan.rs needs to go from key to key, for lines of nginx.

use super::field_values::FieldValues;
use super::forms::{Mark, is_caddy_internal};
use super::key_lookup::JsonKeys;
use super::seen::KeysSeen;
use super::value::{Kind, Value, value};
use crate::batch::Fields;
use crate::format::marks::{Line, Quotes};
use crate::format::variables::Destination;

/// A value of the line that a shape is learned from.
#[derive(Clone, Copy, Debug)]
pub(super) struct SampleValue {
    /// The first rule of its key, and the rule that read it.
    first: Option<u16>,
    rule: Option<u16>,
    mark: Mark,
    ends: Ends,
    start: usize,
    end: usize,
}

/// How the end of a value is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    /// By the next quote.
    Quote,
    /// By the first byte that cannot belong to an unquoted value.
    Bare,
    /// By the matching bracket. Stores the opening one, because an object feeds nothing and a list may.
    Bracket(u8),
}

impl SampleValue {
    pub(super) fn of(value: &Value, first: Option<u16>, rule: Option<u16>, mark: Mark, line: &[u8]) -> SampleValue {
        let ends = match value.kind {
            Kind::List => Ends::Bracket(line[value.start]),
            Kind::Plain | Kind::Escaped if value.is_quoted => Ends::Quote,
            Kind::Plain | Kind::Escaped => Ends::Bare,
        };
        SampleValue { first, rule, mark, ends, start: value.start, end: value.end }
    }
}

/// A line without its values.
#[derive(Debug)]
pub(super) struct Shape {
    /// All bytes between values, concatenated.
    between: Vec<u8>,
    steps: Vec<Step>,
    targets: Vec<Destination>,
    /// Fields for which the line has keys.
    has: Fields,
    seen: KeysSeen,
    /// True if some of its keys are Envoy's.
    has_envoy_key: bool,
}

/// A value and the bytes before it.
#[derive(Debug)]
struct Step {
    /// Number of bytes before the value, and number of quotes among them.
    before: usize,
    quotes: usize,
    ends: Ends,
    /// The rule of the value, and the index of its target in the shape.
    rule: Option<(u16, usize)>,
    guard: Guard,
}

/// A condition on a value, needed if the bytes around it do not determine how it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guard {
    Nothing,
    /// The step's rule must read the value. This is the first rule of its key.
    SameRule(u16),
    /// The value must not name a part of Caddy that does not write access logs.
    NotCaddyInternal,
}

impl Shape {
    fn of(keys: &JsonKeys, line: &[u8], sample_values: &[SampleValue]) -> Shape {
        // In the order of the keys' own targets: if two values do not exist, the first one is reported as the reason.
        let target_of = |rule: u16| keys.rule(rule).target;
        let mut targets: Vec<usize> = sample_values.iter().filter_map(|value| value.rule).map(target_of).collect();
        targets.sort_unstable();
        targets.dedup();
        let (mut between, mut steps, mut seen) = (Vec::new(), Vec::new(), KeysSeen::default());
        let mut at = 0;
        for value in sample_values {
            let before = &line[at..value.start];
            let quotes = before.iter().filter(|b| **b == b'"').count();
            let rule = value.rule.map(|rule| (rule, targets.partition_point(|target| *target < target_of(rule))));
            value.rule.iter().for_each(|rule| seen.add(*rule));
            let guard = match value.first {
                _ if value.mark == Mark::Logger => Guard::NotCaddyInternal,
                Some(first) if keys.has_forms(first) => Guard::SameRule(first),
                _ => Guard::Nothing,
            };
            steps.push(Step { before: before.len(), quotes, ends: value.ends, rule, guard });
            between.extend_from_slice(before);
            at = value.end;
        }
        between.extend_from_slice(&line[at..]);
        let targets = targets.into_iter().map(|target| keys.targets()[target]).collect();
        let rules = sample_values.iter().filter_map(|value| value.rule);
        let has = rules.fold(Fields::NONE, |has, rule| has.union(keys.rule(rule).fields));
        let has_envoy_key = sample_values.iter().any(|value| value.mark == Mark::Envoy);
        Shape { between, steps, targets, has, seen, has_envoy_key }
    }

    /// Targets that lines of this shape feed.
    pub(super) fn targets(&self) -> &[Destination] {
        &self.targets
    }

    /// Fields for which lines of this shape have keys.
    pub(super) fn has(&self) -> Fields {
        self.has
    }

    /// Finds the values of a line that has this shape; `None` if it has another. `quotes` holds the positions of all
    /// quotes of the line, and the offset to subtract from them.
    #[inline]
    fn read(&self, keys: &JsonKeys, text: &[u8], quotes: (&[u32], u32), field_values: &mut FieldValues) -> Option<()> {
        let (mut places, start) = quotes;
        field_values.reset(self.targets.len());
        if self.has_envoy_key {
            field_values.note_envoy_key();
        }
        let (mut between, mut at) = (&self.between[..], 0);
        for step in &self.steps {
            let (before, rest) = between.split_at_checked(step.before)?;
            between = rest;
            at = position_after(before, text, at)?;
            // Skip the quotes before the value.
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
                field_values.put(target, rule, &found, text);
            }
            at = found.next;
        }
        (text[at..] == *between).then_some(())
    }
}

impl Step {
    /// True if the guard accepts this value, which has no escapes.
    fn admits(&self, keys: &JsonKeys, value: &[u8]) -> bool {
        match self.guard {
            Guard::Nothing => true,
            Guard::SameRule(first) => keys.reading(first, value) == self.rule.map(|(rule, _)| rule),
            Guard::NotCaddyInternal => !is_caddy_internal(value),
        }
    }
}

/// The position after these bytes, if `text` has them at `at`.
#[inline]
fn position_after(bytes: &[u8], text: &[u8], at: usize) -> Option<usize> {
    let end = at + bytes.len();
    let text = text.get(at..end)?;
    let (words, others) = (bytes.as_chunks::<8>().0, text.as_chunks::<8>().0);
    let is_there = match (bytes.last_chunk::<8>(), text.last_chunk::<8>()) {
        (Some(last), Some(other)) => last == other && words.iter().zip(others).all(|(word, other)| word == other),
        _ => bytes == text,
    };
    is_there.then_some(end)
}

/// End of a value without quotes and spaces.
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

/// The remembered shape, and when to learn another.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    shape: Option<Shape>,
    /// True if a line that was accepted had the shape: since the last `move_keys_to`, and since it was learned.
    is_used: bool,
    is_of_use: bool,
    /// Hits minus misses, up to `MOST_CREDIT`. At 0 the shape is dropped.
    credit: u8,
    /// Number of lines left until a shape is learned, and the length of the last such wait. Useless shapes double it.
    wait: u32,
    next_wait: u32,
    /// Keys of dropped shapes.
    seen: KeysSeen,
}

const MOST_CREDIT: u8 = 16;
const LONGEST_WAIT: u32 = 4096;

impl Shapes {
    /// Finds the values of the line if it has the remembered shape.
    #[inline]
    pub(in crate::format) fn read(
        &mut self,
        keys: &JsonKeys,
        line: Line<'_, '_>,
        field_values: &mut FieldValues,
    ) -> Option<&Shape> {
        let Quotes::At { places, start } = line.quotes else { return None };
        let shape = self.shape.as_ref()?;
        if shape.read(keys, line.text, (places, start), field_values).is_none() {
            self.miss();
            return None;
        }
        self.credit = (self.credit + 1).min(MOST_CREDIT);
        self.shape.as_ref()
    }

    /// Records that the line read last was accepted.
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
        // A shape that no line ever had makes the next wait longer.
        self.next_wait = if self.is_of_use { 0 } else { (2 * self.next_wait + 1).min(LONGEST_WAIT) };
        self.wait = self.next_wait;
        let mut seen = std::mem::take(&mut self.seen);
        self.move_keys_to(&mut seen);
        (self.seen, self.shape) = (seen, None);
    }

    /// True if the shape of this line should be learned.
    pub(super) fn wants_one(&mut self, line: Line<'_, '_>) -> bool {
        if self.shape.is_some() || matches!(line.quotes, Quotes::Unknown) {
            return false;
        }
        let wants = self.wait == 0;
        self.wait = self.wait.saturating_sub(1);
        wants
    }

    /// Remembers the shape of an accepted line.
    #[cold]
    pub(super) fn learn(&mut self, keys: &JsonKeys, line: &[u8], sample_values: &[SampleValue]) {
        self.shape = Some(Shape::of(keys, line, sample_values));
        self.is_of_use = false;
        self.credit = 2;
    }

    /// Adds to `keys` the keys of all shapes that lines had since the last call.
    pub(in crate::format) fn move_keys_to(&mut self, keys: &mut KeysSeen) {
        keys.merge(&self.seen);
        self.seen.clear();
        if let Some(shape) = self.shape.as_ref().filter(|_| self.is_used) {
            keys.merge(&shape.seen);
            self.is_used = false;
        }
    }
}
