//! Error messages for times, with what to type instead.

use logstat::{Date, Moment, MomentError};

use super::messages::shown;
use super::names;
use super::wrapped::wrapped;

/// True if a text is a value of this type.
pub(crate) fn is<T: std::str::FromStr>(text: &str) -> bool {
    text.parse::<T>().is_ok()
}

/// The error message for a time, with examples of valid ones.
pub(crate) fn moment_error(error: MomentError, text: &str, option: &str, is_example: impl Fn(&str) -> bool) -> String {
    if error != MomentError::Shape {
        let start = format!("{option} {}: ", shown(text));
        return match (error, year_first(text)) {
            (MomentError::Ambiguous, Some(date)) => {
                format!("{start}write the year first:  {option} {}", quoted(&date))
            }
            (MomentError::NoDate, _) if is::<Moment>(text) => {
                let length = quoted(text.trim().trim_start_matches('-'));
                format!("{start}{error}\n  for the period since then:  --since {length}")
            }
            _ => format!("{start}{error}"),
        };
    }
    let words: Vec<String> = ["last".to_owned()].into_iter().chain(Moment::words()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| is_example(word)).collect();
    let last = is_example("last").then_some("last");
    let examples: Vec<String> =
        last.into_iter().chain(Moment::examples()).filter(|text| is_example(text)).map(quoted).collect();
    let examples: Vec<&str> = examples.iter().map(String::as_str).collect();
    format!(
        "unknown time '{}' for {option}{}\n{}",
        shown(text),
        names::suggestion(text, &words),
        wrapped(&examples, "  times: ")
    )
}

fn quoted(text: &str) -> String {
    if text.contains(' ') { format!("'{}'", shown(text)) } else { shown(text) }
}

/// `2026-11-14` for `14/11/2026` and `11/14/2026`; `None` if both numbers could be the month.
fn year_first(text: &str) -> Option<String> {
    let text = text.trim();
    let (date, rest) = text.split_at(text.find([' ', 'T', ':']).unwrap_or(text.len()));
    let parts: Vec<u16> = date.split(['/', '-', '.']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [one, two, year] = parts[..] else { return None };
    let (month, day) = match (one > 12, two > 12) {
        (true, false) => (two, one),
        (false, true) => (one, two),
        _ => return None,
    };
    let date = format!("{year:04}-{month:02}-{day:02}");
    let whole = format!("{date}{rest}");
    if !is::<Date>(&date) {
        return None;
    }
    Some(if is::<Moment>(&whole) { whole } else { date })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_can_be_read_in_one_way_only_are_written_year_first() {
        let rows = [
            ("14/11/2026", Some("2026-11-14")),
            ("11/14/2026", Some("2026-11-14")),
            ("11-14-2026", Some("2026-11-14")),
            ("1/31/2026 08:30", Some("2026-01-31 08:30")),
            ("04/05/2026", None),
            ("14/14/2026", None),
            ("31/2/2026", None),
            ("14/11", None),
        ];
        for (text, expected) in rows {
            assert_eq!(year_first(text).as_deref(), expected, "{text}");
        }
    }
}
