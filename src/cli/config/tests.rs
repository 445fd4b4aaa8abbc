//! Tests of layers, and that a file and variables have the same effect as the command line.

mod mistakes;

use std::path::Path;

use super::*;

/// Reads a configuration from a file, variables as `NAME=value …`, and a command line.
fn read(config: &str, variables: &str, given: &str) -> Result<ResolvedArgs, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    std::fs::write(&path, config).unwrap();
    let read = read_with(&path, variables, &given.split_whitespace().map(OsString::from).collect::<Vec<_>>());
    read.map_err(|error| error_origin::message(&error).replace(folder.path().to_str().unwrap(), ""))
}

fn read_with(config: &Path, variables: &str, given: &[OsString]) -> Result<ResolvedArgs, clap::Error> {
    let pairs = variables.split_whitespace().filter_map(|word| word.split_once('='));
    let mut variables: Vec<(OsString, OsString)> = pairs.map(|(name, value)| (name.into(), value.into())).collect();
    variables.push(("HOME".into(), "/home/x".into()));
    variables.push((variables::CONFIG.into(), config.into()));
    ResolvedArgs::read([OsString::from("logstat")].iter().chain(given).cloned().collect(), &Environment { variables })
}

/// The value of an option and the layer that it comes from, as words.
fn holds(line: &ResolvedArgs, option: &str) -> Option<String> {
    let setting = line.settings.iter().find(|setting| setting.option == option)?;
    let value = match &setting.value {
        Value::Times(times) => times.to_string(),
        Value::Texts(texts) => texts.iter().map(|text| text.text.to_str().unwrap()).collect::<Vec<_>>().join("+"),
    };
    let origin = setting.origin.to_string();
    Some(format!("{value} {}", origin.rsplit('/').next().unwrap()))
}

/// For every combination of layers, the highest wins as a whole.
#[test]
fn option_precedes_variable_precedes_site_precedes_file() {
    for layers in 1..16_u8 {
        let has = |layer: u8| layers & (1 << layer) != 0;
        let part = |layer: u8, text: &'static str| if has(layer) { text } else { "" };
        let config = format!(
            "{}\n[sites.a]\n{}\n",
            part(0, "by = \"day\"\ntop = [\"path\", \"agent\"]\nfill = true\npath = ['/0', '/1']"),
            part(1, "by = \"week\"\ntop = \"ip\"\nfill = false\npath = '/2'"),
        );
        let variables = part(2, "LOGSTAT_BY=month LOGSTAT_TOP=status,host LOGSTAT_FILL=1 LOGSTAT_PATH=/a,b");
        let given = format!("@a {}", part(3, "--by year --top user --top method --fill --path /4 --path /5"));
        let line = read(&config, variables, &given).unwrap();
        let highest = (0..4).rev().find(|layer| has(*layer)).unwrap() as usize;
        let site = config.lines().position(|text| text.starts_with("[sites")).unwrap() + 1;
        let place = |at: usize, option: &str, name: &str| match at {
            0 => {
                format!("config.toml:{}", 1 + ["by", "top", "fill", "path"].iter().position(|o| *o == option).unwrap())
            }
            1 => format!(
                "config.toml:{}",
                site + 1 + ["by", "top", "fill", "path"].iter().position(|o| *o == option).unwrap()
            ),
            2 => format!("LOGSTAT_{name}"),
            _ => "command line".to_owned(),
        };
        let expected = [
            ("by", ["day", "week", "month", "year"]),
            ("top", ["path+agent", "ip", "status,host", "user+method"]),
            ("fill", ["1", "0", "1", "1"]),
            ("path", ["/0+/1", "/2", "/a,b", "/4+/5"]),
        ];
        for (option, values) in expected {
            let origin = place(highest, option, &option.to_uppercase());
            let expected = format!("{} {origin}", values[highest]);
            assert_eq!(holds(&line, option), Some(expected), "{option} of {layers:04b}");
        }
        // The question must use the settings in force.
        let question = line.args.question(None).unwrap();
        assert_eq!(question.counting.by.map(|unit| unit.name()), Some(["day", "week", "month", "year"][highest]));
        assert_eq!(question.showing.fill, highest != 1);
        assert_eq!(question.counting.top.unwrap().len(), [2, 1, 2, 2][highest], "{layers:04b}");
    }
}

