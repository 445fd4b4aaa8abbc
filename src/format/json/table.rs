//! THE TABLE of keys in JSON logs: the variable whose value stands under each.
//!
//! nginx's variables are known by their own names and need no row. The rows are the usual names of others. Sources: the
//! ECS reference; the documentation of the access logs of Caddy, Traefik, Envoy, Envoy Gateway, Istio, Kong and APISIX; the
//! fields of Cloudflare's HTTP requests, of Google Cloud's load balancer and of Amazon's API Gateway; Matomo's and
//! ingress-nginx's examples of a JSON `log_format`; Logstash's pattern for Apache's logs.

use super::forms::Form;
use crate::format::time_unit::TimeUnit;

/// A key, the variable whose value stands there, the unit of its numbers, and the form that a value must have.
#[derive(Clone, Copy)]
pub(super) struct KeyRow {
    pub(super) key: &'static str,
    pub(super) variable: &'static str,
    pub(super) unit: TimeUnit,
    pub(super) form: Form,
}

const fn row(key: &'static str, variable: &'static str) -> KeyRow {
    KeyRow { key, variable, unit: TimeUnit::Seconds, form: Form::Any }
}

const fn took(key: &'static str, unit: TimeUnit) -> KeyRow {
    KeyRow { key, variable: "request_time", unit, form: Form::Any }
}

impl KeyRow {
    /// The same row, for values of this form only.
    const fn only(self, form: Form) -> KeyRow {
        KeyRow { form, ..self }
    }
}

