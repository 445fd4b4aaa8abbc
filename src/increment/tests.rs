//! Rotations, written as scripts. After the last run, every line that was written must be counted once, unless the
//! script says that lines are lost. The scripts are played with a simple count, and with states.

use super::log_directory::{Count, play, play_with};
use super::{KnownText, find_once};
use crate::input::{FileStamp, Head};

/// Every line is counted once, and no gap is reported.
#[test]
fn rotations_lose_no_line_and_count_none_twice() {
    for (what, script) in [
        ("growing", "write access.log 3; run; run; write access.log 4000; run; write access.log 1; run"),
        (
            "rename and create",
            "write access.log 3000; run; write access.log 5; mv access.log access.log.1; write access.log 2; run; run; \
             mv access.log.1 access.log.2; mv access.log access.log.1; write access.log 9; run; rm access.log.2; \
             write access.log 1; run",
        ),
        (
            "created later",
            "write access.log 3; run; write access.log 5; mv access.log access.log.1; run; write access.log 2; run",
        ),
        (
            "empty after rotation",
            "write access.log 3; run; mv access.log access.log.1; write access.log 0; run; write access.log 2; run; run; \
             rm access.log.1; write access.log 2; run",
        ),
        (
            "copytruncate",
            "write access.log 3000; run; write access.log 5; cp access.log access.log.1; truncate access.log 0; \
             write access.log 2; run; write access.log 3000; run; run; cp access.log.1 access.log.2; \
             cp access.log access.log.1; truncate access.log 0; run; run; rm access.log.2; write access.log 1; run",
        ),
        (
            "copied, not yet truncated",
            "write access.log 3000; run; write access.log 5; cp access.log access.log.1; run; run; truncate access.log 0; \
             write access.log 2; run",
        ),
        (
            "half copied",
            "write access.log 3000; run; write access.log 5; half access.log access.log.1; run; run; \
             cp access.log access.log.1; truncate access.log 0; write access.log 2; run",
        ),
        (
            "rename and gzip",
            "write access.log 3000; run; write access.log 5; mv access.log access.log.1; write access.log 2; \
             gzip access.log.1 access.log.1.gz; rm access.log.1; run; run; mv access.log.1.gz access.log.2.gz; \
             gzip access.log access.log.1.gz; rm access.log; write access.log 1; run; rm access.log.2.gz; run",
        ),
        (
            "gzip at work",
            "write access.log 3000; run; write access.log 5; mv access.log access.log.1; write access.log 2; \
             half-gzip access.log.1 access.log.1.gz; run; gzip access.log.1 access.log.1.gz; run; rm access.log.1; run; run",
        ),
        (
            "gzip at work on a log that was never read",
            "write access.log 3; run; mv access.log access.log.2; write access.log 3000; mv access.log access.log.1; \
             write access.log 2; half-gzip access.log.1 access.log.1.gz; run; gzip access.log.1 access.log.1.gz; run; \
             rm access.log.1; run",
        ),
        (
            "still growing after the rename",
            "write access.log 3000; run; mv access.log access.log.1; write access.log.1 2; run; write access.log.1 2; \
             write access.log 1; run; write access.log.1 2; run; run; write access.log.1 2; run; \
             gzip access.log.1 access.log.1.gz; rm access.log.1; run; write access.log 1; run",
        ),
        (
            "two rotations between runs",
            "write access.log 3000; run; write access.log 5; mv access.log access.log.1; write access.log 2000; \
             mv access.log.1 access.log.2; mv access.log access.log.1; write access.log 2; run; run",
        ),
        (
            "three rotations between runs, compressed",
            "write access.log 3; run; write access.log 5; gzip access.log access.log.3.gz; rm access.log; \
             write access.log 2000; gzip access.log access.log.2.gz; rm access.log; write access.log 5; \
             mv access.log access.log.1; write access.log 2; run; run",
        ),
        (
            "names with dates",
            "write access.log 3; run; write access.log 1; mv access.log access-20261113.log; write access.log 9; \
             mv access.log access-20261114.log; write access.log 2; run; gzip access-20261113.log access-20261113.log.gz; \
             rm access-20261113.log; write access.log 1; run",
        ),
        (
            "an unusual name",
            "write access.log 3; run; write access.log 1; mv access.log access.log.old; write access.log 9; run; run",
        ),
        (
            "inode reuse",
            "write access.log 30; run; mv access.log access.log.1; write access.log 2; reuse access.log; run; \
             reuse access.log; run; mv access.log.1 access.log.2; mv access.log access.log.1; write access.log 60; \
             reuse access.log; run",
        ),
        (
            "changing device numbers",
            "write access.log 30; run; renumber; write access.log 3; run; renumber; mv access.log access.log.1; \
             write access.log 2; run; renumber; run; renumber; rm access.log.1; write access.log 1; run",
        ),
        (
            "a last line without end",
            "write access.log 3; begin access.log; run; end access.log; run; begin access.log; mv access.log access.log.1; \
             write access.log 2; run; run; run",
        ),
        ("a line without end that is alone", "begin access.log; run; run; end access.log; run"),
        (
            "a line without end in a compressed file",
            "write access.log 3; run; begin access.log; gzip access.log access.log.1.gz; rm access.log; \
             write access.log 2; run; run",
        ),
        (
            "rotated before the first line was read",
            "write access.log 0; run; write access.log 3; mv access.log access.log.1; write access.log 2; run; run",
        ),
    ] {
        for count in [Count::GoesOn, Count::StartsOver, Count::ToState] {
            let logs = play_with("access.log", script, count);
            assert_eq!((logs.difference(), logs.gaps), ((vec![], vec![]), 0), "{what} {count:?}");
        }
    }
}

