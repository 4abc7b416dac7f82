//! One update in, the bot's answer to it sent.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use futures::FutureExt;
use teloxide::types::{CallbackQueryId, MessageId, ThreadId, Update, UpdateKind, User};
use tokio::time::timeout;

use crate::answering::Answerer;
use crate::answering::current::Current;
use crate::answering::reply::{Answer, Nearby, Outcome, Reply};
use crate::faces::command::Command;
use crate::faces::telegram::chats::{self, Chats};
use crate::faces::telegram::html::{self, Messages, Press, offered, said};
use crate::faces::telegram::incoming::{self, Heard, Place, Task};
use crate::faces::telegram::sender::{Sender, Stopped};
use crate::faces::wording::{self, Tongue};

/// Longest time to think about one answer.
const THINKING: Duration = Duration::from_secs(30);
/// Articles that `/articles` lists.
const ARTICLES: usize = 10;
/// Questions that `/start` offers.
const EXAMPLES: usize = 3;

/// A chat, or a topic in it.
type Talk = (i64, Option<ThreadId>);

/// What became of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handled {
    /// It is done, or never will be.
    Done,
    /// The bot stops before.
    Later,
}

/// Answers updates.
pub struct Handlers {
    sender: Sender,
    answerer: Arc<Current>,
    me: User,
    chats: Chats<Talk>,
}

impl Handlers {
    /// Handlers of the bot that goes by `me`.
    pub fn new(sender: Sender, answerer: Arc<Current>, me: User) -> Self {
        Self { sender, answerer, me, chats: Chats::new(chats::MOST) }
    }

    /// What an update asks of the bot, and where to answer.
    pub fn read(&self, update: &Update) -> Option<Task> {
        if matches!(update.kind, UpdateKind::Error(_)) {
            // Its content is what somebody wrote, and so none of the log's business.
            tracing::warn!("update {} is of a kind that this version does not read", update.id.0);
        }
        let (place, heard) = incoming::read(update, &self.me)?;
        Some(Task { place, heard })
    }

    /// Does what an update asks for. Trouble is told to the person and logged, and ends here.
    pub async fn handle(&self, update: i64, task: &Task) -> Handled {
        let Task { place, heard } = task;
        let answer = self.answer(*place, heard.clone());
        let trouble = match AssertUnwindSafe(answer).catch_unwind().await {
            Ok(Ok(())) => return Handled::Done,
            Ok(Err(error)) if error.is::<Stopped>() => return Handled::Later,
            Ok(Err(error)) => format!("{error:#}"),
            Err(_) => "a fault in faqbot itself".to_owned(),
        };
        tracing::error!("no answer to update {update}: {trouble}");
        match self.apologize(*place, heard).await {
            Ok(()) => Handled::Done,
            Err(Stopped) => Handled::Later,
        }
    }

    async fn apologize(&self, place: Place, heard: &Heard) -> Result<(), Stopped> {
        if let Heard::Pressed { query, .. } = heard {
            self.sender.acknowledge(query, None).await?;
        }
        self.sender.send(place, &said(place.tongue.texts().trouble)).await.map(drop)
    }

    async fn answer(&self, place: Place, heard: Heard) -> anyhow::Result<()> {
        let messages = match heard {
            Heard::Said(command) => self.obey(place, command).await?,
            Heard::Wordless => said(place.tongue.texts().text_only),
            Heard::TooMuch => said(place.tongue.texts().too_many),
            Heard::Pressed { query, data, message } => {
                return self.press(place, &query, &data, message).await;
            }
        };
        self.sender.send(place, &messages).await?;
        Ok(())
    }

    async fn obey(&self, place: Place, command: Command) -> anyhow::Result<Messages> {
        let (tongue, texts) = (place.tongue, place.tongue.texts());
        Ok(match command {
            Command::Ask(question) if question.is_empty() => said(texts.empty),
            Command::Ask(question) => self.ask(place, question).await?,
            Command::Start(link) => match link.strip_prefix("a_") {
                Some(link) => match self.passage(place, link).await? {
                    Some(reply) => html::render(&reply, tongue),
                    None => said(texts.gone),
                },
                None => self.hello(tongue).await?,
            },
            Command::Privacy => said(texts.privacy),
            Command::Help => said(&help(self.answerer.get().reader().manifest().articles, tongue)),
            Command::Articles => self.articles(tongue).await?,
            Command::New => {
                self.chats.forget(talk(place));
                said(texts.forgotten)
            }
            Command::Source => self.of_answer(place, |_, answer| {
                html::source(answer, self.me.username.as_deref().unwrap_or_default(), tongue)
            }),
            Command::Why => self.of_last(place, |reply| said(&tongue.reasons(reply).join("\n"))),
            Command::More => self.of_last(place, |reply| near(&reply.nearby, tongue)),
            Command::Pick(_) | Command::Quit | Command::NoSuch(_) => said(texts.no_such_command),
        })
    }

