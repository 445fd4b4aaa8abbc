//! Generates the manual page, the option reference and shell completions from the table of options.

mod reference;

use std::io::{self, Write};

use clap::Command;
use clap_complete::{Shell, generate};
use clap_mangen::Man;

/// A document to generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Generated {
    Man,
    Reference,
    Completions(Shell),
}

/// THE TABLE of documents that can be generated.
pub(crate) const GENERATED: [(&str, Generated); 7] = [
    ("man", Generated::Man),
    ("reference", Generated::Reference),
    ("complete-bash", Generated::Completions(Shell::Bash)),
    ("complete-zsh", Generated::Completions(Shell::Zsh)),
    ("complete-fish", Generated::Completions(Shell::Fish)),
    ("complete-powershell", Generated::Completions(Shell::PowerShell)),
    ("complete-elvish", Generated::Completions(Shell::Elvish)),
];

impl Generated {
    /// Writes the document. `sections` follow the options in the manual page, each with its title.
    pub(crate) fn write(
        self,
        mut command: Command,
        sections: &[(&str, String)],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        match self {
            Generated::Man => manual(command, sections, out),
            Generated::Reference => out.write_all(reference::reference(command).as_bytes()),
            Generated::Completions(shell) => {
                // Generate into a buffer: clap panics if writing fails.
                let mut script = Vec::new();
                generate(shell, &mut command, "logstat", &mut script);
                out.write_all(&script)
            }
        }
    }
}

const SYNOPSIS: &str = "\\fBlogstat\\fR [\\fIOPTION\\fR]... [\\fIFILE\\fR|\\fIDIR\\fR]...\n";

const FILES_AND_ENVIRONMENT: &str = "\
.SH FILES
.TP
\\fI$XDG_CONFIG_HOME/logstat/config.toml\\fR
Defaults for options, log formats and sites: see \\fB\\-\\-config\\fR. The directory is \\fI~/.config\\fR if the variable is not set.
.TP
\\fI$XDG_STATE_HOME/logstat/NAME.state\\fR
The state of the site NAME: see \\fB\\-\\-state\\fR. The directory is \\fI~/.local/state\\fR if the variable is not set.
.SH ENVIRONMENT
.TP
\\fBLOGSTAT_CONFIG\\fR
The configuration file.
.TP
\\fBLOGSTAT_BY\\fR, \\fBLOGSTAT_LOG_FORMAT\\fR ...
Defaults for options, which take precedence over the file. Flags are true or false.";

/// Writes the manual page. Its options are those of the help, also if they have no long text.
fn manual(command: Command, sections: &[(&str, String)], out: &mut dyn Write) -> io::Result<()> {
    let command = command.about("turn nginx access logs into a report").after_long_help("").mut_args(|option| {
        let help = option.get_long_help().or(option.get_help()).cloned();
        option.long_help(help.unwrap_or_default())
    });
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    let page = String::from_utf8_lossy(&page);
    // The generated synopsis lists every option.
    let (start, rest) = page.split_once(".SH SYNOPSIS\n").unwrap_or((&page, ""));
    let rest = rest.find(".SH DESCRIPTION\n").map_or(rest, |at| &rest[at..]);
    let (options, version) = rest.split_once(".SH EXTRA\n").unwrap_or((rest, ""));
    let version = version.find(".SH VERSION\n").map_or(version, |at| &version[at..]);
    write!(out, "{start}.SH SYNOPSIS\n{SYNOPSIS}{options}")?;
    for (title, text) in sections {
        writeln!(out, ".SH {}\n.nf\n{}\n.fi", roff(title).to_uppercase(), roff(text))?;
    }
    writeln!(out, "{FILES_AND_ENVIRONMENT}\n{}", version.trim_end())
}

/// Escapes text for roff. None of its lines starts with a dot or an apostrophe, because they are indented.
fn roff(text: &str) -> String {
    text.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::args::Args;
    use crate::cli::help;

    fn made(generated: Generated) -> String {
        let mut text = Vec::new();
        generated.write(Args::command(), &help::sections(), &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn every_option_of_the_manual_has_a_text() {
        let manual = made(Generated::Man);
        let blocks: Vec<_> = manual.split(".TP\n").skip(1).collect();
        assert!(blocks.len() > 60, "{}", blocks.len());
        for block in blocks {
            assert!(block.lines().nth(1).is_some_and(|text| text.len() > 10), "{block}");
        }
        for part in ["fBlogstat\\fR [\\fIOPTION", ".SH EXAMPLES\n", ".SH EXIT CODES\n", "\n.SH VERSION\n"] {
            assert_eq!(manual.matches(part).count(), 1, "{part}");
        }
        assert!(!manual.contains("EXTRA"));
    }

    #[test]
    fn every_option_is_in_the_manual_and_the_completions() {
        let options: Vec<String> =
            Args::command().get_arguments().filter_map(|arg| arg.get_long().map(str::to_owned)).collect();
        assert!(options.len() > 50, "{}", options.len());
        for (name, generated) in GENERATED {
            let text = made(generated);
            for option in &options {
                let shown = match name {
                    "man" => format!("\\-\\-{}", option.replace('-', "\\-")),
                    "complete-fish" => format!("-l {option}"),
                    _ => format!("--{option}"),
                };
                assert!(text.contains(&shown), "{shown} in {name}");
            }
            let alias = if name == "complete-fish" { "-l since -l from " } else { "--from" };
            assert!(name == "man" || text.contains(alias), "{alias} in {name}");
        }
    }
}