/// Sample values; the first that an option accepts is used.
const SAMPLES: [&str; 20] = [
    "3",
    "main",
    "path",
    "status=code",
    "10.0.0.0/8",
    "last",
    "2026-11-14",
    "utc",
    "day",
    "json",
    "always",
    "strip",
    "exact",
    "9-17",
    "404",
    "summary",
    "uv",
    "/x",
    "90d",
    "search",
];

fn sample(command: &Command, option: &str) -> &'static str {
    let fits =
        |sample: &&&str| command.clone().try_get_matches_from(["logstat", &format!("--{option}={sample}")]).is_ok();
    SAMPLES.iter().find(fits).unwrap_or_else(|| panic!("no sample is a valid value of --{option}"))
}

#[test]
fn options_have_the_same_effect_in_every_layer() {
    let command = Args::command();
    let asked = |line: Result<ResolvedArgs, String>| {
        let args = line.unwrap().args;
        format!("{args:?}").replace("files: [\"@a\"]", "files: []")
    };
    let usual = asked(read("", "", ""));
    for (option, arg) in settable(&command) {
        let variable = format!("LOGSTAT_{}", option.to_uppercase().replace('-', "_"));
        let (given, in_file, value) = match value_count(arg) {
            ValueCount::Flag | ValueCount::Count => (format!("--{option}"), "true".to_owned(), "true"),
            ValueCount::One | ValueCount::Many => {
                // An absolute path, because relative ones depend on the layer.
                let sample = if options::is_path(arg) { "/x" } else { sample(&command, option) };
                (format!("--{option}={sample}"), format!("'{sample}'"), sample)
            }
        };
        // An option that only modifies another has no effect without it.
        let beside = match option {
            "trust" => "--real-ip=http_x_real_ip",
            "prom-label" => "--format=prometheus",
            "keep" | "source" => "--save=/x",
            "wait" => "--state=/x",
            "each-limit" => "--each=host",
            "route" => "--top=route",
            _ => "",
        };
        let expected = asked(read("", "", &format!("{given} {beside}")));
        assert_ne!(expected, usual, "--{option} changes nothing");
        let texts = [
            (format!("{option} = {in_file}"), String::new(), ""),
            (format!("[sites.a]\n{option} = {in_file}"), String::new(), "@a"),
            (String::new(), format!("{variable}={value}"), ""),
        ];
        for (config, variables, given) in texts {
            let given = format!("{given} {beside}");
            assert_eq!(asked(read(&config, &variables, &given)), expected, "{config} {variables}");
        }
    }
}

#[test]
fn printed_configuration_has_the_same_effect() {
    let command = Args::command();
    let left_out = ["format", "hll", "static", "quiet", "date", "no-bots"];
    let mut config = String::new();
    for (option, arg) in settable(&command).filter(|(option, _)| !left_out.contains(option)) {
        let value = match value_count(arg) {
            ValueCount::Flag => "true".to_owned(),
            ValueCount::Count => "2".to_owned(),
            ValueCount::One => format!("'{}'", sample(&command, option)),
            ValueCount::Many => format!("['{0}', \"{0}\"]", sample(&command, option)),
        };
        config += &format!("{option} = {value}\n");
    }
    config += "[log-formats]\nown = '$remote_addr \"$request\" $status'\nalias = 'main'\n";
    config += "[agents]\n'Our monitor' = { pattern = ['^OurMon/', '\"x\"'], class = 'monitor' }\n[agents.App]\nclass = 'none'\npattern = 'App/'\n";
    config += "[sites.\"shop.example\"]\nfiles = ['a.log', '/b/*.log', '~/c.log', '-']\nlog-format = 'own'\nfill = false\ntop = []\n";
    let printed = |line: &ResolvedArgs| {
        let mut text = Vec::new();
        line.print(&mut text).unwrap();
        String::from_utf8(text).unwrap()
    };
    let values = |text: &str| -> Vec<String> {
        text.lines()
            .map(|line| line.split("  # ").next().unwrap().to_owned())
            .filter(|line| !line.starts_with('#'))
            .collect()
    };
    let folder = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    for (variables, given) in
        [("", ""), ("LOGSTAT_TOP=ip,host LOGSTAT_FILL=0", "--path ~\\.php$ --path it's --slow 0.25")]
    {
        let given: Vec<OsString> = given.split_whitespace().map(OsString::from).collect();
        let (one, two) = (folder.path().join("one.toml"), other.path().join("two.toml"));
        std::fs::write(&one, &config).unwrap();
        let first = printed(&read_with(&one, variables, &given).unwrap());
        std::fs::write(&two, &first).unwrap();
        let second = printed(&read_with(&two, "", &[]).unwrap());
        assert_eq!(values(&first), values(&second));
        assert!(first.contains("\nApp = { pattern = [\"App/\"], class = \"none\" }"), "{first}");
        assert!(values(&first).len() > 50, "{first}");
        assert!(first.contains("top = []") && first.contains("\"/home/x/c.log\", \"-\"]"), "{first}");
        if !variables.is_empty() {
            assert!(first.contains("top = [\"ip\", \"host\"]  # LOGSTAT_TOP\n"), "{first}");
            assert!(
                first.contains("fill = false  # LOGSTAT_FILL\n") && first.contains("slow = 0.25  # command line\n"),
                "{first}"
            );
            assert!(first.contains("path = ['~\\.php$', \"it's\"]  # command line\n"), "{first}");
        }
    }
}

