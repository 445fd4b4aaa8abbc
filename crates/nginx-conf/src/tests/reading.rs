//! Files, includes, and errors with their places. nginx 1.22 was checked to reject each of the invalid configurations.

use std::path::Path;

use super::{http, read_all};
use crate::Conf;

#[test]
fn includes_are_relative_to_the_main_file() {
    let server = |name: &str| format!("server {{ server_name {name}; }}");
    let conf = read_all(&[
        (
            "nginx.conf",
            "include modules/*.conf; http { include mime.types; include 'sites/*'; include http.d/[ab]?.conf; }",
        ),
        ("mime.types", "types { text/html html; }"),
        ("sites/b", "include snippets/b.conf;"),
        ("sites/a-b", &server("a-b")),
        ("sites/.hidden", "this is wrong"),
        ("sites/deeper/c", "this is wrong"),
        ("snippets/b.conf", &server("b")),
        ("http.d/b1.conf", &server("b1")),
        ("http.d/a1.conf", &server("a1")),
        ("http.d/c1.conf", "this is wrong"),
    ]);
    // A directory matches the pattern but is not a file: nginx stops there too.
    assert_eq!(
        conf.unwrap_err(),
        "DIR/nginx.conf:1:60: cannot include DIR/sites/deeper: it is a directory, not a regular file"
    );

    let conf = read_all(&[
        ("nginx.conf", "include modules/*.conf; http { include 'sites/**'; include http.d/[ab]?.conf; }"),
        ("sites/b", "include snippets/b.conf;"),
        ("sites/a-b", &server("a-b")),
        ("sites/.hidden", "this is wrong"),
        ("snippets/b.conf", &server("b")),
        ("http.d/b1.conf", &server("b1")),
        ("http.d/a1.conf", &server("a1")),
        ("http.d/c1.conf", "this is wrong"),
    ])
    .unwrap();
    let names: Vec<_> = conf.servers.iter().map(|server| server.names[0].written.as_str()).collect();
    assert_eq!(names, ["a-b", "b", "a1", "b1"]);
    assert_eq!(conf.files_read().len(), 6);
}

#[test]
fn included_text_replaces_the_include() {
    let conf = read_all(&[
        ("nginx.conf", "http { server { include locations.conf; } }"),
        ("locations.conf", "location /a { proxy_pass http://a; }\nlocation /b { include uwsgi.conf; }\n"),
        ("uwsgi.conf", "uwsgi_pass b;"),
    ]);
    let conf = conf.unwrap();
    assert!(
        !super::is_static(&conf, None, b"/a")
            && !super::is_static(&conf, None, b"/b")
            && super::is_static(&conf, None, b"/c")
    );
}

#[test]
fn include_errors_have_the_place_of_the_include() {
    for (main, other, expected) in [
        (
            "http {\n  include no.conf;\n}",
            "",
            "DIR/nginx.conf:2:11: cannot include DIR/no.conf: no such file or directory",
        ),
        ("http { include nginx.conf; }", "", "DIR/nginx.conf:1:16: cannot include DIR/nginx.conf: it includes itself"),
        ("include o.conf;", "include nginx.con?;", "DIR/o.conf:1:9: cannot include DIR/nginx.conf: it includes itself"),
        ("http { include o.conf o.conf; }", "", "DIR/nginx.conf:1:8: invalid number of arguments in \"include\""),
        (
            "http { include o.conf; }",
            "server {\n",
            "DIR/o.conf:2:1: unexpected end of file: the block \"server\" of line 1 has no \"}\"",
        ),
        ("http { include o.conf; }", "}", "DIR/o.conf:1:1: unexpected \"}\": no block is open in this file"),
        ("include 'o[.conf';", "", "DIR/nginx.conf:1:9: "),
    ] {
        let error = read_all(&[("nginx.conf", main), ("o.conf", other)]).unwrap_err();
        assert!(error.starts_with(expected), "{main}: {error}");
    }
    let missing = Conf::read(Path::new("/no/such/nginx.conf")).unwrap_err();
    assert_eq!(missing.to_string(), "/no/such/nginx.conf: no such file or directory");
    assert_eq!(missing.line(), None);
}

