//! One update in, the bot's answer to it sent.

use std::hash::{BuildHasher, RandomState};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use futures::FutureExt;
use teloxide::types::{
    CallbackQueryId, InlineQueryId, MessageId, ThreadId, Update, UpdateKind, User,
};
use tokio::time::timeout;

use crate::answering::Answerer;
use crate::answering::current::Current;
use crate::answering::reply::{Answer, Nearby, Outcome, Reply};
use crate::faces::command::Command;
use crate::faces::telegram::figures::Figures;
use crate::faces::telegram::html::{self, Messages, Press, offered, said};
use crate::faces::telegram::incoming::{self, Heard, Place, Task};
use crate::faces::telegram::recent::Recent;
use crate::faces::telegram::sender::{Sender, Stopped};
use crate::faces::telegram::settings::Chats;
use crate::faces::telegram::{inline, lists};
use crate::faces::wording::{self, Tongue};

/// Longest time to think about one answer.
const THINKING: Duration = Duration::from_secs(30);
/// Chats that are remembered.
const REMEMBERED: usize = 10_000;
/// Questions whose answers are changed with them: people mend their words soon.
const EDITABLE: usize = 2_000;

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

/// The messages that a question was answered by.
#[derive(Debug, Clone)]
struct Answered {
    /// A hash of what was asked: the words themselves are kept nowhere.
    command: u64,
    messages: Vec<MessageId>,
}

/// Answers updates.
pub struct Handlers {
    sender: Sender,
    answerer: Arc<Current>,
    me: User,
    chats: Chats,
    figures: Arc<Figures>,
    /// The last reply of each chat, for `/source`, `/why` and `/more`.
    last: Recent<Talk, Arc<Reply>>,
    /// By chat and message, for questions that are edited.
    given: Recent<(i64, i32), Answered>,
    hasher: RandomState,
}

impl Handlers {
    /// Handlers of the bot that goes by `me`.
    pub fn new(
        sender: Sender,
        answerer: Arc<Current>,
        me: User,
        chats: Chats,
        figures: Arc<Figures>,
    ) -> Self {
        let last = Recent::new(REMEMBERED);
        let (given, hasher) = (Recent::new(EDITABLE), RandomState::new());
        Self { sender, answerer, me, chats, figures, last, given, hasher }
    }

    /// What an update asks of the bot, and where to answer.
    pub fn read(&self, update: &Update) -> Option<Task> {
        if matches!(update.kind, UpdateKind::Error(_)) {
            // Its content is what somebody wrote, and so none of the log's business.
            tracing::warn!("update {} is of a kind that this version does not read", update.id.0);
        }
        let (place, heard) = incoming::read(update, &self.me)?;
        if self.chats.denied_chats.contains(&place.chat.0)
            || self.chats.denied_chats.contains(&place.person)
        {
            return None;
        }
        let allowed = &self.chats.allowed_chats;
        let free = allowed.is_empty()
            || [place.chat.0, place.person].iter().any(|id| allowed.contains(id));
        let heard = match heard {
            heard if free => heard,
            Heard::Said(_) | Heard::Wordless => Heard::NotAllowed,
            _ => return None,
        };
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
        self.figures.troubled();
        tracing::error!("no answer to update {update}: {trouble}");
        match self.apologize(*place, heard).await {
            Ok(()) => Handled::Done,
            Err(Stopped) => Handled::Later,
        }
    }

    async fn apologize(&self, place: Place, heard: &Heard) -> Result<(), Stopped> {
        match heard {
            Heard::Inline { .. } => return Ok(()),
            Heard::Pressed { query, .. } => self.sender.acknowledge(query, None).await?,
            _ => {}
        }
        self.sender.send(place, &said(place.tongue.texts().trouble)).await.map(drop)
    }

