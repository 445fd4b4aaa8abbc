//! Compressed inputs: every strategy must read or refuse any bytes in the same way, and a compressed text must count
//! the same as the text itself.

use std::io::Write;

use super::Header;
use super::counting::{Log, Strategy, Way, agreed, answer};
use crate::question::Question;

/// Number of bytes for options, before the text.
const HEADER: usize = 8;

/// Maximum number of bytes taken as compressed data; more could decompress to gigabytes.
const MOST_RAW: usize = 1024;

/// Maximum number of bytes of a text that is compressed here.
const MOST_TEXT: usize = 1 << 14;

type Encoder = fn(&[u8]) -> std::io::Result<Vec<u8>>;

const ENCODERS: [Encoder; 4] = [
    |text| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text)?;
        gzip.finish()
    },
    |text| zstd::encode_all(text, 1),
    |text| {
        let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        bzip2.write_all(text)?;
        bzip2.finish()
    },
    |text| liblzma::encode_all(text, 1),
];

/// Fuzzes compressed inputs. The header chooses whether the data is compressed already or is a text to be compressed,
/// and how it is read.
pub(super) fn run(data: &[u8]) {
    let (mut header, text) = Header::of(data, HEADER);
    let encoder = header.maybe_one_of(&ENCODERS);
    let strategies = [Strategy::of(&mut header), Strategy { threads: 1, chunk_bytes: 100, way: Way::Read, seed: 2 }];
    let question = Question::new().keep_rejects(true);
    let Some(encoder) = encoder else {
        agreed(&question, &Log::new(&text[..text.len().min(MOST_RAW)]), &strategies);
        return;
    };
    let text = &text[..text.len().min(MOST_TEXT)];
    let (first, second) = text.split_at(text.len() * usize::from(header.byte()) / 256);
    let encode = |part| encoder(part).expect("writing to memory cannot fail");
    let mut whole = [encode(first), encode(second)].concat();
    let packed = agreed(&question, &Log::new(&whole), &strategies);
    let plain = answer(&question, &Log::new(text), Strategy::PLAINEST);
    let counts =
        |answer: &super::counting::Answer| answer.report.as_ref().map(|report| (report.lines, report.summary.clone()));
    // Skip a text that looks compressed itself.
    if crate::Compression::of(text).is_none() {
        assert_eq!(counts(&packed), counts(&plain), "{}\n{}", packed.said, plain.said);
    }
    // Damage the data: change one byte, and cut off the end.
    let at = whole.len() * usize::from(header.byte()) / 256;
    if let Some(byte) = whole.get_mut(at) {
        *byte ^= header.byte();
    }
    whole.truncate(whole.len() - whole.len() * usize::from(header.byte()) / 512);
    agreed(&question, &Log::new(&whole), &strategies);
}
