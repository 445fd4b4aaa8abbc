//! Questions about all dimensions: those of places need databases of addresses.

use std::path::Path;

use logstat::{Geo, GeoDatabase, Question};

/// The databases in testdata that have a country, a city, and a network's number and organization.
pub(crate) const FILES: [&str; 2] = ["testdata/geo/city.mmdb", "testdata/geo/asn.mmdb"];

/// Gives a question databases for all dimensions that need one.
pub(crate) fn with_databases(question: Question) -> Question {
    let database = |name: &str| GeoDatabase::read(&Path::new(super::REPOSITORY).join(name)).unwrap();
    question.geo(FILES.into_iter().map(database).fold(Geo::default(), Geo::with))
}
