//! State files without compression and checksums, for fuzzing: a changed byte is then a changed number, not a wrong
//! checksum.

use serde_json::Value;

use super::day::DayLines;
use super::layout::empty_tally;
use super::meta::VERSION;
use super::{State, day, section};
use crate::error::Error;
use crate::keys::Seed;

/// Separates the description and the days of an unpacked state.
const SEPARATOR: &[u8] = b"\n--day--\n";

/// The first line of a state file.
fn first_line() -> Vec<u8> {
    format!("logstat state {VERSION}\n").into_bytes()
}

/// Compresses the sections of an unpacked state to a state file. The lengths of days in the description are corrected.
pub(crate) fn packed(unpacked: &[u8]) -> Vec<u8> {
    let mut sections = Vec::new();
    let mut rest = unpacked;
    while let Some(at) = memchr::memmem::find(rest, SEPARATOR) {
        sections.push(rest[..at].to_vec());
        rest = &rest[at + SEPARATOR.len()..];
    }
    sections.push(rest.to_vec());
    if let Ok(mut description) = serde_json::from_slice::<Value>(&sections[0]) {
        let days = description.get_mut("days").and_then(Value::as_array_mut).into_iter().flatten();
        for (day, section) in days.zip(&sections[1..]) {
            if let Some(bytes) = day.get_mut("bytes") {
                *bytes = section.len().into();
            }
        }
        sections[0] = description.to_string().into_bytes();
    }
    let mut file = first_line();
    for bytes in sections {
        let compressed = section::compress(&bytes).expect("memory can be compressed");
        section::append(&mut file, &compressed, bytes.len() as u64);
    }
    file
}

/// Decompresses the sections of a state file.
#[cfg(test)]
pub(crate) fn unpacked(file: &[u8]) -> Vec<u8> {
    let (mut sections, mut at) = (Vec::new(), first_line().len());
    while let Ok(section) = section::section(file, at) {
        sections.push(section::decompress(&file[section.compressed], section.len).expect("the file is a state"));
        at = section.end;
    }
    sections.join(SEPARATOR)
}

impl State {
    /// Decodes and encodes each stored day.
    ///
    /// # Errors
    /// If the state has an unknown setting.
    ///
    /// # Panics
    /// If a day that can be decoded is then encoded to other bytes.
    pub(crate) fn assert_days_encode_the_same(&self) -> Result<(), Error> {
        let question = self.question()?;
        for (_, lines) in self.all_days() {
            let DayLines::Stored(stored) = lines else { continue };
            let empty = empty_tally(&question, &stored.layout.tables, Seed::fixed(1))?;
            if let Ok(part) = stored.read(empty) {
                let bytes = section::decompress(stored.compressed(), stored.section.len).expect("it was just read");
                assert_eq!(day::encode(&part, &stored.layout.reasons), bytes);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[cfg(feature = "compressed")]
mod tests {
    use super::*;
    use crate::engine::{Engine, count_to_state};
    use crate::input::Input;
    use crate::question::Question;

    #[test]
    fn unpacked_state_is_packed_to_an_equal_one() {
        let line = "10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] \"GET /a HTTP/1.1\" 200 512 \"-\" \"curl/8.5\"\n";
        let counted =
            count_to_state(&Question::new(), vec![Input::reader("-", line.as_bytes())], None, None, &Engine::new());
        let mut file = Vec::new();
        counted.unwrap().state.unwrap().write(&mut file).unwrap();
        let read = State::from_reader("packed", &packed(&unpacked(&file))[..]).unwrap();
        read.assert_days_encode_the_same().unwrap();
        let mut again = Vec::new();
        read.write(&mut again).unwrap();
        assert_eq!(again, file);
    }
}
