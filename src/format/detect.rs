//! Which formats the lines of a file have: found from its first lines, and tried line by line.

use bumpalo::Bump;

use super::damage;
use super::json_format::Syntax;
use super::plan::{Tail, Usual};
use super::row::Row;
use super::scan::{Expected, Misfit, scan};
use super::{Line, LogFormat, Memory, Room, json, ltsv};
use crate::batch::Fields;
use crate::input::{is_blank, lines};
use crate::table::Reason;

/// How many lines of a file are looked at.
const SAMPLE: usize = 1000;

/// `common` is the beginning of `combined`, so a line of `combined` that is cut short can look like it. Only where
/// one line in this many is a whole line of `common` is it taken for a format of the file, unless it is given.
const COMMON_IS_RARER_THAN: usize = 10;

/// The formats that the lines of one file are tried with.
#[derive(Debug)]
pub(crate) struct FormatsOfFile<'f> {
    formats: &'f [LogFormat],
    /// The file's format, tried first.
    main: Candidate,
    /// Formats with more fields than `main`: tried where a line goes on behind the last field of `main`.
    longer: Vec<Candidate>,
    /// All but `main`: tried where a line does not fit it. Both ordered by fields, most first.
    others: Vec<Candidate>,
    nearest: Option<Nearest>,
}

#[derive(Clone, Copy, Debug)]
struct Candidate {
    format: usize,
    tail: Tail,
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

impl<'f> FormatsOfFile<'f> {
    /// Finds the format that takes the most of the first lines, then that with the most fields.
    /// Those that are known to be the file's `own` come before all others.
    pub(crate) fn detect(formats: &'f [LogFormat], own: &[usize], head: &[u8]) -> Self {
        let candidate = |format: usize| Candidate { format, tail: formats[format].tail };
        let mut by_fields: Vec<usize> = (0..formats.len()).collect();
        by_fields.sort_by_key(|&i| (!own.contains(&i), std::cmp::Reverse(formats[i].variables()), i));
        let all: Vec<_> = by_fields.into_iter().map(candidate).collect();

        let (mut votes, mut whole_common) = (vec![0_usize; formats.len()], 0);
        let mut nearest = None;
        let mut memory = Memory::default();
        let bump = Bump::new();
        let room = Room { bump: &bump, needs: Fields::NONE };
        for (number, line) in (1..).zip(lines(head, true)).filter(|(_, line)| !is_blank(line)).take(SAMPLE) {
            let mut row = Row::EMPTY;
            let text = line;
            let line = Line::unmarked(text);
            match try_all(formats, &all, line, room, &mut memory, &mut row) {
                Ok((Taken(format), _)) => {
                    votes[format] += 1;
                    whole_common += usize::from(
                        formats[format].is_common && fits(formats, unquoted(format), line, room, &mut memory),
                    );
                }
                Err((format, misfit)) => {
                    nearest.get_or_insert_with(|| Nearest { line: number, text: text.to_vec(), format, misfit });
                }
            }
        }
        let total: usize = votes.iter().sum();
        // `all` has most fields first, and the first of equals is kept.
        let best = all.iter().copied().rev().max_by_key(|c| votes[c.format]).expect("at least one format");
        let is_guessed = |c: &Candidate| formats[c.format].is_common && !formats[c.format].is_given;
        let others = all
            .iter()
            .filter(|c| c.format != best.format)
            .filter(|c| !is_guessed(c) || total == 0 || whole_common * COMMON_IS_RARER_THAN > total)
            .map(|c| if formats[c.format].is_common { unquoted(c.format) } else { *c });
        let others: Vec<_> = others.collect();
        let fields = formats[best.format].variables();
        let longer = others.iter().copied().filter(|c| formats[c.format].variables() > fields).collect();
        FormatsOfFile { formats, main: best, longer, others, nearest: nearest.filter(|_| total == 0) }
    }

    pub(crate) fn nearest(&self) -> Option<&Nearest> {
        self.nearest.as_ref()
    }

    /// What a line of the file's format mostly looks like, and that format.
    pub(crate) fn usual(&self) -> Option<(Usual, Taken)> {
        let format = self.main.format;
        self.formats[format].plan.usual.map(|usual| (usual, Taken(format)))
    }

