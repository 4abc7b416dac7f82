//! What was asked: words with what each is worth and what may stand for it.

use std::ops::Range;

use crate::corpus::passages::question_key;
use crate::index;
use crate::index::reader::Reader;
use crate::retrieval::Settings;
use crate::retrieval::changes::{Change, Why};
use crate::retrieval::compounds::{self, Mended};
use crate::retrieval::spelling;
use crate::retrieval::synonyms::{self, Phrase, Replaced};
use crate::retrieval::worth;
use crate::text::detection;
use crate::text::expectation::{self, Expected};
use crate::text::language::Language;
use crate::text::letters;
use crate::text::normalize;
use crate::text::related;
use crate::text::stem;
use crate::text::stopwords::{self, Asks, Class};
use crate::text::tokenize::{self, Token};

/// Words of a question that are looked at; more do not make it clearer. A short sentence in a
/// script without spaces already has a hundred pairs of characters.
const MAX_WORDS: usize = 128;
/// Longer questions are not looked for among those of entries; up to here they are before
/// they are cut.
const MAX_KEY_BYTES: usize = 64 << 10;
/// A name says so much more than another word of its rarity: "what is Vidu" is a question.
const NAME_SUBSTANCE: f32 = 0.5;
/// Languages of the corpus that a question is read in.
const MAX_LANGUAGES: usize = 6;

/// Why a stem may stand for a word of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The word itself, or another form of it.
    Word,
    /// A repaired spelling.
    Repaired,
    /// A synonym from the list beside the articles.
    Synonym,
    /// A word near it in meaning.
    Related,
}

/// A stem that may stand for a word of the question.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// The stem, as the index has it.
    pub stem: String,
    /// How much a match of it is worth, 0 to 1.
    pub strength: f32,
    /// Where it comes from.
    pub origin: Origin,
}

/// A word of the question.
#[derive(Debug, Clone)]
pub struct Word {
    /// Where it stands in the question, in bytes.
    pub place: Range<usize>,
    /// As typed.
    pub typed: String,
    /// Normalized, accents kept.
    pub accented: String,
    /// Normalized and without accents.
    pub spelling: String,
    /// The part it plays.
    pub class: Class,
    /// Its share of what the question says; all words sum to 1.
    pub weight: f32,
    /// The same with common words worth next to nothing, as BM25 has it.
    pub information: f32,
    /// What may stand for it, strongest first.
    pub forms: Vec<Form>,
    /// Whether the corpus has the word or a form of it.
    pub known: bool,
    /// Whether it looks like the name of something: by a capital inside the question, or as the
    /// articles write it.
    pub name: bool,
}

/// An analyzed question.
#[derive(Debug, Clone)]
pub struct Question {
    /// As typed, cut to the allowed length.
    pub text: String,
    /// What it is looked up by among the questions of entries (see [`question_key`]); `None`
    /// where it was put in other words.
    pub key: Option<String>,
    /// The language it is taken to be in.
    pub language: Language,
    /// Its different words in order.
    pub words: Vec<Word>,
    /// How much it says in all: about 1 for each rare word, less for common ones.
    pub substance: f32,
    /// Its runs of letters, in order.
    pub letters: Vec<u16>,
    /// What an answer must hold.
    pub expected: Expected,
    /// What was read otherwise: spellings, spacing and length.
    pub changes: Vec<Change>,
    /// Its phrases that have synonyms or are also written as one word.
    pub phrases: Vec<Phrase>,
}

impl Question {
    /// Words that carry meaning and that no article has, in any form, as typed.
    pub fn unknown_words(&self) -> Vec<String> {
        let unknown = |w: &&Word| {
            // Pairs of a script without spaces reach over the ends of a phrase.
            let touches = |p: &Phrase| p.place.start < w.place.end && w.place.start < p.place.end;
            let read = w.has_repair() || self.phrases.iter().any(touches);
            w.class == Class::Content && !w.known && !read
        };
        let mut places: Vec<Range<usize>> = Vec::new();
        for word in self.words.iter().filter(unknown) {
            match places.last_mut() {
                // Pairs of one run of a script without spaces.
                Some(last) if word.place.start < last.end => last.end = word.place.end,
                _ => places.push(word.place.clone()),
            }
        }
        places.into_iter().map(|place| self.text[place].to_owned()).collect()
    }

    /// The phrase with synonyms that a byte belongs to.
    fn phrase_at(&self, byte: usize) -> Option<&Phrase> {
        self.phrases.iter().find(|p| p.place.contains(&byte))
    }
}

impl Word {
    fn has_repair(&self) -> bool {
        self.forms.iter().any(|f| f.origin == Origin::Repaired)
    }
}

