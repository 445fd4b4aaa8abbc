//! The repository is written in plain, idiomatic English: it has few markers of translated prose.
//!
//! `prose/markers.txt` lists the markers, `prose/allowed.txt` the phrases in which they are right. To see the rate of
//! each file: `cargo test --package checks -- prose --show-output`.

mod kinds;
mod markers;
mod sources;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use checks::REPOSITORY;

use markers::{Allowed, Hit, Markers, words};
use sources::{Piece, pieces_of_repository};

/// Maximum markers per thousand words, of all prose and of each group. Comments of ripgrep and of jiff have 1.
const MAX_PER_THOUSAND: f64 = 3.0;

/// A group has enough words for its rate to mean something.
const MIN_WORDS: usize = 1000;

#[derive(Clone, Copy, Default)]
struct Rate {
    words: usize,
    hits: usize,
}

impl Rate {
    fn add(&mut self, words: usize, hits: usize) {
        self.words += words;
        self.hits += hits;
    }

    fn per_thousand(self) -> f64 {
        1000.0 * self.hits as f64 / self.words.max(1) as f64
    }

    fn is_too_high(self) -> bool {
        self.per_thousand() > MAX_PER_THOUSAND
    }
}

/// Adds the rate of a piece to those of its file, of its group, and of everything.
#[derive(Default)]
struct Rates {
    groups: BTreeMap<String, Rate>,
    files: BTreeMap<String, Rate>,
}

impl Rates {
    fn add(&mut self, piece: &Piece, hits: usize) {
        let words = words(&piece.text);
        for group in ["everything".to_owned(), format!("{:?}", piece.group)] {
            self.groups.entry(group).or_default().add(words, hits);
        }
        self.files.entry(piece.file.clone()).or_default().add(words, hits);
    }

    /// One line per name, the highest rate first.
    fn table(rates: &BTreeMap<String, Rate>) -> String {
        let mut rates: Vec<(&String, &Rate)> = rates.iter().collect();
        rates.sort_by(|(_, a), (_, b)| b.per_thousand().total_cmp(&a.per_thousand()));
        let row = |(name, rate): (&String, &Rate)| {
            format!("{:7.2} per 1,000  {:4} of {:6} words  {name}\n", rate.per_thousand(), rate.hits, rate.words)
        };
        rates.into_iter().map(row).collect()
    }
}

fn file(name: &str) -> String {
    fs::read_to_string(Path::new(REPOSITORY).join("crates/checks/tests/prose").join(name)).unwrap()
}

#[test]
fn repository_has_few_markers_of_translated_prose() {
    let (markers, mut allowed) = (Markers::parse(&file("markers.txt")), Allowed::parse(&file("allowed.txt")));
    let (mut rates, mut lines) = (Rates::default(), String::new());
    for piece in pieces_of_repository() {
        let hits = markers.find(&piece.text, &mut allowed);
        rates.add(&piece, hits.len());
        for Hit { marker, offset } in hits {
            lines += &format!("{}: {marker}: {}\n", piece.place(offset), piece.line(offset));
        }
    }
    let report = format!("{}\n{}\n{lines}", Rates::table(&rates.files), Rates::table(&rates.groups));
    println!("{report}");
    assert!(allowed.unused().is_empty(), "allowed.txt: no text needs {:?}: remove them", allowed.unused());
    for (group, rate) in &rates.groups {
        assert!(rate.words >= MIN_WORDS, "only {} words of {group} were found", rate.words);
        assert!(!rate.is_too_high(), "more than {MAX_PER_THOUSAND} markers per 1,000 words of {group}:\n{report}");
    }
}

#[test]
fn every_marker_is_found_in_its_example() {
    let markers = Markers::parse(&file("markers.txt"));
    for (name, example) in markers.examples() {
        let found = markers.find(example, &mut Allowed::default());
        let found: Vec<&str> = found.iter().map(|hit| hit.marker).collect();
        assert_eq!(found, [name], "{example}");
    }
}

#[test]
fn allowed_phrases_are_not_counted() {
    let markers = Markers::parse(&file("markers.txt"));
    let mut allowed = Allowed::parse(&file("allowed.txt"));
    let phrases: Vec<String> = allowed.unused().iter().map(|phrase| (*phrase).to_owned()).collect();
    assert!(!phrases.is_empty());
    for phrase in phrases {
        assert!(!markers.find(&phrase, &mut Allowed::default()).is_empty(), "{phrase} has no marker");
        let broken = phrase.replace(' ', "\n    ");
        assert!(markers.find(&broken, &mut allowed).is_empty(), "{phrase}");
    }
    assert!(allowed.unused().is_empty());
}

#[test]
fn marker_next_to_an_allowed_phrase_is_counted() {
    let markers = Markers::parse("behind\n\\bbehind\\b\n    an address behind it\n");
    let mut allowed = Allowed::parse("behind a proxy\n");
    let hits = markers.find("A client behind a proxy, and a file behind it.", &mut allowed);
    assert_eq!(hits, [Hit { marker: "behind", offset: 36 }]);
}

#[test]
fn rate_above_the_maximum_is_too_high() {
    assert!(!Rate { words: 1000, hits: 3 }.is_too_high());
    assert!(Rate { words: 1000, hits: 4 }.is_too_high());
    assert!(!Rate::default().is_too_high());
}
