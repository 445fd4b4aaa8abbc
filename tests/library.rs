//! The library from the view of another program: its inputs, results and errors.

use std::fs;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use logstat::{
    Access, Condition, Dimension, Engine, Error, ErrorKind, Figure, FilterReason, Input, LogFormat, Metric, Outcome,
    Precision, Query, Question, Reason, Report, Section, StaticRules, Unit, UvCount, UvMethod, UvReport, count,
    write_json,
};

const LINES: &str = r#"10.0.0.7 - bob [05/Apr/2022:03:45:05 +0000] "GET /a?x=1 HTTP/1.1" 200 512 "-" "curl/8.5" 0.250
10.0.0.7 - - [05/Apr/2022:04:00:00 +0000] "GET /logo.heic HTTP/1.1" 404 10 "-" "curl/8.5" 0.500

10.0.0.8 - - [06/Apr/2022:03:45:05 +0000] "POST /a?x=2 HTTP/2.0" 502 0 "http://h/" "Mozilla" -
not a line of any log
10.0.0.8 - - [31/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 1 "-" "curl" 0.001
"#;

fn reader(name: &str, text: &str) -> Input {
    Input::reader(name, Cursor::new(text.to_owned()))
}

fn outcome(question: &Question, inputs: Vec<Input>) -> Result<Outcome, Error> {
    count(question, inputs, &Engine::default())
}

/// The report on `LINES`, without problems.
fn report(question: &Question) -> Report {
    let outcome = outcome(question, vec![reader("a.log", LINES)]).unwrap();
    assert!(outcome.problems.is_empty(), "{:?}", outcome.problems);
    outcome.report.unwrap()
}

#[test]
fn fields_not_logged_are_unknown_and_columns_not_requested_are_not_counted() {
    let question = Question::new().log_formats(["[$time_local] $status".parse().unwrap()]);
    let inputs = vec![Input::reader("a.log", Cursor::new(b"[05/Apr/2022:03:45:05 +0000] 200\n"))];
    let report = count(&question, inputs, &Engine::default()).unwrap().report.unwrap();
    let summary = report.summary.unwrap();
    assert_eq!((summary.row.uv, summary.row.bytes, summary.visitor_days), (UvCount::Unknown, None, None));
    assert_eq!((summary.row.status_2xx, summary.row.dynamic), (Some(1), None));
    assert_eq!(summary.row.figure(Metric::Bytes), Some(Figure::Unknown));
    let status = &report.status.unwrap()[0];
    assert_eq!((status.uv, status.figure(Metric::Uv)), (UvCount::NotCounted, None));
    assert_eq!(report.class.map(|rows| rows.len()), Some(0));
}

#[test]
fn default_question_has_every_section() {
    let report = report(&Question::default());
    let lines = report.lines;
    assert_eq!((lines.read, lines.parsed, lines.blank, lines.malformed, lines.filtered), (6, 3, 1, 2, 0));
    let summary = report.summary.unwrap();
    assert_eq!(
        (summary.row.pv, summary.row.uv, summary.row.bytes, summary.visitor_days),
        (3, UvCount::Known(2), Some(522), Some(2))
    );
    assert_eq!((summary.row.static_hits, summary.row.dynamic), (Some(0), Some(3)));
    assert_eq!((summary.row.status_2xx, summary.row.status_4xx, summary.row.status_5xx), (Some(1), Some(1), Some(1)));
    let days: Vec<_> =
        report.timeline.unwrap().into_iter().map(|row| (row.key.unwrap(), row.pv, row.uv.known())).collect();
    assert_eq!(days, [("2022-04-05".to_owned(), 2, Some(1)), ("2022-04-06".to_owned(), 1, Some(1))]);
    let status: Vec<_> = report.status.unwrap().into_iter().map(|row| row.key.unwrap()).collect();
    assert_eq!(status, ["200", "404", "502"]);
    assert_eq!(report.class.unwrap().len(), 1);
    let ranking = &report.top.unwrap()[0];
    assert_eq!((ranking.dimension, ranking.groups), (Dimension::Path, 2));
    assert_eq!((ranking.rows[0].key.as_deref(), ranking.rows[0].pv), (Some("/a"), 2));
    let latency = report.latency.unwrap();
    assert_eq!((latency.count, latency.sum_ms, latency.max_ms, latency.p50_ms, latency.slow), (2, 750, 500, 250, 1));
    assert_eq!(report.period.first.as_deref(), Some("2022-04-05T03:45:05+00:00"));
    assert_eq!(report.period.last.as_deref(), Some("2022-04-06T03:45:05+00:00"));
    assert_eq!((report.schema.as_str(), report.generator.name.as_str()), ("logstat.report/2", "logstat"));
    assert_eq!((report.uv, report.period.unit), (UvReport::Exact, Unit::Day));
    let input = &report.inputs[0];
    assert_eq!((input.path.as_str(), input.format.as_str()), ("a.log", "combined_timed"));
    assert_eq!((input.bytes, input.lines), (LINES.len() as u64, 6));
    let samples: Vec<_> = report.malformed_samples.iter().map(|s| (s.line, s.reason)).collect();
    assert_eq!(samples, [(Some(5), Reason::NoMatch), (Some(6), Reason::BadTime)]);
}

#[test]
fn question_settings_take_effect() {
    let mut static_rules = StaticRules::default();
    static_rules.add_extension("heic").unwrap();
    let question = Question::new()
        .by(Unit::HourOfDay)
        .top([Dimension::Ip, Dimension::Time(Unit::Weekday), Dimension::Ip])
        .limit(1)
        .until("2022-04-06".parse().unwrap())
        .query(Query::Keep)
        .slow_ms(500)
        .static_rules(static_rules)
        .uv(UvMethod::Hll(Precision::new(10).unwrap()))
        .log_formats(["combined_timed".parse().unwrap()]);
    let report = report(&question);
    assert_eq!((report.lines.parsed, report.lines.filtered), (3, 1));
    let hours: Vec<_> = report.timeline.unwrap().into_iter().map(|row| row.key.unwrap()).collect();
    assert_eq!(hours, ["03", "04"]);
    let top = report.top.unwrap();
    assert_eq!(top.iter().map(|r| r.dimension).collect::<Vec<_>>(), [Dimension::Ip, Dimension::Time(Unit::Weekday)]);
    assert!(top.iter().all(|ranking| ranking.rows.len() == 1));
    assert_eq!(report.summary.unwrap().row.static_hits, Some(1));
    assert_eq!(report.latency.unwrap().slow, 0);
    assert!(matches!(report.uv, UvReport::Hll { precision: 10, .. }));
}

#[test]
fn problems_are_warnings_of_the_report() {
    let inputs = vec![Input::path("no/such.log"), reader("a.log", LINES)];
    let outcome = count(&Question::default(), inputs, &Engine::default()).unwrap();
    let mut report = outcome.report.unwrap();
    let found = logstat::find_logs(["no/*.log"]);
    report.warn(&found.problems);
    let warnings: Vec<_> = report.warnings.iter().map(|one| (one.code.name(), one.to_string())).collect();
    let expected = [("io-error", "no/such.log: no such file or directory"), ("no-match", "no/*.log: no file matches")];
    assert_eq!(warnings, expected.map(|(code, text)| (code, text.to_owned())));
}

#[test]
fn sections_not_requested_are_absent() {
    for section in Section::all() {
        let report = report(&Question::new().show([section]));
        let there = [
            (Section::Summary, report.summary.is_some()),
            (Section::Timeline, report.timeline.is_some()),
            (Section::Status, report.status.is_some()),
            (Section::Class, report.class.is_some()),
            (Section::Top, report.top.is_some()),
            (Section::Latency, report.latency.is_some()),
        ];
        assert!(there.into_iter().all(|(other, is_there)| is_there == (other == section)), "{there:?}");
    }
}

#[test]
fn missing_file_among_others_is_a_problem() {
    let outcome = outcome(&Question::default(), vec![Input::path("no/such.log"), reader("a.log", LINES)]).unwrap();
    let [problem] = &outcome.problems[..] else { panic!("{:?}", outcome.problems) };
    assert!(matches!(problem.kind(), ErrorKind::Io { path, source }
        if path == Path::new("no/such.log") && source.kind() == io::ErrorKind::NotFound));
    assert!(problem.to_string().starts_with("no/such.log: "), "{problem}");
    assert!(std::error::Error::source(problem).is_some());
    let report = outcome.report.unwrap();
    assert_eq!((report.inputs.len(), report.lines.parsed), (1, 3));
}

#[test]
fn missing_files_alone_give_no_report() {
    let outcome = outcome(&Question::default(), vec![Input::path("no/such.log"), Input::path("nor/this.log")]).unwrap();
    assert!(outcome.report.is_none());
    assert_eq!(outcome.problems.len(), 2);
}

#[test]
fn directory_is_reported_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let outcome = outcome(&Question::default(), vec![Input::path(folder.path())]).unwrap();
    assert!(outcome.report.is_none());
    assert!(matches!(outcome.problems[0].kind(), ErrorKind::Directory { path } if path == folder.path()));
}

