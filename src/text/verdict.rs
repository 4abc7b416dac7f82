//! Whether a text begins by saying yes or no.

/// Words that say yes wherever a text begins with them.
const YES: [&str; 18] = [
    "yes", "yeah", "yep", "ja", "jawohl", "sí", "oui", "sim", "sì", "да", "tak", "evet", "igen",
    "kyllä", "ναι", "نعم", "כן", "はい",
];
/// Words that say no where a mark stands behind them: "No bike is thrown away" says something else.
const NO: [&str; 15] = [
    "no",
    "nope",
    "nein",
    "non",
    "não",
    "нет",
    "nie",
    "hayır",
    "nem",
    "nej",
    "nee",
    "όχι",
    "لا",
    "לא",
    "いいえ",
];

/// Whether a text begins with a yes or a no that answers what was asked.
pub fn opens(text: &str) -> bool {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let (word, rest) = (text[..end].to_lowercase(), &text[end..]);
    // "No. 14" is a bus.
    let figure = || rest.trim_start_matches(['.', ' ']).starts_with(char::is_numeric);
    let alone = || !rest.starts_with(char::is_whitespace) && !figure();
    YES.contains(&word.as_str()) || (NO.contains(&word.as_str()) && alone())
}

#[cfg(test)]
mod tests {
    use super::opens;

    #[test]
    fn a_yes_or_no_is_told_from_other_beginnings() {
        for text in [
            "Yes, it is.",
            "Yes you can.",
            "No.",
            "No, it is not.",
            "Nein, erst ab 18.",
            "Sí",
            "はい、",
        ] {
            assert!(opens(text), "{text}");
        }
        for text in [
            "",
            "…",
            "No bike is thrown away.",
            "No. 14 stops here.",
            "Si olvidas tu contraseña, pide otra.",
            "Yesterday it was.",
            "Nothing, since 2026.",
        ] {
            assert!(!opens(text), "{text}");
        }
    }
}
