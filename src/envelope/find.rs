//! Detecting an input's envelopes from its first lines.
//!
//! A reading of the lines is a chain of envelopes, which may be empty. If two readings are possible, the one that explains more of the
//! same lines is used. A line is explained if it fits a format once its envelopes are taken off, and has an address where the
//! format has one; lines that fit without one decide only between readings that are equal otherwise.

use std::collections::BTreeMap;
use std::sync::Arc;

use bumpalo::Bump;

use super::address::may_be_a_client;
use super::open::Opened;
use super::reading::{Fit, Letters, Reading, explained, joined};
use super::seams::Runs;
use super::worn::Worn;
use super::{ENVELOPES, Envelope, Sampled, Sender};
use crate::batch::{Fields, TextField};
use crate::format::{Detector, FormatsOfFile, Line, Memory, Room, Row, Slot};
use crate::text::{is_blank, lines};

/// Number of lines whose shape is looked at.
const SAMPLE: usize = 1000;
/// Number of lines of each sender that readings are compared on. Detecting formats is most of the cost.
const COMPARED: usize = 500;
/// How many senders are distinguished in the first lines.
const SENDERS: usize = 100;
/// Number of envelopes that may be within one another.
const DEPTH: usize = 3;

/// Detects the envelopes, if there are any, and the formats of the lines within.
pub(crate) fn find<'f>(detector: &Detector<'f>, own: &[usize], head: &[u8]) -> (Option<Worn>, Arc<FormatsOfFile<'f>>) {
    let bump = Bump::new();
    let sample = detector.sample(head);
    let opens = |envelope: &&Envelope| sample.may_be_wrapped().any(|text| (envelope.open)(text).is_some());
    let envelopes: Vec<_> = ENVELOPES.iter().filter(opens).collect();
    let reading = if envelopes.is_empty() { None } else { reading(&envelopes, detector, own, head, &bump) };
    match reading.filter(|reading| !reading.chain.is_empty()) {
        None => (None, detector.detect(own, &sample)),
        Some(Reading { chain, ours, .. }) => {
            let worn = Worn::new(chain, &ours);
            let of_file = detector.detect(own, &detector.sample(&taken_out(&worn, head, &bump)));
            (Some(worn), of_file)
        }
    }
}

/// The best reading of lines that some of these envelopes may be around; `None` if none of them is.
fn reading<'t>(
    envelopes: &[&'static Envelope],
    detector: &Detector<'_>,
    own: &[usize],
    head: &'t [u8],
    bump: &'t Bump,
) -> Option<Reading<'t>> {
    let search = Search { detector, own, bump };
    let mut rest = lines(head, true).filter(|line| !is_blank(line)).map(Opened::whole);
    let mut all: Vec<_> = rest.by_ref().take(SAMPLE).collect();
    let around = candidates(envelopes.iter().copied(), &all, &[]);
    if around.is_empty() {
        return None;
    }
    all.extend(rest);
    let few = thinned(&all, &around);
    let reading = search.read(&few, &mut Vec::new());
    // nginx's lines may be few among those of others, more than one envelope deep.
    let is_none = reading.fits.iter().all(|fit| *fit == Fit::Not) && few.len() < all.len();
    Some(if is_none { search.read(&all, &mut Vec::new()) } else { reading })
}

struct Search<'s, 'f, 't> {
    detector: &'s Detector<'f>,
    own: &'s [usize],
    bump: &'t Bump,
}

