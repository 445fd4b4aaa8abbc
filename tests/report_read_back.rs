//! JSON reports can be read back: written again, they have the same bytes.

use std::fs;
use std::path::Path;

use logstat::{Dimension, Engine, Input, Precision, Question, Report, UvMethod, count, write_json};

#[test]
fn every_report_of_the_cases_reads_back() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cases");
    let (mut reports, mut of_parts) = (0, 0);
    for case in fs::read_dir(cases).unwrap() {
        let case = case.unwrap().path();
        let expected = fs::read_to_string(case.join("expected")).unwrap_or_default();
        if !expected.starts_with("{\"schema\":\"logstat.report/") {
            continue;
        }
        reports += 1;
        of_parts += usize::from(expected.contains("\"each\":{"));
        let report: Report =
            serde_json::from_str(&expected).unwrap_or_else(|error| panic!("{}: {error}", case.display()));
        let mut written = Vec::new();
        write_json(&report, &mut written).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), expected, "{}", case.display());
    }
    assert!(reports >= 60 && of_parts >= 2, "{reports} reports, {of_parts} with parts");
}

#[test]
fn reports_of_parts_read_back() {
    let question = Question::new().each(Dimension::Host).each_limit(2).uv(UvMethod::Hll(Precision::default()));
    let outcome = count(&question, vec![Input::path("testdata/sites.log")], &Engine::default()).unwrap();
    let report = outcome.report.unwrap();
    let json = |report: &Report| serde_json::to_string(report).unwrap();
    let read: Report = serde_json::from_str(&json(&report)).unwrap();
    assert_eq!(json(&read), json(&report));
    let names = |report: &Report| report.parts().iter().map(|part| part.part().cloned()).collect::<Vec<_>>();
    assert_eq!(names(&read), names(&report));
    assert_eq!(names(&read).len(), 3);
    // The report of a part can also be read alone.
    for (read, part) in read.parts().iter().zip(report.parts()) {
        assert_eq!(json(read), json(part));
        let again: Report = serde_json::from_str(&json(part)).unwrap();
        assert_eq!((json(&again), again.part()), (json(part), part.part()));
    }
}
