//! The fields of databases that are dimensions, and where databases have them.

/// A field of an address in a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GeoField {
    /// The country's two letters (ISO 3166-1).
    Country,
    /// The city's name in English.
    City,
    /// The number of the autonomous system: `AS64500`.
    Asn,
    /// The organization that runs the autonomous system.
    Org,
}

/// A path in a record.
pub(super) type Path = &'static [&'static str];

/// A row of the table of fields.
struct Row {
    field: GeoField,
    /// Name of the dimension.
    name: &'static str,
    /// Words in the type of a database that has the field, in lower case. DB-IP and others use MaxMind's words.
    types: &'static [&'static str],
    /// Places in the records of MaxMind and DB-IP: the first that exists is used.
    paths: &'static [Path],
    /// Places in the records of IPinfo, which have one level.
    flat: &'static [Path],
}

/// THE TABLE of fields.
const ROWS: [Row; 4] = [
    Row {
        field: GeoField::Country,
        name: "country",
        types: &["country", "city", "enterprise"],
        paths: &[&["country", "iso_code"]],
        flat: &[&["country_code"], &["country"]],
    },
    Row {
        field: GeoField::City,
        name: "city",
        types: &["city", "enterprise"],
        paths: &[&["city", "names", "en"]],
        flat: &[&["city"]],
    },
    Row {
        field: GeoField::Asn,
        name: "asn",
        types: &["asn", "isp", "enterprise"],
        paths: &[&["autonomous_system_number"], &["traits", "autonomous_system_number"]],
        flat: &[&["asn"]],
    },
    Row {
        field: GeoField::Org,
        name: "org",
        types: &["asn", "isp", "enterprise"],
        paths: &[&["autonomous_system_organization"], &["traits", "autonomous_system_organization"]],
        flat: &[&["as_name"], &["name"]],
    },
];

impl GeoField {
    /// Returns every field.
    pub fn all() -> impl Iterator<Item = GeoField> {
        ROWS.iter().map(|row| row.field)
    }

    /// Name of the dimension: `country`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    fn row(self) -> &'static Row {
        ROWS.iter().find(|row| row.field == self).expect("every field has a row")
    }

    /// True if databases of this type, in lower case, have the field.
    pub(super) fn is_in_type(self, kind: &str) -> bool {
        self.row().types.iter().any(|word| kind.contains(word))
    }

    /// Places of the field in a record.
    pub(super) fn paths(self, is_flat: bool) -> &'static [Path] {
        if is_flat { self.row().flat } else { self.row().paths }
    }
}
