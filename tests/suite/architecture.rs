//! The rules of `ARCHITECTURE.md`, read from the sources: which way imports point, where each
//! library lives, how files are named and how long they may be.
//!
//! Every rule is a function from sources to violations, so that it can be shown to bite.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::world::repository;

/// The layers from top to bottom; those in one row do not know each other.
const LAYERS: &[&[&str]] = &[
    &["main"],
    &["commands"],
    &["settings"],
    &["faces", "evaluation"],
    &["publishing"],
    &["answering"],
    &["retrieval"],
    &["index", "semantic"],
    &["corpus"],
    &["text"],
];

/// Each library with its homes: files, or folders ending in `/`.
const HOMES: &[(&str, &[&str])] = &[
    ("tantivy", &["index/"]),
    ("candle_core", &["semantic/"]),
    ("candle_nn", &["semantic/"]),
    ("rayon", &["semantic/parallel.rs"]),
    ("pulp", &["semantic/product.rs"]),
    ("tokenizers", &["semantic/"]),
    ("reqwest", &["commands/model/"]),
    ("sha2", &["commands/model/"]),
    ("zip", &["commands/model/"]),
    ("rust_stemmers", &["text/stem.rs"]),
    ("whatlang", &["text/language.rs", "text/detection.rs"]),
    ("unicode_segmentation", &["text/"]),
    ("unicode_normalization", &["text/"]),
    ("strsim", &["text/distance.rs"]),
    ("config", &["settings/"]),
    ("teloxide", &["faces/telegram/"]),
    ("tokio", &["faces/telegram/", "faces/http/", "commands/model/"]),
    ("futures", &["faces/telegram/", "faces/http/"]),
    ("hyper", &["faces/http/", "faces/telegram/webhook.rs"]),
    ("hyper_util", &["faces/http/"]),
    ("http_body_util", &["faces/http/"]),
    ("subtle", &["faces/telegram/webhook.rs"]),
    ("secrecy", &["faces/telegram/", "settings/"]),
    ("rustyline", &["faces/repl/editor.rs"]),
    ("ctrlc", &["faces/repl/interrupt.rs"]),
    ("memchr", &["text/lookup.rs"]),
    ("crc32fast", &["index/checked.rs"]),
    ("foldhash", &["index/"]),
    ("hashbrown", &["index/words.rs"]),
    ("postcard", &["index/stored.rs"]),
    ("terminal_size", &["commands/mod.rs"]),
    ("supports_hyperlinks", &["commands/mod.rs"]),
    ("indicatif", &["commands/"]),
    ("toml", &["corpus/"]),
    ("chardetng", &["corpus/decoding.rs"]),
    ("encoding_rs", &["corpus/decoding.rs"]),
    ("pulldown_cmark", &["corpus/formats/markup/markdown.rs"]),
    ("html5gum", &["corpus/formats/markup/html.rs"]),
    ("yaml_rust2", &["corpus/formats/markup/front_matter.rs"]),
    ("notify", &["publishing/watch.rs"]),
    ("csv", &["corpus/formats/records/table.rs"]),
    ("clap", &["commands/"]),
    ("clap_complete", &["commands/completions.rs", "commands/mod.rs"]),
    ("clap_mangen", &["commands/man.rs"]),
    ("blake3", &["corpus/", "index/", "semantic/"]),
    // But in the evaluation for tests only.
    (
        "tempfile",
        &[
            "faces/repl/",
            "corpus/excerpt.rs",
            "evaluation/",
            "settings/",
            "index/",
            "publishing/ahead.rs",
            "faces/telegram/",
        ],
    ),
    ("textwrap", &["faces/plain/", "commands/"]),
];

/// Names that say nothing about what is inside.
const DRAWERS: &[&str] =
    &["util", "utils", "helper", "helpers", "common", "type", "types", "core", "misc"];

/// Longest file, in lines.
const LONGEST: usize = 400;

