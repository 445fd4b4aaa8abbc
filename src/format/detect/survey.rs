//! Measures how well each format fits the first lines of a file: how many lines it reads, how many of them to their
//! end, and whether the values are of the expected kind.

use bumpalo::Bump;

use super::candidate::{Candidate, try_one};
use super::sample::{Sample, SampledLine};
use super::trailing::Trailing;
use super::users::Users;
use crate::batch::{Fields, TextField};
use crate::format::slot::Slot;
use crate::format::{LogFormat, Row, ScanCache, ScanContext};
use crate::ip;

/// Percentage of the lines read that must have an address for `$remote_addr`.
const ADDRESSES: usize = 95;
/// Percentage that must have a host name for `$host` or `$server_name`. It is lower because visitors choose their
/// `Host`.
const HOSTS: usize = 50;

/// How well one format fits the first lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Survey {
    /// Number of lines that the format reads.
    pub(crate) fits: usize,
    /// Number of these that it reads to their end.
    pub(crate) whole: usize,
    addresses: usize,
    hosts: usize,
    /// Number of lines with more than one address in a list.
    lists: usize,
    /// The first value that is not an address.
    pub(crate) odd_address: Option<Vec<u8>>,
    pub(super) users: Users,
    pub(super) trailing: Trailing,
}

/// How much of a line a format reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coverage {
    Nothing,
    /// The line continues after the last field.
    Part,
    Whole,
}

/// Why a format that reads lines is not chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RejectReason {
    /// Too few values of `$remote_addr` are addresses.
    Addresses,
    /// Too few values of `$host` are host names.
    Hosts,
    /// The format has a list of addresses, but no line has more than one.
    NoLists,
    /// The number at the end is not a request time.
    NoTime,
    /// The user field really holds other fields.
    Users,
}

impl Survey {
    /// Reads the sample with one format. Also returns how much of each line the format reads.
    pub(super) fn of(formats: &[LogFormat], candidate: Candidate, sample: &Sample<'_>) -> (Survey, Vec<Coverage>) {
        let format = &formats[candidate.format];
        let bump = Bump::new();
        let context =
            ScanContext { bump: &bump, needs: Fields::text(TextField::Addr).union(Fields::text(TextField::Host)) };
        let (mut cache, mut row) = (ScanCache::default(), Row::EMPTY);
        let (mut survey, mut coverage) = (Survey::default(), vec![Coverage::Nothing; sample.lines().len()]);
        for (line, take) in sample.lines().iter().zip(&mut coverage) {
            let SampledLine { text, lines, .. } = *line;
            let Ok(end) = try_one(formats, candidate, sample.marked(line), context, &mut cache, &mut row) else {
                continue;
            };
            let is_whole = is_nothing(&text[end..]);
            *take = if is_whole { Coverage::Whole } else { Coverage::Part };
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
        (survey, coverage)
    }

    /// True if enough values of `$remote_addr` are addresses.
    pub(crate) fn has_addresses(&self) -> bool {
        self.addresses * 100 >= self.fits * ADDRESSES
    }

    /// True if most values of `$remote_addr` are not addresses.
    pub(crate) fn has_mostly_other_addresses(&self) -> bool {
        self.addresses * 2 < self.fits
    }

    /// Why the format is not chosen, judged only by its values.
    pub(super) fn rejected(&self, format: &LogFormat) -> Option<RejectReason> {
        if !self.has_addresses() {
            return Some(RejectReason::Addresses);
        }
        if format.has_address_list() && format.given.is_empty() && self.lists == 0 && self.fits > 0 {
            return Some(RejectReason::NoLists);
        }
        (self.hosts * 100 < self.fits * HOSTS).then_some(RejectReason::Hosts)
    }
}

/// True if only spaces follow the last field.
pub(super) fn is_nothing(rest: &[u8]) -> bool {
    rest.iter().all(|b| *b == b' ')
}

/// True if the address and the host of a line are plausible: for formats that none of the first lines had.
pub(super) fn is_plausible(format: &LogFormat, row: &Row<'_>) -> bool {
    format.is_address(row.text(Slot::of(TextField::Addr))) && ip::is_host(row.text(Slot::of(TextField::Host)))
}

impl LogFormat {
    /// True if this format may have the value as its address.
    fn is_address(&self, value: &[u8]) -> bool {
        if self.has_address_list() {
            ip::is_address_list(value) || value == b"-"
        } else {
            ip::is_address_or_name(value)
        }
    }
}
