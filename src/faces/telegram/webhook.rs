//! Updates that Telegram brings, and questions after the bot's health.

use std::sync::Arc;

use futures::FutureExt;
use hyper::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use tokio::sync::watch;

use crate::answering::current::Current;
use crate::faces::http::{Asked, Handler, Said};
use crate::faces::telegram::call;
use crate::faces::telegram::figures::{Figures, Load};
use crate::faces::telegram::inbox::{Inbox, MOST_WAITING};

/// The header that Telegram puts the secret into.
const SECRET: &str = "x-telegram-bot-api-secret-token";

/// Takes updates at a path, from who knows the secret, until `stop` says so.
pub fn updates(
    inbox: Arc<Inbox>,
    path: String,
    secret: SecretString,
    stop: watch::Receiver<bool>,
) -> Arc<Handler> {
    Arc::new(move |asked| {
        let full = *stop.borrow() || inbox.lanes().len() > MOST_WAITING;
        let said = if full { later() } else { take(&inbox, &path, &secret, &asked) };
        async move { said }.boxed()
    })
}

fn take(inbox: &Inbox, path: &str, secret: &SecretString, asked: &Asked) -> Said {
    if asked.path != path {
        return Said::new(StatusCode::NOT_FOUND, "nothing here\n");
    }
    if asked.method != Method::POST {
        return Said::new(StatusCode::METHOD_NOT_ALLOWED, "only POST\n");
    }
    let given = asked.headers.get(SECRET).map_or(&b""[..], |value| value.as_bytes());
    // How long comparing takes must not tell how much of it was right.
    if !bool::from(given.ct_eq(secret.expose_secret().as_bytes())) {
        return Said::new(StatusCode::UNAUTHORIZED, "who are you?\n");
    }
    // What is no update will not become one.
    let Ok(update) = serde_json::from_slice(&asked.body).and_then(call::update) else {
        tracing::warn!("something was brought that is no update");
        return Said::new(StatusCode::OK, "");
    };
    match inbox.take(std::slice::from_ref(&update)) {
        Ok(()) => Said::new(StatusCode::OK, ""),
        Err(error) => {
            tracing::warn!("a question cannot be written down; Telegram brings it again: {error}");
            later()
        }
    }
}

/// Telegram keeps an update and brings it again.
fn later() -> Said {
    Said::new(StatusCode::SERVICE_UNAVAILABLE, "")
}

fn unready(why: &str) -> Said {
    Said::new(StatusCode::SERVICE_UNAVAILABLE, why)
}

/// `/healthz`, `/readyz` and `/metrics`; `inbox` is there once the bot is ready.
pub fn monitor(
    current: Arc<Current>,
    figures: Arc<Figures>,
    inbox: impl Fn() -> Option<Arc<Inbox>> + Send + Sync + 'static,
) -> Arc<Handler> {
    Arc::new(move |asked| {
        let said = match asked.path.as_str() {
            "/healthz" => Said::new(StatusCode::OK, "alive\n"),
            "/readyz" if inbox().is_none() => unready("Telegram is not reached yet\n"),
            "/readyz" if !figures.hears() => unready("no messages come from Telegram\n"),
            "/readyz" => Said::new(StatusCode::OK, "ready\n"),
            "/metrics" => {
                let load = inbox().map_or(Load { queued: 0, waiting: 0 }, |inbox| inbox.load());
                let metrics = figures.metrics(current.get().reader().manifest(), load);
                Said::new(StatusCode::OK, metrics)
            }
            _ => Said::new(StatusCode::NOT_FOUND, "try /healthz, /readyz or /metrics\n"),
        };
        async move { said }.boxed()
    })
}
