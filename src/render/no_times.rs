//! Advice for logs without request times, for formats that people read.

use crate::report::{NoTimes, TimedFormat};

/// Returns the advice as a sentence. If it ends with a colon, the lines of [`directive`] follow.
pub(super) fn sentence(no_times: &NoTimes) -> &'static str {
    match &no_times.log_format {
        Some(TimedFormat { is_new: true, .. }) => {
            "This log has no request times. To record them, use this log_format in nginx's access_log:"
        }
        Some(TimedFormat { is_new: false, .. }) => {
            "This log has no request times. To record them, add $request_time to nginx's log_format:"
        }
        None => "This log has no request times. If nginx writes it, add $request_time to its log_format.",
    }
}

/// Returns the `log_format` directive in lines of at most `columns`, if its words allow that. nginx joins the quoted
/// texts: <https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format>.
pub(super) fn directive(format: &TimedFormat, columns: usize) -> Vec<String> {
    let begin = format!("log_format {} ", format.name);
    let quoted = format.quoted();
    let mut parts: Vec<String> = Vec::new();
    // Both quotes and the semicolon need room.
    let room = columns.saturating_sub(begin.chars().count() + 3);
    for word in quoted.split_inclusive(' ') {
        match parts.last_mut() {
            Some(part) if part.chars().count() + word.chars().count() <= room => part.push_str(word),
            _ => parts.push(word.to_owned()),
        }
    }
    let last = parts.len().saturating_sub(1);
    let line = |(i, part): (usize, String)| {
        let before = if i == 0 { begin.clone() } else { " ".repeat(begin.chars().count()) };
        format!("{before}'{part}'{}", if i == last { ";" } else { "" })
    };
    parts.into_iter().enumerate().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directive_is_broken_into_quoted_texts() {
        let format = |text: &str| TimedFormat { name: "timed".to_owned(), text: text.to_owned(), is_new: true };
        let text = "$remote_addr [$time_local] \"$request\" $status it's \\ $request_time";
        let lines = [
            "log_format timed '$remote_addr [$time_local] '",
            "                 '\"$request\" $status it\\'s \\\\ '",
            "                 '$request_time';",
        ];
        assert_eq!(directive(&format(text), 48), lines);
        assert_eq!(directive(&format("$status $request_time"), 80), ["log_format timed '$status $request_time';"]);
        assert_eq!(directive(&format("$a $b"), 3).len(), 2, "a word is never broken");
    }
}
