//! Words in, comparable terms out.
//!
//! Text of any language is cut into words ([`tokenize`]), each word is brought to one
//! spelling ([`normalize`]) and to its stem ([`stem`]); beside that stand what a word is
//! worth as evidence ([`stopwords`]), which words are near it in meaning ([`related`], found
//! by [`lookup`]), where sentences end ([`sentences`]), which [`language`] a text is in
//! ([`detection`]), what a question [expects](expectation) and which words hold it ([`cues`]),
//! what a text looks like by its [`letters`] (sets of numbers as [`bits`]), which words lean on what was said before
//! ([`references`]), what people say besides questions ([`talk`]), whether an answer begins
//! with a yes or a no ([`verdict`]), and which characters steer a screen ([`controls`]).
//! Everything here is a pure function of its input.

pub mod language;
pub mod normalize;
pub mod tokenize;

pub mod stem;

pub mod stopwords;

pub mod detection;

pub mod lookup;

pub mod related;

pub mod cues;

pub mod expectation;

pub mod bits;

pub mod letters;

pub mod references;
pub mod sentences;

pub mod distance;

pub mod talk;
pub mod verdict;

pub mod controls;
