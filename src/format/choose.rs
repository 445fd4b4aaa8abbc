//! Which format a file has, by its first lines: the one that explains the most of them to their end, then takes the most, then
//! has the most fields, then stands first.

use std::cmp::Reverse;

use bumpalo::Bump;

use super::detect::{Candidate, Considered, Finding, FormatsOfFile, Nearest, fits, try_one};
use super::plan::Tail;
use super::row::Row;
use super::scan::Misfit;
use super::survey::{Rejected, Survey, Take};
use super::trailing::Number;
use super::{Line, LogFormat, Memory, Room};
use crate::batch::Fields;
use crate::table::Reason;

/// `common` is the beginning of `combined`, so a line of `combined` that is cut short can look like it. Only where
/// one line in this many is a whole line of `common` is it taken for a format of the file, unless it is given.
const COMMON_IS_RARER_THAN: usize = 10;

/// A format that takes none of so many lines is tried only with lines that the others do not explain.
pub(super) const FIRST: usize = 24;

/// Lines with their numbers, from 1.
type Sample<'s> = [(u64, &'s [u8])];

/// Chooses the formats of a file; `first` is the number of lines that every format is tried with.
pub(super) fn choose<'f>(
    formats: &'f [LogFormat],
    own: &[usize],
    sample: &Sample<'_>,
    first: usize,
) -> FormatsOfFile<'f> {
    let candidate = |format: usize| Candidate::given(formats, format);
    let mut by_fields: Vec<usize> = (0..formats.len()).collect();
    by_fields.sort_by_key(|&i| (!own.contains(&i), Reverse(formats[i].variables()), i));
    let all: Vec<_> = by_fields.into_iter().map(candidate).collect();

    let mut considered = consider(formats, &all, sample, first);
    reject_numbers(formats, &mut considered);
    reject_users(formats, &mut considered);
    // `all` has most fields first, and the stable sort keeps that order among equals.
    considered
        .sort_by_key(|c| (c.rejected.is_some(), Reverse((c.survey.whole, c.survey.fits)), !own.contains(&c.format)));
    let best = considered.first().map_or(0, |best| best.format);
    let drops_users = considered.first().is_some_and(|c| !formats[best].is_given() && c.survey.users.hold_fields());

    let takes = |line: usize, c: &Considered| c.takes.get(line).is_some_and(|take| *take != Take::Nothing);
    let takes_of = |line: usize, format: usize| considered.iter().any(|c| c.format == format && takes(line, c));
    let total = (0..sample.len()).filter(|line| considered.iter().any(|c| takes(*line, c))).count();
    let common = all.iter().find(|c| formats[c.format].is_common);
    let whole_common = common.map_or(0, |common| {
        let is_only = |line: &usize| considered.iter().all(|c| c.format == common.format || !takes(*line, c));
        let is_whole = |line: &usize| fits(formats, unquoted(common.format), Line::unmarked(sample[*line].1));
        (0..sample.len()).filter(|line| is_only(line) && is_whole(line)).count()
    });
    let is_rare_common = |c: &Candidate| {
        let format = &formats[c.format];
        format.is_common && !format.is_given() && total > 0 && whole_common * COMMON_IS_RARER_THAN <= total
    };
    let rejected =
        |c: &Candidate| considered.iter().find(|other| other.format == c.format).and_then(|other| other.rejected);
    // Lists may come later, in lines that do not fit the others.
    let is_rejected = |c: &Candidate| rejected(c).is_some_and(|rejected| rejected != Rejected::NoLists);
    let others = all.iter().filter(|c| c.format != best && !is_rejected(c) && !is_rare_common(c)).map(|c| Candidate {
        tail: if formats[c.format].is_common { Tail::UnquotedFields } else { c.tail },
        // It takes a line that the best one does not.
        is_established: formats[c.format].is_given()
            || (0..sample.len()).any(|line| takes_of(line, c.format) && !takes_of(line, best)),
        ..*c
    });
    let others: Vec<_> = others.collect();
    let fields = formats[best].variables();
    let is_longer = |c: &Candidate| formats[c.format].variables() > fields && rejected(c).is_none();
    let longer = others.iter().copied().filter(is_longer).collect();
    // A user who wonders why a line does not fit thinks of combined, or of the format that was given.
    let is_usual = |c: &&Candidate| {
        let format = &formats[c.format];
        format.is_given() || format.is_json() || format.plan.shortcut.is_some()
    };
    let mut usual: Vec<_> = all.iter().filter(is_usual).copied().collect();
    // Of two that come equally far, the first of the table is the better known.
    usual.sort_by_key(|c| c.format);
    let nearest = if total == 0 { nearest(formats, &usual, sample) } else { None };
    considered.retain(|c| c.survey.fits > 0);
    let findings = considered.first().map_or_else(Vec::new, |first| findings(formats, first, &considered, drops_users));
    let main = candidate(best);
    let is_unused = |c: &&Candidate| {
        let is_in_use = c.format == best || others.iter().any(|other| other.format == c.format);
        formats[c.format].is_common && !formats[c.format].is_given() && !is_in_use
    };
    let unused_common = all.iter().find(is_unused).map(|c| Candidate { tail: Tail::Nothing, ..*c });
    let sampled = sample.len();
    FormatsOfFile { formats, main, longer, others, drops_users, unused_common, nearest, findings, considered, sampled }
}

