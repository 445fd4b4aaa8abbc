//! The `escape=` of a `log_format`.

/// The escaping that nginx applies to the values of a format: the `escape=` of `log_format`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum NginxEscape {
    /// `\xHH` for quotes, backslashes, control characters and bytes above 126.
    #[default]
    Default,
    /// As in JSON strings.
    Json,
    /// Nothing is escaped.
    None,
}

impl NginxEscape {
    /// The word after `escape=`.
    pub fn name(self) -> &'static str {
        match self {
            NginxEscape::Default => "default",
            NginxEscape::Json => "json",
            NginxEscape::None => "none",
        }
    }
}
