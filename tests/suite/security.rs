//! Whether `SECURITY.md` is true: every test that it names is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::world::repository;

/// The tests below a folder, by the name of their module.
fn tests(folder: &Path, out: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            tests(&path, out);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let stem = if path.ends_with("mod.rs") { path.parent() } else { Some(path.as_path()) };
            let module = stem.and_then(Path::file_stem).expect("a name").to_string_lossy();
            let text = fs::read_to_string(&path).expect("a source");
            let names = text.split("#[test]").skip(1).filter_map(name_of);
            out.extend(names.map(|name| format!("{module}::{name}")));
        }
    }
}

/// The name of the function that comes next.
fn name_of(text: &str) -> Option<&str> {
    text.split_once("fn ")?.1.split_once('(').map(|(name, _)| name)
}

#[test]
fn every_test_that_is_named_is_there() {
    let mut there = BTreeSet::new();
    for folder in ["src", "tests/suite"] {
        tests(&repository().join(folder), &mut there);
    }
    let page = fs::read_to_string(repository().join("SECURITY.md")).expect("the page");
    let quoted = page.split('`').skip(1).step_by(2);
    let named: Vec<&str> =
        quoted.filter(|part| part.contains("::") && *part != "module::test").collect();
    let missing: Vec<_> = named.iter().filter(|name| !there.contains(**name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(named.len() > 30, "{named:?}");
    // A row of a table without a test is a claim that nothing holds.
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| attack"));
    for row in rows {
        assert!(row.split('|').nth(2).is_some_and(|tests| tests.contains("::")), "{row}");
    }
}
