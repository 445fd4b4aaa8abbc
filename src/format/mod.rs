//! The formats of access logs: how a line of each becomes columns.
//!
//! | folder | what it reads | a new … goes to |
//! |---|---|---|
//! | `log_format` | lines of text as an nginx `log_format` describes them | preset: `log_format/presets.rs`; another server's format language: `log_format/dialects` |
//! | `json` | lines that are JSON objects | key: `json/table.rs` |
//! | `ltsv` | lines of `LABEL:VALUE` fields | label: `ltsv/labels.rs` |
//! | `marks` | the places of line ends and quotes, for all formats | |
//! | `detect` | the first lines of a file, which decide its formats | |
//!
//! The files next to the folders belong to all formats. [`LogFormat`] is one format, of text or of keys; [`catalog`]
//! has the named ones, and [`from_text`] parses the text that a user types. A line becomes a [`Row`] of [`variables`]
//! (THE TABLE of nginx's variables), and [`fill`] writes rows into batches.

mod adapted;
mod anatomy;
mod batch_writer;
mod catalog;
mod corruption;
mod detect;
mod digits;
mod escaping;
mod field_key;
mod from_text;
pub(crate) mod json;
pub(crate) mod log_format;
mod ltsv;
mod marks;
mod mismatch;
mod reason;
mod request;
mod request_parts;
mod row;
mod scan_cache;
mod shape;
mod slot;
mod time_unit;
mod timestamp;
mod variables;

pub(crate) use anatomy::{Anatomy, LineField};
pub(crate) use batch_writer::BatchWriter;
pub(crate) use detect::{
    ClosestFormat, Considered, Detector, Finding, FormatId, FormatsOfFile, RejectReason, Stop, stops,
};
pub use field_key::{FieldKey, FieldKeyError};
pub(crate) use json::field_values::ScanContext;
pub(crate) use json::key_lookup::is_key_of_a_hit;
pub(crate) use json::seen::KeysSeen;
pub(crate) use json::text::undo_json;
pub(crate) use json::values::duration;
pub(crate) use log_format::fast_path::{FastLine, try_fast_path};
pub use log_format::format_error::FormatError;
pub use log_format::nginx_escape::NginxEscape;
pub(crate) use log_format::piece::Piece;
pub(crate) use marks::{Line, Marks, Quotes, closing_quote};
pub use reason::Reason;
pub use request::Query;
pub(crate) use request::request_scheme;
pub(crate) use row::Row;
pub(crate) use scan_cache::{BadValue, ScanCache};
pub(crate) use slot::Slot;
pub(crate) use time_unit::TimeUnit;
pub(crate) use variables::{Destination, Ranked, is_known, is_name, ranked_names, variable, variables};

use crate::batch::Fields;
use crate::message::Message;
use json::format::{JsonFormat, Syntax};
use log_format::compile::compile;
use log_format::parse::parse;
use log_format::plan::{Plan, Tail};
use log_format::value_end::Strictness;
use request_parts::RequestPart;

/// A format of access logs: a preset by its name, `json`, `ltsv`, or the text of an nginx `log_format`.
///
/// ```
/// use logstat::LogFormat;
/// let preset: LogFormat = "combined".parse()?;
/// let own: LogFormat = "$remote_addr|$time_iso8601|$request|$status".parse()?;
/// assert_eq!((preset.name(), own.name()), ("combined", "$remote_addr|$time_iso8601|$request|$status"));
/// assert!("combned".parse::<LogFormat>().is_err());
/// # Ok::<(), logstat::FormatError>(())
/// ```
#[derive(Clone, Debug)]
pub struct LogFormat {
    name: String,
    pieces: Vec<Piece>,
    plan: Plan,
    tail: Tail,
    /// Set if lines name their values, as in JSON and LTSV. Then there are no pieces, and the plan is empty.
    json: Option<Box<JsonFormat>>,
    is_common: bool,
    strictness: Strictness,
    /// The preset, or the nginx `log_format` text, that an Apache `LogFormat` was read as.
    read_as: Option<String>,
    /// For each variable that the question ranks by name: how it is derived from other values, if lines do not log it.
    derived: Vec<Option<RequestPart>>,
    /// For text formats: the fields that the user named and whose variable the format has.
    given: Vec<FieldKey>,
    /// Parts of the request that the user named; they take precedence over `$request`.
    overrides: Fields,
    /// The text that it was parsed from; `None` for a preset.
    typed: Option<String>,
}

impl LogFormat {
    /// The name of a preset or of a `log_format` directive, otherwise the text.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same format under another name.
    ///
    /// ```
    /// let format: logstat::LogFormat = "$remote_addr|$status".parse()?;
    /// assert_eq!(format.named("short").name(), "short");
    /// # Ok::<(), logstat::FormatError>(())
    /// ```
    #[must_use]
    pub fn named(self, name: &str) -> LogFormat {
        LogFormat { name: name.to_owned(), ..self }
    }

    /// The name of the preset, or the text of an nginx `log_format`, that an Apache `LogFormat` was read as.
    ///
    /// ```
    /// let format: logstat::LogFormat = r#"%h %l %u %t "%r" %>s %b"#.parse()?;
    /// assert_eq!(format.read_as(), Some("common"));
    /// let format: logstat::LogFormat = "%h %D".parse()?;
    /// assert_eq!(format.read_as(), Some("$remote_addr $request_time_us"));
    /// # Ok::<(), logstat::FormatError>(())
    /// ```
    pub fn read_as(&self) -> Option<&str> {
        self.read_as.as_deref()
    }

