//! `faqbot eval` over small question sets, and its figures beside those of `trec_eval`.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use faqbot::evaluation::catalogue::Catalogue;
use faqbot::evaluation::judging::{Key, Ranks};
use faqbot::evaluation::question::{Question, Unit};
use faqbot::text::language::Language;
use serde_json::{Value, json};

use crate::world::{Run, World, repository, run};

/// A FAQ set of three entries, with a question that none of them answers.
fn faq_set(world: &World, name: &str) {
    let faq = |id: &str, title: &str, text: &str, alternates: &[&str]| {
        let metadata = json!({"kind": "faq", "lang": "en", "alts": alternates});
        json!({"_id": id, "title": title, "text": text, "metadata": metadata})
    };
    let corpus = [
        faq("hours", "When is the pool open?", "From 7 am to 9 pm.", &["opening times"]),
        faq("price", "How much is a day ticket?", "A day ticket is 6 euros.", &[]),
        faq("sauna", "Is there a sauna?", "Yes, on the upper floor.", &["löyly"]),
    ];
    let query = |id: &str, text: &str, answerable: bool| json!({"_id": id, "text": text, "metadata": {"lang": "en", "answerable": answerable}});
    let queries = [
        query("q1", "When is the pool open?", true),
        query("q2", "How much is a day ticket?", true),
        query("q3", "löyly", true),
        query("q4", "Who painted the Mona Lisa?", false),
        json!({"_id": "q5", "text": "A question of another split"}),
    ];
    let qrels =
        "query-id\tcorpus-id\tscore\nq1\thours\t1\nq2\tprice\t1\nq3\tsauna\t2\nq3\thours\t0\n";
    write_set(world, name, &corpus, &queries, qrels);
}

/// A set of three paragraphs and an article of two.
fn passage_set(world: &World, name: &str) {
    let corpus = [
        json!({"_id": "a tower", "title": "Ostleigh Tower", "metadata": {"kind": "passage"},
            "text": "The tower was built in 1781. The tower is 62 metres high and stands by the river."}),
        json!({"_id": "bridge", "title": "Ostleigh Bridge", "metadata": {},
            "text": "The bridge was opened by Queen Anne. Its seven arches are made of sandstone."}),
        json!({"_id": "mill", "title": "Ostleigh Mill", "metadata": {"kind": "article"},
            "text": "The mill grinds wheat.\n\nIts wheel was replaced in 1911 by Thomas Hale."}),
        json!({"_id": "opening", "title": "", "text": "From 7 am to 9 pm!"}),
    ];
    let query = |id: &str, text: &str, answers: &[&str]| json!({"_id": id, "text": text, "metadata": {"answers": answers}});
    let queries = [
        query("p1", "How high is the tower?", &["62 metres"]),
        query("p2", "Who opened the bridge?", &["Queen Anne"]),
        query("p3", "Who replaced the wheel of the mill?", &["thomas hale"]),
    ];
    let qrels = "query-id\tcorpus-id\tscore\np1\ta tower\t1\np2\tbridge\t1\np3\tmill\t1\n";
    write_set(world, name, &corpus, &queries, qrels);
}

fn write_set(world: &World, name: &str, corpus: &[Value], queries: &[Value], qrels: &str) {
    let folder = world.home().join(name);
    fs::create_dir_all(folder.join("qrels")).expect("a folder");
    let lines =
        |values: &[Value]| values.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    fs::write(folder.join("corpus.jsonl"), lines(corpus)).expect("a corpus");
    fs::write(folder.join("queries.jsonl"), lines(queries)).expect("queries");
    fs::write(folder.join("qrels/dev.tsv"), qrels).expect("judgements");
}

/// A world with both sets.
fn sets() -> World {
    let world = World::new();
    faq_set(&world, "pool");
    passage_set(&world, "town");
    world
}

/// Settings without a model, which would find what is asked in other words.
const BY_WORDS: &str = "[semantic]\nmodel = \"none\"\n";

