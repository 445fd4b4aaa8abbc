//! Notes about how lines were read: guesses that may be wrong, and values that were not read.

use super::sample_text::{sample_text, sample_text_cut};
use super::{Note, NoteCode, Unread};
use crate::format::{Finding, FormatsOfFile, LogFormat};
use crate::message::{Message, Setting, message};
use crate::recognize::is_known_workaround;
use crate::steps::RealIp;
use crate::tally::InputLedger;
use crate::text::printable;

/// An input, its formats and its ledger.
pub(crate) struct ReadFormats<'i> {
    pub(crate) path: &'i str,
    pub(crate) of_file: &'i FormatsOfFile<'i>,
    pub(crate) ledger: &'i InputLedger,
}

/// Returns the notes about an input.
pub(crate) fn format_notes(
    real_ip: Option<&RealIp>,
    anonymize: bool,
    formats: &[LogFormat],
    input: &ReadFormats<'_>,
) -> Vec<Note> {
    let ReadFormats { path, of_file, ledger } = *input;
    let about = |code, text: Message| Note::about(code, path, text);
    let shown = |bytes: &[u8]| if anonymize { sample_text_cut(bytes) } else { sample_text(bytes) };
    let mut notes = Vec::new();
    let took = || formats.iter().zip(&ledger.format_lines).filter(|(_, lines)| **lines > 0).map(|(format, _)| format);
    // Findings from the first lines do not matter if no line was read in the main format.
    let main = &formats[of_file.main()];
    let is_main_used = ledger.format_lines.get(of_file.main()).is_some_and(|lines| *lines > 0);
    let unmatched: Vec<_> = of_file.unmatched().map(|format| printable(format.name().as_bytes())).collect();
    if is_main_used && !unmatched.is_empty() {
        notes.push(about(NoteCode::NotAsConfigured, not_as_configured(&unmatched, main, of_file.sampled()).into()));
    }
    for finding in of_file.findings().iter().filter(|_| is_main_used) {
        notes.push(match finding {
            Finding::NotAddresses { example } => about(NoteCode::NotAddresses, not_addresses(main, &shown(example))),
            Finding::TimeIsList => about(
                NoteCode::TimeNotRead,
                format!(
                    "some numbers after {} are lists, so all are read as $upstream_response_time, not as request times",
                    after(main.before_list())
                )
                .into(),
            ),
            Finding::NumberIsNoTime { format, example, has_more } => {
                let example = example.as_deref().map(shown);
                let text = number_is_no_time(main, &formats[*format], example.as_deref(), *has_more);
                about(NoteCode::TimeNotRead, text)
            }
            Finding::NumberIsQuoted { format, example } => {
                about(NoteCode::TimeNotRead, number_is_quoted(main, &formats[*format], &shown(example)))
            }
            Finding::UsersAreFields { fields } => about(
                NoteCode::UsersNotRead,
                message![
                    "$remote_user is not read, because other fields are in its place; if this is the log_format, pass\n  ",
                    Setting::LogFormat,
                    format!(" '{}'", main.text_with_user(fields))
                ],
            ),
            Finding::UsersMayBeFields { fields } => about(
                NoteCode::OddUsers,
                message![
                    "$remote_user looks like other fields, all from one address; if this is the log_format, pass\n  ",
                    Setting::LogFormat,
                    format!(" '{}'", main.text_with_user(fields))
                ],
            ),
        });
    }
    for format in took() {
        let name = match printable(format.name().as_bytes()) {
            text if text.contains('$') => "the given log format".to_owned(),
            name => name,
        };
        notes.extend(format.undivided().map(|names| {
            about(
                NoteCode::NotDivided,
                format!(
                    "{names} are next to each other in the log format, and nothing shows where one ends, so they are not read"
                )
                .into(),
            )
        }));
        if let Some(variable) = format.forgeable()
            && !is_known_workaround(format.name())
        {
            // A preset is the format of another program, so only a format that the user gave can be changed.
            let remedy = if format.is_given() { "; put it in quotes in the log_format" } else { "" };
            notes.push(about(
                NoteCode::Forgeable,
                format!(
                    "visitors can change how lines of {name} are read, because ${variable} may contain text that looks \
                     like the rest of the line{remedy}"
                )
                .into(),
            ));
        }
        if format.has_address_list() && real_ip.is_none() {
            notes.push(about(NoteCode::AddressList, address_list(format)));
        }
    }
    if let Some(unread) = unread(formats, ledger) {
        let lines = if ledger.read == 1 { "line" } else { "lines" };
        let text =
            format!("text after {} is not read ({} of {} {lines})", after(&unread.after), unread.lines, ledger.read);
        // The note about the number already has advice.
        let has_advice = is_main_used && of_file.findings().iter().any(|f| matches!(f, Finding::NumberIsNoTime { .. }));
        let with = "; to read it, pass the log_format of your nginx configuration with ";
        let advice = message![with, Setting::LogFormat, " or ", Setting::NginxConf];
        notes.push(about(NoteCode::Unread, message![text] + if has_advice { Message::default() } else { advice }));
    }
    if ledger.like_common > 0 {
        let lines = match ledger.like_common {
            1 => "1 malformed line looks like a whole line of the format common: to count it".to_owned(),
            n => format!("{n} malformed lines look like whole lines of the format common: to count them"),
        };
        // A given format replaces detection, so the user must give the detected format too.
        let detected = match main.is_given() {
            true => Message::default(),
            false => message![" to ", Setting::LogFormat, format!(" {}", main.name())],
        };
        notes.push(about(
            NoteCode::LikeCommon,
            message![format!("{lines}, add "), Setting::LogFormat, " common", detected],
        ));
    }
    notes
}

