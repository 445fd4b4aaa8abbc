//! The hosts of the site itself, whose pages are not referring sites.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::host::{Host, host_of_text, host_of_url};
use crate::nginx::NginxConf;

/// Hosts of the site itself. A referrer from one of their sites is internal.
///
/// ```
/// let hosts = logstat::OwnHosts::default().with("shop.example")?.with("https://www.example.org/")?;
/// assert!(hosts.are_site_of(b"https://blog.shop.example/post") && !hosts.are_site_of(b"https://example.com/"));
/// # Ok::<(), logstat::OwnHostError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnHosts(Arc<BTreeSet<String>>);

/// Why a text is not a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OwnHostError {
    /// The text is neither a name nor an address.
    NotAHost,
}

impl fmt::Display for OwnHostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a host, such as shop.example")
    }
}

impl std::error::Error for OwnHostError {}

impl OwnHosts {
    /// Adds the site of a host: a name, an address, or a URL. A `*.` or `.` before the name is dropped.
    ///
    /// # Errors
    /// Fails if the text is none of these.
    pub fn with(mut self, host: &str) -> Result<OwnHosts, OwnHostError> {
        let name = host.strip_prefix("*.").or_else(|| host.strip_prefix('.')).unwrap_or(host);
        let found = host_of_url(name.as_bytes()).or_else(|| host_of_text(name.as_bytes()));
        let site = found.ok_or(OwnHostError::NotAHost)?.site().into_owned();
        Arc::make_mut(&mut self.0).insert(site);
        Ok(self)
    }

    /// Adds the hosts that nginx's configuration names. Regular expressions and the names `_` and `localhost`, which stand
    /// for any host, are left out.
    #[must_use]
    pub(crate) fn and_those_of(self, conf: Option<&NginxConf>) -> OwnHosts {
        let names = conf.into_iter().flat_map(NginxConf::server_names);
        let names = names.filter(|name| name.contains('.') && !name.starts_with('~'));
        names.fold(self, |own, name| own.clone().with(name).unwrap_or(own))
    }

    /// True if a URL leads to one of the sites.
    pub fn are_site_of(&self, url: &[u8]) -> bool {
        host_of_url(url).is_some_and(|host| self.have(&host))
    }

    /// True if a host is in one of the sites.
    pub(crate) fn have(&self, host: &Host) -> bool {
        !self.0.is_empty() && self.0.contains(&*host.site())
    }

    /// The sites, in the order of their names.
    pub fn sites(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_a_configuration_are_added() {
        let text =
            "http { server { server_name shop.example *.shop.example .a.example.org www.b.* _ localhost ~^x; } }";
        let conf = NginxConf::from_reader("-".as_ref(), text.as_bytes()).unwrap();
        let hosts = OwnHosts::default().with("c.example").unwrap().and_those_of(Some(&conf));
        assert_eq!(hosts.sites().collect::<Vec<_>>(), ["c.example", "example.org", "shop.example"]);
    }

    #[test]
    fn hosts_stand_for_their_sites() {
        let mut hosts = OwnHosts::default();
        assert!(hosts.is_empty() && !hosts.are_site_of(b"https://shop.example/"));
        for host in [
            "WWW.Shop.Example",
            "*.shop.example",
            ".shop.example",
            "https://a.example.co.uk:8080/x",
            "localhost",
            "[::1]:80",
        ] {
            hosts = hosts.with(host).unwrap();
        }
        assert_eq!(hosts.sites().collect::<Vec<_>>(), ["::1", "example.co.uk", "localhost", "shop.example"]);
        for (url, expected) in [
            ("https://shop.example/a", true),
            ("https://img.shop.example/a", true),
            ("https://notshop.example/", false),
            ("http://localhost:3000/", true),
            ("http://[::1]/", true),
            ("https://co.uk/", false),
            ("-", false),
        ] {
            assert_eq!(hosts.are_site_of(url.as_bytes()), expected, "{url}");
        }
        for text in ["", "a b", "~^www\\.(.+)$", "*", "1.2.3"] {
            assert_eq!(hosts.clone().with(text), Err(OwnHostError::NotAHost), "{text}");
        }
    }
}