/// Where several keys of a line feed the same field, the one that stands first here takes precedence. A variable under its own
/// name precedes them all. Nested keys have dots between them.
///
/// Programs do not agree on some keys. Such a key has a row for each meaning, and each row the form by which its values are
/// told apart: `requestTime` is a duration if it is a number (nginx's `$request_time`), else a time (Amazon's API Gateway).
/// A value that has the form of no row is passed over, and the next key of its field is read. What `request` holds is decided
/// once the line is read: next to a method, a value that begins with `/` is the target (Logstash), not the request line.
pub(super) const KEYS: &[KeyRow] = &[
    row("source.ip", "remote_addr"),
    row("source.address", "remote_addr"),
    row("client.ip", "remote_addr"),
    row("client.address", "remote_addr"),
    // Caddy: behind a proxy that is trusted the client, as `$remote_addr` is with the realip module.
    row("request.client_ip", "remote_addr"),
    row("request.remote_ip", "remote_addr"),
    // Caddy before 2.5, with the port.
    row("request.remote_addr", "remote_addr"),
    row("ClientHost", "remote_addr"),
    row("ClientIP", "remote_addr"),
    // Envoy, with the port: the client where Envoy trusts `X-Forwarded-For`, else the connection's address.
    row("downstream_remote_address", "remote_addr"),
    row("downstream_direct_remote_address", "remote_addr"),
    row("httpRequest.remoteIp", "remote_addr"),
    row("remoteAddr", "remote_addr"),
    row("remote_address", "remote_addr"),
    row("remote_ip", "remote_addr"),
    row("remoteIp", "remote_addr"),
    row("client_ip", "remote_addr"),
    row("clientIp", "remote_addr"),
    row("clientIP", "remote_addr"),
    row("clientip", "remote_addr"),
    row("client_addr", "remote_addr"),
    row("client_address", "remote_addr"),
    row("ip", "remote_addr"),
    // The name of an application or an agent as well.
    row("client", "remote_addr").only(Form::Address),
    row("user.name", "remote_user"),
    row("remoteUser", "remote_user"),
    row("user_id", "remote_user"),
    row("ClientUsername", "remote_user"),
    row("user", "remote_user"),
    row("auth", "remote_user"),
    // Traefik's own common log has the start, and its `time` is when the line was written.
    row("StartUTC", "time_iso8601"),
    row("StartLocal", "time_iso8601"),
    row("EdgeStartTimestamp", "time_iso8601"),
    // Envoy and Istio; milliseconds in APISIX.
    row("start_time", "time_iso8601"),
    row("started_at", "time_iso8601"),
    row("timeLocal", "time_local"),
    row("@timestamp", "time_iso8601"),
    row("timestamp", "time_iso8601"),
    // With a decimal point, and too small for a moment, nginx's `$request_time`.
    row("time", "time_iso8601").only(Form::Moment),
    row("ts", "time_iso8601"),
    row("datetime", "time_iso8601"),
    row("requestTime", "time_local").only(Form::NoNumber),
    // Matomo; also where Fluent Bit puts the time at which it read the line, so every other time precedes it.
    row("date", "time_iso8601"),
    row("http.request.method", "request_method"),
    row("request.method", "request_method"),
    row("RequestMethod", "request_method"),
    row("ClientRequestMethod", "request_method"),
    row("httpRequest.requestMethod", "request_method"),
    row("requestMethod", "request_method"),
    row("httpMethod", "request_method"),
    row("http_method", "request_method"),
    row(":method", "request_method"),
    row("method", "request_method"),
    row("verb", "request_method"),
    row("url.original", "request_uri"),
    row("url.path", "request_uri"),
    row("request.uri", "request_uri"),
    row("RequestPath", "request_uri"),
    row("ClientRequestURI", "request_uri"),
    row("ClientRequestPath", "request_uri"),
    row("httpRequest.requestUrl", "request_uri"),
    // Envoy: the path as it was asked for, where a route has rewritten `path`.
    row("x-envoy-original-path", "request_uri"),
    row("x-envoy-origin-path", "request_uri"),
    row("requestUri", "request_uri"),
    row("requestURI", "request_uri"),
    row("request_path", "request_uri"),
    row(":path", "request_uri"),
    // nginx's own `$uri` has no query; what stands under this name mostly has.
    row("uri", "request_uri"),
    row("url", "request_uri"),
    row("path", "request_uri"),
    row("request_query", "args"),
    row("request.proto", "server_protocol"),
    row("RequestProtocol", "server_protocol"),
    row("ClientRequestProtocol", "server_protocol"),
    row("httpRequest.protocol", "server_protocol"),
    row("serverProtocol", "server_protocol"),
    row("request_proto", "server_protocol"),
    row("protocol", "server_protocol"),
    row("http.response.status_code", "status"),
    row("DownstreamStatus", "status"),
    row("EdgeResponseStatus", "status"),
    row("httpRequest.status", "status"),
    row("response.status", "status"),
    row("http_status", "status"),
    row("httpStatus", "status"),
    row("http_status_code", "status"),
    row("response_code", "status"),
    row("response_status", "status"),
    row("responseStatus", "status"),
    row("statusCode", "status"),
    row("status_code", "status"),
    row("code", "status"),
    // Logstash; the time or the body of the response as well.
    row("response", "status").only(Form::Status),
    row("http.response.body.bytes", "body_bytes_sent"),
    row("http.response.bytes", "body_bytes_sent"),
    row("DownstreamContentSize", "body_bytes_sent"),
    row("EdgeResponseBytes", "bytes_sent"),
    row("body_bytes", "body_bytes_sent"),
    row("bodyBytes", "body_bytes_sent"),
    row("bodyBytesSent", "body_bytes_sent"),
    row("bytesSent", "bytes_sent"),
    row("httpRequest.responseSize", "bytes_sent"),
    row("response.size", "bytes_sent"),
    row("response_size", "body_bytes_sent"),
    row("responseLength", "body_bytes_sent"),
    row("size", "body_bytes_sent"),
    row("bytes", "body_bytes_sent"),
    // Matomo; a length of many things, so every other number of bytes precedes it.
    row("length", "body_bytes_sent"),
    took("event.duration", TimeUnit::Nanoseconds),
    took("Duration", TimeUnit::Nanoseconds),
    took("duration", TimeUnit::SecondsUnlessEnvoy),
    took("requestTime", TimeUnit::Seconds).only(Form::Number),
    took("rt", TimeUnit::Seconds),
    took("responsetime", TimeUnit::Seconds),
    took("response_time", TimeUnit::SecondsIfDecimal),
    took("responseTime", TimeUnit::SecondsIfDecimal),
    // Matomo: by its name milliseconds, by its documentation nginx's `$request_time`.
    took("generation_time_milli", TimeUnit::SecondsIfDecimal),
    took("latencies.request", TimeUnit::Milliseconds),
    took("duration_ms", TimeUnit::Milliseconds),
    took("request_time_ms", TimeUnit::Milliseconds),
    took("response_time_ms", TimeUnit::Milliseconds),
    took("httpRequest.latency", TimeUnit::Seconds),
    took("time", TimeUnit::Seconds).only(Form::Decimal),
    row("url.domain", "host"),
    row("request.host", "host"),
    row("request.headers.host", "host"),
    row("RequestHost", "host"),
    row("ClientRequestHost", "host"),
    row("httpHost", "host"),
    row(":authority", "host"),
    row("authority", "host"),
    row("domain", "host"),
    row("vhost", "host"),
    // In ECS the machine that logs, which is a site where nothing else says which.
    row("host.name", "host"),
    row("http.request.referrer", "http_referer"),
    row("request.headers.Referer", "http_referer"),
    row("request.headers.referer", "http_referer"),
    row("request_Referer", "http_referer"),
    row("ClientRequestReferer", "http_referer"),
    row("httpRequest.referer", "http_referer"),
    row("http_referrer", "http_referer"),
    row("httpReferer", "http_referer"),
    row("httpReferrer", "http_referer"),
    row("referer", "http_referer"),
    row("referrer", "http_referer"),
    row("user_agent.original", "http_user_agent"),
    row("request.headers.User-Agent", "http_user_agent"),
    row("request.headers.user-agent", "http_user_agent"),
    row("request_User-Agent", "http_user_agent"),
    row("ClientRequestUserAgent", "http_user_agent"),
    row("httpRequest.userAgent", "http_user_agent"),
    row("httpUserAgent", "http_user_agent"),
    row("user_agent", "http_user_agent"),
    row("user-agent", "http_user_agent"),
    row("userAgent", "http_user_agent"),
    row("agent", "http_user_agent"),
    row("ua", "http_user_agent"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::variables::{Feeds, Variable, variable, variables};

    #[test]
    fn every_row_is_of_a_variable_and_no_key_has_two_rows_for_one_form() {
        for (i, KeyRow { key, variable: name, unit, form }) in KEYS.iter().enumerate() {
            let feeds = variable(name).unwrap().1.feeds;
            assert_ne!(feeds, Feeds::Nothing, "{key}");
            assert!(*unit == TimeUnit::Seconds || feeds == Feeds::RequestTime, "{key}");
            let others = KEYS[..i].iter().filter(|other| other.key == *key);
            assert!(others.clone().all(|other| other.form != Form::Any && other.form != *form), "{key}");
            let is_own = |v: &Variable| v.name == *key && v.is_in_nginx_s_unit();
            assert!(*key == "uri" || !variables().any(is_own), "{key} is a variable");
            assert!(!key.starts_with('.') && !key.ends_with('.') && !key.contains(".."), "{key}");
        }
    }
}
