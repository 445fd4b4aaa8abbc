//! THE TABLE of settings that are not filters: how each becomes text, and how a question gets it back.

use std::collections::BTreeSet;

use super::forms::hex;
use crate::agent::{BotClass, BotRules};
use crate::by_name::Named;
use crate::dimension::{Derived, Dimension};
use crate::format::Query;
use crate::measure::{Precision, UvMethod};
use crate::message::Setting;
use crate::question::{Question, Reading};
use crate::referer::OwnHosts;
use crate::route::RoutePattern;
use crate::static_rules::StaticRules;
use crate::steps::{Ipv6Prefix, RealIp, Visitor};
use crate::time::Zone;

/// A row of the table.
pub(super) struct SettingRow {
    /// Name in a state file.
    pub(super) name: &'static str,
    pub(super) setting: Setting,
    /// The value as texts; none for the default, except of settings that change only keys.
    pub(super) texts: fn(&Question) -> Vec<String>,
    /// Puts a value back into a question; `None` if a text is not valid. Rows without it hold hashes, which can only be
    /// compared.
    pub(super) put: Option<Put>,
}

/// Puts texts into a question; `None` if they are not valid.
pub(super) type Put = fn(&mut Question, &[String]) -> Option<()>;

/// THE TABLE of settings that are not filters, in the order in which they are put back.
pub(super) const ROWS: [SettingRow; 20] = [
    SettingRow {
        name: "visitor",
        setting: Setting::Visitor,
        texts: |question| {
            let visitor = question.counting.visitor;
            (visitor != Visitor::IP).then(|| visitor.name().to_owned()).into_iter().collect()
        },
        put: Some(|question, texts| {
            question.counting.visitor = match only(texts)? {
                "ip+agent" => Visitor::IP_AND_AGENT,
                name => Visitor::of(named(name)?)?,
            };
            Some(())
        }),
    },
    SettingRow {
        name: "ipv6-prefix",
        setting: Setting::Ipv6Prefix,
        texts: |question| question.counting.ipv6_prefix.map(|prefix| prefix.bits().to_string()).into_iter().collect(),
        put: Some(|question, texts| {
            question.counting.ipv6_prefix = Some(Ipv6Prefix::new(only(texts)?.parse().ok()?)?);
            Some(())
        }),
    },
    SettingRow {
        name: "uv",
        setting: Setting::Uv,
        texts: |question| match question.counting.uv {
            UvMethod::Exact => Vec::new(),
            UvMethod::Hll(precision) => vec![format!("hll={}", precision.bits())],
        },
        put: Some(|question, texts| {
            let precision = Precision::new(only(texts)?.strip_prefix("hll=")?.parse().ok()?)?;
            question.counting.uv = UvMethod::Hll(precision);
            Some(())
        }),
    },
    SettingRow {
        name: "anonymize",
        setting: Setting::Anonymize,
        texts: |question| question.counting.anonymize.then(|| "yes".to_owned()).into_iter().collect(),
        put: Some(|question, texts| {
            only(texts).filter(|text| *text == "yes")?;
            question.counting.anonymize = true;
            Some(())
        }),
    },
    SettingRow {
        name: "duration",
        setting: Setting::Duration,
        texts: |question| question.counting.durations.iter().map(|duration| duration.name()).collect(),
        put: Some(|question, texts| {
            question.counting.durations = texts.iter().map(|text| text.parse().ok()).collect::<Option<_>>()?;
            Some(())
        }),
    },
    SettingRow {
        name: "tz",
        setting: Setting::Zone,
        texts: |question| question.reading.zone.map(Zone::name).into_iter().collect(),
        put: Some(|question, texts| {
            question.reading.zone = Some(only(texts)?.parse().ok()?);
            Some(())
        }),
    },
    SettingRow {
        name: "trust",
        setting: Setting::Trust,
        texts: |question| question.reading.real_ip.iter().map(|real_ip| real_ip.trusted().to_string()).collect(),
        put: Some(|question, texts| {
            let trusted = only(texts)?.parse().ok()?;
            question.reading.real_ip = Some(match &question.reading.real_ip {
                Some(other) => RealIp::new(other.dimension(), trusted)?,
                None => RealIp::in_place(trusted),
            });
            Some(())
        }),
    },
    SettingRow {
        name: "real-ip",
        setting: Setting::RealIp,
        texts: |question| {
            let named = question.reading.real_ip.iter().filter(|real_ip| !real_ip.is_in_place());
            named.map(|real_ip| real_ip.dimension().name().to_owned()).collect()
        },
        // The row before this one has put the proxies.
        put: Some(|question, texts| {
            let dimension = named(only(texts)?)?;
            let trusted = question.reading.real_ip.as_ref()?.trusted().clone();
            question.reading.real_ip = Some(RealIp::new(dimension, trusted)?);
            Some(())
        }),
    },
    SettingRow {
        name: "query",
        setting: Setting::Query,
        texts: |question| match question.reading.query {
            Query::Strip => Vec::new(),
            Query::Keep => vec!["keep".to_owned()],
        },
        put: Some(|question, texts| {
            only(texts).filter(|text| *text == "keep")?;
            question.reading.query = Query::Keep;
            Some(())
        }),
    },
    SettingRow {
        name: "static-prefix",
        setting: Setting::StaticPrefix,
        texts: |question| added(question, |rules| rules.prefixes().map(<[u8]>::to_vec).collect()),
        put: Some(|question, texts| {
            texts.iter().try_for_each(|text| question.reading.static_rules.add_prefix(text)).ok()
        }),
    },
    SettingRow {
        name: "static-ext",
        setting: Setting::StaticExt,
        texts: |question| added(question, |rules| rules.extensions().map(<[u8]>::to_vec).collect()),
        put: Some(|question, texts| {
            texts.iter().try_for_each(|text| question.reading.static_rules.add_extension(text)).ok()
        }),
    },
    SettingRow {
        name: "route",
        setting: Setting::Routes,
        texts: |question| or_none(question.reading.key_rules.routes.patterns().iter().map(RoutePattern::to_string)),
        put: Some(|question, texts| {
            let patterns = texts.iter().filter(|text| *text != NONE);
            let patterns = patterns.map(|text| text.parse::<RoutePattern>().ok());
            question.reading.key_rules.routes = patterns.collect::<Option<_>>()?;
            Some(())
        }),
    },
    SettingRow {
        name: "agents",
        setting: Setting::BotRules,
        texts: |question| {
            let added = question.reading.key_rules.bots.added();
            or_none(
                added.filter_map(|(name, class, pattern)| serde_json::to_string(&(name, class.name(), pattern)).ok()),
            )
        },
        put: Some(|question, texts| {
            let added = texts.iter().filter(|text| *text != NONE);
            question.reading.key_rules.bots = added.into_iter().try_fold(BotRules::default(), |rules, text| {
                let (name, class, pattern): (String, BotClass, String) = serde_json::from_str(text).ok()?;
                rules.with(&name, class, &pattern).ok()
            })?;
            Some(())
        }),
    },
    SettingRow {
        name: "nginx-conf",
        setting: Setting::NginxConf,
        texts: |question| {
            question.reading.nginx_conf.iter().map(|conf| hex::written(conf.conf.fingerprint())).collect()
        },
        put: None,
    },
    SettingRow {
        name: "own-host",
        setting: Setting::OwnHost,
        texts: |question| or_none(question.reading.key_rules.own_hosts.sites().map(str::to_owned)),
        put: Some(|question, texts| {
            let sites = texts.iter().filter(|text| *text != NONE);
            let own_hosts = sites.into_iter().try_fold(OwnHosts::default(), |hosts, host| hosts.with(host));
            question.reading.key_rules.own_hosts = own_hosts.ok()?;
            Some(())
        }),
    },
    SettingRow {
        name: "net",
        setting: Setting::Net,
        texts: |question| vec![question.reading.key_rules.net.to_string()],
        put: Some(|question, texts| {
            question.reading.key_rules.net = only(texts)?.parse().ok()?;
            Some(())
        }),
    },
    SettingRow {
        name: "geo",
        setting: Setting::Geo,
        texts: |question| {
            let databases = question.reading.key_rules.geo.databases().iter();
            or_none(databases.map(|database| hex::written(database.fingerprint())))
        },
        put: None,
    },
    SettingRow {
        name: "log-format",
        setting: Setting::LogFormat,
        texts: |question| question.reading.log_formats.iter().map(|format| format.source_text().to_owned()).collect(),
        put: Some(|question, texts| {
            question.reading.log_formats = texts.iter().map(|text| text.parse().ok()).collect::<Option<_>>()?;
            Some(())
        }),
    },
    SettingRow {
        name: "field",
        setting: Setting::Field,
        texts: |question| {
            question.reading.fields.iter().map(|field| format!("{}={}", field.name(), field.key())).collect()
        },
        put: Some(|question, texts| {
            question.reading.fields = texts.iter().map(|text| text.parse().ok()).collect::<Option<_>>()?;
            Some(())
        }),
    },
    SettingRow {
        name: "max-line",
        setting: Setting::MaxLine,
        texts: |question| {
            let max_line = question.reading.max_line;
            (max_line != Reading::default().max_line).then(|| max_line.to_string()).into_iter().collect()
        },
        put: Some(|question, texts| {
            question.reading.max_line = only(texts)?.parse().ok()?;
            Some(())
        }),
    },
];

