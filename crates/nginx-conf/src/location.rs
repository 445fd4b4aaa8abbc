//! A `location`: the paths that it matches, and its handler.

use regex::bytes::Regex;

use super::content::Content;
use super::error::Error;
use super::fallback::{self, FallbackTarget};
use super::inherited::Inherited;
use super::not_followed::{NotFollowed, Why};
use super::place::{Place, Word, shown};
use super::regexes::{self, Case};
use super::rewrite::{self, Step};
use super::template::Template;
use super::tree::Directive;

/// The paths that a location matches.
#[derive(Clone, Debug)]
pub(crate) enum LocationMatcher {
    /// Paths that match no location: the server itself.
    Rest,
    /// `= /a`
    Exact(String),
    Prefix {
        name: String,
        /// True for `^~`: regular expressions are not tried.
        skips_regexes: bool,
    },
    /// `~` and `~*`.
    Regex(Regex),
    /// A regular expression that cannot be compiled, with the reason. It matches no path.
    Skipped(String),
    /// `@name`: matches no path.
    Named(String),
}

#[derive(Clone, Debug)]
pub(crate) struct Location {
    pub(crate) matcher: LocationMatcher,
    /// The arguments as written.
    pub(crate) written: String,
    pub(crate) place: Place,
    /// Indices of the nested locations in the list of the server, in the order of the file.
    pub(crate) nested: Vec<usize>,
    pub(crate) steps: Vec<Step>,
    pub(crate) content: Content,
    /// The first argument of `index`, own or inherited; `None` if only nginx knows it.
    pub(crate) index: Option<String>,
    /// True if it accepts only internal redirects of nginx: clients get 404.
    pub(crate) is_internal: bool,
    pub(crate) not_followed: Vec<NotFollowed>,
    /// Error pages that are not followed, and their targets.
    pub(crate) error_pages: Vec<(NotFollowed, FallbackTarget)>,
}

impl Location {
    /// Reads a location without its nested ones, or a server as the location of the remaining paths.
    pub(crate) fn read(directive: &Directive, inherited: &Inherited) -> Result<Self, Error> {
        let mut not_followed = Vec::new();
        let level = directive.body()?;
        let (matcher, written) = if directive.is("location") {
            (
                LocationMatcher::read(directive)?,
                directive.args.iter().map(|word| shown(&word.text)).collect::<Vec<_>>().join(" "),
            )
        } else {
            (LocationMatcher::Rest, String::new())
        };
        let regex = match &matcher {
            LocationMatcher::Regex(regex) => Some(regex),
            _ => None,
        };
        let steps = rewrite::steps(level, regex, &mut not_followed)?;
        let content = Content::read(level, inherited, regex, &mut not_followed)?;
        not_followed.extend(level.iter().filter_map(unknown_index));
        Ok(Location {
            matcher,
            written,
            place: directive.name.place.clone(),
            nested: Vec::new(),
            steps,
            content,
            index: inherited.index.clone(),
            is_internal: inherited.is_internal,
            not_followed,
            error_pages: level.iter().filter_map(fallback::other_error_page).collect(),
        })
    }

    /// Checks that nginx allows `inner` to be nested in this location.
    pub(crate) fn may_hold(&self, inner: &Location) -> Result<(), Error> {
        let refused = |why: &str| {
            let message = format!("location \"{}\" {why} \"{}\"", inner.written, self.written);
            Err(Error::at(&inner.place, message).of("location"))
        };
        let name = match (&self.matcher, &inner.matcher) {
            (LocationMatcher::Rest, _) => return Ok(()),
            (LocationMatcher::Exact(_), _) => return refused("cannot be inside the exact location"),
            (LocationMatcher::Named(_), _) => return refused("cannot be inside the named location"),
            (_, LocationMatcher::Named(_)) => return refused("can be on the server level only, and not inside"),
            (_, LocationMatcher::Regex(_) | LocationMatcher::Skipped(_)) => return Ok(()),
            (_, LocationMatcher::Exact(name) | LocationMatcher::Prefix { name, .. }) => name,
            (_, LocationMatcher::Rest) => return refused("cannot be inside"),
        };
        match &self.matcher {
            LocationMatcher::Prefix { name: outer, .. } if name.starts_with(outer.as_str()) => Ok(()),
            _ => refused("is outside location"),
        }
    }

    /// True if nginx redirects `uri` here: `uri` lacks the trailing slash of a location that passes requests to another
    /// process.
    pub(crate) fn redirects(&self, uri: &[u8]) -> bool {
        let (LocationMatcher::Exact(name) | LocationMatcher::Prefix { name, .. }) = &self.matcher else { return false };
        matches!(self.content, Content::HandedOver(_)) && name.as_bytes().strip_suffix(b"/") == Some(uri)
    }
}

/// Returns an entry for an `index` whose first file name contains a variable.
fn unknown_index(directive: &Directive) -> Option<NotFollowed> {
    let first = directive.args.first().filter(|_| directive.is("index"))?;
    let template = Template::new(&first.text);
    let name = template.unknown_variable(|_| false)?;
    Some(NotFollowed::new(directive, Why::Variable(name.to_owned())))
}

impl LocationMatcher {
    fn read(directive: &Directive) -> Result<Self, Error> {
        let args = directive.args_within(1..=2)?;
        let (modifier, name) = match args {
            [modifier, name] => (modifier.text.as_str(), name.text.as_str()),
            [word, ..] => joined(word),
            [] => ("", ""),
        };
        let prefix = |skips_regexes| LocationMatcher::Prefix { name: name.to_owned(), skips_regexes };
        let regex = |case| regexes::compile(name, case).map_or_else(LocationMatcher::Skipped, LocationMatcher::Regex);
        Ok(match modifier {
            "" if name.starts_with('@') => LocationMatcher::Named(name.to_owned()),
            "" => prefix(false),
            "^~" => prefix(true),
            "=" => LocationMatcher::Exact(name.to_owned()),
            "~" => regex(Case::Sensitive),
            "~*" => regex(Case::Insensitive),
            other => {
                let message = format!("invalid location modifier \"{}\"", shown(other));
                return Err(Error::at(&args[0].place, message).of("location"));
            }
        })
    }
}

/// Splits a modifier and a name that are written as one word: `=/a`.
fn joined(word: &Word) -> (&str, &str) {
    let cut = ["=", "^~", "~*", "~"].into_iter().find(|modifier| word.text.starts_with(modifier)).map_or(0, str::len);
    word.text.split_at(cut)
}
