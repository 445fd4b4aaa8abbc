//! What one layer says of one option.

use std::ffi::OsString;
use std::fmt;
use std::rc::Rc;

/// Where something is said.
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

/// An option, by its long name, and its value.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) option: String,
    pub(super) value: Value,
    pub(super) origin: Origin,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    /// How many times an option stands there that takes nothing; none is as good as not given.
    Times(u8),
    Texts(Vec<Text>),
}

/// One of the texts of an option; in a list each has its own line.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) text: OsString,
    pub(super) origin: Origin,
}

impl Setting {
    /// Whether anything is given: `false` and an empty list are there to undo what layers below say.
    pub(super) fn is_given(&self) -> bool {
        match &self.value {
            Value::Times(times) => *times > 0,
            Value::Texts(texts) => !texts.is_empty(),
        }
    }

    /// The same as it would stand on the command line, where the command line does not have it already.
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
