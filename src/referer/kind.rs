//! The kind of a referring site: a search engine, a social network, an AI assistant, web mail, or another site.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::host::Host;

/// The kind of a referrer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Search,
    Social,
    AiAssistant,
    Mail,
    Other,
    /// The site itself.
    Internal,
    /// No referrer.
    Direct,
}

/// THE TABLE of hosts, as text. Its first lines explain it.
pub(crate) const KINDS: &str = include_str!("kinds.txt");

/// First labels of hosts that companies and providers use for their own web mail, without a row in the table.
const MAIL: [&str; 3] = ["webmail", "roundcube", "zimbra"];

/// The rows of the table, by their pattern.
static ROWS: LazyLock<HashMap<&str, Kind>> =
    LazyLock::new(|| rows().filter_map(|(host, kind)| Some((host, kind?))).collect());

/// The rows of the table in their order. The kind is `None` if the table names one that does not exist.
fn rows() -> impl Iterator<Item = (&'static str, Option<Kind>)> {
    let lines = KINDS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(|line| {
        let mut words = line.split_ascii_whitespace();
        words.next().zip(words.next()).map(|(host, kind)| (host, Kind::of_table(kind)))
    })
}

impl Kind {
    /// All kinds.
    pub(crate) const ALL: [Kind; 7] =
        [Kind::Search, Kind::Social, Kind::AiAssistant, Kind::Mail, Kind::Other, Kind::Internal, Kind::Direct];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Kind::Search => "search",
            Kind::Social => "social",
            Kind::AiAssistant => "ai-assistant",
            Kind::Mail => "mail",
            Kind::Other => "other",
            Kind::Internal => "internal",
            Kind::Direct => "direct",
        }
    }

    /// The kind with this name, of those that the table can have.
    fn of_table(name: &str) -> Option<Kind> {
        Kind::ALL
            .into_iter()
            .filter(|kind| !matches!(kind, Kind::Internal | Kind::Direct))
            .find(|kind| kind.name() == name)
    }

    /// The kind of a host: that of the row with the most labels. Without a row, `webmail.example.com` is mail.
    pub(crate) fn of(host: &Host) -> Kind {
        let Host::Name(name) = host else { return Kind::Other };
        let in_full = suffixes(name).find_map(|suffix| Some((labels(suffix), *ROWS.get(suffix)?)));
        let in_any_country = host.before_suffix().and_then(|before| {
            suffixes(before).find_map(|suffix| Some((labels(suffix) + 1, *ROWS.get(&*format!("{suffix}.*"))?)))
        });
        let longest = [in_full, in_any_country].into_iter().flatten().max_by_key(|(labels, _)| *labels);
        let by_name = || {
            let is_mail = name.split_once('.').is_some_and(|(first, _)| MAIL.contains(&first));
            if is_mail { Kind::Mail } else { Kind::Other }
        };
        longest.map_or_else(by_name, |(_, kind)| kind)
    }
}

fn labels(name: &str) -> usize {
    name.split('.').count()
}

/// The name, and what is left after each of its dots.
fn suffixes(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |rest| rest.split_once('.').map(|(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::super::host::host_of_url;
    use super::*;

    #[test]
    fn table_is_valid() {
        let mut hosts: Vec<_> = rows().map(|(host, _)| host).collect();
        for (host, kind) in rows() {
            assert!(kind.is_some(), "{host}");
            let name = host.strip_suffix(".*").map_or(host.to_owned(), |name| format!("{name}.com"));
            assert_eq!(host_of_url(format!("https://{name}/").as_bytes()), Some(Host::Name(name)), "{host}");
        }
        let lines = KINDS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        for line in lines {
            assert!(line.split_ascii_whitespace().count() >= 3, "no reason: {line}");
        }
        let count = hosts.len();
        hosts.sort_unstable();
        hosts.dedup();
        assert_eq!(hosts.len(), count, "a host has two rows");
    }

    #[test]
    fn kind_is_that_of_the_longest_suffix() {
        for (url, expected) in [
            ("https://www.google.com/", Kind::Search),
            ("https://www.google.co.uk/search?q=x", Kind::Search),
            ("https://google.de", Kind::Search),
            ("https://images.google.fr/", Kind::Search),
            ("https://mail.google.com/mail/u/0/", Kind::Mail),
            ("https://gemini.google.com/app", Kind::AiAssistant),
            ("https://docs.google.com/document/d/1", Kind::Other),
            ("https://notebooklm.google.com/", Kind::AiAssistant),
            ("https://google.github.io/", Kind::Other),
            ("https://notgoogle.com/", Kind::Other),
            ("https://google.com.evil.example/", Kind::Other),
            ("android-app://com.google.android.googlequicksearchbox/", Kind::Search),
            ("android-app://com.google.android.gm/", Kind::Mail),
            ("android-app://org.telegram.messenger/", Kind::Social),
            ("android-app://com.slack/", Kind::Other),
            ("https://www.bing.com/search?q=x", Kind::Search),
            ("https://yandex.ru/clck/jsredir", Kind::Search),
            ("https://yandex.com.tr/", Kind::Search),
            ("https://mail.yandex.ru/", Kind::Mail),
            ("https://duckduckgo.com/", Kind::Search),
            ("https://www.baidu.com/link?url=x", Kind::Search),
            ("https://search.yahoo.co.jp/search?p=x", Kind::Search),
            ("https://r.search.yahoo.com/", Kind::Search),
            ("https://mail.yahoo.com/", Kind::Mail),
            ("https://news.yahoo.com/", Kind::Other),
            ("https://seznam.cz/", Kind::Search),
            ("https://search.naver.com/", Kind::Search),
            ("https://t.co/abc", Kind::Social),
            ("https://x.com/a/status/1", Kind::Social),
            ("https://l.facebook.com/l.php?u=x", Kind::Social),
            ("https://out.reddit.com/", Kind::Social),
            ("https://www.linkedin.com/feed/", Kind::Social),
            ("https://news.ycombinator.com/item?id=1", Kind::Social),
            ("https://mastodon.social/@a", Kind::Social),
            ("https://chatgpt.com/", Kind::AiAssistant),
            ("https://chat.openai.com/", Kind::AiAssistant),
            ("https://www.perplexity.ai/search/x", Kind::AiAssistant),
            ("https://claude.ai/", Kind::AiAssistant),
            ("https://copilot.microsoft.com/", Kind::AiAssistant),
            ("https://outlook.live.com/", Kind::Mail),
            ("https://outlook.office.com/", Kind::Mail),
            ("https://webmail.example.com/", Kind::Mail),
            ("https://192.0.2.1/", Kind::Other),
            ("http://localhost/", Kind::Other),
            ("http://webmail/", Kind::Other),
        ] {
            let host = host_of_url(url.as_bytes()).unwrap();
            assert_eq!(Kind::of(&host), expected, "{url}");
        }
    }
}
