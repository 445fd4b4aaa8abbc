//! The settings that change what a count means. States with different settings cannot be merged.

use std::collections::BTreeSet;

use super::conditions::{self, Values};
use super::setting_rows::ROWS;
use super::source::hex;
use crate::dimension::Dimension;
use crate::filter::Condition;
use crate::keys::fixed_hash;
use crate::message::{Message, message};
use crate::question::Question;
use crate::static_rules::StaticRules;

/// Settings as texts, by name. Those with their default value are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings(Values);

/// Name of the hash of the built-in rules for what is static. It is not a setting of a question: it differs between
/// versions of logstat.
pub(super) const STATIC_RULES: &str = "static-rules";

/// Prefix of the names of other built-in tables, whose hashes are kept if a table or a filter uses them.
const BUILT_IN: &str = "built-in-";

/// Hash of the built-in rules for what is static.
fn static_rules() -> String {
    let rules = StaticRules::default();
    let mut all: Vec<&[u8]> = rules.prefixes().chain(rules.extensions()).collect();
    all.sort_unstable();
    hex::written(fixed_hash(&all.join(&b'\n')))
}

/// True if a name is that of the hash of a built-in table.
fn is_built_in(name: &str) -> bool {
    name == STATIC_RULES || name.starts_with(BUILT_IN)
}

/// A setting that has different values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    name: String,
    /// The values of both sides; empty for the default.
    ours: Vec<String>,
    theirs: Vec<String>,
}

impl Difference {
    /// Name of the setting with a value of it: `status 5xx`. `None` for the default.
    fn value(&self, values: &[String]) -> Option<Message> {
        let row = ROWS.iter().find(|row| row.name == self.name);
        let setting = row.map(|row| row.setting).or_else(|| conditions::setting(&self.name));
        match values {
            [] => None,
            _ if row.is_some_and(|row| row.put.is_none()) => Some(message!["another ", self.setting()]),
            [one] if one == "yes" => Some(self.setting()),
            // The value of a setting that this version does not know means nothing to it.
            _ if setting.is_none() => Some(message!["another ", self.setting()]),
            values => Some(message![self.setting(), format!(" {}", values.join(" "))]),
        }
    }

    fn setting(&self) -> Message {
        let setting = ROWS.iter().find(|row| row.name == self.name).map(|row| row.setting);
        setting.or_else(|| conditions::setting(&self.name)).map_or_else(|| self.name.clone().into(), Message::from)
    }

    /// What the built-in table decides that differs.
    fn built_in(&self) -> Option<&str> {
        if self.name == STATIC_RULES { Some("what is static") } else { self.name.strip_prefix(BUILT_IN) }
    }

    /// Describes how a state was counted: `with status 5xx`.
    fn described(&self, values: &[String]) -> Message {
        if let Some(built_in) = self.built_in() {
            return format!("by other built-in rules for {built_in}").into();
        }
        match self.value(values) {
            None => message!["without ", self.setting()],
            Some(value) => message!["with ", value],
        }
    }

    /// Describes the settings of this run: `has status 4xx`.
    pub(crate) fn of_this_run(&self) -> Message {
        if let Some(built_in) = self.built_in() {
            return format!("has other built-in rules for {built_in}").into();
        }
        match self.value(&self.theirs) {
            None => message!["does not have ", self.setting()],
            Some(value) => message!["has ", value],
        }
    }

    pub(crate) fn ours(&self) -> Message {
        self.described(&self.ours)
    }

    pub(crate) fn theirs(&self) -> Message {
        self.described(&self.theirs)
    }
}

impl Settings {
    /// The settings of a question.
    pub(crate) fn of(question: &Question) -> Settings {
        let mut values = conditions::texts(&question.counting.filters);
        let rows = ROWS.iter().map(|row| (row.name.to_owned(), (row.texts)(question)));
        values.extend(rows.filter(|(_, texts)| !texts.is_empty()));
        values.insert(STATIC_RULES.to_owned(), vec![static_rules()]);
        Settings(values).with_built_ins(question.counting.filters.iter().flat_map(Condition::dimensions))
    }