/// Analyzes a question against what the corpus holds. `replaced` tells where words stand in
/// place of those that were asked.
pub fn analyze(
    reader: &Reader,
    settings: &Settings,
    raw: &str,
    replaced: &[Replaced],
) -> Result<Question, index::Error> {
    let (text, tokens, cut) = shortened(raw, settings.max_question_chars);
    let known = &reader.manifest().languages;
    let known = &known[..known.len().min(MAX_LANGUAGES)];
    let language = detection::of_question(&text, &tokens, known);
    let expected = expectation::of_question(&tokens, language);
    let tokens = &tokens[..];
    let mended = if settings.repair_spelling {
        let fixed = |t: &Token| replaced.iter().any(|r| r.place.contains(&t.range.start));
        compounds::mend(reader, &text, tokens, language, known, &fixed)?
    } else {
        Mended { tokens: tokens.to_vec(), ..Mended::default() }
    };
    let letters = letters::of_tokens(tokens, language);
    let tokens = &mended.tokens;
    let mut phrases = synonyms::phrases(reader, tokens, known, replaced);
    for joined in mended.joined {
        if !phrases.iter().any(|phrase| phrase.overlaps(&joined)) {
            phrases.push(joined);
        }
    }
    phrases.sort_by_key(|phrase| phrase.place.start);
    let mut question = Question {
        key: (replaced.is_empty() && raw.len() <= MAX_KEY_BYTES).then(|| question_key(raw)),
        words: Vec::new(),
        substance: 0.0,
        letters,
        language,
        expected,
        changes: cut.into_iter().chain(mended.changes).collect(),
        phrases,
        text,
    };
    for token in tokens {
        let spelling = normalize::fold(&token.text).into_owned();
        if !spelling.is_empty() && question.words.iter().all(|w| w.spelling != spelling) {
            let class = class(&question, token);
            let instead = replaced.iter().find(|r| r.place.contains(&token.range.start));
            let word = match instead {
                Some(instead) => {
                    other_word(reader, &question, token, (spelling, class), known, instead)
                }
                None => word(reader, settings, &mut question, token, (spelling, class), known)?,
            };
            question.words.push(word);
        }
    }
    let total: f32 = question.words.iter().map(|w| w.weight).sum();
    let says =
        |word: &Word| worth::part_weight(word.class) + if word.name { NAME_SUBSTANCE } else { 0.0 };
    question.substance = question.words.iter().map(says).sum();
    let information: f32 = question.words.iter().map(|w| w.information).sum();
    for word in &mut question.words {
        word.weight /= total.max(f32::MIN_POSITIVE);
        word.information /= information.max(f32::MIN_POSITIVE);
    }
    Ok(question)
}

/// The part a word plays; in "how many" the second word asks as well.
fn class(question: &Question, token: &Token) -> Class {
    let after_how = question.words.last().is_some_and(|w| w.class == Class::Question(Asks::How));
    if after_how && stopwords::is_measure(&token.text, question.language) {
        return Class::Question(Asks::Quantity);
    }
    match stopwords::classify(&token.text, question.language) {
        // "Who runs IT?" asks for a department where the keepers wrote down what it is.
        Class::Function if is_initials(question, token) => Class::Content,
        class => class,
    }
}

/// Whether a word is all capitals in a question that is not, and has synonyms.
fn is_initials(question: &Question, token: &Token) -> bool {
    let typed = &question.text[token.range.clone()];
    typed.chars().count() > 1
        && typed.chars().all(char::is_uppercase)
        && !is_capitalized(&question.text)
        && question.phrase_at(token.range.start).is_some()
}

/// Whether most words behind the first have capitals, so that these tell nothing.
fn is_capitalized(text: &str) -> bool {
    let words = || text.split_whitespace().skip(1).filter(|w| w.starts_with(char::is_alphabetic));
    2 * words().filter(|w| w.starts_with(char::is_uppercase)).count() > words().count()
}

/// What is read of a question, with its words, and what is told where that is not all of it.
fn shortened(raw: &str, limit: usize) -> (String, Vec<Token>, Option<Change>) {
    let trimmed = raw.trim();
    let mut end = trimmed.char_indices().nth(limit).map_or(trimmed.len(), |(at, _)| at);
    let mut words = tokenize::tokens(&trimmed[..end]);
    if words.len() > MAX_WORDS {
        words.truncate(MAX_WORDS);
        end = words.last().map_or(end, |last| last.range.end);
    }
    let text = trimmed[..end].to_owned();
    let cut = (end < trimmed.len()).then(|| Change {
        from: format!("{} characters", trimmed.chars().count()),
        to: format!("the first {}", text.chars().count()),
        why: Why::Length,
    });
    (text, words, cut)
}

