//! Kinds of files, and where in their text is prose.

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Group {
    Comments,
    Documents,
    /// What programs print and pages show.
    Messages,
    /// Names of tests and of their cases, and what failing tests print.
    Tests,
}

/// Files with the same syntax.
pub(super) struct Kind {
    /// Ends of their paths.
    ends: &'static [&'static str],
    /// Finds `comment` and `text`; what else it matches is skipped.
    pub(super) syntax: &'static str,
    pub(super) comments: Group,
    pub(super) texts: Group,
}

/// THE TABLE of files with prose.
const KINDS: [Kind; 7] = [
    Kind {
        ends: &[".rs"],
        syntax: r##"(?s)(?<comment>//[^\n]*|/\*.*?\*/)|(?<text>r#+".*?"#+|r"[^"]*"|"(?:\\.|[^"\\])*")|'(?:\\.[^']*|[^'\\])'"##,
        comments: Group::Comments,
        texts: Group::Messages,
    },
    Kind {
        ends: &[".py", "packaging/licences"],
        syntax: r##"(?s)(?<comment>#[^\n]*)|(?<text>""".*?"""|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"##,
        comments: Group::Comments,
        // Most of its texts are the documentation of functions.
        texts: Group::Comments,
    },
    Kind {
        ends: &[".sh", ".ci/run", "packaging/deb", ".awk", ".conf", ".toml", ".gitignore"],
        syntax: r#"(?s)(?m:^|\s)(?<comment>#[^\n]*)|(?<text>"(?:\\.|[^"\\])*"|'[^']*')"#,
        comments: Group::Comments,
        texts: Group::Messages,
    },
    Kind {
        ends: &[".js", ".css"],
        syntax: r#"(?s)(?<comment>//[^\n]*|/\*.*?\*/)|(?<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)"#,
        comments: Group::Comments,
        texts: Group::Messages,
    },
    Kind {
        ends: &[".html"],
        syntax: r"(?s)(?<comment>\{#.*?#\}|<!--.*?-->)|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>|(?<text>[^<{]+)",
        comments: Group::Comments,
        texts: Group::Messages,
    },
    Kind {
        ends: &["report.schema.json"],
        syntax: r#""(?:description|title)": (?<text>"(?:\\.|[^"\\])*")"#,
        comments: Group::Documents,
        texts: Group::Documents,
    },
    Kind { ends: &[".md"], syntax: r"(?s)(?<comment>.+)", comments: Group::Documents, texts: Group::Documents },
];

impl Kind {
    /// The kind of a file; `None` if it is not in the table.
    pub(super) fn of(path: &str) -> Option<&'static Kind> {
        KINDS.iter().find(|kind| kind.ends.iter().any(|end| path.ends_with(end)))
    }
}
