//! Messages that name settings. Each interface has its own names for settings, and inserts them into the text.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Add, AddAssign, Deref, Range};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Defines the enum of settings and the table of their names.
macro_rules! settings {
    ($($(#[$doc:meta])* $setting:ident: $name:literal,)+) => {
        /// A setting of a [`Question`](crate::Question) that a message names.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Setting {
            $($(#[$doc])* $setting,)+
            /// A filter, with its name: `status`, `path`.
            Filter(&'static str),
            /// A filter that excludes keys of a dimension, with the dimension's name.
            Exclude(&'static str),
        }

        /// THE TABLE of settings that are not filters, and their names.
        const SETTINGS: &[(Setting, &str)] = &[$((Setting::$setting, $name)),+];
    };
}

settings! {
    /// Shortened addresses.
    Anonymize: "anonymize",
    /// Rules that recognize bots, in addition to the built-in table.
    BotRules: "bot_rules",
    /// The unit of the timeline.
    By: "by",
    /// The metrics in the rows of rankings.
    Columns: "columns",
    /// The date that hits are counted for: a day, a month …
    Date: "date",
    /// A duration that reports use in place of the request time.
    Duration: "durations",
    /// States are left out if others have all their lines.
    Dedupe: "dedupe",
    /// The explanation of how inputs are read.
    Explain: "explain",
    /// A condition that makes the check of a site fail.
    FailIf: "fail_if",
    /// A field and the key or variable that holds it.
    Field: "fields",
    /// Rows for the buckets of a timeline that have no hit.
    Fill: "fill",
    /// Databases of addresses.
    Geo: "geo",
    /// The number of days that a state keeps.
    Keep: "keep",
    /// The length of the IPv6 prefix that identifies a visitor, in bits.
    Ipv6Prefix: "ipv6_prefix",
    /// A log format.
    LogFormat: "log_formats",
    /// The largest number of keys of a ranking.
    MaxKeys: "max_keys",
    /// A list of the largest requests.
    Largest: "largest",
    /// The longest line, in bytes.
    MaxLine: "max_line",
    /// The largest memory of the tables.
    MaxMemory: "max_memory",
    /// An nginx configuration.
    NginxConf: "nginx_conf",
    /// The moment that relative times count from.
    Now: "now",
    /// The lengths of networks.
    Net: "net",
    /// The site's own hosts.
    OwnHost: "own_hosts",
    /// Whether the query string is part of a path.
    Query: "query",
    /// The variable that holds the addresses of clients behind proxies.
    RealIp: "real_ip",
    /// A pattern of paths that have the same route.
    Routes: "routes",
    /// The sections of the report.
    Show: "show",
    /// The beginning of the period.
    Since: "since",
    /// A list of the slowest requests.
    Slowest: "slowest",
    /// The metric that rankings are sorted by.
    Sort: "sort",
    /// The name of a log in a state.
    Source: "source",
    /// A second dimension of the timeline.
    Split: "split",
    /// An extension of static files.
    StaticExt: "static_ext",
    /// The beginning of static paths.
    StaticPrefix: "static_prefix",
    /// A ranking.
    Top: "top",
    /// Networks of proxies.
    Trust: "trust",
    /// The end of the period.
    Until: "until",
    /// The method of counting visitors.
    Uv: "uv",
    /// The fields that identify a visitor.
    Visitor: "visitor",
    /// Wait for another run that uses the same state.
    Wait: "wait",
    /// The time zone.
    Zone: "zone",
}

impl Setting {
    /// Returns every setting that is not a filter.
    pub fn all() -> impl Iterator<Item = Setting> {
        SETTINGS.iter().map(|(setting, _)| *setting)
    }

    /// Name of the field or method that sets it, or of the filter.
    pub fn name(self) -> Cow<'static, str> {
        match self {
            Setting::Filter(name) => Cow::Borrowed(name),
            Setting::Exclude(dimension) => Cow::Owned(format!("exclude {dimension}")),
            _ => {
                let row = SETTINGS.iter().find(|(known, _)| *known == self);
                Cow::Borrowed(row.map(|(_, name)| *name).expect("every setting except filters has a row"))
            }
        }
    }
}

/// Text for people that may name settings. It dereferences to a `str` in which settings have the names of this library.
/// An interface with other names calls [`reword`](Message::reword).
///
/// ```
/// use logstat::{Engine, Input, Question, Unit, count};
/// let line = r#"{"remote_addr":"10.0.0.7","request":"GET / HTTP/1.1","status":"200"}"#;
/// let inputs = vec![Input::reader("a.log", line.as_bytes())];
/// let error = count(&Question::new().by(Unit::Hour), inputs, &Engine::default()).unwrap_err();
/// let mut message = error.message();
/// assert_eq!(&*message, "by hour needs $time_local, which is not in the log");
/// message.reword(&|setting| format!("--{}", setting.name()));
/// assert_eq!(&*message, "--by hour needs $time_local, which is not in the log");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Message {
    text: String,
    /// Settings that the text names, in the order of the text.
    settings: Vec<SettingSpan>,
}

/// A setting and the range of bytes that names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct SettingSpan {
    start: usize,
    end: usize,
    setting: Setting,
}

impl Message {
    /// Replaces the name of each setting by what `name` returns.
    pub fn reword(&mut self, name: &dyn Fn(Setting) -> String) {
        *self = self.rebuilt(str::to_owned, name);
    }

    /// The settings that the text names, each with the bytes of its name, in the order of the text.
    pub(crate) fn settings(&self) -> impl Iterator<Item = (Range<usize>, Setting)> {
        self.settings.iter().map(|span| (span.start..span.end, span.setting))
    }

    /// Makes a message of a text that names settings. Places that do not have the name of their setting, or are before
    /// the end of another, are ignored.
    pub(crate) fn with_settings(text: &str, settings: &[(Range<usize>, Setting)]) -> Message {
        let mut message = Message::from(text);
        for (Range { start, end }, setting) in settings.iter().cloned() {
            let is_after = message.settings.last().is_none_or(|last| last.end <= start);
            if is_after && text.get(start..end) == Some(&*setting.name()) {
                message.settings.push(SettingSpan { start, end, setting });
            }
        }
        message
    }

    /// Returns the message on one line, with a semicolon in place of each line break.
    pub(crate) fn on_one_line(&self) -> Message {
        let joined = |words: &str| {
            let mut lines = words.split('\n');
            let first = lines.next().unwrap_or_default().to_owned();
            lines.fold(first, |text, line| format!("{}; {}", text.trim_end(), line.trim_start()))
        };
        self.rebuilt(joined, &|setting| setting.name().into_owned())
    }

    /// Removes a prefix, unless the message does not start with it or the prefix contains a setting.
    pub(crate) fn without_prefix(mut self, prefix: &str) -> Message {
        if !self.text.starts_with(prefix) || self.settings.first().is_some_and(|first| first.start < prefix.len()) {
            return self;
        }
        self.text.drain(..prefix.len());
        for placed in &mut self.settings {
            placed.start -= prefix.len();
            placed.end -= prefix.len();
        }
        self
    }

    /// Replaces words outside the names of settings.
    pub(crate) fn with(&self, words: &str, others: &str) -> Message {
        self.rebuilt(|text| text.replace(words, others), &|setting| setting.name().into_owned())
    }

    fn rebuilt(&self, words: impl Fn(&str) -> String, name: &dyn Fn(Setting) -> String) -> Message {
        let mut rebuilt = Message::default();
        let mut done = 0;
        for SettingSpan { start, end, setting } in &self.settings {
            rebuilt.text += &words(&self.text[done..*start]);
            rebuilt.push(*setting, &name(*setting));
            done = *end;
        }
        rebuilt.text += &words(&self.text[done..]);
        rebuilt
    }

    fn push(&mut self, setting: Setting, name: &str) {
        let start = self.text.len();
        self.text += name;
        self.settings.push(SettingSpan { start, end: self.text.len(), setting });
    }
}

impl Deref for Message {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl PartialEq<str> for Message {
    fn eq(&self, text: &str) -> bool {
        self.text == text
    }
}

impl PartialEq<&str> for Message {
    fn eq(&self, text: &&str) -> bool {
        self.text == *text
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl From<String> for Message {
    fn from(text: String) -> Message {
        Message { text, settings: Vec::new() }
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Message {
        text.to_owned().into()
    }
}

impl From<Setting> for Message {
    fn from(setting: Setting) -> Message {
        let mut message = Message::default();
        message.push(setting, &setting.name());
        message
    }
}

impl<M: Into<Message>> Add<M> for Message {
    type Output = Message;

    fn add(mut self, more: M) -> Message {
        self += more;
        self
    }
}

impl<M: Into<Message>> AddAssign<M> for Message {
    fn add_assign(&mut self, more: M) {
        let Message { text, settings } = more.into();
        let before = self.text.len();
        self.text += &text;
        let moved =
            |SettingSpan { start, end, setting }| SettingSpan { start: before + start, end: before + end, setting };
        self.settings.extend(settings.into_iter().map(moved));
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// Reads plain text: JSON does not contain the positions of settings, so such a message cannot be reworded.
impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Message, D::Error> {
        String::deserialize(deserializer).map(Message::from)
    }
}

/// Joins text and settings: `message!["pass ", Setting::Field, format!(" {name}")]`.
macro_rules! message {
    ($first:expr $(, $more:expr)* $(,)?) => {
        $crate::message::Message::from($first) $(+ $more)*
    };
}

pub(crate) use message;

#[cfg(test)]
mod tests {
    use super::*;

    fn option(setting: Setting) -> String {
        format!("--{}", setting.name().replace(['_', ' '], "-"))
    }

    #[test]
    fn every_setting_is_reworded() {
        let inner = message![Setting::MaxKeys, " 9"];
        let mut message = message!["a: ", Setting::Exclude("path"), " and ", inner, "\n  or ", Setting::Top];
        assert_eq!(&*message, "a: exclude path and max_keys 9\n  or top");
        message.reword(&option);
        assert_eq!(&*message, "a: --exclude-path and --max-keys 9\n  or --top");
        message.reword(&|setting| setting.name().into_owned());
        assert_eq!(&*message, "a: exclude path and max_keys 9\n  or top");
    }

    #[test]
    fn settings_survive_joining_lines_and_removing_a_prefix() {
        let message = message!["a.log: no\n  pass ", Setting::Now, "  \n  x\n"];
        let mut short = message.clone().without_prefix("a.log").on_one_line();
        short.reword(&option);
        assert_eq!(&*short, ": no; pass --now; x; ");
        assert_eq!(message.clone().without_prefix("b"), message);
    }

    #[test]
    fn names_of_settings_are_unique() {
        let names: Vec<_> = Setting::all().map(Setting::name).collect();
        assert!(names.iter().enumerate().all(|(i, name)| !names[..i].contains(name)));
    }
}
