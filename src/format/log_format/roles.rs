//! Applies `NAME=KEY` to a text format: the variable KEY is read as NAME, and takes precedence over the usual variable.

use super::parse::resolve_destinations;
use super::piece::{Piece, Value};
use crate::batch::Fields;
use crate::format::field_key::FieldKey;
use crate::format::field_key::key_variable;
use crate::format::shape::Shape;
use crate::format::time_unit::TimeUnit;
use crate::format::variables::{Destination, variable};

/// A format's pieces with their roles.
pub(in crate::format) struct Roles {
    pub(in crate::format) pieces: Vec<Piece>,
    /// The user's fields whose variable the format has.
    pub(in crate::format) given: Vec<FieldKey>,
    /// Parts of the request that are read from another variable although `$request` is logged.
    pub(in crate::format) overrides: Fields,
}

/// Gives variables the roles that the user chose. If one variable gets two roles, the first wins.
pub(in crate::format) fn assign(mut pieces: Vec<Piece>, fields: &[FieldKey]) -> Roles {
    let (mut given, mut places) = (Vec::new(), Vec::new());
    for field in fields {
        let key = key_variable(field.key());
        let has_key = |piece: &Piece| matches!(piece, Piece::Variable(value) if value.name == key);
        let Some(place) = pieces.iter().position(has_key) else { continue };
        given.push(field.clone());
        if !places.contains(&place) {
            places.push(place);
        }
    }
    for (place, field) in places.iter().zip(first_of_each(&given)) {
        if let Piece::Variable(value) = &mut pieces[*place] {
            give(value, field);
        }
    }
    let pieces = resolve_destinations(pieces, &places);
    let destination =
        |piece: &Piece| if let Piece::Variable(value) = piece { value.destination } else { Destination::Nothing };
    let of_roles =
        places.iter().fold(Fields::NONE, |fields, place| fields.union(destination(&pieces[*place]).fields()));
    let logs_request = pieces.iter().any(|piece| destination(piece) == Destination::Request);
    let has_whole = places.iter().any(|place| destination(&pieces[*place]) == Destination::Request);
    let overrides = if logs_request && !has_whole { of_roles } else { Fields::NONE };
    Roles { pieces, given, overrides }
}

/// The first field of each key.
fn first_of_each(fields: &[FieldKey]) -> impl Iterator<Item = &FieldKey> {
    let is_first = |(at, field): &(usize, &FieldKey)| {
        fields[..*at].iter().all(|before| key_variable(before.key()) != key_variable(field.key()))
    };
    fields.iter().enumerate().filter(is_first).map(|(_, field)| field)
}

/// Gives a variable the role of the field.
fn give(value: &mut Value, field: &FieldKey) {
    let destination = variable(field.variable()).map_or(Destination::Nothing, |(_, known)| known.destination);
    let (shape, destination) = match (destination, field.unit()) {
        // The field is used only for a ranking, which finds it by name.
        (Destination::Nothing, _) => {
            field.variable().clone_into(&mut value.name);
            return;
        }
        (Destination::Time, _) => (Shape::Time, destination),
        (Destination::Status, _) => (Shape::Status, destination),
        (Destination::Bytes, _) => (Shape::Number, destination),
        (Destination::RequestTime, TimeUnit::Seconds) => (Shape::Duration, destination),
        (Destination::RequestTime, unit) => (Shape::Duration, Destination::RequestTimeIn(unit)),
        _ => (value.shape, destination),
    };
    (value.shape, value.destination) = (shape, destination);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::TextField;
    use crate::format::log_format::parse::parse;

    fn roles(text: &str, fields: &[&str]) -> (Vec<(String, Destination)>, Roles) {
        let fields: Vec<FieldKey> = fields.iter().map(|field| field.parse().unwrap()).collect();
        let roles = assign(parse(text).unwrap(), &fields);
        let values = roles.pieces.iter().filter_map(|piece| match piece {
            Piece::Variable(value) => Some((value.name.clone(), value.destination)),
            Piece::Literal(_) => None,
        });
        (values.collect(), roles)
    }

    fn destination(text: &str, fields: &[&str]) -> Vec<Destination> {
        roles(text, fields).0.into_iter().map(|(_, destination)| destination).collect()
    }

    #[test]
    fn a_role_takes_precedence_over_the_usual_variable() {
        let (addr, host) = (Destination::Text(TextField::Addr), Destination::Text(TextField::Host));
        assert_eq!(destination("$remote_addr $http_x", &["ip=http_x"]), [Destination::Nothing, addr]);
        assert_eq!(destination("$remote_addr $http_x", &["ip=$http_x"]), [Destination::Nothing, addr]);
        assert_eq!(
            destination("$body_bytes_sent $bytes_sent", &["bytes=bytes_sent"]),
            [Destination::Nothing, Destination::Bytes]
        );
        assert_eq!(destination("$time_local $my_clock", &["time=my_clock"]), [Destination::Nothing, Destination::Time]);
        // If a variable gets another role, the next variable takes over its usual one.
        let expected = [Destination::Text(TextField::Referer), host];
        assert_eq!(destination("$host $http_host", &["referer=host"]), expected);
        assert_eq!(destination("$remote_addr $x", &["ip=y"]), [addr, Destination::Nothing]);
        assert_eq!(destination("$x|$y", &["ip=x", "ip=y", "host=x"]), [addr, Destination::Nothing]);
        let ms = Destination::RequestTimeIn(TimeUnit::Milliseconds);
        assert_eq!(destination("$took", &["request_time_ms=took"]), [ms]);
        assert_eq!(roles("$my_id", &["cookie_id=my_id"]).0, [("cookie_id".to_owned(), Destination::Nothing)]);
    }

    #[test]
    fn part_of_the_request_overrides_the_request() {
        let path = Fields::text(TextField::Path);
        let (values, found) = roles(r#""$request" $filtered"#, &["path=filtered"]);
        assert_eq!((values[0].1, found.overrides), (Destination::Request, path));
        let (values, found) = roles(r#""$request" $request_uri $x"#, &["request=x"]);
        assert_eq!(
            (values[0].1, values[1].1, found.overrides),
            (Destination::Nothing, Destination::Nothing, Fields::NONE)
        );
        let (values, found) = roles("$request_uri $filtered", &["path=filtered"]);
        assert_eq!((values[0].1, found.overrides), (Destination::Nothing, Fields::NONE));
        assert_eq!(roles("$request $x", &["status=y"]).1.given, []);
    }
}