/// Runs `eval --json` and gives the report.
#[track_caller]
fn report(world: &World, args: &[&str]) -> Value {
    let run = world.run([&["eval", "--json"], args].concat()).exits(0).quietly();
    serde_json::from_str(&run.stdout).expect("a report as JSON")
}

#[track_caller]
fn value(report: &Value, set: usize, figure: &str) -> f64 {
    let value = &report["sets"][set]["figures"][figure]["value"];
    value.as_f64().unwrap_or_else(|| panic!("no {figure} in {report:#}"))
}

#[track_caller]
fn near(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-9, "{a} is not {b}");
}

#[test]
fn figures_are_those_of_trec_eval() {
    let folder = repository().join("tests/suite/data/trec");
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect("stored figures");
    let (run, qrels) = (read("run.txt"), read("qrels.tsv"));
    let columns = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let mut relevant: BTreeMap<String, Vec<(String, u32)>> = BTreeMap::new();
    for line in qrels.lines().skip(1).map(columns) {
        let grade: u32 = line[2].parse().expect("a grade");
        let judged = relevant.entry(line[0].clone()).or_default();
        judged.extend((grade > 0).then(|| (line[1].clone(), grade)));
    }
    let mut ranked: HashMap<String, Vec<(String, f32)>> = HashMap::new();
    for line in run.lines().map(columns) {
        let score = line[4].parse().expect("a score");
        ranked.entry(line[0].clone()).or_default().push((line[2].clone(), score));
    }
    // As `trec_eval` does it: by score, ties by document, both descending.
    for ranking in ranked.values_mut() {
        ranking.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| b.0.cmp(&a.0)));
    }
    let judged = relevant.values().flatten().map(|(id, _)| id);
    let mut names: Vec<String> =
        ranked.values().flatten().map(|(id, _)| id).chain(judged).cloned().collect();
    names.sort();
    names.dedup();
    let catalogue = Catalogue::new(names);
    let stored: BTreeMap<String, BTreeMap<String, f64>> =
        serde_json::from_str(&read("figures.json")).expect("figures");
    assert_eq!((relevant.len(), stored.len()), (30, 29));
    for (id, relevant) in relevant {
        let ranking: Vec<(u32, f32)> = ranked
            .remove(&id)
            .unwrap_or_default()
            .into_iter()
            .map(|(name, score)| (catalogue.number(&name).expect("a number"), score))
            .collect();
        let ranks = ranks(&catalogue, relevant, &ranking);
        let Some(stored) = stored.get(&id) else {
            assert_eq!((ranks.p1, ranks.recall100), (0.0, 0.0), "{id} was not ranked");
            continue;
        };
        near(ranks.p1, stored["p1"]);
        near(ranks.hit5, stored["hit5"]);
        near(ranks.mrr10, stored["mrr10"]);
        near(ranks.ndcg10, stored["ndcg10"]);
        near(ranks.recall100, stored["recall100"]);
    }
}

fn ranks(catalogue: &Catalogue, relevant: Vec<(String, u32)>, ranking: &[(u32, f32)]) -> Ranks {
    let question = Question {
        id: String::new(),
        text: String::new(),
        relevant,
        unit: Unit::Article,
        answers: Vec::new(),
        language: Language::English,
        history: Vec::new(),
    };
    Key::new(catalogue, &question).ranks(ranking).expect("something is relevant")
}

#[test]
fn a_table_tells_sets_and_means() {
    let world = sets();
    let run = world.run(["eval", "pool", "town", "--baseline"]).exits(0).quietly();
    for line in run.stdout.lines() {
        assert!(line.chars().count() <= 120, "too wide: {line}\n{run}");
    }
    let row = |name: &str| {
        let line = run.stdout.lines().find(|line| line.starts_with(name));
        line.unwrap_or_else(|| panic!("no row {name}\n{run}")).to_owned()
    };
    assert!(row("pool ").contains("3+1  1.00 [1.0–1.0]"), "{run}");
    assert!(row("town ").contains(" 3  1.00 [1.0–1.0]"), "{run}");
    for name in ["Ranking", "Replies", "Sentences and time", "Plain BM25"] {
        row(name);
    }
    row("mean ");
    row("mean of FAQ sets");
    row("mean of passage sets");
    let alone = world.run(["--quiet", "eval", "pool"]).exits(0);
    assert!(!alone.stdout.contains("mean") && !alone.stdout.contains("BM25"), "{alone}");
    assert!(!alone.stdout.contains("Brackets"), "{alone}");
}

