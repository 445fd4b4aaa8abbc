//! Referers of the generated requests. Separate because they differ by kind of request.

use super::paths::{self, Kind};
use super::rng::{Rng, Weighted};

const SEARCHES: [&str; 6] = [
    "https://www.google.com/",
    "https://www.baidu.com/link?url=kX3vQmZ0",
    "https://www.bing.com/",
    "https://www.google.com.hk/",
    "https://duckduckgo.com/",
    "https://yandex.ru/",
];
const SITES: [&str; 5] = [
    "https://weibo.com/",
    "https://www.zhihu.com/",
    "https://t.co/",
    "https://m.douban.com/",
    "android-app://com.google.android.gm/",
];

/// Appends the referer. Images and API calls come from pages of the site, visits from outside or from nowhere; programs
/// send none.
pub(crate) fn push_referer(line: &mut Vec<u8>, kind: Kind, is_browser: bool, paths: &Weighted, rng: &mut Rng) {
    let chance = rng.below(100);
    let (page, origin, search, site) = match kind {
        _ if !is_browser => (3, 0, 0, 0),
        Kind::Page => (36, 0, 18, 6),
        Kind::Probe => (0, 0, 2, 0),
        Kind::Search => (76, 0, 0, 0),
        // To another host of the site, browsers send only the origin.
        Kind::Api | Kind::Asset | Kind::Media => (22, 48, 1, 1),
    };
    if chance < page {
        line.extend_from_slice(b"https://www.example.com");
        paths::push_page(line, paths.index(rng.bits()) as u64);
    } else if chance < page + origin {
        line.extend_from_slice(b"https://www.example.com/");
    } else if chance < page + origin + search {
        line.extend_from_slice(rng.pick(&SEARCHES).as_bytes());
    } else if chance < page + origin + search + site {
        line.extend_from_slice(rng.pick(&SITES).as_bytes());
    } else {
        line.push(b'-');
    }
}
