//! Which formats the lines of a file have: found from its first lines, and tried line by line.

use std::cmp::Reverse;

use bumpalo::Bump;

use super::damage;
use super::json_format::Syntax;
use super::plan::{Slot, Tail, Usual};
use super::row::Row;
use super::scan::{Expected, Misfit, scan};
use super::survey::{Rejected, Survey, is_nothing, is_plausible};
use super::trailing::Number;
use super::{Line, LogFormat, Memory, Room, json, ltsv};
use crate::batch::{Fields, MISSING, TextField};
use crate::input::{is_blank, lines};
use crate::table::Reason;

/// Lines of a file that are looked at.
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
    /// Formats with more fields than `main`: tried where a line goes on after the last field of `main`.
    longer: Vec<Candidate>,
    /// All but `main`: tried where a line does not fit it. Both ordered by fields, most first.
    others: Vec<Candidate>,
    /// Whether users of `main` are other fields, and not read.
    drops_users: bool,
    nearest: Option<Nearest>,
    findings: Vec<Finding>,
    /// What the first lines say about each format that takes some of them, best first.
    considered: Vec<Considered>,
    /// Number of lines that were looked at.
    sampled: usize,
}

/// A format, and what may follow its last field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) format: usize,
    tail: Tail,
    /// Whether the first lines had it, or the user gave it. If not, its lines must look plausible one by one.
    is_established: bool,
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
    /// The number after this format's last field is no request time, as this one; whether more follows it.
    NumberIsNoTime { format: usize, example: Vec<u8>, has_more: bool },
    /// The users of `main` are other fields: these.
    UsersAreFields { fields: String },
}

/// A format that takes some of the first lines.
#[derive(Clone, Debug)]
pub(crate) struct Considered {
    pub(crate) format: usize,
    pub(crate) survey: Survey,
    pub(crate) rejected: Option<Rejected>,
    /// Which of the lines it takes.
    takes: Vec<bool>,
}

impl Candidate {
    /// The format as it is tried if it was given.
    pub(super) fn given(formats: &[LogFormat], format: usize) -> Candidate {
        Candidate { format, tail: formats[format].tail, is_established: true }
    }
}

