//! Advice for logs without request times: the nginx `log_format` that logs them.

use super::NoteCode;
use crate::batch::Fields;
use crate::format::LogFormat;
use crate::report::Note;

/// No input logs request times, and the user can change that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoTimes {
    /// The log's format with `$request_time`; `None` if the format is not one of nginx's, or not known to its end.
    pub(crate) log_format: Option<TimedFormat>,
}

/// A `log_format` of nginx that logs request times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TimedFormat {
    pub(crate) name: String,
    pub(crate) text: String,
    /// True if the configuration has no `log_format` of this name yet, so that `access_log` must name it.
    pub(crate) is_new: bool,
}

impl TimedFormat {
    /// The text as nginx reads it between single quotes.
    pub(crate) fn quoted(&self) -> String {
        self.text.replace('\\', r"\\").replace('\'', r"\'")
    }
}

/// Presets that administrators write into their nginx configuration, without request times.
const OF_NGINX: [&str; 8] = [
    "combined",
    "main",
    "vhost",
    "combined_upstream",
    "main_upstream",
    "vhost_upstream",
    "combined_forwarded",
    "main_forwarded",
];

/// Name of a format whose own name cannot be used: nginx predefines `combined`, and a text has no name.
const NEW_NAME: &str = "timed";

/// A preset that nginx does not write.
const OF_APACHE: &str = "vhost_combined";

/// Returns the advice if no input logs request times. `main` is the format of the most lines. There is no advice for
/// formats of Apache, nor if a note says that a number or text at the end of lines, which may be a request time, is not
/// read.
pub(super) fn no_times(main: Option<&LogFormat>, logged: Fields, notes: &[Note]) -> Option<NoTimes> {
    let may_be_logged = notes.iter().any(|note| matches!(note.code, NoteCode::TimeNotRead | NoteCode::Unread));
    let is_of_apache = |format: &LogFormat| format.read_as().is_some() || format.name() == OF_APACHE;
    let main = main.filter(|_| !logged.intersects(Fields::REQUEST_TIME) && !may_be_logged)?;
    (!is_of_apache(main)).then(|| NoTimes { log_format: timed(main) })
}

/// Adds `$request_time` to a format of nginx.
fn timed(format: &LogFormat) -> Option<TimedFormat> {
    with_variable(format, "$request_time")
}

/// Adds a variable to a format of nginx. `None` if the format is not one of nginx's, or not known to its end.
pub(super) fn with_variable(format: &LogFormat, variable: &str) -> Option<TimedFormat> {
    let name = format.name();
    let is_of_nginx = format.is_given() || OF_NGINX.contains(&name.strip_suffix("_timed").unwrap_or(name));
    let is_visible = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let text = format.nginx_text().filter(|text| is_of_nginx && is_visible(text) && is_visible(format.name()))?;
    // Lists of upstream times stay last: after the address, only the first number is read as the request time.
    let text = match text.strip_suffix(" $upstream_response_time") {
        Some(before) => format!("{before} {variable} $upstream_response_time"),
        None => format!("{text} {variable}"),
    };
    let is_new = format.name() == "combined" || format.name().contains('$');
    let name = if is_new { NEW_NAME } else { format.name() };
    Some(TimedFormat { name: name.to_owned(), text, is_new })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_time_is_added_to_formats_of_nginx() {
        let rows = [
            ("combined", Some(("timed", " \"$http_user_agent\" $request_time", true))),
            ("main", Some(("main", " \"$http_x_forwarded_for\" $request_time", false))),
            ("main_upstream", Some(("main_upstream", " $request_time $upstream_response_time", false))),
            ("$remote_addr $status", Some(("timed", "$remote_addr $status $request_time", true))),
            // Apache's, JSON.
            ("%h %l %u %t \"%r\" %>s", None),
            ("json", None),
            // It cannot be copied from a screen.
            ("$remote_addr \u{1b} $status", None),
        ];
        for (name, expected) in rows {
            let format: LogFormat = name.parse().unwrap();
            let found = timed(&format);
            assert_eq!(found.is_some(), expected.is_some(), "{name}");
            let Some((found, (name, end, is_new))) = found.zip(expected) else { continue };
            assert!(found.name == name && found.text.ends_with(end) && found.is_new == is_new, "{found:?}");
            assert!(found.text.parse::<LogFormat>().unwrap().logs("request_time"));
        }
    }

    #[test]
    fn there_is_no_advice_if_times_may_be_logged_or_apache_writes_the_log() {
        let format: LogFormat = "combined".parse().unwrap();
        assert!(no_times(Some(&format), Fields::STATUS, &[]).unwrap().log_format.is_some());
        assert_eq!(no_times(Some(&format), Fields::REQUEST_TIME, &[]), None);
        for code in [NoteCode::TimeNotRead, NoteCode::Unread] {
            assert_eq!(no_times(Some(&format), Fields::STATUS, &[Note::new(code, "not read")]), None, "{code:?}");
        }
        assert_eq!(no_times(None, Fields::STATUS, &[]), None);
        let json: LogFormat = "json".parse().unwrap();
        assert_eq!(no_times(Some(&json), Fields::STATUS, &[]), Some(NoTimes { log_format: None }));
        for name in [OF_APACHE, "%h %l %u %t \"%r\" %>s"] {
            let format: LogFormat = name.parse().unwrap();
            assert_eq!(no_times(Some(&format), Fields::STATUS, &[]), None, "{name}");
        }
    }
}
