//! Compiled scanners against their reference, for lines of every preset, and of formats in which a value ends where the
//! rest of the format matches.

use std::sync::LazyLock;

use super::Header;
use crate::format::log_format::twin::{Twin, UNMARKED_ENDS};
use crate::format::{LogFormat, Memory, NginxEscape};

static TWINS: LazyLock<Vec<Twin>> = LazyLock::new(|| {
    let presets = LogFormat::all_presets().into_iter().filter(|format| !format.has_keys());
    let own = UNMARKED_ENDS.iter().map(|text| {
        let escape = if text.contains('|') { NginxEscape::None } else { NginxEscape::Default };
        LogFormat::nginx(text, text, escape).expect("a log_format")
    });
    own.chain(presets).map(|format| Twin::of(format).expect("a small expression")).collect()
});

/// Fuzzes one format, chosen by the first byte; presets come last. The rest is lines.
pub(super) fn run(data: &[u8]) {
    let (mut header, text) = Header::of(data, 1);
    let twin = &TWINS[usize::from(header.byte()) % TWINS.len()];
    let mut memory = Memory::default();
    for line in text.split(|byte| *byte == b'\n') {
        twin.agree(&mut memory, line).unwrap_or_else(|difference| panic!("{difference}"));
    }
}
