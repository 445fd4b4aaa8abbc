//! The layers of the code: a module uses only the modules before it in the list, and files of one module have no cycles.
//!
//! Every path that begins with `crate` or `super` counts, in `use` and in code. Tests and links in documentation may
//! use any module.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// THE LIST of layers, from the lowest to the highest, each with its modules in order.
const LAYERS: [(&str, &[&str]); 8] = [
    (
        "ground",
        &[
            "text",
            "by_name",
            "agent",
            "message",
            "files",
            "note",
            "time",
            "ip",
            "static_rules",
            "expression",
            "huge_pages",
            "prefetch",
            "progress",
            "phases",
            "error",
            "encoding",
        ],
    ),
    ("bytes", &["batch", "keys", "input"]),
    ("lines", &["format", "envelope", "recognize", "nginx"]),
    (
        "columns to hits",
        &["route", "query_args", "referer", "net", "geo", "dimension", "filter", "measure", "metric", "steps"],
    ),
    ("numbers", &["tally", "requests"]),
    ("questions", &["question"]),
    ("answers", &["rejects", "report", "state", "engine", "increment", "explain", "render", "stages"]),
    ("binary", &["cli"]),
];

/// Attributes of items that may use any module.
const SKIPPED: [&str; 4] = ["[cfg(test)]", "[cfg(fuzzing)]", "[cfg(any(test,fuzzing))]", "[cfg(doc)]"];

/// A module by its names from the root: `["input", "find"]`.
type Module = Vec<String>;

/// The modules of a crate, with the paths they use and export.
#[derive(Default)]
struct Modules {
    /// The paths that a module uses, from the crate root.
    paths: BTreeMap<Module, Vec<Vec<String>>>,
    /// Re-exports of a module: name to path.
    exports: BTreeMap<Module, BTreeMap<String, Vec<String>>>,
    /// The literals of a module's code.
    literals: BTreeMap<Module, Vec<String>>,
    /// Modules that are compiled only for tests and fuzzing.
    tests: BTreeSet<Module>,
}

impl Modules {
    fn read(source: &Path) -> Modules {
        let mut modules = Modules::default();
        modules.read_directory(source, &Module::new());
        let Modules { paths, literals, tests, .. } = &mut modules;
        let is_test = |module: &Module| (1..=module.len()).any(|len| tests.contains(&module[..len]));
        paths.retain(|module, _| !is_test(module));
        literals.retain(|module, _| !is_test(module));
        modules
    }

