//! What was asked, given out, confirmed and answered, and which promises that breaks.

use std::collections::HashMap;
use std::time::Instant;

use crate::questions;

/// Number of the first update.
const FIRST: i64 = 100_001;

/// A question.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) chat: i64,
    /// Which of the known questions.
    pub(crate) kind: usize,
    /// When it came into the queue.
    pub(crate) queued: Instant,
    /// When the bot first got it.
    pub(crate) given: Option<Instant>,
    /// When the bot said that it is done with it.
    pub(crate) confirmed: Option<Instant>,
    /// Each answer that the person saw, with the run of the bot that gave it.
    pub(crate) answers: Vec<(Instant, usize)>,
    /// Answers that the person saw without the bot being told so.
    pub(crate) lost_replies: usize,
}

/// The questions of a chat in order.
#[derive(Debug, Default)]
struct Chat {
    asked: Vec<usize>,
    /// Those before this one are answered.
    next: usize,
}

/// All questions in order, as the server knows them.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    asked: Vec<Asked>,
    chats: HashMap<i64, Chat>,
    /// Those before this one are confirmed.
    confirmed: usize,
    answered: usize,
    /// How often updates were given out, again and again counted.
    handed_out: usize,
    out_of_order: Vec<(i64, &'static str)>,
    /// Messages that answer no question of their chat.
    strange: Vec<String>,
}

/// What became of the questions from one on.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) questions: usize,
    pub(crate) unanswered: usize,
    /// Answers beyond the first of each question.
    pub(crate) repeats: usize,
    /// Repeats that no lost reply explains.
    pub(crate) unexplained: usize,
    /// Confirmed while nobody had seen an answer: a crash would have lost them.
    pub(crate) early: usize,
    /// From the queue to the first answer, in milliseconds, shortest first.
    pub(crate) waits: Vec<f64>,
}

impl Ledger {
    /// A new question.
    pub(crate) fn ask(&mut self, chat: i64, kind: usize) {
        self.chats.entry(chat).or_default().asked.push(self.asked.len());
        self.asked.push(Asked {
            chat,
            kind,
            queued: Instant::now(),
            given: None,
            confirmed: None,
            answers: Vec::new(),
            lost_replies: 0,
        });
    }

    /// Confirms all updates before this one.
    pub(crate) fn confirm(&mut self, offset: i64) {
        let end = usize::try_from(offset - FIRST).unwrap_or(0).min(self.asked.len());
        let now = Instant::now();
        while self.confirmed < end {
            self.asked[self.confirmed].confirmed = Some(now);
            self.confirmed += 1;
        }
    }

    /// The first unconfirmed updates with their numbers.
    pub(crate) fn give(&mut self, limit: usize) -> Vec<(i64, i64, &'static str)> {
        let end = (self.confirmed + limit).min(self.asked.len());
        self.handed_out += end - self.confirmed;
        let now = Instant::now();
        let one = |(at, asked): (usize, &mut Asked)| {
            asked.given.get_or_insert(now);
            (FIRST + i64::try_from(at).unwrap_or(0), asked.chat, questions::KNOWN[asked.kind].0)
        };
        let from = self.confirmed;
        (from..end).zip(&mut self.asked[from..end]).map(one).collect()
    }

    /// A message that a person saw; gives the question that it answers.
    pub(crate) fn answer(&mut self, chat: i64, text: &str, run: usize) -> Option<usize> {
        let found = questions::answered(text).and_then(|kind| self.question(chat, kind));
        let Some(at) = found else {
            let start: String = text.chars().take(60).collect();
            self.strange.push(format!("\"{start}\" to chat {chat}"));
            return None;
        };
        let asked = &mut self.asked[at];
        asked.answers.push((Instant::now(), run));
        if asked.answers.len() == 1 {
            self.answered += 1;
        }
        Some(at)
    }

    /// The question of a chat that an answer belongs to: the next one where it fits, or else
    /// one that was answered before, or else a later one, out of order.
    fn question(&mut self, chat: i64, kind: usize) -> Option<usize> {
        let talk = self.chats.get_mut(&chat)?;
        let (before, after) = talk.asked.split_at(talk.next);
        let fits = |at: &&usize| self.asked[**at].kind == kind && self.asked[**at].given.is_some();
        let next = after.first().filter(fits);
        let known = next.or_else(|| before.iter().rev().find(fits));
        let at = *known.or_else(|| after.iter().find(fits))?;
        if known.is_none() && self.asked[at].answers.is_empty() {
            self.out_of_order.push((chat, questions::KNOWN[kind].0));
        }
        let answered = |next: &usize| *next == at || !self.asked[*next].answers.is_empty();
        talk.next += talk.asked[talk.next..].iter().take_while(|next| answered(next)).count();
        Some(at)
    }

    /// The bot was not told that an answer was taken.
    pub(crate) fn lose_reply(&mut self, at: Option<usize>) {
        if let Some(asked) = at.and_then(|at| self.asked.get_mut(at)) {
            asked.lost_replies += 1;
        }
    }

    /// All questions so far.
    pub(crate) fn asked(&self) -> &[Asked] {
        &self.asked
    }

    /// Questions with an answer.
    pub(crate) fn answered(&self) -> usize {
        self.answered
    }

    /// Questions that are in the queue.
    pub(crate) fn unconfirmed(&self) -> usize {
        self.asked.len() - self.confirmed
    }

    /// Updates in all answers to getUpdates.
    pub(crate) fn handed_out(&self) -> usize {
        self.handed_out
    }

    /// Chats and questions whose answers came before their turn.
    pub(crate) fn out_of_order(&self) -> &[(i64, &'static str)] {
        &self.out_of_order
    }

    /// Messages that answer nothing.
    pub(crate) fn strange(&self) -> &[String] {
        &self.strange
    }

    /// What became of the questions from this one on that are of such chats.
    pub(crate) fn tally(&self, from: usize, of: impl Fn(i64) -> bool) -> Tally {
        let mut tally = Tally::default();
        for asked in self.asked[from..].iter().filter(|asked| of(asked.chat)) {
            tally.questions += 1;
            let Some((first, _)) = asked.answers.first() else {
                tally.unanswered += 1;
                continue;
            };
            let repeats = asked.answers.len() - 1;
            tally.repeats += repeats;
            tally.unexplained += repeats.saturating_sub(asked.lost_replies);
            tally.early += usize::from(asked.confirmed.is_some_and(|at| at < *first));
            tally.waits.push(first.duration_since(asked.queued).as_secs_f64() * 1e3);
        }
        tally.waits.sort_by(f64::total_cmp);
        tally
    }
}
