//! `faqbot telegram`: runs the bot until it is stopped.

use std::io;
use std::sync::Arc;
use std::thread;

use tracing_subscriber::EnvFilter;

use crate::answering::current::Current;
use crate::commands::progress::Bar;
use crate::commands::{Global, Outcome, output};
use crate::faces::telegram;
use crate::faces::telegram::settings::Log;
use crate::index::reader::Reader;
use crate::publishing::changes::Counts;
use crate::publishing::watch::{self, News};
use crate::publishing::{self, HELD, Sources, completion};
use crate::settings::Settings;

/// Runs the command.
pub fn run(global: &Global, settings: &Settings) -> anyhow::Result<Outcome> {
    telegram::check(&settings.telegram)?;
    log(global, settings.telegram.log);
    let sources = global.sources(settings);
    // The log has its own form: no lines of progress among it.
    let bar = Bar::new(global.talks(), false);
    let opened = publishing::open(&sources, None, &|s, d, a| bar.show(s, d, a))?;
    drop(bar);
    global.tell(&opened);
    let reader = opened.reader.clone();
    let current = Arc::new(Current::new(sources.answerer(opened.reader)?.with_memory()));
    let (renewed, own) = (Arc::clone(&current), sources.clone());
    let renew = move |reader: Reader| match own.answerer(reader) {
        Ok(answerer) => renewed.replace(answerer.with_memory()),
        Err(error) => tracing::warn!("still answering from the articles before: {error:#}"),
    };
    if settings.publishing.watch {
        keep_up(settings, &sources, renew);
    } else {
        completion::complete_in_background(&sources, &reader, move |completed| match completed {
            Ok(reader) => renew(reader),
            Err(error) => tracing::warn!("still matching words alone: {error:#}"),
        });
    }
    telegram::run(&settings.telegram, &settings.index.folder, current, &|name| {
        let said = format!("faqbot is running as @{name}; stop with Ctrl-C");
        match settings.telegram.log {
            Log::Json => tracing::info!("{said}"),
            Log::Text if global.talks() => output::say(&said),
            Log::Text => {}
        }
    })?;
    Ok(Outcome::Done)
}

/// Brings in changes in a thread of its own.
fn keep_up(settings: &Settings, sources: &Sources, renew: impl Fn(Reader) + Send + 'static) {
    let (settings, sources) = (settings.publishing.clone(), sources.clone());
    thread::spawn(move || {
        watch::run(&sources, &settings, &|| true, &mut |news| match news {
            News::Live(reader) => renew(*reader),
            News::Synced(report) => {
                let Counts { added, changed, removed } = report.counts;
                let problems = report.problems.len();
                if report.built {
                    tracing::info!(
                        "articles: +{added} ~{changed} −{removed} files, {problems} problems"
                    );
                }
                if report.held.is_some() {
                    tracing::warn!("{HELD}");
                }
            }
            News::Trouble(what) => tracing::warn!("{what}"),
        });
    });
}

/// Logs go to standard error. Only what this program says itself: libraries log addresses,
/// which hold the token, and whole messages, which are nobody's business.
fn log(global: &Global, format: Log) {
    let level = match (global.quiet, global.verbose) {
        (true, _) => "error",
        (false, 0) => "info",
        (false, 1) => "debug",
        (false, _) => "trace",
    };
    let color = anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never;
    let subscriber = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(color)
        .with_target(false)
        .with_env_filter(EnvFilter::new(format!("off,faqbot={level}")));
    // Fails only where a log is set up already, as in tests that run several commands.
    let _ = match format {
        Log::Text => tracing::subscriber::set_global_default(subscriber.finish()),
        Log::Json => tracing::subscriber::set_global_default(subscriber.json().finish()),
    };
}
