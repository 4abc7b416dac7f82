//! Updates in, each taken once, written down, and done in its turn.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

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
use crate::faces::telegram::settings::Settings;

const MINUTE: Duration = Duration::from_mins(1);
/// What was answered is forgotten so often.
const TIDY: Duration = Duration::from_secs(20);
/// More than this do not wait in memory: Telegram keeps them.
pub const MOST_WAITING: usize = 2_000;
/// Every few letters that are typed in another chat ask; so many count as one question.
const LETTERS: usize = 20;
/// Behind more than this in a chat nobody waits for cards any more.
const MOST_TYPED: usize = 100;
/// So many minutes' questions of one person may wait in a chat. Answers of several messages go out
/// more slowly than questions may come in.
const MINUTES_WAITING: usize = 2;

/// How much is taken in.
#[derive(Debug)]
struct Gates {
    people: Lately<i64>,
    chats: Lately<i64>,
    groups: Lately<i64>,
    /// Who types in other chats.
    typing: Lately<i64>,
    /// Who was told that it is too much.
    told: Lately<i64>,
    /// Most that may wait in one chat; 0 lifts the limit.
    waiting: usize,
}

impl Gates {
    fn new(settings: &Settings) -> Self {
        let most = settings.questions_per_minute;
        let limit = |most| Lately::new(Limit { most, span: MINUTE });
        // No more comes into a group than may go out.
        let out = Some(settings.group_messages_per_minute).filter(|out| *out > 0);
        Self {
            people: limit(most),
            chats: limit(most * 3),
            groups: limit(out.map_or(most * 3, |out| out.min(most * 3))),
            typing: limit(most * LETTERS),
            told: limit(1),
            waiting: most * MINUTES_WAITING,
        }
    }
}

/// Takes updates.
pub struct Inbox {
    queue: Arc<Queue>,
    lanes: Lanes,
    handlers: Arc<Handlers>,
    figures: Arc<Figures>,
    gates: Mutex<Gates>,
    /// What is written down first is begun first.
    order: Mutex<()>,
}

impl Inbox {
    /// Opens the queue of a bot and begins with what is left there.
    pub fn open(
        path: &Path,
        handlers: Arc<Handlers>,
        settings: &Settings,
        figures: Arc<Figures>,
    ) -> anyhow::Result<Self> {
        let (queue, left) = Queue::open(path).with_context(|| {
            format!("{}: cannot be written: allow writing and free some space", path.display())
        })?;
        let (queue, lanes) = (Arc::new(queue), Lanes::default());
        let gates = Mutex::new(Gates::new(settings));
        let order = Mutex::default();
        let inbox = Self { queue, lanes, handlers, figures, gates, order };
        for (id, task) in left {
            inbox.begin(id, task);
        }
        Ok(inbox)
    }

    /// Takes updates that are new. Once this returns, Telegram may forget them. Where they cannot be
    /// written down, none of them is taken.
    pub fn take(&self, updates: &[Update]) -> io::Result<()> {
        let _turn = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        let (tasks, passing): (Vec<_>, Vec<_>) =
            self.read(updates).partition(|(_, task)| task.heard.lasts());
        let new = self.queue.add(&tasks)?;
        let new = tasks.into_iter().filter(|(id, _)| new.contains(id));
        new.chain(passing).for_each(|(id, task)| self.admit(id, task));
        Ok(())
    }

    /// Takes updates where nothing can be written down; Telegram may forget them when the lanes
    /// are empty.
    pub fn take_unwritten(&self, updates: &[Update]) {
        let new = self.read(updates).filter(|(id, _)| self.queue.is_new(*id));
        new.for_each(|(id, task)| self.admit(id, task));
    }

    fn read(&self, updates: &[Update]) -> impl Iterator<Item = (i64, Task)> {
        let read = |update: &Update| Some((i64::from(update.id.0), self.handlers.read(update)?));
        updates.iter().filter_map(read)
    }

    /// Begins what is new, as far as the limits go. Only what is written down counts: Telegram
    /// brings everything else again.
    fn admit(&self, id: i64, Task { place, heard }: Task) {
        match self.within_limits(place, heard) {
            Some(heard) => self.begin(id, Task { place, heard }),
            None => self.queue.done(id),
        }
    }

    /// What is said as it is, or that it is too much, which is told once a minute.
    fn within_limits(&self, place: Place, heard: Heard) -> Option<Heard> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let (now, chat) = (Instant::now(), place.chat.0);
        let within = self.is_within(&mut gates, place, &heard, now);
        let told = |gates: &mut Gates| gates.told.admit(chat, now);
        match heard {
            Heard::NotAllowed => told(&mut gates).then_some(Heard::NotAllowed),
            heard if within => Some(heard),
            heard => {
                self.figures.limited();
                match heard {
                    Heard::Inline { query, .. } => {
                        let wanted = self.lanes.waiting(chat) < MOST_TYPED;
                        wanted.then_some(Heard::TooFast { query })
                    }
                    // A press has somebody waiting for a sign.
                    Heard::Pressed { query, .. } => Some(Heard::TooMuch { query: Some(query) }),
                    _ => told(&mut gates).then_some(Heard::TooMuch { query: None }),
                }
            }
        }
    }

    fn is_within(&self, gates: &mut Gates, place: Place, heard: &Heard, now: Instant) -> bool {
        let chat = place.chat.0;
        // Who speaks for a whole chat is that chat.
        let person = if place.person == 0 { chat } else { place.person };
        // What was written while the bot was away did not come all at once.
        let at = place.written.map_or(now, |written| then(written, now));
        let late = at + MINUTE < now;
        let full = gates.waiting > 0 && self.lanes.waiting(chat) >= gates.waiting;
        let of_kind = if chat < 0 { &mut gates.groups } else { &mut gates.chats };
        match heard {
            Heard::Inline { .. } => {
                self.lanes.waiting(chat) < MOST_TYPED && gates.typing.admit(person, now)
            }
            _ if full && !late => false,
            _ => gates.people.admit(person, at) && of_kind.admit(chat, at),
        }
    }

    fn begin(&self, id: i64, task: Task) {
        let (handlers, queue) = (Arc::clone(&self.handlers), Arc::clone(&self.queue));
        let (figures, taken) = (Arc::clone(&self.figures), Instant::now());
        figures.taken();
        let lane = task.place.chat.0;
        let job = async move {
            // Boxed by itself: most of what answering needs is not there while this waits.
            if handlers.handle(id, &task).boxed().await == Handled::Done {
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

    /// Forgets what was answered, and who has been silent for long.
    pub fn tidy(&self) {
        self.queue.tidy();
        self.handlers.tidy();
    }

    /// The same now and then, for ever.
    pub async fn keep_tidy(self: Arc<Self>) {
        loop {
            sleep(TIDY).await;
            self.tidy();
        }
    }
}

/// When something was that is told in seconds since 1970; now, where a clock is wrong.
fn then(written: i64, now: Instant) -> Instant {
    let written = Duration::from_secs(u64::try_from(written).unwrap_or(0));
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.checked_sub(since.saturating_sub(written)).unwrap_or(now)
}
