//! Explains why a format lost, by the criteria of detection in their order.

use serde::{Serialize, Serializer};

use super::Lost;
use super::shown::Shown;
use crate::format::{Considered, LogFormat, RejectReason};
use crate::text::printable;

/// Kind of reason why a format was not chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LostCode {
    /// The values of its address field are not addresses.
    NoAddresses,
    /// The values of its host field are not host names.
    NoHosts,
    /// The number at the end of the lines is not the value that the format names.
    NoTime,
    /// Its user field would contain other fields.
    NoUsers,
    /// It has a list of addresses, but no line has more than one address.
    NoLists,
    /// It reads fewer lines to their end.
    FewerWhole,
    /// It reads fewer lines.
    FewerLines,
    /// The nginx configuration does not use it for the file.
    NotConfigured,
    /// It has fewer fields.
    FewerFields,
    /// It is equal, but comes later in the list of formats.
    Later,
}

/// THE TABLE of codes.
const CODES: [(LostCode, &str); 10] = [
    (LostCode::NoAddresses, "no-addresses"),
    (LostCode::NoHosts, "no-hosts"),
    (LostCode::NoTime, "no-time"),
    (LostCode::NoUsers, "no-users"),
    (LostCode::NoLists, "no-lists"),
    (LostCode::FewerWhole, "fewer-whole"),
    (LostCode::FewerLines, "fewer-lines"),
    (LostCode::NotConfigured, "not-configured"),
    (LostCode::FewerFields, "fewer-fields"),
    (LostCode::Later, "later"),
];

impl LostCode {
    /// Returns all codes.
    pub fn all() -> impl Iterator<Item = LostCode> {
        CODES.iter().map(|(code, _)| *code)
    }

    /// Name of the code in JSON: `fewer-lines`.
    pub fn name(self) -> &'static str {
        CODES[self as usize].1
    }
}

impl Serialize for LostCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// All formats, and the indices of those that are configured for the file.
pub(super) struct Formats<'f> {
    pub(super) all: &'f [LogFormat],
    pub(super) own: &'f [usize],
}

