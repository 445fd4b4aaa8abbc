//! The configuration: adds settings from a file and from environment variables to the command line. They become
//! arguments in front of it, so that one parser reads every value and an error has the same wording wherever the value
//! is set.

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

/// Keys of a file that are not options.
const FORMATS: &str = "log-formats";
const SITES: &str = "sites";
/// A key of a site that is not an option.
const SITE_FILES: &str = "files";

/// A command line together with the settings from other layers.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) args: Args,
    /// Notes to print about the file and the variables.
    pub(crate) notes: Vec<String>,
    /// The arguments as the user gave them, program name first.
    given: Vec<OsString>,
    /// The settings in force, merged from all layers.
    settings: Vec<Setting>,
    /// True if `--show` is set in a higher layer than `--top`.
    narrows_defaults: bool,
    /// Name of the site in use.
    site: Option<String>,
    file: File,
    /// Path of the file that was read, as shown in messages.
    shown: Option<Rc<str>>,
}

impl Line {
    /// Reads the command line and adds the settings from the environment.
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
        // Commands unrelated to logs must work even if the file is broken.
        if line.args.generate.is_none() && !line.args.schema {
            line.add(&command, &matches, environment)?;
        }
        Ok(line)
    }

    /// Adds the settings of the file and the variables.
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
        // Usual case: nothing is set outside the command line, so the first parse is final.
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
        // If no setting was added, the first parse is final.
        if site.is_some()
            || !self.file.formats.is_empty()
            || self.settings.iter().any(|set| set.origin != Origin::CommandLine)
        {
            self.args = self.again(&self.settings).map_err(|error| self.blamed(error, |_| Ok(())))?;
        }
        Ok(())
    }

    /// Parses the command line again with these settings in front of it.
    fn again(&self, settings: &[Setting]) -> Result<Args, clap::Error> {
        let (program, given) = self.given.split_at(self.given.len().min(1));
        let read = |settings: &mut dyn Iterator<Item = &Setting>| {
            let added: Vec<OsString> = settings.flat_map(Setting::arguments).collect();
            Args::try_parse_from(program.iter().chain(&added).chain(given))
        };
        let sleeps = |setting: &&Setting| layers::sleeps(setting, settings);
        // Parse dormant settings too: a wrong value is an error even if it has no effect.
        let mut args = read(&mut settings.iter())?;
        if settings.iter().any(|setting| sleeps(&setting)) {
            args = read(&mut settings.iter().filter(|setting| !sleeps(setting)))?;
        }
        args.files = sites::files(args.files, &self.file.sites);
        args.top_is_default = self.narrows_defaults;
        args.own_formats = self.file.formats.iter().map(|own| (own.name.clone(), own.format.clone())).collect();
        Ok(args)
    }

    /// Path of the file that was read, as shown in messages.
    pub(crate) fn file(&self) -> Option<&str> {
        self.shown.as_deref()
    }

    /// Origin of the option that a message begins with; `None` if that is the command line. Callers use it to drop
    /// notes such as `--by day changes nothing` if `by` is set in a file, and to prefix errors such as `--top host
    /// needs $host`.
    pub(crate) fn origin(&self, message: &str) -> Option<String> {
        let option = message.strip_prefix("--")?.split([' ', ':']).next()?;
        let setting = self.settings.iter().find(|setting| setting.option == option)?;
        (setting.origin != Origin::CommandLine).then(|| setting.origin.to_string())
    }

    /// Prefixes a message with the origin of the option that `about` begins with.
    pub(crate) fn placed(&self, about: &str, message: &str) -> String {
        self.origin(about).map_or_else(|| message.to_owned(), |origin| format!("{origin}: {message}"))
    }
}

/// Returns the layer of the command line itself.
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
