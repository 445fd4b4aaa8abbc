//! The host in a URL or in a logged `$host`, and the site that it belongs to.

use std::borrow::Cow;
use std::net::IpAddr;

use super::punycode;
use crate::ip;
use crate::query_args::percent_decoded;

/// A host: lower case, without port, in ASCII.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// A name, without the dot at its end. Other scripts are Punycode.
    Name(String),
    Address(IpAddr),
}

/// Schemes of web pages.
const WEB: [&str; 2] = ["http", "https"];

/// Scheme in which Android names the app that opened a page.
const APP: &str = "android-app";

/// Longest name and longest label in bytes (RFC 1035).
const LONGEST_NAME: usize = 253;
const LONGEST_LABEL: usize = 63;

/// The host of a referring URL. `None` if the text is not the URL of a web page or of an Android app.
///
/// An app is named by its package, which is a reversed domain: `android-app://org.telegram.messenger/` is
/// `messenger.telegram.org`. Without a scheme, the text must begin with a name in a known public suffix.
pub(crate) fn host_of_url(url: &[u8]) -> Option<Host> {
    let url = url.trim_ascii();
    match scheme(url) {
        Some((scheme, rest)) if WEB.iter().any(|web| scheme.eq_ignore_ascii_case(web.as_bytes())) => {
            // Browsers take any number of slashes, and backslashes for slashes.
            let slashes = rest.iter().take_while(|byte| is_slash(**byte)).count();
            of_authority(authority(&rest[slashes..]))
        }
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case(APP.as_bytes()) => {
            let package = name(authority(rest.strip_prefix(b"//")?))?;
            let labels: Vec<&str> = package.rsplit('.').collect();
            // A package such as `0.example` is not the name of a host.
            of_authority(labels.join(".").as_bytes()).filter(|host| matches!(host, Host::Name(_)))
        }
        // `example.com:8080/a` looks like a scheme, too.
        _ => of_authority(authority(url.strip_prefix(b"//").unwrap_or(url))).filter(Host::has_known_suffix),
    }
}

/// The host in a logged `$host` or `$http_host`, or as a user types it. A port is dropped.
pub(crate) fn host_of_text(text: &[u8]) -> Option<Host> {
    of_authority(text)
}

/// Splits a URL after its scheme and the colon.
fn scheme(url: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b':', url)?;
    let scheme = &url[..end];
    let is_scheme = scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    is_scheme.then(|| (scheme, &url[end + 1..]))
}

fn is_slash(byte: u8) -> bool {
    matches!(byte, b'/' | b'\\')
}

/// The text up to the path, the query or the fragment.
fn authority(rest: &[u8]) -> &[u8] {
    let end = rest.iter().position(|byte| is_slash(*byte) || matches!(byte, b'?' | b'#'));
    &rest[..end.unwrap_or(rest.len())]
}

/// The host of `user:password@host:port`.
fn of_authority(authority: &[u8]) -> Option<Host> {
    let host = memchr::memrchr(b'@', authority).map_or(authority, |at| &authority[at + 1..]);
    if let Some(address) = ip::address(host) {
        return Some(Host::Address(address));
    }
    let host = match memchr::memrchr(b':', host) {
        Some(colon) if host[colon + 1..].iter().all(u8::is_ascii_digit) => &host[..colon],
        _ => host,
    };
    let name = name(host)?;
    match name.parse::<IpAddr>() {
        Ok(address) => Some(Host::Address(address)),
        // Browsers read a name whose last label is a number as an address in another notation.
        Err(_) if name.rsplit('.').next()?.bytes().all(|byte| byte.is_ascii_digit()) => None,
        Err(_) => Some(Host::Name(name)),
    }
}

