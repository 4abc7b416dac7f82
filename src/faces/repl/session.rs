//! One line of a person in, the text that answers it out.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::answering::Answerer;
use crate::answering::reply::{Outcome, Reply};
use crate::faces::command::{self, Command};
use crate::faces::dialogue::{Dialogue, Said};
use crate::faces::plain::layout::{Break, Layout, lines};
use crate::faces::plain::{self, around, dim, said};
use crate::faces::repl::interrupt::Interrupts;
use crate::faces::repl::reading;
use crate::faces::rich::{Mark, Rich, visible};
use crate::faces::wording::Tongue;
use crate::faces::wording::courtesies::Courtesy;
use crate::faces::wording::prompt::Tally;
use crate::index::manifest::ArticleEntry;
use crate::text::distance;

/// Columns of a command in the list of all.
const HANGING: usize = 13;
/// Articles that `/articles` lists.
const LISTED: usize = 10;
/// Example questions in the banner.
const EXAMPLES: usize = 3;
/// Edits between a command that does not exist and the one that was meant.
const FAR: usize = 2;
/// Questions whose times are kept.
const TIMED: usize = 10_000;

/// What the prompt remembers of who types.
#[derive(Debug)]
pub struct Session {
    answerer: Answerer,
    tongue: Tongue,
    began: Instant,
    dialogue: Dialogue,
    /// Ids of the articles in the last list of them.
    listed: Vec<String>,
    /// The words of that list, where it goes on and nothing else was said since.
    unfinished: Option<String>,
    tally: Tally,
}

/// What to print, and what is to be done besides.
#[derive(Debug)]
pub struct Turn {
    /// Text that ends in a line break, or nothing.
    pub text: String,
    /// The reply that it shows, where it does.
    pub reply: Option<Arc<Reply>>,
    /// What else the person wants.
    pub then: Then,
}

/// What comes after a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The next line.
    Ask,
    /// A thorough look for changed articles.
    Reload,
    /// The end.
    Leave,
}

impl Session {
    /// A session without a past.
    pub fn new(answerer: Answerer, tongue: Tongue) -> Self {
        Self {
            answerer,
            tongue,
            began: Instant::now(),
            dialogue: Dialogue::default(),
            listed: Vec::new(),
            unfinished: None,
            tally: Tally::default(),
        }
    }

