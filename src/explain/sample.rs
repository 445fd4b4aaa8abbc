//! Explains what lines are counted as, with the same steps that a worker applies to a batch.

use bumpalo::Bump;
use nginx_conf::Request;

use super::field::fields;
use super::shown::Shown;
use super::{HitExplanation, SampleLine};
use crate::batch::{Batch, Fields, MISSING, Status, TextField};
use crate::dimension::VariableColumns;
use crate::engine::columns::Columns;
use crate::error::Error;
use crate::format::{FormatId, LogFormat, Row};
use crate::keys::Seed;
use crate::nginx::NginxAnswer;
use crate::question::{Question, variables};
use crate::steps::{Lines, StepPlan};
use crate::text::undo_escapes;
use crate::text::{printable, written};
use crate::time::Stamp;

/// Text fields of a hit.
const TEXTS: [TextField; 4] = [TextField::Addr, TextField::Host, TextField::Method, TextField::Path];

/// The parts of a question that concern lines.
pub(super) struct Reader<'q> {
    pub(super) question: &'q Question,
    columns: Columns<'q>,
    pub(super) steps: StepPlan<'q>,
}

/// A line that a format reads.
pub(super) struct Read<'a> {
    pub(super) number: u64,
    pub(super) text: &'a [u8],
    pub(super) format_id: FormatId,
    pub(super) row: Row<'a>,
}

impl<'q> Reader<'q> {
    pub(super) fn new(question: &'q Question) -> Result<Reader<'q>, Error> {
        let columns = Columns::new(question, variables(question)?);
        let used = TEXTS.iter().fold(Fields::NONE, |used, field| used.union(Fields::text(*field)));
        let steps = columns.steps(used, Seed::random());
        Ok(Reader { question, columns, steps })
    }

    /// Returns the variables that the question names.
    pub(super) fn variable_columns(&self) -> &VariableColumns {
        self.columns.variable_columns()
    }

    /// Returns the lines field by field, and what they are counted as. `of_log` is the server that writes the input.
    pub(super) fn samples(
        &self,
        shown: &Shown<'_>,
        formats: &[LogFormat],
        of_log: Option<usize>,
        lines: &[Read<'_>],
    ) -> Vec<SampleLine> {
        let bump = Bump::new();
        let batch_writer = self.columns.batch_writer(formats, &self.steps, Fields::NONE);
        let mut batch = Batch::new(self.steps.needs());
        lines.iter().for_each(|line| batch_writer.push(line.format_id, &line.row, &mut batch, &bump));
        let answers: Vec<_> = (0..lines.len()).map(|row| self.answer(of_log, &batch, row)).collect();
        let (mut steps, of_lines) = (self.steps.steps(), Lines { server: of_log, bump: &bump });
        let hits: Vec<_> = (0..).take(lines.len()).collect();
        steps.before_filter(&mut batch, of_lines);
        steps.after_filter(&mut batch, &hits, of_lines);
        let sample = |((row, line), nginx): ((usize, &Read<'_>), Option<NginxAnswer>)| {
            let format = &formats[line.format_id.0];
            let (fields, fields_left_out, unread) = fields(shown, &format.anatomy(line.text));
            SampleLine {
                line: line.number,
                text: shown.text(line.text),
                format: printable(format.name().as_bytes()),
                fields,
                fields_left_out,
                unread,
                hit: hit(&batch, row, line.row.has),
                nginx,
            }
        };
        lines.iter().enumerate().zip(answers).map(sample).collect()
    }

    /// Returns the server and location that nginx chooses for a row, as the counting step determines them.
    fn answer(&self, of_log: Option<usize>, batch: &Batch<'_>, row: usize) -> Option<NginxAnswer> {
        let conf = self.question.reading.nginx_conf.as_ref()?;
        let (host, path) = (batch.text(TextField::Host)[row], batch.text(TextField::Path)[row]);
        let host = (host != MISSING).then(|| undo_escapes(host));
        let request = Request { host: host.as_deref(), path: &undo_escapes(path), server: of_log };
        Some(conf.answer(&self.question.reading.static_rules, &request))
    }
}

/// Returns what a row is counted as. `logged` is the set of fields that its line has.
fn hit(batch: &Batch<'_>, row: usize, logged: Fields) -> HitExplanation {
    let text = |field: TextField| {
        let text = || written(&undo_escapes(batch.text(field)[row]));
        logged.intersects(Fields::text(field)).then(text)
    };
    let (stamp, status) = (batch.stamp(row), batch.status()[row]);
    let has_path = logged.intersects(Fields::text(TextField::Path));
    let class = || if batch.is_static()[row] { "static" } else { "dynamic" };
    HitExplanation {
        time: (stamp != Stamp::NONE).then(|| stamp.to_string()),
        ip: text(TextField::Addr),
        host: text(TextField::Host),
        method: text(TextField::Method),
        path: text(TextField::Path),
        status: (status != Status::MISSING || logged.intersects(Fields::STATUS)).then(|| status.key()),
        bytes: logged.intersects(Fields::BYTES).then(|| batch.bytes()[row]),
        request_time_ms: batch.time_ms()[row],
        class: has_path.then(class),
    }
}
