//! Rules that classify a request as static or dynamic by its path alone.

use crate::text::{Prefix, bytes_after_last, lower};

/// Path prefixes of files in Django sites.
const PREFIXES: [&str; 2] = ["/static/", "/media/"];

/// Extensions of static files.
const EXTENSIONS: &str = "css js mjs map png jpg jpeg gif svg ico webp avif bmp tif tiff woff woff2 ttf otf eot \
     mp3 mp4 m4a m4v webm ogg ogv wav flac avi mov mpg mpeg flv swf pdf txt csv doc docx xls xlsx ppt pptx \
     zip gz tgz bz2 xz zst tar rar 7z iso dmg exe apk wasm";

/// Rules that tell static requests from dynamic ones.
///
/// A path is static if it begins with one of the prefixes, or if it has one of the extensions, in upper or lower case.
/// The extension is the part of the last segment after its last dot.
///
/// ```
/// use logstat::StaticRules;
/// let mut rules = StaticRules::default();
/// assert!(rules.is_static(b"/static/x") && rules.is_static(b"/a/b.PNG") && !rules.is_static(b"/a.png/b"));
/// rules.add_extension("heic")?;
/// assert!(rules.is_static(b"/photo.heic"));
/// # Ok::<(), logstat::RuleError>(())
/// ```
#[derive(Clone, Debug)]
pub struct StaticRules {
    prefixes: Vec<Prefix>,
    /// In lower case, without dot.
    extensions: Vec<Vec<u8>>,
    short: ShortSet,
    /// Length of the longest extension in bytes.
    longest: usize,
}

/// Reason why a text is not a valid extension or prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError(String);

impl std::fmt::Display for RuleError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&crate::text::printable(self.0.as_bytes()))
    }
}

impl std::error::Error for RuleError {}

impl Default for StaticRules {
    fn default() -> Self {
        let mut rules =
            StaticRules { prefixes: Vec::new(), extensions: Vec::new(), short: ShortSet::default(), longest: 0 };
        for prefix in PREFIXES {
            rules.add_prefix(prefix).expect("the built-in prefixes are valid");
        }
        for extension in EXTENSIONS.split_ascii_whitespace() {
            rules.add_extension(extension).expect("the built-in extensions are valid");
        }
        rules
    }
}

impl StaticRules {
    /// Rules by which no path is static.
    pub(crate) const NONE: &'static StaticRules = &StaticRules {
        prefixes: Vec::new(),
        extensions: Vec::new(),
        short: ShortSet { words: Vec::new(), slots: Vec::new(), factor: 0 },
        longest: 0,
    };

    /// Also treats paths that begin with `prefix` as static.
    ///
    /// # Errors
    /// If the prefix does not begin with `/`: it would match no path.
    pub fn add_prefix(&mut self, prefix: &str) -> Result<(), RuleError> {
        if !prefix.starts_with('/') {
            return Err(RuleError(format!("a prefix of paths begins with '/', as /{prefix} does")));
        }
        self.prefixes.push(Prefix::new(prefix));
        Ok(())
    }

    /// Also treats files with this extension as static. The leading dot is optional.
    ///
    /// # Errors
    /// If the extension is empty or contains `/` or a further `.`: it would match no path.
    pub fn add_extension(&mut self, extension: &str) -> Result<(), RuleError> {
        let name = extension.strip_prefix('.').unwrap_or(extension);
        if name.is_empty() || name.contains(['/', '.']) {
            return Err(RuleError(format!("an extension is what follows the last dot, as css: not '{extension}'")));
        }
        let name = name.to_ascii_lowercase().into_bytes();
        self.longest = self.longest.max(name.len());
        if let Some(word) = packed(&name) {
            self.short.insert(word);
        }
        if !self.extensions.contains(&name) {
            self.extensions.push(name);
        }
        Ok(())
    }

    /// The prefixes, in the order in which they were added.
    pub fn prefixes(&self) -> impl Iterator<Item = &[u8]> {
        self.prefixes.iter().map(Prefix::bytes)
    }

    /// The extensions, without dot, in the order in which they were added.
    pub fn extensions(&self) -> impl Iterator<Item = &[u8]> {
        self.extensions.iter().map(Vec::as_slice)
    }

    /// True if `path`, which has no query string, is static.
    #[inline(always)]
    pub fn is_static(&self, path: &[u8]) -> bool {
        // About half of all paths are static, in random order. So all rules are evaluated without branches, which the
        // processor would mispredict.
        let has_prefix = self.prefixes.iter().fold(false, |found, prefix| found | prefix.leads(path).is_some());
        has_prefix | self.has_extension(path)
    }

    #[inline(always)]
    fn has_extension(&self, path: &[u8]) -> bool {
        // An extension contains no slash, so the text after the last dot is enough: for `/a.png/b` it is `png/b`.
        match path.last_chunk() {
            Some(last) if self.longest < 8 => {
                let word = u64::from_le_bytes(*last);
                // A trailing NUL byte would be mistaken for padding.
                self.short.contains(lower(bytes_after_last(b'.', word))) & (last[7] != 0)
            }
            _ => self.has_odd_extension(path),
        }
    }

    /// The same for paths shorter than eight bytes, or if an extension has eight bytes or more.
    #[cold]
    #[inline(never)]
    fn has_odd_extension(&self, path: &[u8]) -> bool {
        let Some(dot) = path.iter().rposition(|b| *b == b'.') else { return false };
        self.extensions.iter().any(|e| e.eq_ignore_ascii_case(&path[dot + 1..]))
    }
}

