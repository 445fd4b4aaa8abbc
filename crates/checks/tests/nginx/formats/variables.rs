//! Table of the variables used in random formats: the shape nginx 1.22 writes, and who chooses the value.
//!
//! Source: logs of a real nginx, recorded for this test. It must not be derived from `src/format/variables.rs`, because the
//! test compares the two. Left out: `$http3`, `$request_port`, `$is_request_port` and `$upstream_last_server_name` (newer
//! nginx), `$memcached_key` and geoip (need configuration of their own), `$upstream_queue_time`,
//! `$upstream_first_byte_time` and `$upstream_session_time` (not in open source nginx over HTTP).

use super::shapes::Shape::{self, *};

/// Party that chooses a value, the most trusted first. It decides where the value ends if two readings of a line fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Author {
    Nginx,
    /// The visitor or upstream within limits that nginx enforces, or the administrator. A reader may count it as either.
    Contested,
    Visitor,
}

/// Text that nginx writes if there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absent {
    /// There is always a value.
    Never,
    /// `-` with the default escape, nothing with the others.
    Dash,
    /// Nothing, with every escape.
    Nothing,
    /// `-` or nothing with the default escape, because a header sent empty is not missing; nothing with the others.
    Either,
}

/// Row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) author: Author,
    pub(crate) absent: Absent,
}

const fn of(author: Author, shape: Shape, absent: Absent, name: &'static str) -> Variable {
    Variable { name, shape, author, absent }
}

const fn always(shape: Shape, name: &'static str) -> Variable {
    of(Author::Nginx, shape, Absent::Never, name)
}

/// Written by nginx; `-` if absent.
const fn nginx(shape: Shape, name: &'static str) -> Variable {
    of(Author::Nginx, shape, Absent::Dash, name)
}

/// Written by nginx; empty if absent.
const fn sometimes(shape: Shape, name: &'static str) -> Variable {
    of(Author::Nginx, shape, Absent::Nothing, name)
}

const fn contested(shape: Shape, absent: Absent, name: &'static str) -> Variable {
    of(Author::Contested, shape, absent, name)
}

const fn visitor(shape: Shape, absent: Absent, name: &'static str) -> Variable {
    of(Author::Visitor, shape, absent, name)
}

/// Text chosen by the visitor.
const fn text(name: &'static str) -> Variable {
    visitor(Text, Absent::Either, name)
}

/// Text chosen by the upstream.
const fn answer(name: &'static str) -> Variable {
    contested(Text, Absent::Either, name)
}

