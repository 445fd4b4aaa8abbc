//! The output of `nginx -T` is read the same as the files from which nginx wrote it.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use checks::program;

use super::server;

const CONF: &str = "\
include private.conf;
events {}
http {
    include temp.conf;
    log_format own '$remote_addr [$time_local] \"$request\" $status';
    access_log logs/access.log own;
    include sites/*;
    # configuration file of the shop:
    include %HOME%/more.conf;
}
";

/// Output of `--explain` for a configuration, given as FILE or on standard input.
fn explained(file: &Path, stdin: Option<&[u8]>) -> Output {
    let mut command = Command::new(program());
    command.env_clear().arg("--explain").arg("--nginx-conf").arg(file);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin.unwrap_or_default()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn dump_is_explained_like_its_files() {
    let Some(program) = server::installed() else { return };
    let home = server::home();
    let path = |name: &str| home.path().join(name);
    fs::create_dir(path("sites")).unwrap();
    let files = [
        ("nginx.conf", CONF.replace("%HOME%", home.path().to_str().unwrap())),
        ("sites/b", "server { listen 127.0.0.1:1; server_name b; include snippet.conf; }\n".to_owned()),
        ("sites/a", "server { listen 127.0.0.1:1; server_name a;\nlocation = /x { return 204; } }".to_owned()),
        ("snippet.conf", "\n\nlocation /app/ { proxy_pass http://127.0.0.1:2; }\n".to_owned()),
        // The last file, without a line feed at its end.
        ("more.conf", "server { listen 127.0.0.1:1; server_name c; root /srv; access_log off; }".to_owned()),
    ];
    files.iter().for_each(|(name, text)| fs::write(path(name), text).unwrap());
    let mut nginx = Command::new(program);
    nginx.env_clear().arg("-T").arg("-p").arg(home.path()).arg("-c").arg(path("nginx.conf"));
    let dump = nginx.stdin(Stdio::null()).output().unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    let expected = explained(&path("nginx.conf"), None);
    let text = String::from_utf8(expected.stdout.clone()).unwrap();
    assert!(text.starts_with("7 files read\n") && text.contains("/snippet.conf:3:1"), "{text}");
    // Delete the files: the dump contains them.
    files.iter().for_each(|(name, _)| fs::remove_file(path(name)).unwrap());
    assert_eq!(explained(Path::new("/dev/stdin"), Some(&dump.stdout)), expected);
    for saved in [dump.stdout.clone(), [&dump.stderr[..], &dump.stdout].concat()] {
        fs::write(path("web.conf"), saved).unwrap();
        assert_eq!(explained(&path("web.conf"), None), expected);
    }
}
