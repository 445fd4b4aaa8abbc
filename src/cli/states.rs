//! The options for states, and the combinations that are refused.

use std::io::{IsTerminal, stdout};
use std::path::{Path, PathBuf};

use clap::builder::NonEmptyStringValueParser;
use logstat::Input;

use super::help;
use super::inputs::is_standard;
use super::kept_days::KeptDays;
use super::messages::shown_path;
use super::state_file;
use super::state_inputs::Separated;
use super::values::FnParser;

/// The value of `--state` for the default place of a site, also if no value is given.
pub(crate) const SITE_STATE: &str = "@";

/// THE TABLE of options for states.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = help::STATES)]
pub(crate) struct StateArgs {
    /// Save what was counted to FILE, a state that can be merged
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    #[arg(long_help = help::SAVE)]
    pub(crate) save: Option<PathBuf>,

    /// Count what is new since the last run with FILE, and report all
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = SITE_STATE, hide_short_help = true)]
    #[arg(long_help = help::STATE)]
    pub(crate) state: Option<PathBuf>,

    /// True if the state is at the default place of a site, whose directory may not exist yet.
    #[arg(skip)]
    pub(crate) is_site_state: bool,

    /// True if a site is selected, but there is no home directory for its state.
    #[arg(skip)]
    pub(crate) is_homeless: bool,

    /// Drop days from the state that are older than this: 90d, 52w
    #[arg(long, value_name = "TIME", value_parser = FnParser(KeptDays::parse), allow_negative_numbers = true, hide_short_help = true)]
    #[arg(
        long_help = "Drop days from the state that are older than this, counted from its last day: 90d, 52w. Lines of dropped \
                     days that are read later are not counted; the report has their number"
    )]
    pub(crate) keep: Option<KeptDays>,

    /// Name of the log in the state [default: HOST:PATH]
    #[arg(long, value_name = "NAME", hide_short_help = true, value_parser = NonEmptyStringValueParser::new())]
    #[arg(
        long_help = "Name of the log in the state. States know by the name and the beginning of a log which of its lines they \
                     have. Standard input has no name by default, so its lines always count as new [default: HOST:PATH]"
    )]
    pub(crate) source: Option<String>,

    /// Leave out states whose lines are all in other states
    #[arg(long, hide_short_help = true)]
    #[arg(
        long_help = "Leave out states whose lines are all in other states, for example because a task ran twice. Without this \
                     option, states that have the same lines are not merged"
    )]
    pub(crate) dedupe: bool,

    /// Wait for another run that uses the same state
    #[arg(long, hide_short_help = true)]
    #[arg(
        long_help = "Wait for another run that uses the same state. Without this option, logstat then exits with code 1"
    )]
    pub(crate) wait: bool,

    /// Show days, sources, settings and sizes of a state, and read no log
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    #[arg(
        long_help = "Show the days, sources, settings and sizes of a state, and read no log. - is standard input; --json is for \
                     programs"
    )]
    pub(crate) inspect: Option<PathBuf>,
}

/// Facts about other options that decide whether a state can be read or written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Context {
    /// The option that drops keys or visitors, if one is given.
    pub(crate) bounds: Option<&'static str>,
    /// True for `--each`.
    pub(crate) divides: bool,
    /// True for `--anonymize` with exact visitors.
    pub(crate) masks_exact_visitors: bool,
    /// True if the report goes to standard output.
    pub(crate) prints_report: bool,
    /// True if standard input is read.
    pub(crate) reads_stdin: bool,
}

/// Why a state has no reports of `--each`.
const NOT_DIVIDED: &str = "a state has all requests together, so read the logs without a state";

impl StateArgs {
    /// True if a state is written.
    pub(crate) fn writes(&self) -> bool {
        self.save.is_some() || self.state.is_some()
    }

    /// Replaces `--state` without a file by the state of a site.
    pub(crate) fn use_site_state(&mut self, path: &Path) {
        if self.state.as_deref() == Some(Path::new(SITE_STATE)) {
            self.state = Some(path.to_owned());
            self.is_site_state = true;
        }
    }

    /// True if a report is written next to the state; `is_chosen` is true if the user chose a format or a file for it.
    pub(crate) fn reports(&self, is_chosen: bool) -> bool {
        self.save.is_none() || self.state.is_some() || is_chosen
    }

