//! Talks with many people, in memory only: each lives until its person has been silent for a while,
//! or until others need the room.

use std::sync::Arc;
use std::time::{Duration, Instant};

use teloxide::types::ThreadId;

use crate::faces::dialogue::Dialogue;
use crate::faces::telegram::incoming::Place;
use crate::faces::telegram::recent::Recent;

/// Talks that are remembered.
const MOST: usize = 5_000;
/// Bytes that they may take together.
const MOST_BYTES: usize = 32 << 20;
/// Where nothing is to be remembered, what follows an answer at once (`/source`) still works.
const LEAST: Duration = Duration::from_mins(1);

/// Whose talk it is: a person in a chat, or in a topic of it.
pub type Who = (i64, Option<ThreadId>, i64);

/// What is remembered of all people.
#[derive(Debug)]
pub struct Talks {
    began: Instant,
    lives: Duration,
    kept: Recent<Who, Kept>,
}

#[derive(Debug, Clone)]
struct Kept {
    at: Duration,
    dialogue: Arc<Dialogue>,
}

/// Whose talk goes on at a place.
pub fn who(place: Place) -> Who {
    (place.chat.0, place.thread, place.person)
}

impl Talks {
    /// Talks that are forgotten after so much silence.
    pub fn new(lives: Duration) -> Self {
        let kept = Recent::within(MOST, MOST_BYTES);
        Self { began: Instant::now(), lives: lives.max(LEAST), kept }
    }

    /// After how many minutes of silence a talk is forgotten.
    pub fn minutes(&self) -> u64 {
        self.lives.as_secs() / 60
    }

    /// The time that talks go by.
    pub fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// A talk as it stands, or a new one.
    pub fn of(&self, who: Who, now: Duration) -> Dialogue {
        let kept = self.kept.last(who).filter(|kept| !self.is_old(kept, now));
        kept.map(|kept| Dialogue::clone(&kept.dialogue)).unwrap_or_default()
    }

    /// Keeps what a talk has come to.
    pub fn keep(&self, who: Who, dialogue: Dialogue, now: Duration) {
        let bytes = dialogue.bytes();
        self.kept.remember_bytes(who, Kept { at: now, dialogue: Arc::new(dialogue) }, bytes);
    }

    /// Forgets a talk.
    pub fn forget(&self, who: Who) {
        self.kept.forget(who);
    }

    /// Forgets all that have been silent for too long.
    pub fn tidy(&self, now: Duration) {
        self.kept.forget_while(|kept| self.is_old(kept, now));
    }

    fn is_old(&self, kept: &Kept, now: Duration) -> bool {
        now.saturating_sub(kept.at) > self.lives
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{MOST, Talks};
    use crate::faces::dialogue::Dialogue;

    fn offering(things: usize) -> Dialogue {
        let mut dialogue = Dialogue::default();
        dialogue.offer(vec!["aaaaaaaaaa".to_owned(); things]);
        dialogue
    }

    #[test]
    fn silence_ends_a_talk() {
        let minutes = Duration::from_mins;
        let talks = Talks::new(minutes(30));
        let (one, other) = ((7, None, 7), (7, None, 8));
        talks.keep(one, offering(1), minutes(1));
        talks.keep(other, offering(2), minutes(20));
        assert_eq!(
            (talks.of(one, minutes(31)).offers(), talks.of(other, minutes(31)).offers()),
            (1, 2)
        );
        assert_eq!(talks.of(one, minutes(32)).offers(), 0);
        talks.tidy(minutes(32));
        assert!(talks.kept.last(one).is_none() && talks.kept.last(other).is_some());
        talks.forget(other);
        assert_eq!(talks.of(other, minutes(20)).offers(), 0);
    }

    #[test]
    fn memory_has_an_end() {
        let talks = Talks::new(Duration::ZERO);
        // A link takes 34 bytes, so that nearly a hundred of these are too much.
        for person in 0..100 {
            talks.keep((person, None, person), offering(10_000), Duration::ZERO);
        }
        let held = |person| talks.kept.last((person, None, person)).is_some();
        assert!(!held(0) && held(99));
        let most = i64::try_from(MOST).unwrap();
        for person in 100..=100 + most {
            talks.keep((person, None, person), offering(0), Duration::ZERO);
        }
        assert!(!held(100) && held(101));
    }
}
