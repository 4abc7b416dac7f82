//! Looks at the candidates of one question and makes the evidence of each.

use std::collections::HashMap;
use std::ops::Range;

use crate::corpus::passages::{Kind, Passage};
use crate::index::reader::Reader;
use crate::index::search::Candidate;
use crate::index::terms::{self, Part, Role, Term};
use crate::retrieval::evidence::{Evidence, Match, Place, Sentence};
use crate::retrieval::matching::{self, Best, Hit, Seen};
use crate::retrieval::question::{Origin, Question, Word};
use crate::retrieval::worth;
use crate::text::cues::Cues;
use crate::text::expectation::{self, Expected};
use crate::text::language::Language;
use crate::text::letters;
use crate::text::related;
use crate::text::stopwords::{Asks, Class};

/// Another form of the same word counts almost as much as the word as written.
const STEM_STRENGTH: f32 = 0.95;
/// A word that differs in its accents, where they make other words (Vietnamese).
const ACCENT_STRENGTH: f32 = 0.4;
/// A word found only in the title or heading above a passage.
const CONTEXT_STRENGTH: f32 = 0.8;
/// How much holding the kind of thing asked for adds to the directness of a sentence.
const DIRECTNESS: f32 = 0.15;
/// A question of so many words that carry meaning says enough.
const FULL_SUBSTANCE: f32 = 3.0;
/// How many words behind a subject its aim may be told.
const AIM_REACH: usize = 3;
/// How soon a repeated word stops counting and how much long passages are held back, as usual
/// for BM25 (Robertson and Zaragoza, 2009).
const SATURATION: f32 = 1.2;
const LENGTH: f32 = 0.75;

/// Looks at passages for one question, remembering what they share.
pub struct Examiner<'a> {
    reader: &'a Reader,
    question: &'a Question,
    /// Hash of the stem of any form → word, form.
    forms: HashMap<u32, Vec<(usize, usize)>>,
    /// A bit for each form by the low bits of its hash: most words are none of them.
    filter: Vec<bool>,
    /// The written form of each word, as passages keep it.
    spellings: Vec<u8>,
    /// Whether each word was typed with accents.
    accented: Vec<bool>,
    /// Stems of the question as typed.
    asked: Vec<u32>,
    /// Stems that say the opposite of each word.
    opposites: Vec<Vec<u32>>,
    /// A bit for each run of letters in the question, and the length of its vector.
    letters: Vec<bool>,
    letters_norm: f32,
}

/// Places in the filter of forms.
const FILTER: usize = 1 << 12;

impl<'a> Examiner<'a> {
    /// Prepares for a question.
    pub fn new(reader: &'a Reader, question: &'a Question) -> Self {
        let mut forms: HashMap<u32, Vec<(usize, usize)>> = HashMap::new();
        let (mut filter, mut asked) = (vec![false; FILTER], Vec::new());
        for (w, word) in question.words.iter().enumerate() {
            for (f, form) in word.forms.iter().enumerate() {
                let hash = terms::hash(&form.stem);
                forms.entry(hash).or_default().push((w, f));
                filter[hash as usize % FILTER] = true;
                if form.origin == Origin::Word {
                    asked.push(hash);
                }
            }
        }
        let mut letters = vec![false; letters::BUCKETS];
        for run in &question.letters {
            letters[usize::from(*run)] = true;
        }
        let letters_norm = norm(reader, &question.letters);
        let spellings = question.words.iter().map(|w| terms::spelling(&w.accented)).collect();
        let accented = question.words.iter().map(|w| w.accented != w.spelling).collect();
        let opposites = question.words.iter().map(|word| {
            let own = word.forms.iter().filter(|form| form.origin == Origin::Word);
            own.flat_map(|form| related::opposites(&form.stem, question.language))
                .map(terms::hash)
                .collect()
        });
        let opposites = opposites.collect();
        Self {
            reader,
            question,
            forms,
            filter,
            spellings,
            accented,
            asked,
            opposites,
            letters,
            letters_norm,
        }
    }

