//! Compressed logs, whole and damaged: the report equals that of the plain text, and damage is reported.

use std::fs;
use std::io::{self, Cursor, Read, Write};

use logstat::{Compression, Engine, ErrorKind, Input, Question, count, write_json};

const LINES: usize = 60;

fn text() -> Vec<u8> {
    let line = |i: usize| {
        format!(
            "10.0.{}.{} - - [15/Nov/2026:08:{:02}:00 +0800] \"GET /{} HTTP/1.1\" 200 {} \"-\" \"curl\"\n",
            i % 7,
            i * 37 % 251,
            i,
            i * i % 89,
            i * 7919
        )
    };
    (0..LINES).map(line).collect::<String>().into_bytes()
}

const ALL: [Compression; 4] = [Compression::Gzip, Compression::Zstd, Compression::Bzip2, Compression::Xz];

/// One member, frame or stream.
fn packed(compression: Compression, text: &[u8]) -> Vec<u8> {
    match compression {
        Compression::Gzip => {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            gzip.write_all(text).unwrap();
            gzip.finish().unwrap()
        }
        Compression::Zstd => {
            let mut zstd = zstd::Encoder::new(Vec::new(), 3).unwrap();
            zstd.include_checksum(true).unwrap();
            zstd.write_all(text).unwrap();
            zstd.finish().unwrap()
        }
        Compression::Bzip2 => {
            let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
            bzip2.write_all(text).unwrap();
            bzip2.finish().unwrap()
        }
        Compression::Xz => liblzma::encode_all(text, 1).unwrap(),
        other => panic!("{other} is not tested yet"),
    }
}

/// Three parts, each compressed separately. The split is in the middle of a line, and one part is empty.
fn in_parts(compression: Compression, between: &[u8]) -> Vec<u8> {
    let text = text();
    let (first, second) = text.split_at(1000);
    [packed(compression, first), packed(compression, b""), packed(compression, second)].join(between)
}

/// The report as JSON, or the error; and the problems.
fn answer(input: Input, threads: usize, chunk_bytes: usize) -> (String, Vec<logstat::Error>) {
    let engine = Engine::new().threads(threads).chunk_bytes(chunk_bytes);
    match count(&Question::default(), vec![input], &engine) {
        Ok(outcome) => {
            let mut json = Vec::new();
            if let Some(report) = outcome.report {
                write_json(&report, &mut json).unwrap();
            }
            (String::from_utf8(json).unwrap(), outcome.problems)
        }
        Err(error) => panic!("{error}"),
    }
}

fn without_warnings(json: &str) -> String {
    let (before, rest) = json.split_once("\"warnings\":[").unwrap();
    let (_, after) = rest.split_once("],\"period\":").unwrap();
    format!("{before}\"warnings\":[],\"period\":{after}")
}

fn plainly(text: &[u8]) -> String {
    answer(Input::reader("a.log", Cursor::new(text.to_vec())), 1, 1 << 20).0
}

/// An input that returns few bytes at a time, as a pipe may.
fn of_pipe(bytes: &[u8]) -> Input {
    struct Sips(Cursor<Vec<u8>>, usize);
    impl Read for Sips {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = self.1 * 7 % 101 + 1;
            let most = buffer.len().min(self.1);
            self.0.read(&mut buffer[..most])
        }
    }
    Input::reader("a.log", Sips(Cursor::new(bytes.to_vec()), 0))
}

#[test]
fn all_parts_of_a_file_are_read() {
    let expected = plainly(&text());
    for compression in ALL {
        for between in [&b""[..], &[0; 4], &[0; 1024], &[0; 100_000]] {
            let bytes = [in_parts(compression, between), between.to_vec()].concat();
            let (found, problems) = answer(of_pipe(&bytes), 2, 64);
            assert!(problems.is_empty(), "{compression}, {} zeros: {}", between.len(), problems[0]);
            assert_eq!(found, expected, "{compression}, {} zeros", between.len());
        }
    }
}

#[test]
fn skippable_frames_are_skipped() {
    let skippable = |len: u32| [&b"\x5a\x2a\x4d\x18"[..], &len.to_le_bytes(), &vec![b'x'; len as usize]].concat();
    let bytes = [skippable(3), packed(Compression::Zstd, &text()), skippable(0), skippable(70_000)].concat();
    let (found, problems) = answer(of_pipe(&bytes), 1, 1000);
    assert!(problems.is_empty() && found == plainly(&text()), "{problems:?}");
}

