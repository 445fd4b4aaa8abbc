//! Chooses the format of a file by its first lines. The criteria, in this order: most lines read to their end, most
//! lines read, most fields, first in the list.

use std::cmp::Reverse;

use bumpalo::Bump;

use super::candidate::{Candidate, fits, try_one};
use super::sample::{Sample, SampledLine};
use super::survey::{Coverage, RejectReason, Survey};
use super::trailing::Number;
use super::{ClosestFormat, Considered, Finding, FormatsOfFile};
use crate::batch::Fields;
use crate::format::Reason;
use crate::format::log_format::plan::Tail;
use crate::format::mismatch::Mismatch;
use crate::format::row::Row;
use crate::format::{Line, LogFormat, ScanCache, ScanContext};

/// `common` is the beginning of `combined`, so a truncated line of `combined` can look like it. Unless the user chose
/// it, `common` is a format of the file only if more than one line in this many is a complete line of `common`.
const COMMON_IS_RARER_THAN: usize = 10;

/// Chooses the formats of a file from those in `tried`. Ties go to formats configured for the file.
pub(super) fn choose<'f>(
    formats: &'f [LogFormat],
    own: &[usize],
    tried: impl Iterator<Item = usize>,
    sample: &Sample<'_>,
) -> FormatsOfFile<'f> {
    let candidate = |format: usize| Candidate::given(formats, format);
    let mut by_fields: Vec<usize> = tried.collect();
    by_fields.sort_by_cached_key(|&i| (!own.contains(&i), Reverse(formats[i].variables()), i));
    let all: Vec<_> = by_fields.into_iter().map(candidate).collect();

    let mut considered: Vec<_> = all.iter().map(|candidate| consider(formats, *candidate, sample)).collect();
    reject_numbers(formats, &mut considered);
    reject_users(formats, &mut considered);
    // `all` is ordered by fields, most first, and the stable sort keeps that order among equals.
    considered
        .sort_by_key(|c| (c.rejected.is_some(), Reverse((c.survey.whole, c.survey.fits)), !own.contains(&c.format)));
    let best = considered.first().map_or(0, |best| best.format);
    let drops_users = considered.first().is_some_and(|c| !formats[best].is_given() && c.survey.users.hold_fields());

    let mut by_format: Vec<Option<&Considered>> = vec![None; formats.len()];
    considered.iter().for_each(|c| by_format[c.format] = Some(c));
    let coverage = |line: usize, c: &Considered| c.coverage.get(line).is_some_and(|take| *take != Coverage::Nothing);
    let takes_of = |line: usize, format: usize| by_format[format].is_some_and(|c| coverage(line, c));
    let places = 0..sample.lines().len();
    let lines_where =
        |holds: &dyn Fn(usize) -> bool| places.clone().filter(|at| holds(*at)).map(|at| sample.lines()[at].lines).sum();
    let total: usize = lines_where(&|line| considered.iter().any(|c| coverage(line, c)));
    let common = all.iter().find(|c| formats[c.format].is_common);
    let whole_common: usize = common.map_or(0, |common| {
        let is_only = |line: usize| considered.iter().all(|c| c.format == common.format || !coverage(line, c));
        let is_whole = |line: usize| fits(formats, unquoted(common.format), sample.marked(&sample.lines()[line]));
        lines_where(&|line| is_only(line) && is_whole(line))
    });
    let is_rare_common = |c: &Candidate| {
        let format = &formats[c.format];
        format.is_common && !format.is_given() && total > 0 && whole_common * COMMON_IS_RARER_THAN <= total
    };
    let rejected = |c: &Candidate| by_format[c.format].and_then(|considered| considered.rejected);
    // Lines with lists may come later; these do not fit the other formats.
    let is_rejected = |c: &Candidate| rejected(c).is_some_and(|rejected| rejected != RejectReason::NoLists);
    let others = all.iter().filter(|c| c.format != best && !is_rejected(c) && !is_rare_common(c)).map(|c| Candidate {
        tail: if formats[c.format].is_common { Tail::UnquotedFields } else { c.tail },
        // The user gave the format, or it reads a line that the best format does not.
        is_established: formats[c.format].is_given()
            || places.clone().any(|line| takes_of(line, c.format) && !takes_of(line, best)),
        ..*c
    });
    let others: Vec<_> = others.collect();
    let fields = formats[best].variables();
    let is_longer = |c: &Candidate| formats[c.format].variables() > fields && rejected(c).is_none();
    let longer = others.iter().copied().filter(is_longer).collect();
    // A user who wonders why a line does not fit expects combined, or the given format.
    let is_usual = |c: &&Candidate| {
        let format = &formats[c.format];
        format.is_given() || format.is_json() || format.plan.shortcut.is_some()
    };
    let mut usual: Vec<_> = all.iter().filter(is_usual).copied().collect();
    // If two get equally far, prefer the first in the table: it is better known.
    usual.sort_by_key(|c| c.format);
    let closest_format = if total == 0 { closest_format(formats, &usual, sample) } else { None };
    considered.retain(|c| c.survey.fits > 0);
    let fits = considered.first().is_some_and(|best| best.rejected.is_none());
    let findings = considered.first().map_or_else(Vec::new, |first| findings(formats, first, &considered, drops_users));
    let main = candidate(best);
    let is_unused = |c: &&Candidate| {
        let is_in_use = c.format == best || others.iter().any(|other| other.format == c.format);
        formats[c.format].is_common && !formats[c.format].is_given() && !is_in_use
    };
    let unused_common = all.iter().find(is_unused).map(|c| Candidate { tail: Tail::Nothing, ..*c });
    let sampled = sample.sampled();
    FormatsOfFile {
        formats,
        main,
        longer,
        others,
        drops_users,
        unused_common,
        closest_format,
        findings,
        considered,
        fits,
        sampled,
        unmatched: Vec::new(),
    }
}

