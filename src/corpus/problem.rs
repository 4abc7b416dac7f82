//! What is wrong with a file, as a value: told to the operator, never in the way of others.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something in the corpus that a person should mend.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Problem {
    /// The file, below the corpus folder.
    pub file: String,
    /// The line, from 1; 0 where the whole file is meant.
    pub line: u32,
    /// What is wrong and what to do, lower case, without a full stop.
    pub message: String,
}

impl Problem {
    /// A problem at a line of a file (0: the whole file).
    pub fn new(file: &str, line: u32, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            line => write!(f, "{}:{line}: {}", self.file, self.message),
        }
    }
}

/// The problems of one file: the first ones, and that there are more.
#[derive(Debug, Default)]
pub struct Problems {
    first: Vec<Problem>,
    more: usize,
}

impl Problems {
    /// More problems of a file are not told one by one.
    const MOST: usize = 50;

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// Adds one.
    pub fn push(&mut self, problem: Problem) {
        if self.first.len() < Self::MOST {
            self.first.push(problem);
        } else {
            self.more += 1;
        }
    }

    /// What is told of them.
    pub fn told(self) -> Vec<Problem> {
        let mut told = self.first;
        if let (Some(first), 1..) = (told.first(), self.more) {
            let more = self.more;
            let why = format!("has {more} more problems like these: mend these first");
            let more = Problem::new(&first.file, 0, why);
            told.push(more);
        }
        told
    }
}
