//! An explanation as text for people: how logstat reads each input, and the first lines of each field by field.

use std::io::{self, Write};

use super::ascii::Ascii;
use super::fit::{cut_end, cut_middle, width};
use super::ink::Ink;
use super::labelled::INDENT;
use super::line::Line;
use super::{NARROWEST, TableWriter, TerminalStyle, labels, layout};
use crate::explain::{ChosenFormat, Explanation, FieldValue, FormatOrigin, HitExplanation, InputExplanation};
use crate::explain::{FormatStop, MalformedLine, SampleLine};
use crate::nginx::{ConfiguredLog, NginxAnswer, NginxPlace};
use crate::render::Charset;
use crate::render::numbers::Grouped;
use crate::report::FormatReport;

/// Minimum width of a wide page, in columns.
const WIDE: usize = 72;
/// Maximum number of format names shown for one place where formats stop.
const NAMES: usize = 3;

/// Writes an explanation as text for people. Long values are cut at their end, so on pages of at least 40 columns no
/// line is wider than the page.
///
/// # Errors
/// Returns the errors of `out`.
///
/// ```
/// use logstat::{Engine, Input, TerminalStyle, Question, explain, write_explanation};
/// let line = r#"10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 512 "-" "curl/8.5""#;
/// let inputs = vec![Input::reader("a.log", line.as_bytes())];
/// let explained = explain(&Question::default(), inputs, &Engine::default())?;
/// let mut text = Vec::new();
/// write_explanation(&explained.explanation, TerminalStyle::default(), &mut text)?;
/// assert!(String::from_utf8(text)?.contains("$remote_addr      ip                      10.0.0.7\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_explanation(explanation: &Explanation, terminal: TerminalStyle, out: &mut dyn Write) -> io::Result<()> {
    let terminal = TerminalStyle { columns: terminal.columns.clamp(NARROWEST, layout::WIDEST), ..terminal };
    match terminal.charset {
        Charset::Unicode => write_inputs(explanation, TableWriter::new(out, terminal)),
        Charset::Ascii => write_inputs(explanation, TableWriter::new(&mut Ascii { out }, terminal)),
    }
}

fn write_inputs(explanation: &Explanation, mut writer: TableWriter<'_>) -> io::Result<()> {
    explanation.inputs.iter().try_for_each(|input| write_input(input, &mut writer))
}

fn write_input(input: &InputExplanation, writer: &mut TableWriter<'_>) -> io::Result<()> {
    writer.begin()?;
    let lines = labels::counted(input.parsed + input.malformed, "line");
    let malformed = match input.malformed {
        0 => String::new(),
        malformed => format!(", {} malformed", Grouped(malformed)),
    };
    let contents = input.kind.map(|kind| {
        let other = if kind.has_requests() { "an nginx access log" } else { "an access log" };
        format!("{kind}, not {other}")
    });
    if let Some(contents) = contents.as_deref().filter(|_| input.sampled == 0) {
        return writer.titled(labels::input(&input.path), contents);
    }
    let empty = if input.sampled == 0 { "empty: " } else { "" };
    writer.titled(labels::input(&input.path), &format!("{empty}{lines} checked{malformed}"))?;
    contents.iter().try_for_each(|contents| writer.labelled("contents", contents))?;
    match &input.format {
        Some(format) => {
            writer.labelled("format", &chosen(format, input.sampled))?;
            writer.labelled("", format.text.as_deref().unwrap_or("keys and values on each line"))?;
        }
        None if input.sampled == 0 => writer.labelled("format", "unknown, because there are no lines")?,
        None => writer.labelled("format", "no known format matches")?,
    }
    if input.formats.len() > 1 {
        let lines = |took: &FormatReport| format!("{} {}", took.format, labels::counted(took.lines, "line"));
        writer.labelled("read as", &input.formats.iter().map(lines).collect::<Vec<_>>().join(", "))?;
    }
    writer.labelled("envelope", input.envelope.as_deref().unwrap_or("none"))?;
    if let Some(log) = &input.configured {
        writer.labelled("configured", &configured(log))?;
    }
    match &input.runner_up {
        Some(other) => {
            writer.labelled("next best", &format!("{}: {}", other.format.name, other.lost.text))?;
        }
        None if input.format.is_some() => writer.labelled("next best", "no other format matches any of these lines")?,
        None => {}
    }
    input.notes.iter().try_for_each(|note| writer.labelled("note", &note.text.replace("\n  ", " ")))?;
    input.samples.iter().try_for_each(|sample| write_sample(sample, input, writer))?;
    input.first_malformed.iter().try_for_each(|line| write_malformed(line, writer))
}

