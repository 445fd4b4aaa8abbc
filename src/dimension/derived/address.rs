//! Dimensions of an address: `net`, `ip-version`, and the places that databases know.
//!
//! The step that finds the addresses of clients behind proxies runs before. The one that anonymizes runs after the
//! filter, too late for these keys, so they are computed from the anonymized address if the question asks for that.

use std::borrow::Cow;

use super::KeyRules;
use super::row::{DerivedRow, KeyOf, Source};
use crate::batch::TextField;
use crate::geo::GeoField;
use crate::net;

pub(super) const NET: DerivedRow = DerivedRow {
    name: "net",
    singular: "network",
    plural: "networks",
    sources: &[(Source::Text(TextField::Addr), network)],
    ..OF_ADDRESS
};

pub(super) const VERSION: DerivedRow = DerivedRow {
    name: "ip-version",
    singular: "IP version",
    plural: "IP versions",
    sources: &[(Source::Text(TextField::Addr), |_| {
        KeyOf::of(|address| net::version(address).map(|version| Cow::Borrowed(version.as_bytes())))
    })],
    all_keys: Some(|| net::VERSIONS.to_vec()),
    ..OF_ADDRESS
};

pub(super) const COUNTRY: DerivedRow = DerivedRow {
    name: "country",
    singular: "country",
    plural: "countries",
    sources: &[(Source::Text(TextField::Addr), |rules| place(rules, GeoField::Country))],
    place: Some(GeoField::Country),
    ..OF_ADDRESS
};

pub(super) const CITY: DerivedRow = DerivedRow {
    name: "city",
    singular: "city",
    plural: "cities",
    sources: &[(Source::Text(TextField::Addr), |rules| place(rules, GeoField::City))],
    place: Some(GeoField::City),
    ..OF_ADDRESS
};

pub(super) const ASN: DerivedRow = DerivedRow {
    name: "asn",
    singular: "autonomous system",
    plural: "autonomous systems",
    sources: &[(Source::Text(TextField::Addr), |rules| place(rules, GeoField::Asn))],
    place: Some(GeoField::Asn),
    ..OF_ADDRESS
};

pub(super) const ORG: DerivedRow = DerivedRow {
    name: "org",
    singular: "organization",
    plural: "organizations",
    sources: &[(Source::Text(TextField::Addr), |rules| place(rules, GeoField::Org))],
    place: Some(GeoField::Org),
    ..OF_ADDRESS
};

const OF_ADDRESS: DerivedRow = DerivedRow { variables: "$remote_addr", ..DerivedRow::USUAL };

fn network(rules: &KeyRules) -> KeyOf {
    let lengths = if rules.anonymize { rules.net.anonymized() } else { rules.net };
    KeyOf::of(move |address| lengths.network(address).map(|network| Cow::Owned(network.into_bytes())))
}

fn place(rules: &KeyRules, field: GeoField) -> KeyOf {
    let (geo, anonymize) = (rules.geo.clone(), rules.anonymize);
    KeyOf::of(move |address| {
        let found = if anonymize { geo.find_anonymized(field, address) } else { geo.find(field, address) };
        found.map(|place| Cow::Owned(place.into_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::{Geo, GeoDatabase};

    #[test]
    fn keys_of_anonymized_addresses_tell_no_more() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/geo/city.mmdb");
        let geo = Geo::default().with(GeoDatabase::read(&path).unwrap());
        let net = "32,128".parse().unwrap();
        let open = KeyRules { geo, net, ..KeyRules::default() };
        let closed = KeyRules { anonymize: true, ..open.clone() };
        let key = |row: &DerivedRow, rules: &KeyRules, address: &str| {
            String::from_utf8(row.sources[0].1(rules).key(address.as_bytes()).unwrap_or_default().into_owned()).unwrap()
        };
        for (row, address, expected, anonymized) in [
            (NET, "198.51.100.200", "198.51.100.200/32", "198.51.100.0/24"),
            (NET, "2001:db8:4a:1::7", "2001:db8:4a:1::7/128", "2001:db8:4a::/48"),
            (CITY, "198.51.100.200", "", "Vienna"),
            (COUNTRY, "198.51.100.200", "AT", "AT"),
            (VERSION, "198.51.100.200", "IPv4", "IPv4"),
            (ASN, "198.51.100.200", "", ""),
        ] {
            let found = (key(&row, &open, address), key(&row, &closed, address));
            assert_eq!(found, (expected.to_owned(), anonymized.to_owned()), "{address}");
        }
    }
}
