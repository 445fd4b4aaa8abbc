//! THE TABLE of nginx's log variables: how each is written, what it feeds, and whether its values are worth a ranking.
//!
//! A variable that has no row is text that is passed over, unless somebody ranks it. Source: nginx's documentation of
//! its core, log, gzip, upstream, proxy, fastcgi, ssl, realip, geoip, limit and userid modules.
//!
//! What names something is ranked, what measures something is not: an address, a status of the cache or an id can be
//! counted, seconds and bytes want sums. So every variable that is ranked is a text in some slot of a row.

use super::shape::Shape;
use crate::batch::{Column, Fields, TextField};
use crate::format::time_unit::TimeUnit;

/// Where the value of a variable goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feeds {
    Nothing,
    Text(TextField),
    /// The request line, of which method, path and protocol are parts.
    Request,
    /// The path as nginx has decoded it, without its query.
    Uri,
    /// The query.
    Args,
    /// Path and query as `$uri$is_args$args` writes them.
    UriAndArgs,
    Time,
    Status,
    Bytes,
    RequestTime,
    /// The same in this unit, which the user says.
    RequestTimeIn(TimeUnit),
    /// The column of the variable that is so many-eth of those that the question ranks by name: of JSON, where a key says
    /// which variable it is.
    Ranked(u8),
}

impl Feeds {
    pub(crate) fn fields(self) -> Fields {
        match self {
            // A query is of no use by itself.
            Feeds::Nothing | Feeds::Args => Fields::NONE,
            Feeds::Text(field) => Fields::text(field),
            Feeds::Request => Fields::REQUEST,
            Feeds::Uri | Feeds::UriAndArgs => Fields::text(TextField::Path),
            Feeds::Time => Fields::TIME,
            Feeds::Status => Fields::STATUS,
            Feeds::Bytes => Fields::BYTES,
            Feeds::RequestTime | Feeds::RequestTimeIn(_) => Fields::REQUEST_TIME,
            Feeds::Ranked(place) => Fields::column(Column::extra(usize::from(place))),
        }
    }
}

/// Whether the values of a variable are worth a ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ranked {
    /// By its own name.
    Itself,
    /// As the dimension of this name.
    As(&'static str),
    /// It measures something.
    Measure,
    /// It is a moment, of which stretches are ranked.
    Moment,
}

/// Who chooses the bytes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Author {
    /// nginx: the value has the shape that nginx gives it, whatever the visitor sends.
    Nginx,
    /// The visitor, or the application: the value may hold anything, even what looks like the rest of the line.
    Other,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) feeds: Feeds,
    pub(crate) ranked: Ranked,
    pub(crate) author: Author,
}

impl Variable {
    /// Whether nginx itself writes it as it is read here: the durations of others count smaller units than seconds.
    pub(crate) fn is_in_nginx_s_unit(&self) -> bool {
        !matches!(self.shape, Shape::Milliseconds | Shape::Microseconds)
    }
}

/// A text is whatever somebody sends; all other shapes are nginx's.
const fn row(name: &'static str, shape: Shape, feeds: Feeds, ranked: Ranked) -> Variable {
    let author = if matches!(shape, Shape::Text) { Author::Other } else { Author::Nginx };
    Variable { name, shape, feeds, ranked, author }
}

/// One that a dimension with a shorter name ranks.
const fn short(name: &'static str, shape: Shape, field: TextField, dimension: &'static str) -> Variable {
    row(name, shape, Feeds::Text(field), Ranked::As(dimension))
}

const fn word(name: &'static str) -> Variable {
    row(name, Shape::Token, Feeds::Nothing, Ranked::Itself)
}

const fn text(name: &'static str) -> Variable {
    row(name, Shape::Text, Feeds::Nothing, Ranked::Itself)
}

/// A text that nginx or its configuration writes.
const fn own_text(name: &'static str) -> Variable {
    Variable { author: Author::Nginx, ..text(name) }
}

/// Digits that name something, such as a port.
const fn port(name: &'static str) -> Variable {
    row(name, Shape::Port, Feeds::Nothing, Ranked::Itself)
}

/// One value for each server that was asked.
const fn words(name: &'static str) -> Variable {
    row(name, Shape::Words, Feeds::Nothing, Ranked::Itself)
}

