//! Operating systems that user agents name, without versions: browsers have frozen those of Windows, macOS and Android.

use std::sync::LazyLock;

use super::lower::Lower;
use super::word_table::WordTable;

/// THE TABLE of systems with their texts in lower case. The first row with a text in the agent counts: a system comes
/// before those that it is made of or claims to be.
const ROWS: &[(&str, &[&str])] = &[
    ("Windows Phone", &["windows phone", "windows mobile", "windows ce", "iemobile"]),
    ("Xbox", &["xbox"]),
    ("PlayStation", &["playstation"]),
    ("Nintendo", &["nintendo"]),
    ("tvOS", &["appletv", "apple tv", "tvos"]),
    ("KaiOS", &["kaios"]),
    ("HarmonyOS", &["harmonyos", "openharmony"]),
    ("Tizen", &["tizen"]),
    ("webOS", &["web0s", "webos", "hpwos"]),
    ("Roku", &["roku"]),
    ("Chrome OS", &["cros "]),
    ("Symbian", &["symbian", "series60", "s60"]),
    ("BlackBerry", &["blackberry", "bb10", "playbook", "rim tablet os"]),
    ("iOS", &["iphone", "ipad", "ipod", "ios "]),
    ("Android", &["android", "adr "]),
    ("macOS", &["macintosh", "mac os x", "mac_powerpc", "intel mac os"]),
    ("Windows", &["windows", "win98", "win95", "winnt", "win64", "win32"]),
    ("Java ME", &["j2me", "midp"]),
    ("FreeBSD", &["freebsd"]),
    ("OpenBSD", &["openbsd"]),
    ("NetBSD", &["netbsd"]),
    ("Solaris", &["sunos", "solaris"]),
    ("Linux", &["linux", "x11", "ubuntu", "fedora", "debian"]),
];

/// A text in the table: the index of its row.
static TABLE: LazyLock<WordTable<u8>> = LazyLock::new(|| {
    let rows = ROWS.iter().zip(0..);
    WordTable::new(rows.flat_map(|((_, texts), row)| texts.iter().map(move |text| (*text, row))))
});

/// Finds the system of a user agent.
pub(super) fn of(lower: &Lower) -> Option<&'static str> {
    let row = TABLE.lowest(lower)?;
    Some(ROWS[usize::from(row)].0)
}

/// Adds the table to a hash.
pub(super) fn hash_table(add: &mut impl FnMut(&str)) {
    for (name, texts) in ROWS {
        add(name);
        texts.iter().for_each(|text| add(text));
    }
}
