//! `faqbot check`: every problem of settings, corpus and index, a line each.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::commands::{Global, Outcome, golden, output};
use crate::corpus::formats;
use crate::corpus::passages;
use crate::corpus::problem::Problem;
use crate::corpus::synonyms;
use crate::corpus::{self, Corpus};
use crate::faces::rich::visible;
use crate::faces::telegram::inspection;
use crate::faces::wording::count;
use crate::index::Error;
use crate::index::generations::Generations;
use crate::index::manifest;
use crate::index::reader::Reader;
use crate::publishing::freshness::{self, Freshness};
use crate::publishing::gate::{Gate, State};
use crate::publishing::{self, HELD, lint};
use crate::semantic::installed;
use crate::semantic::model::Kind;
use crate::settings::Settings;

/// Runs the command; settings were checked on the way here.
pub fn run(
    global: &Global,
    settings: &Settings,
    verify: bool,
    telegram: bool,
) -> anyhow::Result<Outcome> {
    let corpus = corpus::load(&settings.corpus, &|_, _| {})?;
    let folder = &settings.corpus.folder;
    let mut lines: Vec<String> =
        corpus.problems.iter().map(|p| folder.join(p.to_string()).display().to_string()).collect();
    if corpus.articles.is_empty() {
        lines.push(format!(
            "{}: holds no article that can be read: put articles there ({})",
            folder.display(),
            formats::endings()
        ));
    }
    let mut notes = Vec::new();
    if global.verbose > 0 {
        notes.extend(corpus.articles.iter().map(corpus::article::Article::outline));
        let synonyms = corpus.synonyms.len() as u64;
        if synonyms > 0 {
            notes.push(format!("{}: {}", synonyms::FILE, count(synonyms, "synonym list")));
        }
    }
    let passages = match index(settings, verify.then_some(&corpus)) {
        Ok(looked) => {
            notes.extend(looked.notes);
            lines.extend(looked.problems);
            looked.passages
        }
        Err(error) => {
            lines.push(error.to_string());
            0
        }
    };
    if telegram {
        match inspection::inspect(&settings.telegram) {
            Ok(found) => {
                notes.extend(found.notes);
                lines.extend(found.problems);
            }
            Err(error) => lines.push(format!("{error:#}")),
        }
    }
    let mut advice = lint::advice(&corpus.articles);
    advice.extend(lint::steering(folder, &corpus.articles));
    advice.extend(lint::drafts(&corpus));
    let place = |problem: &Problem| folder.join(problem.to_string()).display().to_string();
    let asked = asked(global, settings, &corpus);
    advice.extend(asked.advice);
    lines.extend(asked.problems.iter().map(place));
    let found = Found {
        articles: corpus.articles.len(),
        passages,
        verified: verify,
        notes,
        advice: advice.iter().map(place).collect(),
        problems: lines,
    };
    let said = if global.json { vec![found.as_json()] } else { found.as_text(global.talks()) };
    let said: Vec<String> = said.into_iter().map(|line| line + "\n").collect();
    output::print(&said.concat())?;
    Ok(if found.problems.is_empty() { Outcome::Done } else { Outcome::Trouble })
}

/// What the command has to say.
struct Found {
    articles: usize,
    passages: u64,
    verified: bool,
    notes: Vec<String>,
    advice: Vec<String>,
    problems: Vec<String>,
}

impl Found {
    fn as_json(&self) -> String {
        json!({
            "version": 1,
            "articles": self.articles,
            "passages": self.passages,
            "verified": self.verified,
            "problems": self.problems,
            "advice": self.advice,
        })
        .to_string()
    }

    fn as_text(&self, talks: bool) -> Vec<String> {
        let compared = self.verified && self.passages > 0;
        let verified = if compared { ", each compared with its file" } else { "" };
        let (articles, passages) =
            (count(self.articles as u64, "article"), count(self.passages, "passage"));
        let problems = count(self.problems.len() as u64, "problem");
        let advice = match self.advice.len() as u64 {
            0 => String::new(),
            pieces => format!(", {} of advice", count(pieces, "piece")),
        };
        let end = talks.then(|| format!("{articles}, {passages}{verified}, {problems}{advice}"));
        let advice = self.advice.iter().filter(|_| talks).map(|one| format!("advice: {one}"));
        let advice: Vec<String> = advice.collect();
        let lines = self.notes.iter().chain(&advice).chain(&self.problems).chain(&end);
        lines.map(|line| visible(line)).collect()
    }
}

#[derive(Default)]
struct Looked {
    notes: Vec<String>,
    problems: Vec<String>,
    passages: u64,
}

