//! Short names of user agents, for tables that have no room for the text.

use super::bot_rules::BotRules;
use super::lower::Lower;
use super::{browser, system};

/// Names a user agent in few words: `Chrome on Windows`, `Googlebot`, `curl`. Agents that are in no table keep the name
/// of their first product.
pub(crate) fn short_name(agent: &[u8], bots: &BotRules) -> String {
    name(agent, bots, false)
}

/// Like [`short_name`], with the version: `Chrome 126 on Windows`, `Googlebot 2.1`, `curl 8.5.0`.
pub(crate) fn short_name_with_version(agent: &[u8], bots: &BotRules) -> String {
    name(agent, bots, true)
}

fn name(agent: &[u8], bots: &BotRules, with_version: bool) -> String {
    if let Some(bot) = bots.find(agent) {
        let name = text(if bot.name.is_empty() { agent } else { &bot.name });
        let version = version_of(agent, &bot.name).filter(|_| with_version);
        return version.map_or(name.clone(), |version| format!("{name} {}", text(version)));
    }
    let lower = Lower::new(agent);
    let browser = match browser::of(&lower) {
        Some(browser) if with_version => browser.with_version().into_owned(),
        Some(browser) => browser.family.to_owned(),
        None => product(agent, with_version),
    };
    match system::of(&lower) {
        Some(os) => format!("{browser} on {os}"),
        None => browser,
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The first product of an agent: `Foo` in `Foo/1.2 (bar)`.
fn product(agent: &[u8], with_version: bool) -> String {
    let end = agent.iter().position(|byte| matches!(byte, b' ' | b'(' | b';')).filter(|end| *end > 0);
    let product = &agent[..end.unwrap_or(agent.len())];
    let slash = product.iter().position(|byte| *byte == b'/').unwrap_or(product.len());
    let (name, version) = (text(&product[..slash]), product.get(slash + 1..).unwrap_or_default());
    if with_version && !version.is_empty() { format!("{name} {}", text(version)) } else { name }
}

/// The version after a bot's name: `2.1` in `Googlebot/2.1`.
fn version_of<'a>(agent: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (lower, name) = (agent.to_ascii_lowercase(), name.to_ascii_lowercase());
    let at = memchr::memmem::find(&lower, &name).filter(|_| !name.is_empty())? + name.len();
    let version = agent[at..].strip_prefix(b"/")?;
    let len = version.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    Some(&version[..len]).filter(|version| !version.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_say_who_and_on_what() {
        for (agent, short, with_version) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
                "Chrome on Windows",
                "Chrome 126 on Windows",
            ),
            ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot", "Googlebot 2.1"),
            ("curl/8.5.0", "curl", "curl 8.5.0"),
            ("Mozilla/5.0 (compatible; yandexbot/3.0; +http://yandex.com/bots)", "YandexBot", "YandexBot 3.0"),
            ("ShopApp/3.2 (iPhone; iOS 17.5)", "ShopApp on iOS", "ShopApp 3.2 on iOS"),
            ("ShopApp", "ShopApp", "ShopApp"),
            ("(strange)", "(strange)", "(strange)"),
            ("FooFetcher 2 (+http://foo.example/)", "FooFetcher 2", "FooFetcher 2"),
            ("-", "-", "-"),
            ("", "", ""),
        ] {
            let bots = BotRules::default();
            assert_eq!(short_name(agent.as_bytes(), &bots), short, "{agent}");
            assert_eq!(short_name_with_version(agent.as_bytes(), &bots), with_version, "{agent}");
        }
    }
}