/// Compressed empty text has no lines, and is not a failure.
#[test]
fn compressed_empty_text_is_an_empty_log() {
    for compression in ALL {
        let (found, problems) = answer(of_pipe(&packed(compression, b"")), 1, 1000);
        assert!(problems.is_empty() && found.contains("\"read\":0"), "{compression}: {found}");
    }
}

/// Wherever a file is cut off, the text before the cut is counted, and the message names the length of the file.
#[test]
fn text_before_a_truncation_is_counted() {
    let text = text();
    for compression in ALL {
        let bytes = in_parts(compression, b"");
        let mut lines_before = 0;
        for cut in (12..bytes.len()).step_by(3 * super::ONE_IN) {
            let (found, problems) = answer(of_pipe(&bytes[..cut]), 1, 1000);
            let (again, _) = answer(Input::reader("a.log", Cursor::new(bytes[..cut].to_vec())), 3, 64);
            assert_eq!(found, again, "{compression}, {cut}");
            let lines = lines_of(&found);
            assert!(lines >= lines_before && lines <= LINES as u64, "{compression}, {cut}");
            lines_before = lines;
            // A file may end between two parts.
            let Some(problem) = problems.iter().find(|p| matches!(p.kind(), ErrorKind::Compressed { .. })) else {
                assert!(found.contains("\"read\":"), "{compression}, {cut}");
                continue;
            };
            let expected = format!(
                "a.log: {compression} data ends too early at byte {cut} of the file; what came before is counted"
            );
            let followed = format!("a.log: {compression} data is followed by something else at byte ");
            let said = problem.to_string();
            assert!(said == expected || said.starts_with(&followed), "{cut}: {said}");
        }
        assert!(lines_before > 8, "{compression}");
        let (whole, problems) = answer(of_pipe(&bytes), 1, 1000);
        assert!(whole == plainly(&text) && problems.is_empty());
    }
}

fn lines_of(json: &str) -> u64 {
    json.split_once("\"read\":").map_or(0, |(_, rest)| rest[..rest.find(',').unwrap()].parse().unwrap())
}

/// Whichever byte is wrong, nothing panics, all ways of reading agree, and a damaged file is never reported as
/// complete.
#[test]
fn text_before_a_wrong_byte_is_counted() {
    let expected = plainly(&text());
    for compression in ALL {
        let good = in_parts(compression, b"");
        let mut broken = 0;
        for at in (10..good.len()).step_by(5 * super::ONE_IN) {
            let mut bytes = good.clone();
            bytes[at] ^= 0x55;
            let said = |(json, problems): (String, Vec<logstat::Error>)| {
                let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
                (json, problems.join("\n"))
            };
            let found = said(answer(of_pipe(&bytes), 1, 1000));
            assert_eq!(found, said(answer(Input::reader("a.log", Cursor::new(bytes)), 2, 64)), "{compression}, {at}");
            assert!(!found.1.is_empty() || found.0 == expected, "{compression}, {at}");
            broken += usize::from(found.1.contains("is corrupt"));
        }
        assert!(broken > 20 / super::ONE_IN, "{compression}: {broken}");
    }
}

/// A zstd frame of raw blocks. Its header asks for a window of this many bytes, a power of two from 1 KiB.
fn zstd_with_window(window: u64, text: &[u8]) -> Vec<u8> {
    // <https://www.rfc-editor.org/rfc/rfc8878#name-window-descriptor>: the exponent is in the upper five bits.
    let descriptor = u8::try_from(window.trailing_zeros() - 10).unwrap() << 3;
    let last_raw_block = (u32::try_from(text.len()).unwrap() << 3 | 1).to_le_bytes();
    [&[0x28, 0xb5, 0x2f, 0xfd, 0, descriptor], &last_raw_block[..3], text].concat()
}

/// An xz stream whose header asks for a dictionary of 256 MiB; the decoder needs further memory for itself.
fn xz_with_large_dictionary(text: &[u8]) -> Vec<u8> {
    let mut xz = packed(Compression::Xz, text);
    // <https://tukaani.org/xz/xz-file-format.txt>, 3.1 and 5.3.1: the block header follows the 12 bytes of the stream
    // header.
    let block = 12;
    let header = (usize::from(xz[block]) + 1) * 4;
    assert_eq!((xz[block + 2], xz[block + 3]), (0x21, 1), "LZMA2 alone, whose property is the size");
    xz[block + 4] = 32;
    let mut crc = flate2::Crc::new();
    crc.update(&xz[block..block + header - 4]);
    xz[block + header - 4..block + header].copy_from_slice(&crc.sum().to_le_bytes());
    xz
}

