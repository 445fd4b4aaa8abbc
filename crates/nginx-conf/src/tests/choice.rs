//! The location that nginx chooses, and its class. The tables of locations, hosts and rewrites are real answers
//! of nginx 1.22, with each location returning its own name.

use super::http;
use crate::Conf;
use crate::server::Server;

/// The location that answers, as written.
fn chosen<'a>(server: &'a Server, path: &str) -> &'a str {
    &server.locations[server.find(path.as_bytes())].written
}

fn is_static(conf: &Conf, path: &str) -> bool {
    super::is_static(conf, None, path.as_bytes())
}

#[test]
fn example_of_nginx_documentation() {
    let conf = http(
        r"server { location = / {} location / {} location /documents/ {} location ^~ /images/ {} location ~* \.(gif|jpg|jpeg)$ {} }",
    );
    let conf = conf.unwrap();
    for (path, expected) in [
        ("/", "= /"),
        ("/index.html", "/"),
        ("/documents/document.html", "/documents/"),
        ("/images/1.gif", "^~ /images/"),
        ("/documents/1.jpg", r"~* \.(gif|jpg|jpeg)$"),
        ("/documents/1.JPG", r"~* \.(gif|jpg|jpeg)$"),
    ] {
        assert_eq!(chosen(&conf.servers[0], path), expected, "{path}");
    }
}

#[test]
fn nested_locations_take_precedence_over_outer_regular_expressions() {
    let conf = http(
        "server {
            location / { location /a/ { location ~ x$ {} location ^~ /a/f/ {} } location ~ y$ {} }
            location ^~ /firm/ { location ~ firmz$ {} }
            location ~ z$ {}
            location ~ ^/re/ { location ~ q$ {} }
            location = /a/exact {}
            location /b {}
        }",
    );
    let conf = conf.unwrap();
    for (path, expected) in [
        ("/a/x", "~ x$"),
        ("/a/1", "/a/"),
        ("/a/y", "~ y$"),
        ("/a/f/x", "^~ /a/f/"),
        ("/a/f/z", "~ z$"),
        ("/a/z", "~ z$"),
        ("/firm/firmz", "~ firmz$"),
        ("/firm/z", "^~ /firm/"),
        ("/z", "~ z$"),
        ("/re/q", "~ q$"),
        ("/re/1", "~ ^/re/"),
        ("/re/z", "~ z$"),
        ("/re/y", "~ y$"),
        ("/a/exact", "= /a/exact"),
        ("/bz", "~ z$"),
        ("/bb", "/b"),
        ("/q", "/"),
        ("/a", "/"),
    ] {
        assert_eq!(chosen(&conf.servers[0], path), expected, "{path}");
    }
}

#[test]
fn missing_trailing_slash_is_redirected_for_proxied_locations() {
    let conf = http(
        "server { location / {} location /p/ { proxy_pass http://a; } location ~ ^/p$ {} location = /e/ { grpc_pass a; }
            location /q/ { proxy_pass http://a; } location = /q {} location /r {} location /r/ { proxy_pass http://a; }
            location /s/ {} }",
    );
    let conf = conf.unwrap();
    for (path, expected) in [("/p", "/p/"), ("/e", "= /e/"), ("/q", "= /q"), ("/r", "/r"), ("/s", "/")] {
        assert_eq!(chosen(&conf.servers[0], path), expected, "{path}");
    }
}

#[test]
fn hosts_are_matched_to_servers() {
    let names = [
        "one",
        "example.com www.example.com",
        "*.example.com",
        "*.a.example.com",
        "www.*",
        "www.b.*",
        r"~^(?<u>.+)\.re\.test$",
        "~test$",
        "~^CAP",
        ".below.org",
        "default",
    ];
    let server = |name: &&str| {
        let default = if *name == "default" { "default_server" } else { "" };
        format!("server {{ listen 80 {default}; server_name {name}; }}")
    };
    let conf = http(&names.iter().map(server).collect::<String>()).unwrap();
    for (host, expected) in [
        ("example.com", "example.com www.example.com"),
        ("www.example.com", "example.com www.example.com"),
        ("WWW.Example.COM.", "example.com www.example.com"),
        ("www.example.com:80", "example.com www.example.com"),
        ("x.example.com", "*.example.com"),
        ("a.example.com", "*.example.com"),
        ("x.a.example.com", "*.a.example.com"),
        ("www.org", "www.*"),
        ("www.b.org", "www.b.*"),
        ("www.b.c.org", "www.b.*"),
        ("www.", "default"),
        ("www", "default"),
        ("x.re.test", r"~^(?<u>.+)\.re\.test$"),
        ("test", "~test$"),
        ("capital", "~^CAP"),
        ("below.org", ".below.org"),
        ("www.x.below.org", ".below.org"),
        ("nothing", "default"),
        ("[::1]:80", "default"),
        ("-", "default"),
    ] {
        let at = conf.hosts.candidates(Some(host.as_bytes()))[0];
        assert_eq!(names[at], expected, "{host}");
    }
}