#[test]
fn gaps_are_reported_once() {
    for (what, script, lost, gaps) in [
        (
            "removed before it was read",
            "write access.log 3; run; write access.log 2; rm access.log; write access.log 1; run; run; write access.log 1; run",
            &[4, 5][..],
            1,
        ),
        (
            "cut off and filled again",
            "write access.log 3; run; write access.log 2; truncate access.log 0; write access.log 1; run; run",
            &[4, 5],
            1,
        ),
        (
            "cut to a part",
            "write access.log 30; run; write access.log 2; truncate access.log 9800; run; write access.log 2; run; run",
            &[31, 32],
            1,
        ),
        (
            "removed after a rotation, but still open",
            "write access.log 3; run; mv access.log access.log.1; write access.log 1; rm access.log.1; run; run",
            &[],
            1,
        ),
        (
            "grew while it was compressed, and was read meanwhile",
            "write access.log 3000; run; mv access.log access.log.1; write access.log 1; gzip access.log.1 access.log.1.gz; \
             write access.log.1 2; run; rm access.log.1; run; run; write access.log 1; run",
            &[],
            1,
        ),
        (
            "grew while it was compressed, and was not read",
            "write access.log 3000; run; mv access.log access.log.1; write access.log 1; gzip access.log.1 access.log.1.gz; \
             write access.log.1 2; rm access.log.1; run; run; write access.log 1; run",
            // Nothing shows that these lines ever were.
            &[3002, 3003],
            0,
        ),
    ] {
        for count in [Count::GoesOn, Count::StartsOver, Count::ToState] {
            let logs = play_with("access.log", script, count);
            assert_eq!((logs.difference(), logs.gaps), ((lost.to_vec(), vec![]), gaps), "{what} {count:?}");
        }
    }
}

/// A file that is complete and was not touched is not read.
#[test]
fn closed_files_are_not_read_again() {
    let reads = |named: &str, script: &str| play(named, script).reads;
    let rotated = "write access.log 3; mv access.log access.log.1; write access.log 2; run; run";
    assert_eq!(reads("access.log access.log.1", rotated), [false; 0]);
    assert_eq!(reads("access.log access.log.1", &format!("{rotated}; write access.log 2; run")), [false]);
    let logs = play("access.log access.log.1", rotated);
    assert_eq!(logs.known.iter().map(|text| text.closed).collect::<Vec<_>>(), [true, false]);
    assert_eq!(logs.difference(), (vec![], vec![]));
}