#[test]
fn file_of_unknown_format_is_a_problem() {
    let hello = || reader("hello.txt", "hello\nworld\n");
    let is_no_format = |problem: &Error| {
        matches!(problem.kind(), ErrorKind::NoFormat { path, detail }
        if path == Path::new("hello.txt") && detail.contains("hello"))
    };
    let alone = outcome(&Question::default(), vec![hello()]);
    match alone {
        Ok(alone) => assert!(alone.report.is_none() && alone.problems.iter().all(is_no_format)),
        Err(error) => assert!(is_no_format(&error)),
    }
    let among = outcome(&Question::default(), vec![hello(), reader("a.log", LINES)]).unwrap();
    assert!(among.problems.len() == 1 && is_no_format(&among.problems[0]));
    let report = among.report.unwrap();
    assert_eq!((report.lines.read, report.inputs.len()), (6, 1), "lines of a file without a format are not counted");
}

#[test]
fn naming_a_field_that_no_input_logs_is_an_error() {
    let asked = [
        Question::new().top([Dimension::Host]),
        Question::new().show([Section::Latency]).log_formats(["combined".parse().unwrap()]),
        Question::new().by(Unit::Hour).log_formats(["$remote_addr $remote_user".parse::<LogFormat>().unwrap()]),
    ];
    for question in asked {
        let error = outcome(&question, vec![reader("a.log", LINES)]).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NotLogged { detail } if detail.contains('$')), "{error}");
    }
    // A default section is never an error, and one file that logs the field is enough.
    let no_host = Question::new().log_formats(["combined".parse().unwrap()]);
    assert!(report(&no_host).latency.is_none());
    let with_host =
        LINES.lines().filter(|line| line.starts_with("10.")).map(|line| format!("h {line}\n")).collect::<String>();
    let host = Question::new().top([Dimension::Host]);
    let outcome = outcome(&host, vec![reader("a.log", LINES), reader("b.log", &with_host)]).unwrap();
    let rows = &outcome.report.unwrap().top.unwrap()[0].rows;
    assert_eq!(
        rows.iter().map(|row| (row.key.as_deref(), row.pv)).collect::<Vec<_>>(),
        [(Some("-"), 3), (Some("h"), 3)]
    );
}

