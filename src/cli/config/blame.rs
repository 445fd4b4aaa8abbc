//! Which of what files and variables say is wrong. Values are read where the command line's are, which knows no places: so
//! the line is read again without each of them, until it is right. Only who made a mistake waits for that.

use super::Line;
use super::setting::{Origin, Setting, Value};
use crate::cli::args::Args;
use crate::cli::misuse::misuse;

/// Of a list of more values it is not looked for which one it is: what stands for the whole list is its key.
const FEW: usize = 100;

/// What a command line is found to be: right, or wrong.
pub(super) type Verdict = Result<(), clap::Error>;

/// Where the value stands without which an error is no more; nothing if it is all the command line's.
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

/// What is wrong, without what clap puts around it.
pub(super) fn message(error: &clap::Error) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let end = ["\n\nUsage:", "\n\nFor more information"].iter().filter_map(|mark| text.find(mark)).min();
    text[..end.unwrap_or(text.len())].trim_end().to_owned()
}

/// The first line of it: those below list what there is, which may be other without a value that is right.
fn heading(error: &clap::Error) -> String {
    message(error).lines().next().unwrap_or_default().to_owned()
}

/// An error with its place.
pub(super) fn placed(origin: &Origin, error: &clap::Error) -> clap::Error {
    misuse(&format!("{origin}: {}", message(error)))
}

impl Line {
    /// An error that the arguments together show, with the place it is from if that is not the command line.
    pub(crate) fn blamed(&self, error: clap::Error, judge: impl Fn(&Args) -> Verdict) -> clap::Error {
        let judge = |settings: &[Setting]| self.again(settings).and_then(|args| judge(&args));
        match origin(&self.settings, &error, &judge) {
            Some(origin) => placed(&origin, &error),
            None => error,
        }
    }
}
