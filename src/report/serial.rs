//! Serialization of parts of a report whose JSON differs from their types: rankings as a map, metrics as fields of
//! their row.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Approximate, Figure, Ranking, Row, SCHEMA, Split, UvCount};
use crate::by_name::entries;
use crate::dimension::Dimension;
use crate::metric::{Metric, Sort};

/// Reads the name and version of a report's format, which must be those of this crate.
pub(super) fn schema<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let schema = String::deserialize(deserializer)?;
    if schema == SCHEMA { Ok(schema) } else { Err(D::Error::custom(format_args!("{schema:?} is not {SCHEMA:?}"))) }
}

/// Rankings as a map from dimensions to rows, in the order in which they were requested.
pub(super) mod rankings {
    use super::{Deserializer, Dimension, Ranking, Row, SerializeMap, Serializer, Sort, entries};

    #[expect(clippy::ref_option, reason = "serde passes a reference")]
    pub(in crate::report) fn serialize<S: Serializer>(
        top: &Option<Vec<Ranking>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let rankings = top.as_deref().unwrap_or_default();
        let mut map = serializer.serialize_map(Some(rankings.len()))?;
        for ranking in rankings {
            map.serialize_entry(ranking.dimension.key(), &ranking.rows)?;
        }
        map.end()
    }

    pub(in crate::report) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Vec<Ranking>>, D::Error> {
        let rankings: Vec<(Dimension, Vec<Row>)> = entries::deserialize(deserializer)?;
        let ranking = |(dimension, rows): (Dimension, Vec<Row>)| {
            let columns = rows.first().map(|row| row.columns.iter().map(|(metric, _)| *metric).collect());
            let groups = rows.len() as u64;
            Ranking { dimension, sort: Sort::default(), columns: columns.unwrap_or_default(), groups, rows }
        };
        Ok(Some(rankings.into_iter().map(ranking).collect()))
    }
}

/// Error bounds of approximate rankings as a map from dimensions.
pub(super) mod approximate {
    use super::{Approximate, Deserializer, Dimension, Serializer, entries};

    pub(in crate::report) fn serialize<S: Serializer>(
        approximate: &[Approximate],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(approximate.iter().map(|approximate| (approximate.dimension.key(), approximate)))
    }

    pub(in crate::report) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Approximate>, D::Error> {
        let all: Vec<(Dimension, Approximate)> = entries::deserialize(deserializer)?;
        Ok(all.into_iter().map(|(dimension, approximate)| Approximate { dimension, ..approximate }).collect())
    }
}

/// Requested metrics as fields of their row.
pub(super) mod columns {
    use super::{ColumnsVisitor, Deserializer, Figure, Metric, Serializer};

    pub(in crate::report) fn serialize<S: Serializer>(
        columns: &[(Metric, Figure)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(columns.iter().map(|(metric, figure)| (metric.key(), figure)))
    }

    pub(in crate::report) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(Metric, Figure)>, D::Error> {
        deserializer.deserialize_map(ColumnsVisitor)
    }
}

struct ColumnsVisitor;

impl<'de> Visitor<'de> for ColumnsVisitor {
    type Value = Vec<(Metric, Figure)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map whose keys are keys of metrics")
    }

    /// Ignores other fields of a row, and fields of later versions.
    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut columns = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            match Metric::all().find(|metric| metric.key() == key && !metric.is_field()) {
                Some(metric) => columns.push((metric, figure(metric, map.next_value()?))),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(columns)
    }
}

/// A JSON value of a figure.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Value {
    Whole(u64),
    Real(f64),
    Text(String),
    Null(()),
}

/// Converts a JSON value to the figure of a metric. In JSON, means and shares are floats (`12.0`) and other numbers are
/// integers.
fn figure(metric: Metric, value: Value) -> Figure {
    match (value, metric.is_time()) {
        (Value::Whole(ms), true) => Figure::Ms(ms),
        (Value::Whole(number), false) => Figure::Count(number),
        (Value::Real(ms), true) => Figure::MeanMs(ms),
        (Value::Real(share), false) if metric.is_share() => Figure::Share(share),
        (Value::Real(mean), false) => Figure::Mean(mean),
        (Value::Text(moment), _) => Figure::Moment(moment),
        (Value::Null(()), _) => Figure::Unknown,
    }
}

impl Serialize for UvCount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.known().serialize(serializer)
    }
}

/// `null` means unknown. A row without the field gets the default, [`UvCount::NotCounted`].
impl<'de> Deserialize<'de> for UvCount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<UvCount, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(UvCount::Unknown, UvCount::Known))
    }
}

impl Serialize for Split {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Split {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Split, D::Error> {
        struct SplitVisitor;
        impl<'de> Visitor<'de> for SplitVisitor {
            type Value = Split;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map from values to hits")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Split, M::Error> {
                let (mut values, mut pv) = (Vec::new(), Vec::new());
                while let Some((value, hits)) = map.next_entry::<String, u64>()? {
                    values.push(value);
                    pv.push(hits);
                }
                Ok(Split { values: values.into(), pv })
            }
        }
        deserializer.deserialize_map(SplitVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(json: &str) -> String {
        serde_json::to_string(&serde_json::from_str::<Row>(json).unwrap()).unwrap()
    }

    #[test]
    fn rows_survive_a_round_trip() {
        let counts = r#""bytes":70,"static":null,"dynamic":2,"status_1xx":0,"status_2xx":3,"status_3xx":0,"status_4xx":0,"status_5xx":0,"status_other":0"#;
        for row in [
            format!(r#"{{"key":"/a","pv":3,"uv":2,{counts},"share":0.3333333333333333}}"#),
            format!(r#"{{"key":"a /","keys":["a","/"],"pv":3,"uv":null,{counts}}}"#),
            format!(r#"{{"pv":3,{counts},"split":{{"200":2,"other":1}},"p95_ms":12,"avg_ms":12.0,"max_ms":null}}"#),
            format!(r#"{{"pv":18446744073709551615,{counts},"share":1.0,"first":"2022-04-05T03:45:05+00:00"}}"#),
        ] {
            assert_eq!(again(&row), row);
        }
    }

    #[test]
    fn figures_have_the_unit_of_their_metric() {
        let row = r#"{"pv":1,"bytes":0,"static":0,"dynamic":1,"p50_ms":12,"avg_ms":12.5,"last":"2022-04-05T03:45:05+00:00","later":[1]}"#;
        let row: Row = serde_json::from_str(row).unwrap();
        assert_eq!(row.uv, UvCount::NotCounted);
        let figures: Vec<_> = row.columns.into_iter().map(|(_, figure)| figure).collect();
        assert_eq!(
            figures,
            [Figure::Ms(12), Figure::MeanMs(12.5), Figure::Moment("2022-04-05T03:45:05+00:00".to_owned())]
        );
    }

    #[test]
    fn other_shapes_and_names_are_refused() {
        let of = |json: &str| serde_json::from_str::<super::super::Report>(json).unwrap_err().to_string();
        assert!(of(r#"{"schema":"logstat.report/1"}"#).starts_with("\"logstat.report/1\" is not \"logstat.report/2\""));
        let unit = serde_json::from_str::<super::super::Period>(r#"{"first":null,"last":null,"unit":"fortnight"}"#);
        assert!(unit.unwrap_err().to_string().starts_with("\"fortnight\" is not the name of a unit of time"));
    }
}