#[test]
fn reported_format_is_the_one_that_matched() {
    let combined = LINES.lines().filter_map(|line| line.strip_suffix(" 0.250")).collect::<String>();
    for before in [0, 1, 999, 1000, 5000] {
        let text = format!("{}{combined}\n{combined}\n", "\n".repeat(before));
        let report = outcome(&Question::default(), vec![reader("a.log", &text)]).unwrap().report.unwrap();
        assert_eq!(
            (report.lines.parsed, report.inputs[0].format.as_str()),
            (2, "combined"),
            "{before} blank lines first"
        );
    }
}

#[test]
fn empty_input_gives_a_report_of_zeros() {
    for text in ["", "\n", " \n\t\r\n"] {
        let outcome = outcome(&Question::default(), vec![reader("a.log", text)]).unwrap();
        assert!(outcome.problems.is_empty());
        let report = outcome.report.unwrap();
        assert_eq!((report.lines.parsed, report.summary.unwrap().row.pv, report.period.first), (0, 0, None));
        assert_eq!((report.timeline.unwrap().len(), report.latency), (0, None));
        assert_eq!(report.inputs[0].format, "-");
    }
    let none = outcome(&Question::default(), Vec::new()).unwrap();
    assert!(none.report.is_none() && none.problems.is_empty());
}

/// A reader that fails, like a broken connection.
struct Cut(Cursor<String>);

impl Read for Cut {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::other("cable cut")),
            read => Ok(read),
        }
    }
}

#[test]
fn lines_before_a_read_error_are_counted() {
    let whole: String = LINES.lines().take(2).map(|line| format!("{line}\n")).collect();
    let outcome = outcome(&Question::default(), vec![Input::reader("a.log", Cut(Cursor::new(whole)))]).unwrap();
    assert_eq!(outcome.report.unwrap().lines.parsed, 2);
    assert_eq!(outcome.problems[0].to_string(), "a.log: cable cut");
}

#[test]
fn interrupted_reads_are_retried() {
    struct Interrupted(bool, Cursor<String>);
    impl Read for Interrupted {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 = !self.0;
            if self.0 { Err(io::ErrorKind::Interrupted.into()) } else { self.1.read(buffer) }
        }
    }
    let input = Input::reader("a.log", Interrupted(false, Cursor::new(LINES.to_owned())));
    let outcome = outcome(&Question::default(), vec![input]).unwrap();
    assert!(outcome.problems.is_empty());
    assert_eq!(outcome.report.unwrap().lines.read, 6);
}

