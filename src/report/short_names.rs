//! Short names of user agents, for the rankings in formats that people read.

use super::Row;
use crate::agent::{BotRules, short_name, short_name_with_version};

/// Gives rows of user agents their short names. Names that would be equal have the version; rows that are equal even
/// then keep the whole text.
pub(super) fn name_agents(rows: &mut [Row], bots: &BotRules) {
    for name in [short_name, short_name_with_version] {
        // Names with a version never repeat one without, because agents of one name all get their version.
        let unnamed: Vec<usize> = (0..rows.len()).filter(|at| rows[*at].short.is_none()).collect();
        let names: Vec<String> =
            unnamed.iter().map(|at| name(rows[*at].key.as_deref().unwrap_or_default().as_bytes(), bots)).collect();
        for (at, name) in unnamed.iter().zip(&names) {
            let is_taken = rows.iter().any(|row| row.short.as_ref() == Some(name));
            let is_unique = names.iter().filter(|other| *other == name).count() == 1;
            if is_unique && !is_taken && !name.is_empty() {
                rows[*at].short = Some(crate::text::printable(name.as_bytes()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_have_the_version_or_the_whole_text() {
        let chrome = |version: &str, more: &str| {
            format!(
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64{more}) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/{version}.0.0.0 Safari/537.36"
            )
        };
        let agents = [
            chrome("141", ""),
            chrome("142", ""),
            chrome("140", ""),
            chrome("140", "; a"),
            "curl/8.5.0".to_owned(),
            "-".to_owned(),
        ];
        let mut rows = agents.map(|agent| Row { key: Some(agent), ..Row::default() });
        name_agents(&mut rows, &BotRules::default());
        let names: Vec<_> = rows.iter().map(|row| row.short.as_deref()).collect();
        let expected =
            [Some("Chrome 141 on Windows"), Some("Chrome 142 on Windows"), None, None, Some("curl"), Some("-")];
        assert_eq!(names, expected);
    }
}
