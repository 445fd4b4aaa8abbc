//! The path of a request through locations, and the directives that are listed as not followed.

use super::{http, not_followed};
use crate::Conf;

fn is_static(conf: &Conf, path: &str) -> bool {
    super::is_static(conf, None, path.as_bytes())
}

#[test]
fn captures_of_a_location_are_substituted() {
    const APP: &str = "location /app/ { proxy_pass http://a; }";
    for (text, path, expected) in [
        // A version in the name is removed. `.dat` is not a static file extension.
        (r"location ~ ^(.+)\.\d+\.(js|dat)$ { try_files $uri $1.$2; }", "/a.12.dat", true),
        (r"location ~ ^(.+)\.\d+\.(js|dat)$ { try_files $uri $1.$2; }", "/app/a.12.dat", false),
        (r"location ~ ^(?<base>.+)\.\d+\.(?<kind>dat)$ { try_files $uri $base.$kind; }", "/a.1.dat", true),
        ("location ~ ^/(x|y)/(?<rest>.*)$ { rewrite ^ /app/$rest last; }", "/x/a.css", false),
        ("location ~ ^/(?<name>[a-z]+)/x$ { rewrite ^/(.*)/x$ /$name/$1.css last; }", "/app/x", false),
        // The expression of the rewrite replaces the numbered groups, so they are empty.
        ("location ~ ^/(x|app)/(.*)$ { rewrite ^ /$1/$2 last; }", "/app/x", true),
        ("location ~ ^/x(/app/.*)$ { rewrite ^/x(.*)$ $1 last; }", "/x/app/a.css", false),
        // Captures are kept in a named location.
        (
            "location ~ ^/x/(.*)$ { try_files /none @y; } location @y { rewrite ^/x/(.*)$ /app/$1 last; }",
            "/x/a.css",
            false,
        ),
    ] {
        let conf = http(&format!("server {{ {text} {APP} location / {{ }} }}")).unwrap();
        assert_eq!(is_static(&conf, path), expected, "{text} {path}");
        assert!(conf.skipped().is_empty(), "{:?}", conf.skipped());
    }
}

#[test]
fn the_default_index_may_be_in_another_location() {
    let html = r"location ~ \.html$ { proxy_pass http://a; }";
    for (text, expected) in [
        ("location = / { }", false),
        ("location / { index x.htm; }", true),
        ("location / { random_index on; }", true),
        ("location / { autoindex on; }", false),
        ("location / { try_files $uri $uri/ =404; }", false),
        // A directory is not a file, so its index is not used.
        ("location / { try_files $uri =404; }", true),
        ("location / { try_files $uri @app; } location @app { proxy_pass http://a; }", false),
    ] {
        let conf = http(&format!("server {{ {text} {html} }}")).unwrap();
        assert_eq!(is_static(&conf, "/"), expected, "{text}");
    }
    let proxied = http("server { location = / { } location / { proxy_pass http://a; } }").unwrap();
    assert!(!is_static(&proxied, "/"));
}

#[test]
fn missing_file_is_redirected_once() {
    const APP: &str = "location @app { proxy_pass http://a; }";
    for (text, page) in [
        ("location / { try_files $uri =404; error_page 404 = @app; }", false),
        ("error_page 404 = @app; location / { }", false),
        ("error_page 404 = @app; location / { error_page 500 /500.html; }", true),
        ("location / { error_page 404 = /other.css; } location /other.css { error_page 404 = @app; }", true),
        ("location / { error_page 404 = /app.php; } location /app.php { proxy_pass http://a; }", false),
        ("location / { try_files /none /page; }", false),
        ("passenger_enabled on; location / { }", false),
        ("passenger_enabled on; location / { passenger_enabled off; }", true),
    ] {
        let conf = http(&format!("server {{ {text} {APP} }}")).unwrap();
        assert_eq!((is_static(&conf, "/page"), is_static(&conf, "/a.css")), (page, !text.contains("/none")), "{text}");
    }
}

#[test]
fn generating_directives_are_dynamic() {
    for handler in [
        "echo hello;",
        "echo_sleep 1; echo done;",
        "prometheus all;",
        "vod hls;",
        "hls;",
        "rtmp_control all;",
        "rtmp_stat all; rtmp_stat_stylesheet s.xsl;",
        "nchan_subscriber;",
        "push_stream_publisher admin;",
        "content_by_lua_file a.lua;",
        "js_content main.hello;",
        "perl Hello::handler;",
        "stub_status;",
    ] {
        let conf = http(&format!("server {{ location / {{ {handler} }} }}")).unwrap();
        assert!(!is_static(&conf, "/a.css"), "{handler}");
        assert!(conf.skipped().is_empty(), "{:?}", conf.skipped());
    }
    for setting in ["echo_after_body x;", "mp4;", "flv;", "autoindex on;", "slice 1m;", "nchan_message_timeout 5m;"] {
        let conf = http(&format!("server {{ location / {{ {setting} }} }}")).unwrap();
        assert!(is_static(&conf, "/a"), "{setting}");
        assert!(conf.skipped().is_empty(), "{:?}", conf.skipped());
    }
}

