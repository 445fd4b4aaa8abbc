//! Starts an nginx in a temporary directory, and stops it so that its logs are complete.

use std::fs::{self, File};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use checks::skip::is_skipped;

/// Time limit for nginx to start or stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// Number of attempts: another process may take a free port before nginx listens on it.
const ATTEMPTS: usize = 5;

/// Path of nginx. If it is not installed, the test is skipped, or fails if `LOGSTAT_CI` is set.
pub(crate) fn installed() -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let dirs = std::env::split_paths(&on_path).chain([PathBuf::from("/usr/sbin")]);
    let program = dirs.map(|dir| dir.join("nginx")).find(|program| program.is_file());
    is_skipped(program.is_some(), "nginx is not installed (on Debian: apt-get install nginx-light)");
    program
}

/// True if `::1` can be listened on.
pub(crate) fn has_ipv6() -> bool {
    TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok()
}

/// A directory with the files that every test configuration includes. `private.conf` keeps nginx within the directory,
/// and `temp.conf` does so for its temporary files.
pub(crate) fn home() -> TempDir {
    let home = tempfile::tempdir().unwrap();
    // If root starts nginx, its workers run as user `nobody`, who cannot read this directory.
    let is_root = fs::metadata(home.path()).unwrap().uid() == 0;
    let user = if is_root { "user root;\n" } else { "" };
    let private = format!("daemon off;\npid nginx.pid;\nerror_log error.log info;\n{user}");
    fs::write(home.path().join("private.conf"), private).unwrap();
    let temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|of| format!("{of}_temp_path temp/{of};\n"));
    fs::write(home.path().join("temp.conf"), temp.concat()).unwrap();
    fs::create_dir(home.path().join("temp")).unwrap();
    fs::create_dir(home.path().join("logs")).unwrap();
    home
}

/// A running nginx.
pub(crate) struct Nginx {
    program: PathBuf,
    home: TempDir,
    child: Child,
    /// One port for each requested name.
    pub(crate) ports: Vec<u16>,
}

impl Nginx {
    /// Starts nginx with a configuration in which each `%NAME%` is replaced: by a free port for the names in `ports`,
    /// by the given value for those in `values`, and `%HOME%` by the directory.
    pub(crate) fn start(program: &Path, home: TempDir, conf: &str, ports: &[&str], values: &[(&str, String)]) -> Nginx {
        let mut conf = conf.replace("%HOME%", home.path().to_str().unwrap());
        for (name, value) in values {
            conf = conf.replace(&format!("%{name}%"), value);
        }
        for _ in 0..ATTEMPTS {
            let free = free_ports(ports.len());
            let mut text = conf.clone();
            for (name, port) in ports.iter().zip(&free) {
                text = text.replace(&format!("%{name}%"), &port.to_string());
            }
            fs::write(home.path().join("nginx.conf"), text).unwrap();
            let mut child = command(program, home.path()).spawn().unwrap();
            if listens(&mut child, home.path()) {
                return Nginx { program: program.to_owned(), home, child, ports: free };
            }
            let _ = child.kill();
            let _ = child.wait();
        }
        panic!("nginx does not start: {}", said(home.path()));
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Stops nginx after it has answered all requests and written its logs.
    pub(crate) fn stop(&mut self) {
        self.signal("quit");
        let until = Instant::now() + PATIENCE;
        while self.child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < until, "nginx does not stop: {}", said(self.home()));
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn signal(&self, name: &str) {
        let status = command(&self.program, self.home.path()).args(["-s", name]).status();
        assert!(status.is_ok_and(|status| status.success()), "nginx -s {name}: {}", said(self.home()));
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            // Signals the master, which stops its workers; killing it would not.
            let _ = command(&self.program, self.home.path()).args(["-s", "stop"]).status();
            let _ = self.child.wait();
        }
    }
}

/// The end of nginx's error output, from before and after it has read its configuration.
fn said(home: &Path) -> String {
    let end_of = |name: &str| {
        let text = fs::read(home.join(name)).unwrap_or_default();
        String::from_utf8_lossy(&text[text.len().saturating_sub(2000)..]).into_owned()
    };
    end_of("stderr") + &end_of("error.log")
}

fn command(program: &Path, home: &Path) -> Command {
    let mut command = Command::new(program);
    // A time zone west of UTC, with a half-hour offset.
    command.env_clear().env("TZ", "LST+3:30").current_dir(home);
    command.arg("-p").arg(home).arg("-c").arg(home.join("nginx.conf"));
    let stderr = File::options().append(true).create(true).open(home.join("stderr")).unwrap();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr);
    command
}

/// True once nginx listens: it writes its pid file after it has opened all its sockets.
fn listens(child: &mut Child, home: &Path) -> bool {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until && matches!(child.try_wait(), Ok(None)) {
        if fs::read(home.join("nginx.pid")).is_ok_and(|pid| pid.ends_with(b"\n")) {
            return true;
        }
        thread::sleep(Duration::from_millis(5));
    }
    false
}

fn free_ports(count: usize) -> Vec<u16> {
    let listeners: Vec<_> = (0..count).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()).collect();
    listeners.iter().map(|listener| listener.local_addr().unwrap().port()).collect()
}
