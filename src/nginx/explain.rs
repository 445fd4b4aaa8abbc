//! Writes a configuration, as logstat understands it, as text for people.

use std::fmt::Write;

use std::path::Path;

use nginx_conf::{Conf, LocationClass, LocationRef, Log, LogTarget, Place, ServerRef};

use super::answer::names;
use crate::text::printable;

/// Maximum width of a column, in characters; longer cells stick out.
const WIDEST: usize = 60;

pub(super) fn explain(conf: &Conf) -> String {
    let mut text = Text::default();
    let files = conf.files_read();
    text.line(0, &format!("{} {} read", files.len(), if files.len() == 1 { "file" } else { "files" }));
    files.iter().for_each(|file| text.line(1, &shown_path(file)));
    let prefix = if conf.prefix().as_os_str().is_empty() { ".".into() } else { shown_path(conf.prefix()) };
    text.line(1, &format!("names of logs are relative to {prefix}"));
    formats(&mut text, conf);
    logs(&mut text, conf);
    conf.servers().for_each(|server| explain_server(&mut text, &server));
    legend(&mut text, conf);
    text.0
}

fn shown(text: &str) -> String {
    printable(text.as_bytes())
}

fn shown_path(path: &Path) -> String {
    printable(path.as_os_str().as_encoded_bytes())
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn line(&mut self, indent: usize, text: &str) {
        writeln!(self.0, "{}{text}", "  ".repeat(indent)).expect("writing to a String cannot fail");
    }

    /// Writes aligned rows; each column is as wide as its widest cell of at most `WIDEST` characters.
    fn rows<const N: usize>(&mut self, indent: usize, rows: &[[String; N]]) {
        let width = |column: usize| {
            let widths = rows.iter().map(|row| row[column].chars().count()).filter(|width| *width <= WIDEST);
            widths.max().unwrap_or_default()
        };
        let widths: [usize; N] = std::array::from_fn(width);
        for row in rows {
            let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
            self.line(indent, cells.collect::<Vec<_>>().join("  ").trim_end());
        }
    }
}

fn formats(text: &mut Text, conf: &Conf) {
    text.line(0, "\nformats");
    for format in conf.formats() {
        let place = format.place().map_or_else(|| "built in".to_owned(), Place::to_string);
        text.line(1, &format!("{}  escape={}  {place}", shown(format.name()), format.escape().name()));
        text.line(2, &shown(format.text()));
    }
}

fn logs(text: &mut Text, conf: &Conf) {
    text.line(0, "\nlogs");
    let row = |log: &Log| {
        let target = match log.target() {
            LogTarget::File(path) => shown_path(path),
            LogTarget::Files(pattern) => shown(pattern),
            LogTarget::Unreadable { text, .. } => shown(text),
        };
        let formats: Vec<_> = conf.formats_of(log).iter().map(|format| shown(format.name())).collect();
        let places: Vec<_> = log.places().iter().map(Place::to_string).collect();
        let places = match log.default_of() {
            Some(built) => format!("no access_log is configured: the default of {built}"),
            None => places.join(", "),
        };
        [target, formats.join(", "), places, log_notes(log)]
    };
    text.rows(1, &conf.logs().iter().map(row).collect::<Vec<_>>());
    for place in conf.logs_off() {
        text.line(1, &format!("off  {place}"));
    }
    if conf.logs().is_empty() {
        text.line(1, "none");
    }
}

fn log_notes(log: &Log) -> String {
    let mut notes: Vec<String> = log.conditions().iter().map(|condition| format!("if={condition}")).collect();
    if log.is_gzip() {
        notes.push("gzip".to_owned());
    }
    match log.target() {
        LogTarget::Unreadable { why, .. } => notes.push(format!("not read: {why}")),
        _ if !log.is_written() => notes.push("not read: every server has another".to_owned()),
        _ if log.repeats_another() => notes.push("not read: what is in it is in another too".to_owned()),
        LogTarget::Files(_) => notes.push("a pattern".to_owned()),
        LogTarget::File(_) => {}
    }
    notes.join(", ")
}

fn explain_server(text: &mut Text, server: &ServerRef<'_>) {
    text.line(0, &format!("\nserver {}  {}", names(server), server.place()));
    let mut sockets: Vec<_> = server.listens().iter().map(|listen| listen.written()).collect();
    sockets.dedup();
    let default = match (server.takes_unknown_hosts(), server.takes_no_host()) {
        (true, true) => Some("default server: for unknown hosts, and for logs without $host"),
        (true, false) => Some("default server: for unknown hosts"),
        (false, true) => Some("for logs without $host"),
        (false, false) => None,
    };
    text.line(1, &format!("listens on {}", sockets.join(", ")));
    default.into_iter().for_each(|default| text.line(1, default));
    for name in server.names() {
        if let Some(why) = name.skipped() {
            text.line(1, &format!("name {} is skipped: {why}  {}", name.written(), name.place()));
        }
    }
    // If a server answers everything itself, no request reaches its locations.
    let mut rows: Vec<_> = match server.always_answers() {
        true => Vec::new(),
        false => server.locations().map(|location| location_row(&location)).collect(),
    };
    rows.push(rest_row(server, if rows.is_empty() { "all" } else { "all else" }));
    text.rows(1, &rows);
    for directive in server.not_followed() {
        text.line(1, &format!("not followed: {}  {directive}", directive.place()));
    }
}

fn location_row(location: &LocationRef<'_>) -> [String; 4] {
    let name = format!("{}{}", "  ".repeat(location.depth()), location.name());
    let (class, why) = class_and_reason(location);
    [name, class.to_owned(), location.place().to_string(), why]
}

/// Makes the row for paths that match no location.
fn rest_row(server: &ServerRef<'_>, name: &str) -> [String; 4] {
    let (class, why) = class_and_reason(&server.rest());
    [name.to_owned(), class.to_owned(), "-".to_owned(), why]
}

fn class_and_reason(location: &LocationRef<'_>) -> (&'static str, String) {
    if let Some(why) = location.skipped() {
        return ("skipped", why.to_owned());
    }
    let class = match location.class() {
        LocationClass::Static => "static",
        LocationClass::DependsOnFiles => "by rules",
        LocationClass::Dynamic => "dynamic",
    };
    let elsewhere = if location.may_rewrite() { " (unless a rewrite leads elsewhere)" } else { "" };
    (class, location.handler() + elsewhere)
}

/// Explains `by rules` and sockets, if they occur.
fn legend(text: &mut Text, conf: &Conf) {
    let is_by_rules = |location: LocationRef<'_>| location.class() == LocationClass::DependsOnFiles;
    if conf.servers().any(|server| is_by_rules(server.rest()) || server.locations().any(is_by_rules)) {
        text.line(
            0,
            "\nby rules: whether the file exists is not in the log, so the extension and prefix rules decide.",
        );
    }
    if conf.servers().len() > 1 {
        text.line(0, "\nsockets: a log does not say on which one a request came in, so a host may have several servers here. One that");
        text.line(
            0,
            "redirects a path is passed over if another does not; one that answers every path by itself comes last.",
        );
    }
}
