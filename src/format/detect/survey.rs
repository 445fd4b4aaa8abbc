//! What the first lines of a file say about each format: how many lines it takes, how many of them to their end, and whether
//! the values are what the format says they are.

use bumpalo::Bump;

use super::candidate::{Candidate, try_one};
use super::sample::{Sample, SampledLine};
use super::trailing::Trailing;
use super::users::Users;
use crate::batch::{Fields, TextField};
use crate::format::slot::Slot;
use crate::format::{LogFormat, Memory, Room, Row};
use crate::ip;

/// Of a hundred lines that a format takes, so many must have an address where it says `$remote_addr`.
const ADDRESSES: usize = 95;
/// And so many a host where it says `$host` or `$server_name`: visitors choose their `Host`.
const HOSTS: usize = 50;

/// What the first lines say about one format.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Survey {
    /// Lines that the format takes.
    pub(crate) fits: usize,
    /// Of these, lines that it explains to their end.
    pub(crate) whole: usize,
    addresses: usize,
    hosts: usize,
    /// Lines with several addresses in a list.
    lists: usize,
    /// The first value that is no address.
    pub(crate) odd_address: Option<Vec<u8>>,
    pub(super) users: Users,
    pub(super) trailing: Trailing,
}

/// What a format takes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Take {
    Nothing,
    /// The line goes on after the last field.
    Part,
    Whole,
}

/// Why a format that takes lines is not chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejected {
    /// Too few values of `$remote_addr` are addresses.
    Addresses,
    /// Too few values of `$host` are host names.
    Hosts,
    /// Where it has a list of addresses no line has more than one.
    NoLists,
    /// The number at the end is no request time.
    NoTime,
    /// The users hold other fields.
    Users,
}

impl Survey {
    /// Reads the sample by one format. Returns also what the format takes of each line.
    pub(super) fn of(formats: &[LogFormat], candidate: Candidate, sample: &Sample<'_>) -> (Survey, Vec<Take>) {
        let format = &formats[candidate.format];
        let bump = Bump::new();
        let room = Room { bump: &bump, needs: Fields::text(TextField::Addr).and(Fields::text(TextField::Host)) };
        let (mut memory, mut row) = (Memory::default(), Row::EMPTY);
        let (mut survey, mut takes) = (Survey::default(), vec![Take::Nothing; sample.lines().len()]);
        for (line, take) in sample.lines().iter().zip(&mut takes) {
            let SampledLine { text, lines, .. } = *line;
            let Ok(end) = try_one(formats, candidate, sample.marked(line), room, &mut memory, &mut row) else {
                continue;
            };
            let is_whole = is_nothing(&text[end..]);
            *take = if is_whole { Take::Whole } else { Take::Part };
            survey.fits += lines;
            survey.whole += lines * usize::from(is_whole);
            let addr = row.text(Slot::of(TextField::Addr));
            if format.is_address(addr) {
                survey.addresses += lines;
            } else {
                survey.odd_address.get_or_insert_with(|| addr.to_vec());
            }
            survey.lists += lines * usize::from(format.has_address_list() && ip::has_several(addr));
            survey.hosts += lines * usize::from(ip::is_host(row.text(Slot::of(TextField::Host))));
            survey.users.add(row.text(Slot::of(TextField::User)), addr, lines);
            survey.trailing.add(&text[end..], lines);
        }
        (survey, takes)
    }

    /// Whether the values of `$remote_addr` are addresses, as many as must be.
    pub(crate) fn has_addresses(&self) -> bool {
        self.addresses * 100 >= self.fits * ADDRESSES
    }

    /// Whether most values of `$remote_addr` are no addresses.
    pub(crate) fn has_mostly_other_addresses(&self) -> bool {
        self.addresses * 2 < self.fits
    }

    /// Why the format is not chosen, by its values alone.
    pub(super) fn rejected(&self, format: &LogFormat) -> Option<Rejected> {
        if !self.has_addresses() {
            return Some(Rejected::Addresses);
        }
        if format.has_address_list() && format.given.is_empty() && self.lists == 0 && self.fits > 0 {
            return Some(Rejected::NoLists);
        }
        (self.hosts * 100 < self.fits * HOSTS).then_some(Rejected::Hosts)
    }
}

/// Whether there is nothing to read in what follows the last field.
pub(super) fn is_nothing(rest: &[u8]) -> bool {
    rest.iter().all(|b| *b == b' ')
}

/// Whether a line of a format that the first lines did not have has an address and a host where they are expected.
pub(super) fn is_plausible(format: &LogFormat, row: &Row<'_>) -> bool {
    format.is_address(row.text(Slot::of(TextField::Addr))) && ip::is_host(row.text(Slot::of(TextField::Host)))
}

impl LogFormat {
    /// Whether a value can be what this format has for an address.
    fn is_address(&self, value: &[u8]) -> bool {
        if self.has_address_list() {
            ip::is_address_list(value) || value == b"-"
        } else {
            ip::is_address_or_name(value)
        }
    }
}