impl<'f> FormatsOfFile<'f> {
    /// Finds the format that explains the most of the first lines to their end, then takes the most, then has the most
    /// fields, then stands first. Those that are known to be the file's `own` are preferred among equals.
    pub(crate) fn detect(formats: &'f [LogFormat], own: &[usize], head: &[u8]) -> Self {
        let candidate = |format: usize| Candidate::given(formats, format);
        let mut by_fields: Vec<usize> = (0..formats.len()).collect();
        by_fields.sort_by_key(|&i| (!own.contains(&i), Reverse(formats[i].variables()), i));
        let all: Vec<_> = by_fields.into_iter().map(candidate).collect();

        let sample: Vec<_> = (1..).zip(lines(head, true)).filter(|(_, line)| !is_blank(line)).take(SAMPLE).collect();
        let mut considered: Vec<Considered> = Vec::new();
        for candidate in &all {
            let (survey, takes) = Survey::of(formats, *candidate, &sample);
            let rejected = if formats[candidate.format].is_given() { None } else { survey.rejected() };
            considered.push(Considered { format: candidate.format, survey, rejected, takes });
        }
        reject_numbers(formats, &mut considered);
        reject_users(formats, &mut considered);
        // `all` has most fields first, and the stable sort keeps that order among equals.
        considered.sort_by_key(|c| {
            (c.rejected.is_some(), Reverse((c.survey.whole, c.survey.fits)), !own.contains(&c.format))
        });
        let best = considered.first().map_or(0, |best| best.format);
        let survey_of = |format: usize| considered.iter().find(|c| c.format == format);
        let drops_users = considered.first().is_some_and(|c| !formats[best].is_given() && c.survey.users.hold_fields());

        let is_taken =
            |line: usize, by: &dyn Fn(&Considered) -> bool| considered.iter().any(|c| by(c) && c.takes[line]);
        let total = (0..sample.len()).filter(|line| is_taken(*line, &|_| true)).count();
        let common = all.iter().find(|c| formats[c.format].is_common);
        let whole_common = common.map_or(0, |common| {
            let is_only = |line: &usize| !is_taken(*line, &|c| c.format != common.format);
            let is_whole = |line: &usize| fits(formats, unquoted(common.format), Line::unmarked(sample[*line].1));
            (0..sample.len()).filter(|line| is_only(line) && is_whole(line)).count()
        });
        let is_rare_common = |c: &Candidate| {
            let format = &formats[c.format];
            format.is_common && !format.is_given() && total > 0 && whole_common * COMMON_IS_RARER_THAN <= total
        };
        let is_out = |c: &Candidate| survey_of(c.format).is_some_and(|c| c.rejected.is_some()) || is_rare_common(c);
        let others = all.iter().filter(|c| c.format != best && !is_out(c)).map(|c| Candidate {
            tail: if formats[c.format].is_common { Tail::UnquotedFields } else { c.tail },
            // It takes a line that the best one does not.
            is_established: formats[c.format].is_given()
                || (0..sample.len()).any(|line| {
                    is_taken(line, &|by| by.format == c.format) && !is_taken(line, &|by| by.format == best)
                }),
            ..*c
        });
        let others: Vec<_> = others.collect();
        let fields = formats[best].variables();
        let longer = others.iter().copied().filter(|c| formats[c.format].variables() > fields).collect();
        // Somebody who wonders why a line does not fit thinks of combined, or of the format that was given.
        let is_usual = |c: &&Candidate| {
            let format = &formats[c.format];
            format.is_given() || format.is_json() || format.plan.shortcut.is_some()
        };
        let usual: Vec<_> = all.iter().filter(is_usual).copied().collect();
        let nearest = if total == 0 { nearest(formats, &usual, &sample) } else { None };
        considered.retain(|c| c.survey.fits > 0);
        let findings =
            considered.first().map_or_else(Vec::new, |first| findings(formats, first, &considered, drops_users));
        let main = candidate(best);
        FormatsOfFile {
            formats,
            main,
            longer,
            others,
            drops_users,
            nearest,
            findings,
            considered,
            sampled: sample.len(),
        }
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
        let is_in_use = |format: usize| self.main.format == format || self.others.iter().any(|c| c.format == format);
        let common = self.formats.iter().position(|format| format.is_common && !format.is_given());
        let candidate = |format| Candidate { format, tail: Tail::Nothing, is_established: true };
        common.is_some_and(|common| !is_in_use(common) && fits(self.formats, candidate(common), Line::unmarked(text)))
    }
}

/// Rejects presets that add a number to another one, where the numbers of the sample are something else.
fn reject_numbers(formats: &[LogFormat], considered: &mut [Considered]) {
    let number_before = |c: &Considered| {
        let base = formats[c.format].before_last_field().filter(|_| !formats[c.format].is_given())?;
        let is_base = |c: &&Considered| formats[c.format].name() == base && !formats[c.format].is_given();
        considered.iter().find(is_base).map(|base| base.survey.trailing.number())
    };
    let numbers: Vec<Option<Number>> = considered.iter().map(number_before).collect();
    for (considered, number) in considered.iter_mut().zip(numbers) {
        let is_wrong = number.is_some_and(|number| match formats[considered.format].last_field() {
            "request_time" => number != Number::RequestTime,
            "upstream_response_time" => number != Number::List,
            _ => false,
        });
        if is_wrong {
            considered.rejected = considered.rejected.or(Some(Rejected::NoTime));
        }
    }
}

/// Rejects formats whose users hold other fields, if there is one that reads these fields.
fn reject_users(formats: &[LogFormat], considered: &mut [Considered]) {
    let is_odd = |c: &Considered| !formats[c.format].is_given() && c.survey.fits > 0 && c.survey.users.hold_fields();
    let most = considered.iter().filter(|c| is_odd(c)).map(|c| c.survey.fits).max().unwrap_or(0);
    let is_better = |c: &Considered| !is_odd(c) && c.rejected.is_none() && c.survey.fits * 100 >= most * 99;
    if most > 0 && considered.iter().any(is_better) {
        let odd = considered.iter_mut().filter(|c| is_odd(c));
        odd.for_each(|c| c.rejected = c.rejected.or(Some(Rejected::Users)));
    }
}

