//! State files of every version stay readable, and damaged ones are refused.

use std::fs;
use std::path::{Path, PathBuf};

use logstat::{Engine, Input, Question, State, Unit, count_to_state};
use serde_json::Value;

/// Directory of the golden files: states, each with the report that it must give. They are never written again: a
/// program that cannot read one breaks a promise of the book. A new version of the layout gets files of its own.
const GOLDEN: &str = "testdata/states";

/// The golden states, and the settings and tables that each is there for.
const STATES: [(&str, &str); 6] = [
    ("v1-exact.state", "three days with exact visitors, in the default tables"),
    ("v1-hll.state", "sketches of visitors: hashes and registers; all measures"),
    ("v1-pairs.state", "pairs, a variable, a split, two sources with malformed lines, a filter and a time zone"),
    ("v1-anonymized.state", "registers only"),
    ("v1-durations.state", "further durations, requests by second, cache statuses"),
    (
        "v1-clients.state",
        "dimensions computed from agents, referrers, queries, addresses and paths; hashes of built-in tables",
    ),
];

fn golden(name: &str) -> PathBuf {
    Path::new(super::REPOSITORY).join(GOLDEN).join(name)
}

/// The report of a state with all that it was saved for, as JSON.
fn report(state: &State) -> Result<Value, String> {
    let report = state.report(&Question::new(), &Engine::new()).map_err(|error| error.to_string())?;
    Ok(serde_json::to_value(report).unwrap())
}

/// True if everything in `old` is also in `new`, which may have more names.
fn has_all(new: &Value, old: &Value) -> bool {
    match (new, old) {
        (Value::Object(new), Value::Object(old)) => {
            old.iter().all(|(name, old)| new.get(name).is_some_and(|new| has_all(new, old)))
        }
        (Value::Array(new), Value::Array(old)) => {
            new.len() == old.len() && new.iter().zip(old).all(|(new, old)| has_all(new, old))
        }
        (new, old) => new == old,
    }
}

#[test]
fn states_of_every_version_give_the_same_report_forever() {
    for (name, purpose) in STATES {
        let found = report(&State::read(golden(name)).unwrap()).unwrap();
        let expected = fs::read(golden(name).with_extension("json")).unwrap();
        let mut expected: Value = serde_json::from_slice(&expected).unwrap();
        // The generator is the program that reports, and notes are worded by it.
        for name in ["generator", "notes"] {
            expected.as_object_mut().unwrap().remove(name).unwrap();
        }
        assert!(has_all(&found, &expected), "{name}: {purpose}\n{found:#}");
        let pv = &found["summary"]["pv"];
        assert!(pv.as_u64().is_some_and(|pv| pv > 3), "{name}: {pv}");
    }
    // The book uses the other files.
    let names = fs::read_dir(golden("")).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.starts_with('v')).count(), 2 * STATES.len());
}

/// The golden states that this version wrote. A change of their bytes needs a new file, and moves the old one out of here.
const OF_THIS_VERSION: [&str; 1] = ["v1-clients.state"];

#[test]
fn states_of_this_version_are_written_with_the_same_bytes() {
    for name in OF_THIS_VERSION {
        let file = fs::read(golden(name)).unwrap();
        let mut again = Vec::new();
        State::from_reader(name, &file[..]).unwrap().write(&mut again).unwrap();
        assert_eq!(again, file, "{name}");
    }
}

/// A state of an older version that is written again has the tables and reasons of this one.
#[test]
fn states_written_again_give_the_same_report_and_bytes() {
    let written = |state: &State| {
        let mut bytes = Vec::new();
        state.write(&mut bytes).unwrap();
        bytes
    };
    for (name, purpose) in STATES {
        let state = State::read(golden(name)).unwrap();
        let first = written(&state);
        let again = State::from_reader(name, &first[..]).unwrap();
        assert_eq!(report(&again).unwrap(), report(&state).unwrap(), "{name}: {purpose}");
        assert_eq!(written(&again), first, "{name}: {purpose}");
    }
}

/// A changed bit is never a number with exit 0: the file is refused, when it is read or when a day of it is.
#[test]
fn changed_bits_are_refused() {
    let log: Vec<u8> = (0..30_000_u32)
        .flat_map(|n| {
            let ip = std::net::Ipv4Addr::from_bits(n.wrapping_mul(2_654_435_761) >> (n % 3));
            let (day, hour, path) = (1 + n % 7, n / 7 % 24, n % 997);
            format!("{ip} - - [{day:02}/Nov/2026:{hour:02}:00:00 +0000] \"GET /{path} HTTP/1.1\" 200 {n} \"-\" \"-\"\n")
                .into_bytes()
        })
        .collect();
    let inputs = vec![Input::reader("-", std::io::Cursor::new(log))];
    let question = Question::new().by(Unit::Day);
    let state = count_to_state(&question, inputs, None, None, &Engine::new()).unwrap().state.unwrap();
    let mut file = Vec::new();
    state.write(&mut file).unwrap();
    let mut random = 1_u64;
    for number in 0..1000 / super::ONE_IN {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let bit = (random >> 16) as usize % (file.len() * 8);
        file[bit / 8] ^= 1 << (bit % 8);
        let read = State::from_reader("damaged.state", &file[..]);
        assert!(read.is_err(), "flip {number}: bit {bit} of {}", file.len());
        file[bit / 8] ^= 1 << (bit % 8);
    }
    assert_eq!(report(&State::from_reader("whole.state", &file[..]).unwrap()), report(&state));
}