#[test]
fn programs_read_one_object() {
    let world = sets();
    let report = report(&world, &["pool", "town", "--baseline", "--split", "dev"]);
    assert_eq!((&report["version"], &report["threads"]), (&json!(1), &json!(1)));
    let set = &report["sets"][0];
    let counts = ["documents", "answerable", "unanswerable"].map(|key| set[key].clone());
    assert_eq!(counts, [json!(3), json!(3), json!(1)], "the question of another split is left out");
    assert_eq!((&set["name"], &set["kind"]), (&json!("pool"), &json!("faq")));
    assert!(set["took_us"]["median"].as_u64() <= set["took_us"]["p99"].as_u64());
    for (figure, expected) in [("p1", 1.0), ("mrr10", 1.0), ("recall100", 1.0), ("refused", 1.0)] {
        near(value(&report, 0, figure), expected);
    }
    near(value(&report, 0, "auroc"), 1.0);
    near(value(&report, 1, "marked"), 1.0);
    for figure in ["auroc", "refused", "refused_rightly"] {
        assert_eq!(report["sets"][1]["figures"][figure], Value::Null, "all can be answered");
    }
    assert_eq!(report["sets"][1]["kind"], json!("passages"));
    assert!(set["baseline"]["p1"]["value"].is_number() && set["above_baseline"]["p1"].is_object());
    assert_eq!(report["means"]["all"]["figures"]["p1"]["value"], json!(1.0));
    let means = report["means"].as_object().expect("means").keys().collect::<Vec<_>>();
    assert_eq!(means, ["all", "faq", "passages"]);
}

#[test]
fn runs_and_answers_are_written() {
    let world = sets();
    let args = ["eval", "pool", "town", "--run", "out.run", "--answers", "out.jsonl"];
    world.run(args).exits(0);
    let read = |name: &str| fs::read_to_string(world.home().join(name)).expect("a file");
    let lines: Vec<Vec<String>> =
        read("out.run").lines().map(|l| l.split(' ').map(str::to_owned).collect()).collect();
    let first = |query: &str| {
        let line = lines.iter().find(|l| l[0] == query && l[3] == "1");
        line.unwrap_or_else(|| panic!("{query} was not ranked: {lines:?}"))[2].clone()
    };
    assert_eq!(first("pool/q1"), "pool/hours");
    assert_eq!(first("town/p1"), "town/a%20tower");
    assert!(lines.iter().all(|l| l.len() == 6 && l[1] == "Q0"), "{lines:?}");
    let answers: Vec<Value> =
        read("out.jsonl").lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    let ids: Vec<&str> = answers.iter().map(|a| a["query_id"].as_str().expect("an id")).collect();
    assert_eq!(ids, ["pool/q1", "pool/q2", "pool/q3", "pool/q4", "town/p1", "town/p2", "town/p3"]);
    let price = &answers[1];
    assert_eq!(price["answer"]["text"], json!("A day ticket is 6 euros."), "{price:#}");
    let source = &price["answer"]["source"];
    assert_eq!((&source["lines"], &source["literal"]), (&json!([2, 2]), &json!(false)));
    assert_eq!(source["file"], json!("pool/corpus.jsonl"));
    // Of a single set the ids are its own, so that other programs find them in its qrels.
    world.run(["eval", "pool", "--run", "one.run"]).exits(0);
    assert!(read("one.run").starts_with("q1 Q0 hours 1 "), "{}", read("one.run"));
}

