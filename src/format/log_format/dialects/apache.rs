//! Translates Apache's `LogFormat` to nginx's variables: `%h %l %u %t "%r" %>s %b`.
//!
//! Source: the documentation of Apache's modules mod_log_config, mod_logio and mod_ssl.

use super::apache_time;

/// A letter, the text in braces before it, and its translation. Values that only Apache logs have names that no nginx
/// variable has.
type Letter = (&'static str, &'static str, &'static str);

const LETTERS: &[Letter] = &[
    ("h", "", "$remote_addr"),
    ("h", "c", "$realip_remote_addr"),
    ("a", "", "$remote_addr"),
    ("a", "c", "$realip_remote_addr"),
    ("A", "", "$server_addr"),
    ("l", "", REMOTE_LOGNAME),
    ("u", "", "$remote_user"),
    ("t", "", "[$time_local]"),
    ("r", "", "$request"),
    ("m", "", "$request_method"),
    ("U", "", "$uri"),
    // The query with its question mark, or nothing.
    ("q", "", "$query_part"),
    ("H", "", "$server_protocol"),
    ("s", "", "$status"),
    ("b", "", "$body_bytes_sent"),
    ("B", "", "$body_bytes_sent"),
    ("O", "", "$bytes_sent"),
    ("I", "", "$request_length"),
    ("S", "", "$bytes_transferred"),
    ("D", "", "$request_time_us"),
    ("T", "", "$request_time"),
    ("T", "s", "$request_time"),
    ("T", "ms", "$request_time_ms"),
    ("T", "us", "$request_time_us"),
    ("v", "", "$server_name"),
    ("V", "", "$host"),
    ("p", "", "$server_port"),
    ("p", "canonical", "$server_port"),
    ("p", "local", "$server_port"),
    ("p", "remote", "$remote_port"),
    ("P", "", "$pid"),
    ("P", "pid", "$pid"),
    ("P", "tid", "$thread_id"),
    ("P", "hextid", "$thread_id"),
    ("k", "", "$connection_requests"),
    // `X`, `+` or `-`: the connection was cut, kept or closed.
    ("X", "", "$connection_status"),
    ("L", "", "$request_id"),
    ("L", "c", "$connection_id"),
    ("f", "", "$request_filename"),
    ("R", "", "$handler"),
    ("^FB", "", "$first_byte_time_us"),
    ("%", "", "%"),
];

/// Letters whose braces hold the name of a header or similar, and the prefix of nginx's name for it.
const FAMILIES: &[(&str, &str)] = &[
    ("i", "http_"),
    ("o", "sent_http_"),
    ("C", "cookie_"),
    ("e", "env_"),
    ("n", "note_"),
    ("x", ""),
    ("^ti", "http_trailer_"),
    ("^to", "sent_trailer_"),
];

/// The user name from the client's identd: nearly always `-`.
const REMOTE_LOGNAME: &str = "$remote_logname";

/// The letters of a path and of a query: next to each other they are one target.
const TARGET: [&str; 2] = ["U", "q"];

/// A directive: `%>s`, `%400,501{User-agent}i`.
struct Directive<'t> {
    /// Start of the directive; `letter_at` is the place of its letter.
    at: usize,
    letter_at: usize,
    letter: &'t str,
    braces: Option<&'t str>,
    /// `<`: the value of the request before internal redirects. `>`: of the last request.
    redirect: Option<u8>,
    next: usize,
}

/// True if a text that is not the name of a format is Apache's: it has a `%` followed by a character that may follow it
/// in Apache's formats, and no nginx variable.
pub(in crate::format) fn is_apache(text: &str) -> bool {
    let followed = |sign: char, is_part: fn(char) -> bool| {
        text.match_indices(sign).any(|(at, _)| text[at + 1..].starts_with(is_part))
    };
    followed('%', |c| c.is_ascii_alphanumeric() || "{<>!^(".contains(c))
        && !followed('$', |c| c.is_ascii_alphanumeric() || c == '_' || c == '{')
}

