//! Tables in ASCII only. Each symbol of the table becomes one character of the same width; each other byte of a key
//! becomes `\xHH`.

use std::io::{self, Write};

use crate::report::{Highlight, Report, Split};

/// THE TABLE of symbols. Each is one column wide, and so is its replacement.
const SIGNS: [(char, u8); 21] = [
    ('·', b'-'),
    ('→', b'>'),
    ('…', b'~'),
    ('█', b'#'),
    ('▉', b'#'),
    ('▊', b'#'),
    ('▋', b'#'),
    ('▌', b'#'),
    ('▍', b':'),
    ('▎', b':'),
    ('▏', b':'),
    ('▁', b'_'),
    ('▂', b'.'),
    ('▃', b'-'),
    ('▄', b'='),
    ('▅', b'+'),
    ('▆', b'*'),
    ('▇', b'%'),
    ('–', b'-'),
    ('─', b'-'),
    ('▲', b'!'),
];

/// Writer that converts text to ASCII.
pub(super) struct Ascii<'o> {
    pub(super) out: &'o mut dyn Write,
}

impl Write for Ascii<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_ascii() {
            self.out.write_all(bytes)?;
            return Ok(bytes.len());
        }
        // Callers write whole texts, so no character is split between two writes.
        let text = String::from_utf8_lossy(bytes);
        let ascii: Vec<u8> = text.chars().map(|c| if c.is_ascii() { c as u8 } else { of_sign(c) }).collect();
        self.out.write_all(&ascii)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Returns the replacement of a symbol.
pub(super) fn of_sign(sign: char) -> u8 {
    SIGNS.iter().find(|(known, _)| *known == sign).map_or(b'?', |(_, ascii)| *ascii)
}

/// Returns a copy of the report in which all text is ASCII.
pub(super) fn with_ascii_texts(report: &Report) -> Report {
    let mut report = report.clone();
    if let Some(each) = &mut report.each {
        each.parts = each.parts.iter().map(with_ascii_texts).collect();
        each.part.iter_mut().filter_map(|part| part.key.as_mut()).for_each(escape);
    }
    Split::rename(report.timeline.iter_mut().flatten().filter_map(|row| row.split.as_mut()), escape);
    let rows = [&mut report.timeline, &mut report.status, &mut report.class].into_iter().flatten().flatten();
    let ranked = report.top.iter_mut().flatten().flat_map(|ranking| &mut ranking.rows);
    let bots = report.bots.iter_mut().flat_map(|bots| bots.classes.iter_mut().chain(&mut bots.top));
    let keys = rows
        .chain(ranked)
        .chain(bots)
        .flat_map(|row| row.key.iter_mut().chain(row.keys.iter_mut().flatten()).chain(&mut row.short));
    let inputs = report.inputs.iter_mut().flat_map(|input| {
        let formats = input.formats.iter_mut().map(|format| &mut format.format);
        [&mut input.path, &mut input.format].into_iter().chain(formats)
    });
    let samples = report.malformed_samples.iter_mut().flat_map(|sample| [&mut sample.path, &mut sample.text]);
    let highlights = report.highlights.iter_mut().flatten().map(Highlight::key_mut);
    keys.chain(inputs).chain(samples).chain(highlights).for_each(escape);
    report
}

fn escape(text: &mut String) {
    if !text.is_ascii() {
        *text = escaped(text);
    }
}

/// Escapes each byte that is not ASCII as `\xHH`.
pub(super) fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(2 * text.len()), |mut escaped, c| {
        if c.is_ascii() {
            escaped.push(c);
        } else {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes).bytes().for_each(|byte| escaped += &format!("\\x{byte:02X}"));
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::table::fit::width;

    #[test]
    fn symbols_keep_their_width_and_texts_are_escaped() {
        assert!(SIGNS.iter().all(|(sign, _)| width(&sign.to_string()) == 1));
        let mut out = Vec::new();
        Ascii { out: &mut out }.write_all("a → b … ██▌ é\n".as_bytes()).unwrap();
        assert_eq!(out, b"a > b ~ ### ?\n");
        let mut text = "/größe".to_owned();
        escape(&mut text);
        assert_eq!(text, "/gr\\xC3\\xB6\\xC3\\x9Fe");
    }
}