fn word(
    reader: &Reader,
    settings: &Settings,
    question: &mut Question,
    token: &Token,
    (spelling, class): (String, Class),
    known_languages: &[Language],
) -> Result<Word, index::Error> {
    let mut forms = stems_in(&token.text, known_languages, 1.0, Origin::Word);
    let mut known = false;
    for form in &forms {
        known |= reader.knows(&form.stem);
    }
    let typed = question.text[token.range.clone()].to_owned();
    let slip = class == Class::Content && !known && settings.repair_spelling;
    let slip = slip.then(|| stopwords::of_swapped(&spelling, question.language)).flatten();
    let class = slip.unwrap_or(class);
    let carries = matches!(class, Class::Content);
    if carries
        && !known
        && question.phrase_at(token.range.start).is_none()
        && settings.repair_spelling
        && let Some(repair) = spelling::repair(reader, &spelling, question.language)?
    {
        forms.extend(stems_in(
            &repair.spelling,
            known_languages,
            repair.strength,
            Origin::Repaired,
        ));
        question.changes.push(Change {
            from: typed.clone(),
            to: repair.spelling,
            why: Why::Spelling,
        });
    }
    let name = class == Class::Content && is_name(reader, question, token, &forms);
    // Nothing is near a name in meaning.
    if matches!(class, Class::Content | Class::Light) && settings.related_words && !name {
        add_related(reader, &mut forms, question.language, known);
    }
    let (weight, information) = worth(reader, class, &forms, token);
    let place = token.range.clone();
    let accented = token.text.clone();
    Ok(Word { place, typed, accented, spelling, class, weight, information, forms, known, name })
}

/// A word that stands in place of what was asked: a synonym, as are those beside it.
fn other_word(
    reader: &Reader,
    question: &Question,
    token: &Token,
    (spelling, class): (String, Class),
    known_languages: &[Language],
    replaced: &Replaced,
) -> Word {
    let mut forms = stems_in(&token.text, known_languages, synonyms::STRENGTH, Origin::Synonym);
    add_synonyms(&mut forms, &replaced.others, known_languages);
    let (weight, information) = worth(reader, class, &forms, token);
    let (weight, information) = (replaced.share * weight, replaced.share * information);
    let name = class == Class::Content && is_name(reader, question, token, &forms);
    let (place, typed) = (token.range.clone(), question.text[token.range.clone()].to_owned());
    let accented = token.text.clone();
    let known = true;
    Word { place, typed, accented, spelling, class, weight, information, forms, known, name }
}

/// A capital inside a question tells a name, and so do the articles' own capitals in a word
/// that the language at large does not have: an entry on exchange rates need not name the country
/// that was asked about. German writes every noun with a capital.
fn is_name(reader: &Reader, question: &Question, token: &Token, forms: &[Form]) -> bool {
    if question.language == Language::German {
        return false;
    }
    let typed = &question.text[token.range.clone()];
    let capital = token.range.start > 0 && typed.starts_with(char::is_uppercase);
    let general = related::is_general(&token.text, question.language);
    let mut own = forms.iter().filter(|f| f.origin == Origin::Word && !general);
    (capital && !is_capitalized(&question.text))
        || own.any(|f| reader.frequencies().is_name(&f.stem))
}

fn stems_in(word: &str, languages: &[Language], strength: f32, origin: Origin) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    for language in languages {
        let stem = stem::stem(word, *language);
        if forms.iter().all(|f| f.stem != stem) {
            forms.push(Form { stem, strength, origin });
        }
    }
    forms
}

/// Synonyms of one word, as forms of it.
fn add_synonyms(forms: &mut Vec<Form>, others: &[String], languages: &[Language]) {
    for word in others.iter().flat_map(|other| tokenize::tokens(other)) {
        let new = stems_in(&word.text, languages, synonyms::STRENGTH, Origin::Synonym);
        for form in new {
            if forms.iter().all(|f| f.stem != form.stem) {
                forms.push(form);
            }
        }
    }
}

/// Neighbours in meaning count little where the corpus has the word itself, more where it
/// does not.
fn add_related(reader: &Reader, forms: &mut Vec<Form>, language: Language, known: bool) {
    let Some(first) = forms.first().map(|f| f.stem.clone()) else { return };
    for near in related::near(&first, language) {
        let carries = stopwords::classify(near.stem, language) == Class::Content;
        if !carries || forms.iter().any(|f| f.stem == near.stem) || !reader.knows(near.stem) {
            continue;
        }
        let strength = if known { near.similarity - 0.4 } else { 2.0 * (near.similarity - 0.35) };
        let strength = strength.clamp(0.0, 0.8);
        forms.push(Form { stem: near.stem.to_owned(), strength, origin: Origin::Related });
    }
}

/// What a word is worth by the most frequent of the forms that mean it.
fn worth(reader: &Reader, class: Class, forms: &[Form], token: &Token) -> (f32, f32) {
    let own = forms.iter().filter(|f| f.origin != Origin::Related);
    let frequency = own.map(|form| reader.frequency(&form.stem)).max().unwrap_or(0);
    worth::worth(class, frequency, reader.manifest().passages, tokenize::is_pair(&token.text))
}