/// The text in nginx's words, and the place in `text` that each of its bytes comes from. On an error, returns the place
/// and the message.
pub(in crate::format) fn translate(text: &str) -> Result<(String, Vec<usize>), (usize, String)> {
    let (mut out, mut places) = (String::new(), Vec::new());
    let mut push = |words: &str, at: usize, step: usize| {
        places.extend((0..words.len()).map(|byte| at + byte * step));
        out.push_str(words);
    };
    let mut directives = text.match_indices('%').filter_map(|(at, _)| directive(text, at).ok());
    let logs_last_status = directives.any(|one| one.letter == "s" && one.redirect == Some(b'>'));
    let mut at = 0;
    while at < text.len() {
        let literal = text[at..].find('%').unwrap_or(text.len() - at);
        if let Some(sign) = text[at..at + literal].find('$') {
            return Err((at + sign, "a '$', which no log_format of nginx can have".to_owned()));
        }
        push(&text[at..at + literal], at, 1);
        at += literal;
        if at == text.len() {
            break;
        }
        let one = directive(text, at)?;
        if one.letter == "t" && one.braces.is_some() {
            let (words, next) = apache_time::translate(text, one.at)?;
            push(&words, at, 0);
            at = next;
            continue;
        }
        let query = directive(text, one.next).ok().filter(|next| [one.letter, next.letter] == TARGET);
        let words = match query {
            Some(_) => "$request_uri".to_owned(),
            None if one.letter == "s" && one.redirect != Some(b'>') && logs_last_status => "$first_status".to_owned(),
            None => words(&one)?,
        };
        let next = query.map_or(one.next, |query| query.next);
        let goes_on = text[next..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        match words.strip_prefix('$').filter(|_| goes_on) {
            Some(name) => push(&format!("${{{name}}}"), at, 0),
            None => push(&words, at, 0),
        }
        at = next;
    }
    Ok((out, places))
}

/// The directive that begins at `at`.
fn directive(text: &str, at: usize) -> Result<Directive<'_>, (usize, String)> {
    if !text[at..].starts_with('%') {
        return Err((at, "no '%'".to_owned()));
    }
    let (mut next, mut braces, mut redirect) = (at + 1, None, None);
    loop {
        let rest = &text[next..];
        match rest.bytes().next() {
            None => return Err((at, "'%' without a letter; for the character itself, write '%%'".to_owned())),
            Some(b'!' | b',' | b'0'..=b'9') => next += 1,
            Some(sign @ (b'<' | b'>')) => {
                redirect = Some(sign);
                next += 1;
            }
            Some(b'{') => {
                let end = rest.find('}').ok_or_else(|| (next, "'{' without its '}'".to_owned()))?;
                braces = Some(&rest[1..end]);
                next += end + 1;
            }
            Some(first) => {
                let len = if first == b'^' { 3 } else { rest.chars().next().map_or(1, char::len_utf8) };
                let letter = rest.get(..len).unwrap_or(rest);
                return Ok(Directive { at, letter_at: next, letter, braces, redirect, next: next + letter.len() });
            }
        }
    }
}

/// A directive in nginx's words.
fn words(one: &Directive<'_>) -> Result<String, (usize, String)> {
    let braces = one.braces.unwrap_or_default();
    if let Some((.., words)) = LETTERS.iter().find(|(letter, arg, _)| (*letter, *arg) == (one.letter, braces)) {
        return Ok((*words).to_owned());
    }
    let family = FAMILIES.iter().find(|(letter, _)| *letter == one.letter);
    match family {
        Some(_) if braces.is_empty() => Err((one.letter_at, format!("'%{0}' needs a name: %{{NAME}}{0}", one.letter))),
        Some((_, before)) => Ok(format!("${before}{}", variable_name(braces, one.letter))),
        None if LETTERS.iter().any(|(letter, ..)| *letter == one.letter) => {
            Err((one.letter_at, format!("unknown '%{{{braces}}}{}'", one.letter)))
        }
        None => {
            let known: String = LETTERS.iter().map(|(letter, ..)| *letter).filter(|letter| letter.len() == 1).collect();
            let mut known: Vec<char> = known.chars().chain("ioCenx".chars()).collect();
            known.dedup();
            let known = known.iter().map(char::to_string).collect::<Vec<_>>().join(" ");
            Err((one.letter_at, format!("unknown letter '{}'; Apache's log formats have {known}", one.letter)))
        }
    }
}

