//! Random log formats, the same in every run.

use super::shapes::Escape;
use super::variables::{VARIABLES, place};
use crate::nginx::random::Random;

/// Number of formats.
pub(crate) const FORMATS: usize = 300;

/// Part of a format. Two literals are never adjacent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Literal(String),
    /// Index into [`VARIABLES`].
    Variable(usize),
}

/// One `log_format` directive.
#[derive(Clone, Debug)]
pub(crate) struct Format {
    pub(crate) name: String,
    pub(crate) escape: Escape,
    pub(crate) pieces: Vec<Piece>,
}

/// Separators between values; a space is the most frequent.
const SEPARATORS: [&str; 13] = [" ", " ", " ", " ", "|", " | ", "\t", ", ", ",", ";", " - ", " : ", " ~ "];

/// Combinations that are common in real configurations.
const IDIOMS: [&str; 8] = [
    "$scheme://$host$request_uri",
    "$uri$is_args$args",
    "$remote_addr:$remote_port",
    "$host:$server_port",
    "$request_body$status",
    "$status$body_bytes_sent",
    "$request_method $request_uri $server_protocol",
    "rt=$request_time uct=$upstream_connect_time uht=$upstream_header_time",
];

/// Variables that the test compares or that matter for it, each with the number of formats in 20 that log it.
const COMPARED: [(&str, usize); 12] = [
    ("remote_addr", 17),
    ("request", 12),
    ("request_uri", 6),
    ("uri", 4),
    ("status", 18),
    ("body_bytes_sent", 14),
    ("bytes_sent", 4),
    ("time_local", 12),
    ("time_iso8601", 4),
    ("msec", 3),
    ("http_user_agent", 5),
    ("http_referer", 5),
];

/// Draws all formats.
pub(crate) fn formats() -> Vec<Format> {
    let mut random = Random::new(14_007);
    // One deck per escape: every variable is dealt once before any is dealt again.
    let mut decks = [Vec::new(), Vec::new(), Vec::new()];
    (0..FORMATS).map(|i| format(i, &mut random, &mut decks[i % 3])).collect()
}

fn format(number: usize, random: &mut Random, deck: &mut Vec<usize>) -> Format {
    let mut fields: Vec<String> = Vec::new();
    let has = |fields: &[String], name: &str| fields.iter().any(|field| variables(field).contains(&name));
    if random.one_in(5) {
        fields.push(random.pick(&IDIOMS).to_owned());
    }
    for (name, often) in COMPARED {
        if random.below(20) < often && !has(&fields, name) {
            fields.push(format!("${name}"));
        }
    }
    if !has(&fields, "status") && !has(&fields, "request") {
        fields.push("$status".to_owned());
    }
    for _ in 0..1 + random.below(5) {
        if deck.is_empty() {
            deck.extend(0..VARIABLES.len());
            random.shuffle(deck);
        }
        let name = deck.pop().map_or("", |place| VARIABLES[place].name);
        if !has(&fields, name) {
            fields.push(format!("${name}"));
        }
    }
    if !random.one_in(3) {
        random.shuffle(&mut fields);
    }
    Format::of(&format!("f{number:03}"), escape(number), &text(&fields, random))
}

fn escape(number: usize) -> Escape {
    [Escape::Default, Escape::Json, Escape::None][number % 3]
}

/// Joins fields with separators, and adds quotes, brackets and labels.
fn text(fields: &[String], random: &mut Random) -> String {
    let separator = random.pick(&SEPARATORS);
    let (is_mixed, is_labelled) = (random.one_in(8), random.one_in(10));
    let quoted_of_8 = random.pick(&[3, 5, 6, 7, 8]);
    let adjacent = if random.one_in(10) { random.below(fields.len()) } else { 0 };
    let mut text = if random.one_in(12) { "access: ".to_owned() } else { String::new() };
    for (i, field) in fields.iter().enumerate() {
        if i > 0 && i != adjacent {
            text += if is_mixed { random.pick(&SEPARATORS) } else { separator };
        }
        if is_labelled && i != adjacent {
            text += variables(field).first().unwrap_or(&"");
            text.push('=');
        }
        let (before, after) = match random.below(8) {
            _ if i == adjacent && i > 0 || i + 1 == adjacent => ("", ""),
            _ if field == "$time_local" => ("[", "]"),
            drawn if drawn < quoted_of_8 && may_be_quoted(field) => ("\"", "\""),
            7 => ("[", "]"),
            _ => ("", ""),
        };
        text = text + before + field + after;
    }
    if random.one_in(12) {
        text += " end";
    }
    text
}

/// False for numbers, which real formats rarely quote.
fn may_be_quoted(field: &str) -> bool {
    !matches!(field, "$status" | "$body_bytes_sent" | "$bytes_sent" | "$request_time" | "$msec")
}

/// Names of the variables in a text.
fn variables(text: &str) -> Vec<&str> {
    let name = |part: &str| part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len());
    text.split('$').skip(1).map(|part| &part[..name(part)]).collect()
}

/// Cuts a text into pieces.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (i, part) in text.split('$').enumerate() {
        let name = if i == 0 { 0 } else { variables(&format!("${part}"))[0].len() };
        if i > 0 {
            pieces.push(Piece::Variable(place(&part[..name])));
        }
        if part.len() > name {
            pieces.push(Piece::Literal(part[name..].to_owned()));
        }
    }
    pieces
}

impl Format {
    pub(crate) fn of(name: &str, escape: Escape, text: &str) -> Format {
        Format { name: name.to_owned(), escape, pieces: pieces(text) }
    }

    /// The predefined format.
    pub(crate) fn combined() -> Format {
        let text = concat!(
            r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "#,
            r#""$http_referer" "$http_user_agent""#
        );
        Format::of("combined", Escape::Default, text)
    }

    /// Text of the directive.
    pub(crate) fn text(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Literal(text) => text.clone(),
            Piece::Variable(place) => format!("${}", VARIABLES[*place].name),
        };
        self.pieces.iter().map(piece).collect()
    }

    /// Index of the first of `names` that the format logs.
    pub(crate) fn first_of(&self, names: &[&str]) -> Option<usize> {
        let logs = |place: &usize| self.pieces.contains(&Piece::Variable(*place));
        names.iter().map(|name| place(name)).find(logs)
    }
}
