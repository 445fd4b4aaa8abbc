//! Short names of user agents, for the rankings in formats that people read.

use super::Row;
use crate::agent::{BotRules, Details, short_name};

/// Gives rows of user agents their short names. Names that would be equal have the system of a bot, or the version; rows
/// that are equal even then keep the whole text.
pub(super) fn name_agents(rows: &mut [Row], bots: &BotRules) {
    for details in Details::all() {
        let unnamed: Vec<usize> = (0..rows.len()).filter(|at| rows[*at].short.is_none()).collect();
        let names: Vec<String> = unnamed
            .iter()
            .map(|at| short_name(rows[*at].key.as_deref().unwrap_or_default().as_bytes(), bots, details))
            .collect();
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
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)".to_owned(),
            "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) Chrome/126.0 (compatible; Googlebot/2.1)".to_owned(),
        ];
        let mut rows = agents.map(|agent| Row { key: Some(agent), ..Row::default() });
        name_agents(&mut rows, &BotRules::default());
        let names: Vec<_> = rows.iter().map(|row| row.short.as_deref()).collect();
        let expected = [
            Some("Chrome 141 on Windows"),
            Some("Chrome 142 on Windows"),
            None,
            None,
            Some("curl"),
            Some("-"),
            Some("Googlebot"),
            Some("Googlebot on Android"),
        ];
        assert_eq!(names, expected);
    }
}
