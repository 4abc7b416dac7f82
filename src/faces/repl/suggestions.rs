//! What can be typed next: questions and titles of the corpus, and commands.

use std::sync::{Arc, PoisonError, RwLock};

use crate::index::reader::Reader;
use crate::text::controls;

/// Texts that are known, those of the newest articles first.
pub const KNOWN: usize = 50_000;
/// Texts that are known at once.
pub const KNOWN_AT_ONCE: usize = 1_000;
/// Texts that are offered at once.
const OFFERED: usize = 30;
/// Letters typed before anything is hinted at.
const HINT_FROM: usize = 3;

/// What one generation has to suggest.
#[derive(Debug, Default)]
pub struct Suggestions {
    /// Questions and titles by their small letters, in order.
    texts: Vec<(String, String)>,
    /// Titles alone.
    titles: Vec<(String, String)>,
    commands: Vec<String>,
}

/// Suggestions that are read by the editor and replaced when other articles are taken up.
pub type Shared = Arc<RwLock<Suggestions>>;

impl Suggestions {
    /// Of an open generation, about so many texts; what cannot be read of it is not suggested.
    pub fn of(reader: &Reader, commands: &[&str], most: usize) -> Self {
        let (mut texts, mut titles) = (Vec::new(), Vec::new());
        let _ = reader.visit_articles(|article| {
            texts.extend(article.questions.into_iter().map(|question| keyed(&question.text)));
            let title = keyed(&article.title);
            titles.push(title.clone());
            texts.push(title);
            texts.len() < most
        });
        for list in [&mut texts, &mut titles] {
            list.sort_unstable();
            list.dedup_by(|a, b| a.1 == b.1);
        }
        let mut commands: Vec<String> = commands.iter().map(|name| format!("/{name}")).collect();
        commands.sort_unstable();
        Self { texts, titles, commands }
    }

    /// What a line may go on to be: where the part begins that is replaced, and by what.
    pub fn complete(&self, line: &str) -> (usize, Vec<String>) {
        let Some((command, argument)) = line.split_once(' ').filter(|_| line.starts_with('/'))
        else {
            if line.starts_with('/') {
                let fits = self.commands.iter().filter(|name| name.starts_with(line));
                return (0, fits.map(|name| format!("{name} ")).collect());
            }
            return (0, fitting(&self.texts, line));
        };
        if matches!(command, "/open" | "/articles") {
            let start = line.len() - argument.trim_start().len();
            return (start, fitting(&self.titles, &line[start..]));
        }
        (0, Vec::new())
    }

    /// How the line may go on.
    pub fn hint(&self, line: &str) -> Option<String> {
        if line.chars().count() < HINT_FROM || line.starts_with('/') {
            return None;
        }
        let typed = line.to_lowercase();
        let (key, text) = starting(&self.texts, &typed).first()?;
        rest_of(text, line).filter(|_| *key != typed).map(str::to_owned)
    }
}

/// Replaces what is suggested.
pub fn replace(shared: &Shared, suggestions: Suggestions) {
    *shared.write().unwrap_or_else(PoisonError::into_inner) = suggestions;
}

/// What a text has behind the letters that were typed, whatever their case.
fn rest_of<'a>(text: &'a str, typed: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(typed.len())?;
    (head.to_lowercase() == typed.to_lowercase()).then_some(rest)
}

fn keyed(text: &str) -> (String, String) {
    // Questions may run over several lines; a line of the prompt is one.
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|c| !controls::steers(*c)).collect();
    (line.to_lowercase(), line)
}

/// The texts that start with these small letters.
fn starting<'a>(texts: &'a [(String, String)], typed: &str) -> &'a [(String, String)] {
    let from = texts.partition_point(|(key, _)| key.as_str() < typed);
    let fits = texts[from..].iter().take_while(|(key, _)| key.starts_with(typed)).count();
    &texts[from..from + fits]
}

/// Texts that start with what was typed, or else have all its words.
fn fitting(texts: &[(String, String)], typed: &str) -> Vec<String> {
    let typed = typed.trim_start().to_lowercase();
    let start = starting(texts, &typed);
    if !start.is_empty() {
        return start.iter().take(OFFERED).map(|(_, text)| text.clone()).collect();
    }
    let has = |key: &str| {
        typed.split_whitespace().all(|word| key.split_whitespace().any(|k| k.starts_with(word)))
    };
    texts.iter().filter(|(key, _)| has(key)).take(OFFERED).map(|(_, t)| t.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Suggestions, keyed};

    fn suggestions() -> Suggestions {
        let mut texts: Vec<_> =
            ["How much is a kite?", "How old is Ana?", "Kite school", "İzmir"].map(keyed).into();
        texts.sort();
        let commands = vec!["/more".to_owned(), "/new".to_owned()];
        Suggestions { titles: vec![keyed("Kite school")], texts, commands }
    }

    #[test]
    fn lines_are_completed() {
        let complete = |line: &str| suggestions().complete(line);
        assert_eq!(complete("how m"), (0, vec!["How much is a kite?".into()]));
        assert_eq!(complete("ki mu"), (0, vec!["How much is a kite?".into()]));
        assert_eq!(complete("HOW").1.len(), 2);
        assert_eq!(complete("/m"), (0, vec!["/more ".into()]));
        assert_eq!(complete("/open  k"), (7, vec!["Kite school".into()]));
        assert_eq!(complete("/why x"), (0, vec![]));
        assert_eq!(complete("").1.len(), 4);
    }

    #[test]
    fn hints_are_what_is_left_to_type() {
        let hint = |line: &str| suggestions().hint(line);
        assert_eq!(hint("how mu").as_deref(), Some("ch is a kite?"));
        assert_eq!(hint("ho"), None);
        assert_eq!(hint("kite school"), None);
        assert_eq!(hint("/mor"), None);
        // Letters whose case changes their length.
        assert_eq!(hint("i\u{307}zm").as_deref(), None);
    }
}
