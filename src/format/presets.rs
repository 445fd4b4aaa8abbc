//! The formats that have a name. A preset is the text of a `log_format`, nothing else.

const COMMON: &str = r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent"#;

/// What stands in the middle of all presets but `common`.
macro_rules! combined {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent""#,
            $after
        )
    };
}

/// nginx's own.
pub(crate) const COMBINED: &str = combined!("", "");

/// Name and text of each.
pub(crate) const PRESETS: [(&str, &str); 7] = [
    ("combined", COMBINED),
    ("common", COMMON),
    ("main", combined!("", r#" "$http_x_forwarded_for""#)),
    ("vhost", combined!("$host ", "")),
    ("combined_timed", combined!("", " $request_time")),
    ("main_timed", combined!("", r#" "$http_x_forwarded_for" $request_time"#)),
    ("vhost_timed", combined!("$host ", " $request_time")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_are_unique_and_compile() {
        for (i, (name, text)) in PRESETS.iter().enumerate() {
            assert!(crate::format::log_format::parse(text).is_ok());
            assert!(PRESETS[..i].iter().all(|(n, t)| n != name && t != text));
        }
    }

    #[test]
    fn common_is_the_beginning_of_combined() {
        assert!(COMBINED.starts_with(COMMON));
    }
}
