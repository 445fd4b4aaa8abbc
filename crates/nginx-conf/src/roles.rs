//! Roles of directives in servers and locations, by name.
//!
//! Sources: the alphabetical index of directives on nginx.org (November 2026), the names and modules listed in nginx's
//! own `contrib/vim/syntax/nginx.vim`, and the documentation of those modules. A name in no table may belong to a
//! module that answers requests, so it is reported.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::tree::Directive;

/// Effect of a directive on the requests of its level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Passes the request to another process.
    HandsOver,
    /// Generates the answer.
    Generates,
    /// Runs code that may answer before the location's handler does.
    MayAnswer,
    /// Changes how an answer is generated or sent, but not what generates it.
    Setting,
    /// Belongs to an unknown module.
    Unknown,
}

/// Directives that generate an answer. A trailing `*` matches any rest of the name.
const GENERATES: &str = "api check_status content_by_* content_handler_* drizzle_status dynamic_upstream echo echo_abort_parent \
    echo_blocking_sleep echo_duplicate echo_end echo_flush echo_foreach_split echo_location* echo_read_request_body \
    echo_request_body echo_reset_timer echo_sleep echo_subrequest* f4f gridfs hls js_content json_status mruby_content_* \
    nchan_benchmark nchan_group_location nchan_publisher nchan_publisher_location nchan_pubsub nchan_pubsub_location \
    nchan_stub_status nchan_subscriber nchan_subscriber_location ngx_fastdfs_module notice perl prometheus \
    prometheus_metrics push_publisher push_stream_channels_statistics push_stream_publisher push_stream_subscriber \
    push_stream_websocket push_subscriber report_uploads response rtmp_control rtmp_stat status \
    stream_server_traffic_status_display stub_status upstream_conf upstream_show vhost_traffic_status_display \
    video_thumbextractor vod vod_status";

/// Directives with code that runs before the location's handler, and that may answer or redirect.
const MAY_ANSWER: &str = "access_by_* access_handler_* echo_exec eval internal_redirect js_access mruby_access_* \
    mruby_post_read_* mruby_rewrite_* postgres_rewrite precontent_by_* proxy_wasm rewrite_by_* rewrite_handler_* \
    server_rewrite_by_* srcache_fetch testcookie";

/// Settings of nginx's own modules, allowed in servers and locations.
const SETTINGS: &str = "absolute_redirect access_log acme_* add_after_body add_before_body add_header* add_trailer \
    addition_types aio* alias allow ancient_browser* auth_* autoindex* break charset* chunked_transfer_encoding client_* \
    connection_pool_size create_full_put_path dav_* default_type degradation degrade deny directio* disable_symlinks \
    early_hints empty_gif error_log error_page etag expires f4f_* fastcgi_* flv geo geoip_* grpc_* gunzip* gzip* \
    health_check* hls_* http2* http3* if if_modified_since ignore_invalid_headers image_filter* include index internal \
    js_* keepalive_* keyval* large_client_header_buffers limit_* lingering_* listen location log_not_found \
    log_subrequest map_* max_headers max_ranges memcached_* merge_slashes min_delete_depth mirror* modern_browser* mp4* \
    msie_* oidc* open_file_cache* open_log_file_cache otel_* output_buffers override_charset passenger_enabled perl_* \
    port_in_redirect post_action postpone_* prometheus_* proxy_* quic_* random_index read_ahead real_ip_* \
    recursive_error_pages referer_* request_pool_size reset_timedout_connection resolver* return rewrite rewrite_log \
    root satisfy scgi_* secure_link* send_* sendfile* server_name* server_tokens session_log* set set_real_ip_from slice \
    source_charset spdy_* ssi* ssl* status_* sub_filter* subrequest_output_buffer_size tcp_nodelay tcp_nopush try_files \
    tunnel_* types* underscores_in_headers uninitialized_variable_warn userid* uwsgi_* valid_referers variables_* \
    xml_entities xslt_*";

/// Settings of well-known third-party modules.
const SETTINGS_OF_OTHERS: &str = "ajp_* always_read_body array_* aws_* balancer_by_* basic_rule BasicRule body_filter_* \
    brotli* check_rule CheckRule concat* datadog_* denied_url DeniedUrl drizzle_* echo_after_body echo_before_body \
    echo_status encrypted_session_* eval_* fancyindex* footer* geoip2* header_filter_* hide_server_tokens iconv_* \
    immutable learning_mode LearningMode let libinjection_* LibInjection* log_by_* log_handler_* lua_* memc_* \
    MainRule main_rule modsecurity* ModSecurity* mogilefs_* mongo more_* mruby_* naxsi_* nchan_* nchan_redis_pass njs_* opentelemetry* \
    opentracing* pagespeed passenger_* pool_context_hash_size postgres_* push_* rails_env rack_env rds_* redis2_* redis_* \
    replace_filter* response_type rtmp_* rules_disabled rules_enabled sec_rules_* SecRules* security_headers* set_* \
    slowfs_* small_light* srcache_* statsd_* sticky* stream_server_traffic_status_* subs_* sysguard* tnt_* track_uploads \
    trim* union_station_* unset_* upload_* upstream_show_* vhost_traffic_status* video_thumbextractor_* vod_* xss_* zstd*";

