//! stern: `POD CONTAINER LINE`, and with `--all-namespaces` `NAMESPACE POD CONTAINER LINE`.

use super::colors::colored_word;
use super::pods::{is_generated, is_label, is_pod, sender};
use super::{Sampled, Text, Unwrapped};

/// Opens `POD CONTAINER LINE`, in colour or not. Source: stern's README, "Templates": the default output.
///
/// A line of nginx that begins with a site, `shop.example.com 1.2.3.4 - -`, has an address in place of the container.
pub(super) fn open(line: &[u8]) -> Option<Unwrapped<'_>> {
    let (pod, rest) = colored_word(line)?;
    if !is_pod(pod) {
        return None;
    }
    let (container, text) = colored_word(rest)?;
    is_label(container).then(|| Unwrapped {
        text: Text::Plain(text),
        sender: sender(pod, container),
        is_partial: false,
    })
}

/// Opens `NAMESPACE POD CONTAINER LINE`.
pub(super) fn open_with_namespace(line: &[u8]) -> Option<Unwrapped<'_>> {
    let (namespace, rest) = colored_word(line)?;
    if is_label(namespace) { open(rest) } else { None }
}

/// True if the second words of a sample are pods, rather than the first words.
///
/// The third word may be a container, or the site at the start of an nginx line. Pods are recognised by the names that
/// Kubernetes generates for most of them.
pub(super) fn has_namespaces(sample: &[Sampled<'_>]) -> bool {
    let (mut first, mut second) = (0, 0);
    for line in sample.iter().filter(|line| line.is_wrapped) {
        if let Some((namespace, rest)) = colored_word(line.text)
            && let Some((pod, _)) = colored_word(rest)
        {
            first += usize::from(is_generated(namespace));
            second += usize::from(is_generated(pod));
        }
    }
    second >= first
}

#[cfg(test)]
mod tests {
    use super::super::Sender;
    use super::super::table::Opener;
    use super::*;

    #[test]
    fn lines_of_containers_are_opened() {
        type Row<'r> = (Opener, &'r str, Option<(&'r str, &'r str)>);
        let rows: &[Row<'_>] = &[
            (open, "nginx-7c5d-2xk0q nginx 1.2.3.4 - -", Some(("nginx", "1.2.3.4 - -"))),
            (open, "\x1b[36mnginx-0\x1b[0m \x1b[33mnginx\x1b[0m x", Some(("nginx", "x"))),
            (open, "ingress-nginx-5d controller x", Some(("ingress-nginx-5d", "x"))),
            (open, "nginx-0 nginx  x", Some(("nginx", " x"))),
            (open, "nginx-0 nginx ", Some(("nginx", ""))),
            (open, "nginx-0 nginx", None),
            (open, "shop.example.com 1.2.3.4 - - [05/Jan", None),
            (open, "shop.example.com ::1 - - [05/Jan", None),
            (open, "shop.example.com - - - [05/Jan", None),
            (open, "shop.example.com:443 a b", None),
            (open, "1.2.3.4 - - [05/Jan", None),
            (open, "1.2.3.4 ident bob [05/Jan", None),
            (open, "_ nginx x", None),
            (open_with_namespace, "web nginx-7c5d-2xk0q nginx x", Some(("nginx", "x"))),
            (
                open_with_namespace,
                "\x1b[36mweb\x1b[0m \x1b[36mnginx-0\x1b[0m \x1b[33mnginx\x1b[0m x",
                Some(("nginx", "x")),
            ),
            (open_with_namespace, "nginx-0 nginx shop.example.com 1.2.3.4", None),
            (open_with_namespace, "nginx-0 nginx 1.2.3.4 - -", None),
        ];
        for (open, line, expected) in rows {
            let expected = expected.map(|(name, text)| Unwrapped {
                text: Text::Plain(text.as_bytes()),
                sender: Sender::Program(name.as_bytes()),
                is_partial: false,
            });
            assert_eq!(open(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn word_with_a_generated_name_is_the_pod() {
        let sample = |line: &'static str| [Sampled { text: line.as_bytes(), is_wrapped: true, ..Sampled::default() }];
        assert!(has_namespaces(&sample("web nginx-7c5d-2xk0q nginx x")));
        assert!(!has_namespaces(&sample("nginx-7c5d-2xk0q nginx localhost x")));
    }
}
