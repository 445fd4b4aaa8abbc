//! THE TABLE of nginx's log variables: the shape of each value, the field that it feeds, and whether it can be ranked.
//!
//! A variable without a row is text, which is skipped unless the question ranks it. Source: nginx's documentation of
//! its core, log, gzip, upstream, proxy, fastcgi, ssl, realip, geoip, limit and userid modules.
//!
//! Variables that name something can be ranked: an address, a cache status, an id. Variables that measure something
//! cannot, because seconds and bytes need sums, not counts. So every ranked variable is text in some slot of a row.

use super::shape::Shape;
use crate::batch::{Column, Fields, TextField};
use crate::format::time_unit::TimeUnit;

/// The field that the value of a variable goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    Nothing,
    Text(TextField),
    /// The request line: method, path and protocol.
    Request,
    /// The path, decoded by nginx, without its query.
    Uri,
    /// The query.
    Args,
    /// Path and query, as `$uri$is_args$args` writes them.
    UriAndArgs,
    Time,
    Status,
    Bytes,
    RequestTime,
    /// The request time in this unit, which the user named.
    RequestTimeIn(TimeUnit),
    /// Column of the n-th variable that the question ranks by name. JSON logs only, where a key says which variable it
    /// is.
    Ranked(u8),
}

impl Destination {
    pub(crate) fn fields(self) -> Fields {
        match self {
            // A query alone fills no field.
            Destination::Nothing | Destination::Args => Fields::NONE,
            Destination::Text(field) => Fields::text(field),
            Destination::Request => Fields::REQUEST,
            Destination::Uri | Destination::UriAndArgs => Fields::text(TextField::Path),
            Destination::Time => Fields::TIME,
            Destination::Status => Fields::STATUS,
            Destination::Bytes => Fields::BYTES,
            Destination::RequestTime | Destination::RequestTimeIn(_) => Fields::REQUEST_TIME,
            Destination::Ranked(place) => Fields::column(Column::variable(usize::from(place))),
        }
    }
}

/// How the values of a variable can be ranked, if at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ranked {
    /// Ranked by its own name.
    Itself,
    /// Ranked as the dimension of this name.
    As(&'static str),
    /// Not ranked: it measures something.
    Measure,
    /// Not ranked: it is a time, and reports rank periods of time.
    Moment,
}

/// The party that chooses the bytes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Author {
    /// nginx. The value has the shape that nginx gives it, whatever the visitor sends.
    Nginx,
    /// The visitor or the application. The value may hold anything, even text that looks like the rest of the line.
    Other,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) destination: Destination,
    pub(crate) ranked: Ranked,
    pub(crate) author: Author,
}

impl Variable {
    /// True if the value has the unit that nginx writes. Durations of other servers have smaller units than seconds.
    pub(crate) fn is_in_nginx_s_unit(&self) -> bool {
        !matches!(self.shape, Shape::Milliseconds | Shape::Microseconds)
    }
}

/// Text comes from the visitor or the application; values of all other shapes come from nginx.
const fn row(name: &'static str, shape: Shape, destination: Destination, ranked: Ranked) -> Variable {
    let author = if matches!(shape, Shape::Text) { Author::Other } else { Author::Nginx };
    Variable { name, shape, destination, ranked, author }
}

/// A variable that is ranked as a dimension with a shorter name.
const fn short(name: &'static str, shape: Shape, field: TextField, dimension: &'static str) -> Variable {
    row(name, shape, Destination::Text(field), Ranked::As(dimension))
}

const fn word(name: &'static str) -> Variable {
    row(name, Shape::Token, Destination::Nothing, Ranked::Itself)
}

const fn text(name: &'static str) -> Variable {
    row(name, Shape::Text, Destination::Nothing, Ranked::Itself)
}

/// A text that nginx or its configuration writes.
const fn own_text(name: &'static str) -> Variable {
    Variable { author: Author::Nginx, ..text(name) }
}

/// A number that names something, such as a port.
const fn port(name: &'static str) -> Variable {
    row(name, Shape::Port, Destination::Nothing, Ranked::Itself)
}

/// One value for each upstream server that nginx tried.
const fn words(name: &'static str) -> Variable {
    row(name, Shape::Words, Destination::Nothing, Ranked::Itself)
}

const fn measure(name: &'static str, shape: Shape, destination: Destination) -> Variable {
    row(name, shape, destination, Ranked::Measure)
}

/// Numbers that feed no field yet.
const fn numbers(name: &'static str) -> Variable {
    measure(name, Shape::Numbers, Destination::Nothing)
}

