//! THE TABLE of keys in JSON logs, and how a key of a line finds what it feeds.
//!
//! nginx's variables are known by their own names, which need no row; the rows are the usual names of others.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::json_field::JsonField;
use super::plan::{Slot, slot};
use super::variables::{Feeds, variable, variables};
use crate::batch::{Fields, TextField};

/// What a number of time counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TimeUnit {
    #[default]
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

/// A key, the variable whose value stands there, and the unit of its numbers.
struct KeyRow(&'static str, &'static str, TimeUnit);

const fn row(key: &'static str, variable: &'static str) -> KeyRow {
    KeyRow(key, variable, TimeUnit::Seconds)
}

const fn took(key: &'static str, unit: TimeUnit) -> KeyRow {
    KeyRow(key, "request_time", unit)
}

/// Where several keys of a line feed the same, the one that stands first here does, and before all of them a variable by
/// its own name. Nested keys have dots between them. Source: the ECS reference, Caddy's and Traefik's documentation of their
/// access logs, and what people write in a `log_format` of their own.
const KEYS: &[KeyRow] = &[
    row("source.ip", "remote_addr"),
    row("source.address", "remote_addr"),
    row("client.ip", "remote_addr"),
    row("client.address", "remote_addr"),
    // Caddy: behind a proxy that is trusted the client, as `$remote_addr` is with the realip module.
    row("request.client_ip", "remote_addr"),
    row("request.remote_ip", "remote_addr"),
    row("ClientHost", "remote_addr"),
    row("remote_ip", "remote_addr"),
    row("client_ip", "remote_addr"),
    row("clientip", "remote_addr"),
    row("ip", "remote_addr"),
    row("user.name", "remote_user"),
    row("user_id", "remote_user"),
    row("ClientUsername", "remote_user"),
    row("user", "remote_user"),
    // Traefik's own common log has the start, and its `time` is when the line was written.
    row("StartUTC", "time_iso8601"),
    row("StartLocal", "time_iso8601"),
    row("@timestamp", "time_iso8601"),
    row("timestamp", "time_iso8601"),
    row("time", "time_iso8601"),
    row("ts", "time_iso8601"),
    row("datetime", "time_iso8601"),
    row("http.request.method", "request_method"),
    row("request.method", "request_method"),
    row("RequestMethod", "request_method"),
    row("method", "request_method"),
    row("verb", "request_method"),
    row("url.original", "request_uri"),
    row("url.path", "request_uri"),
    row("request.uri", "request_uri"),
    row("RequestPath", "request_uri"),
    // nginx's own `$uri` has no query; what stands under this name mostly has.
    row("uri", "request_uri"),
    row("url", "request_uri"),
    row("path", "request_uri"),
    row("request.proto", "server_protocol"),
    row("RequestProtocol", "server_protocol"),
    row("protocol", "server_protocol"),
    row("http.response.status_code", "status"),
    row("DownstreamStatus", "status"),
    row("status_code", "status"),
    row("code", "status"),
    row("http.response.body.bytes", "body_bytes_sent"),
    row("http.response.bytes", "body_bytes_sent"),
    row("DownstreamContentSize", "body_bytes_sent"),
    row("size", "body_bytes_sent"),
    row("bytes", "body_bytes_sent"),
    took("event.duration", TimeUnit::Nanoseconds),
    took("Duration", TimeUnit::Nanoseconds),
    took("duration", TimeUnit::Seconds),
    took("responsetime", TimeUnit::Seconds),
    took("response_time", TimeUnit::Seconds),
    took("duration_ms", TimeUnit::Milliseconds),
    took("request_time_ms", TimeUnit::Milliseconds),
    row("url.domain", "host"),
    row("request.host", "host"),
    row("RequestHost", "host"),
    row("domain", "host"),
    row("vhost", "host"),
    // In ECS the machine that logs, which is a site where nothing else says which.
    row("host.name", "host"),
    row("http.request.referrer", "http_referer"),
    row("request.headers.Referer", "http_referer"),
    row("request_Referer", "http_referer"),
    row("referer", "http_referer"),
    row("referrer", "http_referer"),
    row("user_agent.original", "http_user_agent"),
    row("request.headers.User-Agent", "http_user_agent"),
    row("request_User-Agent", "http_user_agent"),
    row("user_agent", "http_user_agent"),
    row("agent", "http_user_agent"),
    row("ua", "http_user_agent"),
];

