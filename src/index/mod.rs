//! Passages in, scored hits out. The only home of the search library.
//!
//! An article is made ready by [`preparation`], [`writer`] builds one generation folder from those,
//! [`reader`] opens it and [`search`] asks it (`maxscore` finds the passages that score most by [`bm25`]),
//! [`generations`] keeps the folders and says which is current. What is searched comes from the
//! project's own words and stems, brought in by [`analyzer`]; what ranking looks at is made
//! beside it by [`analysis`] ([`terms`]) so that no candidate is cut into words again, with what is known of
//! each word (`words`); `counting` tells in how many passages that stands, [`frequencies`] gives it. Vectors
//! come from outside as plain numbers: [`aspects`] says of which texts, [`vectors`] compares them
//! where they lie, a [`vector_file`] for each segment with a [`row`] for each text;
//! [`vector_writer`] writes them, [`partial`] keeps those that no generation has yet. What can be damaged has a checksum that is
//! checked when it is read. A [`place`]
//! tells where a passage is, and `stored` how its bytes are read.

pub mod analyzer;
pub mod schema;

pub mod terms;

mod words;

pub mod analysis;

mod stored;

mod counting;

pub mod frequencies;

mod checked;

pub mod manifest;

pub mod generations;

mod readonly;

mod synonyms;

pub mod aspects;

pub mod place;

pub mod row;

pub mod vector_file;

pub mod vectors;

mod nearest;

pub mod vector_writer;

pub mod partial;

mod compaction;

pub mod preparation;

pub mod writer;

pub mod reader;

pub mod bm25;

mod maxscore;

pub mod search;

mod integrity;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Where the index is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The folder that generations are built in.
    pub folder: PathBuf,
}

/// Why an index cannot be used; what callers branch on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no current generation.
    #[error("{0}: holds no index yet: run `faqbot index`")]
    Missing(PathBuf),
    /// It was built by another version of the program.
    #[error("{0}: was built by another version of faqbot: run `faqbot index --rebuild`")]
    Outdated(PathBuf),
    /// Its files are not what was written.
    #[error("{path}: is damaged ({reason}): run `faqbot index --rebuild`")]
    Damaged {
        /// The generation.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
}
