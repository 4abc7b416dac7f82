//! faqbot answers questions from a folder of articles: files become articles, articles
//! become passages, passages are indexed; a question brings up candidates, evidence ranks
//! them, and one reply comes out, word for word from an article or an honest "I don't
//! know". Each module below takes what the one above it gives.

pub mod text;

pub mod corpus;

pub mod index;

pub mod semantic;

pub mod retrieval;

pub mod answering;

pub mod publishing;

pub mod evaluation;

pub mod faces;

pub mod settings;

pub mod commands;
