//! Damage to the files of an index: found, told in a line, and mended by building again. Never a
//! panic, never another answer.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use faqbot::evaluation::bootstrap::Random;
use faqbot::faces::json;
use faqbot::index::reader::Reader;
use faqbot::publishing::sync::{How, sync};
use faqbot::publishing::{Sources, open};
use faqbot::semantic::model::Model;

use crate::town::{article, town};
use crate::world::World;

const ASKED: [&str; 4] =
    ["When does the ferry open?", "museum costs", "when does the boat start", "libary"];

/// An index of two segments, with articles that have gone, synonyms and vectors.
fn index() -> (World, Sources) {
    let world = town();
    world.write("synonyms.toml", "[[same]]\nwords = [\"ferry\", \"boat\"]\n");
    let model = Some(Arc::new(Model::builtin().expect("the built-in model")));
    let sources = Sources { model, ..world.sources() };
    sync(&sources, How::default(), &|_, _, _| {}).expect("an index");
    world.write("ferry.txt", article("ferry", "txt", 12));
    sync(&sources, How::default(), &|_, _, _| {}).expect("an index");
    (world, sources)
}

/// All that people are told from an index.
fn told(sources: &Sources, reader: &Reader) -> Result<Vec<String>, String> {
    let answerer = sources.answerer(reader.clone()).expect("an answerer");
    let mut out = Vec::new();
    for question in ASKED {
        let reply = answerer.answer(question).map_err(|error| error.to_string())?;
        out.push(json::render(&reply, Duration::ZERO).to_string());
    }
    out.push(format!("{:?}", reader.articles().map_err(|error| error.to_string())?));
    Ok(out)
}

/// The files of a generation.
fn files(generation: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(generation).expect("a generation");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files
}

/// Puts bytes in place of a file that may be shared with another generation.
fn replace(path: &Path, bytes: &[u8]) {
    fs::remove_file(path).expect("the file goes");
    fs::write(path, bytes).expect("another comes");
}

#[test]
fn a_damaged_byte_or_a_lost_end_changes_no_answer() {
    let (world, sources) = index();
    let generation = world.generation();
    let sound = Reader::open(&generation).expect("a sound index");
    let sound = told(&sources, &sound).expect("a sound index");
    let (mut random, mut tried, mut found) = (Random::new(17), 0, 0);
    for path in files(&generation) {
        let bytes = fs::read(&path).expect("a file");
        for round in 0..if bytes.is_empty() { 0 } else { 16 } {
            let (mut wrong, at) = (bytes.clone(), random.below(bytes.len()));
            if round % 4 == 3 {
                wrong.truncate(at);
            } else {
                wrong[at] ^= 1 << random.below(8);
            }
            replace(&path, &wrong);
            let opened = Reader::open(&generation).map_err(|error| error.to_string());
            tried += 1;
            match opened.and_then(|reader| told(&sources, &reader)) {
                Ok(now) => assert_eq!(now, sound, "{} at {at}, round {round}", path.display()),
                Err(why) => {
                    assert!(!why.contains('\n') && why.contains("run `faqbot index"), "{why}");
                    found += 1;
                }
            }
        }
        replace(&path, &bytes);
    }
    // The rest is what nothing depends on, such as the version of the library that wrote a file.
    assert!(tried > 200 && found * 10 > tried * 7, "{found} of {tried}");
}

#[test]
fn a_list_of_articles_that_was_cut_between_two_lines_is_found() {
    let (world, sources) = index();
    let path = world.generation().join("articles.tsv");
    let list = fs::read_to_string(&path).expect("a list");
    let ends = list.match_indices('\n').map(|(at, _)| at + 1).filter(|end| *end < list.len());
    for end in std::iter::once(0).chain(ends) {
        replace(&path, &list.as_bytes()[..end]);
        let opened = Reader::open(&world.generation()).map_err(|error| error.to_string());
        let why = opened.and_then(|reader| told(&sources, &reader)).expect_err("it is cut");
        assert!(why.contains("list of articles"), "cut at {end}: {why}");
    }
}

#[test]
fn every_damaged_file_is_mended_by_building_again() {
    let (world, sources) = index();
    let sound = told(&sources, &Reader::open(&world.generation()).expect("a sound index"));
    let names = files(&world.generation());
    for name in names.iter().map(|path| path.file_name().expect("a name").to_owned()) {
        // Building again makes other segments: some have another name then.
        let ending = Path::new(&name).extension().unwrap_or(&name).to_owned();
        let mut files = files(&world.generation()).into_iter();
        let Some(path) = files.find(|path| path.extension().unwrap_or(&name) == ending) else {
            continue;
        };
        let bytes = fs::read(&path).expect("a file");
        let flipped: Vec<u8> = bytes.iter().map(|byte| !byte).collect();
        replace(&path, &flipped);
        let opened = open(&sources, None, &|_, _, _| {}).expect("an index");
        assert_eq!(told(&sources, &opened.reader), sound, "{}", path.display());
        assert!(opened.notes.iter().all(|note| !note.contains('\n')), "{:?}", opened.notes);
    }
}
