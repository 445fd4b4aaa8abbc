//! Detects an input's envelopes from its first lines.
//!
//! A reading of the lines is a chain of envelopes, which may be empty. Of two possible readings, the one that explains
//! more of the same lines is used. A line is explained if it fits a format after its envelopes are removed, and has an
//! address where the format expects one. Lines that fit without an address decide only between readings that are
//! otherwise equal.

use std::collections::BTreeMap;
use std::sync::Arc;

use bumpalo::Bump;

use super::address::may_be_a_client;
use super::detected::DetectedEnvelopes;
use super::first_lines::{push, unwrap_lines};
use super::open::Opened;
use super::reading::{Fit, Reading, UnwrappedLines, count_fits};
use super::{ENVELOPES, Envelope, Sampled, Sender};
use crate::batch::{Fields, TextField};
use crate::format::{Detector, FormatsOfFile, Line, Row, ScanCache, ScanContext, Slot};
use crate::text::{FirstLines, is_blank, lines};

/// Maximum number of lines that are tried with each envelope.
const MAX_TRIED: usize = 1000;
/// Maximum number of lines per sender for comparing readings. Format detection is most of the cost.
const MAX_COMPARED: usize = 500;
/// Maximum number of senders that are distinguished in the first lines.
const MAX_SENDERS: usize = 100;
/// Maximum number of nested envelopes.
const MAX_DEPTH: usize = 3;

/// Detects the envelopes, if any, and the formats of the lines inside them.
pub(crate) fn find<'f>(
    detector: &Detector<'f>,
    own: &[usize],
    head: FirstLines<'_>,
) -> (Option<DetectedEnvelopes>, Arc<FormatsOfFile<'f>>) {
    let bump = Bump::new();
    let sample = detector.sample(head.text);
    let opens = |envelope: &&Envelope| sample.may_be_wrapped().any(|text| (envelope.open)(text).is_some());
    let envelopes: Vec<_> = ENVELOPES.iter().filter(opens).collect();
    let reading = if envelopes.is_empty() { None } else { reading(&envelopes, detector, own, head, &bump) };
    match reading.filter(|reading| !reading.chain.is_empty()) {
        None => (None, detector.detect(own, &sample)),
        Some(Reading { chain, nginx_senders, .. }) => {
            let detected = DetectedEnvelopes::new(chain, &nginx_senders);
            let of_file = detector.detect(own, &detector.sample(&unwrap_lines(&detected, head, &bump)));
            (Some(detected), of_file)
        }
    }
}

/// The best reading with these envelopes; `None` if none of them can be the outermost one.
fn reading<'t>(
    envelopes: &[&'static Envelope],
    detector: &Detector<'_>,
    own: &[usize],
    head: FirstLines<'t>,
    bump: &'t Bump,
) -> Option<Reading<'t>> {
    let mut rest = lines(head.text, true).filter(|line| !is_blank(line)).map(Opened::whole);
    let mut all: Vec<_> = rest.by_ref().take(MAX_TRIED).collect();
    let around = candidates(envelopes.iter().copied(), &all, &[]);
    if around.is_empty() {
        return None;
    }
    all.extend(rest);
    let few = thin_out(&all, &around);
    let search = |are_all: bool| Search { detector, own, are_all, bump };
    let reading = search(head.are_all && few.len() == all.len()).read(&few, &mut Vec::new());
    // nginx's lines may be rare among those of other programs, and nested in more than one envelope.
    let is_none = reading.fits.iter().all(|fit| *fit == Fit::Not) && few.len() < all.len();
    Some(if is_none { search(head.are_all).read(&all, &mut Vec::new()) } else { reading })
}

struct Search<'s, 'f, 't> {
    detector: &'s Detector<'f>,
    own: &'s [usize],
    /// True if the lines are those of a whole text.
    are_all: bool,
    bump: &'t Bump,
}