#[test]
fn syntax_errors_have_a_place() {
    for (text, expected) in [
        ("http {\n}\n}", "3:1: unexpected \"}\": no block is open in this file"),
        ("http {\n ;\n}", "2:2: unexpected \";\""),
        ("http {\n {\n}", "2:2: unexpected \"{\": no directive stands before it"),
        ("http {\n a b }", "2:6: unexpected \"}\": directive \"a\" of line 2 is not terminated by \";\""),
        ("http {\n a b", "2:5: unexpected end of file: the directive \"a\" of line 2 has no \";\""),
        ("http {\n a;\n", "3:1: unexpected end of file: the block \"http\" of line 1 has no \"}\""),
        ("http {\n include a\n server {\n", "2:2: directive \"include\" is not terminated by \";\""),
        ("http {\n server;\n}", "2:2: directive \"server\" has no opening \"{\""),
        ("http;", "1:1: directive \"http\" has no opening \"{\""),
        ("http {}\nhttp {}", "2:1: \"http\" directive is duplicate: the first is at DIR/nginx.conf:1:1"),
        ("http { x_by_lua_block {\n a = { }\n", "1:23: the block of Lua that opens here has no '}'"),
        (
            "server {}",
            "1:1: \"server\" is not in an \"http\" block: give the main configuration, which includes this file",
        ),
    ] {
        assert_eq!(read_all(&[("nginx.conf", text)]).unwrap_err(), format!("DIR/nginx.conf:{expected}"), "{text}");
    }
    assert_eq!(
        read_all(&[("nginx.conf", "# nothing")]).unwrap_err(),
        "DIR/nginx.conf: no \"http\" block in this configuration: give the main file, such as /etc/nginx/nginx.conf"
    );
    let deep = "a {".repeat(100_000);
    assert_eq!(
        read_all(&[("nginx.conf", &deep)]).unwrap_err(),
        "DIR/nginx.conf:1:303: blocks are nested deeper than 100"
    );
}

#[test]
fn exponential_includes_are_refused() {
    let text = |i: usize| format!("include {}; include {};", i + 1, i + 1);
    let mut files = vec![("nginx.conf".to_owned(), text(0))];
    files.extend((1..30).map(|i| (i.to_string(), text(i))));
    files.push(("30".to_owned(), String::new()));
    let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    assert!(read_all(&files).unwrap_err().ends_with("too many files"));
}

#[test]
fn other_blocks_may_contain_any_words() {
    let text = "map $scheme $port { default 1; http 80; location 3; include x; }
        upstream app { server unix:/tmp/app.sock; server 10.0.0.1; }
        init_by_lua_block { x = \"}\" -- }
        }
        server { location / { content_by_lua_block { ngx.say('{') } } }";
    let conf =
        read_all(&[("nginx.conf", &format!("http {{ {text} }} stream {{ server {{ listen 1; }} }}")), ("x", "a b;")]);
    assert_eq!(conf.unwrap().servers.len(), 1);
}

