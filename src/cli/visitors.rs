//! The options for telling visitors apart and for masking addresses.

use clap::ArgAction;
use logstat::{Dimension, DimensionError, Ipv6Prefix, Networks, Question, RealIp, Visitor};

use super::argument_error::argument_error;
use super::filters::from_str_parser;
use super::messages::shown;
use super::names;
use super::values::{self, FnParser};

#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Visitors")]
pub(crate) struct VisitorArgs {
    /// What identifies a visitor: ip, ip+agent, or a variable such as cookie_NAME [default: ip]
    #[arg(long, value_name = "WHAT", hide_short_help = true)]
    visitor: Option<String>,

    /// Count IPv6 addresses with the same first N bits as one visitor; 64 is one household [default: 128]
    #[arg(long, value_name = "N", value_parser = FnParser(values::ipv6_prefix), allow_negative_numbers = true, hide_short_help = true)]
    ipv6_prefix: Option<Ipv6Prefix>,

    /// Take client addresses from this variable: http_x_forwarded_for
    #[arg(long, value_name = "VARIABLE", hide_short_help = true)]
    #[arg(
        long_help = "Take client addresses from this variable, such as http_x_forwarded_for, as nginx's realip module does: the \
                     last address in it that is not a proxy of --trust. It is $remote_addr if there is none, or if $remote_addr \
                     is not a proxy. If $remote_addr is not logged, the variable alone is read, and visitors can forge it. All \
                     rankings, filters and visitor counts use this address"
    )]
    real_ip: Option<String>,

    /// Addresses of your proxies, for --real-ip: 10.0.0.0/8,2001:db8::/32,unix:
    ///
    /// Without --real-ip, it is for logs with a list of addresses in place of $remote_addr, where private addresses are skipped by default.
    #[arg(long, value_name = "CIDR,…", value_parser = from_str_parser::<Networks>(), action = ArgAction::Append, hide_short_help = true)]
    trust: Vec<Networks>,

    /// Mask addresses wherever they are shown: the last 8 bits of IPv4, the last 80 bits of IPv6
    #[arg(long, hide_short_help = true)]
    anonymize: bool,
}

impl VisitorArgs {
    /// True if addresses are masked.
    pub(crate) fn anonymizes(&self) -> bool {
        self.anonymize
    }

    /// Adds these options to the question. `is_own` returns true for variables that the user's formats log and nginx
    /// does not define.
    pub(crate) fn ask(&self, question: &mut Question, is_own: &dyn Fn(&str) -> bool) -> Result<(), clap::Error> {
        if let Some(word) = &self.visitor {
            question.counting.visitor = visitor(word, is_own).map_err(|message| argument_error(&message))?;
        }
        question.counting.ipv6_prefix = self.ipv6_prefix;
        question.counting.anonymize = self.anonymize;
        if self.anonymize && question.reading.keep_rejects {
            let message = "--rejects writes malformed lines unchanged, with full addresses; it cannot be combined with \
                 --anonymize";
            return Err(argument_error(message));
        }
        question.reading.real_ip = match (&self.real_ip, self.trust.iter().cloned().reduce(Networks::with)) {
            (None, None) => None,
            (Some(word), Some(trusted)) => {
                Some(real_ip(word, trusted, is_own).map_err(|message| argument_error(&message))?)
            }
            (Some(word), None) => {
                let message = format!(
                    "--real-ip {} needs --trust, because anyone can forge this header\n  name the addresses of your proxies:  \
                     --trust 10.0.0.0/8,172.16.0.0/12,192.168.0.0/16",
                    shown(word)
                );
                return Err(argument_error(&message));
            }
            (None, Some(trusted)) => Some(RealIp::in_place(trusted)),
        };
        Ok(())
    }

    /// Returns a warning if `--ipv6-prefix` has no effect.
    pub(crate) fn warnings(&self, question: &Question) -> Option<String> {
        let prefix = self.ipv6_prefix.filter(|_| !question.counting.visitor.has_address())?;
        let (bits, name) = (prefix.bits(), question.counting.visitor.name());
        Some(format!("--ipv6-prefix {bits} has no effect, because visitors are identified by {name}"))
    }
}

/// Parses `ip`, `ip+agent`, `cookie_session`.
fn visitor(word: &str, is_own: &dyn Fn(&str) -> bool) -> Result<Visitor, String> {
    match word {
        "ip" => return Ok(Visitor::IP),
        "ip+agent" => return Ok(Visitor::IP_AND_AGENT),
        _ => {}
    }
    match Dimension::resolve(word, is_own).map(Visitor::of) {
        Ok(Some(visitor)) => Ok(visitor),
        Err(DimensionError::Unknown) => {
            Err(names::unknown_variable("visitor", word, "--visitor", &["ip", "ip+agent", "user", "agent"]))
        }
        Ok(None) | Err(_) => Err(format!(
            "--visitor {}: does not identify visitors; use ip, ip+agent, or a variable such as cookie_NAME",
            shown(word)
        )),
    }
}

fn real_ip(word: &str, trusted: Networks, is_own: &dyn Fn(&str) -> bool) -> Result<RealIp, String> {
    match Dimension::resolve(word, is_own).map(|dimension| RealIp::new(dimension, trusted)) {
        Ok(Some(real_ip)) => Ok(real_ip),
        Err(DimensionError::Unknown) => {
            let named = ["http_x_forwarded_for", "http_x_real_ip", "proxy_protocol_addr"];
            Err(names::unknown_variable("variable", word, "--real-ip", &named))
        }
        Ok(None) | Err(_) => Err(format!(
            "--real-ip {}: does not hold client addresses; use a variable such as http_x_forwarded_for",
            shown(word)
        )),
    }
}
