//! Settings that the levels of a configuration inherit.

use super::fallback::{self, Fallback};
use super::template::Template;
use super::tree::Directive;

/// Settings that a level passes on to its locations.
#[derive(Clone, Debug)]
pub(crate) struct Inherited {
    pub(crate) root: Option<String>,
    /// The first argument of `index`; `None` if it contains a variable or is random.
    pub(crate) index: Option<String>,
    /// Fallback of `passenger_enabled on`.
    pub(crate) passenger: Option<Fallback>,
    /// Fallback of `error_page`.
    pub(crate) error_page: Option<Fallback>,
    /// True if `ssl on` is set, a directive that nginx had before 1.25.1.
    pub(crate) ssl_on: bool,
    /// True if `internal` is set: the location does not accept requests from clients.
    pub(crate) is_internal: bool,
}

impl Default for Inherited {
    /// Returns nginx's defaults.
    fn default() -> Self {
        Inherited {
            root: None,
            index: Some("index.html".to_owned()),
            passenger: None,
            error_page: None,
            ssl_on: false,
            is_internal: false,
        }
    }
}

impl Inherited {
    /// Returns these settings, overridden by those of an inner level.
    pub(crate) fn and(&self, level: &[Directive]) -> Self {
        let find = |names: &[&str]| level.iter().find(|directive| names.contains(&directive.name.text.as_str()));
        let root = find(&["alias", "root"]).and_then(|directive| directive.args.first());
        let index = find(&["index"]).and_then(|directive| directive.args.first());
        let picks_any =
            find(&["random_index"]).is_some_and(|directive| directive.args.iter().any(|on| on.text == "on"));
        let mut error_pages = level.iter().filter(|directive| directive.is("error_page")).peekable();
        Inherited {
            error_page: match error_pages.peek() {
                None => self.error_page.clone(),
                Some(_) => error_pages.find_map(fallback::error_page),
            },
            root: root.map_or_else(|| self.root.clone(), |word| Some(word.text.clone())),
            index: match index {
                _ if picks_any => None,
                Some(word) => Some(word.text.clone()).filter(|name| !Template::new(name).has_variables()),
                None => self.index.clone(),
            },
            passenger: find(&["passenger_enabled"]).map_or_else(|| self.passenger.clone(), fallback::passenger),
            ssl_on: find(&["ssl"]).map_or(self.ssl_on, |directive| directive.args.iter().any(|on| on.text == "on")),
            is_internal: self.is_internal || find(&["internal"]).is_some(),
        }
    }
}
