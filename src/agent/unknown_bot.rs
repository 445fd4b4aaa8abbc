//! Recognizes bots that are in no table: those that call themselves a bot, or give an address to write to or to read.

use std::borrow::Cow;

use super::bot_table::word_starts;

/// Ends of words, in lower case, that only bots have.
const ENDS: [&str; 8] = ["bot", "bots", "fetcher", "validator", "archiver", "indexer", "harvester", "slurp"];
/// Parts of words, in lower case, that only bots have.
const PARTS: [&str; 3] = ["crawl", "spider", "scrape"];
/// Words that end like those of bots: a maker of phones.
const NOT_BOTS: [&str; 1] = ["cubot"];
/// Addresses of a page about the bot.
const ADDRESSES: [&str; 2] = ["http://", "https://"];
/// Addresses in agents of browsers: a control for Internet Explorer adds its own.
const NOT_OF_BOTS: [&str; 1] = ["bsalsa.com"];
/// Maximum length of a name in bytes.
const LONGEST: usize = 64;

/// Words that need the word before them: *Foo Crawler*.
const KINDS: [&str; 6] = ["bot", "robot", "crawler", "spider", "fetcher", "scraper"];

/// Finds the name of a bot that is in no table. `None` if the agent is not that of a bot; the name is empty if there is
/// none. `lower` is the agent in lower case.
pub(super) fn name<'a>(agent: &'a [u8], lower: &[u8]) -> Option<Cow<'a, [u8]>> {
    let address = ADDRESSES.iter().filter_map(|start| find(lower, start)).min();
    let before = address.unwrap_or(lower.len());
    let word = word_starts(&lower[..before]).find_map(|start| {
        let word = &lower[start..word_end(lower, start)];
        is_of_bot(word).then_some((start, start + word.len()))
    });
    let name = match (word, address) {
        (Some((start, end)), _) => around(agent, lower, start, end),
        (None, Some(_)) if !NOT_OF_BOTS.iter().any(|part| find(lower, part).is_some()) => product(&agent[..before]),
        (None, _) => return None,
    };
    Some(Cow::Borrowed(&name[..name.len().min(LONGEST)]))
}

fn find(text: &[u8], part: &str) -> Option<usize> {
    memchr::memmem::find(text, part.as_bytes())
}

fn word_end(text: &[u8], start: usize) -> usize {
    start + text[start..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count()
}

fn is_of_bot(word: &[u8]) -> bool {
    // A version may follow: *MyBot2*.
    let letters = word.trim_ascii_digits();
    letters.len() >= 3
        && (ENDS.iter().any(|end| letters.ends_with(end.as_bytes()))
            || PARTS.iter().any(|part| letters.windows(part.len()).any(|window| window == part.as_bytes())))
        && !NOT_BOTS.iter().any(|not| letters == not.as_bytes())
}

trait TrimDigits {
    fn trim_ascii_digits(&self) -> &[u8];
}

impl TrimDigits for [u8] {
    fn trim_ascii_digits(&self) -> &[u8] {
        let digits = self.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        &self[..self.len() - digits]
    }
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

/// The product in the agent of a bot, of which the address was cut off: `Foo` in `Mozilla/5.0 (compatible; Foo/1.0; +`.
fn product(before: &[u8]) -> &[u8] {
    let text = match memchr::memmem::find(before, b"compatible;") {
        Some(at) => &before[at + b"compatible;".len()..],
        None if before.starts_with(b"Mozilla/") => b"",
        None => before,
    };
    let end =
        text.iter().position(|byte| matches!(byte, b'/' | b';' | b',' | b'(' | b')' | b'+')).unwrap_or(text.len());
    trim(&text[..end])
}

fn trim(name: &[u8]) -> &[u8] {
    let is_outside = |byte: &u8| matches!(byte, b' ' | b'-' | b'_' | b'.');
    let start = name.iter().position(|byte| !is_outside(byte)).unwrap_or(name.len());
    let end = name.iter().rposition(|byte| !is_outside(byte)).map_or(start, |last| last + 1);
    &name[start..end]
}
