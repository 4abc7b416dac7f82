//! A text in, the language it is written in out.

use crate::text::language::Language;
use crate::text::stopwords;
use crate::text::tokenize::{Token, tokens};

/// Characters of a text that its language is told from; more cost time and tell the same.
const SAMPLE: usize = 1_500;

/// Words that English alone has, of which so many in a text, and such a share of its words, tell that
/// it is English. Hardly an English sentence has fewer, and no text of another language as many.
const ENGLISH_WORDS: usize = 3;
const ENGLISH_SHARE: f32 = 0.15;

/// The language of a longer text such as an article.
///
/// English is told by its words of grammar: statistics take ten times as long, and take some short
/// texts for other languages. English too where nothing can be told, as most corpora hold some.
pub fn of_article(text: &str) -> Language {
    let sample = text.char_indices().nth(SAMPLE).map_or(text, |(end, _)| &text[..end]);
    if reads_as_english(&tokens(sample)) {
        return Language::English;
    }
    match whatlang::detect(sample) {
        Some(info) if info.is_reliable() || info.confidence() > 0.5 => {
            Language::from_whatlang(info.lang())
        }
        Some(info) if info.script() != whatlang::Script::Latin => {
            Language::from_whatlang(info.lang())
        }
        _ => Language::English,
    }
}

fn reads_as_english(tokens: &[Token]) -> bool {
    let english = |token: &&Token| {
        // With an accent it is a word of another language that folding makes look like one.
        token.text.is_ascii() && stopwords::is_only_of(&token.text, Language::English)
    };
    let found = tokens.iter().filter(english).count();
    found >= ENGLISH_WORDS && found as f32 >= ENGLISH_SHARE * tokens.len() as f32
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
    use super::{of_article, of_question};
    use crate::text::language::Language;
    use crate::text::tokenize::tokens;

    #[test]
    fn articles_and_questions_are_told_apart() {
        let german = "Die Bibliothek öffnet am Montag um neun Uhr und schließt um zwanzig Uhr.";
        assert_eq!(of_article(german), Language::German);
        let few_words = "I can't get my virtual card to work. Virtual card not working.";
        assert_eq!(of_article(few_words), Language::English);
        let motto = format!("Our motto: stay with us, and you will be happy. {german}");
        assert_eq!(of_article(&motto), Language::English, "more of it is English");
        let motto = format!("{german} Unser Motto ist: stay with us. {german}");
        assert_eq!(of_article(&motto), Language::German);
        let vietnamese = "Cửa hàng mở thêm giờ vào thứ bảy, hỏi thăm và mày mò hơn thì đến sớm.";
        assert_eq!(of_article(vietnamese), Language::Other);
        let known = [Language::English, Language::German, Language::Spanish];
        let ask = |text: &str| of_question(text, &tokens(text), &known);
        assert_eq!(ask("wann öffnet die Bibliothek"), Language::German);
        assert_eq!(ask("cuánto cuesta el abono"), Language::Spanish);
        assert_eq!(ask("how much is it"), Language::English);
        assert_eq!(ask("vidu"), Language::English);
    }
}
