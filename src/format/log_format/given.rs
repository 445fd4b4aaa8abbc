//! Parses the text that a user types for `--log-format` as nginx would: escapes, quoted parts, `escape=`, a whole
//! `log_format` directive. Apache's `%` formats are passed to `dialects/apache.rs`.

use nginx_conf::words::{self, BadWord, Span};

use super::format_error::FormatError;
use super::nginx_escape::NginxEscape;
use crate::format::log_format::dialects::apache;

/// A format as nginx sees it after reading its configuration, and the place in the typed text that each byte comes
/// from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::format) struct Given<'t> {
    typed: &'t str,
    /// The name that the directive gives the format.
    name: Option<String>,
    /// True if the text is in quoted parts.
    has_parts: bool,
    /// All parts joined, with escapes undone and Apache's letters translated to nginx's variables.
    pub(in crate::format) text: String,
    /// The place in `typed` of each byte of `text`.
    places: Vec<usize>,
    /// `None` if the text does not name it.
    pub(in crate::format) escape: Option<NginxEscape>,
    /// True if `text` was translated from Apache's letters.
    pub(in crate::format) is_apache: bool,
}

impl<'t> Given<'t> {
    /// Reads a text that is not the name of a format.
    pub(in crate::format) fn read(typed: &'t str) -> Result<Given<'t>, FormatError> {
        let mut given = Given {
            typed,
            name: None,
            has_parts: false,
            text: String::new(),
            places: Vec::new(),
            escape: None,
            is_apache: false,
        };
        let start = words::after_space(typed.as_bytes(), 0);
        match first_word(&typed[start..]) {
            "log_format" => given.directive(start + "log_format".len())?,
            word if word.eq_ignore_ascii_case("LogFormat") => given.apache_directive(start + word.len())?,
            _ => given.plain(start)?,
        }
        if apache::is_apache(&given.text) {
            let translated = apache::translate(&given.text);
            let (text, places) = translated.map_err(|(at, what)| given.error(at, what))?;
            given.places = places.into_iter().map(|at| given.place(at)).collect();
            given.text = text;
            given.is_apache = true;
        }
        Ok(given)
    }

    /// The name of the directive; otherwise the text. The text is shown as the user typed it, unless it is in quoted
    /// parts, which are joined.
    pub(in crate::format) fn shown(&self) -> &str {
        match &self.name {
            Some(name) => name,
            None if self.has_parts => &self.text,
            None => self.typed,
        }
    }

    /// True for a whole directive, which has a name.
    pub(in crate::format) fn is_directive(&self) -> bool {
        self.name.is_some()
    }

    /// An error at a byte of `text`, shown at its place in the typed text.
    pub(in crate::format) fn error(&self, at: usize, what: String) -> FormatError {
        self.typed_error(self.place(at), what)
    }

    fn place(&self, at: usize) -> usize {
        self.places.get(at).copied().unwrap_or(self.typed.len())
    }

    fn typed_error(&self, at: usize, what: impl Into<String>) -> FormatError {
        FormatError { text: self.typed.to_owned(), at: at.min(self.typed.len()), what: what.into() }
    }

    /// Reads `log_format NAME [escape=…] PART… ;`, starting after its first word.
    fn directive(&mut self, at: usize) -> Result<(), FormatError> {
        let (words, end) = self.words(at)?;
        let words = match &words[..] {
            [name, words @ ..] if !words.is_empty() => {
                self.name = Some(words::unescaped(self.raw(name)).map(|(_, byte)| byte).collect::<Vec<_>>())
                    .map(|name| String::from_utf8_lossy(&name).into_owned());
                words
            }
            _ => return Err(self.typed_error(end, "expected a name, then the text: log_format NAME '$…';")),
        };
        let words = match words {
            [first, rest @ ..] if first.quote.is_none() && self.raw(first).starts_with(ESCAPE.as_bytes()) => {
                self.escape = Some(self.escape_of(*first)?);
                rest
            }
            words => words,
        };
        words.iter().for_each(|word| self.push(word.start, word.end));
        Ok(())
    }

    /// Reads Apache's `LogFormat "…" [NAME]`, starting after its first word.
    fn apache_directive(&mut self, at: usize) -> Result<(), FormatError> {
        let (words, end) = self.words(at)?;
        let [text, rest @ ..] = &words[..] else {
            return Err(self.typed_error(end, "expected the text, then a name: LogFormat \"%h …\" NAME"));
        };
        if let [name, ..] = rest {
            self.name = Some(String::from_utf8_lossy(self.raw(name)).into_owned());
        }
        self.push(text.start, text.end);
        Ok(())
    }

    /// Reads `[escape=…] TEXT`. The text is as it appears in the log, or in quoted parts.
    fn plain(&mut self, start: usize) -> Result<(), FormatError> {
        let mut rest = 0;
        let word = words::word(self.typed.as_bytes(), start).ok().filter(|word| word.quote.is_none());
        if let Some(word) = word
            && let Some(name) = self.raw(&word).strip_prefix(ESCAPE.as_bytes())
            && name.iter().all(u8::is_ascii_alphanumeric)
        {
            self.escape = Some(self.escape_of(word)?);
            rest = words::after_space(self.typed.as_bytes(), word.next);
        }
        match self.quoted_parts(rest) {
            Some(parts) => {
                self.has_parts = true;
                parts.iter().for_each(|part| self.push(part.start, part.end));
            }
            None => self.push(rest, self.typed.len()),
        }
        Ok(())
    }

    /// Returns the parts if the whole text consists of quoted parts, as in an nginx.conf.
    ///
    /// Log lines may contain quotes themselves: those in `"$remote_addr" "$status"` belong to the format. Parts in double
    /// quotes therefore count as parts only if there are several of them, or if they contain escapes. There must be a
    /// separator wherever two of them meet.
    fn quoted_parts(&self, start: usize) -> Option<Vec<Span>> {
        let (parts, _) = self.words(start).ok()?;
        let is_double = |part: &Span| part.quote == Some(b'"');
        let has_escape = |part: &Span| self.raw(part).contains(&b'\\');
        let are_meant = parts.iter().all(|part| part.quote.is_some())
            && (parts.len() > 1 || parts.iter().all(|part| !is_double(part) || has_escape(part)))
            && parts.windows(2).all(|pair| {
                let (left, right) = (self.raw(&pair[0]), self.raw(&pair[1]));
                if pair.iter().all(is_double) { separates(left, right) } else { !variables_meet(left, right) }
            });
        (are_meant && !parts.is_empty()).then_some(parts)
    }

    /// The words from `at` to `;` or the end of the text, and the place where they end. Nothing may follow the `;`.
    fn words(&self, at: usize) -> Result<(Vec<Span>, usize), FormatError> {
        let text = self.typed.as_bytes();
        let (mut at, mut words) = (words::after_space(text, at), Vec::new());
        loop {
            match text.get(at) {
                None => return Ok((words, at)),
                Some(b';') => {
                    let behind = words::after_space(text, at + 1);
                    if behind < text.len() {
                        return Err(self.typed_error(
                            behind,
                            "text after the ';': give each format in an option of its \
                             own",
                        ));
                    }
                    return Ok((words, at));
                }
                Some(brace @ (b'{' | b'}')) => {
                    return Err(self.typed_error(at, format!("unexpected '{}': quote the text", char::from(*brace))));
                }
                Some(_) => {}
            }
            let word = words::word(text, at).map_err(|bad| match bad {
                BadWord::Open(at) => {
                    self.typed_error(at, format!("the {} that opens here is not closed", char::from(text[at])))
                }
                BadWord::Unseparated(at) => {
                    self.typed_error(at, "unexpected text after a closing quote: a space or ';' is missing")
                }
            })?;
            at = words::after_space(text, word.next);
            words.push(word);
        }
    }

    fn raw(&self, word: &Span) -> &'t [u8] {
        &self.typed.as_bytes()[word.start..word.end]
    }