/// What the sample says about each format.
fn consider(formats: &[LogFormat], all: &[Candidate], sample: &Sample<'_>, first: usize) -> Vec<Considered> {
    let survey = |candidate: &Candidate, lines: &Sample<'_>| {
        let (survey, takes) = Survey::of(formats, *candidate, lines);
        let format = &formats[candidate.format];
        let is_as_given = |rejected: &Rejected| *rejected == Rejected::Addresses && format.has_given_address();
        let rejected = if format.is_given() { None } else { survey.rejected(format).filter(|r| !is_as_given(r)) };
        Considered { format: candidate.format, survey, rejected, takes }
    };
    let first = &sample[..sample.len().min(first)];
    let mut considered: Vec<_> = all.iter().map(|candidate| survey(candidate, first)).collect();
    if first.len() == sample.len() {
        return considered;
    }
    let mut is_open = vec![true; sample.len()];
    // A list of addresses may be one address, so such a format takes what others explain as well.
    let is_early = |c: &Considered| {
        let format = &formats[c.format];
        c.survey.fits > 0 && (format.is_given() || !format.has_address_list())
    };
    for (considered, candidate) in considered.iter_mut().zip(all).filter(|(c, _)| is_early(c)) {
        *considered = survey(candidate, sample);
        let is_accepted = considered.rejected.is_none();
        let whole = considered.takes.iter().map(|take| is_accepted && *take == Take::Whole);
        is_open.iter_mut().zip(whole).for_each(|(open, whole)| *open &= !whole);
    }
    let open: Vec<_> = sample.iter().zip(is_open).filter(|(_, open)| *open).map(|(line, _)| *line).collect();
    for (considered, candidate) in considered.iter_mut().zip(all).filter(|(c, _)| !is_early(c)) {
        if survey(candidate, &open).survey.fits > 0 {
            *considered = survey(candidate, sample);
        }
    }
    considered
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
    if main.survey.users.may_hold_fields() {
        findings.push(Finding::UsersMayBeFields { fields: main.survey.users.suggestion() });
    }
    let is_before = |c: &&Considered| {
        let quoted = formats[c.format].text().map(|text| format!("{text} \"$http_x_forwarded_for\""));
        quoted.is_some() && quoted == format.text()
    };
    if let Some(before) = considered.iter().find(is_before)
        && let Some(example) = before.survey.trailing.quoted_number()
    {
        findings.push(Finding::NumberIsQuoted { format: before.format, example: example.to_vec() });
    }
    // The preset that the number follows: the chosen one, or the one that the chosen one adds a field to.
    let base = considered.iter().find(|c| Some(formats[c.format].name()) == format.before_last_field()).unwrap_or(main);
    let is_timed = formats.iter().any(|format| {
        format.last_field() == "request_time" && format.before_last_field() == Some(formats[base.format].name())
    });
    let reads_no_time = !formats[base.format].plan.fields.holds(Fields::REQUEST_TIME);
    let trailing = &base.survey.trailing;
    let no_time = |example| Finding::NumberIsNoTime { format: base.format, example, has_more: trailing.has_more() };
    match trailing.number() {
        Number::List if is_timed => findings.push(Finding::TimeIsList),
        Number::Other(example) if is_timed || reads_no_time => findings.push(no_time(Some(example))),
        Number::RequestTime if !is_timed && reads_no_time && trailing.has_seconds() => findings.push(no_time(None)),
        _ => {}
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
    use super::*;
    use proptest::prelude::*;

    const COMBINED: &str = r#"1.2.3.4 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 12 "-" "curl""#;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Formats that take none of the first lines are tried with few of the others; that must not change the choice.
        #[test]
        fn lines_that_are_not_tried_change_nothing(
            blocks in prop::collection::vec((0..8_usize, prop::sample::select(vec![1, 3, 30, 70, 200])), 1..5),
        ) {
            let kinds = [
                COMBINED.to_owned(),
                format!("5.6.7.8, {COMBINED}"),
                format!("{COMBINED} 0.106"),
                format!("{COMBINED} \"-\""),
                format!("shop.example {COMBINED}"),
                format!("{COMBINED} 0.1, 0.2"),
                "garbage".to_owned(),
                r#"{"remote_addr":"1.2.3.4","status":200,"request":"GET / HTTP/1.1"}"#.to_owned(),
            ];
            let lines: Vec<&str> = blocks.iter().flat_map(|(kind, n)| std::iter::repeat_n(kinds[*kind].as_str(), *n)).collect();
            let sample: Vec<_> = (1..).zip(lines.iter().map(|line| line.as_bytes())).collect();
            let formats = LogFormat::all_presets();
            let candidates: Vec<_> = (0..formats.len())
                .map(|format| Candidate { format, tail: formats[format].tail, is_established: true })
                .collect();
            let [quick, thorough] = [FIRST, sample.len()].map(|first| choose(&formats, &[], &sample, first));
            prop_assert_eq!(formats[quick.main()].name(), formats[thorough.main()].name());
            let considered = consider(&formats, &candidates, &sample, FIRST);
            let whole: Vec<_> = candidates.iter().map(|c| (c.format, Survey::of(&formats, *c, &sample).1)).collect();
            for (considered, candidate) in considered.iter().zip(&candidates) {
                let (all, takes) = Survey::of(&formats, *candidate, &sample);
                if considered.takes.len() == sample.len() {
                    prop_assert_eq!((considered.survey.fits, considered.survey.whole), (all.fits, all.whole));
                    prop_assert_eq!(&considered.takes, &takes);
                } else {
                    let name = formats[candidate.format].name();
                    let is_whole = |line: usize| whole.iter().any(|(f, takes)| *f != candidate.format && takes[line] == Take::Whole);
                    let is_explained = |line: usize| takes[line] == Take::Nothing || is_whole(line);
                    prop_assert!((0..sample.len()).all(is_explained), "{}", name);
                }
            }
        }
    }
}