#[test]
fn file_and_reader_give_the_same_report() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    fs::write(&path, LINES).unwrap();
    let json = |input| {
        let engine = Engine::new().threads(1).access(Access::Read);
        let outcome = count(&Question::default(), vec![input], &engine).unwrap();
        let mut json = Vec::new();
        write_json(&outcome.report.unwrap(), &mut json).unwrap();
        String::from_utf8(json).unwrap()
    };
    assert_eq!(json(Input::path(&path)), json(Input::reader(&path, Cursor::new(LINES))));
}

#[test]
fn names_are_what_users_type() {
    for dimension in Dimension::all() {
        assert_eq!(Dimension::named(dimension.name()), Ok(dimension));
    }
    assert!(LogFormat::presets().all(|(name, text)| name.parse::<LogFormat>().is_ok() && text.contains('$')));
    assert!("combned".parse::<LogFormat>().unwrap_err().to_string().contains("combined"));
    assert!("2022-02-30".parse::<logstat::Moment>().is_err());
}

/// Public types can be kept, shared and sent between threads.
#[test]
fn public_types_are_send_sync_and_debug() {
    fn is_shared<T: Send + Sync + std::fmt::Debug>() {}
    is_shared::<Question>();
    is_shared::<Engine>();
    is_shared::<Report>();
    is_shared::<Outcome>();
    is_shared::<Error>();
    is_shared::<LogFormat>();
    fn is_sent<T: Send + std::fmt::Debug>() {}
    is_sent::<Input>();
}

/// Concurrent counts do not affect each other.
#[test]
fn counts_run_concurrently() {
    let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(|| report(&Question::default()).lines.parsed)).collect();
    assert!(threads.into_iter().all(|thread| thread.join().unwrap() == 3));
}

const ASKED_TO_BE_QUIET: &str = "LOGSTAT_TEST_LIBRARY_IS_QUIET";

/// Runs all kinds of failure in a separate process, whose outputs must stay empty.
#[test]
fn nothing_is_printed() {
    if std::env::var_os(ASKED_TO_BE_QUIET).is_some() {
        let everything = super::databases::with_databases(Question::new().top(Dimension::all()));
        let inputs = || {
            let cut = Input::reader("cut", Cut(Cursor::new(LINES.to_owned())));
            vec![Input::path("no/such.log"), Input::path("/"), reader("a", "hello"), reader("b", LINES), cut]
        };
        let engine = Engine::new().threads(3).chunk_bytes(64);
        let _ = count(&everything, inputs(), &engine).unwrap_err();
        let outcome = count(&Question::default(), inputs(), &engine).unwrap();
        assert_eq!((outcome.problems.len(), outcome.report.unwrap().lines.parsed), (4, 6));
        return;
    }
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", "library::nothing_is_printed", "--nocapture", "--test-threads", "1"]);
    let output = again.env(ASKED_TO_BE_QUIET, "1").stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let said = String::from_utf8(output.stdout).unwrap();
    // The only output is that of the test harness.
    let others = said
        .lines()
        .filter(|line| !(line.is_empty() || line.starts_with("running 1 test") || line.starts_with("test ")));
    assert_eq!(others.collect::<Vec<_>>(), [""; 0]);
    assert!(said.contains("test library::nothing_is_printed ... ok"), "{said}");
}

#[test]
fn filters_combine_and_count_what_they_remove() {
    let filters = vec![
        Condition::Where("user == \"bob\" || status >= 500".parse().unwrap()),
        Condition::Slower { ms: 100 },
        Condition::Matches { dimension: Dimension::Path, any: vec!["/a".parse().unwrap()] },
    ];
    let question = Question::new().filters(filters);
    assert!(question.counting.contradictions().is_empty());
    let report = report(&question);
    assert_eq!(report.summary.unwrap().row.pv, 1);
    assert_eq!(report.filtered_reasons, [(FilterReason::Slower, 1), (FilterReason::Path, 1)]);
    assert_eq!(report.lines.filtered, 2);
}

#[test]
fn filter_by_a_field_that_no_input_logs_is_an_error() {
    let upstream = Condition::Where("status == 200 || upstream_addr != \"-\"".parse().unwrap());
    let question = Question::new().filters([upstream]);
    let error = outcome(&question, vec![reader("a.log", LINES)]).unwrap_err();
    let expected = "where needs $upstream_addr, which is not in the log\n  to log it, add $upstream_addr to the log_format in nginx.conf";
    assert_eq!(error.to_string(), expected);
    let names = (0..17).map(|i| format!("cookie_{i} == 1")).collect::<Vec<_>>().join(" || ");
    let question = Question::new().filters([Condition::Where(names.parse().unwrap())]);
    let error = outcome(&question, vec![reader("a.log", LINES)]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooManyVariables { most: 16 }));
}
