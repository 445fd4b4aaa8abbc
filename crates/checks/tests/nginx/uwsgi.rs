//! Reads requests in the uwsgi protocol: a packet of variables and a body. Answers are plain HTTP.

use std::io::Read;
use std::net::TcpStream;

/// Reads a request with its body, and returns its target.
///
/// A packet is a modifier, the length of what follows, a modifier, and then names and values, each after its length.
/// Lengths are 16 bits, little-endian.
pub(crate) fn target(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut head = [0; 4];
    stream.read_exact(&mut head).ok()?;
    let mut packet = vec![0; usize::from(u16::from_le_bytes([head[1], head[2]]))];
    stream.read_exact(&mut packet).ok()?;
    let (mut target, mut length) = (None, 0);
    let mut rest = packet.as_slice();
    while let Some(name) = sized(&mut rest) {
        let value = sized(&mut rest)?;
        match name {
            b"REQUEST_URI" => target = Some(value.to_vec()),
            b"CONTENT_LENGTH" => length = std::str::from_utf8(value).ok()?.parse().unwrap_or(0),
            _ => {}
        }
    }
    stream.read_exact(&mut vec![0; length]).ok()?;
    target
}

fn sized<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, behind) = rest.split_first_chunk::<2>()?;
    let (text, behind) = behind.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
    *rest = behind;
    Some(text)
}
