//! The command line: what can be typed, and one file for each command.

pub mod ask;
pub mod check;
pub mod eval;
mod golden;
pub mod index;
pub mod model;
pub mod progress;
pub mod repl;
pub mod telegram;

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::faces::plain::layout::Layout;
use crate::faces::rich::visible;
use crate::faces::wording::{Tongue, count};
use crate::publishing::sync::How;
use crate::publishing::{Opened, Sources};
use crate::semantic::installed;
use crate::semantic::model::Model;
use crate::settings::{Flags, Settings, environment};

/// Columns of a terminal that does not tell.
const USUAL_COLUMNS: usize = 80;
/// Wider text is hard to read.
const MOST_COLUMNS: usize = 100;
/// What the command line speaks, and so the prompt and `ask`.
const TONGUE: Tongue = Tongue::English;

/// Answers questions from a folder of articles, word for word, or says that it does not know.
#[derive(Debug, Parser)]
#[command(
    name = "faqbot",
    version,
    max_term_width = 100,
    after_help = "Exit status: 0 answered (or done), 1 asked and not known, 2 trouble."
)]
pub struct CommandLine {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// Settings file [default: config.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of articles [default: corpus]
    #[arg(long, global = true, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// Folder for the index [default: index]
    #[arg(long, global = true, value_name = "DIR")]
    index: Option<PathBuf>,
    /// Print JSON, one object a line
    #[arg(long, global = true)]
    json: bool,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    color: Color,
    /// Say more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// Say nothing but answers and errors
    #[arg(short, long, global = true)]
    quiet: bool,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On terminals
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Ask in a prompt; this is what happens without a command
    #[command(after_help = "Examples:\n  faqbot\n  faqbot repl --watch\n\nType /help there.")]
    Repl {
        /// Bring in changed articles while the prompt waits, whatever the settings say
        #[arg(long)]
        watch: bool,
    },
    /// Ask one question, or with - one a line from standard input
    #[command(
        after_help = "Examples:\n  faqbot ask How do I reset my password?\n  faqbot ask --json - < questions.txt"
    )]
    Ask {
        /// The question, or -
        #[arg(required = true, value_name = "QUESTION")]
        question: Vec<OsString>,
        /// Tell below the reply what counted for and against it
        #[arg(long, conflicts_with = "json")]
        explain: bool,
        /// With -: read the lines as one conversation, each after those before it
        #[arg(long)]
        conversation: bool,
    },
    /// Run the Telegram bot
    #[command(
        after_help = "The token from @BotFather is read from FAQBOT__TELEGRAM__TOKEN.\nSIGINT (Ctrl-C) and SIGTERM finish the answers under way."
    )]
    Telegram,
    /// Bring the index up to date with the articles
    #[command(
        after_help = "Exit status: 0 done, 1 changes held back by the golden questions, 2 trouble."
    )]
    Index {
        /// Build it even if nothing changed
        #[arg(long)]
        rebuild: bool,
        /// Go back to the generation before, and stay there until the next `faqbot index`
        #[arg(long, conflicts_with = "rebuild")]
        rollback: bool,
        /// Let changes go live whatever becomes of the golden questions
        #[arg(long, conflicts_with = "rollback")]
        force: bool,
        /// Go on bringing in changes until stopped with Ctrl-C
        #[arg(long, conflicts_with = "rollback")]
        watch: bool,
    },
    /// Measure how well questions are answered
    #[command(
        after_help = "Examples:\n  faqbot eval my-questions.toml --floor p1=0.9\n  faqbot eval --baseline sets/*\n\nExit status: 0 measured, 1 a floor was missed, 2 trouble."
    )]
    Eval(eval::Options),
    /// Manage models that tell what texts mean
    #[command(subcommand)]
    Model(model::Command),
    /// Look for problems in settings, articles and index
    Check {
        /// Compare every stored passage with its file, byte for byte
        #[arg(long)]
        verify: bool,
        /// Ask Telegram what it knows of the bot
        #[arg(long)]
        telegram: bool,
    },
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Answered, or done.
    Done,
    /// Asked and not known.
    NotKnown,
    /// Measured, and not as good as was demanded.
    Missed,
    /// Something is wrong; it was said on the way.
    Trouble,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::NotKnown | Outcome::Missed => Self::from(1),
            Outcome::Trouble => Self::from(2),
        }
    }
}

