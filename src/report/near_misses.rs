//! Notes about patterns without wildcards, and texts in expressions, that equal no value: what contains them, and the pattern that matches that.

use super::{Note, NoteCode};
use crate::filter::{Literal, LiteralOf, NearMisses};
use crate::message::{Message, Setting, message};
use crate::text::{Grouped, shell_word, written};

/// Largest number of patterns that get a note each.
const NOTED: usize = 3;

/// Returns a note for each pattern that equals no value. `found` is what was found for each of `literals`, within a
/// period if `has_period`.
pub(super) fn near_misses(literals: &[Literal<'_>], found: &[NearMisses], has_period: bool) -> Vec<Note> {
    let all = || literals.iter().zip(found);
    let is_met = |literal: &Literal<'_>| {
        let is_alternative = |other: &Literal<'_>| (other.dimension, other.of) == (literal.dimension, literal.of);
        !literal.is_among_literals || all().any(|(other, found)| is_alternative(other) && found.is_met)
    };
    let missed = all().filter(|(_, found)| !found.is_met);
    let mut texts: Vec<_> =
        missed.filter_map(|(literal, found)| text(literal, *found, is_met(literal), has_period)).collect();
    let more = texts.len().saturating_sub(NOTED);
    texts.truncate(NOTED);
    if more > 0 {
        let patterns = if more == 1 { "pattern equals" } else { "patterns equal" };
        texts.push(format!("{more} more {patterns} no value").into());
    }
    texts.into_iter().map(|text| Note::new(NoteCode::NothingEqual, text)).collect()
}

/// The note about a pattern. `is_met` is true if another pattern of its condition may match. If nothing is like the
/// pattern, the note is only of use if nothing else matches either.
fn text(literal: &Literal<'_>, found: NearMisses, is_met: bool, has_period: bool) -> Option<Message> {
    let Literal { dimension, text, bytes, of, .. } = literal;
    let name = dimension.name();
    let key = dimension.singular().into_owned() + if has_period { " in the period" } else { "" };
    let quoted = shell_quoted(text);
    let NearMisses { containing, in_other_case, .. } = found;
    if (containing, in_other_case) == (0, 0) {
        let is_of_use = *of != LiteralOf::Exclude && !is_met;
        return is_of_use.then(|| format!("no {key} equals or contains {quoted}").into());
    }
    let (like, better) = match containing {
        0 => (requests(in_other_case) + " it in another case", in_any_case(bytes)),
        _ => (requests(containing) + " it", starred(bytes)),
    };
    let pattern = format!(" {}", shell_word(better.as_bytes()));
    Some(match of {
        LiteralOf::Filter => {
            message![format!("no {key} equals {quoted}; {like}: "), Setting::Filter(name), pattern]
        }
        LiteralOf::Exclude => {
            let option = Setting::Exclude(name);
            let excludes_nothing = format!(" {quoted} excludes nothing: no {key} equals it; {like}: ");
            message![option, excludes_nothing, option, pattern]
        }
        LiteralOf::Where => {
            let any_case = if containing == 0 { "(?i)" } else { "" };
            let regex = regex_of(bytes).replace('"', "\\\"");
            let expression = format!(" {}", shell_word(format!("{name} ~ \"{any_case}{regex}\"").as_bytes()));
            let option = Setting::Filter("where");
            message![format!("no {key} equals {quoted}; {like}: "), option, expression]
        }
    })
}

/// The pattern in quotes, even if a shell needs none.
fn shell_quoted(pattern: &str) -> String {
    let word = shell_word(pattern.as_bytes());
    if word == pattern { format!("'{word}'") } else { word }
}

fn requests(number: u64) -> String {
    format!("{} request{}", Grouped(number), if number == 1 { " contains" } else { "s contain" })
}

/// The glob that matches all texts that contain these bytes.
fn starred(bytes: &[u8]) -> String {
    let mut glob = "*".to_owned();
    for c in written(bytes).chars() {
        if matches!(c, '*' | '?' | '[') {
            glob.push('\\');
        }
        glob.push(c);
    }
    glob + "*"
}

/// The pattern that matches all texts that contain these bytes in upper or lower case.
fn in_any_case(bytes: &[u8]) -> String {
    "~(?i)".to_owned() + &regex_of(bytes)
}

