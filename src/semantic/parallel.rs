//! Many texts on all cores.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::Context;

/// Works on shares of so many items on all cores; the results come in the order of the items.
///
/// Each thread is alone in a pool of its own, so that the matrix products of one text are not
/// spread over the threads that work on the others.
pub fn map<T: Sync, V: Send>(
    items: &[T],
    share: usize,
    work: &(dyn Fn(&[T]) -> anyhow::Result<Vec<V>> + Sync),
) -> anyhow::Result<Vec<V>> {
    let next = AtomicUsize::new(0);
    let shares: Vec<&[T]> = items.chunks(share.max(1)).collect();
    let one = || -> anyhow::Result<Vec<(usize, Vec<V>)>> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        let pool = pool.context("a thread cannot be started")?;
        let mut out = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(share) = shares.get(at) else { return Ok(out) };
            out.push((at, pool.install(|| work(share))?));
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from).min(shares.len());
    let mut parts = Vec::new();
    thread::scope(|scope| -> anyhow::Result<()> {
        let start = |_| thread::Builder::new().spawn_scoped(scope, one);
        let workers = (0..threads).map(start).collect::<Result<Vec<_>, _>>();
        for worker in workers.context("a thread cannot be started")? {
            parts.extend(worker.join().unwrap_or_else(|panic| resume_unwind(panic))?);
        }
        Ok(())
    })?;
    parts.sort_by_key(|(at, _)| *at);
    Ok(parts.into_iter().flat_map(|(_, values)| values).collect())
}

#[cfg(test)]
mod tests {
    use super::map;

    #[test]
    fn results_keep_the_order_and_errors_come_through() {
        let items: Vec<u32> = (0..1000).collect();
        let double = |share: &[u32]| Ok(share.iter().map(|x| 2 * x).collect());
        assert_eq!(map(&items, 7, &double).unwrap(), (0..1000).map(|x| 2 * x).collect::<Vec<_>>());
        let fails = |share: &[u32]| {
            anyhow::ensure!(!share.contains(&500), "no");
            Ok(vec![0])
        };
        assert!(map(&items, 7, &fails).is_err());
        assert_eq!(map(&[0u8; 0], 7, &|_| Ok(vec![0])).unwrap(), [0; 0]);
    }
}
