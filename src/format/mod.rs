//! From bytes to columns: the text of a `log_format` is compiled to a plan, a plan scans lines.
//!
//! `log_format` → `plan` → `scan` is the way of a format; `presets` are formats with a name; `detect` finds out which
//! of them a file has; `fill` puts the values of a line into a batch.

mod alike;
mod anatomy;
mod apache;
mod apache_time;
mod blocks;
mod choose;
mod damage;
mod derived;
mod description;
mod detect;
#[cfg(test)]
mod detect_twin;
mod detector;
mod digits;
mod field_key;
mod fill;
mod from_text;
mod given;
mod json;
mod json_format;
mod json_forms;
mod json_found;
mod json_keys;
mod json_members;
mod json_shape;
mod json_table;
mod json_template;
mod json_text;
#[cfg(any(test, fuzzing))]
pub(crate) mod json_twin;
mod json_values;
mod log_format;
mod ltsv;
mod ltsv_table;
#[cfg(test)]
mod ltsv_twin;
mod marks;
mod memory;
mod near;
mod nginx_escape;
mod odd_duration;
mod plan;
mod presets;
mod reach;
mod reason;
mod request;
mod roles;
mod row;
mod rule;
mod sample;
mod scan;
mod shape;
mod sink;
mod spelling;
mod survey;
mod trailing;
#[cfg(any(test, fuzzing))]
pub(crate) mod twin;
mod user;
mod users;
mod usual;
mod variables;
mod walk;

use std::borrow::Cow;

use bumpalo::Bump;

use crate::text::escape_backslashes;

pub(crate) use anatomy::{Anatomy, LineField};
pub(crate) use detect::{Considered, Finding, FormatsOfFile, Nearest, Taken};
pub(crate) use detector::Detector;
use field_key::key_variable;
pub use field_key::{FieldKey, FieldKeyError};
pub(crate) use fill::Filler;
use json_format::{JsonFormat, Syntax};
pub(crate) use json_found::Room;
pub(crate) use json_keys::{KeysSeen, is_key_of_a_hit};
pub(crate) use json_text::undo_json;
pub use log_format::FormatError;
pub(crate) use log_format::Piece;
use log_format::Value;
pub(crate) use marks::{Line, Marks, Quotes};
pub(crate) use memory::{BadValue, Memory};
pub(crate) use near::{Stop, stops};
pub use nginx_escape::NginxEscape;
pub use reason::Reason;
pub use request::Query;
pub(crate) use row::Row;
pub(crate) use scan::closing_quote;
pub(crate) use survey::Rejected;
pub(crate) use usual::{UsualLine, take_usual};
pub(crate) use variables::{Feeds, Ranked, is_known, is_name, ranked_names, variable};

use crate::batch::{Column, Fields, MISSING, TextField};
use derived::Derived;
pub(crate) use plan::Slot;
use plan::{Plan, Strictness, Tail};
use presets::Preset;
use roles::Roles;

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
    /// Where lines say which value is which, as JSON and LTSV do: then there are no pieces, and the plan is empty.
    json: Option<Box<JsonFormat>>,
    is_common: bool,
    strictness: Strictness,
    /// The preset, or the text in nginx's words, that an Apache `LogFormat` was read as.
    read_as: Option<String>,
    /// For each variable that the question ranks by name: how it is derived, if lines do not log it but hold it.
    derived: Vec<Option<Derived>>,
    /// Where lines are text: the fields that the user gave and whose variable the format has.
    given: Vec<FieldKey>,
    /// Parts of the request that the user gave, and that take precedence over `$request`.
    overrides: Fields,
}

/// The name of the format whose lines are JSON objects.
const JSON: &str = "json";

/// The name of the format whose lines are `LABEL:VALUE` with tabs between.
const LTSV: &str = "ltsv";

/// The preset that is tried by itself only where its lines are not rare.
const COMMON: &str = "common";

impl LogFormat {
    /// Name and text of every preset.
    pub fn presets() -> impl Iterator<Item = (&'static str, &'static str)> {
        presets::PRESETS.iter().map(|preset| (preset.name, preset.text))
    }

