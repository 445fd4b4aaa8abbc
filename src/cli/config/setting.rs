//! The setting of one option in one layer.

use std::ffi::OsString;
use std::fmt;
use std::rc::Rc;

/// Where an option is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    CommandLine,
    Variable(String),
    File { shown: Rc<str>, line: usize },
}

/// `command line`, `LOGSTAT_BY`, `/home/x/.config/logstat/config.toml:3`.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::CommandLine => f.write_str("command line"),
            Origin::Variable(name) => f.write_str(name),
            Origin::File { shown, line } => write!(f, "{shown}:{line}"),
        }
    }
}

/// An option's long name with its value and origin.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) option: String,
    pub(super) value: Value,
    pub(super) origin: Origin,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    /// Number of times that an option without a value is given; 0 undoes it.
    Times(u8),
    Texts(Vec<Text>),
}

/// One value of an option; each item of a list has its own origin.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) text: OsString,
    pub(super) origin: Origin,
}

impl Setting {
    /// True if the setting has an effect of its own. `false` and an empty list only undo the settings of lower layers.
    pub(super) fn is_given(&self) -> bool {
        match &self.value {
            Value::Times(times) => *times > 0,
            Value::Texts(texts) => !texts.is_empty(),
        }
    }

    /// The setting as command-line arguments; empty if it comes from the command line, which has it already.
    pub(super) fn arguments(&self) -> Vec<OsString> {
        let name = format!("--{}", self.option);
        match &self.value {
            _ if self.origin == Origin::CommandLine => Vec::new(),
            Value::Times(times) => vec![name.into(); usize::from(*times)],
            Value::Texts(texts) => texts
                .iter()
                .map(|Text { text, .. }| {
                    let mut argument = OsString::from(format!("{name}="));
                    argument.push(text);
                    argument
                })
                .collect(),
        }
    }
}
