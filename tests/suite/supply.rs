//! What the program is made of: licences, sources and bans of `deny.toml`, read from what cargo
//! knows, so that they hold where cargo-deny is not installed too. And no unsafe code of our own.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::world::repository;

/// A TOML file of the repository.
fn table(name: &str) -> Value {
    let text = fs::read_to_string(repository().join(name)).expect("a file");
    let source = config::File::from_str(&text, config::FileFormat::Toml);
    let table = config::Config::builder().add_source(source).build().expect("TOML");
    table.try_deserialize().expect("tables, lists and texts")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// An expression cut at a word, but not inside brackets.
fn parts<'a>(expression: &'a str, word: &str) -> Vec<&'a str> {
    let (mut depth, mut start, mut out) = (0, 0, Vec::new());
    for (at, c) in expression.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if depth == 0 && expression[at..].starts_with(word) => {
                out.push(&expression[start..at]);
                start = at + word.len();
            }
            _ => {}
        }
    }
    out.push(&expression[start..]);
    out
}

/// Whether licences that may be used are enough for an expression of SPDX, in which some old
/// packages write a slash for `OR`.
fn fits(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let expression = expression.replace('/', " OR ");
    let all = |part: &str| parts(part, " AND ").into_iter().all(|one| fits_one(one, allowed));
    parts(&expression, " OR ").into_iter().any(all)
}

fn fits_one(licence: &str, allowed: &BTreeSet<&str>) -> bool {
    let licence = licence.trim();
    let inside = licence.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    inside.map_or_else(|| allowed.contains(licence), |inside| fits(inside, allowed))
}

#[test]
fn expressions_of_licences_are_read() {
    let allowed = BTreeSet::from(["MIT", "Zlib"]);
    for good in [
        "MIT",
        "MIT OR X",
        "X / MIT",
        "(X OR MIT) AND Zlib",
        "X OR (MIT AND Zlib)",
        "X AND Y OR MIT",
    ] {
        assert!(fits(good, &allowed), "{good}");
    }
    for bad in [
        "",
        "X",
        "MIT AND X",
        "(MIT OR Zlib) AND X",
        "X OR (MIT AND Y)",
        "MIT WITH y",
        "X AND Zlib OR Y",
    ] {
        assert!(!fits(bad, &allowed), "{bad}");
    }
}

#[test]
fn every_library_has_a_licence_that_is_allowed() {
    let deny = table("deny.toml");
    let allow = list(&deny["licenses"]["allow"]).iter().map(text);
    let allow: BTreeSet<&str> = allow.collect();
    // What other machines would need may not be there.
    let told = Command::new("rustc").arg("-vV").output().expect("rustc runs").stdout;
    let told = String::from_utf8(told).expect("text");
    let host = told.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let args =
        ["metadata", "--format-version=1", "--locked", "--offline", "--filter-platform", host];
    let output = Command::new(env!("CARGO")).args(args).current_dir(repository()).output();
    let output = output.expect("cargo runs");
    let told = String::from_utf8_lossy(&output.stderr);
    let metadata: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {told}"));
    let packages = list(&metadata["packages"]);
    assert!(packages.len() > 100);
    for package in packages {
        let name = text(&package["name"]);
        let mut allowed = allow.clone();
        for exception in list(&deny["licenses"]["exceptions"]) {
            if text(&exception["crate"]) == name {
                allowed.extend(list(&exception["allow"]).iter().map(text));
            }
        }
        let licence = text(&package["license"]);
        assert!(fits(licence, &allowed), "{name}: `{licence}` is not allowed by deny.toml");
    }
}

#[test]
fn all_libraries_come_from_one_registry_as_they_were_and_none_is_banned() {
    let (lock, deny) = (table("Cargo.lock"), table("deny.toml"));
    let banned: Vec<&str> = list(&deny["bans"]["deny"]).iter().map(|b| text(&b["crate"])).collect();
    assert!(!banned.is_empty());
    for package in list(&lock["package"]) {
        let name = text(&package["name"]);
        assert!(!banned.contains(&name), "{name} is banned by deny.toml");
        if name != "faqbot" {
            let source = text(&package["source"]);
            assert_eq!(source, "registry+https://github.com/rust-lang/crates.io-index", "{name}");
            assert_eq!(text(&package["checksum"]).len(), 64, "{name} has no checksum");
        }
    }
    let manifest = fs::read_to_string(repository().join("Cargo.toml")).expect("a manifest");
    for never in ["[patch", "git =", "= \"*\""] {
        assert!(!manifest.contains(never), "{never}");
    }
}

#[test]
fn no_unsafe_code_of_our_own() {
    let manifest = table("Cargo.toml");
    let lint = text(&manifest["lints"]["rust"]["unsafe_code"]);
    assert_eq!(lint, "forbid", "what is forbidden cannot be allowed again further down");
}
