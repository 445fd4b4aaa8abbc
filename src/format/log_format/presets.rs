//! The presets: named formats. A preset is the text of a `log_format` and the escaping of its values.

use super::dialects::uwsgi;
use super::nginx_escape::NginxEscape::{self, Default, None};

const COMMON: &str = r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent"#;

/// The common part of most presets, with text before and after it.
macro_rules! combined {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            r#" - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent""#,
            $after
        )
    };
}

/// nginx's default format.
const COMBINED: &str = combined!("$remote_addr", "");

/// A preset.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Preset {
    pub(crate) name: &'static str,
    /// The program that writes it, or the difference from another preset.
    pub(crate) about: &'static str,
    pub(crate) text: &'static str,
    pub(crate) escape: NginxEscape,
}

const fn row(name: &'static str, about: &'static str, text: &'static str, escape: NginxEscape) -> Preset {
    Preset { name, about, text, escape }
}

/// THE TABLE of presets. If two presets match a file equally well, the first one wins.
///
/// Sources, read in November 2026: kubernetes/ingress-nginx (Apache-2.0), its `logFormatUpstream` today and the forms with
/// `[$the_real_ip]` up to 0.25; NginxProxyManager (MIT), `log-proxy.conf`; NPMplus, `nginx.conf`; Traefik's documentation of
/// its common log format; omnibus-gitlab (Apache-2.0), `nginx['log_format']`; Debian's `apache2.conf`, `vhost_combined`;
/// apache/apisix (Apache-2.0), `access_log_format`.
#[rustfmt::skip]
pub(crate) const PRESETS: &[Preset] = &[
    row("combined", "nginx's default; Apache's combined", COMBINED, Default),
    row("common", "Apache's common: ends after the bytes sent", COMMON, Default),
    row("main", "nginx's packages and docker image", combined!("$remote_addr", r#" "$http_x_forwarded_for""#), Default),
    row("vhost", "$host before combined", combined!("$host $remote_addr", ""), Default),
    row("combined_timed", "combined, then $request_time", combined!("$remote_addr", " $request_time"), Default),
    row("main_timed", "main, then $request_time", combined!("$remote_addr", r#" "$http_x_forwarded_for" $request_time"#), Default),
    row("vhost_timed", "vhost, then $request_time", combined!("$host $remote_addr", " $request_time"), Default),
    // Lists of times, one for each upstream server.
    row("combined_upstream", "combined, then $upstream_response_time, a list", combined!("$remote_addr", " $upstream_response_time"), Default),
    row("main_upstream", "main, then $upstream_response_time", combined!("$remote_addr", r#" "$http_x_forwarded_for" $upstream_response_time"#), Default),
    row("vhost_upstream", "vhost, then $upstream_response_time", combined!("$host $remote_addr", " $upstream_response_time"), Default),
    // A proxy's list of addresses in place of the address.
    row("combined_forwarded", "combined with a list of addresses in front", combined!("$proxy_add_x_forwarded_for", ""), Default),
    row("main_forwarded", "main with a list of addresses in front", combined!("$proxy_add_x_forwarded_for", r#" "$http_x_forwarded_for""#), Default),
    row("combined_timed_forwarded", "combined_timed with a list of addresses in front", combined!("$proxy_add_x_forwarded_for", " $request_time"), Default),
    row("vhost_combined", "Debian's Apache: host and port before combined", combined!("$host:$server_port $remote_addr", ""), Default),
    row("gitlab", "GitLab's bundled nginx", combined!("$remote_addr", " $gzip_ratio"), Default),
    row("ingress", "ingress-nginx", combined!("$remote_addr", " $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id"), Default),
    row("ingress_0.25", "ingress-nginx before 0.26", combined!("$remote_addr - [$the_real_ip]", " $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id"), Default),
    row("ingress_0.23", "ingress-nginx before 0.24", combined!("$remote_addr - [$the_real_ip]", " $request_length $request_time [$proxy_upstream_name] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id"), Default),
    row("ingress_0.14", "ingress-nginx before 0.15", combined!("$remote_addr - [$the_real_ip]", " $request_length $request_time [$proxy_upstream_name] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status"), Default),
    row("npm", "Nginx Proxy Manager, proxy hosts", r#"[$time_local] $upstream_cache_status $upstream_status $status - $request_method $scheme $host "$request_uri" [Client $remote_addr] [Length $body_bytes_sent] [Gzip $gzip_ratio] [Sent-to $server] "$http_user_agent" "$http_referer""#, Default),
    row("npm_standard", "Nginx Proxy Manager, other hosts", r#"[$time_local] $status - $request_method $scheme $host "$request_uri" [Client $remote_addr] [Length $body_bytes_sent] [Gzip $gzip_ratio] "$http_user_agent" "$http_referer""#, Default),
    row("npmplus", "NPMplus", r#"[$time_local] $host $remote_addr $request_time "$request" $status $body_bytes_sent $bytes_sent $http_referer $http_user_agent"#, Default),
    // Traefik does not escape values.
    row("traefik", "Traefik's common log", combined!("$remote_addr", r#" $traefik_requests "$traefik_router" "$traefik_service_url" ${request_time_ms}ms"#), None),
    row("apisix", "Apache APISIX", r#"$remote_addr - $remote_user [$time_local] $http_host "$request" $status $body_bytes_sent $request_time "$http_referer" "$http_user_agent" $upstream_addr $upstream_status $upstream_response_time "$upstream_url""#, Default),
    row("uwsgi", "uWSGI's request log", uwsgi::REQUEST_LOG, None),
    row("uwsgi_micros", "uWSGI with --log-micros", uwsgi::REQUEST_LOG_MICROS, None),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_are_unique_and_compile() {
        for (i, preset) in PRESETS.iter().enumerate() {
            assert!(crate::format::log_format::parse::parse(preset.text).is_ok());
            let is_other = |other: &Preset| other.name != preset.name && other.text != preset.text;
            assert!(PRESETS[..i].iter().all(is_other), "{}", preset.name);
        }
    }

    #[test]
    fn common_is_the_beginning_of_combined() {
        assert!(COMBINED.starts_with(COMMON));
    }
}
