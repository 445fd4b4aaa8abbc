//! Reports about a site, from nginx's access logs.
//!
//! A [`Question`] says what to count, an [`Engine`] how, and [`Input`]s where. [`count`] returns a [`Report`]:
//!
//! ```
//! use logstat::{Engine, Input, Question, Unit, count};
//!
//! let question = Question::new().by(Unit::Hour);
//! let inputs = vec![Input::path("testdata/shop.log")];
//! let outcome = count(&question, inputs, &Engine::default())?;
//!
//! for error in &outcome.problems {
//!     eprintln!("{error}");
//! }
//! let report = outcome.report.expect("the file was read");
//! for row in report.timeline.iter().flatten() {
//!     println!("{} {} hits", row.key.as_deref().unwrap_or("-"), row.pv);
//! }
//! assert_eq!(report.lines.read, report.lines.blank + report.lines.malformed + report.lines.parsed);
//! # Ok::<(), logstat::Error>(())
//! ```
//!
//! A [`Session`] counts text that is still being written, and can report at any time.
//!
//! A report consists of tables. A table has a dimension (its keys: times, status codes, paths …) and measures (the
//! numbers of each key: hits, visitors, request times). `DESIGN.md` explains the rest.
//!
//! The library never prints and never exits. It installs nothing in the process unless the caller asks for it.

#[cfg(doctest)]
#[doc = include_str!("../docs/src/library.md")]
mod library_chapter {}

mod agent;
mod batch;
mod by_name;
mod dimension;
mod encoding;
mod engine;
mod envelope;
mod error;
mod explain;
mod expression;
mod files;
mod filter;
mod format;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
mod geo;
mod huge_pages;
mod increment;
mod input;
mod ip;
mod keys;
mod measure;
mod message;
mod metric;
mod net;
mod nginx;
mod note;
mod phases;
mod prefetch;
mod progress;
mod query_args;
mod question;
mod recognize;
mod referer;
mod rejects;
mod render;
mod report;
mod requests;
mod route;
#[cfg(feature = "stages")]
#[doc(hidden)]
pub mod stages;
mod state;
mod static_rules;
mod steps;
mod tally;
mod text;
#[cfg(test)]
mod thorough;
mod time;

#[cfg(feature = "table")]
pub use crate::render::{write_explanation, write_inspection, write_requests, write_table};
pub use crate::{
    agent::{Bot, BotClass, BotPatternError, BotRules},
    dimension::{Derived, Dimension, DimensionError, KeyRules, Pair, Variable},
    engine::{
        Engine, FewThreads, LineForm, Outcome, PreparedQuestion, Seek, SelectedLines, Session, StateOutcome, count,
        count_to_state, select_lines,
    },
    envelope::envelopes,
    error::{Error, ErrorKind},
    explain::{
        ChosenFormat, Explained, Explanation, FieldValue, FormatOrigin, FormatStop, HitExplanation, InputExplanation,
        Lost, LostCode, MalformedLine, RunnerUp, SampleLine, explain,
    },
    expression::SyntaxError,
    files::{Compression, FileKind, LogDirectory, LogsWithin, SkipReason, SkippedFile},
    filter::{BotSet, Condition, DayTimes, FilterReason, Networks, Pattern, StatusSet, WhereExpression},
    format::{FieldKey, FieldKeyError, FormatError, LogFormat, NginxEscape, Query, Reason},
    geo::{Geo, GeoDatabase, GeoError, GeoField},
    increment::{IncrementOutcome, StateLock, WhenLocked, count_increment},
    input::{Access, Input, InputNote, MapGuard, ResolvedInputs, find_logs, guard_mappings, splits},
    measure::{Precision, UvMethod},
    message::{Message, Setting},
    metric::{Metric, Sort, SortError},
    net::{NetPrefixError, NetPrefixes},
    nginx::{ConfiguredLog, NginxAnswer, NginxConf, NginxConfError, NginxFormat, NginxLog, NginxLogTarget, NginxPlace},
    note::{Note, NoteCode},
    phases::{Phases, WorkerStats},
    progress::Progress,
    question::{Counting, FailIf, MaxKeys, MaxMemory, Question, Reading, Section, Showing},
    referer::{OwnHostError, OwnHosts},
    rejects::Rejects,
    render::{
        Charset, Colors, ReportFormat, Style, TerminalStyle, write_explanation_json, write_inspection_json, write_json,
        write_requests_json, write_requests_ndjson,
    },
    report::{
        Approximate, BotReport, DurationReport, Each, Figure, FormatReport, Generator, Highlight, InputReport,
        KeyReport, LatencyReport, LatencyStep, Lines, MalformedSample, PartName, People, Period, Ranking, Report, Row,
        Split, Summary, Unread, UvCount, UvReport, Verdict, VisitorReport, Warning, WarningCode,
    },
    requests::{Request, RequestFields, RequestList, RequestOrder},
    route::{RoutePattern, Routes},
    state::{CountedRange, InspectedDay, InspectedSource, InspectedTable, Inspection, State},
    static_rules::{RuleError, StaticRules},
    steps::{DurationError, Ipv6Prefix, LoggedDuration, RealIp, Visitor},
    text::printable,
    time::{Date, Moment, MomentError, Now, Step, Unit, UnitError, Zone, ZoneError},
};
