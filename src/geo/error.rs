//! Why a database cannot be used.

use std::fmt;

use crate::error::io_error_text;

/// Why a file cannot be used as a database of addresses.
#[derive(Debug)]
#[non_exhaustive]
pub enum GeoError {
    /// The file cannot be read.
    Io(std::io::Error),
    /// The file is not in the MaxMind DB format.
    NotADatabase,
    /// The file is compressed or an archive, as downloads are.
    Packed,
    /// The file is damaged or cut off; the text says how.
    Damaged(String),
    /// The database has none of the fields; the text is its type.
    WrongType(String),
}

impl fmt::Display for GeoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GeoError::Io(error) => f.write_str(&io_error_text(error)),
            GeoError::NotADatabase => {
                f.write_str("this is not a MaxMind database, or its end is missing; download it again")
            }
            GeoError::Packed => f.write_str("this is compressed; unpack it, and give the .mmdb file in it"),
            GeoError::Damaged(detail) => write!(f, "the database is damaged ({detail}); download it again"),
            GeoError::WrongType(kind) => write!(
                f,
                "a database of type {kind:?} has none of country, city, asn and org; expected a type with Country, City, \
                 ASN, ISP or Enterprise in its name, such as GeoLite2-Country"
            ),
        }
    }
}

impl std::error::Error for GeoError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            GeoError::Io(error) => Some(error),
            _ => None,
        }
    }
}
