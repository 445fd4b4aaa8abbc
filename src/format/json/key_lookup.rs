//! Finds the field that the value of a JSON key feeds.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::forms::{Form, MARKS, Mark};
use super::seen::KeysSeen;
use super::table::KEYS;
use crate::batch::{Fields, TextField};
use crate::format::field_key::FieldKey;
use crate::format::ltsv::labels::LabelRow;
use crate::format::request_parts::RequestPart;
use crate::format::slot::Slot;
use crate::format::time_unit::TimeUnit;
use crate::format::variables::{Destination, variable, variables};

/// The meaning of one key. If several rules feed the same target, the first one wins.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) key: Box<str>,
    /// Name of the variable that the key holds.
    pub(crate) variable: Box<str>,
    pub(crate) unit: TimeUnit,
    /// The form that a value must have, and the next rule of the key, for values of another form.
    form: Form,
    otherwise: Option<u16>,
    pub(crate) fields: Fields,
    /// Index of the target that it feeds.
    pub(crate) target: usize,
}

/// A known path: to a value, or to an object that contains known values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Name {
    path: Box<[u8]>,
    /// Index of the first rule for its value.
    pub(crate) rule: Option<u16>,
    /// True if longer known paths go through it.
    pub(crate) opens: bool,
    /// Information about the line from the presence of the key, independent of what its value feeds.
    pub(crate) mark: Mark,
}

impl Name {
    pub(crate) fn path(&self) -> &[u8] {
        &self.path
    }
}

/// All keys of a format, ready to be looked up.
#[derive(Clone, Debug)]
pub(crate) struct JsonKeys {
    rules: Vec<Rule>,
    /// Number of rules given by the user; they come first.
    given: usize,
    targets: Vec<Destination>,
    names: Vec<Name>,
    /// Hash table: the index of a name plus one, or 0 for an empty slot.
    slots: Vec<u16>,
    longest: usize,
}

/// The meaning of a key, before a rule is made from it.
#[derive(Clone, Copy)]
struct Meaning<'k> {
    key: &'k str,
    variable: &'k str,
    unit: TimeUnit,
    form: Form,
}

/// Index of each name by path; needed only during construction.
type Places<'k> = HashMap<&'k str, usize>;

impl JsonKeys {
    /// Builds the rules in this order: keys given by the user, nginx's variables under their own names, the table, and
    /// the other variables that the question ranks. A key given by the user feeds nothing else.
    pub(crate) fn new(given: &[FieldKey], ranked: &[&str]) -> JsonKeys {
        JsonKeys::with_labels(&[], given, ranked)
    }

    /// The same, with the labels of LTSV before nginx's own names.
    pub(in crate::format) fn with_labels(labels: &[LabelRow], given: &[FieldKey], ranked: &[&str]) -> JsonKeys {
        let row = |key, variable, unit, form| Meaning { key, variable, unit, form };
        let given: Vec<_> = given.iter().map(|f| row(f.key(), f.variable(), f.unit(), Form::Any)).collect();
        let labels = labels.iter().map(|(label, variable, unit)| row(*label, *variable, *unit, Form::Any));
        let own_names =
            variables().filter(|v| v.name != "uri" && v.destination != Destination::Nothing && v.is_in_nginx_s_unit());
        let own_names = own_names.map(|v| row(v.name, v.name, TimeUnit::Seconds, Form::Any));
        let table = KEYS.iter().map(|known| row(known.key, known.variable, known.unit, known.form));
        let mut places = HashMap::new();
        let mut keys = JsonKeys {
            rules: Vec::new(),
            given: 0,
            targets: Vec::new(),
            names: Vec::new(),
            slots: Vec::new(),
            longest: 0,
        };
        let is_given = |key: &str| given.iter().any(|given| given.key == key);
        let named = given.len() + labels.len();
        let known = labels.chain(own_names).chain(table).filter(|known| !is_given(known.key));
        for (at, meaning) in given.iter().copied().chain(known).enumerate() {
            let name = meaning.variable;
            let ranked =
                || ranked.iter().position(|ranked| *ranked == name).map(|place| Destination::Ranked(place as u8));
            let destination = variable(name).map_or(Destination::Nothing, |(_, v)| v.destination);
            // A variable that only rankings read gets a target only if the question ranks it.
            let destination = if destination == Destination::Nothing && at < named {
                ranked().unwrap_or(destination)
            } else {
                destination
            };
            let is_second_meaning =
                (given.len()..named).contains(&at) && keys.rules.last().is_some_and(|last| *last.key == *meaning.key);
            if is_second_meaning || destination != Destination::Nothing && !keys.reads_all(&places, meaning.key) {
                keys.add(&mut places, meaning, destination);
            }
            keys.given = if at < given.len() { keys.rules.len() } else { keys.given };
        }
        for (place, name) in (0..).zip(ranked) {
            let destination = Destination::Ranked(place);
            if !keys.reads_all(&places, name) && !is_given(name) {
                keys.add(&mut places, row(name, name, TimeUnit::Seconds, Form::Any), destination);
            }
            let derived = RequestPart::named(name);
            let JsonKeys { rules, targets, .. } = &mut keys;
            let holds = |rule: &Rule| derived.as_ref().is_some_and(|derived| derived.is_in(targets[rule.target]));
            for rule in rules.iter_mut().filter(|rule| &*rule.variable == *name || holds(rule)) {
                rule.fields = rule.fields.union(destination.fields());
            }
        }
        for (key, mark) in MARKS {
            keys.name(&mut places, key).mark = mark;
        }
        keys.index();
        keys
    }

