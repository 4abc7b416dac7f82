//! Updates in, each taken once, written down, and done in its turn.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use futures::FutureExt;
use teloxide::types::Update;
use tokio::time::{Instant, sleep};

use crate::faces::telegram::figures::{Figures, Load};
use crate::faces::telegram::handlers::{Handled, Handlers};
use crate::faces::telegram::incoming::{Heard, Place, Task};
use crate::faces::telegram::lanes::Lanes;
use crate::faces::telegram::limits::{Lately, Limit};
use crate::faces::telegram::queue::Queue;

const MINUTE: Duration = Duration::from_mins(1);
/// What was answered is forgotten so often, where Telegram brings updates.
const TIDY: Duration = Duration::from_secs(20);

/// How much is taken in.
#[derive(Debug)]
struct Gates {
    people: Lately<i64>,
    chats: Lately<i64>,
    /// Who was told that it is too much.
    told: Lately<i64>,
}

/// Takes updates.
pub struct Inbox {
    queue: Arc<Queue>,
    lanes: Lanes,
    handlers: Arc<Handlers>,
    figures: Arc<Figures>,
    gates: Mutex<Gates>,
}

impl Inbox {
    /// Opens the queue of a bot and begins with what is left there. `per_minute` is how much
    /// one person may ask.
    pub fn open(
        path: &Path,
        handlers: Arc<Handlers>,
        per_minute: usize,
        figures: Arc<Figures>,
    ) -> anyhow::Result<Self> {
        let (queue, left) = Queue::open(path).with_context(|| {
            format!("{}: cannot be written: allow writing and free some space", path.display())
        })?;
        let limit = |most| Limit { most, span: MINUTE };
        let gates = Gates {
            people: Lately::new(limit(per_minute)),
            chats: Lately::new(limit(per_minute * 3)),
            told: Lately::new(limit(1)),
        };
        let (queue, lanes) = (Arc::new(queue), Lanes::default());
        let inbox = Self { queue, lanes, handlers, figures, gates: Mutex::new(gates) };
        for (id, task) in left {
            inbox.begin(id, task);
        }
        Ok(inbox)
    }

    /// Takes updates that are new. Once this returns, Telegram may forget them.
    pub fn take(&self, updates: &[Update]) -> io::Result<()> {
        let (tasks, passing): (Vec<_>, Vec<_>) =
            self.read(updates).partition(|(_, task)| task.heard.lasts());
        let new = self.queue.add(&tasks)?;
        for (id, task) in tasks.into_iter().filter(|(id, _)| new.contains(id)).chain(passing) {
            self.begin(id, task);
        }
        Ok(())
    }

    /// Takes updates where nothing can be written down; Telegram may forget them when the lanes
    /// are empty.
    pub fn take_unwritten(&self, updates: &[Update]) {
        let tasks: Vec<_> = self.read(updates).filter(|(id, _)| self.queue.is_new(*id)).collect();
        for (id, task) in tasks {
            self.begin(id, task);
        }
    }

    fn read(&self, updates: &[Update]) -> impl Iterator<Item = (i64, Task)> {
        updates.iter().filter_map(|update| {
            let id = i64::from(update.id.0);
            let Task { place, heard } = self.handlers.read(update)?;
            Some((id, Task { place, heard: self.within_limits(place, heard)? }))
        })
    }

    /// What is said as it is, or that it is too much, which is told once a minute.
    fn within_limits(&self, place: Place, heard: Heard) -> Option<Heard> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        // Who speaks for a whole chat is that chat.
        let person = if place.person == 0 { place.chat.0 } else { place.person };
        let within = gates.people.admit(person, now) && gates.chats.admit(place.chat.0, now);
        let told = |gates: &mut Gates| gates.told.admit(place.chat.0, now);
        match heard {
            Heard::NotAllowed => told(&mut gates).then_some(Heard::NotAllowed),
            heard if within => Some(heard),
            heard => {
                self.figures.limited();
                match heard {
                    Heard::Inline { .. } => None,
                    // A press has somebody waiting for a sign.
                    Heard::Pressed { query, .. } => Some(Heard::TooMuch { query: Some(query) }),
                    _ => told(&mut gates).then_some(Heard::TooMuch { query: None }),
                }
            }
        }
    }

    fn begin(&self, id: i64, task: Task) {
        let (handlers, queue) = (Arc::clone(&self.handlers), Arc::clone(&self.queue));
        let (figures, taken) = (Arc::clone(&self.figures), Instant::now());
        figures.taken();
        let lane = task.place.chat.0;
        let job = async move {
            if handlers.handle(id, &task).await == Handled::Done {
                queue.done(id);
                figures.took(taken.elapsed());
            }
        };
        self.lanes.push(lane, job.boxed());
    }

    /// What is under way.
    pub fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// How much there is to do.
    pub fn load(&self) -> Load {
        Load { queued: self.queue.len(), waiting: self.lanes.len() }
    }

    /// Forgets what was answered, where nothing is left to do.
    pub fn tidy(&self) {
        self.queue.tidy();
    }

    /// The same now and then, for ever.
    pub async fn keep_tidy(&self) {
        loop {
            sleep(TIDY).await;
            self.tidy();
        }
    }
}
