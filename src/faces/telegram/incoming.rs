//! An update from Telegram in, what a person wants of the bot out, or nothing where nobody
//! spoke to it.

use serde::{Deserialize, Serialize};
use teloxide::types::{
    CallbackQuery, CallbackQueryId, ChatId, InlineQueryId, MaybeInaccessibleMessage, Message,
    MessageId, MessageKind, ThreadId, Update, UpdateKind, User, UserId,
};

use crate::faces::command::{Command, parse};
use crate::faces::wording::Tongue;

/// Where an answer goes, whom it is for, and in which language it is introduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Who spoke: a person, or the chat that somebody speaks for; 0 where that is hidden.
    pub person: i64,
    /// The chat.
    pub chat: ChatId,
    /// The topic in it.
    pub thread: Option<ThreadId>,
    /// The message of the person, where it is one.
    pub message: Option<MessageId>,
    /// When the message was written or last changed, in seconds since 1970, where it is one.
    #[serde(default)]
    pub written: Option<i64>,
    /// The message that is answered, where several people talk.
    pub reply_to: Option<MessageId>,
    /// The language of who is answered, in groups too.
    pub tongue: Tongue,
    /// Whether it was called, by a command or its name, where others talk as well.
    #[serde(default)]
    pub called: bool,
}

/// What a person did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Heard {
    /// Typed something.
    Said(Command),
    /// Sent something without words.
    Wordless,
    /// Said or pressed more than is taken.
    TooMuch {
        /// The press, which wants an acknowledgement.
        query: Option<CallbackQueryId>,
    },
    /// Spoke in a chat that the bot is not for.
    NotAllowed,
    /// Changed what was said before.
    Edited(Command),
    /// Types in another chat.
    Inline {
        /// What wants an answer.
        query: InlineQueryId,
        /// What was typed so far.
        text: String,
    },
    /// Types there faster than is taken.
    TooFast {
        /// What wants an answer.
        query: InlineQueryId,
    },
    /// Pressed a button.
    Pressed {
        /// The press, which wants an acknowledgement.
        query: CallbackQueryId,
        /// What the button carries.
        data: String,
        /// The message above the button, where it can still be changed.
        message: Option<MessageId>,
    },
}

impl Heard {
    /// Whether an answer is still wanted after a while.
    pub fn lasts(&self) -> bool {
        !matches!(self, Self::Inline { .. } | Self::TooFast { .. })
    }
}

/// What an update asks for: all of it that is ever written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Where to answer.
    pub place: Place,
    /// What was said.
    pub heard: Heard,
}

/// What an update asks of the bot, and where to answer.
pub fn read(update: &Update, me: &User) -> Option<(Place, Heard)> {
    match &update.kind {
        UpdateKind::Message(message) => read_message(message, me),
        UpdateKind::EditedMessage(message) => match read_message(message, me)? {
            (place, Heard::Said(command)) => Some((place, Heard::Edited(command))),
            _ => None,
        },
        UpdateKind::CallbackQuery(query) => Some(read_press(query)),
        UpdateKind::InlineQuery(inline) => {
            let (query, text) = (inline.id.clone(), inline.query.trim().to_owned());
            Some((of_person(&inline.from), Heard::Inline { query, text }))
        }
        _ => None,
    }
}

/// A place where topics are told apart; a reply chain is no topic, though Telegram gives it
/// a number too.
fn place(message: &Message, person: Option<&User>) -> Place {
    Place {
        person: person.map_or(0, |person| number(person.id)),
        chat: message.chat.id,
        thread: message.thread_id.filter(|_| message.is_topic_message),
        message: None,
        written: None,
        reply_to: None,
        tongue: tongue(person),
        called: false,
    }
}

/// The private chat of a person.
fn of_person(person: &User) -> Place {
    Place {
        person: number(person.id),
        chat: person.id.into(),
        thread: None,
        message: None,
        written: None,
        reply_to: None,
        tongue: tongue(Some(person)),
        called: false,
    }
}

fn number(person: UserId) -> i64 {
    i64::try_from(person.0).unwrap_or(0)
}

fn tongue(person: Option<&User>) -> Tongue {
    let code = person.and_then(|person| person.language_code.as_deref());
    code.map_or(Tongue::English, Tongue::of)
}

fn read_press(query: &CallbackQuery) -> (Place, Heard) {
    let (place, message) = match &query.message {
        Some(MaybeInaccessibleMessage::Regular(message)) => {
            // The message is the bot's own; its language is that of who pressed.
            (place(message, Some(&query.from)), Some(message.id))
        }
        other => {
            let person = of_person(&query.from);
            let chat = other.as_ref().map_or(person.chat, |m| m.chat().id);
            (Place { chat, ..person }, None)
        }
    };
    let data = query.data.clone().unwrap_or_default();
    (place, Heard::Pressed { query: query.id.clone(), data, message })
}

