//! One person's talk with faqbot, the same in every face: what was said, the last reply, and what
//! it offers.

use std::sync::Arc;
use std::time::Duration;

use crate::answering::Answerer;
use crate::answering::conversation::{Conversation, Heard};
use crate::answering::reply::{Answer, Outcome, Reply};
use crate::faces::command::Command;
use crate::faces::wording::courtesies::Courtesy;
use crate::index;
use crate::text::talk::{self, Talk};

/// Passages that "next" does not show again.
const MOST_SHOWN: usize = 20;

/// What a face remembers of one person.
#[derive(Debug, Clone, Default)]
pub struct Dialogue {
    conversation: Conversation,
    last: Option<Arc<Reply>>,
    /// The last reply that is an answer.
    answered: Option<Arc<Reply>>,
    /// What a number picks.
    offered: Vec<String>,
    /// Whether it was asked which of them is meant.
    asked: bool,
    /// Short ids of passages that were shown, the last one last.
    shown: Vec<String>,
}

/// What a line comes to.
#[derive(Debug)]
pub enum Said {
    /// A question, with its reply.
    Reply(Arc<Reply>),
    /// Something that a command does as well.
    Command(Command),
    /// Something that a kind word answers.
    Courtesy(Courtesy),
}

impl Dialogue {
    /// Understands a line and remembers it. `now` is the time since any fixed moment, the same
    /// for the whole talk.
    pub fn hear(
        &mut self,
        answerer: &Answerer,
        line: &str,
        now: Duration,
    ) -> Result<Said, index::Error> {
        if let Some(place) = number(line) {
            if self.offered(place).is_some() {
                return Ok(Said::Command(Command::Pick(place)));
            }
            if !answerer.reader().asks(line)? {
                return Ok(Said::Courtesy(self.no_pick()));
            }
        }
        // What is offered was read a moment ago: "next" means that, whatever articles say to it.
        let picks = |said: &Talk| matches!(said, Talk::Next | Talk::Last | Talk::Pick(_));
        if let Some(said) = talk::of(line).filter(picks)
            && self.offers() > 0
            && !answerer.reader().asks(line)?
        {
            return Ok(self.meant(said));
        }
        Ok(match self.conversation.hear(answerer, line, now)? {
            Heard::Answered(reply) => Said::Reply(self.show(*reply)),
            Heard::Said(talk) => self.meant(talk),
        })
    }

    /// Takes in a reply that was picked.
    pub fn take(&mut self, answerer: &Answerer, reply: Reply, now: Duration) -> Arc<Reply> {
        self.conversation.remember(answerer, &reply.question, &reply, now);
        self.show(reply)
    }

    /// Offers other things to be picked.
    pub fn offer(&mut self, things: Vec<String>) {
        (self.offered, self.asked) = (things, false);
    }

    /// How many things are offered.
    pub fn offers(&self) -> usize {
        self.offered.len()
    }

    /// What was offered at a place, from 1.
    pub fn offered(&self, place: usize) -> Option<&str> {
        self.offered.get(place.checked_sub(1)?).map(String::as_str)
    }

    /// The last reply.
    pub fn last(&self) -> Option<&Arc<Reply>> {
        self.last.as_ref()
    }

    /// The last answer, whatever was asked since.
    pub fn answer(&self) -> Option<&Answer> {
        match &self.answered.as_ref()?.outcome {
            Outcome::Answer(answer) => Some(answer),
            Outcome::Choices(_) | Outcome::Unknown => None,
        }
    }

    /// Notes which message the last reply answers. What was not known is no turn.
    pub fn note_message(&mut self, message: i64) {
        if self.last.as_ref().is_some_and(|last| !matches!(last.outcome, Outcome::Unknown)) {
            self.conversation.note_message(message);
        }
    }

    /// Forgets that a message was said, and what was said after it.
    pub fn take_back(&mut self, message: i64) {
        if self.conversation.take_back(message) {
            let conversation = std::mem::take(&mut self.conversation);
            *self = Self { conversation, ..Self::default() };
        }
    }

    /// What was asked by a message, where it is remembered.
    pub fn question_of(&self, message: i64) -> Option<&str> {
        self.conversation.question_of(message)
    }

    /// Roughly how many bytes it takes.
    pub fn bytes(&self) -> usize {
        let links = self.offered.iter().chain(&self.shown);
        let links: usize = links.map(|link| size_of::<String>() + link.len()).sum();
        let last = self.last.as_ref().map_or(0, |reply| held(reply));
        let older =
            self.answered.as_ref().filter(|reply| !self.last.iter().any(|l| Arc::ptr_eq(l, reply)));
        let older = older.map_or(0, |reply| held(reply));
        size_of::<Self>() + self.conversation.bytes() + links + last + older
    }

    fn show(&mut self, reply: Reply) -> Arc<Reply> {
        let offered: Vec<String> = match &reply.outcome {
            Outcome::Choices(choices) => choices.iter().map(|c| c.link.clone()).collect(),
            Outcome::Answer(_) | Outcome::Unknown => {
                reply.nearby.iter().map(|n| n.link.clone()).collect()
            }
        };
        // The last list that was shown stays the one that numbers mean.
        if !offered.is_empty() {
            self.offer(offered);
        }
        self.asked = matches!(reply.outcome, Outcome::Choices(_));
        if let Outcome::Answer(answer) = &reply.outcome {
            self.shown.retain(|link| *link != answer.link);
            self.shown.push(answer.link.clone());
            if self.shown.len() > MOST_SHOWN {
                self.shown.remove(0);
            }
        }
        let reply = Arc::new(reply);
        if matches!(reply.outcome, Outcome::Answer(_)) {
            self.answered = Some(Arc::clone(&reply));
        }
        self.last = Some(Arc::clone(&reply));
        reply
    }

