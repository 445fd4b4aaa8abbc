//! The configuration file from the user's view: where it is found, messages about it, and files that are not
//! configurations.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

const LINE: &str = "10.0.0.7 - - [14/Nov/2026:08:30:00 +0000] \"GET /a HTTP/1.1\" 200 5 \"-\" \"curl\"\n";

/// A home directory with a log and a configuration file.
fn home(config: &[u8]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(home.path().join(".config/logstat")).unwrap();
    fs::write(home.path().join(".config/logstat/config.toml"), config).unwrap();
    fs::write(home.path().join("a.log"), LINE).unwrap();
    home
}

/// Runs the program. Returns exit code, standard output and standard error, with the folder replaced by `~`.
fn run(home: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logstat"));
    command.current_dir(home).env_clear().env("HOME", home).envs(variables.iter().copied());
    let output = command.args(arguments).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap().replace(home.to_str().unwrap(), "~");
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn file_in_home_is_used_and_reported() {
    let home = home(b"json = true\n");
    let is_json = |variables: &[(&str, &str)], arguments: &[&str]| {
        let (code, out, _) = run(home.path(), variables, arguments);
        assert_eq!(code, 0);
        out.starts_with('{')
    };
    assert!(is_json(&[], &["a.log"]));
    assert!(!is_json(&[], &["a.log", "--no-config"]));
    assert!(!is_json(&[("HOME", "")], &["a.log"]));
    assert!(!is_json(&[("XDG_CONFIG_HOME", "/nonexistent")], &["a.log"]));
    assert!(!is_json(&[("LOGSTAT_CONFIG", "/dev/null")], &["a.log"]));
    assert!(is_json(&[("LOGSTAT_CONFIG", "/dev/null")], &["a.log", "--config", ".config/logstat/config.toml"]));
    assert!(!is_json(&[("LOGSTAT_JSON", "false")], &["a.log"]));
    let said = |arguments: &[&str]| run(home.path(), &[], arguments).2;
    assert!(said(&["a.log", "-v"]).starts_with("logstat: note: configuration: ~/.config/logstat/config.toml\n"));
    assert!(!said(&["a.log", "-v", "--no-config"]).contains("configuration"));
    assert_eq!(said(&["a.log"]), "");
}

#[test]
fn print_config_names_origins_and_reads_no_log() {
    let home = home(b"by = 'hour'\n[sites.a]\nfiles = 'a.log'\ntop = ['ip']\n");
    let arguments = ["@a", "missing.log", "--slow", "0.5", "--print-config"];
    let (code, out, said) = run(home.path(), &[("LOGSTAT_LIMIT", "3")], &arguments);
    let expected = "# Options in force, and where they are set.\n# reads \"~/.config/logstat/a.log\"\n# reads \
         \"missing.log\"\n\n\
                    by = \"hour\"  # ~/.config/logstat/config.toml:1\n\
                    top = [\"ip\"]  # ~/.config/logstat/config.toml:4\n\
                    limit = 3  # LOGSTAT_LIMIT\n\
                    slow = 0.5  # command line\n\n# By default:\n# each-limit: 100\n# sort: pv\n";
    assert!(out.starts_with(expected), "{out}");
    let site = "\n[sites.a]  # ~/.config/logstat/config.toml:2\nfiles = [\"~/.config/logstat/a.log\"]\n\
                # its options are in force, above\n";
    assert!(out.ends_with(site), "{out}");
    assert_eq!((code, said.as_str()), (0, ""));
}

#[test]
fn wrong_default_does_not_prevent_help() {
    let home = home(b"by = 'dya'\n");
    assert_eq!(run(home.path(), &[], &["a.log"]).0, 2);
    for arguments in [["--help"], ["--version"], ["--schema"], ["--generate=man"]] {
        assert_eq!(run(home.path(), &[], &arguments).0, 0, "{arguments:?}");
    }
}

#[test]
fn non_configurations_are_refused_in_one_line() {
    let at = "logstat: error: ~/.config/logstat/config.toml";
    let rows: [(&[u8], &str); 7] = [
        (&[b'x'; 10 << 20], ": this is longer than 1 MiB, so it is not a configuration file\n"),
        (b"# \xff\n", ":1: this is not UTF-8, which TOML requires\n"),
        (b"\"\\u001b[31m\\u202e\" = 1", ":1: unknown key '\\x1B[31m\\xE2\\x80\\xAE'\n"),
        (b"by = \"\\u001b[31m\"", ":1: unknown unit '\\x1B[31m' for --by\n"),
        (b"by = 'a\x1b'", ":1: invalid TOML: "),
        (b"\x7fELF\0", ":1: invalid TOML: "),
        (b"output = 'nowhere/r.html'", ":1: -o ~/.config/logstat/nowhere/r.html: no such directory\n"),
    ];
    for (config, expected) in rows {
        let (code, out, said) = run(home(config).path(), &[], &["a.log"]);
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(said.starts_with(&format!("{at}{expected}")), "{said}");
        assert!(!said.contains(|c: char| c.is_control() && c != '\n' || c == '\u{202e}'), "{said:?}");
    }
    // Deep nesting could overflow the parser's stack; a long list could make the search for the mistake slow.
    let deep = format!("top = {}{}", "[".repeat(200_000), "]".repeat(200_000));
    let long = format!("path = [{}'~(']", "'/a', ".repeat(20_000));
    for config in [deep, long] {
        let (code, _, said) = run(home(config.as_bytes()).path(), &[], &["a.log"]);
        assert!(code == 2 && said.starts_with(at) && said.len() < 1000, "{}", said.len());
    }
}

#[test]
fn nginx_conf_errors_name_the_origin_of_the_setting() {
    let home = home(b"json = true\nnginx-conf = 'nginx.conf'\n");
    let said = |variables: &[(&str, &str)], arguments: &[&str]| {
        let (code, _, said) = run(home.path(), variables, arguments);
        assert_eq!(code, 2, "{said}");
        said
    };
    let at = "logstat: error: ~/.config/logstat/config.toml:2: ~/.config/logstat/nginx.conf";
    let missing = said(&[], &["a.log"]);
    assert!(missing.starts_with(&format!("{at}: ")), "{missing}");
    fs::write(home.path().join(".config/logstat/nginx.conf"), "http {").unwrap();
    let wrong = said(&[], &["a.log"]);
    assert!(wrong.starts_with(at) && wrong != missing, "{wrong}");
    let variable = said(&[("LOGSTAT_NGINX_CONF", "none.conf")], &["a.log"]);
    assert!(variable.starts_with("logstat: error: LOGSTAT_NGINX_CONF: none.conf: "), "{variable}");
    let given = said(&[], &["a.log", "--nginx-conf", "none.conf"]);
    assert!(given.starts_with("logstat: error: none.conf: "), "{given}");
}

#[test]
fn unreadable_files_are_reported() {
    let home = home(b"");
    let said = |path: &str| run(home.path(), &[], &["a.log", "--config", path]);
    assert_eq!(said("none.toml"), (2, String::new(), "logstat: error: none.toml: no such file\n".to_owned()));
    assert_eq!(
        said(".config"),
        (2, String::new(), "logstat: error: .config: this is a directory; name a file in it\n".to_owned())
    );
    let file = home.path().join(".config/logstat/config.toml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    // Root can read any file.
    if fs::read(&file).is_err() {
        let path = "~/.config/logstat/config.toml";
        let note = format!("logstat: warning: {path}: permission denied; its defaults are not used\n");
        let (code, out, said) = run(home.path(), &[], &["a.log"]);
        assert!((code, &said) == (0, &note) && !out.is_empty(), "{code} {said}");
        assert_eq!(run(home.path(), &[], &["a.log", "--no-config"]).2, "");
        let named = run(home.path(), &[("LOGSTAT_CONFIG", ".config/logstat/config.toml")], &["a.log"]);
        let expected = "logstat: error: .config/logstat/config.toml: permission denied\n";
        assert_eq!(named, (2, String::new(), expected.to_owned()));
    }
}
