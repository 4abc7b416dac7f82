//! A terminal for the program to run in, and somebody who types.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nix::pty::{Winsize, openpty};
use nix::unistd::ttyname;

/// What is not on the screen by then never will be.
const PATIENCE: Duration = Duration::from_mins(1);

/// A program in a terminal.
pub(crate) struct Terminal {
    keys: File,
    child: Child,
    screen: Arc<(Mutex<String>, Condvar)>,
    slave: OwnedFd,
    /// Bytes of the screen that were looked at.
    seen: usize,
}

impl Terminal {
    /// Runs a command in a terminal of this size.
    pub(crate) fn run(mut command: Command, columns: u16, lines: u16) -> Self {
        let size = Winsize { ws_row: lines, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = openpty(&size, None).expect("a terminal can be opened");
        let end = || pty.slave.try_clone().expect("it can be shared");
        if !command.get_envs().any(|(name, value)| name == "TERM" && value.is_some()) {
            command.env("TERM", "xterm-256color");
        }
        let child = command.stdin(end()).stdout(end()).stderr(end()).spawn().expect("it runs");
        let keys = File::from(pty.master);
        let screen = Arc::new((Mutex::new(String::new()), Condvar::new()));
        let (mut reader, written) = (keys.try_clone().expect("it can be shared"), screen.clone());
        thread::spawn(move || {
            let (mut held, mut part) = (Vec::new(), [0; 4096]);
            while let Ok(n @ 1..) = reader.read(&mut part) {
                held.extend_from_slice(&part[..n]);
                let (text, changed) = &*written;
                *text.lock().unwrap_or_else(PoisonError::into_inner) =
                    String::from_utf8_lossy(&held).into_owned();
                changed.notify_all();
            }
        });
        Self { keys, child, screen, slave: pty.slave, seen: 0 }
    }

    /// Presses keys.
    pub(crate) fn types(&mut self, keys: &str) -> &mut Self {
        self.keys.write_all(keys.as_bytes()).expect("the program reads");
        self
    }

    /// Waits for a text that was not seen before, and gives all up to its end, colours included.
    pub(crate) fn shows(&mut self, text: &str) -> String {
        let (screen, changed) = &*self.screen;
        let until = Instant::now() + PATIENCE;
        let mut now = screen.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            // Colours come and go between words.
            if let Some(end) = end_of(&now[self.seen..], text) {
                let shown = now[self.seen..self.seen + end].to_owned();
                self.seen += end;
                return shown;
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "`{text}` is not shown:\n{}", &now[self.seen..]);
            now = changed.wait_timeout(now, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Makes the terminal so many columns wide.
    pub(crate) fn resize(&self, columns: u16) {
        let device = ttyname(&self.slave).expect("it has a name");
        let mut stty = Command::new("stty");
        stty.arg("-F").arg(device).args(["cols", &columns.to_string()]);
        assert!(stty.status().expect("stty runs").success());
    }

    /// Sends SIGINT, as Ctrl-C does where no line is edited.
    pub(crate) fn interrupt(&self) {
        let kill = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(kill.expect("kill runs").success());
    }

    /// Waits for the end.
    pub(crate) fn ends(&mut self) -> ExitStatus {
        self.child.wait().expect("it ends")
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where a text ends on a screen, whatever escape sequences stand in it.
fn end_of(screen: &str, text: &str) -> Option<usize> {
    let mut plain = String::new();
    let mut places = Vec::new();
    let mut letters = screen.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        if c == '\u{1b}' {
            let link = letters.next_if(|(_, c)| *c == ']').is_some();
            let last = |c: char| if link { c == '\\' } else { c.is_ascii_alphabetic() };
            while letters.next().is_some_and(|(_, c)| !last(c)) {}
        } else if c != '\r' {
            plain.push(c);
            places.extend(std::iter::repeat_n(at + c.len_utf8(), c.len_utf8()));
        }
    }
    let start = plain.find(text)?;
    places.get(start + text.len() - 1).copied()
}

/// A screen without its escape sequences.
pub(crate) fn plain(screen: &str) -> String {
    anstream::adapter::strip_str(screen).to_string().replace('\r', "")
}
