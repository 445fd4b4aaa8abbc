//! User agents of the generated log. Separate because they are a table to keep up to date.

use super::rng::Weighted;

/// A family of user agents. `{v}` stands for each version and `{d}` for each device, the most frequent first.
struct Family {
    share: f64,
    template: &'static str,
    newest: u32,
    oldest: u32,
    devices: &'static [&'static str],
}

const fn family(
    share: f64,
    template: &'static str,
    (newest, oldest): (u32, u32),
    devices: &'static [&'static str],
) -> Family {
    Family { share, template, newest, oldest, devices }
}

/// Abbreviations for text that is in nearly every template.
const SHORT: [(&str, &str); 3] = [
    ("{m}", "Mozilla/5.0"),
    ("{w}", "AppleWebKit/537.36 (KHTML, like Gecko)"),
    ("{s}", "AppleWebKit/605.1.15 (KHTML, like Gecko)"),
];
const DESKTOPS: &[&str] = &[
    "Windows NT 10.0; Win64; x64",
    "Macintosh; Intel Mac OS X 10_15_7",
    "X11; Linux x86_64",
    "Windows NT 6.1; Win64; x64",
    "X11; CrOS x86_64 14541.0.0",
];
const FOXES: &[&str] = &[
    "Windows NT 10.0; Win64; x64",
    "Macintosh; Intel Mac OS X 10.15",
    "X11; Ubuntu; Linux x86_64",
    "X11; Linux x86_64",
];
const PHONES: &[&str] = &[
    "10; K",
    "15; SM-S931B",
    "14; SM-A556E",
    "15; Pixel 9",
    "14; 23127PN0CC",
    "13; 2211133C",
    "15; V2324A",
    "12; ALN-AL00",
    "11; M2012K11AC",
];
const WECHAT_PHONES: &[&str] = &["15; SM-S931B", "14; 23127PN0CC", "15; V2324A"];
const MINORS: &[&str] = &["5", "3", "1", "2", "6", "4", "0"];
const WINDOWS: &[&str] = &["Windows NT 10.0; Win64; x64"];
const COMMON: &[&str] = &["Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7"];
const ONE: &[&str] = &[""];

