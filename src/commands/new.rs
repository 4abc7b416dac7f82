//! `faqbot new`: the skeleton of an article.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, bail, ensure};
use serde_json::json;

use crate::commands::{Global, Outcome, TONGUE, output};
use crate::corpus::dates::Date;
use crate::corpus::{files, formats};
use crate::settings::Settings;
use crate::text::normalize;

/// Longest title, in characters.
const LONGEST_TITLE: usize = 200;
/// Longest name of a file without its ending, in bytes; file systems take 255.
const LONGEST_NAME: usize = 100;

/// Runs the command.
pub fn run(global: &Global, settings: &Settings, title: &[OsString]) -> anyhow::Result<Outcome> {
    let title = checked(title)?;
    files::root(&settings.corpus)?;
    let folder = &settings.corpus.folder;
    let name = name_of(&title);
    let path = folder.join(format!("{name}.txt"));
    let taken = "is there already: edit it, or choose another title";
    // Two files whose names differ in their ending only would have one id.
    if let Some(other) = named_alike(folder, &name) {
        bail!("{}: {taken}", folder.join(other).display());
    }
    let skeleton = skeleton(&title, Date::today());
    let mut file = match File::create_new(&path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            bail!("{}: {taken}", path.display())
        }
        created => created.with_context(|| cannot(&path))?,
    };
    file.write_all(skeleton.as_bytes()).with_context(|| {
        let _ = fs::remove_file(&path);
        cannot(&path)
    })?;
    if global.json {
        output::print(&format!("{}\n", json!({"version": 1, "file": path})))?;
        return Ok(Outcome::Done);
    }
    output::print(&format!("{}\n", path.display()))?;
    if global.talks() {
        output::say("write it, and take its line `Draft: yes` out when it is done");
    }
    Ok(Outcome::Done)
}

/// The title in one line.
fn checked(words: &[OsString]) -> anyhow::Result<String> {
    let words: Option<Vec<&str>> = words.iter().map(|word| word.to_str()).collect();
    let words = words.context("the title is not valid UTF-8: type it once more")?;
    let title = words.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    ensure!(!title.is_empty(), "the title is empty: write a few words");
    let length = title.chars().count();
    ensure!(
        length <= LONGEST_TITLE,
        "the title has {length} characters: up to {LONGEST_TITLE} are allowed"
    );
    ensure!(
        !title.chars().any(char::is_control),
        "the title holds control characters: leave them out"
    );
    Ok(title)
}

/// A name for the file: the words of the title in small letters. What stands between them could
/// lead to another folder, hide the file, or mean something to a shell.
fn name_of(title: &str) -> String {
    let title = title.to_lowercase();
    let inside = |c: char| c.is_alphanumeric() || normalize::is_mark(c);
    let mut name = String::new();
    for word in title.split(|c| !inside(c)).filter(|word| !word.is_empty()) {
        if !name.is_empty() {
            if name.len() + 1 + word.len() > LONGEST_NAME {
                break;
            }
            name.push('-');
        }
        name.push_str(&word[..word.floor_char_boundary(LONGEST_NAME)]);
    }
    if name.is_empty() { "article".to_owned() } else { name }
}

/// A file in the folder whose name is this but for its ending.
fn named_alike(folder: &Path, name: &str) -> Option<OsString> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    let alike = |file: &OsString| {
        Path::new(file).file_stem().is_some_and(|stem| stem.to_string_lossy() == name)
    };
    entries.map(|entry| entry.file_name()).find(alike)
}

/// An article with every part, to be written over.
fn skeleton(title: &str, today: Date) -> String {
    let text = |first: &str| {
        format!(
            "{first}
By NAME | {}
Draft: yes

Summary
- What people should know first, a point a line.

The opening paragraph: what it is about, for whom, and since when.

A heading

A paragraph that can be understood alone, with its names and dates.

FAQs

Q1. What do people ask?
Also asked: The same in other words? | Once more?
The answer, one paragraph or several.
",
            TONGUE.day(today)
        )
    };
    // A title that looks like another part ("FAQ", "Q: Why?") says that it is one.
    let plain = text(title);
    let done = plain.replace("\nDraft: yes", "");
    let article = formats::parse("a.txt", &done).article;
    if article.is_some_and(|article| article.title == title) {
        plain
    } else {
        text(&format!("Title: {title}"))
    }
}

fn cannot(path: &Path) -> String {
    format!("{}: cannot be written", path.display())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{LONGEST_NAME, name_of, skeleton};
    use crate::corpus::dates::Date;
    use crate::corpus::formats;

    #[test]
    fn names_are_made_from_titles() {
        for (title, name) in [
            ("How to return a parcel", "how-to-return-a-parcel"),
            ("../../etc/passwd", "etc-passwd"),
            ("a/b", "a-b"),
            (".hidden", "hidden"),
            ("C:\\x", "c-x"),
            ("Öffnungszeiten für Gäste", "öffnungszeiten-für-gäste"),
            ("営業時間", "営業時間"),
            ("सवाल के जवाब", "सवाल-के-जवाब"),
            ("Часы работы", "часы-работы"),
            ("…!?", "article"),
        ] {
            assert_eq!(name_of(title), name, "{title}");
        }
        assert!(name_of(&"ü".repeat(200)).len() <= LONGEST_NAME);
    }

    #[test]
    fn a_skeleton_is_a_draft_and_then_an_article() {
        let today = Date::new(2026, 4, 10).unwrap();
        for title in
            ["Parcels", "FAQ", "Q: Why?", "- a point", "By Ann", "10 Apr 2026", "# Heading"]
        {
            let text = skeleton(title, today);
            let draft = formats::parse("a.txt", &text);
            assert!(draft.article.is_none() && draft.problems.is_empty(), "{title}");
            let done = formats::parse("a.txt", &text.replace("Draft: yes\n", ""));
            let article = done.article.unwrap();
            assert_eq!((article.published, done.problems.len()), (Some(today), 0), "{title}");
            assert_eq!((article.summary.len(), article.faqs.len()), (1, 1), "{title}");
            assert_eq!(article.sections.len(), 2, "{title}");
            assert_eq!(article.title.trim_start_matches("# "), title.trim_start_matches("# "));
        }
    }

    proptest! {
        #[test]
        fn a_name_stays_in_its_folder(title in any::<String>()) {
            let name = name_of(&title);
            assert!(!name.is_empty() && name.len() <= LONGEST_NAME && !name.starts_with('.'));
            assert!(!name.contains(['/', '\\', ':', '\0']) && !name.chars().any(char::is_control));
        }
    }
}
