//! Compiles the pieces of a `log_format` to a plan.

use super::nginx_escape::NginxEscape;
use super::piece::{Piece, literal};
use super::plan::{AFTER_TIME, BEFORE_TIME, Expressions, Plan, RowField, Step};
use super::value_end::{Strictness, ValueEnd, value_end_of};
use crate::batch::{Column, Fields, TextField};
use crate::format::shape::Shape;
use crate::format::slot::Slot;
use crate::format::time_unit::TimeUnit;
use crate::format::variables::Destination;
use crate::text::Prefix;

/// Compiles a format; `ranked` are the variables that the question ranks by name.
pub(crate) fn compile(pieces: &[Piece], ranked: &[&str], strictness: Strictness) -> Plan {
    let escape = strictness.escape;
    let mut plan = Plan {
        lead: Prefix::default(),
        steps: Vec::new(),
        shortcut: None,
        whole: None,
        fast_path: None,
        fields: Fields::NONE,
        has_address_list: false,
        // A slot that no step fills stays missing.
        ranked_variables: (0..ranked.len()).map(Slot::variable).collect(),
        expressions: Expressions::default(),
    };
    let mut at = 0;
    if let Some(text) = literal(pieces, 0) {
        plan.lead = Prefix::new(text);
        at = 1;
    }
    while let Some(Piece::Variable(value)) = pieces.get(at) {
        plan.fields = plan.fields.union(value.destination.fields());
        plan.has_address_list |= value.is_address_list() && value.destination == Destination::Text(TextField::Addr);
        let value_piece = at;
        let mut row_field = row_field(value.destination, value.shape);
        if let Some(place) = ranked.iter().position(|ranked| *ranked == value.name) {
            plan.fields = plan.fields.union(Fields::column(Column::variable(place)));
            if row_field == RowField::Text(Slot::NOWHERE) {
                row_field = RowField::Text(Slot::variable(place));
            }
            if let RowField::Text(slot) = row_field {
                plan.ranked_variables[place] = slot;
            }
        }
        let value_end = if escape != NginxEscape::None && is_user_and_time(&pieces[at..]) {
            plan.fields = plan.fields.union(Fields::TIME);
            at += 4;
            ValueEnd::UserAndTime
        } else {
            at += 1;
            value_end_of(pieces, value_piece, strictness)
        };
        let next_literal_piece = at;
        let next_literal = literal(pieces, at).map_or_else(Prefix::default, |text| {
            at += 1;
            Prefix::new(text)
        });
        plan.steps.push(Step { value_end, row_field, next_literal, value_piece, next_literal_piece });
    }
    plan.find_shortcuts(escape);
    plan
}

fn row_field(destination: Destination, shape: Shape) -> RowField {
    match destination {
        Destination::Time => RowField::Time,
        Destination::Status => RowField::Status,
        Destination::Bytes => RowField::Bytes,
        Destination::RequestTime => RowField::RequestTime(match shape {
            Shape::Milliseconds => TimeUnit::Milliseconds,
            Shape::Microseconds => TimeUnit::Microseconds,
            _ => TimeUnit::Seconds,
        }),
        Destination::RequestTimeIn(unit) => RowField::RequestTime(unit),
        text => RowField::Text(Slot::fed_by(text)),
    }
}

/// True if these pieces begin with `$remote_user [$time_local] "`, where the quote ends its literal.
fn is_user_and_time(pieces: &[Piece]) -> bool {
    let [Piece::Variable(user), Piece::Literal(before), Piece::Variable(time), Piece::Literal(after), ..] = pieces
    else {
        return false;
    };
    user.name == "remote_user"
        && before == BEFORE_TIME
        && (time.shape, time.destination) == (Shape::Time, Destination::Time)
        && after == AFTER_TIME
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::MAX_VARIABLES;
    use crate::format::log_format::parse::parse;
    use crate::format::log_format::plan::{FastPath, Shortcut};
    use crate::format::log_format::presets::{PRESETS, Preset};

    const PLAIN: Strictness = Strictness { escape: NginxEscape::Default, is_given: true };

    #[test]
    fn presets_have_a_user_and_time_step() {
        for Preset { name, text, .. } in &PRESETS[..7] {
            let plan = compile(&parse(text).unwrap(), &[], PLAIN);
            assert_eq!(plan.steps.iter().filter(|s| matches!(s.value_end, ValueEnd::UserAndTime)).count(), 1, "{name}");
            let from = usize::from(name.starts_with("vhost"));
            let (to, has_agent) = if *name == "common" { (5, false) } else { (from + 7, true) };
            assert_eq!(plan.shortcut, Some(Shortcut { from, to, has_agent }), "{name}");
            assert_eq!(plan.whole.is_some(), matches!(*name, "combined" | "common"), "{name}");
            let fast_path = match *name {
                "combined" => Some(FastPath { has_time: false }),
                "combined_timed" => Some(FastPath { has_time: true }),
                _ => None,
            };
            assert_eq!(plan.fast_path, fast_path, "{name}");
            assert!(
                plan.fields.contains(Fields::TIME.union(Fields::REQUEST).union(Fields::text(TextField::Addr))),
                "{name}"
            );
        }
    }

    #[test]
    fn ranked_variables_use_the_slots_of_logged_variables() {
        let ranked = ["upstream_addr", "http_host", "cookie_id"];
        let plan = compile(&parse("$http_host $upstream_addr").unwrap(), &ranked, PLAIN);
        assert_eq!(plan.ranked_variables, [Slot::variable(0), Slot::of(TextField::Host), Slot::variable(2)]);
        let logged = [0, 1, 2].map(|place| plan.fields.contains(Fields::column(Column::variable(place))));
        assert_eq!(logged, [true, true, false]);
        let plan = compile(&parse("$host $http_host $cookie_id").unwrap(), &ranked, PLAIN);
        assert_eq!(plan.ranked_variables, (0..3).map(Slot::variable).collect::<Vec<_>>());
        assert_ne!(Slot::variable(MAX_VARIABLES - 1), Slot::NOWHERE);
        assert_eq!(Slot::variable(MAX_VARIABLES - 1).index() + 1, Slot::COUNT);
    }
}
