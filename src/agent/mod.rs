//! User agents: bots, browsers, systems and devices. Pure functions of an agent's text, and their tables.
//!
//! They report only what the text says. Browsers have frozen parts of it: *Windows NT 10.0* is also Windows 11. A bot that
//! claims to be a browser counts as that browser.

mod bot_class;
mod bot_rules;
mod bot_table;
mod browser;
mod device;
mod lower;
mod short_name;
mod system;
#[cfg(test)]
mod test_agents;
mod unknown_bot;
mod word_table;

use std::borrow::Cow;
use std::hash::Hasher;

use twox_hash::XxHash3_64;

pub use bot_class::BotClass;
pub use bot_rules::{Bot, BotPatternError, BotRules};
use lower::Lower;
pub(crate) use short_name::{Details, short_name};

/// Stands for a browser, a system or a device that is not in the tables.
const OTHER: &str = "other";

/// Family of the browser with a user agent: `Chrome`.
pub(crate) fn browser(agent: &[u8]) -> &'static str {
    browser::of(&Lower::new(agent)).map_or(OTHER, |browser| browser.family)
}

/// Family and major version of the browser with a user agent: `Chrome 126`.
pub(crate) fn browser_version(agent: &[u8]) -> Cow<'static, str> {
    browser::of(&Lower::new(agent)).map_or(Cow::Borrowed(OTHER), |browser| browser.with_version())
}

/// Operating system of a user agent, without its version: `Windows`.
pub(crate) fn os(agent: &[u8]) -> &'static str {
    system::of(&Lower::new(agent)).unwrap_or(OTHER)
}

/// Kinds of devices.
pub(crate) const DEVICES: [&str; 5] = ["desktop", "phone", "tablet", "tv", OTHER];

/// Kind of device of a user agent: `desktop`, `phone`, `tablet`, `tv`, or `other`.
pub(crate) fn device(agent: &[u8]) -> &'static str {
    device::of(&Lower::new(agent))
}