impl<'t> Search<'_, '_, 't> {
    /// The best reading of lines from which the envelopes `outer` were removed.
    fn read(&self, all: &[Opened<'t>], outer: &mut Vec<&'static Envelope>) -> Reading<'t> {
        let plain = self.read_without(all);
        let mut best: Option<((usize, usize), usize, Reading<'t>)> = None;
        for envelope in candidates(ENVELOPES.iter(), all, outer) {
            let unwrapped = UnwrappedLines::of(envelope, all, self.are_all, self.bump);
            outer.push(envelope);
            let inside = self.read(&unwrapped.texts, outer);
            outer.pop();
            if !unwrapped.should_be_removed(envelope, &inside, &plain) {
                continue;
            }
            let reading = unwrapped.reading(envelope, inside, &plain);
            let (count_fits, opened) = (count_fits(reading.fits.iter()), unwrapped.opened());
            if best.as_ref().is_none_or(|(most, by, _)| (count_fits, opened) > (*most, *by)) {
                best = Some((count_fits, opened, reading));
            }
        }
        best.map_or(plain, |(_, _, reading)| reading)
    }

    /// The reading without a further envelope. Formats are detected for each sender separately, because nginx's lines
    /// may be rare among those of others.
    fn read_without(&self, all: &[Opened<'t>]) -> Reading<'t> {
        let mut of_senders: BTreeMap<Sender<'t>, Vec<usize>> = BTreeMap::new();
        for (at, line) in all.iter().enumerate().filter(|(_, line)| !is_blank(line.text)) {
            let sender = line.sender.without_file();
            let is_room = of_senders.len() < MAX_SENDERS || of_senders.contains_key(&sender);
            of_senders.entry(if is_room { sender } else { Sender::Unknown }).or_default().push(at);
        }
        let mut reading = Reading { chain: Vec::new(), fits: vec![Fit::Not; all.len()], nginx_senders: Vec::new() };
        let (room_for_texts, mut cache, mut row) = (Bump::new(), ScanCache::default(), Row::EMPTY);
        let context = ScanContext { bump: &room_for_texts, needs: Fields::NONE };
        for (sender, places) in of_senders {
            let mut text = Vec::new();
            places.iter().take(MAX_COMPARED).for_each(|at| push(all[*at].text, &mut text));
            let of_sender = self.detector.detect(self.own, &self.detector.sample(&text));
            let mut has_access_log = false;
            for at in places {
                let line = Line::unmarked(all[at].text);
                if of_sender.parse(line, context, &mut cache, &mut row).is_ok() {
                    has_access_log = true;
                    let address = row.text(Slot::of(TextField::Addr));
                    reading.fits[at] = if may_be_a_client(address) { Fit::Well } else { Fit::Oddly };
                }
            }
            if has_access_log {
                reading.nginx_senders.push(sender);
            }
        }
        reading
    }
}

/// For each envelope in `around`: at most [`MAX_COMPARED`] lines per sender, and as many lines that it does not open.
fn thin_out<'t>(all: &[Opened<'t>], around: &[&Envelope]) -> Vec<Opened<'t>> {
    let mut counts: Vec<BTreeMap<Option<Sender<'t>>, usize>> = vec![BTreeMap::new(); around.len()];
    let is_wanted = |line: &&Opened<'t>| {
        around.iter().zip(&mut counts).fold(false, |is_wanted, (envelope, counts)| {
            let sender = (envelope.open)(line.text).map(|unwrapped| unwrapped.sender.without_file());
            let is_room = counts.len() < MAX_SENDERS || counts.contains_key(&sender);
            let count = counts.entry(if is_room { sender } else { None }).or_default();
            *count += 1;
            is_wanted || *count <= MAX_COMPARED
        })
    };
    all.iter().filter(is_wanted).copied().collect()
}

