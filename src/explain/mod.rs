//! How logs are read, for people and programs that want to check it: the format and the envelope of each input, the format
//! that came second, and the first lines field by field.
//!
//! Plain data is in here and nothing is counted for a report. Formats, envelopes, addresses and locations are found by the
//! same functions as in counting.

mod field;
mod head;
mod input;
mod malformed;
mod runner_up;
mod sample;
mod shown;

use serde::Serialize;

use crate::engine::{self, Engine};
use crate::error::Error;
use crate::files::FileKind;
use crate::format::Reason;
use crate::input::{Input, Opener, Source};
use crate::message::{Message, Setting};
use crate::nginx::{ConfiguredLog, NginxAnswer};
use crate::question::Question;
use crate::report::{FormatReport, Generator, Note, set_aside};

pub use runner_up::LostCode;

/// How logs are read. Serialised, this is what `--explain --json` writes.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The shape of the JSON: `logstat.explanation/1`.
    pub schema: &'static str,
    /// The program that made it.
    pub generator: Generator,
    /// The inputs that could be read, in the order in which they were given.
    pub inputs: Vec<InputExplanation>,
}

impl Explanation {
    /// Names settings in notes and expectations as `name` does, for an interface that has other names for them.
    pub fn reword(&mut self, name: &dyn Fn(Setting) -> String) {
        for input in &mut self.inputs {
            input.notes.iter_mut().for_each(|note| note.text.reword(name));
            let stops = input.first_malformed.iter_mut().flat_map(|line| &mut line.stops);
            stops.for_each(|stop| stop.expected.reword(name));
        }
    }
}

/// How one input is read, by its first lines: those in its first 1 MiB.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct InputExplanation {
    /// As it was given, in the written form of keys; `-` for standard input.
    pub path: String,
    /// The envelope that is taken off its lines; `None` if there is none.
    pub envelope: Option<String>,
    /// What it is, if it is not an access log that is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<FileKind>,
    /// Number of lines that were looked at to find the format, blank ones not among them.
    pub sampled: usize,
    /// Number of lines in the first 1 MiB that a format reads.
    pub parsed: u64,
    /// Number of lines there that none reads.
    pub malformed: u64,
    /// All formats that read lines there, with their lines; those that read the most first.
    pub formats: Vec<FormatReport>,
    /// The format that lines are tried with first; `None` if none takes any of the lines.
    pub format: Option<ChosenFormat>,
    /// The format that came second, or the first one that was rejected if none is chosen.
    pub runner_up: Option<RunnerUp>,
    /// The logs of the nginx configuration that the input is one of, if a configuration was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configured: Option<ConfiguredLog>,
    /// The first lines that are read, at most three.
    pub samples: Vec<SampleLine>,
    /// The first malformed line, one of another program only if there is no other.
    pub first_malformed: Option<MalformedLine>,
    /// What a reader must know about the values, as in a report.
    pub notes: Vec<Note>,
}

/// A format and the lines that it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ChosenFormat {
    /// Its name, or its text if it has none.
    pub name: String,
    /// Its text as that of an nginx `log_format`; `None` if it reads lines by their keys.
    pub text: Option<String>,
    /// Where it is from.
    pub origin: FormatOrigin,
    /// Number of sampled lines that it takes.
    pub takes: usize,
    /// Number of those that it explains to their end.
    pub whole: usize,
}

/// Where a format is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FormatOrigin {
    /// It is one of the presets, and was detected.
    Preset,
    /// The nginx configuration defines it.
    NginxConf,
    /// The question names it.
    Given,
}

/// A format that takes some lines and was not chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RunnerUp {
    /// The format.
    #[serde(flatten)]
    pub format: ChosenFormat,
    /// Why it was not chosen.
    pub lost: Lost,
}

/// Why a format was not chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Lost {
    /// The kind of reason. Codes are stable.
    pub code: LostCode,
    /// One sentence for people, whose subject is the format. Its wording may change.
    pub text: String,
}

/// A line, field by field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SampleLine {
    /// Its number in the input, from 1.
    pub line: u64,
    /// Its beginning without envelope, safe on a terminal, at most 200 bytes.
    pub text: String,
    /// The name of the format that reads it.
    pub format: String,
    /// Its fields in the order of the line, at most 100.
    pub fields: Vec<FieldValue>,
    /// Number of further fields.
    pub fields_left_out: usize,
    /// What no field of the format reads, at the end of the line.
    pub unread: Option<String>,
    /// What is counted.
    pub hit: HitExplanation,
    /// The server and the location that nginx chooses, if its configuration was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nginx: Option<NginxAnswer>,
}