#[test]
fn a_pool_mixes_documents_and_forgives_twins() {
    let world = sets();
    // The same text stands in both sets, but for its punctuation.
    let twin = json!({"_id": "t1", "text": "From 7 am to 9 pm", "metadata": {}});
    let queries = format!("{twin}\n");
    fs::write(world.home().join("town/queries.jsonl"), queries).expect("queries");
    fs::write(world.home().join("town/qrels/dev.tsv"), "t1\topening\t1\n").expect("judgements");
    let pooled = report(&world, &["--pool", "pool", "town", "--baseline"]);
    assert_eq!(pooled["pooled"], json!(true));
    near(value(&pooled, 0, "p1"), 1.0);
    near(value(&pooled, 1, "p1"), 1.0);
    near(value(&pooled, 1, "recall100"), 1.0);
    world.run(["eval", "--pool", "pool", "town", "--run", "pool.run"]).exits(0);
    let run = fs::read_to_string(world.home().join("pool.run")).expect("a run");
    assert!(run.contains("pool/q1 Q0 pool/hours 1 "), "{run}");
    // Two folders of one name stay two sets.
    fs::create_dir(world.home().join("other")).expect("a folder");
    faq_set(&world, "other/pool");
    let both = report(&world, &["--pool", "pool", "other/pool"]);
    assert_eq!(both["sets"][1]["name"], json!("pool-2"));
    near(value(&both, 0, "p1"), 1.0);
    near(value(&both, 1, "p1"), 1.0);
}

#[test]
fn alternates_samples_and_threads_change_what_they_say() {
    let world = sets();
    let whole = report(&world, &["pool"]);
    fs::write(world.home().join("config.toml"), BY_WORDS).expect("settings are written");
    assert!(value(&report(&world, &["pool", "--no-alternates"]), 0, "p1") < 0.9);
    assert!(value(&report(&world, &["pool"]), 0, "p1") > 0.9);
    fs::remove_file(world.home().join("config.toml")).expect("settings are removed");
    let sample = report(&world, &["pool", "--sample", "2"]);
    assert_eq!(sample["sets"][0]["answerable"], json!(1), "every other question");
    assert_eq!(sample["sets"][0]["unanswerable"], json!(1));
    let threads = report(&world, &["pool", "--threads", "3"]);
    assert_eq!(threads["threads"], json!(3));
    assert_eq!(threads["sets"][0]["figures"], whole["sets"][0]["figures"]);
    world.run(["eval", "pool", "--threads", "2"]).exits(0).says("with 2 questions at once");
}

#[test]
fn earlier_turns_are_told_unless_they_are_left_out() {
    let world = sets();
    let asked = json!({"_id": "p1", "text": "and who opened it?", "metadata": {
        "history": ["Where is the Ostleigh Bridge?", "The bridge crosses the river."],
    }});
    let article = json!({"_id": "fair", "text": "The fair was opened by the mayor, and nobody else opened it."});
    let corpus = world.home().join("town/corpus.jsonl");
    let before = fs::read_to_string(&corpus).expect("a corpus");
    fs::write(&corpus, format!("{before}\n{article}")).expect("a corpus");
    fs::write(world.home().join("town/queries.jsonl"), asked.to_string()).expect("queries");
    fs::write(world.home().join("town/qrels/dev.tsv"), "p1\tbridge\t1\n").expect("judgements");
    near(value(&report(&world, &["town"]), 0, "p1"), 1.0);
    near(value(&report(&world, &["town", "--no-history"]), 0, "p1"), 0.0);
}

#[test]
fn nothing_is_left_behind() {
    let world = sets();
    let temporary = world.home().join("temporary");
    fs::create_dir(&temporary).expect("a folder");
    let mut command = world.command(["eval", "pool", "town"]);
    command.env("TMPDIR", &temporary);
    run(command, b"").exits(0);
    assert_eq!(fs::read_dir(&temporary).expect("a folder").count(), 0);
    assert!(!world.index().exists(), "the operator's index is not touched");
}