    /// Fills `row` by the format with the most fields that the line fits, or says why none takes it. The row is one
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
        // A row that another format has filled holds values that this one does not log.
        if row.filled_by != self.main.format {
            *row = Row::empty_for(self.main.format);
        }
        if main.has_keys() {
            return self.take_json(line, room, memory, row);
        }
        match scan(&main.plan, self.main.tail, line, &mut memory.clock, row) {
            Ok(end) if end == line.text.len() => Ok(Taken(self.main.format)),
            Ok(end) => self.take_longer(end, line, room, memory, row),
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

    /// The line fits the main format and goes on behind it.
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
        if self.longer.is_empty() {
            return Ok(Taken(self.main.format));
        }
        match try_all(self.formats, &self.longer, line, room, memory, row) {
            Err((_, misfit)) if misfit.reason == Reason::NoMatch => {
                let main = &self.formats[self.main.format];
                *row = Row::empty_for(self.main.format);
                scan(&main.plan, self.main.tail, line, &mut memory.clock, row).expect("it fitted before");
                Ok(Taken(self.main.format))
            }
            taken => taken.map(|(taken, _)| taken).map_err(|(_, misfit)| misfit.reason),
        }
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
        match try_all(self.formats, &self.others, line, room, memory, row) {
            Ok((_, end)) if damage::begins_again(line.text, end) => Err(Reason::Glued),
            Err((_, misfit)) if misfit.reason == Reason::NoMatch => Err(damage::reason(line.text)),
            taken => taken.map(|(taken, _)| taken).map_err(|(_, misfit)| misfit.reason),
        }
    }
}

fn unquoted(format: usize) -> Candidate {
    Candidate { format, tail: Tail::UnquotedFields }
}

fn fits<'a>(
    formats: &[LogFormat],
    candidate: Candidate,
    line: Line<'a, '_>,
    room: Room<'a>,
    memory: &mut Memory,
) -> bool {
    try_one(formats, candidate, line, room, memory, &mut Row::EMPTY.clone()).is_ok()
}

/// Fills `row` anew by one candidate, and returns where in the line it ends.
fn try_one<'a>(
    formats: &[LogFormat],
    candidate: Candidate,
    line: Line<'a, '_>,
    room: Room<'a>,
    memory: &mut Memory,
    row: &mut Row<'a>,
) -> Result<usize, Misfit> {
    let format = &formats[candidate.format];
    *row = Row::EMPTY;
    match &format.json {
        Some(labels) if labels.syntax == Syntax::Ltsv => {
            let (clock, recall) = memory.json(candidate.format);
            ltsv::scan(labels.keys(), line.text, room, clock, recall, row).map(|()| line.text.len())
        }
        Some(_) if !json::is_object(line.text) => Err(json::NO_OBJECT),
        Some(json) => {
            let (clock, recall) = memory.json(candidate.format);
            json::scan(json.keys(), line, room, clock, recall, row).map(|()| line.text.len())
        }
        None => scan(&format.plan, candidate.tail, line, &mut memory.clock, row),
    }
}

/// The first candidate that takes the line and where it ends, otherwise the one that came furthest. A line of the right
/// shape whose time or number does not exist is that candidate's: no other is tried.
fn try_all<'a>(
    formats: &[LogFormat],
    candidates: &[Candidate],
    line: Line<'a, '_>,
    room: Room<'a>,
    memory: &mut Memory,
    row: &mut Row<'a>,
) -> Result<(Taken, usize), (usize, Misfit)> {
    let mut furthest: Option<(usize, Misfit)> = None;
    for candidate in candidates {
        match try_one(formats, *candidate, line, room, memory, row) {
            Ok(end) => return Ok((Taken(candidate.format), end)),
            Err(misfit) if misfit.reason != Reason::NoMatch => return Err((candidate.format, misfit)),
            Err(misfit) => {
                if furthest.is_none_or(|(_, f)| misfit.at > f.at) {
                    furthest = Some((candidate.format, misfit));
                }
            }
        }
    }
    let none = Misfit { reason: Reason::NoMatch, expected: Expected::End, at: 0 };
    Err(furthest.unwrap_or((0, none)))
}

#[cfg(test)]
mod tests {
    use super::super::plan::Slot;
    use super::*;
    use crate::batch::TextField;

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
        assert_eq!(found(&format!("{COMBINED}\n{COMBINED} 0.106\n")), "combined_timed");
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
