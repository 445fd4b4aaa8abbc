//! Fallbacks, which answer if a file is missing: the last argument of `try_files`, an `error_page`, an `if` that checks
//! for the file, and Passenger's application.

use regex::bytes::Regex;

use super::error::Error;
use super::not_followed::{NotFollowed, Why};
use super::place::Word;
use super::template::{Part, Template};
use super::tree::Directive;

/// The answer of nginx if there is no file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fallback {
    /// The directive as written.
    pub(crate) written: String,
    pub(crate) target: FallbackTarget,
    /// True if nginx looks for a file that depends on the path. `try_files /maintenance.html @app` looks for the same
    /// file for every path.
    pub(crate) tries_path: bool,
    /// The file or directory that nginx looks for if the path ends with a slash.
    pub(crate) directory: Directory,
    /// True for an `error_page`: nginx follows only one per request.
    pub(crate) is_error_page: bool,
}

/// The file or directory that nginx looks for if a path ends with a slash. `try_files` does not accept a directory as a
/// file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Directory {
    /// Nothing is found: `$uri` can only be a directory.
    Nothing,
    /// A file below the directory, such as `$uri/index.html`.
    File,
    /// The directory, which is answered by its index: `$uri/`.
    Index,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FallbackTarget {
    /// A named location, including its `@`.
    Named(String),
    Uri(Template),
    /// A status code that nginx itself answers: `=404`.
    Code(u16),
    HandedOver,
}

impl Fallback {
    pub(crate) fn new(directive: &Directive, target: FallbackTarget, directory: Directory) -> Fallback {
        Fallback { written: directive.written(), target, tries_path: true, directory, is_error_page: false }
    }

    /// If a `try_files` ends in `=404` and there is an error page for it, continues there.
    pub(crate) fn with_error_page(self, error_page: Option<&Fallback>) -> Fallback {
        match error_page {
            Some(page) if self.target == FallbackTarget::Code(404) => {
                let written = format!("{}, {}", self.written, page.written);
                Fallback { written, target: page.target.clone(), is_error_page: true, ..self }
            }
            _ => self,
        }
    }
}

/// `passenger_enabled on`: the application answers if there is no file.
pub(crate) fn passenger(directive: &Directive) -> Option<Fallback> {
    let is_on = directive.args.first().is_some_and(|word| word.text == "on");
    is_on.then(|| Fallback::new(directive, FallbackTarget::HandedOver, Directory::Index))
}

/// Returns an entry if the last argument of a `try_files` has a variable that only nginx knows.
pub(crate) fn unknown_variable(
    directive: &Directive,
    fallback: Option<&Fallback>,
    location: Option<&Regex>,
) -> Option<NotFollowed> {
    let FallbackTarget::Uri(target) = &fallback?.target else { return None };
    let is_group =
        |name: &str| location.is_some_and(|regex| regex.capture_names().flatten().any(|group| group == name));
    target.unknown_variable(is_group).map(|name| NotFollowed::new(directive, Why::Variable(name.to_owned())))
}

pub(crate) fn try_files(directive: &Directive) -> Result<Option<Fallback>, Error> {
    let args = directive.args_within(2..=usize::MAX)?;
    let Some((last, tried)) = args.split_last() else { return Ok(None) };
    let has_variables = |word: &&Word| Template::new(&word.text).has_variables();
    let tries_path = tried.iter().any(|word| has_variables(&word));
    let is_path = |word: &Word| matches!(Template::new(&word.text).parts().last(), Some(part) if is_path(part));
    let directory = if tried.iter().filter(has_variables).any(|word| word.text.ends_with('/')) {
        Directory::Index
    } else if tried.iter().filter(has_variables).all(is_path) {
        Directory::Nothing
    } else {
        Directory::File
    };
    Ok(parse_target(&last.text).map(|target| Fallback { tries_path, ..Fallback::new(directive, target, directory) }))
}

/// `error_page 404 = @app` or `= /app.php`: the fallback that sites used before `try_files` existed. Other error pages
/// are only shown for missing files.
pub(crate) fn error_page(directive: &Directive) -> Option<Fallback> {
    let [codes @ .., answer, target] = directive.args.as_slice() else { return None };
    let is_fallback =
        answer.text == "=" && target.text.starts_with(['@', '/']) && codes.iter().any(|code| code.text == "404");
    parse_target(&target.text)
        .filter(|_| is_fallback)
        .map(|target| Fallback { is_error_page: true, ..Fallback::new(directive, target, Directory::Index) })
}

/// Returns an `error_page` that is only shown if a file is missing or access is denied, and its target.
pub(crate) fn other_error_page(directive: &Directive) -> Option<(NotFollowed, FallbackTarget)> {
    let (target, codes) = directive.args.split_last()?;
    let is_shown = codes.iter().any(|code| matches!(code.text.as_str(), "403" | "404" | "405"));
    let is_other = directive.is("error_page") && error_page(directive).is_none();
    let is_local = target.text.starts_with(['@', '/']);
    let target = parse_target(&target.text).filter(|_| is_other && is_shown && is_local)?;
    Some((NotFollowed::new(directive, Why::Failure), target))
}

fn parse_target(text: &str) -> Option<FallbackTarget> {
    match text.as_bytes().first()? {
        b'=' => Some(FallbackTarget::Code(text[1..].parse().unwrap_or_default())),
        b'@' => Some(FallbackTarget::Named(text.to_owned())),
        _ => Some(FallbackTarget::Uri(Template::new(text))),
    }
}

/// Returns what an `if` looks for, if it checks for the file of the path: `if (!-f $request_filename)`, the predecessor
/// of `try_files`.
pub(crate) fn file_check(directive: &Directive) -> Option<Directory> {
    let words = || directive.args.iter().map(|word| word.text.trim_start_matches('('));
    let directory = words().find_map(|word| match word.trim_start_matches('!') {
        "-f" => Some(Directory::Nothing),
        "-e" | "-d" => Some(Directory::Index),
        _ => None,
    });
    directory.filter(|_| words().any(|word| Template::new(word).parts().iter().any(is_path)))
}

fn is_path(part: &Part) -> bool {
    match part {
        Part::Variable(name) => matches!(name.as_str(), "request_filename" | "uri" | "document_uri" | "request_uri"),
        Part::Literal(_) => false,
    }
}
