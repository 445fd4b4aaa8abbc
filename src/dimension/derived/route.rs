//! Dimensions of a path: `route`, `dir`, `dir2`, `file`.

use super::row::{DerivedRow, KeyOf, MakeKey, Source};
use crate::batch::TextField;
use crate::route::{Routes, directory, file, two_directories};

/// The usual values of rows here.
const USUAL: DerivedRow = DerivedRow { variables: "$request", ..DerivedRow::USUAL };

const fn of_path(make: MakeKey) -> (Source, MakeKey) {
    (Source::Text(TextField::Path), make)
}

/// `route`: the path with its variable parts named.
pub(super) const ROUTE: DerivedRow = DerivedRow {
    name: "route",
    singular: "route",
    plural: "routes",
    sources: &[of_path(|rules| {
        let routes = rules.routes.clone();
        KeyOf::of(move |path| Some(routes.route(path)).filter(|route| !route.is_empty()))
    })],
    is_learned: true,
    built_in: Some(("routes", Routes::fingerprint)),
    ..USUAL
};

/// `dir`: the first directory.
pub(super) const DIR: DerivedRow = DerivedRow {
    name: "dir",
    singular: "directory",
    plural: "directories",
    sources: &[of_path(|_| KeyOf::of(directory))],
    ..USUAL
};

/// `dir2`: the first two directories.
pub(super) const DIR2: DerivedRow = DerivedRow {
    name: "dir2",
    singular: "subdirectory",
    plural: "subdirectories",
    sources: &[of_path(|_| KeyOf::of(two_directories))],
    ..USUAL
};

/// `file`: the last segment, if it has a dot.
pub(super) const FILE: DerivedRow = DerivedRow {
    name: "file",
    singular: "file name",
    plural: "file names",
    sources: &[of_path(|_| KeyOf::of(file))],
    ..USUAL
};
