//! Recognizes bots that are in no table: those that call themselves a bot, or give an address to write to or to read, and
//! programs that name only themselves.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::lower::Lower;
use super::{browser, device, system};

/// Ends of words, in lower case, that only bots have.
const ENDS: [&str; 8] = ["bot", "bots", "fetcher", "validator", "archiver", "indexer", "harvester", "slurp"];
/// Parts of words, in lower case, that only bots have.
const PARTS: [&str; 3] = ["crawl", "spider", "scrape"];
/// Words that end like those of bots: a maker of phones.
const NOT_BOTS: [&str; 1] = ["cubot"];
/// Addresses in agents of browsers: a control for Internet Explorer adds its own.
const NOT_OF_BOTS: [&str; 1] = ["bsalsa.com"];
/// Maximum length of a name in bytes.
const LONGEST: usize = 64;

/// Words that need the word before them: *Foo Crawler*.
const KINDS: [&str; 6] = ["bot", "robot", "crawler", "spider", "fetcher", "scraper"];

/// Finds the name of a bot that is in no table. `None` if the agent is not that of a bot; the name is empty if there is
/// none. `lower` is the agent in lower case.
pub(super) fn name<'a>(agent: &'a [u8], lower: &Lower) -> Option<Cow<'a, [u8]>> {
    let address = address(lower.text());
    let before = &lower.text()[..address.unwrap_or(agent.len())];
    let word = word(lower, before);
    if word.is_none() && (address.is_none() || NOT_OF_BOTS.iter().any(|part| find(lower.text(), part).is_some())) {
        return None;
    }
    let product = product(&agent[..before.len()]);
    // A program that does not pretend to be a browser names itself first.
    let name = match word {
        Some((start, end)) if product.is_empty() || before.starts_with(b"mozilla") => around(agent, before, start, end),
        _ => product,
    };
    Some(Cow::Borrowed(&name[..name.len().min(LONGEST)]))
}

/// Texts, in lower case, in agents of apps for Apple's systems, of a media player, and of phones from before 2010.
const OF_PEOPLE: [&str; 4] = ["cfnetwork/", "libvlc/", "midp", "up.browser"];

/// Finds the name of a program that names only itself: `my-monitor/1.0`. `None` for what begins as browsers do, and for
/// apps that say on which system or device they run.
pub(super) fn program<'a>(agent: &'a [u8], lower: &Lower) -> Option<Cow<'a, [u8]>> {
    let text = lower.text();
    let is_of_person = text.starts_with(b"mozilla")
        || browser::of(lower).is_some()
        || system::of(lower).is_some()
        || device::of(lower) != super::OTHER
        || OF_PEOPLE.iter().any(|part| find(text, part).is_some());
    let name = product(agent);
    let end = memchr::memchr(b' ', name).unwrap_or(name.len());
    (!is_of_person).then(|| Cow::Borrowed(&name[..end.min(LONGEST)]))
}

/// Start of the first address in an agent: `http://` or `https://`.
fn address(lower: &[u8]) -> Option<usize> {
    let colon = FINDERS.address.find(lower)?;
    let scheme = lower[..colon].iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    matches!(&lower[colon - scheme..colon], b"http" | b"https").then_some(colon - scheme)
}

/// Searches for texts that few agents have.
struct Finders {
    address: Finder<'static>,
    parts: [Finder<'static>; PARTS.len()],
}

static FINDERS: LazyLock<Finders> =
    LazyLock::new(|| Finders { address: Finder::new("://"), parts: PARTS.map(Finder::new) });

/// The first word that only bots have, of those before the address: its start and its end.
fn word(lower: &Lower, before: &[u8]) -> Option<(usize, usize)> {
    let with_end = lower.letter_ends(|end| {
        let letters = before.get(..end)?;
        // Few words end with these letters.
        let may_be = matches!(letters.last(), Some(b't' | b's' | b'r' | b'p'));
        let is_one = may_be && ENDS.iter().any(|of_bot| letters.ends_with(of_bot.as_bytes()));
        is_one.then(|| word_around(before, end - 1..end)).filter(|word| !is_exception(&before[word.clone()]))
    });
    let parts = FINDERS.parts.iter().zip(PARTS);
    let with_part = parts.filter_map(|(finder, part)| {
        let at = finder.find(before)?;
        Some(word_around(before, at..at + part.len()))
    });
    with_end.into_iter().chain(with_part).min_by_key(|word| word.start).map(|word| (word.start, word.end))
}

fn is_exception(word: &[u8]) -> bool {
    NOT_BOTS.iter().any(|not| word == not.as_bytes())
}

/// The letters and digits around a range.
fn word_around(lower: &[u8], Range { start, end }: Range<usize>) -> Range<usize> {
    let is_in_word = |byte: &&u8| byte.is_ascii_alphanumeric();
    let before = lower[..start].iter().rev().take_while(is_in_word).count();
    let after = lower[end..].iter().take_while(is_in_word).count();
    start - before..end + after
}

fn find(text: &[u8], part: &str) -> Option<usize> {
    memchr::memmem::find(text, part.as_bytes())
}

/// The name that a word is in: `My-Bot.v2`, and `Foo Crawler`.
fn around<'a>(agent: &'a [u8], lower: &[u8], start: usize, end: usize) -> &'a [u8] {
    let is_of_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let begin_of = |end: usize| end - agent[..end].iter().rev().take_while(is_of_name).count();
    let mut begin = begin_of(start);
    if begin == start && KINDS.iter().any(|kind| &lower[start..end] == kind.as_bytes()) {
        // A name of several words.
        if let Some(rest) = agent[..start].strip_suffix(b" ") {
            let of_word = begin_of(rest.len());
            begin = if of_word < rest.len() { of_word } else { start };
        }
    }
    let end = end + agent[end..].iter().take_while(is_of_name).count();
    trim(&agent[begin..end])
}

/// The product in the agent of a bot, up to its address: `Foo` in `Mozilla/5.0 (compatible; Foo/1.0; +`.
fn product(before: &[u8]) -> &[u8] {
    let text = match memchr::memmem::find(before, b"compatible;") {
        Some(at) => &before[at + b"compatible;".len()..],
        None if before.starts_with(b"Mozilla") => b"",
        None => before,
    };
    let end = text
        .iter()
        .position(|byte| matches!(byte, b'/' | b';' | b',' | b'(' | b')' | b'+' | b'@' | b'[' | b'<'))
        .unwrap_or(text.len());
    trim(&text[..end])
}

fn trim(name: &[u8]) -> &[u8] {
    let is_outside = |byte: &u8| matches!(byte, b' ' | b'-' | b'_' | b'.');
    let start = name.iter().position(|byte| !is_outside(byte)).unwrap_or(name.len());
    let end = name.iter().rposition(|byte| !is_outside(byte)).map_or(start, |last| last + 1);
    &name[start..end]
}

/// Adds the rules to a hash.
pub(super) fn hash_rules(add: &mut impl FnMut(&str)) {
    let lists: [&[&str]; 6] = [&ENDS, &PARTS, &NOT_BOTS, &NOT_OF_BOTS, &KINDS, &OF_PEOPLE];
    lists.into_iter().flatten().for_each(|text| add(text));
}
