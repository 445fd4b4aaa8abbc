//! Tests of command lines and the questions that they ask.

use clap::CommandFactory;
use logstat::{Condition, Dimension, Precision, Question};

use super::*;

fn parsed(line: &str) -> Result<Args, clap::Error> {
    Args::try_parse_from(["logstat"].into_iter().chain(line.split_whitespace()))
}

fn question(line: &str) -> Question {
    parsed(line).and_then(|args| args.question(None)).unwrap()
}

#[test]
fn option_table_is_valid() {
    Args::command().debug_assert();
}

#[test]
fn options_set_the_question() {
    let asked = question("a.log --by hour --top path,ip --top agent -n 0 --slow 0.25 --query keep --uv hll=12");
    assert_eq!(asked.counting.by, Some(Unit::Hour));
    assert_eq!(asked.counting.top, Some(vec![Dimension::Path, Dimension::Ip, Dimension::Agent]));
    assert_eq!((asked.showing.limit, asked.showing.slow_ms, asked.reading.query), (0, 250, Query::Keep));
    assert_eq!(asked.counting.uv, UvMethod::Hll(Precision::new(12).unwrap()));
    let usual = question("");
    assert_eq!((usual.counting.by, usual.showing.limit, usual.showing.slow_ms), (None, 10, 300));
    assert!(usual.counting.top.is_none() && usual.showing.show.is_none());
}

#[test]
fn variables_are_ranked_by_name() {
    let asked = question("--top upstream_addr,http_user_agent --top $cookie_id").counting.top.unwrap();
    assert_eq!(asked.iter().map(|d| d.name()).collect::<Vec<_>>(), ["upstream_addr", "agent", "cookie_id"]);
    assert_eq!(question("--top my_var --log-format $my_var").counting.top.unwrap()[0].name(), "my_var");
    for line in ["--top my_var", "--top my_var --log-format $status", "--top request_time", "--top msec"] {
        assert!(parsed(line).unwrap().question(None).is_err(), "{line}");
    }
}

#[test]
fn two_names_are_a_pair() {
    let asked = question("--top host/path,status/hour --top path/$my_var --log-format $my_var");
    assert_eq!(
        asked.counting.top.unwrap().iter().map(|d| d.name()).collect::<Vec<_>>(),
        ["host/path", "status/hour", "path/my_var"]
    );
    assert_eq!(question("--split $my_var --log-format $my_var").counting.split.unwrap().name(), "my_var");
    for line in
        ["--top host/path/status", "--top host/host", "--top host/", "--top host/pth", "--split my_var", "--split /"]
    {
        assert!(parsed(line).unwrap().question(None).is_err(), "{line}");
    }
}

#[test]
fn filters_are_conditions_in_the_order_of_their_table() {
    let line = "--where status==200 --path /a --path /b --exclude-path /c --status 4xx --status !404 --method GET,HEAD \
                --host ~a{1,2} --slower 0.5 --larger 10k --dynamic --time 9-10 --ip ::1 --where bytes>1";
    let filters = question(line).counting.filters;
    let reasons: Vec<_> = filters.iter().map(|condition| condition.reason().name()).collect();
    assert_eq!(reasons.join(" "), "time status class slower larger ip method host path path where where");
    let sizes = filters.iter().filter_map(|condition| match condition {
        Condition::Matches { any, .. } | Condition::Excludes { any, .. } => Some(any.len()),
        Condition::Larger { bytes } => Some(*bytes as usize),
        _ => None,
    });
    assert_eq!(sizes.collect::<Vec<_>>(), [10_240, 2, 1, 2, 1]);
    assert_eq!(question("--log-format $my_var|$status --where my_var==1").counting.filters.len(), 1);
    assert!(parsed("--where my_var==1").unwrap().question(None).is_err());
}

#[test]
fn requested_sections_are_shown() {
    let rows = [
        ("--show summary", vec![Section::Summary]),
        ("--show summary --top ip", vec![Section::Summary, Section::Top]),
        ("--show top,class --top ip", vec![Section::Top, Section::Class]),
    ];
    for (line, expected) in rows {
        assert_eq!(question(line).showing.show, Some(expected), "{line}");
    }
    assert_eq!(question("--top ip").showing.show, None);
}

#[test]
fn last_value_wins_and_contradictions_are_refused() {
    let formats = question("--log-format main --log-format $host|$status").reading.log_formats;
    assert_eq!(formats.iter().map(LogFormat::name).collect::<Vec<_>>(), ["main", "$host|$status"]);
    assert_eq!(question("--by hour --by week").counting.by, Some(Unit::Week));
    assert_eq!(question("--hll --uv hll=5").counting.uv, UvMethod::Hll(Precision::new(5).unwrap()));
    for line in ["--hll --uv exact", "--json --format table", "--static-prefix static", "--static-ext tar.gz"] {
        assert!(parsed(line).unwrap().question(None).is_err(), "{line}");
    }
    assert!(parsed("-q -v").is_err());
    assert!(question("--json --format json").showing.show.is_none());
}

#[test]
fn options_without_effect_are_warned_about() {
    let warnings = |line| {
        let args = parsed(line).unwrap();
        args.warnings(&args.question(None).unwrap()).len()
    };
    assert_eq!(warnings("--since 2026-11 --until 2026-11-01"), 1);
    assert_eq!(warnings("--since 2026-11 --until 2026-12"), 0);
    assert_eq!(warnings("--by hour --show summary"), 1);
    assert_eq!(warnings("--by hour --show timeline --fill --split host"), 0);
    assert_eq!(warnings("--split status --show summary"), 1);
    assert_eq!(warnings("--fill --show summary"), 1);
    assert_eq!(warnings("--since today --until yesterday"), 1);
    assert_eq!(warnings("--json -o a.csv"), 1);
    assert_eq!(warnings("--format csv -o a.json -o a.html"), 1);
    assert_eq!(warnings("--json -o a.csv -o -") + warnings("--json -o a.json -o b.csv") + warnings("--json -o a"), 0);
    assert_eq!(warnings("--since 1h --until 2h --now last"), 1);
    assert_eq!(warnings("--since monday --until today"), 0);
    assert_eq!(warnings("--since 2026 --now last"), 1);
    assert_eq!(warnings("--date today --now 2026-11-14"), 0);
}
