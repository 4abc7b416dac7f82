//! The texts that each language has to have: whole sentences, and templates with named holes
//! such as `{words}`, which the functions beside this file fill.

/// A text for one, for few and for many things; languages with two forms repeat the last.
pub type Forms = [&'static str; 3];

/// A command without its slash, and what it does.
pub type Does = (&'static str, &'static str);

/// All that is said in one language.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Texts {
    /// What to type, in both faces.
    pub commands: [Does; 6],
    /// What only a bot has to say about itself.
    pub bot_commands: [Does; 2],
    /// How to ask where several people talk.
    pub ask: Does,
    /// What is counted, for those who keep the bot.
    pub stats: Does,
    /// What is said at the prompt alone.
    pub prompt: Prompt,

    /// Above the list of commands.
    pub help: &'static str,
    /// Said to who comes for the first time.
    pub hello: &'static str,
    /// The articles in that sentence.
    pub hello_articles: Forms,
    /// So many articles.
    pub articles: Forms,
    /// So many questions.
    pub questions: Forms,
    /// So many passages.
    pub passages: Forms,

    /// Said when there is nothing to go on.
    pub nothing_yet: &'static str,
    /// Said to an empty question.
    pub empty: &'static str,
    /// Said after `/new`.
    pub forgotten: &'static str,
    /// Kind words to what is no question.
    pub courtesies: Courtesies,
    /// Above questions of the corpus, after a miss.
    pub nearest: &'static str,
    /// Above questions of the corpus, after an answer.
    pub related: &'static str,
    /// Said where something broke; the log has the details.
    pub trouble: &'static str,
    /// Said to what is not text.
    pub text_only: &'static str,
    /// Said for a passage that is no longer in the corpus.
    pub gone: &'static str,
    /// The same, above questions that are near.
    pub gone_instead: &'static str,
    /// On the button below an answer.
    pub more: &'static str,
    /// Said where there are no questions near the last one.
    pub no_more: &'static str,
    /// On the button that leads to other questions of the same article.
    pub more_from: &'static str,
    /// Above those questions.
    pub more_from_title: &'static str,
    /// Said where no answer has been given.
    pub no_answer: &'static str,
    /// Said where there are no articles.
    pub no_articles: &'static str,
    /// Above the newest articles.
    pub newest: &'static str,
    /// On the button to the next page of a list.
    pub page_next: &'static str,
    /// On the button to the page before.
    pub page_back: &'static str,
    /// Which page of a list is shown.
    pub page: &'static str,
    /// Said to `/privacy`.
    pub privacy: &'static str,
    /// So many minutes of silence in it.
    pub minutes: Forms,
    /// On the button below an answer that was read by what was said before.
    pub afresh: &'static str,
    /// Said where that button is pressed and the question is forgotten.
    pub question_gone: &'static str,
    /// Said for an unknown command.
    pub no_such_command: &'static str,
    /// Said to who asks faster than it can be answered.
    pub too_many: &'static str,
    /// Said in a chat that the bot is not for.
    pub not_allowed: &'static str,
    /// Said where a command is not for everybody.
    pub admins_only: &'static str,
    /// On the button above what is found while somebody types in another chat.
    pub inline_help: &'static str,

    /// The honest "no".
    pub unknown: &'static str,
    /// The same, with words that no article has.
    pub unknown_words: &'static str,
    /// Above an answer, the words of the question that no article has.
    pub not_mentioned: &'static str,
    /// Above an answer, the question that it belongs to.
    pub answering: &'static str,
    /// A word of the question among them.
    pub quoted: &'static str,
    /// Before the last of several.
    pub or: &'static str,
    /// Above a single choice.
    pub choice: &'static str,
    /// Above several.
    pub choices: &'static str,
    /// A word that was read otherwise than it was typed.
    pub read_as: &'static str,
    /// A word that the list of synonyms has.
    pub read_synonym: &'static str,
    /// A word that is near another in meaning.
    pub taken_near: &'static str,
    /// A word that stands for something that was said before.
    pub stands_for: &'static str,
    /// A question read by what was talked about before.
    pub still_about: &'static str,
    /// A question that was not read to its end.
    pub too_long: &'static str,

    /// Before the answer of an older article.
    pub older_says: &'static str,
    /// Before that of a newer one.
    pub newer_says: &'static str,
    /// Before that of one of the same age.
    pub another_says: &'static str,
    /// The line of an article that is the answer.
    pub line_of: &'static str,
    /// Its lines, where it has several.
    pub lines_of: &'static str,
    /// The line in a file.
    pub line: &'static str,
    /// The lines in a file.
    pub lines: &'static str,
    /// An address that leads back to one answer.
    pub link: &'static str,
    /// A day.
    pub date: &'static str,
    /// The months as dates have them.
    pub months: [&'static str; 12],

    /// Why: the person chose it.
    pub chosen: &'static str,
    /// Why: there was nothing to weigh.
    pub nothing_shared: &'static str,
    /// Why: an answer that is likely enough.
    pub likely_right: &'static str,
    /// Why: choices.
    pub several_fit: &'static str,
    /// Why: nothing is likely enough.
    pub too_unlikely: &'static str,
    /// In a chat, why: an answer that is likely enough.
    pub briefly_right: &'static str,
    /// In a chat, why: nothing is likely enough.
    pub briefly_unlikely: &'static str,
    /// In a chat, what spoke for it.
    pub briefly_for: &'static str,
    /// In a chat, what spoke against it.
    pub briefly_against: &'static str,
    /// What that is: words, meaning, names, what is asked for, what was said before, age.
    pub grounds: [&'static str; 6],
    /// Above the evidence.
    pub counted: &'static str,
    /// A line of the evidence.
    pub reason: &'static str,
    /// What speaks for a passage.
    pub speaks_for: &'static str,
    /// What speaks against it.
    pub speaks_against: &'static str,
    /// Below the evidence.
    pub sum: &'static str,
    /// Between the whole and the parts of a number.
    pub decimal: &'static str,
    /// The evidence: its name in English, and in this language.
    pub evidence: &'static [(&'static str, &'static str)],
}

/// Kind words to what is no question.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Courtesies {
    /// To thanks.
    pub welcome: &'static str,
    /// To a greeting.
    pub hello: &'static str,
    /// To a goodbye.
    pub goodbye: &'static str,
    /// To a yes where nothing was asked.
    pub fine: &'static str,
    /// To a yes where several were offered.
    pub which: &'static str,
    /// To a no.
    pub otherwise: &'static str,
    /// To a pick where nothing is offered.
    pub nothing_offered: &'static str,
    /// To a pick of a place that the list does not have.
    pub not_in_list: &'static str,
}

/// What is said at the prompt alone.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Prompt {
    /// What to type only there.
    pub commands: [Does; 4],
    /// First line.
    pub banner: &'static str,
    /// What there is to be asked.
    pub counts: &'static str,
    /// What meaning is compared by.
    pub model: &'static str,
    /// The same, where nothing does.
    pub no_model: &'static str,
    /// Second line, above examples.
    pub start: &'static str,
    /// Said to `/privacy`.
    pub privacy: &'static str,
    /// Said where what is typed cannot be kept.
    pub unkept: &'static str,
    /// Said when other articles have been taken up.
    pub changed: &'static str,
    /// Said to `/reload` where there are no others.
    pub unchanged: &'static str,
    /// Said for a command that nearly exists.
    pub no_such_command: &'static str,
    /// Said when a search was stopped.
    pub stopped: &'static str,
    /// Said where several questions were typed at once.
    pub one_at_a_time: &'static str,
    /// Said to `/open` alone.
    pub open_what: &'static str,
    /// Said to `/open` with something else than an article.
    pub no_such_article: &'static str,
    /// Said to `/open` with a number that the list does not have.
    pub no_such_number: &'static str,
    /// Below a list of articles that is not whole.
    pub and_older: Forms,
    /// Said to `/articles` with words that none has.
    pub none_found: &'static str,
    /// Said to `/source` where the file is no longer there.
    pub file_gone: &'static str,
    /// Said to `/source` where the file says something else by now.
    pub file_changed: &'static str,
    /// Which generation of the index is asked.
    pub generation: &'static str,
    /// So many questions.
    pub asked: Forms,
    /// How they went.
    pub tally: &'static str,
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::Value;

    use crate::faces::wording::Tongue;
    use crate::retrieval::model::FIGURES;

    /// Every text of a language under the path to it, without the evidence, which English has
    /// from elsewhere.
    fn all(tongue: Tongue) -> BTreeMap<String, String> {
        fn walk(path: &str, value: &Value, out: &mut BTreeMap<String, String>) {
            match value {
                Value::String(text) => drop(out.insert(path.to_owned(), text.clone())),
                Value::Array(parts) => {
                    parts
                        .iter()
                        .enumerate()
                        .for_each(|(n, v)| walk(&format!("{path}.{n}"), v, out));
                }
                Value::Object(parts) => {
                    let below = |name| format!("{path}.{name}").trim_matches('.').to_owned();
                    parts.iter().for_each(|(name, v)| walk(&below(name), v, out));
                }
                other => panic!("{path}: {other}"),
            }
        }
        let mut whole = serde_json::to_value(tongue.texts()).unwrap();
        whole.as_object_mut().unwrap().remove("evidence");
        let mut out = BTreeMap::new();
        walk("", &whole, &mut out);
        out
    }

    fn holes(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).map(|rest| rest.split_once('}').expect("an end").0).collect()
    }

    #[test]
    fn every_language_has_every_text_with_the_same_holes() {
        let english = all(Tongue::English);
        assert!(english.len() > 90, "{}", english.len());
        for tongue in Tongue::ALL {
            for (path, text) in all(tongue) {
                assert!(!text.trim().is_empty(), "{tongue:?} {path}");
                // A greeting may be glad.
                let glad = path.starts_with("courtesies.");
                assert!(glad || !text.contains('!'), "{tongue:?} {path}: {text}");
                // "one article" needs no number.
                let one = path == "hello_articles.0";
                assert!(one || holes(&text) == holes(&english[&path]), "{tongue:?} {path}: {text}");
            }
        }
    }

    #[test]
    fn other_languages_are_others() {
        // Names of commands, and what is written alike.
        let same = |path: &str| {
            path.ends_with(".0")
                && (path.contains("commands") || path == "ask.0" || path == "stats.0")
                || ["decimal", "date", "reason"].contains(&path)
                || path.starts_with("months")
        };
        let english = all(Tongue::English);
        for tongue in [Tongue::German, Tongue::Spanish, Tongue::Russian] {
            for (path, text) in all(tongue).iter().filter(|(path, _)| !same(path)) {
                assert_ne!(*text, english[path], "{tongue:?} {path}");
            }
        }
    }

    #[test]
    fn what_pops_up_over_a_pressed_button_fits() {
        // Telegram refuses longer ones.
        let said = |t: &Tongue| [t.texts().gone, t.texts().question_gone, t.texts().too_many];
        assert!(Tongue::ALL.iter().flat_map(said).all(|text| text.chars().count() <= 200));
    }

    #[test]
    fn commands_have_the_same_names_everywhere() {
        let names = |tongue: Tongue| {
            let texts = tongue.texts();
            let own = [texts.ask, texts.stats];
            let all = texts.commands.iter().chain(&texts.bot_commands).chain(&own);
            all.map(|(name, _)| *name).collect::<Vec<_>>()
        };
        for tongue in Tongue::ALL {
            assert_eq!(names(tongue), names(Tongue::English));
        }
    }

    #[test]
    fn the_evidence_has_a_name_in_every_language() {
        for tongue in [Tongue::German, Tongue::Spanish, Tongue::Russian] {
            let told = tongue.texts().evidence;
            let known: BTreeSet<_> = told.iter().map(|(name, _)| *name).collect();
            let names = FIGURES.iter().map(|f| f.name).chain([
                "asked word for word",
                "asks for the opposite",
                "fits what was said before",
            ]);
            assert_eq!(known, names.collect(), "{tongue:?}");
            let others: BTreeSet<_> = told.iter().map(|(_, other)| *other).collect();
            assert_eq!(others.len(), told.len(), "{tongue:?}: one name for two things");
        }
    }
}
