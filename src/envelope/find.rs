//! Which envelope an input's lines are in, and which of their senders is nginx: found from the first lines.

use std::collections::BTreeMap;

use bumpalo::Bump;

use super::join::{Joined, LinePlace, Pipe};
use super::seams::{Runs, Seams};
use super::{ENVELOPES, Envelope, Kind, Letter, Sender, Text};
use crate::batch::Fields;
use crate::format::{FormatsOfFile, Line, LogFormat, Memory, Room, Row, undo_json_into};
use crate::input::{is_blank, lines};

/// How many lines are looked at to see what they are in; of each sender as many are read by their formats.
const SAMPLE: usize = 1000;
/// How many senders are told apart in the first lines.
const SENDERS: usize = 100;

/// The envelope of an input.
#[derive(Debug)]
pub(crate) struct Worn {
    pub(crate) envelope: &'static Envelope,
    /// Programs of whose first lines some are an access log's.
    ours: Vec<Vec<u8>>,
    /// Whether standard error is one of them.
    stderr_is_ours: bool,
    pub(crate) seams: Seams,
}

impl Worn {
    /// The name of the envelope.
    pub(crate) fn name(&self) -> String {
        self.envelope.name.to_owned()
    }

    /// Shows each of the first lines as it is counted: taken out of its envelope, with its sender. A line in parts is shown in
    /// the place of its last part; the others are empty.
    pub(crate) fn each_line(&self, head: &[u8], mut visit: impl FnMut(Sender<'_>, &[u8])) {
        each_opened(self.envelope, head, |sender, text| visit(sender.unwrap_or(Sender::Unknown), text));
    }

    pub(crate) fn open<'a>(&self, line: &'a [u8]) -> Option<Letter<'a>> {
        (self.envelope.open)(line)
    }

    /// Whether a line of this sender that fits nothing is of another program than nginx: none of its first lines was an access
    /// log's, and it is not even called nginx.
    pub(crate) fn is_another_program(&self, sender: Sender<'_>) -> bool {
        match sender {
            Sender::Unknown => false,
            Sender::Pipe(pipe) => pipe == Pipe::Stderr && !self.stderr_is_ours,
            Sender::Program(name) => !self.ours.iter().any(|ours| ours == name) && !is_called_nginx(name),
        }
    }

    /// Whether a line of this sender is another program's even if it fits a format: gunicorn behind nginx logs the same
    /// requests again, in combined. It is so where nginx is called by its name, and this one is not.
    pub(crate) fn stays_out(&self, sender: Sender<'_>) -> bool {
        matches!(sender, Sender::Program(name) if !is_called_nginx(name))
            && self.ours.iter().any(|ours| is_called_nginx(ours))
    }
}

fn is_called_nginx(name: &[u8]) -> bool {
    name.windows(5).any(|part| part.eq_ignore_ascii_case(b"nginx"))
}

/// Finds the envelope, if there is one, and the formats of the lines in it.
///
/// An envelope is taken off where more of the first lines are an access log's without it than with it; and where that is
/// equal, if most lines are in it.
pub(crate) fn find<'f>(formats: &'f [LogFormat], own: &[usize], head: &[u8]) -> (Option<Worn>, FormatsOfFile<'f>) {
    let plain = FormatsOfFile::detect(formats, own, head);
    let sample: Vec<_> = lines(head, true).filter(|line| !is_blank(line)).take(SAMPLE).collect();
    let mut best: Option<(usize, usize, Worn)> = None;
    for envelope in ENVELOPES {
        let worn_by = sample.iter().filter(|line| (envelope.open)(line).is_some()).count();
        if worn_by > 0 {
            let (fit, worn) = look_inside(formats, own, envelope, head);
            if best.as_ref().is_none_or(|(most, by, _)| (fit, worn_by) > (*most, *by)) {
                best = Some((fit, worn_by, worn));
            }
        }
    }
    let Some((fit_inside, worn_by, worn)) = best else { return (None, plain) };
    let is_letter = |line: &&[u8]| worn.envelope.kind == Kind::Certain && worn.open(line).is_some();
    let fit_as_they_stand = how_many_fit(&plain, lines(head, true).filter(|line| !is_letter(line)));
    if fit_inside > fit_as_they_stand || fit_inside == fit_as_they_stand && worn_by * 2 > sample.len() {
        let of_file = FormatsOfFile::detect(
            formats,
            own,
            &opened(worn.envelope, head, |sender| !worn.is_another_program(sender)),
        );
        return (Some(worn), of_file);
    }
    (None, plain)
}

