//! Text in, words with their places out.
//!
//! Words are cut by the Unicode rules (UAX #29). Scripts that are written without spaces
//! have no words to cut at: a run of them gives its overlapping pairs of characters.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::text::normalize;

/// Words longer than this many characters are cut: nobody asks for them.
pub const MAX_WORD_CHARS: usize = 60;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// Its normalized spelling, accents kept (see [`normalize::word`]).
    pub text: String,
}

/// Whether a word is a pair of characters of a script without spaces, and so no word at all.
pub fn is_pair(word: &str) -> bool {
    word.starts_with(is_unspaced)
}

/// All words of `text`, in order.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::with_capacity(text.len() / 6 + 1);
    each(text, |range, word| out.push(Token { range, text: word.to_owned() }));
    out
}

/// The same one by one, without keeping them: where each stands, and its normalized spelling.
pub fn each(text: &str, taken: impl FnMut(Range<usize>, &str)) {
    let mut out = Last { text, range: 0..0, word: String::with_capacity(MAX_WORD_CHARS), taken };
    let mut run: Option<Range<usize>> = None;
    for (start, raw) in text.unicode_word_indices() {
        let end = start + raw.len();
        if raw.starts_with(is_unspaced) {
            match &mut run {
                Some(run) if run.end == start => run.end = end,
                _ => {
                    out.push_run(run.take());
                    run = Some(start..end);
                }
            }
            continue;
        }
        out.push_run(run.take());
        if !out.joins(start..end) {
            out.push_word(start..end);
        }
    }
    out.push_run(run);
    out.hand_over();
}

/// The last word that was found, which the next one may still join.
struct Last<'a, F> {
    text: &'a str,
    range: Range<usize>,
    /// Empty where there is none.
    word: String,
    /// Who takes words.
    taken: F,
}

impl<F: FnMut(Range<usize>, &str)> Last<'_, F> {
    fn hand_over(&mut self) {
        if !self.word.is_empty() {
            (self.taken)(self.range.clone(), &self.word);
            self.word.clear();
        }
    }

    /// `e-mail` and `Wi-Fi` are one word, as people write them with and without the hyphen: a
    /// single letter joins what follows, and so do two parts of at most two letters.
    fn joins(&mut self, range: Range<usize>) -> bool {
        let hyphen = self.text.get(self.range.end..range.start);
        let Some("-" | "\u{2010}" | "\u{2011}") = hyphen else { return false };
        let letters = |t: &str| t.chars().all(char::is_alphabetic).then(|| t.chars().count());
        let part = &self.text[range.clone()];
        let (Some(a), Some(b)) = (letters(&self.word), letters(part)) else { return false };
        if a == 0 || a > 1 && (a > 2 || b > 2) {
            return false;
        }
        normalize::push_word(&mut self.word, part);
        cut(&mut self.word);
        self.range.end = range.end;
        true
    }

    fn push_word(&mut self, range: Range<usize>) {
        self.hand_over();
        let mut end = range.end;
        let short = self.text[range.clone()].chars().nth(2).is_none();
        // "C++", "C#" and "F#" are other words than "C" and "F".
        if short {
            end += self.text[end..].bytes().take_while(|b| matches!(b, b'+' | b'#')).count();
        }
        normalize::push_word(&mut self.word, &self.text[range.start..end]);
        if self.word.contains('\'') {
            self.word = without_clitics(&self.word).replace('\'', "");
        }
        cut(&mut self.word);
        self.range = range.start..end;
    }

    fn push_run(&mut self, run: Option<Range<usize>>) {
        let Some(run) = run else { return };
        // What nobody sees, such as joiners, makes no pair.
        let seen =
            |c: char| is_unspaced(c) || !normalize::word(c.encode_utf8(&mut [0; 4])).is_empty();
        let chars = self.text[run.clone()].char_indices().filter(|(_, c)| seen(*c));
        let starts: Vec<usize> = chars.map(|(at, _)| run.start + at).collect();
        for (i, &start) in starts.iter().enumerate().take(starts.len().saturating_sub(1).max(1)) {
            self.hand_over();
            self.range = start..starts.get(i + 2).copied().unwrap_or(run.end);
            normalize::push_word(&mut self.word, &self.text[self.range.clone()]);
        }
    }
}

/// Takes away what of a word nobody asks for.
fn cut(word: &mut String) {
    if word.len() > MAX_WORD_CHARS
        && let Some((end, _)) = word.char_indices().nth(MAX_WORD_CHARS)
    {
        word.truncate(end);
    }
}

/// A script that is written without spaces between words.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}'      // Thai, Lao
        | '\u{1000}'..='\u{109f}'  // Myanmar
        | '\u{1780}'..='\u{17ff}'  // Khmer
        | '\u{3040}'..='\u{30ff}'  // Hiragana, Katakana
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}')
}

/// `shengshu's` → `shengshu`, `l'eau` → `eau`, `what's` → `what`; `don't` stays one word.
fn without_clitics(word: &str) -> &str {
    let Some((before, after)) = word.split_once('\'') else { return word };
    match after {
        "s" | "ll" | "re" | "ve" | "d" | "m" | "" => before,
        "t" => word,
        _ if before.chars().count() <= 2 || matches!(before, "dell" | "nell" | "sull" | "all") => {
            after
        }
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::tokens;

    fn words(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|t| t.text).collect()
    }

    #[test]
    fn words_are_cut_as_people_read_them() {
        assert_eq!(
            words("What's Vidu’s AI-generated video?"),
            "what vidu ai generated video".split(' ').collect::<Vec<_>>()
        );
        assert_eq!(words("don't use C++ or C#"), ["dont", "use", "c++", "or", "c#"]);
        assert_eq!(words("l'eau 12,500 3.5"), ["eau", "12500", "3.5"]);
        assert_eq!(words("ShengShu's"), ["shengshu"]);
        assert_eq!(words("Wi-Fi e-mail AI-led 3-4"), ["wifi", "email", "ai", "led", "3", "4"]);
    }

    #[test]
    fn scripts_without_spaces_give_pairs() {
        assert_eq!(words("中国你好 ok"), ["中国", "国你", "你好", "ok"]);
        assert_eq!(words("我"), ["我"]);
        assert_eq!(words("退\u{200d}货 我\u{200d}\u{200d}"), ["退货", "我"]);
        assert_eq!(words("हिन्दी भाषा"), ["हिन्दी", "भाषा"]);
    }

    proptest! {
        #[test]
        fn ranges_stand_in_the_text(text in any::<String>()) {
            for token in tokens(&text) {
                assert!(text.get(token.range.clone()).is_some());
                assert!(!token.text.is_empty());
            }
        }

        #[test]
        fn no_word_is_longer_than_words_are(letters in "[a-zü]{0,200}('[a-z]{0,80})?", joint in "(|x-|X\u{2010})") {
            for token in tokens(&format!("{joint}{letters}")) {
                assert!(token.text.chars().count() <= super::MAX_WORD_CHARS);
            }
        }
    }
}
