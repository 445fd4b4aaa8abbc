//! THE TABLE of keys in JSON logs: which variable each key holds.
//!
//! nginx's variables are known by their own names and need no row. The rows are the names that other programs commonly
//! use. Sources: the ECS reference; the documentation of the access logs of Caddy, Traefik, Envoy, Envoy Gateway,
//! Istio, Kong and APISIX; the fields of Cloudflare's HTTP requests, of Google Cloud's load balancer and of Amazon's
//! API Gateway; the examples of a JSON `log_format` from Matomo and ingress-nginx; Logstash's pattern for Apache's
//! logs.

use super::forms::Form;
use crate::format::time_unit::TimeUnit;

/// A key, the variable that it holds, the unit of its numbers, and the form that a value must have.
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

/// If several keys of a line feed the same field, the one listed first wins. A variable under its own name wins over
/// all of them. Dots separate the names of nested keys.
///
/// Programs disagree about some keys. Such a key has one row per meaning, and the form in each row decides which one
/// applies: `requestTime` is a duration if it is a number (nginx's `$request_time`), else a time (Amazon's API
/// Gateway). A value that has the form of no row is skipped, and the next key of its field is read. The meaning of
/// `request` is decided after the line is read: next to a method, a value that begins with `/` is the target
/// (Logstash), not the request line.
pub(super) const KEYS: &[KeyRow] = &[
    row("source.ip", "remote_addr"),
    row("source.address", "remote_addr"),
    row("client.ip", "remote_addr"),
    row("client.address", "remote_addr"),
    // Caddy: the client, if the proxy is trusted, like `$remote_addr` with the realip module.
    row("request.client_ip", "remote_addr"),
    row("request.remote_ip", "remote_addr"),
    // Caddy before 2.5, including the port.
    row("request.remote_addr", "remote_addr"),
    row("ClientHost", "remote_addr"),
    row("ClientIP", "remote_addr"),
    // Envoy, with the port: the client if Envoy trusts `X-Forwarded-For`, else the address of the connection.
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
    // Also used for the name of an application or a user agent.
    row("client", "remote_addr").only(Form::Address),
    row("user.name", "remote_user"),
    row("remoteUser", "remote_user"),
    row("user_id", "remote_user"),
    row("ClientUsername", "remote_user"),
    row("user", "remote_user"),
    row("auth", "remote_user"),
    // Traefik's own common log has the start time; its `time` is when the line was written.
    row("StartUTC", "time_iso8601"),
    row("StartLocal", "time_iso8601"),
    row("EdgeStartTimestamp", "time_iso8601"),
    // Envoy and Istio; milliseconds in APISIX.
    row("start_time", "time_iso8601"),
    row("started_at", "time_iso8601"),
    row("timeLocal", "time_local"),
    row("@timestamp", "time_iso8601"),
    row("timestamp", "time_iso8601"),
    // With a decimal point, and too small for a moment, it is nginx's `$request_time`.
    row("time", "time_iso8601").only(Form::Moment),
    row("ts", "time_iso8601"),
    row("datetime", "time_iso8601"),
    row("requestTime", "time_local").only(Form::NoNumber),
    // Matomo. Fluent Bit also writes the time at which it read the line here, so every other time takes precedence.
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
    // Envoy: the requested path, if a route has rewritten `path`.
    row("x-envoy-original-path", "request_uri"),
    row("x-envoy-origin-path", "request_uri"),
    row("requestUri", "request_uri"),
    row("requestURI", "request_uri"),
    row("request_path", "request_uri"),
    row(":path", "request_uri"),
    // nginx's own `$uri` has no query, but values under this name usually have one.
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
    // Logstash. Also used for the response time or the response body.
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
    // Matomo. Also used for lengths of other things, so every other number of bytes takes precedence.
    row("length", "body_bytes_sent"),
    took("event.duration", TimeUnit::Nanoseconds),
    took("Duration", TimeUnit::Nanoseconds),
    took("duration", TimeUnit::SecondsUnlessEnvoy),
    took("requestTime", TimeUnit::Seconds).only(Form::Number),
    took("rt", TimeUnit::Seconds),
    took("responsetime", TimeUnit::Seconds),
    took("response_time", TimeUnit::SecondsIfDecimal),
    took("responseTime", TimeUnit::SecondsIfDecimal),
    // Matomo: milliseconds by its name, but nginx's `$request_time` by its documentation.
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
    // In ECS this is the machine that logs. It serves as the site if no other key names one.
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
    use crate::format::variables::{Destination, Variable, variable, variables};

    #[test]
    fn rows_name_known_variables_and_keys_have_one_row_per_form() {
        for (i, KeyRow { key, variable: name, unit, form }) in KEYS.iter().enumerate() {
            let destination = variable(name).unwrap().1.destination;
            assert_ne!(destination, Destination::Nothing, "{key}");
            assert!(*unit == TimeUnit::Seconds || destination == Destination::RequestTime, "{key}");
            let others = KEYS[..i].iter().filter(|other| other.key == *key);
            assert!(others.clone().all(|other| other.form != Form::Any && other.form != *form), "{key}");
            let is_own = |v: &Variable| v.name == *key && v.is_in_nginx_s_unit();
            assert!(*key == "uri" || !variables().any(is_own), "{key} names a variable");
            assert!(!key.starts_with('.') && !key.ends_with('.') && !key.contains(".."), "{key}");
        }
    }
}
