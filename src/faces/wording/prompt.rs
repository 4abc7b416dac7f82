//! What is said at the prompt alone.

use std::time::Duration;

use crate::faces::wording::Tongue;
use crate::faces::wording::templates::fill;
use crate::index::manifest::Manifest;

/// How the questions of one session went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Those with an answer.
    pub answered: u64,
    /// Those with choices.
    pub offered: u64,
    /// Those that were not known.
    pub unknown: u64,
    /// How long each took.
    pub took: Vec<Duration>,
}

impl Tongue {
    /// What there is to be asked, and by what it is matched.
    pub fn banner(self, manifest: &Manifest, model: Option<&str>) -> String {
        let prompt = &self.texts().prompt;
        let model = model.map_or_else(
            || prompt.no_model.to_owned(),
            |name| fill(prompt.model, &[("model", name)]),
        );
        let counts = self.counts(manifest.articles, manifest.questions, manifest.passages);
        fill(prompt.banner, &[("counts", &counts), ("model", &model)])
    }

    /// What there is to be asked.
    pub fn counts(self, articles: u64, questions: u64, passages: u64) -> String {
        let texts = self.texts();
        let articles = self.counted(articles, &texts.articles);
        let questions = self.counted(questions, &texts.questions);
        let passages = self.counted(passages, &texts.passages);
        let values =
            [("articles", &*articles), ("questions", &*questions), ("passages", &*passages)];
        fill(texts.prompt.counts, &values)
    }

    /// Said when other articles have been taken up.
    pub fn changed(self, manifest: &Manifest) -> String {
        let counts = self.counts(manifest.articles, manifest.questions, manifest.passages);
        fill(self.texts().prompt.changed, &[("counts", &counts)])
    }

    /// How many articles a list leaves out, and the command that goes on with them.
    pub fn and_older(self, articles: u64, command: &str) -> String {
        let template = self.texts().prompt.and_older[self.form(articles)];
        fill(template, &[("n", &articles.to_string()), ("command", command)])
    }

    /// Said to `/open` with a number that is not in the list, which goes to `last`.
    pub fn no_such_number(self, last: usize) -> String {
        fill(self.texts().prompt.no_such_number, &[("last", &last.to_string())])
    }

    /// Said for a command that does not exist; with the one that was perhaps meant.
    pub fn no_such_command(self, name: &str, near: Option<&str>) -> String {
        match near {
            None => self.texts().no_such_command.to_owned(),
            Some(near) => {
                fill(self.texts().prompt.no_such_command, &[("name", name), ("near", near)])
            }
        }
    }

    /// Said where what is typed cannot be kept.
    pub fn unkept(self, file: &str) -> String {
        fill(self.texts().prompt.unkept, &[("file", file)])
    }

    /// Which generation is asked.
    pub fn generation(self, name: &str) -> String {
        fill(self.texts().prompt.generation, &[("name", name)])
    }

    /// How the questions of this session went.
    pub fn tally(self, tally: &Tally) -> String {
        let prompt = &self.texts().prompt;
        let number = |n: u64| n.to_string();
        let mut took = tally.took.clone();
        took.sort_unstable();
        let middle = took.get(took.len() / 2).copied().unwrap_or_default();
        let middle = self.decimal(&format!("{:.1}", middle.as_secs_f64() * 1e3));
        let asked = self.counted(tally.answered + tally.offered + tally.unknown, &prompt.asked);
        let values = [
            ("asked", &*asked),
            ("answered", &*number(tally.answered)),
            ("offered", &*number(tally.offered)),
            ("unknown", &*number(tally.unknown)),
            ("middle", &*middle),
        ];
        fill(prompt.tally, &values)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Tally;
    use crate::faces::wording::Tongue;

    #[test]
    fn sessions_are_summed_up() {
        let took = [9, 1, 2].map(Duration::from_millis).into();
        let tally = Tally { answered: 1, offered: 0, unknown: 2, took };
        assert_eq!(
            Tongue::English.tally(&tally),
            "3 questions in this session: 1 answered, 0 with choices, 2 not known; 2.0 ms for the \
             middle one."
        );
        for tongue in Tongue::ALL {
            let said = [
                tongue.tally(&Tally::default()),
                tongue.no_such_command("a", Some("b")),
                tongue.no_such_command("a", None),
                tongue.generation("g1"),
                tongue.unkept("/a/history"),
                tongue.no_such_number(10),
                tongue.answering("{?}"),
            ];
            assert!(said.iter().all(|text| !text.replace("{?}", "").contains(['{', '}'])));
        }
    }
}
