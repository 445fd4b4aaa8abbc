//! Detects users that are really other fields: a format with more fields before the time can be read as `combined`,
//! whose `$remote_user` then swallows them all.
//!
//! Visitors can choose their user name, so a few odd names mean nothing. The field holds other fields only if nearly
//! all users are odd, have one shape and come from several addresses.

use std::collections::HashSet;

use crate::ip::{is_address, is_host};

/// Percentage of users that must be odd in the same way.
const ODD: usize = 99;
/// Minimum number of addresses that odd users must come from.
const ADDRESSES: usize = 2;

/// The users of a sample.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Users {
    all: usize,
    /// Number of odd users with the same shape as the first one, that shape, and counts for each of its words.
    odd: usize,
    shape: Option<Vec<Token>>,
    words: Vec<Word>,
    addresses: HashSet<Vec<u8>>,
    /// Number of odd users on lines with a host name instead of an address.
    named: usize,
}

/// One element of the shape of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Word,
    Other(u8),
}

/// Counts for one word position in users of the same shape.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Word {
    dashes: usize,
    addresses: usize,
    hosts: usize,
}

/// The shape of a text, and its words: the parts between spaces and brackets.
fn tokens(text: &[u8]) -> (Vec<Token>, Vec<&[u8]>) {
    let is_edge = |b: &u8| matches!(b, b' ' | b'[' | b']');
    let (mut shape, mut words, mut at) = (Vec::new(), Vec::new(), 0);
    while let Some(byte) = text.get(at) {
        if is_edge(byte) {
            shape.push(Token::Other(*byte));
            at += 1;
        } else {
            let len = text[at..].iter().take_while(|b| !is_edge(b)).count();
            shape.push(Token::Word);
            words.push(&text[at..at + len]);
            at += len;
        }
    }
    (shape, words)
}

/// True if a user looks like other fields: it contains ` - `, brackets, or an address.
fn is_odd(user: &[u8], words: &[&[u8]]) -> bool {
    memchr::memmem::find(user, b" - ").is_some()
        || user.iter().any(|b| matches!(b, b'[' | b']'))
        || words.iter().any(|word| is_address(word.strip_suffix(b",").unwrap_or(word)))
}

impl Users {
    /// Adds the user and the address of `lines` lines that are alike.
    pub(super) fn add(&mut self, user: &[u8], addr: &[u8], lines: usize) {
        self.all += lines;
        if user == b"-" {
            return;
        }
        let (shape, words) = tokens(user);
        if !is_odd(user, &words) {
            return;
        }
        if self.shape.is_none() {
            self.words = vec![Word::default(); words.len()];
        }
        if *self.shape.get_or_insert_with(|| shape.clone()) != shape {
            return;
        }
        self.odd += lines;
        self.named += lines * usize::from(!is_address(addr));
        for (seen, word) in self.words.iter_mut().zip(words) {
            seen.dashes += lines * usize::from(word == b"-");
            seen.addresses += lines * usize::from(is_address(word));
            seen.hosts += lines * usize::from(word.contains(&b'.') && is_host(word));
        }
        if self.addresses.len() < ADDRESSES {
            self.addresses.insert(addr.to_vec());
        }
    }

    /// True if the users are really other fields.
    pub(super) fn hold_fields(&self) -> bool {
        self.are_odd() && self.addresses.len() >= ADDRESSES
    }

    /// True if all odd users come from one address. They may be other fields, if that address is a proxy, or the claims
    /// of one visitor.
    pub(super) fn may_hold_fields(&self) -> bool {
        self.are_odd() && self.odd > 1 && self.addresses.len() < ADDRESSES
    }

    fn are_odd(&self) -> bool {
        self.odd > 0 && self.odd * 100 >= self.all * ODD
    }

    /// For each word, true if it is in brackets.
    fn bracketed(&self) -> Vec<bool> {
        let (mut depth, mut bracketed) = (0_u32, Vec::new());
        for token in self.shape.iter().flatten() {
            match token {
                Token::Word => bracketed.push(depth > 0),
                Token::Other(b'[') => depth += 1,
                Token::Other(b']') => depth = depth.saturating_sub(1),
                Token::Other(_) => {}
            }
        }
        bracketed
    }