    fn escape_of(&self, word: Span) -> Result<NginxEscape, FormatError> {
        let name = self.raw(&word).strip_prefix(ESCAPE.as_bytes()).unwrap_or_default();
        let known = [NginxEscape::Default, NginxEscape::Json, NginxEscape::None];
        known
            .into_iter()
            .find(|escape| escape.name().as_bytes() == name)
            .ok_or_else(|| self.typed_error(word.start + ESCAPE.len(), "unknown escaping; known: default, json, none"))
    }

    /// Appends the typed text from `start` to `end`, with escapes undone.
    fn push(&mut self, start: usize, end: usize) {
        let raw = &self.typed.as_bytes()[start..end];
        let (places, bytes): (Vec<usize>, Vec<u8>) = words::unescaped(raw).unzip();
        self.places.extend(places.into_iter().map(|place| start + place));
        // Escapes are ASCII, so undoing them keeps the text valid UTF-8.
        self.text += &String::from_utf8_lossy(&bytes);
    }
}

const ESCAPE: &str = "escape=";

fn first_word(text: &str) -> &str {
    text.split(|c: char| c.is_ascii_whitespace()).next().unwrap_or_default()
}

/// True if white space or punctuation stands where two parts meet.
fn separates(left: &[u8], right: &[u8]) -> bool {
    let is_separator = |byte: &u8| byte.is_ascii_whitespace() || b"|,;{".contains(byte);
    let ends_with_tab = left.ends_with(br"\t") || left.last().is_some_and(is_separator);
    ends_with_tab || right.starts_with(br"\t") || right.first().is_some_and(|b| is_separator(b) || *b == b'}')
}