fn read_message(message: &Message, me: &User) -> Option<(Place, Heard)> {
    // Bots must not talk to each other; an anonymous admin has a bot's face, but a chat.
    let bot = message.from.as_ref().is_some_and(|from| from.is_bot);
    if (bot && message.sender_chat.is_none()) || message.via_bot.is_some() {
        return None;
    }
    let text = message.text().or(message.caption());
    let message_id = Some(message.id);
    let place = place(message, message.from.as_ref());
    // All who speak for a chat have the same face of a bot.
    let person = message.sender_chat.as_ref().map_or(place.person, |chat| chat.id.0);
    let written = Some(message.edit_date().unwrap_or(&message.date).timestamp());
    let place = Place { person, message: message_id, written, ..place };
    if message.chat.is_private() {
        let common = matches!(message.kind, MessageKind::Common(_));
        return match text {
            Some(text) => Some((place, asked(text, message, me))),
            // Of an album one reply is enough, to the part with words.
            None => {
                (common && message.media_group_id().is_none()).then_some((place, Heard::Wordless))
            }
        };
    }
    let (text, name) = (text?, me.username.as_deref()?);
    let called = addressed(text, name, false).is_some();
    let text = addressed(text, name, is_of(answered(message), me))?;
    Some((Place { reply_to: message_id, called, ..place }, asked(&text, message, me)))
}

/// The message that another one replies to.
fn answered(message: &Message) -> Option<&Message> {
    message.reply_to_message().filter(|m| matches!(m.kind, MessageKind::Common(_)))
}

fn is_of(message: Option<&Message>, person: &User) -> bool {
    message.and_then(|m| m.from.as_ref()).is_some_and(|author| author.id == person.id)
}

/// What is typed. Who calls the bot without a word below somebody's message means that message.
fn asked(text: &str, message: &Message, me: &User) -> Heard {
    let heard = typed(text);
    let above = answered(message).filter(|above| !is_of(Some(above), me));
    match (&heard, above.and_then(|above| above.text().or(above.caption()))) {
        (Heard::Said(Command::Ask(nothing)), Some(above)) if nothing.is_empty() => {
            Heard::Said(Command::Ask(above.trim().to_owned()))
        }
        _ => heard,
    }
}

/// What is said to the bot in a group, without its name; `None` where others are meant.
fn addressed(text: &str, name: &str, replies: bool) -> Option<String> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix('/') {
        let command = rest.split(char::is_whitespace).next().unwrap_or_default();
        return match command.split_once('@') {
            Some((_, to)) => to.eq_ignore_ascii_case(name).then(|| text.to_owned()),
            None => (replies || command.eq_ignore_ascii_case("ask")).then(|| text.to_owned()),
        };
    }
    match without(text, name) {
        Some(rest) => Some(rest),
        None => replies.then(|| text.to_owned()),
    }
}

/// A text without the mentions of a name; `None` where there are none.
fn without(text: &str, name: &str) -> Option<String> {
    let of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (mut out, mut found, mut rest) = (String::new(), false, text);
    while let Some(at) = rest.find('@') {
        let behind = &rest[at + 1..];
        let end = behind.find(|c| !of_name(c)).unwrap_or(behind.len());
        let inside = rest[..at].ends_with(of_name);
        if behind[..end].eq_ignore_ascii_case(name) && !inside {
            out.push_str(&rest[..at]);
            found = true;
        } else {
            out.push_str(&rest[..=at + end]);
        }
        rest = &behind[end..];
    }
    out.push_str(rest);
    let words: Vec<&str> = out.split(' ').filter(|w| !w.is_empty()).collect();
    // "@bot, when…" leaves a comma.
    let said = words.join(" ");
    found.then(|| said.trim_start_matches([',', ':', ' ']).trim().to_owned())
}

