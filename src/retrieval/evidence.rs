//! How a passage matches a question, in figures that depend on neither index internals nor
//! other candidates: only on the two texts and on how common words are in the corpus.

use std::collections::HashMap;
use std::ops::Range;

use crate::corpus::passages::{Kind, Passage};
use crate::index;
use crate::index::reader::Reader;
use crate::retrieval::expectation::{self, Expected};
use crate::retrieval::matching::{Best, Hit, Part};
use crate::retrieval::question::{self, Origin, Question};
use crate::text::language::Language;
use crate::text::normalize;
use crate::text::sentences::sentences;
use crate::text::stem;
use crate::text::stopwords::{self, Class};
use crate::text::tokenize::{self, Token};

/// Another form of the same word counts almost as much as the word as written.
const STEM_STRENGTH: f32 = 0.95;
/// A word found only in the title or heading above a passage.
const CONTEXT_STRENGTH: f32 = 0.8;
/// How much holding the kind of thing asked for adds to the directness of a sentence.
const DIRECTNESS: f32 = 0.15;
/// How many words behind a subject its aim may be told.
const AIM_REACH: usize = 3;
/// Bytes of a passage that are looked at: an endless answer must not cost endless time.
const MAX_BYTES: usize = 8 << 10;

/// Everything that speaks for or against a passage. All from 0 to 1 unless said otherwise.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evidence {
    /// Share of what the question says that passage, title and heading have.
    pub coverage: f32,
    /// Share of it in the best sentence.
    pub sentence: f32,
    /// Share of its meaningful words that are found nowhere in passage, title and heading.
    pub missed: f32,
    /// Share of what the question says in names that are found nowhere in them.
    pub names_missed: f32,
    /// Share of it in words that no article has, beyond those only exchanged.
    pub foreign: f32,
    /// How much the question says at all, from 0 (grammar) to 1 (two rare words or more).
    pub substance: f32,
    /// Likeness of the question to the entry's question or its best alternate, both ways
    /// (harmonic mean of the shares that each finds in the other); 0 without a question.
    pub question: f32,
    /// Likeness of the same two as sequences of words, grammar included.
    pub frame: f32,
    /// Weight of the question's words that the entry's question has another word in place
    /// of, with the same neighbours on both sides.
    pub swap: f32,
    /// Share of neighbouring words of the question that are neighbours in the passage.
    pub order: f32,
    /// Whether the text holds the kind of thing asked for: −1 (it does not) to 1.
    pub expected: f32,
    /// Whether the entry's question asks for another kind of thing.
    pub clash: f32,
    /// Whether a question for the time of publishing meets the passage that gives it.
    pub dateline: f32,
    /// Whether a question for a purpose meets a sentence that says what its subject is for.
    pub aim: f32,
    /// Days older than the newest article of the corpus; 0 without a date.
    pub age_days: f32,
}

/// A passage seen by a question.
#[derive(Debug)]
pub struct Match {
    /// The figures.
    pub evidence: Evidence,
    /// The sentences of the text, in order.
    pub sentences: Vec<Sentence>,
    /// For each word of the question what was found for it, if anything was.
    pub read_as: Vec<Option<ReadAs>>,
}

/// A sentence of a passage.
#[derive(Debug, Clone, PartialEq)]
pub struct Sentence {
    /// Where it stands in the text, in bytes.
    pub range: Range<usize>,
    /// Share of what the question says that is in it.
    pub share: f32,
    /// The share, with what an answer must hold taken into account.
    pub directness: f32,
}

/// What a word of the question was found as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadAs {
    /// Why it counts as found.
    pub origin: Origin,
    /// The word as it is written in the passage.
    pub written: String,
}

/// Looks at passages for one question, remembering what they share.
pub struct Examiner<'a> {
    reader: &'a Reader,
    question: &'a Question,
    /// Stem of any form → word, form, strength.
    forms: HashMap<&'a str, Vec<(usize, usize)>>,
    frequencies: HashMap<String, u64>,
    /// Stems by language and word: candidates of one question share most of their words.
    stems: HashMap<Language, HashMap<String, String>>,
    asked: Vec<&'a str>,
}

