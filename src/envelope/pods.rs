//! Names of pods and containers, by the rules of Kubernetes.

use super::{Sender, is_address};

/// True for a DNS label: lower-case letters, digits and `-`, at most 63 bytes. Digits alone are a port, not a name.
pub(super) fn is_label(name: &[u8]) -> bool {
    name.len() <= 63
        && name.iter().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && !name.starts_with(b"-")
        && !name.ends_with(b"-")
        && name.iter().any(u8::is_ascii_lowercase)
}

/// True for a pod's name: labels separated by dots, but not an address.
pub(super) fn is_pod(name: &[u8]) -> bool {
    let is_part = |part: &[u8]| is_label(part) || !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    name.len() <= 253 && name.split(|b| *b == b'.').all(is_part) && !is_address(name)
}

/// True if the end of the name was generated: `nginx-7c5ddbdf54-2xk0q` by a deployment, `nginx-0` by a stateful set.
pub(super) fn is_generated(name: &[u8]) -> bool {
    let Some(dash) = memchr::memrchr(b'-', name) else { return false };
    let end = &name[dash + 1..];
    end.iter().all(u8::is_ascii_digit) || end.len() == 5 && end.iter().any(u8::is_ascii_digit)
}

/// The container as the sender, or the pod for a container called `controller`, as in ingress-nginx.
pub(super) fn sender<'a>(pod: &'a [u8], container: &'a [u8]) -> Sender<'a> {
    Sender::Program(if container == b"controller" { pod } else { container })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinguished_from_addresses_and_sites() {
        for label in ["nginx", "a", "istio-proxy", "0a"] {
            assert!(is_label(label.as_bytes()), "{label}");
        }
        for other in ["", "-", "a-", "-a", "443", "Nginx", "a.b", "a_b", "1.2.3.4", "::1", "[05/Jan", &"a".repeat(64)] {
            assert!(!is_label(other.as_bytes()), "{other}");
        }
        for pod in ["nginx-7c5d-2xk0q", "kube-proxy-ip-10-0-0-1.ec2.internal", "a.1"] {
            assert!(is_pod(pod.as_bytes()), "{pod}");
        }
        for other in ["", "1.2.3.4", "a..b", "shop.example.com:443", "2001:db8::1"] {
            assert!(!is_pod(other.as_bytes()), "{other}");
        }
        for (name, expected) in
            [("nginx-7c5d-2xk0q", true), ("nginx-0", true), ("ingress-nginx", false), ("nginx", false)]
        {
            assert_eq!(is_generated(name.as_bytes()), expected, "{name}");
        }
    }
}
