//! Paths and query strings of a fictional bookshop. A path is computed from its number and never stored, so ten million
//! paths take no memory.

use super::clock::BEGIN_EPOCH_S;
use super::digits::{push_decimal, push_hex};
use super::rng::{Rng, mix};

/// Kind of resource that a path leads to; it determines status, bytes, times and referers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Page,
    Search,
    Api,
    Asset,
    Media,
    /// Requested by scanners only.
    Probe,
}
use Kind::{Api, Asset, Media, Page, Probe, Search};

/// The most popular paths of every site, the most popular first.
const FAMILIAR: [(&str, Kind); 40] = [
    ("/api/cart/", Api),
    ("/", Page),
    ("/static/js/app.5f2c81d0.js", Asset),
    ("/static/css/site.a81c09f3.css", Asset),
    ("/search", Search),
    ("/favicon.ico", Asset),
    ("/static/img/logo.3d1e7b42.svg", Asset),
    ("/api/session/", Api),
    ("/static/js/vendor.e07be961.js", Asset),
    ("/media/catalogue/2026/11/front/cover-large.jpg", Media),
    ("/catalogue/", Page),
    ("/static/fonts/source-serif.9c04a7de.woff2", Asset),
    ("/api/v2/recommendations", Api),
    ("/static/img/sprite.77b0d3c1.webp", Asset),
    ("/account/login/", Page),
    ("/api/v2/stock", Api),
    ("/static/js/search.b21f6a08.js", Asset),
    ("/media/catalogue/2026/11/front/autumn-sale-2x.webp", Media),
    ("/robots.txt", Asset),
    ("/catalogue/new/", Page),
    ("/api/search/suggest", Search),
    ("/static/css/print.06ccd19e.css", Asset),
    ("/checkout/", Page),
    ("/wp-login.php", Probe),
    ("/static/img/payment.f0a4419b.png", Asset),
    ("/healthz", Api),
    ("/apple-touch-icon.png", Asset),
    ("/journal/", Page),
    ("/api/v2/track", Api),
    ("/static/js/checkout.1a9f3ce5.js", Asset),
    ("/account/orders/", Page),
    ("/sitemap.xml", Page),
    ("/.env", Probe),
    ("/api/graphql", Api),
    ("/media/catalogue/2026/10/front/readers-choice.jpg", Media),
    ("/manifest.webmanifest", Page),
    ("/xmlrpc.php", Probe),
    ("/about/", Page),
    ("/api/v2/newsletter", Api),
    ("/.git/config", Probe),
];

/// Number of the first generated path.
pub(crate) const FIRST_MADE: u64 = FAMILIAR.len() as u64;

/// Kinds of all further paths, repeated in turn, so that the shares of the kinds are the same at any depth of the
/// ranking. The first is a page: `push_page` relies on it.
#[rustfmt::skip]
const TURNS: [Kind; 20] = [
    Page, Media, Asset, Api, Media, Asset, Page, Media, Asset, Media,
    Page, Asset, Media, Api, Asset, Media, Page, Media, Api, Asset,
];
const SECTIONS: [&str; 12] = [
    "fiction",
    "history",
    "science",
    "travel",
    "cooking",
    "children",
    "poetry",
    "comics",
    "computing",
    "music",
    "gardening",
    "languages",
];
#[rustfmt::skip]
const WORDS: [&str; 48] = [
    "river", "winter", "silent", "garden", "letters", "harbour", "paper", "lantern", "northern", "mountain", "glass",
    "orchard", "salt", "island", "copper", "meadow", "railway", "midnight", "amber", "forest", "little", "clockwork",
    "teacher", "painted", "bridge", "summer", "stranger", "compass", "hollow", "kitchen", "atlas", "thunder", "velvet",
    "shadow", "market", "sparrow", "ocean", "broken", "castle", "morning", "dragon", "winding", "library", "crimson",
    "stone", "wander", "autumn", "echo",
];
/// Search terms as browsers send them: spaces as `+`, everything but ASCII percent-encoded.
const SOUGHT: [&str; 12] = [
    "%E4%B8%89%E4%BD%93",
    "%E7%BA%A2%E6%A5%BC%E6%A2%A6",
    "rust+programming",
    "%E5%84%BF%E7%AB%A5%E7%BB%98%E6%9C%AC",
    "atlas+of+the+world",
    "%D0%B2%D0%BE%D0%B9%D0%BD%D0%B0+%D0%B8+%D0%BC%D0%B8%D1%80",
    "isbn+9787020002207",
    "caf%C3%A9+cookbook",
    "harry+potter",
    "%E6%97%A5%E6%9C%AC%E8%AA%9E",
    "children%27s+books",
    "nginx",
];
const HANDLED: [&str; 5] = ["", "/reviews", "/stock", "/price", "/related"];
const SIZES: [&str; 4] = ["large", "medium", "thumb", "cover-large"];

/// Kind of path `number`.
pub(crate) fn kind(number: u64) -> Kind {
    match FAMILIAR.get(number as usize) {
        Some(&(_, kind)) => kind,
        None => TURNS[(number % 20) as usize],
    }
}

/// Host that serves a kind, for logs with `$host`.
pub(crate) fn host(kind: Kind) -> &'static str {
    match kind {
        Page | Search | Probe => "www.example.com",
        Api => "api.example.com",
        Asset | Media => "static.example.com",
    }
}