#[rustfmt::skip]
pub(crate) const VARIABLES: &[Variable] = &[
    always(Address, "remote_addr"), text("remote_user"),
    always(TimeLocal, "time_local"), always(TimeIso8601, "time_iso8601"), always(Seconds, "msec"),
    text("request"), contested(Word, Absent::Dash, "request_method"),
    visitor(Path, Absent::Dash, "request_uri"), visitor(Path, Absent::Either, "uri"),
    visitor(Path, Absent::Either, "document_uri"), visitor(Word, Absent::Dash, "args"),
    visitor(Word, Absent::Dash, "query_string"), contested(Word, Absent::Either, "server_protocol"),
    always(Status, "status"), always(Digits, "body_bytes_sent"), always(Digits, "bytes_sent"),
    always(Seconds, "request_time"), visitor(Word, Absent::Nothing, "host"), text("http_host"),
    contested(Word, Absent::Nothing, "server_name"), text("http_referer"), text("http_user_agent"),

    always(Address, "realip_remote_addr"), sometimes(Digits, "realip_remote_port"), sometimes(Digits, "remote_port"),
    visitor(Text, Absent::Never, "binary_remote_addr"), visitor(Text, Absent::Never, "proxy_add_x_forwarded_for"),
    nginx(Address, "proxy_protocol_addr"), nginx(Digits, "proxy_protocol_port"),
    nginx(Address, "proxy_protocol_server_addr"), nginx(Digits, "proxy_protocol_server_port"),
    contested(Word, Absent::Dash, "uid_got"), contested(Word, Absent::Dash, "uid_set"),
    contested(Word, Absent::Either, "uid_reset"), sometimes(OneOf(&["1"]), "invalid_referer"),

    always(OneOf(&["http", "https"]), "scheme"), sometimes(OneOf(&["on"]), "https"),
    sometimes(OneOf(&["h2", "h2c"]), "http2"), sometimes(OneOf(&["?"]), "is_args"), text("content_length"),
    text("content_type"), text("request_body"), text("request_body_file"), visitor(Text, Absent::Never, "request_filename"),
    contested(Text, Absent::Never, "document_root"), contested(Text, Absent::Never, "realpath_root"),
    visitor(Path, Absent::Nothing, "fastcgi_script_name"), visitor(Path, Absent::Nothing, "fastcgi_path_info"),
    always(Word, "request_id"), sometimes(OneOf(&["OK"]), "request_completion"), always(OneOf(&[".", "p"]), "pipe"),
    nginx(Word, "slice_range"), contested(Word, Absent::Either, "secure_link"),

    contested(Word, Absent::Never, "server_addr"), sometimes(Digits, "server_port"), contested(Word, Absent::Never, "hostname"),
    always(Word, "nginx_version"), always(Digits, "pid"), always(Digits, "connection"),
    always(Digits, "connection_requests"), always(Date, "date_local"), always(Date, "date_gmt"),
    always(Digits, "limit_rate"), nginx(Word, "limit_req_status"), nginx(Word, "limit_conn_status"),
    always(Seconds, "connection_time"), always(Digits, "request_length"), nginx(Numbers, "gzip_ratio"),
    nginx(Digits, "tcpinfo_rtt"), nginx(Digits, "tcpinfo_rttvar"), nginx(Digits, "tcpinfo_snd_cwnd"),
    nginx(Digits, "tcpinfo_rcv_space"),

    contested(Words, Absent::Dash, "upstream_addr"), contested(Numbers, Absent::Dash, "upstream_status"),
    nginx(Word, "upstream_cache_status"), contested(Word, Absent::Dash, "proxy_host"),
    contested(Digits, Absent::Either, "proxy_port"),
    nginx(Numbers, "upstream_response_time"), nginx(Numbers, "upstream_connect_time"),
    nginx(Numbers, "upstream_header_time"), nginx(Numbers, "upstream_response_length"),
    nginx(Numbers, "upstream_bytes_received"), nginx(Numbers, "upstream_bytes_sent"),

    nginx(Word, "ssl_protocol"), nginx(Word, "ssl_cipher"), contested(Word, Absent::Dash, "ssl_ciphers"),
    nginx(Word, "ssl_curve"), contested(Word, Absent::Dash, "ssl_curves"), text("ssl_server_name"),
    nginx(Word, "ssl_session_id"), nginx(Word, "ssl_session_reused"), nginx(Word, "ssl_early_data"),
    text("ssl_alpn_protocol"), answer("ssl_client_verify"), text("ssl_client_s_dn"), text("ssl_client_i_dn"),
    text("ssl_client_s_dn_legacy"), text("ssl_client_i_dn_legacy"), contested(Word, Absent::Dash, "ssl_client_serial"),
    contested(Word, Absent::Dash, "ssl_client_fingerprint"), answer("ssl_client_v_start"), answer("ssl_client_v_end"),
    nginx(Digits, "ssl_client_v_remain"), text("ssl_client_cert"), text("ssl_client_raw_cert"),
    text("ssl_client_escaped_cert"),

    text("http_x_forwarded_for"), text("http_cookie"), text("http_x_odd"), text("http_accept_language"),
    text("cookie_session"), text("cookie_a"), visitor(Word, Absent::Either, "arg_a"), visitor(Word, Absent::Either, "arg_v"),
    answer("sent_http_content_type"), answer("sent_http_location"), answer("sent_http_x_served"),
    answer("upstream_http_x_served"), answer("upstream_http_content_type"), answer("upstream_cookie_u"),
    answer("sent_trailer_t"), answer("upstream_trailer_t"),
];

/// Index of a variable in [`VARIABLES`].
pub(crate) fn place(name: &str) -> usize {
    VARIABLES.iter().position(|variable| variable.name == name).unwrap_or_else(|| panic!("no ${name} in the table"))
}
