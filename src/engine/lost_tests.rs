//! Mapped files that lose pages while they are counted. Everything is then read again without mappings, so that no text
//! of a lost page is counted and no remaining line is missed.

use std::fs::{self, OpenOptions};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::*;
use crate::dimension::Dimension;
use crate::error::ErrorKind;
use crate::input::{Access, guard_mappings};
use crate::thorough::is_thorough;

/// All lines have the same length, so that a number of bytes gives the number of lines.
fn line(number: usize) -> String {
    format!(
        "10.0.{}.7 - - [14/Nov/2026:08:30:00 +0000] \"GET /{number:07} HTTP/1.1\" 200 5 \"-\" \"curl\"\n",
        number % 10
    )
}

fn lines(count: usize) -> String {
    (0..count).map(line).collect()
}

fn question() -> Question {
    Question::new().top([Dimension::Path, Dimension::Ip]).limit(0).keep_rejects(true)
}

fn engine(threads: usize) -> Engine {
    let access = guard_mappings().map_or(Access::Read, Access::Map);
    Engine::new().threads(threads).chunk_bytes(1 << 16).access(access).seek(Seek::never())
}

fn opened(paths: &[&Path], engine: &Engine) -> Vec<Source> {
    let mut opener = Opener::new(engine.access, engine.chunk_options(1 << 20), None, 8);
    paths.iter().map(|path| opener.open(Input::path(*path)).unwrap()).collect()
}

fn count_sources(sources: Vec<Source>, engine: &Engine) -> Outcome {
    count_opened(&question(), Period::default(), sources, Vec::new(), engine, Stopwatch::start()).unwrap()
}

fn cut(path: &Path, len: u64) {
    OpenOptions::new().write(true).open(path).unwrap().set_len(len).unwrap();
}

/// Asserts that a report has only the first `len` bytes of the file: the complete lines, and an incomplete last line as
/// malformed.
fn assert_has_first(report: &Report, len: u64) {
    let width = line(0).len() as u64;
    let (whole, rest) = (len / width, len % width);
    // A last line that lacks only its line feed is complete.
    let (whole, rest) = if rest == width - 1 { (whole + 1, 0) } else { (whole, rest) };
    assert_eq!((report.lines.parsed, report.lines.malformed), (whole, u64::from(rest > 0)), "{len}");
    assert_eq!((report.lines.read, report.lines.blank), (whole + u64::from(rest > 0), 0), "{len}");
    let [paths, addresses] = report.top.as_deref().unwrap() else { panic!("{:?}", report.top) };
    assert_eq!(paths.rows.len() as u64, whole);
    for row in &paths.rows {
        let key = row.key.as_deref().unwrap();
        let number: usize = key.trim_start_matches('/').parse().unwrap_or_else(|_| panic!("{key:?}"));
        assert!((number as u64) < whole && row.pv == 1, "{row:?}");
    }
    assert!(addresses.rows.iter().all(|row| row.key.as_deref().unwrap().starts_with("10.0.")), "{:?}", addresses.rows);
}

#[test]
fn truncated_file_is_counted_up_to_its_new_end() {
    let folder = tempfile::tempdir().unwrap();
    let (path, small, gz) = (folder.path().join("a.log"), folder.path().join("b.log"), folder.path().join("c.log.gz"));
    fs::write(&small, "garbage\n").unwrap();
    let width = line(0).len() as u64;
    for threads in [1, 3] {
        for len in [0, 37, width * 1000, width * 1000 - 1, 65_536, 65_537, 1_234_567, width * 20_000 - 1] {
            fs::write(&path, lines(20_000)).unwrap();
            let engine = engine(threads);
            let sources = opened(&[&path], &engine);
            cut(&path, len);
            let outcome = count_sources(sources, &engine);
            // A file with nothing but a part of the first line has another problem: it fits no format.
            let [.., problem] = &outcome.problems[..] else { panic!("no problem") };
            let ErrorKind::Shrunk { from_bytes, to_bytes, .. } = problem.kind() else { panic!("{problem}") };
            assert_eq!((*from_bytes, *to_bytes), (width * 20_000, len));
            if len > width {
                assert_has_first(&outcome.report.unwrap(), len);
            }
        }
    }
    // Other inputs are read again too: a small file, and a compressed one.
    fs::write(&path, lines(20_000)).unwrap();
    #[cfg(feature = "compressed")]
    {
        use std::io::Write;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(lines(3).as_bytes()).unwrap();
        fs::write(&gz, gzip.finish().unwrap()).unwrap();
    }
    #[cfg(not(feature = "compressed"))]
    fs::write(&gz, lines(3)).unwrap();
    let engine = engine(2);
    let sources = opened(&[&small, &path, &gz], &engine);
    cut(&path, width * 10);
    // Compressed files are read again by their descriptors, not reopened by name: rotation may have given the name to
    // another file.
    fs::rename(&gz, folder.path().join("d.log.gz")).unwrap();
    let outcome = count_sources(sources, &engine);
    let report = outcome.report.unwrap();
    assert_eq!((report.lines.parsed, report.lines.malformed), (13, 0), "{:?}", outcome.problems);
    let mut rejects = Vec::new();
    outcome.rejects.unwrap().write(&mut rejects).unwrap();
    assert_eq!(rejects, b"");
}