/// The part of lines that is not read, and the number of lines with such a part.
pub(super) fn unread(formats: &[LogFormat], ledger: &InputLedger) -> Option<Unread> {
    let lines = ledger.unread.iter().sum();
    if lines == 0 {
        return None;
    }
    let (most, _) = formats.iter().zip(&ledger.unread).max_by_key(|(_, lines)| **lines)?;
    Some(Unread { after: most.last_field().to_owned(), lines })
}

/// Returns a note if times without an offset were read.
pub(crate) fn assumed_utc<'l>(mut ledgers: impl Iterator<Item = &'l InputLedger>) -> Option<Note> {
    let text = "times without an offset from UTC are read as UTC";
    ledgers.any(|ledger| ledger.has_assumed_utc).then(|| Note::new(NoteCode::AssumedUtc, text))
}

/// Largest number of configured formats that a note names.
const NAMED: usize = 4;

/// The message about configured formats that no line fits, and the format that is used instead.
fn not_as_configured(configured: &[String], main: &LogFormat, sampled: usize) -> String {
    let formats = match configured {
        [name] => format!("the configured format {name}"),
        some if some.len() <= NAMED => format!("a configured format ({})", some.join(", ")),
        many => format!("any of the {} configured formats", many.len()),
    };
    let name = printable(main.name().as_bytes());
    let lines = match sampled {
        1 => "the first line does not fit".to_owned(),
        lines => format!("none of the first {lines} lines fits"),
    };
    format!("{lines} {formats}, so lines are read as {name}, which was detected; is this the right nginx.conf?")
}

fn after(variable: &str) -> String {
    format!("${variable}")
}

/// The message about values of the address variable that are not addresses, with the likely cause.
fn not_addresses(format: &LogFormat, example: &str) -> Message {
    let variable = if format.has_keys() { "the address".to_owned() } else { format!("${}", format.address_variable()) };
    let cause = if crate::ip::is_address_list(example.as_bytes()) {
        if format.has_keys() {
            message![
                "they are lists: pass ",
                Setting::Field,
                " http_x_forwarded_for=KEY ",
                Setting::RealIp,
                " http_x_forwarded_for ",
                Setting::Trust,
                " NETWORKS"
            ]
        } else {
            "they are lists: write $http_x_forwarded_for in its place".into()
        }
    } else if crate::ip::is_host(example.as_bytes()) && example.chars().any(char::is_alphabetic) {
        "they look like host names: is another field in front of the address?".into()
    } else {
        "is the order of the fields right?".into()
    };
    message![format!("most values of {variable} are not addresses, such as \"{example}\"; "), cause]
}

/// `before` is the format whose end the number follows: `main` itself, or the format that `main` extends by the number.
fn number_is_no_time(main: &LogFormat, before: &LogFormat, example: Option<&str>, has_more: bool) -> Message {
    let rest = if has_more { " $rest" } else { "" };
    let text = before.text().unwrap_or_default();
    let after = after(before.last_field());
    let how = match example {
        _ if main.before_last_field() == Some(before.name()) => {
            format!("the numbers after {after} are read as ${}, not as request times", main.last_field())
        }
        Some(example) => format!(
            "the numbers after {after} are not read as request times, because not all are seconds with three decimals, \
             below 10,000,000 (\"{example}\")"
        ),
        None => format!("the numbers after {after} are not read"),
    };
    // Apache's %D is in microseconds, and other programs count milliseconds.
    let units = if example.is_some_and(|example| example.bytes().all(|b| b.is_ascii_digit())) {
        "\n  (or $request_time_ms for milliseconds, $request_time_us for microseconds)"
    } else {
        ""
    };
    let format = format!(" '{text} $request_time{rest}'{units}");
    message![format!("{how}; if they are request times, pass\n  "), Setting::LogFormat, format]
}

fn number_is_quoted(main: &LogFormat, before: &LogFormat, example: &str) -> Message {
    let how = format!(
        "the numbers after {} (\"{example}\") are read as ${}, not as request times; if they are request times, pass\n  ",
        after(before.last_field()),
        main.last_field(),
    );
    message![how, Setting::LogFormat, format!(" '{} \"$request_time\"'", before.text().unwrap_or_default())]
}

fn address_list(format: &LogFormat) -> Message {
    let forged =
        if format.logs("remote_addr") { "" } else { "; visitors can forge it, because $remote_addr is not logged" };
    let text = format!(
        "addresses are taken from the list ${}: the last one that is not private{forged}; to name the proxies instead, pass ",
        format.address_variable()
    );
    message![text, Setting::Trust]
}
