//! Static or dynamic by an nginx.conf: whatever location nginx would choose. A column at a time, and each distinct host and
//! path is asked for once, for going through the locations takes longer than all else that is done with a line.

use crate::batch::{Batch, Fields, MISSING, TextField};
use crate::keys::{Keys, Seed};
use crate::nginx::NginxConf;
use crate::static_rules::StaticRules;
use crate::text::undo_escapes;

/// Answers by location, and those that were given before.
pub(crate) struct ByLocation<'q> {
    conf: &'q NginxConf,
    rules: &'q StaticRules,
    seed: Seed,
    /// Hosts and paths that were asked for, and by their ids what was answered.
    asked: Keys,
    answers: Vec<bool>,
    /// Kept for its memory.
    key: Vec<u8>,
}

/// So many answers are remembered. Where every path is new they are of no use, and memory has a bound.
const REMEMBERED: usize = 1 << 16;

impl<'q> ByLocation<'q> {
    pub(crate) fn new(conf: &'q NginxConf, rules: &'q StaticRules, seed: Seed) -> ByLocation<'q> {
        ByLocation { conf, rules, seed, asked: Keys::new(seed), answers: Vec::new(), key: Vec::new() }
    }

    /// Says of every line of a batch, which has paths and hosts, whether it is static. A line without a path is neither.
    /// `server` is the one that has written them, where the configuration says so.
    pub(crate) fn judge(&mut self, server: Option<usize>, batch: &mut Batch<'_>) {
        for row in 0..batch.len() {
            if batch.lacks(row).meets(Fields::text(TextField::Path)) {
                continue;
            }
            let host = batch.text(TextField::Host)[row];
            let path = batch.text(TextField::Path)[row];
            let is_static = self.is_static(server, host, path);
            batch.set_static(row, is_static);
        }
    }

    /// Both as they stand in a batch, nginx's escapes and all.
    fn is_static(&mut self, server: Option<usize>, host: &[u8], path: &[u8]) -> bool {
        // No host has a NUL: nginx refuses it.
        self.key.clear();
        self.key.extend_from_slice(host);
        self.key.push(0);
        self.key.extend_from_slice(&server.unwrap_or(usize::MAX).to_le_bytes());
        self.key.extend_from_slice(path);
        if self.answers.len() == REMEMBERED {
            (self.asked, self.answers) = (Keys::new(self.seed), Vec::new());
        }
        let id = self.asked.id(&self.key) as usize;
        if id == self.answers.len() {
            let host = (host != MISSING).then(|| undo_escapes(host));
            self.answers.push(self.conf.is_static_of(self.rules, server, host.as_deref(), &undo_escapes(path)));
        }
        self.answers[id]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_the_same_the_second_time_and_after_many_others() {
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
        let mut by_location = ByLocation::new(&conf, &rules, Seed::fixed(1));
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
            for i in 0..REMEMBERED / 2 {
                assert!(!by_location.is_static(None, b"a.example", format!("/{i}.css").as_bytes()));
            }
            // A log that one server writes is that server's, unless a host says otherwise.
            assert!(
                by_location.is_static(Some(1), b"-", b"/x") && !by_location.is_static(Some(1), b"a.example", b"/x")
            );
            assert!(by_location.answers.len() <= REMEMBERED);
        }
    }
}
