//! The languages that have a stemmer, and their names elsewhere.

use serde::{Deserialize, Serialize};

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

            /// The language as the detector names it.
            pub(super) fn from_whatlang(lang: whatlang::Lang) -> Self {
                match lang { $(whatlang::Lang::$whatlang => Self::$name,)+ _ => Self::Other }
            }

            /// Its name in the detector.
            pub(super) fn to_whatlang(self) -> Option<whatlang::Lang> {
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

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn codes_go_both_ways() {
        for language in Language::STEMMED {
            assert_eq!(Language::from_code(language.code()), Some(language));
        }
        assert_eq!(Language::from_code("de-AT"), Some(Language::German));
        assert_eq!(Language::from_code("xx"), None);
    }
}