const TABLES: [(&str, Role); 4] = [
    (GENERATES, Role::Generates),
    (MAY_ANSWER, Role::MayAnswer),
    (SETTINGS, Role::Setting),
    (SETTINGS_OF_OTHERS, Role::Setting),
];

/// The tables, prepared for look-ups: a configuration may have 100,000 locations.
struct Names {
    whole: HashMap<&'static str, Role>,
    /// The longest prefix first.
    starts: Vec<(&'static str, Role)>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut names = Names { whole: HashMap::new(), starts: Vec::new() };
    for (table, role) in TABLES {
        for word in table.split_ascii_whitespace() {
            match word.strip_suffix('*') {
                Some(start) => names.starts.push((start, role)),
                None => drop(names.whole.insert(word, role)),
            }
        }
    }
    names.starts.sort_by_key(|(start, _)| std::cmp::Reverse(start.len()));
    names
});

/// Returns the role of a directive in a server or location.
pub(crate) fn role(directive: &Directive) -> Role {
    let is_off = matches!(directive.args.as_slice(), [only] if matches!(only.text.as_str(), "off" | "none"));
    match role_of(&directive.name.text) {
        Role::Generates | Role::MayAnswer if is_off => Role::Setting,
        role => role,
    }
}

fn role_of(name: &str) -> Role {
    if let Some(role) = NAMES.whole.get(name) {
        return *role;
    }
    if name.ends_with("_pass") {
        return Role::HandsOver;
    }
    let by_start = NAMES.starts.iter().find(|(start, _)| name.starts_with(start));
    by_start.map_or(Role::Unknown, |(_, role)| *role)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::{Place, Word};

    fn role_of(text: &str) -> Role {
        let place = Place { file: std::path::Path::new("x").into(), line: 1, column: 1 };
        let mut words = text.split(' ').map(|word| Word { text: word.to_owned(), quote: None, place: place.clone() });
        let name = words.next().unwrap();
        role(&Directive { name, args: words.collect(), block: None })
    }

    #[test]
    fn directives_have_their_roles() {
        for (role, directives) in [
            (
                Role::Generates,
                &[
                    "echo hello",
                    "echo_location_async /x",
                    "echo_sleep 1",
                    "prometheus",
                    "prometheus_metrics",
                    "vod hls",
                    "hls",
                    "rtmp_control all",
                    "rtmp_stat all",
                    "nchan_publisher",
                    "nchan_pubsub",
                    "nchan_stub_status",
                    "push_stream_subscriber websocket",
                    "content_by_lua_block",
                    "content_by_lua_file x.lua",
                    "js_content http.hello",
                    "perl Hello::handler",
                    "stub_status",
                    "stub_status on",
                    "api write=on",
                    "vhost_traffic_status_display",
                ][..],
            ),
            (
                Role::Setting,
                &[
                    "echo_after_body x",
                    "echo_before_body x",
                    "echo_status 404",
                    "nchan_message_timeout 5m",
                    "nchan_redis_pass cluster",
                    "vod none",
                    "vod_metadata_cache metadata 512m",
                    "hls_fragment 5s",
                    "rtmp_stat_stylesheet stat.xsl",
                    "push_stream_message_ttl 5m",
                    "perl_modules lib",
                    "js_set $x f",
                    "js_import http.js",
                    "set_by_lua_block $x",
                    "header_filter_by_lua_block",
                    "log_by_lua_file x",
                    "mp4",
                    "flv",
                    "autoindex on",
                    "random_index on",
                    "slice 1m",
                    "proxy_pass_header X",
                    "more_set_headers X:y",
                    "vhost_traffic_status_zone",
                    "prometheus_template x",
                ][..],
            ),
            (
                Role::MayAnswer,
                &["access_by_lua_block", "rewrite_by_lua_file x", "server_rewrite_by_lua_block", "echo_exec @x"][..],
            ),
            (Role::HandsOver, &["proxy_pass http://a", "memcached_pass a:1", "drizzle_pass a", "tunnel_pass"][..]),
            (Role::Unknown, &["frobnicate on", "echoes x", "my_module_handler"][..]),
        ] {
            for directive in directives {
                assert_eq!(role_of(directive), role, "{directive}");
            }
        }
    }

    #[test]
    fn names_in_the_tables_are_unique() {
        let mut words: Vec<&str> = TABLES.iter().flat_map(|(table, _)| table.split_ascii_whitespace()).collect();
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count);
    }
}