impl<'t> Search<'_, '_, 't> {
    /// The best reading of lines that were taken out of `outer`.
    fn read(&self, all: &[Opened<'t>], outer: &mut Vec<&'static Envelope>) -> Reading<'t> {
        let plain = self.as_they_stand(all);
        let mut best: Option<((usize, usize), usize, Reading<'t>)> = None;
        for envelope in candidates(ENVELOPES.iter(), all, outer) {
            let letters = Letters::of(envelope, all, self.bump);
            outer.push(envelope);
            let inside = self.read(&letters.texts, outer);
            outer.pop();
            if !letters.are_taken_off(envelope, &inside, &plain) {
                continue;
            }
            let reading = letters.reading(envelope, inside, &plain);
            let (explained, opened) = (explained(reading.fits.iter()), letters.opened());
            if best.as_ref().is_none_or(|(most, by, _)| (explained, opened) > (*most, *by)) {
                best = Some((explained, opened, reading));
            }
        }
        best.map_or(plain, |(_, _, reading)| reading)
    }

    /// The reading without a further envelope. Each sender's lines are looked at by themselves: nginx's may be few among
    /// those of others.
    fn as_they_stand(&self, all: &[Opened<'t>]) -> Reading<'t> {
        let mut of_senders: BTreeMap<Sender<'t>, Vec<usize>> = BTreeMap::new();
        for (at, line) in all.iter().enumerate().filter(|(_, line)| !is_blank(line.text)) {
            let sender = line.sender.told_apart();
            let is_room = of_senders.len() < SENDERS || of_senders.contains_key(&sender);
            of_senders.entry(if is_room { sender } else { Sender::Unknown }).or_default().push(at);
        }
        let mut reading = Reading { chain: Vec::new(), fits: vec![Fit::Not; all.len()], ours: Vec::new() };
        let (room_for_texts, mut memory, mut row) = (Bump::new(), Memory::default(), Row::EMPTY);
        let room = Room { bump: &room_for_texts, needs: Fields::NONE };
        for (sender, places) in of_senders {
            let mut text = Vec::new();
            places.iter().take(COMPARED).for_each(|at| push(all[*at].text, &mut text));
            let of_sender = self.detector.detect(self.own, &self.detector.sample(&text));
            let mut is_ours = false;
            for at in places {
                let line = Line::unmarked(all[at].text);
                if of_sender.take(line, room, &mut memory, &mut row).is_ok() {
                    is_ours = true;
                    let address = row.text(Slot::of(TextField::Addr));
                    reading.fits[at] = if may_be_a_client(address) { Fit::Well } else { Fit::Oddly };
                }
            }
            if is_ours {
                reading.ours.push(sender);
            }
        }
        reading
    }
}

/// The lines of each sender that an envelope of `around` names, [`COMPARED`] at most, and as many outside: enough to compare.
fn thinned<'t>(all: &[Opened<'t>], around: &[&Envelope]) -> Vec<Opened<'t>> {
    let mut counts: Vec<BTreeMap<Option<Sender<'t>>, usize>> = vec![BTreeMap::new(); around.len()];
    let is_wanted = |line: &&Opened<'t>| {
        around.iter().zip(&mut counts).fold(false, |is_wanted, (envelope, counts)| {
            let sender = (envelope.open)(line.text).map(|letter| letter.sender.told_apart());
            let is_room = counts.len() < SENDERS || counts.contains_key(&sender);
            let count = counts.entry(if is_room { sender } else { None }).or_default();
            *count += 1;
            is_wanted || *count <= COMPARED
        })
    };
    all.iter().filter(is_wanted).copied().collect()
}

/// Those of some envelopes that some of the first lines may be in.
fn candidates(
    envelopes: impl Iterator<Item = &'static Envelope>,
    all: &[Opened<'_>],
    outer: &[&'static Envelope],
) -> Vec<&'static Envelope> {
    if outer.len() == DEPTH {
        return Vec::new();
    }
    // nginx-proxy writes as compose does, and may run in compose; but parts are joined once.
    let is_joined = outer.iter().any(|envelope| envelope.has_pipes);
    let is_worn = |envelope: &&Envelope| {
        let is_letter = |text| (envelope.open)(text).is_some();
        if !all.iter().take(SAMPLE).any(|line| is_letter(line.text)) {
            return false;
        }
        let sample = all.iter().take(SAMPLE);
        let sample: Vec<_> = sample
            .map(|Opened { text, sender, .. }| Sampled { text, sender: *sender, is_letter: is_letter(text) })
            .collect();
        (envelope.accepts)(&sample)
    };
    envelopes.filter(|envelope| !(is_joined && envelope.has_pipes)).filter(is_worn).collect()
}

/// The first lines without their envelopes, each in its place. The place of a line in parts is that of its last; the other
/// parts are blank, and so are the lines of other programs.
pub(crate) fn taken_out(worn: &Worn, head: &[u8], bump: &Bump) -> Vec<u8> {
    let mut text = Vec::with_capacity(head.len());
    each_line(worn, head, bump, |line| match line.filter(|line| !worn.is_another_program(line.sender)) {
        Some(line) => push(line.text, &mut text),
        None => text.push(b'\n'),
    });
    text
}

/// Shows each of the first lines without its envelopes. A line in parts is shown in the place of its last part; for the other
/// parts there is `None`.
pub(crate) fn each_line<'t>(worn: &Worn, head: &'t [u8], bump: &'t Bump, mut visit: impl FnMut(Option<Opened<'t>>)) {
    let mut runs = Runs::at(0);
    for line in lines(head, true) {
        let opened = worn.open(line, bump);
        visit(match opened.part {
            None => Some(opened),
            Some(_) => joined(opened, &mut runs, bump).map(|whole| worn.open_inner(whole, bump)),
        });
    }
}

