//! A list of single requests, as text for people.

use std::io::{self, Write};

use super::ascii::Ascii;
use super::fit::{cut_middle, width};
use super::ink::Ink;
use super::line::Line;
use super::{NARROWEST, TableWriter, TerminalStyle, labels, layout};
use crate::render::Charset;
use crate::render::numbers::{Bytes, Duration};
use crate::requests::{Request, RequestFields, RequestOrder};

/// Spaces between columns.
const GAP: usize = 2;

/// Writes a list of requests as text for people: two lines for each, or more on a narrow page. Where a line is, as
/// `access.log:34`, is never cut, even if it is wider than the page.
///
/// # Errors
/// Returns the errors of `out`.
///
/// ```
/// use logstat::{Engine, Input, Question, RequestList, RequestOrder, TerminalStyle, count, write_requests};
/// let line = r#"10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 512 "-" "curl/8.5""#;
/// let question = Question::new().requests(RequestList::new(RequestOrder::Largest, 3));
/// let outcome = count(&question, vec![Input::reader("a.log", line.as_bytes())], &Engine::default())?;
/// let mut text = Vec::new();
/// write_requests(RequestOrder::Largest, &outcome.requests, TerminalStyle::default(), &mut text)?;
/// let expected = "Largest requests\n512 B  200  GET /\n            2022-04-05T03:45:05+00:00  10.0.0.7  a.log:1\n";
/// assert_eq!(String::from_utf8(text)?, expected);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_requests(
    order: RequestOrder,
    requests: &[Request],
    terminal: TerminalStyle,
    out: &mut dyn Write,
) -> io::Result<()> {
    let terminal = TerminalStyle { columns: terminal.columns.clamp(NARROWEST, layout::WIDEST), ..terminal };
    match terminal.charset {
        Charset::Unicode => write_list(order, requests, TableWriter::new(out, terminal)),
        Charset::Ascii => write_list(order, requests, TableWriter::new(&mut Ascii { out }, terminal)),
    }
}

fn write_list(order: RequestOrder, requests: &[Request], mut writer: TableWriter<'_>) -> io::Result<()> {
    let TerminalStyle { columns, colors, .. } = writer.terminal;
    let values: Vec<String> = requests.iter().map(|request| value(order, request)).collect();
    let widest = values.iter().map(|value| width(value)).max().unwrap_or(0);
    let title = title(order, requests);
    writer.line(Line::of(colors, Ink::Strong, &title))?;
    for (Request { file, line, fields }, value) in requests.iter().zip(&values) {
        let mut first = Line::new(colors);
        first.gap(widest - width(value));
        first.push(Ink::Plain, value);
        first.gap(GAP);
        first.push(Ink::Plain, &fields.status.map_or("-".to_owned(), |status| format!("{status:03}")));
        let indent = widest + GAP + 3;
        first.gap(indent + GAP - first.columns());
        let words = [&fields.method, &fields.path].map(|word| word.as_deref().unwrap_or("-"));
        first.push(Ink::Plain, &cut_middle(&words.join(" "), columns.saturating_sub(indent + GAP)));
        writer.line(first)?;
        let place = match line {
            Some(line) => format!("{}:{line}", labels::input(file)),
            None => labels::input(file).to_owned(),
        };
        let about = [fields.time.as_deref(), fields.ip.as_deref(), Some(&place)];
        for words in filled(about.into_iter().flatten(), columns.saturating_sub(indent + GAP)) {
            let mut further = Line::new(colors);
            further.gap(indent + GAP);
            further.push(Ink::Faint, &words);
            writer.line(further)?;
        }
    }
    Ok(())
}

/// The heading of a list.
fn title(order: RequestOrder, requests: &[Request]) -> String {
    let by = requests.first().filter(|_| order == RequestOrder::Slowest);
    let title = match by.and_then(|request| request.fields.durations_ms.first()) {
        Some((duration, _)) => format!("Slowest requests by {}", duration.name()),
        None if order == RequestOrder::Slowest => "Slowest requests".to_owned(),
        None => "Largest requests".to_owned(),
    };
    if requests.is_empty() { title + ": none" } else { title }
}

/// Puts words into lines of at most `columns`. A word that is wider has a line of its own, and is never cut.
fn filled<'w>(words: impl Iterator<Item = &'w str>, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut().filter(|line| width(line) + GAP + width(word) <= columns) {
            Some(line) => *line = format!("{line}{:GAP$}{word}", ""),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The value by which a request is listed.
fn value(order: RequestOrder, request: &Request) -> String {
    let RequestFields { request_time_ms, ref durations_ms, bytes, .. } = request.fields;
    let known = match order {
        RequestOrder::Slowest => {
            durations_ms.first().map_or(request_time_ms, |(_, time_ms)| *time_ms).map(|ms| Duration(ms).to_string())
        }
        RequestOrder::Largest => bytes.map(|bytes| Bytes(bytes).to_string()),
    };
    known.unwrap_or_else(|| "-".to_owned())
}
