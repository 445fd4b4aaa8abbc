//! Divides the width of a page among the parts of a table: drops columns, and chooses the form of headings.

use std::ops::RangeInclusive;

use super::column::Column;
use super::fit::{self, width};
use super::layout::{ColumnLayout, Side};
use crate::render::terms::Form;

/// Spaces between two columns.
pub(super) const GAP: usize = 2;
/// Length of a bar, in columns. A shorter bar shows too little, and a longer one shows nothing more.
const BAR: RangeInclusive<usize> = 6..=40;
/// Minimum width of a long key. On most pages the limit is higher: columns are dropped until the key has two fifths of
/// the page.
const KEY_AT_LEAST: usize = 12;

/// Widths of the contents of a table, in columns.
pub(super) struct Contents {
    /// Width of rank and weekday.
    pub(super) before: usize,
    pub(super) keys: usize,
    /// Widths of the two keys of a pair.
    pub(super) both: [usize; 2],
    /// Width of codes with their names; 0 if there are none.
    pub(super) named_codes: usize,
    /// Width of the title, or of the word `total` if that is wider.
    pub(super) heading: usize,
    pub(super) cuts: Cuts,
    pub(super) has_bars: bool,
    /// Width of each column without its heading.
    pub(super) cells: Vec<usize>,
}

/// Keys that may be cut if there is too little room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cuts {
    Nothing,
    Keys,
    /// Both keys of a pair.
    Pairs,
}

/// Widths of the parts of a table, in columns.
pub(super) struct Room<'a> {
    /// Form of the headings.
    pub(super) form: Form,
    /// Width of keys, including rank and weekday.
    pub(super) lead: usize,
    /// True if keys are narrower than they should be.
    is_tight: bool,
    /// True if codes have their names.
    pub(super) has_names: bool,
    /// Widths of the two keys of a pair.
    pub(super) both: [usize; 2],
    pub(super) columns: Vec<(Column<'a>, usize)>,
    pub(super) bar: usize,
}

impl Contents {
    /// Chooses the longest form of the headings, `form` or shorter, that takes no column, no bar and no needed part of
    /// the keys away.
    pub(super) fn room<'a>(&self, columns: &[Column<'a>], form: Form, terminal_columns: usize) -> Room<'a> {
        let shortest = self.room_for(columns, Form::Abbreviated, terminal_columns);
        let has_as_much = |room: &Room<'_>| {
            room.columns.len() == shortest.columns.len()
                && (room.bar > 0) == (shortest.bar > 0)
                && room.has_names == shortest.has_names
                && !room.is_tight
        };
        let mut rooms = form.or_shorter().map(|form| self.room_for(columns, form, terminal_columns));
        rooms.find(has_as_much).unwrap_or(shortest)
    }

    /// Drops columns until the keys have room. If none is dropped, names and bars get what is left.
    fn room_for<'a>(&self, all: &[Column<'a>], form: Form, terminal_columns: usize) -> Room<'a> {
        let natural = (self.before + self.keys).max(self.heading);
        let least = match self.cuts {
            Cuts::Nothing => natural,
            Cuts::Keys => self.before + self.keys.min(KEY_AT_LEAST.max(terminal_columns * 2 / 5)),
            Cuts::Pairs => self.before + self.keys.min((2 * KEY_AT_LEAST).max(terminal_columns / 2)),
        };
        let column = |(column, cell): (&Column<'a>, &usize)| (*column, width(column.heading(form)).max(*cell));
        let mut columns: Vec<_> = all.iter().zip(&self.cells).map(column).collect();
        let numbers = |columns: &[(Column<'_>, usize)]| columns.iter().map(|(_, cell)| GAP + cell).sum::<usize>();
        while least + numbers(&columns) > terminal_columns
            && let Some(last) = (0..columns.len()).max_by_key(|i| columns[*i].0.drop_priority)
            && columns[last].0.drop_priority > 0
        {
            columns.remove(last);
        }
        let rest = terminal_columns.saturating_sub(numbers(&columns));
        let all_have_room = columns.len() == all.len();
        let named = self.before + self.named_codes;
        let has_names = self.named_codes > 0 && all_have_room && named <= rest;
        let natural = if has_names { natural.max(named) } else { natural };
        let lead = natural.min(rest.max(least.min(self.before + KEY_AT_LEAST)));
        let left = rest.saturating_sub(lead + GAP).min(*BAR.end());
        let bar = if self.has_bars && all_have_room && BAR.contains(&left) { left } else { 0 };
        let both = fit::shares(self.both, lead.saturating_sub(self.before + GAP));
        Room { form, lead, is_tight: lead < least, has_names, both, columns, bar }
    }
}

impl Room<'_> {
    pub(super) fn places(&self) -> Vec<ColumnLayout> {
        let mut places = vec![ColumnLayout { gap: 0, width: self.lead, side: Side::Left }];
        places.extend(self.columns.iter().map(|(_, width)| ColumnLayout {
            gap: GAP,
            width: *width,
            side: Side::Right,
        }));
        if self.bar > 0 {
            places.push(ColumnLayout { gap: GAP, width: self.bar, side: Side::Left });
        }
        places
    }
}
