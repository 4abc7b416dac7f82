//! Figures of processes and of the machine, and how they are told.

use std::fs;

/// Memory of a process that no file stands behind, in MiB; `None` where the system does not tell.
pub(crate) fn anonymous_mib(pid: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib / 1024.0)
}

/// Seconds of processors that a process has used; 0 where the system does not tell.
pub(crate) fn processor_seconds(pid: u32) -> f64 {
    // Hundredths on every Linux there is; the name before them may hold blanks.
    let ticks = || -> Option<f64> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
        Some(ticks(11)? + ticks(12)?)
    };
    ticks().unwrap_or(0.0) / 100.0
}

/// How busy the machine is.
pub(crate) fn load_average() -> String {
    let read = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let three: Vec<&str> = read.split(' ').take(3).collect();
    if three.is_empty() { "unknown".to_owned() } else { three.join(" ") }
}

/// The value that such a share of sorted ones does not exceed.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small numbers")]
    let at = (sorted.len() as f64 * share) as usize;
    sorted.get(at.min(sorted.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

/// How a figure stands to its target.
pub(crate) fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}
