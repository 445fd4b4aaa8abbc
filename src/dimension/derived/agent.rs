//! Dimensions that are computed from the user agent: `bot`, `bot-class`.

use std::borrow::Cow;

use super::row::{BuiltIn, DerivedRow, KeyOf, Source};
use crate::agent::{self, BotRules};
use crate::batch::TextField;

/// The usual values of rows here.
const USUAL: DerivedRow = DerivedRow { variables: "$http_user_agent", built_in: Some(TABLES), ..DerivedRow::USUAL };

/// The table of bots, and the tables of browsers, systems and devices.
const TABLES: BuiltIn = ("agents", agent::fingerprint);

const AGENT: Source = Source::Text(TextField::Agent);

/// `bot`: the name of a bot. Missing for people, and for bots without a name.
pub(super) const BOT: DerivedRow = DerivedRow {
    name: "bot",
    singular: "bot",
    plural: "bots",
    sources: &[(AGENT, |rules| {
        let bots = rules.bots.clone();
        KeyOf::of(move |agent| bots.find(agent).map(|bot| bot.name).filter(|name| !name.is_empty()))
    })],
    ..USUAL
};

/// `bot-class`: what a client requests pages for.
pub(super) const BOT_CLASS: DerivedRow = DerivedRow {
    name: "bot-class",
    singular: "class of clients",
    plural: "classes of clients",
    sources: &[(AGENT, |rules| {
        let bots = rules.bots.clone();
        KeyOf::of(move |agent| Some(Cow::Borrowed(bots.class(agent).name().as_bytes())))
    })],
    otherwise: Some("unknown-bot"),
    ..USUAL
};
