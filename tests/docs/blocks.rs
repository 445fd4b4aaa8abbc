//! The fenced blocks of a Markdown page.

/// Languages of blocks. A block of any other language is an error, so that none escapes the tests.
pub(super) const LANGUAGES: [&str; 12] =
    ["console", "crontab", "ini", "json", "logrotate", "nginx", "promql", "rust", "sh", "sql", "text", "toml"];

/// A part of a page: text, or a fenced block.
#[derive(Debug, PartialEq)]
pub(super) enum Part<'t> {
    Text(Vec<&'t str>),
    Block(Block<'t>),
}

#[derive(Debug, PartialEq)]
pub(super) struct Block<'t> {
    /// Number of the line with the opening fence, from 1.
    pub(super) line: usize,
    /// Everything after the opening fence: `sh,needs=mail`.
    pub(super) info: &'t str,
    pub(super) lines: Vec<&'t str>,
}

impl Block<'_> {
    pub(super) fn language(&self) -> &str {
        self.info.split(',').next().unwrap_or_default()
    }

    /// The programs that the commands need besides logstat and a shell: `sh,needs=mail`.
    pub(super) fn needs(&self) -> Option<&str> {
        self.info.split(',').find_map(|word| word.strip_prefix("needs="))
    }
}

pub(super) fn parts(page: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut text = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            text.push(line);
            continue;
        };
        parts.push(Part::Text(std::mem::take(&mut text)));
        let inside = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```");
        parts.push(Part::Block(Block { line: at + 1, info, lines: inside.collect() }));
    }
    parts.push(Part::Text(text));
    parts
}

#[test]
fn pages_have_text_and_blocks() {
    let page = "One\n\n```sh,needs=mail\nlogstat\n```\ntwo\n";
    let block = Block { line: 3, info: "sh,needs=mail", lines: vec!["logstat"] };
    assert_eq!((block.language(), block.needs()), ("sh", Some("mail")));
    assert_eq!(parts(page), [Part::Text(vec!["One", ""]), Part::Block(block), Part::Text(vec!["two"])]);
}