/// A source file.
struct Source {
    /// Its path below `src`, with `/`.
    path: String,
    /// Its whole text.
    text: String,
    /// Its text with comments and literals blanked out, of the same length.
    code: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned(), code: blanked(text) }
    }

    /// The layer it belongs to: `corpus` for `corpus/files.rs`.
    fn layer(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.trim_end_matches(".rs")
    }

    /// The child of the layer: `files` for `corpus/files.rs`, `telegram` for all of
    /// `faces/telegram/`, `None` for the layer's own `mod.rs`.
    fn child(&self) -> Option<&str> {
        let (_, below) = self.path.split_once('/')?;
        let child = below.split('/').next().unwrap_or(below).trim_end_matches(".rs");
        (child != "mod").then_some(child)
    }

    fn place(&self, at: usize) -> String {
        format!("src/{}:{}", self.path, self.code[..at].matches('\n').count() + 1)
    }

    /// Where a name stands as a whole word at the head of a path (not behind `::` or `.`).
    fn heads<'a>(&'a self, name: &'a str) -> impl Iterator<Item = usize> + 'a {
        self.code.match_indices(name).map(|(at, _)| at).filter(move |at| {
            let before = self.code[..*at].chars().next_back();
            let after = self.code[at + name.len()..].chars().next();
            let inner = |c: char| c.is_alphanumeric() || c == '_';
            !before.is_some_and(|c| inner(c) || c == ':' || c == '.') && !after.is_some_and(inner)
        })
    }

    /// Every path into the crate, `{…}` taken apart: where it stands and its names from the
    /// layer on, at most two (`["corpus", "files"]`).
    fn imports(&self) -> Vec<(usize, Vec<String>)> {
        // The program itself names the library it is built on.
        let root = if self.path == "main.rs" { "faqbot" } else { "crate" };
        let mut out = Vec::new();
        for at in self.heads(root) {
            let Some(rest) = self.code[at + root.len()..].trim_start().strip_prefix("::") else {
                continue;
            };
            for layer in first_names(rest) {
                let below = rest.strip_prefix(layer.as_str()).and_then(|r| r.strip_prefix("::"));
                let children = below.map(first_names).unwrap_or_default();
                if children.is_empty() {
                    out.push((at, vec![layer.clone()]));
                }
                out.extend(children.into_iter().map(|c| (at, vec![layer.clone(), c])));
            }
        }
        out
    }
}

/// The first name of a path, or the first names of all paths in a group.
fn first_names(path: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let Some(group) = path.trim_start().strip_prefix('{') else { return vec![name(path)] };
    let (mut depth, mut out, mut fresh) = (0usize, Vec::new(), true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            _ if fresh && !c.is_whitespace() => {
                out.push(name(&group[at..]));
                fresh = false;
            }
            _ => {}
        }
    }
    out
}

/// Code with comments, texts and characters blanked out; every byte stays in its place.
fn blanked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let literal = literal(rest, out.chars().next_back());
        let (taken, keep) = if literal > 0 { (literal, false) } else { (c.len_utf8(), true) };
        for c in rest[..taken].chars() {
            if keep || c == '\n' {
                out.push(c);
            } else {
                out.extend(std::iter::repeat_n(' ', c.len_utf8()));
            }
        }
        rest = &rest[taken..];
    }
    out
}

/// The length of the comment or literal that a text begins with; 0 where it begins with none.
fn literal(text: &str, before: Option<char>) -> usize {
    let until = |from: usize, end: &str| {
        text[from..].find(end).map_or(text.len(), |at| from + at + end.len())
    };
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with("/*") {
        return until(2, "*/");
    }
    if text.starts_with('"') {
        return quoted(text, '"');
    }
    if text.starts_with('r') && !before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
        let hashes = text[1..].chars().take_while(|c| *c == '#').count();
        if text[1 + hashes..].starts_with('"') {
            return until(hashes + 2, &format!("\"{}", "#".repeat(hashes)));
        }
    }
    if let Some(inside) = text.strip_prefix('\'') {
        // A lifetime has no closing quote behind its first character.
        let mut chars = inside.chars();
        let first = chars.next();
        if first == Some('\\') || chars.next() == Some('\'') {
            return quoted(text, '\'');
        }
    }
    0
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

