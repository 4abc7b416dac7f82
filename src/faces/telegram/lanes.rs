//! Work in, the same work done out: one chat's updates in order, chats side by side, and the
//! number from which updates are not done yet.
//!
//! Knows nothing of Telegram but that updates have numbers: asking for updates from a number
//! on tells the server that all before it are done with.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

/// What is to be done for one update.
pub type Job = BoxFuture<'static, ()>;

/// Jobs under way and those waiting behind them.
#[derive(Default)]
pub struct Lanes {
    running: JoinSet<(i64, i64)>,
    waiting: HashMap<i64, VecDeque<(i64, Job)>>,
    ledger: Ledger,
}

impl Lanes {
    /// The number to ask for updates from; `None` before the first.
    pub fn offset(&self) -> Option<i64> {
        self.ledger.offset()
    }

    /// Whether updates were taken that the server has not been told about.
    pub fn unconfirmed(&self) -> bool {
        !self.ledger.taken.is_empty()
    }

    /// The server was asked for updates from this number on.
    pub fn confirmed(&mut self, offset: Option<i64>) {
        if let Some(offset) = offset {
            self.ledger.taken.retain(|id| *id >= offset);
        }
    }

    /// Lets updates that are not done be confirmed with the rest: so many others wait behind
    /// them that Telegram gives no new ones.
    pub fn let_go(&mut self) {
        self.ledger.unfinished.clear();
    }

    /// Takes a job for an update of a chat; one that was taken already is not taken again.
    /// Tells whether it was new.
    pub fn push(&mut self, chat: i64, update: i64, job: impl FnOnce() -> Job) -> bool {
        if !self.ledger.take(update) {
            return false;
        }
        if let Some(queue) = self.waiting.get_mut(&chat) {
            queue.push_back((update, job()));
        } else {
            self.waiting.insert(chat, VecDeque::new());
            self.start(chat, update, job());
        }
        true
    }

    fn start(&mut self, chat: i64, update: i64, job: Job) {
        self.running.spawn(async move {
            // A fault in one job must cost neither the chat's next ones nor the loop.
            let _ = AssertUnwindSafe(job).catch_unwind().await;
            (chat, update)
        });
    }

    /// Waits until all is done, at most so long; tells whether it is.
    pub async fn settle(&mut self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        while !self.running.is_empty() {
            let Ok(Some(done)) = timeout_at(deadline, self.running.join_next()).await else {
                return false;
            };
            let Ok((chat, update)) = done else { continue };
            self.ledger.unfinished.remove(&update);
            match self.waiting.get_mut(&chat).and_then(VecDeque::pop_front) {
                Some((update, job)) => self.start(chat, update, job),
                None => drop(self.waiting.remove(&chat)),
            }
        }
        true
    }
}

/// Which updates were taken and which of them are not done.
#[derive(Debug, Default)]
struct Ledger {
    /// Taken, and not known to the server as done with.
    taken: BTreeSet<i64>,
    unfinished: BTreeSet<i64>,
    next: Option<i64>,
}

impl Ledger {
    fn take(&mut self, update: i64) -> bool {
        if !self.taken.insert(update) {
            return false;
        }
        self.unfinished.insert(update);
        // Numbers usually run up, but after a quiet week they begin anywhere.
        self.next = self.taken.last().map(|last| last + 1);
        true
    }

    fn offset(&self) -> Option<i64> {
        self.unfinished.first().copied().or(self.next)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use futures::FutureExt;
    use tokio::sync::Notify;

    use super::Lanes;

    fn block_on<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_multi_thread().enable_time().build().unwrap().block_on(future)
    }

    #[test]
    fn a_slow_chat_holds_up_itself_and_the_offset_only() {
        block_on(async {
            let (mut lanes, gate) = (Lanes::default(), Arc::new(Notify::new()));
            let seen: Arc<Mutex<Vec<i64>>> = Arc::default();
            let job = |id: i64, gate: Option<Arc<Notify>>| {
                let seen = Arc::clone(&seen);
                move || {
                    async move {
                        if let Some(gate) = gate {
                            gate.notified().await;
                        }
                        seen.lock().unwrap().push(id);
                    }
                    .boxed()
                }
            };
            lanes.push(7, 10, job(10, Some(Arc::clone(&gate))));
            lanes.push(7, 11, job(11, None));
            lanes.push(8, 12, job(12, None));
            assert!(!lanes.settle(Duration::from_millis(200)).await);
            assert_eq!(*seen.lock().unwrap(), [12]);
            assert_eq!(lanes.offset(), Some(10));
            lanes.confirmed(Some(10));
            // What the server gives again is not done again.
            assert!(!lanes.push(8, 12, job(12, None)));
            gate.notify_one();
            assert!(lanes.settle(Duration::from_secs(20)).await);
            assert_eq!(*seen.lock().unwrap(), [12, 10, 11]);
            assert_eq!(lanes.offset(), Some(13));
            assert!(lanes.unconfirmed());
            lanes.confirmed(Some(13));
            assert!(!lanes.unconfirmed());
        });
    }

    #[test]
    fn a_stuck_update_can_be_let_go() {
        block_on(async {
            let mut lanes = Lanes::default();
            lanes.push(7, 1, || std::future::pending().boxed());
            lanes.push(8, 2, || async {}.boxed());
            assert!(!lanes.settle(Duration::from_millis(100)).await);
            assert_eq!(lanes.offset(), Some(1));
            lanes.let_go();
            assert_eq!(lanes.offset(), Some(3));
        });
    }

    #[test]
    fn a_fault_costs_one_update() {
        block_on(async {
            let mut lanes = Lanes::default();
            let done: Arc<Mutex<bool>> = Arc::default();
            let after = Arc::clone(&done);
            lanes.push(7, 1, || async { panic!("a fault") }.boxed());
            lanes.push(7, 2, move || async move { *after.lock().unwrap() = true }.boxed());
            assert!(lanes.settle(Duration::from_secs(20)).await);
            assert!(*done.lock().unwrap());
            assert_eq!(lanes.offset(), Some(3));
        });
    }

    #[test]
    fn numbers_may_begin_anew() {
        block_on(async {
            let mut lanes = Lanes::default();
            assert_eq!(lanes.offset(), None);
            lanes.push(7, 900, || async {}.boxed());
            assert!(lanes.settle(Duration::from_secs(20)).await);
            lanes.confirmed(Some(901));
            lanes.push(7, 5, || async {}.boxed());
            assert!(lanes.settle(Duration::from_secs(20)).await);
            assert_eq!(lanes.offset(), Some(6));
        });
    }
}