/// The guesses about a file that could be wrong; `main` is the format that was chosen.
fn findings(formats: &[LogFormat], main: &Considered, considered: &[Considered], drops_users: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    if main.survey.has_mostly_other_addresses()
        && let Some(example) = main.survey.odd_address.clone()
    {
        findings.push(Finding::NotAddresses { example });
    }
    if drops_users {
        findings.push(Finding::UsersAreFields { fields: main.survey.users.suggestion() });
    }
    let format = &formats[main.format];
    if format.is_given() {
        return findings;
    }
    // The preset that the number follows: the chosen one, or the one that the chosen one adds a field to.
    let base = considered.iter().find(|c| Some(formats[c.format].name()) == format.before_last_field()).unwrap_or(main);
    let is_timed = formats.iter().any(|format| {
        format.last_field() == "request_time" && format.before_last_field() == Some(formats[base.format].name())
    });
    match base.survey.trailing.number() {
        _ if !is_timed => {}
        Number::RequestTime => {}
        Number::List => findings.push(Finding::TimeIsList),
        Number::Other(example) => {
            let has_more = base.survey.trailing.has_more();
            findings.push(Finding::NumberIsNoTime { format: base.format, example, has_more });
        }
    }
    findings
}

/// The first line, and the format that came furthest in it, where no line fits any.
fn nearest(formats: &[LogFormat], all: &[Candidate], sample: &[(u64, &[u8])]) -> Option<Nearest> {
    let (number, text) = sample.first()?;
    let bump = Bump::new();
    let room = Room { bump: &bump, needs: Fields::NONE };
    let (mut memory, mut row) = (Memory::default(), Row::EMPTY);
    let (format, misfit) = furthest(formats, all, Line::unmarked(text), room, &mut memory, &mut row)?;
    Some(Nearest { line: *number, text: text.to_vec(), format, misfit })
}

fn unquoted(format: usize) -> Candidate {
    Candidate { format, tail: Tail::UnquotedFields, is_established: true }
}

fn fits(formats: &[LogFormat], candidate: Candidate, line: Line<'_, '_>) -> bool {
    let bump = Bump::new();
    let room = Room { bump: &bump, needs: Fields::NONE };
    try_one(formats, candidate, line, room, &mut Memory::default(), &mut Row::EMPTY.clone()).is_ok()
}

/// Fills `row` anew by one candidate, and returns where in the line it ends.
pub(super) fn try_one<'a>(
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
            ltsv::scan(labels.keys(), line.text, room, clock, recall, row).map(|()| line.text.len())
        }
        Some(_) if !json::is_object(line.text) => Err(json::NO_OBJECT),
        Some(json) => {
            let (clock, recall) = memory.json(candidate.format);
            let read = json::scan(json.keys(), line, room, clock, recall, row);
            read.map(|()| line.text.len())
                .inspect_err(|misfit| memory.keep_bad_value(candidate.format, *misfit, line.text))
        }
        None => scan(&format.plan, candidate.tail, line, memory, row),
    }
}

/// The candidate that came furthest in a line that none takes. A line of the right shape whose time or number does not exist
/// is that candidate's.
fn furthest<'a>(
    formats: &[LogFormat],
    candidates: &[Candidate],
    line: Line<'a, '_>,
    room: Room<'a>,
    memory: &mut Memory,
    row: &mut Row<'a>,
) -> Option<(usize, Misfit)> {
    let mut furthest: Option<(usize, Misfit)> = None;
    for candidate in candidates {
        match try_one(formats, *candidate, line, room, memory, row) {
            Ok(_) => return None,
            Err(misfit) if misfit.reason != Reason::NoMatch => return Some((candidate.format, misfit)),
            Err(misfit) => {
                if furthest.is_none_or(|(_, f)| misfit.at > f.at) {
                    furthest = Some((candidate.format, misfit));
                }
            }
        }
    }
    furthest
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