/// What the value of one key feeds. Of rules that feed the same the first has the say.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) key: Box<str>,
    /// The variable that stands there.
    pub(crate) variable: Box<str>,
    pub(crate) unit: TimeUnit,
    pub(crate) fields: Fields,
    /// What it feeds, by its place among the targets.
    pub(crate) target: usize,
}

/// A path that says something: to a value, or to an object in which values are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Name {
    path: Box<[u8]>,
    /// The rule of its value, by its place.
    pub(crate) rule: Option<u16>,
    /// Whether there are longer paths that go through here.
    pub(crate) opens: bool,
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
    /// How many of the rules were given by the user; they stand first.
    given: usize,
    targets: Vec<Feeds>,
    names: Vec<Name>,
    /// Places of names plus one, by hash; 0 is nobody's.
    slots: Vec<u16>,
    longest: usize,
}

/// The names by their paths, while they are put together.
type Places<'k> = HashMap<&'k str, usize>;

impl JsonKeys {
    /// The keys of the table, and before them those that a user gives. A key that is given feeds nothing else. Behind them are
    /// the variables that the question ranks, by their own names.
    pub(crate) fn new(given: &[JsonField], ranked: &[&str]) -> JsonKeys {
        let given: Vec<_> = given.iter().map(|f| (f.key(), f.variable(), f.unit())).collect();
        let own_names = variables().filter(|v| v.name != "uri" && v.feeds != Feeds::Nothing);
        let own_names = own_names.map(|v| (v.name, v.name, TimeUnit::Seconds));
        let table = KEYS.iter().map(|KeyRow(key, variable, unit)| (*key, *variable, *unit));
        let mut places = HashMap::new();
        let mut keys = JsonKeys {
            rules: Vec::new(),
            given: 0,
            targets: Vec::new(),
            names: Vec::new(),
            slots: Vec::new(),
            longest: 0,
        };
        let is_given = |key: &str| given.iter().any(|(given, ..)| *given == key);
        let known = own_names.chain(table).filter(|(key, ..)| !is_given(key));
        for (at, (key, name, unit)) in given.iter().copied().chain(known).enumerate() {
            let ranked = || ranked.iter().position(|ranked| *ranked == name).map(|place| Feeds::Ranked(place as u8));
            let feeds = variable(name).map_or(Feeds::Nothing, |(_, v)| v.feeds);
            // One that a ranking alone reads has no place where nobody asks for that.
            let feeds = if feeds == Feeds::Nothing && at < given.len() { ranked().unwrap_or(feeds) } else { feeds };
            if feeds != Feeds::Nothing && !keys.has_rule(&places, key) {
                keys.add(&mut places, key, name, feeds, unit);
            }
            keys.given = if at < given.len() { keys.rules.len() } else { keys.given };
        }
        for (place, name) in (0..).zip(ranked) {
            let feeds = Feeds::Ranked(place);
            if !keys.has_rule(&places, name) && !is_given(name) {
                keys.add(&mut places, name, name, feeds, TimeUnit::Seconds);
            }
            for rule in keys.rules.iter_mut().filter(|rule| &*rule.variable == *name) {
                rule.fields = rule.fields.and(feeds.fields());
            }
        }
        keys.index();
        keys
    }

    fn has_rule(&self, places: &Places<'_>, key: &str) -> bool {
        places.get(key).is_some_and(|at| self.names[*at].rule.is_some())
    }

    fn add<'k>(&mut self, places: &mut Places<'k>, key: &'k str, name: &str, feeds: Feeds, unit: TimeUnit) {
        let target = self.targets.iter().position(|t| *t == feeds).unwrap_or_else(|| {
            self.targets.push(feeds);
            self.targets.len() - 1
        });
        self.name(places, key).rule = Some(self.rules.len() as u16);
        for (dot, _) in key.match_indices('.') {
            self.name(places, &key[..dot]).opens = true;
        }
        self.rules.push(Rule { key: key.into(), variable: name.into(), unit, fields: feeds.fields(), target });
    }

    fn name<'k>(&mut self, places: &mut Places<'k>, path: &'k str) -> &mut Name {
        let at = *places.entry(path).or_insert(self.names.len());
        if at == self.names.len() {
            self.names.push(Name { path: path.as_bytes().into(), ..Name::default() });
        }
        &mut self.names[at]
    }

    fn index(&mut self) {
        // A quarter full: nearly every look-up that finds nothing ends at its first slot.
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

    /// What is known of a path.
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

    /// Where in a row the value of a ranked variable is, the `place`th of them.
    pub(crate) fn slot_of(&self, variable: &str, place: usize) -> Slot {
        let rule = self.rules.iter().find(|rule| &*rule.variable == variable);
        rule.map(|rule| slot(self.targets[rule.target]))
            .filter(|slot| *slot != Slot::NOWHERE)
            .unwrap_or(Slot::extra(place))
    }

    pub(crate) fn rule(&self, place: u16) -> &Rule {
        &self.rules[usize::from(place)]
    }

    pub(crate) fn targets(&self) -> &[Feeds] {
        &self.targets
    }

    /// The rules that a set holds, those that have the say first.
    pub(crate) fn seen<'k>(&'k self, seen: &'k KeysSeen) -> impl Iterator<Item = &'k Rule> {
        self.rules.iter().enumerate().filter(|(place, _)| seen.holds(*place as u16)).map(|(_, rule)| rule)
    }

    /// The keys that a user gave.
    pub(crate) fn given(&self) -> impl Iterator<Item = (u16, &Rule)> {
        (0..).zip(&self.rules[..self.given])
    }
}

