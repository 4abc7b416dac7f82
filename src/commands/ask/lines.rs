//! One question a line in, its reply out: in order, each as soon as it is known, worked out on
//! all cores.
//!
//! A thread reads, some threads answer, the caller's writes. What waits between them is bounded,
//! so that input without end takes no more memory than a few lines.

use std::io::BufRead;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::Context;

use crate::commands::Outcome;
use crate::faces::lines;

/// Questions that are read ahead for each thread.
const AHEAD: usize = 16;
/// More threads than this only wait for each other.
const MOST_THREADS: usize = 64;

/// What came of a question, and what to write.
type Told = anyhow::Result<(Outcome, String)>;

/// A question and where its reply goes.
struct Task {
    line: Vec<u8>,
    reply: SyncSender<Told>,
}

/// How many threads may answer at once.
pub(super) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS)
}

/// Answers each line of the input by so many threads and has the replies written in order, until the input ends
/// or `write` says that nobody reads any more. Fails with the first line that cannot be read or
/// answered, after the replies to those before it.
pub(super) fn each(
    input: impl BufRead + Send + 'static,
    threads: usize,
    answer: impl Fn(&str) -> Told + Send + Sync + 'static,
    write: &mut dyn FnMut(&str) -> anyhow::Result<bool>,
) -> anyhow::Result<Outcome> {
    let (tasks, waiting) = sync_channel(threads * AHEAD);
    let (order, replies) = sync_channel(threads * AHEAD);
    let (waiting, answer) = (Arc::new(Mutex::new(waiting)), Arc::new(answer));
    // None is waited for at the end: one may be reading from somebody who types nothing more.
    for _ in 0..threads {
        let (waiting, answer) = (Arc::clone(&waiting), Arc::clone(&answer));
        start(move || work(&waiting, &*answer))?;
    }
    start(move || read(input, &tasks, &order))?;
    let mut worst = Outcome::Done;
    for reply in replies {
        let reply: Told = reply.recv().context("a question could not be answered")?;
        let (outcome, text) = reply?;
        if outcome != Outcome::Done {
            worst = outcome;
        }
        if !write(&text)? {
            break;
        }
    }
    Ok(worst)
}

fn start(run: impl FnOnce() + Send + 'static) -> anyhow::Result<()> {
    thread::Builder::new().spawn(run).context("a thread cannot be started").map(drop)
}

fn work(waiting: &Mutex<Receiver<Task>>, answer: &dyn Fn(&str) -> Told) {
    loop {
        let task = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Task { line, reply }) = task else { return };
        // Where nobody waits for it any more, all is over.
        let _ = reply.send(answer(&String::from_utf8_lossy(&line)));
    }
}

/// Hands on lines, each with a place in the order, until the input ends or nobody takes them.
fn read(mut input: impl BufRead, tasks: &SyncSender<Task>, order: &SyncSender<Receiver<Told>>) {
    for number in 1u64.. {
        let line = lines::next(&mut input, number);
        if matches!(&line, Ok(line) if line.is_empty()) {
            return;
        }
        let (reply, told) = sync_channel(1);
        let handed = order.send(told).is_ok()
            && match line {
                Ok(line) => tasks.send(Task { line, reply }).is_ok(),
                Err(error) => reply.send(Err(error)).is_err(),
            };
        if !handed {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor, Read, repeat};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;
    use std::time::Duration;

    use super::{AHEAD, each};
    use crate::commands::Outcome;
    use crate::faces::lines::LONGEST;

    #[expect(clippy::unnecessary_wraps, reason = "it stands for what may fail")]
    fn echo(question: &str) -> super::Told {
        let known = if question.contains('?') { Outcome::NotKnown } else { Outcome::Done };
        Ok((known, question.trim_end().to_owned()))
    }

    fn told(
        input: &str,
        answer: impl Fn(&str) -> super::Told + Send + Sync + 'static,
    ) -> Vec<String> {
        let mut written = Vec::new();
        let input = Cursor::new(input.to_owned());
        let outcome = each(input, 2, answer, &mut |text| {
            written.push(text.to_owned());
            Ok(true)
        });
        written.push(outcome.map_or_else(|e| format!("{e:#}"), |outcome| format!("{outcome:?}")));
        written
    }

    #[test]
    fn replies_keep_the_order_of_questions() {
        let lines: Vec<String> = (0..500).map(|n| n.to_string()).collect();
        let slow_first = |question: &str| {
            if question.trim_end().ends_with('0') {
                thread::sleep(Duration::from_millis(2));
            }
            echo(question)
        };
        let mut expected = lines.clone();
        expected.push("Done".to_owned());
        assert_eq!(told(&lines.join("\n"), slow_first), expected);
        assert_eq!(told("a\nb?\nc", echo), ["a", "b?", "c", "NotKnown"]);
        assert_eq!(told("\n", echo), ["", "Done"]);
        assert_eq!(told("", echo), ["Done"]);
    }

    #[test]
    fn trouble_comes_after_the_replies_before_it() {
        let fails = |question: &str| {
            anyhow::ensure!(question.trim_end() != "c", "no index");
            echo(question)
        };
        assert_eq!(told("a\nb\nc\nd\n", fails), ["a", "b", "no index"]);
        let long = format!("a\n{}", "x".repeat(LONGEST + 1));
        let said = told(&long, echo);
        assert!(said[0] == "a" && said[1].contains("line 2 has more than"), "{said:?}");
        let fits = "x".repeat(LONGEST);
        assert_eq!(told(&fits, echo)[0].len(), LONGEST);
    }

    #[test]
    fn input_without_end_is_read_only_so_far_ahead() {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        let answer = move |question: &str| {
            counted.fetch_add(1, Ordering::Relaxed);
            echo(question)
        };
        let mut written = 0;
        let input = BufReader::new(repeat(b'\n'));
        let outcome = each(input, 2, answer, &mut |_| {
            written += 1;
            thread::sleep(Duration::from_millis(1));
            Ok(written < 20)
        });
        assert_eq!((outcome.unwrap(), written), (Outcome::Done, 20));
        let threads = thread::available_parallelism().unwrap().get();
        assert!(asked.load(Ordering::Relaxed) <= 20 + 2 * threads * (AHEAD + 1));
        // One line without end is refused before it fills the memory.
        let endless = each(BufReader::new(repeat(b'x').take(1 << 40)), 2, echo, &mut |_| Ok(true));
        assert!(endless.unwrap_err().to_string().contains("line 1 has more than"));
    }
}
