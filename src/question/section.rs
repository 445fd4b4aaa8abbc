//! The sections of a report.

/// A section of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Section {
    /// All hits together.
    Summary,
    /// Hits by time.
    Timeline,
    /// Hits by status code.
    Status,
    /// Static and dynamic hits. Users type `kind`, and JSON has `class`.
    Class,
    /// Classes of bots, and the bots with the most hits. Only shown if it is asked for, by name or with
    /// [`Showing::bots`](crate::Showing).
    Bots,
    /// Rankings.
    Top,
    /// Request times.
    Latency,
    /// The numbers of lines by outcome and the warnings, in output formats that are lists of numbers. Other formats
    /// always have them.
    Ledger,
}

/// THE TABLE of sections, and the name that a user types for each.
const SECTIONS: [(Section, &str); 8] = [
    (Section::Summary, "summary"),
    (Section::Timeline, "timeline"),
    (Section::Status, "status"),
    (Section::Class, "kind"),
    (Section::Bots, "bots"),
    (Section::Top, "top"),
    (Section::Latency, "latency"),
    (Section::Ledger, "ledger"),
];

impl Section {
    /// Returns every section, in the order of a report.
    pub fn all() -> impl Iterator<Item = Section> {
        SECTIONS.iter().map(|(section, _)| *section)
    }

    /// The section with this name. `class`, which `kind` is in JSON, is accepted too.
    ///
    /// ```
    /// use logstat::Section;
    /// assert_eq!(Section::named("class"), Section::named("kind"));
    /// assert_eq!(Section::named("timelines"), None);
    /// ```
    pub fn named(name: &str) -> Option<Section> {
        let name = if name == "class" { "kind" } else { name };
        Section::all().find(|section| section.name() == name)
    }

    /// Name that a user types: `timeline`.
    pub fn name(self) -> &'static str {
        SECTIONS.iter().find(|(section, _)| *section == self).map(|(_, name)| *name).expect("every section has a row")
    }
}
