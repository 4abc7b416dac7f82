//! The bot program as a child process in a folder of its own.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Context;
use tempfile::TempDir;

/// The settings file, which tells whether the bot knows a setting yet.
const SETTINGS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/config.toml"));
/// Limits of the bot; 0 lifts one.
const LIMITS: [&str; 4] = [
    "questions_per_minute",
    "messages_per_second",
    "chat_messages_per_second",
    "group_messages_per_minute",
];

/// The bot's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limits {
    Default,
    Lifted,
}

/// A folder with the sample corpus, and what the bot makes beside it. Gone when dropped.
#[derive(Debug)]
pub(crate) struct House {
    folder: TempDir,
    limits: Limits,
    poll_seconds: u64,
}

/// A running bot; killed when dropped.
#[derive(Debug)]
pub(crate) struct Bot {
    child: Child,
    log: PathBuf,
}

impl House {
    pub(crate) fn new(limits: Limits, poll_seconds: u64) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir().context("no temporary folder")?;
        let corpus = folder.path().join("corpus");
        fs::create_dir(&corpus)?;
        for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus"))? {
            let file = file?;
            fs::copy(file.path(), corpus.join(file.file_name()))?;
        }
        Ok(Self { folder, limits, poll_seconds })
    }

    /// Starts a bot that speaks to this server.
    pub(crate) fn start(&self, url: &str) -> anyhow::Result<Bot> {
        let log = self.folder.path().join("log");
        let file = File::options().create(true).append(true).open(&log)?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_faqbot"));
        // Settings of whoever runs this would change what is measured.
        command
            .env_clear()
            .env("HOME", self.folder.path())
            .env("FAQBOT__TELEGRAM__TOKEN", "123456:load")
            .env("FAQBOT__TELEGRAM__API_URL", url)
            .env("FAQBOT__TELEGRAM__POLL_SECONDS", self.poll_seconds.to_string());
        if self.limits == Limits::Lifted {
            for key in LIMITS.into_iter().filter(|key| known(key)) {
                command.env(format!("FAQBOT__TELEGRAM__{}", key.to_uppercase()), "0");
            }
        }
        let child = command
            .args(["telegram", "--corpus", "corpus", "--index", "index"])
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .context("the bot cannot be started")?;
        Ok(Bot { child, log })
    }
}

/// Whether the bot has such a setting.
fn known(key: &str) -> bool {
    SETTINGS.lines().any(|line| line.split_once(" =").is_some_and(|(name, _)| name == key))
}

impl Bot {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, where it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Asks it to stop; `None` where it does not do so in time.
    pub(crate) fn terminate(&mut self, patience: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + patience;
        // The child was not waited for unless `ended` said so, and then its number is not used.
        if self.ended().is_none() {
            let _ = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status();
        }
        loop {
            let ended = self.ended();
            if ended.is_some() || Instant::now() > until {
                return ended;
            }
            sleep(Duration::from_millis(2));
        }
    }

    /// Ends it at once.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The last thing that it wrote.
    pub(crate) fn last_words(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().last().unwrap_or("nothing").to_owned()
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        self.kill();
    }
}
