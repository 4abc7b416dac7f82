//! Scenarios in which all goes well, but much of it.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::bail;

use crate::bot::Limits;
use crate::crowd::{Crowd, kind};
use crate::figures::{processor_seconds, quantile, verdict};
use crate::world::World;

const CHATS: i64 = 500;
const POLL_SECONDS: u64 = 25;

/// The chat that sends everything at once.
const FLOODER: i64 = 9_000;
const FLOOD: usize = 200;

/// All questions are there at once.
pub(crate) fn throughput() -> anyhow::Result<()> {
    let mut world = World::new(Limits::Lifted, POLL_SECONDS)?;
    let pids = [world.bot.pid(), std::process::id()];
    let before = pids.map(processor_seconds);
    let begun = Instant::now();
    world.server.ask_all(Crowd::new(CHATS, 20));
    world.until("all answers", Duration::from_mins(5), |ledger| {
        ledger.answered() == ledger.asked().len()
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    let after = pids.map(processor_seconds);
    world.finish("all confirmations", Duration::from_mins(1))?;
    let tally = world.tally();
    let rate = tally.questions as f64 / seconds;
    println!("  {} questions of {CHATS} chats, all there at once", tally.questions);
    println!("  {rate:.0} answers a second (target 1500: {})", verdict(rate >= 1500.0));
    let each = |at: usize| (after[at] - before[at]) * 1e3 / tally.questions as f64;
    println!("  processor time an answer: {:.2} ms the bot, {:.2} ms this bench", each(0), each(1));
    peak(&world);
    println!("  {}", world.handed_out(&tally));
    world.kept(&tally)?;
    world.stop()
}

fn peak(world: &World) {
    let peak = world.peak.unwrap_or(f64::NAN);
    println!("  anonymous memory: {peak:.0} MiB at most (target 150: {})", verdict(peak <= 150.0));
}

/// Questions come evenly.
pub(crate) fn latency() -> anyhow::Result<()> {
    const EVERY: Duration = Duration::from_millis(2);
    let mut world = World::new(Limits::Lifted, POLL_SECONDS)?;
    let chats = usize::try_from(CHATS)?;
    paced(&mut world, EVERY, 10_000, |n| (n % chats, n / chats));
    world.finish("all answers", Duration::from_mins(5))?;
    let tally = world.tally();
    let [half, most] = [0.5, 0.99].map(|share| quantile(&tally.waits, share));
    println!("  {} questions of {CHATS} chats, 500 a second", tally.questions);
    println!(
        "  from the queue to the answer: {half:.0} ms half of them, {most:.0} ms 99 of 100 (target 150: {}), {:.0} ms the slowest",
        verdict(most <= 150.0),
        quantile(&tally.waits, 1.0)
    );
    println!("  {}", world.handed_out(&tally));
    world.kept(&tally)?;
    world.stop()
}

/// Asks so many questions, one at a time; `who` gives the chat and which of its questions.
fn paced(world: &mut World, every: Duration, count: u32, who: impl Fn(usize) -> (usize, usize)) {
    let begun = Instant::now();
    for n in 0..count {
        sleep((every * n).saturating_sub(begun.elapsed()));
        let (chat, nth) = who(n as usize);
        let chat = 10_000 + i64::try_from(chat).unwrap_or(0);
        world.server.ask(chat, kind(chat, nth));
    }
}

/// Memory after some questions and after many more.
pub(crate) fn steady() -> anyhow::Result<()> {
    const FEW: usize = 10_000;
    const MANY: usize = 100_000;
    let mut world = World::new(Limits::Lifted, POLL_SECONDS)?;
    let mut crowd = Crowd::new(CHATS, MANY / usize::try_from(CHATS)?);
    let mut seen = Vec::new();
    for count in [FEW, MANY - FEW] {
        world.server.ask_all(crowd.by_ref().take(count));
        world.finish("all answers", Duration::from_mins(15))?;
        // What is given back to the system is given back soon.
        sleep(Duration::from_secs(1));
        seen.push((world.look().unwrap_or(f64::NAN), world.peak.unwrap_or(f64::NAN)));
    }
    let growth = (seen[1].0 / seen[0].0 - 1.0) * 100.0;
    println!(
        "  anonymous memory: {:.1} MiB after {FEW} questions, {:.1} MiB after {MANY} ({growth:+.1} %, target at most +10: {})",
        seen[0].0,
        seen[1].0,
        verdict(growth <= 10.0)
    );
    println!("  at most {:.1} MiB during the first, {:.1} MiB in all", seen[0].1, seen[1].1);
    let tally = world.tally();
    println!("  {}", world.handed_out(&tally));
    world.kept(&tally)?;
    world.stop()
}

/// One chat sends much at once while others go on asking, at the limits that a bot has by
/// default. The others take turns, so that none comes near to a limit.
pub(crate) fn flood() -> anyhow::Result<()> {
    const EVERY: Duration = Duration::from_millis(200);
    const OTHERS: usize = 20;
    const QUESTIONS: u32 = 75;
    let mut world = World::new(Limits::Default, POLL_SECONDS)?;
    let mut found = Vec::new();
    for flooded in [false, true] {
        let from = world.asked();
        if flooded {
            world.server.ask_all((0..FLOOD).map(|n| (FLOODER, kind(FLOODER, n))));
        }
        let earlier = if flooded { QUESTIONS as usize } else { 0 };
        paced(&mut world, EVERY, QUESTIONS, |n| {
            (n % OTHERS, (n + earlier) / OTHERS + usize::from(flooded))
        });
        let others = |chat| chat != FLOODER;
        world.until("the answers to the others", Duration::from_mins(5), |ledger| {
            ledger.tally(from, others).unanswered == 0
        })?;
        found.push(world.server.state().ledger.tally(from, others));
    }
    let told = |name: &str, waits: &[f64]| {
        let [half, most] = [0.5, 1.0].map(|share| quantile(waits, share));
        println!("  {name}: {half:.0} ms half of them, {most:.0} ms the slowest");
        (half, most)
    };
    let quiet = told("others without the flood", &found[0].waits);
    let loud = told("others beside the flood ", &found[1].waits);
    let (half, most) = (loud.0 - quiet.0, loud.1 - quiet.1);
    println!(
        "  delayed by {half:.0} ms, the slowest by {most:.0} ms (target less than 200: {})",
        verdict(most < 200.0)
    );
    let state = world.server.state();
    let flooder = state.ledger.tally(world.from, |chat| chat == FLOODER);
    let answered = flooder.questions - flooder.unanswered;
    println!("  of the flood {answered} of {FLOOD} were answered by then");
    println!("  {} messages that were no answers", state.ledger.strange().len());
    let disorder = state.ledger.out_of_order().iter().filter(|(chat, _)| *chat != FLOODER).count();
    let repeats: usize = found.iter().map(|tally| tally.unexplained).sum();
    if disorder + repeats > 0 {
        bail!("of the others {disorder} were answered out of order, {repeats} more than once");
    }
    Ok(())
}