/// True for the derived dimensions whose keys a setting changes.
pub(super) type IsUsed = fn(Derived) -> bool;

/// THE TABLE of settings that change only the keys of some derived dimensions, each with these. A state has such a
/// setting, also with its default, if a table or a filter of it uses one of the dimensions, and otherwise not.
const OF_KEYS: [(&str, IsUsed); 5] = [
    ("route", |derived| derived.name() == "route"),
    ("agents", Derived::is_of_agent),
    ("own-host", Derived::has_own_site),
    ("net", |derived| derived.name() == "net"),
    ("geo", |derived| derived.place().is_some()),
];

/// The dimensions whose keys a setting changes; `None` if it changes what every number means.
pub(super) fn keys_of(name: &str) -> Option<IsUsed> {
    OF_KEYS.iter().find(|(of_keys, _)| *of_keys == name).map(|(_, is_used)| *is_used)
}

/// Text for a list without items.
pub(super) const NONE: &str = "-";

fn or_none(texts: impl Iterator<Item = String>) -> Vec<String> {
    let texts: Vec<_> = texts.collect();
    if texts.is_empty() { vec![NONE.to_owned()] } else { texts }
}

/// The value of a setting that has only one text.
fn only(texts: &[String]) -> Option<&str> {
    if let [text] = texts { Some(text) } else { None }
}

/// The rules that a question adds to the built-in ones.
fn added(question: &Question, of: fn(&StaticRules) -> Vec<Vec<u8>>) -> Vec<String> {
    let built_in = of(&StaticRules::default());
    let added: BTreeSet<_> =
        of(&question.reading.static_rules).into_iter().filter(|one| !built_in.contains(one)).collect();
    added.into_iter().map(|rule| String::from_utf8_lossy(&rule).into_owned()).collect()
}

/// The dimension of this name, or the variable of the site.
fn named(name: &str) -> Option<Dimension> {
    Named::named(name)
}