/// The envelopes that some of the first lines may be in.
fn candidates(
    envelopes: impl Iterator<Item = &'static Envelope>,
    all: &[Opened<'_>],
    outer: &[&'static Envelope],
) -> Vec<&'static Envelope> {
    if outer.len() == MAX_DEPTH {
        return Vec::new();
    }
    // nginx-proxy writes like compose, and may run in compose, so an envelope may occur twice. But parts are joined
    // only once.
    let is_joined = outer.iter().any(|envelope| envelope.has_std_streams);
    let may_apply = |envelope: &&Envelope| {
        let is_wrapped = |text| (envelope.open)(text).is_some();
        if !all.iter().take(MAX_TRIED).any(|line| is_wrapped(line.text)) {
            return false;
        }
        let sample = all.iter().take(MAX_TRIED);
        let sample: Vec<_> = sample
            .map(|Opened { text, sender, .. }| Sampled { text, sender: *sender, is_wrapped: is_wrapped(text) })
            .collect();
        (envelope.accepts)(&sample)
    };
    envelopes.filter(|envelope| !(is_joined && envelope.has_std_streams)).filter(may_apply).collect()
}

#[cfg(test)]
mod tests {
    use super::super::join::StdStream;
    use super::*;
    use crate::format::LogFormat;
    use proptest::prelude::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    const LINE: &str = r#"1.2.3.4 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 12 "-" "curl""#;

    fn found(head: &str) -> Option<DetectedEnvelopes> {
        find(&Detector::new(&LogFormat::all_presets()), &[], FirstLines::all(head.as_bytes())).0
    }

    fn name(head: &str) -> String {
        found(head).map_or("none".to_owned(), |detected| detected.name())
    }

    #[test]
    fn reading_that_explains_more_lines_wins() {
        assert_eq!(name(&format!("{LINE}\n").repeat(3)), "none");
        assert_eq!(name(&format!("nginx-1  | {LINE}\n").repeat(3)), "docker compose");
        assert_eq!(name(&format!("{LINE}\n{LINE}\nnginx-1  | {LINE}\n")), "docker compose");
        assert_eq!(name(&(format!("{LINE}\n").repeat(11) + &format!("nginx-1  | {LINE}\n"))), "none");
        assert_eq!(name(&format!("<190>Nov 21 10:00:00 web nginx: {LINE}\nnginx-1  | x\nnginx-1  | x\n")), "syslog");
        assert_eq!(name(""), "none");
    }

    #[test]
    fn without_a_fit_the_majority_of_lines_decides() {
        assert_eq!(name("web-1  | x\nweb-1  | x\nweb\n"), "docker compose");
        assert_eq!(name("web-1  | x\nweb\nweb\n"), "none");
        for text in ["web nginx x\n", "access.log:x\n", "1:x\n", "\"x\"\n", "{\"msg\":\"x\"}\n"] {
            assert_eq!(name(text), "none");
        }
    }

    #[test]
    fn format_that_looks_like_an_envelope_is_not_unwrapped() {
        let formats = ["$host | $remote_addr [$time_local] $status".parse().unwrap()];
        let head = FirstLines::all(b"shop | 1.2.3.4 [05/Apr/2022:03:45:05 +0000] 200\n");
        assert!(find(&Detector::new(&formats), &[], head).0.is_none());
    }

    #[test]
    fn given_format_is_compared_with_envelopes_on_the_same_lines() {
        let formats = ["combined".parse().unwrap()];
        let lines = |count: usize| (0..count).map(|i| format!("a.log.{}:{LINE}\n", i % 3)).collect::<String>();
        for count in [1, 10, 6000] {
            let (detected, _) = find(&Detector::new(&formats), &[], FirstLines::all(lines(count).as_bytes()));
            assert_eq!(detected.unwrap().name(), "grep", "{count}");
        }
    }

    #[test]
    fn nested_envelopes_are_found_outermost_first() {
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
        assert_eq!(name(&deep), "none", "four envelopes are more than detection removes");
    }

    #[test]
    fn innermost_named_sender_wins() {
        let of = |service: &str, text: &str| format!("2026-01-01T00:00:00Z stdout F {service}-1  | {text}\n");
        let head = of("nginx", LINE) + &of("gunicorn", LINE) + "2026-01-01T00:00:00Z stderr F x\n";
        let detected = found(&head).unwrap();
        assert_eq!(detected.name(), "Kubernetes CRI + docker compose");
        let bump = Bump::new();
        let sender = |text: &'static str| {
            let opened = detected.open(text.as_bytes(), &bump);
            detected.open_inner(opened, &bump).sender
        };
        let gunicorn = sender("2026-01-01T00:00:00Z stdout F gunicorn-1  | x");
        assert_eq!(gunicorn, Sender::Program(b"gunicorn-1"));
        assert!(detected.is_excluded(gunicorn));
        assert!(!detected.is_excluded(sender("2026-01-01T00:00:00Z stdout F nginx-1  | x")));
        assert!(detected.is_other_program(sender("2026-01-01T00:00:00Z stderr F x")));
        assert!(!detected.is_other_program(sender("2026-01-01T00:00:00Z stdout F x")));
    }

    #[test]
    fn excess_senders_are_read_together() {
        let head: String = (0..500).map(|i| format!("web-{i}  | {LINE}\n")).collect();
        assert_eq!(name(&head), "docker compose");
    }

    #[test]
    fn few_lines_are_found_among_many_of_others() {
        let chatter = "web-1  | other.1    | GET /\n".repeat(3000);
        let head = format!("{chatter}web-1  | nginx.1    | {LINE}\n");
        assert_eq!(name(&head), "docker compose + docker compose");
        let all: Vec<_> = lines(head.as_bytes(), true).map(Opened::whole).collect();
        let compose = ENVELOPES.iter().find(|envelope| envelope.name == "docker compose").unwrap();
        assert_eq!(thin_out(&all, &[compose]).len(), MAX_COMPARED);
        assert_eq!(thin_out(&all[..10], &[compose]).len(), 10);
    }

    #[test]
    fn nginx_is_recognized_by_fitting_lines_or_by_name() {
        let chatter = "web-1  | GET /\n".repeat(3000);
        let detected = found(&format!("{chatter}proxy-1  | {LINE}\nother-1  | x\n")).unwrap();
        for (name, expected) in
            [("proxy-1", false), ("web-1", true), ("other-1", true), ("my_NGINX_2", false), ("new", true)]
        {
            assert_eq!(detected.is_other_program(Sender::Program(name.as_bytes())), expected, "{name}");
        }
        assert!(!detected.is_other_program(Sender::Unknown));
    }

    #[test]
    fn stderr_is_another_program_unless_its_lines_fit() {
        let is_other = |head: &str| {
            let detected = found(head).unwrap();
            StdStream::ALL.map(|std_stream| detected.is_other_program(Sender::StdStream(std_stream)))
        };
        let of = |std_stream: &str, text: &str| format!("2026-01-01T00:00:00Z {std_stream} F {text}\n");
        assert_eq!(is_other(&(of("stdout", LINE) + &of("stderr", "x"))), [false, true]);
        assert_eq!(is_other(&(of("stdout", "x") + &of("stderr", LINE))), [false, false]);
        assert_eq!(is_other(&of("stdout", "x")), [false, true]);
    }

    #[test]
    fn lines_keep_their_numbers() {
        let detected = |name: &str, nginx_senders: &[Sender<'_>]| {
            DetectedEnvelopes::new(ENVELOPES.iter().filter(|envelope| envelope.name == name).collect(), nginx_senders)
        };
        let bump = Bump::new();
        let nginx_senders = [Sender::Program(b"a".as_slice()), Sender::Program(b"nginx".as_slice())];
        let head = b"a | x\nb | y\nz\nnginx | w\n";
        assert_eq!(
            unwrap_lines(&detected("docker compose", &nginx_senders), FirstLines::all(head), &bump),
            b"x\n\nz\nw\n"
        );
        let head = |rows: &str| rows.replace("std", "2026-01-01T00:00:00Z std");
        let head = head("stdout P x\nstdout F y\nstdout P v\n\nstderr P z\n");
        let detected = detected("Kubernetes CRI", &[Sender::StdStream(StdStream::Stderr)]);
        for (are_all, expected) in [(true, "\nxy\nv\n\nz\n"), (false, "\nxy\n\n\n\n")] {
            let head = FirstLines { text: head.as_bytes(), are_all };
            assert_eq!(unwrap_lines(&detected, head, &bump), expected.as_bytes());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8 * ProptestConfig::default().cases))]

        /// The shortcuts must not change the result: only one line of each kind is tried, and most ordinary lines are
        /// not opened.
        #[test]
        fn skipping_ordinary_lines_does_not_change_the_result(
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