fn row(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&layer))
}

/// Imports that point up or across, and modules that stand in no layer.
fn uphill(sources: &[Source]) -> Vec<String> {
    let mut out = Vec::new();
    for source in sources.iter().filter(|s| s.path != "lib.rs") {
        let own = source.layer();
        let Some(own_row) = row(own) else {
            out.push(format!("src/{}: `{own}` stands in no layer", source.path));
            continue;
        };
        for (at, path) in source.imports() {
            let below = row(&path[0]).is_some_and(|r| r > own_row);
            if path[0] != own && !below {
                out.push(format!("{}: {own} must not know {}", source.place(at), path.join("::")));
            }
        }
    }
    out
}

/// Circles between the children of one layer. A `mod.rs` is left out: it holds what the
/// layer declares for all its children (its settings, its door), and names them in turn.
fn circles(sources: &[Source]) -> Vec<String> {
    let mut children: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for source in sources {
        children.entry(source.layer()).or_default().extend(source.child());
    }
    let mut arrows: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for source in sources {
        let (layer, Some(child)) = (source.layer(), source.child()) else { continue };
        for (_, path) in source.imports() {
            if let [to_layer, to] = path.as_slice()
                && to_layer == layer
                && to != child
                && children[layer].contains(to.as_str())
            {
                let from = (layer.to_owned(), child.to_owned());
                arrows.entry(from).or_default().insert(to.clone());
            }
        }
    }
    let mut out = Vec::new();
    for (layer, child) in arrows.keys() {
        let mut reached: BTreeSet<&String> = BTreeSet::new();
        let mut next = vec![child];
        while let Some(at) = next.pop() {
            let further = arrows.get(&(layer.clone(), at.clone())).into_iter().flatten();
            next.extend(further.filter(|to| reached.insert(to)));
        }
        if reached.contains(child) {
            out.push(format!("{layer}::{child} comes back to itself through {reached:?}"));
        }
    }
    out
}

/// Imports that hide what is imported: globs, climbing, groups at the root, borrowed names.
fn hidden(sources: &[Source]) -> Vec<String> {
    let mut out = Vec::new();
    for source in sources {
        let mut found = |what: &str, why: &str| {
            for (at, _) in source.code.match_indices(what) {
                out.push(format!("{}: `{what}`: {why}", source.place(at)));
            }
        };
        found("::*", "name what is imported");
        found("super::super", "begin with `crate::`");
        found("crate::{", "one `use crate::layer::…` a line");
        found("\nuse super::", "begin with `crate::`, so that a search finds the arrow");
        found("\npub use crate::", "import it from where it is at home");
    }
    out
}

/// Libraries that are named away from home.
fn homeless(sources: &[Source]) -> Vec<String> {
    let mut out = Vec::new();
    for (library, homes) in HOMES {
        for source in sources {
            let at_home = homes.iter().any(|home| {
                source.path == *home || (home.ends_with('/') && source.path.starts_with(home))
            });
            let named = source.heads(library).find(|at| {
                let rest = &source.code[at + library.len()..];
                let imported = source.code[..*at].ends_with("use ");
                rest.starts_with("::") || (imported && rest.starts_with([';', ' ']))
            });
            if let Some(at) = named.filter(|_| !at_home) {
                out.push(format!("{}: {library} lives in {homes:?}", source.place(at)));
            }
        }
    }
    out
}

/// Files that are too long, and modules whose names say nothing.
fn unwieldy(sources: &[Source]) -> Vec<String> {
    let mut out = Vec::new();
    for source in sources {
        let lines = source.text.lines().count();
        if lines > LONGEST {
            out.push(format!("src/{}: {lines} lines, at most {LONGEST}", source.path));
        }
        for name in source.path.split('/').map(|n| n.trim_end_matches(".rs")) {
            if DRAWERS.contains(&name) {
                out.push(format!("src/{}: `{name}` does not say what is inside", source.path));
            }
        }
    }
    out
}

