//! JSON reports can be read back: written again, they have the same bytes.

use std::fs;
use std::path::Path;

use logstat::{Report, write_json};

#[test]
fn every_report_of_the_cases_reads_back() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cases");
    let mut reports = 0;
    for case in fs::read_dir(cases).unwrap() {
        let case = case.unwrap().path();
        let expected = fs::read_to_string(case.join("expected")).unwrap_or_default();
        // The reports of the keys of a dimension are not read back.
        if !expected.starts_with("{\"schema\":\"logstat.report/") || expected.contains("\"each\":{") {
            continue;
        }
        reports += 1;
        let report: Report =
            serde_json::from_str(&expected).unwrap_or_else(|error| panic!("{}: {error}", case.display()));
        let mut written = Vec::new();
        write_json(&report, &mut written).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), expected, "{}", case.display());
    }
    assert!(reports >= 60, "{reports} reports");
}
