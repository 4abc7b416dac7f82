//! Signals that stop the bot, and waiting that they end.

use anyhow::Context;
use futures::FutureExt;
use futures::future::{Either, select};
use tokio::sync::watch;

/// Turns true at the first SIGINT or SIGTERM.
pub fn signals() -> anyhow::Result<watch::Receiver<bool>> {
    let (sender, receiver) = watch::channel(false);
    let asked = asked_to_stop().context("signals cannot be received")?;
    tokio::spawn(async move {
        asked.await;
        // Kept open to the end: a closed channel would read as a stop.
        let _ = sender.send(true);
        sender.closed().await;
    });
    Ok(receiver)
}

#[cfg(unix)]
fn asked_to_stop() -> std::io::Result<impl Future<Output = ()> + Send> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        let either = (std::pin::pin!(terminate.recv()), std::pin::pin!(interrupt.recv()));
        select(either.0, either.1).await;
    })
}

#[cfg(not(unix))]
fn asked_to_stop() -> std::io::Result<impl Future<Output = ()> + Send> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

/// The result of waiting, or nothing where the bot is stopped before.
pub async fn unless_stopped<T>(
    stop: &mut watch::Receiver<bool>,
    waiting: impl Future<Output = T>,
) -> Option<T> {
    let stopped = stop.wait_for(|stop| *stop).boxed();
    match select(stopped, std::pin::pin!(waiting)).await {
        Either::Left(_) => None,
        Either::Right((value, _)) => Some(value),
    }
}
