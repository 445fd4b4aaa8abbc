//! Addresses behind proxies: `--real-ip` must find the same client address as nginx's realip module.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use socket2::{Domain, Socket, Type};

use super::Findings;
use super::random::Random;
use super::report::report;
use super::server::{self, Nginx};

const REQUESTS: usize = 300;
const TRUSTED: &str = "127.1.0.0/16,127.2.2.2,2001:db8:ff::/48";

/// Addresses that any client may claim.
const CLAIMS: [&str; 7] = ["198.51.100.1", "unknown", "garbage", "127.1.0.7", "1.2.3", "[2001:db8::9]", "\"x\\y\""];
const CLIENTS: [&str; 6] =
    ["203.0.113.7", "203.0.113.8:50412", "2001:db8::1", "[2001:db8::2]:443", "127.2.2.3", "10.0.0.1"];
const PROXIES: [&str; 5] = ["127.1.0.9", "127.1.255.1:80", "127.2.2.2", "2001:db8:ff::5", "[2001:db8:ff:1::5]:81"];
const BETWEEN: [&str; 3] = [", ", ",", "  "];

#[test]
fn real_ip_finds_the_same_addresses_as_nginx() {
    let Some(program) = server::installed() else { return };
    let mut nginx = Nginx::start(&program, server::home(), include_str!("real_ip.conf"), &["PLAIN"], &[]);
    let mut random = Random::new(7);
    for _ in 0..REQUESTS {
        let from = if random.one_in(6) { Ipv4Addr::new(127, 3, 0, 1) } else { Ipv4Addr::new(127, 1, 0, 1) };
        ask(nginx.ports[0], from, list(&mut random).as_deref());
    }
    nginx.stop();
    let log = |name: &str| nginx.home().join("logs").join(name);
    let asked = ["--json", "-n", "0", "--top", "ip"];
    let found = [asked.as_slice(), &["--real-ip", "http_x_forwarded_for", "--trust", TRUSTED]].concat();
    let found = report(&found, Some(&log("before.log"))).unwrap();
    let expected = report(&asked, Some(&log("after.log"))).unwrap();
    let mut findings = Findings::default();
    assert_eq!(expected["summary"]["pv"], REQUESTS);
    assert!(expected["summary"]["uv"].as_u64() > Some(6), "{expected}");
    for key in ["summary", "timeline", "top"] {
        if found[key] != expected[key] {
            findings.note(format!("{key}\n  {}\n  nginx: {}", found[key], expected[key]));
        }
    }
    findings.assert_none("addresses behind proxies");
}

/// Draws a header value, or none. The list contains an address that is not a proxy, or ends in an invalid one. Lists of
/// proxies only are avoided, because nginx takes their first address.
fn list(random: &mut Random) -> Option<String> {
    let mut words: Vec<&str> = (0..random.below(3)).map(|_| random.pick(&CLAIMS)).collect();
    match random.below(6) {
        0 => return None,
        1 => words.push("unknown"),
        _ => {
            words.push(random.pick(&CLIENTS));
            words.extend((0..random.below(4)).map(|_| random.pick(&PROXIES)));
        }
    }
    Some(words.join(random.pick(&BETWEEN)))
}

fn ask(port: u16, from: Ipv4Addr, list: Option<&str>) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((from, 0)).into()).unwrap();
    socket.connect(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into()).unwrap();
    let mut stream = TcpStream::from(socket);
    let header = list.map(|list| format!("X-Forwarded-For: {list}\r\n")).unwrap_or_default();
    write!(stream, "GET / HTTP/1.1\r\nHost: site.test\r\n{header}Connection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
}
