//! What is told of a configuration.

use super::{http, read_all};

#[test]
fn all_that_was_understood_is_told() {
    let conf = read_all(&[
        (
            "nginx.conf",
            "error_log error.log;\nhttp {\n  log_format main '$remote_addr \u{1b}[31m' $status;\n  access_log a.log main;\n  \
             access_log syslog:server=x;\n  include site;\n}",
        ),
        (
            "site",
            "server {\n  listen 80 default_server; listen [::]:443 ssl; server_name a.org ~(?=x) *.a.org;\n  root /srv/a;\n  \
             if ($http_x) { return 403; }\n  location /static/ { alias /srv/static/; access_log off; }\n  \
             location / { try_files $uri @app; location ~ ^/(?!x) { return 404; } }\n  \
             location @app { uwsgi_pass unix:/run/app.sock; }\n}",
        ),
    ])
    .unwrap();
    let dir = conf.files[0].parent().unwrap().to_str().unwrap().to_owned();
    // Columns are as wide as the name of the directory.
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let told: Vec<_> = conf.explain().replace(&dir, "DIR").lines().map(words).collect();
    let expected = [
        "2 files read",
        "DIR/nginx.conf",
        "DIR/site",
        "names of logs are relative to /prefix",
        "",
        "formats",
        "combined escape=default built in",
        r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent""#,
        "main escape=default DIR/nginx.conf:3:3",
        r"$remote_addr \x1B[31m$status",
        "",
        "logs",
        "/prefix/a.log main DIR/nginx.conf:4:3",
        "syslog:server=x combined DIR/nginx.conf:5:3 not read: sent to syslog, which keeps it elsewhere and in another form",
        "off DIR/site:5:43",
        "",
        "server a.org ~(?=x) *.a.org DIR/site:1:1",
        "listens on *:80, [::]:443",
        "default server: for unknown hosts, and for logs without $host",
        "name ~(?=x) is skipped: look-around, including look-ahead and look-behind, is not supported DIR/site:2:68",
        "/static/ static DIR/site:5:3 files of /srv/static/",
        "/ by rules DIR/site:6:3 files of /srv/a, try_files $uri @app",
        "~ ^/(?!x) skipped DIR/site:6:37 look-around, including look-ahead and look-behind, is not supported",
        "@app dynamic DIR/site:7:3 uwsgi_pass unix:/run/app.sock",
        "all else static - files of /srv/a",
        "not followed: DIR/site:4:3 if ($http_x): depends on more than the path",
        "",
    ];
    assert_eq!(told[..expected.len()], expected);
    assert!(told[expected.len()].starts_with("by rules:") && !conf.explain().contains("\nsockets:"));
    let skipped: Vec<_> = conf.skipped().iter().map(|line| line.replace(&dir, "DIR")).collect();
    let why = "is skipped: look-around, including look-ahead and look-behind, is not supported";
    let lines = [
        format!("2:68: server_name ~(?=x) {why}"),
        format!("6:37: location ~ ^/(?!x) {why}"),
        "4:3: if ($http_x): depends on more than the path".to_owned(),
    ];
    assert_eq!(skipped, lines.map(|line| format!("DIR/site:{line}")));
}

#[test]
fn a_server_that_always_answers_has_nothing_else_to_tell() {
    let conf =
        http("server { return 301 https://a; location / { proxy_pass http://a; } } server { listen 443; }").unwrap();
    let text = conf.explain();
    assert!(text.contains("  all  dynamic  -  return 301 https://a\n") && !text.contains("proxy_pass"), "{text}");
    assert!(text.contains("\nsockets:") && !text.contains("\nby rules:"), "{text}");
}

#[test]
fn sockets_and_names_are_shown_as_they_are_written() {
    let text = http("server { listen 8080-8090; listen [::]:8080-8082 ssl; server_name ''; }").unwrap().explain();
    assert!(text.contains("\nserver \"\"  ") && text.contains("  listens on *:8080-8090, [::]:8080-8082\n"), "{text}");
}

#[test]
fn nothing_in_it_can_harm_a_terminal() {
    let evil = "\u{1b}[31m\u{202e}";
    let text = format!(
        "http {{ log_format x{evil} 'a{evil}$uri'; access_log /{evil}.log x{evil} if=${evil}; access_log syslog:{evil}; \
         server {{ server_name {evil} ~(?={evil}); listen {evil}; root /{evil}; if (${evil}) {{ return 200 {evil}; }} \
         location /{evil} {{ proxy_pass {evil}; }} location ~ (?={evil}) {{ }} location /r {{ return 200 {evil}; }} \
         location /t {{ try_files $uri @{evil}; rewrite (?={evil}) {evil}; }} }} }}"
    );
    let conf = read_all(&[("nginx.conf", &text)]).unwrap();
    let is_safe = |text: &str| !text.contains(['\u{1b}', '\u{202e}']);
    assert!(is_safe(&conf.explain()), "{:?}", conf.explain());
    assert!(conf.skipped().len() == 4 && conf.skipped().iter().all(|line| is_safe(line)));
    for wrong in [
        format!("log_format x{evil} a; log_format x{evil} b;"),
        format!("log_format x escape={evil} a;"),
        format!("access_log a b{evil};"),
        format!("access_log a combined {evil};"),
        format!("include {evil};"),
        format!("include [{evil};"),
        format!("server {{ location {evil} /a {{}} }}"),
        format!("server {{ location /{evil} {{}} location /{evil} {{}} }}"),
        format!("server {{ server_name *{evil}; }}"),
        format!("server {{ rewrite a b {evil}; }}"),
        format!("x{evil} }}"),
    ] {
        let error = read_all(&[("nginx.conf", &format!("http {{ {wrong} }}"))]).unwrap_err();
        assert!(is_safe(&error), "{error:?}");
    }
}
