//! Tests of the step that computes keys, with texts as the reference for ids.

use super::*;
use crate::batch::{Numbers, ROWS, Status, TextField};
use crate::dimension::{Dimension, Grouping};
use crate::keys::{GroupId, Keys, SharedIds};
use crate::time::Stamp;
use bumpalo::Bump;
use proptest::prelude::*;

/// The path, `$scheme` and `$request` of a line, all escaped.
type Line = [Vec<u8>; 3];

fn columns() -> [Column; 3] {
    [TextField::Path.into(), Column::variable(0), Column::variable(1)]
}

/// The columns of `ext` and `scheme`.
fn own(variable_columns: &VariableColumns) -> [Column; 2] {
    dimensions().map(|dimension| dimension.column(variable_columns).unwrap())
}

fn empty_batch<'a>(variable_columns: &VariableColumns) -> Batch<'a> {
    let all = own(variable_columns).into_iter().chain(columns());
    Batch::new(all.fold(Fields::NONE, |needs, column| needs.union(Fields::column(column))))
}

fn add_lines<'a>(batch: &mut Batch<'a>, lines: &'a [Line]) {
    for line in lines {
        columns().iter().zip(line).for_each(|(column, text)| batch.set_text(*column, text));
        let (stamp, status) = (Stamp::NONE, Status::MISSING);
        batch.add(Numbers { stamp, status, bytes: 0, time_ms: None, is_static: false });
    }
}

/// Returns the keys of `ext` and `scheme`.
fn derived(derive: &mut Derive, variable_columns: &VariableColumns, lines: &[Line]) -> Vec<[Vec<u8>; 2]> {
    let bump = Bump::new();
    let mut batch = empty_batch(variable_columns);
    add_lines(&mut batch, lines);
    let rows: Vec<_> = (0..lines.len() as u16).collect();
    derive.run(&mut batch, &rows, Lines { server: None, bump: &bump });
    let own = own(variable_columns);
    for column in own {
        let (keyring, keys) = batch.key_ids(column).unwrap();
        assert!(batch.text(column).iter().copied().eq(keys.iter().map(|key| keyring.text(*key))));
    }
    (0..lines.len()).map(|row| own.map(|column| batch.text(column)[row].to_vec())).collect()
}

fn some_line() -> impl Strategy<Value = Line> {
    let texts =
        vec!["/a.css", "/a.CSS", "/b", "-", "", "\\x2Fa.js", "https", "GET http://x/ HTTP/1.1", "GET /a HTTP/1.1"];
    prop::array::uniform3(prop::sample::select(texts)).prop_map(|line| line.map(|text| text.as_bytes().to_vec()))
}

/// What happens before a batch.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Before {
    Nothing,
    /// The caches are emptied.
    Forget,
    /// The tables keep every second group.
    Keep,
    /// A chunk begins.
    Chunk,
}

fn dimensions() -> [Dimension; 2] {
    ["ext", "scheme"].map(|name| Dimension::named(name).unwrap())
}

fn new() -> (Derive, VariableColumns) {
    let variable_columns = VariableColumns::of(dimensions().into_iter());
    let all = variable_columns.derived().fold(Fields::NONE, |all, d| all.union(Fields::column(d.column)));
    let derive = Derive::new(&variable_columns, &KeyRules::default(), all, all, Seed::fixed(1));
    (derive, variable_columns)
}

#[test]
fn first_source_with_a_key_wins() {
    let (mut derive, variable_columns) = new();
    let rows = [
        (["/a.css", "https", "GET http://x/ HTTP/1.1"], ["css", "https"]),
        (["/a", "-", "GET http://x/ HTTP/1.1"], ["-", "http"]),
        (["/a.\\x43SS", "", "GET \\x68ttp://x/ HTTP/1.1"], ["css", "http"]),
        (["-", "-", "GET / HTTP/1.1"], ["-", "-"]),
        (["", "\\x5Cx41", "-"], ["-", "\\\\x41"]),
    ];
    let lines = rows.map(|(line, _)| line.map(|text| text.as_bytes().to_vec()));
    let expected: Vec<_> = rows.iter().map(|(_, keys)| keys.map(|key| key.as_bytes().to_vec())).collect();
    for _ in 0..2 {
        assert_eq!(derived(&mut derive, &variable_columns, &lines), expected);
    }
}

#[test]
fn only_needed_columns_are_filled() {
    let (_, variable_columns) = new();
    let [ext, scheme] = dimensions().map(|dimension| dimension.needs(&variable_columns));
    let path = Fields::text(TextField::Path);
    let of = |read| Derive::new(&variable_columns, &KeyRules::default(), read, Fields::NONE, Seed::fixed(1));
    assert_eq!((of(ext).writes(), of(ext).needs()), (ext, path));
    assert!(of(scheme).writes() == scheme && !of(scheme).needs().intersects(path));
    assert_eq!(of(Fields::TIME).writes(), Fields::NONE);
}

proptest! {
    /// The key of a line does not depend on earlier lines, so the caches are invisible.
    #[test]
    fn keys_depend_only_on_their_line(lines in prop::collection::vec(some_line(), 0..ROWS)) {
        let (mut derive, variable_columns) = new();
        let together = derived(&mut derive, &variable_columns, &lines);
        for (line, keys) in lines.iter().zip(together) {
            let (mut alone, variable_columns) = new();
            prop_assert_eq!(derived(&mut alone, &variable_columns, std::slice::from_ref(line)), [keys]);
        }
    }

    /// Tables find the groups of keys by their ids. The reference finds them by their texts.
    #[test]
    fn ids_give_the_same_groups_as_texts(batches in prop::collection::vec((
        prop_oneof![4 => Just(Before::Nothing), 1 => Just(Before::Forget), 1 => Just(Before::Keep), 1 => Just(Before::Chunk)],
        prop::collection::vec(some_line(), 0..12),
        2..5_usize,
    ), 0..12)) {
        let (mut derive, variable_columns) = new();
        let (bump, seed) = (Bump::new(), Seed::fixed(2));
        let mut tables = dimensions().map(|dimension| Grouping::new(dimension, &variable_columns, seed, false));
        let mut references = [Keys::new(seed), Keys::new(seed)];
        let mut batch = empty_batch(&variable_columns);
        for (before, lines, step) in &batches {
            match before {
                Before::Nothing => {}
                Before::Forget => derive.forget(),
                Before::Keep => for (table, reference) in tables.iter_mut().zip(&mut references) {
                    let kept: Vec<GroupId> = (0..reference.len() as u32).step_by(2).map(GroupId).collect();
                    table.keep(&kept);
                    reference.keep(&kept);
                }
                Before::Chunk => batch = empty_batch(&variable_columns),
            }
            batch.clear();
            add_lines(&mut batch, lines);
            derive.run(&mut batch, &(0..lines.len() as u16).collect::<Vec<_>>(), Lines { server: None, bump: &bump });
            // Two parts of the rows, as if they were of two days.
            let (some, others): (Vec<u16>, Vec<u16>) = (0..lines.len() as u16).partition(|row| usize::from(*row) % step == 0);
            let own = own(&variable_columns);
            for ((table, reference), column) in tables.iter_mut().zip(&mut references).zip(own) {
                for hits in [&others, &some] {
                    let (mut ids, mut groups, mut expected) = (Vec::new(), Vec::new(), Vec::new());
                    table.ids(&batch, hits, SharedIds::default(), &mut ids, &mut groups);
                    reference.ids(batch.text(column), hits, &mut expected);
                    prop_assert_eq!(groups, expected.into_iter().map(GroupId).collect::<Vec<_>>());
                }
            }
        }
    }
}
