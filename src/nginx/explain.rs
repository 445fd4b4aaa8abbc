//! What was understood of a configuration, as text for people.

use std::fmt::Write;

use super::NginxConf;
use super::access_log::NginxLogTarget;
use super::class::Class;
use super::location::{Fits, Location};
use super::logs::NginxLog;
use super::place::{Place, shown, shown_path};
use super::rewrite::{self, Step};
use super::server::Server;

/// Columns are not made wider than this for one long name.
const WIDEST: usize = 60;

pub(super) fn explain(conf: &NginxConf) -> String {
    let mut text = Text::default();
    text.line(0, &format!("{} {} read", conf.files.len(), if conf.files.len() == 1 { "file" } else { "files" }));
    conf.files.iter().for_each(|file| text.line(1, &shown_path(file)));
    let prefix = if conf.prefix.as_os_str().is_empty() { ".".into() } else { shown_path(&conf.prefix) };
    text.line(1, &format!("names of logs are relative to {prefix}"));
    formats(&mut text, conf);
    logs(&mut text, conf);
    for (at, server) in conf.servers.iter().enumerate() {
        explain_server(&mut text, conf, at, server);
    }
    legend(&mut text, &conf.servers);
    text.0
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn line(&mut self, indent: usize, text: &str) {
        writeln!(self.0, "{}{text}", "  ".repeat(indent)).expect("a String takes all that is written");
    }

    /// Cells under each other, each column as wide as its widest.
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

fn formats(text: &mut Text, conf: &NginxConf) {
    text.line(0, "\nformats");
    for format in conf.formats() {
        let place = format.place.as_ref().map_or_else(|| "built in".to_owned(), Place::to_string);
        text.line(1, &format!("{}  escape={}  {place}", shown(format.name()), format.escape().name()));
        text.line(2, &shown(format.text()));
    }
}

fn logs(text: &mut Text, conf: &NginxConf) {
    text.line(0, "\nlogs");
    let row = |log: &NginxLog| {
        let target = match log.target() {
            NginxLogTarget::File(path) => shown_path(path),
            NginxLogTarget::Files(pattern) => shown(pattern),
            NginxLogTarget::Unreadable { text, .. } => shown(text),
        };
        let formats: Vec<_> = conf.formats_of(log).iter().map(|format| shown(format.name())).collect();
        let places: Vec<_> = log.places.iter().map(Place::to_string).collect();
        let places = match log.default_of() {
            Some(built) => format!("no access_log is configured: the default of {built}"),
            None => places.join(", "),
        };
        [target, formats.join(", "), places, log_notes(log)]
    };
    text.rows(1, &conf.logs().iter().map(row).collect::<Vec<_>>());
    for place in &conf.logs.off {
        text.line(1, &format!("off  {place}"));
    }
    if conf.logs().is_empty() {
        text.line(1, "none");
    }
}

fn log_notes(log: &NginxLog) -> String {
    let mut notes: Vec<String> = log.conditions.iter().map(|condition| format!("if={condition}")).collect();
    if log.is_gzip() {
        notes.push("gzip".to_owned());
    }
    match log.target() {
        NginxLogTarget::Unreadable { why, .. } => notes.push(format!("not read: {why}")),
        _ if !log.is_written() => notes.push("not read: every server has another".to_owned()),
        _ if log.repeats_another() => notes.push("not read: what is in it is in another too".to_owned()),
        NginxLogTarget::Files(_) => notes.push("a pattern".to_owned()),
        NginxLogTarget::File(_) => {}
    }
    notes.join(", ")
}

fn explain_server(text: &mut Text, conf: &NginxConf, at: usize, server: &Server) {
    let names: Vec<_> = server.names.iter().map(|name| name.written.as_str()).collect();
    let names = if names.is_empty() { "without a name".to_owned() } else { names.join(" ") };
    text.line(0, &format!("\nserver {names}  {}", server.locations[0].place));
    let mut sockets: Vec<_> = server.listens.iter().map(|listen| listen.written.as_str()).collect();
    sockets.dedup();
    let default = match (conf.hosts.is_default(at), conf.hosts.is_for_no_host(at)) {
        (true, true) => Some("default server: for unknown hosts, and for logs without $host"),
        (true, false) => Some("default server: for unknown hosts"),
        (false, true) => Some("for logs without $host"),
        (false, false) => None,
    };
    text.line(1, &format!("listens on {}", sockets.join(", ")));
    default.into_iter().for_each(|default| text.line(1, default));
    for name in &server.names {
        if let Some(why) = name.fits.skipped() {
            text.line(1, &format!("name {} is skipped: {why}  {}", name.written, name.place));
        }
    }
    let mut rows = Vec::new();
    // A server that answers everything comes to none of its locations.
    if !server.always_answers() {
        location_rows(server, 0, 0, &mut rows);
    }
    rows.push(location_row(server, 0, 0));
    text.rows(1, &rows);
    let error_pages = |location| {
        let location: &Location = location;
        location.error_pages.iter().filter(|(_, to)| server.is_answer(to)).map(|(unheeded, _)| unheeded)
    };
    for unheeded in server.locations.iter().flat_map(|location| location.unheeded.iter().chain(error_pages(location))) {
        text.line(1, &format!("not followed: {}  {unheeded}", unheeded.place));
    }
}

fn location_rows(server: &Server, outer: usize, depth: usize, rows: &mut Vec<[String; 4]>) {
    for &at in &server.locations[outer].nested {
        rows.push(location_row(server, at, depth));
        location_rows(server, at, depth + 1, rows);
    }
}

fn location_row(server: &Server, at: usize, depth: usize) -> [String; 4] {
    let location = &server.locations[at];
    let (name, place) = match location.fits {
        Fits::Rest if location.nested.is_empty() || server.always_answers() => ("all".to_owned(), "-".to_owned()),
        Fits::Rest => ("all else".to_owned(), "-".to_owned()),
        _ => (format!("{}{}", "  ".repeat(depth), location.written), location.place.to_string()),
    };
    if let Fits::Skipped(why) = &location.fits {
        return [name, "skipped".to_owned(), place, why.clone()];
    }
    let class = match server.usual_class(at) {
        Class::Static => "static",
        Class::Dynamic | Class::Redirect | Class::Internal => "dynamic",
        Class::ByRules { .. } => "by rules",
    };
    [name, class.to_owned(), place, why(location)]
}

fn why(location: &Location) -> String {
    let answer = rewrite::answer(&location.steps).map(|answer| answer.written);
    let mut why = answer.map_or_else(|| location.content.to_string(), str::to_owned);
    let is_another = |step: &Step| matches!(step, Step::Rewrite { written, .. } if Some(written.as_str()) != answer);
    if location.steps.iter().any(is_another) {
        why += " (unless a rewrite leads elsewhere)";
    }
    why
}

/// What holds for all servers, where it matters.
fn legend(text: &mut Text, servers: &[Server]) {
    let mut classes = servers.iter().flat_map(|server| (0..server.locations.len()).map(|at| server.usual_class(at)));
    if classes.any(|class| matches!(class, Class::ByRules { .. })) {
        text.line(
            0,
            "\nby rules: whether the file exists is not in the log, so the extension and prefix rules decide.",
        );
    }
    if servers.len() > 1 {
        text.line(0, "\nsockets: a log does not say on which one a request came in, so a host may have several servers here. One that");
        text.line(
            0,
            "redirects a path is passed over if another does not; one that answers every path by itself comes last.",
        );
    }
}
