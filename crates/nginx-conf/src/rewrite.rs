//! Steps of a level before its content: `rewrite`, `return` and `break`, in order.

use regex::bytes::Regex;

use super::captures::Captures;
use super::error::Error;
use super::not_followed::{NotFollowed, Why};
use super::place::shown;
use super::regexes::{self, Case};
use super::template::Template;
use super::tree::Directive;

/// Paths of every kind: an expression that matches all of them is assumed to match every path.
const SAMPLES: [&[u8]; 5] = [b"/", b"/a", b"/a/b.html", b"/\xff~1/.x/", b"/-"];

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Rewrite {
        from: Regex,
        to: Template,
        flag: RewriteFlag,
        /// The directive as written.
        written: String,
    },
    Return {
        /// The directive as written.
        written: String,
        redirects: bool,
    },
    Break,
}

/// Continuation after a `rewrite` that matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RewriteFlag {
    /// Runs the next step; after the last step, a location is chosen again.
    None,
    /// `last`: a location is chosen again at once.
    Last,
    /// `break`: the location stays the same.
    Break,
    /// nginx redirects the client.
    Redirect,
}

/// Result of the steps.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum StepsOutcome {
    /// The path stays in the same location.
    Stays(Vec<u8>),
    /// The path moves to a location that is yet to be chosen.
    Moves(Vec<u8>),
    /// nginx has answered.
    Answered,
    /// nginx has redirected the client.
    Redirected,
}

/// Reads the steps of a level. Steps that cannot be followed are added to `not_followed`. `location` is the regular
/// expression of the location, if it has one.
pub(crate) fn steps(
    level: &[Directive],
    location: Option<&Regex>,
    not_followed: &mut Vec<NotFollowed>,
) -> Result<Vec<Step>, Error> {
    let mut steps = Vec::new();
    for directive in level {
        match directive.name.text.as_str() {
            "return" => {
                let args = directive.args_within(1..=2)?;
                steps.push(Step::Return { written: directive.written(), redirects: redirects(&args[0].text) });
            }
            "break" => steps.push(Step::Break),
            "rewrite" => {
                let Some(step) = rewrite(directive, not_followed)? else { continue };
                let unknown = unknown_variable(&step, &steps, location).map(str::to_owned);
                not_followed.extend(unknown.map(|name| NotFollowed::new(directive, Why::Variable(name))));
                steps.push(step);
            }
            _ => {}
        }
    }
    Ok(steps)
}

/// True if a `return` with this first argument redirects the client: a redirect code, or a URL.
fn redirects(argument: &str) -> bool {
    matches!(argument, "301" | "302" | "303" | "307" | "308") || is_elsewhere(argument)
}

/// True if a target has another scheme or host, whatever its variables are.
fn is_elsewhere(target: &str) -> bool {
    ["http://", "https://", "$scheme"].iter().any(|start| target.starts_with(start))
}

/// Returns the first variable in the target of a rewrite that only nginx knows.
fn unknown_variable<'s>(step: &'s Step, before: &[Step], location: Option<&Regex>) -> Option<&'s str> {
    let Step::Rewrite { from, to, flag, .. } = step else { return None };
    if *flag == RewriteFlag::Redirect {
        return None;
    }
    let earlier = before.iter().filter_map(|step| match step {
        Step::Rewrite { from, .. } => Some(from),
        _ => None,
    });
    let regexes: Vec<&Regex> = earlier.chain(location).chain([from]).collect();
    to.unknown_variable(|name| regexes.iter().any(|regex| regex.capture_names().flatten().any(|group| group == name)))
}

fn rewrite(directive: &Directive, not_followed: &mut Vec<NotFollowed>) -> Result<Option<Step>, Error> {
    let args = directive.args_within(2..=3)?;
    let (pattern, to) = (&args[0], &args[1].text);
    let flag = match args.get(2).map(|word| word.text.as_str()) {
        Some("redirect" | "permanent") => RewriteFlag::Redirect,
        None | Some("last" | "break") if is_elsewhere(to) => RewriteFlag::Redirect,
        None => RewriteFlag::None,
        Some("last") => RewriteFlag::Last,
        Some("break") => RewriteFlag::Break,
        Some(other) => {
            let message = format!("invalid parameter \"{}\" of rewrite", shown(other));
            return Err(Error::at(&args[2].place, message).of("rewrite"));
        }
    };
    match regexes::compile(&pattern.text, Case::Sensitive) {
        Ok(from) => Ok(Some(Step::Rewrite { from, to: Template::new(to), flag, written: directive.written() })),
        Err(why) => {
            not_followed.push(NotFollowed::new(directive, Why::Regex(why)));
            Ok(None)
        }
    }
}

/// Runs the steps on a path.
pub(crate) fn run(steps: &[Step], mut uri: Vec<u8>, captures: &mut Captures) -> StepsOutcome {
    let mut has_moved = false;
    for step in steps {
        let (from, to, flag) = match step {
            Step::Return { redirects: true, .. } => return StepsOutcome::Redirected,
            Step::Return { redirects: false, .. } => return StepsOutcome::Answered,
            Step::Break => return StepsOutcome::Stays(uri),
            Step::Rewrite { from, to, flag, .. } => (from, to, *flag),
        };
        if !captures.match_with(from, &uri) {
            continue;
        }
        if flag == RewriteFlag::Redirect {
            return StepsOutcome::Redirected;
        }
        // The variable is known to nginx only: keeping the current location is the best guess.
        let Some(moved) = to.path(|name| captures.value(name, &uri)) else { return StepsOutcome::Stays(uri) };
        uri = moved;
        has_moved = true;
        match flag {
            RewriteFlag::Last => return StepsOutcome::Moves(uri),
            RewriteFlag::Break => return StepsOutcome::Stays(uri),
            RewriteFlag::None | RewriteFlag::Redirect => {}
        }
    }
    if has_moved { StepsOutcome::Moves(uri) } else { StepsOutcome::Stays(uri) }
}

/// The answer of the steps to every path that no `rewrite` leads elsewhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer<'s> {
    pub(crate) written: &'s str,
    pub(crate) redirects: bool,
    /// True if no earlier `rewrite` leads to a location.
    pub(crate) is_of_all: bool,
}

pub(crate) fn answer(steps: &[Step]) -> Option<Answer<'_>> {
    let mut is_of_all = true;
    for step in steps {
        match step {
            Step::Break => return None,
            Step::Return { written, redirects } => {
                return Some(Answer { written, redirects: *redirects, is_of_all });
            }
            Step::Rewrite { from, flag: RewriteFlag::Redirect, written, .. } if matches_all(from) => {
                return Some(Answer { written, redirects: true, is_of_all });
            }
            Step::Rewrite { flag: RewriteFlag::Last | RewriteFlag::Break, .. } => is_of_all = false,
            Step::Rewrite { flag: RewriteFlag::None | RewriteFlag::Redirect, .. } => {}
        }
    }
    None
}

/// True if an expression matches every sample path.
pub(crate) fn matches_all(regex: &Regex) -> bool {
    SAMPLES.iter().all(|path| regex.is_match(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_that_match_every_path_are_recognised() {
        for (pattern, expected) in [
            ("^", true),
            ("^/", true),
            ("^(.*)$", true),
            ("^/(.*)$", true),
            (".*", true),
            ("^/?(?<rest>.*)", true),
            ("^/(.+)$", false),
            ("^/$", false),
            ("^/a", false),
            (r"\.html$", false),
        ] {
            assert_eq!(matches_all(&regexes::compile(pattern, Case::Sensitive).unwrap()), expected, "{pattern}");
        }
    }
}
