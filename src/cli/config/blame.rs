//! Finds the setting behind a parse error. clap does not know where an argument came from, so the command line is
//! parsed again without each setting in turn until the error is gone. Only a wrong configuration pays for this.

use super::Line;
use super::setting::{Origin, Setting, Value};
use crate::cli::args::Args;
use crate::cli::misuse::misuse;

/// For longer lists, the origin is that of the key: the wrong item is not searched for.
const FEW: usize = 100;

/// Outcome of checking a command line.
pub(super) type Verdict = Result<(), clap::Error>;

/// Returns the origin of the value whose removal makes the error disappear; `None` if the command line alone causes it.
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

/// The text of an error without clap's `error:` prefix, usage line and pointer to the help.
pub(super) fn message(error: &clap::Error) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let end = ["\n\nUsage:", "\n\nFor more information"].iter().filter_map(|mark| text.find(mark)).min();
    text[..end.unwrap_or(text.len())].trim_end().to_owned()
}

/// The first line of the message. Later lines list the known names, which may change when an unrelated setting is left
/// out.
fn heading(error: &clap::Error) -> String {
    message(error).lines().next().unwrap_or_default().to_owned()
}

/// Prefixes an error with the origin of the setting behind it.
pub(super) fn placed(origin: &Origin, error: &clap::Error) -> clap::Error {
    misuse(&format!("{origin}: {}", message(error)))
}

impl Line {
    /// Adds the origin to an error that only the combination of arguments causes, unless it is the command line.
    pub(crate) fn blamed(&self, error: clap::Error, judge: impl Fn(&Args) -> Verdict) -> clap::Error {
        let judge = |settings: &[Setting]| self.again(settings).and_then(|args| judge(&args));
        match origin(&self.settings, &error, &judge) {
            Some(origin) => placed(&origin, &error),
            None => error,
        }
    }
}
