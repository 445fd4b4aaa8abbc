//! The named formats: the presets, `json` and `ltsv`.

use std::sync::LazyLock;

use super::LogFormat;
use super::json::format::{JsonFormat, Syntax};
use super::log_format::compile::compile;
use super::log_format::nginx_escape::NginxEscape;
use super::log_format::plan::Tail;
use super::log_format::presets::{PRESETS, Preset};
use super::log_format::value_end::Strictness;

/// The name of the format whose lines are JSON objects.
pub(super) const JSON: &str = "json";

/// The name of the format whose lines are `LABEL:VALUE` fields separated by tabs.
pub(super) const LTSV: &str = "ltsv";

/// The preset that is tried automatically only if a file has enough lines of it.
pub(super) const COMMON: &str = "common";

/// THE TABLE of other names for formats. Some are those that other analyzers take.
pub(super) const ALIASES: [(&str, &str); 6] = [
    ("apache", "combined"),
    ("nginx", "combined"),
    ("ncsa", "common"),
    ("clf", "common"),
    ("vcombined", "vhost_combined"),
    ("traefikclf", "traefik"),
];

impl LogFormat {
    /// Name and text of every preset.
    pub fn presets() -> impl Iterator<Item = (&'static str, &'static str)> {
        PRESETS.iter().map(|preset| (preset.name, preset.text))
    }

    /// Every format that is detected automatically: its name, and a few words on what writes it or how it differs from
    /// another.
    ///
    /// ```
    /// assert!(logstat::LogFormat::detected().any(|(name, about)| (name, about) == ("ingress", "ingress-nginx")));
    /// ```
    pub fn detected() -> impl Iterator<Item = (&'static str, &'static str)> + Clone {
        let presets = PRESETS.iter().map(|preset| (preset.name, preset.about));
        presets.chain([(JSON, "an object a line, such as escape=json"), (LTSV, "LABEL:VALUE with tabs between")])
    }

    /// Compiles the preset of a table row.
    pub(super) fn preset(preset: &Preset) -> LogFormat {
        Self::compile_escaped(preset.name, preset.text, Tail::Fields, preset.escape)
            .expect("a test compiles every preset")
    }

    /// Every name that the user can choose a format by: those of the presets, `json` and `ltsv`.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::presets().map(|(name, _)| name).chain([JSON, LTSV])
    }

    /// All presets in the order of their table, then JSON and LTSV. Unknown fields at the end of a preset's lines are
    /// skipped.
    pub(crate) fn all_presets() -> Vec<LogFormat> {
        // A program may count many times; compiling all presets takes longer than a count of few lines.
        static COMPILED: LazyLock<Vec<LogFormat>> = LazyLock::new(|| {
            let presets = PRESETS.iter().map(LogFormat::preset);
            presets.chain([LogFormat::json(JSON, Vec::new()), LogFormat::ltsv()]).map(LogFormat::guessed).collect()
        });
        COMPILED.clone()
    }

    /// The same format, compiled as one that the user did not choose and that is tried automatically.
    fn guessed(self) -> LogFormat {
        let strictness = Strictness { is_given: false, ..self.strictness };
        LogFormat { plan: compile(&self.pieces, &[], strictness), strictness, ..self }
    }

    pub(super) fn ltsv() -> LogFormat {
        Self::keyed(LTSV, JsonFormat::new(Syntax::Ltsv, Vec::new()), NginxEscape::Default)
    }
}