    /// These fields as in a `log_format`: `$host - $remote_user`. If they include `$remote_addr`, the site precedes
    /// them, where the address should be.
    pub(super) fn suggestion(&self) -> String {
        let is_dash = |word: &Word| word.dashes == self.odd;
        let is_address = |word: &Word| word.addresses * 2 > self.odd;
        let host = self.words.iter().position(|word| !is_address(word) && word.hosts * 2 > self.odd);
        let is_behind_host = self.named * 2 > self.odd;
        let is_bracketed = self.bracketed();
        let is_named = |place: usize, word: &Word| is_address(word) || Some(place) == host || is_bracketed[place];
        let last = |is_it: &dyn Fn(usize, &Word) -> bool| {
            (0..self.words.len()).rev().find(|place| is_it(*place, &self.words[*place]))
        };
        // Three cases: some visitors have logged in and others have not; all have; or none has, and the user is one of
        // the dashes.
        let user = last(&|place, word| !is_named(place, word) && !is_dash(word) && word.dashes > 0)
            .or_else(|| last(&|_, word| !is_dash(word)).filter(|place| !is_named(*place, &self.words[*place])))
            .or_else(|| last(&|_, word| is_dash(word)));
        let (mut text, mut words, mut unnamed) = (String::new(), self.words.iter().enumerate(), 0);
        for token in self.shape.iter().flatten() {
            match token {
                Token::Other(byte) => text.push(char::from(*byte)),
                Token::Word => {
                    let Some((place, word)) = words.next() else { continue };
                    text += &match word {
                        _ if Some(place) == user => "$remote_user".to_owned(),
                        word if is_dash(word) => "-".to_owned(),
                        word if is_address(word) && is_behind_host => "$remote_addr".to_owned(),
                        word if is_address(word) => "$http_x_forwarded_for".to_owned(),
                        _ if Some(place) == host => "$host".to_owned(),
                        _ => {
                            unnamed += 1;
                            format!("$field_{unnamed}")
                        }
                    };
                }
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn users(lines: &[(&str, &str)]) -> Users {
        let mut users = Users::default();
        lines.iter().for_each(|(user, addr)| users.add(user.as_bytes(), addr.as_bytes(), 1));
        users
    }

    #[test]
    fn users_are_fields_if_nearly_all_share_a_shape_and_addresses_differ() {
        let fields = [("shop.example.com - - -", "192.0.2.1"), ("blog.example.com - bob -", "192.0.2.2")];
        assert!(users(&fields).hold_fields());
        assert_eq!(users(&fields).suggestion(), "$host - $remote_user -");
        let real_ip = [("[203.0.113.7] - -", "192.0.2.1"), ("[203.0.113.8] - bob", "192.0.2.2")];
        assert!(users(&real_ip).hold_fields());
        assert_eq!(users(&real_ip).suggestion(), "[$http_x_forwarded_for] - $remote_user");
        let anonymous = [("shop.example.com - -", "192.0.2.1"), ("blog.example.com - -", "192.0.2.2")];
        assert_eq!(users(&anonymous).suggestion(), "$host - $remote_user");
        let dash_first = [("- [203.0.113.7]", "192.0.2.1"), ("- [203.0.113.8]", "192.0.2.2")];
        assert_eq!(users(&dash_first).suggestion(), "$remote_user [$http_x_forwarded_for]");
        let time = [("- [05/Jan/2026:10:00:01 +0000]", "192.0.2.1"), ("- [05/Jan/2026:10:00:02 +0000]", "192.0.2.2")];
        assert_eq!(users(&time).suggestion(), "$remote_user [$field_1 $field_2]");
        let address_last = [("bob 203.0.113.7", "192.0.2.1"), ("- 203.0.113.8", "192.0.2.2")];
        assert_eq!(users(&address_last).suggestion(), "$remote_user $http_x_forwarded_for");
        let host_first = [("203.0.113.7 - bob", "a.example"), ("203.0.113.8 - -", "b.example")];
        assert_eq!(users(&host_first).suggestion(), "$remote_addr - $remote_user");
        let one_address = [("203.0.113.7 - bob", "10.0.0.1"), ("203.0.113.8 - -", "10.0.0.1")];
        assert!(users(&one_address).may_hold_fields() && !users(&one_address).hold_fields());
        // One address, or one user among many, may claim anything.
        assert!(!users(&[("shop - - -", "192.0.2.1"), ("blog - bob -", "192.0.2.1")]).hold_fields());
        assert!(!users(&[("shop - - -", "192.0.2.1"), ("-", "192.0.2.2")]).hold_fields());
        assert!(!users(&[("a - b", "192.0.2.1"), ("x [y]", "192.0.2.2")]).hold_fields());
        assert!(!users(&[("bob", "192.0.2.1"), ("bob smith", "192.0.2.2"), ("-", "192.0.2.3")]).hold_fields());
        assert!(!users(&[("bob@example.com", "192.0.2.1"), ("eve@example.com", "192.0.2.2")]).hold_fields());
        assert!(!users(&[]).hold_fields());
    }
}
