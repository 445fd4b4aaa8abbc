//! Serializes values by their names, and reads them back.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// A value that has a name.
pub(crate) trait Named: Copy {
    /// Kind of value, for messages: `a unit of time`.
    const KIND: &'static str;

    fn name(self) -> &'static str;

    fn named(name: &str) -> Option<Self>;
}

pub(crate) fn serialize<T: Named, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(value.name())
}

pub(crate) fn deserialize<'de, T: Named, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    of_name(&String::deserialize(deserializer)?)
}

fn of_name<T: Named, E: Error>(name: &str) -> Result<T, E> {
    T::named(name).ok_or_else(|| E::custom(format_args!("{name:?} is not the name of {}", T::KIND)))
}

/// A value that may be absent.
pub(crate) mod option {
    use super::{Deserialize, Deserializer, Named, Serialize, Serializer, of_name};

    #[expect(clippy::ref_option, reason = "serde passes a reference")]
    pub(crate) fn serialize<T: Named, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
        value.map(T::name).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, T: Named, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        Option::<String>::deserialize(deserializer)?.map(|name| of_name(&name)).transpose()
    }
}

/// Pairs as a map whose keys are names, in their order.
pub(crate) mod entries {
    use super::{Deserialize, Deserializer, Named, PairsVisitor, PhantomData, Serialize, Serializer};

    pub(crate) fn serialize<T: Named, V: Serialize, S: Serializer>(
        pairs: &[(T, V)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(pairs.iter().map(|(key, value)| (key.name(), value)))
    }

    pub(crate) fn deserialize<'de, T: Named, V: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(T, V)>, D::Error> {
        deserializer.deserialize_map(PairsVisitor(PhantomData))
    }
}

struct PairsVisitor<T, V>(PhantomData<(T, V)>);

impl<'de, T: Named, V: Deserialize<'de>> Visitor<'de> for PairsVisitor<T, V> {
    type Value = Vec<(T, V)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a map whose keys are names of {}", T::KIND)
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut pairs = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, V>()? {
            pairs.push((of_name(&name)?, value));
        }
        Ok(pairs)
    }
}

/// Implements the traits of serde for a type by its name.
macro_rules! serde_by_name {
    ($type:ty, $kind:literal, $named:expr) => {
        impl $crate::by_name::Named for $type {
            const KIND: &'static str = $kind;

            fn name(self) -> &'static str {
                <$type>::name(self)
            }

            fn named(name: &str) -> Option<Self> {
                ($named)(name)
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::by_name::serialize(self, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::by_name::deserialize(deserializer)
            }
        }
    };
}

pub(crate) use serde_by_name;