    /// True if the rules of this key already read every value.
    fn reads_all(&self, places: &Places<'_>, key: &str) -> bool {
        places.get(key).and_then(|at| self.names[*at].rule).is_some_and(|first| self.last(first).form == Form::Any)
    }

    /// The last rule of a key.
    fn last(&self, first: u16) -> &Rule {
        let rule = self.rule(first);
        rule.otherwise.map_or(rule, |next| self.last(next))
    }

    fn add<'k>(&mut self, places: &mut Places<'k>, meaning: Meaning<'k>, destination: Destination) {
        let Meaning { key, variable, unit, form } = meaning;
        let target = self.targets.iter().position(|t| *t == destination).unwrap_or_else(|| {
            self.targets.push(destination);
            self.targets.len() - 1
        });
        let place = self.rules.len() as u16;
        let mut before = self.name(places, key).rule;
        if before.is_none() {
            self.name(places, key).rule = Some(place);
        }
        while let Some(rule) = before {
            let otherwise = &mut self.rules[usize::from(rule)].otherwise;
            before = *otherwise;
            otherwise.get_or_insert(place);
        }
        for (dot, _) in key.match_indices('.') {
            self.name(places, &key[..dot]).opens = true;
        }
        let fields = destination.fields();
        self.rules.push(Rule {
            key: key.into(),
            variable: variable.into(),
            unit,
            form,
            otherwise: None,
            fields,
            target,
        });
    }

    fn name<'k>(&mut self, places: &mut Places<'k>, path: &'k str) -> &mut Name {
        let at = *places.entry(path).or_insert(self.names.len());
        if at == self.names.len() {
            self.names.push(Name { path: path.as_bytes().into(), ..Name::default() });
        }
        &mut self.names[at]
    }

    fn index(&mut self) {
        // At most a quarter full, so that nearly every unsuccessful look-up ends at its first slot.
        self.slots = vec![0; (4 * self.names.len()).next_power_of_two()];
        for (at, name) in self.names.iter().enumerate() {
            let mut slot = hash(&name.path) & (self.slots.len() - 1);
            while self.slots[slot] != 0 {
                slot = (slot + 1) & (self.slots.len() - 1);
            }
            self.slots[slot] = at as u16 + 1;
        }
        self.longest = self.names.iter().map(|name| name.path.len()).max().unwrap_or(0);
    }

    /// Looks up a path.
    #[inline]
    pub(crate) fn find(&self, path: &[u8]) -> Option<&Name> {
        if path.len() > self.longest {
            return None;
        }
        let mut slot = hash(path) & (self.slots.len() - 1);
        loop {
            let name = &self.names[usize::from(self.slots[slot]).checked_sub(1)?];
            if *name.path == *path {
                return Some(name);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    /// The slot of a row that holds a ranked variable, which is the `place`th of those ranked.
    pub(crate) fn slot_of(&self, variable: &str, place: usize) -> Slot {
        let rule = self.rules.iter().find(|rule| &*rule.variable == variable);
        rule.map(|rule| Slot::fed_by(self.targets[rule.target]))
            .filter(|slot| *slot != Slot::NOWHERE)
            .unwrap_or(Slot::variable(place))
    }

    /// True if the next rule is a second meaning of the same key.
    #[inline]
    pub(in crate::format) fn has_second_meaning(&self, rule: u16) -> bool {
        let (first, next) = (self.rule(rule), self.rules.get(usize::from(rule) + 1));
        first.form == Form::Any && next.is_some_and(|next| next.key == first.key)
    }

    pub(crate) fn rule(&self, place: u16) -> &Rule {
        &self.rules[usize::from(place)]
    }

    /// True if the value decides which rule reads it; `first` is the first rule of the key.
    #[inline]
    pub(crate) fn has_forms(&self, first: u16) -> bool {
        self.rule(first).form != Form::Any
    }

    /// The rule that reads a value: the first of the key's rules, from `first` on, whose form the value has.
    pub(crate) fn reading(&self, first: u16, value: &[u8]) -> Option<u16> {
        let rule = self.rule(first);
        if rule.form.fits(value) { Some(first) } else { rule.otherwise.and_then(|next| self.reading(next, value)) }
    }

    pub(crate) fn targets(&self) -> &[Destination] {
        &self.targets
    }

    /// The rules in a set, highest precedence first.
    pub(crate) fn seen<'k>(&'k self, seen: &'k KeysSeen) -> impl Iterator<Item = &'k Rule> {
        self.rules.iter().enumerate().filter(|(place, _)| seen.contains(*place as u16)).map(|(_, rule)| rule)
    }

    /// The rules of the keys given by the user.
    pub(crate) fn given(&self) -> impl Iterator<Item = (u16, &Rule)> {
        (0..).zip(&self.rules[..self.given])
    }
}

/// True if the key at this path is known to hold the status or the request of a hit.
pub(crate) fn is_key_of_a_hit(path: &[u8]) -> bool {
    static KNOWN: LazyLock<JsonKeys> = LazyLock::new(|| JsonKeys::new(&[], &[]));
    let rule = KNOWN.find(path).and_then(|name| name.rule);
    rule.is_some_and(|rule| KNOWN.rule(rule).fields.intersects(Fields::STATUS.union(Fields::text(TextField::Path))))
}

/// Hashes the first eight bytes, the last eight bytes and the length. No two names of the table agree in all three.
#[inline]
fn hash(path: &[u8]) -> usize {
    let (first, last) = match (path.first_chunk(), path.last_chunk()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => (path.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)), 0),
    };
    let mixed = (first ^ last.rotate_left(29) ^ path.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 40) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::json::table::KeyRow;

    #[test]
    fn find_returns_only_known_paths() {
        let keys = JsonKeys::new(&[], &[]);
        for KeyRow { key, variable: name, unit, form } in KEYS {
            let first = keys.find(key.as_bytes()).unwrap().rule;
            let mut rules = std::iter::successors(first, |rule| keys.rule(*rule).otherwise).map(|rule| keys.rule(rule));
            let rule = rules.find(|rule| rule.form == *form).unwrap();
            assert_eq!((&*rule.key, rule.unit), (*key, *unit));
            assert_eq!(keys.targets()[rule.target], variable(name).unwrap().1.destination);
        }
        assert_eq!(keys.find(b"response_flags").map(|name| (name.rule, name.mark)), Some((None, Mark::Envoy)));
        assert!(keys.find(b"request").unwrap().opens && keys.find(b"request").unwrap().rule.is_some());
        assert!(keys.find(b"request.headers").unwrap().opens);
        assert!(!keys.find(b"status").unwrap().opens);
        for path in ["", "x", "request.", "request.tls", "statu", "Status", "request.headers.User-Agent.x"] {
            assert!(keys.find(path.as_bytes()).is_none(), "{path}");
        }
    }

    #[test]
    fn value_decides_between_several_meanings_of_a_key() {
        let keys = JsonKeys::new(&[], &[]);
        let read = |key: &[u8], value: &[u8]| {
            let rule = keys.reading(keys.find(key).unwrap().rule.unwrap(), value)?;
            Some(keys.targets()[keys.rule(rule).target])
        };
        assert_eq!(read(b"requestTime", b"0.023"), Some(Destination::RequestTime));
        assert_eq!(read(b"requestTime", b"05/Apr/2022:03:45:05 +0000"), Some(Destination::Time));
        assert_eq!(read(b"time", b"1649130305"), Some(Destination::Time));
        assert_eq!(read(b"time", b"0.023"), Some(Destination::RequestTime));
        assert_eq!(read(b"time", b"23"), None);
        assert_eq!(read(b"client", b"mobile"), None);
        // A user who gives the key knows its form, so every value is read.
        let keys = JsonKeys::new(&["request_time=time".parse().unwrap()], &[]);
        let first = keys.find(b"time").unwrap().rule.unwrap();
        assert!(!keys.has_forms(first) && keys.reading(first, b"23") == Some(first));
    }

    #[test]
    fn given_key_wins_and_feeds_nothing_else() {
        let given: Vec<FieldKey> = ["status=a.b", "host=time"].map(|text| text.parse().unwrap()).into();
        let keys = JsonKeys::new(&given, &[]);
        assert_eq!(keys.given().map(|(_, rule)| &*rule.key).collect::<Vec<_>>(), ["a.b", "time"]);
        assert!(keys.find(b"a").unwrap().opens);
        let of = |path: &[u8]| keys.find(path).unwrap().rule.unwrap();
        assert!(of(b"a.b") < of(b"status"));
        assert_eq!(keys.targets()[keys.rule(of(b"time")).target], keys.targets()[keys.rule(of(b"host")).target]);
    }

    #[test]
    fn keys_of_a_hit_hold_its_status_or_request() {
        for key in ["status", "DownstreamStatus", "request", "request.uri", "http.response.status_code", "request_uri"]
        {
            assert!(is_key_of_a_hit(key.as_bytes()), "{key}");
        }
        for key in ["", "log", "message", "time", "remote_addr", "host.name", "http"] {
            assert!(!is_key_of_a_hit(key.as_bytes()), "{key}");
        }
    }

    #[test]
    fn seen_keys_form_a_set() {
        let (mut a, mut b) = (KeysSeen::default(), KeysSeen::default());
        a.add(3);
        b.add(130);
        a.merge(&b);
        assert!(a.contains(3) && a.contains(130) && !a.contains(4) && !a.contains(1000));
        a.clear();
        assert!(!a.contains(3));
    }
}