    /// The option that writes a state, as it begins messages.
    fn writer(&self) -> Option<&'static str> {
        if self.state.is_some() { Some("--state") } else { self.save.is_some().then_some("--save") }
    }

    /// The files that states are written to, each with its option.
    pub(crate) fn targets(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        let save = self.save.as_deref().filter(|path| !is_standard(path));
        let state = self.state.as_deref();
        save.map(|path| ("--save", path)).into_iter().chain(state.map(|path| ("--state", path)))
    }

    /// The reason why these options cannot be combined with each other or with the others.
    pub(crate) fn refusal(&self, context: Context) -> Option<String> {
        self.alone().or_else(|| self.with_state()).or_else(|| self.with_others(context))
    }

    /// The reason why an option has no meaning without another.
    fn alone(&self) -> Option<String> {
        match self {
            StateArgs { keep: Some(keep), .. } if !self.writes() => {
                Some(format!("--keep {keep} needs a state that is written: add --save FILE or --state FILE"))
            }
            StateArgs { wait: true, state: None, .. } => Some("--wait needs --state FILE".to_owned()),
            _ => None,
        }
    }

    /// The reason why `--state` has no usable file.
    fn with_state(&self) -> Option<String> {
        let path = self.state.as_deref()?;
        let shown = shown_path(path);
        match shown.strip_prefix('@') {
            Some("") if self.is_homeless => Some(
                "--state has no default file, because neither HOME nor XDG_STATE_HOME is set: use --state FILE".to_owned(),
            ),
            Some("") => Some(
                "--state needs a file: --state FILE\n  only a site of the configuration file has a default:  logstat \
                 @NAME --state"
                    .to_owned(),
            ),
            Some(_) => Some(format!(
                "--state {shown}: a site must be among the files\n  for its default state:  logstat {shown} --state\n  for a \
                 file of that name:  --state ./{shown}"
            )),
            None if is_standard(path) => Some(
                "--state -: the state is read and then replaced, so it must be a file; to write it to standard output, use \
                 --save -"
                    .to_owned(),
            ),
            None => None,
        }
    }

    /// The reason why `--state` has nothing to count without a file. Its value may be the log that was meant.
    pub(crate) fn refusal_without_files(&self) -> Option<String> {
        let path = self.state.as_deref()?;
        self.with_state().or_else(|| {
            let shown = shown_path(path);
            let (log, state) = match state_file::is_of_other_kind(path) {
                true => (shown.clone(), shown_path(&state_file::own_name(path))),
                false => ("access.log".to_owned(), shown.clone()),
            };
            Some(format!(
                "no log is named, because {shown} is the value of --state\n  name the log first:  logstat {log} --state {state}"
            ))
        })
    }

    /// The reason why the state cannot be written with the other options.
    fn with_others(&self, context: Context) -> Option<String> {
        let writer = self.writer()?;
        if let Some(bounds) = context.bounds {
            return Some(format!(
                "{bounds} cannot be combined with {writer}: a state must keep every key and visitor, or it could not be \
                 merged exactly; to limit its size, use --uv hll"
            ));
        }
        if context.divides {
            return Some(format!("--each cannot be combined with {writer}: {NOT_DIVIDED}"));
        }
        if context.masks_exact_visitors {
            return Some(format!(
                "--anonymize cannot be combined with {writer} while visitors are counted exactly, because the state would \
                 contain their addresses: add --uv hll"
            ));
        }
        if self.state.is_some() && context.reads_stdin {
            return Some(
                "--state finds what is new in files, so it cannot read standard input: name the files, or use --save FILE"
                    .to_owned(),
            );
        }
        let writes_to_stdout = self.save.as_deref().is_some_and(is_standard);
        if writes_to_stdout && context.prints_report {
            return Some(
                "--save - and the report cannot both go to standard output: write one of them to a file, with --save FILE \
                 or -o FILE"
                    .to_owned(),
            );
        }
        if writes_to_stdout && stdout().is_terminal() {
            return Some("--save - writes binary data, but standard output is a terminal: use --save FILE".to_owned());
        }
        None
    }

    /// The reason why `--state` cannot read an input that is a FIFO or a device: what is new is found in files only.
    pub(crate) fn refusal_of_streams(&self, inputs: &[Input]) -> Option<String> {
        self.state.as_ref()?;
        let is_stream = |path: &&Path| path.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir());
        let stream = shown_path(inputs.iter().map(Input::name).find(is_stream)?);
        Some(format!("--state finds what is new in files, but {stream} is not a regular file: use --save FILE"))
    }

    /// The reason why these logs and states cannot be read together.
    pub(crate) fn refusal_of_inputs(&self, context: Context, inputs: &Separated) -> Option<String> {
        let Separated { logs, states } = inputs;
        if self.source.is_some() && !self.writes() && states.is_empty() {
            return Some("--source names a log in a state: add --save FILE or --state FILE".to_owned());
        }
        if self.source.is_some() && logs.len() > 1 {
            let number = logs.len();
            return Some(format!(
                "--source names one log, but {number} are read: save each in a state of its own, and merge the states"
            ));
        }
        let state = shown_path(&states.first()?.name);
        if context.divides {
            return Some(format!("--each cannot be combined with the state {state}: {NOT_DIVIDED}"));
        }
        match (context.bounds, &self.state) {
            (Some(bounds), _) => {
                Some(format!("{bounds} cannot be combined with the state {state}, which has every key"))
            }
            (None, Some(_)) => Some(format!(
                "{state} is a state, but --state counts what is new in logs\n  to merge states:  logstat {state} … --save FILE"
            )),
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::args::Args;

    #[test]
    fn state_without_a_log_is_refused() {
        let refusal = |words: &str| {
            let args = Args::try_parse_from(["logstat"].into_iter().chain(words.split_whitespace())).unwrap();
            args.states.refusal_without_files()
        };
        let expected = "no log is named, because none.state is the value of --state\n  name the log first:  logstat access.log \
                        --state none.state";
        assert_eq!(refusal("--state none.state").as_deref(), Some(expected));
        let expected = "no log is named, because testdata/shop.log is the value of --state\n  name the log first:  logstat \
                        testdata/shop.log --state testdata/shop.state";
        assert_eq!(refusal("--state testdata/shop.log").as_deref(), Some(expected));
        assert!(refusal("--state").unwrap().starts_with("--state needs a file"));
        assert_eq!(refusal("--save a.state"), None);
    }

    fn refusal(words: &str, context: Context) -> Option<String> {
        let args = Args::try_parse_from(["logstat"].into_iter().chain(words.split_whitespace())).unwrap();
        args.states.refusal(context)
    }

    #[test]
    fn meaningless_combinations_are_refused() {
        let none = Context::default();
        let bounds = Context { bounds: Some("--max-keys"), ..none };
        let divides = Context { divides: true, ..none };
        let masks = Context { masks_exact_visitors: true, ..none };
        let prints = Context { prints_report: true, ..none };
        let rows = [
            ("a.log --save a.state", none, None),
            ("a.log --state a.state --save b.state --keep 9d --wait --source a", none, None),
            ("a.log --dedupe", bounds, None),
            ("a.log --keep 90d", none, Some("--keep 90d needs a state that is written: ")),
            ("a.log --save a.state --wait", none, Some("--wait needs --state FILE")),
            ("a.log --state", none, Some("--state needs a file: --state FILE\n")),
            ("a.log --state @", none, Some("--state needs a file: --state FILE\n")),
            ("--state @shop", none, Some("--state @shop: a site must be among the files\n")),
            ("a.log --state -", none, Some("--state -: the state is read and then replaced")),
            ("a.log --save a.state", bounds, Some("--max-keys cannot be combined with --save: ")),
            ("a.log --state a.state", bounds, Some("--max-keys cannot be combined with --state: ")),
            ("a.log --save a.state", divides, Some("--each cannot be combined with --save: ")),
            ("a.log --state a.state", divides, Some("--each cannot be combined with --state: ")),
            ("a.log --save a.state", masks, Some("--anonymize cannot be combined with --save while ")),
            ("--state a.state", Context { reads_stdin: true, ..none }, Some("--state finds what is new in files, ")),
            ("--save a.state", Context { reads_stdin: true, ..none }, None),
            ("a.log --save -", prints, Some("--save - and the report cannot both go to standard output: ")),
            ("a.log --save a.state", prints, None),
        ];
        for (words, context, expected) in rows {
            let found = refusal(words, context);
            match (expected, &found) {
                (None, None) => {}
                (Some(expected), Some(found)) => assert!(found.starts_with(expected), "{words}: {found}"),
                _ => panic!("{words}: {found:?}"),
            }
        }
    }
}
