//! Filters compared with slow reference implementations: rows are tested one by one, and expressions are walked as
//! trees.

use proptest::prelude::*;

use super::{Condition, Filter, FilterReason, Period, Rows, WhereExpression};
use crate::batch::{Batch, Fields, Numbers, Status, TextField};
use crate::dimension::{Dimension, VariableColumns};
use crate::keys::Seed;
use crate::time::{Stamp, Unit};

#[derive(Clone, Debug)]
struct Hit {
    path: Vec<u8>,
    status: u16,
    bytes: u64,
    time_ms: Option<u64>,
    is_static: bool,
    wall_s: i64,
}

prop_compose! {
    fn hit()(
        path in prop::sample::select(vec![&b"/a"[..], b"/b", b"/a/b", b"/\\x61", b"-", b"", b"12"]), status in 198..203_u16,
        bytes in 0..4_u64, time_ms in prop::option::of(998..1003_u64), is_static: bool, wall_s in 0..200_000_i64,
    ) -> Hit {
        Hit { path: path.to_vec(), status, bytes, time_ms, is_static, wall_s }
    }
}

/// An expression whose leaves are comparisons: the text, and the same test written in Rust.
#[derive(Clone, Debug)]
enum Tree {
    Leaf(&'static str, fn(&Hit) -> bool),
    Not(Box<Tree>),
    All(Vec<Tree>),
    Any(Vec<Tree>),
}

fn key(hit: &Hit) -> Vec<u8> {
    match &hit.path[..] {
        b"" => b"-".to_vec(),
        b"/\\x61" => b"/a".to_vec(),
        other => other.to_vec(),
    }
}

fn hour(hit: &Hit) -> i64 {
    hit.wall_s / 3600 % 24
}

type Leaf = (&'static str, fn(&Hit) -> bool);

const LEAVES: [Leaf; 32] = [
    ("status == 200", |hit| hit.status == 200),
    ("status != 200", |hit| hit.status != 200),
    ("status >= 200.5", |hit| hit.status > 200),
    ("199.5 > status", |hit| hit.status < 200),
    ("status in (1xx, 202)", |hit| hit.status < 200 || hit.status == 202),
    ("status !in (200, 201)", |hit| hit.status != 200 && hit.status != 201),
    ("status ~ \"^19\"", |hit| hit.status < 200),
    ("bytes > 1", |hit| hit.bytes > 1),
    ("bytes <= 1.5", |hit| hit.bytes <= 1),
    ("bytes in (0, 3)", |hit| hit.bytes == 0 || hit.bytes == 3),
    ("request_time > 1", |hit| hit.time_ms.is_some_and(|ms| ms > 1000)),
    ("request_time != 1.0", |hit| hit.time_ms != Some(1000)),
    ("request_time < 1.0005", |hit| hit.time_ms.is_some_and(|ms| ms <= 1000)),
    ("kind == static", |hit| hit.is_static),
    ("class in ('static', 'dynamic')", |_| true),
    ("path == \"/a\"", |hit| key(hit) == b"/a"),
    ("path == '/\\x61'", |hit| key(hit) == b"/a"),
    ("path != \"-\"", |hit| key(hit) != b"-"),
    ("path ~ \"b$\"", |hit| key(hit).ends_with(b"b")),
    ("path !~ \"^/a\"", |hit| !key(hit).starts_with(b"/a")),
    ("path >= \"/a\"", |hit| key(hit) >= b"/a".to_vec()),
    ("path > 11", |hit| key(hit) == b"12"),
    ("hour-of-day >= 20", |hit| hour(hit) >= 20),
    ("day < '1970-01-02'", |hit| hit.wall_s < 86_400),
    ("day < 1970-01-02", |hit| hit.wall_s < 86_400),
    ("status = 2xx", |hit| (200..300).contains(&hit.status)),
    ("status >= 2xx", |hit| hit.status >= 200),
    ("status > 1**", |hit| hit.status >= 200),
    ("request_time >= 1000 ms", |hit| hit.time_ms.is_some_and(|ms| ms >= 1000)),
    ("request_time > 1s", |hit| hit.time_ms.is_some_and(|ms| ms > 1000)),
    ("bytes < 2b", |hit| hit.bytes < 2),
    ("not path in (/a, -)", |hit| ![&b"/a"[..], b"-"].contains(&&*key(hit))),
];

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop::sample::select(LEAVES.to_vec()).prop_map(|(text, is)| Tree::Leaf(text, is));
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|one| Tree::Not(Box::new(one))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Tree::All),
            prop::collection::vec(inner, 2..4).prop_map(Tree::Any),
        ]
    })
}

