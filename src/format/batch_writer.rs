//! Writes the values of a line into a batch. Splits the request, decides whether it is static, and fills only the
//! columns that the question needs.

use std::borrow::Cow;

use bumpalo::Bump;

use super::request;
use super::request::Query;
use super::request_parts::uri_and_args;
use crate::batch::{Batch, Column, Fields, MISSING, Numbers, TextField};
use crate::format::slot::Slot;
use crate::format::{FastLine, FormatId, LogFormat, Row};
use crate::ip;
use crate::static_rules::StaticRules;
use crate::text::{escape_backslashes, undo_escapes};
use crate::time::Stamp;

/// Puts rows into batches.
pub(crate) struct BatchWriter<'q> {
    /// The formats that lines may have; [`Taken`] indexes them.
    pub(crate) formats: &'q [LogFormat],
    pub(crate) needs: Fields,
    /// The column that `--real-ip` reads. A line that logs it counts as having an address.
    pub(crate) list: Fields,
    /// True if a list of addresses is kept whole, for a later step to read.
    pub(crate) keeps_lists: bool,
    /// The fields whose absence from a line makes a number of the report unknown.
    pub(crate) watched: Fields,
    pub(crate) query: Query,
    /// The rules that decide whether a request is static; [`StaticRules::NONE`] if a later step decides.
    pub(crate) rules: &'q StaticRules,
}

/// Text fields that have a value of their own in a line; the others are parts of the request.
const PLAIN: [TextField; 5] = [TextField::Addr, TextField::Host, TextField::User, TextField::Referer, TextField::Agent];

