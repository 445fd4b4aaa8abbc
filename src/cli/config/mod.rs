//! The configuration: options from a file and from environment variables. They are inserted before the arguments of the
//! command line. One parser therefore reads every value, and errors have the same words wherever the value is set.

mod agents;
mod config_path;
mod error_origin;
mod file;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod layers;
mod options;
mod own_agent;
mod print;
mod setting;
mod sites;
#[cfg(test)]
mod tests;
mod variables;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::parser::ValueSource;
use clap::{ArgMatches, Command, CommandFactory, FromArgMatches, Parser};

use super::args::Args;
use super::argument_error::argument_error;
use super::as_typed;
use super::list_items;
pub(crate) use config_path::Environment;
use file::File;
use options::{ValueCount, settable, value_count};
use setting::{Origin, Setting, Text, Value};
use sites::Searched;

/// Keys of a file that are not options.
const FORMATS: &str = "log-formats";
const AGENTS: &str = "agents";
const SITES: &str = "sites";
/// THE TABLE of words that are commands in other programs, if they are alone on the command line.
const WORDS: [(&str, &[&str]); 3] =
    [("help", &["--help"]), ("version", &["--version"]), ("man", &["--generate", "man"])];

/// A key of a site that is not an option.
const SITE_FILES: &str = "files";

/// A command line together with its configuration.
#[derive(Debug)]
pub(crate) struct ResolvedArgs {
    pub(crate) args: Args,
    /// Warnings about the file and the variables.
    pub(crate) warnings: Vec<String>,
    /// The arguments as the user typed them.
    given: Vec<OsString>,
    /// The arguments as they were parsed.
    matches: ArgMatches,
    /// The settings in force, from all layers.
    settings: Vec<Setting>,
    /// True if `show` is given in a higher layer than `top`.
    show_overrides_top: bool,
    /// Name of the site in use.
    site: Option<String>,
    /// Directory of the states of sites.
    states: Option<PathBuf>,
    file: File,
    /// Path of the file that was read, as messages show it.
    shown: Option<Rc<str>>,
}

impl ResolvedArgs {
    /// Parses the command line and adds the configuration of the environment.
    pub(crate) fn read(mut given: Vec<OsString>, environment: &Environment) -> Result<ResolvedArgs, clap::Error> {
        if let [_, word] = &given[..]
            && let Some((_, options)) = WORDS.iter().find(|(known, _)| word == known)
            && !Path::new(word).exists()
        {
            given.splice(1.., options.iter().map(OsString::from));
        }
        let mut command = Args::command();
        let matches = command.try_get_matches_from_mut(&given);
        let error = matches.as_ref().err();
        if error.is_none_or(clap::Error::use_stderr)
            && let Some(refusal) = as_typed::refusal(&given, error)
        {
            return Err(argument_error(&refusal));
        }
        let matches = matches?;
        if let Some(refusal) = list_items::refusal(&matches) {
            return Err(argument_error(&refusal));
        }
        let args = Args::from_arg_matches(&matches)?;
        let mut line = ResolvedArgs {
            args,
            warnings: Vec::new(),
            given,
            matches: ArgMatches::default(),
            settings: Vec::new(),
            show_overrides_top: false,
            site: None,
            states: environment.states(),
            file: File::default(),
            shown: None,
        };
        // `--generate` and `--schema` read no logs, so they must work even if the file is broken.
        if line.args.generate.is_none() && !line.args.schema {
            line.add(&command, &matches, environment)?;
        }
        line.matches = matches;
        Ok(line)
    }

    /// Adds the settings of the file and of variables.
    fn add(&mut self, command: &Command, matches: &ArgMatches, environment: &Environment) -> Result<(), clap::Error> {
        let path = environment.config_path(self.args.config.as_deref()).filter(|_| !self.args.no_config);
        if let Some(path) = &path
            && let Some(text) = path.read(&mut self.warnings).map_err(|wrong| argument_error(&wrong))?
        {
            let shown = path.shown();
            let file = file::read(&text, &path.path, environment.home(), &shown, command);
            self.file = file.map_err(|wrong| argument_error(&wrong))?;
            self.shown = Some(shown);
        }
        let (variables, warnings) =
            variables::read(command, &environment.variables).map_err(|wrong| argument_error(&wrong))?;
        let searched = match (&self.shown, &path) {
            (Some(file), _) => Searched::Read(file),
            (None, Some(path)) => Searched::Missing(path.shown()),
            (None, None) => Searched::Nowhere,
        };
        let site =
            sites::named(&self.args.files, &self.file.sites, &searched).map_err(|wrong| argument_error(&wrong))?;
        // Fast path: usually nothing is configured, so the first parse is final.
        if self.shown.is_none() && variables.is_empty() && !self.args.print_config {
            self.warnings.extend(warnings);
            return Ok(());
        }
        let of_site = site.map(|site| site.settings.clone()).unwrap_or_default();
        self.warnings.extend(warnings);
        self.site = site.map(|site| site.name.clone());
        let layers = vec![command_line_settings(command, matches), variables, of_site, self.file.settings.clone()];
        self.show_overrides_top = layers::is_above(&layers, "show", "top");
        self.settings = layers::effective_settings(layers);
        // If nothing is added, the first parse is final.
        if site.is_some()
            || !self.file.formats.is_empty()
            || !self.file.agents.is_empty()
            || self.settings.iter().any(|set| set.origin != Origin::CommandLine)
        {
            self.args = self.reparse(&self.settings).map_err(|error| self.with_origin(error, |_| Ok(())))?;
        }
        Ok(())
    }

