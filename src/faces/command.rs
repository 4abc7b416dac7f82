//! What a person can say besides a question, the same in both faces.

use serde::{Deserialize, Serialize};

/// A line from a person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Command {
    /// What can be done here.
    Help,
    /// Where the last answer stands.
    Source,
    /// Why it was chosen.
    Why,
    /// Questions near the last one.
    More,
    /// The newest articles.
    Articles,
    /// Articles with these words.
    Find(String),
    /// One article, by its number in a list or by its title.
    Open(String),
    /// Look for changed articles.
    Reload,
    /// Forget the last question.
    New,
    /// What becomes of what is typed.
    Privacy,
    /// What was counted.
    Stats,
    /// Leave.
    Quit,
    /// `/start`, with what stands behind it in a link.
    Start(String),
    /// The choice or suggestion of this number, from 1.
    Pick(usize),
    /// A command that does not exist.
    NoSuch(String),
    /// A question.
    Ask(String),
}

/// What people type at other prompts, in small letters, and what they mean by it.
const HABITS: &[(&[&str], Command)] = &[
    (
        &[
            "exit", "quit", ".exit", ".quit", "exit()", "quit()", "/bye", ":q", ":q!", ":wq", ":x",
            ":quit", "\\q",
        ],
        Command::Quit,
    ),
    (&["?", "/?", ":?", "\\?", ":help", ".help", ":h", "/h", "\\h"], Command::Help),
];

/// Reads a line that was typed at the prompt: habits from other prompts mean something there.
pub fn at_prompt(line: &str, offered: usize) -> Command {
    let typed = line.trim().to_lowercase();
    let habit = HABITS.iter().find(|(lines, _)| lines.contains(&typed.as_str()));
    habit.map_or_else(|| parse(line, offered), |(_, command)| command.clone())
}

/// Reads a line. A number is a pick only where something is offered.
pub fn parse(line: &str, offered: usize) -> Command {
    let line = line.trim();
    if let Ok(number) = line.parse::<usize>()
        && (1..=offered).contains(&number)
    {
        return Command::Pick(number);
    }
    let Some(rest) = line.strip_prefix('/') else { return Command::Ask(line.to_owned()) };
    let (name, argument) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    // In groups a command carries the name of the bot that is meant.
    let name = name.split('@').next().unwrap_or(name).to_lowercase();
    match name.as_str() {
        "help" => Command::Help,
        "source" => Command::Source,
        "why" => Command::Why,
        "more" => Command::More,
        "articles" if argument.trim().is_empty() => Command::Articles,
        "articles" => Command::Find(argument.trim().to_owned()),
        "open" => Command::Open(argument.trim().to_owned()),
        "reload" => Command::Reload,
        "new" => Command::New,
        "privacy" => Command::Privacy,
        "stats" => Command::Stats,
        "quit" | "exit" | "q" => Command::Quit,
        "start" => Command::Start(argument.trim().to_owned()),
        "ask" => Command::Ask(argument.trim().to_owned()),
        // "/etc/hosts is what?" is a question, and so is a lone slash.
        _ if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') => {
            Command::Ask(line.to_owned())
        }
        _ => Command::NoSuch(name),
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, at_prompt, parse};

    #[test]
    fn lines_are_commands_picks_or_questions() {
        assert_eq!(parse(" /help ", 0), Command::Help);
        assert_eq!(parse("/why@my_bot", 0), Command::Why);
        assert_eq!(parse("/ask what is it", 0), Command::Ask("what is it".into()));
        assert_eq!(parse("2", 3), Command::Pick(2));
        assert_eq!(parse("4", 3), Command::Ask("4".into()));
        assert_eq!(parse("0", 3), Command::Ask("0".into()));
        assert_eq!(parse("/start a_x", 0), Command::Start("a_x".into()));
        assert_eq!(parse("/articles ", 0), Command::Articles);
        assert_eq!(parse("/articles lake  shore ", 0), Command::Find("lake  shore".into()));
        assert_eq!(parse("/open 2", 3), Command::Open("2".into()));
        assert_eq!(parse("/frobnicate", 0), Command::NoSuch("frobnicate".into()));
        assert_eq!(parse("/etc/hosts?", 0), Command::Ask("/etc/hosts?".into()));
        assert_eq!(parse("help", 0), Command::Ask("help".into()));
    }

    #[test]
    fn habits_from_other_prompts_mean_something_at_the_prompt_alone() {
        for line in [
            "exit", "Exit", " EXIT ", ".exit", "/bye", "/exit", "/q", "/quit", ":q", ":q!", ":wq",
            "\\q", "exit()",
        ] {
            assert_eq!(at_prompt(line, 0), Command::Quit, "{line}");
        }
        for line in ["?", "/?", ":help", ":Help", "\\?", "/help"] {
            assert_eq!(at_prompt(line, 0), Command::Help, "{line}");
        }
        for line in ["exit the park?", "??", "q", "help", "bye"] {
            assert_eq!(at_prompt(line, 0), Command::Ask(line.into()), "{line}");
        }
        assert_eq!(at_prompt("2", 3), Command::Pick(2));
        // In a chat they are what is asked.
        for line in ["exit", ":q", "?", "/?", "\\q"] {
            assert_eq!(parse(line, 0), Command::Ask(line.into()), "{line}");
        }
    }
}
