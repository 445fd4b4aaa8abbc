//! `referer-site` and `referer-kind`: the site that links to a page, and its kind.
//!
//! A page of the site itself is not a referring site. It is recognized by the host of the same line, or by the hosts
//! that the user gives.

use std::borrow::Cow;

use super::KeyRules;
use super::row::{DerivedRow, KeyOf, OwnSite, Source};
use crate::batch::TextField;
use crate::keys::fixed_hash;
use crate::referer::{Host, KINDS, Kind, host_of_text, host_of_url};

pub(super) const SITE: DerivedRow = DerivedRow {
    name: "referer-site",
    singular: "referring site",
    plural: "referring sites",
    variables: "$http_referer",
    sources: &[(Source::Text(TextField::Referer), site)],
    own_site: Some(OwnSite { key: None, ..OWN_SITE }),
    ..DerivedRow::USUAL
};

pub(super) const KIND: DerivedRow = DerivedRow {
    name: "referer-kind",
    singular: "kind of referrer",
    plural: "kinds of referrers",
    variables: "$http_referer",
    sources: &[(Source::Text(TextField::Referer), kind)],
    otherwise: Some(Kind::Direct.name()),
    own_site: Some(OwnSite { key: Some(Kind::Internal.name()), ..OWN_SITE }),
    all_keys: Some(|| Kind::ALL.map(Kind::name).to_vec()),
    built_in: Some(("kinds of referring sites", || fixed_hash(KINDS.as_bytes()))),
    ..DerivedRow::USUAL
};

/// The site of the referrer is that of the request.
const OWN_SITE: OwnSite = OwnSite {
    from: (Source::Text(TextField::Referer), |_| KeyOf::of(|url| site_of(host_of_url(url)))),
    own: (Source::Text(TextField::Host), |_| KeyOf::of(|host| site_of(host_of_text(host)))),
    key: None,
};

fn site_of(host: Option<Host>) -> Option<Cow<'static, [u8]>> {
    host.map(|host| Cow::Owned(host.site().into_owned().into_bytes()))
}

/// The site of a URL that does not lead to one of the user's hosts.
fn site(rules: &KeyRules) -> KeyOf {
    let own = rules.own_hosts.clone();
    KeyOf::of(move |url| site_of(host_of_url(url).filter(|host| !own.have(host))))
}

/// The kind of a URL. A text that is not a URL is `other`: only programs send such texts.
fn kind(rules: &KeyRules) -> KeyOf {
    let own = rules.own_hosts.clone();
    KeyOf::of(move |url| {
        let kind = match host_of_url(url) {
            Some(host) if own.have(&host) => Kind::Internal,
            Some(host) => Kind::of(&host),
            None => Kind::Other,
        };
        Some(Cow::Borrowed(kind.name().as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_hosts_are_internal() {
        let own_hosts = crate::referer::OwnHosts::default().with("shop.example").unwrap();
        let rules = KeyRules { own_hosts, ..KeyRules::default() };
        for (url, expected_site, expected_kind) in [
            ("https://www.google.com/", "google.com", "search"),
            ("https://blog.example/post", "blog.example", "other"),
            ("https://www.shop.example/cart", "", "internal"),
            ("not a url", "", "other"),
        ] {
            let key = |make: fn(&KeyRules) -> KeyOf| make(&rules).key(url.as_bytes()).unwrap_or_default().into_owned();
            assert_eq!((key(site), key(kind)), (expected_site.into(), expected_kind.into()), "{url}");
        }
    }
}
