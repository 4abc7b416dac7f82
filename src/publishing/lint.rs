//! What could be better in the articles, though all of it can be read: advice, no problems.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::Path;

use crate::answering::Answerer;
use crate::answering::reply::Outcome;
use crate::corpus::Corpus;
use crate::corpus::article::{Article, Text};
use crate::corpus::decoding::decode;
use crate::corpus::passages::{self, Kind, Passage};
use crate::corpus::problem::Problem;
use crate::corpus::synonyms;
use crate::index;
use crate::text::controls::steers;
use crate::text::stem;
use crate::text::stopwords::{self, Class};

/// Articles whose questions are asked.
const ASKED: usize = 1000;
/// Questions of one article that are asked before it counts as not found.
const TRIES: usize = 3;

/// Advice on articles, in the order of files and lines.
pub fn advice(articles: &[Article]) -> Vec<Problem> {
    let mut out = twice(articles);
    out.extend(gaps(articles));
    out.extend(lacking(
        articles,
        "no date, so that newer answers cannot be told from older ones: add one",
        |a| a.published.is_none(),
    ));
    out.extend(lacking(articles, "no title but its file name: add one", untitled));
    out.sort();
    out
}

/// Files that gave neither an article nor a problem: their authors call them drafts.
pub fn drafts(corpus: &Corpus) -> Vec<Problem> {
    let articles = corpus.articles.iter().map(|article| &article.file);
    let told: HashSet<&String> =
        corpus.problems.iter().map(|problem| &problem.file).chain(articles).collect();
    let files = corpus.stamps.iter().map(|stamp| &stamp.path);
    let drafts = files.filter(|file| *file != synonyms::FILE && !told.contains(file));
    let why = "is a draft, and nobody is answered from it: when it is done, take `draft` out";
    drafts.map(|file| Problem::new(file, 0, why)).collect()
}

/// Entries that ask the same, told by their words, and answer otherwise, or say the same twice.
fn twice(articles: &[Article]) -> Vec<Problem> {
    let mut first: HashMap<String, Passage> = HashMap::new();
    let mut out = Vec::new();
    for passage in articles.iter().flat_map(passages::of_article).filter(|p| p.kind == Kind::Faq) {
        let Some(key) = words(&passage) else { continue };
        let Some(other) = first.get(&key) else {
            first.insert(key, passage);
            continue;
        };
        let question =
            |p: &Passage| passages::normalized(p.question.as_deref().unwrap_or_default());
        let same_answer = passages::normalized(&other.text) == passages::normalized(&passage.text);
        let same_question = question(other) == question(&passage);
        let place = format!("{}:{}", other.file, other.lines.0);
        // The newest of several answers counts, and one file's twin is a problem already.
        let dated = passage.published != other.published;
        let twin = same_question && passage.article == other.article;
        let why = match (same_question, same_answer) {
            _ if twin || (dated && !same_answer) => continue,
            (_, true) => {
                format!("says the same as {place}: keep one, with both questions (`Also asked:`)")
            }
            (true, false) => format!(
                "asks the same as {place} and answers otherwise: keep one, or date the articles"
            ),
            (false, false) => format!(
                "asks nearly the same as {place}: people will be offered both; keep one, or say how they differ"
            ),
        };
        out.push(Problem::new(&passage.file, passage.lines.0, why));
    }
    out
}

/// The words of a question that carry meaning, whatever their order and endings.
fn words(passage: &Passage) -> Option<String> {
    let question = passage.question.as_deref()?;
    let carries = |word: &&str| {
        matches!(stopwords::classify(word, passage.language), Class::Content | Class::Light)
    };
    let normalized = passages::normalized(question);
    let kept: Vec<&str> = normalized.split(' ').filter(carries).collect();
    let stems: BTreeSet<String> =
        kept.into_iter().map(|word| stem::stem(word, passage.language)).collect();
    let key = stems.into_iter().collect::<Vec<_>>().join(" ");
    (!key.is_empty()).then(|| format!("{}\t{key}", passage.language.code()))
}

/// The first character of each file that would steer the screen it is shown on: in its lines, or,
/// where it is written there in other letters, in what is read from them.
pub fn steering(folder: &Path, articles: &[Article]) -> Vec<Problem> {
    let mut out: Vec<Problem> = Vec::new();
    for article in articles {
        if out.last().is_some_and(|problem| problem.file == article.file) {
            continue;
        }
        let text = fs::read(folder.join(&article.file)).map(|bytes| decode(bytes).text);
        let text = text.unwrap_or_default();
        let mut found = (1..).zip(text.lines()).chain(texts(article));
        let steers = |(line, text): (u32, &str)| Some((line, text.chars().find(|c| steers(*c))?));
        let Some((line, c)) = found.find_map(steers) else { continue };
        let why = format!(
            "has the character U+{:04X}, which would steer a terminal and is not shown as it is: take it out",
            u32::from(c)
        );
        out.push(Problem::new(&article.file, line, why));
    }
    out
}

/// The texts of an article, each with its line; 0 where that is not known.
fn texts(article: &Article) -> impl Iterator<Item = (u32, &str)> {
    let known = |text: &Text| text.span.lines.0;
    let about = [Some(&article.title), article.author.as_ref(), article.url.as_ref()];
    let about = about.into_iter().flatten().map(|text| (0, text.as_str()));
    let entries = article.faqs.iter().flat_map(move |entry| {
        let line = known(&entry.question);
        let asked = entry.alternates.iter().chain(&entry.section).map(String::as_str);
        let asked = asked.chain([entry.question.text.as_str()]).map(move |text| (line, text));
        asked.chain([(known(&entry.answer), entry.answer.text.as_str())])
    });
    let headings = article.sections.iter().filter_map(|section| section.heading.as_deref());
    let paragraphs = article.sections.iter().flat_map(|section| &section.paragraphs);
    let paragraphs = article.summary.iter().chain(paragraphs).map(|paragraph| &paragraph.body);
    let paragraphs = paragraphs.map(move |body| (known(body), body.text.as_str()));
    about.chain(entries).chain(headings.map(|text| (0, text))).chain(paragraphs)
}

