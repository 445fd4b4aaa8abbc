//! The number columns of a table: their labels, their contents, and the order in which they are dropped on narrow
//! pages.

use std::fmt::Write;

use super::ink::Ink;
use crate::metric::Metric;
use crate::render::numbers::{Bytes, DisplayFigure, Grouped, Known, Percent, share};
use crate::render::parts;
use crate::render::terms::{Form, REQUESTS, VISITORS};
use crate::render::tone::Tone;
use crate::report::{Row, UvCount};

/// A column of a table of rows.
#[derive(Clone, Copy)]
pub(super) struct Column<'a> {
    /// Its heading in each form, from the longest to the shortest.
    headings: [&'a str; 3],
    /// Drop priority: while a table is too wide, the column with the highest number is dropped. Bars use the room that
    /// is left, so they are dropped before any column.
    pub(super) drop_priority: u8,
    pub(super) show: Show,
}

/// Contents of a column.
#[derive(Clone, Copy)]
pub(super) enum Show {
    /// Text that this function writes. Its second argument is the number of all hits.
    By(fn(&Row, u64, &mut String) -> Ink),
    /// A metric that the user asked for.
    Metric(Metric),
    /// Hits of one value that the timeline is split by, given by its index.
    Split(usize),
}

impl<'a> Column<'a> {
    /// Returns its heading.
    pub(super) fn heading(&self, form: Form) -> &'a str {
        self.headings[form as usize]
    }

    /// Writes the cell of a row.
    pub(super) fn show(&self, row: &Row, hits: u64, out: &mut String) -> Ink {
        match self.show {
            Show::By(write) => write(row, hits, out),
            Show::Metric(metric) => {
                row.figure(metric).into_iter().for_each(|figure| put(out, DisplayFigure(&figure)));
                Ink::Plain
            }
            Show::Split(place) => {
                let pv = row.split.as_ref().and_then(|split| split.pv(place));
                pv.into_iter().for_each(|pv| put(out, Grouped(pv)));
                Ink::Plain
            }
        }
    }
}

/// Hits. This column is never dropped.
pub(super) const PV: Column<'static> = Column {
    headings: REQUESTS,
    drop_priority: 0,
    show: Show::By(|row, _, out| {
        put(out, Grouped(row.pv));
        Ink::Plain
    }),
};

/// Visitors.
pub(super) const UV: Column<'static> = Column {
    headings: VISITORS,
    drop_priority: 1,
    show: Show::By(|row, _, out| {
        if row.uv != UvCount::NotCounted {
            put(out, Known(row.uv.known().map(Grouped)));
        }
        Ink::Plain
    }),
};

/// Hits as a share of all hits.
pub(super) const SHARE: Column<'static> = Column {
    headings: ["Share"; 3],
    drop_priority: 2,
    show: Show::By(|row, hits, out| {
        put(out, Percent(row.pv, hits));
        Ink::Plain
    }),
};

/// The share of server errors in the row's hits that have a status.
pub(super) const STATUS_5XX: Column<'static> = Column {
    headings: ["5xx"; 3],
    drop_priority: 3,
    show: Show::By(|row, _, out| {
        let part = parts::of_status(row, row.status_5xx);
        put(out, share(part));
        Tone::of_5xx(part).into()
    }),
};

/// The share of client errors in the row's hits that have a status.
pub(super) const STATUS_4XX: Column<'static> = Column {
    headings: ["4xx"; 3],
    drop_priority: 4,
    show: Show::By(|row, _, out| {
        let part = parts::of_status(row, row.status_4xx);
        put(out, share(part));
        Tone::of_4xx(part).into()
    }),
};

/// The share of static hits in the row's hits with a path.
pub(super) const STATIC: Column<'static> = Column {
    headings: ["Static"; 3],
    drop_priority: 5,
    show: Show::By(|row, _, out| {
        put(out, share(parts::of_path(row)));
        Ink::Plain
    }),
};

