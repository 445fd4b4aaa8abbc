//! Places of addresses: the country, the city and the autonomous system, from databases in the MaxMind DB format.
//!
//! The databases are the user's; logstat has none. They are read into memory, because a mapped file that another program
//! overwrites would crash the run.

mod database;
mod error;
mod field;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub use database::GeoDatabase;
pub use error::GeoError;
pub use field::GeoField;

use crate::ip;
use crate::net;

/// The databases of a question, in order of precedence.
///
/// ```
/// use logstat::{Geo, GeoDatabase, GeoField};
/// let countries = GeoDatabase::read("testdata/geo/country.mmdb".as_ref())?;
/// assert_eq!((countries.kind(), countries.built()), ("GeoLite2-Country", "2026-11-01".to_owned()));
/// let geo = Geo::default().with(countries);
/// assert_eq!(geo.find(GeoField::Country, b"203.0.113.7").as_deref(), Some("DE"));
/// assert!(geo.has(GeoField::Country) && !geo.has(GeoField::Asn));
/// # Ok::<(), logstat::GeoError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Geo {
    databases: Arc<Vec<GeoDatabase>>,
    /// True if a record could not be read, which only a damaged database causes.
    is_damaged: Arc<AtomicBool>,
}

impl Geo {
    /// Adds a database. Its answers are used where earlier ones have none.
    #[must_use]
    pub fn with(mut self, database: GeoDatabase) -> Geo {
        Arc::make_mut(&mut self.databases).push(database);
        self
    }

    /// The databases, in order of precedence.
    pub fn databases(&self) -> &[GeoDatabase] {
        &self.databases
    }

    /// True if a database has this field.
    pub fn has(&self, field: GeoField) -> bool {
        self.databases.iter().any(|database| database.has(field))
    }

    /// Looks up an address, as written in a log. `None` if it is not an address, or if no database knows it.
    pub fn find(&self, field: GeoField, address: &[u8]) -> Option<String> {
        self.of(field, ip::address(address)?)
    }

    /// Looks up an anonymized address, so that the answer tells no more than that.
    pub(crate) fn find_anonymized(&self, field: GeoField, address: &[u8]) -> Option<String> {
        self.of(field, net::anonymized(ip::address(address)?))
    }

    fn of(&self, field: GeoField, address: IpAddr) -> Option<String> {
        self.databases.iter().find_map(|database| {
            database.find(field, address).unwrap_or_else(|_| {
                self.is_damaged.store(true, Ordering::Relaxed);
                None
            })
        })
    }

    /// True if a record could not be read so far.
    pub(crate) fn is_damaged(&self) -> bool {
        self.is_damaged.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The databases in testdata, made by `testdata/geo/make.py`.
    fn database(name: &str) -> GeoDatabase {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/geo").join(name);
        GeoDatabase::read(&path).unwrap()
    }

    #[test]
    fn first_database_with_an_answer_wins() {
        let asn = Geo::default().with(database("asn.mmdb"));
        assert!(asn.has(GeoField::Asn) && asn.has(GeoField::Org) && !asn.has(GeoField::Country));
        assert_eq!(asn.find(GeoField::Country, b"203.0.113.7"), None);
        let all = asn.with(database("country.mmdb")).with(database("city.mmdb"));
        for (address, country, city, number, org) in [
            ("203.0.113.7", "DE", "-", "AS64500", "Example Net"),
            ("203.0.113.7:4711", "DE", "-", "AS64500", "Example Net"),
            ("::ffff:203.0.113.7", "DE", "-", "AS64500", "Example Net"),
            ("198.51.100.9", "AT", "Vienna", "-", "-"),
            ("198.51.100.200", "AT", "-", "-", "-"),
            ("2001:db8:4a::7", "FR", "Paris", "AS64501", "Réseau Exemple"),
            ("192.0.2.1", "-", "-", "-", "-"),
            ("10.0.0.1", "-", "-", "-", "-"),
            ("unix:", "-", "-", "-", "-"),
            ("host.example", "-", "-", "-", "-"),
        ] {
            let found = GeoField::all().map(|field| all.find(field, address.as_bytes()).unwrap_or("-".to_owned()));
            assert_eq!(found.collect::<Vec<_>>(), [country, city, number, org], "{address}");
        }
        assert!(!all.is_damaged());
    }

    #[test]
    fn anonymized_address_has_the_place_of_its_network() {
        let city = Geo::default().with(database("city.mmdb"));
        assert_eq!(city.find(GeoField::City, b"198.51.100.200"), None);
        assert_eq!(city.find_anonymized(GeoField::City, b"198.51.100.200").as_deref(), Some("Vienna"));
    }
}
