//! `config.toml`: what is committed loads, and what is wrong is told in one line.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::world::{Run, World, permissions_bind, program, repository, run};

const HOURS: &str = "Hours\n\nFAQs\n\nQ1. When does the shop open?\nThe shop opens at nine.\n";

fn with(toml: impl AsRef<[u8]>) -> World {
    let world = World::new().article("hours.txt", HOURS);
    fs::write(world.home().join("config.toml"), toml).expect("settings are written");
    world
}

fn ask(world: &World) -> Run {
    world.run(["ask", "When does the shop open?"])
}

#[test]
fn the_committed_settings_load() {
    let committed = fs::read_to_string(repository().join("config.toml")).unwrap();
    ask(&with(&committed)).exits(0).says("at nine").quietly();
    ask(&with("")).exits(0).quietly();
}

#[test]
fn every_key_is_explained_where_it_stands() {
    let committed = fs::read_to_string(repository().join("config.toml")).unwrap();
    let (mut section, mut above, mut keys) = (String::new(), "", 0);
    for line in committed.lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']').to_owned();
        } else if let Some((key, value)) = line.split_once(" = ") {
            assert!(above.starts_with("# ") && above.ends_with('.'), "`{section}.{key}`: {above}");
            assert!(!value.is_empty());
            keys += 1;
        }
        above = line;
    }
    assert!(keys > 10, "{keys}");
}

#[test]
fn every_committed_key_is_a_setting_and_has_a_variable() {
    let committed = fs::read_to_string(repository().join("config.toml")).unwrap();
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    let mut section = "";
    for line in committed.lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']');
        } else if let Some((key, value)) = line.split_once(" = ") {
            let variable = format!("FAQBOT__{section}__{key}").to_uppercase();
            values.insert(variable, value.trim_matches('"').to_owned());
        }
    }
    let world = World::new().article("hours.txt", HOURS);
    for (variable, value) in values.iter().filter(|(_, value)| *value != "[]") {
        let mut command = world.command(["ask", "When does the shop open?"]);
        command.env(variable, value);
        run(command, b"").exits(0).quietly();
    }
}

#[test]
fn mistakes_are_told_in_one_line_with_file_key_and_what_is_allowed() {
    let cases = [
        ("[retrieval]\ntop_k = 5\n", ["`retrieval.top_k`", "retrieval.candidates"]),
        ("[retrieval]\ncandidate = 50\n", ["`retrieval.candidate`", "did you mean"]),
        ("[retreival]\ncandidates = 50\n", ["`retreival.candidates`", "did you mean"]),
        ("[nothing]\nat_all = 1\n", ["`nothing.at_all`", "allowed sections are"]),
        ("[nothing]\n", ["config.toml: unknown key `nothing`", "allowed sections are"]),
        ("[retrieval.more]\n", ["`retrieval.more`", "retrieval.candidates"]),
        ("[retrieval]\ncandidates = {}\n", ["`retrieval.candidates`", "a whole number"]),
        ("candidates = 50\n", ["`candidates`", "allowed"]),
        ("[retrieval]\ncandidates = \"many\"\n", ["`retrieval.candidates`", "a whole number"]),
        ("[retrieval]\ncandidates = true\n", ["`retrieval.candidates`", "a whole number"]),
        ("[retrieval]\nrepair_spelling = 1\n", ["`retrieval.repair_spelling`", "true or false"]),
        ("[corpus]\nfolder = 7\n", ["`corpus.folder`", "a text in quotes"]),
        ("[corpus]\nignore = \"png\"\n", ["`corpus.ignore`", "a list"]),
        ("[telegram]\nadmins = [\"me\"]\n", ["`telegram.admins` has `me`", "[666, 667]"]),
        ("[corpus]\nfolder = [\"a\"]\n", ["`corpus.folder`", "a text in quotes"]),
        ("[retrieval]\ncandidates = 9\n", ["`retrieval.candidates`", "10 to 1000"]),
        ("[retrieval]\ncandidates = 1001\n", ["`retrieval.candidates`", "10 to 1000"]),
        ("[retrieval]\ncandidates = -1\n", ["`retrieval.candidates`", "10 to 1000"]),
        (
            "[retrieval]\nmax_question_chars = 1\n",
            ["`retrieval.max_question_chars`", "50 to 10000"],
        ),
        ("[corpus]\nmax_file_mib = 0\n", ["`corpus.max_file_mib`", "1 to 1024"]),
        ("[answering]\nwrong_at_most = 1.5\n", ["`answering.wrong_at_most`", "0.01 to 0.5"]),
        ("[answering]\nwrong_at_most = nan\n", ["`answering.wrong_at_most`", "0.01 to 0.5"]),
        ("[answering]\nchoice_from = 1.1\n", ["`answering.choice_from`", "0 to 1"]),
        ("[answering]\nmax_choices = 1\n", ["`answering.max_choices`", "2 to 8"]),
        ("[telegram]\napi_url = \"ftp://x\"\n", ["`telegram.api_url`", "https://"]),
        ("[telegram]\npoll_seconds = 51\n", ["`telegram.poll_seconds`", "0 to 50"]),
        ("[index\nfolder = \"x\"\n", ["TOML", "config.toml:1: is no"]),
        ("[index]\nfolder = \"x\nmore\n", ["TOML", "config.toml:3: is no"]),
        ("[index]\nfolder = \"a\"\nfolder = \"b\"\n", ["TOML", "duplicate"]),
    ];
    for (toml, parts) in cases {
        let world = with(toml);
        let run = ask(&world);
        assert!(run.stderr.contains("config.toml"), "{toml}\n{run}");
        run.refuses(&parts);
    }
    // The folders of the command line would stand in for these.
    for key in ["corpus", "index"] {
        let world = with(format!("[{key}]\nfolder = \"\"\n"));
        let mut command = program(world.home());
        command.args(["ask", "When does the shop open?"]);
        let run = run(command, b"");
        run.refuses(&["config.toml", &format!("`{key}.folder` is empty")]);
    }
}