/// How many of the first lines in this envelope are an access log's, and whose they are. Each sender's lines are looked
/// at by themselves: nginx's may be few among those of others.
fn look_inside(formats: &[LogFormat], own: &[usize], envelope: &'static Envelope, head: &[u8]) -> (usize, Worn) {
    let mut of_senders: BTreeMap<Name, (usize, Vec<u8>)> = BTreeMap::new();
    each_opened(envelope, head, |sender, line| {
        let Some(name) = sender.map(Name::of).filter(|_| !is_blank(line)) else { return };
        if of_senders.len() < SENDERS || of_senders.contains_key(&name) {
            let (count, text) = of_senders.entry(name).or_default();
            if *count < SAMPLE {
                *count += 1;
                push(line, text);
            }
        }
    });
    let mut fit = 0;
    let mut worn = Worn { envelope, ours: Vec::new(), stderr_is_ours: false, seams: Seams::default() };
    for (name, (_, text)) in of_senders {
        let of_sender = how_many_fit(&FormatsOfFile::detect(formats, own, &text), lines(&text, false));
        fit += of_sender;
        match name {
            Name::Program(name) if of_sender > 0 => worn.ours.push(name),
            Name::Stderr => worn.stderr_is_ours = of_sender > 0,
            _ => {}
        }
    }
    (fit, worn)
}

/// A sender, to be kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Unknown,
    Program(Vec<u8>),
    Stdout,
    Stderr,
}

impl Name {
    fn of(sender: Sender<'_>) -> Name {
        match sender {
            Sender::Unknown => Name::Unknown,
            Sender::Program(name) => Name::Program(name.to_vec()),
            Sender::Pipe(Pipe::Stdout) => Name::Stdout,
            Sender::Pipe(Pipe::Stderr) => Name::Stderr,
        }
    }
}

fn how_many_fit<'h>(formats: &FormatsOfFile<'_>, lines: impl Iterator<Item = &'h [u8]>) -> usize {
    let (bump, mut memory, mut row) = (Bump::new(), Memory::default(), Row::EMPTY);
    let room = Room { bump: &bump, needs: Fields::NONE };
    let mut fits = |text| formats.take(Line::unmarked(text), room, &mut memory, &mut row).is_ok();
    lines.filter(|text| !is_blank(text) && fits(text)).count()
}