/// Packs up to eight bytes into a word, padded with zeros; `None` if there are more.
fn packed(extension: &[u8]) -> Option<u64> {
    let mut word = [0; 8];
    word.get_mut(..extension.len())?.copy_from_slice(extension);
    Some(u64::from_le_bytes(word))
}

/// A perfect hash set of words other than 0. No two words share a slot, so a look-up is a multiplication and a
/// comparison, without a branch that the processor could mispredict.
#[derive(Clone, Debug, Default)]
struct ShortSet {
    words: Vec<u64>,
    /// Empty, or a power of two in length.
    slots: Vec<u64>,
    factor: u64,
}

impl ShortSet {
    #[inline(always)]
    fn slot(&self, word: u64) -> usize {
        (word.wrapping_mul(self.factor) >> 40) as usize & self.slots.len().wrapping_sub(1)
    }

    #[inline(always)]
    fn contains(&self, word: u64) -> bool {
        self.slots.get(self.slot(word)).is_some_and(|slot| (*slot == word) & (word != 0))
    }

    fn insert(&mut self, word: u64) {
        if self.contains(word) {
            return;
        }
        self.words.push(word);
        let len = (self.words.len() * 16).next_power_of_two();
        while !self.fill(len) {
            self.factor = self.factor.wrapping_add(0x9E37_79B9_7F4A_7C15) | 1;
        }
    }

    /// Puts each word into its slot; returns `false` if two words share one.
    fn fill(&mut self, len: usize) -> bool {
        self.slots.clear();
        self.slots.resize(len, 0);
        for at in 0..self.words.len() {
            let (word, slot) = (self.words[at], self.slot(self.words[at]));
            if self.slots[slot] != 0 {
                return false;
            }
            self.slots[slot] = word;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Slow reference: the rule as documented.
    fn reference(rules: &StaticRules, path: &[u8]) -> bool {
        let name = path.rsplit(|b| *b == b'/').next().unwrap_or_default();
        let extension = name.contains(&b'.').then(|| name.rsplit(|b| *b == b'.').next().unwrap_or_default());
        rules.prefixes().any(|p| path.starts_with(p))
            || extension.is_some_and(|e| rules.extensions().any(|x| x == e.to_ascii_lowercase()))
    }

    fn rules() -> StaticRules {
        let mut rules = StaticRules::default();
        rules.add_prefix("/assets/").unwrap();
        rules.add_extension(".HEIC").unwrap();
        rules.add_extension("webmanifest").unwrap();
        rules
    }

    #[test]
    fn unusual_paths_follow_the_rule() {
        for (path, is_static) in [
            ("/static/x", true),
            ("/static", false),
            ("/media/", true),
            ("/x/media/", false),
            ("/a.css", true),
            ("/a.CSS", true),
            ("/a.css/", false),
            ("/a.png/b", false),
            ("/a.b.woff2", true),
            ("/css", false),
            (".css", true),
            ("css", false),
            ("/a.", false),
            ("/.gz", true),
            ("-", false),
            ("", false),
            ("/x.heic", true),
            ("/site.WebManifest", true),
            ("/site.webmanifests", false),
            ("/assets/x", true),
        ] {
            assert_eq!(rules().is_static(path.as_bytes()), is_static, "{path}");
            assert_eq!(reference(&rules(), path.as_bytes()), is_static, "{path}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_path_matches_slow_reference(
            parts in proptest::collection::vec(
                proptest::sample::select(vec!["/", ".", "static", "media", "css", "JS", "7z", "webmanifest", "png", "x", "\u{0}"]), 0..8),
        ) {
            let path = parts.concat();
            proptest::prop_assert_eq!(rules().is_static(path.as_bytes()), reference(&rules(), path.as_bytes()));
        }
    }

    #[test]
    fn rules_that_match_no_path_are_rejected() {
        assert!(StaticRules::default().add_prefix("static/").is_err());
        for extension in ["", ".", "tar.gz", "a/b"] {
            assert!(StaticRules::default().add_extension(extension).is_err(), "{extension}");
        }
    }
}
