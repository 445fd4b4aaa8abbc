//! Adapts a format to a question: the variables that the question ranks by name, and the fields whose places the user
//! named.

use bumpalo::Bump;

use super::LogFormat;
use super::field_key::{FieldKey, key_variable};
use super::json::seen::KeysSeen;
use super::log_format::compile::compile;
use super::log_format::piece::{Piece, Value};
use super::log_format::roles::{self, Roles};
use super::request_parts::RequestPart;
use super::row::Row;
use super::variables::{Destination, variable};
use crate::batch::{Column, Fields, MISSING, TextField};

impl LogFormat {
    /// True if the format logs a list of addresses from proxies; the visitor's address is taken from it.
    #[inline]
    pub(crate) fn has_address_list(&self) -> bool {
        self.plan.has_address_list
    }

    /// True if the user named the key or variable that holds the address.
    pub(crate) fn has_given_address(&self) -> bool {
        self.json.as_ref().is_some_and(|json| json.has_given("remote_addr"))
            || self.given.iter().any(|field| field.variable() == "remote_addr")
    }

    /// The same format, with slots for the variables that the question ranks by name.
    pub(crate) fn ranking(self, ranked: &[&str]) -> LogFormat {
        if ranked.is_empty() {
            return self;
        }
        let mut format = LogFormat { plan: compile(&self.pieces, ranked, self.strictness), ..self };
        if let Some(json) = &mut format.json {
            **json = json.ranking(ranked);
            format.plan.ranked_variables =
                ranked.iter().zip(0..).map(|(name, place)| json.keys().slot_of(name, place)).collect();
            // A line may have the key of the request but not that of the variable.
            format.derived = ranked.iter().map(|name| RequestPart::named(name)).collect();
        } else {
            let derived = ranked.iter().map(|name| format.derivation(name)).collect();
            format.derived = derived;
            for place in (0..ranked.len()).filter(|place| format.derived[*place].is_some()) {
                format.plan.fields = format.plan.fields.union(Fields::column(Column::variable(place)));
            }
        }
        format
    }

    /// The derivation of a variable that lines of this format contain but do not log separately.
    fn derivation(&self, variable: &str) -> Option<RequestPart> {
        let derived = RequestPart::named(variable).filter(|_| !self.logs(variable))?;
        let mut destination = self
            .pieces
            .iter()
            .filter_map(|p| if let Piece::Variable(value) = p { Some(value.destination) } else { None });
        destination.any(|destination| derived.is_in(destination)).then_some(derived)
    }

    /// The value of the variable with index `place` among those that the question ranks by name.
    pub(crate) fn ranked_variable<'a>(&self, place: usize, row: &Row<'a>, bump: &'a Bump) -> &'a [u8] {
        let logged = row.text(self.plan.ranked_variables[place]);
        match self.derived.get(place) {
            Some(Some(derived)) if logged == MISSING => derived.value(row, bump),
            _ => logged,
        }
    }

    /// Number of variables that the question ranks by name.
    pub(crate) fn ranked_variables(&self) -> usize {
        self.plan.ranked_variables.len()
    }

    /// The same format, without a list of addresses read as `$remote_addr`, unless the user named that list.
    #[must_use]
    pub(crate) fn without_address_list(mut self) -> LogFormat {
        let lists =
            self.pieces.iter_mut().filter_map(|p| if let Piece::Variable(value) = p { Some(value) } else { None });
        let is_given = |value: &Value| self.given.iter().any(|field| key_variable(field.key()) == value.name);
        let is_fed =
            |value: &&mut Value| value.is_address_list() && value.destination == Destination::Text(TextField::Addr);
        let mut fed = lists.filter(|value| is_fed(value) && !is_given(value));
        if let Some(list) = fed.next() {
            list.destination = Destination::Nothing;
            self.plan = compile(&self.pieces, &[], self.strictness);
        }
        self
    }

    /// The same format, with these fields read from where the user said: under keys if lines have keys, otherwise from
    /// variables.
    #[must_use]
    pub(crate) fn with_fields(mut self, fields: &[FieldKey]) -> LogFormat {
        if fields.is_empty() {
            return self;
        }
        if let Some(json) = &mut self.json {
            **json = json.with_fields(fields);
            let of = |field: &FieldKey| {
                variable(field.variable()).map_or(Fields::NONE, |(_, known)| known.destination.fields())
            };
            self.overrides =
                fields.iter().map(of).filter(|of| *of != Fields::REQUEST).fold(Fields::NONE, Fields::union);
            return self;
        }
        let Roles { pieces, given, overrides } = roles::assign(self.pieces, fields);
        let plan = compile(&pieces, &[], self.strictness);
        LogFormat { pieces, plan, given, overrides, ..self }
    }

    /// Parts of the request that the user named; they take precedence over `$request`.
    #[inline(always)]
    pub(crate) fn overrides(&self) -> Fields {
        self.overrides
    }

    /// True if lines have this field where the user said. `seen` are the keys that JSON lines had. A key that no column
    /// needs is not looked up, and counts as present.
    pub(crate) fn has_given(&self, field: &FieldKey, seen: &KeysSeen) -> bool {
        match &self.json {
            Some(json) => {
                let mut rules = json.keys().given().filter(|(_, rule)| *rule.key == *field.key()).peekable();
                rules.peek().is_none() || rules.any(|(place, _)| seen.contains(place))
            }
            None => self.given.contains(field),
        }
    }
}