    async fn answer(&self, place: Place, heard: Heard) -> anyhow::Result<()> {
        let texts = place.tongue.texts();
        let messages = match heard {
            Heard::Said(command) => return self.speak(place, command).await,
            Heard::Edited(command) => return self.correct(place, command).await,
            Heard::Inline { query, text } => return self.complete(place, &query, text).await,
            Heard::Pressed { query, data, message } => {
                return self.press(place, &query, &data, message).await;
            }
            Heard::Wordless => said(texts.text_only),
            Heard::TooMuch { query: Some(query) } => {
                return Ok(self.sender.acknowledge(&query, Some(texts.too_many)).await?);
            }
            Heard::TooMuch { query: None } => said(texts.too_many),
            Heard::NotAllowed => said(texts.not_allowed),
        };
        self.sender.send(place, &messages).await?;
        Ok(())
    }

    /// Answers, and remembers by which messages.
    async fn speak(&self, place: Place, command: Command) -> anyhow::Result<()> {
        let Some(reply) = self.obey(place, command.clone()).await? else { return Ok(()) };
        let messages = self.sender.send(place, &reply).await?;
        self.remember(place, &command, messages);
        Ok(())
    }

    fn remember(&self, place: Place, command: &Command, messages: Vec<MessageId>) {
        if let Some(message) = place.message {
            let command = self.hasher.hash_one(command);
            self.given.remember((place.chat.0, message.0), Answered { command, messages });
        }
    }

    /// Changes the answer to a question that was changed. Telegram also tells of changes that
    /// nobody can see.
    async fn correct(&self, place: Place, command: Command) -> anyhow::Result<()> {
        let key = place.message.map(|message| (place.chat.0, message.0));
        match key.and_then(|key| self.given.last(key)) {
            Some(before) if before.command == self.hasher.hash_one(&command) => Ok(()),
            Some(before) if !before.messages.is_empty() => {
                let Some(reply) = self.obey(place, command.clone()).await? else { return Ok(()) };
                let messages = self.sender.replace(place, &before.messages, &reply).await?;
                self.remember(place, &command, messages);
                Ok(())
            }
            // Of a question from before the start it is not known what was answered.
            _ if place.chat.is_user() => self.speak(place, command).await,
            _ => Ok(()),
        }
    }

    /// What is said to a command; `None` where silence is better.
    async fn obey(&self, place: Place, command: Command) -> anyhow::Result<Option<Messages>> {
        let (tongue, texts) = (place.tongue, place.tongue.texts());
        Ok(Some(match command {
            Command::Ask(question) if question.is_empty() => said(texts.empty),
            Command::Ask(question) => return self.ask(place, question).await,
            Command::Start(link) => match link.strip_prefix("a_") {
                Some(link) => match self.passage(place, link).await? {
                    Some(reply) => html::render(&reply, tongue),
                    None => offered(texts.gone_instead, &self.examples().await?),
                },
                None => offered(&tongue.hello(self.articles()), &self.examples().await?),
            },
            Command::Privacy => said(texts.privacy),
            Command::Help => said(&self.help(place)),
            Command::Articles | Command::Find(_) => self.page(0, tongue).await?,
            Command::New => {
                self.last.forget(talk(place));
                said(texts.forgotten)
            }
            Command::Stats if self.chats.admins.contains(&place.person) => {
                said(&self.figures.told(self.answerer.get().reader().manifest()))
            }
            Command::Stats => said(texts.admins_only),
            Command::Source => self.of_answer(place, |_, answer| {
                html::source(answer, self.me.username.as_deref().unwrap_or_default(), tongue)
            }),
            Command::Why => self.of_last(place, |reply| said(&tongue.reasons(reply).join("\n"))),
            Command::More => self.of_last(place, |reply| near(&reply.nearby, tongue)),
            Command::Pick(_)
            | Command::Open(_)
            | Command::Reload
            | Command::Quit
            | Command::NoSuch(_) => said(texts.no_such_command),
        }))
    }

    async fn ask(&self, place: Place, question: String) -> anyhow::Result<Option<Messages>> {
        let reply = self.think(move |answerer| Ok(answerer.answer(&question)?)).await?;
        self.figures.replied(&reply.outcome);
        let is_answer = matches!(reply.outcome, Outcome::Answer(_));
        let silent = self.chats.silent_when_unsure && !place.chat.is_user() && !is_answer;
        let messages = html::render(&reply, place.tongue);
        self.last.remember(talk(place), Arc::new(reply));
        Ok((!silent).then_some(messages))
    }

