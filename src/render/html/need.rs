//! Width that a table needs. A table that has less is shown as a list of rows, with a label at each number, so that no
//! column is cut off. The style sheet does that by the class that is chosen here.

/// THE TABLE of widths, in rem, and their classes in `report.css`.
const STEPS: [(f64, &str); 15] = [
    (20.0, "need-20"),
    (24.0, "need-24"),
    (28.0, "need-28"),
    (32.0, "need-32"),
    (36.0, "need-36"),
    (40.0, "need-40"),
    (44.0, "need-44"),
    (48.0, "need-48"),
    (52.0, "need-52"),
    (56.0, "need-56"),
    (60.0, "need-60"),
    (64.0, "need-64"),
    (68.0, "need-68"),
    (72.0, "need-72"),
    (76.0, "need-76"),
];
/// Class of a table that is too wide for any page.
const TOO_WIDE: &str = "need-more";

/// Width of a character in rem. Digits of DejaVu Sans, a wide font, take 0.56 at the size of the tables.
const CHARACTER: f64 = 0.56;
/// Padding of a cell, on both sides together.
const PADDING: f64 = 1.0;
/// Width of the arrow in the heading that a table is sorted by.
const ARROW: f64 = 1.0;
/// Width of ranks with their padding.
const RANK: f64 = 2.5;
/// Least width of keys, as in `report.css`, and the width at which longer keys are broken.
const KEY: (f64, f64) = (9.0, 15.0);

/// Returns the class for the width of a table whose widest key and whose columns have these numbers of characters.
pub(super) fn class(key: usize, is_ranking: bool, columns: &[usize]) -> &'static str {
    let key = cell(key).max(KEY.0);
    let key = if is_ranking { key.min(KEY.1) + RANK } else { key };
    step(key + columns.iter().copied().map(cell).sum::<f64>() + ARROW)
}

fn cell(characters: usize) -> f64 {
    characters as f64 * CHARACTER + PADDING
}

fn step(rem: f64) -> &'static str {
    STEPS.iter().find(|(step, _)| *step >= rem).map_or(TOO_WIDE, |(_, class)| class)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::html::policy::STYLE;

    #[test]
    fn style_has_a_rule_for_every_step() {
        for (rem, class) in STEPS {
            assert_eq!(class, format!("need-{rem}"));
            assert!(STYLE.contains(&format!("@container (max-width: {rem}rem) {{ .{class} {{")), "{class}");
        }
        assert!(STYLE.contains(&format!(".{TOO_WIDE} {{")));
    }

    #[test]
    fn keys_of_rankings_may_be_broken() {
        assert_eq!(class(4, false, &[8, 5]), "need-20");
        assert_eq!(class(100, false, &[8, 5]), "need-68");
        assert_eq!(class(100, true, &[8, 5]), "need-28");
    }

    #[test]
    fn width_is_rounded_up() {
        assert_eq!([1.0, 20.0, 20.1, 76.0, 76.1].map(step), ["need-20", "need-20", "need-24", "need-76", "need-more"]);
    }
}
