//! User agents in testdata/agents.

/// A user agent of a person, and what is expected of it.
pub(super) struct Person {
    pub(super) browser: &'static str,
    pub(super) version: &'static str,
    pub(super) os: &'static str,
    pub(super) device: &'static str,
    pub(super) agent: &'static str,
}

fn rows(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

/// Agents of bots, from the package that the table of bots is made of.
pub(super) fn bots() -> impl Iterator<Item = &'static str> {
    rows(include_str!("../../testdata/agents/bots.txt"))
}

/// Agents of browsers.
pub(super) fn people() -> impl Iterator<Item = Person> {
    rows(include_str!("../../testdata/agents/people.txt")).map(|line| {
        let mut cells = line.splitn(5, '\t');
        let mut cell = || cells.next().unwrap();
        Person { browser: cell(), version: cell(), os: cell(), device: cell(), agent: cell() }
    })
}
