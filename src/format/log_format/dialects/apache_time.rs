//! Translates Apache's `%{format}t`, for times that nginx also writes.
//!
//! Several directives may write one time: `%{%d/%b/%Y:%H:%M:%S}t.%{msec_frac}t %{%z}t`. They are read as one.

/// `strftime` formats, each with the variable whose values look like its output. `{sec}` and the like are Apache's own
/// words.
const TIMES: &[(&str, &str)] = &[
    ("%d/%b/%Y:%H:%M:%S %z", "$time_local"),
    ("%d/%b/%Y:%H:%M:%S", "$time_local"),
    ("%Y-%m-%dT%H:%M:%S%z", "$time_iso8601"),
    ("%Y-%m-%dT%H:%M:%SZ", "$time_iso8601"),
    ("%Y-%m-%dT%H:%M:%S", "$time_iso8601"),
    ("%Y-%m-%d %H:%M:%S", "$time_iso8601"),
    ("%Y-%m-%d %H:%M:%S %z", "$time_iso8601"),
    ("%Y-%m-%d %H:%M:%S%z", "$time_iso8601"),
    ("%s", "$msec"),
    ("{sec}", "$msec"),
    ("{msec}", "$msec"),
    ("{usec}", "$msec"),
];

/// Apache's own words in the braces; anything else is a `strftime` format.
const WORDS: [&str; 5] = ["sec", "msec", "usec", "msec_frac", "usec_frac"];

/// Characters that may surround a time.
const AROUND: [char; 3] = ['[', ']', '"'];

/// Translates the time that begins at `at`, and returns its end. On an error, returns the place and the message.
pub(in crate::format) fn translate(text: &str, at: usize) -> Result<(String, usize), (usize, String)> {
    let mut found = None;
    let (mut time, mut next) = (String::new(), at);
    // Take as many directives as possible that form a known time.
    while let Some((braces, end)) = directive(&text[next..]) {
        time += &normal(braces);
        next += end;
        if let Some(words) = known(&time) {
            found = Some((words, next));
        }
        let between = text[next..].find('%').unwrap_or(text.len() - next);
        time += &text[next..next + between];
        next += between;
    }
    found.ok_or_else(|| {
        let what = "unsupported time format; supported: %d/%b/%Y:%H:%M:%S %z, %Y-%m-%dT%H:%M:%S%z, %Y-%m-%d %H:%M:%S, \
                    sec, msec and usec";
        (at, what.to_owned())
    })
}

/// The text in the braces of a `%{…}t` at the beginning of `text`, and the directive's length.
fn directive(text: &str) -> Option<(&str, usize)> {
    let (braces, behind) = text.strip_prefix("%{")?.split_once('}')?;
    behind.starts_with('t').then_some((braces, braces.len() + "%{}t".len()))
}

/// A `strftime` format with its short forms expanded.
fn normal(braces: &str) -> String {
    let format = braces.strip_prefix("begin:").or_else(|| braces.strip_prefix("end:")).unwrap_or(braces);
    if WORDS.contains(&format) {
        return format!("{{{format}}}");
    }
    format.replace("%T", "%H:%M:%S").replace("%F", "%Y-%m-%d").replace("%h", "%b")
}

/// Translates a time and keeps the characters around it. A fraction of a second is dropped, as in lines.
fn known(time: &str) -> Option<String> {
    let inner = time.trim_matches(AROUND);
    let from = inner.as_ptr() as usize - time.as_ptr() as usize;
    let whole = inner.replace(".{msec_frac}", "").replace(".{usec_frac}", "");
    let (_, variable) = TIMES.iter().find(|(format, _)| *format == whole)?;
    Some(format!("{}{variable}{}", &time[..from], &time[from + inner.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_directives_form_one_time() {
        for (text, expected) in [
            ("%{%d/%b/%Y:%H:%M:%S %z}t", "$time_local"),
            ("%{%d/%b/%Y:%T %z}t", "$time_local"),
            ("%{[%d/%b/%Y:%H:%M:%S %z]}t", "[$time_local]"),
            ("%{%d/%b/%Y:%H:%M:%S}t.%{msec_frac}t %{%z}t", "$time_local"),
            ("%{begin:%FT%T}t.%{usec_frac}t%{%z}t", "$time_iso8601"),
            ("%{%FT%TZ}t", "$time_iso8601"),
            ("%{%F %T}t", "$time_iso8601"),
            ("%{sec}t.%{msec_frac}t", "$msec"),
            ("%{end:msec}t", "$msec"),
            ("%{usec}t", "$msec"),
            ("%{%s}t", "$msec"),
        ] {
            assert_eq!(translate(text, 0), Ok((expected.to_owned(), text.len())), "{text}");
        }
        assert_eq!(translate("%{sec}t %{%H}t", 0), Ok(("$msec".to_owned(), "%{sec}t".len())));
        assert_eq!(translate("x %{%F}t %{%T}t|%h", 2), Ok(("$time_iso8601".to_owned(), "x %{%F}t %{%T}t".len())));
    }

    #[test]
    fn times_without_a_date_are_rejected() {
        for text in ["%{%H:%M:%S}t", "%{%c}t", "%{msec_frac}t", "%{}t"] {
            assert_eq!(translate(text, 0).unwrap_err().0, 0, "{text}");
        }
    }
}
