//! The languages that have a stemmer, and telling which one a text is in.

use serde::{Deserialize, Serialize};

use crate::text::stopwords;
use crate::text::tokenize::Token;

macro_rules! languages {
    ($($name:ident $code:literal $whatlang:ident),+ $(,)?) => {
        /// A language that words can be stemmed in.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Language {
            $(#[doc = concat!("`", $code, "`")] #[serde(rename = $code)] $name,)+
            /// Any other language: words are compared as they are written.
            #[serde(rename = "und")]
            Other,
        }

        impl Language {
            /// The 18 languages with a stemmer.
            pub const STEMMED: [Language; 18] = [$(Language::$name),+];

            /// The two-letter code of ISO 639-1, or `und`.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ Self::Other => "und" }
            }

            /// The language of a two-letter code, in any case and with or without a region.
            pub fn from_code(code: &str) -> Option<Self> {
                let code = code.split(['-', '_']).next().unwrap_or_default().to_lowercase();
                match code.as_str() { $($code => Some(Self::$name),)+ "und" => Some(Self::Other), _ => None }
            }

            fn from_whatlang(lang: whatlang::Lang) -> Self {
                match lang { $(whatlang::Lang::$whatlang => Self::$name,)+ _ => Self::Other }
            }

            fn to_whatlang(self) -> Option<whatlang::Lang> {
                match self { $(Self::$name => Some(whatlang::Lang::$whatlang),)+ Self::Other => None }
            }
        }
    };
}

languages! {
    Arabic "ar" Ara, Danish "da" Dan, German "de" Deu, Greek "el" Ell, English "en" Eng,
    Spanish "es" Spa, Finnish "fi" Fin, French "fr" Fra, Hungarian "hu" Hun, Italian "it" Ita,
    Dutch "nl" Nld, Norwegian "no" Nob, Portuguese "pt" Por, Romanian "ro" Ron, Russian "ru" Rus,
    Swedish "sv" Swe, Tamil "ta" Tam, Turkish "tr" Tur,
}

/// The language of a longer text such as an article.
///
/// English where nothing can be told, as most corpora hold some.
pub fn of_article(text: &str) -> Language {
    let sample: String = text.chars().take(4000).collect();
    match whatlang::detect(&sample) {
        Some(info) if info.is_reliable() || info.confidence() > 0.5 => {
            Language::from_whatlang(info.lang())
        }
        Some(info) if info.script() != whatlang::Script::Latin => {
            Language::from_whatlang(info.lang())
        }
        _ => Language::English,
    }
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
    use super::{Language, of_article, of_question};
    use crate::text::tokenize::tokens;

    #[test]
    fn codes_go_both_ways() {
        for language in Language::STEMMED {
            assert_eq!(Language::from_code(language.code()), Some(language));
        }
        assert_eq!(Language::from_code("de-AT"), Some(Language::German));
        assert_eq!(Language::from_code("xx"), None);
    }

    #[test]
    fn articles_and_questions_are_told_apart() {
        let german = "Die Bibliothek öffnet am Montag um neun Uhr und schließt um zwanzig Uhr.";
        assert_eq!(of_article(german), Language::German);
        let known = [Language::English, Language::German, Language::Spanish];
        let ask = |text: &str| of_question(text, &tokens(text), &known);
        assert_eq!(ask("wann öffnet die Bibliothek"), Language::German);
        assert_eq!(ask("cuánto cuesta el abono"), Language::Spanish);
        assert_eq!(ask("how much is it"), Language::English);
        assert_eq!(ask("vidu"), Language::English);
    }
}
