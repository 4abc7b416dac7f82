//! The Telegram bot: settings and an answerer in, a conversation with many people out.
//!
//! [`polling`] gets updates, or Telegram brings them to the [`webhook`]; the [`inbox`] takes each
//! once, within [`limits`], writes it down in the [`queue`] until it is done, and puts it on one of
//! the [`lanes`], which keep each chat's in order. [`incoming`] reads what a person wants,
//! [`handlers`] see to it and [`speaking`] finds what to say, [`thinking`] on threads of its own;
//! [`html`], [`lists`], [`inline`] and [`pieces`] make messages of replies; the [`sender`] gets them
//! through whatever the [`errors`]. [`talks`] remember what each person said, as far as it is
//! [`recent`], [`figures`] counts, a [`stop`] ends all waiting, [`client`] reaches Telegram in the
//! first place, every [`call`] is sent alike, and [`inspection`] tells what stands in its way.
//! The only home of the bot library.

pub mod settings;

pub mod pieces;

pub mod html;

pub mod inline;
pub mod lists;

pub mod incoming;
pub mod recent;
pub mod talks;

pub mod limits;

pub mod figures;
pub mod stop;

pub mod call;
pub mod errors;
pub mod sender;

pub mod handlers;
pub mod lanes;
pub mod queue;
pub mod speaking;
pub mod thinking;

pub mod inbox;

pub mod polling;
pub mod webhook;

pub mod client;
pub mod inspection;

use std::fs::{File, TryLockError};
use std::num::NonZero;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use futures::future::pending;
use teloxide::types::Me;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::answering::current::Current;
use crate::faces::http;
use crate::faces::telegram::client::{bot, introduce, refused};
use crate::faces::telegram::figures::Figures;
use crate::faces::telegram::handlers::Handlers;
use crate::faces::telegram::inbox::Inbox;
use crate::faces::telegram::lanes::Lanes;
use crate::faces::telegram::limits::Pace;
use crate::faces::telegram::polling::Taken;
use crate::faces::telegram::sender::Sender;
use crate::faces::telegram::settings::Settings;
use crate::faces::telegram::stop::{signals, unless_stopped};
use crate::faces::telegram::thinking::Thinkers;

/// Time for answers under way and waiting when the bot is stopped.
const LAST_ANSWERS: Duration = Duration::from_secs(6);
/// Time for what is being sent then.
const LAST_SENDS: Duration = Duration::from_secs(2);
/// How often it is looked whether another process has ended.
const TURN: Duration = Duration::from_millis(100);
/// Addresses that are looked up at a time.
const LOOKUPS: usize = 2;
/// Time for threads that are still at work when the bot has stopped.
const LAST_THREADS: Duration = Duration::from_millis(500);

/// Says what is wrong with the settings, before anything long is done.
pub fn check(settings: &Settings) -> anyhow::Result<()> {
    settings.monitor()?;
    settings.webhook.checked()?;
    bot(settings).map(drop)
}

/// Runs the bot until SIGINT or SIGTERM; `ready` is told its name once Telegram knows it. What is
/// not answered is kept in a file in `folder`.
pub fn run(
    settings: &Settings,
    folder: &Path,
    current: Arc<Current>,
    ready: &dyn Fn(&str),
) -> anyhow::Result<()> {
    let (hurry, hurried) = watch::channel(false);
    let figures = Arc::new(Figures::default());
    let pace = Pace::new(
        settings.messages_per_second,
        settings.chat_messages_per_second,
        settings.group_messages_per_minute,
    );
    let sender = Sender::new(bot(settings)?, pace, hurried, Arc::clone(&figures));
    let service = Service { settings, folder, current, figures, sender, hurry };
    let runtime = threads()?;
    let outcome = runtime.block_on(service.run(ready));
    runtime.shutdown_timeout(LAST_THREADS);
    outcome
}

/// Thinking takes a processor whole: more at a time would only wait for each other.
fn thinkers() -> usize {
    thread::available_parallelism().map_or(2, NonZero::get).max(2)
}

/// Threads that think, and some that look up addresses meanwhile.
fn threads() -> anyhow::Result<Runtime> {
    let most = thinkers() + LOOKUPS;
    let runtime = Builder::new_multi_thread().enable_all().max_blocking_threads(most).build();
    runtime.context("the threads of the bot cannot be started")
}

/// A bot that runs.
struct Service<'a> {
    settings: &'a Settings,
    folder: &'a Path,
    current: Arc<Current>,
    figures: Arc<Figures>,
    sender: Sender,
    /// Turns true where what waits is to end.
    hurry: watch::Sender<bool>,
}

