//! Who asks next: chats in a random order that is the same in each run, each chat going through
//! the known questions one after the other.

use crate::questions::KNOWN;

/// Chats of a crowd have numbers from here on.
const FIRST: i64 = 10_000;

/// Random numbers of the `splitmix64` kind, the same in each run.
#[derive(Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }
}

/// Chats that still have something to ask.
#[derive(Debug)]
pub(crate) struct Crowd {
    /// Each with the number of its questions so far.
    chats: Vec<(i64, usize)>,
    each: usize,
    /// Chats that come once others have asked all they wanted.
    next: i64,
    last: i64,
    dice: Dice,
}

impl Crowd {
    /// So many chats ask so many questions each.
    pub(crate) fn new(chats: i64, each: usize) -> Self {
        let last = FIRST + chats;
        let chats = (FIRST..last).map(|chat| (chat, 0)).collect();
        Self { chats, each, next: last, last, dice: Dice::new(7) }
    }

    /// New chats take the place of those that have asked all they wanted, for ever.
    pub(crate) fn endless(chats: i64, each: usize) -> Self {
        Self { last: i64::MAX, ..Self::new(chats, each) }
    }
}

impl Iterator for Crowd {
    /// A chat and the number of a known question.
    type Item = (i64, usize);

    fn next(&mut self) -> Option<(i64, usize)> {
        if self.chats.is_empty() {
            return None;
        }
        let at = self.dice.index(self.chats.len());
        let (chat, asked) = &mut self.chats[at];
        let question = (*chat, kind(*chat, *asked));
        *asked += 1;
        if *asked == self.each {
            self.chats.swap_remove(at);
            if self.next < self.last {
                self.chats.push((self.next, 0));
                self.next += 1;
            }
        }
        Some(question)
    }
}

/// The known question that a chat asks as its n-th. All twenty come before one comes again, so
/// that answers tell which question of the chat they belong to.
pub(crate) fn kind(chat: i64, nth: usize) -> usize {
    (usize::try_from(chat).unwrap_or(0) + nth) % KNOWN.len()
}