    /// Parses the command line again with these settings before its arguments.
    fn reparse(&self, settings: &[Setting]) -> Result<Args, clap::Error> {
        let (program, given) = self.given.split_at(self.given.len().min(1));
        let read = |settings: &mut dyn Iterator<Item = &Setting>| {
            let added: Vec<OsString> = settings.flat_map(Setting::arguments).collect();
            Args::try_parse_from(program.iter().chain(&added).chain(given))
        };
        let is_inactive = |setting: &&Setting| layers::is_inactive(setting, settings);
        // Parse all settings first, so that a wrong value is an error even if its option has no effect here.
        let mut args = read(&mut settings.iter())?;
        if settings.iter().any(|setting| is_inactive(&setting)) {
            args = read(&mut settings.iter().filter(|setting| !is_inactive(setting)))?;
        }
        args.files = sites::files(args.files, &self.file.sites);
        args.show_overrides_top = self.show_overrides_top;
        if let Some(state) = self.site_state() {
            args.states.use_site_state(&state);
        }
        args.states.is_homeless = self.site.is_some() && self.states.is_none();
        args.named_formats = self.file.formats.iter().map(|own| (own.name.clone(), own.format.clone())).collect();
        args.bot_rules = own_agent::rules(&self.file.agents);
        Ok(args)
    }

    /// The default state of the site in use.
    fn site_state(&self) -> Option<PathBuf> {
        let site = self.site.as_ref().filter(|site| !site.contains('/'))?;
        Some(self.states.as_ref()?.join(format!("{site}.state")))
    }

    /// Path of the file that was read, as messages show it.
    pub(crate) fn file(&self) -> Option<&str> {
        self.shown.as_deref()
    }

    /// Returns the place of the option that a message begins with, unless it is set on the command line. For a user who
    /// has `by` in a file, the message that `--by day changes nothing` is noise; `--top host needs $host` can be shown
    /// with its place.
    pub(crate) fn origin(&self, message: &str) -> Option<String> {
        let option = message.strip_prefix("--")?.split([' ', ':']).next()?;
        let setting = self.settings.iter().find(|setting| setting.option == option)?;
        (setting.origin != Origin::CommandLine).then(|| setting.origin.to_string())
    }

    /// The first option on the command line that is not among `known`, as a message names it. For commands that read no
    /// log: options that are configured as defaults are for other commands.
    pub(crate) fn typed_other_than(&self, known: &[&str]) -> Option<String> {
        self.typed(|option| !known.contains(&option))
    }

    /// The first option on the command line that is among `refused`, as a message names it.
    pub(crate) fn typed_among(&self, refused: &[&str]) -> Option<String> {
        self.typed(|option| refused.contains(&option))
    }

    fn typed(&self, is_it: impl Fn(&str) -> bool) -> Option<String> {
        let command = Args::command();
        let is_typed = |arg: &&clap::Arg| is_typed(&self.matches, arg);
        let mut typed = command.get_arguments().filter(is_typed).filter_map(clap::Arg::get_long);
        typed.find(|option| is_it(option)).map(|other| format!("--{other}"))
    }

    /// True if a report is written. A configured format is only for reports that are written anyway.
    pub(crate) fn reports(&self, args: &Args) -> bool {
        let is_chosen = args.output_args.given().any(|option| self.origin(option).is_none());
        args.states.reports(is_chosen)
    }

    /// Puts the place of the option that `about` begins with before a message.
    pub(crate) fn prefix_origin(&self, about: &str, message: &str) -> String {
        self.origin(about).map_or_else(|| message.to_owned(), |origin| format!("{origin}: {message}"))
    }
}

/// True if an argument is on the command line.
fn is_typed(matches: &ArgMatches, arg: &clap::Arg) -> bool {
    matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine)
}

/// Collects the layer of the command line itself.
fn command_line_settings(command: &Command, matches: &ArgMatches) -> Vec<Setting> {
    let setting = |(option, arg): (&str, &clap::Arg)| {
        if !is_typed(matches, arg) {
            return None;
        }
        let id = arg.get_id().as_str();
        let origin = Origin::CommandLine;
        let value = match value_count(arg) {
            ValueCount::Flag => Value::Times(1),
            ValueCount::Count => Value::Times(matches.get_count(id)),
            ValueCount::One | ValueCount::Many => {
                let texts = matches.get_raw(id).into_iter().flatten();
                Value::Texts(texts.map(|text| Text { text: text.to_owned(), origin: origin.clone() }).collect())
            }
        };
        Some(Setting { option: option.to_owned(), value, origin })
    };
    settable(command).filter_map(setting).collect()
}
