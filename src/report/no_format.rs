//! Why a file is refused that fits no format, and the way out.

use super::assemble::CountedInput;
use super::written::{printable, sample_text, sample_text_cut};
use crate::format::{Considered, LogFormat, Nearest, Rejected};
use crate::question::Question;
use crate::table::{InputLedger, Reason};
use crate::visitor::cut_tail;

/// Why a file is refused, and the way out.
pub(super) fn no_format(
    question: &Question,
    formats: &[LogFormat],
    CountedInput { source, envelope, formats: of_file }: &CountedInput<'_>,
    ledger: &InputLedger,
) -> String {
    let given = question.log_formats.as_slice();
    let nearest = of_file.nearest();
    let lines = match ledger.malformed() {
        1 => "its one line".to_owned(),
        n => format!("0 of its {n} lines"),
    };
    let mut detail = match given {
        [] => format!("no known log format fits ({lines})"),
        [format] => format!("the log format '{}' does not fit ({lines})", printable(format.name().as_bytes())),
        several => format!("none of the {} log formats fits ({lines})", several.len()),
    };
    if let Some(nearest) = nearest {
        let format = &formats[nearest.format];
        let Nearest { text, misfit, .. } = nearest;
        let found = match misfit.value(text) {
            Some(value) if question.anonymize => format!("\"{}\"", sample_text_cut(value)),
            Some(value) => format!("\"{}\"", sample_text(value)),
            None => {
                let found = match question.anonymize {
                    true => sample_text(&cut_tail(text, misfit.at)),
                    false => sample_text(&text[misfit.at.min(text.len())..]),
                };
                let found: String = found.chars().take(24).collect();
                if found.is_empty() { "the end of the line".to_owned() } else { format!("\"{found}…\"") }
            }
        };
        let inside = envelope.as_ref().map(|envelope| format!(" in {envelope}")).unwrap_or_default();
        detail += &format!(
            "\n  line {}{inside}: {}",
            nearest.line,
            if question.anonymize { sample_text_cut(text) } else { sample_text(text) }
        );
        let expectation = format.expectation(nearest.misfit);
        detail += &match given {
            [_] => format!("\n  expected {expectation}, found {found}"),
            _ => {
                let name = printable(format.name().as_bytes());
                format!("\n  nearest: {name}, which expects {expectation} and found {found}")
            }
        };
    }
    if let Some(considered) = of_file.considered().first() {
        detail += &rejected(question, &formats[considered.format], considered);
    }
    if let Some(sample) = ledger.samples.first().filter(|sample| sample.reason == Reason::TooLong) {
        let line = ledger.line_of(sample);
        detail += &format!("\n  line {line} is longer than {} bytes: --max-line has them longer", question.max_line);
    }
    let path = printable(source.path.as_os_str().as_encoded_bytes());
    let has_other_keys = |nearest: &Nearest| {
        formats[nearest.format].has_keys() && nearest.misfit.reason == Reason::NoMatch && nearest.misfit.at > 0
    };
    let has_other_address = |c: &Considered| formats[c.format].has_keys() && c.rejected == Some(Rejected::Addresses);
    let has_bad_value = |nearest: &Nearest| nearest.misfit.value(&nearest.text).is_some();
    detail += &match given {
        _ if nearest.is_some_and(has_bad_value) => {
            format!("\n  say which key holds it:  logstat --field NAME=KEY {path}")
        }
        _ if nearest.is_some_and(has_other_keys) => {
            format!("\n  say which keys hold what:  logstat --field status=KEY --field path=KEY {path}")
        }
        _ if of_file.considered().first().is_some_and(has_other_address) => {
            format!("\n  say which key has the address:  logstat --field ip=KEY {path}")
        }
        [_, ..] => format!("\n  leave --log-format out to have the format found:  logstat {path}"),
        [] => format!(
            "\n  pass the log_format of your nginx configuration:  logstat --log-format '$remote_addr …' {path}"
        ),
    };
    detail
}

/// Why the format that takes most lines is not accepted.
fn rejected(question: &Question, format: &LogFormat, considered: &Considered) -> String {
    let Some(rejected) = considered.rejected else { return String::new() };
    let name = printable(format.name().as_bytes());
    let example = considered.survey.odd_address.as_deref().unwrap_or_default();
    let example = if question.anonymize { sample_text_cut(example) } else { sample_text(example) };
    let why = match rejected {
        Rejected::Addresses => {
            format!("not enough of its values for the address are addresses (\"{example}\")")
        }
        Rejected::Hosts => "most values of $host are not host names".to_owned(),
        Rejected::NoLists => "no line has more than one address where it has a list".to_owned(),
        Rejected::NoTime => "the numbers at the end are not request times".to_owned(),
        Rejected::Users => "$remote_user holds other fields".to_owned(),
    };
    let fits = considered.survey.fits;
    format!("\n  {name} fits {fits} of the first lines, but {why}; if it is right, pass --log-format {name}")
}
