//! Other names that users type for dimensions: `url` is the path, `client` the address.

use super::Dimension;
use super::variable::{self, DimensionError};
use crate::time::Unit;

/// THE TABLE of aliases, each with the dimension's own name. Plurals need no row, and neither do the words for units of
/// time, such as `daily`. `uri` needs none: if a line does not log `$uri`, it is derived from the request.
const ALIASES: [(&str, &str); 33] = [
    ("url", "path"),
    ("page", "path"),
    ("address", "ip"),
    ("addr", "ip"),
    ("client", "ip"),
    ("client-ip", "ip"),
    ("domain", "host"),
    ("vhost", "host"),
    ("verb", "method"),
    ("referrer", "referer"),
    ("referrer-site", "referer-site"),
    ("referring-site", "referer-site"),
    ("referrer-kind", "referer-kind"),
    ("network", "net"),
    ("countries", "country"),
    ("cities", "city"),
    ("organization", "org"),
    ("useragent", "agent"),
    ("user-agent", "agent"),
    ("ua", "agent"),
    ("username", "user"),
    ("proto", "protocol"),
    ("code", "status"),
    ("status-code", "status"),
    ("extension", "ext"),
    ("operating-system", "os"),
    ("platform", "os"),
    ("query", "args"),
    ("querystring", "args"),
    ("dow", "weekday"),
    ("directory", "dir"),
    ("endpoint", "route"),
    ("filename", "file"),
];

impl Dimension {
    /// Looks up a dimension by a name as users type it: a name that [`Dimension::named`] knows, a variable of the
    /// user's own, or else an alias, such as `url`, in any case. Two names with a `/` between them are a pair. `is_own`
    /// returns true for variables that the user's formats log and nginx does not define.
    ///
    /// ```
    /// use logstat::Dimension;
    /// assert_eq!(Dimension::resolve("url", &|_| false), Ok(Dimension::Path));
    /// let own = Dimension::resolve("url", &|variable| variable == "url")?;
    /// assert_eq!((own.name(), own.singular().as_ref()), ("url", "$url"));
    /// # Ok::<(), logstat::DimensionError>(())
    /// ```
    ///
    /// # Errors
    /// Fails if the name is unknown, or if the variable's values are not worth ranking.
    pub fn resolve(name: &str, is_own: &dyn Fn(&str) -> bool) -> Result<Dimension, DimensionError> {
        let single = |name: &str| match variable::named(name.trim()) {
            Err(DimensionError::Unknown) => {
                let own = variable::user_defined(name.trim()).filter(|dimension| is_own(dimension.name()));
                own.or_else(|| of_alias(name.trim())).ok_or(DimensionError::Unknown)
            }
            known => known,
        };
        match name.split('/').collect::<Vec<_>>()[..] {
            [name] => single(name),
            [first, second] => Dimension::pair(single(first)?, single(second)?),
            _ => Err(DimensionError::Three),
        }
    }

    /// Every alias that [`Dimension::resolve`] knows, with the dimension's own name.
    pub fn aliases() -> impl Iterator<Item = (&'static str, &'static str)> {
        ALIASES.into_iter()
    }
}

/// The dimension that a word stands for: an alias, or a name in another case or in the plural.
fn of_alias(word: &str) -> Option<Dimension> {
    let word = word.to_ascii_lowercase();
    let of_word = |word: &str| {
        let spelled = word.replace('_', "-");
        let alias = ALIASES.iter().find(|(alias, _)| *alias == spelled).map(|(_, name)| *name);
        variable::named(alias.unwrap_or(word)).ok()
    };
    let of_unit = || word.parse::<Unit>().ok().map(Dimension::Time);
    let of_plural = |end: &str| word.strip_suffix(end).and_then(of_word);
    of_word(&word).or_else(of_unit).or_else(|| of_plural("s")).or_else(|| of_plural("es"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::LogFormat;

    fn name(text: &str) -> Result<&'static str, DimensionError> {
        Dimension::resolve(text, &|_| false).map(Dimension::name)
    }

    #[test]
    fn aliases_are_unique_and_no_names() {
        for (i, (alias, canonical)) in ALIASES.iter().enumerate() {
            assert_eq!((name(alias), name(canonical)), (Ok(*canonical), Ok(*canonical)), "{alias}");
            assert!(ALIASES[..i].iter().all(|(other, _)| other != alias), "{alias}");
        }
        // A name that a format logs is not an alias: a default must not hide a variable.
        for format in LogFormat::all_presets() {
            assert!(ALIASES.iter().all(|(alias, _)| !format.logs(alias)), "{}", format.name());
        }
    }

    #[test]
    fn names_are_found_in_any_case_and_in_the_plural() {
        let rows = [
            ("Path", "path"),
            ("URL", "path"),
            ("urls", "path"),
            ("user_agent", "agent"),
            ("User-Agents", "agent"),
            ("addresses", "ip"),
            ("IPs", "ip"),
            ("statuses", "status"),
            ("daily", "day"),
            ("Hours", "hour"),
            (" ip ", "ip"),
            ("domain/url", "host/path"),
            ("hourly / code", "hour/status"),
            ("uri", "uri"),
            ("Upstream_Addr", "upstream_addr"),
        ];
        for (text, expected) in rows {
            assert_eq!(name(text), Ok(expected), "{text}");
        }
        for text in ["", "s", "browse", "pth", "url/"] {
            assert_eq!(name(text), Err(DimensionError::Unknown), "{text}");
        }
        assert_eq!(name("url/path"), Err(DimensionError::Twice { name: "path" }));
        assert_eq!(name("request_time"), Err(DimensionError::Measure { name: "request_time" }));
    }

    #[test]
    fn variables_of_the_users_own_precede_aliases() {
        let is_own = |variable: &str| ["url", "daily", "code"].contains(&variable);
        for own in ["url", "$url", "daily", "code"] {
            let found = Dimension::resolve(own, &is_own).unwrap();
            assert_eq!(found, Dimension::user_defined(own).unwrap(), "{own}");
        }
        assert_eq!(Dimension::resolve("ua", &is_own), Ok(Dimension::Agent));
    }
}