#[test]
fn invalid_directives_have_a_place() {
    for (text, expected) in [
        ("log_format combined 'x';", "3:12: duplicate \"log_format\" name \"combined\": the first is built in"),
        (
            "log_format a 'x';\nlog_format a 'y';",
            "4:12: duplicate \"log_format\" name \"a\": the first is at DIR/nginx.conf:3:1",
        ),
        ("log_format a;", "3:1: invalid number of arguments in \"log_format\""),
        ("log_format a escape=xml 'y';", "3:14: unknown log format escaping \"xml\"; there are default, json and none"),
        ("log_format a '$status' '$';", "3:24: '$' without the name of a variable in this log format"),
        ("server { log_format a 'x'; }", "3:10: \"log_format\" may be used only on \"http\" level"),
        ("log_format main 'x';\naccess_log a.log mian;", "4:18: unknown log format \"mian\": did you mean \"main\"?"),
        (
            "access_log a.log x;\nlog_format x 'x';",
            "3:18: unknown log format \"x\": it must stand before its use, and is at DIR/nginx.conf:4:1",
        ),
        (
            "server { access_log a.log x; }\nlog_format x 'x';",
            "3:27: unknown log format \"x\": it must stand before its use, and is at DIR/nginx.conf:4:1",
        ),
        (
            "access_log a.log if=$x;",
            "3:18: unknown log format \"if=$x\": the name of a format stands before parameters",
        ),
        ("access_log off combined;", "3:16: invalid parameter \"combined\" of access_log"),
        ("access_log a.log combined buffers=1;", "3:27: invalid parameter \"buffers=1\" of access_log"),
        ("access_log;", "3:1: invalid number of arguments in \"access_log\""),
        ("server { server_name a *; }", "3:24: server name \"*\" is invalid"),
        ("server { location ~ x { location /y {} } }", "3:25: location \"/y\" is outside location \"~ x\""),
        ("server { location /x { location /y {} } }", "3:24: location \"/y\" is outside location \"/x\""),
        (
            "server { location = /x { location /x/y {} } }",
            "3:26: location \"/x/y\" cannot be inside the exact location \"= /x\"",
        ),
        (
            "server { location @x { location /x/y {} } }",
            "3:24: location \"/x/y\" cannot be inside the named location \"@x\"",
        ),
        (
            "server { location /x { location @y {} } }",
            "3:24: location \"@y\" can be on the server level only, and not inside \"/x\"",
        ),
        (
            "server { location /x {}\nlocation ^~ /x {} }",
            "4:1: duplicate location \"^~ /x\": the first is at DIR/nginx.conf:3:10",
        ),
        ("server { location =~ /x {} }", "3:19: invalid location modifier \"=~\""),
        ("server { location {} }", "3:10: invalid number of arguments in \"location\""),
        ("server { location /x; }", "3:10: directive \"location\" has no opening \"{\""),
        ("server { rewrite ^ /x foo; }", "3:23: invalid parameter \"foo\" of rewrite"),
        ("server { location / { try_files $uri; } }", "3:23: invalid number of arguments in \"try_files\""),
        ("server { return; }", "3:10: invalid number of arguments in \"return\""),
    ] {
        assert_eq!(http(text).unwrap_err(), format!("DIR/nginx.conf:{expected}"), "{text}");
    }
    for fine in [
        "server { location /x {} location = /x {} location ~ x {} location ~ x {} location @a {} location '' {} }",
        "server { server_name .a.com *.b.com www.* _ '' ~^x$ $hostname; }",
        "log_format x escape=json;",
    ] {
        assert!(http(fine).is_ok(), "{fine}");
    }
}

#[test]
fn errors_name_their_directive() {
    for (text, directive) in [
        ("access_log a.log mian;", Some("access_log")),
        ("access_log a.log combined x;", Some("access_log")),
        ("log_format main $x; log_format main $y;", Some("log_format")),
        ("log_format main escape=xml $x;", Some("log_format")),
        ("server { listen 80; server_name *; }", Some("server_name")),
        ("server { location =~ /x {} }", Some("location")),
        ("server { location /x {} location /x {} }", Some("location")),
        ("server { rewrite ^ /x foo; }", Some("rewrite")),
        ("server { location / { try_files $uri; } }", Some("try_files")),
        ("include none;", Some("include")),
        ("server { root /srv }", Some("root")),
        ("server { root '/srv", None),
    ] {
        let error = Conf::from_reader(Path::new("-"), format!("http {{ {text} }}").as_bytes()).unwrap_err();
        assert_eq!(error.directive(), directive, "{error}");
        assert_eq!(error.line(), Some(1), "{error}");
    }
}