    fn read_directory(&mut self, directory: &Path, parent: &Module) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let child = [parent.clone(), vec![name.clone()]].concat();
            if path.is_dir() {
                self.read_directory(&path, &child);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let module = if ["mod", "lib", "main"].contains(&&*name) { parent.clone() } else { child };
                let tokens: TokenStream = fs::read_to_string(&path).unwrap().parse().unwrap();
                self.paths.entry(module.clone()).or_default();
                self.read_tokens(&module, tokens);
            }
        }
    }

    fn read_tokens(&mut self, module: &Module, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            let text = tokens[at].to_string();
            let next = tokens.get(at + 1).map(|next| next.to_string().replace(' ', "")).unwrap_or_default();
            if text == "#" && SKIPPED.contains(&&*next) {
                at = self.skip_test(module, &tokens, at + 2);
                continue;
            }
            if text == "use" || text == "crate" || text == "super" {
                let (paths, end) = paths(&tokens, at + usize::from(text == "use"));
                let is_exported = text == "use" && at > 0 && is_visibility(&tokens[at - 1]);
                for path in paths {
                    self.add(module, &path, is_exported);
                }
                at = end;
                continue;
            }
            match &tokens[at] {
                // A doc comment.
                TokenTree::Group(group) if group.to_string().replace(' ', "").starts_with("[doc=") => {}
                TokenTree::Group(group) => self.read_tokens(module, group.stream()),
                TokenTree::Literal(_) => self.literals.entry(module.clone()).or_default().push(text),
                _ => {}
            }
            at += 1;
        }
    }

    /// Skips the item after an attribute and returns the index of the next item.
    fn skip_test(&mut self, module: &Module, tokens: &[TokenTree], start: usize) -> usize {
        let ends = |token: &TokenTree| match token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            other => other.to_string() == ";",
        };
        let end = tokens[start..].iter().position(ends).map_or(tokens.len(), |len| start + len);
        let name = tokens[start..end].iter().skip_while(|token| token.to_string() != "mod").nth(1);
        self.tests.extend(name.map(|name| [module.clone(), vec![name.to_string()]].concat()));
        end + 1
    }

    fn add(&mut self, module: &Module, path: &[String], is_exported: bool) {
        let ups = path.iter().take_while(|name| *name == "super").count();
        let from_root = match path.first().map(String::as_str) {
            Some("crate") => path[1..].to_vec(),
            Some("super") => [&module[..module.len() - ups.min(module.len())], &path[ups..]].concat(),
            // Possibly a path that begins with a child module.
            _ => [module, path].concat(),
        };
        if is_exported && let Some(name) = from_root.last() {
            self.exports.entry(module.clone()).or_default().insert(name.clone(), from_root.clone());
        }
        self.paths.entry(module.clone()).or_default().push(from_root);
    }

    /// The module whose file defines the item of a path.
    fn module_of(&self, path: &[String]) -> Module {
        let mut module = Module::new();
        for (at, name) in path.iter().enumerate() {
            let child = [module.clone(), vec![name.clone()]].concat();
            if self.paths.contains_key(&child) {
                module = child;
                continue;
            }
            if let Some(export) = self.exports.get(&module).and_then(|exports| exports.get(name))
                && export[..] != path[..=at]
            {
                return self.module_of(&[export, &path[at + 1..]].concat());
            }
            break;
        }
        module
    }

    /// The modules that each module uses.
    fn uses(&self) -> BTreeMap<&Module, BTreeSet<Module>> {
        let uses = |(module, paths): &(&'_ Module, &Vec<Vec<String>>)| {
            paths.iter().map(|path| self.module_of(path)).filter(|used| used != *module).collect()
        };
        self.paths.iter().map(|row| (row.0, uses(&row))).collect()
    }
}

fn is_visibility(token: &TokenTree) -> bool {
    token.to_string() == "pub"
        || matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis)
}

/// The paths that begin at a token, with groups such as `a::{b, c}` expanded, and the index of the next token.
fn paths(tokens: &[TokenTree], start: usize) -> (Vec<Vec<String>>, usize) {
    let mut path = Vec::new();
    let mut at = start;
    loop {
        match tokens.get(at) {
            Some(TokenTree::Ident(name)) => {
                path.push(name.to_string());
                at += 1;
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace && !path.is_empty() => {
                let tokens: Vec<_> = group.stream().into_iter().collect();
                let parts = tokens.split(|token| token.to_string() == ",").filter(|part| !part.is_empty());
                let all = parts.flat_map(|part| paths(part, 0).0).map(|rest| match &*rest {
                    [only] if only == "self" => path.clone(),
                    rest => [&path[..], rest].concat(),
                });
                return (all.collect(), at + 1);
            }
            _ => break,
        }
        let is_colon = |at: usize| tokens.get(at).is_some_and(|token| token.to_string() == ":");
        if !(is_colon(at) && is_colon(at + 1)) {
            break;
        }
        at += 2;
    }
    (if path.is_empty() { Vec::new() } else { vec![path] }, at.max(start + 1))
}

/// The literals in the code of the library, each with its module.
pub(crate) fn literals() -> Vec<(String, String)> {
    let of_module = |(module, texts): (&Module, &Vec<String>)| {
        let module = written(module);
        texts.clone().into_iter().map(move |text| (module.clone(), text))
    };
    let of_library = MODULES.literals.iter().filter(|(module, _)| module.first().is_some_and(|name| name != "cli"));
    of_library.flat_map(of_module).collect()
}

/// All modules except the root of the crate, which exports from every layer.
static MODULES: LazyLock<Modules> = LazyLock::new(|| {
    let mut modules = Modules::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    modules.paths.retain(|module, _| !module.is_empty());
    modules
});

fn written(module: &[String]) -> String {
    module.join("::")
}

/// Checks the picture in CONTRIBUTING.md: one line per layer, from the highest; text in parentheses explains a module.
#[test]
fn picture_in_contributing_shows_the_layers() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("CONTRIBUTING.md")).unwrap();
    let picture = text.split("```").find(|block| block.trim_start().starts_with("binary")).unwrap();
    let shown: Vec<(&str, Vec<&str>)> = picture
        .trim()
        .lines()
        .rev()
        .map(|line| {
            let (layer, modules) = line.split_once("  ").unwrap();
            let outside = modules.split('(').map(|part| part.split_once(')').map_or(part, |(_, rest)| rest));
            (layer, outside.flat_map(|part| part.split(',')).map(str::trim).filter(|name| !name.is_empty()).collect())
        })
        .collect();
    let layers: Vec<_> = LAYERS.iter().map(|(layer, modules)| (*layer, modules.to_vec())).collect();
    assert_eq!(shown, layers);
}

