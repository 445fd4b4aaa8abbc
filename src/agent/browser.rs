//! Browsers: the family and the major version that a user agent names.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::lower::Lower;
use super::word_table::{Found, WordTable};

/// A browser, as its user agent names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Browser<'a> {
    pub(super) family: &'static str,
    /// Digits of the major version.
    pub(super) version: Option<&'a [u8]>,
}

impl<'a> Browser<'a> {
    /// Family and version: `Chrome 126`.
    pub(super) fn with_version(self) -> Cow<'static, str> {
        match self.version {
            Some(version) => Cow::Owned(format!("{} {}", self.family, String::from_utf8_lossy(version))),
            None => Cow::Borrowed(self.family),
        }
    }
}

/// Where a version is.
#[derive(Clone, Copy)]
enum Version {
    /// After the text that names the browser.
    Here,
    /// After another text, or else after the text that names the browser.
    After(&'static str),
    /// Nowhere: the number after the text is not that of the app.
    No,
}
use Version::{After, Here, No};

/// A row of the table: the family, its texts in lower case, and where the version is.
type Row = (&'static str, &'static [&'static str], Version);

/// THE TABLE of browsers. The first row with a text in the agent counts: apps come before browsers, and a browser comes
/// before those that it claims to be.
const ROWS: &[Row] = &[
    // Apps that show pages.
    ("Facebook", &["fban/", "fbav/", "fb_iab/", "fb4a", "metaiab facebook"], After("fbav/")),
    ("Instagram", &["instagram "], Here),
    ("Threads", &["barcelona "], Here),
    ("WhatsApp", &["whatsapp/", "whatsapp "], Here),
    ("Viber", &["viber/", "viber "], Here),
    ("Telegram", &["telegram-android/", "telegram-ios/", "telegram/"], Here),
    ("LINE", &["line/"], Here),
    ("KakaoTalk", &["kakaotalk "], No),
    ("WeChat", &["micromessenger/", "wxwork/"], Here),
    ("Snapchat", &["snapchat/", "snapchat "], Here),
    ("Pinterest", &["pinterest/", "pinterest for "], After("pinterest/")),
    ("TikTok", &["musical_ly", "trill_", "bytedancewebview/", "bytelocale/", "tiktok "], No),
    ("Twitter", &["twitter for "], No),
    ("LinkedIn", &["linkedinapp"], No),
    ("Weibo", &["weibo "], No),
    ("Alipay", &["alipayclient/"], Here),
    ("Baidu", &["baiduboxapp/", "bidubrowser/", "baidubrowser/"], Here),
    ("QQ", &["qq/"], Here),
    ("Naver", &["naver(inapp"], No),
    ("Google", &["gsa/"], Here),
    // Browsers that claim to be Chrome or Safari.
    ("Edge", &["edg/", "edga/", "edgios/", "edge/"], Here),
    ("Opera Mini", &["opera mini/"], Here),
    ("Opera", &["opr/", "opt/", "opios/", "opx/"], Here),
    ("Opera", &["opera/", "opera "], After("version/")),
    ("Meta Quest Browser", &["oculusbrowser/"], Here),
    ("Samsung Internet", &["samsungbrowser/"], Here),
    ("Yandex Browser", &["yabrowser/", "yowser/", "yasearchbrowser/"], After("yabrowser/")),
    ("UC Browser", &["ucbrowser/", "ubrowser/", "ucweb", "uc browser/"], After("ucbrowser/")),
    ("MIUI Browser", &["xiaomi/miuibrowser/", "miuibrowser/"], Here),
    ("Huawei Browser", &["huaweibrowser/", "huawei browser/"], Here),
    ("QQ Browser", &["mqqbrowser/", "qqbrowser/"], Here),
    ("Vivaldi", &["vivaldi/"], Here),
    ("Brave", &["brave/", "brave chrome/", "brave"], Here),
    ("Whale", &["whale/"], Here),
    ("DuckDuckGo", &["ddg/", "duckduckgo/"], Here),
    ("Silk", &["silk/"], Here),
    ("Vivo Browser", &["vivobrowser/"], Here),
    ("HeyTap Browser", &["heytapbrowser/", "oppobrowser/", "realmebrowser/"], Here),
    ("Coc Coc", &["coc_coc_browser/"], Here),
    ("Sogou Explorer", &["metasr ", "sogoumobilebrowser/"], Here),
    ("360 Browser", &["360se", "360ee", "qihu 360", "360 aphone browser"], No),
    ("Maxthon", &["maxthon/", "maxthon ", "mxbrowser/", "maxthon"], Here),
    ("Puffin", &["puffin/"], Here),
    ("Sleipnir", &["sleipnir/"], Here),
    ("Avast Browser", &["avast/", "avg/"], Here),
    ("Ecosia", &["ecosia ", "ecosia/"], Here),
    ("Aloha", &["alohabrowser/"], Here),
    ("Nintendo Browser", &["nintendobrowser/"], Here),
    ("PlayStation Browser", &["playstation "], No),
    ("Falkon", &["falkon/", "qupzilla/"], Here),
    ("Konqueror", &["konqueror/"], Here),
    ("GNOME Web", &["epiphany/"], No),
    ("Midori", &["midori/"], Here),
    ("Lynx", &["lynx/"], Here),
    ("Electron", &["electron/"], Here),
    ("BlackBerry Browser", &["bb10;", "playbook;", "blackberry"], After("version/")),
    // Firefox and its relatives.
    ("Firefox Focus", &["focus/", "klar/"], Here),
    ("SeaMonkey", &["seamonkey/"], Here),
    ("Pale Moon", &["palemoon/"], Here),
    ("Waterfox", &["waterfox/"], Here),
    ("Thunderbird", &["thunderbird/"], Here),
    ("Firefox", &["firefox/", "fxios/"], Here),
    // Browsers that others claim to be.
    ("Internet Explorer", &["iemobile/", "iemobile ", "msie "], Here),
    ("Internet Explorer", &["trident/"], After("rv:")),
    ("Chromium", &["chromium/"], Here),
    // Safari's own requests, such as those for bookmarks.
    ("Safari", &["^safari/", "^mobilesafari/"], No),
    // An app that shows a page with Android's WebView says so, but not always which app it is.
    ("Android WebView", &["wv)", "version/4.0 chrome/"], After("chrome/")),
    ("Chrome", &["crios/", "chrome/", "crmo/"], Here),
];

/// A text in the table: the index of its row.
static TABLE: LazyLock<WordTable<u8>> = LazyLock::new(|| {
    let rows = ROWS.iter().zip(0..);
    WordTable::new(rows.flat_map(|((_, texts, _), row)| texts.iter().map(move |text| (*text, row))))
});

/// Finds the browser of a user agent.
pub(super) fn of(lower: &Lower) -> Option<Browser<'_>> {
    let mut first = None;
    TABLE.find(lower, |found| {
        if first.as_ref().is_none_or(|first: &Found<'_, u8>| found.value < first.value) {
            first = Some(found);
        }
        None::<()>
    });
    let text = lower.text();
    let Some(Found { value, end }) = first else { return of_webkit(text) };
    let (family, _, version) = ROWS[usize::from(*value)];
    let version = match version {
        Here => digits(text, end),
        After(before) => after(text, before).or_else(|| digits(text, end)),
        No => None,
    };
    Some(Browser { family, version })
}

/// Finds the browser of an agent without a known name, by WebKit: Safari, Android's old browser, or an app.
fn of_webkit(lower: &[u8]) -> Option<Browser<'_>> {
    find(lower, "applewebkit")?;
    let has = |text| find(lower, text).is_some();
    let family = match () {
        () if has("android") => "Android Browser",
        () if has("safari/") => "Safari",
        () if ["iphone", "ipad", "ipod", "macintosh"].into_iter().any(has) => "Apple WebView",
        () => return None,
    };
    Some(Browser { family, version: after(lower, "version/") })
}

/// The digits after a text.
fn after<'a>(lower: &'a [u8], before: &str) -> Option<&'a [u8]> {
    digits(lower, find(lower, before)? + before.len())
}

/// The digits from here on, if there are any.
fn digits(lower: &[u8], at: usize) -> Option<&[u8]> {
    let rest = &lower[at..];
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    Some(&rest[..count]).filter(|digits| !digits.is_empty())
}

fn find(lower: &[u8], text: &str) -> Option<usize> {
    memchr::memmem::find(lower, text.as_bytes())
}

/// Adds the table to a hash.
pub(super) fn hash_table(add: &mut impl FnMut(&str)) {
    for (family, texts, _) in ROWS {
        add(family);
        texts.iter().for_each(|text| add(text));
    }
}
