//! Explains how logs are read, for people and programs that want to check it: the format and the envelope of each
//! input, the format that came second, and the first lines field by field.
//!
//! An explanation is plain data; nothing is counted for a report. Formats, envelopes, addresses and locations are
//! determined by the same functions as in counting.

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

/// An explanation of how logs are read. Serialised, it is the output of `--explain --json`.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// Schema of the JSON: `logstat.explanation/1`.
    pub schema: &'static str,
    /// The program that wrote the explanation.
    pub generator: Generator,
    /// The inputs that could be read, in the given order.
    pub inputs: Vec<InputExplanation>,
}

impl Explanation {
    /// Replaces the names of settings in notes and expectations with those that `name` returns, for an interface that
    /// uses other names.
    pub fn reword(&mut self, name: &dyn Fn(Setting) -> String) {
        for input in &mut self.inputs {
            input.notes.iter_mut().for_each(|note| note.text.reword(name));
            let stops = input.first_malformed.iter_mut().flat_map(|line| &mut line.stops);
            stops.for_each(|stop| stop.expected.reword(name));
        }
    }
}

/// How one input is read, judged by the lines in its first 1 MiB.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct InputExplanation {
    /// Path as given, escaped like keys; `-` for standard input.
    pub path: String,
    /// Envelope that is removed from its lines; `None` if there is none.
    pub envelope: Option<String>,
    /// Kind of the file, if it is not an access log that logstat reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<FileKind>,
    /// Number of lines examined to detect the format, without blank lines.
    pub sampled: usize,
    /// Number of lines in the first 1 MiB that a format reads.
    pub parsed: u64,
    /// Number of lines in the first 1 MiB that no format reads.
    pub malformed: u64,
    /// Formats that read lines in the first 1 MiB, with their number of lines, largest first.
    pub formats: Vec<FormatReport>,
    /// The format that is tried first on each line; `None` if no format reads any of the lines.
    pub format: Option<ChosenFormat>,
    /// The format that came second; if none is chosen, the first one that was rejected.
    pub runner_up: Option<RunnerUp>,
    /// The logs of the nginx configuration that this input belongs to, if a configuration was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configured: Option<ConfiguredLog>,
    /// The first lines that could be read, at most three.
    pub samples: Vec<SampleLine>,
    /// The first malformed line. It is a line of another program only if there is no other.
    pub first_malformed: Option<MalformedLine>,
    /// Notes that a reader needs to interpret the values, as in a report.
    pub notes: Vec<Note>,
}

/// A format and the number of lines that it reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ChosenFormat {
    /// Name of the format, or its text if it has no name.
    pub name: String,
    /// Text of the format, as in an nginx `log_format`; `None` if it reads lines by their keys.
    pub text: Option<String>,
    /// Origin of the format.
    pub origin: FormatOrigin,
    /// Number of sampled lines that it reads.
    pub takes: usize,
    /// Number of those that it reads to their end.
    pub whole: usize,
}

/// Origin of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FormatOrigin {
    /// A preset that was detected.
    Preset,
    /// A format that the nginx configuration defines.
    NginxConf,
    /// A format that the question names.
    Given,
}

/// A format that reads some lines and was not chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RunnerUp {
    /// The format.
    #[serde(flatten)]
    pub format: ChosenFormat,
    /// Reason why it was not chosen.
    pub lost: Lost,
}

/// Reason why a format was not chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Lost {
    /// Kind of the reason. Codes are stable.
    pub code: LostCode,
    /// One sentence for people, with the format as its implied subject. The wording may change.
    pub text: String,
}

/// A line, field by field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SampleLine {
    /// Number of the line in the input, from 1.
    pub line: u64,
    /// Beginning of the line without its envelope, safe on a terminal, at most 200 bytes.
    pub text: String,
    /// Name of the format that reads the line.
    pub format: String,
    /// Fields in the order of the line, at most 100.
    pub fields: Vec<FieldValue>,
    /// Number of fields left out.
    pub fields_left_out: usize,
    /// Text at the end of the line that no field of the format reads.
    pub unread: Option<String>,
    /// The hit that is counted for the line.
    pub hit: HitExplanation,
    /// The server and the location that nginx chooses, if its configuration was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nginx: Option<NginxAnswer>,
}

