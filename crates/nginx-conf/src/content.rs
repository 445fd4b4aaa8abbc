//! Handlers of locations: files, nginx itself, or a process to which nginx passes the request.

use std::fmt;

use regex::bytes::Regex;

use super::error::Error;
use super::fallback::{self, Fallback, FallbackTarget};
use super::inherited::Inherited;
use super::not_followed::{NotFollowed, Why};
use super::place::shown;
use super::roles::{Role, role};
use super::tree::Directive;

/// The handler of a location, given by its own directives. Only `passenger_enabled` and `error_page` are inherited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Another process answers. Contains the directive as written.
    HandedOver(String),
    /// nginx itself answers. Contains the directive as written.
    Generated(String),
    /// `empty_gif`.
    Gif,
    Files {
        /// The location's own or inherited `root` or `alias`.
        root: Option<String>,
        fallback: Option<Fallback>,
    },
}

impl Content {
    /// Determines the handler. `inherited` includes the settings of the level itself; `location` is the location's
    /// regular expression, if it has one.
    pub(crate) fn read(
        level: &[Directive],
        inherited: &Inherited,
        location: Option<&Regex>,
        not_followed: &mut Vec<NotFollowed>,
    ) -> Result<Self, Error> {
        let mut content = Content::Files { root: inherited.root.clone(), fallback: None };
        let mut tries = None;
        let mut checks = None;
        for directive in level {
            match directive.name.text.as_str() {
                "try_files" => {
                    tries = fallback::try_files(directive)?;
                    not_followed.extend(fallback::unknown_variable(directive, tries.as_ref(), location));
                    continue;
                }
                "if" | "limit_except" => {
                    let body = directive.body()?;
                    let hands_over = || body.iter().any(|inner| role(inner) == Role::HandsOver);
                    if let Some(of) = fallback::file_check(directive).filter(|_| hands_over()) {
                        checks = checks.or_else(|| Some(Fallback::new(directive, FallbackTarget::HandedOver, of)));
                    } else if body.iter().any(changes_handler) {
                        not_followed.push(NotFollowed::new(directive, Why::NotThePath));
                    }
                    not_followed.extend(body.iter().filter_map(undetermined));
                    continue;
                }
                // These serve files for some methods, and modify them for others.
                "dav_methods" if directive.args.iter().any(|word| word.text != "off") => {
                    not_followed.push(NotFollowed::new(directive, Why::NotThePath));
                    continue;
                }
                // If there are several, nginx takes the last.
                "empty_gif" => {
                    content = Content::Gif;
                    continue;
                }
                _ => {}
            }
            match role(directive) {
                Role::HandsOver => content = Content::HandedOver(directive.written()),
                Role::Generates => content = Content::Generated(directive.written()),
                Role::Setting => {}
                Role::MayAnswer | Role::Unknown => not_followed.extend(undetermined(directive)),
            }
        }
        if let Content::Files { fallback, .. } = &mut content {
            let error_page = inherited.error_page.as_ref();
            let tries = tries.map(|tries| tries.with_error_page(error_page));
            *fallback = tries.or(checks).or_else(|| inherited.passenger.as_ref().or(error_page).cloned());
        }
        Ok(content)
    }
}

/// Returns an entry for a directive that may answer a request in a way that cannot be determined here.
fn undetermined(directive: &Directive) -> Option<NotFollowed> {
    match role(directive) {
        Role::MayAnswer => Some(NotFollowed::new(directive, Why::Code)),
        Role::Unknown => Some(NotFollowed::new(directive, Why::Unknown)),
        Role::HandsOver | Role::Generates | Role::Setting => None,
    }
}

/// True if a directive within an `if` can change the handler.
fn changes_handler(directive: &Directive) -> bool {
    matches!(directive.name.text.as_str(), "rewrite" | "return" | "break" | "empty_gif")
        || matches!(role(directive), Role::HandsOver | Role::Generates)
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Content::HandedOver(written) | Content::Generated(written) => f.write_str(written),
            Content::Gif => f.write_str("empty_gif"),
            Content::Files { root, fallback } => {
                f.write_str("files")?;
                if let Some(root) = root {
                    write!(f, " of {}", shown(root))?;
                }
                fallback.as_ref().map_or(Ok(()), |fallback| write!(f, ", {}", fallback.written))
            }
        }
    }
}
