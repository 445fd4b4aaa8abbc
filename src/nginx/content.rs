//! What answers in a location: files, or somebody to whom nginx hands the request over.

use std::fmt;

use super::error::NginxConfError;
use super::place::shown;
use super::template::{Part, Template};
use super::tree::Directive;
use super::unheeded::{Unheeded, Why};

/// Directives that make an answer within nginx. All that end in `_pass` hand over.
const GENERATED: [&str; 15] = [
    "api",
    "check_status",
    "content_by_lua",
    "content_by_lua_block",
    "content_by_lua_file",
    "echo",
    "js_content",
    "passenger_enabled",
    "perl",
    "prometheus_metrics",
    "rtmp_stat",
    "status",
    "stub_status",
    "upstream_conf",
    "vhost_traffic_status_display",
];

/// What answers, by the directives of a location itself: none of them is inherited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Of another process, as the directive is written.
    HandedOver(String),
    /// Of nginx itself, as the directive is written.
    Generated(String),
    /// `empty_gif`.
    Gif,
    Files {
        /// The `root` or `alias`, own or inherited.
        root: Option<String>,
        fallback: Option<Fallback>,
    },
}

/// What answers where there is no file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fallback {
    /// The directive.
    pub(super) written: String,
    pub(super) to: To,
    /// Whether a file is looked for that depends on the path; `try_files /maintenance.html @app` looks for one, whatever
    /// the path is.
    pub(super) tries_path: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum To {
    /// A named location, with its `@`.
    Named(String),
    Uri(Template),
    HandedOver,
}

impl Content {
    /// `root` is what is inherited.
    pub(super) fn read(
        level: &[Directive],
        root: Option<String>,
        unheeded: &mut Vec<Unheeded>,
    ) -> Result<Self, NginxConfError> {
        let mut content = Content::Files { root, fallback: None };
        let mut tries = None;
        let mut spare = None;
        for directive in level {
            match directive.name.text.as_str() {
                "try_files" => tries = try_files(directive)?,
                "error_page" => spare = spare.or(error_page(directive)),
                "if" | "limit_except" => {
                    let is_file_check = is_file_check(directive);
                    let (hands_over, acts) = acts_within(directive.body()?);
                    if hands_over && is_file_check {
                        spare = spare.or(Some(Fallback {
                            written: directive.written(),
                            to: To::HandedOver,
                            tries_path: true,
                        }));
                    } else if acts {
                        unheeded.push(Unheeded::new(directive, Why::NotThePath));
                    }
                }
                // Of several, the last is what nginx takes.
                "empty_gif" => content = Content::Gif,
                name if name.ends_with("_pass") => content = Content::HandedOver(directive.written()),
                "passenger_enabled" if directive.args.first().is_some_and(|word| word.text == "off") => {}
                name if GENERATED.contains(&name) => content = Content::Generated(directive.written()),
                _ => {}
            }
        }
        if let Content::Files { fallback, .. } = &mut content {
            *fallback = tries.or(spare);
        }
        Ok(content)
    }
}

/// The fallback of a `try_files`; one that ends in a code has none, for nginx itself answers then.
fn try_files(directive: &Directive) -> Result<Option<Fallback>, NginxConfError> {
    let args = directive.args_within(2..=usize::MAX)?;
    let Some((last, tried)) = args.split_last() else { return Ok(None) };
    let tries_path = tried.iter().any(|word| Template::new(&word.text).has_variables());
    Ok(target(&last.text).map(|to| Fallback { written: directive.written(), to, tries_path }))
}

/// `error_page 404 = @app`, by which sites had a fallback before there was `try_files`. Other error pages are only
/// shown where something is missing.
fn error_page(directive: &Directive) -> Option<Fallback> {
    let [codes @ .., answer, to] = directive.args.as_slice() else { return None };
    let is_fallback = answer.text == "=" && to.text.starts_with('@') && codes.iter().any(|code| code.text == "404");
    is_fallback.then(|| Fallback { written: directive.written(), to: To::Named(to.text.clone()), tries_path: true })
}

fn target(text: &str) -> Option<To> {
    match text.as_bytes().first()? {
        b'=' => None,
        b'@' => Some(To::Named(text.to_owned())),
        _ => Some(To::Uri(Template::new(text))),
    }
}

/// Whether an `if` asks for the file of the path: `if (!-f $request_filename)`, which is older than `try_files` too.
fn is_file_check(directive: &Directive) -> bool {
    let is_path = |part: &Part| match part {
        Part::Variable(name) => matches!(name.as_str(), "request_filename" | "uri" | "document_uri" | "request_uri"),
        Part::Literal(_) => false,
    };
    let words = || directive.args.iter().map(|word| word.text.trim_start_matches('('));
    words().any(|word| matches!(word.trim_start_matches('!'), "-f" | "-e" | "-d"))
        && words().any(|word| Template::new(word).parts().iter().any(is_path))
}

/// Whether a block hands over, and whether it does anything to the answer.
fn acts_within(block: &[Directive]) -> (bool, bool) {
    let hands_over = block.iter().any(|directive| directive.name.text.ends_with("_pass"));
    let acts = |directive: &Directive| {
        let name = directive.name.text.as_str();
        matches!(name, "rewrite" | "return" | "empty_gif") || GENERATED.contains(&name)
    };
    (hands_over, hands_over || block.iter().any(acts))
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Content::HandedOver(written) | Content::Generated(written) => f.write_str(written),
            Content::Gif => f.write_str("empty_gif"),
            Content::Files { root, fallback } => {
                f.write_str("files")?;
                if let Some(root) = root {
                    write!(f, " of {}", shown(root))?;
                }
                fallback.as_ref().map_or(Ok(()), |fallback| write!(f, ", {}", fallback.written))
            }
        }
    }
}
