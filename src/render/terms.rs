//! Headings. Many readers know requests and visitors by only one of their two names, so the first table, and each page,
//! has both.

/// Headings of requests: with the abbreviation, in full, and abbreviated.
pub(super) const REQUESTS: [&str; 3] = ["Requests (PV)", "Requests", "PV"];

/// Headings of visitors, likewise.
pub(super) const VISITORS: [&str; 3] = ["Visitors (UV)", "Visitors", "UV"];

/// Labels of the requests and visitors of people, below those of all: in full, and for narrow pages.
#[cfg(any(feature = "html", feature = "table"))]
pub(super) const WITHOUT_BOTS: [&str; 3] = ["without bots", "people", "people"];

/// Form of a heading, from the longest to the shortest.
#[cfg(feature = "table")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    /// `Requests (PV)`
    WithAbbreviation,
    /// `Requests`
    Full,
    /// `PV`
    Abbreviated,
}

#[cfg(feature = "table")]
impl Form {
    /// This form and the shorter ones.
    pub(super) fn or_shorter(self) -> impl Iterator<Item = Form> {
        [Form::WithAbbreviation, Form::Full, Form::Abbreviated].into_iter().filter(move |form| *form >= self)
    }
}

/// Heading over the keys of a dimension or a time unit. Names of variables stay as nginx writes them.
pub(super) fn key_heading(name: &str) -> String {
    match name {
        "ip" => "Address".to_owned(),
        "agent" => "User agent".to_owned(),
        "class" => "Kind".to_owned(),
        variable if variable.contains('_') => variable.to_owned(),
        name => {
            let words = name.replace('-', " ");
            let mut letters = words.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_plain_headings() {
        for (name, expected) in [
            ("path", "Path"),
            ("ip", "Address"),
            ("class", "Kind"),
            ("hour-of-day", "Hour of day"),
            ("upstream_addr", "upstream_addr"),
            ("", ""),
        ] {
            assert_eq!(key_heading(name), expected);
        }
    }
}