/// Appends path `number`. Different numbers have different paths, up to 2^32.
pub(crate) fn push_path(out: &mut Vec<u8>, number: u64) {
    if let Some((path, _)) = FAMILIAR.get(number as usize) {
        return out.extend_from_slice(path.as_bytes());
    }
    let bits = mix(number);
    let word = |at: u32| WORDS[(bits >> (6 * at) & 63) as usize % WORDS.len()];
    let section = SECTIONS[(bits >> 32) as usize % SECTIONS.len()];
    let month = ["07", "08", "09", "10", "11"][(bits >> 40) as usize % 5];
    let code = number as u32 ^ 0x5bd1_e995;
    let code = u64::from((code ^ code >> 15).wrapping_mul(0x2c1b_3c6d));
    let article = 100_000 + 37 * number;
    match TURNS[(number % 20) as usize] {
        Page | Search | Probe => {
            match bits >> 48 & 3 {
                0 => push(out, &["/journal/2026/", month, "/", word(0), "-", word(1), "-"]),
                1 => push(out, &["/catalogue/", section, "/", word(0), "-", word(1), "-"]),
                _ => push(out, &["/product/", word(0), "-", word(1), "-"]),
            }
            push_decimal(out, article);
            out.push(b'/');
        }
        Api => {
            let resource = ["products/", "orders/", "users/"][(bits >> 52) as usize % 3];
            push(out, &["/api/v2/", resource]);
            push_decimal(out, article);
            push(out, &[HANDLED[(bits >> 56) as usize % HANDLED.len()]]);
        }
        Asset => {
            let (folder, ending) = [
                ("js/", ".js"),
                ("css/", ".css"),
                ("img/", ".png"),
                ("img/", ".svg"),
                ("js/chunks/", ".js"),
                ("img/", ".webp"),
            ][(bits >> 48) as usize % 6];
            push(out, &["/static/", folder, word(0), "-", word(1), "."]);
            push_hex(out, code, 8);
            push(out, &[ending]);
        }
        Media => {
            push(out, &["/media/catalogue/2026/", month, "/"]);
            push_hex(out, code, 8);
            let ending = [".jpg", ".webp", "@2x.jpg"][(bits >> 56) as usize % 3];
            push(out, &["/", word(0), "-", SIZES[(bits >> 48 & 3) as usize], ending]);
        }
    }
}

/// The page nearest to path `number` in the ranking: a likely referer of a request for that path.
pub(crate) fn push_page(out: &mut Vec<u8>, number: u64) {
    let page = if number < FIRST_MADE { [1, 10, 19, 27][(number % 4) as usize] } else { number - number % 20 };
    push_path(out, page);
}

/// Appends a query string if this kind of request often has one. They are drawn from a few thousand.
pub(crate) fn push_query(out: &mut Vec<u8>, kind: Kind, rng: &mut Rng) {
    let chance = rng.below(100);
    match kind {
        Page if chance < 12 => push_number(out, "?page=", 2 + rng.below(30)),
        Page if chance < 18 => push_campaign(out, b'?', rng),
        Search => {
            push(out, &["?q="]);
            match rng.below(3) {
                0 => push(out, &[rng.pick(&SOUGHT)]),
                1 => push(out, &[rng.pick(&WORDS)]),
                _ => push(out, &[rng.pick(&WORDS), "+", rng.pick(&WORDS)]),
            }
            match chance {
                0..20 => push_number(out, "&page=", 2 + rng.below(9)),
                20..28 => push_campaign(out, b'&', rng),
                _ => {}
            }
        }
        Api if chance < 10 => push_number(out, "?limit=20&offset=", 20 * rng.below(40)),
        Api if chance < 16 => push(out, &["?fields=price,stock&currency=CNY"]),
        Asset if chance < 3 => push_number(out, "?v=3.14.", rng.below(20)),
        Media if chance < 8 => push_number(out, "?q=80&w=", 160 * (1 + rng.below(8))),
        _ => {}
    }
}

/// Appends a query string that no other request has; `line` is the number of the request in the log.
pub(crate) fn push_unique_query(out: &mut Vec<u8>, kind: Kind, line: u64, second: u64) {
    match kind {
        Page | Search | Probe => push(out, &["?utm_source=newsletter&mc_eid="]),
        Api => push_number(out, "?_=", 1000 * (BEGIN_EPOCH_S + second) + line % 1000),
        Asset | Media => push(out, &["?cb="]),
    }
    if kind == Api {
        push(out, &["&request_id="]);
    }
    push_hex(out, mix(line), 16);
}

fn push_campaign(out: &mut Vec<u8>, first: u8, rng: &mut Rng) {
    out.push(first);
    let source = rng.pick(&["google", "weibo", "newsletter", "wechat", "bing"]);
    let medium = rng.pick(&["cpc", "social", "email"]);
    push(out, &["utm_source=", source, "&utm_medium=", medium, "&utm_campaign=", rng.pick(&SECTIONS)]);
    push(out, &["-2026"]);
}

fn push_number(out: &mut Vec<u8>, before: &str, number: u64) {
    push(out, &[before]);
    push_decimal(out, number);
}

fn push(out: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::{FIRST_MADE, Kind, TURNS, push_path};
    use std::collections::HashSet;

    #[test]
    fn every_number_has_its_own_path() {
        let mut seen = HashSet::new();
        for number in 0..100_000 {
            let mut out = Vec::new();
            push_path(&mut out, number);
            assert!(out.starts_with(b"/") && !out.contains(&b' '));
            assert!(seen.insert(out));
        }
    }

    #[test]
    fn every_turn_starts_with_a_page() {
        assert_eq!((TURNS[0], FIRST_MADE % 20), (Kind::Page, 0));
    }
}
