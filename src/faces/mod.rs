//! Replies in, what a person or a program reads out.
//!
//! [`wording`] holds every sentence that is not from an article; [`rich`] is text with marks;
//! [`plain`] renders for terminals and pipes, [`json`] for programs; [`command`] is what can be said besides
//! questions, [`dialogue`] what is remembered of one person; [`lines`] are read from pipes. `repl` and
//! [`telegram`] hold the two conversations, [`http`] is what they are watched by.

pub mod wording;

pub mod command;

pub mod dialogue;

pub mod lines;

pub mod json;

pub mod rich;

pub mod plain;

pub mod repl;

pub mod http;

pub mod telegram;