impl<'a> Examiner<'a> {
    /// Prepares for a question.
    pub fn new(reader: &'a Reader, question: &'a Question) -> Self {
        let mut forms: HashMap<&str, Vec<(usize, usize)>> = HashMap::new();
        for (w, word) in question.words.iter().enumerate() {
            for (f, form) in word.forms.iter().enumerate() {
                forms.entry(form.stem.as_str()).or_default().push((w, f));
            }
        }
        let asked = question.words.iter().map(|w| w.spelling.as_str()).collect();
        Self { reader, question, forms, frequencies: HashMap::new(), stems: HashMap::new(), asked }
    }

    /// The evidence of one passage.
    pub fn examine(&mut self, passage: &Passage) -> Result<Match, index::Error> {
        let language = passage.language;
        let text = self.part(beginning(&passage.text), language);
        let title = self.part(&passage.title, language);
        let heading_words = passage.heading_words();
        let heading = self.part(&heading_words, language);
        let phrasings: Vec<Part<'_>> = passage
            .question
            .iter()
            .chain(&passage.alternates)
            .map(|q| self.part(beginning(q), language))
            .collect();
        let question = self.question;
        let mut best = Best::of(question, &text.hits);
        for phrasing in &phrasings {
            best.raise(&Best::of(question, &phrasing.hits), 1.0);
        }
        let dated = if passage.dated { 1.0 } else { CONTEXT_STRENGTH };
        best.raise(&Best::of(question, &title.hits), CONTEXT_STRENGTH);
        best.raise(&Best::of(question, &heading.hits), dated);

        let sentences = self.sentences(passage, &text);
        let mut evidence = Evidence {
            coverage: best.share(question),
            sentence: sentences.iter().map(|s| s.share).fold(0.0, f32::max),
            missed: best.missed(question),
            names_missed: best.names_missed(question),
            substance: (question.substance / 2.0).min(1.0),
            order: phrasings.iter().chain([&text]).map(|p| p.order(question)).fold(0.0, f32::max),
            age_days: self.age(passage),
            ..Evidence::default()
        };
        for phrasing in &phrasings {
            let likeness = self.likeness(phrasing, language)?;
            let (frame, swap) = phrasing.align(question);
            if likeness + frame > evidence.question + evidence.frame {
                (evidence.question, evidence.frame, evidence.swap) = (likeness, frame, swap);
                evidence.clash = self.clash(phrasing, language);
            }
        }
        evidence.foreign = (best.foreign(question) - evidence.swap).max(0.0);
        evidence.expected = self.expected(passage, &text, &sentences);
        evidence.aim = self.aim(&text);
        evidence.dateline = self.dateline(passage, &heading, evidence.missed);
        let parts: Vec<&Part<'_>> = phrasings.iter().chain([&text, &title, &heading]).collect();
        let read_as =
            best.hits.iter().enumerate().map(|(w, hit)| self.read_as(w, *hit, &parts)).collect();
        Ok(Match { evidence, sentences, read_as })
    }

