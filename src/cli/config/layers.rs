//! Which of several layers holds: for each option the highest that says anything.

use super::options::are_rivals;
use super::setting::Setting;

/// What holds of layers, the highest first. An option is taken from one layer wholly, lists too: what is added to could
/// never be got rid of.
pub(super) fn in_force(layers: Vec<Vec<Setting>>) -> Vec<Setting> {
    let mut all: Vec<Setting> = Vec::new();
    for mut layer in layers {
        layer.retain(|below| !all.iter().any(|above| displaces(above, below)));
        all.extend(layer);
    }
    all
}

/// Whether an option is given above the layer that gives another.
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
    use super::super::setting::{Origin, Value};
    use super::*;

    /// `json !fill`: what is given, and what is said not to be.
    fn layer(line: &str) -> Vec<Setting> {
        let setting = |word: &str| Setting {
            option: word.trim_start_matches('!').to_owned(),
            value: Value::Times(u8::from(!word.starts_with('!'))),
            origin: Origin::CommandLine,
        };
        line.split_whitespace().map(setting).collect()
    }

    #[test]
    fn the_highest_layer_that_says_anything_holds() {
        let rows: [(&[&str], &str); 9] = [
            (&["by top", "by fill", "fill json"], "by top fill json"),
            (&["!fill", "fill"], "fill"),
            (&["format", "json"], "format"),
            (&["json", "format uv"], "json uv"),
            (&["!json", "format"], "json format"),
            (&["date", "since until fill"], "date fill"),
            (&["since", "until date"], "since until"),
            (&["", "quiet", "verbose"], "quiet"),
            // Within a layer, it is not for us to choose.
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