fn chosen(format: &ChosenFormat, sampled: usize) -> String {
    let origin = match format.origin {
        FormatOrigin::Preset => "detected",
        FormatOrigin::NginxConf => "from the nginx configuration",
        FormatOrigin::Given => "given",
    };
    let count = |lines: usize| Grouped(lines as u64).to_string();
    let lines = labels::counted(sampled as u64, "line");
    let matches = match format.takes {
        1 if sampled == 1 => "the line".to_owned(),
        takes if takes == sampled => format!("all {lines}"),
        takes => format!("{} of {lines}", count(takes)),
    };
    let whole = match format.whole {
        whole if whole == format.takes => " completely".to_owned(),
        0 => ", none to its end".to_owned(),
        whole => format!(", {} to their end", count(whole)),
    };
    // A format without a name is shown by its text, in the next line.
    let name = if format.text.as_ref() == Some(&format.name) { "" } else { &format.name };
    let name = if name.is_empty() { String::new() } else { format!("{name}, ") };
    format!("{name}{origin}; matches {matches}{whole}")
}

fn placed(thing: &NginxPlace) -> String {
    match &thing.place {
        Some(place) => format!("{} ({place})", thing.name),
        None => format!("{} (built in)", thing.name),
    }
}

fn configured(log: &ConfiguredLog) -> String {
    if log.formats.is_empty() {
        return "no access_log names this file".to_owned();
    }
    let formats: Vec<_> = log.formats.iter().map(placed).collect();
    let by = match &log.access_logs[..] {
        [] => "no access_log is configured, so nginx writes it by default".to_owned(),
        places => format!("access_log at {}", places.join(", ")),
    };
    let server = log
        .server
        .as_ref()
        .map(|server| format!("; only one server writes it: {}", placed(server)))
        .unwrap_or_default();
    format!("log_format {}; {by}{server}", formats.join(", "))
}

fn write_sample(sample: &SampleLine, input: &InputExplanation, writer: &mut TableWriter<'_>) -> io::Result<()> {
    writer.line("")?;
    let is_other = input.format.as_ref().is_none_or(|format| format.name != sample.format);
    let other = if is_other { format!(", read as {}", sample.format) } else { String::new() };
    writer.headed(&format!("line {}{other}", Grouped(sample.line)))?;
    write_fields(sample, writer)?;
    let arrow = writer.sign('→');
    writer.sub_labelled("counted as", &counted_as(&sample.hit, writer.sign('·')))?;
    sample.nginx.iter().try_for_each(|answer| writer.sub_labelled("nginx", &nginx(answer, arrow)))
}

/// One field of a line, as a table row.
struct FieldRow {
    name: String,
    /// The variable that the value is read as, or what the value feeds. On a narrow page each piece has its own line.
    reads: Vec<String>,
    value: String,
}

impl FieldRow {
    /// Creates the row of a field. With a key, it shows the variable that the value is read as; without a key, what the
    /// variable feeds.
    fn of(field: &FieldValue) -> FieldRow {
        let (name, reads) = match (&field.key, &field.variable) {
            (Some(key), Some(variable)) if !field.feeds.is_empty() => (key.clone(), vec![format!("${variable}")]),
            (Some(key), _) => (key.clone(), Vec::new()),
            (None, variable) => (
                format!("${}", variable.as_deref().unwrap_or_default()),
                field.feeds.iter().map(|name| (*name).to_owned()).collect(),
            ),
        };
        FieldRow { name, reads, value: field.value.clone() }
    }
}

