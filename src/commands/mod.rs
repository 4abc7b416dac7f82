//! The command line: what can be typed, and one file for each command.

pub mod ask;
pub mod check;
pub mod completions;
pub mod eval;
pub mod export;
mod golden;
mod help;
pub mod index;
pub mod init;
pub mod man;
pub mod model;
pub mod new;
pub mod output;
pub mod progress;
pub mod repl;
pub mod telegram;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::error::{ContextKind, ContextValue};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::commands::progress::Bar;
use crate::faces::plain::layout::Layout;
use crate::faces::wording::{Tongue, count};
use crate::publishing::sync::How;
use crate::publishing::{Opened, Sources};
use crate::semantic::installed;
use crate::semantic::model::Model;
use crate::settings::{Flags, Settings, environment};
use crate::text::distance;

/// Columns of a terminal that does not tell.
const USUAL_COLUMNS: usize = 80;
/// Wider text is hard to read.
const MOST_COLUMNS: usize = 100;
/// What the command line speaks, and so the prompt and `ask`.
const TONGUE: Tongue = Tongue::English;

/// Answers questions from a folder of articles, word for word, or says that it does not know.
#[derive(Debug, Parser)]
#[command(name = "faqbot", version, max_term_width = 80, after_help = help::FAQBOT)]
pub struct CommandLine {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What stands above the options of every command in `--help`.
const EVERYWHERE: &str = "Options of every command";

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Settings file [default: config.toml, if there is one]
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of articles [default: corpus]
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// Folder for the index [default: index]
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "DIR")]
    index: Option<PathBuf>,
    /// Print JSON, one object a line
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    json: bool,
    /// When to use colour; auto is on terminals, unless the environment has
    /// `NO_COLOR`
    #[arg(long, global = true, help_heading = EVERYWHERE, value_enum, default_value_t, value_name = "WHEN")]
    color: Color,
    /// Say more; where there is no terminal, also how far something has come
    #[arg(short, long, global = true, help_heading = EVERYWHERE, action = clap::ArgAction::Count)]
    verbose: u8,
    /// Say nothing but answers and errors
    #[arg(short, long, global = true, help_heading = EVERYWHERE)]
    quiet: bool,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Ask in a prompt; this is what happens without a command
    #[command(after_help = help::REPL)]
    Repl {
        /// Bring in changed articles while the prompt waits, whatever the settings say
        #[arg(long)]
        watch: bool,
    },
    /// Ask one question, or with - one a line from standard input
    #[command(after_help = help::ASK)]
    Ask {
        /// The question, or -
        #[arg(required = true, value_name = "QUESTION")]
        question: Vec<OsString>,
        /// Tell below the reply what counted for and against it
        #[arg(long, conflicts_with = "json")]
        explain: bool,
        /// With -: read the lines as one conversation, as at the prompt
        #[arg(long)]
        conversation: bool,
    },
    /// Run the Telegram bot
    #[command(after_help = help::TELEGRAM)]
    Telegram,
    /// Bring the index up to date with the articles
    #[command(after_help = help::INDEX)]
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
    /// Look for problems in settings, articles and index
    #[command(after_help = help::CHECK)]
    Check {
        /// Compare every stored passage with its file, byte for byte
        #[arg(long)]
        verify: bool,
        /// Ask Telegram what it knows of the bot
        #[arg(long)]
        telegram: bool,
    },
    /// Write a few example articles and settings to begin with
    #[command(after_help = help::INIT)]
    Init {
        /// Where they go; made if it is not there
        #[arg(value_name = "DIR", default_value = ".")]
        folder: PathBuf,
    },
    /// Write the skeleton of an article with today's date
    #[command(after_help = help::NEW)]
    New {
        /// The title; the name of the file is made from it
        #[arg(required = true, value_name = "TITLE")]
        title: Vec<OsString>,
    },
    /// Give out all that can be an answer, as data
    #[command(after_help = help::EXPORT)]
    Export(export::Options),
    /// Measure how well questions are answered
    #[command(after_help = help::EVAL)]
    Eval(eval::Options),
    /// Manage models that tell what texts mean
    #[command(subcommand, after_help = help::MODEL)]
    Model(model::Command),
    /// Print what a shell needs to complete commands and options
    #[command(after_help = help::COMPLETIONS)]
    Completions {
        /// The shell
        #[arg(value_name = "SHELL")]
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write one for each command
    #[command(after_help = help::MAN)]
    Man {
        /// Write the pages of all commands to this folder instead
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
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

/// Reads what was typed. Fails with what is to be told of it: what is wrong, or the help or
/// the version that was asked for.
pub fn read(typed: impl Iterator<Item = OsString>) -> Result<CommandLine, clap::Error> {
    let typed: Vec<OsString> = typed.collect();
    // Help and mistakes are coloured too, and so this is known before the rest.
    color_of(&typed).set();
    let mut command = CommandLine::command();
    let read = command
        .try_get_matches_from_mut(&typed)
        .and_then(|found| CommandLine::from_arg_matches(&found));
    read.map_err(|error| with_meant(error.format(&mut command), &command, &typed))
}

/// With the command that may have been meant, also where letters of a short one were swapped.
fn with_meant(mut error: clap::Error, command: &clap::Command, typed: &[OsString]) -> clap::Error {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else {
        return error;
    };
    let above = typed.iter().filter_map(|word| word.to_str());
    let at = above.fold(command, |at, word| at.find_subcommand(word).unwrap_or(at));
    let most = if word.chars().count() > 3 { 2 } else { 1 };
    let names = at.get_subcommands().map(clap::Command::get_name);
    if error.get(ContextKind::SuggestedSubcommand).is_none()
        && let Some(near) = distance::closest(word, names, most)
    {
        let near = ContextValue::Strings(vec![near.to_owned()]);
        error.insert(ContextKind::SuggestedSubcommand, near);
    }
    if error.get(ContextKind::SuggestedSubcommand).is_none() {
        let tip = "to ask a question, type `faqbot ask` before it";
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    error
}

/// Tells what [`read`] failed with.
pub fn explain(told: &clap::Error) -> anyhow::Result<Outcome> {
    let text = told.render().ansi().to_string();
    if told.use_stderr() {
        let _ = write!(anstream::stderr(), "{text}");
        return Ok(Outcome::Trouble);
    }
    output::print(&text).map(|()| Outcome::Done)
}

/// What `--color` says, whatever else was typed.
fn color_of(typed: &[OsString]) -> Color {
    let mut words = typed.iter().map(|word| word.to_string_lossy()).take_while(|word| word != "--");
    let mut color = Color::default();
    while let Some(word) = words.next() {
        let when = match word.strip_prefix("--color") {
            Some("") => words.next(),
            Some(when) => when.strip_prefix('=').map(|when| when.to_owned().into()),
            None => None,
        };
        color = when.and_then(|when| Color::from_str(&when, false).ok()).unwrap_or(color);
    }
    color
}

/// Runs the command that was typed.
pub fn run(line: CommandLine) -> anyhow::Result<Outcome> {
    let CommandLine { global, command } = line;
    global.color.set();
    let flags = Flags {
        config: global.config.clone(),
        corpus: global.corpus.clone(),
        index: global.index.clone(),
    };
    // Some commands need no settings, and wrong ones are not in their way.
    let settings = || Settings::load(&flags);
    match command.unwrap_or(Command::Repl { watch: false }) {
        Command::Repl { watch } => repl::run(&global, &settings()?, watch),
        Command::Ask { question, explain, conversation } => {
            ask::run(&global, &settings()?, &question, ask::How { explain, conversation })
        }
        Command::Telegram => telegram::run(&global, &settings()?),
        Command::Index { rollback: true, .. } => index::roll_back(&global, &settings()?),
        Command::Index { rebuild, force, watch, .. } => {
            index::run(&global, &settings()?, How { rebuild, force }, watch)
        }
        Command::Check { verify, telegram } => check::run(&global, &settings()?, verify, telegram),
        Command::Init { folder } => init::run(&global, &folder),
        Command::New { title } => new::run(&global, &settings()?, &title),
        Command::Export(options) => export::run(&global, &settings()?, &options),
        Command::Eval(options) => eval::run(&global, &settings()?, &options),
        Command::Model(command) => model::run(&global, &settings()?, &command),
        Command::Completions { shell } => completions::run(shell),
        Command::Man { out } => man::run(out.as_deref()),
    }
}

impl Color {
    /// Makes it so for all that is written from now on.
    fn set(self) {
        // Whatever else speaks for colour, such a terminal would show it as garbage.
        let dumb = !environment::terminal_draws() && !environment::forces_colour();
        match self {
            Self::Auto if dumb => anstream::ColorChoice::Never,
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

impl Global {
    /// Whether what happens on the way is told.
    fn talks(&self) -> bool {
        !self.quiet
    }

    /// What shows how far something has come.
    fn bar(&self) -> Bar {
        Bar::new(self.talks(), self.verbose > 0)
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
                    output::note(&format!("matching words alone: {error:#}"));
                }
                None
            }
        }
    }

    /// Tells, once, why a model that was to be opened with the first question failed.
    fn tell_failure(&self, model: Option<&Arc<Model>>) {
        let failure = model.and_then(|model| model.take_failure());
        if let Some(failure) = failure.filter(|_| self.talks()) {
            output::note(&format!("matching words alone: {failure}"));
        }
    }

    /// Tells what opening the index brought up, on standard error.
    fn tell(&self, opened: &Opened) {
        let problems = opened.report.as_ref().map_or(0, |r| r.problems.len());
        if !self.talks() {
            return;
        }
        opened.notes.iter().for_each(|note| output::note(note));
        self.tell_problems(problems);
    }

    /// Tells that some files of the corpus could not be read, or not all of them.
    fn tell_problems(&self, problems: usize) {
        if problems > 0 && self.talks() {
            let problems = count(problems as u64, "problem");
            output::note(&format!("{problems} in the corpus: run `faqbot check`"));
        }
    }
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
