//! Dimensions that are computed from the user agent. Those of browsers are about people: bots have none.

use std::borrow::Cow;

use super::row::{BuiltIn, DerivedRow, KeyOf, Source};
use super::rules::KeyRules;
use crate::agent;
use crate::batch::TextField;

/// The usual values of rows here.
const USUAL: DerivedRow = DerivedRow { variables: "$http_user_agent", built_in: Some(TABLES), ..DerivedRow::USUAL };

/// The tables of bots, browsers, systems and devices.
pub(super) const TABLES: BuiltIn = ("agents", agent::fingerprint);

const AGENT: Source = Source::Text(TextField::Agent);

/// `browser`: the family of a person's browser.
pub(super) const BROWSER: DerivedRow = DerivedRow {
    name: "browser",
    singular: "browser",
    plural: "browsers",
    sources: &[(AGENT, |rules| of_people(rules, |agent| Cow::Borrowed(agent::browser(agent))))],
    ..USUAL
};

/// `browser-version`: family and major version of a person's browser.
pub(super) const BROWSER_VERSION: DerivedRow = DerivedRow {
    name: "browser-version",
    singular: "browser version",
    plural: "browser versions",
    sources: &[(AGENT, |rules| of_people(rules, agent::browser_version))],
    ..USUAL
};

/// `os`: a person's operating system.
pub(super) const OS: DerivedRow = DerivedRow {
    name: "os",
    singular: "operating system",
    plural: "operating systems",
    sources: &[(AGENT, |rules| of_people(rules, |agent| Cow::Borrowed(agent::os(agent))))],
    ..USUAL
};

/// `device`: the kind of a person's device.
pub(super) const DEVICE: DerivedRow = DerivedRow {
    name: "device",
    singular: "device",
    plural: "devices",
    sources: &[(AGENT, |rules| of_people(rules, |agent| Cow::Borrowed(agent::device(agent))))],
    all_keys: Some(|| agent::DEVICES.to_vec()),
    ..USUAL
};

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
    singular: "class of bots",
    plural: "classes of bots",
    sources: &[(AGENT, |rules| {
        let bots = rules.bots.clone();
        KeyOf::of(move |agent| Some(Cow::Borrowed(bots.class(agent).name().as_bytes())))
    })],
    otherwise: Some("unknown-bot"),
    all_keys: Some(|| agent::BotClass::all().map(agent::BotClass::name).collect()),
    ..USUAL
};

/// Makes a function that gives people a name, and bots none.
fn of_people(rules: &KeyRules, name: fn(&[u8]) -> Cow<'static, str>) -> KeyOf {
    let bots = rules.bots.clone();
    KeyOf::of(move |agent| {
        let is_person = !bots.class(agent).is_bot();
        is_person.then(|| match name(agent) {
            Cow::Borrowed(name) => Cow::Borrowed(name.as_bytes()),
            Cow::Owned(name) => Cow::Owned(name.into_bytes()),
        })
    })
}
