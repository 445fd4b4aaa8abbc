//! The sections of a report.

/// A part of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Section {
    /// All hits together.
    Summary,
    /// Hits by time.
    Timeline,
    /// Hits by status code.
    Status,
    /// Static against dynamic.
    Class,
    /// Rankings.
    Top,
    /// How long requests took.
    Latency,
    /// The account of lines and the warnings, in formats that are lists of numbers. Other formats always have them.
    Ledger,
}

/// THE TABLE of sections: what a user types for each.
const SECTIONS: [(Section, &str); 7] = [
    (Section::Summary, "summary"),
    (Section::Timeline, "timeline"),
    (Section::Status, "status"),
    (Section::Class, "class"),
    (Section::Top, "top"),
    (Section::Latency, "latency"),
    (Section::Ledger, "ledger"),
];

impl Section {
    /// Every section, in the order of a report.
    pub fn all() -> impl Iterator<Item = Section> {
        SECTIONS.iter().map(|(section, _)| *section)
    }

    /// What a user types: `timeline`.
    pub fn name(self) -> &'static str {
        SECTIONS.iter().find(|(section, _)| *section == self).map(|(_, name)| *name).expect("every section has its row")
    }
}
