//! The settings that change what a count means. States with different settings cannot be merged.

use std::collections::BTreeSet;

use super::conditions::{self, Values};
use super::forms::hex;
use super::setting_rows::{NONE, ROWS, SettingRow, keys_of};
use crate::dimension::{Derived, Dimension};
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

/// True if a setting matters only to states that use certain dimensions: the hash of a built-in table, or rules for keys.
fn is_of_keys(name: &str) -> bool {
    name.starts_with(BUILT_IN) || keys_of(name).is_some()
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
            [none] if none == NONE => None,
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
        let usual = Question::new();
        let is_usual = |row: &SettingRow, texts: &Vec<String>| *texts == (row.texts)(&usual);
        let rows = ROWS.iter().map(|row| (row, (row.texts)(question)));
        let unusual = rows.filter(|(row, texts)| !is_usual(row, texts));
        values.extend(unusual.map(|(row, texts)| (row.name.to_owned(), texts)));
        values.insert(STATIC_RULES.to_owned(), vec![static_rules()]);
        Settings(values).with_built_ins(question.counting.filters.iter().flat_map(Condition::dimensions))
    }

    /// The settings of a question that was counted in tables of these dimensions.
    pub(super) fn of_tables(question: &Question, dimensions: impl Iterator<Item = Dimension>) -> Settings {
        let of_filters = question.counting.filters.iter().flat_map(Condition::dimensions);
        let used: Vec<Dimension> = dimensions.chain(of_filters).flat_map(Dimension::parts).collect();
        let uses = |is_it: fn(Derived) -> bool| {
            used.iter().any(|dimension| matches!(dimension, Dimension::Derived(derived) if is_it(*derived)))
        };
        let Settings(mut values) = Settings::of(question).with_built_ins(used.iter().copied());
        for row in &ROWS {
            match keys_of(row.name).map(uses) {
                Some(true) => _ = values.insert(row.name.to_owned(), (row.texts)(question)),
                Some(false) => _ = values.remove(row.name),
                None => {}
            }
        }
        Settings(values)
    }

    /// Adds the hashes of the built-in tables that decide the keys of these dimensions.
    fn with_built_ins(mut self, dimensions: impl Iterator<Item = Dimension>) -> Settings {
        for (name, hash) in dimensions.flat_map(Dimension::parts).filter_map(Dimension::built_in) {
            self.0.insert(format!("{BUILT_IN}{name}"), vec![hex::written(hash)]);
        }
        self
    }

    /// Drops the settings of keys that the other settings do not have: merged states have no table that uses them.
    pub(super) fn keep_common_keys(&mut self, other: &Settings) {
        self.0.retain(|name, _| !is_of_keys(name) || other.0.contains_key(name));
    }

    /// The settings of a state file.
    pub(super) fn from_values(values: Values) -> Settings {
        Settings(values)
    }

    /// The values, by name.
    pub(super) fn values(&self) -> &Values {
        &self.0
    }

    /// The first setting with different values in both. One of keys matters only if both use it.
    pub(crate) fn difference(&self, theirs: &Settings) -> Option<Difference> {
        let names: BTreeSet<&String> = self.0.keys().chain(theirs.0.keys()).collect();
        let value = |settings: &Settings, name: &str| settings.0.get(name).cloned().unwrap_or_default();
        let pairs = names.into_iter().map(|name| (name, value(self, name), value(theirs, name)));
        pairs
            .filter(|(_, ours, theirs)| ours != theirs)
            .filter(|(name, ours, theirs)| !is_of_keys(name) || !(ours.is_empty() || theirs.is_empty()))
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
            let is_unused = is_of_keys(name) && ours.is_empty();
            if !is_built_in(name) && !is_unused && ours != *texts {
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
    use crate::agent::{BotClass, BotRules};
    use crate::format::Query;
    use crate::geo::{Geo, GeoDatabase};
    use crate::measure::{Precision, UvMethod};
    use crate::nginx::NginxConf;
    use crate::referer::OwnHosts;
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
            .durations(["upstream_response_time:last", "took:ms"].map(|name| name.parse().unwrap()))
            .zone("Europe/Berlin".parse().unwrap_or(Zone::UTC))
            .real_ip(RealIp::new(list, "10.0.0.0/8,unix:".parse().unwrap()))
            .query(Query::Keep)
            .nginx_conf(conf)
            .log_formats(["combined".parse().unwrap(), "$remote_addr|$status".parse().unwrap()])
            .fields(["path=http.target".parse().unwrap()])
            .routes(["/shop/:id".parse().unwrap(), "user/<int:pk>/".parse().unwrap()])
            .max_line(10_000)
            .own_hosts(OwnHosts::default().with("shop.example").unwrap())
            .bot_rules(BotRules::default().with("It's \"ours\"", BotClass::Monitor, "^a\tb").unwrap())
            .net("16,48".parse().unwrap())
            .geo(database("country.mmdb"))
            .filters([Condition::Static, Condition::Status("5xx,!503".parse().unwrap())]);
        question.reading.static_rules.add_prefix("/files/").unwrap();
        question.reading.static_rules.add_extension("heic").unwrap();
        question
    }

    fn database(name: &str) -> Geo {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/geo").join(name);
        Geo::default().with(GeoDatabase::read(&path).unwrap())
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
        let missing: Vec<_> = settings.0.keys().filter(|name| !again.0.contains_key(*name)).collect();
        assert_eq!(missing, ["geo", "nginx-conf"], "only hashes are known of them");
        question.reading.nginx_conf = unusual().reading.nginx_conf;
        question.reading.key_rules.geo = database("country.mmdb");
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
    fn rules_for_keys_matter_only_to_states_that_use_them() {
        let of = |names: &[&str], question: &Question| {
            Settings::of_tables(question, names.iter().map(|name| Dimension::named(name).unwrap()))
        };
        let (usual, question) = (Question::new(), unusual());
        let names = ["agents", "geo", "net", "own-host"];
        for (dimensions, expected) in [
            (&["path", "ip"][..], &[][..]),
            (&["net"], &["net"]),
            (&["host/referer-site"], &["own-host"]),
            (&["browser"], &["agents"]),
            (&["asn", "net", "referer-kind", "bot-class"], &names),
        ] {
            for question in [&usual, &question] {
                let settings = of(dimensions, question);
                let found: Vec<_> = names.into_iter().filter(|name| settings.0.contains_key(*name)).collect();
                assert_eq!(found, expected, "{dimensions:?}");
            }
        }
        // A state that does not use a rule can be read with any.
        let net = || Question::new().net("16,48".parse().unwrap());
        assert_eq!(of(&["path"], &usual).put(&mut net()), Ok(()));
        let Err(Misfit::Differs(difference)) = of(&["net"], &usual).put(&mut net()) else { panic!("24 is 16") };
        assert_eq!((&*difference.ours(), &*difference.theirs()), ("with net 24,64", "with net 16,48"));
        let host = || Question::new().own_hosts(OwnHosts::default().with("shop.example").unwrap());
        let Err(Misfit::Differs(difference)) = of(&["referer-site"], &usual).put(&mut host()) else { panic!() };
        assert_eq!(
            (&*difference.ours(), &*difference.of_this_run()),
            ("without own_hosts", "has own_hosts shop.example")
        );
        let mut asked = Question::new();
        of(&["net", "referer-site"], &net()).put(&mut asked).unwrap();
        assert_eq!(asked.reading.key_rules.net.to_string(), "16,48");
        // Another database is another setting.
        let geo = |name| of(&["country"], &Question::new().geo(database(name)));
        assert_eq!(geo("country.mmdb").difference(&geo("country.mmdb")), None);
        let difference = geo("country.mmdb").difference(&geo("city.mmdb")).unwrap();
        assert_eq!(&*difference.theirs(), "with another geo");
        let mut common = geo("country.mmdb");
        common.keep_common_keys(&of(&["path"], &usual));
        assert_eq!(common, of(&["path"], &usual));
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
        common.keep_common_keys(&without);
        assert_eq!(common, without);
        // A later version may have settings that this one does not know.
        other.0.insert("bots".to_owned(), vec!["yes".to_owned()]);
        assert_eq!(other.put(&mut Question::new()), Err(Misfit::Invalid("bots".to_owned())));
    }
}
