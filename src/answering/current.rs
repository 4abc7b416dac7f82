//! The answerer that is asked now, for faces that run on while articles change.

use std::sync::{Arc, PoisonError, RwLock};

use crate::answering::Answerer;

/// Holds an answerer; a question that has begun is answered by the one it began with.
#[derive(Debug)]
pub struct Current(RwLock<Arc<Answerer>>);

impl Current {
    /// Begins with this answerer.
    pub fn new(answerer: Answerer) -> Self {
        Self(RwLock::new(Arc::new(answerer)))
    }

    /// The answerer to ask.
    pub fn get(&self) -> Arc<Answerer> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on another one is asked.
    pub fn replace(&self, answerer: Answerer) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(answerer);
    }
}
