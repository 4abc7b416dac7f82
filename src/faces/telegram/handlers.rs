//! One update in, the bot's answer to it sent.

use std::hash::{BuildHasher, RandomState};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt;
use teloxide::types::{CallbackQueryId, InlineQueryId, MessageId, Update, UpdateKind, User};

use crate::faces::command::Command;
use crate::faces::telegram::figures::Figures;
use crate::faces::telegram::html::{self, Messages, Press, said};
use crate::faces::telegram::incoming::{self, Heard, Place, Task};
use crate::faces::telegram::inline;
use crate::faces::telegram::recent::Recent;
use crate::faces::telegram::sender::{Sender, Stopped};
use crate::faces::telegram::settings::Chats;
use crate::faces::telegram::speaking::{Speaker, Version};
use crate::faces::telegram::thinking::Thinkers;

/// Questions whose answers are changed with them: people mend their words soon.
const EDITABLE: usize = 2_000;

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
    speaker: Speaker,
    me: User,
    chats: Chats,
    figures: Arc<Figures>,
    /// By chat and message, for questions that are edited.
    given: Recent<(i64, i32), Answered>,
    hasher: RandomState,
}

impl Handlers {
    /// Handlers of the bot that goes by `me`.
    pub fn new(
        sender: Sender,
        thinkers: Thinkers,
        me: User,
        chats: Chats,
        figures: Arc<Figures>,
    ) -> Self {
        let speaker = Speaker::new(thinkers, me.clone(), chats.clone(), Arc::clone(&figures));
        let (given, hasher) = (Recent::new(EDITABLE), RandomState::new());
        Self { sender, speaker, me, chats, figures, given, hasher }
    }

    /// Forgets who has been silent for long.
    pub fn tidy(&self) {
        self.speaker.tidy();
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
            Heard::Inline { .. } | Heard::TooFast { .. } => return Ok(()),
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
            Heard::TooFast { query } => {
                let (cards, tongue) = (Vec::new(), place.tongue);
                return Ok(self.sender.show(&query, cards, inline::PAUSE_SECONDS, tongue).await?);
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
        let silent = self.chats.silent_when_unsure && !place.called && !place.chat.is_user();
        let reply = self.speaker.answer(place, command.clone(), silent).await?;
        let Some(reply) = reply else { return Ok(()) };
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
            // Silence would leave the answer to what is no longer asked.
            Some(before) if !before.messages.is_empty() => {
                self.speaker.take_back(place);
                let reply = self.speaker.answer(place, command.clone(), false).await?;
                // Nothing to say takes away what was said.
                let reply = reply.unwrap_or_default();
                let messages = self.sender.replace(place, &before.messages, &reply).await?;
                self.remember(place, &command, messages);
                Ok(())
            }
            // Of a question from before the start it is not known what was answered.
            before if before.is_some() || place.chat.is_user() => self.speak(place, command).await,
            _ => Ok(()),
        }
    }

    async fn press(
        &self,
        place: Place,
        query: &CallbackQueryId,
        data: &str,
        message: Option<MessageId>,
    ) -> anyhow::Result<()> {
        let (tongue, speaker) = (place.tongue, &self.speaker);
        let texts = tongue.texts();
        let (reply, over, gone) = match html::pressed(data) {
            Some(Press::Page(page)) => (Some(speaker.page(page, tongue).await?), message, ""),
            Some(Press::More(link)) => (speaker.more_from(place, link).await?, None, texts.gone),
            Some(Press::Choose(link)) => {
                (speaker.pick(place, link, Version::Newest).await?, message, texts.gone)
            }
            Some(Press::Ask(link)) => {
                (speaker.pick(place, link, Version::Newest).await?, None, texts.gone)
            }
            Some(Press::Afresh(asked)) => {
                (speaker.afresh(place, MessageId(asked)).await?, message, texts.question_gone)
            }
            // A button of an older version.
            None => (None, None, texts.gone),
        };
        self.sender.acknowledge(query, reply.is_none().then_some(gone)).await?;
        match (reply, over) {
            (Some(reply), Some(over)) => self.change(place, over, &reply).await?,
            (Some(reply), None) => drop(self.sender.send(place, &reply).await?),
            (None, _) => {}
        }
        Ok(())
    }

    /// Changes the answer that a message is part of, and remembers by which messages its question
    /// is answered now.
    async fn change(
        &self,
        place: Place,
        message: MessageId,
        reply: &Messages,
    ) -> Result<(), Stopped> {
        let chat = place.chat.0;
        let given =
            self.given.find(|(of, _), given| *of == chat && given.messages.contains(&message));
        // A long answer is more than the message above the button.
        let alone = [message];
        let over = given.as_ref().map_or(&alone[..], |(_, given)| &given.messages);
        let messages = self.sender.replace(place, over, reply).await?;
        if let Some((question, given)) = given {
            self.given.remember(question, Answered { messages, ..given });
        }
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
        let cards = self.speaker.think(move |answerer| inline::cards(answerer, &text, tongue));
        self.sender.show(query, cards.await?, inline::CACHE_SECONDS, tongue).await?;
        Ok(())
    }
}
