//! Compiled scanners against their reference, for lines of every preset, and of formats in which a value ends where the
//! rest of the format matches.

use std::sync::LazyLock;

use super::Header;
use crate::format::log_format::reference::{Reference, UNMARKED_ENDS};
use crate::format::{LogFormat, NginxEscape, ScanCache};

static REFERENCES: LazyLock<Vec<Reference>> = LazyLock::new(|| {
    let presets = LogFormat::all_presets().into_iter().filter(|format| !format.has_keys());
    let own = UNMARKED_ENDS.iter().map(|text| {
        let escape = if text.contains('|') { NginxEscape::None } else { NginxEscape::Default };
        LogFormat::nginx(text, text, escape).expect("a log_format")
    });
    own.chain(presets).map(|format| Reference::of(format).expect("a small expression")).collect()
});

/// Fuzzes one format, chosen by the first byte; presets come last. The rest is lines.
pub(super) fn run(data: &[u8]) {
    let (mut header, text) = Header::of(data, 1);
    let reference = &REFERENCES[usize::from(header.byte()) % REFERENCES.len()];
    let mut cache = ScanCache::default();
    for line in text.split(|byte| *byte == b'\n') {
        reference.agree(&mut cache, line).unwrap_or_else(|difference| panic!("{difference}"));
    }
}
