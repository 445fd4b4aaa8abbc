//! Finds the setting behind a parse error. clap does not know where an argument came from, so the line is parsed again
//! without each setting in turn until the error is gone. Only a wrong configuration pays for this.

use super::Line;
use super::setting::{Origin, Setting, Value};
use crate::cli::args::Args;
use crate::cli::misuse::misuse;
pub(super) use crate::cli::usage_error::message;

/// Longest list whose items are tried one by one. For a longer list the origin is that of its key.
const FEW: usize = 100;

/// The result of checking a command line.
pub(super) type Verdict = Result<(), clap::Error>;

/// Returns the origin of the value without which the error is gone; `None` if only the command line is wrong.
pub(super) fn origin(
    settings: &[Setting],
    error: &clap::Error,
    judge: &dyn Fn(&[Setting]) -> Verdict,
) -> Option<Origin> {
    let heading = heading(error);
    let is_it = |without: &[Setting]| judge(without).map_or_else(|other| self::heading(&other) != heading, |()| true);
    let at = (0..settings.len()).filter(|at| settings[*at].origin != Origin::CommandLine).find(|at| {
        let mut without = settings.to_vec();
        without.remove(*at);
        is_it(&without)
    })?;
    let Value::Texts(texts) = &settings[at].value else { return Some(settings[at].origin.clone()) };
    let text = (0..texts.len()).filter(|_| texts.len() <= FEW).find(|one| {
        let mut without = settings.to_vec();
        if let Value::Texts(texts) = &mut without[at].value {
            texts.remove(*one);
        }
        is_it(&without)
    });
    Some(text.map_or_else(|| settings[at].origin.clone(), |one| texts[one].origin.clone()))
}

/// The first line of the message. Later lines list known names, which may differ when a correct setting is left out.
fn heading(error: &clap::Error) -> String {
    message(error).lines().next().unwrap_or_default().to_owned()
}

/// Puts the origin before an error message.
pub(super) fn placed(origin: &Origin, error: &clap::Error) -> clap::Error {
    misuse(&format!("{origin}: {}", message(error)))
}

impl Line {
    /// Adds the origin to an error that only all arguments together show, unless it is the command line.
    pub(crate) fn blamed(&self, error: clap::Error, judge: impl Fn(&Args) -> Verdict) -> clap::Error {
        let judge = |settings: &[Setting]| self.again(settings).and_then(|args| judge(&args));
        match origin(&self.settings, &error, &judge) {
            Some(origin) => placed(&origin, &error),
            None => error,
        }
    }
}