    /// The evidence of one passage.
    pub fn examine(&self, candidate: &Candidate) -> Match {
        let passage = &candidate.passage;
        let question = self.question;
        let parts = candidate.terms.parts.iter();
        let seen: Vec<Seen<'_>> = parts.map(|p| self.seen(p, passage.language)).collect();
        let mut best = Best::default();
        for (at, part) in seen.iter().enumerate() {
            let strength = match part.part.role {
                Role::Heading if passage.dated => 1.0,
                Role::Title | Role::Heading => CONTEXT_STRENGTH,
                Role::Text | Role::Question | Role::Alternate => 1.0,
            };
            best.raise(question, at, &part.hits, strength);
        }
        let of = |role: Role| seen.iter().find(|s| s.part.role == role);
        let sentences = of(Role::Text).map_or_else(Vec::new, |text| self.sentences(passage, text));
        let mut evidence = Evidence {
            verbatim: candidate.verbatim,
            coverage: best.share(question),
            sentence: sentences.iter().map(|s| s.share).fold(0.0, f32::max),
            missed: best.missed(question),
            names_missed: best.names_missed(question),
            elsewhere: f32::from(u8::from(best.misses_a_name(question))),
            substance: (question.substance / FULL_SUBSTANCE).min(1.0),
            frequent: self.frequent(&seen),
            age_days: self.age(passage),
            ..Evidence::default()
        };
        for part in &seen {
            match part.part.role {
                Role::Title | Role::Heading => continue,
                Role::Text => evidence.letters = self.likeness_of_letters(part.part),
                Role::Question | Role::Alternate => self.compare(part, &best, &mut evidence),
            }
            evidence.order = evidence.order.max(part.order(question));
        }
        evidence.foreign = (best.foreign(question) - evidence.swap).max(0.0);
        if let Some(text) = of(Role::Text) {
            evidence.expected = self.expected(passage, text, &sentences);
            evidence.aim = self.aim(text);
        }
        if let Some(heading) = of(Role::Heading) {
            evidence.dateline = self.dateline(passage, heading, evidence.missed);
        }
        let place = |(part, hit): (usize, Hit)| Place {
            origin: question.words[hit.word].forms[hit.form].origin,
            part,
            start: seen[part].part.words[hit.at].start,
            end: seen[part].part.words[hit.at].end,
        };
        let best = best.hits.into_iter().map(|found| found.map(place)).collect();
        Match { evidence, sentences, best }
    }

    /// Whether a phrasing has the opposite of a word that is found nowhere.
    fn opposes(&self, phrasing: &Seen<'_>, best: &Best) -> bool {
        let missed = self.opposites.iter().zip(&best.hits).filter(|(_, hit)| hit.is_none());
        let mut opposites = missed.flat_map(|(opposites, _)| opposites);
        opposites.any(|other| phrasing.part.words.iter().any(|word| word.stem == *other))
    }