#[test]
fn floors_decide_the_exit_status() {
    let world = sets();
    let eval = |args: &[&str]| world.run([&["eval", "pool", "town"], args].concat());
    fs::write(world.home().join("config.toml"), BY_WORDS).expect("settings are written");
    eval(&["--floor", "p1=1", "--floor", "wrong=0"]).exits(0).quietly();
    eval(&["--no-alternates", "--floor", "p1=0.9", "--floor", "hit5=0.1"])
        .exits(1)
        .says("Ranking")
        .complains("faqbot: floor missed: p1 of the mean is 0.8333, at least 0.9 is wanted");
    let missed = eval(&["--json", "--floor", "choices_right=0.5"]).exits(1);
    let missed = missed.complains("choices_right cannot be told of the mean");
    let report: Value = serde_json::from_str(&missed.stdout).expect("a report");
    let floor = &report["floors"][0];
    assert_eq!((&floor["met"], &floor["value"]), (&json!(false), &Value::Null));
    eval(&["--floor", "p1"]).refuses(&["--floor p1: write a figure, = and a number"]);
    eval(&["--floor", "p2=1"]).refuses(&["--floor p2=1", "`p2` is no figure: write one of p1,"]);
    eval(&["--floor", "p1=80"]).refuses(&["`p1` must be a number from 0 to 1"]);
}

const LIBRARY: &str = "The library\nBy A B | 10 Apr 2026\n\nThe library stands in Mill Lane.\n\n\
    FAQs\nQ1. When is the library open?\nFrom 9 am to 8 pm.\nQ2. How much is a card?\nIt is free.\n";

fn library() -> World {
    World::new().article("library.txt", LIBRARY)
}

/// Asks a file of questions.
fn own(world: &World, name: &str, text: &str, args: &[&str]) -> Run {
    fs::write(world.home().join(name), text).expect("a file of questions");
    world.run([&["eval", name], args].concat())
}

#[test]
fn own_questions_are_asked_of_own_articles() {
    let world = library();
    let link = world.ask("When is the library open?").json["answer"]["link"].clone();
    let link = link.as_str().expect("a link");
    let questions = format!(
        "[[question]]\nask = \"When is the library open?\"\nexpect = \"library#q1\"\n\n\
         [[question]]\nask = \"where does the library stand?\"\nexpect = [\"library\"]\n\n\
         [[question]]\nask = \"when is the library open\"\nexpect = \"{link}\"\n\n\
         [[question]]\nask = \"Who painted the Mona Lisa?\"\nexpect = \"none\"\n"
    );
    let run = own(&world, "mine.toml", &questions, &["--json", "--baseline"]).exits(0);
    let report: Value = serde_json::from_str(&run.stdout).expect("a report");
    near(value(&report, 0, "p1"), 1.0);
    near(value(&report, 0, "refused"), 1.0);
    let set = &report["sets"][0];
    assert_eq!((&set["kind"], &set["answerable"]), (&json!("own"), &json!(3)));
    assert_eq!((&set["misses"], &set["documents"]), (&json!([]), &json!(1)));
    assert!(set["baseline"]["p1"]["value"].as_f64() > Some(0.5), "{set:#}");
}

#[test]
fn misses_of_sets_are_named_on_demand() {
    let world = sets();
    // The price of a ticket is said to be the answer to the hours.
    let qrels = "query-id\tcorpus-id\tscore\nq1\tprice\t1\n";
    fs::write(world.home().join("pool/qrels/dev.tsv"), qrels).expect("judgements");
    let run = world.run(["eval", "pool"]).exits(0).says("--misses names each question");
    assert!(!run.stdout.contains("pool:q1"), "{run}");
    let run = world.run(["eval", "pool", "--misses"]).exits(0);
    let run = run.says("pool:q1: “When is the pool open?” was answered from hours");
    assert!(run.stdout.contains("; expected price\n") && !run.stdout.contains("--misses"), "{run}");
    let report = report(&world, &["pool", "--misses"]);
    assert_eq!(report["sets"][0]["misses"][0]["query_id"], "q1", "{report}");
}