#[test]
fn modules_use_only_modules_before_them() {
    let order: Vec<&str> = LAYERS.iter().flat_map(|(_, modules)| *modules).copied().collect();
    let place = |module: &str| order.iter().position(|other| *other == module);
    let missing: BTreeSet<_> =
        MODULES.paths.keys().map(|module| &*module[0]).filter(|module| place(module).is_none()).collect();
    assert!(missing.is_empty(), "in no layer: {missing:?}");
    let mut upward = Vec::new();
    for (module, uses) in MODULES.uses() {
        let above = uses.iter().filter(|used| !used.is_empty() && place(&used[0]) > place(&module[0]));
        upward.extend(above.map(|used| format!("{} uses {}", written(module), written(used))));
    }
    assert!(upward.is_empty(), "{} upward:\n{}", upward.len(), upward.join("\n"));
}

/// Counting ends before a report is made. A report can be made from saved numbers, without open inputs.
#[test]
fn counting_and_reporting_stay_apart() {
    let uses: Vec<_> = MODULES
        .uses()
        .into_iter()
        .flat_map(|(module, uses)| uses.into_iter().map(move |used| (written(module), written(&used))))
        .collect();
    let find = |from: &str, to: &str| -> BTreeSet<(&str, &str)> {
        let is_in = |module: &str, parent: &str| module.split("::").next() == Some(parent);
        let found = uses.iter().filter(|(module, used)| is_in(module, from) && is_in(used, to));
        found.map(|(module, used)| (&**module, &**used)).collect()
    };
    let of_inputs = find("report", "input").into_iter().map(|(_, used)| used);
    assert_eq!(of_inputs.collect::<BTreeSet<_>>(), BTreeSet::from(["input::beginning"]));
    let of_reports = find("engine", "report").into_iter().map(|(module, _)| module);
    assert_eq!(
        of_reports.collect::<BTreeSet<_>>(),
        BTreeSet::from([
            "engine",
            "engine::conclude",
            "engine::lines",
            "engine::of_state",
            "engine::save",
            "engine::saved_source"
        ])
    );
}

/// A parent and its children may use each other, because the parent's file holds what the children share.
#[test]
fn files_of_other_modules_have_no_cycles() {
    let mut uses = MODULES.uses();
    for (module, used) in &mut uses {
        used.retain(|used| {
            !used.is_empty() && used[0] == module[0] && !used.starts_with(module) && !module.starts_with(used)
        });
    }
    // A file is not in a cycle if it uses no remaining file, or no remaining file uses it.
    loop {
        let before = uses.len();
        let left: BTreeSet<Module> = uses.keys().map(|module| (*module).clone()).collect();
        uses.values_mut().for_each(|used| used.retain(|used| left.contains(used)));
        let are_used: BTreeSet<Module> = uses.values().flatten().cloned().collect();
        uses.retain(|module, used| !used.is_empty() && are_used.contains(*module));
        if uses.len() == before {
            break;
        }
    }
    let rows: Vec<_> = uses
        .iter()
        .map(|(module, used)| {
            format!("{} uses {}", written(module), used.iter().map(|used| written(used)).collect::<Vec<_>>().join(", "))
        })
        .collect();
    assert!(rows.is_empty(), "in cycles, or between two of them:\n{}", rows.join("\n"));
}
