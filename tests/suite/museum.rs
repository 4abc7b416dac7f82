//! The real bot program over the articles of a museum, against a Bot API server on the loopback.

use std::fs::{self, File};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::bot_api::{BotApi, Call, shown};

pub(crate) const SECRET: &str = "Tok3n-that_nobody-may-see";
pub(crate) const GROUP: i64 = -100_777;
pub(crate) const OPENS: &str = "The museum opens at 9 am. Fish & chips <b>cost</b> extra.";

pub(crate) const ARTICLE: &str = "Visiting the Kite Museum
By Ada Lind | 10 Apr 2026

Summary
- The museum shows 300 kites from all over the world.

FAQs

Q1. When does the museum open?
The museum opens at 9 am. Fish & chips <b>cost</b> extra.

Q2. How do I book a guided tour?
Write to tours@kites.example a week before you come.

Q3. How do I book a workshop?
Call the workshop on any weekday.

Q4. Who built the largest kite?
The largest kite was built by Mira Oxley in 1987.
";

/// A folder with articles and a Bot API server.
pub(crate) struct Museum {
    pub(crate) folder: TempDir,
    pub(crate) api: BotApi,
}

/// A running bot.
pub(crate) struct Bot {
    pid: u32,
    ended: Receiver<ExitStatus>,
    log: std::path::PathBuf,
    alive: bool,
}

impl Museum {
    pub(crate) fn new() -> Self {
        Self::with(&[("visit.txt", ARTICLE)])
    }

    pub(crate) fn with(articles: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("corpus")).expect("a folder");
        for (name, text) in articles {
            fs::write(folder.path().join("corpus").join(name), text).expect("an article");
        }
        Self { folder, api: BotApi::start() }
    }

    pub(crate) fn bot(&self) -> Bot {
        self.bot_with(&format!("123456:{SECRET}"))
    }

    pub(crate) fn bot_with(&self, token: &str) -> Bot {
        self.bot_by(token, &[])
    }

    /// A bot with settings of its own.
    pub(crate) fn bot_by(&self, token: &str, settings: &[(&str, &str)]) -> Bot {
        let log = self.folder.path().join("log");
        let file = File::options().create(true).append(true).open(&log).expect("a log");
        let mut child = Command::new(env!("CARGO_BIN_EXE_faqbot"))
            .args(["telegram", "-v", "--corpus", "corpus", "--index", "index"])
            .current_dir(self.folder.path())
            .env_remove("TELOXIDE_TOKEN")
            .env_remove("TELOXIDE_API_URL")
            .env("FAQBOT__TELEGRAM__TOKEN", token)
            .env("FAQBOT__TELEGRAM__API_URL", &self.api.url)
            .env("FAQBOT__TELEGRAM__POLL_SECONDS", "1")
            .env("FAQBOT__ANSWERING__CHOICE_FROM", "0.08")
            .env("FAQBOT__TELEGRAM__QUESTIONS_PER_MINUTE", "0")
            .env("FAQBOT__TELEGRAM__CHAT_MESSAGES_PER_SECOND", "0")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .expect("the program");
        let pid = child.id();
        let (sender, ended) = channel();
        thread::spawn(move || sender.send(child.wait().expect("its end")));
        Bot { pid, ended, log, alive: true }
    }

    /// Ends a test: the bot stops as it should, and did nothing that it should not.
    #[track_caller]
    pub(crate) fn finish(&self, mut bot: Bot) {
        self.api.wait_confirmed();
        bot.signal("TERM");
        assert_eq!(bot.code(), Some(0), "{}", bot.log());
        assert_eq!(self.api.problems(), [""; 0]);
        assert!(!bot.log().contains(SECRET), "{}", bot.log());
    }

    /// The first answer that a person gets.
    #[track_caller]
    pub(crate) fn answer(&self, person: i64) -> Call {
        self.api.wait_call("sendMessage", person, 1)
    }
}

impl Bot {
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([format!("-{name}"), self.pid.to_string()]).status();
        assert!(sent.is_ok_and(|s| s.success()), "no signal sent");
    }

    #[track_caller]
    pub(crate) fn code(&mut self) -> Option<i32> {
        let status = self.ended.recv_timeout(Duration::from_mins(1)).expect("the bot to end");
        self.alive = false;
        status.code()
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).expect("a log")
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        if self.alive {
            let _ = Command::new("kill").args(["-KILL", &self.pid.to_string()]).status();
        }
    }
}

/// What a person reads.
#[track_caller]
pub(crate) fn text(call: &Call) -> String {
    shown(call.text()).expect("HTML")
}