/// Browsers, then programs. Families from `FIRST_PROGRAM` on send no referer and speak HTTP/1.1.
#[rustfmt::skip]
const FAMILIES: &[Family] = &[
    family(30., "{m} ({d}) {w} Chrome/{v}.0.0.0 Safari/537.36", (154, 109), DESKTOPS),
    family(16., "{m} (Linux; Android {d}) {w} Chrome/{v}.0.0.0 Mobile Safari/537.36", (154, 119), PHONES),
    family(9., "{m} (iPhone; CPU iPhone OS 18_7 like Mac OS X) {s} Version/{v}.{d} Mobile/15E148 Safari/604.1", (27, 26), &["1", "0", "2", "4", "3"]),
    family(5., "{m} (iPhone; CPU iPhone OS {v}_{d} like Mac OS X) {s} Version/{v}.{d} Mobile/15E148 Safari/604.1", (18, 14), MINORS),
    family(7., "{m} ({d}) {w} Chrome/{v}.0.0.0 Safari/537.36 Edg/{v}.0.0.0", (154, 118), COMMON),
    family(5., "{m} ({d}; rv:{v}.0) Gecko/20100101 Firefox/{v}.0", (157, 115), FOXES),
    family(4., "{m} (Macintosh; Intel Mac OS X 10_15_7) {s} Version/{v}.{d} Safari/605.1.15", (18, 15), MINORS),
    family(4., "{m} (Linux; Android {d}; wv) {w} Version/4.0 Chrome/130.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.{v}", (62, 44), WECHAT_PHONES),
    family(4., "{m} (iPhone; CPU iPhone OS 18_{d} like Mac OS X) {s} Mobile/15E148 MicroMessenger/8.0.{v} NetType/WIFI", (62, 48), &["5", "3", "1"]),
    family(2., "{m} (Linux; Android {d}) {w} SamsungBrowser/{v}.0 Chrome/125.0.0.0 Mobile Safari/537.36", (29, 20), &["10; K", "14; SM-A556E"]),
    family(1.5, "{m} (iPhone; CPU iPhone OS 18_{d} like Mac OS X) {s} CriOS/{v}.0.7151.107 Mobile/15E148 Safari/604.1", (154, 130), &["5", "3"]),
    family(1.0, "{m} (Linux; Android {d}; HarmonyOS) {w} Chrome/114.0.5735.196 HuaweiBrowser/15.0.{v}.301 Mobile Safari/537.36", (9, 1), &["12; ALN-AL00", "12; NOH-AN00"]),
    family(1.0, "{m} ({d}) {w} Chrome/{v}.0.0.0 Safari/537.36 OPR/109.0.0.0", (154, 130), WINDOWS),
    family(0.8, "{m} (iPad; CPU OS {v}_{d} like Mac OS X) {s} Version/{v}.{d} Mobile/15E148 Safari/604.1", (18, 15), MINORS),
    family(0.8, "{m} (Linux; U; Android {d}; zh-CN) {w} Version/4.0 Chrome/100.0.4896.58 UCBrowser/17.{v}.6.1432 Mobile Safari/537.36", (9, 1), &["14; V2324A"]),
    family(0.6, "{m} ({d}) {w} Chrome/122.0.6261.95 Safari/537.36 QQBrowser/13.{v}.5985.400", (9, 0), WINDOWS),
    family(0.5, "{m} ({d}) {w} Chrome/{v}.0.0.0 Safari/537.36 Vivaldi/7.1", (154, 146), WINDOWS),
    family(0.3, "{m} (Windows NT 6.1; WOW64; Trident/7.0; rv:{v}.0) like Gecko", (11, 11), ONE),
    // The first program.
    family(2.2, "{m} (compatible; Googlebot/2.{v}; +http://www.google.com/bot.html)", (1, 1), ONE),
    family(1.6, "{m} (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) {w} Chrome/{v}.0.7151.68 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", (154, 148), ONE),
    family(1.5, "{m} AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.{v}; +http://www.bing.com/bingbot.htm) Chrome/136.0.0.0 Safari/537.36", (0, 0), ONE),
    family(1.4, "{m} (compatible; Baiduspider/2.{v}; +http://www.baidu.com/search/spider.html)", (0, 0), ONE),
    family(0.6, "{m} (compatible; YandexBot/3.{v}; +http://yandex.com/bots)", (0, 0), ONE),
    family(0.8, "{m} (compatible; AhrefsBot/{v}.0; +http://ahrefs.com/robot/)", (7, 7), ONE),
    family(0.7, "{m} (compatible; SemrushBot/{v}~bl; +http://www.semrush.com/bot.html)", (7, 7), ONE),
    family(0.7, "{m} AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.{v}; +https://openai.com/gptbot)", (3, 0), ONE),
    family(0.6, "{m} AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/{v}.0; +claudebot@anthropic.com)", (1, 1), ONE),
    family(0.5, "{m} (Macintosh; Intel Mac OS X 10_15_7) {s} Version/{v}.5 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)", (18, 17), ONE),
    family(0.4, "{m} (Linux; Android 7.0;) {w} Mobile Safari/537.36 (compatible; PetalBot;+https://webmaster.petalsearch.com/site/petalbot)", (1, 1), ONE),
    family(0.4, "{m} (compatible; MJ12bot/v1.4.{v}; http://mj12bot.com/)", (8, 7), ONE),
    family(0.3, "{m} (compatible; DotBot/1.{v}; +https://opensiteexplorer.org/dotbot; help@moz.com)", (2, 1), ONE),
    family(0.4, "facebookexternalhit/1.{v} (+http://www.facebook.com/externalhit_uatext.php)", (1, 1), ONE),
    family(0.2, "Twitterbot/1.{v}", (0, 0), ONE),
    family(0.2, "Slackbot-LinkExpanding 1.{v} (+https://api.slack.com/robots)", (0, 0), ONE),
    family(0.3, "Sogou web spider/4.{v}(+http://www.sogou.com/docs/help/webmasters.htm#07)", (0, 0), ONE),
    family(0.2, "{m} (compatible; 360Spider/{v}.0; +http://webscan.360.cn)", (1, 1), ONE),
    family(0.3, "{m} (compatible; Bytespider; spider-feedback@bytedance.com) {w} Chrome/{v}.0.0.0", (122, 120), ONE),
    family(0.8, "curl/8.{v}.{d}", (16, 0), &["0", "1"]),
    family(0.2, "curl/7.{v}.0", (88, 58), ONE),
    family(0.1, "Wget/1.{v}.{d}", (25, 19), &["0", "1"]),
    family(0.8, "python-requests/2.{v}.{d}", (32, 18), &["3", "0", "1"]),
    family(0.2, "Python/3.{v} aiohttp/3.{d}", (13, 8), &["11.11", "9.5", "8.6"]),
    family(0.2, "python-httpx/0.{v}.0", (28, 22), ONE),
    family(0.6, "Go-http-client/{v}.{d}", (1, 1), &["1"]),
    family(0.2, "Go-http-client/{v}.0", (2, 2), ONE),
    family(1.6, "okhttp/4.{v}.{d}", (12, 7), &["0", "1"]),
    family(0.2, "Java/{v}.0.{d}", (21, 17), &["5", "2", "11"]),
    family(0.2, "Apache-HttpClient/5.{v} (Java/17.0.{d})", (4, 1), &["12", "9"]),
    family(0.2, "axios/1.{v}.{d}", (9, 0), &["0", "4"]),
    family(0.1, "node-fetch/{v}.0 (+https://github.com/bitinn/node-fetch)", (1, 1), ONE),
    family(0.1, "Scrapy/2.{v}.0 (+https://scrapy.org)", (12, 8), ONE),
    family(0.1, "libwww-perl/6.{v}", (77, 67), ONE),
    family(0.1, "Ruby/3.{v}.0 Faraday/2.{d}", (4, 1), &["12.2", "9.0"]),
    family(0.6, "{m}+(compatible; UptimeRobot/{v}.0; http://www.uptimerobot.com/)", (2, 2), ONE),
    family(0.3, "Pingdom.com_bot_version_1.{v}_(http://www.pingdom.com/)", (4, 4), ONE),
    family(0.3, "Blackbox Exporter/0.{v}.0", (27, 23), ONE),
    family(0.2, "kube-probe/1.{v}", (33, 27), ONE),
    family(0.1, "PostmanRuntime/7.{v}.0", (44, 32), ONE),
    family(0.1, "{m} zgrab/0.{v}", (9, 9), ONE),
    family(1.0, "Dalvik/2.1.0 (Linux; U; Android {d}) Shop/5.{v}", (12, 0), &["15; Pixel 9", "14; SM-A556E"]),
    family(2.2, "Shop/5.{v}.0 (iPhone; iOS 18.{d}; Scale/3.00)", (12, 0), MINORS),
    family(0.9, "-", (0, 0), ONE),
];
const FIRST_PROGRAM: usize = 18;

