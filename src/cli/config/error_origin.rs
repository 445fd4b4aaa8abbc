//! Finds the setting behind a parse error. clap does not know where an argument came from, so the line is parsed again
//! without each setting in turn until the error is gone. Only a wrong configuration pays for this.

use super::ResolvedArgs;
use super::setting::{Origin, Setting, Value};
use crate::cli::args::Args;
use crate::cli::argument_error::argument_error;
pub(super) use crate::cli::usage_error::message;

/// Longest list whose items are tried one by one. For a longer list the origin is that of its key.
const MAX_ITEMS: usize = 100;

/// The result of checking a command line.
pub(super) type Checked = Result<(), clap::Error>;

/// Returns the origin of the value without which the error is gone; `None` if only the command line is wrong.
pub(super) fn find_origin(
    settings: &[Setting],
    error: &clap::Error,
    check: &dyn Fn(&[Setting]) -> Checked,
) -> Option<Origin> {
    let first_line = first_line(error);
    let is_fixed =
        |without: &[Setting]| check(without).map_or_else(|other| self::first_line(&other) != first_line, |()| true);
    let at = (0..settings.len()).filter(|at| settings[*at].origin != Origin::CommandLine).find(|at| {
        let mut without = settings.to_vec();
        without.remove(*at);
        is_fixed(&without)
    })?;
    let Value::Texts(texts) = &settings[at].value else { return Some(settings[at].origin.clone()) };
    let text = (0..texts.len()).filter(|_| texts.len() <= MAX_ITEMS).find(|one| {
        let mut without = settings.to_vec();
        if let Value::Texts(texts) = &mut without[at].value {
            texts.remove(*one);
        }
        is_fixed(&without)
    });
    Some(text.map_or_else(|| settings[at].origin.clone(), |one| texts[one].origin.clone()))
}

/// The first line of the message. Later lines list known names, which may differ when a correct setting is left out.
fn first_line(error: &clap::Error) -> String {
    message(error).lines().next().unwrap_or_default().to_owned()
}

/// Puts the origin before an error message.
pub(super) fn prefix_origin(origin: &Origin, error: &clap::Error) -> clap::Error {
    argument_error(&format!("{origin}: {}", message(error)))
}

impl ResolvedArgs {
    /// Adds the origin to an error that only all arguments together show, unless it is the command line.
    pub(crate) fn with_origin(&self, error: clap::Error, check: impl Fn(&Args) -> Checked) -> clap::Error {
        let check = |settings: &[Setting]| self.reparse(settings).and_then(|args| check(&args));
        match find_origin(&self.settings, &error, &check) {
            Some(origin) => prefix_origin(&origin, &error),
            None => error,
        }
    }
}