#[test]
fn printed_configuration_of_a_site_has_the_same_effect() {
    let config =
        "by = 'day'\n[sites.a]\nfiles = 'x.log'\nby = 'week'\ntop = 'ip'\nfill = true\n[sites.b]\nby = 'month'";
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, two) = (folder.path().join("one.toml"), other.path().join("two.toml"));
    std::fs::write(&one, config).unwrap();
    let words = |line: &str| line.split_whitespace().map(OsString::from).collect::<Vec<_>>();
    let first = read_with(&one, "", &words("@a --by hour --top path,host")).unwrap();
    let mut printed = Vec::new();
    first.print(&mut printed).unwrap();
    std::fs::write(&two, &printed).unwrap();
    let second = read_with(&two, "", &words("@a")).unwrap();
    for option in ["by", "top", "fill"] {
        let value = |line| holds(line, option).unwrap().split(' ').next().unwrap().replace(',', "+");
        assert_eq!(value(&first), value(&second), "{option}");
    }
    assert_eq!(holds(&second, "by").unwrap().split(' ').next(), Some("hour"));
    assert_eq!(first.args.files, second.args.files);
    // A site that was not in use is unchanged.
    let b = read_with(&two, "", &words("@b")).unwrap();
    assert_eq!(holds(&b, "by").unwrap().split(' ').next(), Some("month"));
}

#[test]
fn modifiers_are_ignored_while_their_option_is_unused() {
    let judged = |config: &str, variables: &str, given: &str| {
        let line = read(config, variables, given).unwrap();
        let judged = line.args.question(None).and_then(|question| line.args.output_args.style(&question));
        judged.map_err(|error| error_origin::message(&error))
    };
    let asleep = [
        ("trust = '10.0.0.0/8'", "", ""),
        ("[sites.a]\nreal-ip = 'http_x_real_ip'\n[sites.b]\ntrust = '10.0.0.0/8'", "", "@b"),
        ("", "LOGSTAT_TRUST=10.0.0.0/8", ""),
        ("prom-label = 'host'", "", ""),
        ("prom-label = 'pth'\nformat = 'prometheus'", "", "--json"),
        ("", "LOGSTAT_PROM_LABEL=host", "-o r.json"),
        ("[sites.a]\nprom-label = 'host'", "", "@a"),
    ];
    for (config, variables, given) in asleep {
        assert!(judged(config, variables, given).is_ok(), "{config} {variables} {given}");
    }
    let awake = [
        ("", "--prom-label host", "--prom-label: host is not ranked; add --top host"),
        ("", "--prom-label host/path", "--prom-label: host/path is not ranked; add --top host/path"),
        ("", "--prom-label pth", "unknown ranking 'pth' for --prom-label; did you mean 'path'?"),
        ("prom-label = 'host'", "--format prometheus", "--prom-label: host is not ranked"),
        ("prom-label = 'host'", "-o r.PROM", "--prom-label: host is not ranked"),
    ];
    for (config, given, expected) in awake {
        let message = judged(config, "", given).unwrap_err();
        assert!(message.starts_with(expected), "{config} {given}: {message}");
    }
    assert_eq!(judged("prom-label = 'path'", "", "-o r.prom").unwrap().prom_labels.len(), 1);
    for (config, given) in [("trust = '10.0.0.0/8'", "--real-ip http_x_real_ip"), ("", "--trust 10.0.0.0/8")] {
        let line = read(config, "", given).unwrap();
        assert!(line.args.question(None).unwrap().reading.real_ip.is_some(), "{config} {given}");
    }
}

