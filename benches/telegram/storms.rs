//! Scenarios in which much goes wrong.

use std::collections::HashMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::bot::Limits;
use crate::crowd::{Crowd, Dice};
use crate::faults::Faults;
use crate::ledger::{Asked, Tally};
use crate::world::{STOPPING, World};

/// Short, as the client gives up a call some seconds after a poll would have ended.
const POLL_SECONDS: u64 = 1;
/// Questions that are always in the queue: several of each chat in what a poll gives.
const BACKLOG: usize = 300;
/// The longest life of a bot between two stops, in milliseconds; some are hardly born.
const LONGEST_LIFE: u64 = 1_500;

/// One of twenty calls fails.
pub(crate) fn faults() -> anyhow::Result<()> {
    let mut world = World::new(Limits::Lifted, POLL_SECONDS)?;
    world.server.state().faults = Some(Faults::new(5));
    let begun = Instant::now();
    world.server.ask_all(Crowd::new(500, 20));
    world.finish("all answers", Duration::from_mins(15))?;
    let seconds = begun.elapsed().as_secs_f64();
    let met = world.server.state().faults.take().map(|faults| faults.told()).unwrap_or_default();
    let tally = world.tally();
    println!("  {} questions answered in {seconds:.0} s", tally.questions);
    println!("  calls that failed: {met}");
    println!(
        "  {} answers twice, {} of them without a lost reply",
        tally.repeats, tally.unexplained
    );
    println!("  {}", world.handed_out(&tally));
    world.kept(&tally)?;
    world.stop()
}

/// How a run of the bot was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    Terminated,
    Killed,
}

/// The bot is stopped and started again and again, at any instant of its life.
pub(crate) fn restarts() -> anyhow::Result<()> {
    const STOPS: usize = 50;
    /// Chats that ask at the same time.
    const CHATS: i64 = 40;
    let mut world = World::new(Limits::Lifted, POLL_SECONDS)?;
    let (mut crowd, mut dice) = (Crowd::endless(CHATS, 20), Dice::new(5));
    let (mut stops, mut slowest) = (Vec::new(), Duration::ZERO);
    for n in 0..STOPS {
        keep_asking(&world, &mut crowd, Duration::from_millis(dice.below(LONGEST_LIFE)));
        let how = if n % 2 == 0 { Stop::Terminated } else { Stop::Killed };
        slowest = slowest.max(end(&mut world, how)?);
        stops.push(how);
        world.start()?;
    }
    world.finish("all answers after the last start", Duration::from_mins(5))?;
    let tally = world.tally();
    let repeats = Repeats::of(&world.server.state().ledger.asked()[world.from..], &stops);
    println!(
        "  {} questions, {STOPS} stops, {} of runs that had answered something; slowest SIGTERM {:.1} s",
        tally.questions,
        repeats.busy,
        slowest.as_secs_f64()
    );
    println!(
        "  answers again: {} after SIGKILL, at most {} in one chat after one kill; {} after SIGTERM; {} with no stop between",
        repeats.killed, repeats.most, repeats.terminated, repeats.within
    );
    println!("  {}", world.handed_out(&tally));
    let unexplained = repeats.terminated + repeats.within;
    // Those that a kill explains have a limit of their own.
    world.kept(&Tally { unexplained, ..tally })?;
    if repeats.most > 1 {
        bail!("{} repeated answers in one chat after one kill, where 1 may be", repeats.most);
    }
    world.stop()
}

/// Keeps the queue filled for so long.
fn keep_asking(world: &World, crowd: &mut Crowd, time: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < time {
        let missing = BACKLOG.saturating_sub(world.server.state().ledger.unconfirmed());
        world.server.ask_all(crowd.by_ref().take(missing));
        sleep(Duration::from_millis(3));
    }
}

/// Ends a run of the bot; gives the time that took.
fn end(world: &mut World, how: Stop) -> anyhow::Result<Duration> {
    if let Some(status) = world.bot.ended() {
        bail!("the bot ended by itself ({status}): {}", world.bot.last_words());
    }
    if how == Stop::Killed {
        world.bot.kill();
        return Ok(Duration::ZERO);
    }
    let begun = Instant::now();
    let status = world.bot.terminate(STOPPING).context("the bot did not stop when asked to")?;
    // Before the bot looks out for signals, SIGTERM ends it as it ends any program.
    if !status.success() && status.code().is_some() {
        bail!("asked to stop, the bot ended with {status}: {}", world.bot.last_words());
    }
    Ok(begun.elapsed())
}

/// Repeated answers by what came between an answer and the next to the same question.
#[derive(Debug, Default)]
struct Repeats {
    killed: usize,
    terminated: usize,
    /// The same run gave both.
    within: usize,
    /// Most in one chat after one kill.
    most: usize,
    /// Runs that had answered something when they were stopped.
    busy: usize,
}

impl Repeats {
    fn of(all: &[Asked], stops: &[Stop]) -> Self {
        let mut repeats = Self::default();
        let mut busy = vec![false; stops.len()];
        let mut after_kill: HashMap<(i64, usize), usize> = HashMap::new();
        for asked in all {
            let mut excused = asked.lost_replies;
            for (_, run) in &asked.answers {
                if let Some(busy) = busy.get_mut(*run) {
                    *busy = true;
                }
            }
            for pair in asked.answers.windows(2) {
                let (first, second) = (pair[0].1, pair[1].1);
                // The run that answered and did not have it confirmed is the one to blame.
                let stop = stops.get(first).filter(|_| second > first);
                if stop == Some(&Stop::Killed) {
                    repeats.killed += 1;
                    *after_kill.entry((asked.chat, first)).or_default() += 1;
                } else if excused > 0 {
                    excused -= 1;
                } else if stop == Some(&Stop::Terminated) {
                    repeats.terminated += 1;
                } else {
                    repeats.within += 1;
                }
            }
        }
        repeats.most = after_kill.into_values().max().unwrap_or(0);
        repeats.busy = busy.into_iter().filter(|busy| *busy).count();
        repeats
    }
}