fn write_fields(sample: &SampleLine, writer: &mut TableWriter<'_>) -> io::Result<()> {
    let columns = writer.terminal.columns;
    let mut rows: Vec<_> = sample.fields.iter().map(FieldRow::of).collect();
    if let Some(unread) = &sample.unread {
        rows.push(FieldRow { name: "(not read)".to_owned(), reads: Vec::new(), value: unread.trim().to_owned() });
    }
    for row in &mut rows {
        (row.name, row.value) = (writer.text(&row.name), writer.text(&row.value));
        // On a narrow page, each thing that a value feeds is on its own line.
        let commas = row.reads.len().saturating_sub(1);
        row.reads.iter_mut().take(commas).for_each(|word| word.push(','));
        if columns >= WIDE {
            row.reads = vec![row.reads.join(" ")];
        }
        if row.reads.concat().is_empty() {
            row.reads = vec!["–".to_owned()];
        }
    }
    let has_keys = sample.fields.iter().any(|field| field.key.is_some());
    let headings = if has_keys { ["key", "read as", "value"] } else { ["variable", "used for", "value"] };
    let widest =
        |of: &dyn Fn(&FieldRow) -> usize, heading: &str| rows.iter().map(of).max().unwrap_or(0).max(heading.len());
    let name_width =
        widest(&|row| width(&row.name), headings[0]).min(if columns < 60 { columns * 3 / 10 } else { columns * 2 / 5 });
    let reads_width = widest(&|row| row.reads.iter().map(|word| width(word)).max().unwrap_or(0), headings[1]);
    let starts = [INDENT, INDENT + name_width + 2, INDENT + name_width + 2 + reads_width + 2];
    let value = cut_end(headings[2], columns.saturating_sub(starts[2]));
    writer.cells(starts, [headings[0], headings[1], &value], [Ink::Faint; 3])?;
    for row in &rows {
        let value = cut_end(&row.value, columns.saturating_sub(starts[2]));
        let name = cut_middle(&row.name, name_width);
        for (i, words) in row.reads.iter().enumerate() {
            let cells = if i == 0 { [&*name, words, value.trim_end()] } else { ["", words, ""] };
            writer.cells(starts, cells, [Ink::Plain, Ink::Faint, Ink::Plain])?;
        }
    }
    if sample.fields_left_out > 0 {
        let more = labels::counted(sample.fields_left_out as u64, "more field");
        writer.sub_labelled("", &format!("and {more}"))?;
    }
    Ok(())
}

fn counted_as(hit: &HitExplanation, dot: char) -> String {
    let mut parts = Vec::new();
    let request: Vec<_> = [&hit.method, &hit.path].into_iter().flatten().cloned().collect();
    parts.extend(Some(request.join(" ")).filter(|request| !request.is_empty()));
    parts.extend(hit.host.as_ref().map(|host| format!("host {host}")));
    parts.extend(hit.status.as_ref().map(|status| format!("status {status}")));
    parts.extend(hit.class.map(str::to_owned));
    parts.extend(hit.bytes.map(|bytes| labels::counted(bytes, "byte")));
    parts.extend(hit.request_time_ms.map(|ms| format!("{} ms", Grouped(ms))));
    parts.extend(hit.ip.as_ref().map(|ip| format!("from {ip}")));
    parts.extend(hit.time.as_ref().map(|time| format!("at {time}")));
    parts.join(&format!(" {dot} "))
}

fn nginx(answer: &NginxAnswer, arrow: char) -> String {
    let kind = if answer.is_static { "static" } else { "dynamic" };
    let kind = if answer.by_rules { format!("{kind} by the path rules") } else { kind.to_owned() };
    let server =
        answer.server.as_ref().map_or_else(|| "no server".to_owned(), |server| format!("server {}", placed(server)));
    let locations: Vec<_> = answer.locations.iter().map(placed).collect();
    let locations = match &locations[..] {
        [] => "answered before any location".to_owned(),
        all => format!("location {}", all.join(&format!(" {arrow} "))),
    };
    format!("{server}, {locations}: {kind}")
}

fn write_malformed(line: &MalformedLine, writer: &mut TableWriter<'_>) -> io::Result<()> {
    writer.line("")?;
    writer.headed(&format!("line {} is malformed: {}", Grouped(line.line), line.reason))?;
    let mut text = Line::new(writer.terminal.colors);
    text.gap(INDENT);
    let shown = writer.text(&line.text);
    text.push(Ink::Plain, cut_end(&shown, writer.terminal.columns.saturating_sub(INDENT)).trim_end());
    writer.line(&text)?;
    line.stops.iter().try_for_each(|stop| writer.sub_labelled(&format!("at byte {}", stop.byte), &stopped(stop)))
}

fn stopped(stop: &FormatStop) -> String {
    let mut names: Vec<_> = stop.formats.iter().take(NAMES).cloned().collect();
    let more = stop.formats.len().saturating_sub(NAMES);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    let (verb, names) = match &names[..] {
        [one] => ("expects", one.clone()),
        [first @ .., last] => ("expect", format!("{} and {last}", first.join(", "))),
        [] => ("expect", String::new()),
    };
    let found = match stop.found.as_str() {
        "" => "the line ends".to_owned(),
        found => format!("the line has \"{found}\""),
    };
    format!("{names} {verb} {}, but {found}", stop.expected)
}
