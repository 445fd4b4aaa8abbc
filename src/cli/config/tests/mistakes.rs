//! Tests of mistakes in files and variables, and of hostile files.

use super::*;
use proptest::prelude::*;

#[test]
fn errors_have_their_origin() {
    let rows = [
        ("by = 'hour'\n\ntpo = 1", "", "", "/config.toml:3: unknown key 'tpo'; did you mean 'top'?"),
        ("by = 'dya'", "", "", "/config.toml:1: unknown unit 'dya' for --by; did you mean 'day'?"),
        ("by = 3", "", "", "/config.toml:1: unknown unit '3' for --by"),
        ("by = ['hour']", "", "", "/config.toml:1: 'by' takes a value (UNIT), not a list"),
        ("\ntop = { a = 1 }", "", "", "/config.toml:2: 'top' takes a value (DIM,…) or a list of them, not a table"),
        ("[top]\na = 1", "", "", "/config.toml:1: 'top' takes a value (DIM,…) or a list of them, not a table"),
        ("trust = [\n'10.0.0.0/8',\n'x']", "", "", "/config.toml:3: --trust: expected an address or a network"),
        ("fill = 1", "", "", "/config.toml:1: 'fill' takes true or false, not '1'"),
        (
            "static = \"true\"",
            "",
            "",
            "/config.toml:1: 'static' takes true or false, not 'true' in quotes: write it without quotes",
        ),
        ("verbose = 300", "", "", "/config.toml:1: 'verbose' takes true, false or a number, not '300'"),
        ("", "LOGSTAT_BY=dya", "", "LOGSTAT_BY: unknown unit 'dya' for --by; did you mean 'day'?"),
        ("by = 'dya'", "LOGSTAT_SLOW=x", "", "LOGSTAT_SLOW: --slow takes a time, such as 0.3"),
        ("[sites.a]\nfiels = 'x'", "", "", "/config.toml:2: unknown key 'fiels'; did you mean 'files'?"),
        ("[sites.a]\nby = 'dya'", "", "@a", "/config.toml:2: unknown unit 'dya' for --by; did you mean 'day'?"),
        ("[sites.'a b']", "", "", "/config.toml:1: 'a b' is not a valid site name: it is typed as @NAME"),
        ("files = 'x'", "", "", "/config.toml:1: 'files' belongs in a site: [sites.NAME]"),
        (
            "[log-formats]\n\ncombined = '$status'",
            "",
            "",
            "/config.toml:3: 'combined' is the name of a preset: choose another",
        ),
        ("[log-formats]\na = ''", "", "", "/config.toml:2: log format: "),
        ("[log-formats]\n'a b' = '$status'", "", "", "/config.toml:2: 'a b' is not a valid format name"),
        ("[agents]\n' ' = 1", "", "", "/config.toml:2: ' ' is not a valid name of an agent: use up to 60 characters"),
        (
            "[agents]\n\nMon = 'monitor'",
            "",
            "",
            "/config.toml:3: 'Mon' must be a table, not 'monitor': write { pattern = \"…\", class = \"monitor\" }",
        ),
        (
            "[agents.Mon]\npattern = 'OurMon/'\nclas = 'seo'",
            "",
            "",
            "/config.toml:3: unknown key 'clas'; did you mean 'class'?\n  an agent has 'pattern' and 'class'",
        ),
        (
            "[agents.Mon]\npattern = 'x'\nclass = 'monitr'",
            "",
            "",
            "/config.toml:3: unknown class 'monitr'; did you mean 'monitor'?\n  classes: search ai-training",
        ),
        ("[agents.Mon]\nclass = 3", "", "", "/config.toml:2: 'class' takes the name of a class, not '3'\n  classes: "),
        (
            "[agents.Mon]\nclass = 'seo'",
            "",
            "",
            "/config.toml:1: 'Mon' needs 'pattern', a text that its user agent contains",
        ),
        ("[agents.Mon]\npattern = 'x'", "", "", "/config.toml:1: 'Mon' needs 'class': search, ai-training, "),
        ("[agents.Mon]\npattern = [\n'x',\n'^$']", "", "", "/config.toml:4: 'pattern': the pattern has no text"),
        ("agents = 'x'", "", "", "/config.toml:1: 'agents' must be a table, not 'x'"),
        ("a = 1\na = 2", "", "", "/config.toml:2: invalid TOML: duplicate key"),
        ("by = 'hour", "", "", "/config.toml:1: invalid TOML: "),
        ("", "", "@a", "unknown site '@a'\n  /config.toml defines no sites\n  for a file of that name, write ./@a"),
        (
            "[sites.shop]\n[sites.blog]",
            "",
            "@shpo",
            "unknown site '@shpo'; did you mean '@shop'?\n  sites: @blog @shop\n",
        ),
        ("[sites.a]\n[sites.b]", "", "@a @b", "@a and @b have options of their own: use one site at a time"),
    ];
    for (config, variables, given, expected) in rows {
        let found = read(config, variables, given).unwrap_err();
        assert!(found.starts_with(expected), "{config} {variables} {given}: {found}");
    }
}

/// Values whose mistakes only show together with all arguments.
#[test]
fn errors_of_combined_arguments_have_their_origin() {
    let rows = [
        (
            "limit = 3\ntop = [\n'path',\n'pth',\n]",
            "",
            "/config.toml:4: unknown dimension 'pth' for --top; did you mean 'path'?",
        ),
        (
            "log-format = 'onw'\n[log-formats]\nown = '$status'",
            "",
            "/config.toml:1: unknown format 'onw' for --log-format; did you mean 'own'?",
        ),
        ("anonymize = true", "--rejects r", "/config.toml:1: --rejects writes malformed lines unchanged"),
        ("fail-if = '5xx >'", "", "/config.toml:1: --fail-if: "),
        ("top = ['path', 'ip']", "--top pth", "unknown dimension 'pth'"),
        ("top = ['path', 'ip']", "--log-format onw", "unknown format 'onw'"),
    ];
    for (config, given, expected) in rows {
        let line = read(config, "", given).unwrap();
        let judge = |args: &Args| args.question(None).map(drop);
        let error = line.with_origin(judge(&line.args).unwrap_err(), judge);
        let message = error_origin::message(&error);
        let message = message.find("/config.toml:").map_or(&*message, |at| &message[at..]);
        assert!(message.starts_with(expected), "{config} {given}: {message}");
    }
}

fn assert_safe(text: &str) {
    let raw = text
        .chars()
        .find(|c| *c != '\n' && c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}'));
    assert_eq!(raw, None, "{text:?}");
}

proptest! {
    #[test]
    fn any_text_parses_or_fails_safely(text in any::<String>()) {
        if let Err(message) = read(&text, "", "") {
            assert_safe(&message);
        }
    }

    #[test]
    fn any_key_and_value_is_escaped(name in any::<String>(), value in any::<String>(), at in 0..4_usize) {
        let (key, value) = (print::quoted(&name), print::quoted(&value));
        let config = match at {
            0 => format!("{key} = {value}"),
            1 => format!("[sites.{key}]\ntop = {value}\n{key} = 1"),
            2 => format!("[log-formats]\n{key} = {value}"),
            _ => format!("by = {value}\n"),
        };
        match read(&config, "", "@a") {
            Err(message) => assert_safe(&message),
            Ok(line) => {
                let mut text = Vec::new();
                line.print(&mut text).unwrap();
                assert_safe(&String::from_utf8(text).unwrap());
            }
        }
    }
}
