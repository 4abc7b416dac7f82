//! Work of the core in, its result out, from a thread that is not the runtime's own: a few at a time.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::answering::Answerer;
use crate::answering::current::Current;

/// Longest time to think about one answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Threads to think on.
#[derive(Debug)]
pub struct Thinkers {
    answerer: Arc<Current>,
    free: Arc<Semaphore>,
}

impl Thinkers {
    /// So many threads.
    pub fn new(answerer: Arc<Current>, threads: usize) -> Self {
        Self { answerer, free: Arc::new(Semaphore::new(threads)) }
    }

    /// The answerer, for what takes no time.
    pub fn answerer(&self) -> Arc<Answerer> {
        self.answerer.get()
    }

    /// Does work when there is a thread for it; the time that it may take begins then. Work that
    /// takes too long keeps its thread until it ends.
    pub async fn think<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Answerer) -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        let thread = Arc::clone(&self.free).acquire_owned().await?;
        let answerer = self.answerer.get();
        let thought = tokio::task::spawn_blocking(move || {
            let _thread = thread;
            let done = work(&answerer);
            if let Some(failure) = answerer.model().and_then(|model| model.take_failure()) {
                tracing::warn!("matching words alone: {failure}");
            }
            done
        });
        timeout(PATIENCE, thought)
            .await
            .context("an answer took too long")?
            .context("a fault in faqbot itself")?
    }
}
