//! Which formats the lines of a file have: found from its first lines, and tried line by line.

mod alike;
mod choose;
mod detector;
mod odd_duration;
mod sample;
mod stops;
mod survey;
mod trailing;
#[cfg(test)]
mod twin;
mod users;

use bumpalo::Bump;

use crate::batch::{Fields, MISSING, TextField};
use crate::format::Reason;
use crate::format::damage;
use crate::format::json::format::Syntax;
use crate::format::log_format::plan::{Tail, Usual};
use crate::format::log_format::scan::scan;
use crate::format::misfit::{Expected, Misfit};
use crate::format::row::Row;
use crate::format::slot::Slot;
use crate::format::{Line, LogFormat, Memory, Room, json, ltsv};
pub(crate) use detector::Detector;
use sample::Sample;
pub(crate) use stops::{Stop, stops};
pub(crate) use survey::Rejected;
use survey::{Survey, Take, is_nothing, is_plausible};

/// The formats that the lines of one file are tried with.
#[derive(Debug)]
pub(crate) struct FormatsOfFile<'f> {
    pub(in crate::format) formats: &'f [LogFormat],
    /// The file's format, tried first.
    pub(in crate::format) main: Candidate,
    /// Formats with more fields than `main`: tried where a line goes on after the last field of `main`.
    pub(in crate::format) longer: Vec<Candidate>,
    /// All but `main`: tried where a line does not fit it. Both ordered by fields, most first.
    pub(in crate::format) others: Vec<Candidate>,
    /// Whether users of `main` are other fields, and not read.
    pub(in crate::format) drops_users: bool,
    /// `common`, where it is not in use: malformed lines may look like whole lines of it.
    pub(in crate::format) unused_common: Option<Candidate>,
    pub(in crate::format) nearest: Option<Nearest>,
    pub(in crate::format) findings: Vec<Finding>,
    /// What the first lines say about each format that takes some of them, best first; empty if that was left out.
    pub(in crate::format) considered: Vec<Considered>,
    /// True if a format that was not rejected takes some of the first lines.
    pub(in crate::format) fits: bool,
    /// Number of lines that were looked at; 0 if that was left out.
    pub(in crate::format) sampled: usize,
    /// The formats that are configured for the file, if they take no line of the sample.
    pub(in crate::format) unmatched: Vec<usize>,
}

/// A format, and what may follow its last field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::format) struct Candidate {
    pub(in crate::format) format: usize,
    pub(in crate::format) tail: Tail,
    /// Whether the first lines had it, or the user gave it. If not, its lines must look plausible one by one.
    pub(in crate::format) is_established: bool,
}

/// The format that took a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken(pub(crate) usize);

/// The first line that fits nothing, in a file of whose first lines none did.
#[derive(Clone, Debug)]
pub(crate) struct Nearest {
    /// Counted from 1.
    pub(crate) line: u64,
    pub(crate) text: Vec<u8>,
    pub(crate) format: usize,
    pub(crate) misfit: Misfit,
}

/// A guess about a file that could be wrong, or a value that is not read because of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Most values of the address are no addresses, as this one.
    NotAddresses { example: Vec<u8> },
    /// The numbers after `main` are lists, as of upstream servers.
    TimeIsList,
    /// The number after this format's last field is not read as a request time: some values, such as this one, have another
    /// form, or no preset has a time there. `has_more` is true if more follows the number.
    NumberIsNoTime { format: usize, example: Option<Vec<u8>>, has_more: bool },
    /// What `main` reads as its last field are numbers in quotes, as this one; they follow this format.
    NumberIsQuoted { format: usize, example: Vec<u8> },
    /// The users of `main` are other fields: these.
    UsersAreFields { fields: String },
    /// They may be, but all come from one address.
    UsersMayBeFields { fields: String },
}

/// A format that takes some of the first lines.
#[derive(Clone, Debug)]
pub(crate) struct Considered {
    pub(crate) format: usize,
    pub(crate) survey: Survey,
    pub(crate) rejected: Option<Rejected>,
    /// What it takes of each line, or of one of those that are alike.
    pub(in crate::format) takes: Vec<Take>,
}