/// A failing disk raises the same signal, but the length of the file stays the same. Here its pages can be read the
/// second time.
#[test]
fn mapping_that_lost_a_page_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    let text = lines(5_000);
    fs::write(&path, &text).unwrap();
    let engine = engine(2);
    let sources = opened(&[&path], &engine);
    sources[0].lose_a_page();
    let outcome = count_sources(sources, &engine);
    assert!(outcome.problems.is_empty(), "{:?}", outcome.problems);
    assert_has_first(&outcome.report.unwrap(), text.len() as u64);
}

#[test]
fn lines_around_unreadable_bytes_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    fs::write(&path, lines(5_000)).unwrap();
    let width = line(0).len() as u64;
    for threads in [1, 3] {
        for (unreadable, lost_lines) in [(40_000..40_001, 40_000 / width..=40_959 / width), (0..1, 0..=4_095 / width)] {
            let engine = engine(threads);
            let source = Source::broken(&path, vec![unreadable.clone()], engine.chunk_options(1 << 20)).unwrap();
            let outcome = count_sources(vec![source], &engine);
            let [problem] = &outcome.problems[..] else { panic!("{:?}", outcome.problems) };
            let ErrorKind::Unreadable { at_byte, lost_bytes, source, .. } = problem.kind() else { panic!("{problem}") };
            let lost = lost_lines.end() - lost_lines.start() + 1;
            assert_eq!(
                (*at_byte, *lost_bytes, source.raw_os_error()),
                (unreadable.start, lost * width, Some(libc::EIO))
            );
            let report = outcome.report.unwrap();
            let lines = report.lines;
            assert_eq!((lines.read, lines.parsed, lines.lost_bytes), (5_000 - lost, 5_000 - lost, *lost_bytes));
            let paths = &report.top.unwrap()[0];
            let numbers = paths.rows.iter().map(|row| row.key.as_deref().unwrap()[1..].parse::<u64>().unwrap());
            let expected = (0..5_000).filter(|number| !lost_lines.contains(number));
            assert_eq!(numbers.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        }
    }
}

#[test]
fn refilled_file_is_reported_but_grown_or_renamed_file_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let (path, moved) = (folder.path().join("a.log"), folder.path().join("b.log"));
    let other_lines = |count: usize| lines(count).replace("GET /", "PUT /");
    type Change = fn(&Path, &Path, &str, &str);
    let changes: [(Change, bool); 5] = [
        (|path, _, _, other| fs::write(path, other).unwrap(), true),
        (|path, _, old, other| fs::write(path, format!("{other}{old}")).unwrap(), true),
        (|path, _, old, _| fs::write(path, format!("{old}{old}")).unwrap(), false),
        (|path, moved, _, other| (fs::rename(path, moved).unwrap(), fs::write(path, other).unwrap()).1, false),
        (
            |path, _, _, _| {
                OpenOptions::new().append(true).open(path).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
            },
            false,
        ),
    ];
    for access in [Access::Read, engine(1).access] {
        for (at, (change, is_reported)) in changes.iter().enumerate() {
            let text = lines(5_000);
            fs::write(&path, &text).unwrap();
            let engine = engine(2).access(access);
            let sources = opened(&[&path], &engine);
            change(&path, &moved, &text, &other_lines(5_000));
            let outcome = count_sources(sources, &engine);
            let changed = outcome.problems.iter().filter(|problem| matches!(problem.kind(), ErrorKind::Changed { .. }));
            assert_eq!(
                (changed.count(), outcome.problems.len()),
                (usize::from(*is_reported), usize::from(*is_reported)),
                "{at}"
            );
            assert_eq!(outcome.report.unwrap().lines.parsed, 5_000);
        }
    }
}

