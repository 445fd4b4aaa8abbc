//! Merges the layers of settings: for each option, the highest layer that sets it wins.

use std::ffi::OsStr;
use std::path::Path;

use logstat::ReportFormat;

use super::options::conflict;
use super::setting::{Origin, Setting, Value};

/// True if the settings in force give an option its effect.
pub(super) type Condition = fn(&[Setting]) -> bool;

/// THE TABLE of options that only modify another. As configured defaults they have no effect while the other is unused.
pub(super) const DEPENDENT_OPTIONS: [(&str, Condition); 7] = [
    ("keep", writes_state),
    ("source", writes_state),
    ("route", |settings| {
        let mut named = ["top", "split", "each", "where", "fail-if"].iter().flat_map(|option| texts(settings, option));
        named.any(|text| text.to_string_lossy().contains("route"))
    }),
    ("wait", |settings| texts(settings, "state").next().is_some()),
    ("trust", |settings| texts(settings, "real-ip").next().is_some()),
    ("each-limit", |settings| texts(settings, "each").next().is_some()),
    ("prom-label", |settings| {
        texts(settings, "format").any(|text| text == ReportFormat::Prometheus.name())
            || texts(settings, "output").any(is_for_prometheus)
    }),
];

/// True if a setting has no effect here. Never true for one of the command line, where it is a mistake.
pub(super) fn is_inactive(setting: &Setting, settings: &[Setting]) -> bool {
    setting.origin != Origin::CommandLine
        && DEPENDENT_OPTIONS.iter().any(|(option, is_met)| setting.option == *option && !is_met(settings))
}

fn writes_state(settings: &[Setting]) -> bool {
    ["save", "state"].iter().any(|option| texts(settings, option).next().is_some())
}

/// The texts that an option is set to; empty for flags.
fn texts<'s>(settings: &'s [Setting], option: &str) -> impl Iterator<Item = &'s OsStr> {
    let setting = settings.iter().find(|setting| setting.option == option);
    let texts = setting.and_then(|setting| match &setting.value {
        Value::Texts(texts) => Some(texts),
        Value::Times(_) => None,
    });
    texts.into_iter().flatten().map(|text| text.text.as_os_str())
}

fn is_for_prometheus(output: &OsStr) -> bool {
    let extension = Path::new(output).extension().and_then(OsStr::to_str);
    extension.and_then(ReportFormat::of_extension) == Some(ReportFormat::Prometheus)
}

/// Merges layers, the highest first. An option comes from one layer as a whole, even if it is a list. If lists were
/// joined, a user could not remove the items of a lower layer.
pub(super) fn effective_settings(layers: Vec<Vec<Setting>>) -> Vec<Setting> {
    let mut all: Vec<Setting> = Vec::new();
    for mut layer in layers {
        layer.retain(|below| !all.iter().any(|above| overrides(above, below)));
        all.extend(layer);
    }
    all
}

/// True if option `above` is given in a higher layer than option `below`.
pub(super) fn is_above(layers: &[Vec<Setting>], above: &str, below: &str) -> bool {
    let layer =
        |option: &str| layers.iter().position(|layer| layer.iter().any(|set| set.option == option && set.is_given()));
    layer(above).zip(layer(below)).is_some_and(|(above, below)| above < below)
}

fn overrides(above: &Setting, below: &Setting) -> bool {
    above.option == below.option || above.is_given() && conflict(&above.option, &below.option)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parses a layer: `json !fill` gives `json` and unsets `fill`.
    fn layer(line: &str) -> Vec<Setting> {
        let setting = |word: &str| Setting {
            option: word.trim_start_matches('!').to_owned(),
            value: Value::Times(u8::from(!word.starts_with('!'))),
            origin: Origin::CommandLine,
        };
        line.split_whitespace().map(setting).collect()
    }

    #[test]
    fn highest_layer_that_sets_an_option_wins() {
        let rows: [(&[&str], &str); 9] = [
            (&["by top", "by fill", "fill json"], "by top fill json"),
            (&["!fill", "fill"], "fill"),
            (&["format", "json"], "format"),
            (&["json", "format uv"], "json uv"),
            (&["!json", "format"], "json format"),
            (&["date", "since until fill"], "date fill"),
            (&["since", "until date"], "since until"),
            (&["", "quiet", "verbose"], "quiet"),
            // Rivals in one layer both stay: the parser reports the conflict.
            (&["quiet verbose"], "quiet verbose"),
        ];
        for (layers, expected) in rows {
            let found = effective_settings(layers.iter().map(|line| layer(line)).collect());
            let found: Vec<_> = found.iter().map(|setting| setting.option.as_str()).collect();
            assert_eq!(found.join(" "), expected, "{layers:?}");
        }
        let is_above = |layers: [&str; 3]| is_above(&layers.map(layer), "by", "top");
        assert!(is_above(["by", "fill", "top"]) && is_above(["by !top", "", "top by"]));
        assert!(!is_above(["by top", "", "top"]) && !is_above(["top", "by", ""]) && !is_above(["by", "", ""]));
        let undone = effective_settings(vec![layer("!fill"), layer("fill")]);
        assert!(!undone[0].is_given());
    }
}
