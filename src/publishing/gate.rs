//! Golden questions, asked of a generation before it goes live: none of their answers may get
//! worse.

use std::collections::{HashMap, HashSet};
use std::panic::resume_unwind;
use std::thread;

use crate::answering::Answerer;
use crate::answering::reply::{Outcome, Reply};
use crate::corpus::files::FileRecord;
use crate::corpus::problem::Problem;
use crate::corpus::questions::{FILE, Golden, NONE, Questions};
use crate::index;
use crate::index::reader::Reader;

/// A generation and the files that it was built from.
#[derive(Debug, Clone, Copy)]
pub struct State<'a> {
    /// The generation.
    pub reader: &'a Reader,
    /// Its files.
    pub records: &'a [FileRecord],
}

/// What came of the golden questions.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// How many there are.
    pub asked: usize,
    /// How many are answered as expected.
    pub right: usize,
    /// Those whose answers got worse.
    pub worse: Vec<Worse>,
    /// Those that are not answered as expected.
    pub missed: Vec<Missed>,
}

/// A question that is not answered as expected.
#[derive(Debug, Clone)]
pub struct Missed {
    /// The question and what was expected.
    pub golden: Golden,
    /// The reply.
    pub reply: Reply,
}

/// A question whose answer got worse.
#[derive(Debug, Clone)]
pub struct Worse {
    /// The question and what was expected.
    pub golden: Golden,
    /// The reply of the generation that is live.
    pub before: Reply,
    /// The reply of the one that would be.
    pub after: Reply,
}

/// How well a question is answered, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// By what was not expected.
    Wrong,
    /// Not at all, though something was expected.
    Unhelped,
    /// What was expected is offered beside other things.
    Offered,
    /// As expected.
    Right,
}

/// Golden questions with what is expected of them among the articles that are there.
#[derive(Debug)]
pub struct Gate<'a> {
    questions: &'a [Golden],
    /// The names of what answers each; none where nothing should.
    expected: Vec<Vec<String>>,
    /// What is wrong with those names.
    pub problems: Vec<Problem>,
}

impl<'a> Gate<'a> {
    /// Looks up what is expected in a generation; what is there no longer, or under another name,
    /// in the one before.
    pub fn new(
        questions: &'a Questions,
        before: Option<State<'_>>,
        after: State<'_>,
    ) -> Result<Self, index::Error> {
        let names = Names::new(before, after);
        let mut gate = Self {
            questions: &questions.questions,
            expected: Vec::with_capacity(questions.questions.len()),
            problems: Vec::new(),
        };
        for golden in gate.questions {
            let mut expected = Vec::new();
            for name in golden.expect.iter().filter(|name| *name != NONE) {
                let (found, problem) = names.find(name)?;
                let problem = problem.map(|why| Problem::new(FILE, golden.line, why));
                gate.problems.extend(problem);
                expected.extend(found);
            }
            gate.expected.push(expected);
        }
        Ok(gate)
    }

    /// Asks all questions; without a generation before none can get worse.
    pub fn ask(
        &self,
        before: Option<&Answerer>,
        after: &Answerer,
    ) -> Result<Verdict, index::Error> {
        let ask = |answerer: &Answerer| -> Vec<Result<Reply, index::Error>> {
            self.questions.iter().map(|golden| answerer.answer(&golden.ask)).collect()
        };
        let (before, after) = thread::scope(|scope| {
            let before = before.map(|before| scope.spawn(|| ask(before)));
            let after = ask(after);
            // A fault must not pass for answers that were bad before.
            let before = before.map(|before| before.join().unwrap_or_else(|f| resume_unwind(f)));
            (before.unwrap_or_default(), after)
        });
        let mut before = before.into_iter();
        let mut verdict =
            Verdict { asked: after.len(), right: 0, worse: Vec::new(), missed: Vec::new() };
        for ((golden, expected), after) in self.questions.iter().zip(&self.expected).zip(after) {
            let after = after?;
            // What is live and cannot be read cannot get worse.
            let before = before.next().and_then(Result::ok);
            let (was, link) = before
                .as_ref()
                .map_or((Standing::Wrong, None), |before| standing(before, expected, None));
            let (is, _) = standing(&after, expected, link.as_deref());
            if is == Standing::Right {
                verdict.right += 1;
            } else {
                let (golden, reply) = (golden.clone(), after.clone());
                verdict.missed.push(Missed { golden, reply });
            }
            if let Some(before) = before.filter(|_| is < was) {
                verdict.worse.push(Worse { golden: golden.clone(), before, after });
            }
        }
        Ok(verdict)
    }
}

