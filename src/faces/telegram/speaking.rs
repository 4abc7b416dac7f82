//! What a person says in, the messages that answer it out, and what is remembered of it.

use std::sync::Arc;
use std::time::Duration;

use teloxide::types::{MessageId, User};

use crate::answering::Answerer;
use crate::answering::reply::{Answer, Nearby, Outcome, Reply};
use crate::faces::command::Command;
use crate::faces::dialogue::{Dialogue, Said};
use crate::faces::telegram::figures::Figures;
use crate::faces::telegram::html::{self, Messages, offered, said};
use crate::faces::telegram::incoming::Place;
use crate::faces::telegram::lists;
use crate::faces::telegram::settings::Chats;
use crate::faces::telegram::talks::{Talks, who};
use crate::faces::telegram::thinking::Thinkers;
use crate::faces::wording::courtesies::Courtesy;
use crate::faces::wording::{self, Tongue};

/// Which text of an answer is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// That of the link.
    Exact,
    /// The newest one of it.
    Newest,
}

/// What a line is said after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    /// What the person said before.
    Talk,
    /// Nothing.
    Nothing,
}

/// Knows what to say.
pub struct Speaker {
    thinkers: Thinkers,
    talks: Arc<Talks>,
    me: User,
    chats: Chats,
    figures: Arc<Figures>,
}

impl Speaker {
    /// A speaker that remembers nobody yet.
    pub fn new(thinkers: Thinkers, me: User, chats: Chats, figures: Arc<Figures>) -> Self {
        let talks = Arc::new(Talks::new(thinkers.answerer().forgets_after()));
        Self { thinkers, talks, me, chats, figures }
    }

    /// Forgets who has been silent for long.
    pub fn tidy(&self) {
        self.talks.tidy(self.talks.now());
    }

    /// Forgets that a message was said, and what was said after it.
    pub fn take_back(&self, place: Place) {
        let Some(message) = place.message else { return };
        let now = self.talks.now();
        let mut dialogue = self.talks.of(who(place), now);
        dialogue.take_back(i64::from(message.0));
        self.talks.keep(who(place), dialogue, now);
    }

    /// What is said to a command; `None` where that is nothing: in a group, where it is not sure
    /// and to be `silent` then, and to thanks. What nobody sees is not remembered either.
    pub async fn answer(
        &self,
        place: Place,
        command: Command,
        silent: bool,
    ) -> anyhow::Result<Option<Messages>> {
        match command {
            Command::Ask(question) if question.is_empty() => {
                Ok(Some(said(place.tongue.texts().empty)))
            }
            Command::Ask(question) => self.hear(place, question, After::Talk, silent).await,
            command => self.obey(place, command).await.map(Some),
        }
    }

    /// Answers a line, and remembers it unless that fails or nothing is said.
    async fn hear(
        &self,
        place: Place,
        line: String,
        after: After,
        silent: bool,
    ) -> anyhow::Result<Option<Messages>> {
        let (said, dialogue, now) = self
            .converse(place, move |dialogue, answerer, now| {
                if after == After::Nothing {
                    *dialogue = Dialogue::default();
                }
                Ok(dialogue.hear(answerer, &line, now)?)
            })
            .await?;
        Ok(match said {
            Said::Reply(reply) if silent && !matches!(reply.outcome, Outcome::Answer(_)) => None,
            Said::Reply(reply) => {
                self.figures.replied(&reply.outcome);
                self.keep(place, dialogue, now);
                Some(replied(&reply, place))
            }
            Said::Courtesy(_) if silent => None,
            Said::Courtesy(courtesy) => self.courtesy(place, courtesy),
            Said::Command(command) => Some(self.obey(place, command).await?),
        })
    }

    /// The answer of a short id, as something that was asked; `None` where it is gone.
    pub async fn pick(
        &self,
        place: Place,
        link: &str,
        version: Version,
    ) -> anyhow::Result<Option<Messages>> {
        let link = link.to_owned();
        let (reply, dialogue, now) = self
            .converse(place, move |dialogue, answerer, now| {
                let reply = match version {
                    Version::Exact => answerer.passage(&link)?,
                    Version::Newest => answerer.newest(&link)?,
                };
                Ok(reply.map(|reply| dialogue.take(answerer, reply, now)))
            })
            .await?;
        let Some(reply) = reply else { return Ok(None) };
        self.keep(place, dialogue, now);
        Ok(Some(html::render(&reply, place.tongue)))
    }

    /// Answers what a message asked as if nothing had been said before; `None` where that is
    /// forgotten.
    pub async fn afresh(
        &self,
        place: Place,
        message: MessageId,
    ) -> anyhow::Result<Option<Messages>> {
        let place = Place { message: Some(message), ..place };
        let dialogue = self.talks.of(who(place), self.talks.now());
        let question = dialogue.question_of(i64::from(message.0)).map(str::to_owned);
        let Some(question) = question else { return Ok(None) };
        self.hear(place, question, After::Nothing, false).await
    }

    /// Goes on with a talk on a thread that thinks; gives what came of it, and when it began.
    async fn converse<T: Send + 'static>(
        &self,
        place: Place,
        turn: impl FnOnce(&mut Dialogue, &Answerer, Duration) -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<(T, Dialogue, Duration)> {
        let talks = Arc::clone(&self.talks);
        self.thinkers
            .think(move |answerer| {
                let now = talks.now();
                let mut dialogue = talks.of(who(place), now);
                let came = turn(&mut dialogue, answerer, now)?;
                Ok((came, dialogue, now))
            })
            .await
    }

    fn keep(&self, place: Place, mut dialogue: Dialogue, now: Duration) {
        if let Some(message) = place.message {
            dialogue.note_message(i64::from(message.0));
        }
        self.talks.keep(who(place), dialogue, now);
    }

