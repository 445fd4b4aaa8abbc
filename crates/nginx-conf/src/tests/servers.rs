//! The choice among several servers with the same name.

use super::{answer, http};

/// The servers that answer paths of a host, by their line, each with true if the path is static.
fn answers(text: &str, host: Option<&str>, paths: &[&str]) -> Vec<(u32, bool)> {
    let conf = http(text).unwrap();
    let row = |path: &&str| {
        let answer = answer(&conf, None, host.map(str::as_bytes), path.as_bytes());
        (conf.server(answer.server.unwrap()).unwrap().place().line(), answer.is_static)
    };
    paths.iter().map(row).collect()
}

const SITE: &str = "listen 443 ssl; server_name a.org; location /files/ {} location = /old { return 301 /files/; } \
                    location / { proxy_pass http://a; }";

#[test]
fn server_without_content_gives_way_to_the_site() {
    for redirect in [
        "return 301 https://$host$request_uri;",
        "return https://a.org;",
        "return 404;",
        "rewrite ^ https://a.org$request_uri? permanent;",
        "rewrite ^/(.*)$ https://a.org/$1 redirect;",
        "rewrite ^(.*)$ https://a.org$1;",
        "rewrite .* $scheme://www.a.org;",
        "rewrite ^/special$ /x; return 302 https://a.org;",
        "location / { return 301 https://a.org; }",
        "location / { rewrite ^ https://a.org permanent; }",
        "location ~ .* { return 301 https://a.org; } location @unused { }",
    ] {
        // The server of line 3 redirects and that of line 4 is the site, then the other way round.
        let redirect = format!("server {{ listen 80; server_name a.org; {redirect} }}");
        let site = format!("server {{ {SITE} }}");
        for (text, site) in [(format!("{redirect}\n{site}"), 4), (format!("{site}\n{redirect}"), 3)] {
            for host in [Some("a.org"), None, Some("unknown.org")] {
                let answers = answers(&text, host, &["/files/x", "/x", "/old"]);
                assert_eq!(answers, [(site, true), (site, false), (site, false)], "{text} {host:?}");
            }
        }
    }
}

#[test]
fn server_answers_for_locations_that_it_does_not_redirect() {
    for exempts in [
        "location /.well-known/acme-challenge/ { root /srv; } location / { return 301 https://$host$request_uri; }",
        "location ^~ /.well-known/ { root /srv; } location / { rewrite ^ https://$host$request_uri? permanent; }",
        "location / { try_files $uri.txt @tls; } location @tls { return 308 https://$host$request_uri; } \
         location ~ ^/\\.well-known/ { root /srv; }",
    ] {
        let exempts = format!("server {{ listen 80; server_name a.org; {exempts} }}");
        let site = format!("server {{ {SITE} }}");
        for (text, exempts, site) in [(format!("{exempts}\n{site}"), 3, 4), (format!("{site}\n{exempts}"), 4, 3)] {
            let paths = ["/.well-known/acme-challenge/x", "/files/x", "/x", "/old"];
            let expected = [(exempts, true), (site, true), (site, false), (site, false)];
            for host in [Some("a.org"), None] {
                assert_eq!(answers(&text, host, &paths), expected, "{text} {host:?}");
            }
        }
    }
}