impl Candidate {
    /// The format as it is tried if it was given.
    pub(in crate::format) fn given(formats: &[LogFormat], format: usize) -> Candidate {
        Candidate { format, tail: formats[format].tail, is_established: true }
    }
}

impl<'f> FormatsOfFile<'f> {
    /// Detects the formats of a file from its first lines; `own` are those that are configured for it.
    #[cfg(test)]
    pub(crate) fn detect(formats: &'f [LogFormat], own: &[usize], head: &[u8]) -> Self {
        Self::of_sample(formats, own, &Detector::new(formats).sample(head))
    }

    /// The same without what depends on the number of lines.
    pub(in crate::format) fn without_counts(self) -> Self {
        FormatsOfFile { considered: Vec::new(), sampled: 0, ..self }
    }

    /// Detects the formats of a file from its sample. If formats are configured for the file, only these are tried, and all
    /// others only if they take no line of the sample.
    pub(in crate::format) fn of_sample(formats: &'f [LogFormat], own: &[usize], sample: &Sample<'_>) -> Self {
        if !own.is_empty() {
            let configured = choose::choose(formats, own, own.iter().copied(), sample);
            if !configured.considered.is_empty() || sample.sampled() == 0 {
                return configured;
            }
        }
        let detected = choose::choose(formats, own, 0..formats.len(), sample);
        FormatsOfFile { unmatched: own.to_vec(), ..detected }
    }

    /// What the first lines say about all formats, whatever is configured: for an explanation.
    pub(crate) fn of_all(formats: &'f [LogFormat], own: &[usize], head: &[u8]) -> Self {
        choose::choose(formats, own, 0..formats.len(), &Detector::new(formats).sample(head))
    }