    /// The reply of a short id, which becomes the chat's last one.
    async fn passage(&self, place: Place, link: &str) -> anyhow::Result<Option<Arc<Reply>>> {
        let link = link.to_owned();
        let reply = self.think(move |answerer| Ok(answerer.passage(&link)?)).await?;
        let reply = reply.map(Arc::new);
        if let Some(reply) = &reply {
            self.last.remember(talk(place), Arc::clone(reply));
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
        let (tongue, below) = (place.tongue, message.as_slice());
        let done = match html::pressed(data) {
            Some(Press::Page(page)) => Some((self.page(page, tongue).await?, below)),
            Some(Press::More(link)) => self.more_from(link, tongue).await?.map(|m| (m, &[][..])),
            Some(Press::Choose(link)) => {
                let reply = self.passage(place, link).await?;
                reply.map(|reply| (html::render(&reply, tongue), below))
            }
            Some(Press::Ask(link)) => {
                let reply = self.passage(place, link).await?;
                reply.map(|reply| (html::render(&reply, tongue), &[][..]))
            }
            // A button of an older version.
            None => None,
        };
        let word = if done.is_none() { Some(tongue.texts().gone) } else { None };
        self.sender.acknowledge(query, word).await?;
        match done {
            Some((messages, [])) => self.sender.send(place, &messages).await?,
            Some((messages, below)) => self.sender.replace(place, below, &messages).await?,
            None => Vec::new(),
        };
        Ok(())
    }

    /// Shows cards for what is typed in another chat.
    async fn complete(
        &self,
        place: Place,
        query: &InlineQueryId,
        text: String,
    ) -> anyhow::Result<()> {
        let tongue = place.tongue;
        let cards = self.think(move |answerer| {
            let links = if text.is_empty() {
                let articles = answerer.reader().articles()?;
                lists::examples(&articles).into_iter().map(|example| example.link).collect()
            } else {
                inline::links(&answerer.answer(&text)?)
            };
            let mut cards = Vec::new();
            for link in links {
                let reply = answerer.passage(&link)?;
                cards.extend(reply.and_then(|reply| inline::card(&reply, tongue)));
            }
            Ok(cards)
        });
        self.sender.show(query, cards.await?, tongue).await?;
        Ok(())
    }

    fn help(&self, place: Place) -> String {
        let texts = place.tongue.texts();
        let mut commands = [&texts.commands[..], &texts.bot_commands].concat();
        if !place.chat.is_user() {
            commands.insert(0, texts.ask);
        }
        if self.chats.admins.contains(&place.person) {
            commands.push(texts.stats);
        }
        format!("{}\n\n{}", place.tongue.hello(self.articles()), wording::commands(&commands))
    }

    fn articles(&self) -> u64 {
        self.answerer.get().reader().manifest().articles
    }

    async fn examples(&self) -> anyhow::Result<Vec<Nearby>> {
        self.think(|answerer| Ok(lists::examples(&answerer.reader().articles()?))).await
    }

    async fn page(&self, page: usize, tongue: Tongue) -> anyhow::Result<Messages> {
        let articles = self.think(|answerer| Ok(answerer.reader().articles()?)).await?;
        Ok(lists::articles(&articles, page, tongue))
    }

    async fn more_from(&self, link: &str, tongue: Tongue) -> anyhow::Result<Option<Messages>> {
        let link = link.to_owned();
        self.think(move |answerer| {
            let reader = answerer.reader();
            let Some(passage) = reader.passage_by_link(&link)? else { return Ok(None) };
            let passages = reader.passages_of(&passage.file)?;
            Ok(Some(lists::more_from(&passages, &link, tongue)))
        })
        .await
    }

    fn of_last(&self, place: Place, show: impl FnOnce(&Reply) -> Messages) -> Messages {
        match self.last.last(talk(place)) {
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
