//! `kubectl logs --prefix`: `[pod/nginx-7c5d/nginx] LINE`.

use super::pods::{is_label, is_pod, sender};
use super::{Text, Unwrapped};

/// Opens `[pod/POD/CONTAINER] LINE`. Source: kubernetes/kubectl, `pkg/cmd/logs/logs.go`.
pub(super) fn open(line: &[u8]) -> Option<Unwrapped<'_>> {
    let name = line.strip_prefix(b"[pod/")?;
    let slash = memchr::memchr(b'/', name)?;
    let (pod, rest) = (&name[..slash], &name[slash + 1..]);
    let end = memchr::memchr(b']', rest)?;
    let (container, rest) = (&rest[..end], &rest[end + 1..]);
    let text = rest.strip_prefix(b" ").or(rest.is_empty().then_some(rest))?;
    let is_named = is_pod(pod) && is_label(container);
    is_named.then(|| Unwrapped { text: Text::Plain(text), sender: sender(pod, container), is_partial: false })
}

#[cfg(test)]
mod tests {
    use super::super::Sender;
    use super::*;

    #[test]
    fn lines_of_containers_are_opened() {
        let rows = [
            ("[pod/nginx-7c5d-2xk0q/nginx] x y", Some(("nginx", "x y"))),
            ("[pod/ingress-nginx-controller-5d/controller] x", Some(("ingress-nginx-controller-5d", "x"))),
            ("[pod/a/b]  x", Some(("b", " x"))),
            ("[pod/a/b]", Some(("b", ""))),
            ("[pod/a/b]x", None),
            ("[pod/a] x", None),
            ("[pod/a/b x", None),
            ("[job/a/b] x", None),
            ("[05/Jan/2026:10:00:00 +0000] x", None),
        ];
        for (line, expected) in rows {
            let expected = expected.map(|(name, text)| Unwrapped {
                text: Text::Plain(text.as_bytes()),
                sender: Sender::Program(name.as_bytes()),
                is_partial: false,
            });
            assert_eq!(open(line.as_bytes()), expected, "{line}");
        }
    }
}
