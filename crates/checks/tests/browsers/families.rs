//! Where ua-parser and logstat name browsers differently.

/// Names that ua-parser and logstat have for the same browser.
pub(super) const SAME: &[(&str, &str)] = &[
    ("Aloha Browser", "Aloha"),
    ("Amazon Silk", "Silk"),
    ("Android", "Android Browser"),
    ("Apple Mail", "Apple WebView"),
    ("Avast Secure Browser", "Avast Browser"),
    ("Baidu Explorer", "Baidu"),
    ("Baidu Box App", "Baidu"),
    ("BlackBerry WebKit", "BlackBerry Browser"),
    ("Chrome Mobile", "Chrome"),
    ("Chrome Mobile iOS", "Chrome"),
    ("Chrome Mobile WebView", "Android WebView"),
    ("DuckDuckGo Mobile", "DuckDuckGo"),
    ("Ecosia Android", "Ecosia"),
    ("Ecosia iOS", "Ecosia"),
    ("Edge Mobile", "Edge"),
    ("Epiphany", "GNOME Web"),
    ("Firefox Mobile", "Firefox"),
    ("Firefox iOS", "Firefox"),
    ("IE", "Internet Explorer"),
    ("IE Mobile", "Internet Explorer"),
    ("Iceweasel", "Firefox"),
    ("MiuiBrowser", "MIUI Browser"),
    ("Mobile Safari", "Safari"),
    ("MobileSafari", "Safari"),
    ("Mobile Safari UI/WKWebView", "Apple WebView"),
    ("Opera Mobile", "Opera"),
    ("Opera Touch", "Opera"),
    ("Oculus Browser", "Meta Quest Browser"),
    ("Other", "other"),
    ("QQ Browser Mobile", "QQ Browser"),
    ("VivoBrowser", "Vivo Browser"),
    ("WeChat Browser", "WeChat"),
];

/// Why a browser is another one for logstat.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reason {
    /// The agent names an app, for which ua-parser has no rule: it reports the engine that shows the page.
    App,
    /// The agent names a browser, for which ua-parser has no rule: it reports the browser that it is made of.
    Browser,
    /// ua-parser reports the device, or the software of its maker, in place of the browser.
    Device,
    /// ua-parser reports an extension of the browser.
    Extension,
    /// The agent belongs to an app, not to a browser. logstat reports `other`.
    NoBrowser,
    /// A rare browser of the past: logstat reports the browser that it is made of, or `other`.
    Rare,
    /// ua-parser's rule expects the name in other letters, or at another place.
    Spelling,
}
use Reason::{App, Browser, Device, Extension, NoBrowser, Rare, Spelling};

/// Differences: ua-parser's family (after [`SAME`]), logstat's, and the reason. `*` stands for any.
pub(super) const DIFFERENT: &[(&str, &str, Reason)] = &[
    ("Android WebView", "Alipay", App),
    ("Android WebView", "Facebook", App),
    ("Android WebView", "KakaoTalk", App),
    ("Android WebView", "LinkedIn", App),
    ("Android WebView", "Telegram", App),
    ("Android WebView", "Threads", App),
    ("Android WebView", "TikTok", App),
    ("Android WebView", "Viber", App),
    ("Android WebView", "WeChat", App),
    ("Apple WebView", "KakaoTalk", App),
    ("Apple WebView", "LinkedIn", App),
    ("Apple WebView", "QQ", App),
    ("Apple WebView", "Threads", App),
    ("Apple WebView", "TikTok", App),
    ("Apple WebView", "Viber", App),
    ("Apple WebView", "Weibo", App),
    ("Android WebView", "Baidu", App),
    ("Apple WebView", "WeChat", App),
    ("Chrome", "WeChat", App),
    ("other", "Instagram", App),
    ("Safari", "Naver", App),
    ("Apple WebView", "PlayStation Browser", Browser),
    ("Chrome", "360 Browser", Browser),
    ("Android WebView", "HeyTap Browser", Browser),
    ("Chrome", "Falkon", Browser),
    ("Chrome", "Vivo Browser", Browser),
    ("Safari", "Brave", Browser),
    ("Safari", "Opera", Browser),
    ("Crosswalk", "Whale", Browser),
    ("Firefox", "Firefox Focus", Browser),
    ("NetFront NX", "Nintendo Browser", Browser),
    ("Safari", "PlayStation Browser", Browser),
    ("other", "Nintendo Browser", Browser),
    ("HbbTV", "Chrome", Device),
    ("HbbTV", "Opera", Device),
    ("Kindle", "Android Browser", Device),
    ("Chrome Frame", "Internet Explorer", Extension),
    ("*", "other", NoBrowser),
    ("AOL", "Internet Explorer", Rare),
    ("Iron", "Chrome", Rare),
    ("Rekonq", "Safari", Rare),
    ("Baidu", "Android Browser", Rare),
    ("Android Browser", "MIUI Browser", Spelling),
    ("Chrome", "Meta Quest Browser", Spelling),
    ("Samsung Internet", "Meta Quest Browser", Spelling),
    ("WebKit Nightly", "Safari", Spelling),
    ("Android WebView", "Chrome", Spelling),
    ("Apple WebView", "Firefox", Spelling),
    ("Safari", "Chrome", Spelling),
];