#[test]
fn site_takes_precedence_over_redirecting_server() {
    let site = "server { listen 443 ssl; server_name a.org; location /files/ {} location / { proxy_pass http://a; } }";
    for redirect in [
        "return 301 https://$host$request_uri;",
        "if ($host = a.org) { return 301 https://$host$request_uri; } return 404;",
        "location /.well-known/ {} location / { return 301 https://$host$request_uri; }",
    ] {
        let conf = http(&format!("server {{ listen 80; server_name a.org; {redirect} }} {site}")).unwrap();
        for host in [None, Some(&b"a.org"[..]), Some(b"unknown")] {
            assert!(super::is_static(&conf, host, b"/files/x") && !super::is_static(&conf, host, b"/x"), "{redirect}");
        }
    }
    let conf = http(&format!("server {{ listen 80 default_server; return 444; }} {site}")).unwrap();
    assert!(super::is_static(&conf, None, b"/files/x") && super::is_static(&conf, Some(b"a.org"), b"/files/x"));
    assert!(!super::is_static(&conf, Some(b"unknown"), b"/files/x"));
}

#[test]
fn django_site() {
    let conf = http(
        "upstream django { server unix:///run/app.sock; }
        server {
            listen 80; server_name shop.example.com; charset utf-8; client_max_body_size 75M;
            location /static/ { alias /srv/shop/static/; expires 30d; }
            location /media/ { alias /srv/shop/media/; }
            location / { uwsgi_pass django; uwsgi_param QUERY_STRING $query_string; }
        }",
    );
    let conf = conf.unwrap();
    for (path, expected) in [
        ("/static/css/site.css", true),
        ("/media/photo", true),
        ("//media///photo?x=/api", true),
        ("/%6dedia/photo", true),
        ("/static/../api/", false),
        ("/api/../static/x", true),
        ("/static", false),
        ("/", false),
        ("/favicon.ico", false),
        ("/api/report.csv?path=/static/", false),
        ("http://shop.example.com/static/x", true),
        ("http://shop.example.com", false),
        ("/%", false),
        ("/static/%00", false),
        ("-", false),
        ("*", false),
        ("", false),
    ] {
        assert_eq!(is_static(&conf, path), expected, "{path}");
    }
}