/// The first lines without their envelope, each in its place: one that is cut into parts is where the last of them is, and
/// blank is where the others are and what is of a sender that is not wanted.
fn opened(envelope: &Envelope, head: &[u8], wanted: impl Fn(Sender<'_>) -> bool) -> Vec<u8> {
    let mut text = Vec::with_capacity(head.len());
    each_opened(envelope, head, |sender, line| {
        if sender.is_none_or(&wanted) {
            push(line, &mut text);
        } else {
            text.push(b'\n');
        }
    });
    text
}

/// Shows each of the first lines, opened, with its sender; `None` for one that is in no envelope.
fn each_opened(envelope: &Envelope, head: &[u8], mut visit: impl FnMut(Option<Sender<'_>>, &[u8])) {
    let mut runs = Runs::at(0);
    let mut text = Vec::new();
    for line in lines(head, true) {
        let Some(letter) = (envelope.open)(line) else {
            visit(None, line);
            continue;
        };
        text.clear();
        match letter.text {
            Text::Plain(plain) => text.extend_from_slice(plain),
            Text::Json(raw) => undo_json_into(raw, &mut text),
        }
        if let Sender::Pipe(pipe) = letter.sender
            && (letter.goes_on || !runs.of(pipe).is_between_lines())
        {
            let part = Joined { text: std::mem::take(&mut text), ..Joined::part(LinePlace::default(), b"") };
            text = runs.of(pipe).push(part, letter.goes_on).map(|joined| joined.text).unwrap_or_default();
        }
        visit(Some(letter.sender), &text);
    }
}

/// Appends a line. Line feeds within, which JSON can have, would make it two.
fn push(line: &[u8], out: &mut Vec<u8>) {
    out.extend(line.iter().map(|b| if *b == b'\n' { b' ' } else { *b }));
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"1.2.3.4 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 12 "-" "curl""#;

    fn found(head: &str) -> Option<Worn> {
        find(&LogFormat::all_presets(), &[], head.as_bytes()).0
    }

    fn name(head: &str) -> &'static str {
        found(head).map_or("none", |worn| worn.envelope.name)
    }

    #[test]
    fn what_makes_more_lines_fit_is_taken_off() {
        assert_eq!(name(&format!("{LINE}\n").repeat(3)), "none");
        assert_eq!(name(&format!("nginx-1  | {LINE}\n").repeat(3)), "docker compose");
        assert_eq!(name(&format!("{LINE}\n{LINE}\nnginx-1  | {LINE}\n")), "none");
        assert_eq!(name(&format!("{LINE}\nnginx-1  | {LINE}\nnginx-1  | {LINE}\n")), "docker compose");
        assert_eq!(name(&format!("<190>Nov 21 10:00:00 web nginx: {LINE}\nnginx-1  | x\nnginx-1  | x\n")), "syslog");
        assert_eq!(name(""), "none");
    }

    #[test]
    fn nothing_that_fits_is_decided_by_most_lines() {
        assert_eq!(name("web-1  | x\nweb-1  | x\nweb\n"), "docker compose");
        assert_eq!(name("web-1  | x\nweb\nweb\n"), "none");
    }

    #[test]
    fn a_format_that_looks_like_an_envelope_is_read_as_it_stands() {
        let formats = ["$host | $remote_addr [$time_local] $status".parse().unwrap()];
        let (worn, _) = find(&formats, &[], b"shop | 1.2.3.4 [05/Apr/2022:03:45:05 +0000] 200\n");
        assert!(worn.is_none());
    }

    #[test]
    fn nginx_is_who_writes_lines_that_fit_or_is_called_so() {
        let chatter = "web-1  | GET /\n".repeat(3000);
        let worn = found(&format!("{chatter}proxy-1  | {LINE}\nother-1  | x\n")).unwrap();
        for (name, expected) in
            [("proxy-1", false), ("web-1", true), ("other-1", true), ("my_NGINX_2", false), ("new", true)]
        {
            assert_eq!(worn.is_another_program(Sender::Program(name.as_bytes())), expected, "{name}");
        }
        assert!(!worn.is_another_program(Sender::Unknown));
    }

    #[test]
    fn standard_error_is_another_program_unless_its_lines_fit() {
        let is_other = |head: &str| {
            let worn = found(head).unwrap();
            Pipe::ALL.map(|pipe| worn.is_another_program(Sender::Pipe(pipe)))
        };
        let of = |pipe: &str, text: &str| format!("2026-01-01T00:00:00Z {pipe} F {text}\n");
        assert_eq!(is_other(&(of("stdout", LINE) + &of("stderr", "x"))), [false, true]);
        assert_eq!(is_other(&(of("stdout", "x") + &of("stderr", LINE))), [false, false]);
        assert_eq!(is_other(&of("stdout", "x")), [false, true]);
    }

    #[test]
    fn lines_keep_their_numbers() {
        let head = b"a | x\nb | y\nz\nnginx | w\n";
        let text = opened(&ENVELOPES[0], head, |sender| sender != Sender::Program(b"b"));
        assert_eq!(text, b"x\n\nz\nw\n");
        let cri = ENVELOPES.iter().find(|e| e.name == "Kubernetes CRI").unwrap();
        let head = b"2026-01-01T00:00:00Z stdout P x\n2026-01-01T00:00:00Z stdout F y\n";
        assert_eq!(opened(cri, head, |_| true), b"\nxy\n");
    }
}