/// One value of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FieldValue {
    /// Key of the value, if lines of the format have keys. Nested keys are joined with dots.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The nginx variable that the value belongs to. Adjacent variables that cannot be separated are all listed, with
    /// `$` between them. `None` for an unknown key.
    pub variable: Option<String>,
    /// The value with nginx's default escaping, safe on a terminal, at most 200 bytes.
    pub value: String,
    /// Names of what it feeds: `ip`, `time`, `method`, `path`, … Empty if no part of a report uses it.
    pub feeds: Vec<&'static str>,
}

/// The hit that a line is counted as. Values that its format does not log are `None`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HitExplanation {
    /// Time with its offset: `2022-04-05T03:45:05+00:00`.
    pub time: Option<String>,
    /// Address that rankings and visitors use.
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
    /// Request time in whole milliseconds; `None` also for `-`.
    pub request_time_ms: Option<u64>,
    /// `static` or `dynamic`.
    pub class: Option<&'static str>,
}

/// A line that no format reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MalformedLine {
    /// Number of the line in the input, from 1.
    pub line: u64,
    /// Beginning of the line without its envelope, safe on a terminal, at most 200 bytes.
    pub text: String,
    /// Reason why the line is malformed.
    pub reason: Reason,
    /// Places where formats stop, for the formats that match the longest part of the line; the longest comes first.
    /// Empty if the line is too long or from another program, and if a rejected format reads it.
    pub stops: Vec<FormatStop>,
}

/// Formats that stop at the same place in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FormatStop {
    /// Names of the formats.
    pub formats: Vec<String>,
    /// Byte offset of that place in the line.
    pub byte: usize,
    /// Description of what the formats expect there.
    pub expected: Message,
    /// Text of the line there, at most 24 characters; empty at the end of the line.
    pub found: String,
}

/// An explanation, and the problems that occurred.
#[derive(Debug)]
#[non_exhaustive]
pub struct Explained {
    /// How each input is read.
    pub explanation: Explanation,
    /// Inputs that could not be read, and inputs that fit no format; the explanation includes the latter. A file that
    /// was found in a directory and is recognised as something else is a problem only if no input is an access log.
    pub problems: Vec<Error>,
}

/// Explains how `inputs` are read. Only the first 1 MiB of each is read.
///
/// It uses the parts of the question that define how lines, addresses, paths and static files are read. Nothing is
/// filtered or counted.
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
/// Returns [`ErrorKind::TooManyVariables`](crate::ErrorKind) if the question names more variables than there is room
/// for. Errors about an input are in [`Explained::problems`].
pub fn explain(question: &Question, inputs: Vec<Input>, engine: &Engine) -> Result<Explained, Error> {
    let opener = Opener::new(engine.access, engine.chunk_options(question.reading.max_line), None, engine.kept_open);
    let (sources, mut problems) = opener.open_all(inputs)?;
    let reader = sample::Reader::new(question)?;
    let paths: Vec<_> = sources.iter().map(|source| source.path.clone()).collect();
    let (formats, own) = engine::formats(&question.reading, reader.variable_columns(), &paths);
    let explain = |(source, own): (&Source, &Vec<usize>)| {
        let explained = input::explain(&reader, &formats, own, source);
        source.close();
        explained
    };
    let (explained, refusals): (Vec<_>, Vec<_>) = sources.iter().zip(&own).map(explain).unzip();
    let is_any_read = refusals.iter().any(Option::is_none);
    for (source, refusal) in sources.into_iter().zip(refusals) {
        // Leave out the refusals that a report would set aside too: the explanation already says what the file is.
        problems.extend(refusal.filter(|refusal| !is_any_read || set_aside(source.is_found, refusal).is_none()));
        problems.extend(source.into_failure());
    }
    let generator = Generator::this();
    let explanation = Explanation { schema: "logstat.explanation/1", generator, inputs: explained };
    Ok(Explained { explanation, problems })
}