/// Reads of environment variables outside the one file of the settings that does.
fn worldly(sources: &[Source]) -> Vec<String> {
    let mut out = Vec::new();
    for source in sources.iter().filter(|s| s.path != "settings/environment.rs") {
        for what in ["env::var", "env::set_var", "env::remove_var"] {
            for (at, _) in source.code.match_indices(what) {
                out.push(format!(
                    "{}: `{what}` belongs in settings/environment.rs",
                    source.place(at)
                ));
            }
        }
    }
    out
}

/// All sources of the program.
fn sources() -> Vec<Source> {
    fn walk(folder: &Path, prefix: &str, out: &mut Vec<Source>) {
        let entries = fs::read_dir(folder).expect("a folder of sources");
        for entry in entries.map(|e| e.expect("an entry")) {
            let name = entry.file_name().into_string().expect("a name in UTF-8");
            let path = format!("{prefix}{name}");
            if entry.path().is_dir() {
                walk(&entry.path(), &format!("{path}/"), out);
            } else if entry.path().extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(entry.path()).expect("a source");
                out.push(Source::new(&path, &text));
            }
        }
    }
    let mut out = Vec::new();
    walk(&repository().join("src"), "", &mut out);
    out.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(out.len() > 30, "the sources were found");
    out
}

#[track_caller]
fn holds(rule: fn(&[Source]) -> Vec<String>) {
    let violations = rule(&sources());
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

#[test]
fn imports_point_downwards() {
    holds(uphill);
}

#[test]
fn no_layer_has_circles_inside() {
    holds(circles);
}

#[test]
fn imports_hide_nothing() {
    holds(hidden);
}

#[test]
fn every_library_has_its_home() {
    holds(homeless);
}

#[test]
fn files_are_short_and_well_named() {
    holds(unwieldy);
}

#[test]
fn only_settings_read_the_environment() {
    holds(worldly);
}

#[test]
fn every_home_is_that_of_a_library_in_use() {
    let manifest = fs::read_to_string(repository().join("Cargo.toml")).expect("a manifest");
    for (library, _) in HOMES {
        // A package may have the underscore in its own name.
        let package = library.replace('_', "-");
        let listed = [*library, &package]
            .iter()
            .any(|name| manifest.lines().any(|line| line.starts_with(&format!("{name} ="))));
        assert!(listed, "{package} is no dependency any more: take it off the list");
    }
}

/// What a rule says to made-up sources.
fn said(rule: fn(&[Source]) -> Vec<String>, sources: &[(&str, &str)]) -> Vec<String> {
    let sources: Vec<Source> = sources.iter().map(|(path, text)| Source::new(path, text)).collect();
    rule(&sources)
}

#[track_caller]
fn bites(rule: fn(&[Source]) -> Vec<String>, path: &str, text: &str) {
    assert_eq!(said(rule, &[(path, text)]).len(), 1, "{path}: {text}");
}

#[track_caller]
fn spares(rule: fn(&[Source]) -> Vec<String>, path: &str, text: &str) {
    assert_eq!(said(rule, &[(path, text)]), [""; 0], "{path}: {text}");
}

#[test]
fn an_import_that_points_up_or_across_is_caught() {
    bites(uphill, "text/stem.rs", "use crate::corpus::article::Article;");
    bites(uphill, "corpus/files.rs", "fn f() { let x = crate::index::reader::open(); }");
    bites(uphill, "corpus/files.rs", "use crate::{index, text};");
    bites(uphill, "faces/plain.rs", "use crate::evaluation::Figures;");
    bites(uphill, "evaluation/mod.rs", "use crate::faces::wording;");
    bites(uphill, "semantic/model.rs", "use crate::index::Error;");
    bites(uphill, "settings/mod.rs", "use crate::commands::Global;");
    bites(uphill, "answering/mod.rs", "use crate::nowhere::Thing;");
    bites(uphill, "drawer/mod.rs", "");
    spares(uphill, "main.rs", "use faqbot::commands; use faqbot::text::stem;");
    spares(uphill, "faces/plain.rs", "use crate::faces::wording;\nuse crate::text::stem;");
    spares(uphill, "text/stem.rs", "// crate::corpus\nconst A: &str = \"crate::index\";");
}

#[test]
fn a_circle_is_caught() {
    let found = said(
        circles,
        &[
            ("corpus/files.rs", "use crate::corpus::layout::parse;"),
            ("corpus/layout.rs", "use crate::corpus::{shape, Settings};"),
            ("corpus/shape.rs", "fn f() { crate::corpus::files::list() }"),
            ("corpus/dates.rs", "use crate::corpus::files;"),
        ],
    );
    assert_eq!(found.len(), 3, "{found:?}");
    let found = said(
        circles,
        &[
            ("faces/telegram/mod.rs", "use crate::faces::plain::render;"),
            ("faces/telegram/html.rs", "use crate::faces::telegram::Settings;"),
            ("faces/plain.rs", "use crate::faces::telegram::html;"),
        ],
    );
    assert_eq!(found.len(), 2, "a folder is one child: {found:?}");
    let accepted = said(
        circles,
        &[
            ("corpus/mod.rs", "use crate::corpus::files::list;"),
            ("corpus/files.rs", "use crate::corpus::Settings;\nuse crate::corpus::problem::P;"),
            ("corpus/problem.rs", "use crate::text::stem;"),
        ],
    );
    assert_eq!(accepted, [""; 0]);
}

#[test]
fn a_hidden_import_is_caught() {
    bites(hidden, "a.rs", "use crate::text::stem::*;");
    bites(hidden, "a.rs", "use crate::text::{stem, language::*};");
    bites(hidden, "a.rs", "fn f() { super::super::g() }");
    bites(hidden, "a.rs", "use crate::{text, corpus};");
    bites(hidden, "a.rs", "//! A.\nuse super::files;");
    bites(hidden, "a.rs", "//! A.\npub use crate::index::Error;");
    spares(hidden, "a.rs", "mod tests {\n    use super::stem;\n}\nlet a = 2 * 3; // x::*");
}

#[test]
fn a_library_away_from_home_is_caught() {
    bites(homeless, "retrieval/question.rs", "use tantivy::Term;");
    bites(homeless, "corpus/shape.rs", "unicode_normalization::char::is_combining_mark(c)");
    bites(homeless, "commands/ask.rs", "#[tokio::main]\nfn main() {}");
    bites(homeless, "text/stem.rs", "use blake3;");
    bites(homeless, "faces/plain.rs", "use clap as c;");
    bites(homeless, "faces/replay.rs", "use rustyline::Editor;");
    spares(homeless, "index/reader.rs", "use tantivy::Term;");
    spares(homeless, "faces/repl/editor.rs", "use rustyline::Editor;");
    spares(homeless, "text/stem.rs", "/// tantivy::Term\nlet config = my::config::x;");
}

#[test]
fn long_files_drawers_and_stray_variables_are_caught() {
    bites(unwieldy, "text/stem.rs", &"\n".repeat(LONGEST + 1));
    bites(unwieldy, "text/utils.rs", "");
    bites(unwieldy, "common/mod.rs", "");
    spares(unwieldy, "text/stem.rs", &"\n".repeat(LONGEST));
    bites(worldly, "corpus/files.rs", "std::env::var(\"HOME\")");
    bites(worldly, "corpus/files.rs", "use std::env;\nenv::vars_os()");
    spares(worldly, "settings/environment.rs", "std::env::var(\"HOME\")");
    spares(worldly, "corpus/files.rs", "env!(\"CARGO_PKG_VERSION\")");
}

#[test]
fn comments_and_literals_are_no_code() {
    let code = blanked("a /* b */ \"c\\\"d\" '\"' 'e' '\\'' r#\"f\"g\"# h<'i> // ü\nj");
    let left: Vec<&str> = code.split_whitespace().collect();
    assert_eq!(left, ["a", "h<'i>", "j"]);
    assert_eq!(blanked("\"ü\" // ü").len(), "\"ü\" // ü".len());
}