#[test]
fn each_socket_has_its_own_server_for_a_host() {
    let site = "location / { root /srv; }";
    for (text, host, expected) in [
        // The name is on one socket, a wildcard on another.
        (
            format!(
                "server {{ server_name www.a.org; return 301 /; }}\nserver {{ listen 443; server_name *.a.org; {site} }}"
            ),
            "www.a.org",
            (4, true),
        ),
        // On a single socket the name takes precedence over the wildcard, and the first server over the second.
        (
            format!("server {{ server_name www.a.org; return 301 /; }}\nserver {{ server_name *.a.org; {site} }}"),
            "www.a.org",
            (3, false),
        ),
        (
            format!("server {{ server_name a.org; return 301 /; }}\nserver {{ server_name a.org; {site} }}"),
            "a.org",
            (3, false),
        ),
        (
            format!("server {{ server_name ~^a; return 301 /; }}\nserver {{ listen 443; server_name ~org$; {site} }}"),
            "a.org",
            (4, true),
        ),
        (
            format!(
                "server {{ server_name www.*; return 301 /; }}\nserver {{ listen 443; server_name www.a.*; {site} }}"
            ),
            "www.a.org",
            (4, true),
        ),
        // A redirected client reaches the default server of the TLS socket, and no other.
        (
            format!(
                "server {{ server_name a.org; return 301 /; }}\nserver {{ listen 443 ssl; server_name _; {site} }}"
            ),
            "a.org",
            (4, true),
        ),
        (
            format!(
                "server {{ server_name a.org; return 301 /; }}\nserver {{ listen 8443 ssl; server_name _; {site} }}"
            ),
            "a.org",
            (4, true),
        ),
        (
            format!("server {{ server_name a.org; return 301 /; }}\nserver {{ listen 8080; server_name _; {site} }}"),
            "a.org",
            (3, false),
        ),
        (
            format!(
                "server {{ listen 80 default_server; return 301 /; }}\nserver {{ listen 443 ssl; server_name a.org; {site} }}"
            ),
            "b.org",
            (4, true),
        ),
        (
            format!(
                "server {{ listen 80 default_server; return 444; }}\nserver {{ listen 443 ssl; server_name a.org; {site} }}"
            ),
            "b.org",
            (3, false),
        ),
        // Two sites: the first answers, unless it redirects the path.
        (
            format!("server {{ server_name a.org; {site} }}\nserver {{ listen 443; server_name a.org; {site} }}"),
            "a.org",
            (3, true),
        ),
        (
            format!(
                "server {{ server_name a.org; location /x {{ return 302 /y; }} }}\nserver {{ listen 443; server_name a.org; {site} }}"
            ),
            "a.org",
            (4, true),
        ),
    ] {
        assert_eq!(answers(&text, Some(host), &["/x"]), [expected], "{text}");
    }
}

#[test]
fn log_of_one_server_selects_that_server_if_it_has_the_host() {
    let text = format!("server {{ listen 80; server_name a.org; return 301 https://a.org; }}\nserver {{ {SITE} }}");
    let conf = http(&text).unwrap();
    for (of_log, host, expected) in [
        (Some(0), Some(&b"a.org"[..]), false),
        (Some(0), None, false),
        (Some(1), Some(b"a.org"), true),
        (None, Some(b"a.org"), true),
    ] {
        assert_eq!(answer(&conf, of_log, host, b"/files/x").is_static, expected, "{of_log:?} {host:?}");
    }
}

#[test]
fn names_that_no_host_can_have_are_accepted_where_nginx_accepts_them() {
    // As in nginx 1.22: a socket has a table of names only if it has several servers.
    let misplaced = ["*.*", "www.*.example.com", "*.example.*", "a*", "a*.b", "a..b", "..", "*.**", "*.a*"];
    for name in misplaced {
        let conf = http(&format!("server {{ server_name {name}; }} server {{ listen 81; server_name b; }}")).unwrap();
        let why = "is skipped: nginx matches no host with a wildcard in this place";
        let [skipped] = &conf.skipped()[..] else { panic!("{name}: {:?}", conf.skipped()) };
        assert!(skipped.to_string().ends_with(&format!("nginx.conf:3:22: server_name {name} {why}")), "{skipped}");
        for other in
            ["server { server_name b; }", "server { listen *:80; server_name b; }", "server { listen 0.0.0.0:80; }"]
        {
            let error = http(&format!("server {{ server_name {name}; }} {other}")).unwrap_err();
            let expected = format!("DIR/nginx.conf:3:22: invalid server name or wildcard \"{name}\" on *:80");
            assert_eq!(error, expected, "{other}");
        }
    }
    assert!(http("server { server_name ~^(a) *.*; }").is_err() && http("server { server_name ~^a *.*; }").is_ok());
    for name in ["*", "*.", "*a", "**", "*a.*", "."] {
        let error = http(&format!("server {{ server_name {name}; }}")).unwrap_err();
        assert_eq!(error, format!("DIR/nginx.conf:3:22: server name \"{name}\" is invalid"));
    }
    for name in [".*", ".a.*", "*.a.", "a.", "a/b"] {
        assert!(
            http(&format!("server {{ server_name {name}; }} server {{ }}")).unwrap().skipped().is_empty(),
            "{name}"
        );
    }
}

