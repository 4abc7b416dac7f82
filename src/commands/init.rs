//! `faqbot init`: a few example articles and settings to begin with.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use serde_json::json;

use crate::commands::{Global, Outcome, output};
use crate::settings;

/// The folder of articles, as the settings that are written name it.
const CORPUS: &str = "corpus";
const SETTINGS: &str = "config.toml";
const ARTICLES: [(&str, &str); 3] = [
    ("tool-library-hours.txt", include_str!("starter/tool-library-hours.txt")),
    ("borrowing-tools.txt", include_str!("starter/borrowing-tools.txt")),
    ("writing-articles.txt", include_str!("starter/writing-articles.txt")),
];
/// A question that one of them answers.
const QUESTION: &str = "How long can I keep a tool?";

/// Runs the command.
pub fn run(global: &Global, folder: &Path) -> anyhow::Result<Outcome> {
    ensure!(
        global.config.is_none() && global.corpus.is_none() && global.index.is_none(),
        "init writes config.toml and corpus in one folder: name that folder, without --config, --corpus and --index"
    );
    // Said as people would: config.toml, not ./config.toml.
    let folder = if folder == Path::new(".") { Path::new("") } else { folder };
    let corpus = folder.join(CORPUS);
    let is_free = is_empty(&corpus)?;
    ensure!(
        is_free,
        "{}: holds files already: name another folder, or move it away",
        corpus.display()
    );
    let mut files = vec![(folder.join(SETTINGS), settings::DEFAULTS)];
    files.extend(ARTICLES.iter().map(|(name, text)| (corpus.join(name), *text)));
    let mut written = Written::default();
    written.folder(folder)?;
    written.folder(&corpus)?;
    for (file, text) in &files {
        written.file(file, text)?;
    }
    written.0.clear();
    if global.json {
        let files: Vec<_> = files.iter().map(|(file, _)| file).collect();
        output::print(&format!("{}\n", json!({"version": 1, "files": files})))?;
    } else if global.talks() {
        output::print(&told(folder))?;
    }
    Ok(Outcome::Done)
}

/// What was done, and what to type next.
fn told(folder: &Path) -> String {
    let (settings, corpus) = (folder.join(SETTINGS), folder.join(CORPUS));
    let go = if folder.as_os_str().is_empty() {
        String::new()
    } else {
        format!("cd {} && ", quoted(&folder.display().to_string()))
    };
    format!(
        "wrote {} and {} example articles in {}; now try:\n  {go}faqbot ask \"{QUESTION}\"\n  \
         {go}faqbot new \"An article of your own\"\n",
        settings.display(),
        ARTICLES.len(),
        corpus.display()
    )
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-".contains(c);
    if path.chars().all(plain) && !path.starts_with('-') {
        return path.to_owned();
    }
    format!("-- '{}'", path.replace('\'', r"'\''"))
}

/// Whether a folder holds nothing, or is not there.
fn is_empty(folder: &Path) -> anyhow::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error).with_context(|| cannot(folder)),
    }
}

fn cannot(path: &Path) -> String {
    format!("{}: cannot be written: name another folder", path.display())
}

/// What was written so far, which is taken back unless all of it could be.
#[derive(Default)]
struct Written(Vec<PathBuf>);

impl Written {
    /// Makes a folder, with those above it, unless it is there.
    fn folder(&mut self, folder: &Path) -> anyhow::Result<()> {
        if folder.as_os_str().is_empty() || folder.is_dir() {
            return Ok(());
        }
        if let Some(above) = folder.parent() {
            self.folder(above)?;
        }
        fs::create_dir(folder).with_context(|| cannot(folder))?;
        self.0.push(folder.to_owned());
        Ok(())
    }

    /// Writes a file that is not there yet.
    fn file(&mut self, path: &Path, text: &str) -> anyhow::Result<()> {
        match File::create_new(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                bail!("{}: is there already: name another folder, or move it away", path.display())
            }
            created => {
                let mut file = created.with_context(|| cannot(path))?;
                self.0.push(path.to_owned());
                file.write_all(text.as_bytes()).with_context(|| cannot(path))
            }
        }
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        for path in self.0.drain(..).rev() {
            // A folder that somebody else has put something into stays.
            let _ = if path.is_dir() { fs::remove_dir(&path) } else { fs::remove_file(&path) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ARTICLES, quoted};
    use crate::corpus::formats;

    #[test]
    fn the_examples_are_read_without_problems_and_show_every_part() {
        let read = ARTICLES.map(|(file, text)| formats::parse(file, text));
        for parsed in &read {
            assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
            let article = parsed.article.as_ref().unwrap();
            assert!(article.published.is_some() && !article.summary.is_empty());
            assert!(article.faqs.iter().all(|entry| !entry.alternates.is_empty()));
            assert!(article.sections.iter().any(|section| section.heading.is_some()));
        }
        assert!(read[0].article.as_ref().unwrap().dateline.is_some());
    }

    #[test]
    fn paths_are_quoted_for_a_shell_where_they_must_be() {
        assert_eq!(quoted("a/b-c.d"), "a/b-c.d");
        assert_eq!(quoted("my folder"), "-- 'my folder'");
        assert_eq!(quoted("it's"), r"-- 'it'\''s'");
        assert_eq!(quoted("-x"), "-- '-x'");
    }
}
