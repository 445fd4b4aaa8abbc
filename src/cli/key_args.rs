//! The options for what keys are computed from: the site's own hosts, networks, and databases of addresses.

use std::path::PathBuf;

use clap::ArgAction;
use logstat::{Derived, Dimension, Geo, GeoDatabase, GeoField, NetPrefixes, OwnHosts, Question};

use super::help;
use super::messages::{shown, shown_path};
use super::values::FnParser;

/// THE TABLE of options for keys.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = help::READING)]
pub(crate) struct KeyArgs {
    /// Your own hosts, whose pages are not referring sites: shop.example
    #[arg(long, value_name = "HOST,…", value_parser = FnParser(own_host), value_delimiter = ',', action = ArgAction::Append, hide_short_help = true)]
    #[arg(
        long_help = "Your own hosts: for referer-site and referer-kind, a referer from their sites is internal. shop.example \
                     stands for all hosts of that domain. The $host of each line and the names in nginx.conf are added. Use \
                     it if the log has no $host, or for your other sites; repeatable"
    )]
    own_host: Vec<String>,

    /// Sizes of the networks that net ranks, IPv4 and IPv6 [default: 24,64]
    #[arg(long, value_name = "BITS,BITS", value_parser = FnParser(net), allow_hyphen_values = true, hide_short_help = true)]
    #[arg(
        long_help = "Sizes of the networks that --top net ranks, as the number of leading bits of an IPv4 and of an IPv6 \
                     address: 16,48. One number is that of IPv4. With --anonymize at most 24,48 [default: 24,64]"
    )]
    net: Option<NetPrefixes>,

    /// Database for country, city, asn and org: GeoLite2-City.mmdb
    #[arg(long, value_name = "FILE", action = ArgAction::Append, hide_short_help = true)]
    #[arg(
        long_help = "Database for --top country, city, asn and org, in the MaxMind format (.mmdb) that MaxMind, DB-IP and IPinfo \
                     offer. Repeat the option for a second database, such as one of cities and one of networks; the first that \
                     has an address is used"
    )]
    geo: Vec<PathBuf>,
}

impl KeyArgs {
    /// Adds these options to the question, except databases.
    pub(crate) fn ask(&self, question: &mut Question) {
        let hosts = self.own_host.iter();
        // The parser of the arguments accepts only hosts.
        question.reading.key_rules.own_hosts =
            hosts.fold(OwnHosts::default(), |hosts, host| hosts.clone().with(host).unwrap_or(hosts));
        question.reading.key_rules.net = self.net.unwrap_or_default();
    }

    /// Reads the databases. An error begins with the path.
    pub(crate) fn databases(&self) -> Result<Geo, String> {
        self.geo.iter().try_fold(Geo::default(), |geo, path| {
            let database = GeoDatabase::read(path).map_err(|error| format!("{}: {error}", shown_path(path)))?;
            Ok(geo.with(database))
        })
    }

    /// Returns warnings about options that have no effect.
    pub(crate) fn warnings(&self, question: &Question) -> Vec<String> {
        let uses = |names: &[&str]| {
            let is_it = |derived: Derived| names.contains(&derived.name());
            question.dimensions().any(|dimension| matches!(dimension, Dimension::Derived(derived) if is_it(derived)))
        };
        let places: Vec<_> = GeoField::all().map(GeoField::name).collect();
        let rows: [(bool, &str, &[&str], &str); 3] = [
            (
                !self.own_host.is_empty(),
                "--own-host",
                &["referer-site", "referer-kind"],
                "referer-site or referer-kind",
            ),
            (self.net.is_some(), "--net", &["net"], "net"),
            (!self.geo.is_empty(), "--geo", &places, "country, city, asn or org"),
        ];
        let idle = rows.into_iter().filter(|(is_given, _, names, _)| *is_given && !uses(names));
        idle.map(|(_, option, _, names)| format!("{option} has no effect without {names}, for example in --top"))
            .collect()
    }
}

/// Checks a host.
fn own_host(text: &str) -> Result<String, String> {
    let host = text.trim();
    match OwnHosts::default().with(host) {
        Ok(_) => Ok(host.to_owned()),
        Err(_) => Err(format!("--own-host takes a host such as shop.example, not '{}'", shown(text))),
    }
}

/// Parses `24,64`.
fn net(text: &str) -> Result<NetPrefixes, String> {
    text.parse().map_err(|error| format!("--net {}: {error}", shown(text)))
}