/// Appends a line. Line feeds within, which JSON can have, would make it two.
fn push(line: &[u8], out: &mut Vec<u8>) {
    out.extend(line.iter().map(|b| if *b == b'\n' { b' ' } else { *b }));
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::super::join::Pipe;
    use super::*;
    use crate::format::LogFormat;
    use proptest::prelude::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    const LINE: &str = r#"1.2.3.4 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 12 "-" "curl""#;

    fn found(head: &str) -> Option<Worn> {
        find(&Detector::new(&LogFormat::all_presets()), &[], head.as_bytes()).0
    }

    fn name(head: &str) -> String {
        found(head).map_or("none".to_owned(), |worn| worn.name())
    }

    #[test]
    fn the_reading_that_explains_more_lines_is_taken() {
        assert_eq!(name(&format!("{LINE}\n").repeat(3)), "none");
        assert_eq!(name(&format!("nginx-1  | {LINE}\n").repeat(3)), "docker compose");
        assert_eq!(name(&format!("{LINE}\n{LINE}\nnginx-1  | {LINE}\n")), "docker compose");
        assert_eq!(name(&(format!("{LINE}\n").repeat(11) + &format!("nginx-1  | {LINE}\n"))), "none");
        assert_eq!(name(&format!("<190>Nov 21 10:00:00 web nginx: {LINE}\nnginx-1  | x\nnginx-1  | x\n")), "syslog");
        assert_eq!(name(""), "none");
    }

    #[test]
    fn if_nothing_fits_most_lines_decide() {
        assert_eq!(name("web-1  | x\nweb-1  | x\nweb\n"), "docker compose");
        assert_eq!(name("web-1  | x\nweb\nweb\n"), "none");
        for text in ["web nginx x\n", "access.log:x\n", "1:x\n", "\"x\"\n", "{\"msg\":\"x\"}\n"] {
            assert_eq!(name(text), "none");
        }
    }

    #[test]
    fn a_format_that_looks_like_an_envelope_is_read_as_it_stands() {
        let formats = ["$host | $remote_addr [$time_local] $status".parse().unwrap()];
        let (worn, _) = find(&Detector::new(&formats), &[], b"shop | 1.2.3.4 [05/Apr/2022:03:45:05 +0000] 200\n");
        assert!(worn.is_none());
    }

    #[test]
    fn a_given_format_that_fits_wrapped_lines_too_is_compared_on_the_same_lines() {
        let formats = ["combined".parse().unwrap()];
        let lines = |count: usize| (0..count).map(|i| format!("a.log.{}:{LINE}\n", i % 3)).collect::<String>();
        for count in [1, 10, 6000] {
            let (worn, _) = find(&Detector::new(&formats), &[], lines(count).as_bytes());
            assert_eq!(worn.unwrap().name(), "grep", "{count}");
        }
    }

    #[test]
    fn envelopes_within_one_another_are_found_in_their_order() {
        let json = |text: &str| {
            let log = text.replace('"', "\\\"");
            format!("{{\"log\":\"{log}\\n\",\"stream\":\"stdout\",\"time\":\"2026-01-01T00:00:00Z\"}}\n")
        };
        let cases = [
            (json(&format!("\\u001b[0;33;1mnginx.1    | \\u001b[0m{LINE}")), "docker json-file + docker compose"),
            (
                format!("web-1  | {}", json(&format!("nginx.1    | {LINE}"))),
                "docker compose + docker json-file + docker compose",
            ),
            (format!("web-1  | nginx.1    | {LINE}\n"), "docker compose + docker compose"),
            (format!("a.log:7:{LINE}\nb.log:1:{LINE}\n"), "grep + grep -n"),
            (format!("a.log:7:\"{}\"\n", LINE.replace('"', "\"\"")), "grep + grep -n + quotes"),
            (format!("[pod/web-0/web] 2026-01-01T00:00:00.123456789Z {LINE}\n"), "kubectl logs --prefix + timestamps"),
            (format!("2026-01-01T00:00:00.123456789Z web.1.a@n    | {LINE}\n"), "timestamps + docker service logs"),
            (format!("2026-01-01T00:00:00+00:00\tnginx\t{}", json(LINE)), "Fluentd + docker json-file"),
        ];
        for (head, expected) in cases {
            assert_eq!(name(&head), expected, "{head}");
        }
        let deep = format!("a.log:1:[pod/web-0/web] 2026-01-01T00:00:00Z web.1@n    | {LINE}\n");
        assert_eq!(name(&deep), "none", "four are too many for any reading to explain the line");
    }

    #[test]
    fn senders_are_those_of_the_innermost_envelope_that_names_one() {
        let of = |service: &str, text: &str| format!("2026-01-01T00:00:00Z stdout F {service}-1  | {text}\n");
        let head = of("nginx", LINE) + &of("gunicorn", LINE) + "2026-01-01T00:00:00Z stderr F x\n";
        let worn = found(&head).unwrap();
        assert_eq!(worn.name(), "Kubernetes CRI + docker compose");
        let bump = Bump::new();
        let sender = |text: &'static str| {
            let opened = worn.open(text.as_bytes(), &bump);
            worn.open_inner(opened, &bump).sender
        };
        let gunicorn = sender("2026-01-01T00:00:00Z stdout F gunicorn-1  | x");
        assert_eq!(gunicorn, Sender::Program(b"gunicorn-1"));
        assert!(worn.stays_out(gunicorn));
        assert!(!worn.stays_out(sender("2026-01-01T00:00:00Z stdout F nginx-1  | x")));
        assert!(worn.is_another_program(sender("2026-01-01T00:00:00Z stderr F x")));
        assert!(!worn.is_another_program(sender("2026-01-01T00:00:00Z stdout F x")));
    }

    #[test]
    fn more_senders_than_are_told_apart_are_read_together() {
        let head: String = (0..500).map(|i| format!("web-{i}  | {LINE}\n")).collect();
        assert_eq!(name(&head), "docker compose");
    }

    #[test]
    fn a_few_lines_are_found_among_many_of_others() {
        let chatter = "web-1  | other.1    | GET /\n".repeat(3000);
        let head = format!("{chatter}web-1  | nginx.1    | {LINE}\n");
        assert_eq!(name(&head), "docker compose + docker compose");
        let all: Vec<_> = lines(head.as_bytes(), true).map(Opened::whole).collect();
        let compose = ENVELOPES.iter().find(|envelope| envelope.name == "docker compose").unwrap();
        assert_eq!(thinned(&all, &[compose]).len(), COMPARED);
        assert_eq!(thinned(&all[..10], &[compose]).len(), 10);
    }

    #[test]
    fn nginx_is_the_sender_whose_lines_fit_or_whose_name_says_so() {
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
        let worn = |name: &str, ours: &[Sender<'_>]| {
            Worn::new(ENVELOPES.iter().filter(|envelope| envelope.name == name).collect(), ours)
        };
        let bump = Bump::new();
        let ours = [Sender::Program(b"a".as_slice()), Sender::Program(b"nginx".as_slice())];
        let head = b"a | x\nb | y\nz\nnginx | w\n";
        assert_eq!(taken_out(&worn("docker compose", &ours), head, &bump), b"x\n\nz\nw\n");
        let head = b"2026-01-01T00:00:00Z stdout P x\n2026-01-01T00:00:00Z stdout F y\n";
        assert_eq!(taken_out(&worn("Kubernetes CRI", &[]), head, &bump), b"\nxy\n");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8 * ProptestConfig::default().cases))]

        /// Of lines that are alike one is tried, and most ordinary lines are not tried at all.
        #[test]
        fn lines_that_are_not_opened_change_nothing(
            parts in prop::collection::vec(
                (
                    prop_oneof![
                        any::<Ipv4Addr>().prop_map(|addr| addr.to_string()),
                        any::<Ipv6Addr>().prop_map(|addr| addr.to_string()),
                        prop::sample::select(vec!["12", "access.log:1.2.3.4", "web-1 |", "a b 1.2.3.4"]).prop_map(str::to_owned),
                    ],
                    prop::sample::select(vec!["-", "bob", "nginx:", "access.log", "|", "{", "<13>1"]),
                    "[^\"\n\\\\]{0,20}",
                    "[^\"\n\\\\]{0,20}",
                    prop::sample::select(vec!["", " 0.001", " \"-\"", " \"1.2.3.4\" 0.001"]),
                ),
                1..8,
            ),
        ) {
            let line = |(addr, user, request, agent, after): &(String, &str, String, String, &str)| {
                format!("{addr} - {user} [05/Apr/2022:03:45:05 +0000] \"{request}\" 200 5 \"-\" \"{agent}\"{after}\n")
            };
            let head: String = parts.iter().map(line).collect();
            let formats = LogFormat::all_presets();
            let sample = Detector::new(&formats).sample(head.as_bytes());
            let all: Vec<_> = lines(head.as_bytes(), true).filter(|line| !is_blank(line)).map(Opened::whole).collect();
            let is_seen =
                |envelope: &&Envelope| sample.may_be_wrapped().any(|text| (envelope.open)(text).is_some());
            let names = |envelopes: Vec<&Envelope>| envelopes.iter().map(|envelope| envelope.name).collect::<Vec<_>>();
            prop_assert_eq!(
                names(candidates(ENVELOPES.iter().filter(is_seen), &all, &[])),
                names(candidates(ENVELOPES.iter(), &all, &[])),
                "{}", head
            );
        }
    }
}
