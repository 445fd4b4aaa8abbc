//! docs/terminal.svg: the README's first command on a terminal with colours.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// Size of a character, and the empty border around the text, in pixels.
const WIDTH: f64 = 7.8;
const HEIGHT: f64 = 17.0;
const BORDER: f64 = 14.0;

const STYLE: &str = "\
text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,\"DejaVu Sans Mono\",monospace;fill:#d8dee9;white-space:pre}\
.bold{font-weight:bold;fill:#fff}.dim{fill:#94a0b2}.yellow{fill:#ebcb8b}.red{fill:#ff8a80}rect.dim{fill:#6d7f9b}";

/// THE TABLE of escape sequences that the program uses, each with the class of its text.
const INKS: [(&str, &str); 4] = [("1", "bold"), ("2", "dim"), ("31", "red"), ("33", "yellow")];

#[test]
fn picture_is_the_output_of_the_first_command() {
    let root = Path::new(super::super::REPOSITORY);
    let output = Command::new(env!("CARGO_BIN_EXE_logstat"))
        .args(["testdata/shop.log", "--by", "day", "--color", "always"])
        .current_dir(root)
        .env_clear()
        .env("COLUMNS", "80")
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    super::check_or_bless(&root.join("docs/terminal.svg"), &drawn(printed.trim_end())).unwrap();
}

/// Draws the output of a terminal. Blocks become rectangles, because fonts draw them with gaps.
fn drawn(printed: &str) -> String {
    let width = 80.0 * WIDTH + 2.0 * BORDER;
    let height = printed.lines().count() as f64 * HEIGHT + 2.0 * BORDER;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n\
         <style>{STYLE}</style>\n<rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"#20242d\"/>\n"
    );
    for (row, line) in printed.lines().enumerate() {
        let top = BORDER + row as f64 * HEIGHT;
        let mut column = 0;
        for (ink, text) in inked(line) {
            let class = if ink.is_empty() { String::new() } else { format!(" class=\"{ink}\"") };
            for word in text.split_inclusive("  ") {
                let (left, length) = (BORDER + column as f64 * WIDTH, word.trim_end().chars().count());
                let bar: f64 = word.chars().filter_map(eighths).sum();
                if bar > 0.0 {
                    let (y, wide, high) = (top + 2.0, bar * WIDTH, HEIGHT - 4.0);
                    writeln!(svg, "<rect x=\"{left:.1}\" y=\"{y}\" width=\"{wide:.1}\" height=\"{high}\"{class}/>")
                        .unwrap();
                } else if length > 0 {
                    let (y, wide) = (top + 13.0, length as f64 * WIDTH);
                    let word = escaped(word.trim_end());
                    writeln!(svg, "<text x=\"{left:.1}\" y=\"{y}\" textLength=\"{wide:.1}\"{class}>{word}</text>")
                        .unwrap();
                }
                column += word.chars().count();
            }
        }
    }
    svg + "</svg>\n"
}

/// Cuts a line into texts of one ink.
fn inked(line: &str) -> Vec<(&'static str, &str)> {
    let mut parts = line.split("\u{1b}[");
    let first = parts.next().map(|text| ("", text));
    let rest = parts.map(|part| {
        let (code, text) = part.split_once('m').unwrap();
        (INKS.iter().find(|(ink, _)| *ink == code).map_or("", |(_, class)| *class), text)
    });
    first.into_iter().chain(rest).filter(|(_, text)| !text.is_empty()).collect()
}

/// The width of a block in characters: `▌` is a half.
fn eighths(c: char) -> Option<f64> {
    ('\u{2588}'..='\u{258f}').contains(&c).then(|| f64::from(0x2590 - c as u32) / 8.0)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[test]
fn inks_and_bars_are_drawn() {
    let svg = drawn("\u{1b}[31m5%\u{1b}[0m a<b\n\u{1b}[2m█▌\u{1b}[0m");
    assert!(svg.contains("textLength=\"15.6\" class=\"red\">5%</text>"), "{svg}");
    assert!(svg.contains(">a&lt;b</text>") || svg.contains("> a&lt;b</text>"), "{svg}");
    assert!(svg.contains("width=\"11.7\" height=\"13\" class=\"dim\"/>"), "{svg}");
}
