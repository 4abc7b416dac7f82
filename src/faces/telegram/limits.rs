//! How much may go in and out: at most so many in any stretch of time.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Keys that are remembered before those that no longer matter are forgotten.
const MANY: usize = 4_096;
/// Messages to one person that may go at once.
const BURST: usize = 5;

/// At most so many in any stretch of time so long; none at all where `most` is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How many; 0 lifts the limit.
    pub most: usize,
    /// In how long.
    pub span: Duration,
}

/// What was let through lately, by key.
#[derive(Debug)]
pub struct Lately<K> {
    limit: Limit,
    times: HashMap<K, VecDeque<Instant>>,
}

impl<K: Hash + Eq> Lately<K> {
    /// Nothing yet.
    pub fn new(limit: Limit) -> Self {
        Self { limit, times: HashMap::new() }
    }

    /// Lets one more through, or says no. A time before the last one of a key counts as that.
    pub fn admit(&mut self, key: K, now: Instant) -> bool {
        if self.limit.most == 0 {
            return true;
        }
        let times = self.times_of(key, now);
        let free = times.0.len() < times.1;
        if free {
            times.0.push_back(now);
        }
        free
    }

    /// When one more may go; it is counted as gone then.
    pub fn reserve(&mut self, key: K, now: Instant) -> Instant {
        let Limit { most, span } = self.limit;
        if most == 0 {
            return now;
        }
        let (times, _) = self.times_of(key, now);
        let earliest = times.len().checked_sub(most).map(|at| times[at] + span);
        let at = earliest.map_or(now, |earliest| earliest.max(now));
        times.push_back(at);
        at
    }

    /// What a key was let through in the last stretch, and how much that may be.
    fn times_of(&mut self, key: K, now: Instant) -> (&mut VecDeque<Instant>, usize) {
        let Limit { most, span } = self.limit;
        let matters = |time: &Instant| *time + span > now;
        if self.times.len() > MANY {
            self.times.retain(|_, times| times.back().is_some_and(matters));
        }
        let times = self.times.entry(key).or_default();
        while times.front().is_some_and(|time| !matters(time)) {
            times.pop_front();
        }
        (times, most)
    }
}

/// How fast messages go out.
#[derive(Debug)]
pub struct Pace {
    all: Mutex<Lately<()>>,
    people: Mutex<Lately<i64>>,
    groups: Mutex<Lately<i64>>,
}

impl Pace {
    /// At most so many messages a second to all, so many a second to one person, with a few at
    /// once, and so many a minute to a group; 0 lifts a limit.
    pub fn new(all: usize, person: usize, group: usize) -> Self {
        let limit = |most, seconds| Limit { most, span: Duration::from_secs(seconds) };
        Self {
            all: Mutex::new(Lately::new(limit(all, 1))),
            people: Mutex::new(Lately::new(limit(person * BURST, BURST as u64))),
            groups: Mutex::new(Lately::new(limit(group, 60))),
        }
    }

    /// When a chat may be sent one more message; groups have numbers below 0.
    pub fn of_chat(&self, chat: i64, now: Instant) -> Instant {
        let of_kind = if chat < 0 { &self.groups } else { &self.people };
        of_kind.lock().unwrap_or_else(PoisonError::into_inner).reserve(chat, now)
    }

    /// When one more message may be sent at all.
    pub fn of_all(&self, now: Instant) -> Instant {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).reserve((), now)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::prop;
    use proptest::{prop_assert, proptest};
    use tokio::time::Instant;

    use super::{Lately, Limit};

    fn limit(most: usize, seconds: u64) -> Limit {
        Limit { most, span: Duration::from_secs(seconds) }
    }

    #[test]
    fn who_is_over_the_limit_is_let_through_again_later() {
        let mut lately = Lately::new(limit(2, 60));
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert!(lately.admit(1, at(0)) && lately.admit(1, at(30)) && !lately.admit(1, at(59)));
        assert!(lately.admit(2, at(59)));
        assert!(lately.admit(1, at(60)) && !lately.admit(1, at(61)) && lately.admit(1, at(90)));
        let mut lifted = Lately::new(limit(0, 60));
        assert!((0..1000).all(|_| lifted.admit(1, start)));
        assert_eq!(lifted.reserve(1, start), start);
        for key in 0..10_000 {
            lately.admit(key, at(200 + key));
        }
        assert!(lately.times.len() < 5_000);
    }

    proptest! {
        #[test]
        fn no_stretch_holds_more_than_allowed(
            gaps in prop::collection::vec(0..2_000u64, 1..60),
            most in 1..6usize,
        ) {
            let mut lately = Lately::new(limit(most, 3));
            let (start, mut now) = (Instant::now(), Duration::ZERO);
            let mut times = Vec::new();
            for gap in gaps {
                now += Duration::from_millis(gap);
                let at = lately.reserve((), start + now);
                prop_assert!(at >= start + now);
                times.push(at);
            }
            for stretch in times.windows(most + 1) {
                prop_assert!(stretch[most] - stretch[0] >= Duration::from_secs(3));
            }
        }
    }
}
