//! Words and phrases that show that a text was not written by an author who thinks in English.

use regex::Regex;

/// A marker, the pattern that finds it, and a sentence with it.
struct Marker {
    name: String,
    pattern: Regex,
    example: String,
}

/// The list of markers: for each its name, its pattern, and an indented example.
pub(super) struct Markers(Vec<Marker>);

#[derive(Debug, PartialEq)]
pub(super) struct Hit<'a> {
    pub(super) marker: &'a str,
    /// Where the marker begins in the text.
    pub(super) offset: usize,
}

/// Phrases whose markers are not counted, each with the number of markers found in it.
#[derive(Default)]
pub(super) struct Allowed(Vec<(String, Regex, usize)>);

/// The lines of a list, without comments and empty lines.
fn lines(list: &str) -> impl Iterator<Item = &str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Compiles a pattern in which a space is any white space: phrases may go on in the next line.
fn compile(pattern: &str) -> Regex {
    Regex::new(&pattern.replace(' ', r"\s+")).unwrap()
}

/// Number of words: runs of characters between spaces that have a letter.
pub(super) fn words(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count()
}

impl Markers {
    pub(super) fn parse(list: &str) -> Markers {
        let lines: Vec<&str> = lines(list).collect();
        let marker = |lines: &[&str]| {
            let [name, pattern, example] = lines else { panic!("not a name, a pattern and an example: {lines:?}") };
            Marker { name: (*name).to_owned(), pattern: compile(pattern), example: (*example).to_owned() }
        };
        Markers(lines.chunks(3).map(marker).collect())
    }

    /// Name and example of each marker.
    pub(super) fn examples(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|marker| (&*marker.name, &*marker.example))
    }

    /// Finds the markers of a text that are not within an allowed phrase.
    pub(super) fn find(&self, text: &str, allowed: &mut Allowed) -> Vec<Hit<'_>> {
        let mut hits = Vec::new();
        for Marker { name, pattern, .. } in &self.0 {
            for found in pattern.find_iter(text) {
                if !allowed.holds(text, found.range()) {
                    hits.push(Hit { marker: name, offset: found.start() });
                }
            }
        }
        hits
    }
}

impl Allowed {
    /// Reads one phrase per line.
    pub(super) fn parse(list: &str) -> Allowed {
        let phrase = |phrase: &str| {
            let pattern = compile(&format!(r"(?i)\b{}\b", regex::escape(phrase)));
            (phrase.to_owned(), pattern, 0)
        };
        Allowed(lines(list).map(phrase).collect())
    }

    /// True if a phrase includes the range. Counts it for every such phrase.
    fn holds(&mut self, text: &str, range: std::ops::Range<usize>) -> bool {
        let mut holds = false;
        for (_, pattern, used) in &mut self.0 {
            if pattern.find_iter(text).any(|phrase| phrase.start() <= range.start && range.end <= phrase.end()) {
                *used += 1;
                holds = true;
            }
        }
        holds
    }

    /// Phrases in which no marker was found.
    pub(super) fn unused(&self) -> Vec<&str> {
        self.0.iter().filter(|(_, _, used)| *used == 0).map(|(phrase, ..)| &**phrase).collect()
    }
}
