//! Random servers from a grammar: locations of every kind, rewrites, returns, fallbacks, indexes, and servers that
//! share a name. Each location sets a header that tells a file from an answer of nginx; the application sets its own.

use super::random::Random;

/// Directories that exist, each with an index.html and an index.php.
pub(crate) const DIRECTORIES: [&str; 7] = ["/", "/a/", "/a/b/", "/img/", "/old/", "/app/", "/.well-known/"];

/// Names that are requested in each directory.
pub(crate) const NAMES: [&str; 8] = ["", "x.css", "y.png", "page", "x.7.css", "y.7.dat", "x.html", "run.php"];

/// Names of existing files. The program's rules, with the extensions html and php added, count exactly these names as
/// static. So the rules agree with the file system wherever it decides.
pub(crate) const FILES: [&str; 7] = ["x.css", "y.png", "x.7.css", "x.html", "run.php", "index.html", "index.php"];

/// Redirect to the port of the other servers.
const ELSEWHERE: &str = "http://$host:%SECOND%";

/// A configuration of several sites.
pub(crate) struct Drawn {
    pub(crate) servers: String,
    /// Each host with true if two servers share it.
    pub(crate) hosts: Vec<(String, bool)>,
}

/// Draws `count` sites, each with its own host.
pub(crate) fn sites(random: &mut Random, count: usize) -> Drawn {
    let mut drawn = Drawn { servers: String::new(), hosts: Vec::new() };
    for i in 0..count {
        let host = format!("s{i}.test");
        let has_two = random.one_in(2);
        drawn.servers += &if has_two { two_servers(random, &host) } else { one_server(random, &host) };
        drawn.hosts.push((host, has_two));
    }
    drawn
}

fn server(port: &str, name: &str, body: &str) -> String {
    format!("server {{ listen 127.0.0.1:%{port}%; server_name {name}; add_header X-Served file always;\n{body}}}\n")
}

fn one_server(random: &mut Random, host: &str) -> String {
    server("PLAIN", &name(random, host), &body(random, false))
}

fn name(random: &mut Random, host: &str) -> String {
    match random.below(4) {
        0 => format!("*.{host} {host}"),
        1 => format!("~^(?<sub>{host})$"),
        _ => host.to_owned(),
    }
}

/// A server that redirects all or most paths, and the server it redirects to, in random order.
fn two_servers(random: &mut Random, host: &str) -> String {
    let whole = [
        format!("return 301 {ELSEWHERE}$request_uri;"),
        format!("rewrite ^ {ELSEWHERE}$request_uri? permanent;"),
        format!("rewrite ^/(.*)$ {ELSEWHERE}/$1 redirect;"),
        format!("rewrite ^(.*) {ELSEWHERE}$1;"),
        format!("location / {{ return 302 {ELSEWHERE}; }}"),
        format!("location / {{ rewrite ^ {ELSEWHERE}/ redirect; }}"),
    ];
    let in_part = [
        format!("location /.well-known/ {{ {} }} location / {{ return 307 {ELSEWHERE}; }}", content(random)),
        format!("location ~ \\.css$ {{ {} }} location / {{ return 308 {ELSEWHERE}; }}", content(random)),
    ];
    let redirecting = match random.below(2) {
        0 => random.pick(&whole.each_ref()).clone(),
        _ => random.pick(&in_part.each_ref()).clone(),
    };
    let mut pair = [
        server("PLAIN", &name(random, host), &redirecting),
        server("SECOND", &name(random, host), &body(random, true)),
    ];
    random.shuffle(&mut pair);
    pair.concat()
}

