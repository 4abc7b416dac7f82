//! A word in, its stem out, in 18 languages. The only home of the stemming library.
//!
//! The library slices out of range on some Greek words and gives an empty stem for others;
//! in both cases the word stands for itself.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rust_stemmers::{Algorithm, Stemmer};

use crate::text::language::Language;
use crate::text::normalize;

/// A name in the panic location of the stemming library, for hooks that report panics.
pub const LIBRARY: &str = "rust-stemmers";

fn algorithm(language: Language) -> Option<Algorithm> {
    Some(match language {
        Language::Arabic => Algorithm::Arabic,
        Language::Danish => Algorithm::Danish,
        Language::German => Algorithm::German,
        Language::Greek => Algorithm::Greek,
        Language::English => Algorithm::English,
        Language::Spanish => Algorithm::Spanish,
        Language::Finnish => Algorithm::Finnish,
        Language::French => Algorithm::French,
        Language::Hungarian => Algorithm::Hungarian,
        Language::Italian => Algorithm::Italian,
        Language::Dutch => Algorithm::Dutch,
        Language::Norwegian => Algorithm::Norwegian,
        Language::Portuguese => Algorithm::Portuguese,
        Language::Romanian => Algorithm::Romanian,
        Language::Russian => Algorithm::Russian,
        Language::Swedish => Algorithm::Swedish,
        Language::Tamil => Algorithm::Tamil,
        Language::Turkish => Algorithm::Turkish,
        Language::Other => return None,
    })
}

/// The stem of a normalized word, without accents; never empty for a word that is not.
pub fn stem(word: &str, language: Language) -> String {
    let Some(algorithm) = algorithm(language) else { return normalize::fold(word).into_owned() };
    let stemmer = Stemmer::create(algorithm);
    let outcome = catch_unwind(AssertUnwindSafe(|| stemmer.stem(word).into_owned()));
    match outcome {
        Ok(stem) if !stem.is_empty() => normalize::fold(&stem).into_owned(),
        _ => normalize::fold(word).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::stem;
    use crate::text::language::Language;
    use crate::text::normalize;

    #[test]
    fn words_of_one_family_meet() {
        assert_eq!(stem("investing", Language::English), stem("invested", Language::English));
        assert_eq!(stem("bibliotheken", Language::German), stem("bibliothek", Language::German));
        assert_eq!(
            stem("informaţiile", Language::Romanian),
            stem("informaţii", Language::Romanian)
        );
        assert_eq!(stem("running", Language::Other), "running");
    }

    #[test]
    fn greek_words_that_break_the_library_stand_for_themselves() {
        for word in ["αντιθετε", "αντίθετε", "ισαισα", "ισα"] {
            assert_eq!(stem(word, Language::Greek), normalize::fold(word));
        }
    }

    proptest! {
        #[test]
        fn no_word_of_any_language_is_lost(word in "\\PC{1,20}") {
            let word = normalize::word(&word);
            for language in Language::STEMMED {
                assert!(word.is_empty() || !stem(&word, language).is_empty() || normalize::fold(&word).is_empty());
            }
        }
    }
}