/// How well a reply does, and by which passage; that of `link` is expected whatever it is called
/// now, as the numbers of entries change with those above them.
fn standing(reply: &Reply, expected: &[String], link: Option<&str>) -> (Standing, Option<String>) {
    let wanted = |passage: &str, own: &str| {
        let named = |name: &String| {
            let rest = passage.strip_prefix(name.as_str());
            name == own || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
        };
        link == Some(own) || expected.iter().any(named)
    };
    match &reply.outcome {
        Outcome::Unknown if expected.is_empty() => (Standing::Right, None),
        Outcome::Choices(_) if expected.is_empty() => (Standing::Offered, None),
        Outcome::Unknown => (Standing::Unhelped, None),
        Outcome::Choices(choices) => {
            match choices.iter().find(|choice| wanted(&choice.passage, &choice.link)) {
                Some(choice) => (Standing::Offered, Some(choice.link.clone())),
                None => (Standing::Unhelped, None),
            }
        }
        Outcome::Answer(answer) if wanted(&answer.passage, &answer.link) => {
            (Standing::Right, Some(answer.link.clone()))
        }
        Outcome::Answer(answer) => {
            let also = answer.also.iter().any(|also| expected.contains(&also.source.article));
            (if also { Standing::Offered } else { Standing::Wrong }, None)
        }
    }
}

/// What articles are called, and were.
struct Names<'a> {
    before: Option<State<'a>>,
    after: State<'a>,
    /// The file of each article.
    files: HashMap<&'a str, &'a str>,
    /// The ids that articles have now, by those they had before.
    moved: HashMap<&'a str, &'a str>,
}

impl<'a> Names<'a> {
    fn new(before: Option<State<'a>>, after: State<'a>) -> Self {
        let id = |record: &'a FileRecord| Some((record.article.as_deref()?, record));
        let now: Vec<_> = after.records.iter().filter_map(id).collect();
        let files: HashMap<&str, &str> =
            now.iter().map(|(id, record)| (*id, record.stamp.path.as_str())).collect();
        let were: Vec<_> = before.iter().flat_map(|b| b.records).filter_map(id).collect();
        let old: HashSet<&str> = were.iter().map(|(id, _)| *id).collect();
        let new = now.iter().filter(|(id, _)| !old.contains(id));
        let by_path: HashMap<&str, &str> =
            new.clone().map(|(id, record)| (record.stamp.path.as_str(), *id)).collect();
        let by_content: HashMap<&str, &str> =
            new.map(|(id, record)| (record.stamp.hash.as_str(), *id)).collect();
        let gone = were.iter().filter(|(id, _)| !files.contains_key(id));
        let moved = gone.filter_map(|(id, FileRecord { stamp, .. })| {
            let now = by_path.get(stamp.path.as_str());
            Some((*id, *now.or_else(|| by_content.get(stamp.hash.as_str()))?))
        });
        let moved = moved.collect();
        Self { before, after, files, moved }
    }

    /// What a name means now, if anything, and what is wrong with it.
    fn find(&self, name: &str) -> Result<(Option<String>, Option<String>), index::Error> {
        if self.files.contains_key(name) || self.after.reader.passage_by_link(name)?.is_some() {
            return Ok((Some(name.to_owned()), None));
        }
        let linked = match self.before {
            Some(before) => before.reader.passage_by_link(name)?.map(|passage| passage.id),
            None => None,
        };
        // Articles and anchors may have a `#` in their names as well.
        let full = linked.as_deref().unwrap_or(name);
        let parts = full.match_indices('#').map(|(at, _)| (&full[..at], Some(&full[at + 1..])));
        let mut parts = parts.chain([(full, None)]);
        let known =
            |article: &str| self.files.contains_key(article) || self.moved.contains_key(article);
        let (article, anchor) = parts.find(|(a, _)| known(a)).unwrap_or((name, None));
        if let Some(file) = self.files.get(article) {
            let is_there = self.after.reader.passages_of(file)?.iter().any(|p| p.id == name);
            let why = || {
                format!(
                    "expects `{name}`, which {file} does not hold: name a passage that it holds, or `{article}`"
                )
            };
            return Ok((Some(name.to_owned()), (!is_there).then(why)));
        }
        if let Some(now) = self.moved.get(article) {
            let now = anchor.map_or((*now).to_owned(), |anchor| format!("{now}#{anchor}"));
            let why = format!("expects `{name}`, which is `{now}` now: write that");
            return Ok((Some(now), Some(why)));
        }
        let why = format!(
            "expects `{name}`, which no article has: counts as `{NONE}` until you name what answers"
        );
        Ok((None, Some(why)))
    }
}