/// Looks at the current generation; that there is none yet is no problem. Where a corpus is given
/// every passage is compared with its file.
fn index(settings: &Settings, corpus: Option<&Corpus>) -> Result<Looked, Error> {
    let mut looked = Looked::default();
    let generations = Generations::new(&settings.index.folder);
    let folder = match generations.current() {
        Ok(folder) => folder,
        Err(error) => {
            // Nothing was compared, which must not look like success.
            let told = if corpus.is_some() { &mut looked.problems } else { &mut looked.notes };
            told.push(error.to_string());
            return Ok(looked);
        }
    };
    let reader = Reader::open(&folder)?;
    reader.verify_files(&HashSet::new())?;
    looked.passages = reader.manifest().passages;
    looked.notes.extend(meaning(settings, &reader));
    match freshness::of(&settings.corpus, &generations, &folder, None) {
        Ok(Freshness::Stale) => looked.notes.push(format!(
            "{}: is older than the corpus: the next question or `faqbot index` renews it",
            folder.display()
        )),
        Ok(Freshness::Held) => looked.notes.push(HELD.to_owned()),
        _ => {}
    }
    if let Some(corpus) = corpus {
        looked.problems = unfaithful(settings, &reader, corpus)?;
    }
    Ok(looked)
}

/// What came of asking.
#[derive(Default)]
struct Asked {
    advice: Vec<Problem>,
    problems: Vec<Problem>,
}

/// Asks the golden questions and those of the articles, where there is an index of them as they
/// are: articles that their own questions do not find, and answers that are not as expected.
fn asked(global: &Global, settings: &Settings, corpus: &Corpus) -> Asked {
    let generations = Generations::new(&settings.index.folder);
    let Ok((folder, reader)) = generations.open(Reader::open) else { return Asked::default() };
    let freshness = freshness::of(&settings.corpus, &generations, &folder, None);
    if !matches!(freshness, Ok(Freshness::Fresh)) {
        return Asked::default();
    }
    let ask = || -> anyhow::Result<Asked> {
        let answerer = global.sources(settings).answerer(reader)?;
        let records = manifest::read_records(&folder)?;
        let state = State { reader: answerer.reader(), records: &records };
        let gate = Gate::new(&corpus.questions, None, state)?;
        let mut advice = lint::unfound(&answerer, &corpus.articles)?;
        let missed = gate.ask(None, &answerer)?.missed;
        advice.extend(missed.iter().map(golden::missed));
        Ok(Asked { advice, problems: gate.problems })
    };
    ask().unwrap_or_default()
}

/// What is to be known of the model and its vectors.
fn meaning(settings: &Settings, reader: &Reader) -> Vec<String> {
    let model = match installed::open(&settings.semantic) {
        Ok(Some(model)) => model,
        Ok(None) => return Vec::new(),
        Err(error) => return vec![format!("matching words alone: {error:#}")],
    };
    let mut notes = Vec::new();
    if !publishing::meaning::is_complete(reader, &model) {
        notes.push(publishing::meaning::missing_note(&model));
    }
    if model.kind() == Kind::Other && settings.answering.calibration.as_os_str().is_empty() {
        notes.push(format!(
            "not calibrated for {}: confidence is a guess until you run `faqbot eval --calibrate` on questions of your own and set `answering.calibration`",
            model.name()
        ));
    }
    notes
}

/// Stored passages that are not the bytes of their files, or not what these say when they are
/// decoded once more.
fn unfaithful(settings: &Settings, reader: &Reader, corpus: &Corpus) -> Result<Vec<String>, Error> {
    let passages = corpus.articles.iter().flat_map(passages::of_article);
    let decoded: HashSet<(String, String)> =
        passages.filter(|p| !p.literal).map(|p| (p.id, p.hash)).collect();
    let mut files: HashMap<String, Option<Vec<u8>>> = HashMap::new();
    let mut problems = Vec::new();
    reader.visit_all(|passage| {
        let path: PathBuf = settings.corpus.folder.join(&passage.file);
        let bytes = files.entry(passage.file.clone()).or_insert_with(|| fs::read(&path).ok());
        let stands = if passage.literal {
            bytes.as_deref().and_then(|b| b.get(passage.bytes.clone()))
                == Some(passage.text.as_bytes())
        } else {
            passage.is_intact() && decoded.contains(&(passage.id.clone(), passage.hash.clone()))
        };
        if !stands {
            let message = format!("is not what passage {} holds: run `faqbot index`", passage.id);
            let problem = Problem::new(&passage.file, passage.lines.0, message);
            problems.push(settings.corpus.folder.join(problem.to_string()).display().to_string());
        }
        true
    })?;
    Ok(problems)
}