    /// The formats that are configured for the file, if they take no line of the sample.
    pub(crate) fn unmatched(&self) -> impl Iterator<Item = &'f LogFormat> {
        self.unmatched.iter().map(|format| &self.formats[*format])
    }

    /// The guesses that could be wrong.
    pub(crate) fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The format that lines are tried with first.
    pub(crate) fn main(&self) -> usize {
        self.main.format
    }

    /// What the first lines say about each format that takes some of them, best first.
    pub(crate) fn considered(&self) -> &[Considered] {
        &self.considered
    }

    /// True if a format that was not rejected takes some of the first lines.
    pub(crate) fn fits(&self) -> bool {
        self.fits
    }

    /// Number of lines that were looked at to find the format.
    pub(crate) fn sampled(&self) -> usize {
        self.sampled
    }

    /// True if users are other fields, and not read.
    pub(crate) fn drops_users(&self) -> bool {
        self.drops_users
    }

    pub(crate) fn nearest(&self) -> Option<&Nearest> {
        self.nearest.as_ref()
    }

    /// What a line of the file's format mostly looks like, and that format.
    pub(crate) fn usual(&self) -> Option<(Usual, Taken)> {
        let format = self.main.format;
        self.formats[format].plan.usual.map(|usual| (usual, Taken(format)))
    }

    /// Fills `row` by the file's format, or by another one that takes the line; or says why none does. The row is one
    /// that was filled here before, or empty.
    #[inline(always)]
    pub(crate) fn take<'a>(
        &self,
        line: Line<'a, '_>,
        room: Room<'a>,
        memory: &mut Memory,
        row: &mut Row<'a>,
    ) -> Result<Taken, Reason> {
        let main = &self.formats[self.main.format];
        if main.has_keys() {
            return self.take_json(line, room, memory, row);
        }
        // A row that another format has filled holds values that this one does not log.
        if row.filled_by != self.main.format {
            *row = Row::empty_for(self.main.format, main.plan.fields);
        }
        row.has_assumed_utc = false;
        match scan(&main.plan, self.main.tail, line, memory, row) {
            Ok(end) => {
                if self.drops_users {
                    row.set_text(Slot::of(TextField::User), MISSING);
                }
                if end == line.text.len() {
                    row.has_unread = false;
                    return Ok(Taken(self.main.format));
                }
                self.take_longer(end, line, room, memory, row)
            }
            Err(misfit) => self.take_other(misfit, line, room, memory, row),
        }
    }

    #[inline(never)]
    fn take_json<'a>(
        &self,
        line: Line<'a, '_>,
        room: Room<'a>,
        memory: &mut Memory,
        row: &mut Row<'a>,
    ) -> Result<Taken, Reason> {
        match try_one(self.formats, self.main, line, room, memory, row) {
            Ok(_) => Ok(Taken(self.main.format)),
            Err(misfit) => self.take_other(misfit, line, room, memory, row),
        }
    }

    /// The line fits the main format and goes on after it: a format that explains it to its end is better, then one with
    /// more fields.
    #[cold]
    fn take_longer<'a>(
        &self,
        end: usize,
        line: Line<'a, '_>,
        room: Room<'a>,
        memory: &mut Memory,
        row: &mut Row<'a>,
    ) -> Result<Taken, Reason> {
        if damage::begins_again(line.text, end) {
            return Err(Reason::Glued);
        }
        let mut first = None;
        for longer in &self.longer {
            match self.try_plausible(*longer, line, room, memory, row) {
                Ok(end) if is_nothing(&line.text[end..]) => return Ok(self.taken(longer.format, end, line, row)),
                Ok(_) => {
                    first.get_or_insert(*longer);
                }
                Err(misfit) if misfit.reason != Reason::NoMatch => return Err(misfit.reason),
                Err(_) => {}
            }
        }
        let best = first.unwrap_or(self.main);
        let end = try_one(self.formats, best, line, room, memory, row).map_err(|misfit| misfit.reason)?;
        if best.format == self.main.format {
            row.filled_by = best.format;
            if self.drops_users {
                row.set_text(Slot::of(TextField::User), MISSING);
            }
        }
        Ok(self.taken(best.format, end, line, row))
    }

    #[cold]
    fn take_other<'a>(
        &self,
        first: Misfit,
        line: Line<'a, '_>,
        room: Room<'a>,
        memory: &mut Memory,
        row: &mut Row<'a>,
    ) -> Result<Taken, Reason> {
        if first.reason != Reason::NoMatch {
            return Err(first.reason);
        }
        if odd_duration::is_to_blame(&self.formats[self.main.format].plan, line.text, first) {
            return Err(Reason::BadNumber);
        }
        for other in &self.others {
            match self.try_plausible(*other, line, room, memory, row) {
                Ok(end) if damage::begins_again(line.text, end) => return Err(Reason::Glued),
                Ok(end) => return Ok(self.taken(other.format, end, line, row)),
                Err(misfit) if misfit.reason != Reason::NoMatch => return Err(misfit.reason),
                Err(_) => {}
            }
        }
        Err(damage::reason(line.text))
    }

    /// The same as [`try_one`]; a format that the first lines did not have must read plausible values.
    fn try_plausible<'a>(
        &self,
        candidate: Candidate,
        line: Line<'a, '_>,
        room: Room<'a>,
        memory: &mut Memory,
        row: &mut Row<'a>,
    ) -> Result<usize, Misfit> {
        // The values that decide are read whatever is asked.
        let needs = room.needs.and(Fields::text(TextField::Addr)).and(Fields::text(TextField::Host));
        let room = if candidate.is_established { room } else { Room { needs, ..room } };
        let end = try_one(self.formats, candidate, line, room, memory, row)?;
        if candidate.is_established || is_plausible(&self.formats[candidate.format], row) {
            return Ok(end);
        }
        Err(Misfit { reason: Reason::NoMatch, expected: Expected::End, at: 0 })
    }

    fn taken(&self, format: usize, end: usize, line: Line<'_, '_>, row: &mut Row<'_>) -> Taken {
        row.has_unread = !is_nothing(&line.text[end..]);
        Taken(format)
    }

    /// Whether a malformed line looks like a whole line of `common`, which is not in use here.
    pub(crate) fn looks_like_common(&self, text: &[u8]) -> bool {
        self.unused_common.is_some_and(|common| fits(self.formats, common, Line::unmarked(text)))
    }
}