/// The name in ASCII and lower case; `None` if it is not a name.
fn name(host: &[u8]) -> Option<String> {
    let host = percent_decoded(host);
    let text = str::from_utf8(&host).ok()?;
    let text = if text.is_ascii() { text.to_ascii_lowercase() } else { punycode::to_ascii(text)? };
    let name = text.strip_suffix('.').unwrap_or(&text);
    let is_label = |label: &str| {
        (1..=LONGEST_LABEL).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    (name.len() <= LONGEST_NAME && name.split('.').all(is_label)).then(|| name.to_owned())
}

impl Host {
    /// The site: the registrable domain, or the host itself if it has none, such as `localhost` or an address.
    pub(crate) fn site(&self) -> Cow<'_, str> {
        match self {
            Host::Name(name) => Cow::Borrowed(psl::domain_str(name).unwrap_or(name)),
            Host::Address(address) => Cow::Owned(address.to_string()),
        }
    }

    /// True if the name ends with a public suffix of the list, and has a label before it.
    fn has_known_suffix(&self) -> bool {
        let Host::Name(name) = self else { return false };
        psl::domain(name.as_bytes()).is_some_and(|domain| domain.suffix().is_known())
    }

    /// The labels before a suffix that a registry manages: `www.google` of `www.google.co.uk`. `None` for an address, or
    /// if the suffix is that of a company, as in `google.github.io`.
    pub(super) fn before_suffix(&self) -> Option<&str> {
        let Host::Name(name) = self else { return None };
        let suffix = psl::suffix(name.as_bytes()).filter(|suffix| suffix.typ() == Some(psl::Type::Icann))?;
        name.get(..name.len().checked_sub(suffix.as_bytes().len() + 1)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of_url(url: &str) -> String {
        host_of_url(url.as_bytes()).map_or("-".to_owned(), |host| match host {
            Host::Name(name) => name,
            Host::Address(address) => address.to_string(),
        })
    }

    #[test]
    fn host_of_a_url_is_found() {
        for (url, expected) in [
            ("https://www.example.com/a?b#c", "www.example.com"),
            ("http://example.com", "example.com"),
            ("http://example.com?x", "example.com"),
            ("http://example.com#x", "example.com"),
            ("HTTPS://WWW.Example.COM:443/", "www.example.com"),
            ("https://example.com:/", "example.com"),
            ("https://example.com./", "example.com"),
            ("https://user:pa@ss@example.com:8080/", "example.com"),
            ("https://example.com/@other.org", "example.com"),
            ("https://example.com\\@other.org", "example.com"),
            ("https:/example.com/", "example.com"),
            ("https:\\\\example.com/", "example.com"),
            (" https://example.com/ ", "example.com"),
            ("https://ex%61mple.com/", "example.com"),
            ("https://my_shop.example/", "my_shop.example"),
            ("https://bücher.de/", "xn--bcher-kva.de"),
            ("https://xn--bcher-kva.DE/", "xn--bcher-kva.de"),
            ("http://localhost:8000/", "localhost"),
            ("http://192.0.2.1:8080/", "192.0.2.1"),
            ("http://[2001:DB8::1]:80/", "2001:db8::1"),
            ("http://[::ffff:192.0.2.1]/", "192.0.2.1"),
            ("http://3221225985/", "-"),
            ("http://192.0.2.256/", "-"),
            ("http://192.0.2/", "-"),
            ("android-app://org.telegram.messenger/", "messenger.telegram.org"),
            ("android-app://com.google.android.gm", "gm.android.google.com"),
            ("android-app:com.example", "-"),
            ("ios-app://123/", "-"),
            ("chrome-extension://abcdef/page.html", "-"),
            ("file:///etc/passwd", "-"),
            ("about:blank", "-"),
            ("javascript:alert(1)", "-"),
            ("www.example.com/a", "www.example.com"),
            ("example.com:8080/a", "example.com"),
            ("//example.com/a", "example.com"),
            ("bbc.co.uk", "bbc.co.uk"),
            ("index.php", "-"),
            ("co.uk", "-"),
            ("localhost", "-"),
            ("192.0.2.1", "-"),
            ("/login", "-"),
            ("", "-"),
            ("http://", "-"),
            ("http:///", "-"),
            ("https://a..b/", "-"),
            ("https://.example.com/", "-"),
            ("https://ex ample.com/", "-"),
            ("https://example.com'\"<script>/", "-"),
            ("https://exam\u{0}ple.com/", "-"),
            ("https://{host}/", "-"),
            ("() { :; }; echo", "-"),
        ] {
            assert_eq!(of_url(url), expected, "{url}");
        }
        assert_eq!(host_of_url(b"https://\xff\xfe.com/"), None);
        let long = |len: usize| format!("https://{}.com/", "a".repeat(len));
        assert!(of_url(&long(63)) != "-" && of_url(&long(64)) == "-");
        assert_eq!(of_url(&format!("https://{}com/", "a.".repeat(126))), "-");
    }

    #[test]
    fn site_is_the_registrable_domain() {
        for (host, expected) in [
            ("www.example.com", "example.com"),
            ("example.com:8080", "example.com"),
            ("news.bbc.co.uk", "bbc.co.uk"),
            ("co.uk", "co.uk"),
            ("me.github.io", "me.github.io"),
            ("github.io", "github.io"),
            ("www.city.kawasaki.jp", "city.kawasaki.jp"),
            ("a.b.xn--p1ai", "b.xn--p1ai"),
            ("wiki.corp.internal", "corp.internal"),
            ("localhost:8000", "localhost"),
            ("[2001:db8::1]:80", "2001:db8::1"),
            ("192.0.2.1", "192.0.2.1"),
        ] {
            let host = host_of_text(host.as_bytes()).unwrap();
            assert_eq!(host.site(), expected, "{host:?}");
        }
        assert_eq!(host_of_text(b"_"), Some(Host::Name("_".to_owned())));
        assert_eq!(host_of_text(b""), None);
        assert_eq!(host_of_text(b"*.example.com"), None);
    }

    proptest! {
        /// A host is safe text, and the same if it is found in itself.
        #[test]
        fn hostile_urls_give_hosts_or_nothing(
            before in prop::sample::select(vec!["", "http://", "https:", "//", "android-app://", "http://u:p@"]),
            text in prop::collection::vec(prop::sample::select(b"aZ0.-_:@/\\%4[]?# \x00\xc3\xbc\xff".to_vec()), 0..40),
        ) {
            if let Some(host) = host_of_url(&[before.as_bytes(), &text].concat()) {
                let site = host.site().into_owned();
                prop_assert!(!site.is_empty() && site.len() <= LONGEST_NAME);
                let again = host_of_text(site.as_bytes()).unwrap();
                prop_assert_eq!(again.site(), site);
            }
        }
    }
}