/// True if the left part ends with a variable and the right part begins with one.
fn variables_meet(left: &[u8], right: &[u8]) -> bool {
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'{' | b'}');
    let name = left.iter().rev().take_while(|byte| is_of_name(byte)).count();
    name > 0 && left[..left.len() - name].ends_with(b"$") && right.starts_with(b"$")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(typed: &str) -> String {
        Given::read(typed).unwrap().text
    }

    #[test]
    fn text_is_parsed_as_nginx_parses_it() {
        for (typed, expected) in [
            ("$remote_addr|$status", "$remote_addr|$status"),
            (r"time:$time_local\thost:$host", "time:$time_local\thost:$host"),
            (r#"$status \"$request\" \\ \d \'"#, r#"$status "$request" \ \d '"#),
            ("'$remote_addr - ' '[$time_local]'", "$remote_addr - [$time_local]"),
            (
                "'$remote_addr - '\n    '[$time_local] ' # time\n'\"$request\"';",
                "$remote_addr - [$time_local] \"$request\"",
            ),
            (r#""$remote_addr - " "[$time_local] \"$request\"""#, "$remote_addr - [$time_local] \"$request\""),
            (r#"'$status "$request"' "#, "$status \"$request\""),
            (r#""$host\t" "\"$request\"""#, "$host\t\"$request\""),
            ("log_format a $remote_addr '|' $status;", "$remote_addr|$status"),
            ("  log_format a '$status';  # the end", "$status"),
            ("log_format a\n  # addresses first\n  '$remote_addr '\n  '$status'", "$remote_addr $status"),
            ("escape=none $host  $status ", "$host  $status "),
            ("escape=json '$host ' '$status'", "$host $status"),
            (r#"log_format j escape=json '{' '"a":"$status"' '}';"#, r#"{"a":"$status"}"#),
        ] {
            assert_eq!(text_of(typed), expected, "{typed}");
        }
    }

    #[test]
    fn quotes_in_log_lines_do_not_delimit_parts() {
        for typed in [
            r#""$remote_addr" "$status""#,
            r#""$remote_addr" "[$time_local]" "$request""#,
            r#""$remote_addr","$status""#,
            r#""$request""#,
            r#""$remote_addr" - "$status""#,
            "'$remote_addr' '$status'",
            "$status 'x'",
            "escape=$arg_escape $status",
            "  $status ",
        ] {
            assert_eq!(text_of(typed), typed, "{typed}");
        }
    }

    #[test]
    fn directives_set_name_and_escape() {
        let of = |typed| {
            let given = Given::read(typed).unwrap();
            (given.name, given.escape)
        };
        assert_eq!(of("log_format 'my own' escape=none '$a';"), (Some("my own".to_owned()), Some(NginxEscape::None)));
        assert_eq!(of("log_format a 'escape=none $a';"), (Some("a".to_owned()), None));
        assert_eq!(of("escape=json $a"), (None, Some(NginxEscape::Json)));
        assert_eq!(of("escape=default $a"), (None, Some(NginxEscape::Default)));
        assert_eq!(of("$a"), (None, None));
        assert_eq!(of("LogFormat \"%h %>s\" short"), (Some("short".to_owned()), None));
    }

    #[test]
    fn errors_point_into_the_typed_text() {
        for (typed, at) in [
            ("log_format", 10),
            ("log_format a;", 12),
            ("log_format a '$status'; log_format b '$status';", 24),
            ("log_format a '$status", 13),
            ("log_format a '$status'x;", 22),
            ("log_format a {$status};", 13),
            ("log_format a escape=xml '$a';", 20),
            ("escape=xml $a", 7),
            ("LogFormat", 9),
            (r"%h \t %Y", 7),
            ("LogFormat \"%h %Y\" a", 15),
        ] {
            assert_eq!(Given::read(typed).unwrap_err().at, at, "{typed}");
        }
        let given = Given::read(r"'a\tb' 'c'").unwrap();
        assert_eq!((0..5).map(|at| given.place(at)).collect::<Vec<_>>(), [1, 2, 4, 8, 10]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_parses_or_is_rejected(parts in proptest::collection::vec(proptest::sample::select(vec![
            "log_format ", "LogFormat ", "a", "'", "\"", "\\", "$", "{", "}", ";", "#", "\n", " ", "escape=", "json ", "%", "é", "h",
            ">s", "t", "^", "%{", "sec}t",
        ]), 0..24)) {
            let typed = parts.concat();
            match Given::read(&typed) {
                Ok(given) => {
                    proptest::prop_assert_eq!(given.places.len(), given.text.len());
                    proptest::prop_assert!(given.places.iter().all(|at| typed.is_char_boundary(*at) || given.text.contains('é')));
                }
                Err(error) => proptest::prop_assert!(typed.is_char_boundary(error.at) && !error.to_string().is_empty()),
            }
        }
    }
}