/// The body of a server. If it is one of two, its `location /` does not redirect, because a redirected client would
/// have nowhere to go.
fn body(random: &mut Random, is_one_of_two: bool) -> String {
    let mut body = String::new();
    if random.one_in(4) {
        body += random.pick(&["index x.html;", "index index.php;", "index /a/x.css;", "index index.php index.html;"]);
    }
    if random.one_in(3) {
        body += random.pick(&[
            "rewrite ^/old/(.*)$ /a/$1 last;",
            "rewrite ^/old/(.*)$ /img/$1;",
            "rewrite ^/old/(.*)$ /app/$1 break;",
            "rewrite ^/old/(?<rest>.*)$ /$rest permanent;",
            "rewrite ^/old/ /a/ ; rewrite ^/a/$ /img/x.css; ",
            "rewrite ^/old/(.*)$ /a/$1; break; rewrite ^/a/ /app/run.php;",
        ]);
    }
    let places = ["= /", "= /a/page", "/a/", "/a/b/", "^~ /img/", "/app/", "~ \\.css$", "~* \\.PNG$", "~ ^/(a|old)/"];
    let special = [
        ("~ ^(.+)\\.\\d+\\.(css|dat)$", "try_files $uri $1.$2;"),
        ("~ ^(?<base>.+)\\.\\d+\\.(?<kind>dat)$", "try_files $uri $base.$kind;"),
        ("~ ^/(old|app)/(.*)$", "rewrite ^ /a/$2 last;"),
        ("~ ^/(old|app)/(.*)$", "rewrite ^/[a-z]+/(.*)$ /img/$1 last;"),
        ("~ ^/app/(?<rest>.*)$", "rewrite ^ /img/$rest break;"),
        ("~ \\.(css|dat)$", "error_page 404 = @app;"),
        ("~ [a-z]$", "error_page 404 = /a/x.css;"),
        ("~ t$", "if (!-f $request_filename) { proxy_pass http://app; add_header X-Proxied yes; }"),
        ("/old/", "try_files $uri =404; error_page 404 = @more;"),
    ];
    for place in places {
        if random.one_in(3) {
            body += &format!("location {place} {{ {} {} }}\n", content(random), nested(random, place));
        }
    }
    for (place, what) in special {
        if random.one_in(4) {
            body += &format!("location {place} {{ {what} add_header X-Served file always; }}\n");
        }
    }
    if random.one_in(2) {
        body += &format!("location ~ \\.(php|html)$ {{ {} }}\n", content(random));
    }
    if random.one_in(2) {
        let drawn = content(random);
        let is_redirect = is_one_of_two && drawn.contains("return 3");
        body += &format!("location / {{ {} }}\n", if is_redirect { PROXIED.to_owned() } else { drawn });
    }
    body + &format!("location @app {{ {PROXIED} }} location @more {{ {} }}\n", content(random))
}

/// Locations within a prefix.
fn nested(random: &mut Random, place: &str) -> String {
    let inner: &[&str] = match place {
        "/a/" => &["/a/page", "^~ /a/b/x", "~ y\\.png$"],
        "^~ /img/" => &["~ \\.css$", "/img/x"],
        _ => return String::new(),
    };
    if random.one_in(2) { format!("location {} {{ {} }}", random.pick(inner), content(random)) } else { String::new() }
}

/// The application sets a header to show that it answered. A location's own `add_header` suppresses that of the server.
const PROXIED: &str = "proxy_pass http://app; add_header X-Proxied yes;";

/// The content of a location.
fn content(random: &mut Random) -> String {
    let file = |what: &str| format!("add_header X-Served file always; {what}");
    match random.below(16) {
        0..=3 => PROXIED.to_owned(),
        4..=6 => file(""),
        7 => file("try_files $uri @app;"),
        8 => file("try_files $uri @more;"),
        9 => file(random.pick(&["try_files $uri =404;", "try_files $uri $uri/ =404;"])),
        10 => file(random.pick(&[
            "try_files $uri /a/x.css;",
            "try_files $uri /img/index.php;",
            "try_files /none /a/page;",
        ])),
        11 => file(random.pick(&["index index.php;", "index x.html;", "index /img/y.png;"])),
        12 => file(random.pick(&["rewrite ^/.*/([^/]*)$ /img/$1 last;"])),
        13 => {
            file(random.pick(&["rewrite y /app/page break;", "rewrite page$ /a/x.css;", "rewrite css$ /b redirect;"]))
        }
        14 => random.pick(&["add_header X-Served answer always; return 200 ok;", "return 303 /a/;"]).to_owned(),
        _ => random
            .pick(&[
                "add_header X-Served answer always; stub_status;",
                "add_header X-Served answer always; return 410;",
            ])
            .to_owned(),
    }
}