/// nginx's name for a header, cookie or note. Only cookie names are case-sensitive.
fn variable_name(name: &str, letter: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if letter == "C" { name } else { name.to_ascii_lowercase() }
}

/// The text in the form that is compared with presets. In the replaced columns, both servers log the same kind of
/// value.
pub(in crate::format) fn as_in_presets(translated: &str) -> String {
    let same = [(REMOTE_LOGNAME, "-"), ("$bytes_sent", "$body_bytes_sent"), ("$server_name", "$host")];
    same.into_iter().fold(translated.to_owned(), |text, (apache, nginx)| text.replace(apache, nginx))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nginx(text: &str) -> String {
        translate(text).unwrap().0
    }

    #[test]
    fn letters_are_unique_and_give_variables() {
        for (i, (letter, arg, words)) in LETTERS.iter().enumerate() {
            assert!(LETTERS[..i].iter().all(|(l, a, _)| (l, a) != (letter, arg)), "%{letter}");
            assert!(FAMILIES.iter().all(|(family, _)| family != letter), "%{letter}");
            assert!(*words == "%" || crate::format::log_format::parse::parse(words).is_ok(), "{words}");
        }
    }

    #[test]
    fn apache_formats_are_translated() {
        for (apache, expected) in [
            (
                "%h %l %u %t \"%r\" %>s %b",
                "$remote_addr $remote_logname $remote_user [$time_local] \"$request\" $status $body_bytes_sent",
            ),
            ("%a|%{c}a|%A|%p|%{remote}p", "$remote_addr|$realip_remote_addr|$server_addr|$server_port|$remote_port"),
            ("%m %U%q %H", "$request_method $request_uri $server_protocol"),
            ("%m %U %q", "$request_method $uri $query_part"),
            (
                "%D %T %{ms}T %{us}T %{s}T",
                "$request_time_us $request_time $request_time_ms $request_time_us $request_time",
            ),
            ("%400,501{User-agent}i %!200,304{Referer}i", "$http_user_agent $http_referer"),
            ("%{X-Cache}o %{PHPSESSID}C %{SSL_PROTOCOL}x", "$sent_http_x_cache $cookie_PHPSESSID $ssl_protocol"),
            ("%s %>s", "$first_status $status"),
            ("%s %<s", "$status $status"),
            ("100%% %v %V", "100% $server_name $host"),
            ("%{%d/%b/%Y:%H:%M:%S %z}t %>s", "$time_local $status"),
            ("%Dus %tx %{A}i_", "${request_time_us}us [$time_local]x ${http_a}_"),
        ] {
            assert_eq!(nginx(apache), expected, "{apache}");
        }
    }

    #[test]
    fn errors_point_at_the_unknown_letter() {
        for (text, at) in [
            ("%h %Y", 4),
            ("%h %>Y", 5),
            ("%{X}h", 4),
            ("%h %", 3),
            ("%{Referer", 1),
            ("%h %i", 4),
            ("%h $ %u", 3),
            ("%(h)s", 1),
            ("%h %é", 4),
            ("%h %^é", 4),
            ("%{minutes}T", 10),
        ] {
            assert_eq!(translate(text).unwrap_err().0, at, "{text}");
        }
    }

    #[test]
    fn places_are_those_of_the_directive() {
        let (out, places) = translate("a %h").unwrap();
        assert_eq!(out, "a $remote_addr");
        assert_eq!(places[..3], [0, 1, 2]);
        assert!(places[2..].iter().all(|at| *at == 2));
    }

    #[test]
    fn apache_formats_are_detected_by_percent_signs() {
        assert!(is_apache("%h") && is_apache("\"%r\"") && is_apache("%{Referer}i") && is_apache("%>s $"));
        assert!(!is_apache("100 % sure") && !is_apache("$status %h") && !is_apache("%") && !is_apache(""));
    }
}