/// A value of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FieldValue {
    /// The key before it, nested ones with dots between them, if lines of the format have keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The nginx variable whose value it is; of neighbours that cannot be told apart all, with `$` between. `None` for a key
    /// that is not known.
    pub variable: Option<String>,
    /// The value as nginx escapes it by default, safe on a terminal, at most 200 bytes.
    pub value: String,
    /// What it feeds: `ip`, `time`, `method`, `path`, … Nothing, if no part of a report reads it.
    pub feeds: Vec<&'static str>,
}

/// What a line is counted as. What its format does not log is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HitExplanation {
    /// The time with its offset: `2022-04-05T03:45:05+00:00`.
    pub time: Option<String>,
    /// The address that rankings and visitors go by.
    pub ip: Option<String>,
    /// The host.
    pub host: Option<String>,
    /// The method of the request.
    pub method: Option<String>,
    /// The path, without its query unless it is kept.
    pub path: Option<String>,
    /// The status code.
    pub status: Option<String>,
    /// Bytes sent.
    pub bytes: Option<u64>,
    /// How long the request took, in whole milliseconds; `None` also for `-`.
    pub request_time_ms: Option<u64>,
    /// `static` or `dynamic`.
    pub class: Option<&'static str>,
}

/// A line that no format reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MalformedLine {
    /// Its number in the input, from 1.
    pub line: u64,
    /// Its beginning without envelope, safe on a terminal, at most 200 bytes.
    pub text: String,
    /// Why it is malformed.
    pub reason: Reason,
    /// Where the formats stop that come furthest in it, the furthest first. Empty if the line is too long or of another
    /// program, and if a format that was rejected takes it.
    pub stops: Vec<FormatStop>,
}

/// Formats that stop in a line at one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FormatStop {
    /// Their names.
    pub formats: Vec<String>,
    /// Number of bytes of the line before that place.
    pub byte: usize,
    /// What they expect there.
    pub expected: Message,
    /// What the line has there, at most 24 characters; empty at its end.
    pub found: String,
}

/// An explanation, and what went wrong on the way.
#[derive(Debug)]
#[non_exhaustive]
pub struct Explained {
    /// How each input is read.
    pub explanation: Explanation,
    /// Inputs that could not be read, and those that fit no format. The latter are in the explanation, too. Files that were
    /// found in a directory and are recognised as something else are problems only if no input is an access log.
    pub problems: Vec<Error>,
}

/// Explains how `inputs` are read. Only the first 1 MiB of each is read.
///
/// Of the question, this takes what says how lines are read, what addresses are and what paths and static files are; nothing
/// is selected or counted.
///
/// ```
/// use logstat::{Engine, Input, Question, explain};
/// let line = r#"10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] "GET /a?b HTTP/1.1" 200 512 "-" "curl/8.5""#;
/// let inputs = vec![Input::reader("a.log", line.as_bytes())];
/// let explained = explain(&Question::default(), inputs, &Engine::default())?;
/// let input = &explained.explanation.inputs[0];
/// assert_eq!(input.format.as_ref().map(|format| format.name.as_str()), Some("combined"));
/// let request = &input.samples[0].fields[3];
/// assert_eq!((request.variable.as_deref(), request.value.as_str()), (Some("request"), "GET /a?b HTTP/1.1"));
/// assert_eq!(request.feeds, ["method", "path", "protocol"]);
/// assert_eq!(input.samples[0].hit.path.as_deref(), Some("/a"));
/// # Ok::<(), logstat::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::TooManyVariables`](crate::ErrorKind) if the question names more variables than it has room for. What concerns
/// an input is among the problems.
pub fn explain(question: &Question, inputs: Vec<Input>, engine: &Engine) -> Result<Explained, Error> {
    let opener = Opener::new(engine.access, engine.cut(question.reading.max_line), None, engine.kept_open);
    let (sources, mut problems) = opener.open_all(inputs)?;
    let reader = sample::Reader::new(question)?;
    let paths: Vec<_> = sources.iter().map(|source| source.path.clone()).collect();
    let (formats, own) = engine::formats(&question.reading, reader.extras(), &paths);
    let explain = |(source, own): (&Source, &Vec<usize>)| {
        let explained = input::explain(&reader, &formats, own, source);
        source.close();
        explained
    };
    let (explained, refusals): (Vec<_>, Vec<_>) = sources.iter().zip(&own).map(explain).unzip();
    let is_any_read = refusals.iter().any(Option::is_none);
    for (source, refusal) in sources.into_iter().zip(refusals) {
        // As in a report: the explanation says what it is.
        problems.extend(refusal.filter(|refusal| !is_any_read || set_aside(source.is_found, refusal).is_none()));
        problems.extend(source.into_failure());
    }
    let generator = Generator::this();
    let explanation = Explanation { schema: "logstat.explanation/1", generator, inputs: explained };
    Ok(Explained { explanation, problems })
}
