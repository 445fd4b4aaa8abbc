//! The plan of a question: the tables and columns that answer it. It is computed once, before a line is read.

use super::misplaced_metric::misplaced_metric;
use super::tables::{rankings_last, tables};
use super::{Counting, Question, Section, Showing};
use crate::batch::{Fields, NAMED};
use crate::dimension::{Dimension, DimensionError, VariableColumns};
use crate::error::{Error, ErrorKind};
use crate::filter::{Condition, Filter};
use crate::measure::MeasureKind;
use crate::message::{Message, Setting, message};
use crate::requests::RequestFields;
use crate::steps::{self, LoggedDuration};
use crate::tally::{TablePlan, fields_needed, fields_watched, variable_columns_of};

/// The tables that answer a question, and the columns that tables and filters read.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// All tables; first those that keep all keys.
    tables: Vec<TablePlan>,
    /// The number of tables that keep all keys.
    kept: usize,
    /// True if every day has these tables, for a state.
    is_by_day: bool,
    /// True if the inputs are a part of all that is counted: then they need not log every field that is asked for.
    pub(crate) is_of_a_part: bool,
    /// The variables that the question names, in the order of their columns.
    pub(crate) variable_columns: VariableColumns,
    /// The logged fields that identify a visitor.
    pub(crate) visitor: Fields,
    /// The fields that filters read.
    filters: Fields,
    /// The fields that hold the keys of [`Counting::each`].
    each: Fields,
    /// The fields that are kept of hits themselves.
    pub(crate) taken: Fields,
}

impl Plan {
    /// Returns the plan of a question.
    ///
    /// # Errors
    /// If no log can answer the question: [`ErrorKind::MetricNotAllowed`], [`ErrorKind::Pair`], [`ErrorKind::NotBounded`] or
    /// [`ErrorKind::TooManyVariables`].
    pub(crate) fn of(question: &Question) -> Result<Plan, Error> {
        let Question { counting, showing, .. } = question;
        if let Some(detail) = misplaced_pair(counting) {
            return Err(ErrorKind::PairNotAllowed { detail }.into());
        }
        if let Some(detail) = misplaced_metric(question) {
            return Err(ErrorKind::MetricNotAllowed { detail }.into());
        }
        let each = counting.each.map(|each| format!("a report for each {}", each.name()).into());
        let may_drop_keys = match (counting.max_keys, each.or_else(|| needs_all_keys(showing))) {
            (Some(_), Some(asked)) => return Err(ErrorKind::NotBounded { asked }.into()),
            (Some(_), None) => true,
            (None, asked) => counting.max_memory.is_some() && asked.is_none(),
        };
        let (kept, tables) = if may_drop_keys { rankings_last(question) } else { (usize::MAX, tables(question)) };
        let variable_columns = variable_columns(question, &tables)?;
        let each = counting.each.map_or(Fields::NONE, |each| each.needs(&variable_columns));
        let plan = Plan::with_tables(counting, tables, variable_columns);
        let taken = counting.requests.map_or(Fields::NONE, |_| RequestFields::NEEDS);
        Ok(Plan { kept: kept.min(plan.tables.len()), each, taken, ..plan })
    }

    /// Returns the plan of counting by day, for a state, in these tables instead of those that answer the question.
    ///
    /// # Errors
    /// [`ErrorKind::PairNotAllowed`] or [`ErrorKind::TooManyVariables`].
    pub(crate) fn saving(question: &Question, saved: Vec<TablePlan>) -> Result<Plan, Error> {
        if let Some(detail) = misplaced_pair(&question.counting) {
            return Err(ErrorKind::PairNotAllowed { detail }.into());
        }
        let variable_columns = variable_columns(question, &saved)?;
        Ok(Plan { is_by_day: true, ..Plan::with_tables(&question.counting, saved, variable_columns) })
    }

    fn with_tables(counting: &Counting, tables: Vec<TablePlan>, variable_columns: VariableColumns) -> Plan {
        let visitor = steps::logged_by(counting.visitor, &variable_columns);
        let filters = Filter::fields(counting.has_period(), &counting.filters, &variable_columns);
        Plan {
            kept: tables.len(),
            is_by_day: false,
            is_of_a_part: false,
            tables,
            variable_columns,
            visitor,
            filters,
            each: Fields::NONE,
            taken: Fields::NONE,
        }
    }

