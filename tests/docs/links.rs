//! Links within the repository lead to files and headings that exist.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::blocks::{Part, parts};

/// Pages outside of README and book.
const OTHERS: [&str; 4] = ["CHANGELOG.md", "CONTRIBUTING.md", "DESIGN.md", "benches/README.md"];

#[test]
fn links_lead_to_files_and_headings() {
    let root = Path::new(super::super::REPOSITORY);
    let book = root.join("docs/src");
    let mut problems = String::new();
    let mut links = 0;
    for page in super::pages().into_iter().chain(OTHERS.map(|page| root.join(page))) {
        let text = fs::read_to_string(&page).unwrap();
        for target in targets(&text).filter(|target| !target.contains("://")) {
            links += 1;
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let file = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            let is_in_place = !page.starts_with(&book) || resolved(&file).is_some_and(|file| file.starts_with(&book));
            if !file.exists() {
                writeln!(problems, "{}: no such file: {target}", page.display()).unwrap();
            } else if !is_in_place {
                writeln!(problems, "{}: not in the book: {target}", page.display()).unwrap();
            } else if !anchor.is_empty() && !headings(&fs::read_to_string(&file).unwrap()).contains(&anchor.to_owned())
            {
                writeln!(problems, "{}: no such heading: {target}", page.display()).unwrap();
            }
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
    assert!(links > 60, "{links} links were found");
}

fn resolved(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok()
}

/// Targets of links and pictures outside code.
fn targets(page: &str) -> impl Iterator<Item = &str> {
    let text = parts(page).into_iter().filter_map(|part| if let Part::Text(lines) = part { Some(lines) } else { None });
    text.flatten().flat_map(|line| {
        let links = line.split("](").skip(1);
        let pictures = ["src=\"", "srcset=\"", "href=\""].into_iter().flat_map(|start| line.split(start).skip(1));
        let links = links.filter_map(|rest| rest.split_once(')').map(|(target, _)| target));
        links.chain(pictures.filter_map(|rest| rest.split_once('"').map(|(target, _)| target)))
    })
}

/// The anchors of a page's headings, as GitHub and mdBook make them: `## Why: a "b"` is `#why-a-b`.
fn headings(page: &str) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let text = parts(page).into_iter().filter_map(|part| if let Part::Text(lines) = part { Some(lines) } else { None });
    let headings = text.flatten().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let words = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
            let anchor: String = words.chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).collect();
            let times = seen.entry(anchor.clone()).or_default();
            *times += 1;
            if *times == 1 { anchor } else { format!("{anchor}-{}", *times - 1) }
        })
        .collect()
}

#[test]
fn anchors_are_those_of_github() {
    let page = "# A page\n## Cron: a mail\n```sh\n# no heading\n```\n### `-n`, `--limit N`\n## A page\n";
    assert_eq!(headings(page), ["a-page", "cron-a-mail", "-n---limit-n", "a-page-1"]);
    let page = "[a](b.md#c) and [d](e)\n<img src=\"f.png\">\n```text\n[g](h)\n```\n";
    assert_eq!(targets(page).collect::<Vec<_>>(), ["b.md#c", "e", "f.png"]);
}
