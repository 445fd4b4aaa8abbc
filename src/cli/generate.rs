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
    pub(crate) fn write(self, mut command: Command, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Generated::Man => {
                Man::new(command).render(out)?;
                writeln!(
                    out,
                    ".SH FILES\n.TP\n\\fI$XDG_CONFIG_HOME/logstat/config.toml\\fR\nDefaults, log formats and sites, as the \
                     README has them; in \\fI~/.config\\fR if the variable is not set.\n.PP\nReports in JSON are described by \
                     a JSON Schema that \\fB\\-\\-schema\\fR prints.\n.SH ENVIRONMENT\n.TP\n\\fBLOGSTAT_CONFIG\\fR\nThe \
                     configuration file.\n.TP\n\\fBLOGSTAT_BY\\fR, \\fBLOGSTAT_LOG_FORMAT\\fR ...\nDefaults for options, before \
                     those of the file; flags are true or false."
                )
            }
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::args::Args;

    fn made(generated: Generated) -> String {
        let mut text = Vec::new();
        generated.write(Args::command(), &mut text).unwrap();
        String::from_utf8(text).unwrap()
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