#[test]
fn handlers_are_static_or_dynamic() {
    const APP: &str = r"location @app { proxy_pass http://a; } location ~ \.php$ { fastcgi_pass a; }";
    // Expected for a path without and with a static file extension.
    for (text, page, file) in [
        ("", true, true),
        ("return 404;", false, false),
        ("location / { return 200; }", false, false),
        ("location / { stub_status; }", false, false),
        ("location / { empty_gif; }", true, true),
        ("location / { scgi_pass a; }", false, false),
        ("location / { memcached_pass a; }", false, false),
        ("location / { content_by_lua_block { ngx.say('}') } }", false, false),
        ("location / { proxy_set_header Host $host; root /srv; }", true, true),
        ("location / { try_files $uri @app; }", false, true),
        ("location / { try_files $uri @missing; }", false, true),
        ("location / { try_files $uri $uri/ /index.php?$args; }", false, true),
        ("location / { try_files $uri $uri/index.php; }", false, true),
        ("location / { try_files $uri =404; }", true, true),
        ("location / { try_files $uri /index.html; }", true, true),
        ("location / { try_files $uri /index.html; } location = /index.html { proxy_pass http://a; }", false, true),
        // This does not look for the file of the path.
        ("location / { try_files /maintenance.html @app; }", false, false),
        ("location / { try_files $uri @app; proxy_pass http://b; }", false, false),
        ("try_files $uri @app;", false, true),
        ("try_files $uri @app; location / {}", true, true),
        ("location / { error_page 404 = @app; }", false, true),
        ("location / { error_page 404 /404.html; }", true, true),
        ("location / { if (!-f $request_filename) { proxy_pass http://a; } }", false, true),
        ("location / { if (-f $document_root/closed.html) { proxy_pass http://a; } }", true, true),
        ("location / { if ($request_method = POST) { proxy_pass http://a; } }", true, true),
        ("location / { proxy_pass http://a; location ~ css$ { root /srv; } }", false, true),
        ("location / { rewrite ^ /index.php last; }", false, false),
        ("location / { rewrite ^/p(.*)$ /x$1.php; }", false, true),
        ("location / { rewrite ^/(?<rest>p.*)$ /$rest.php last; }", false, true),
        ("location / { rewrite ^ /index.php break; }", true, true),
        ("location / { rewrite ^ /$unknown last; }", true, true),
        ("location / { break; return 200; }", true, true),
        ("location / { rewrite ^/page https://elsewhere/; }", false, true),
        ("rewrite ^/page$ /new/page last; location /new/ { proxy_pass http://a; }", false, true),
        ("rewrite ^/page$ /b; rewrite ^/b$ /c; location /c { proxy_pass http://a; } location /b {}", false, true),
        ("location / { try_files $uri @rw; } location @rw { rewrite ^/(.*)$ /index.php?q=$1; }", false, true),
        ("location ~ ^/(?!page) { proxy_pass http://a; }", true, true),
        ("location /page { internal; proxy_pass http://a; }", false, true),
        (
            "location @a { try_files $uri @b; } location @b { try_files $uri @a; } location / { try_files $uri @a; }",
            false,
            true,
        ),
        ("location /p { rewrite ^ /p last; }", false, true),
    ] {
        let conf = http(&format!("server {{ {text} {APP} }}")).unwrap();
        assert_eq!((is_static(&conf, "/page"), is_static(&conf, "/site.css")), (page, file), "{text}");
    }
    assert!(is_static(&http("").unwrap(), "/site.css") && !is_static(&http("").unwrap(), "/page"));
}

#[test]
fn configuration_is_send_and_sync() {
    fn is_shared<T: Send + Sync + 'static>(_: &T) {}
    is_shared(&http("").unwrap());
}

#[test]
fn directory_is_answered_with_its_first_index() {
    for (text, expected) in [
        ("", true),
        ("index index.html index.php;", true),
        ("index index.php index.html;", false),
        ("index index.php; location /dir/ { index index.html; }", true),
        ("index /app; location /app { proxy_pass http://a; }", false),
        ("index index.php; location ^~ /dir/ {}", true),
    ] {
        let conf = http(&format!(r"server {{ {text} location ~ \.php$ {{ fastcgi_pass a; }} }}")).unwrap();
        assert_eq!(is_static(&conf, "/dir/"), expected, "{text}");
        assert!(is_static(&conf, "/dir/x"), "{text}");
    }
}

#[test]
fn merge_slashes_is_respected() {
    let text = |on| format!("server {{ merge_slashes {on}; location /a/b {{ proxy_pass http://a; }} }}");
    assert!(!is_static(&http(&text("on")).unwrap(), "//a//b") && is_static(&http(&text("off")).unwrap(), "//a//b"));
    assert!(is_static(
        &http(&format!("merge_slashes off; {}", text("on").replace("merge_slashes on;", ""))).unwrap(),
        "/a//b"
    ));
}

proptest::proptest! {
    #[test]
    fn any_path_and_host_is_answered(
        bytes: Vec<u8>,
        host: Option<Vec<u8>>,
        parts in proptest::collection::vec(
            proptest::sample::select(vec!["/", ".", "..", "a", "%2e", "%2F", "%", "?", "\u{0}", "x.php", "é", "\n"]), 0..12),
    ) {
        use std::sync::LazyLock;
        static CONF: LazyLock<Conf> = LazyLock::new(|| {
            http(r"server { server_name *.a www.* ~x; index index.php; rewrite ^/(.*)a$ /$1/b;
                location /a { try_files $uri $uri/x @a; location ~ ^/a/.*(é|x)$ { rewrite (.*) /a$1 last; } }
                location ~ \.php$ { fastcgi_pass a; } location @a { rewrite ^ $uri/a; } }
                server { location = /a {} }").unwrap()
        });
        for path in [bytes.clone(), [b"/", bytes.as_slice()].concat(), format!("/{}", parts.concat()).into_bytes()] {
            let _ = super::is_static(&CONF, host.as_deref(), &path);
        }
    }
}