    /// Adds the hashes of the built-in tables that decide the keys of these dimensions.
    pub(super) fn with_built_ins(mut self, dimensions: impl Iterator<Item = Dimension>) -> Settings {
        for (name, hash) in dimensions.flat_map(Dimension::parts).filter_map(Dimension::built_in) {
            self.0.insert(format!("{BUILT_IN}{name}"), vec![hex::written(hash)]);
        }
        self
    }

    /// Drops the hashes of built-in tables that the other settings do not have: merged states have no table that uses
    /// them.
    pub(super) fn keep_common_built_ins(&mut self, other: &Settings) {
        self.0.retain(|name, _| !name.starts_with(BUILT_IN) || other.0.contains_key(name));
    }

    /// The settings of a state file.
    pub(super) fn from_values(values: Values) -> Settings {
        Settings(values)
    }

    /// The values, by name.
    pub(super) fn values(&self) -> &Values {
        &self.0
    }

    /// The first setting with different values in both. A built-in table matters only if both use it.
    pub(crate) fn difference(&self, theirs: &Settings) -> Option<Difference> {
        let names: BTreeSet<&String> = self.0.keys().chain(theirs.0.keys()).collect();
        let value = |settings: &Settings, name: &str| settings.0.get(name).cloned().unwrap_or_default();
        let pairs = names.into_iter().map(|name| (name, value(self, name), value(theirs, name)));
        pairs
            .filter(|(_, ours, theirs)| ours != theirs)
            .filter(|(name, ours, theirs)| !name.starts_with(BUILT_IN) || !(ours.is_empty() || theirs.is_empty()))
            .map(|(name, ours, theirs)| Difference { name: name.clone(), ours, theirs })
            .next()
    }

    /// Puts the settings into a question. A setting that the question already has must be the same.
    ///
    /// # Errors
    /// The setting that differs; or [`Misfit::Invalid`] with a setting that cannot be read.
    pub(crate) fn put(&self, question: &mut Question) -> Result<(), Misfit> {
        let asked = Settings::of(question);
        for (name, texts) in &asked.0 {
            let ours = self.0.get(name).cloned().unwrap_or_default();
            if !is_built_in(name) && ours != *texts {
                let (name, theirs) = (name.clone(), texts.clone());
                return Err(Misfit::Differs(Difference { name, ours, theirs }));
            }
        }
        let is_new = |name: &&String| !is_built_in(name) && !asked.0.contains_key(*name);
        let mut left: Values = self.0.keys().filter(is_new).map(|name| (name.clone(), self.0[name].clone())).collect();
        for row in &ROWS {
            if let Some(texts) = left.remove(row.name)
                && let Some(put) = row.put
            {
                put(question, &texts).ok_or_else(|| Misfit::Invalid(row.name.to_owned()))?;
            }
        }
        for (name, texts) in left {
            let condition = conditions::condition(&name, &texts).ok_or(Misfit::Invalid(name))?;
            question.counting.filters.push(condition);
        }
        Ok(())
    }
}

