//! Checks that databases of addresses have the places that a question names, before anything is read.

use crate::error::{Error, ErrorKind};
use crate::geo::{GeoDatabase, GeoField};
use crate::message::{Message, Setting, message};
use crate::question::{Plan, Question};

/// Fails if the question names a place that no database has.
///
/// # Errors
/// [`ErrorKind::NoDatabase`].
pub(super) fn check_databases(question: &Question, plan: &Plan) -> Result<(), Error> {
    let geo = &question.reading.key_rules.geo;
    let missing = plan.variable_columns.derived_dimensions().iter().filter_map(|derived| derived.place());
    match missing.filter(|field| !geo.has(*field)).min_by_key(|field| *field as u8) {
        None => Ok(()),
        Some(field) => Err(ErrorKind::NoDatabase { detail: detail(field, geo.databases()) }.into()),
    }
}

fn detail(field: GeoField, databases: &[GeoDatabase]) -> Message {
    let example = match field {
        GeoField::Country => "GeoLite2-Country.mmdb",
        GeoField::City => "GeoLite2-City.mmdb",
        GeoField::Asn | GeoField::Org => "GeoLite2-ASN.mmdb",
    };
    let others: Vec<_> = databases
        .iter()
        .map(|database| {
            let fields: Vec<_> = database.fields().iter().map(|field| field.name()).collect();
            format!("\n  {}, of type {}, has {}", database.path(), database.shown_kind(), fields.join(", "))
        })
        .collect();
    message![
        format!("{} needs a database of addresses that has it: ", field.name()),
        Setting::Geo,
        format!(" {example}{}", others.concat())
    ]
}
