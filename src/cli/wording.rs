//! Replaces the names of settings in the library's messages by command-line options.

use std::borrow::Cow;

use logstat::{Error, Explanation, Message, Report, Setting};

/// THE TABLE of settings whose option is named differently from the setting.
const OPTIONS: [(Setting, &str); 7] = [
    (Setting::BotRules, AGENTS),
    (Setting::Duration, "--duration"),
    (Setting::Field, "--field"),
    (Setting::LogFormat, "--log-format"),
    (Setting::OwnHost, "--own-host"),
    (Setting::Routes, "--route"),
    (Setting::Zone, "--tz"),
];

/// Agents have no option, because they are in the configuration file only.
const AGENTS: &str = "agents of the configuration file";

/// The option that sets a setting: `--max-keys`.
fn option(setting: Setting) -> String {
    let other = OPTIONS.iter().find(|(known, _)| *known == setting).map(|(_, option)| Cow::Borrowed(*option));
    other.unwrap_or_else(|| format!("--{}", setting.name().replace(['_', ' '], "-")).into()).into_owned()
}

/// A message with options in place of settings.
pub(crate) fn message(mut message: Message) -> String {
    message.reword(&option);
    message.to_string()
}

/// The message of an error, with options in place of settings.
pub(crate) fn error(error: &Error) -> String {
    message(error.message())
}

/// Replaces settings by options in the notes and warnings of a report.
pub(crate) fn report(report: &mut Report) {
    report.reword(&option);
}

/// Replaces settings by options in an explanation.
pub(crate) fn explanation(explanation: &mut Explanation) {
    explanation.reword(&option);
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::args::Args;

    #[test]
    fn every_setting_has_an_option() {
        let command = Args::command();
        let options: Vec<_> = command.get_arguments().filter_map(|argument| argument.get_long()).collect();
        let filters = ["status", "path", "where", "static"].map(Setting::Filter);
        let in_options = Setting::all().filter(|setting| *setting != Setting::BotRules);
        for setting in in_options.chain(filters).chain([Setting::Exclude("path")]) {
            let option = option(setting);
            assert!(options.iter().any(|known| format!("--{known}") == option), "{setting:?}: {option}");
        }
    }

    #[test]
    fn messages_name_options() {
        let question = logstat::Question::new().by(logstat::Unit::Hour);
        let line = r#"{"remote_addr":"10.0.0.7","request":"GET / HTTP/1.1","status":"200"}"#;
        let inputs = vec![logstat::Input::reader("a.log", line.as_bytes())];
        let refusal = logstat::count(&question, inputs, &logstat::Engine::default()).unwrap_err();
        assert_eq!(error(&refusal), "--by hour needs $time_local, which is not in the log");
    }
}
