//! The fields of lines, the columns of texts, and sets of both.

/// The fields whose values are text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TextField {
    Addr,
    Host,
    User,
    Method,
    Path,
    Protocol,
    Referer,
    Agent,
}

/// Number of text fields.
pub(crate) const TEXTS: usize = 8;

/// Maximum number of variables that a question can name. Each has its own column.
pub(crate) const NAMED: usize = 16;

/// Maximum number of further variables that derived dimensions read.
pub(crate) const SOURCES: usize = 4;

/// Maximum number of variables that have a column.
pub(crate) const MAX_VARIABLES: usize = NAMED + SOURCES;

/// Maximum number of derived dimensions.
pub(crate) const DERIVED: usize = 26;

/// Number of text columns. The last one identifies visitors if no other column does.
pub(super) const COLUMNS: usize = TEXTS + MAX_VARIABLES + DERIVED + 1;

/// A set of fields needs one bit per text column, and one for each of the six other fields.
const _: () = assert!(COLUMNS + 6 <= u64::BITS as usize);

/// A text column: for a text field, a variable, a derived dimension, or the visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column(pub(super) u8);

impl Column {
    /// Identifies visitors if that takes several columns. No log has this field, so no format fills it.
    pub(crate) const VISITOR: Column = Column((COLUMNS - 1) as u8);

    /// Column of the variable with this index, which is below [`MAX_VARIABLES`].
    pub(crate) const fn variable(place: usize) -> Column {
        Column((TEXTS + place) as u8)
    }

    /// Column of the derived dimension with this index, which is below [`DERIVED`]. A step fills it, not a format.
    pub(crate) const fn derived(place: usize) -> Column {
        Column((TEXTS + MAX_VARIABLES + place) as u8)
    }

    /// The place of the derived dimension whose column this is.
    pub(super) const fn derived_place(self) -> Option<usize> {
        match (self.0 as usize).checked_sub(TEXTS + MAX_VARIABLES) {
            Some(place) if place < DERIVED => Some(place),
            _ => None,
        }
    }
}

impl From<TextField> for Column {
    #[inline(always)]
    fn from(field: TextField) -> Column {
        Column(field as u8)
    }
}

/// A set of fields: what a question needs, or what a format logs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(pub(super) u64);

impl Fields {
    pub(crate) const NONE: Fields = Fields(0);
    pub(crate) const TIME: Fields = Fields(1 << COLUMNS);
    pub(crate) const STATUS: Fields = Fields(2 << COLUMNS);
    pub(crate) const BYTES: Fields = Fields(4 << COLUMNS);
    pub(crate) const REQUEST_TIME: Fields = Fields(8 << COLUMNS);
    /// Static or dynamic. Decided by logstat; no format logs it.
    pub(crate) const CLASS: Fields = Fields(16 << COLUMNS);
    /// Whether a cache answered. Read from a variable by a step; no format fills it.
    pub(crate) const CACHE: Fields = Fields(32 << COLUMNS);
    /// The columns of variables.
    pub(crate) const VARIABLES: Fields = Fields(((1 << MAX_VARIABLES) - 1) << TEXTS);
    /// The fields of a request line.
    pub(crate) const REQUEST: Fields = Fields(
        Fields::text(TextField::Method).0 | Fields::text(TextField::Path).0 | Fields::text(TextField::Protocol).0,
    );

    pub(crate) const fn text(field: TextField) -> Fields {
        Fields(1 << field as u64)
    }

    pub(crate) const fn column(column: Column) -> Fields {
        Fields(1 << column.0)
    }

    #[must_use]
    pub(crate) const fn union(self, other: Fields) -> Fields {
        Fields(self.0 | other.0)
    }

    pub(crate) const fn contains(self, other: Fields) -> bool {
        self.0 & other.0 == other.0
    }

    pub(crate) const fn intersects(self, other: Fields) -> bool {
        self.0 & other.0 != 0
    }

    /// Intersection of both sets.
    #[must_use]
    pub(crate) const fn intersection(self, other: Fields) -> Fields {
        Fields(self.0 & other.0)
    }

    /// Fields of this set that are not in `other`.
    #[must_use]
    pub(crate) const fn difference(self, other: Fields) -> Fields {
        Fields(self.0 & !other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_form_a_set() {
        let path = Fields::text(TextField::Path);
        assert!(Fields::REQUEST.contains(path) && !path.contains(Fields::REQUEST) && path.intersects(Fields::REQUEST));
        assert!(Fields::TIME.union(path).contains(Fields::TIME) && !path.intersects(Fields::TIME));
        assert_eq!(Fields::TIME.union(path).difference(path), Fields::TIME);
        assert_eq!(
            (Fields::TIME.union(path).intersection(Fields::REQUEST), Fields::TIME.intersection(path)),
            (path, Fields::NONE)
        );
        assert_eq!(Fields::column(TextField::Path.into()), path);
        let variable_columns =
            (0..MAX_VARIABLES).fold(Fields::NONE, |all, i| all.union(Fields::column(Column::variable(i))));
        let numbers = [Fields::TIME, Fields::STATUS, Fields::BYTES, Fields::REQUEST_TIME, Fields::CLASS, Fields::CACHE];
        let others = [&numbers[..], &[Fields::REQUEST]].concat();
        assert_eq!(variable_columns, Fields::VARIABLES);
        let derived = (0..DERIVED).fold(Fields::NONE, |all, i| all.union(Fields::column(Column::derived(i))));
        let visitor = Fields::column(Column::VISITOR);
        for columns in [visitor, derived] {
            assert!(!columns.intersects(variable_columns) && others.iter().all(|field| !columns.intersects(*field)));
        }
        assert!(!visitor.intersects(derived));
        assert!(others.iter().all(|field| *field != Fields::NONE && !variable_columns.intersects(*field)));
    }
}