    fn part<'t>(&mut self, text: &'t str, language: Language) -> Part<'t> {
        let tokens = tokenize::tokens(text);
        let known = self.stems.entry(language).or_default();
        let stems: Vec<String> = tokens
            .iter()
            .map(|token| match known.get(&token.text) {
                Some(stem) => stem.clone(),
                None => known
                    .entry(token.text.clone())
                    .or_insert(stem::stem(&token.text, language))
                    .clone(),
            })
            .collect();
        let hits = tokens.iter().zip(&stems).map(|(token, stem)| self.hit(token, stem)).collect();
        Part { text, tokens, stems, hits }
    }

    /// The word of the question that a word of the passage stands for best.
    fn hit(&self, token: &Token, stem: &str) -> Option<Hit> {
        let places = self.forms.get(stem)?;
        let strength = |&(word, form): &(usize, usize)| {
            let word = &self.question.words[word];
            let written = word.forms[form].origin == Origin::Word
                && word.spelling == normalize::fold(&token.text);
            word.forms[form].strength * if written { 1.0 } else { STEM_STRENGTH }
        };
        places
            .iter()
            .map(|place| Hit { word: place.0, form: place.1, strength: strength(place) })
            .reduce(|a, b| if b.strength > a.strength { b } else { a })
    }

    fn sentences(&self, passage: &Passage, text: &Part<'_>) -> Vec<Sentence> {
        sentences(text.text)
            .into_iter()
            .map(|range| {
                let words = text.within(&range);
                let share = Best::of(self.question, &text.hits[words]).share(self.question);
                let directness = share + DIRECTNESS * self.judge(passage, text, &range);
                Sentence { range, share, directness }
            })
            .collect()
    }

    fn judge(&self, passage: &Passage, text: &Part<'_>, range: &Range<usize>) -> f32 {
        let tokens = &text.tokens[text.within(range)];
        expectation::judge(self.question.expected, text.text, tokens, &self.asked, passage.language)
    }

    /// Harmonic mean of the share of the question found in the phrasing and the share of the
    /// phrasing found in the question.
    fn likeness(&mut self, phrasing: &Part<'_>, language: Language) -> Result<f32, index::Error> {
        let there = Best::of(self.question, &phrasing.hits).share(self.question);
        let (mut found, mut all) = (0.0, 0.0);
        for ((token, stem), hit) in phrasing.tokens.iter().zip(&phrasing.stems).zip(&phrasing.hits)
        {
            let class = stopwords::classify(&token.text, language);
            let weight = question::part_weight(class) * self.rarity(stem)?;
            all += weight;
            found += weight * hit.map_or(0.0, |h| h.strength);
        }
        let back = if all > 0.0 { found / all } else { 0.0 };
        Ok(if there + back > 0.0 { 2.0 * there * back / (there + back) } else { 0.0 })
    }

    fn rarity(&mut self, stem: &str) -> Result<f32, index::Error> {
        let frequency = match self.frequencies.get(stem) {
            Some(known) => *known,
            None => self.reader.frequency(stem)?,
        };
        self.frequencies.insert(stem.to_owned(), frequency);
        Ok(question::rarity(frequency, self.reader.manifest().passages))
    }

    /// What is expected is best found in the best sentences; it is missing only where the
    /// whole text lacks it.
    fn expected(&self, passage: &Passage, text: &Part<'_>, sentences: &[Sentence]) -> f32 {
        let whole = self.judge(passage, text, &(0..text.text.len()));
        if whole < 0.0 || passage.kind == Kind::Faq {
            return whole;
        }
        let most = sentences.iter().map(|s| s.share).fold(0.0, f32::max);
        let good = sentences.iter().filter(|s| s.share > 0.0 && s.share >= 0.7 * most);
        good.map(|s| self.judge(passage, text, &s.range)).fold(0.0, f32::max)
    }

    fn clash(&self, phrasing: &Part<'_>, language: Language) -> f32 {
        let theirs = expectation::of_question(&phrasing.tokens, language);
        let ours = self.question.expected;
        let clash = ours != theirs && ours != Expected::Anything;
        if clash { 1.0 } else { 0.0 }
    }

    /// "The money is meant to …": a word of the question with an aim close behind it.
    fn aim(&self, text: &Part<'_>) -> f32 {
        let carries = |hit: &Hit| self.question.words[hit.word].class == Class::Content;
        let said = |at: usize| {
            let behind = &text.tokens[at + 1..text.tokens.len().min(at + 1 + AIM_REACH)];
            behind.iter().any(|t| expectation::is_aim(&t.text))
        };
        let hits =
            text.hits.iter().enumerate().filter(|(_, hit)| hit.as_ref().is_some_and(carries));
        let found = self.question.expected == Expected::Purpose && hits.map(|(at, _)| at).any(said);
        if found { 1.0 } else { 0.0 }
    }

    fn dateline(&self, passage: &Passage, heading: &Part<'_>, missed: f32) -> f32 {
        let asks = self.question.expected == Expected::Time && passage.dated;
        let named = heading
            .hits
            .iter()
            .flatten()
            .any(|h| self.question.words[h.word].class != Class::Function);
        if asks && named && missed == 0.0 { 1.0 } else { 0.0 }
    }

    fn age(&self, passage: &Passage) -> f32 {
        match (self.reader.manifest().newest, passage.published) {
            (Some(newest), Some(date)) => newest.days_since(date) as f32,
            _ => 0.0,
        }
    }

    fn read_as(&self, word: usize, hit: Option<Hit>, parts: &[&Part<'_>]) -> Option<ReadAs> {
        let form = &self.question.words[word].forms[hit?.form];
        let written = parts.iter().find_map(|part| {
            let at = part.stems.iter().position(|stem| *stem == form.stem)?;
            Some(part.text[part.tokens[at].range.clone()].to_owned())
        });
        Some(ReadAs { origin: form.origin, written: written? })
    }
}

/// As much of a text as is looked at.
fn beginning(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_BYTES)]
}
