//! Decides static or dynamic by the location of an nginx.conf that nginx would choose. Each distinct host and path is
//! looked up once, because searching the locations takes longer than all other work on a line.

use super::{BatchStep, Lines, StepInput, StepOptions};
use crate::batch::{Batch, Fields, MISSING, TextField};
use crate::keys::{Memo, Seed};
use crate::nginx::NginxConf;
use crate::static_rules::StaticRules;
use crate::text::undo_escapes;

/// The step: decides which lines are static.
struct StaticByLocation<'q> {
    conf: &'q NginxConf,
    rules: &'q StaticRules,
    /// Cached answers by host, server and path.
    answers: Memo<bool>,
    /// Reused between lines.
    key: Vec<u8>,
}

/// The step, if the question has a configuration.
pub(super) fn step<'q>(asked: &StepInput<'q, '_>) -> Option<Box<dyn BatchStep + 'q>> {
    let StepOptions { nginx_conf, static_rules, .. } = *asked.options;
    nginx_conf.map(|conf| Box::new(StaticByLocation::new(conf, static_rules, asked.seed)) as Box<dyn BatchStep>)
}

impl<'q> StaticByLocation<'q> {
    fn new(conf: &'q NginxConf, rules: &'q StaticRules, seed: Seed) -> StaticByLocation<'q> {
        StaticByLocation { conf, rules, answers: Memo::new(seed), key: Vec::new() }
    }

    /// True if a path of a host is static. Both are still escaped, as in a batch.
    fn is_static(&mut self, server: Option<usize>, host: &[u8], path: &[u8]) -> bool {
        // NUL separates the host: nginx refuses hosts that contain it.
        self.key.clear();
        self.key.extend_from_slice(host);
        self.key.push(0);
        self.key.extend_from_slice(&server.unwrap_or(usize::MAX).to_le_bytes());
        self.key.extend_from_slice(path);
        *self.answers.one(&self.key, || {
            let host = (host != MISSING).then(|| undo_escapes(host));
            self.conf.is_static_of(self.rules, server, host.as_deref(), &undo_escapes(path))
        })
    }
}

impl BatchStep for StaticByLocation<'_> {
    fn needs(&self) -> Fields {
        Fields::text(TextField::Host).union(Fields::text(TextField::Path))
    }

    fn writes(&self) -> Fields {
        Fields::CLASS
    }

    /// Leaves lines without a path alone: they are neither static nor dynamic.
    fn run<'a>(&mut self, batch: &mut Batch<'a>, rows: &[u16], lines: Lines<'a>) {
        for &row in rows {
            let row = usize::from(row);
            if !batch.lacks(row).intersects(Fields::text(TextField::Path)) {
                let (host, path) = (batch.text(TextField::Host)[row], batch.text(TextField::Path)[row]);
                batch.set_static(row, self.is_static(lines.server, host, path));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cached_answers_stay_correct_after_many_paths() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("nginx.conf");
        std::fs::write(
            &path,
            "events {} http {
                server { server_name a.example; location /files/ { root /srv; } location / { proxy_pass http://app; } }
                server { server_name b.example; root /srv; }
            }",
        )
        .unwrap();
        let conf = NginxConf::read(&path).unwrap();
        let rules = StaticRules::default();
        let mut by_location = StaticByLocation::new(&conf, &rules, Seed::fixed(1));
        let rows: [(&[u8], &[u8], bool); 6] = [
            (b"a.example", b"/files/x", true),
            (b"a.example", b"/x", false),
            (b"b.example", b"/x", true),
            (b"-", b"/files/x", true),
            (b"a.example", br"/files/\x2e\x2e/x", false),
            (b"a.example", b"-", false),
        ];
        for round in 0..3 {
            for (host, path, expected) in rows {
                assert_eq!(by_location.is_static(None, host, path), expected, "{round} {path:?}");
            }
            for i in 0..1 << 15 {
                assert!(!by_location.is_static(None, b"a.example", format!("/{i}.css").as_bytes()));
            }
            // If one server writes the log, it answers, unless the host belongs to another.
            assert!(
                by_location.is_static(Some(1), b"-", b"/x") && !by_location.is_static(Some(1), b"a.example", b"/x")
            );
        }
    }
}
