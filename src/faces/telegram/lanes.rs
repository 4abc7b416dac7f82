//! Work in, the same work done out: that of one chat in order, chats side by side.

use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::watch;
use tokio::time::timeout;

/// A piece of work.
pub type Job = BoxFuture<'static, ()>;

/// Jobs under way and those waiting behind them. All clones are the same lanes.
#[derive(Clone)]
pub struct Lanes {
    inner: Arc<Mutex<Inner>>,
    /// How many jobs there are.
    count: Arc<watch::Sender<usize>>,
}

#[derive(Default)]
struct Inner {
    /// What waits in each lane; a lane is there while a job of it is under way.
    lanes: HashMap<i64, VecDeque<Job>>,
    closed: bool,
}

impl Default for Lanes {
    fn default() -> Self {
        Self { inner: Arc::default(), count: Arc::new(watch::channel(0).0) }
    }
}

impl Lanes {
    /// Takes a job; it is begun when those before it in its lane are done, and never once the lanes
    /// are closed.
    pub fn push(&self, lane: i64, job: Job) {
        let mut inner = self.lock();
        if inner.closed {
            return;
        }
        self.count.send_modify(|count| *count += 1);
        if let Some(queue) = inner.lanes.get_mut(&lane) {
            queue.push_back(job);
            return;
        }
        inner.lanes.insert(lane, VecDeque::new());
        drop(inner);
        tokio::spawn(self.clone().run(lane, job));
    }

    async fn run(self, lane: i64, mut job: Job) {
        loop {
            // A fault in one job must cost neither the lane's next ones nor the program.
            let _ = AssertUnwindSafe(job).catch_unwind().await;
            let next = self.next(lane);
            // Told last: where there are no jobs there are no lanes.
            self.count.send_modify(|count| *count -= 1);
            let Some(next) = next else { return };
            job = next;
        }
    }

    fn next(&self, lane: i64) -> Option<Job> {
        let mut inner = self.lock();
        let next = inner.lanes.get_mut(&lane).and_then(VecDeque::pop_front);
        if next.is_none() {
            inner.lanes.remove(&lane);
        }
        next
    }

    /// Begins nothing more; what is under way goes on.
    pub fn close(&self) {
        let mut inner = self.lock();
        inner.closed = true;
        let dropped: usize = inner.lanes.values_mut().map(|lane| lane.drain(..).count()).sum();
        drop(inner);
        self.count.send_modify(|count| *count -= dropped);
    }

    /// How many jobs wait in a lane.
    pub fn waiting(&self, lane: i64) -> usize {
        self.lock().lanes.get(&lane).map_or(0, VecDeque::len)
    }

    /// How many jobs there are.
    pub fn len(&self) -> usize {
        *self.count.borrow()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Waits until there are at most so many jobs, for so long; tells whether there are.
    pub async fn settle(&self, most: usize, patience: Duration) -> bool {
        let mut count = self.count.subscribe();
        timeout(patience, count.wait_for(|count| *count <= most)).await.is_ok()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use futures::FutureExt;
    use tokio::sync::Notify;

    use super::{Job, Lanes};

    const LONG: Duration = Duration::from_secs(20);

    fn block_on<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_multi_thread().enable_time().build().unwrap().block_on(future)
    }

    /// A job that waits for a gate, where there is one, and then says its number.
    fn job(seen: &Arc<Mutex<Vec<i64>>>, number: i64, gate: Option<&Arc<Notify>>) -> Job {
        let (seen, gate) = (Arc::clone(seen), gate.cloned());
        async move {
            if let Some(gate) = gate {
                gate.notified().await;
            }
            seen.lock().unwrap().push(number);
        }
        .boxed()
    }

    #[test]
    fn a_slow_lane_holds_up_itself_only() {
        block_on(async {
            let (lanes, gate, seen) = (Lanes::default(), Arc::new(Notify::new()), Arc::default());
            lanes.push(7, job(&seen, 10, Some(&gate)));
            lanes.push(7, job(&seen, 11, None));
            lanes.push(8, job(&seen, 12, None));
            assert!(lanes.settle(2, LONG).await);
            assert_eq!((*seen.lock().unwrap()).as_slice(), [12]);
            assert!(!lanes.settle(0, Duration::from_millis(50)).await);
            gate.notify_one();
            assert!(lanes.settle(0, LONG).await);
            assert_eq!((*seen.lock().unwrap()).as_slice(), [12, 10, 11]);
            assert!(lanes.is_empty() && lanes.lock().lanes.is_empty());
        });
    }

    #[test]
    fn a_fault_costs_one_job() {
        block_on(async {
            let (lanes, seen) = (Lanes::default(), Arc::default());
            lanes.push(7, async { panic!("a fault") }.boxed());
            lanes.push(7, job(&seen, 2, None));
            assert!(lanes.settle(0, LONG).await);
            assert_eq!((*seen.lock().unwrap()).as_slice(), [2]);
        });
    }

    #[test]
    fn closed_lanes_finish_what_is_under_way() {
        block_on(async {
            let (lanes, gate, seen) = (Lanes::default(), Arc::new(Notify::new()), Arc::default());
            lanes.push(7, job(&seen, 1, Some(&gate)));
            lanes.push(7, job(&seen, 2, None));
            assert_eq!((lanes.waiting(7), lanes.waiting(8)), (1, 0));
            lanes.close();
            lanes.push(7, job(&seen, 3, None));
            lanes.push(8, job(&seen, 4, None));
            assert_eq!(lanes.len(), 1);
            gate.notify_one();
            assert!(lanes.settle(0, LONG).await);
            assert_eq!((*seen.lock().unwrap()).as_slice(), [1]);
        });
    }
}
