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
    /// What tells visitors apart: ip, ip+agent, or a variable such as cookie_NAME [default: ip]
    #[arg(long, value_name = "WHAT", hide_short_help = true)]
    visitor: Option<String>,

    /// Of an IPv6 address so many bits are the visitor's, 1 to 128 [default: all]
    #[arg(long, value_name = "N", value_parser = FnParser(values::ipv6_prefix), allow_negative_numbers = true, hide_short_help = true)]
    ipv6_prefix: Option<Ipv6Prefix>,

    /// Addresses behind proxies, from this variable: http_x_forwarded_for
    #[arg(long, value_name = "VARIABLE", hide_short_help = true)]
    #[arg(
        long_help = "Addresses behind proxies, as nginx's realip module has them: the last one in this variable that is not of \
                       --trust, such as of http_x_forwarded_for; where there is none, or $remote_addr is not of --trust, it is \
                       $remote_addr. If $remote_addr is not logged, the list is read alone, and visitors can forge it. It is then the ip of every ranking, filter and visitor"
    )]
    real_ip: Option<String>,

    /// The proxies that --real-ip believes: 10.0.0.0/8,2001:db8::/32,unix:
    ///
    /// Alone it is for logs that have a list of addresses in the place of $remote_addr, in which otherwise private
    /// addresses are passed over.
    #[arg(long, value_name = "CIDR,…", value_parser = from_str_parser::<Networks>(), action = ArgAction::Append, hide_short_help = true)]
    trust: Vec<Networks>,

    /// Addresses are cut wherever they are shown: of IPv4 the last 8 bits, of IPv6 the last 80
    #[arg(long, hide_short_help = true)]
    anonymize: bool,
}

impl VisitorArgs {
    /// Adds these options to the question. `is_own` returns true for variables that the user's formats log and nginx
    /// does not define.
    pub(crate) fn ask(&self, question: &mut Question, is_own: &dyn Fn(&str) -> bool) -> Result<(), clap::Error> {
        if let Some(word) = &self.visitor {
            question.counting.visitor = visitor(word, is_own).map_err(|message| argument_error(&message))?;
        }
        question.counting.ipv6_prefix = self.ipv6_prefix;
        question.counting.anonymize = self.anonymize;
        if self.anonymize && question.reading.keep_rejects {
            let message =
                "--rejects writes malformed lines as they are, with whole addresses; leave it or --anonymize out";
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
        Some(format!("--ipv6-prefix {bits} changes nothing here: visitors are told apart by {name}"))
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
            "--visitor {}: tells no visitors apart; ip, ip+agent, or a variable such as cookie_NAME do",
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
            "--real-ip {}: has no addresses from behind proxies; a variable such as http_x_forwarded_for has",
            shown(word)
        )),
    }
}