    /// What is said to a pick of what is not offered.
    fn no_pick(&self) -> Courtesy {
        if self.offered.is_empty() { Courtesy::NothingOffered } else { Courtesy::NotInList }
    }

    fn meant(&self, talk: Talk) -> Said {
        let pick = |place: usize| match self.offered(place) {
            Some(_) => Said::Command(Command::Pick(place)),
            None => Said::Courtesy(self.no_pick()),
        };
        match talk {
            Talk::Thanks => Said::Courtesy(Courtesy::Welcome),
            Talk::Greeting => Said::Courtesy(Courtesy::Hello),
            Talk::Goodbye => Said::Courtesy(Courtesy::Goodbye),
            Talk::Help => Said::Command(Command::Help),
            Talk::More => Said::Command(Command::More),
            Talk::Why => Said::Command(Command::Why),
            Talk::Source => Said::Command(Command::Source),
            Talk::Next => {
                let new = |link: &String| !self.shown.contains(link);
                match self.offered.iter().position(new) {
                    Some(at) => pick(at + 1),
                    None => Said::Courtesy(Courtesy::NothingOffered),
                }
            }
            Talk::Pick(place) => pick(place),
            Talk::Last => pick(self.offers()),
            Talk::Yes if self.asked && self.offers() == 1 => pick(1),
            Talk::Yes if self.asked => Said::Courtesy(Courtesy::Which),
            Talk::Yes => Said::Courtesy(Courtesy::Fine),
            Talk::No => Said::Courtesy(Courtesy::Otherwise),
        }
    }
}

/// A number of a place in a list, where a line is nothing else: longer ones may be years.
fn number(line: &str) -> Option<usize> {
    let line = line.trim();
    let short = line.len() <= 2 && line.bytes().all(|b| b.is_ascii_digit());
    line.parse().ok().filter(|_| short)
}

/// Roughly how many bytes a reply takes: its texts, and a little for each of its parts.
fn held(reply: &Reply) -> usize {
    const PART: usize = 200;
    let texts: usize = match &reply.outcome {
        Outcome::Answer(answer) => {
            let also: usize = answer.also.iter().map(|also| 2 * PART + also.text.len()).sum();
            4 * PART + answer.text.len() + also
        }
        Outcome::Choices(choices) => choices.iter().map(|c| PART + c.text.len()).sum(),
        Outcome::Unknown => 0,
    };
    let nearby: usize = reply.nearby.iter().map(|n| PART + n.text.len()).sum();
    let changes: usize = reply.changes.iter().map(|c| PART + c.from.len() + c.to.len()).sum();
    let unknown: usize = reply.unknown_words.iter().map(|word| PART + word.len()).sum();
    let reasons = reply.weighed.as_ref().map_or(0, |w| size_of_val(w.reasons.as_slice()));
    size_of::<Reply>() + reply.question.len() + texts + nearby + changes + unknown + reasons
}

#[cfg(test)]
mod tests {
    use super::{Dialogue, Said, number};
    use crate::answering::reply::{Nearby, Outcome, Reply};
    use crate::faces::command::Command;
    use crate::faces::wording::courtesies::Courtesy;
    use crate::text::talk::Talk;

    fn reply(nearby: &[&str]) -> Reply {
        let nearby = nearby.iter().map(|link| Nearby { text: String::new(), link: (*link).into() });
        Reply {
            question: String::new(),
            outcome: Outcome::Unknown,
            confidence: 0.0,
            changes: Vec::new(),
            unknown_words: Vec::new(),
            nearby: nearby.collect(),
            weighed: None,
            generation: String::new(),
        }
    }

    fn picked(said: &Said) -> Option<usize> {
        match said {
            Said::Command(Command::Pick(place)) => Some(*place),
            _ => None,
        }
    }

    #[test]
    fn words_pick_what_is_offered() {
        let mut dialogue = Dialogue::default();
        let nothing = |said| matches!(said, Said::Courtesy(Courtesy::NothingOffered));
        assert!(nothing(dialogue.meant(Talk::Next)) && nothing(dialogue.meant(Talk::Last)));
        dialogue.show(reply(&["a", "b", "c"]));
        dialogue.shown = vec!["a".to_owned()];
        assert_eq!(picked(&dialogue.meant(Talk::Next)), Some(2), "the first was seen");
        assert_eq!(picked(&dialogue.meant(Talk::Pick(3))), Some(3));
        assert_eq!(picked(&dialogue.meant(Talk::Last)), Some(3));
        let not_there = |said| matches!(said, Said::Courtesy(Courtesy::NotInList));
        assert!(not_there(dialogue.meant(Talk::Pick(4))));
        dialogue.show(reply(&[]));
        assert_eq!(picked(&dialogue.meant(Talk::Pick(3))), Some(3), "the list is still there");
        assert!(matches!(dialogue.meant(Talk::Yes), Said::Courtesy(Courtesy::Fine)));
        dialogue.asked = true;
        assert!(matches!(dialogue.meant(Talk::Yes), Said::Courtesy(Courtesy::Which)));
        dialogue.offered.truncate(1);
        assert_eq!(picked(&dialogue.meant(Talk::Yes)), Some(1));
        assert!(matches!(dialogue.meant(Talk::No), Said::Courtesy(Courtesy::Otherwise)));
    }

    #[test]
    fn a_short_number_alone_means_a_place() {
        for (line, is) in [("2", Some(2)), (" 12\n", Some(12)), ("0", Some(0))] {
            assert_eq!(number(line), is, "{line}");
        }
        for line in ["", "112", "2026", "+1", "2.", "２"] {
            assert_eq!(number(line), None, "{line}");
        }
    }
}
