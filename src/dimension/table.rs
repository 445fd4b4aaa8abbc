//! THE TABLE of dimensions. Time units, variables and derived dimensions have tables of their own; pairs are made of
//! all these.

use super::Dimension;
use super::codes::{ClassIds, StatusClassIds, StatusIds};
use super::key_ids::{AllIds, KeyIds};
use crate::batch::{Fields, TextField};

/// A row of the table of dimensions.
pub(super) struct DimensionRow {
    pub(super) dimension: Dimension,
    /// Name as a user types it.
    pub(super) name: &'static str,
    /// Name in JSON; users may type it too.
    pub(super) key: &'static str,
    /// Name of its keys in a heading.
    pub(super) plural: &'static str,
    pub(super) keys: KeysFrom,
    /// Variable that logs it, for messages.
    pub(super) variable: &'static str,
}

/// Source of the keys.
#[derive(Clone, Copy)]
pub(super) enum KeysFrom {
    /// A column of logged texts.
    Text(TextField),
    /// Computed from these fields.
    Other { needs: Fields, ids: fn() -> Box<dyn KeyIds> },
}

const fn text(
    dimension: Dimension,
    name: &'static str,
    plural: &'static str,
    field: TextField,
    variable: &'static str,
) -> DimensionRow {
    DimensionRow { dimension, name, key: name, plural, keys: KeysFrom::Text(field), variable }
}

const fn other(
    dimension: Dimension,
    name: &'static str,
    plural: &'static str,
    (needs, ids): (Fields, fn() -> Box<dyn KeyIds>),
    variable: &'static str,
) -> DimensionRow {
    DimensionRow { dimension, name, key: name, plural, keys: KeysFrom::Other { needs, ids }, variable }
}

const PATH: Fields = Fields::text(TextField::Path);

/// THE TABLE.
#[rustfmt::skip]
pub(super) const DIMENSIONS: [DimensionRow; 12] = [
    other(Dimension::All, "all", "all", (Fields::NONE, || Box::new(AllIds)), ""),
    text(Dimension::Path, "path", "paths", TextField::Path, "$request"),
    text(Dimension::Ip, "ip", "addresses", TextField::Addr, "$remote_addr"),
    text(Dimension::Host, "host", "hosts", TextField::Host, "$host"),
    text(Dimension::Method, "method", "methods", TextField::Method, "$request"),
    text(Dimension::Referer, "referer", "referers", TextField::Referer, "$http_referer"),
    text(Dimension::Agent, "agent", "user agents", TextField::Agent, "$http_user_agent"),
    text(Dimension::User, "user", "users", TextField::User, "$remote_user"),
    text(Dimension::Protocol, "protocol", "protocols", TextField::Protocol, "$request"),
    other(Dimension::Status, "status", "status codes", (Fields::STATUS, StatusIds::empty), "$status"),
    other(Dimension::StatusClass, "status-class", "status classes", (Fields::STATUS, StatusClassIds::empty), "$status"),
    // The name is not `class`, which people take for the class of the status. JSON keeps its first name.
    DimensionRow { key: "class", ..other(Dimension::Class, "kind", "kinds", (PATH, ClassIds::empty), "$request") },
];