impl Service<'_> {
    async fn run(&self, ready: &dyn Fn(&str)) -> anyhow::Result<()> {
        let mut stop = signals()?;
        let inbox: Arc<OnceLock<Arc<Inbox>>> = Arc::default();
        self.monitor(&inbox).await?;
        let Some(me) = unless_stopped(&mut stop, introduce(&self.sender)).await.transpose()? else {
            return Ok(());
        };
        let path = self.folder.join(format!("telegram-{}.queue", me.id));
        let Some(alone) = unless_stopped(&mut stop, alone(&path)).await.transpose()? else {
            return Ok(());
        };
        let taking = Arc::new(self.inbox(&me, &path)?);
        let _ = inbox.set(Arc::clone(&taking));
        ready(me.username.as_deref().unwrap_or("?"));
        let tidying = tokio::spawn(Arc::clone(&taking).keep_tidy());
        let taken = self.take(&taking, &mut stop).await;
        let all_done = self.finish(taking.lanes()).await;
        tidying.abort();
        taking.tidy();
        polling::confirm(&self.sender, taken?.to_confirm(all_done)).await;
        drop(alone);
        Ok(())
    }

    fn inbox(&self, me: &Me, path: &Path) -> anyhow::Result<Inbox> {
        let handlers = Handlers::new(
            self.sender.clone(),
            Thinkers::new(Arc::clone(&self.current), thinkers()),
            me.user.clone(),
            self.settings.chats(),
            Arc::clone(&self.figures),
        );
        Inbox::open(path, Arc::new(handlers), self.settings, Arc::clone(&self.figures))
    }

    /// Tells who asks whether the bot is well.
    async fn monitor(&self, inbox: &Arc<OnceLock<Arc<Inbox>>>) -> anyhow::Result<()> {
        let Some(address) = self.settings.monitor()? else { return Ok(()) };
        let listener = http::listen(address, "telegram.monitor").await?;
        let inbox = Arc::clone(inbox);
        let inbox = move || inbox.get().cloned();
        let (current, figures) = (Arc::clone(&self.current), Arc::clone(&self.figures));
        tokio::spawn(http::serve(listener, webhook::monitor(current, figures, inbox)));
        Ok(())
    }

    /// Takes updates until it is stopped.
    async fn take(
        &self,
        inbox: &Arc<Inbox>,
        stop: &mut watch::Receiver<bool>,
    ) -> anyhow::Result<Taken> {
        let Some((address, path)) = self.settings.webhook.checked()? else {
            let taken = polling::run(&self.sender, inbox, self.settings.poll_seconds, stop).await;
            return taken.map_err(|error| refused(&self.sender, &error));
        };
        let listener = http::listen(address, "telegram.webhook.listen").await?;
        let secret = self.settings.webhook.secret.clone();
        let handler = webhook::updates(Arc::clone(inbox), path, secret, stop.clone());
        let serving = tokio::spawn(http::serve(listener, handler));
        if let Some(set) =
            unless_stopped(stop, client::set_webhook(&self.sender, self.settings)).await
        {
            set?;
            unless_stopped(stop, pending::<()>()).await;
        }
        // Connections that are open live on, and are told that nothing is taken any more.
        serving.abort();
        Ok(Taken::default())
    }

    /// Ends what is under way; tells whether everything is done. What has not begun stays written
    /// down, for the next start.
    async fn finish(&self, lanes: &Lanes) -> bool {
        let all_done = lanes.settle(0, LAST_ANSWERS).await;
        lanes.close();
        if !all_done {
            let _ = self.hurry.send(true);
            if !lanes.settle(0, LAST_SENDS).await {
                tracing::warn!("stopped with answers under way; the next start gives them");
            }
        }
        all_done
    }
}

/// Waits until no other process has the queue of this bot; two would answer everything twice.
async fn alone(queue: &Path) -> anyhow::Result<File> {
    let path = queue.with_extension("lock");
    let cannot = || format!("{}: cannot be written: allow writing", path.display());
    let file = File::create(&path).with_context(cannot)?;
    let mut told = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(error).with_context(cannot),
            Err(TryLockError::WouldBlock) if !told => {
                tracing::warn!("another faqbot runs this bot here: waiting until it ends");
                told = true;
            }
            Err(TryLockError::WouldBlock) => sleep(TURN).await,
        }
    }
}
