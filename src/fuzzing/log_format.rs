//! The compiler of `log_format`: any text must compile or be refused with a message, and a compiled format must match
//! its reference.

use super::Header;
use super::messages::assert_safe;
use crate::format::log_format::reference::Reference;
use crate::format::{LogFormat, NginxEscape, ScanCache, stops};

/// Fuzzes one format. The first byte chooses how the format is given, the first line is its text, and the others are
/// lines of a log.
pub(super) fn run(data: &[u8]) {
    let (mut header, text) = Header::of(data, 1);
    let escape = header.maybe_one_of(&[NginxEscape::Default, NginxEscape::Json, NginxEscape::None]);
    let (text, lines) = text.split_at(text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len()));
    let text = String::from_utf8_lossy(text);
    let compiled = match escape {
        None => text.parse(),
        Some(escape) => LogFormat::nginx("own", &text, escape),
    };
    let format = match compiled {
        Ok(format) => format,
        Err(error) => return assert_safe("a refused format", &error.to_string()),
    };
    // A format is shown by its text, which must compile to the same format.
    if let Some(shown) = format.text() {
        let again = LogFormat::nginx("own", &shown, NginxEscape::Default).ok().and_then(|again| again.text());
        assert_eq!(again.as_ref(), Some(&shown), "{text:?}");
    }
    let reference = if format.has_keys() { None } else { Reference::of(format.clone()) };
    // The fields of a text format come from its expression, which may be too large to compile.
    let has_fields = format.has_keys() || reference.is_some();
    let formats = [format];
    let mut cache = ScanCache::default();
    for line in lines.split(|byte| *byte == b'\n').skip(1) {
        let stops = stops(&formats, line);
        assert!(stops.iter().all(|stop| stop.mismatch.at <= line.len()), "{stops:?} of {line:?}");
        let is_shown = has_fields && stops.is_empty();
        assert!(!is_shown || !formats[0].anatomy(line).fields.is_empty(), "{line:?} fits but has no fields");
        let agreed = reference.iter().try_for_each(|reference| reference.agree(&mut cache, line));
        agreed.unwrap_or_else(|difference| panic!("{difference}"));
    }
}