    /// True if every day has these tables, for a state.
    pub(crate) fn is_by_day(&self) -> bool {
        self.is_by_day
    }

    /// The tables that keep all keys.
    pub(crate) fn kept(&self) -> &[TablePlan] {
        &self.tables[..self.kept]
    }

    /// The rankings whose keys may be dropped. There are none unless the question limits keys or memory.
    pub(crate) fn rankings(&self) -> &[TablePlan] {
        &self.tables[self.kept..]
    }

    /// The fields that tables read, given the fields that identify a visitor.
    pub(crate) fn fields_of_tables(&self, visitor: Fields) -> Fields {
        fields_needed(&self.tables, visitor)
    }

    /// The fields that tables and filters read, given the fields that identify a visitor.
    pub(crate) fn fields(&self, visitor: Fields) -> Fields {
        self.fields_of_tables(visitor).union(self.filters).union(self.each).union(self.taken)
    }

    /// The fields whose texts are read as they are logged or computed, not only by tables.
    pub(crate) fn texts(&self) -> Fields {
        self.filters.union(self.taken).union(self.each)
    }

    /// The fields among `filled` whose absence from a line makes a number unknown.
    pub(crate) fn watched(&self, filled: Fields) -> Fields {
        let of_derived = self.variable_columns.watched().intersection(filled);
        fields_watched(&self.tables, filled, self.visitor)
            .union(of_derived)
            .union(self.taken.intersection(Fields::BYTES))
    }
}

/// The variables that a question names, in the order of their columns: those of its tables first, then those of its
/// filters and visitors.
///
/// # Errors
/// [`ErrorKind::TooManyVariables`] if there are more variables than columns.
pub(crate) fn variables(question: &Question) -> Result<VariableColumns, Error> {
    variable_columns(question, &tables(question))
}

fn variable_columns(question: &Question, tables: &[TablePlan]) -> Result<VariableColumns, Error> {
    let filters = question.counting.filters.iter().flat_map(Condition::dimensions);
    let durations = question.counting.durations.iter().filter_map(|duration| LoggedDuration::dimension(*duration));
    let reads_cache = tables.iter().any(|(_, measures)| measures.contains(&MeasureKind::Cache));
    let cache = reads_cache.then(steps::cache_status);
    let visitor = question.visitor_options();
    let others = visitor.dimensions().chain(question.counting.each).chain(durations).chain(cache);
    let variable_columns = variable_columns_of(tables).with(filters.chain(others));
    if variable_columns.are_too_many() {
        return Err(ErrorKind::TooManyVariables { most: NAMED }.into());
    }
    Ok(variable_columns)
}

/// A setting of the question that needs all keys of a ranking.
fn needs_all_keys(showing: &Showing) -> Option<Message> {
    let any = showing.fail_if.iter().find(|fail_if| fail_if.is_of_any());
    let any = any.map(|fail_if| message![Setting::FailIf, format!(" 'any {}: …'", fail_if.dimension().name())]);
    if !showing.shows(Section::Top) {
        return any;
    }
    let needs_all = !showing.sort.is_by_most_hits();
    let sort = needs_all.then(|| message![Setting::Sort, format!(" {}", showing.sort)]);
    let column = showing.columns.iter().find(|metric| metric.measure() != MeasureKind::Counts);
    any.or(sort).or_else(|| column.map(|metric| message![Setting::Columns, format!(" {}", metric.name())]))
}

/// The error message for a pair where a single dimension is required, or for a timeline split by its own unit.
fn misplaced_pair(counting: &Counting) -> Option<Message> {
    let unit = Dimension::Time(counting.unit());
    let split = counting.split.and_then(|split| match Dimension::pair(unit, split).err()? {
        DimensionError::Twice { name } => {
            Some(message![Setting::Split, format!(" {name}: the timeline is already by {name}")])
        }
        _ => {
            Some(message![Setting::Split, format!(" {}: a timeline can be split by one dimension only", split.name())])
        }
    });
    let mut of_filters = counting.filters.iter().flat_map(Condition::dimensions);
    let pair = of_filters.find(|dimension| matches!(dimension, Dimension::Pair(_)));
    let filter = pair.map(|pair| format!("{}: a filter can use one dimension only", pair.name()).into());
    let each = counting.each.filter(|each| matches!(each, Dimension::Pair(_)));
    let each =
        each.map(|pair| format!("{}: reports can be made for the keys of one dimension only", pair.name()).into());
    split.or(filter).or(each)
}
