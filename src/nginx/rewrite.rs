//! What a level does with a path before it answers: `rewrite`, `return` and `break`, in their order.

use regex::bytes::Regex;

use super::error::NginxConfError;
use super::place::shown;
use super::regexes::{self, Case};
use super::template::Template;
use super::tree::Directive;
use super::unheeded::{Unheeded, Why};

#[derive(Clone, Debug)]
pub(super) enum Step {
    Rewrite {
        from: Regex,
        to: Template,
        then: Then,
    },
    /// As it is written.
    Return(String),
    Break,
}

/// What follows a `rewrite` that has fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// The next step; at the end another location is looked for.
    GoOn,
    /// `last`: another location is looked for at once.
    Last,
    /// `break`: the location stays.
    Stay,
    /// nginx answers with the new place.
    Redirect,
}

/// Where a path is after the steps.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum After {
    /// In the same location.
    Stays(Vec<u8>),
    /// In a location that is to be looked for.
    Moves(Vec<u8>),
    /// nginx has answered.
    Answered,
}

/// The steps of a level, and among `unheeded` what of them cannot be followed.
pub(super) fn steps(level: &[Directive], unheeded: &mut Vec<Unheeded>) -> Result<Vec<Step>, NginxConfError> {
    let mut steps = Vec::new();
    for directive in level {
        match directive.name.text.as_str() {
            "return" => {
                directive.args_within(1..=2)?;
                steps.push(Step::Return(directive.written()));
            }
            "break" => steps.push(Step::Break),
            "rewrite" => steps.extend(rewrite(directive, unheeded)?),
            _ => {}
        }
    }
    Ok(steps)
}

fn rewrite(directive: &Directive, unheeded: &mut Vec<Unheeded>) -> Result<Option<Step>, NginxConfError> {
    let args = directive.args_within(2..=3)?;
    let (pattern, to) = (&args[0], &args[1].text);
    let is_elsewhere = ["http://", "https://", "$scheme"].iter().any(|start| to.starts_with(start));
    let then = match args.get(2).map(|word| word.text.as_str()) {
        Some("redirect" | "permanent") => Then::Redirect,
        None | Some("last" | "break") if is_elsewhere => Then::Redirect,
        None => Then::GoOn,
        Some("last") => Then::Last,
        Some("break") => Then::Stay,
        Some(other) => {
            let message = format!("invalid parameter \"{}\" of rewrite", shown(other));
            return Err(NginxConfError::at(&args[2].place, message));
        }
    };
    match regexes::compile(&pattern.text, Case::Sensitive) {
        Ok(from) => Ok(Some(Step::Rewrite { from, to: Template::new(to), then })),
        Err(why) => {
            unheeded.push(Unheeded::new(directive, Why::Regex(why)));
            Ok(None)
        }
    }
}

/// Takes a path through the steps.
pub(super) fn run(steps: &[Step], mut uri: Vec<u8>) -> After {
    let mut has_moved = false;
    for step in steps {
        let (from, to, then) = match step {
            Step::Return(_) => return After::Answered,
            Step::Break => return After::Stays(uri),
            Step::Rewrite { from, to, then } => (from, to, *then),
        };
        let Some(found) = from.captures(&uri) else { continue };
        if then == Then::Redirect {
            return After::Answered;
        }
        let value = |name: &str| match name {
            "uri" | "document_uri" => Some(uri.clone()),
            _ => {
                let group = match name.parse::<usize>() {
                    Ok(number) if number < from.captures_len() => found.get(number),
                    _ if from.capture_names().flatten().any(|other| other == name) => found.name(name),
                    _ => return None,
                };
                Some(group.map(|group| group.as_bytes().to_vec()).unwrap_or_default())
            }
        };
        // A variable that only nginx knows: the location that was found is the best that can be said.
        let Some(moved) = to.path(value) else { return After::Stays(uri) };
        uri = moved;
        has_moved = true;
        match then {
            Then::Last => return After::Moves(uri),
            Then::Stay => return After::Stays(uri),
            Then::GoOn | Then::Redirect => {}
        }
    }
    if has_moved { After::Moves(uri) } else { After::Stays(uri) }
}

/// The `return` that a path meets if no `rewrite` takes it elsewhere.
pub(super) fn answer(steps: &[Step]) -> Option<&str> {
    steps.iter().take_while(|step| !matches!(step, Step::Break)).find_map(|step| match step {
        Step::Return(written) => Some(written.as_str()),
        _ => None,
    })
}
