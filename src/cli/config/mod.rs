//! The configuration: what a file and variables add to the command line. They become arguments in front of it, so that
//! one parser reads every value, and what is wrong is said in the same words wherever it stands.

mod blame;
mod file;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod layers;
mod options;
mod place;
mod print;
mod setting;
mod sites;
#[cfg(test)]
mod tests;
mod variables;

use std::ffi::OsString;
use std::rc::Rc;

use clap::parser::ValueSource;
use clap::{ArgMatches, Command, CommandFactory, FromArgMatches, Parser};

use super::args::Args;
use super::misuse::misuse;
use file::File;
use options::{Takes, settable, takes};
pub(crate) use place::Environment;
use setting::{Origin, Setting, Text, Value};

/// Keys of a file that are no options.
const FORMATS: &str = "log-formats";
const SITES: &str = "sites";
/// A key of a site that is none.
const SITE_FILES: &str = "files";

/// A command line with all that holds beside it.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) args: Args,
    /// What is to be said of the file and the variables.
    pub(crate) notes: Vec<String>,
    /// As it was given.
    given: Vec<OsString>,
    /// What holds, of all layers.
    settings: Vec<Setting>,
    /// Whether sections are chosen above the layer that says what is ranked.
    narrows_defaults: bool,
    /// The site in use, by its name.
    site: Option<String>,
    file: File,
    /// The file that was read, as messages have it.
    shown: Option<Rc<str>>,
}

impl Line {
    /// Reads the command line, and what the environment adds to it.
    pub(crate) fn read(given: Vec<OsString>, environment: &Environment) -> Result<Line, clap::Error> {
        let mut command = Args::command();
        let matches = command.try_get_matches_from_mut(&given)?;
        let args = Args::from_arg_matches(&matches)?;
        let mut line = Line {
            args,
            notes: Vec::new(),
            given,
            settings: Vec::new(),
            narrows_defaults: false,
            site: None,
            file: File::default(),
            shown: None,
        };
        // What has nothing to do with logs works whatever a file says.
        if line.args.generate.is_none() && !line.args.schema {
            line.add(&command, &matches, environment)?;
        }
        Ok(line)
    }

    /// Adds what a file and variables say.
    fn add(&mut self, command: &Command, matches: &ArgMatches, environment: &Environment) -> Result<(), clap::Error> {
        if let Some(place) = environment.place(self.args.config.as_deref()).filter(|_| !self.args.no_config)
            && let Some(text) = place.read(&mut self.notes).map_err(|wrong| misuse(&wrong))?
        {
            let shown = place.shown();
            let file = file::read(&text, &place.path, environment.home(), &shown, command);
            self.file = file.map_err(|wrong| misuse(&wrong))?;
            self.shown = Some(shown);
        }
        let (variables, notes) = variables::read(command, &environment.variables).map_err(|wrong| misuse(&wrong))?;
        let site =
            sites::named(&self.args.files, &self.file.sites, self.shown.as_deref()).map_err(|wrong| misuse(&wrong))?;
        // Nearly always nothing is said beside the command line: the first reading holds.
        if self.shown.is_none() && variables.is_empty() && !self.args.print_config {
            self.notes.extend(notes);
            return Ok(());
        }
        let of_site = site.map(|site| site.settings.clone()).unwrap_or_default();
        self.notes.extend(notes);
        self.site = site.map(|site| site.name.clone());
        let layers = vec![on_the_line(command, matches), variables, of_site, self.file.settings.clone()];
        self.narrows_defaults = layers::is_above(&layers, "show", "top");
        self.settings = layers::in_force(layers);
        // Where nothing is added, the first reading holds.
        if site.is_some()
            || !self.file.formats.is_empty()
            || self.settings.iter().any(|set| set.origin != Origin::CommandLine)
        {
            self.args = self.again(&self.settings).map_err(|error| self.blamed(error, |_| Ok(())))?;
        }
        Ok(())
    }

    /// The arguments of the line with these settings in front of it.
    fn again(&self, settings: &[Setting]) -> Result<Args, clap::Error> {
        let (program, given) = self.given.split_at(self.given.len().min(1));
        let read = |settings: &mut dyn Iterator<Item = &Setting>| {
            let added: Vec<OsString> = settings.flat_map(Setting::arguments).collect();
            Args::try_parse_from(program.iter().chain(&added).chain(given))
        };
        let sleeps = |setting: &&Setting| layers::sleeps(setting, settings);
        // A wrong value is one asleep, too.
        let mut args = read(&mut settings.iter())?;
        if settings.iter().any(|setting| sleeps(&setting)) {
            args = read(&mut settings.iter().filter(|setting| !sleeps(setting)))?;
        }
        args.files = sites::files(args.files, &self.file.sites);
        args.top_is_default = self.narrows_defaults;
        args.own_formats = self.file.formats.iter().map(|own| (own.name.clone(), own.format.clone())).collect();
        Ok(args)
    }

    /// The file that was read.
    pub(crate) fn file(&self) -> Option<&str> {
        self.shown.as_deref()
    }

    /// Where the option that a message begins with is set, if it is not on the command line: `--by day changes nothing` is
    /// nothing that who has `by` in a file need be told, `--top host needs $host` may have its place.
    pub(crate) fn origin(&self, message: &str) -> Option<String> {
        let option = message.strip_prefix("--")?.split([' ', ':']).next()?;
        let setting = self.settings.iter().find(|setting| setting.option == option)?;
        (setting.origin != Origin::CommandLine).then(|| setting.origin.to_string())
    }

    /// A message about an option, which `about` begins with, and before it the place of that.
    pub(crate) fn placed(&self, about: &str, message: &str) -> String {
        self.origin(about).map_or_else(|| message.to_owned(), |origin| format!("{origin}: {message}"))
    }
}

/// The layer of the command line itself.
fn on_the_line(command: &Command, matches: &ArgMatches) -> Vec<Setting> {
    let setting = |(option, arg): (&str, &clap::Arg)| {
        let id = arg.get_id().as_str();
        if matches.value_source(id) != Some(ValueSource::CommandLine) {
            return None;
        }
        let origin = Origin::CommandLine;
        let value = match takes(arg) {
            Takes::Flag => Value::Times(1),
            Takes::Count => Value::Times(matches.get_count(id)),
            Takes::One | Takes::Many => {
                let texts = matches.get_raw(id).into_iter().flatten();
                Value::Texts(texts.map(|text| Text { text: text.to_owned(), origin: origin.clone() }).collect())
            }
        };
        Some(Setting { option: option.to_owned(), value, origin })
    };
    settable(command).filter_map(setting).collect()
}
