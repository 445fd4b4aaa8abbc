//! uWSGI's default request log. uWSGI has no format text for it, so the text is written here.
//!
//! Source: uWSGI's documentation of request logging, read in November 2026.

macro_rules! request_log {
    ($took:literal) => {
        concat!(
            "$uwsgi_prefix[pid: $uwsgi_pid|app: $uwsgi_app|req: $uwsgi_app_requests/$uwsgi_requests] $remote_addr ",
            "($remote_user) {$uwsgi_vars vars in $uwsgi_vars_bytes bytes} [$time_local] $request_method $request_uri => ",
            "generated $body_bytes_sent bytes in ",
            $took,
            "$uwsgi_via ($server_protocol $status) $uwsgi_headers headers in $uwsgi_headers_bytes bytes ($uwsgi_switches",
        )
    };
}

/// Durations are in milliseconds.
pub(in crate::format) const REQUEST_LOG: &str = request_log!("${request_time_ms} msecs");

/// With `--log-micros`, durations are in microseconds.
pub(in crate::format) const REQUEST_LOG_MICROS: &str = request_log!("${request_time_us} micros");