/// If two variables of a format feed the same field, the one that is first in this table feeds it.
#[rustfmt::skip]
const VARIABLES: &[Variable] = &[
    short("remote_addr", Shape::Address, TextField::Addr, "ip"),
    short("remote_user", Shape::Text, TextField::User, "user"),
    row("time_local", Shape::Time, Destination::Time, Ranked::Moment),
    row("time_iso8601", Shape::Time, Destination::Time, Ranked::Moment),
    row("msec", Shape::Time, Destination::Time, Ranked::Moment),
    row("request", Shape::Text, Destination::Request, Ranked::Itself),
    // Letters, except in an HTTP/2 request that nginx refuses: then any text.
    Variable { author: Author::Nginx, ..short("request_method", Shape::Text, TextField::Method, "method") },
    row("request_uri", Shape::Text, Destination::Text(TextField::Path), Ranked::Itself),
    row(URI_AND_ARGS, Shape::Text, Destination::UriAndArgs, Ranked::Itself),
    row("uri", Shape::Text, Destination::Uri, Ranked::Itself),
    row("document_uri", Shape::Text, Destination::Uri, Ranked::Itself),
    row("args", Shape::Text, Destination::Args, Ranked::Itself),
    row("query_string", Shape::Text, Destination::Args, Ranked::Itself),
    short("server_protocol", Shape::Token, TextField::Protocol, "protocol"),
    row("status", Shape::Status, Destination::Status, Ranked::As("status")),
    measure("body_bytes_sent", Shape::Number, Destination::Bytes),
    measure("bytes_sent", Shape::Number, Destination::Bytes),
    // Other servers' units, smallest first.
    measure("request_time_us", Shape::Microseconds, Destination::RequestTime),
    measure("request_time_ms", Shape::Milliseconds, Destination::RequestTime),
    measure("request_time", Shape::Duration, Destination::RequestTime),
    short("host", Shape::Token, TextField::Host, "host"),
    row("http_host", Shape::Text, Destination::Text(TextField::Host), Ranked::Itself),
    row("server_name", Shape::Token, Destination::Text(TextField::Host), Ranked::Itself),
    short("http_referer", Shape::Text, TextField::Referer, "referer"),
    short("http_user_agent", Shape::Text, TextField::Agent, "agent"),

    // Clients and proxies.
    word("realip_remote_addr"), port("realip_remote_port"), port("remote_port"), own_text("binary_remote_addr"),
    text("proxy_add_x_forwarded_for"), word("proxy_protocol_addr"), port("proxy_protocol_port"),
    word("proxy_protocol_server_addr"), port("proxy_protocol_server_port"),
    word("uid_got"), word("uid_set"), word("uid_reset"), word("invalid_referer"),

    // Requests.
    word("scheme"), word("https"), word("http2"), word("http3"), word("is_args"),
    text("content_length"), text("content_type"), text("request_body"), text("request_body_file"),
    text("request_filename"), own_text("document_root"), own_text("realpath_root"), text("fastcgi_script_name"),
    text("fastcgi_path_info"), word("request_id"), word("request_completion"), port("request_port"),
    word("is_request_port"), word("pipe"), word("slice_range"), word("secure_link"), text("secure_link_expires"),
    text("memcached_key"), word("modern_browser"), word("ancient_browser"), word("msie"),

    // Server and connection.
    word("server_addr"), port("server_port"), word("hostname"), word("nginx_version"), port("pid"),
    port("connection"), port("connection_requests"), own_text("date_local"), own_text("date_gmt"), port("limit_rate"),
    word("limit_req_status"), word("limit_conn_status"),
    numbers("connection_time"), numbers("request_length"), measure("gzip_ratio", Shape::Ratio, Destination::Nothing), numbers("tcpinfo_rtt"),
    numbers("connections_active"),
    numbers("connections_reading"), numbers("connections_writing"), numbers("connections_waiting"), numbers("tcpinfo_rttvar"), numbers("tcpinfo_snd_cwnd"), numbers("tcpinfo_rcv_space"),

    // Upstreams.
    words("upstream_addr"), words("upstream_status"), word("upstream_cache_status"),
    own_text("upstream_last_server_name"), own_text("proxy_host"), port("proxy_port"),
    numbers("upstream_response_time"), numbers("upstream_connect_time"), numbers("upstream_header_time"),
    numbers("upstream_queue_time"), numbers("upstream_first_byte_time"), numbers("upstream_session_time"),
    numbers("upstream_response_length"), numbers("upstream_bytes_received"), numbers("upstream_bytes_sent"),

    // TLS.
    word("ssl_protocol"), word("ssl_cipher"), word("ssl_ciphers"), word("ssl_curve"), word("ssl_curves"),
    text("ssl_server_name"), word("ssl_session_id"), word("ssl_session_reused"), word("ssl_early_data"),
    text("ssl_alpn_protocol"), own_text("ssl_client_verify"), text("ssl_client_s_dn"), text("ssl_client_i_dn"),
    text("ssl_client_s_dn_legacy"), text("ssl_client_i_dn_legacy"), word("ssl_client_serial"),
    word("ssl_client_fingerprint"), text("ssl_client_v_start"), text("ssl_client_v_end"), word("ssl_client_v_remain"),
    text("ssl_client_cert"), text("ssl_client_raw_cert"), word("ssl_client_escaped_cert"),

    // Logged by Apache only; the letters are in dialects/apache.rs.
    word("remote_logname"), word("query_part"), word("first_status"), word("connection_id"),
    word("connection_status"), word("thread_id"), word("handler"),
    numbers("bytes_transferred"), numbers("first_byte_time_us"),

    // In the presets of other programs: ingress-nginx, Nginx Proxy Manager, Traefik, APISIX.
    text("the_real_ip"), word("proxy_upstream_name"), word("proxy_alternative_upstream_name"), word("req_id"),
    word("server"), numbers("traefik_requests"), own_text("traefik_router"), own_text("traefik_service_url"),
    text("upstream_url"),
    // uWSGI.
    own_text("uwsgi_prefix"), word("uwsgi_pid"), word("uwsgi_app"), word("uwsgi_app_requests"), word("uwsgi_requests"),
    own_text("uwsgi_via"), numbers("uwsgi_vars"), numbers("uwsgi_vars_bytes"), numbers("uwsgi_headers"),
    numbers("uwsgi_headers_bytes"), own_text("uwsgi_switches"),
];

