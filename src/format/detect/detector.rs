//! Detects the formats of many files.
//!
//! Files of one site usually look alike. If every line of a file's sample is ordinary and has the same ending, its
//! formats are those of every other such file, so they are detected only once. It does not matter which file comes
//! first.

use std::sync::{Arc, OnceLock};

use super::alike::{ENDINGS, Ending};
use super::sample::Sample;
use crate::format::LogFormat;
use crate::format::detect::FormatsOfFile;

/// Detects which of the given formats a file has.
pub(crate) struct Detector<'f> {
    formats: &'f [LogFormat],
    /// True if all formats are unmodified presets. Only then can ordinary lines be merged by kind.
    are_presets: bool,
    /// Formats of files with only ordinary lines, by ending.
    ordinary: [OnceLock<Arc<FormatsOfFile<'f>>>; ENDINGS],
}

impl<'f> Detector<'f> {
    pub(crate) fn new(formats: &'f [LogFormat]) -> Detector<'f> {
        let are_presets = formats.iter().all(|format| !format.is_given() && format.given.is_empty());
        Detector { formats, are_presets, ordinary: std::array::from_fn(|_| OnceLock::new()) }
    }

    /// The formats; a format's number is its index in this list.
    pub(crate) fn formats(&self) -> &'f [LogFormat] {
        self.formats
    }

    /// Samples the first lines of a head.
    pub(crate) fn sample<'s>(&self, head: &'s [u8]) -> Sample<'s> {
        if self.are_presets { Sample::for_presets(head) } else { Sample::for_any(head) }
    }

    /// Detects the formats of a file from its sample; `own` are those configured for it.
    pub(crate) fn detect(&self, own: &[usize], sample: &Sample<'_>) -> Arc<FormatsOfFile<'f>> {
        let detect = || FormatsOfFile::of_sample(self.formats, own, sample);
        match sample.ending() {
            // The surveys depend on the number of lines, so the shared result omits them.
            Some(ending) if own.is_empty() => {
                let known = self.of_ending(ending).get_or_init(|| Arc::new(detect().without_counts()));
                Arc::clone(known)
            }
            _ => Arc::new(detect()),
        }
    }

    fn of_ending(&self, ending: Ending) -> &OnceLock<Arc<FormatsOfFile<'f>>> {
        &self.ordinary[ending as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 512 "-" "curl/8.5""#;

    #[test]
    fn files_of_ordinary_lines_share_the_detected_formats() {
        let formats = LogFormat::all_presets();
        let detector = Detector::new(&formats);
        let detect = |head: &str| detector.detect(&[], &detector.sample(head.as_bytes()));
        let head = format!("{LINE}\n").repeat(100);
        let first = detect(&head);
        assert!(Arc::ptr_eq(&first, &detect(&head.replace("10.0.0.7", "2001:db8::7"))));
        assert!(Arc::ptr_eq(&first, &detect(LINE)));
        assert!(!Arc::ptr_eq(&first, &detect(&format!("{LINE} 0.123\n"))));
        for odd in ["x", &format!("{LINE} 12"), &format!("h {LINE}"), &format!("{LINE} 0.123")] {
            assert!(!Arc::ptr_eq(&first, &detect(&format!("{head}{odd}\n"))), "{odd}");
        }
        assert_eq!(detector.sample(head.as_bytes()).lines().len(), 1);
    }

    #[test]
    fn given_formats_are_tried_with_every_line() {
        let formats = ["combined".parse().unwrap()];
        let head = format!("{LINE}\n").repeat(3);
        assert_eq!(Detector::new(&formats).sample(head.as_bytes()).lines().len(), 3);
    }
}