#[test]
fn a_settings_file_that_cannot_be_read_is_told() {
    let world = with("");
    for (name, parts) in [("missing.toml", ["missing.toml", "--config"]), (".", [".", "--config"])]
    {
        world.run(["ask", "When?", "--config", name]).refuses(&parts);
    }
    fs::write(world.home().join("latin.toml"), b"# caf\xe9\n").unwrap();
    world.run(["ask", "When?", "--config", "latin.toml"]).refuses(&["latin.toml"]);

    if !permissions_bind(world.home()) {
        crate::world::tell("skipped: permissions do not bind the superuser");
        return;
    }
    let file = world.home().join("config.toml");
    fs::set_permissions(file, fs::Permissions::from_mode(0o000)).unwrap();
    ask(&world).refuses(&["config.toml", "cannot be read", "Permission denied"]);
}

#[test]
fn the_command_line_beats_the_environment_and_that_the_file() {
    let world = with("[corpus]\nfolder = \"nowhere\"\n[answering]\nwrong_at_most = 0.01\n");
    let ask = ["ask", "When does the shop open?"];
    run(world.command(ask), b"").exits(0);

    let mut command = program(world.home());
    command.args(ask).env("FAQBOT__CORPUS__FOLDER", world.corpus());
    run(command, b"").exits(0).says("at nine");

    let mut command = program(world.home());
    command.args(ask);
    run(command, b"").refuses(&["nowhere"]);
}

#[test]
fn variables_that_are_no_settings_are_told() {
    let world = with("");
    for (name, value, parts) in [
        ("FAQBOT__RETRIEVAL__TOPK", "5", ["FAQBOT__RETRIEVAL__TOPK", "retrieval.candidates"]),
        ("FAQBOT_CORPUS", "x", ["FAQBOT_CORPUS", "FAQBOT__"]),
        ("FAQBOT__TELEGRM__TOKEN", "x", ["TELEGRM__TOKEN", "mean FAQBOT__TELEGRAM__TOKEN?"]),
        ("FAQBOT_TELEGRAM_TOKEN", "x", ["TELEGRAM_TOKEN is", "mean FAQBOT__TELEGRAM__TOKEN?"]),
        (
            "FAQBOT__RETRIEVAL__CANDIDATES",
            "many",
            ["FAQBOT__RETRIEVAL__CANDIDATES", "a whole number"],
        ),
        ("FAQBOT__TELEGRAM__ADMINS", "42, @me", ["FAQBOT__TELEGRAM__ADMINS has `@me`", "666,667"]),
        ("FAQBOT__TELEGRAM__ALLOWED_CHATS", "[42]", ["ALLOWED_CHATS has `[42]`", "such as 42"]),
        ("FAQBOT__RETRIEVAL__CANDIDATES", "5", ["FAQBOT__RETRIEVAL__CANDIDATES", "10 to 1000"]),
    ] {
        let mut command = world.command(["ask", "When does the shop open?"]);
        command.env(name, value);
        run(command, b"").refuses(&parts);
    }
}

#[test]
fn the_token_is_never_said() {
    const TOKEN: &str = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
    for (toml, name) in [
        (format!("[telegram]\ntoken = \"{TOKEN}\"\n"), "NOTHING"),
        (format!("[telegram]\ntoken = \"{TOKEN}\nmore\n"), "NOTHING"),
        (format!("[telegram]\ntokne = \"{TOKEN}\"\n"), "NOTHING"),
        (String::new(), "FAQBOT__TELEGRAM__TOKEN"),
        (String::new(), "FAQBOT__TELEGRAM__TOKNE"),
        (String::new(), "TELOXIDE_TOKEN"),
    ] {
        let world = with(&toml);
        for args in [["ask", "-vv", "When does the shop open?"], ["check", "-vv", "--json"]] {
            let mut command = world.command(args);
            command.env(name, TOKEN);
            let run = run(command, b"");
            assert!(!run.stderr.contains("AAHdq") && !run.stdout.contains("AAHdq"), "{run}");
        }
    }
}