/// Changes the file at a path, given its original bytes and the bytes of another file.
#[cfg(feature = "compressed")]
type Change = fn(&Path, &[u8], &[u8]);

#[cfg(feature = "compressed")]
#[test]
fn changed_compressed_file_is_reported_as_changed_not_corrupt() {
    use std::io::Write;
    let member = |text: &str| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        gzip.finish().unwrap()
    };
    let first_member = member(&lines(3_000));
    let old = [&first_member[..], &member(&lines(2_000))].concat();
    let other = member(&lines(6_000).replace("GET /", "PUT /"));
    let changes: [(&str, Change, &str); 8] = [
        ("nothing", |_, _, _| (), ""),
        ("filled again", |path, _, other| fs::write(path, other).unwrap(), "changed"),
        (
            "overwritten in place",
            |path, old, _| {
                let mut file = OpenOptions::new().write(true).open(path).unwrap();
                file.write_all(&old[..100]).unwrap();
                file.write_all(&vec![7; old.len() / 2]).unwrap();
            },
            "changed",
        ),
        ("truncated", |path, old, _| cut(path, old.len() as u64 / 3), "changed"),
        ("emptied", |path, _, _| cut(path, 0), "changed"),
        ("grown", |path, old, other| fs::write(path, [old, other].concat()).unwrap(), ""),
        (
            "grown by half a member",
            |path, old, other| fs::write(path, [old, &other[..99]].concat()).unwrap(),
            "corrupt",
        ),
        (
            "touched",
            |path, _, _| {
                OpenOptions::new().append(true).open(path).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
            },
            "",
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log.gz");
    let is_said = |change: &dyn Fn(), kept_open: usize| {
        fs::write(&path, &old).unwrap();
        let engine = engine(2);
        let source = Opener::new(engine.access, engine.chunk_options(1 << 20), None, kept_open)
            .open(Input::path(&path))
            .unwrap();
        change();
        let outcome = count_sources(vec![source], &engine);
        let codes = outcome.problems.iter().filter_map(|problem| match problem.kind() {
            ErrorKind::Changed { .. } => Some("changed"),
            ErrorKind::Compressed { .. } => Some("corrupt"),
            ErrorKind::NoFormat { .. } | ErrorKind::NotAccessLog { .. } => None,
            other => panic!("{other:?}"),
        });
        codes.collect::<Vec<_>>().join(" ")
    };
    for kept_open in [0, 1] {
        for (name, change, expected) in &changes {
            assert_eq!(is_said(&|| change(&path, &old, &other), kept_open), *expected, "{name} {kept_open}");
        }
        // No checksum shows that a gzip member is missing.
        let at_member = || cut(&path, first_member.len() as u64);
        assert_eq!(is_said(&at_member, kept_open), "changed", "{kept_open}");
    }
}

#[test]
fn text_of_a_lost_page_is_never_counted_in_a_race() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    let text = lines(30_000);
    let width = line(0).len() as u64;
    let mut lost = 0;
    for run in (0..20_u64).step_by(if is_thorough() { 1 } else { 4 }) {
        fs::write(&path, &text).unwrap();
        let engine = engine(2);
        let sources = opened(&[&path], &engine);
        let len = (run * 7_919_113) % text.len() as u64;
        let is_started = AtomicBool::new(false);
        let outcome = std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_started.load(Ordering::Acquire) {
                    std::thread::yield_now();
                }
                std::thread::sleep(Duration::from_micros(run % 20 * 2_000));
                cut(&path, len);
            });
            is_started.store(true, Ordering::Release);
            count_sources(sources, &engine)
        });
        match outcome.problems.first().map(Error::kind) {
            // No page was lost before the end.
            None => assert_has_first(&outcome.report.unwrap(), text.len() as u64),
            Some(ErrorKind::Shrunk { to_bytes, .. }) => {
                lost += 1;
                assert_eq!(*to_bytes, len);
                if len > width {
                    assert_has_first(&outcome.report.unwrap(), len);
                }
            }
            Some(other) => panic!("{other:?}"),
        }
    }
    assert!(lost > 0, "no file was truncated while it was read");
}
