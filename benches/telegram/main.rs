//! The Telegram bot under load: the real program against a fast Bot API server on the loopback.
//!
//! `cargo bench --bench telegram [-- SCENARIO]`, all scenarios in turn unless one is named.
//! Speed beside its target is told and fails nothing, as it says much about the machine. A
//! broken promise (a question lost, answered out of order, or too often) ends with status 1.

#![expect(clippy::print_stdout, reason = "a bench is read on standard output")]

mod bot;
mod crowd;
mod faults;
mod figures;
mod ledger;
mod load;
mod questions;
mod server;
mod storms;
mod world;

use std::process::ExitCode;

/// What a scenario measures; an error is a promise that was not kept.
type Scenario = fn() -> anyhow::Result<()>;

const SCENARIOS: [(&str, Scenario); 6] = [
    ("throughput", load::throughput),
    ("latency", load::latency),
    ("steady", load::steady),
    ("faults", storms::faults),
    ("restarts", storms::restarts),
    ("flood", load::flood),
];

fn main() -> ExitCode {
    let named: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if let Some(odd) = named.iter().find(|name| SCENARIOS.iter().all(|(known, _)| known != name)) {
        let known = SCENARIOS.map(|(name, _)| name).join(", ");
        println!("no scenario is called {odd}; there are {known}");
        return ExitCode::from(2);
    }
    let wanted = |name: &str| named.is_empty() || named.iter().any(|one| one == name);
    let mut status = ExitCode::SUCCESS;
    for (name, run) in SCENARIOS.iter().filter(|(name, _)| wanted(name)) {
        println!("{name}");
        match run() {
            Ok(()) => println!("  promises kept; load average {}", figures::load_average()),
            Err(broken) => {
                println!("  BROKEN: {broken:#}; load average {}", figures::load_average());
                status = ExitCode::FAILURE;
            }
        }
    }
    status
}