    /// Every format that is detected: its name, and what writes it.
    ///
    /// ```
    /// assert!(logstat::LogFormat::detected().any(|(name, about)| (name, about) == ("ingress", "ingress-nginx")));
    /// ```
    pub fn detected() -> impl Iterator<Item = (&'static str, &'static str)> + Clone {
        let presets = presets::PRESETS.iter().map(|preset| (preset.name, preset.about));
        presets.chain([(JSON, "an object a line, such as escape=json"), (LTSV, "LABEL:VALUE with tabs between")])
    }

    /// A preset by its table row.
    fn preset(preset: &Preset) -> LogFormat {
        Self::compile_escaped(preset.name, preset.text, Tail::Fields, preset.escape)
            .expect("a test compiles every preset")
    }

    /// Every name that a format can be given by: those of the presets, `json` and `ltsv`.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::presets().map(|(name, _)| name).chain([JSON, LTSV])
    }

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

    /// How an Apache `LogFormat` was read: by the preset of this name, or by this text of an nginx `log_format`.
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

    /// A format as an nginx.conf has it: the name, the text and the `escape=` of a `log_format`.
    ///
    /// One that writes JSON is read by its keys, in whatever order they come.
    ///
    /// ```
    /// use logstat::{LogFormat, NginxEscape};
    /// let format = LogFormat::nginx("site", r#"{"ip":"$remote_addr","code":$status}"#, NginxEscape::Json)?;
    /// assert!(format.is_json() && format.name() == "site");
    /// # Ok::<(), logstat::FormatError>(())
    /// ```
    ///
    /// # Errors
    /// A text of which no line could be read.
    pub fn nginx(name: &str, text: &str, escape: NginxEscape) -> Result<LogFormat, FormatError> {
        match json_template::fields(text).filter(|fields| escape == NginxEscape::Json && !fields.is_empty()) {
            Some(fields) => Ok(Self::json(name, fields)),
            None => Self::compile_escaped(name, text, Tail::Nothing, escape),
        }
    }

    fn compile_escaped(name: &str, text: &str, tail: Tail, escape: NginxEscape) -> Result<LogFormat, FormatError> {
        let pieces = log_format::parse(text)?;
        let strictness = Strictness { escape, is_given: true };
        let plan = plan::compile(&pieces, &[], strictness);
        Ok(LogFormat {
            name: name.to_owned(),
            pieces,
            plan,
            tail,
            json: None,
            is_common: name == COMMON && tail == Tail::Fields,
            strictness,
            read_as: None,
            derived: Vec::new(),
            given: Vec::new(),
            overrides: Fields::NONE,
        })
    }

    /// A format whose lines are JSON, with these keys beside those that are known by themselves.
    fn json(name: &str, fields: Vec<FieldKey>) -> LogFormat {
        Self::keyed(name, JsonFormat::new(Syntax::Json, fields), NginxEscape::Json)
    }

    fn ltsv() -> LogFormat {
        Self::keyed(LTSV, JsonFormat::new(Syntax::Ltsv, Vec::new()), NginxEscape::Default)
    }

    fn keyed(name: &str, keys: JsonFormat, escape: NginxEscape) -> LogFormat {
        let strictness = Strictness { escape, is_given: true };
        LogFormat {
            name: name.to_owned(),
            pieces: Vec::new(),
            plan: plan::compile(&[], &[], strictness),
            tail: Tail::Nothing,
            json: Some(Box::new(keys)),
            is_common: false,
            strictness,
            read_as: None,
            derived: Vec::new(),
            given: Vec::new(),
            overrides: Fields::NONE,
        }
    }

    /// All presets, in the order of their table, JSON and LTSV. Behind each preset, fields that it does not know are passed over.
    pub(crate) fn all_presets() -> Vec<LogFormat> {
        let presets = presets::PRESETS.iter().map(Self::preset);
        presets.chain([Self::json(JSON, Vec::new()), Self::ltsv()]).map(LogFormat::guessed).collect()
    }

    /// The same format as one that nobody asked for, and that is tried by itself.
    fn guessed(self) -> LogFormat {
        let strictness = Strictness { is_given: false, ..self.strictness };
        LogFormat { plan: plan::compile(&self.pieces, &[], strictness), strictness, ..self }
    }

    /// Whether the address is the visitor's of a list that proxies pass on.
    #[inline]
    pub(crate) fn has_address_list(&self) -> bool {
        self.plan.has_address_list
    }

    /// Whether the user has asked for it.
    pub(crate) fn is_given(&self) -> bool {
        self.strictness.is_given
    }

    /// True for a preset about which the user says nothing.
    pub(crate) fn is_preset_alone(&self) -> bool {
        let mut keys = self.json.iter().flat_map(|json| json.fields());
        !self.is_given() && self.given.is_empty() && keys.next().is_none()
    }

    /// Whether the user said which key or variable holds the address.
    pub(crate) fn has_given_address(&self) -> bool {
        self.json.as_ref().is_some_and(|json| json.has_given("remote_addr"))
            || self.given.iter().any(|field| field.variable() == "remote_addr")
    }

    /// The same format, in which the variables that the question ranks by name have their place.
    pub(crate) fn ranking(self, ranked: &[&str]) -> LogFormat {
        if ranked.is_empty() {
            return self;
        }
        let mut format = LogFormat { plan: plan::compile(&self.pieces, ranked, self.strictness), ..self };
        if let Some(json) = &mut format.json {
            **json = json.ranking(ranked);
            format.plan.extras = ranked.iter().zip(0..).map(|(name, place)| json.keys().slot_of(name, place)).collect();
            // A line may lack the key of the variable and have that of the request.
            format.derived = ranked.iter().map(|name| Derived::named(name)).collect();
        } else {
            let derived = ranked.iter().map(|name| format.derivation(name)).collect();
            format.derived = derived;
            for place in (0..ranked.len()).filter(|place| format.derived[*place].is_some()) {
                format.plan.fields = format.plan.fields.and(Fields::column(Column::extra(place)));
            }
        }
        format
    }

    /// How a variable is derived that lines of this format hold and do not log by itself.
    fn derivation(&self, variable: &str) -> Option<Derived> {
        let derived = Derived::named(variable).filter(|_| !self.logs(variable))?;
        let mut feeds =
            self.pieces.iter().filter_map(|p| if let Piece::Variable(value) = p { Some(value.feeds) } else { None });
        feeds.any(|feeds| derived.is_in(feeds)).then_some(derived)
    }

    /// The value of the variable that is the `place`th of those that the question ranks by name.
    pub(crate) fn extra<'a>(&self, place: usize, row: &Row<'a>, bump: &'a Bump) -> &'a [u8] {
        let logged = row.text(self.plan.extras[place]);
        match self.derived.get(place) {
            Some(Some(derived)) if logged == MISSING => derived.value(row, bump),
            _ => logged,
        }
    }

    /// Number of those variables.
    pub(crate) fn extras(&self) -> usize {
        self.plan.extras.len()
    }

    /// The same format, in which no list of addresses stands for `$remote_addr`: the user says which list does.
    #[must_use]
    pub(crate) fn without_address_list(mut self) -> LogFormat {
        let lists =
            self.pieces.iter_mut().filter_map(|p| if let Piece::Variable(value) = p { Some(value) } else { None });
        let is_given = |value: &Value| self.given.iter().any(|field| key_variable(field.key()) == value.name);
        let is_fed = |value: &&mut Value| value.is_address_list() && value.feeds == Feeds::Text(TextField::Addr);
        let mut fed = lists.filter(|value| is_fed(value) && !is_given(value));
        if let Some(list) = fed.next() {
            list.feeds = Feeds::Nothing;
            self.plan = plan::compile(&self.pieces, &[], self.strictness);
        }
        self
    }

    /// Whether lines of this format have the variable of that name.
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

    /// The same format with these fields where the user says: under keys, where lines have keys, else in variables.
    #[must_use]
    pub(crate) fn with_fields(mut self, fields: &[FieldKey]) -> LogFormat {
        if fields.is_empty() {
            return self;
        }
        if let Some(json) = &mut self.json {
            **json = json.with_fields(fields);
            let of =
                |field: &FieldKey| variable(field.variable()).map_or(Fields::NONE, |(_, known)| known.feeds.fields());
            self.overrides = fields.iter().map(of).filter(|of| *of != Fields::REQUEST).fold(Fields::NONE, Fields::and);
            return self;
        }
        let Roles { pieces, given, overrides } = roles::assign(self.pieces, fields);
        let plan = plan::compile(&pieces, &[], self.strictness);
        LogFormat { pieces, plan, given, overrides, ..self }
    }

    /// Parts of the request that the user gave, and that take precedence over `$request`.
    #[inline(always)]
    pub(crate) fn overrides(&self) -> Fields {
        self.overrides
    }

    /// Whether lines have this field where the user says, these being the keys that lines had if they are JSON. A key that
    /// nothing asks for is not looked for, and counts as one that they have.
    pub(crate) fn has_given(&self, field: &FieldKey, seen: &KeysSeen) -> bool {
        match &self.json {
            Some(json) => {
                let mut rules = json.keys().given().filter(|(_, rule)| *rule.key == *field.key()).peekable();
                rules.peek().is_none() || rules.any(|(place, _)| seen.holds(place))
            }
            None => self.given.contains(field),
        }
    }

    /// Whether values are not escaped as they are by default, and not in JSON, which is read as it is escaped.
    pub(crate) fn is_escaped_otherwise(&self) -> bool {
        self.strictness.escape != NginxEscape::Default && self.json.is_none()
    }

    /// The values of a row as nginx would have written them by default, so that a tally has one way of escaping.
    pub(crate) fn escaped_by_default<'a>(&self, row: &Row<'a>, bump: &'a Bump) -> Row<'a> {
        let mut row = row.clone();
        row.rewrite(|raw| match self.in_default_escaping(raw) {
            Cow::Borrowed(raw) => raw,
            Cow::Owned(text) => bump.alloc_slice_copy(&text),
        });
        row
    }

    /// A value of a line as nginx would have written it by default.
    fn in_default_escaping<'v>(&self, raw: &'v [u8]) -> Cow<'v, [u8]> {
        if !raw.contains(&b'\\') {
            return Cow::Borrowed(raw);
        }
        match self.strictness.escape {
            NginxEscape::Default => Cow::Borrowed(raw),
            NginxEscape::None => escape_backslashes(raw),
            NginxEscape::Json => {
                let mut plain = Vec::new();
                json_text::decode(raw, &mut plain);
                Cow::Owned(escape_backslashes(&plain).into_owned())
            }
        }
    }

    /// Whether lines are JSON objects.
    pub fn is_json(&self) -> bool {
        self.json.as_ref().is_some_and(|keys| keys.syntax == Syntax::Json)
    }

    /// Whether lines say which value is which, in any order: JSON, LTSV.
    ///
    /// ```
    /// let format: logstat::LogFormat = "ltsv".parse()?;
    /// assert!(format.has_keys() && !format.is_json());
    /// # Ok::<(), logstat::FormatError>(())
    /// ```
    pub fn has_keys(&self) -> bool {
        self.json.is_some()
    }

    /// The fields that lines of this format have, those being lines with these keys if they have keys.
    pub(crate) fn fields(&self, seen: &KeysSeen) -> Fields {
        match &self.json {
            Some(json) => json.keys().seen(seen).fold(Fields::NONE, |fields, rule| fields.and(rule.fields)),
            None => self.plan.fields,
        }
    }

    /// Each key that lines had and the variable that it is taken for, those that have the say first.
    pub(crate) fn keys<'f>(&'f self, seen: &'f KeysSeen) -> impl Iterator<Item = (&'f str, &'f str)> {
        let json = self.json.iter().filter(|_| !seen.is_empty());
        json.flat_map(|json| json.keys().seen(seen)).map(|rule| (&*rule.key, &*rule.variable))
    }

    /// What the value that a rule of JSON keys reads should be, `a status for --field status=level`; `None` for a key that has
    /// the name of nginx's variable.
    pub(crate) fn guessed_value(&self, rule: u16) -> Option<String> {
        let json = self.json.as_ref()?;
        let known = json.keys().rule(rule);
        (json.given(known).is_some() || known.key != known.variable).then(|| json.expectation(rule))
    }

    pub(crate) fn variables(&self) -> usize {
        self.pieces.iter().filter(|p| matches!(p, Piece::Variable(_))).count()
    }
}
