//! Dimensions of the query: `utm-source`, `utm-medium`, `utm-campaign`, and `arg-names`.
//!
//! Formats that do not log `$args` give it from `$request` or `$request_uri`, so these dimensions do not depend on
//! whether paths have their queries.

use std::borrow::Cow;

use super::row::{DerivedRow, KeyOf, Source};
use crate::query_args;

pub(super) const UTM_SOURCE: DerivedRow = DerivedRow {
    name: "utm-source",
    singular: "utm_source",
    plural: "utm_source",
    sources: &[(Source::Variable("args"), |_| KeyOf::of(|query| query_args::value(query, "utm_source")))],
    ..OF_QUERY
};

pub(super) const UTM_MEDIUM: DerivedRow = DerivedRow {
    name: "utm-medium",
    singular: "utm_medium",
    plural: "utm_medium",
    sources: &[(Source::Variable("args"), |_| KeyOf::of(|query| query_args::value(query, "utm_medium")))],
    ..OF_QUERY
};

pub(super) const UTM_CAMPAIGN: DerivedRow = DerivedRow {
    name: "utm-campaign",
    singular: "utm_campaign",
    plural: "utm_campaign",
    sources: &[(Source::Variable("args"), |_| KeyOf::of(|query| query_args::value(query, "utm_campaign")))],
    ..OF_QUERY
};

pub(super) const NAMES: DerivedRow = DerivedRow {
    name: "arg-names",
    singular: "argument names",
    plural: "argument names",
    sources: &[(Source::Variable("args"), |_| KeyOf::of(|query| query_args::names(query).map(Cow::Owned)))],
    ..OF_QUERY
};

const OF_QUERY: DerivedRow = DerivedRow { variables: "$request or $args", ..DerivedRow::USUAL };
