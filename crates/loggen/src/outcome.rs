//! Outcome of a request: method, status, bytes and time. Separate so that the shares can be tuned until a report looks
//! like that of a real site.

use super::paths::{FIRST_MADE, Kind};
use super::rng::{Rng, mix};

/// Outcome of a request, as the log shows it.
pub(crate) struct Outcome {
    pub(crate) method: &'static str,
    pub(crate) status: u16,
    pub(crate) bytes: u64,
}

/// Shares of 10,000; the first row also gets the remainder.
type Shares<T> = &'static [(T, u64)];

const PAGE_METHODS: Shares<&str> = &[("GET", 9650), ("POST", 200), ("HEAD", 150)];
const API_METHODS: Shares<&str> =
    &[("GET", 7600), ("POST", 1700), ("PUT", 280), ("OPTIONS", 240), ("DELETE", 120), ("PATCH", 60)];
const FILE_METHODS: Shares<&str> = &[("GET", 9960), ("HEAD", 40)];

#[rustfmt::skip]
const PAGE: Shares<u16> = &[
    (200, 8900), (302, 410), (404, 250), (304, 190), (301, 120), (403, 50), (499, 40), (500, 22), (502, 8), (503, 4),
    (504, 6),
];
#[rustfmt::skip]
const API: Shares<u16> = &[
    (200, 9150), (401, 250), (304, 160), (404, 140), (400, 60), (403, 50), (499, 60), (429, 30), (500, 34), (502, 12),
    (504, 14),
];
const ASSET: Shares<u16> = &[(200, 8370), (304, 1500), (404, 110), (403, 10), (499, 10)];
const MEDIA: Shares<u16> = &[(200, 8330), (304, 1310), (206, 150), (404, 180), (499, 30)];
const PROBE: Shares<u16> = &[(404, 7800), (403, 1900), (301, 300)];
const OUTAGE: Shares<u16> = &[(200, 9350), (502, 420), (504, 160), (503, 70)];

/// Decides the outcome of a request for path `number`. In an outage, resources of the application often fail.
pub(crate) fn decide(kind: Kind, number: u64, is_browser: bool, outage: bool, rng: &mut Rng) -> Outcome {
    let bits = rng.bits();
    let method = match kind {
        // Robots and programs only read.
        _ if !is_browser => draw(FILE_METHODS, bits as u32),
        Kind::Api => draw(API_METHODS, bits as u32),
        Kind::Page | Kind::Search | Kind::Probe => draw(PAGE_METHODS, bits as u32),
        Kind::Asset | Kind::Media => draw(FILE_METHODS, bits as u32),
    };
    let mix = match kind {
        Kind::Page | Kind::Search | Kind::Api if outage => OUTAGE,
        Kind::Page | Kind::Search => PAGE,
        Kind::Api => API,
        Kind::Asset => ASSET,
        Kind::Media => MEDIA,
        Kind::Probe => PROBE,
    };
    let drawn = draw(mix, (bits >> 32) as u32);
    let status = match (drawn, method) {
        (200 | 304, "OPTIONS" | "DELETE") => 204,
        (200 | 304, "POST") if kind == Kind::Api => 201 - (bits >> 20 & 1) as u16,
        (200 | 304, "POST") if kind == Kind::Page => 302,
        (304, "PUT" | "PATCH") => 200,
        (200, _) => fate(kind, number),
        _ => drawn,
    };
    let bytes = if method == "HEAD" { 0 } else { bytes(kind, number, status, rng) };
    Outcome { method, status, bytes }
}

/// Some pages moved and some are gone; their status is the same each time.
fn fate(kind: Kind, number: u64) -> u16 {
    let fate = mix(number ^ 0xfa7e) & 63;
    match kind {
        Kind::Page if number >= FIRST_MADE && fate == 0 => 301,
        Kind::Page | Kind::Media if number >= FIRST_MADE && fate < 3 => 404,
        _ => 200,
    }
}

/// `$body_bytes_sent`: nginx's own pages have fixed sizes, and a file has the same size each time.
fn bytes(kind: Kind, number: u64, status: u16, rng: &mut Rng) -> u64 {
    let own = mix(number ^ 0x512e);
    // Sizes are spread over powers of two, like those of real files.
    let sized = |least: u32, powers: u64| {
        let size = 1 << (u64::from(least) + own % powers);
        size + (own >> 8) % size
    };
    match (status, kind) {
        (200 | 201, Kind::Asset) => sized(9, 9),
        (200, Kind::Media) => sized(13, 7),
        (206, _) => 1 + rng.below(sized(13, 7)),
        (200, Kind::Page | Kind::Search | Kind::Probe) => sized(12, 4) + rng.below(700),
        (200 | 201, Kind::Api) => sized(6, 7) + rng.below(90),
        (404, Kind::Page | Kind::Search) => 4_386,
        (400 | 401 | 403 | 404 | 429, Kind::Api) => 27 + u64::from(status % 10) * 9,
        (301, _) => 162,
        (302 | 304 | 204 | 499, _) => 0,
        (400 | 502, _) => 150,
        (403 | 404, _) => 146,
        (500, _) => 170,
        (503, _) => 190,
        _ => 160,
    }
}

/// `$request_time` in milliseconds: a few for files, tens to hundreds for the application, with a long tail up to 60 s.
pub(crate) fn time_ms(kind: Kind, number: u64, status: u16, rng: &mut Rng) -> u64 {
    let application = matches!(kind, Kind::Page | Kind::Search | Kind::Api);
    let median = match (status, kind) {
        (304, _) | (_, Kind::Asset | Kind::Probe) => 1.5,
        (_, Kind::Media) => 5.0,
        (502, _) => 3.0,
        (504, _) => return 60_000 + rng.below(100), // nginx's default timeout for an upstream
        (_, Kind::Search) => 130.0,
        (_, Kind::Page | Kind::Api) => 24.0 + (mix(number ^ 0x71e) % 84) as f64,
    };
    let usual = rng.log_normal(median, 0.75);
    let slow = match rng.below(1000) {
        0..40 if application => rng.log_normal(13.0, 1.2),
        0..22 if status != 304 => rng.log_normal(25.0, 1.4), // the visitor has a slow connection
        _ if status == 499 => 40.0,
        _ => 1.0,
    };
    ((usual * slow) as u64).min(59_999)
}

fn draw<T: Copy>(shares: Shares<T>, bits: u32) -> T {
    let mut left = (u64::from(bits) * 10_000) >> 32;
    for &(outcome, share) in shares {
        if left < share {
            return outcome;
        }
        left -= share;
    }
    shares[0].0
}

#[cfg(test)]
mod tests {
    use super::{API, API_METHODS, ASSET, FILE_METHODS, MEDIA, OUTAGE, PAGE, PAGE_METHODS, PROBE};

    #[test]
    fn shares_never_exceed_the_whole() {
        for shares in [PAGE, API, ASSET, MEDIA, PROBE, OUTAGE] {
            assert!(shares.iter().map(|row| row.1).sum::<u64>() <= 10_000, "{shares:?}");
        }
        for shares in [PAGE_METHODS, API_METHODS, FILE_METHODS] {
            assert_eq!(shares.iter().map(|row| row.1).sum::<u64>(), 10_000, "{shares:?}");
        }
    }
}
