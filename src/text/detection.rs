//! A text in, the language it is written in out.

use std::collections::{BTreeMap, HashSet};

use crate::text::language::Language;
use crate::text::stopwords;
use crate::text::tokenize::{self, Token};

/// Characters of a text that its language is told from; more cost time and tell the same.
const SAMPLE: usize = 1_500;

/// Words of grammar that English alone has, of which so many different ones in a text, such a share of its
/// words, and so many times those that any other language alone has, tell that it is English. Most
/// texts in English have as many; of 2,640 paragraphs in eleven other languages none had.
const ENGLISH_WORDS: usize = 3;
const ENGLISH_SHARE: f32 = 0.15;
const ENGLISH_TIMES: usize = 4;
/// Fewer different words of grammar of another language tell nothing.
const OTHER_WORDS: usize = 2;

/// The language of a longer text such as an article.
///
/// English is told by its words of grammar: statistics take longer, and take some short texts for
/// other languages. Where statistics are unsure, the language most of whose words of grammar stand in
/// the text; English where nothing can be told, as most corpora hold some.
pub fn of_article(text: &str) -> Language {
    let sample = text.char_indices().nth(SAMPLE).map_or(text, |(end, _)| &text[..end]);
    let grammar = Grammar::of(sample);
    if grammar.is_english() {
        return Language::English;
    }
    match whatlang::detect(sample) {
        Some(info) if info.is_reliable() || info.confidence() > 0.5 => {
            Language::from_whatlang(info.lang())
        }
        Some(info) if info.script() != whatlang::Script::Latin => {
            Language::from_whatlang(info.lang())
        }
        unsure => grammar.most(unsure.map(|info| Language::from_whatlang(info.lang()))),
    }
}

/// The words of grammar of a text that one language alone has.
#[derive(Default)]
struct Grammar {
    by_language: BTreeMap<Language, Vec<String>>,
    /// Words of any kind.
    words: usize,
}

impl Grammar {
    fn of(text: &str) -> Self {
        let mut grammar = Self::default();
        tokenize::each(text, |_, word| {
            grammar.words += 1;
            // With an accent it is a word of another language that folding makes look like English.
            let language = stopwords::grammar_of(word)
                .filter(|language| *language != Language::English || word.is_ascii());
            if let Some(language) = language {
                grammar.by_language.entry(language).or_default().push(word.to_owned());
            }
        });
        grammar
    }

    /// Whether the text is certainly English.
    fn is_english(&self) -> bool {
        let Some(english) = self.by_language.get(&Language::English) else { return false };
        let few = |other: &[String]| other.len() * ENGLISH_TIMES <= english.len();
        different(english) >= ENGLISH_WORDS
            && english.len() as f32 >= ENGLISH_SHARE * self.words as f32
            && self
                .by_language
                .iter()
                .all(|(language, other)| *language == Language::English || few(other))
    }

    /// The language that has most, for one word only where it is guessed anyway; English where that is
    /// none or not one alone.
    fn most(&self, guess: Option<Language>) -> Language {
        let most = self.by_language.values().map(Vec::len).max().unwrap_or(0);
        let mut first = self.by_language.iter().filter(|(_, words)| words.len() == most);
        let enough = |language: Language, words: &[String]| {
            guess == Some(language) || different(words) >= OTHER_WORDS
        };
        match (first.next(), first.next()) {
            (Some((language, words)), None) if enough(*language, words) => *language,
            _ => Language::English,
        }
    }
}

fn different(words: &[String]) -> usize {
    words.iter().collect::<HashSet<_>>().len()
}

/// The language of a question, one of `known` (those of the corpus, commonest first).
///
/// Short texts defeat statistics, so in this order: the statistical guess where it calls
/// itself reliable, the language most of whose function words stand in the question, the
/// commonest language of the corpus.
pub fn of_question(text: &str, tokens: &[Token], known: &[Language]) -> Language {
    let [first, rest @ ..] = known else { return Language::English };
    if rest.is_empty() {
        return *first;
    }
    let allowed: Vec<_> = known.iter().filter_map(|l| l.to_whatlang()).collect();
    let guess = whatlang::Detector::with_allowlist(allowed).detect(text);
    if let Some(info) = guess.filter(whatlang::Info::is_reliable) {
        return Language::from_whatlang(info.lang());
    }
    let hits = |language: Language| {
        tokens.iter().filter(|t| stopwords::is_listed(&t.text, language)).count()
    };
    let most = known.iter().map(|&l| hits(l)).max().unwrap_or(0);
    known.iter().copied().find(|&l| hits(l) == most).unwrap_or(*first)
}

#[cfg(test)]
mod tests {
    use super::{Grammar, of_article, of_question};
    use crate::text::language::Language;
    use crate::text::tokenize::tokens;

    #[test]
    fn articles_and_questions_are_told_apart() {
        let german = "Die Bibliothek öffnet am Montag um neun Uhr und schließt um zwanzig Uhr.";
        assert_eq!(of_article(german), Language::German);
        let few_words = "I can't get my virtual card to work. Virtual card not working.";
        assert_eq!(of_article(few_words), Language::English);
        let german_question = "Wie lange darf man die Karte nicht benutzen?";
        assert_eq!(of_article(german_question), Language::German);
        assert_eq!(of_article("Wer bezahlt?"), Language::German, "statistics guess it, too");
        assert_eq!(of_article("Wer malte Blumen?"), Language::English, "one word is too little");
        let known = [Language::English, Language::German, Language::Spanish];
        let ask = |text: &str| of_question(text, &tokens(text), &known);
        assert_eq!(ask("wann öffnet die Bibliothek"), Language::German);
        assert_eq!(ask("cuánto cuesta el abono"), Language::Spanish);
        assert_eq!(ask("how much is it"), Language::English);
        assert_eq!(ask("vidu"), Language::English);
    }

    #[test]
    fn english_is_told_by_grammar_where_nothing_speaks_against_it() {
        let is_english = |text: &str| Grammar::of(text).is_english();
        assert!(is_english("You can find them at the desk."));
        assert!(!is_english("You can find them"), "too short to be certain");
        assert!(!is_english("The that, the that, the that."), "the same words again and again");
        let names = "Anna Berta Clara Dora Emma Frieda Gerda Hanna Ida Jana Karla Lena Mona Nora";
        assert!(!is_english(&format!("You can find them at the desk. {names} {names} {names}")));
        assert!(!is_english("You and they with them, nicht aber oder."));
        assert!(!is_english("Thêm mày thì hơn thèm thế, tô bý."), "folded it looks like English");
    }
}