fn written(tree: &Tree) -> String {
    let join = |all: &[Tree], sign: &str| format!("({})", all.iter().map(written).collect::<Vec<_>>().join(sign));
    match tree {
        Tree::Leaf(text, _) => (*text).to_owned(),
        Tree::Not(one) => format!("!({})", written(one)),
        Tree::All(all) => join(all, if all.len() > 2 { " AND " } else { " && " }),
        Tree::Any(all) => join(all, if all.len() > 2 { " or " } else { "||" }),
    }
}

fn fits(tree: &Tree, hit: &Hit) -> bool {
    match tree {
        Tree::Leaf(_, is) => is(hit),
        Tree::Not(one) => !fits(one, hit),
        Tree::All(all) => all.iter().all(|one| fits(one, hit)),
        Tree::Any(all) => all.iter().any(|one| fits(one, hit)),
    }
}

/// Runs the filters; returns the selected rows and the number of filtered lines by reason.
fn selected(filters: &[Condition], hits: &[Hit]) -> (Vec<u16>, [u64; FilterReason::COUNT]) {
    let mut filter = Filter::new(Period::default(), filters, &VariableColumns::default(), Seed::fixed(1));
    let mut batch = Batch::new(Fields::text(TextField::Path));
    for Hit { path, status, bytes, time_ms, is_static, wall_s } in hits {
        batch.set_text(TextField::Path, path);
        let stamp = Stamp { wall_s: *wall_s, offset_min: 0 };
        batch.add(Numbers {
            stamp,
            status: Status::new(*status),
            bytes: *bytes,
            time_ms: *time_ms,
            is_static: *is_static,
        });
    }
    let (mut rows, mut filtered) = (vec![7], [0; FilterReason::COUNT]);
    filter.select(&batch, Rows::first(batch.len()), &mut rows, &mut filtered, &mut Vec::new());
    (rows, filtered)
}

fn rows_where(hits: &[Hit], is: impl Fn(&Hit) -> bool) -> Vec<u16> {
    (0..).zip(hits).filter(|(_, hit)| is(hit)).map(|(row, _)| row).collect()
}

proptest! {
    #[test]
    fn expression_selects_the_same_rows_as_its_tree(tree in tree(), hits in prop::collection::vec(hit(), 0..256)) {
        let text = written(&tree);
        let selection: WhereExpression = text.parse().unwrap_or_else(|error| panic!("{error}"));
        let (rows, filtered) = selected(&[Condition::Where(selection)], &hits);
        prop_assert_eq!(&rows, &rows_where(&hits, |hit| fits(&tree, hit)), "{}", text);
        prop_assert_eq!(filtered[FilterReason::Where as usize] as usize, hits.len() - rows.len());
    }

    #[test]
    fn conditions_are_combined_and_each_line_has_one_reason(
        hits in prop::collection::vec(hit(), 0..256), order in Just((0..7_usize).collect::<Vec<_>>()).prop_shuffle(), taken in 0..8_usize,
    ) {
        type Row = (Condition, fn(&Hit) -> bool);
        let dimension = Dimension::Path;
        let rows: [Row; 7] = [
            (Condition::DayTimes("22-04".parse().unwrap()), |hit| hour(hit) >= 22 || hour(hit) < 4),
            (Condition::Status("2xx,!201".parse().unwrap()), |hit| hit.status == 200 || hit.status == 202),
            (Condition::Dynamic, |hit| !hit.is_static),
            (Condition::Slower { ms: 999 }, |hit| hit.time_ms.is_some_and(|ms| ms > 999)),
            (Condition::Larger { bytes: 0 }, |hit| hit.bytes > 0),
            (Condition::Matches { dimension, any: vec!["/a*".parse().unwrap(), "~^12$".parse().unwrap()] },
                |hit| key(hit).starts_with(b"/a") || key(hit) == b"12"),
            (Condition::Excludes { dimension, any: vec!["*b".parse().unwrap()] }, |hit| !key(hit).ends_with(b"b")),
        ];
        let taken: Vec<usize> = order.into_iter().take(taken).collect();
        let (found, filtered) = selected(&taken.iter().map(|i| rows[*i].0.clone()).collect::<Vec<_>>(), &hits);
        let mut asked = taken.clone();
        asked.sort_unstable();
        let mut left: Vec<&Hit> = hits.iter().collect();
        for i in asked {
            let before = left.len();
            left.retain(|hit| rows[i].1(hit));
            let reason = rows[i].0.reason();
            // Two of the conditions share this reason.
            if reason != FilterReason::Path {
                prop_assert_eq!(filtered[reason as usize] as usize, before - left.len());
            }
        }
        prop_assert_eq!(&found, &rows_where(&hits, |hit| taken.iter().all(|i| rows[*i].1(hit))));
        prop_assert_eq!(filtered.iter().sum::<u64>() as usize, hits.len() - found.len());
    }
}