/// Intact data that needs much memory to decode is not reported as corrupt.
#[test]
fn excessive_memory_of_a_decoder_is_reported() {
    let text = text();
    let (found, problems) = answer(of_pipe(&zstd_with_window(128 << 20, &text)), 1, 1000);
    assert!(problems.is_empty() && found == plainly(&text), "{problems:?}");
    let advice = "of the file; what came before is counted\n  to read it:";
    let rows = [
        (zstd_with_window(256 << 20, &text), "zstd data needs a window of more than 128 MiB", "zstd -dc --long=31"),
        (zstd_with_window(1 << 41, &text), "zstd data needs a window of more than 128 MiB", "zstd -dc --long=31"),
        (xz_with_large_dictionary(&text), "xz data needs more than 256 MiB of memory", "xz -dc"),
    ];
    for (bytes, needs, program) in rows {
        let compression = if needs.starts_with("xz") { Compression::Xz } else { Compression::Zstd };
        let before = packed(compression, &text);
        for (bytes, lines) in [(bytes.clone(), 0), ([before.clone(), bytes].concat(), LINES as u64)] {
            let (found, problems) = answer(of_pipe(&bytes), 2, 1000);
            assert_eq!(lines_of(&found), lines);
            let said = problems[0].to_string();
            assert!(matches!(problems[0].kind(), ErrorKind::DecoderLimit { .. }), "{said}");
            assert!(said.starts_with(&format!("a.log: {needs} at byte ")), "{said}");
            assert!(said.ends_with(&format!("{advice}  {program} a.log | logstat -")), "{said}");
            assert!(found.contains("\"code\":\"decoder-limit\",\"input\":\"a.log\""), "{found}");
        }
    }
}

#[test]
fn trailing_data_is_reported() {
    for compression in ALL {
        let bytes = packed(compression, &text());
        let (found, problems) = answer(of_pipe(&[&bytes[..], b"\0\0no such thing"].concat()), 2, 1000);
        assert_eq!(without_warnings(&found), plainly(&text()));
        let at = bytes.len() + 2;
        let expected = format!(
            "a.log: {compression} data is followed by something else at byte {at} of the file; what came before is counted"
        );
        assert_eq!(problems[0].to_string(), expected);
    }
}

/// A failing reader is reported with its error, not as a truncated file.
#[test]
fn read_error_is_not_reported_as_truncation() {
    struct Cut(Cursor<Vec<u8>>);
    impl Read for Cut {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.read(buffer)? {
                0 => Err(io::Error::other("cable cut")),
                read => Ok(read),
            }
        }
    }
    for compression in ALL {
        let bytes = [packed(compression, &text()), packed(compression, &text())[..40].to_vec()].concat();
        let (found, problems) = answer(Input::reader("a.log", Cut(Cursor::new(bytes))), 1, 1000);
        assert!(lines_of(&found) >= LINES as u64, "{compression}");
        assert_eq!(problems[0].to_string(), "a.log: cable cut", "{compression}");
    }
}

/// Few workers read many files, and each file is counted completely.
#[test]
fn many_compressed_files_are_read_concurrently() {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<_> = (0..40)
        .map(|i| {
            let path = folder.path().join(format!("access.log.{i}"));
            let bytes = if i % 5 == 4 { text() } else { in_parts(ALL[i % 4], b"") };
            fs::write(&path, bytes).unwrap();
            path
        })
        .collect();
    let mut answers = [1, 2, 3, 8].map(|threads| {
        let engine = Engine::new().threads(threads).chunk_bytes(500);
        let outcome = count(&Question::default(), paths.iter().map(Input::path).collect(), &engine).unwrap();
        assert!(outcome.problems.is_empty());
        let report = outcome.report.unwrap();
        assert!(report.inputs.iter().all(|input| (input.lines, input.bytes) == (LINES as u64, text().len() as u64)));
        assert_eq!(report.lines.parsed, 40 * LINES as u64);
        let mut json = Vec::new();
        write_json(&report, &mut json).unwrap();
        json
    });
    let first = answers[0].clone();
    assert!(answers.iter_mut().all(|answer| *answer == first));
}