#[test]
fn own_floors_are_held_and_misses_named() {
    let world = library();
    let questions = "# What people ask\nWhen is the library open?\tlibrary#q2\n\
        Who painted the Mona Lisa?\tnone\n";
    let run = own(&world, "mine.tsv", questions, &["--floor", "p1=0.5"]).exits(1);
    let run = run.complains("floor missed: p1 of mine.tsv is 0.0000, at least 0.5 is wanted");
    run.says(
        "mine.tsv:2: “When is the library open?” was answered from library#q1; expected library#q2",
    );
    let questions = "[floors]\np1 = 1\nwrong = 0.2\n\n[[question]]\n\
        ask = \"How much is a card?\"\nexpect = \"library#q2\"\n";
    own(&world, "mine.toml", questions, &[]).exits(0).quietly();
    let questions = questions.replace("q2", "q1");
    let run = own(&world, "mine.toml", &questions, &[]).exits(1);
    run.complains("floor missed: p1 of mine.toml").complains("floor missed: wrong of mine.toml");
}

#[test]
fn broken_files_of_questions_are_refused() {
    let world = library();
    let question = "[[question]]\nask = \"A?\"\n";
    for (text, problem) in [
        ("", "mine.toml: asks nothing: put a question there"),
        ("[[question\n", "mine.toml:1: is no TOML: "),
        ("a = 1\n", "mine.toml:1: `a` is not known here: write [[question]] or [floors]"),
        (question, "mine.toml:1: this question lacks `expect`"),
        ("\n[[question]]\nexpect = \"none\"\n", "mine.toml:2: this question lacks `ask`"),
        ("[[question]]\nask = 1\n", "mine.toml:2: `ask` must be a text"),
        ("[[question]]\nask = \"A?\"\nexpect = [1]\n", "mine.toml:3: `expect` must be a text, or"),
        ("[[question]]\nasked = \"A?\"\n", "mine.toml:2: `asked` is not known here: write `ask`"),
        ("question = [1]\n", "mine.toml:1: is no table: write [[question]]"),
        ("[floors]\np2 = 1\n", "mine.toml:2: `p2` is no figure: write one of p1, hit5"),
        ("[floors]\np1 = \"high\"\n", "mine.toml:2: `p1` must be a number from 0 to 1"),
    ] {
        own(&world, "mine.toml", text, &[]).refuses(&[problem]);
    }
    for (expected, problem) in [
        ("\"library#q9\"", "mine.toml:3: `library#q9` is no article, passage or short link"),
        ("[\"none\", \"library\"]", "mine.toml:3: `none` stands beside other answers"),
        ("[\"library\", \"library#q1\"]", "mine.toml:3: names articles and passages"),
    ] {
        let text = format!("{question}expect = {expected}\n");
        own(&world, "mine.toml", &text, &[]).refuses(&[problem]);
    }
    for (text, problem) in [
        ("# nothing\n\n", "mine.tsv: asks nothing"),
        ("A?\tnone\nB?\n", "mine.tsv:2: needs two columns with a tab between them"),
        ("A?\t \n", "mine.tsv:1: has an empty column: fill in both"),
        ("A?\tnowhere\n", "mine.tsv:1: `nowhere` is no article, passage or short link"),
    ] {
        own(&world, "mine.tsv", text, &[]).refuses(&[problem]);
    }
    fs::write(world.home().join("mine.toml"), b"a = 1\nb = \"\xff\"\n").expect("a file");
    world.run(["eval", "mine.toml"]).refuses(&["mine.toml:2: holds bytes that are not UTF-8"]);
    own(&world, "mine.tsv", "A?\tnone\n", &["--pool"]).refuses(&["mine.tsv: a file of questions"]);
}

