//! The values of a line put into a batch: the request is taken apart, static told from dynamic, and only the
//! columns that somebody needs are filled.

use std::borrow::Cow;

use bumpalo::Bump;

use super::request;
use super::request::Query;
use crate::batch::{Batch, Column, Fields, MISSING, Numbers, TextField};
use crate::format::slot::Slot;
use crate::format::{LogFormat, Row, Taken, UsualLine};
use crate::ip;
use crate::static_rules::StaticRules;
use crate::text::{escape_backslashes, undo_escapes};
use crate::time::Stamp;

/// Puts rows into batches.
pub(crate) struct Filler<'q> {
    /// The formats that lines are taken by.
    pub(crate) formats: &'q [LogFormat],
    pub(crate) needs: Fields,
    /// The column of `--real-ip`: a line that has it has an address.
    pub(crate) list: Fields,
    /// Whether lists of addresses are left for a step to read.
    pub(crate) keeps_lists: bool,
    /// The fields whose absence from a line makes a number of the report unknown.
    pub(crate) watched: Fields,
    pub(crate) query: Query,
    /// The rules that decide whether a line is static; [`StaticRules::NONE`] if a step does.
    pub(crate) rules: &'q StaticRules,
}

/// The text fields that stand in a line of their own.
const PLAIN: [TextField; 5] = [TextField::Addr, TextField::Host, TextField::User, TextField::Referer, TextField::Agent];

