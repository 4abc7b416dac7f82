//! `faqbot eval --fit` and `--calibrate`: weights and confidence from question sets.

use std::fs;

use faqbot::retrieval::model::{FIGURES, Models};
use serde_json::{Value, json};

use crate::world::World;

const THINGS: [&str; 12] = [
    "lamp", "kettle", "bicycle", "mattress", "camera", "piano", "ladder", "drill", "canoe", "tent",
    "heater", "printer",
];

/// A set whose entries are asked in other words, and asked for things that it lacks.
fn set(world: &World, name: &str, verb: &str) {
    let folder = world.home().join(name);
    fs::create_dir_all(folder.join("qrels")).expect("a folder");
    let (mut corpus, mut queries, mut qrels) = (Vec::new(), Vec::new(), vec!["q\td\ts".to_owned()]);
    for thing in THINGS {
        let title = format!("How do I {verb} my {thing}?");
        let text = format!("Bring the {thing} to our shop and we do it for you.");
        corpus
            .push(json!({"_id": thing, "title": title, "text": text, "metadata": {"kind": "faq"}}));
        for asked in [format!("{verb} a {thing}"), format!("can you {verb} {thing}s for me")] {
            let id = format!("q{}", queries.len());
            qrels.push(format!("{id}\t{thing}\t1"));
            queries.push(json!({"_id": id, "text": asked, "metadata": {"answerable": true}}));
        }
        let id = format!("q{}", queries.len());
        let asked = format!("who invented the {thing} and when was that");
        queries.push(json!({"_id": id, "text": asked, "metadata": {"answerable": false}}));
    }
    let lines =
        |values: &[Value]| values.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    fs::write(folder.join("corpus.jsonl"), lines(&corpus)).expect("a corpus");
    fs::write(folder.join("queries.jsonl"), lines(&queries)).expect("queries");
    fs::write(folder.join("qrels/dev.tsv"), qrels.join("\n")).expect("judgements");
}

#[test]
fn weights_are_fitted_and_tried_on_sets_that_were_left_out() {
    let world = World::new();
    set(&world, "shop", "repair");
    set(&world, "rental", "return");
    let run = world.run(["eval", "--fit", "weights.json", "shop", "rental"]).exits(0).quietly();
    let run = run.says("apart").says("shop").says("mean of FAQ sets");
    let text = fs::read_to_string(world.home().join("weights.json")).expect("weights");
    let models: Models = serde_json::from_str(&text).expect("models");
    assert_eq!(models.words, Models::shipped().words, "only the mode in use is fitted");
    let model = models.builtin;
    assert!(model.about.contains("shop rental"), "{}\n{run}", model.about);
    for weights in [&model.order.faq, &model.right.faq] {
        for (figure, weight) in FIGURES.iter().zip(weights.figures) {
            assert!(weight * figure.sign >= 0.0, "{}: {weight}", figure.key);
        }
    }
    let rising =
        model.trade_off.windows(2).all(|p| p[0].from < p[1].from && p[0].wrong >= p[1].wrong);
    assert!(rising && model.trade_off.len() > 10, "{:?}", model.trade_off);

    let again = world.run(["eval", "--fit", "again.json", "--threads", "2", "shop", "rental"]);
    again.exits(0);
    let again = fs::read_to_string(world.home().join("again.json")).expect("weights");
    assert_eq!(again, text, "the same sets give the same weights, whatever the threads");
}

#[test]
fn fitting_needs_sets_to_test_on() {
    let world = World::new();
    set(&world, "shop", "repair");
    world.run(["eval", "--fit", "w.json", "shop"]).refuses(&["two folders"]);
    set(&world, "rental", "return");
    world
        .run(["eval", "--fit", "w.json", "--mix", "shed", "shop", "rental"])
        .refuses(&["--mix shed"]);
    world
        .run(["eval", "--fit", "no/such/w.json", "shop", "rental"])
        .refuses(&["no/such/w.json", "cannot be written"]);
}

#[test]
fn a_curve_of_ones_own_is_written_and_used() {
    let world = World::new().article(
        "shop.txt",
        "Shop\nFAQs\nQ1. How do I repair my lamp?\nBring it.\nQ2. How do I sell my tent?\nAsk us.\n",
    );
    set(&world, "shop", "repair");
    world.run(["eval", "--calibrate", "curve.json", "shop"]).exits(0);
    let path = world.home().join("curve.json");
    let text = fs::read_to_string(&path).expect("a curve");
    let mut curve: Value = serde_json::from_str(&text).expect("JSON");
    assert!(curve["slope"].as_f64().is_some_and(|slope| slope > 0.0), "{curve:#}");

    let ask =
        |world: &World| world.ask("repair a lamp").json["confidence"].as_f64().expect("a number");
    let shipped = ask(&world);
    curve["offset"] = json!(-20.0);
    fs::write(&path, curve.to_string()).expect("a curve is written");
    fs::write(world.home().join("config.toml"), "[answering]\ncalibration = \"curve.json\"\n")
        .expect("settings");
    assert!(shipped > 0.3 && ask(&world) < 0.01, "the curve is used");

    for (text, part) in [("{}", "no confidence curve"), ("nonsense", "no confidence curve")] {
        fs::write(&path, text).expect("a curve is written");
        world.run(["ask", "repair a lamp"]).refuses(&["curve.json", part, "--calibrate"]);
    }
    fs::remove_file(&path).expect("it goes");
    world.run(["ask", "repair a lamp"]).refuses(&["curve.json", "cannot be read"]);
}
