//! JSON objects that contain a line: Fluent Bit, Fluentd, Filebeat, Logstash, Vector, `journalctl -o json`,
//! `stern -o json`.

use super::members::{Value, members, without_line_end};
use super::{Sender, Text, Unwrapped, pods};
use crate::format::is_key_of_a_hit;

/// Keys that may hold the line. The first one with a string is used.
const LINE: [&str; 4] = ["log", "message", "msg", "MESSAGE"];

/// Keys that name the container or the program. Sources: Fluent Bit's kubernetes filter, docker's fluentd driver, the
/// ECS reference, stern's README, systemd.journal-fields(7).
const SENDER: [&str; 6] = [
    "kubernetes.container_name",
    "kubernetes.container.name",
    "container_name",
    "container.name",
    "containerName",
    "SYSLOG_IDENTIFIER",
];

/// Keys that name the pod.
const POD: [&str; 3] = ["kubernetes.pod_name", "kubernetes.pod.name", "podName"];

/// Key that names the log file in objects of Logstash and Fluent Bit. In an access log it is the path of the request.
const FILE: &[u8] = b"path";

/// Maximum depth of nested objects to search.
const DEPTH: usize = 4;

/// Opens an object that contains a line. Returns `None` if the object itself has a status or a request: then it is a
/// line of an access log.
pub(super) fn open(line: &[u8]) -> Option<Unwrapped<'_>> {
    let mut found = Found::default();
    found.look_into(line, &mut Path::default(), 1)?;
    let line = found.line.into_iter().flatten().next()?;
    let line = without_line_end(line).unwrap_or(line);
    let sender = match (found.sender, found.pod) {
        (None, _) => Sender::Unknown,
        (Some(name), None) => Sender::Program(name),
        (Some(name), Some(pod)) => pods::sender(pod, name),
    };
    Some(Unwrapped { text: Text::Json(line), sender, is_partial: false })
}

#[derive(Default)]
struct Found<'a> {
    line: [Option<&'a [u8]>; LINE.len()],
    sender: Option<&'a [u8]>,
    pod: Option<&'a [u8]>,
}

impl<'a> Found<'a> {
    /// Returns `None` if the object is incomplete or is an access log.
    fn look_into(&mut self, object: &'a [u8], path: &mut Path, depth: usize) -> Option<()> {
        members(object, |key, value| {
            let len = path.push(key);
            self.look_at(path, value, depth)?;
            path.len = len;
            Some(())
        })
    }

    fn look_at(&mut self, path: &mut Path, value: Value<'a>, depth: usize) -> Option<()> {
        let key = path.key();
        if key != FILE && is_key_of_a_hit(key) {
            return None;
        }
        match value {
            Value::Text(text) => {
                let is = |name: &str| name.as_bytes() == key;
                if let Some(place) = LINE.iter().position(|name| is(name)) {
                    self.line[place] = Some(text);
                } else if SENDER.iter().any(|name| is(name)) {
                    self.sender.get_or_insert(text);
                } else if POD.iter().any(|name| is(name)) {
                    self.pod.get_or_insert(text);
                }
            }
            Value::Other(object) if object.first() == Some(&b'{') && depth < DEPTH => {
                self.look_into(object, path, depth + 1)?;
            }
            Value::Other(_) => {}
        }
        Some(())
    }
}

/// The path of keys to a value, separated by dots.
struct Path {
    bytes: [u8; 64],
    /// Exceeds the array if the path is too long to be of interest.
    len: usize,
}

impl Default for Path {
    fn default() -> Path {
        Path { bytes: [0; 64], len: 0 }
    }
}

impl Path {
    /// Appends a key and returns the previous length.
    fn push(&mut self, key: &[u8]) -> usize {
        let before = self.len;
        let start = if before == 0 { 0 } else { before + 1 };
        self.len = start + key.len();
        if let Some(place) = self.bytes.get_mut(start..self.len) {
            place.copy_from_slice(key);
            if start > 0 {
                self.bytes[before] = b'.';
            }
        }
        before
    }

    fn key(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_that_contain_a_line_are_opened() {
        let rows = [
            (
                r#"{"date":1795003200.0,"log":"x","kubernetes":{"container_name":"web","pod_name":"web-0"}}"#,
                Some(("web", "x")),
            ),
            (r#"{"log":"x\n","stream":"stdout"}"#, Some(("", "x"))),
            (
                r#"{"message":"x","log":{"file":{"path":"/a"},"offset":0},"host":{"name":"h"},"agent":{"type":"filebeat"}}"#,
                Some(("", "x")),
            ),
            (r#"{"msg":"c","message":"b","log":"a"}"#, Some(("", "a"))),
            (r#"{"msg":"c","message":"b","log":1}"#, Some(("", "b"))),
            (r#"{"MESSAGE":"x","SYSLOG_IDENTIFIER":"nginx","PRIORITY":"6"}"#, Some(("nginx", "x"))),
            (
                r#"{"message":"x","podName":"ingress-nginx-controller-5d","containerName":"controller"}"#,
                Some(("ingress-nginx-controller-5d", "x")),
            ),
            (r#"{"container_name":"/nginx","source":"stdout","log":"x"}"#, Some(("/nginx", "x"))),
            (r#"{"path":"/var/log/nginx/access.log","message":"x"}"#, Some(("", "x"))),
            (r#"{"kubernetes":{"a":{"b":{"c":{"status":1}}}},"log":"x"}"#, Some(("", "x"))),
            (r#"{"message":"x","status":200}"#, None),
            (r#"{"message":"x","request":"GET /"}"#, None),
            (r#"{"msg":"handled request","request":{"uri":"/"}}"#, None),
            (r#"{"message":"x","http":{"response":{"status_code":200}}}"#, None),
            (r#"{"message":"x","http.response.status_code":200}"#, None),
            (r#"{"message":"x","url":{"path":"/"}}"#, None),
            (r#"{"message":["x"]}"#, None),
            (r#"{"a":{"log":"x"}}"#, None),
            (r#"{"log":"x""#, None),
            ("{}", None),
            ("x", None),
        ];
        for (line, expected) in rows {
            let expected = expected.map(|(name, text)| Unwrapped {
                text: Text::Json(text.as_bytes()),
                sender: if name.is_empty() { Sender::Unknown } else { Sender::Program(name.as_bytes()) },
                is_partial: false,
            });
            assert_eq!(open(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn long_paths_are_ignored() {
        let mut path = Path::default();
        assert_eq!((path.push(b"a"), path.push(b"b")), (0, 1));
        assert_eq!(path.key(), b"a.b");
        path.push(&[b'c'; 100]);
        assert_eq!(path.key(), b"");
        path.push(b"d");
        assert_eq!(path.key(), b"");
        path.len = 3;
        assert_eq!(path.key(), b"a.b");
    }
}