const fn measure(name: &'static str, shape: Shape, feeds: Feeds) -> Variable {
    row(name, shape, feeds, Ranked::Measure)
}

/// Numbers that feed nothing yet.
const fn numbers(name: &'static str) -> Variable {
    measure(name, Shape::Numbers, Feeds::Nothing)
}

/// Where two variables of a format feed the same, the one that stands first here does.
#[rustfmt::skip]
const VARIABLES: &[Variable] = &[
    short("remote_addr", Shape::Address, TextField::Addr, "ip"),
    short("remote_user", Shape::Text, TextField::User, "user"),
    row("time_local", Shape::Time, Feeds::Time, Ranked::Moment),
    row("time_iso8601", Shape::Time, Feeds::Time, Ranked::Moment),
    row("msec", Shape::Time, Feeds::Time, Ranked::Moment),
    row("request", Shape::Text, Feeds::Request, Ranked::Itself),
    // Any text in a request of HTTP/2 that nginx refuses; else letters.
    Variable { author: Author::Nginx, ..short("request_method", Shape::Text, TextField::Method, "method") },
    row("request_uri", Shape::Text, Feeds::Text(TextField::Path), Ranked::Itself),
    row(URI_AND_ARGS, Shape::Text, Feeds::UriAndArgs, Ranked::Itself),
    row("uri", Shape::Text, Feeds::Uri, Ranked::Itself),
    row("document_uri", Shape::Text, Feeds::Uri, Ranked::Itself),
    row("args", Shape::Text, Feeds::Args, Ranked::Itself),
    row("query_string", Shape::Text, Feeds::Args, Ranked::Itself),
    short("server_protocol", Shape::Token, TextField::Protocol, "protocol"),
    row("status", Shape::Status, Feeds::Status, Ranked::As("status")),
    measure("body_bytes_sent", Shape::Number, Feeds::Bytes),
    measure("bytes_sent", Shape::Number, Feeds::Bytes),
    // Of others, the finest first.
    measure("request_time_us", Shape::Microseconds, Feeds::RequestTime),
    measure("request_time_ms", Shape::Milliseconds, Feeds::RequestTime),
    measure("request_time", Shape::Duration, Feeds::RequestTime),
    short("host", Shape::Token, TextField::Host, "host"),
    row("http_host", Shape::Text, Feeds::Text(TextField::Host), Ranked::Itself),
    row("server_name", Shape::Token, Feeds::Text(TextField::Host), Ranked::Itself),
    short("http_referer", Shape::Text, TextField::Referer, "referer"),
    short("http_user_agent", Shape::Text, TextField::Agent, "agent"),

    // Who asks, and through whom.
    word("realip_remote_addr"), port("realip_remote_port"), port("remote_port"), own_text("binary_remote_addr"),
    text("proxy_add_x_forwarded_for"), word("proxy_protocol_addr"), port("proxy_protocol_port"),
    word("proxy_protocol_server_addr"), port("proxy_protocol_server_port"),
    word("uid_got"), word("uid_set"), word("uid_reset"), word("invalid_referer"),

    // What is asked.
    word("scheme"), word("https"), word("http2"), word("http3"), word("is_args"),
    text("content_length"), text("content_type"), text("request_body"), text("request_body_file"),
    text("request_filename"), own_text("document_root"), own_text("realpath_root"), text("fastcgi_script_name"),
    text("fastcgi_path_info"), word("request_id"), word("request_completion"), port("request_port"),
    word("is_request_port"), word("pipe"), word("slice_range"), word("secure_link"), text("secure_link_expires"),
    text("memcached_key"), word("modern_browser"), word("ancient_browser"), word("msie"),

    // The server, and the connection.
    word("server_addr"), port("server_port"), word("hostname"), word("nginx_version"), port("pid"),
    port("connection"), port("connection_requests"), own_text("date_local"), own_text("date_gmt"), port("limit_rate"),
    word("limit_req_status"), word("limit_conn_status"),
    numbers("connection_time"), numbers("request_length"), measure("gzip_ratio", Shape::Ratio, Feeds::Nothing), numbers("tcpinfo_rtt"),
    numbers("connections_active"),
    numbers("connections_reading"), numbers("connections_writing"), numbers("connections_waiting"), numbers("tcpinfo_rttvar"), numbers("tcpinfo_snd_cwnd"), numbers("tcpinfo_rcv_space"),

    // Who answered.
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

    // What Apache logs and nginx does not; dialects/apache.rs has its letters.
    word("remote_logname"), word("query_part"), word("first_status"), word("connection_id"),
    word("connection_status"), word("thread_id"), word("handler"),
    numbers("bytes_transferred"), numbers("first_byte_time_us"),

    // What the presets of others have: ingress-nginx, Nginx Proxy Manager, Traefik, APISIX.
    text("the_real_ip"), word("proxy_upstream_name"), word("proxy_alternative_upstream_name"), word("req_id"),
    word("server"), numbers("traefik_requests"), own_text("traefik_router"), own_text("traefik_service_url"),
    text("upstream_url"),
    // uWSGI.
    own_text("uwsgi_prefix"), word("uwsgi_pid"), word("uwsgi_app"), word("uwsgi_app_requests"), word("uwsgi_requests"),
    own_text("uwsgi_via"), numbers("uwsgi_vars"), numbers("uwsgi_vars_bytes"), numbers("uwsgi_headers"),
    numbers("uwsgi_headers_bytes"), own_text("uwsgi_switches"),
];