#[test]
fn conditions_that_the_sockets_decide_are_followed() {
    const REDIRECT: &str = "return 301 https://$host$request_uri;";
    for (listen, condition, holds) in [
        ("80", "$scheme = http", Some(true)),
        ("80", "$scheme = \"http\"", Some(true)),
        ("80", " $scheme != \"https\" ", Some(true)),
        ("80", "$https = \"\"", Some(true)),
        ("80", "$https != on", Some(true)),
        ("80", "$server_port = 80", Some(true)),
        ("80", "$server_port = '80'", Some(true)),
        ("80; listen [::]:80", "$server_port = 80", Some(true)),
        ("80", "$server_port != 443", Some(true)),
        ("80", "$scheme = https", Some(false)),
        ("80", "$https = on", Some(false)),
        ("80", "$server_port = 8080", Some(false)),
        ("8080-8081", "$scheme = http", Some(true)),
        ("8443 ssl", "$scheme = http", Some(false)),
        ("8443; ssl on", "$scheme = http", Some(false)),
        ("80; listen 443 ssl", "$scheme = http", None),
        ("80; listen 81", "$server_port = 80", None),
        ("8080-8081", "$server_port = 8080", None),
        ("unix:/run/nginx:80", "$server_port = 80", None),
        ("80", "$scheme ~ ^http$", None),
        ("80", "$scheme = $wanted", None),
        ("80", "$http_x_forwarded_proto = http", None),
        ("80", "$https", None),
    ] {
        let server = format!("server {{ listen {listen}; root /srv; if ({condition}) {{ {REDIRECT} }} }}");
        let conf = http(&server).unwrap();
        assert_eq!(conf.skipped().len(), usize::from(holds.is_none()), "{server}");
        assert_eq!(super::is_static(&conf, None, b"/a"), holds != Some(true), "{server}");
    }
    for redirect in ["return 301 https://$host$request_uri;", "rewrite ^ https://$host$request_uri? permanent;"] {
        let plain =
            format!("server {{ listen 80; server_name a.org; root /srv; if ($scheme = http) {{ {redirect} }} }}");
        for host in [Some("a.org"), None] {
            let answers = answers(&format!("{plain}\nserver {{ {SITE} }}"), host, &["/files/x", "/x"]);
            assert_eq!(answers, [(4, true), (4, false)], "{redirect}");
        }
    }
}

#[test]
fn internal_locations_do_not_answer_clients() {
    const INTERNAL: &str = "location = /404.html { internal; }";
    let site = "server { listen 443 ssl; server_name a.org; location / { proxy_pass http://a; } }";
    let redirects =
        format!("server {{ server_name a.org; {INTERNAL} location / {{ return 301 https://$host$uri; }} }}");
    assert_eq!(answers(&format!("{redirects}\n{site}"), Some("a.org"), &["/404.html", "/x"]), [(4, false), (4, false)]);
    // Also if the first server answers other paths itself.
    let files = "server { listen 443 ssl; server_name a.org; root /srv; }";
    let app = format!("server {{ server_name a.org; {INTERNAL} location / {{ proxy_pass http://a; }} }}");
    assert_eq!(answers(&format!("{app}\n{files}"), Some("a.org"), &["/404.html", "/x"]), [(4, true), (3, false)]);
    // nginx redirects to it internally, and otherwise answers 404.
    let text = "server { rewrite ^/moved$ /in/x; location /in/ { internal; location /in/deep/ { } } \
                location /try/ { try_files /none /in/y; } location /old { rewrite ^ /in/z last; } location / { } }";
    let paths = ["/in/x", "/in/deep/x", "/moved", "/try/a", "/old", "/x"];
    let is_static: Vec<_> = answers(text, None, &paths).into_iter().map(|(_, is_static)| is_static).collect();
    assert_eq!(is_static, [false, false, true, true, true, true]);
}
