//! What answers in a location: files, or somebody to whom nginx hands the request over.

use std::fmt;

use regex::bytes::Regex;

use super::error::NginxConfError;
use super::handlers::{Role, role};
use super::location::Inherited;
use super::place::{Word, shown};
use super::template::{Part, Template};
use super::tree::Directive;
use super::unheeded::{Unheeded, Why};

/// What answers, by the directives of a location itself. Of all that answers, only `passenger_enabled` and `error_page` are
/// inherited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Of another process, as the directive is written.
    HandedOver(String),
    /// Of nginx itself, as the directive is written.
    Generated(String),
    /// `empty_gif`.
    Gif,
    Files {
        /// The `root` or `alias`, own or inherited.
        root: Option<String>,
        fallback: Option<Fallback>,
    },
}

/// What answers where there is no file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fallback {
    /// The directive.
    pub(super) written: String,
    pub(super) to: To,
    /// Whether a file is looked for that depends on the path; `try_files /maintenance.html @app` looks for one, whatever
    /// the path is.
    pub(super) tries_path: bool,
    /// Whether a directory is looked for that depends on the path, as `$uri/` says.
    pub(super) tries_directory: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum To {
    /// A named location, with its `@`.
    Named(String),
    Uri(Template),
    HandedOver,
}

impl Fallback {
    fn new(directive: &Directive, to: To) -> Fallback {
        Fallback { written: directive.written(), to, tries_path: true, tries_directory: false }
    }
}

impl Content {
    /// `inherited` is with what the level says itself; `location` is the expression of the location, if it has one.
    pub(super) fn read(
        level: &[Directive],
        inherited: &Inherited,
        location: Option<&Regex>,
        unheeded: &mut Vec<Unheeded>,
    ) -> Result<Self, NginxConfError> {
        let mut content = Content::Files { root: inherited.root.clone(), fallback: None };
        let mut tries = None;
        let mut checks = None;
        for directive in level {
            match directive.name.text.as_str() {
                "try_files" => {
                    tries = try_files(directive)?;
                    unheeded.extend(unknown_variable(directive, tries.as_ref(), location));
                    continue;
                }
                "if" | "limit_except" => {
                    let body = directive.body()?;
                    if is_file_check(directive) && body.iter().any(|inner| role(inner) == Role::HandsOver) {
                        checks = checks.or_else(|| Some(Fallback::new(directive, To::HandedOver)));
                    } else if body.iter().any(acts) {
                        unheeded.push(Unheeded::new(directive, Why::NotThePath));
                    }
                    unheeded.extend(body.iter().filter_map(not_followed));
                    continue;
                }
                // Of several, the last is what nginx takes.
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
                Role::MayAnswer | Role::Unknown => unheeded.extend(not_followed(directive)),
            }
        }
        if let Content::Files { fallback, .. } = &mut content {
            let others = [&inherited.passenger, &inherited.error_page];
            *fallback = tries.or(checks).or_else(|| others.into_iter().flatten().next().cloned());
        }
        Ok(content)
    }
}

/// `passenger_enabled on`: the application answers where there is no file.
pub(super) fn passenger(directive: &Directive) -> Option<Fallback> {
    let is_on = directive.args.first().is_some_and(|word| word.text == "on");
    is_on.then(|| Fallback::new(directive, To::HandedOver))
}

/// Why a directive cannot be followed, if it may answer a request in a way that only nginx knows.
fn not_followed(directive: &Directive) -> Option<Unheeded> {
    match role(directive) {
        Role::MayAnswer => Some(Unheeded::new(directive, Why::Code)),
        Role::Unknown => Some(Unheeded::new(directive, Why::Unknown)),
        Role::HandsOver | Role::Generates | Role::Setting => None,
    }
}

/// The variable in the last argument of a `try_files` that only nginx knows.
fn unknown_variable(directive: &Directive, fallback: Option<&Fallback>, location: Option<&Regex>) -> Option<Unheeded> {
    let To::Uri(to) = &fallback?.to else { return None };
    let is_group =
        |name: &str| location.is_some_and(|regex| regex.capture_names().flatten().any(|group| group == name));
    to.unknown_variable(is_group).map(|name| Unheeded::new(directive, Why::Variable(name.to_owned())))
}

/// The fallback of a `try_files`; one that ends in a code has none, for nginx itself answers then.
fn try_files(directive: &Directive) -> Result<Option<Fallback>, NginxConfError> {
    let args = directive.args_within(2..=usize::MAX)?;
    let Some((last, tried)) = args.split_last() else { return Ok(None) };
    let has_variables = |word: &&Word| Template::new(&word.text).has_variables();
    let tries_path = tried.iter().any(|word| has_variables(&word));
    let tries_directory = tried.iter().filter(has_variables).any(|word| word.text.ends_with('/'));
    let fallback = |to| Fallback { written: directive.written(), to, tries_path, tries_directory };
    Ok(target(&last.text).map(fallback))
}

/// `error_page 404 = @app` or `= /app.php`, by which sites had a fallback before there was `try_files`. Other error pages are
/// only shown where something is missing.
pub(super) fn error_page(directive: &Directive) -> Option<Fallback> {
    let [codes @ .., answer, to] = directive.args.as_slice() else { return None };
    let is_fallback =
        answer.text == "=" && to.text.starts_with(['@', '/']) && codes.iter().any(|code| code.text == "404");
    target(&to.text).filter(|_| is_fallback).map(|to| Fallback::new(directive, to))
}

fn target(text: &str) -> Option<To> {
    match text.as_bytes().first()? {
        b'=' => None,
        b'@' => Some(To::Named(text.to_owned())),
        _ => Some(To::Uri(Template::new(text))),
    }
}

/// Whether an `if` asks for the file of the path: `if (!-f $request_filename)`, which is older than `try_files` too.
fn is_file_check(directive: &Directive) -> bool {
    let is_path = |part: &Part| match part {
        Part::Variable(name) => matches!(name.as_str(), "request_filename" | "uri" | "document_uri" | "request_uri"),
        Part::Literal(_) => false,
    };
    let words = || directive.args.iter().map(|word| word.text.trim_start_matches('('));
    words().any(|word| matches!(word.trim_start_matches('!'), "-f" | "-e" | "-d"))
        && words().any(|word| Template::new(word).parts().iter().any(is_path))
}

/// Whether a directive within an `if` makes a difference to what answers.
fn acts(directive: &Directive) -> bool {
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