#[test]
fn unknown_variables_and_code_are_listed() {
    let variable = |name: &str| format!("only nginx knows the value of ${name}");
    let code = "code that may answer the request or lead elsewhere".to_owned();
    let unknown = "it may handle the request".to_owned();
    for (text, written, why) in [
        ("location / { rewrite ^ /$lang/x last; }", "rewrite ^ /$lang/x last", variable("lang")),
        ("rewrite ^/(?<a>.*)$ /$a/$b;", "rewrite ^/(?<a>.*)$ /$a/$b", variable("b")),
        ("location / { try_files $uri /$host/x; }", "try_files $uri /$host/x", variable("host")),
        ("location / { index index.$geo.html; }", "index index.$geo.html", variable("geo")),
        ("location / { access_by_lua_block { ngx.exit(403) } }", "access_by_lua_block", code.clone()),
        ("rewrite_by_lua_file r.lua;", "rewrite_by_lua_file r.lua", code.clone()),
        ("server_rewrite_by_lua_block { x = 1 }", "server_rewrite_by_lua_block", code),
        ("location / { frobnicate all; }", "unknown directive frobnicate all", unknown.clone()),
        ("location / { if ($x) { frobnicate all; } }", "unknown directive frobnicate all", unknown),
    ] {
        let conf = http(&format!("server {{\n{text}\n}}")).unwrap();
        let [skipped] = &conf.skipped()[..] else { panic!("{text}: {:?}", conf.skipped()) };
        assert_eq!((skipped.place().line(), skipped.message()), (4, format!("{written}: {why}").as_str()));
        assert_eq!(not_followed(&conf), [format!("{written}: {why}")]);
    }
    for followed in [
        "rewrite ^ https://$host/$lang permanent;",
        "rewrite ^(.*)$ /index.php?lang=$lang last;",
        "location / { try_files /$host$uri @x; }",
        "location / { rewrite ^/(?<a>.*)$ /x/$a; rewrite ^ /y/$a; }",
        "location / { return 302 $lang; }",
    ] {
        let conf = http(&format!("server {{ {followed} }}")).unwrap();
        assert!(conf.skipped().is_empty() && not_followed(&conf).is_empty(), "{:?}", not_followed(&conf));
    }
}

#[test]
fn directives_that_depend_on_more_than_the_path_are_listed() {
    const APP: &str = "location /app/ { proxy_pass http://a; } location @app { proxy_pass http://a; }";
    for (text, expected) in [
        ("error_page 404 /app/404;", Some("error_page 404 /app/404: answers only where a file is missing")),
        ("error_page 403 404 @app;", Some("error_page 403 404 @app: answers only where a file is missing")),
        ("error_page 404 /404.html;", None),
        ("error_page 500 502 /app/500;", None),
        ("error_page 404 = @app;", None),
        ("error_page 404 https://elsewhere.example/;", None),
        ("location / { if (-f $request_filename) { break; } }", Some("depends on more than the path")),
        ("location / { if ($x) { set $y 1; } }", None),
        ("location / { dav_methods PUT; }", Some("dav_methods PUT: depends on more than the path")),
        ("location / { dav_methods off; }", None),
    ] {
        let conf = http(&format!("server {{ {text} {APP} }}")).unwrap();
        let listed = not_followed(&conf);
        match expected {
            Some(expected) => assert!(listed.len() == 1 && listed[0].contains(expected), "{text}: {listed:?}"),
            None => assert!(listed.is_empty(), "{text}: {listed:?}"),
        }
        assert!(conf.skipped().is_empty(), "{text}");
    }
}

#[test]
fn directives_of_the_same_name_are_listed_once() {
    let conf = http("server { frob a; location /a { frob b; } location /b { other c; } } server { frob d; }").unwrap();
    let skipped = conf.skipped();
    let why = "it may handle the request";
    assert_eq!(skipped.len(), 2, "{skipped:?}");
    let first = format!("nginx.conf:3:10: unknown directive frob a: {why} (and in 2 more places)");
    assert!(skipped[0].to_string().ends_with(&first), "{skipped:?}");
    assert_eq!(skipped[1].message(), format!("unknown directive other c: {why}"));
}

#[test]
fn conditions_of_servers_are_listed_once_as_written() {
    let conf = http(
        "server { if ($scheme ~ \"s\") { return 403; } if ($x) { set $y 1; } location / { if ($x = '') { return 1; } } }\n\
         server { if ( $host != 'a.org' ) { rewrite ^ https://a.org permanent; } if ($https = \"\") { return 403; } }",
    )
    .unwrap();
    let skipped = conf.skipped();
    assert_eq!(skipped.len(), 1, "{skipped:?}");
    let line = "nginx.conf:3:10: if ($scheme ~ \"s\"): depends on more than the path (and in 1 more place)";
    assert!(skipped[0].to_string().ends_with(line), "{skipped:?}");
    for written in ["if ($x = '')", "if ( $host != 'a.org')"] {
        let listed = not_followed(&conf);
        assert!(listed.iter().any(|line| line.starts_with(&format!("{written}: depends"))), "{listed:?}");
    }
}
