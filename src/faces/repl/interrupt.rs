//! Ctrl-C while something is being worked out: the person has the prompt back at once.

use std::panic;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::Context;

/// How often it is looked for a press.
const TICK: Duration = Duration::from_millis(20);

/// What tells of presses.
#[derive(Debug)]
pub struct Interrupts {
    presses: Option<Receiver<()>>,
}

impl Interrupts {
    /// Ctrl-C ends the program, as it does where nobody types.
    pub fn none() -> Self {
        Self { presses: None }
    }

    /// From now on Ctrl-C stops what is being worked out, and not the program.
    pub fn listen() -> anyhow::Result<Self> {
        let (press, presses) = mpsc::channel();
        let tell = move || {
            // Nobody listens once the prompt has been left.
            let _ = press.send(());
        };
        ctrlc::set_handler(tell).context("Ctrl-C cannot be listened to")?;
        Ok(Self { presses: Some(presses) })
    }

    /// Works something out, or gives `None` when it is interrupted; the work ends by itself then,
    /// and nobody hears of it.
    pub fn until<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let Some(presses) = &self.presses else { return Some(work()) };
        // What was pressed before was not meant for this.
        while presses.try_recv().is_ok() {}
        let (done, result) = mpsc::channel();
        let worker = thread::spawn(move || done.send(work()));
        loop {
            match result.recv_timeout(TICK) {
                Ok(value) => return Some(value),
                Err(RecvTimeoutError::Timeout) if presses.try_recv().is_ok() => return None,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => match worker.join() {
                    Err(broken) => panic::resume_unwind(broken),
                    Ok(_) => return None,
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::Interrupts;

    #[test]
    fn work_ends_or_is_interrupted() {
        assert_eq!(Interrupts::none().until(|| 1), Some(1));
        let (press, presses) = mpsc::channel();
        let interrupts = Interrupts { presses: Some(presses) };
        press.send(()).unwrap();
        assert_eq!(interrupts.until(|| 2), Some(2), "an old press is not meant");
        let (release, held) = mpsc::channel::<()>();
        let stopped = interrupts.until(move || {
            press.send(()).unwrap();
            // Held for as long as the test runs.
            held.recv().ok()
        });
        assert_eq!(stopped, None);
        drop(release);
        assert_eq!(interrupts.until(|| 3), Some(3));
    }
}