    /// A format from an nginx.conf: the name, the text and the `escape=` of a `log_format`.
    ///
    /// If the text writes JSON with `escape=json`, lines are read by their keys, in any order.
    ///
    /// ```
    /// use logstat::{LogFormat, NginxEscape};
    /// let format = LogFormat::nginx("site", r#"{"ip":"$remote_addr","code":$status}"#, NginxEscape::Json)?;
    /// assert!(format.is_json() && format.name() == "site");
    /// # Ok::<(), logstat::FormatError>(())
    /// ```
    ///
    /// # Errors
    /// The text is invalid: no line could be read with it.
    pub fn nginx(name: &str, text: &str, escape: NginxEscape) -> Result<LogFormat, FormatError> {
        let format =
            match json::template::fields(text).filter(|fields| escape == NginxEscape::Json && !fields.is_empty()) {
                Some(fields) => Self::json(name, fields),
                None => Self::compile_escaped(name, text, Tail::Nothing, escape)?,
            };
        let quoted = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
        Ok(format.typed(&format!("log_format {} escape={} {};", quoted(name), escape.name(), quoted(text))))
    }

    fn compile_escaped(name: &str, text: &str, tail: Tail, escape: NginxEscape) -> Result<LogFormat, FormatError> {
        let pieces = parse(text)?;
        let strictness = Strictness { escape, is_given: true };
        let plan = compile(&pieces, &[], strictness);
        Ok(LogFormat {
            name: name.to_owned(),
            pieces,
            plan,
            tail,
            json: None,
            is_common: name == catalog::COMMON && tail == Tail::Fields,
            strictness,
            read_as: None,
            derived: Vec::new(),
            given: Vec::new(),
            overrides: Fields::NONE,
            typed: None,
        })
    }

    /// Remembers the text that the format was parsed from.
    fn typed(self, text: &str) -> LogFormat {
        LogFormat { typed: Some(text.to_owned()), ..self }
    }

    /// The text that it was parsed from, or the name of a preset. Parsed, it gives the same format again.
    pub(crate) fn source_text(&self) -> &str {
        self.typed.as_deref().unwrap_or(&self.name)
    }

    /// A format whose lines are JSON, with these keys in addition to the well-known ones.
    fn json(name: &str, fields: Vec<FieldKey>) -> LogFormat {
        Self::keyed(name, JsonFormat::new(Syntax::Json, fields), NginxEscape::Json)
    }

    fn keyed(name: &str, keys: JsonFormat, escape: NginxEscape) -> LogFormat {
        let strictness = Strictness { escape, is_given: true };
        LogFormat {
            name: name.to_owned(),
            pieces: Vec::new(),
            plan: compile(&[], &[], strictness),
            tail: Tail::Nothing,
            json: Some(Box::new(keys)),
            is_common: false,
            strictness,
            read_as: None,
            derived: Vec::new(),
            given: Vec::new(),
            overrides: Fields::NONE,
            typed: None,
        }
    }

    /// True if the user chose this format; presets are tried automatically.
    pub(crate) fn is_given(&self) -> bool {
        self.strictness.is_given
    }

    /// True for a preset that is tried automatically and for which the user named no fields.
    pub(crate) fn is_preset_alone(&self) -> bool {
        let mut keys = self.json.iter().flat_map(|json| json.fields());
        !self.is_given() && self.given.is_empty() && keys.next().is_none()
    }

    /// True if lines of this format log the variable of that name.
    ///
    /// ```
    /// let format: logstat::LogFormat = "$remote_addr $my_own".parse()?;
    /// assert!(format.logs("my_own") && !format.logs("status"));
    /// # Ok::<(), logstat::FormatError>(())
    /// ```
    pub fn logs(&self, variable: &str) -> bool {
        self.pieces.iter().any(|p| matches!(p, Piece::Variable(value) if value.name == variable))
            || self.json.iter().flat_map(|json| json.fields()).any(|field| field.variable() == variable)
    }

    /// True if lines are JSON objects.
    pub fn is_json(&self) -> bool {
        self.json.as_ref().is_some_and(|keys| keys.syntax == Syntax::Json)
    }

    /// True if lines name their values, in any order: JSON and LTSV.
    ///
    /// ```
    /// let format: logstat::LogFormat = "ltsv".parse()?;
    /// assert!(format.has_keys() && !format.is_json());
    /// # Ok::<(), logstat::FormatError>(())
    /// ```
    pub fn has_keys(&self) -> bool {
        self.json.is_some()
    }

    /// The fields that lines of this format have. For formats with keys, `seen` are the keys that lines had.
    pub(crate) fn fields(&self, seen: &KeysSeen) -> Fields {
        match &self.json {
            Some(json) => json.keys().seen(seen).fold(Fields::NONE, |fields, rule| fields.union(rule.fields)),
            None => self.plan.fields,
        }
    }

    /// Each key that lines had and the variable that it is read as, highest precedence first.
    pub(crate) fn keys<'f>(&'f self, seen: &'f KeysSeen) -> impl Iterator<Item = (&'f str, &'f str)> {
        let json = self.json.iter().filter(|_| !seen.is_empty());
        json.flat_map(|json| json.keys().seen(seen)).map(|rule| (&*rule.key, &*rule.variable))
    }

    /// Describes the value that a JSON key should hold: `a status for fields status=level`. `None` if the key has the
    /// name of its nginx variable and the user did not name it.
    pub(crate) fn guessed_value(&self, rule: u16) -> Option<Message> {
        let json = self.json.as_ref()?;
        let known = json.keys().rule(rule);
        (json.given(known).is_some() || known.key != known.variable).then(|| json.expectation(rule))
    }

    pub(crate) fn variables(&self) -> usize {
        self.pieces.iter().filter(|p| matches!(p, Piece::Variable(_))).count()
    }
}