/// Bytes sent.
pub(super) const SENT: Column<'static> = Column {
    headings: ["Sent"; 3],
    drop_priority: 6,
    show: Show::By(|row, _, out| {
        put(out, Known(row.bytes.map(Bytes)));
        Ink::Plain
    }),
};

impl Column<'_> {
    /// True if the user asked for the column by name.
    pub(super) fn is_asked(&self) -> bool {
        self.drop_priority == ASKED && self.headings != UV.headings
    }

    /// True if both are the same column.
    pub(super) fn is(&self, other: &Column<'_>) -> bool {
        (self.headings, self.drop_priority) == (other.headings, other.drop_priority)
    }
}

/// The columns for the shares of 4xx, 5xx and static hits, with labels that differ from those of the counts if the user
/// asked for the counts.
pub(super) fn shares(asked: &[Metric]) -> [Column<'static>; 3] {
    let of = |share: Column<'static>, count, label| {
        if asked.contains(&count) { Column { headings: [label; 3], ..share } } else { share }
    };
    [
        of(STATUS_4XX, Metric::Status4xx, "4xx share"),
        of(STATUS_5XX, Metric::Status5xx, "5xx share"),
        of(STATIC, Metric::Static, "Static share"),
    ]
}

/// Drop priority of columns that the user asked for: all default columns but requests and visitors are dropped before
/// them.
const ASKED: u8 = 1;

/// Returns the column of a metric that the user asked for; `None` if rows show the metric anyway.
pub(super) fn asked(metric: Metric) -> Option<Column<'static>> {
    metric.column().map(|label| Column { headings: [label; 3], drop_priority: ASKED, show: Show::Metric(metric) })
}

/// Returns the columns of the values that a timeline is split by, with these labels.
pub(super) fn of_split<'a>(labels: impl IntoIterator<Item = &'a str>) -> impl Iterator<Item = Column<'a>> {
    let column = |(place, label)| Column { headings: [label; 3], drop_priority: ASKED, show: Show::Split(place) };
    labels.into_iter().enumerate().map(column)
}

fn put(out: &mut String, number: impl std::fmt::Display) {
    write!(out, "{number}").expect("writing to a String cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_show_their_numbers_and_have_a_drop_order() {
        let row = Row {
            uv: UvCount::Known(1500),
            bytes: Some(4096),
            static_hits: Some(500),
            dynamic: Some(1500),
            ..Row::known(2000, 200, 1)
        };
        let rows = [
            (PV, "2,000", Ink::Plain),
            (UV, "1,500", Ink::Plain),
            (SHARE, "50.0%", Ink::Plain),
            (STATUS_5XX, "0.05%", Ink::Plain),
            (STATUS_4XX, "10.0%", Ink::Odd),
            (STATIC, "25.0%", Ink::Plain),
            (SENT, "4.0 KiB", Ink::Plain),
        ];
        for (i, (column, expected, ink)) in rows.into_iter().enumerate() {
            let mut out = String::new();
            assert_eq!(column.show(&row, 4000, &mut out), ink, "{}", column.heading(Form::Full));
            assert_eq!((out.as_str(), usize::from(column.drop_priority)), (expected, i));
        }
    }

    #[test]
    fn unknown_numbers_are_a_dash_without_colour() {
        let row = Row { pv: 9, uv: UvCount::Unknown, ..Row::default() };
        for column in [UV, STATUS_5XX, STATUS_4XX, STATIC, SENT, asked(Metric::Dynamic).unwrap()] {
            let mut out = String::new();
            assert_eq!(
                (column.show(&row, 9, &mut out), out.as_str()),
                (Ink::Plain, "–"),
                "{}",
                column.heading(Form::Full)
            );
        }
        let mut out = String::new();
        UV.show(&Row { uv: UvCount::NotCounted, ..row }, 9, &mut out);
        assert_eq!(out, "");
    }
}