/// Runs the command that was typed.
pub fn run(line: CommandLine) -> anyhow::Result<Outcome> {
    let CommandLine { global, command } = line;
    match global.color {
        Color::Auto => {}
        Color::Always => anstream::ColorChoice::Always.write_global(),
        Color::Never => anstream::ColorChoice::Never.write_global(),
    }
    let settings = Settings::load(&Flags {
        config: global.config.clone(),
        corpus: global.corpus.clone(),
        index: global.index.clone(),
    })?;
    match command.unwrap_or(Command::Repl { watch: false }) {
        Command::Repl { watch } => repl::run(&global, &settings, watch),
        Command::Ask { question, explain, conversation } => {
            ask::run(&global, &settings, &question, ask::How { explain, conversation })
        }
        Command::Telegram => telegram::run(&global, &settings),
        Command::Index { rollback: true, .. } => index::roll_back(&global, &settings),
        Command::Index { rebuild, force, watch, .. } => {
            index::run(&global, &settings, How { rebuild, force }, watch)
        }
        Command::Eval(options) => eval::run(&global, &settings, &options),
        Command::Model(command) => model::run(&global, &settings, &command),
        Command::Check { verify, telegram } => check::run(&global, &settings, verify, telegram),
    }
}

impl Global {
    /// Whether what happens on the way is told.
    fn talks(&self) -> bool {
        !self.quiet
    }

    /// Where articles come from, with the model that the settings name. One that cannot be used is
    /// told once; words alone are matched then.
    fn sources(&self, settings: &Settings) -> Sources {
        settings.sources(self.model(settings))
    }

    fn model(&self, settings: &Settings) -> Option<Arc<Model>> {
        let opened = installed::open(&settings.semantic).and_then(|model| {
            if let Some(model) = model.as_ref().filter(|_| settings.semantic.open_at_start) {
                model.open()?;
            }
            Ok(model)
        });
        match opened {
            Ok(model) => model.map(Arc::new),
            Err(error) => {
                if self.talks() {
                    let note = format!("matching words alone: {error:#}");
                    anstream::eprintln!("faqbot: {}", visible(&note));
                }
                None
            }
        }
    }

    /// Tells, once, why a model that was to be opened with the first question failed.
    fn tell_failure(&self, model: Option<&Arc<Model>>) {
        let failure = model.and_then(|model| model.take_failure());
        if let Some(failure) = failure.filter(|_| self.talks()) {
            let note = format!("matching words alone: {failure}");
            anstream::eprintln!("faqbot: {}", visible(&note));
        }
    }

    /// Tells what opening the index brought up, on standard error.
    fn tell(&self, opened: &Opened) {
        let problems = opened.report.as_ref().map_or(0, |r| r.problems.len());
        if !self.talks() {
            return;
        }
        for note in &opened.notes {
            anstream::eprintln!("faqbot: {}", visible(note));
        }
        if problems > 0 {
            let problems = count(problems as u64, "problem");
            anstream::eprintln!("faqbot: {problems} in the corpus: run `faqbot check`");
        }
    }
}

/// A reader that has gone away (`| head -1`) is no trouble.
fn quiet_when_closed(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) }
}

/// Text is wrapped where standard output is a terminal.
fn layout() -> Layout {
    let ascii = !environment::shows_unicode();
    if !io::stdout().is_terminal() {
        return Layout { ascii, ..Layout::default() };
    }
    let size = terminal_size::terminal_size();
    let width = size.map_or(USUAL_COLUMNS, |(width, _)| usize::from(width.0));
    Layout {
        width: Some(width.min(MOST_COLUMNS)),
        height: size.map(|(_, height)| usize::from(height.0)),
        links: supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout),
        ascii,
    }
}
