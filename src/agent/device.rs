//! Kinds of devices that user agents name.

use std::sync::LazyLock;

use super::lower::Lower;
use super::word_table::WordTable;

/// A kind of device. If an agent has the texts of several, the first counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Tv,
    /// Their agents may name the Xbox.
    WindowsPhone,
    /// Consoles, headsets, cars, watches.
    Other,
    /// Computers with Windows; their agents may say "Tablet PC".
    Windows,
    Tablet,
    Phone,
    /// Android without the word "Mobile".
    Android,
    Desktop,
}

/// THE TABLE of devices: texts in lower case.
const ROWS: &[(Kind, &[&str])] = &[
    (
        Kind::Tv,
        &[
            "smarttv",
            "smart-tv",
            "smart tv",
            "googletv",
            "google tv",
            "android tv",
            "androidtv",
            "hbbtv",
            "appletv",
            "apple tv",
            "tvos",
            "bravia",
            "netcast",
            "nettv",
            "roku",
            "crkey",
            "viera",
            "web0s",
            "aquos-tv",
            "mitv",
            "mibox",
            "aft",
            "philipstv",
            "opera tv",
            "tv safari",
            "dtv",
            "tv bro",
            "shield android tv",
            "vidaa",
            "large screen",
            "maple",
            "ce-html",
            "inettvbrowser",
        ],
    ),
    (Kind::WindowsPhone, &["windows phone", "windows mobile", "windows ce", "iemobile"]),
    (Kind::Other, &["xbox", "playstation", "nintendo", "oculusbrowser", "quest ", "mobile vr", "tesla", "watch"]),
    (Kind::Windows, &["windows nt", "windows 9", "win98"]),
    (
        Kind::Tablet,
        &[
            "ipad",
            "tablet",
            "playbook",
            "kindle",
            "sm-t",
            "sm-x",
            "sm-p",
            "gt-p",
            "nexus 7",
            "nexus 9",
            "nexus 10",
            "pixel c",
            "pixel tablet",
            "lenovo tb",
            "tb-",
            "mediapad",
            "matepad",
            "kfapwi",
            "kfmawi",
        ],
    ),
    (
        Kind::Phone,
        &[
            "iphone",
            "ipod",
            "mobile",
            "mobi",
            "phone",
            "kaios",
            "opera mini",
            "blackberry",
            "bb10",
            "symbian",
            "series60",
            "midp",
            "j2me",
            "nokia",
            "ucweb",
        ],
    ),
    (Kind::Android, &["android"]),
    (
        Kind::Desktop,
        &["macintosh", "mac os x", "windows", "x11", "cros ", "linux x86_64", "linux i686", "ubuntu", "freebsd"],
    ),
];

static TABLE: LazyLock<WordTable<Kind>> =
    LazyLock::new(|| WordTable::new(ROWS.iter().flat_map(|(kind, texts)| texts.iter().map(|text| (*text, *kind)))));

/// Finds the kind of device of a user agent: `desktop`, `phone`, `tablet`, `tv`, `other`.
pub(super) fn of(lower: &Lower) -> &'static str {
    match TABLE.lowest(lower) {
        Some(Kind::Tv) => "tv",
        Some(Kind::Windows | Kind::Desktop) => "desktop",
        Some(Kind::Tablet) => "tablet",
        Some(Kind::Phone | Kind::WindowsPhone) => "phone",
        // Browsers for Android say "Mobile" on phones. Apps say nothing.
        Some(Kind::Android) if lower.text().starts_with(b"mozilla/") => "tablet",
        Some(Kind::Other | Kind::Android) | None => "other",
    }
}

/// Adds the table to a hash.
pub(super) fn hash_table(add: &mut impl FnMut(&str)) {
    for text in ROWS.iter().flat_map(|(_, texts)| *texts) {
        add(text);
    }
}