/// The name under which the idiom `$uri$is_args$args` is a variable of its own.
pub(crate) const URI_AND_ARGS: &str = "uri$is_args$args";

/// Variables of which there is one for every name behind the beginning. Any of them may hold any text.
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

/// The row of a variable, and its place in the table; `None` for one that has no row, which is any text that feeds nothing.
pub(crate) fn variable(name: &str) -> Option<(usize, &'static Variable)> {
    VARIABLES.iter().enumerate().find(|(_, v)| v.name == name)
}

/// Every row of the table that is one variable.
pub(crate) fn variables() -> impl Iterator<Item = &'static Variable> {
    VARIABLES.iter().filter(|v| v.name != URI_AND_ARGS)
}

/// Whether nginx, with modules that are in use everywhere, has a variable of this name.
pub(crate) fn is_known(name: &str) -> bool {
    let is_of = |family: &str| name.len() > family.len() && name.starts_with(family);
    is_name(name) && (variable(name).is_some() || FAMILIES.iter().any(|family| is_of(family)))
}

/// Whether it could be the name of a variable: letters, digits and `_`.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Those that are ranked by their own names, the families as `cookie_NAME`.
pub(crate) fn ranked_names() -> impl Iterator<Item = String> {
    let named = variables().filter(|v| v.ranked == Ranked::Itself);
    named.map(|v| v.name.to_owned()).chain(FAMILIES.iter().map(|family| format!("{family}NAME")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_nginx_s() {
        for (i, v) in VARIABLES.iter().enumerate() {
            assert_eq!(variable(v.name).map(|(place, _)| place), Some(i), "{}", v.name);
            assert!(v.name == URI_AND_ARGS || is_name(v.name) && is_known(v.name));
            assert!(!v.name.contains(char::is_uppercase), "{}", v.name);
        }
    }

    #[test]
    fn what_is_ranked_by_its_name_is_text() {
        for v in VARIABLES.iter().filter(|v| v.ranked == Ranked::Itself) {
            let is_text = matches!(v.shape, Shape::Token | Shape::Address | Shape::Port | Shape::Text | Shape::Words);
            assert!(is_text, "{}", v.name);
        }
        for v in VARIABLES.iter().filter(|v| matches!(v.feeds, Feeds::Text(_) | Feeds::Request | Feeds::Uri)) {
            assert!(!matches!(v.ranked, Ranked::Measure | Ranked::Moment), "{}", v.name);
        }
    }

    #[test]
    fn families_are_known_by_their_beginning() {
        for name in ["http_x_forwarded_for", "cookie_PHPSESSID", "arg_id", "geoip2_data_country_code", "upstream_addr"]
        {
            assert!(is_known(name), "{name}");
        }
        for name in ["http_", "htttp_x", "my_var", "cookie_a-b", "", URI_AND_ARGS] {
            assert!(!is_known(name), "{name}");
        }
    }
}