/// Why settings cannot be put into a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// The question has another value.
    Differs(Difference),
    /// The value, whose name is given, is not one that this version knows.
    Invalid(String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Query;
    use crate::measure::{Precision, UvMethod};
    use crate::nginx::NginxConf;
    use crate::steps::{Ipv6Prefix, RealIp, Visitor};
    use crate::time::Zone;

    /// A question in which no setting has its default.
    fn unusual() -> Question {
        let conf = NginxConf::from_reader("-".as_ref(), "http { access_log /var/log/a.log; }".as_bytes()).unwrap();
        let list = Dimension::named("http_x_forwarded_for").unwrap();
        let mut question = Question::new()
            .visitor(Visitor::IP_AND_AGENT)
            .ipv6_prefix(Ipv6Prefix::new(64))
            .uv(UvMethod::Hll(Precision::default()))
            .anonymize(true)
            .zone("Europe/Berlin".parse().unwrap_or(Zone::UTC))
            .real_ip(RealIp::new(list, "10.0.0.0/8,unix:".parse().unwrap()))
            .query(Query::Keep)
            .nginx_conf(conf)
            .log_formats(["combined".parse().unwrap(), "$remote_addr|$status".parse().unwrap()])
            .fields(["path=http.target".parse().unwrap()])
            .routes(["/shop/:id".parse().unwrap(), "user/<int:pk>/".parse().unwrap()])
            .max_line(10_000)
            .filters([Condition::Static, Condition::Status("5xx,!503".parse().unwrap())]);
        question.reading.static_rules.add_prefix("/files/").unwrap();
        question.reading.static_rules.add_extension("heic").unwrap();
        question
    }

    #[test]
    fn every_setting_is_put_back() {
        let settings = Settings::of(&unusual());
        for row in &ROWS {
            assert!(settings.0.contains_key(row.name), "{}", row.name);
        }
        assert_eq!(settings.0.len(), ROWS.len() + 3, "two filters, and the rules of this version");
        let mut question = Question::new();
        settings.put(&mut question).unwrap();
        let again = Settings::of(&question);
        let difference = again.difference(&settings).unwrap();
        assert_eq!(difference.name, "nginx-conf", "only a hash is known of it");
        question.reading.nginx_conf = unusual().reading.nginx_conf;
        assert_eq!(Settings::of(&question), settings);
        // Settings that are the same already can be put again.
        settings.put(&mut question).unwrap();
        assert_eq!(Settings::of(&question), settings);
    }

    #[test]
    fn defaults_are_left_out() {
        let settings = Settings::of(&Question::new().since("yesterday".parse().unwrap()).limit(3));
        assert_eq!(settings.0.keys().collect::<Vec<_>>(), [STATIC_RULES]);
        let in_place = Question::new().real_ip(RealIp::in_place("10.0.0.0/8".parse().unwrap()));
        let settings = Settings::of(&in_place);
        let mut question = Question::new();
        settings.put(&mut question).unwrap();
        assert_eq!(Settings::of(&question), settings);
        assert!(question.reading.real_ip.is_some_and(|real_ip| real_ip.is_in_place()));
    }

    #[test]
    fn differences_name_both_values() {
        let settings = Settings::of(&unusual());
        let rows: [(Question, &str, &str); 4] = [
            (Question::new().max_line(5), "with max_line 10000", "with max_line 5"),
            (Question::new().filters([Condition::Dynamic]), "without dynamic", "with dynamic"),
            (
                Question::new().filters([Condition::Status("4xx".parse().unwrap())]),
                "with status 5xx,!503",
                "with status 4xx",
            ),
            (
                Question::new().fields(["status=code".parse().unwrap()]),
                "with fields path=http.target",
                "with fields status=code",
            ),
        ];
        for (mut question, ours, theirs) in rows {
            let Err(Misfit::Differs(difference)) = settings.put(&mut question) else { panic!("{ours} is {theirs}") };
            assert_eq!((&*difference.ours(), &*difference.theirs()), (ours, theirs));
        }
        let mut other = settings.clone();
        other.0.insert("nginx-conf".to_owned(), vec![hex::written(7)]);
        assert_eq!(&*settings.difference(&other).unwrap().theirs(), "with another nginx_conf");
        other = settings.clone();
        other.0.insert(STATIC_RULES.to_owned(), vec![hex::written(7)]);
        assert_eq!(&*settings.difference(&other).unwrap().ours(), "by other built-in rules for what is static");
        let with = |hash: u64| {
            let mut settings = Settings::of(&Question::new());
            settings.0.insert("built-in-bots".to_owned(), vec![hex::written(hash)]);
            settings
        };
        let without = Settings::of(&Question::new());
        assert_eq!(&*with(1).difference(&with(2)).unwrap().ours(), "by other built-in rules for bots");
        assert_eq!((with(1).difference(&without), without.difference(&with(1))), (None, None));
        assert_eq!(with(1).put(&mut Question::new()), Ok(()));
        let mut common = with(1);
        common.keep_common_built_ins(&without);
        assert_eq!(common, without);
        // A later version may have settings that this one does not know.
        other.0.insert("bots".to_owned(), vec!["yes".to_owned()]);
        assert_eq!(other.put(&mut Question::new()), Err(Misfit::Invalid("bots".to_owned())));
    }
}