    async fn ask(&self, place: Place, question: String) -> anyhow::Result<Messages> {
        let reply = self.think(move |answerer| Ok(answerer.answer(&question)?)).await?;
        let messages = html::render(&reply, place.tongue);
        self.chats.remember(talk(place), Arc::new(reply));
        Ok(messages)
    }

    /// The reply of a short id, which becomes the chat's last one.
    async fn passage(&self, place: Place, link: &str) -> anyhow::Result<Option<Arc<Reply>>> {
        let link = link.to_owned();
        let reply = self.think(move |answerer| Ok(answerer.passage(&link)?)).await?;
        let reply = reply.map(Arc::new);
        if let Some(reply) = &reply {
            self.chats.remember(talk(place), Arc::clone(reply));
        }
        Ok(reply)
    }

    async fn press(
        &self,
        place: Place,
        query: &CallbackQueryId,
        data: &str,
        message: Option<MessageId>,
    ) -> anyhow::Result<()> {
        let tongue = place.tongue;
        let Some(press) = html::pressed(data) else {
            // A button of an older version.
            self.sender.acknowledge(query, Some(tongue.texts().gone)).await?;
            return Ok(());
        };
        let (Press::Choose(link) | Press::Ask(link) | Press::More(link)) = press;
        let Some(reply) = self.passage(place, link).await? else {
            self.sender.acknowledge(query, Some(tongue.texts().gone)).await?;
            return Ok(());
        };
        self.sender.acknowledge(query, None).await?;
        match (press, message) {
            (Press::More(_), _) => self.sender.send(place, &near(&reply.nearby, tongue)).await?,
            (Press::Choose(_), Some(message)) => {
                self.sender.replace(place, &[message], &html::render(&reply, tongue)).await?
            }
            _ => self.sender.send(place, &html::render(&reply, tongue)).await?,
        };
        Ok(())
    }

    async fn hello(&self, tongue: Tongue) -> anyhow::Result<Messages> {
        let articles = self.think(|answerer| Ok(answerer.reader().articles()?)).await?;
        let first = articles.iter().filter_map(|a| a.questions.first());
        let examples: Vec<Nearby> = first
            .take(EXAMPLES)
            .map(|q| Nearby { text: q.text.clone(), link: q.link.clone() })
            .collect();
        Ok(offered(&tongue.hello(self.answerer.get().reader().manifest().articles), &examples))
    }

    async fn articles(&self, tongue: Tongue) -> anyhow::Result<Messages> {
        let articles = self.think(|answerer| Ok(answerer.reader().articles()?)).await?;
        if articles.is_empty() {
            return Ok(said(tongue.texts().no_articles));
        }
        let mut text = tongue.texts().newest.to_owned();
        for article in articles.iter().take(ARTICLES) {
            text.push_str("\n• ");
            text.push_str(&article.title);
            if let Some(date) = article.published {
                text.push_str(" · ");
                text.push_str(&tongue.day(date));
            }
        }
        Ok(said(&text))
    }

    fn of_last(&self, place: Place, show: impl FnOnce(&Reply) -> Messages) -> Messages {
        match self.chats.last(talk(place)) {
            Some(reply) => show(&reply),
            None => said(place.tongue.texts().nothing_yet),
        }
    }

    fn of_answer(&self, place: Place, show: impl FnOnce(&Reply, &Answer) -> Messages) -> Messages {
        self.of_last(place, |reply| match &reply.outcome {
            Outcome::Answer(answer) => show(reply, answer),
            Outcome::Choices(_) | Outcome::Unknown => said(place.tongue.texts().no_answer),
        })
    }

    /// Runs work of the core, which is not made for the runtime's own threads.
    async fn think<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Answerer) -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        let answerer = self.answerer.get();
        let thought = tokio::task::spawn_blocking(move || {
            let done = work(&answerer);
            if let Some(failure) = answerer.model().and_then(|model| model.take_failure()) {
                tracing::warn!("matching words alone: {failure}");
            }
            done
        });
        timeout(THINKING, thought)
            .await
            .context("an answer took too long")?
            .context("a fault in faqbot itself")?
    }
}

fn talk(place: Place) -> Talk {
    (place.chat.0, place.thread)
}

fn near(questions: &[Nearby], tongue: Tongue) -> Messages {
    let texts = tongue.texts();
    if questions.is_empty() { said(texts.no_more) } else { offered(texts.related, questions) }
}

fn help(articles: u64, tongue: Tongue) -> String {
    let texts = tongue.texts();
    let commands = wording::commands(&[&texts.commands[..], &texts.bot_commands].concat());
    format!("{}\n\n{commands}", tongue.hello(articles))
}