/// Numbers of questions that are left out: Q1, Q2, Q4.
fn gaps(articles: &[Article]) -> Vec<Problem> {
    let mut out = Vec::new();
    for article in articles {
        let numbered =
            article.faqs.iter().filter_map(|f| Some((f.number?, f.question.span.lines.0)));
        let numbered: Vec<(u32, u32)> = numbered.collect();
        for pair in numbered.windows(2) {
            let ((above, _), (number, line)) = (pair[0], pair[1]);
            if number > above + 1 {
                let why = format!(
                    "is question {number} after question {above}: one is missing, or the numbers are wrong"
                );
                out.push(Problem::new(&article.file, line, why));
            }
        }
    }
    out
}

/// One line for all articles that lack something.
fn lacking(articles: &[Article], what: &str, lacks: impl Fn(&Article) -> bool) -> Option<Problem> {
    // Lists have no place to say it.
    let written = |article: &&Article| {
        let ending = article.file.rsplit('.').next().unwrap_or_default().to_lowercase();
        !matches!(ending.as_str(), "csv" | "tsv" | "json" | "jsonl" | "ndjson")
    };
    let mut found = articles.iter().filter(written).filter(|article| lacks(article));
    let first = found.next()?;
    let more = match found.count() {
        0 => String::new(),
        1 => ", as has one more article".to_owned(),
        count => format!(", as have {count} more articles"),
    };
    let (what, todo) = what.rsplit_once(": ").unwrap_or((what, ""));
    Some(Problem::new(&first.file, 0, format!("has {what}{more}: {todo}")))
}

fn untitled(article: &Article) -> bool {
    let stem = article.file.rsplit('/').next().unwrap_or_default();
    stem.split('.').next() == Some(article.title.as_str())
}

/// Articles with questions, none of which finds its article.
pub fn unfound(answerer: &Answerer, articles: &[Article]) -> Result<Vec<Problem>, index::Error> {
    let mut out = Vec::new();
    for article in articles.iter().filter(|article| !article.faqs.is_empty()).take(ASKED) {
        let mut found = false;
        for entry in article.faqs.iter().take(TRIES) {
            let reply = answerer.answer(&entry.question.text)?;
            let own = |id: &str| id.split('#').next() == Some(article.id.as_str());
            found |= match &reply.outcome {
                Outcome::Answer(answer) => {
                    own(&answer.passage)
                        || answer.also.iter().any(|also| also.source.article == article.id)
                }
                Outcome::Choices(choices) => choices.iter().any(|choice| own(&choice.passage)),
                Outcome::Unknown => false,
            };
            if found {
                break;
            }
        }
        if !found {
            let line = article.faqs[0].question.span.lines.0;
            let why = "is not found by its own questions: others are nearer; say in them what the article is about";
            out.push(Problem::new(&article.file, line, why));
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::advice;
    use crate::corpus::formats;

    fn told(files: &[(&str, &str)]) -> Vec<String> {
        let articles: Vec<_> = files
            .iter()
            .map(|(file, text)| formats::parse(file, text).article.expect("an article"))
            .collect();
        advice(&articles).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn entries_that_ask_the_same_are_told() {
        let dated =
            |day: u8, entries: &str| format!("Hours\nBy A B | {day} Mar 2026\n\nFAQs\n{entries}");
        let files = [
            ("a.txt", dated(1, "Q: When does the shop open?\nAt nine.\nQ: Is it free?\nYes.\n")),
            (
                "b.txt",
                dated(1, "Q: When does the shop open?\nAt ten.\nQ: Is there free parking?\nNo.\n"),
            ),
            ("c.txt", dated(2, "Q: When does the shop open?\nAt eight.\n")),
            ("d.txt", dated(1, "Q: When do the shops open?\nAt noon.\nQ: Was it free?\nYes.\n")),
        ];
        let files: Vec<(&str, &str)> =
            files.iter().map(|(file, text)| (*file, text.as_str())).collect();
        let told = told(&files);
        assert_eq!(told.len(), 3, "{told:#?}");
        assert!(told[0].starts_with("b.txt:6: asks the same as a.txt:6 and answers otherwise"));
        assert!(told[1].starts_with("d.txt:6: asks nearly the same as a.txt:6"));
        assert!(told[2].starts_with("d.txt:8: says the same as a.txt:8"));
    }

    #[test]
    fn gaps_and_what_is_lacking_are_told() {
        let files = [
            ("a.txt", "Hours\n\nFAQs\nQ1. Who?\nMe.\nQ2. Where?\nHere.\nQ4. How?\nSo.\n"),
            ("b.md", "Some text that is long enough to be no title, and ends in a point.\n"),
            ("c.csv", "question,answer\nWhy?,So.\n"),
        ];
        let told = told(&files);
        assert_eq!(told.len(), 3, "{told:#?}");
        assert!(told[0].starts_with("a.txt: has no date, so that newer answers cannot be told from older ones, as has one more article: add one"));
        assert!(told[1].starts_with("a.txt:8: is question 4 after question 2"));
        assert!(told[2].starts_with("b.md: has no title but its file name: add one"));
    }
}