/// Hash of all tables here. States that were counted by different tables cannot be merged.
pub(crate) fn fingerprint() -> u64 {
    let mut hasher = XxHash3_64::with_seed(0);
    let mut add = |text: &str| {
        hasher.write(text.as_bytes());
        hasher.write(b"\n");
    };
    add(bot_table::TEXT);
    unknown_bot::hash_rules(&mut add);
    browser::hash_table(&mut add);
    system::hash_table(&mut add);
    device::hash_table(&mut add);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_people_with_a_browser_a_system_and_a_device() {
        let bots = BotRules::default();
        let mut count = 0;
        for test_agents::Person { browser, version, os, device, agent } in test_agents::people() {
            let bytes = agent.as_bytes();
            assert_eq!(bots.find(bytes), None, "{agent}");
            let with_version = if version == "-" { browser.to_owned() } else { format!("{browser} {version}") };
            let found = (super::browser(bytes), browser_version(bytes), super::os(bytes), super::device(bytes));
            assert_eq!(found, (browser, Cow::Owned(with_version), os, device), "{agent}");
            count += 1;
        }
        assert!(count >= 200, "{count} agents");
    }

    /// Agents of the package that are people's: packaging/bots.own leaves out their patterns.
    const PEOPLE: [&str; 4] = ["Instagram 406.0.0.58.159", "Code/1.115.0", "MetaIAB Facebook", "Fluid/0.9.6"];

    #[test]
    fn example_agents_of_bots_are_bots() {
        let bots = BotRules::default();
        let (mut people, mut unknown) = (Vec::new(), Vec::new());
        for agent in test_agents::bots() {
            match bots.find(agent.as_bytes()) {
                None => people.push(agent),
                Some(bot) if bot.class == BotClass::UnknownBot => unknown.push(agent),
                Some(_) => {}
            }
        }
        assert!(people.iter().all(|agent| PEOPLE.iter().any(|part| agent.contains(part))), "{people:#?}");
        assert_eq!(people.len(), PEOPLE.len());
        // The package finds these by texts within words.
        assert!(unknown.len() <= 3, "{unknown:#?}");
    }

    #[test]
    fn only_previews_of_messengers_are_bots() {
        let in_app = |app: &str| {
            format!(
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) {app}"
            )
        };
        for (agent, class) in [
            ("Viber", BotClass::SocialPreview),
            ("WhatsApp/2.21.12.21 A", BotClass::SocialPreview),
            ("TelegramBot (like TwitterBot)", BotClass::SocialPreview),
            ("facebookexternalhit/1.1;line-poker/1.0", BotClass::SocialPreview),
            (&in_app("Mobile/15E148 Viber/14.6"), BotClass::None),
            (&in_app("Mobile/15E148 WhatsApp/2.23.20.79"), BotClass::None),
            (&in_app("Mobile/15E148 Safari Line/10.19.1"), BotClass::None),
            (&in_app("Mobile/15E148 [FBAN/FBIOS;FBAV/413.0.0.37.112]"), BotClass::None),
        ] {
            assert_eq!(BotRules::default().class(agent.as_bytes()), class, "{agent}");
        }
    }

    #[test]
    fn programs_that_name_only_themselves_are_bots() {
        let bots = BotRules::default();
        for (agent, class, name) in [
            ("my-internal-monitor/1.0", BotClass::UnknownBot, "my-internal-monitor"),
            ("Django/4.2", BotClass::UnknownBot, "Django"),
            ("gunicorn", BotClass::UnknownBot, "gunicorn"),
            ("python-httpx/0.27.0", BotClass::Library, "python-httpx"),
            (
                "Mozilla/5.0 (compatible; Let's Encrypt validation server; +https://www.letsencrypt.org)",
                BotClass::Monitor,
                "Let's Encrypt",
            ),
        ] {
            let bot = bots.find(agent.as_bytes()).unwrap();
            assert_eq!((bot.class, str::from_utf8(&bot.name).unwrap()), (class, name), "{agent}");
        }
        for agent in [
            "Mozilla/5.0",
            "ShopApp/3.2 (iPhone; iOS 17.5)",
            "Dalvik/2.1.0 (Linux; U; Android 13; SM-A536B)",
            "Opera/9.80 (Windows NT 6.1) Presto/2.12.388 Version/12.18",
            "Nokia6230i/2.0 (03.80) Profile/MIDP-2.0 Configuration/CLDC-1.1",
        ] {
            assert_eq!(bots.find(agent.as_bytes()), None, "{agent}");
        }
    }

    #[test]
    fn every_kind_of_device_is_listed() {
        let agents = test_agents::bots().chain(test_agents::people().map(|person| person.agent));
        assert!(agents.map(|agent| device(agent.as_bytes())).all(|device| DEVICES.contains(&device)));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_an_agent(agent: Vec<u8>) {
            let bots = BotRules::default();
            let _ = (bots.find(&agent), browser_version(&agent), os(&agent), device(&agent));
            Details::all().for_each(|details| drop(short_name(&agent, &bots, details)));
        }

        #[test]
        fn agents_that_say_what_they_are_are_bots(
            parts in "(Mozilla/5[.]0 |[(]|compatible; |Bot|bot|crawl|/1[.]0|http|s|://|; |[)]| |-|\u{e4}|CUBOT|Version/){0,12}",
        ) {
            let bots = BotRules::default();
            let agent = parts.as_bytes();
            Details::all().for_each(|details| drop(short_name(agent, &bots, details)));
            let _ = (browser_version(agent), os(agent), device(agent));
            let says_bot = parts.to_ascii_lowercase().replace("cubot", "").contains("crawl");
            if says_bot || matches!(parts.trim(), "" | "-") {
                proptest::prop_assert!(bots.class(agent).is_bot());
            }
        }
    }
}