impl BatchWriter<'_> {
    /// Appends the row that a format has filled. Text that must be rewritten because of an escape is allocated in
    /// `bump`.
    #[inline(always)]
    pub(crate) fn push<'a>(&self, format_id: FormatId, row: &Row<'a>, batch: &mut Batch<'a>, bump: &'a Bump) {
        if self.formats[format_id.0].is_escaped_otherwise() {
            self.push_rewritten(format_id, row, batch, bump);
        } else {
            self.set(format_id, row, batch, bump);
        }
    }

    #[cold]
    #[inline(never)]
    fn push_rewritten<'a>(&self, format_id: FormatId, row: &Row<'a>, batch: &mut Batch<'a>, bump: &'a Bump) {
        self.set(format_id, &self.formats[format_id.0].escaped_by_default(row, bump), batch, bump);
    }

    #[inline(always)]
    fn set<'a>(&self, format_id: FormatId, row: &Row<'a>, batch: &mut Batch<'a>, bump: &'a Bump) {
        if self.needs.intersects(Fields::VARIABLES) {
            self.set_variables(format_id, row, batch, bump);
        }
        for field in PLAIN {
            if self.needs.contains(Fields::text(field)) {
                let text = row.text(Slot::of(field));
                batch.set_text(field, if field == TextField::Addr { self.address(format_id, text) } else { text });
            }
        }
        let is_static = self.needs.intersects(Fields::REQUEST) && self.set_request(format_id, row, batch, bump);
        let has_list = self.list != Fields::NONE && row.has.contains(self.list);
        let has = if has_list { row.has.union(Fields::text(TextField::Addr)) } else { row.has };
        let lacks = self.watched.difference(has);
        if lacks != Fields::NONE {
            batch.set_lacks(lacks);
        }
        let Row { stamp, status, bytes, time_ms, .. } = *row;
        if stamp == Stamp::NONE {
            batch.set_undated();
        }
        batch.add(Numbers { stamp, status, bytes, time_ms, is_static });
    }

    /// The visitor's address, if the format logs a list of addresses; otherwise the address without its port.
    #[inline]
    fn address<'a>(&self, format_id: FormatId, text: &'a [u8]) -> &'a [u8] {
        if self.formats[format_id.0].has_address_list() {
            if self.keeps_lists { text } else { ip::visitor_of_list(text) }
        } else if ip::may_have_port(text) {
            ip::without_port(text)
        } else {
            text
        }
    }

    /// Sets the variables that the question ranks by name.
    #[inline(never)]
    fn set_variables<'a>(&self, format_id: FormatId, row: &Row<'a>, batch: &mut Batch<'a>, bump: &'a Bump) {
        let format = &self.formats[format_id.0];
        for place in 0..format.ranked_variables() {
            batch.set_text(Column::variable(place), format.ranked_variable(place, row, bump));
        }
    }

    /// True if every usual line has all the fields that are needed. Formats with usual lines never log a host or a
    /// variable that the question ranks by name, and always log all other fields.
    pub(crate) fn allows_fast_path(&self) -> bool {
        !self.needs.intersects(Fields::VARIABLES) && !self.watched.intersects(Fields::text(TextField::Host))
    }

    /// Appends a usual line. Requires [`BatchWriter::allows_fast_path`].
    #[inline(always)]
    pub(crate) fn push_fast_line<'a>(&self, line: &FastLine<'a>, batch: &mut Batch<'a>, bump: &'a Bump) {
        let texts = [line.addr, MISSING, MISSING, line.referer, line.agent];
        for (field, text) in PLAIN.into_iter().zip(texts) {
            if self.needs.contains(Fields::text(field)) {
                batch.set_text(field, text);
            }
        }
        let is_static = self.needs.intersects(Fields::REQUEST) && {
            let parts = self.parts(request::split(line.request), bump);
            self.set_parts(&parts, batch);
            parts.is_static
        };
        let FastLine { stamp, status, bytes, time_ms, .. } = *line;
        batch.add(Numbers { stamp, status, bytes, time_ms, is_static });
    }

    /// Sets the columns that come from the request, and returns true if it is static.
    #[inline(always)]
    fn set_request<'a>(&self, format_id: FormatId, row: &Row<'a>, batch: &mut Batch<'a>, bump: &'a Bump) -> bool {
        let line = row.text(Slot::REQUEST);
        let mut parts = if row.has_escaped_request {
            self.parts_of_escaped(line, bump)
        } else {
            self.parts(request::split(line), bump)
        };
        // The format may log the parts separately. If it logs only `$request`, the parts are missing, too.
        if line == MISSING {
            self.add_plain_parts(row, &mut parts, bump);
        } else if self.formats[format_id.0].overrides().intersects(Fields::REQUEST) {
            self.override_parts(&self.formats[format_id.0], row, &mut parts, bump);
        }
        self.set_parts(&parts, batch);
        parts.is_static
    }

    #[inline(always)]
    fn set_parts<'a>(&self, parts: &Parts<'a>, batch: &mut Batch<'a>) {
        for (field, value) in
            [(TextField::Method, parts.method), (TextField::Path, parts.path), (TextField::Protocol, parts.protocol)]
        {
            if self.needs.contains(Fields::text(field)) {
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

    /// The path of a target, with or without its query as the question asks, and true if the target is static.
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

    /// Undoes escapes before the request is split, so that one request has one key however it was logged. The keys stay
    /// escaped, as in every other column.
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

    /// Replaces parts of the request by the fields that the user named for them. In a JSON log, a missing value does
    /// not replace anything, as with any other key.
    #[cold]
    fn override_parts<'a>(&self, format: &LogFormat, row: &Row<'a>, parts: &mut Parts<'a>, bump: &'a Bump) {
        let of = |field| {
            let value = format.overrides().contains(Fields::text(field)).then(|| row.text(Slot::of(field)));
            value.filter(|value| *value != MISSING || !format.is_json())
        };
        parts.method = of(TextField::Method).unwrap_or(parts.method);
        parts.protocol = of(TextField::Protocol).unwrap_or(parts.protocol);
        if format.overrides().contains(Fields::text(TextField::Path)) {
            if !format.is_json() {
                (parts.path, parts.is_static) = (MISSING, false);
            }
            self.set_plain_path(row, parts, bump);
        }
    }

    /// Sets the path from a separately logged path, if there is one.
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

    /// Sets the path from `$uri`, which nginx has decoded: a `?` in it belongs to the path.
    fn set_uri<'a>(&self, uri: &[u8], args: Option<&[u8]>, parts: &mut Parts<'a>, bump: &'a Bump) {
        let path = match args {
            Some(args) if self.query == Query::Keep => Cow::Owned([uri, b"?", args].concat()),
            _ => Cow::Borrowed(uri),
        };
        parts.path = bump.alloc_slice_copy(&escape_backslashes(&path));
        parts.is_static = self.rules.is_static(uri);
    }
}

/// The values of a request that go into a batch.
struct Parts<'a> {
    method: &'a [u8],
    path: &'a [u8],
    protocol: &'a [u8],
    is_static: bool,
}

impl Parts<'_> {
    /// Not a valid request, but still a hit: nginx answered it.
    const NONE: Parts<'static> = Parts { method: MISSING, path: MISSING, protocol: MISSING, is_static: false };
}