impl Formats<'_> {
    /// Returns the reason why `best` was chosen and not `other`.
    pub(super) fn lost(&self, shown: &Shown<'_>, best: &Considered, other: &Considered, sampled: usize) -> Lost {
        let format = &self.all[other.format];
        if let Some(rejected) = other.rejected {
            return self.rejected(shown, rejected, other);
        }
        let chosen = &self.all[best.format];
        let is_own = |format: usize| self.own.contains(&format);
        let counts = |considered: &Considered| (considered.survey.whole, considered.survey.fits);
        let (code, text) = if is_own(best.format) && !is_own(other.format) && counts(other) >= counts(best) {
            let these =
                if counts(other) > counts(best) { "matches more of these lines" } else { "matches these lines too" };
            let name = printable(chosen.name().as_bytes());
            let why = if format.is_given() {
                format!("the configuration says {name}")
            } else {
                "is not configured".to_owned()
            };
            (LostCode::NotConfigured, format!("{these}, but {why}"))
        } else if other.survey.whole < best.survey.whole {
            let whole = other.survey.whole;
            (LostCode::FewerWhole, format!("matches fewer lines completely ({whole} of {sampled})"))
        } else if other.survey.fits < best.survey.fits {
            (LostCode::FewerLines, format!("matches fewer lines ({} of {sampled})", other.survey.fits))
        } else if format.variables() < chosen.variables() {
            let (fields, more) = (format.variables(), chosen.variables());
            (LostCode::FewerFields, format!("matches these lines too, but has fewer fields ({fields} of {more})"))
        } else {
            (LostCode::Later, "matches these lines too, but comes later in the list of formats".to_owned())
        };
        Lost { code, text }
    }

    fn rejected(&self, shown: &Shown<'_>, rejected: RejectReason, other: &Considered) -> Lost {
        let format = &self.all[other.format];
        let (code, text) = match rejected {
            RejectReason::Addresses => {
                let example = shown.text(other.survey.odd_address.as_deref().unwrap_or_default());
                let subject = if format.has_keys() {
                    "its address".to_owned()
                } else {
                    format!("its ${}", format.address_variable())
                };
                (LostCode::NoAddresses, format!("{subject} would be \"{example}\", which is not an address"))
            }
            RejectReason::Hosts => (LostCode::NoHosts, "most of its hosts would not be host names".to_owned()),
            RejectReason::NoLists => {
                (LostCode::NoLists, format!("no ${} has more than one address", format.address_variable()))
            }
            RejectReason::NoTime => {
                (LostCode::NoTime, format!("the number at the end of the lines is not ${}", format.last_field()))
            }
            RejectReason::Users => (LostCode::NoUsers, "its $remote_user would hold other fields".to_owned()),
        };
        Lost { code, text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::{Explained, explain};
    use crate::{Engine, Input, Question};

    #[test]
    fn every_code_has_one_table_row() {
        for (i, (code, name)) in CODES.iter().enumerate() {
            assert_eq!(code.name(), *name);
            assert!(CODES[..i].iter().all(|(_, other)| other != name), "{name}");
        }
    }

    const COMBINED: &str = r#"1.2.3.4 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 12 "-" "curl""#;

    /// Returns the formats that came first and second for these lines, and why the second lost.
    fn first_two(formats: &[&str], lines: &[String]) -> (String, String, &'static str) {
        let question = Question::new().log_formats(formats.iter().map(|format| format.parse().unwrap()));
        let inputs = vec![Input::reader("a.log", std::io::Cursor::new(lines.join("\n").into_bytes()))];
        let Explained { explanation, .. } = explain(&question, inputs, &Engine::default()).unwrap();
        let input = explanation.inputs.into_iter().next().unwrap();
        let format = input.format.map_or_else(|| "none".to_owned(), |format| format.name);
        let other = input.runner_up.unwrap();
        (format, other.format.name, other.lost.code.name())
    }

    #[test]
    fn runner_up_lost_by_the_criteria_of_detection() {
        let with = |after: &str| format!("{COMBINED}{after}");
        let three = |line: &str| vec![line.to_owned(); 3];
        let users: Vec<_> =
            (1..=4).map(|i| format!("a{i}.example {}", COMBINED.replace("1.2.3.4", &format!("1.2.3.{i}")))).collect();
        for (formats, lines, expected) in [
            (&["combined", "common"][..], three(COMBINED), ("combined", "common", "fewer-whole")),
            (&["combined", "common"][..], vec![with(""), with(" x")], ("combined", "common", "fewer-whole")),
            (
                &["$remote_addr $args", "$remote_addr $status"][..],
                vec!["1.2.3.4 200".to_owned(), "1.2.3.4 x".to_owned()],
                ("$remote_addr $args", "$remote_addr $status", "fewer-whole"),
            ),
            (
                &["$remote_addr $args", "$remote_addr $args $host"][..],
                vec!["1.2.3.4 a b".to_owned(); 2],
                ("$remote_addr $args $host", "$remote_addr $args", "fewer-fields"),
            ),
            (
                &["$remote_addr $args", "$remote_addr $http_x"][..],
                vec!["1.2.3.4 a b".to_owned(); 2],
                ("$remote_addr $args", "$remote_addr $http_x", "later"),
            ),
            (&[][..], users, ("vhost", "combined_forwarded", "no-addresses")),
            (
                &[][..],
                [vec![format!("shop.example {COMBINED}")], vec![COMBINED.to_owned(); 70]].concat(),
                ("combined", "vhost", "fewer-whole"),
            ),
            (&[][..], three(&with(" 12.5")), ("combined", "common", "fewer-fields")),
        ] {
            let (first, second, code) = first_two(formats, &lines);
            assert_eq!((first.as_str(), second.as_str(), code), expected, "{formats:?} {}", lines[0]);
        }
    }
}
