//! Reads each line with the first of the file's formats that accepts it.

use super::candidate::{Candidate, fits, try_one};
use super::odd_duration;
use super::survey::{is_nothing, is_plausible};
use super::{FormatId, FormatsOfFile};
use crate::batch::{Fields, MISSING, TextField};
use crate::format::corruption;
use crate::format::log_format::scan::scan;
use crate::format::mismatch::{Expected, Mismatch};
use crate::format::reason::Reason;
use crate::format::row::Row;
use crate::format::slot::Slot;
use crate::format::{Line, ScanCache, ScanContext};

impl FormatsOfFile<'_> {
    /// Fills `row` with the file's main format, or with another format that accepts the line. Returns the reason if
    /// none does. `row` must be empty or filled by an earlier call.
    #[inline(always)]
    pub(crate) fn parse<'a>(
        &self,
        line: Line<'a, '_>,
        context: ScanContext<'a>,
        cache: &mut ScanCache,
        row: &mut Row<'a>,
    ) -> Result<FormatId, Reason> {
        let main = &self.formats[self.main.format];
        if main.has_keys() {
            return self.parse_json(line, context, cache, row);
        }
        // A row filled by another format has values that this one does not log.
        if row.filled_by != self.main.format {
            *row = Row::empty_for(self.main.format, main.plan.fields);
        }
        row.has_assumed_utc = false;
        match scan(&main.plan, self.main.tail, line, cache, row) {
            Ok(end) => {
                if self.drops_users {
                    row.set_text(Slot::of(TextField::User), MISSING);
                }
                if end == line.text.len() {
                    row.has_unread = false;
                    return Ok(FormatId(self.main.format));
                }
                self.parse_longer(end, line, context, cache, row)
            }
            Err(mismatch) => self.parse_other(mismatch, line, context, cache, row),
        }
    }

    #[inline(never)]
    fn parse_json<'a>(
        &self,
        line: Line<'a, '_>,
        context: ScanContext<'a>,
        cache: &mut ScanCache,
        row: &mut Row<'a>,
    ) -> Result<FormatId, Reason> {
        match try_one(self.formats, self.main, line, context, cache, row) {
            Ok(_) => Ok(FormatId(self.main.format)),
            Err(mismatch) => self.parse_other(mismatch, line, context, cache, row),
        }
    }

    /// The line fits the main format but continues after it. A format that reads it to its end is better; the next best
    /// is one with more fields.
    #[cold]
    fn parse_longer<'a>(
        &self,
        end: usize,
        line: Line<'a, '_>,
        context: ScanContext<'a>,
        cache: &mut ScanCache,
        row: &mut Row<'a>,
    ) -> Result<FormatId, Reason> {
        if corruption::has_second_line_start(line.text, end) {
            return Err(Reason::Glued);
        }
        let mut first = None;
        for longer in &self.longer {
            match self.try_plausible(*longer, line, context, cache, row) {
                Ok(end) if is_nothing(&line.text[end..]) => return Ok(self.taken(longer.format, end, line, row)),
                Ok(_) => {
                    first.get_or_insert(*longer);
                }
                Err(mismatch) if mismatch.reason != Reason::NoMatch => return Err(mismatch.reason),
                Err(_) => {}
            }
        }
        let best = first.unwrap_or(self.main);
        let end = try_one(self.formats, best, line, context, cache, row).map_err(|mismatch| mismatch.reason)?;
        if best.format == self.main.format {
            row.filled_by = best.format;
            if self.drops_users {
                row.set_text(Slot::of(TextField::User), MISSING);
            }
        }
        Ok(self.taken(best.format, end, line, row))
    }

    #[cold]
    fn parse_other<'a>(
        &self,
        first: Mismatch,
        line: Line<'a, '_>,
        context: ScanContext<'a>,
        cache: &mut ScanCache,
        row: &mut Row<'a>,
    ) -> Result<FormatId, Reason> {
        if first.reason != Reason::NoMatch {
            return Err(first.reason);
        }
        if odd_duration::is_to_blame(&self.formats[self.main.format].plan, line.text, first) {
            return Err(Reason::BadNumber);
        }
        for other in &self.others {
            match self.try_plausible(*other, line, context, cache, row) {
                Ok(end) if corruption::has_second_line_start(line.text, end) => return Err(Reason::Glued),
                Ok(end) => return Ok(self.taken(other.format, end, line, row)),
                Err(mismatch) if mismatch.reason != Reason::NoMatch => return Err(mismatch.reason),
                Err(_) => {}
            }
        }
        Err(corruption::reason(line.text))
    }

    /// Like [`try_one`], but a format that none of the first lines had must read plausible values.
    fn try_plausible<'a>(
        &self,
        candidate: Candidate,
        line: Line<'a, '_>,
        context: ScanContext<'a>,
        cache: &mut ScanCache,
        row: &mut Row<'a>,
    ) -> Result<usize, Mismatch> {
        // The values that decide are read even if the question does not need them.
        let needs = context.needs.union(Fields::text(TextField::Addr)).union(Fields::text(TextField::Host));
        let context = if candidate.is_established { context } else { ScanContext { needs, ..context } };
        let end = try_one(self.formats, candidate, line, context, cache, row)?;
        if candidate.is_established || is_plausible(&self.formats[candidate.format], row) {
            return Ok(end);
        }
        Err(Mismatch { reason: Reason::NoMatch, expected: Expected::End, at: 0 })
    }

    fn taken(&self, format: usize, end: usize, line: Line<'_, '_>, row: &mut Row<'_>) -> FormatId {
        row.has_unread = !is_nothing(&line.text[end..]);
        FormatId(format)
    }

    /// True if a malformed line looks like a complete line of `common` and that format is not in use.
    pub(crate) fn looks_like_common(&self, text: &[u8]) -> bool {
        self.unused_common.is_some_and(|common| fits(self.formats, common, Line::unmarked(text)))
    }
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;

    use super::*;
    use crate::batch::TextField;
    use crate::format::LogFormat;
    use crate::format::slot::Slot;

    const COMBINED: &str = r#"1.2.3.4 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 12 "-" "curl""#;
    const COMMON: &str = r#"1.2.3.4 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 12"#;

    fn take(of_file: &FormatsOfFile<'_>, line: &[u8]) -> Result<FormatId, Reason> {
        let (bump, mut row) = (Bump::new(), Row::EMPTY);
        let context = ScanContext { bump: &bump, needs: Fields::NONE };
        of_file.parse(Line::unmarked(line), context, &mut ScanCache::default(), &mut row)
    }

    #[test]
    fn user_never_shifts_the_address() {
        let formats = LogFormat::all_presets();
        let line = r#"1.2.3.4 - - bob [01/Jan/2000 [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 12 "-" "curl""#;
        for head in [line.to_owned(), format!("h {COMBINED}\n{line}"), format!("h {COMBINED}\nh {COMBINED}\n{line}")] {
            let of_file = FormatsOfFile::detect(&formats, &[], head.as_bytes());
            let (bump, mut row) = (Bump::new(), Row::EMPTY);
            let context = ScanContext { bump: &bump, needs: Fields::NONE };
            of_file.parse(Line::unmarked(line.as_bytes()), context, &mut ScanCache::default(), &mut row).unwrap();
            assert_eq!(row.text(Slot::of(TextField::Addr)), b"1.2.3.4");
            assert_eq!(row.text(Slot::of(TextField::User)), b"- bob [01/Jan/2000");
        }
    }

    #[test]
    fn truncated_combined_line_is_not_common() {
        let formats = LogFormat::all_presets();
        let of_file = FormatsOfFile::detect(&formats, &[], format!("{COMBINED}\n").repeat(20).as_bytes());
        for cut in [COMMON.len(), COMMON.len() + 3, COMMON.len() + 8] {
            let line = &COMBINED.as_bytes()[..cut];
            assert_eq!(take(&of_file, line), Err(Reason::NoMatch));
        }
        let both = format!("{COMBINED}\n{COMBINED}\n{COMMON}\n");
        let of_file = FormatsOfFile::detect(&formats, &[], both.as_bytes());
        assert_eq!(take(&of_file, COMMON.as_bytes()), Ok(FormatId(1)));
    }

    #[test]
    fn given_formats_are_all_in_use() {
        let formats: Vec<LogFormat> = ["combined", "common"].map(|name| name.parse().unwrap()).into();
        let of_file = FormatsOfFile::detect(&formats, &[], format!("{COMBINED}\n").repeat(20).as_bytes());
        assert_eq!(take(&of_file, COMMON.as_bytes()), Ok(FormatId(1)));
        assert_eq!(take(&of_file, &COMBINED.as_bytes()[..COMMON.len() + 3]), Err(Reason::NoMatch));
    }

    #[test]
    fn two_lines_in_one_are_reported_as_glued() {
        let formats = LogFormat::all_presets();
        let timed = format!("{COMBINED} 0.106");
        for head in [COMBINED, &timed, &format!("h {COMBINED}"), &format!("{COMBINED} \"-\"")] {
            let of_file = FormatsOfFile::detect(&formats, &[], head.as_bytes());
            // A cut directly before the user is left out: what follows could be a user named like an address.
            for cut in COMBINED.find(" - ").unwrap() + 4..=timed.len() {
                let glued = format!("{}{COMBINED}", &timed[..cut]);
                assert_eq!(take(&of_file, glued.as_bytes()), Err(Reason::Glued), "{glued}");
            }
        }
        let of_file = FormatsOfFile::detect(&formats, &[], COMBINED.as_bytes());
        assert_eq!(take(&of_file, b"1.2.3.4 - - [05/Ap\0\0"), Err(Reason::Nul));
    }
}