    fn seen<'p>(&self, part: &'p Part, language: Language) -> Seen<'p> {
        let words = part.words.iter().enumerate();
        let may = words.filter(|(_, word)| self.filter[word.stem as usize % FILTER]);
        let hits = may.filter_map(|(at, word)| self.hit(at, word, language)).collect();
        Seen { part, hits }
    }

    /// The word of the question that a word of the passage stands for best.
    fn hit(&self, at: usize, term: &Term, language: Language) -> Option<Hit> {
        let places = self.forms.get(&term.stem)?;
        let hit = |&(word, form): &(usize, usize)| {
            let found = &self.question.words[word].forms[form];
            let written = found.origin == Origin::Word && self.spellings[word] == term.spelling;
            let other = match language {
                // Without a stemmer only accents can differ.
                Language::Other if self.accented[word] => ACCENT_STRENGTH,
                _ => STEM_STRENGTH,
            };
            let strength = found.strength * if written { 1.0 } else { other };
            Hit { at, word, form, strength }
        };
        places.iter().map(hit).reduce(|a, b| if b.strength > a.strength { b } else { a })
    }

    /// Takes over the likeness to a phrasing of the entry's question where it is the best so far.
    fn compare(&self, phrasing: &Seen<'_>, best: &Best, evidence: &mut Evidence) {
        let letters = self.likeness_of_letters(phrasing.part);
        evidence.question_letters = evidence.question_letters.max(letters);
        let likeness = self.likeness(phrasing);
        let (frame, swap) = phrasing.align(self.question);
        if likeness + frame > evidence.question + evidence.frame {
            (evidence.question, evidence.frame, evidence.swap) = (likeness, frame, swap);
            let theirs = phrasing.part.expected;
            let clash =
                self.question.expected != theirs && self.question.expected != Expected::Anything;
            evidence.clash = f32::from(u8::from(clash));
            evidence.opposed = f32::from(u8::from(self.opposes(phrasing, best)));
        }
    }

    fn sentences(&self, passage: &Passage, text: &Seen<'_>) -> Vec<Sentence> {
        let sentence = |range: &Range<u32>| {
            let words = text.within(range);
            let share = matching::share(self.question, text.hits_of(&words));
            let judged = self.judge(passage, &text.part.words[words]);
            let range = range.start as usize..range.end as usize;
            Sentence { range, share, directness: share + DIRECTNESS * judged }
        };
        text.part.sentences.iter().map(sentence).collect()
    }

    fn judge(&self, passage: &Passage, words: &[Term]) -> f32 {
        if self.question.expected == Expected::Anything {
            return 0.0;
        }
        let cues: Vec<Cues> = words.iter().map(|w| w.cues).collect();
        let asked = |at: usize| self.asked.contains(&words[at].stem);
        expectation::judge(self.question.expected, &cues, asked, passage.language)
    }

    /// Harmonic mean of the share of the question found in the phrasing and the share of the
    /// phrasing found in the question.
    fn likeness(&self, phrasing: &Seen<'_>) -> f32 {
        let there = matching::share(self.question, &phrasing.hits);
        let mut hits = phrasing.hits.iter().peekable();
        let (mut found, mut all) = (0.0, 0.0);
        for (at, term) in phrasing.part.words.iter().enumerate() {
            let hit = hits.next_if(|hit| hit.at == at);
            let frequency = self.reader.frequencies().of(term.stem);
            let rarity = worth::rarity(frequency, self.reader.manifest().passages);
            let weight = worth::part_weight(class(term.cues)) * rarity;
            all += weight;
            found += weight * hit.map_or(0.0, |h| h.strength);
        }
        let back = if all > 0.0 { found / all } else { 0.0 };
        if there + back > 0.0 { 2.0 * there * back / (there + back) } else { 0.0 }
    }

    /// BM25 with words weighted by their part, as a share of the most that they can reach.
    fn frequent(&self, seen: &[Seen<'_>]) -> f32 {
        let mut times = vec![0.0; self.question.words.len()];
        for hit in seen.iter().flat_map(|s| &s.hits) {
            times[hit.word] += hit.strength;
        }
        let words: usize = seen.iter().map(|s| s.part.words.len()).sum();
        let length = words as f32 / self.reader.frequencies().average_words().max(1.0);
        let damped = SATURATION * (1.0 - LENGTH + LENGTH * length);
        let share = |(word, times): (&Word, f32)| word.information * times / (times + damped);
        self.question.words.iter().zip(times).map(share).sum()
    }

    /// Cosine of the runs of letters of question and part, each run by its rarity.
    fn likeness_of_letters(&self, part: &Part) -> f32 {
        let frequencies = self.reader.frequencies();
        let (mut both, mut all) = (0.0, 0.0);
        for run in &part.letters {
            let rarity = frequencies.letters(*run);
            all += rarity * rarity;
            if self.letters[usize::from(*run)] {
                both += rarity * rarity;
            }
        }
        let norms = self.letters_norm * all.sqrt();
        if norms > 0.0 { both / norms } else { 0.0 }
    }

    /// What is expected is best found in the best sentences; it is missing only where the
    /// whole text lacks it.
    fn expected(&self, passage: &Passage, text: &Seen<'_>, sentences: &[Sentence]) -> f32 {
        let whole = self.judge(passage, &text.part.words);
        if whole < 0.0 || passage.kind == Kind::Faq {
            return whole;
        }
        let most = sentences.iter().map(|s| s.share).fold(0.0, f32::max);
        let good = text.part.sentences.iter().zip(sentences);
        let good = good.filter(|(_, s)| s.share > 0.0 && s.share >= 0.7 * most);
        let judged = |range: &Range<u32>| self.judge(passage, &text.part.words[text.within(range)]);
        good.map(|(range, _)| judged(range)).fold(0.0, f32::max)
    }

    /// "The money is meant to …": a word of the question with an aim close behind it.
    fn aim(&self, text: &Seen<'_>) -> f32 {
        if self.question.expected != Expected::Purpose {
            return 0.0;
        }
        let carries = |hit: &&Hit| self.question.words[hit.word].class == Class::Content;
        let words = &text.part.words;
        let said = |at: usize| {
            let behind = &words[at + 1..words.len().min(at + 1 + AIM_REACH)];
            behind.iter().any(|w| w.cues.any(Cues::AIM))
        };
        f32::from(u8::from(text.hits.iter().filter(carries).any(|hit| said(hit.at))))
    }

    fn dateline(&self, passage: &Passage, heading: &Seen<'_>, missed: f32) -> f32 {
        let asks = self.question.expected == Expected::Time && passage.dated;
        let says = |h: &Hit| self.question.words[h.word].class != Class::Function;
        let named = heading.hits.iter().any(says);
        f32::from(u8::from(asks && named && missed == 0.0))
    }

    fn age(&self, passage: &Passage) -> f32 {
        match (self.reader.manifest().newest, passage.published) {
            (Some(newest), Some(date)) => newest.days_since(date) as f32,
            _ => 0.0,
        }
    }
}

/// Length of a vector of runs of letters.
fn norm(reader: &Reader, runs: &[u16]) -> f32 {
    let squares = runs.iter().map(|run| reader.frequencies().letters(*run).powi(2));
    squares.sum::<f32>().sqrt()
}

/// The part that a word of a passage plays; which question word it is makes no difference.
fn class(cues: Cues) -> Class {
    if cues.any(Cues::CONTENT) {
        Class::Content
    } else if cues.any(Cues::LIGHT) {
        Class::Light
    } else if cues.any(Cues::ASKS) {
        Class::Question(Asks::What)
    } else {
        Class::Function
    }
}