impl Filler<'_> {
    /// Appends the row that a format has filled. What must be written anew, because of an escape, lives in `bump`.
    #[inline(always)]
    pub(crate) fn push<'a>(&self, taken: Taken, row: &Row<'a>, batch: &mut Batch<'a>, bump: &'a Bump) {
        if self.formats[taken.0].is_escaped_otherwise() {
            self.push_rewritten(taken, row, batch, bump);
        } else {
            self.set(taken, row, batch, bump);
        }
    }

    #[cold]
    #[inline(never)]
    fn push_rewritten<'a>(&self, taken: Taken, row: &Row<'a>, batch: &mut Batch<'a>, bump: &'a Bump) {
        self.set(taken, &self.formats[taken.0].escaped_by_default(row, bump), batch, bump);
    }

    #[inline(always)]
    fn set<'a>(&self, taken: Taken, row: &Row<'a>, batch: &mut Batch<'a>, bump: &'a Bump) {
        if self.needs.meets(Fields::EXTRA) {
            self.set_extras(taken, row, batch, bump);
        }
        for field in PLAIN {
            if self.needs.holds(Fields::text(field)) {
                let text = row.text(Slot::of(field));
                batch.set_text(field, if field == TextField::Addr { self.address(taken, text) } else { text });
            }
        }
        let is_static = self.needs.meets(Fields::REQUEST) && self.set_request(taken, row, batch, bump);
        let has_list = self.list != Fields::NONE && row.has.holds(self.list);
        let has = if has_list { row.has.and(Fields::text(TextField::Addr)) } else { row.has };
        let lacks = self.watched.without(has);
        if lacks != Fields::NONE {
            batch.set_lacks(lacks);
        }
        let Row { stamp, status, bytes, time_ms, .. } = *row;
        if stamp == Stamp::NONE {
            batch.set_undated();
        }
        batch.add(Numbers { stamp, status, bytes, time_ms, is_static });
    }

    /// The visitor's address where a list of addresses is logged, and otherwise the address without its port.
    #[inline]
    fn address<'a>(&self, taken: Taken, text: &'a [u8]) -> &'a [u8] {
        if self.formats[taken.0].has_address_list() {
            if self.keeps_lists { text } else { ip::visitor_of_list(text) }
        } else if ip::may_have_port(text) {
            ip::without_port(text)
        } else {
            text
        }
    }

    /// Sets the variables that the question ranks by name.
    #[inline(never)]
    fn set_extras<'a>(&self, taken: Taken, row: &Row<'a>, batch: &mut Batch<'a>, bump: &'a Bump) {
        let format = &self.formats[taken.0];
        for place in 0..format.extras() {
            batch.set_text(Column::extra(place), format.extra(place, row, bump));
        }
    }

    /// True if usual lines have every field that is needed of them. No format that has such lines logs a host, or a
    /// variable that the question ranks by name; all other fields are logged by each of them.
    pub(crate) fn takes_usual(&self) -> bool {
        !self.needs.meets(Fields::EXTRA) && !self.watched.meets(Fields::text(TextField::Host))
    }

    /// Appends a usual line, where [`Filler::takes_usual`].
    #[inline(always)]
    pub(crate) fn push_usual<'a>(&self, line: &UsualLine<'a>, batch: &mut Batch<'a>, bump: &'a Bump) {
        let texts = [line.addr, MISSING, MISSING, line.referer, line.agent];
        for (field, text) in PLAIN.into_iter().zip(texts) {
            if self.needs.holds(Fields::text(field)) {
                batch.set_text(field, text);
            }
        }
        let is_static = self.needs.meets(Fields::REQUEST) && {
            let parts = self.parts(request::split(line.request), bump);
            self.set_parts(&parts, batch);
            parts.is_static
        };
        let UsualLine { stamp, status, bytes, time_ms, .. } = *line;
        batch.add(Numbers { stamp, status, bytes, time_ms, is_static });
    }

    /// Sets what the request gives, and returns whether it is static.
    #[inline(always)]
    fn set_request<'a>(&self, taken: Taken, row: &Row<'a>, batch: &mut Batch<'a>, bump: &'a Bump) -> bool {
        let line = row.text(Slot::REQUEST);
        let mut parts = if row.has_escaped_request {
            self.parts_of_escaped(line, bump)
        } else {
            self.parts(request::split(line), bump)
        };
        // A format that logs the parts by themselves; one that logs `$request` leaves these missing.
        if line == MISSING {
            self.add_plain_parts(row, &mut parts, bump);
        } else if self.formats[taken.0].overrides().meets(Fields::REQUEST) {
            self.override_parts(&self.formats[taken.0], row, &mut parts, bump);
        }
        self.set_parts(&parts, batch);
        parts.is_static
    }

    #[inline(always)]
    fn set_parts<'a>(&self, parts: &Parts<'a>, batch: &mut Batch<'a>) {
        for (field, value) in
            [(TextField::Method, parts.method), (TextField::Path, parts.path), (TextField::Protocol, parts.protocol)]
        {
            if self.needs.holds(Fields::text(field)) {
                batch.set_text(field, value);
            }
        }
    }

    #[inline(always)]
    fn parts<'a>(&self, request: Option<request::Request<'a>>, bump: &'a Bump) -> Parts<'a> {
        let Some(request) = request else { return Parts::NONE };
        let (path, is_static) = self.path(request.target, bump);
        Parts { method: request.method, path, protocol: request.protocol.unwrap_or(MISSING), is_static }
    }

    /// The path of a target as the question wants it, and whether it is static.
    #[inline(always)]
    fn path<'a>(&self, target: &'a [u8], bump: &'a Bump) -> (&'a [u8], bool) {
        let whole = match request::path_and_query(target) {
            Cow::Borrowed(path) => path,
            Cow::Owned(path) => bump.alloc_slice_copy(&path),
        };
        let stripped = request::without_query(whole);
        let path = match self.query {
            Query::Strip => stripped,
            Query::Keep => whole,
        };
        (path, self.rules.is_static(stripped))
    }

    /// Escapes are undone before the request is split, so that one request has one key however it was logged.
    /// The keys are kept escaped, as those of every other column are.
    #[cold]
    fn parts_of_escaped<'a>(&self, line: &[u8], bump: &'a Bump) -> Parts<'a> {
        let line = bump.alloc_slice_copy(&undo_escapes(line));
        let parts = self.parts(request::split(line), bump);
        let escaped = |value: &'a [u8]| match escape_backslashes(value) {
            Cow::Borrowed(value) => value,
            Cow::Owned(value) => bump.alloc_slice_copy(&value),
        };
        Parts {
            method: escaped(parts.method),
            path: escaped(parts.path),
            protocol: escaped(parts.protocol),
            is_static: parts.is_static,
        }
    }

    #[cold]
    fn add_plain_parts<'a>(&self, row: &Row<'a>, parts: &mut Parts<'a>, bump: &'a Bump) {
        let of = |field| row.text(Slot::of(field));
        parts.method = of(TextField::Method);
        parts.protocol = of(TextField::Protocol);
        self.set_plain_path(row, parts, bump);
    }

    /// Puts the parts that the user says stand elsewhere in the place of the request's. In a JSON log a value that is missing
    /// leaves the next one, as of keys.
    #[cold]
    fn override_parts<'a>(&self, format: &LogFormat, row: &Row<'a>, parts: &mut Parts<'a>, bump: &'a Bump) {
        let of = |field| {
            let value = format.overrides().holds(Fields::text(field)).then(|| row.text(Slot::of(field)));
            value.filter(|value| *value != MISSING || !format.is_json())
        };
        parts.method = of(TextField::Method).unwrap_or(parts.method);
        parts.protocol = of(TextField::Protocol).unwrap_or(parts.protocol);
        if format.overrides().holds(Fields::text(TextField::Path)) {
            if !format.is_json() {
                (parts.path, parts.is_static) = (MISSING, false);
            }
            self.set_plain_path(row, parts, bump);
        }
    }

    /// Sets the path from what is logged by itself, if it is.
    fn set_plain_path<'a>(&self, row: &Row<'a>, parts: &mut Parts<'a>, bump: &'a Bump) {
        let target = row.text(Slot::of(TextField::Path));
        if target != MISSING {
            let target = bump.alloc_slice_copy(&undo_escapes(target));
            let (path, is_static) = self.path(target, bump);
            parts.path = bump.alloc_slice_copy(&escape_backslashes(path));
            parts.is_static = is_static;
        } else if let Some((uri, args)) = uri_and_args(row) {
            self.set_uri(&undo_escapes(uri), args.map(undo_escapes).as_deref(), parts, bump);
        }
    }

    /// What nginx made of the target: decoded, so that a `?` in it is one of the path.
    fn set_uri<'a>(&self, uri: &[u8], args: Option<&[u8]>, parts: &mut Parts<'a>, bump: &'a Bump) {
        let path = match args {
            Some(args) if self.query == Query::Keep => Cow::Owned([uri, b"?", args].concat()),
            _ => Cow::Borrowed(uri),
        };
        parts.path = bump.alloc_slice_copy(&escape_backslashes(&path));
        parts.is_static = self.rules.is_static(uri);
    }
}

/// `$uri` and `$args`, if the first is logged. Behind a path that has no query `$uri$is_args$args` is `/path-`, for the
/// missing `$args` is written as all that is missing is.
fn uri_and_args<'a>(row: &Row<'a>) -> Option<(&'a [u8], Option<&'a [u8]>)> {
    let uri = row.text(Slot::URI);
    if uri != MISSING {
        let args = row.text(Slot::ARGS);
        return Some((uri, (!args.is_empty() && args != MISSING).then_some(args)));
    }
    let both = row.text(Slot::URI_AND_ARGS);
    if both == MISSING {
        return None;
    }
    match memchr::memchr(b'?', both) {
        Some(end) => Some((&both[..end], Some(&both[end + 1..]))),
        None => Some((both.strip_suffix(MISSING).unwrap_or(both), None)),
    }
}

/// What a request gives to a batch.
struct Parts<'a> {
    method: &'a [u8],
    path: &'a [u8],
    protocol: &'a [u8],
    is_static: bool,
}

impl Parts<'_> {
    /// Rubbish is a hit all the same: nginx answered it.
    const NONE: Parts<'static> = Parts { method: MISSING, path: MISSING, protocol: MISSING, is_static: false };
}