#[test]
fn higher_layer_displaces_rival_options() {
    let format = |line: ResolvedArgs| line.args.output_args.format().name();
    assert_eq!(format(read("json = true", "", "--format csv").unwrap()), "csv");
    assert_eq!(format(read("format = 'csv'", "", "--json").unwrap()), "json");
    assert_eq!(format(read("json = true", "LOGSTAT_FORMAT=markdown", "").unwrap()), "markdown");
    let line = read("verbose = true", "", "-q").unwrap();
    assert!(line.args.quiet && line.args.verbose == 0);
    let question =
        read("since = 2026-11-14\nuntil = 2026-11-15", "", "--date 2026").unwrap().args.question(None).unwrap();
    assert!(question.counting.since.is_none() && question.counting.until.is_none() && question.counting.date.is_some());
    // Within one file, rivals are a mistake.
    assert!(
        read("verbose = true\nquiet = true", "", "").unwrap_err().starts_with("/config.toml:1: --quiet and --verbose")
    );
}

#[test]
fn sites_bring_files_and_options() {
    let config =
        "[sites.a]\nfiles = ['x.log', '/y.log', '~/z.log', '-']\ntz = 'utc'\noutput = 'r.html'\n[sites.b]\nby = 'week'";
    let line = read(config, "", "before @a after --limit 3").unwrap();
    let files: Vec<_> = line.args.files.iter().map(|file| file.to_string_lossy().into_owned()).collect();
    assert_eq!(files.len(), 6);
    assert!(files[1].ends_with("/x.log") && files[1].len() > "/x.log".len(), "{files:?}");
    assert_eq!(
        [&files[0], &files[2], &files[3], &files[4], &files[5]],
        ["before", "/y.log", "/home/x/z.log", "-", "after"]
    );
    assert_eq!(line.args.question(None).unwrap().reading.zone.map(|_| ()), Some(()));
    assert!(read(config, "", "@b").unwrap().args.files.is_empty());
    assert_eq!(read(config, "", "./@a").unwrap().args.files, [Path::new("./@a")]);
    assert_eq!(read(config, "", "@a @a").unwrap().args.files.len(), 8);
}

#[test]
fn formats_are_chosen_by_name() {
    let config = "log-format = 'own'\n[log-formats]\nown = '$remote_addr $status'\njson-own = '{\"ip\":\"$remote_addr\",\"code\":$status}'\nalias = 'Combined'\n\
        pasted = \"\"\"\nlog_format site escape=json\n  '{\\\"ip\\\":\\\"$remote_addr\\\",'  # JSON\n  '\\\"code\\\":$status}';\n\"\"\"\napache = '%h %>s %D'";
    let named = |given: &str| {
        let question = read(config, "", given).unwrap().args.question(None).unwrap();
        question
            .reading
            .log_formats
            .iter()
            .map(|format| format!("{} {}", format.name(), format.is_json()))
            .collect::<Vec<_>>()
            .join(", ")
    };
    assert_eq!(named(""), "own false");
    assert_eq!(
        named("--log-format json-own --log-format alias --log-format main"),
        "json-own true, combined false, main false"
    );
    assert_eq!(
        named("--log-format pasted --log-format apache --log-format LTSV"),
        "pasted true, apache false, ltsv false"
    );
}

#[test]
fn variables_apply_without_a_file() {
    let line = read("by = 'hour'\nbroken", "LOGSTAT_TOP=ip", "--no-config").unwrap();
    assert_eq!((holds(&line, "by"), holds(&line, "top").as_deref(), line.file()), (None, Some("ip LOGSTAT_TOP"), None));
    // `--schema` and `--generate` work with a broken configuration.
    assert!(read("broken", "LOGSTAT_BY=dya", "--schema").is_ok() && read("broken", "", "--generate man").is_ok());
    assert!(read("", "", "--config a --no-config").is_err());
}

#[test]
fn messages_about_options_have_their_origin() {
    let line = read("by = 'hour'\ntop = 'host'", "LOGSTAT_FILL=1", "--limit 3").unwrap();
    let place = |message: &str| line.origin(message).map(|origin| origin.rsplit('/').next().unwrap().to_owned());
    assert_eq!(place("--by hour changes nothing here").as_deref(), Some("config.toml:1"));
    assert_eq!(place("--top host needs $host").as_deref(), Some("config.toml:2"));
    assert_eq!(place("--fill changes nothing here").as_deref(), Some("LOGSTAT_FILL"));
    for message in ["--limit 3", "--split a", "shop.log: fits no format", ""] {
        assert_eq!(place(message), None, "{message}");
    }
}
