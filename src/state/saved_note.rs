//! Notes in a state file. The places of the settings that they name are kept, so that each interface can insert its own
//! names for them.

use serde::{Deserialize, Serialize};

use super::conditions;
use crate::message::{Message, Setting};
use crate::note::{Note, NoteCode};

/// A note as a state file has it.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct SavedNote {
    code: NoteCode,
    /// Name of the source that it is about; `None` for all.
    input: Option<String>,
    text: String,
    /// The settings that the text names: the first byte of each name, the byte after it, and the name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    settings: Vec<(usize, usize, String)>,
}

impl From<&Note> for SavedNote {
    fn from(Note { code, input, text }: &Note) -> SavedNote {
        let settings = text.settings().map(|(range, setting)| (range.start, range.end, setting.name().into_owned()));
        SavedNote { code: *code, input: input.clone(), text: text.to_string(), settings: settings.collect() }
    }
}

impl From<SavedNote> for Note {
    fn from(SavedNote { code, input, text, settings }: SavedNote) -> Note {
        let named = |(start, end, name): &(usize, usize, String)| Some((*start..*end, setting(name)?));
        let spans: Vec<_> = settings.iter().filter_map(named).collect();
        Note { code, input, text: Message::with_settings(&text, &spans) }
    }
}

/// The setting of this name.
fn setting(name: &str) -> Option<Setting> {
    Setting::all().find(|setting| setting.name() == name).or_else(|| conditions::setting(&name.replace(' ', "-")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::message;

    #[test]
    fn settings_in_notes_can_be_renamed_after_reading() {
        let text = message![
            "read them with ",
            Setting::LogFormat,
            " common, or é ",
            Setting::Exclude("path"),
            " or ",
            Setting::Filter("status")
        ];
        let note = Note::about(NoteCode::LikeCommon, "web1", text);
        let json = serde_json::to_string(&SavedNote::from(&note)).unwrap();
        assert_eq!(
            json,
            "{\"code\":\"like-common\",\"input\":\"web1\",\"text\":\"read them with log_formats common, or é exclude path or status\",\
             \"settings\":[[15,26,\"log_formats\"],[41,53,\"exclude path\"],[57,63,\"status\"]]}"
        );
        let again = Note::from(serde_json::from_str::<SavedNote>(&json).unwrap());
        assert_eq!(again, note);
        let plain = Note::new(NoteCode::AssumedUtc, "times are read as UTC");
        let json = serde_json::to_string(&SavedNote::from(&plain)).unwrap();
        assert_eq!(json, "{\"code\":\"assumed-utc\",\"input\":null,\"text\":\"times are read as UTC\"}");
    }

    #[test]
    fn places_that_do_not_have_the_name_are_ignored() {
        let read = |settings: &str| {
            let json =
                format!("{{\"code\":\"like-common\",\"input\":null,\"text\":\"é by by\",\"settings\":{settings}}}");
            let mut text = Note::from(serde_json::from_str::<SavedNote>(&json).unwrap()).text;
            text.reword(&|setting| format!("--{}", setting.name()));
            text.to_string()
        };
        for (settings, expected) in [
            ("[[3,5,\"by\"],[6,8,\"by\"]]", "é --by --by"),
            ("[[6,8,\"by\"],[3,5,\"by\"]]", "é by --by"),
            ("[[1,3,\"by\"],[3,5,\"now\"],[6,9,\"by\"],[8,6,\"by\"],[3,5,\"x\"]]", "é by by"),
        ] {
            assert_eq!(read(settings), expected);
        }
    }
}