/// What is told about a set with one file replaced, or removed where there is no text.
#[track_caller]
fn broken(file: &str, text: Option<&[u8]>, problem: &str) {
    let world = sets();
    let path = world.home().join("pool").join(file);
    match text {
        Some(text) => fs::write(&path, text).expect("a file"),
        None if path.is_dir() => fs::remove_dir_all(&path).expect("a folder"),
        None => fs::remove_file(&path).expect("a file"),
    }
    world.run(["eval", "pool"]).refuses(&[problem]);
}

#[test]
fn broken_sets_are_refused_with_file_and_line() {
    for (file, text, problem) in [
        ("corpus.jsonl", "", "pool/corpus.jsonl: holds no document: put one a line"),
        ("corpus.jsonl", "\n{\"_id\": 7}\n", "pool/corpus.jsonl:2: is no document (invalid type"),
        (
            "corpus.jsonl",
            "{\"title\": \"A\"}\n",
            "corpus.jsonl:1: is no document (missing field `_id`",
        ),
        ("corpus.jsonl", "{\"_id\": \"a\"}\n{\"_id\": \"a\"}\n", "corpus.jsonl:2: document id `a`"),
        (
            "corpus.jsonl",
            "{\"_id\": \"a\"\n",
            "write one JSON object a line with `_id`, `title`, `text`",
        ),
        (
            "queries.jsonl",
            "{\"_id\": \"q1\"}\n",
            "pool/queries.jsonl:1: is no query (missing field `text`",
        ),
        ("qrels/dev.tsv", "", "pool/qrels/dev.tsv: names no document that answers"),
        ("qrels/dev.tsv", "q1 hours 1\n", "pool/qrels/dev.tsv:1: needs three columns"),
        ("qrels/dev.tsv", "q1\thours\t1\nq2\tprice\thigh\n", "dev.tsv:2: the score `high` is no"),
        ("qrels/dev.tsv", "q1\tnowhere\t1\n", "dev.tsv:1: document `nowhere` does not stand in"),
        (
            "qrels/dev.tsv",
            "q1\thours\t1\nq1\thours\t1\n",
            "dev.tsv:2: judges document `hours` again",
        ),
        (
            "qrels/dev.tsv",
            "q1\thours\t1\nq9\tprice\t1\n",
            "dev.tsv:2: query `q9` does not stand in",
        ),
        (
            "qrels/dev.tsv",
            "q4\thours\t1\n",
            "queries.jsonl:4: query `q4` is said to have no answer",
        ),
        (
            "qrels/test.tsv",
            "q1\thours\t1\n",
            "pool/qrels: holds dev, test: choose one with --split",
        ),
    ] {
        broken(file, Some(text.as_bytes()), problem);
    }
    broken(
        "corpus.jsonl",
        Some(b"{\"_id\": \"a\"}\n\xff\n"),
        "corpus.jsonl:2: holds bytes that are",
    );
    broken("corpus.jsonl", None, "pool/corpus.jsonl: cannot be read");
    broken("queries.jsonl", None, "pool/queries.jsonl: cannot be read");
    broken("qrels/dev.tsv", None, "pool/qrels: holds no split: put SPLIT.tsv there");
    broken("qrels", None, "pool/qrels: cannot be read");
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let world = sets();
    let eval = |args: &[&str]| world.run([&["eval"], args].concat());
    eval(&["nowhere"]).refuses(&["nowhere: does not exist: name a folder of questions"]);
    eval(&["pool", "--split", "test"]).refuses(&["holds no split `test`, but dev"]);
    eval(&["pool", "--run", "no/where"]).refuses(&["no/where: cannot be written: name another"]);
    eval(&["pool", "--answers", "-"]).refuses(&["-: standard output has the figures"]);
    assert_eq!(eval(&[]).status, 2);
    assert_eq!(eval(&["pool", "--sample", "0"]).status, 2);
    assert!(!Path::new(&world.home().join("-")).exists());
}
