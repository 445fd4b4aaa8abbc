//! The variables and derived dimensions of a question, and their columns in a batch.

use super::Dimension;
use super::derived::{Derived, DerivedColumn};
use super::variable::Variable;
use crate::batch::{Column, Fields, NAMED};

/// Variables that a question ranks or filters by, in the order of their columns, and its derived dimensions.
#[derive(Clone, Debug, Default)]
pub(crate) struct VariableColumns {
    variables: Vec<Variable>,
    /// Number of variables that the question names; only derived dimensions read the others.
    named: usize,
    derived: Vec<Derived>,
}

impl VariableColumns {
    /// Collects the variables and derived dimensions of these dimensions, each once.
    pub(crate) fn of(dimensions: impl Iterator<Item = Dimension>) -> VariableColumns {
        VariableColumns::default().with(dimensions)
    }

    /// Adds those of more dimensions after the existing ones.
    pub(crate) fn with(mut self, dimensions: impl Iterator<Item = Dimension>) -> VariableColumns {
        for dimension in dimensions.flat_map(Dimension::parts) {
            match dimension {
                Dimension::Variable(variable) => self.named += usize::from(self.add(variable)),
                Dimension::Derived(derived) if !self.derived.contains(&derived) => {
                    derived.variables().for_each(|name| _ = self.add(Variable::of(name)));
                    self.derived.push(derived);
                }
                _ => {}
            }
        }
        self
    }

    /// Adds a variable; returns `false` if it was there already.
    fn add(&mut self, variable: Variable) -> bool {
        let is_new = !self.variables.contains(&variable);
        self.variables.extend(is_new.then_some(variable));
        is_new
    }

    /// True if the question names more variables than there are columns for.
    pub(crate) fn are_too_many(&self) -> bool {
        self.named > NAMED
    }

    /// Fields of all columns of variables.
    pub(crate) fn fields(&self) -> Fields {
        (0..self.variables.len())
            .fold(Fields::NONE, |fields, place| fields.union(Fields::column(Column::variable(place))))
    }

    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.variables.iter().map(|variable| variable.name()).collect()
    }

    /// The column of a variable, which must be one of them.
    pub(crate) fn column(&self, variable: Variable) -> Column {
        let place = self.variables.iter().position(|v| *v == variable);
        Column::variable(place.expect("the question lists all variables that it names"))
    }

    /// The derived dimensions.
    pub(crate) fn derived(&self) -> impl Iterator<Item = DerivedColumn> {
        self.derived.iter().map(|derived| derived.columns(|name| self.column(Variable::of(name))))
    }

    /// The derived dimensions themselves.
    pub(crate) fn derived_dimensions(&self) -> &[Derived] {
        &self.derived
    }

    /// The sources of derived dimensions whose absence from a line's format matters to the key.
    pub(crate) fn watched(&self) -> Fields {
        let watched = self.derived().filter(|derived| derived.otherwise.is_some());
        watched.fold(Fields::NONE, |all, derived| all.union(derived.fields()))
    }

    /// Adds to the logged fields the derived dimensions of which at least one source is logged.
    pub(crate) fn with_derived(&self, logged: Fields) -> Fields {
        self.derived().fold(logged, |all, derived| {
            if derived.fields().intersects(logged) { all.union(Fields::column(derived.column)) } else { all }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::variable::named;
    use super::*;
    use crate::batch::TextField;

    #[test]
    fn each_variable_has_one_column() {
        let [addr, cookie] = ["upstream_addr", "cookie_id"].map(|name| named(name).unwrap());
        let variable_columns = VariableColumns::of([addr, Dimension::Path, cookie, addr].into_iter());
        assert_eq!(variable_columns.names(), ["upstream_addr", "cookie_id"]);
        let Dimension::Variable(variable) = cookie else { panic!("{cookie:?}") };
        assert_eq!(variable_columns.column(variable), Column::variable(1));
    }

    #[test]
    fn sources_of_derived_dimensions_do_not_use_up_named_columns() {
        let named_ones = (0..NAMED).map(|i| named(&format!("cookie_{i}")).unwrap());
        let scheme = named("scheme").unwrap();
        let variable_columns = VariableColumns::of(named_ones.clone().chain([scheme, scheme]));
        assert!(!variable_columns.are_too_many());
        assert_eq!(variable_columns.names()[NAMED..], ["scheme", "request"]);
        assert_eq!(variable_columns.derived().count(), 1);
        assert!(VariableColumns::of(named_ones.chain([scheme, named("cookie_x").unwrap()])).are_too_many());
    }

    #[test]
    fn derived_dimension_counts_as_logged_if_a_source_is() {
        let variable_columns = VariableColumns::of(["ext", "scheme"].map(|name| named(name).unwrap()).into_iter());
        let [ext, scheme] = ["ext", "scheme"].map(|name| named(name).unwrap().needs(&variable_columns));
        let request = Fields::column(Column::variable(1));
        assert!(
            variable_columns.with_derived(request).contains(scheme)
                && !variable_columns.with_derived(request).intersects(ext)
        );
        assert!(variable_columns.with_derived(Fields::text(TextField::Path)).contains(ext));
        assert_eq!(variable_columns.with_derived(Fields::TIME), Fields::TIME);
    }
}