/// The idiom `$uri$is_args$args`, which counts as one variable under this name.
pub(crate) const URI_AND_ARGS: &str = "uri$is_args$args";

/// Prefixes of variables: any name may follow, as in `http_NAME`. Their values may hold any text.
const FAMILIES: [&str; 11] = [
    "http_",
    "arg_",
    "cookie_",
    "sent_http_",
    "sent_trailer_",
    "upstream_http_",
    "upstream_trailer_",
    "upstream_cookie_",
    "geoip_",
    "geoip2_",
    "proxy_protocol_tlv_",
];

/// The row of a variable and its index in the table. `None` without a row: the variable is text that feeds no field.
pub(crate) fn variable(name: &str) -> Option<(usize, &'static Variable)> {
    VARIABLES.iter().enumerate().find(|(_, v)| v.name == name)
}

/// Every row of the table except [`URI_AND_ARGS`], which stands for three variables.
pub(crate) fn variables() -> impl Iterator<Item = &'static Variable> {
    VARIABLES.iter().filter(|v| v.name != URI_AND_ARGS)
}

/// True if nginx, with its widely used modules, has a variable of this name.
pub(crate) fn is_known(name: &str) -> bool {
    let is_of = |family: &str| name.len() > family.len() && name.starts_with(family);
    is_name(name) && (variable(name).is_some() || FAMILIES.iter().any(|family| is_of(family)))
}

/// True if `name` could name a variable: letters, digits and `_`.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Names of the variables that are ranked by their own names; prefixes are written as `cookie_NAME`.
pub(crate) fn ranked_names() -> impl Iterator<Item = String> {
    let named = variables().filter(|v| v.ranked == Ranked::Itself);
    named.map(|v| v.name.to_owned()).chain(FAMILIES.iter().map(|family| format!("{family}NAME")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_known() {
        for (i, v) in VARIABLES.iter().enumerate() {
            assert_eq!(variable(v.name).map(|(place, _)| place), Some(i), "{}", v.name);
            assert!(v.name == URI_AND_ARGS || is_name(v.name) && is_known(v.name));
            assert!(!v.name.contains(char::is_uppercase), "{}", v.name);
        }
    }

    #[test]
    fn variables_ranked_by_name_are_text() {
        for v in VARIABLES.iter().filter(|v| v.ranked == Ranked::Itself) {
            let is_text = matches!(v.shape, Shape::Token | Shape::Address | Shape::Port | Shape::Text | Shape::Words);
            assert!(is_text, "{}", v.name);
        }
        for v in VARIABLES
            .iter()
            .filter(|v| matches!(v.destination, Destination::Text(_) | Destination::Request | Destination::Uri))
        {
            assert!(!matches!(v.ranked, Ranked::Measure | Ranked::Moment), "{}", v.name);
        }
    }

    #[test]
    fn prefixed_variables_are_known() {
        for name in ["http_x_forwarded_for", "cookie_PHPSESSID", "arg_id", "geoip2_data_country_code", "upstream_addr"]
        {
            assert!(is_known(name), "{name}");
        }
        for name in ["http_", "htttp_x", "my_var", "cookie_a-b", "", URI_AND_ARGS] {
            assert!(!is_known(name), "{name}");
        }
    }
}