    /// The generation that is asked.
    pub fn generation(&self) -> Cow<'_, str> {
        self.answerer.reader().name()
    }

    /// What answers.
    pub fn answerer(&self) -> &Answerer {
        &self.answerer
    }

    /// Goes on with other articles; what was offered stays on offer.
    pub fn renew(&mut self, answerer: Answerer) {
        self.answerer = answerer;
    }

    /// Every command that there is.
    pub fn commands(tongue: Tongue) -> Vec<&'static str> {
        let texts = tongue.texts();
        let (shared, own) = (texts.commands.iter(), texts.prompt.commands.iter());
        shared.chain(own).chain(&texts.bot_commands[1..]).map(|(name, _)| *name).collect()
    }

    /// What is there to be asked, in two lines and three examples that a number asks.
    pub fn banner(&mut self, layout: Layout) -> String {
        let mut out = said(&self.greeting(), layout);
        out.push_str(&dim(self.tongue.texts().prompt.start, layout));
        let mut examples = Vec::new();
        let read = self.answerer.reader().visit_articles(|article| {
            examples.extend(article.questions.into_iter().next());
            examples.len() < EXAMPLES
        });
        // A list that cannot be read is told with the first question.
        if read.is_ok() {
            out.push_str(&plain::numbered(1, examples.iter().map(|q| q.text.as_str()), layout));
            self.dialogue.offer(examples.into_iter().map(|q| q.link).collect());
        }
        out
    }

    fn greeting(&self) -> String {
        let model = self.answerer.model().map(|model| model.name().to_owned());
        self.tongue.banner(self.answerer.reader().manifest(), model.as_deref())
    }

    /// Answers one line. Fails only where the index cannot be read.
    pub fn respond(
        &mut self,
        line: &str,
        layout: Layout,
        interrupts: &Interrupts,
    ) -> anyhow::Result<Turn> {
        let before = self.dialogue.last().cloned();
        let command = command::at_prompt(line, self.dialogue.offers());
        if !matches!(command, Command::Articles | Command::Find(_)) {
            self.unfinished = None;
        }
        let mut then = match command {
            Command::Quit => Then::Leave,
            Command::Reload => Then::Reload,
            _ => Then::Ask,
        };
        let text = match command {
            Command::Ask(question) => match self.hear(question, interrupts)? {
                Some(Said::Reply(reply)) => self.shown(&reply, layout),
                Some(Said::Command(command)) => self.obey(command, layout)?,
                Some(Said::Courtesy(courtesy)) => {
                    // Who says goodbye to a program wants to leave it.
                    if courtesy == Courtesy::Goodbye {
                        then = Then::Leave;
                    }
                    said(self.tongue.courtesy(courtesy), layout)
                }
                None => dim(self.tongue.texts().prompt.stopped, layout),
            },
            command => self.obey(command, layout)?,
        };
        let is_new = |now: &&Arc<Reply>| before.is_none_or(|before| !Arc::ptr_eq(&before, now));
        let reply = self.dialogue.last().filter(is_new).cloned();
        Ok(Turn { text, reply, then })
    }

    /// Does what is no question.
    fn obey(&mut self, command: Command, layout: Layout) -> anyhow::Result<String> {
        let texts = self.tongue.texts();
        Ok(match command {
            Command::Ask(_) | Command::Quit | Command::Reload => String::new(),
            Command::Help | Command::Start(_) => self.help(layout),
            Command::Source => self.source(layout),
            Command::Why => self.why(layout),
            Command::More => self.more(layout),
            Command::Articles => self.articles("", layout)?,
            Command::Find(words) => self.articles(&words, layout)?,
            Command::Open(what) => self.open(&what, layout)?,
            Command::New => {
                self.dialogue = Dialogue::default();
                said(texts.forgotten, layout)
            }
            Command::Privacy => said(texts.prompt.privacy, layout),
            Command::Stats => self.stats(layout),
            Command::NoSuch(name) => {
                let known = Self::commands(self.tongue).into_iter();
                let near = distance::closest(&name, known, FAR);
                let name = visible(&name);
                let text = self.tongue.no_such_command(&name, near);
                around(&text, &[&name], Mark::none(), layout)
            }
            Command::Pick(number) => self.pick(number, layout)?,
        })
    }

    /// What a line comes to; `None` where it was stopped, and then it was never said.
    fn hear(&mut self, line: String, interrupts: &Interrupts) -> anyhow::Result<Option<Said>> {
        let (answerer, mut dialogue) = (self.answerer.clone(), self.dialogue.clone());
        let (started, now) = (Instant::now(), self.began.elapsed());
        let heard = interrupts.until(move || (dialogue.hear(&answerer, &line, now), dialogue));
        let Some((said, dialogue)) = heard else { return Ok(None) };
        let said = said?;
        self.dialogue = dialogue;
        if let Said::Reply(reply) = &said {
            self.count(reply, started.elapsed());
        }
        Ok(Some(said))
    }

    fn count(&mut self, reply: &Reply, took: Duration) {
        let tally = &mut self.tally;
        match reply.outcome {
            Outcome::Answer(_) => tally.answered += 1,
            Outcome::Choices(_) => tally.offered += 1,
            Outcome::Unknown => tally.unknown += 1,
        }
        if tally.took.len() < TIMED {
            tally.took.push(took);
        }
    }

    fn pick(&mut self, number: usize, layout: Layout) -> anyhow::Result<String> {
        // What is offered may be articles and not passages.
        if self.dialogue.offered(1) == self.listed.first().map(String::as_str) {
            return self.open(&number.to_string(), layout);
        }
        let link = self.dialogue.offered(number).unwrap_or_default();
        let Some(reply) = self.answerer.newest(link)? else {
            return Ok(said(self.tongue.texts().gone, layout));
        };
        let reply = self.dialogue.take(&self.answerer, reply, self.began.elapsed());
        Ok(self.shown(&reply, layout))
    }

    /// Renders a reply with what can be picked next.
    fn shown(&self, reply: &Reply, layout: Layout) -> String {
        let mut text = plain::render(reply, layout, self.tongue);
        if matches!(reply.outcome, Outcome::Answer(_)) && !reply.nearby.is_empty() {
            text.push('\n');
            text.push_str(&plain::nearby(reply, layout, self.tongue));
        }
        text
    }

    fn source(&self, layout: Layout) -> String {
        let texts = self.tongue.texts();
        match self.dialogue.answer() {
            Some(answer) => reading::source(answer, layout, self.tongue),
            None if self.dialogue.last().is_some() => said(texts.no_answer, layout),
            None => said(texts.nothing_yet, layout),
        }
    }

    fn why(&self, layout: Layout) -> String {
        match self.dialogue.last() {
            Some(reply) => plain::why(reply, layout, self.tongue),
            None => said(self.tongue.texts().nothing_yet, layout),
        }
    }

    fn more(&mut self, layout: Layout) -> String {
        let texts = self.tongue.texts();
        let Some(reply) = self.dialogue.last().cloned() else {
            return said(texts.nothing_yet, layout);
        };
        if reply.nearby.is_empty() {
            return said(texts.no_more, layout);
        }
        self.dialogue.offer(reply.nearby.iter().map(|n| n.link.clone()).collect());
        plain::nearby(&reply, layout, self.tongue)
    }

    /// Lists articles; the same words again go on where the list ended.
    fn articles(&mut self, words: &str, layout: Layout) -> anyhow::Result<String> {
        let texts = self.tongue.texts();
        let articles = reading::find(self.answerer.reader(), words)?;
        if articles.is_empty() {
            let none = if words.is_empty() { texts.no_articles } else { texts.prompt.none_found };
            return Ok(said(none, layout));
        }
        if self.unfinished.take().is_none_or(|before| before != words) {
            self.listed.clear();
        }
        let line = |article: &ArticleEntry| match article.published {
            Some(day) => {
                format!("{}{}{}", article.title, layout.own(" · "), self.tongue.day(day))
            }
            None => article.title.clone(),
        };
        let first = self.listed.len();
        let shown = articles.iter().skip(first).take(LISTED);
        let lines: Vec<String> = shown.clone().map(line).collect();
        let mut out = plain::numbered(first + 1, lines.iter().map(String::as_str), layout);
        self.listed.extend(shown.map(|article| article.id.clone()));
        if articles.len() > self.listed.len() {
            let command = format!("/articles {}", visible(words));
            let older = (articles.len() - self.listed.len()) as u64;
            let older = self.tongue.and_older(older, command.trim_end());
            out.push_str(&around(&format!("     {older}"), &[&command], Mark::dim(), layout));
            self.unfinished = Some(words.to_owned());
        }
        self.dialogue.offer(self.listed.clone());
        Ok(out)
    }

    /// Opens an article by its number in the last list, by its title or its id; without either,
    /// the one that the last answer is from.
    fn open(&self, what: &str, layout: Layout) -> anyhow::Result<String> {
        let texts = self.tongue.texts();
        let reader = self.answerer.reader();
        let number = what.parse::<usize>().ok();
        let listed = number.and_then(|number| self.listed.get(number.checked_sub(1)?));
        let id = match (listed, what.is_empty()) {
            (Some(id), _) => Some(id.clone()),
            (None, true) => match self.dialogue.answer() {
                Some(answer) => Some(answer.source.article.clone()),
                None => return Ok(said(texts.prompt.open_what, layout)),
            },
            (None, false) => named(&reading::find(reader, "")?, what),
        };
        if id.is_none() && number.is_some() && !self.listed.is_empty() {
            return Ok(said(&self.tongue.no_such_number(self.listed.len()), layout));
        }
        let text = match id {
            Some(id) => reading::article(&self.answerer, &id, layout, self.tongue)?,
            None => None,
        };
        Ok(text.unwrap_or_else(|| said(texts.prompt.no_such_article, layout)))
    }

    fn stats(&self, layout: Layout) -> String {
        let mut out = said(&self.greeting(), layout);
        let name = self.tongue.generation(&self.generation());
        out.push_str(&said(&name, layout));
        out.push_str(&said(&self.tongue.tally(&self.tally), layout));
        out
    }

    fn help(&self, layout: Layout) -> String {
        let texts = self.tongue.texts();
        let mut out = said(texts.help, layout);
        let own = texts.prompt.commands.iter().chain(&texts.bot_commands[1..]);
        for (name, what) in texts.commands.iter().chain(own) {
            let mut rich = Rich::of(&format!("  /{name:<10}"), Mark::none());
            rich.push(what, Mark::dim());
            out.push_str(&lines(&rich, layout, Break::Blanks, HANGING));
        }
        out
    }
}

/// The article of this title or id; else the only one whose title has it, a number as a word of
/// its own.
fn named(articles: &[ArticleEntry], what: &str) -> Option<String> {
    let what = what.to_lowercase();
    let is_number = what.bytes().all(|byte| byte.is_ascii_digit());
    let exact = |a: &&ArticleEntry| a.title.to_lowercase() == what || a.id.to_lowercase() == what;
    let has = |a: &&ArticleEntry| {
        let title = a.title.to_lowercase();
        let mut words = title.split(|c: char| !c.is_alphanumeric());
        if is_number { words.any(|word| word == what) } else { title.contains(&what) }
    };
    let mut parts = articles.iter().filter(has);
    let only = parts.next().filter(|_| parts.next().is_none());
    articles.iter().find(exact).or(only).map(|article| article.id.clone())
}