pub(in crate::format) fn fits(formats: &[LogFormat], candidate: Candidate, line: Line<'_, '_>) -> bool {
    let bump = Bump::new();
    let room = Room { bump: &bump, needs: Fields::NONE };
    try_one(formats, candidate, line, room, &mut Memory::default(), &mut Row::EMPTY.clone()).is_ok()
}

/// Fills `row` anew by one candidate, and returns where in the line it ends.
pub(in crate::format) fn try_one<'a>(
    formats: &[LogFormat],
    candidate: Candidate,
    line: Line<'a, '_>,
    room: Room<'a>,
    memory: &mut Memory,
    row: &mut Row<'a>,
) -> Result<usize, Misfit> {
    let format = &formats[candidate.format];
    *row = Row { has: format.plan.fields, ..Row::EMPTY };
    match &format.json {
        Some(labels) if labels.syntax == Syntax::Ltsv => {
            let (clock, recall) = memory.json(candidate.format);
            ltsv::scan::scan(labels.keys(), line.text, room, clock, recall, row).map(|()| line.text.len())
        }
        Some(_) if !json::scan::is_object(line.text) => Err(json::scan::NO_OBJECT),
        Some(json) => {
            let (clock, recall) = memory.json(candidate.format);
            let read = json::scan::scan(json.keys(), line, room, clock, recall, row);
            read.map(|()| line.text.len())
                .inspect_err(|misfit| memory.keep_bad_value(candidate.format, *misfit, line.text))
        }
        None => scan(&format.plan, candidate.tail, line, memory, row),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::TextField;
    use crate::format::slot::Slot;

    const COMBINED: &str = r#"1.2.3.4 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 12 "-" "curl""#;
    const COMMON: &str = r#"1.2.3.4 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 12"#;

    fn found(head: &str) -> String {
        let formats = LogFormat::all_presets();
        formats[FormatsOfFile::detect(&formats, &[], head.as_bytes()).main.format].name.clone()
    }

    fn take(of_file: &FormatsOfFile<'_>, line: &[u8]) -> Result<Taken, Reason> {
        let (bump, mut row) = (Bump::new(), Row::EMPTY);
        let room = Room { bump: &bump, needs: Fields::NONE };
        of_file.take(Line::unmarked(line), room, &mut Memory::default(), &mut row)
    }

    #[test]
    fn each_preset_is_found() {
        let with = |before: &str, after: &str| format!("{before}{COMBINED}{after}\n").repeat(3);
        assert_eq!(found(&with("", "")), "combined");
        assert_eq!(found(&with("", r#" "10.0.0.1""#)), "main");
        assert_eq!(found(&with("", " 0.106")), "combined_timed");
        assert_eq!(found(&with("", " -")), "combined_timed");
        assert_eq!(found(&with("", r#" "-" 0.106"#)), "main_timed");
        assert_eq!(found(&with("", r#" "-" 0.106 "more" 1"#)), "main_timed");
        assert_eq!(found(&with("", " gz 1.2")), "combined");
        assert_eq!(found(&with("shop.example ", "")), "vhost");
        assert_eq!(found(&with("shop.example ", " 1.000")), "vhost_timed");
        assert_eq!(found(&format!("{COMMON}\n")), "common");
        assert_eq!(found("host:192.0.2.1\treq:GET / HTTP/1.1\tstatus:200\n"), "ltsv");
        assert_eq!(found("{\"status\":200,\"uri\":\"/\"}\n"), "json");
        assert_eq!(found(&format!("{COMMON} \"-\"\n")), "common");
    }

    #[test]
    fn the_most_lines_win_then_the_most_fields() {
        assert_eq!(found(&format!("{COMBINED}\n{COMBINED} 0.1\n{COMBINED} 0.106\n")), "combined");
        assert_eq!(found(&format!("{COMBINED}\n{COMBINED} 0.106\n")), "combined");
        assert_eq!(found(&format!("{COMBINED}\nvhost {COMBINED}\n{COMBINED}\n")), "combined");
    }

    #[test]
    fn a_user_never_moves_the_address() {
        let formats = LogFormat::all_presets();
        let line = r#"1.2.3.4 - - bob [01/Jan/2000 [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 12 "-" "curl""#;
        for head in [line.to_owned(), format!("h {COMBINED}\n{line}"), format!("h {COMBINED}\nh {COMBINED}\n{line}")] {
            let of_file = FormatsOfFile::detect(&formats, &[], head.as_bytes());
            let (bump, mut row) = (Bump::new(), Row::EMPTY);
            let room = Room { bump: &bump, needs: Fields::NONE };
            of_file.take(Line::unmarked(line.as_bytes()), room, &mut Memory::default(), &mut row).unwrap();
            assert_eq!(row.text(Slot::of(TextField::Addr)), b"1.2.3.4");
            assert_eq!(row.text(Slot::of(TextField::User)), b"- bob [01/Jan/2000");
        }
    }

    #[test]
    fn a_line_of_combined_cut_short_is_not_common() {
        let formats = LogFormat::all_presets();
        let of_file = FormatsOfFile::detect(&formats, &[], format!("{COMBINED}\n").repeat(20).as_bytes());
        for cut in [COMMON.len(), COMMON.len() + 3, COMMON.len() + 8] {
            let line = &COMBINED.as_bytes()[..cut];
            assert_eq!(take(&of_file, line), Err(Reason::NoMatch));
        }
        let both = format!("{COMBINED}\n{COMBINED}\n{COMMON}\n");
        let of_file = FormatsOfFile::detect(&formats, &[], both.as_bytes());
        assert_eq!(take(&of_file, COMMON.as_bytes()), Ok(Taken(1)));
    }

    #[test]
    fn formats_that_are_given_are_all_in_use() {
        let formats: Vec<LogFormat> = ["combined", "common"].map(|name| name.parse().unwrap()).into();
        let of_file = FormatsOfFile::detect(&formats, &[], format!("{COMBINED}\n").repeat(20).as_bytes());
        assert_eq!(take(&of_file, COMMON.as_bytes()), Ok(Taken(1)));
        assert_eq!(take(&of_file, &COMBINED.as_bytes()[..COMMON.len() + 3]), Err(Reason::NoMatch));
    }

    #[test]
    fn two_lines_in_one_are_glued_whatever_the_first_still_fits() {
        let formats = LogFormat::all_presets();
        let timed = format!("{COMBINED} 0.106");
        for head in [COMBINED, &timed, &format!("h {COMBINED}"), &format!("{COMBINED} \"-\"")] {
            let of_file = FormatsOfFile::detect(&formats, &[], head.as_bytes());
            // Right before the user, what follows is one who claims to be an address.
            for cut in COMBINED.find(" - ").unwrap() + 4..=timed.len() {
                let glued = format!("{}{COMBINED}", &timed[..cut]);
                assert_eq!(take(&of_file, glued.as_bytes()), Err(Reason::Glued), "{glued}");
            }
        }
        let of_file = FormatsOfFile::detect(&formats, &[], COMBINED.as_bytes());
        assert_eq!(take(&of_file, b"1.2.3.4 - - [05/Ap\0\0"), Err(Reason::Nul));
    }

    #[test]
    fn what_fits_nothing_says_where_the_best_candidate_stopped() {
        let formats = LogFormat::all_presets();
        let head = b"\n10.0.0.7 - - [2026-11-14] GET /cart 200\n";
        let of_file = FormatsOfFile::detect(&formats, &[], head);
        let nearest = of_file.nearest().unwrap();
        assert_eq!((nearest.line, nearest.misfit.reason), (2, Reason::NoMatch));
        let expected = formats[nearest.format].expectation(nearest.misfit);
        assert_eq!(expected, r#"$remote_user [$time_local] ""#);
    }
}
