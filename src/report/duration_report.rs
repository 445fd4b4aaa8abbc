//! The sections of the durations that the question names.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::ser::Serializer;

use super::LatencyReport;

/// A duration of [`Question::durations`](crate::Question).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DurationReport {
    /// Its name: `upstream_response_time`, `upstream_connect_time:last`.
    pub name: String,
    /// Its percentiles; `None` if no line has a value.
    pub latency: Option<LatencyReport>,
}

/// Writes durations as a map from their names.
pub(super) fn serialize<S: Serializer>(durations: &[DurationReport], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(durations.iter().map(|duration| (&duration.name, &duration.latency)))
}

/// Reads the map that [`serialize`] writes.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<DurationReport>, D::Error> {
    struct Durations;
    impl<'de> Visitor<'de> for Durations {
        type Value = Vec<DurationReport>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map from names of durations to sections")
        }

        fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
            let mut durations = Vec::new();
            while let Some((name, latency)) = map.next_entry()? {
                durations.push(DurationReport { name, latency });
            }
            Ok(durations)
        }
    }
    deserializer.deserialize_map(Durations)
}
