//! Precedence of layers: for each option, the highest layer that sets it wins.

use std::ffi::OsStr;
use std::path::Path;

use logstat::ReportFormat;

use super::options::are_rivals;
use super::setting::{Origin, Setting, Value};

/// Returns true if the settings in force give a dormant option an effect.
pub(super) type Wakes = fn(&[Setting]) -> bool;

/// THE TABLE of options that only modify another option: as defaults they are ignored while that option is unused.
pub(super) const SLEEPERS: [(&str, Wakes); 2] = [
    ("trust", |settings| texts(settings, "real-ip").next().is_some()),
    ("prom-label", |settings| {
        texts(settings, "format").any(|text| text == ReportFormat::Prometheus.name())
            || texts(settings, "output").any(is_for_prometheus)
    }),
];

/// True if a default is ignored because the option that it modifies is unused. On the command line such an option is a
/// mistake instead, and is reported.
pub(super) fn sleeps(setting: &Setting, settings: &[Setting]) -> bool {
    setting.origin != Origin::CommandLine
        && SLEEPERS.iter().any(|(option, wakes)| setting.option == *option && !wakes(settings))
}

/// The values that an option is set to.
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

/// Merges layers, the highest first. Each option is taken from a single layer, lists too: if layers added to a list, a
/// higher layer could not remove items.
pub(super) fn in_force(layers: Vec<Vec<Setting>>) -> Vec<Setting> {
    let mut all: Vec<Setting> = Vec::new();
    for mut layer in layers {
        layer.retain(|below| !all.iter().any(|above| displaces(above, below)));
        all.extend(layer);
    }
    all
}

/// True if both options are given, and `above` in a higher layer than `below`.
pub(super) fn is_above(layers: &[Vec<Setting>], above: &str, below: &str) -> bool {
    let layer =
        |option: &str| layers.iter().position(|layer| layer.iter().any(|set| set.option == option && set.is_given()));
    layer(above).zip(layer(below)).is_some_and(|(above, below)| above < below)
}

fn displaces(above: &Setting, below: &Setting) -> bool {
    above.option == below.option || above.is_given() && are_rivals(&above.option, &below.option)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parses a layer such as `json !fill`: `json` is set, `fill` is set to false.
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
            // Within one layer, clap reports the conflict.
            (&["quiet verbose"], "quiet verbose"),
        ];
        for (layers, expected) in rows {
            let found = in_force(layers.iter().map(|line| layer(line)).collect());
            let found: Vec<_> = found.iter().map(|setting| setting.option.as_str()).collect();
            assert_eq!(found.join(" "), expected, "{layers:?}");
        }
        let is_above = |layers: [&str; 3]| is_above(&layers.map(layer), "by", "top");
        assert!(is_above(["by", "fill", "top"]) && is_above(["by !top", "", "top by"]));
        assert!(!is_above(["by top", "", "top"]) && !is_above(["top", "by", ""]) && !is_above(["by", "", ""]));
        let undone = in_force(vec![layer("!fill"), layer("fill")]);
        assert!(!undone[0].is_given());
    }
}
