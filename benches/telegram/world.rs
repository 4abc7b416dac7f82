//! A bot, the server that it speaks to, and the waiting for what it does.

use std::fmt::Write;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::bot::{Bot, House, Limits};
use crate::figures;
use crate::ledger::{Ledger, Tally};
use crate::questions::KNOWN;
use crate::server::{Server, State};

/// A bot that gets nothing done for so long never will: longer than its own longest pause
/// after errors, with a call that is never answered on top.
const STALLED: Duration = Duration::from_secs(100);
/// Time for a bot to stop in.
pub(crate) const STOPPING: Duration = Duration::from_secs(20);
/// Time in which answers that should not come would come.
const AFTERMATH: Duration = Duration::from_millis(300);
const TICK: Duration = Duration::from_millis(5);

/// A server and a bot that has shown that it works.
pub(crate) struct World {
    // The bot goes first when dropped: it would otherwise speak to nobody.
    pub(crate) bot: Bot,
    pub(crate) house: House,
    pub(crate) server: Server,
    /// Which start of the bot this is.
    pub(crate) run: usize,
    /// Questions before this one were asked to see that the bot works.
    pub(crate) from: usize,
    /// Most anonymous memory that was seen, in MiB.
    pub(crate) peak: Option<f64>,
}

impl World {
    /// Starts both, and has every known question answered once.
    pub(crate) fn new(limits: Limits, poll_seconds: u64) -> anyhow::Result<Self> {
        let server = Server::start()?;
        let house = House::new(limits, poll_seconds)?;
        let bot = house.start(&server.url(0))?;
        let mut world = Self { bot, house, server, run: 0, from: 0, peak: None };
        // Each from another chat, for the sake of limits.
        world.server.ask_all((1..).zip(0..KNOWN.len()));
        world.finish("the questions to begin with", Duration::from_mins(3))?;
        world.kept(&world.tally())?;
        world.from = world.asked();
        Ok(world)
    }

    /// Starts the bot once more.
    pub(crate) fn start(&mut self) -> anyhow::Result<()> {
        self.run += 1;
        self.bot = self.house.start(&self.server.url(self.run))?;
        Ok(())
    }

    pub(crate) fn asked(&self) -> usize {
        self.server.state().ledger.asked().len()
    }

    /// What became of all questions but those to begin with.
    pub(crate) fn tally(&self) -> Tally {
        self.server.state().ledger.tally(self.from, |_| true)
    }

    /// Looks at the memory of the bot.
    pub(crate) fn look(&mut self) -> Option<f64> {
        let seen = figures::anonymous_mib(self.bot.pid());
        self.peak = seen.into_iter().chain(self.peak).reduce(f64::max);
        seen
    }

    /// Waits until something is so. Fails where the bot ends, stands still, or takes too long.
    pub(crate) fn until(
        &mut self,
        what: &str,
        most: Duration,
        ready: impl Fn(&Ledger) -> bool,
    ) -> anyhow::Result<()> {
        let begun = Instant::now();
        let (mut progress, mut moved, mut looked) = ((0, 0), begun, begun);
        loop {
            let state = self.server.state();
            if ready(&state.ledger) {
                return Ok(());
            }
            let now = Instant::now();
            let reached = (state.ledger.answered(), state.ledger.unconfirmed());
            drop(state);
            if reached != progress {
                (progress, moved) = (reached, now);
            }
            let trouble = if let Some(status) = self.bot.ended() {
                Some(format!("the bot ended by itself ({status})"))
            } else if now - moved > STALLED {
                Some(format!("nothing was done for {} s", STALLED.as_secs()))
            } else {
                (now - begun > most).then(|| format!("not done in {} s", most.as_secs()))
            };
            if let Some(trouble) = trouble {
                bail!(
                    "waiting for {what}: {trouble}, {}; the bot's last words: {}",
                    standing(&self.server.state()),
                    self.bot.last_words()
                );
            }
            if now - looked > TICK * 4 {
                looked = now;
                self.look();
            }
            sleep(TICK);
        }
    }

    /// Waits until all is answered and confirmed, and a little longer for what should not come.
    pub(crate) fn finish(&mut self, what: &str, most: Duration) -> anyhow::Result<()> {
        self.until(what, most, |ledger| {
            ledger.unconfirmed() == 0 && ledger.answered() == ledger.asked().len()
        })?;
        sleep(AFTERMATH);
        Ok(())
    }

    /// Stops the bot as its keeper would.
    pub(crate) fn stop(&mut self) -> anyhow::Result<()> {
        let status = self.bot.terminate(STOPPING).context("the bot did not stop when asked to")?;
        if !status.success() {
            bail!("asked to stop, the bot ended with {status}: {}", self.bot.last_words());
        }
        Ok(())
    }

    /// Whether the promises were kept that hold always: all answered, in order, and not more
    /// often than lost replies explain.
    pub(crate) fn kept(&self, tally: &Tally) -> anyhow::Result<()> {
        let state = self.server.state();
        if tally.unanswered > 0 {
            bail!("{} of {} questions were not answered", tally.unanswered, tally.questions);
        }
        let disorder = state.ledger.out_of_order();
        if let Some((chat, first)) = disorder.first() {
            bail!(
                "{} answers out of order, the first to \"{first}\" of chat {chat}",
                disorder.len()
            );
        }
        if let Some(first) = state.ledger.strange().first() {
            bail!("{} odd messages, the first {first}", state.ledger.strange().len());
        }
        if tally.unexplained > 0 {
            bail!("{} repeated answers that no lost reply explains", tally.unexplained);
        }
        Ok(())
    }

    /// Tells how often updates were given out, and confirmed before anybody had an answer.
    pub(crate) fn handed_out(&self, tally: &Tally) -> String {
        let state = self.server.state();
        let times = state.ledger.handed_out() as f64 / state.ledger.asked().len().max(1) as f64;
        format!("each update was given out {times:.1} times, {} confirmed unanswered", tally.early)
    }
}

/// How things stand where they go no further.
fn standing(state: &State) -> String {
    let ledger = &state.ledger;
    let mut told = format!(
        "{} questions without an answer, {} not confirmed",
        ledger.asked().len() - ledger.answered(),
        ledger.unconfirmed()
    );
    if let Some((chat, question)) = ledger.out_of_order().first() {
        let count = ledger.out_of_order().len();
        let _ = write!(told, "; {count} out of order, the first \"{question}\" of chat {chat}");
    }
    if let Some(text) = ledger.strange().first() {
        let _ = write!(told, "; it said {text}");
    }
    if !state.unknown.is_empty() {
        let _ = write!(told, "; it called {:?}", state.unknown);
    }
    told
}