/// Surveys one format on the sample.
fn consider(formats: &[LogFormat], candidate: Candidate, sample: &Sample<'_>) -> Considered {
    let (survey, coverage) = Survey::of(formats, candidate, sample);
    let format = &formats[candidate.format];
    let is_as_given = |rejected: &RejectReason| *rejected == RejectReason::Addresses && format.has_given_address();
    let rejected = if format.is_given() { None } else { survey.rejected(format).filter(|r| !is_as_given(r)) };
    Considered { format: candidate.format, survey, rejected, coverage }
}

/// Rejects presets that add a number to another preset, if the numbers of the sample are something else.
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
            considered.rejected = considered.rejected.or(Some(RejectReason::NoTime));
        }
    }
}

/// Rejects formats whose users are really other fields, if there is a format that reads these fields.
fn reject_users(formats: &[LogFormat], considered: &mut [Considered]) {
    let is_odd = |c: &Considered| !formats[c.format].is_given() && c.survey.fits > 0 && c.survey.users.hold_fields();
    let most = considered.iter().filter(|c| is_odd(c)).map(|c| c.survey.fits).max().unwrap_or(0);
    let is_better = |c: &Considered| !is_odd(c) && c.rejected.is_none() && c.survey.fits * 100 >= most * 99;
    if most > 0 && considered.iter().any(is_better) {
        let odd = considered.iter_mut().filter(|c| is_odd(c));
        odd.for_each(|c| c.rejected = c.rejected.or(Some(RejectReason::Users)));
    }
}

/// Guesses about a file that could be wrong; `main` is the chosen format.
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
    let text = format.text();
    let before = text.as_deref().and_then(|text| text.strip_suffix(" \"$http_x_forwarded_for\""));
    let is_before = |c: &&Considered| before.is_some() && formats[c.format].text().as_deref() == before;
    if let Some(before) = considered.iter().find(is_before)
        && let Some(example) = before.survey.trailing.quoted_number()
    {
        findings.push(Finding::NumberIsQuoted { format: before.format, example: example.to_vec() });
    }
    // The preset that the number follows: the chosen one, or the one to which the chosen one adds a field.
    let base = considered.iter().find(|c| Some(formats[c.format].name()) == format.before_last_field()).unwrap_or(main);
    let is_timed = formats.iter().any(|format| {
        format.last_field() == "request_time" && format.before_last_field() == Some(formats[base.format].name())
    });
    let reads_no_time = !formats[base.format].plan.fields.contains(Fields::REQUEST_TIME);
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

/// The first line and the format that got furthest in it, for files in which no line fits a format.
fn closest_format(formats: &[LogFormat], all: &[Candidate], sample: &Sample<'_>) -> Option<ClosestFormat> {
    let SampledLine { number, text, .. } = sample.lines().first()?;
    let bump = Bump::new();
    let context = ScanContext { bump: &bump, needs: Fields::NONE };
    let (mut cache, mut row) = (ScanCache::default(), Row::EMPTY);
    let (format, mismatch) = furthest(formats, all, Line::unmarked(text), context, &mut cache, &mut row)?;
    Some(ClosestFormat { line: *number, text: text.to_vec(), format, mismatch })
}

fn unquoted(format: usize) -> Candidate {
    Candidate { format, tail: Tail::UnquotedFields, is_established: true }
}

/// The candidate that got furthest in a line that none reads. If a line has the right shape for a candidate but an
/// invalid time or number, that candidate is returned.
fn furthest<'a>(
    formats: &[LogFormat],
    candidates: &[Candidate],
    line: Line<'a, '_>,
    context: ScanContext<'a>,
    cache: &mut ScanCache,
    row: &mut Row<'a>,
) -> Option<(usize, Mismatch)> {
    let mut furthest: Option<(usize, Mismatch)> = None;
    for candidate in candidates {
        match try_one(formats, *candidate, line, context, cache, row) {
            Ok(_) => return None,
            Err(mismatch) if mismatch.reason != Reason::NoMatch => return Some((candidate.format, mismatch)),
            Err(mismatch) => {
                if furthest.is_none_or(|(_, f)| mismatch.at > f.at) {
                    furthest = Some((candidate.format, mismatch));
                }
            }
        }
    }
    furthest
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMBINED: &str = r#"1.2.3.4 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 12 "-" "curl""#;
    const COMMON: &str = r#"1.2.3.4 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 12"#;

    fn found(head: &str) -> String {
        let formats = LogFormat::all_presets();
        formats[FormatsOfFile::detect(&formats, &[], head.as_bytes()).main.format].name.clone()
    }

    #[test]
    fn each_preset_is_detected() {
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
    fn most_lines_win_then_most_fields() {
        assert_eq!(found(&format!("{COMBINED}\n{COMBINED} 0.1\n{COMBINED} 0.106\n")), "combined");
        assert_eq!(found(&format!("{COMBINED}\n{COMBINED} 0.106\n")), "combined");
        assert_eq!(found(&format!("{COMBINED}\nvhost {COMBINED}\n{COMBINED}\n")), "combined");
    }

    #[test]
    fn unmatched_line_reports_where_the_best_candidate_stopped() {
        let formats = LogFormat::all_presets();
        let head = b"\n10.0.0.7 - - [2026-11-14] GET /cart 200\n";
        let of_file = FormatsOfFile::detect(&formats, &[], head);
        let closest_format = of_file.closest_format().unwrap();
        assert_eq!((closest_format.line, closest_format.mismatch.reason), (2, Reason::NoMatch));
        let expected = formats[closest_format.format].expectation(closest_format.mismatch);
        assert_eq!(expected, r#"$remote_user [$time_local] ""#);
    }
}