/// Files that were rotated before the first run are read only if they are named.
#[test]
fn older_files_are_not_read() {
    let script = "write access.log 3; gzip access.log access.log.2.gz; rm access.log; write access.log 3; \
                  mv access.log access.log.1; write access.log 3; run; write access.log 2; run; \
                  mv access.log.2.gz access.log.3.gz; mv access.log.1 access.log.2; mv access.log access.log.1; \
                  write access.log 2; run; run";
    let logs = play("access.log", script);
    assert_eq!(logs.difference(), ((1..=6).collect(), vec![]));
    let logs = play("access.log access.log.1 access.log.2.gz", script);
    assert_eq!((logs.difference(), logs.gaps), ((vec![], vec![]), 0));
}

#[test]
fn short_texts_are_read_from_their_start() {
    let script = "write access.log 3; run; write access.log 2; run";
    assert_eq!(play_with("access.log", script, Count::StartsOver).reads, [true]);
    assert_eq!(play_with("access.log", &format!("{script}; run"), Count::StartsOver).reads, [false; 0]);
    let script = "write access.log 3000; run; write access.log 1; run";
    assert_eq!(play_with("access.log", script, Count::StartsOver).reads, [false]);
}

#[test]
fn other_logs_in_the_directory_are_not_read() {
    let logs = play(
        "access.log",
        "write access.log 3; run; write access-shop.log 1; write access.state 1; write error.log 1; write access.log 1; run",
    );
    assert_eq!(logs.difference(), (vec![4, 5, 6], vec![]));
}

/// A state may have texts of other hosts with the same paths.
#[test]
fn texts_of_other_hosts_are_not_missed() {
    let mut logs = play("access.log", "write access.log 3; run");
    let path = logs.path("access.log");
    let other = KnownText {
        name: "other:/var/log/access.log".to_owned(),
        head: Head::of(b"other lines\n"),
        end: 12,
        file: Some(FileStamp { path, device: 1, inode: 1, size: 12, modified_ns: 1 }),
        ..KnownText::default()
    };
    logs.known.push(other);
    logs.step("write access.log 1");
    logs.run();
    assert_eq!((logs.difference(), logs.gaps), ((vec![], vec![]), 0));
}

/// The rest of rotated files is read before the log.
#[test]
fn older_texts_are_read_first() {
    let mut logs = play(
        "access.log",
        "write access.log 3; run; write access.log 1; mv access.log access.log.2; write access.log 1; \
         mv access.log access.log.1; write access.log 1",
    );
    let found = find_once(&logs.known, &logs.named, &|path| format!("host:{}", path.display()));
    let names: Vec<_> = found.reads.iter().map(|read| read.path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["access.log.2", "access.log.1", "access.log"]);
    let log = format!("host:{}", logs.path("access.log").display());
    assert!(found.reads.iter().all(|read| read.name == log));
    logs.run();
    assert_eq!(logs.difference(), (vec![], vec![]));
}

#[test]
fn missing_log_is_a_problem_unless_it_is_being_rotated() {
    let problems = |script: &str| {
        let logs = play("access.log", script);
        let found = find_once(&logs.known, &logs.named, &|path| format!("host:{}", path.display()));
        found
            .problems
            .iter()
            .map(ToString::to_string)
            .map(|text| text.replace(logs.directory.path().to_str().unwrap(), ""))
            .collect::<Vec<_>>()
    };
    assert_eq!(problems("write other.log 1"), ["/access.log: no such file or directory"]);
    assert_eq!(problems("write access.log 1; run; mv access.log access.log.1"), [""; 0]);
}