    /// A kind word. In a group nobody waits for one to thanks.
    fn courtesy(&self, place: Place, courtesy: Courtesy) -> Option<Messages> {
        let word = said(place.tongue.courtesy(courtesy));
        match courtesy {
            Courtesy::Welcome | Courtesy::Goodbye if !place.chat.is_user() => None,
            Courtesy::Which => Some(self.of_last(place, |reply| Messages {
                buttons: html::render(reply, place.tongue).buttons,
                ..word
            })),
            _ => Some(word),
        }
    }

    async fn obey(&self, place: Place, command: Command) -> anyhow::Result<Messages> {
        let (tongue, texts) = (place.tongue, place.tongue.texts());
        Ok(match command {
            Command::Start(link) => self.start(place, &link).await?,
            Command::Help => self.examples(place, &self.help(place)).await?,
            Command::Privacy => said(&tongue.privacy(self.talks.minutes())),
            Command::Articles | Command::Find(_) => self.page(0, tongue).await?,
            Command::New => {
                self.talks.forget(who(place));
                said(texts.forgotten)
            }
            Command::Stats if self.chats.admins.contains(&place.person) => {
                said(&self.figures.told(self.thinkers.answerer().reader().manifest()))
            }
            Command::Stats => said(texts.admins_only),
            Command::Source => self.of_answer(place, |answer| {
                html::source(answer, self.me.username.as_deref().unwrap_or_default(), tongue)
            }),
            Command::Why => self.of_last(place, |reply| said(&tongue.briefly_why(reply))),
            Command::More => self.more(place),
            Command::Pick(number) => {
                let dialogue = self.talks.of(who(place), self.talks.now());
                let link = dialogue.offered(number).unwrap_or_default();
                let picked = self.pick(place, link, Version::Newest).await?;
                picked.unwrap_or_else(|| said(texts.gone))
            }
            Command::Ask(_)
            | Command::Open(_)
            | Command::Reload
            | Command::Quit
            | Command::NoSuch(_) => said(texts.no_such_command),
        })
    }

    async fn start(&self, place: Place, link: &str) -> anyhow::Result<Messages> {
        let hello = match link.split_once('_') {
            Some(("a" | "A", link)) => match self.pick(place, link, Version::Exact).await? {
                Some(answer) => return Ok(answer),
                // Of a passage that is gone nothing is known that could be searched for.
                None => place.tongue.texts().gone_instead.to_owned(),
            },
            _ => place.tongue.hello(self.articles()),
        };
        self.examples(place, &hello).await
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
        self.thinkers.answerer().reader().manifest().articles
    }

    /// A text above questions to begin with.
    async fn examples(&self, place: Place, text: &str) -> anyhow::Result<Messages> {
        let examples =
            move |answerer: &Answerer| Ok(lists::examples(answerer.reader(), place.tongue)?);
        let examples = self.thinkers.think(examples).await?;
        Ok(self.offer(place, text, &examples))
    }

    /// A text above questions, which numbers and words pick from now on.
    fn offer(&self, place: Place, text: &str, questions: &[Nearby]) -> Messages {
        let now = self.talks.now();
        let mut dialogue = self.talks.of(who(place), now);
        dialogue.offer(questions.iter().map(|question| question.link.clone()).collect());
        self.talks.keep(who(place), dialogue, now);
        offered(text, questions)
    }

    /// A page of all articles.
    pub async fn page(&self, page: usize, tongue: Tongue) -> anyhow::Result<Messages> {
        let page = move |answerer: &Answerer| Ok(lists::articles(answerer.reader(), page, tongue)?);
        self.thinkers.think(page).await
    }

    /// Other questions of the article that a passage is from.
    pub async fn more_from(&self, place: Place, link: &str) -> anyhow::Result<Option<Messages>> {
        let (link, texts) = (link.to_owned(), place.tongue.texts());
        let questions = self
            .thinkers
            .think(move |answerer| {
                let reader = answerer.reader();
                let Some(passage) = reader.passage_by_link(&link)? else { return Ok(None) };
                let passages = reader.passages_of(&passage.file)?;
                Ok(Some(lists::more_from(&passages, &link)))
            })
            .await?;
        Ok(questions.map(|questions| match questions.as_slice() {
            [] => said(texts.no_more),
            questions => self.offer(place, texts.more_from_title, questions),
        }))
    }

    /// Does work for what is no talk.
    pub async fn think<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Answerer) -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        self.thinkers.think(work).await
    }

    fn more(&self, place: Place) -> Messages {
        let texts = place.tongue.texts();
        match self.talks.of(who(place), self.talks.now()).last() {
            None => said(texts.nothing_yet),
            Some(reply) if reply.nearby.is_empty() => said(texts.no_more),
            Some(reply) => self.offer(place, texts.related, &reply.nearby),
        }
    }

    fn of_last(&self, place: Place, show: impl FnOnce(&Reply) -> Messages) -> Messages {
        match self.talks.of(who(place), self.talks.now()).last() {
            Some(reply) => show(reply),
            None => said(place.tongue.texts().nothing_yet),
        }
    }

    fn of_answer(&self, place: Place, show: impl FnOnce(&Answer) -> Messages) -> Messages {
        match self.talks.of(who(place), self.talks.now()).answer() {
            Some(answer) => show(answer),
            None => self.of_last(place, |_| said(place.tongue.texts().no_answer)),
        }
    }
}

/// A reply, with a way out where it leans on what was said before.
fn replied(reply: &Reply, place: Place) -> Messages {
    let mut messages = html::render(reply, place.tongue);
    if let Some(message) = place.message.filter(|_| reply.leans()) {
        messages.buttons.push(html::afresh(message.0, place.tongue));
    }
    messages
}