/// True for a key, by its path, that is known to hold the status or the request of a hit.
pub(crate) fn is_key_of_a_hit(path: &[u8]) -> bool {
    static KNOWN: LazyLock<JsonKeys> = LazyLock::new(|| JsonKeys::new(&[], &[]));
    let rule = KNOWN.find(path).and_then(|name| name.rule);
    rule.is_some_and(|rule| KNOWN.rule(rule).fields.meets(Fields::STATUS.and(Fields::text(TextField::Path))))
}

/// Which rules found a key, in the lines of an input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeysSeen(Vec<u64>);

impl KeysSeen {
    #[inline]
    pub(crate) fn add(&mut self, rule: u16) {
        let (word, bit) = (usize::from(rule / 64), rule % 64);
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << bit;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(crate) fn holds(&self, rule: u16) -> bool {
        self.0.get(usize::from(rule / 64)).is_some_and(|word| word >> (rule % 64) & 1 == 1)
    }

    #[inline]
    pub(crate) fn merge(&mut self, other: &KeysSeen) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
    }

    #[inline]
    pub(crate) fn clear(&mut self) {
        self.0.fill(0);
    }
}

/// Of the first eight bytes, the last eight and the length: no two names of the table have all three alike.
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

    #[test]
    fn every_row_is_of_a_variable_and_no_key_stands_twice() {
        for (i, KeyRow(key, name, unit)) in KEYS.iter().enumerate() {
            let feeds = variable(name).unwrap().1.feeds;
            assert_ne!(feeds, Feeds::Nothing, "{key}");
            assert!(*unit == TimeUnit::Seconds || feeds == Feeds::RequestTime, "{key}");
            assert!(KEYS[..i].iter().all(|KeyRow(other, ..)| other != key), "{key}");
            assert!(*key == "uri" || variables().all(|v| v.name != *key), "{key} is a variable");
            assert!(!key.starts_with('.') && !key.ends_with('.') && !key.contains(".."), "{key}");
        }
    }

    #[test]
    fn what_is_there_is_found_and_nothing_else() {
        let keys = JsonKeys::new(&[], &[]);
        for KeyRow(key, name, unit) in KEYS {
            let rule = keys.rule(keys.find(key.as_bytes()).unwrap().rule.unwrap());
            assert_eq!((&*rule.key, rule.unit), (*key, *unit));
            assert_eq!(keys.targets()[rule.target], variable(name).unwrap().1.feeds);
        }
        assert!(keys.find(b"request").unwrap().opens && keys.find(b"request").unwrap().rule.is_some());
        assert!(keys.find(b"request.headers").unwrap().opens);
        assert!(!keys.find(b"status").unwrap().opens);
        for path in ["", "x", "request.", "request.tls", "statu", "Status", "request.headers.User-Agent.x"] {
            assert!(keys.find(path.as_bytes()).is_none(), "{path}");
        }
    }

    #[test]
    fn a_key_that_is_given_has_the_say_and_feeds_nothing_else() {
        let given: Vec<JsonField> = ["status=a.b", "host=time"].map(|text| text.parse().unwrap()).into();
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
    fn what_was_seen_is_a_set() {
        let (mut a, mut b) = (KeysSeen::default(), KeysSeen::default());
        a.add(3);
        b.add(130);
        a.merge(&b);
        assert!(a.holds(3) && a.holds(130) && !a.holds(4) && !a.holds(1000));
        a.clear();
        assert!(!a.holds(3));
    }
}
