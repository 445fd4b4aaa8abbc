//! Output on a terminal, which `script` of util-linux provides.

use std::fs;
use std::process::{Command, Stdio};

use checks::skip::is_skipped;

#[test]
fn selected_lines_are_escaped_on_a_terminal_only() {
    let has_script = Command::new("script").arg("--version").output().is_ok();
    if is_skipped(has_script, "script is not installed (util-linux)") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let line = |agent: &[u8]| {
        let start = &b"10.0.0.7 - - [14/Nov/2026:08:30:00 +0000] \"GET /a HTTP/1.1\" 200 5 \"-\" \""[..];
        [start, agent, b"\"\n"].concat()
    };
    let hostile = line(b"\x1b[31mred\xff");
    fs::write(folder.path().join("access.log"), &hostile).unwrap();
    let piped = Command::new(super::program()).args(["access.log", "--lines"]).current_dir(&folder).output().unwrap();
    assert_eq!(piped.stdout, hostile);
    let command = format!("{} access.log --lines", super::program());
    let mut script = Command::new("script");
    let script = script.args(["-qec", &command, "/dev/null"]).current_dir(&folder).stdin(Stdio::null());
    let shown = script.output().unwrap().stdout;
    let shown = String::from_utf8_lossy(&shown).replace('\r', "");
    assert_eq!(shown, String::from_utf8(line(br"\x1B[31mred\xFF")).unwrap());
}