#[test]
fn hit_without_a_field_meets_no_condition_on_it() {
    const PATH: Fields = Fields::text(TextField::Path);
    // The fields that each hit lacks, and whether it is static.
    let hits = [
        (Fields::NONE, true),
        (Fields::NONE, false),
        (PATH, true),
        (PATH, false),
        (Fields::BYTES, true),
        (Fields::BYTES.union(PATH), false),
    ];
    let batch = |count: usize| {
        let mut batch = Batch::new(PATH);
        for (lacks, is_static) in &hits[..count] {
            batch.set_text(TextField::Path, b"/a");
            if *lacks != Fields::NONE {
                batch.set_lacks(*lacks);
            }
            let stamp = Stamp { wall_s: 0, offset_min: 0 };
            batch.add(Numbers { stamp, status: Status::new(200), bytes: 1, time_ms: None, is_static: *is_static });
        }
        batch
    };
    let bytes = |text: &str| Condition::Where(text.parse().unwrap());
    let rows = [
        (Condition::Static, vec![0, 4], vec![0]),
        (Condition::Dynamic, vec![1], vec![1]),
        (Condition::Larger { bytes: 0 }, vec![0, 1, 2, 3], vec![0, 1]),
        (Condition::Larger { bytes: 1 }, vec![], vec![]),
        (bytes("bytes < 9"), vec![0, 1, 2, 3], vec![0, 1]),
        (bytes("!(bytes < 9)"), vec![4, 5], vec![]),
    ];
    for (condition, of_all, of_those_that_lack_nothing) in rows {
        let conditions = [condition.clone()];
        let mut filter = Filter::new(Period::default(), &conditions, &VariableColumns::default(), Seed::fixed(1));
        for (count, expected) in [(hits.len(), of_all), (2, of_those_that_lack_nothing)] {
            let (mut found, mut filtered) = (Vec::new(), [0; FilterReason::COUNT]);
            filter.select(&batch(count), Rows::first(count), &mut found, &mut filtered, &mut Vec::new());
            assert_eq!(found, expected, "{condition:?}");
        }
    }
}

#[test]
fn filter_reads_the_fields_of_its_period_and_conditions() {
    let filters = vec![Condition::Status("404".parse().unwrap()), Condition::Larger { bytes: 1 }];
    let asked = Fields::STATUS.union(Fields::BYTES);
    let rows = [
        (false, vec![], Fields::NONE),
        (false, filters.clone(), asked),
        (true, vec![], Fields::TIME),
        (true, filters, asked.union(Fields::TIME)),
    ];
    for (has_period, filters, fields) in rows {
        assert_eq!(Filter::fields(has_period, &filters, &VariableColumns::default()), fields, "{filters:?}");
    }
}

#[test]
fn time_units_and_statuses_can_be_filtered() {
    let hits = [Hit { path: b"/a".to_vec(), status: 200, bytes: 1, time_ms: Some(1), is_static: true, wall_s: 0 }];
    for unit in Unit::all() {
        let text = format!("{} == \"{}\"", unit.name(), unit.key(unit.bucket(0).number));
        let (rows, _) = selected(&[Condition::Where(text.parse().unwrap())], &hits);
        assert_eq!(rows, [0], "{text}");
        let (rows, _) = selected(&[Condition::Where(format!("!({text})").parse().unwrap())], &hits);
        assert!(rows.is_empty(), "{text}");
    }
    for (pattern, count) in [("20?", 1), ("3*", 0)] {
        let any = vec![pattern.parse().unwrap()];
        let condition = Condition::Matches { dimension: Dimension::Status, any };
        assert_eq!(condition.reason(), FilterReason::Where);
        assert_eq!(selected(&[condition], &hits).0.len(), count);
    }
}
