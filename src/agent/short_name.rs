//! Short names of user agents, for tables that have no room for the text.

use super::bot_rules::BotRules;
use super::lower::Lower;
use super::{browser, system};

/// What a short name has besides the name of the program. Those of browsers always have the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Details {
    pub(crate) system_of_bots: bool,
    pub(crate) version: bool,
}

impl Details {
    /// From the shortest names to the longest: `Googlebot`, `Googlebot on Android`, `Googlebot 2.1`, `Googlebot 2.1 on
    /// Android`.
    pub(crate) fn all() -> impl Iterator<Item = Details> {
        [(false, false), (true, false), (false, true), (true, true)]
            .into_iter()
            .map(|(system_of_bots, version)| Details { system_of_bots, version })
    }
}

/// Names a user agent in few words: `Chrome on Windows`, `Googlebot`, `curl 8.5.0`. Agents that are in no table keep the
/// name of their first product.
pub(crate) fn short_name(agent: &[u8], bots: &BotRules, details: Details) -> String {
    let with_version = details.version;
    if let Some(bot) = bots.find(agent) {
        if bot.name.is_empty() {
            return product(agent, with_version);
        }
        let version = version_of(agent, &bot.name).filter(|_| with_version);
        let name = text(&bot.name);
        let name = version.map_or(name.clone(), |version| format!("{name} {}", text(version)));
        let system = system::of(&Lower::new(agent)).filter(|_| details.system_of_bots);
        return system.map_or(name.clone(), |system| format!("{name} on {system}"));
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
            let [plain, with_system, of_version, _] = Details::all()
                .map(|details| short_name(agent.as_bytes(), &bots, details))
                .collect::<Vec<_>>()
                .try_into()
                .unwrap();
            assert_eq!(plain, short, "{agent}");
            assert_eq!(with_system, short, "{agent}");
            assert_eq!(of_version, with_version, "{agent}");
        }
        let agent = "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) Chrome/126.0 (compatible; Googlebot/2.1)";
        let names = Details::all().map(|details| short_name(agent.as_bytes(), &BotRules::default(), details));
        let expected = ["Googlebot", "Googlebot on Android", "Googlebot 2.1", "Googlebot 2.1 on Android"];
        assert!(names.eq(expected));
    }
}
