//! Text in, vectors out: what texts mean, so that questions are found in other words.
//!
//! A [`transformer`] is read from a folder ([`folder`]) and goes from layer to layer by
//! [`attention`], the [`product`] of rows with a matrix, and steps [`in_place`]; a [`table`] of word pieces is a small stand-in for one that
//! [`distill`] makes, with its [`components`]. [`model`] is either, as the rest of the program has
//! it; [`installed`] finds them by name; [`parallel`] works on many texts at once.

pub mod vectors;

pub mod folder;

pub mod attention;

pub mod in_place;

pub mod product;

pub mod transformer;

pub mod parallel;

pub mod table;

pub mod components;

pub mod distill;

pub mod model;

pub mod installed;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Which model is used, and where models are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `builtin`, `none`, the name of an installed model, or a folder.
    pub model: String,
    /// Where models are installed; empty for the data folder of the user.
    pub folder: PathBuf,
    /// Codes of the languages that the model knows; empty for what the program knows of it.
    pub languages: Vec<String>,
    /// What stands before a question; empty for what the folder of the model says.
    pub query_prefix: String,
    /// What stands before a passage; empty for what the folder of the model says.
    pub passage_prefix: String,
    /// Where models are fetched from.
    pub hub: String,
    /// Whether it is opened at start rather than with the first question.
    pub open_at_start: bool,
}