/// The regular expression that matches all texts that contain these bytes.
fn regex_of(bytes: &[u8]) -> String {
    let mut regex = String::new();
    for byte in bytes {
        match byte {
            b if b.is_ascii_alphanumeric() || b" /-_=%&@:,;<>\"'!".contains(b) => regex.push(char::from(*b)),
            b'!'..=b'~' => regex.extend(['\\', char::from(*byte)]),
            other => regex += &format!("\\x{other:02X}"),
        }
    }
    regex
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dimension::{Dimension, VariableColumns};
    use crate::filter::{Condition, Pattern, literals};

    fn notes(conditions: &[(Dimension, &[&str], bool)], found: &[(bool, u64, u64)]) -> Vec<String> {
        let condition = |(dimension, patterns, excludes): &(Dimension, &[&str], bool)| {
            let (dimension, any) = (*dimension, patterns.iter().map(|text| text.parse().unwrap()).collect());
            if *excludes { Condition::Excludes { dimension, any } } else { Condition::Matches { dimension, any } }
        };
        let conditions: Vec<_> = conditions.iter().map(condition).collect();
        let miss = |(is_met, containing, in_other_case): &(bool, u64, u64)| NearMisses {
            is_met: *is_met,
            containing: *containing,
            in_other_case: *in_other_case,
        };
        let found: Vec<_> = found.iter().map(miss).collect();
        near_misses(&literals(&conditions, &VariableColumns::default()), &found, false)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn notes_say_what_contains_a_pattern() {
        let path: &[(Dimension, &[&str], bool)] = &[(Dimension::Path, &["/login"], false)];
        assert_eq!(
            notes(path, &[(false, 1204, 7)]),
            ["no path equals '/login'; 1,204 requests contain it: path '*/login*'"]
        );
        assert_eq!(notes(path, &[(false, 0, 0)]), ["no path equals or contains '/login'"]);
        assert_eq!(notes(path, &[(true, 9, 9)]), [""; 0]);
        let conditions = [Condition::Matches { dimension: Dimension::Path, any: vec!["/login".parse().unwrap()] }];
        let literals = literals(&conditions, &VariableColumns::default());
        let notes_of_period = near_misses(&literals, &[NearMisses::default()], true);
        assert_eq!(notes_of_period[0].to_string(), "no path in the period equals or contains '/login'");
        let agent: &[(Dimension, &[&str], bool)] = &[(Dimension::Agent, &["googlebot"], false)];
        assert_eq!(
            notes(agent, &[(false, 0, 1)]),
            ["no agent equals 'googlebot'; 1 request contains it in another case: agent '~(?i)googlebot'"]
        );
        let out: &[(Dimension, &[&str], bool)] = &[(Dimension::Agent, &["bot", "it's"], true)];
        assert_eq!(
            notes(out, &[(false, 3, 0), (false, 0, 0)]),
            ["exclude agent 'bot' excludes nothing: no agent equals it; 3 requests contain it: exclude agent '*bot*'"]
        );
    }

    #[test]
    fn texts_of_expressions_have_notes() {
        let note = |text: &str, found: (u64, u64)| {
            let conditions = [Condition::Where(text.parse().unwrap())];
            let literals = literals(&conditions, &VariableColumns::default());
            let (containing, in_other_case) = found;
            let found = [NearMisses { is_met: false, containing, in_other_case }];
            near_misses(&literals, &found, false).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(note("path == '/nowhere'", (0, 0)), ["no path equals or contains '/nowhere'"]);
        assert_eq!(
            note("path == '/a.b\"'", (2, 1)),
            ["no path equals '/a.b\"'; 2 requests contain it: where 'path ~ \"/a\\.b\\\"\"'"]
        );
        assert_eq!(
            note("host == Shop", (0, 1)),
            ["no host equals 'Shop'; 1 request contains it in another case: where 'host ~ \"(?i)Shop\"'"]
        );
        assert_eq!(note("host == shop || status == 404", (0, 0)), [""; 0]);
    }

    #[test]
    fn alternatives_that_match_make_other_patterns_unimportant() {
        let of = |patterns: &[&str], found: &[(bool, u64, u64)]| notes(&[(Dimension::Path, patterns, false)], found);
        assert_eq!(of(&["/a", "/b"], &[(false, 0, 0), (true, 0, 0)]), [""; 0]);
        assert_eq!(of(&["/a", "/b*"], &[(false, 0, 0)]), [""; 0]);
        assert_eq!(of(&["/aa", "/b"], &[(false, 2, 0), (true, 0, 0)]).len(), 1);
        let many = ["/a1", "/a2", "/a3", "/a4", "/a5"];
        let noted = of(&many, &[(false, 1, 0); 5]);
        assert_eq!((noted.len(), &*noted[3]), (4, "2 more patterns equal no value"));
    }

    proptest! {
        #[test]
        fn better_patterns_match_what_contains_the_bytes(
            bytes in prop::collection::vec(prop::sample::select(b"aB1*?[]\\~!(). '\"/\x00\xd0\x9f-".to_vec()), 2..6),
            before in "[a-z]{0,2}", after in "[a-z]{0,2}",
        ) {
            let text = [before.as_bytes(), &bytes, after.as_bytes()].concat();
            let glob: Pattern = starred(&bytes).parse().unwrap();
            prop_assert!(glob.matches(&text), "{}", starred(&bytes));
            prop_assert!(!glob.matches(&bytes[1..]), "{}", starred(&bytes));
            let regex: Pattern = in_any_case(&bytes).parse().unwrap();
            prop_assert!(regex.matches(&text) && regex.matches(&text.to_ascii_uppercase()), "{}", in_any_case(&bytes));
            prop_assert!(!regex.matches(&bytes[1..]), "{}", in_any_case(&bytes));
        }
    }
}
