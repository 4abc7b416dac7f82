//! One line of a person in, the text that answers it out.

use std::borrow::Cow;
use std::fmt::Write;

use anstyle::Style;

use crate::answering::Answerer;
use crate::answering::reply::{Answer, Outcome, Reply};
use crate::faces::command::{self, Command};
use crate::faces::plain::{self, Layout};
use crate::faces::wording::Tongue;

const DIM: Style = Style::new().dimmed();
/// Articles that `/articles` lists.
const LISTED: usize = 10;
/// Example questions in the banner.
const EXAMPLES: usize = 3;

/// What the prompt remembers of the conversation: the last reply and what it offered.
#[derive(Debug)]
pub struct Session {
    answerer: Answerer,
    layout: Layout,
    tongue: Tongue,
    last: Option<Reply>,
    /// Short ids of the passages that a number picks.
    offered: Vec<String>,
}

/// What to print, and whether to leave.
#[derive(Debug)]
pub struct Turn {
    /// Text that ends in a line break, or nothing.
    pub text: String,
    /// Whether the person said goodbye.
    pub leave: bool,
}

impl Session {
    /// A session without a past.
    pub fn new(answerer: Answerer, layout: Layout, tongue: Tongue) -> Self {
        Self { answerer, layout, tongue, last: None, offered: Vec::new() }
    }

    /// The generation that is asked.
    pub fn generation(&self) -> Cow<'_, str> {
        self.answerer.reader().name()
    }

    /// Goes on with other articles; what was offered stays on offer.
    pub fn renew(&mut self, answerer: Answerer) {
        self.answerer = answerer;
    }

    /// What is there to be asked, in two lines and three examples that a number asks.
    pub fn banner(&mut self) -> String {
        let manifest = self.answerer.reader().manifest();
        let mut out = format!(
            "{}\n{DIM}{}{DIM:#}\n",
            self.tongue.banner(manifest.articles, manifest.questions, manifest.passages),
            self.tongue.texts().prompt_help
        );
        let articles = self.answerer.reader().articles().unwrap_or_default();
        let examples: Vec<_> =
            articles.iter().filter_map(|a| a.questions.first()).take(EXAMPLES).collect();
        for (n, question) in examples.iter().enumerate() {
            let _ = writeln!(out, "  {}. {}", n + 1, plain::visible(&question.text));
        }
        self.offered = examples.iter().map(|q| q.link.clone()).collect();
        plain::wrap(&out, self.layout)
    }

    /// Answers one line. Fails only where the index cannot be read.
    pub fn respond(&mut self, line: &str) -> anyhow::Result<Turn> {
        let texts = self.tongue.texts();
        let text = match command::parse(line, self.offered.len()) {
            Command::Quit => return Ok(Turn { text: String::new(), leave: true }),
            Command::Help | Command::Start(_) => self.help(),
            Command::Source => self.source(),
            Command::Why => self.why(),
            Command::More => self.more(),
            Command::Articles => self.articles()?,
            Command::New => {
                (self.last, self.offered) = (None, Vec::new());
                said(texts.forgotten)
            }
            Command::Privacy => said(texts.prompt_privacy),
            Command::Stats => {
                let manifest = self.answerer.reader().manifest();
                let (articles, questions) = (manifest.articles, manifest.questions);
                said(&self.tongue.banner(articles, questions, manifest.passages))
            }
            Command::NoSuch(_) => said(texts.no_such_command),
            Command::Pick(number) => self.pick(number)?,
            Command::Ask(question) => {
                let reply = self.answerer.answer(&question)?;
                return Ok(Turn { text: self.shown(reply), leave: false });
            }
        };
        Ok(Turn { text: plain::wrap(&text, self.layout), leave: false })
    }

    fn pick(&mut self, number: usize) -> anyhow::Result<String> {
        let link = self.offered.get(number - 1).cloned().unwrap_or_default();
        Ok(match self.answerer.passage(&link)? {
            Some(reply) => self.shown(reply),
            None => said(self.tongue.texts().gone),
        })
    }

    /// Remembers a reply and renders it with what can be picked next.
    fn shown(&mut self, reply: Reply) -> String {
        let mut text = plain::render(&reply, self.layout, self.tongue);
        self.offered = match &reply.outcome {
            Outcome::Choices(choices) => choices.iter().map(|c| c.link.clone()).collect(),
            Outcome::Answer(_) | Outcome::Unknown => {
                reply.nearby.iter().map(|n| n.link.clone()).collect()
            }
        };
        if matches!(reply.outcome, Outcome::Answer(_)) && !reply.nearby.is_empty() {
            text.push('\n');
            text.push_str(&plain::nearby(&reply, self.layout, self.tongue));
        }
        self.last = Some(reply);
        text
    }

    fn answer(&self) -> Option<&Answer> {
        match &self.last.as_ref()?.outcome {
            Outcome::Answer(answer) => Some(answer),
            Outcome::Choices(_) | Outcome::Unknown => None,
        }
    }

    fn source(&self) -> String {
        let Some(answer) = self.answer() else {
            let texts = self.tongue.texts();
            return said(if self.last.is_some() { texts.no_answer } else { texts.nothing_yet });
        };
        let source = &answer.source;
        let mut out = said(&self.tongue.citation(source));
        let lines = self.tongue.line_range(source.lines);
        let _ = writeln!(out, "{}, {lines}", plain::visible(&source.file));
        let _ = writeln!(out, "{}", plain::visible(&answer.passage));
        if let Some(url) = &source.url {
            let _ = writeln!(out, "{}", plain::visible(url));
        }
        out
    }

    fn why(&self) -> String {
        match &self.last {
            Some(reply) => self.tongue.reasons(reply).iter().map(|line| said(line)).collect(),
            None => said(self.tongue.texts().nothing_yet),
        }
    }

    fn more(&mut self) -> String {
        let Some(reply) = self.last.as_ref().filter(|r| !r.nearby.is_empty()) else {
            let texts = self.tongue.texts();
            return said(if self.last.is_some() { texts.no_more } else { texts.nothing_yet });
        };
        self.offered = reply.nearby.iter().map(|n| n.link.clone()).collect();
        plain::nearby(reply, self.layout, self.tongue)
    }

    fn articles(&self) -> anyhow::Result<String> {
        let articles = self.answerer.reader().articles()?;
        let mut out = String::new();
        for article in articles.iter().take(LISTED) {
            let date = article
                .published
                .map_or_else(String::new, |d| format!(" · {}", self.tongue.day(d)));
            let _ = writeln!(out, "  {}{DIM}{date}{DIM:#}", plain::visible(&article.title));
        }
        if articles.len() > LISTED {
            let older = self.tongue.and_older((articles.len() - LISTED) as u64);
            let _ = writeln!(out, "{DIM}  {older}{DIM:#}");
        }
        Ok(out)
    }

    fn help(&self) -> String {
        let texts = self.tongue.texts();
        let mut out = said(texts.help);
        for (name, what) in texts.commands {
            let _ = writeln!(out, "  /{name:<10}{what}");
        }
        let _ = writeln!(out, "  /{:<10}{}", "quit", texts.quit);
        out
    }
}

fn said(text: &str) -> String {
    format!("{}\n", plain::visible(text))
}