fn typed(text: &str) -> Heard {
    match parse(text, 0) {
        Command::Quit => Heard::Said(Command::NoSuch("quit".to_owned())),
        command => Heard::Said(command),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use teloxide::types::{MessageId, ThreadId, Update, User};

    use super::{Heard, addressed, read};
    use crate::faces::command::Command;

    fn me() -> User {
        serde_json::from_value(
            json!({"id": 42, "is_bot": true, "first_name": "F", "username": "faq_bot"}),
        )
        .unwrap()
    }

    fn update(message: &Value) -> Update {
        let mut whole = json!({
            "message_id": 5, "date": 1, "from": {"id": 7, "is_bot": false, "first_name": "A"},
            "chat": {"id": 7, "type": "private", "first_name": "A"},
        });
        let own = message.as_object().unwrap().clone();
        whole.as_object_mut().unwrap().extend(own);
        // The library reads updates from text only.
        let text = json!({"update_id": 1, "message": whole}).to_string();
        serde_json::from_str(&text).unwrap()
    }

    fn heard(message: &Value) -> Option<Heard> {
        read(&update(message), &me()).map(|(_, heard)| heard)
    }

    fn ask(text: &str) -> Heard {
        Heard::Said(Command::Ask(text.into()))
    }

    #[test]
    fn in_private_everything_is_for_the_bot() {
        assert_eq!(heard(&json!({"text": "When?"})), Some(ask("When?")));
        assert_eq!(heard(&json!({"text": "exit"})), Some(ask("exit")));
        assert_eq!(heard(&json!({"text": "/privacy"})), Some(Heard::Said(Command::Privacy)));
        assert_eq!(
            heard(&json!({"text": "/start a_x"})),
            Some(Heard::Said(Command::Start("a_x".into())))
        );
        let dice = json!({"sticker": {"file_id": "x", "file_unique_id": "x", "type": "regular",
            "width": 1, "height": 1, "is_animated": false, "is_video": false}});
        assert_eq!(heard(&dice), Some(Heard::Wordless));
        let photo = json!({"caption": "What is this?", "photo": [
            {"file_id": "x", "file_unique_id": "x", "width": 1, "height": 1, "file_size": 1}]});
        assert_eq!(heard(&photo), Some(ask("What is this?")));
        let photo = json!([{"file_id": "x", "file_unique_id": "x", "width": 1, "height": 1, "file_size": 1}]);
        let album = |more: &Value| {
            let mut album = json!({"photo": photo, "media_group_id": "1"});
            album.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            heard(&album)
        };
        assert_eq!(album(&json!({})), None);
        assert_eq!(album(&json!({"caption": "What is this?"})), Some(ask("What is this?")));
        assert_eq!(heard(&json!({"new_chat_title": "x"})), None);
        assert_eq!(
            heard(&json!({"text": "x", "from": {"id": 9, "is_bot": true, "first_name": "B"}})),
            None
        );
    }

    #[test]
    fn in_groups_only_who_speaks_to_the_bot_is_heard() {
        let said = |text: &str| addressed(text, "faq_bot", false);
        assert_eq!(said("When do you open?"), None);
        assert_eq!(said("@FAQ_bot, when do you open?").as_deref(), Some("when do you open?"));
        assert_eq!(said("when do you @faq_bot open?").as_deref(), Some("when do you open?"));
        assert_eq!(said("me@faq_bot.example is my mail"), None);
        assert_eq!(said("@faq_bots when?"), None);
        assert_eq!(said("/help"), None);
        assert_eq!(said("/help@other_bot"), None);
        assert_eq!(said("/help@faq_bot").as_deref(), Some("/help@faq_bot"));
        assert_eq!(said("/ask when?").as_deref(), Some("/ask when?"));
        assert_eq!(said("/ask@other_bot when?"), None);
        assert_eq!(addressed("and on Sunday?", "faq_bot", true).as_deref(), Some("and on Sunday?"));
    }

    #[test]
    fn topics_are_kept_and_reply_chains_are_none() {
        let group = |more: &Value| {
            let mut message = json!({"text": "/ask when?", "message_thread_id": 3,
                "chat": {"id": -100, "type": "supergroup", "title": "G"}});
            message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            read(&update(&message), &me()).unwrap().0
        };
        let place = group(&json!({"is_topic_message": true}));
        assert_eq!(place.thread, Some(ThreadId(MessageId(3))));
        assert_eq!((place.reply_to, place.person), (Some(MessageId(5)), 7));
        // Who speaks for a chat is that chat.
        let chat = json!({"from": {"id": 136_817_688, "is_bot": true, "first_name": "Channel"},
            "sender_chat": {"id": -200, "type": "channel", "title": "C"}});
        assert_eq!(group(&chat).person, -200);
        assert_eq!(group(&json!({})).thread, None);
    }

    #[test]
    fn replies_to_the_bot_are_for_it() {
        let to = |id: u64| {
            heard(&json!({"text": "and then?",
                "chat": {"id": -100, "type": "supergroup", "title": "G"},
                "reply_to_message": {"message_id": 4, "date": 1, "text": "It is so.",
                    "chat": {"id": -100, "type": "supergroup", "title": "G"},
                    "from": {"id": id, "is_bot": true, "first_name": "F"}}}))
        };
        assert_eq!(to(42), Some(ask("and then?")));
        assert_eq!(to(43), None);
    }

    #[test]
    fn a_call_below_a_message_asks_what_stands_there() {
        let below = |text: &str, author: u64| {
            let group = json!({"id": -100, "type": "supergroup", "title": "G"});
            let update = update(&json!({"text": text, "chat": group, "reply_to_message":
                {"message_id": 4, "date": 1, "text": "When do they open? ", "chat": group,
                    "from": {"id": author, "is_bot": false, "first_name": "B"}}}));
            read(&update, &me()).map(|(place, heard)| (place.called, heard))
        };
        for call in ["/ask", "@faq_bot", "/ask@faq_bot"] {
            assert_eq!(below(call, 8), Some((true, ask("When do they open?"))), "{call}");
        }
        assert_eq!(below("/ask and then?", 8), Some((true, ask("and then?"))));
        // What the bot itself said is no question, and a reply is no call.
        assert_eq!(below("/ask", 42), Some((true, ask(""))));
        assert_eq!(below("and then?", 42), Some((false, ask("and then?"))));
    }
}
