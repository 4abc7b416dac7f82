//! The real program, its time and its memory.

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

type Done<T> = Result<T, Box<dyn Error>>;

/// How often memory is looked at.
const TICK: Duration = Duration::from_millis(10);

/// What a run of the program took.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Run {
    /// From start to end.
    pub(crate) took: Duration,
    /// Most anonymous memory, in MiB; 0 where the system does not tell.
    pub(crate) peak: u64,
}

/// The program on a corpus, without a model.
pub(crate) fn program(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faqbot"));
    command.current_dir(folder).args(args).env("FAQBOT__SEMANTIC__MODEL", "none");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// The folder of an index with the vectors of a model.
pub(crate) fn index_of(model: &str) -> String {
    format!("index-{model}")
}

/// Makes an index with the vectors of a model.
pub(crate) fn index_with(folder: &Path, model: &str) -> Done<Run> {
    let mut command = program(folder, &["index", "--rebuild", "--index", &index_of(model)]);
    watched(command.env("FAQBOT__SEMANTIC__MODEL", model))
}

/// Runs it to its end.
pub(crate) fn run(folder: &Path, args: &[&str]) -> Done<Run> {
    watched(&mut program(folder, args))
}

fn watched(command: &mut Command) -> Done<Run> {
    let started = Instant::now();
    let mut child = command.spawn()?;
    let mut peak = 0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        peak = peak.max(anonymous(child.id()));
        thread::sleep(TICK);
    };
    if status.code() == Some(2) {
        return Err(format!("{command:?} failed").into());
    }
    Ok(Run { took: started.elapsed(), peak })
}

/// Memory after the first of these questions and after the last, in MiB.
pub(crate) fn memory_over(folder: &Path, questions: &[String]) -> Done<(u64, u64)> {
    let mut command = program(folder, &["ask", "--json", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("no pipes".into());
    };
    let mut replies = std::io::BufRead::lines(std::io::BufReader::new(output));
    let mut memory = (0, 0);
    for (n, batch) in questions.chunks(50).enumerate() {
        for question in batch {
            writeln!(input, "{question}")?;
        }
        for _ in batch {
            replies.next().ok_or("no reply")??;
        }
        memory.1 = anonymous(child.id());
        if n == 0 {
            memory.0 = memory.1;
        }
    }
    drop(input);
    child.wait()?;
    Ok(memory)
}

/// Anonymous memory of a process, in MiB.
fn anonymous(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or_default() / 1024
}

/// Asks the system to forget what it has read of a folder's files. Tells whether it could be asked.
pub(crate) fn forget(folder: &Path) -> bool {
    let Ok(files) = fs::read_dir(folder) else { return false };
    let mut all = true;
    for file in files.flatten() {
        let path = format!("if={}", file.path().display());
        let dd =
            Command::new("dd").args([&path, "iflag=nocache", "count=0", "status=none"]).status();
        all &= dd.is_ok_and(|status| status.success());
    }
    all
}

/// The median of five runs.
pub(crate) fn median(folder: &Path, args: &[&str], before: impl Fn()) -> Done<Duration> {
    let mut times = Vec::new();
    for _ in 0..5 {
        before();
        times.push(run(folder, args)?.took);
    }
    times.sort_unstable();
    Ok(times[2])
}