/// A user agent, ready to be written.
pub(crate) struct Agent {
    pub(crate) text: Box<str>,
    pub(crate) is_browser: bool,
}

impl Agent {
    /// Appends the text, repeated until it is at least `bytes` long. A missing user agent (`-`) is not repeated.
    pub(crate) fn push(&self, line: &mut Vec<u8>, bytes: usize) {
        let begin = line.len();
        line.extend_from_slice(self.text.as_bytes());
        while &*self.text != "-" && line.len() - begin < bytes {
            line.push(b' ');
            line.extend_from_slice(self.text.as_bytes());
        }
    }
}

pub(crate) struct Agents {
    all: Vec<Agent>,
    ranks: Weighted,
}

impl Agents {
    /// Weights each family by its share; within it, newer versions and common devices are more frequent (Zipf).
    pub(crate) fn new() -> Self {
        let (mut all, mut weights) = (Vec::new(), Vec::new());
        for (place, family) in FAMILIES.iter().enumerate() {
            let long = SHORT.iter().fold(family.template.to_owned(), |text, (name, value)| text.replace(name, value));
            let first = weights.len();
            for (age, version) in (family.oldest..=family.newest).rev().enumerate() {
                let text = long.replace("{v}", &version.to_string());
                for (rank, device) in family.devices.iter().enumerate() {
                    let text = text.replace("{d}", device).into_boxed_str();
                    all.push(Agent { text, is_browser: place < FIRST_PROGRAM });
                    weights.push(1.0 / ((1 + age) * (1 + rank)) as f64);
                }
            }
            let scale = family.share / weights[first..].iter().sum::<f64>();
            weights[first..].iter_mut().for_each(|weight| *weight *= scale);
        }
        Self { all, ranks: Weighted::new(weights.into_iter()) }
    }

    /// Returns the user agent for 64 random bits.
    pub(crate) fn agent(&self, bits: u64) -> &Agent {
        &self.all[self.ranks.index(bits)]
    }
}

#[cfg(test)]
mod tests {
    use super::{Agents, FAMILIES, FIRST_PROGRAM};
    use std::collections::HashSet;

    #[test]
    fn agents_are_many_distinct_and_complete() {
        let agents = Agents::new();
        let texts: HashSet<&str> = agents.all.iter().map(|agent| &*agent.text).collect();
        assert_eq!(texts.len(), agents.all.len());
        assert!(texts.len() > 1400, "{}", texts.len());
        assert!(texts.iter().all(|text| !text.contains(['{', '}', '"', '\\'])));
    }

    #[test]
    fn programs_begin_with_googlebot() {
        assert!(FAMILIES[FIRST_PROGRAM].template.contains("Googlebot"));
        assert!(FAMILIES[..FIRST_PROGRAM].iter().all(|family| !family.template.contains("bot")));
    }
}
