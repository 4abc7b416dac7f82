//! The article layout that faqbot is made for: every part of it is recognised.

use std::fs;

use faqbot::corpus::article::Article;
use faqbot::corpus::formats;

use crate::world::{World, repository};

/// An article in that layout, with facts of its own.
const ARTICLE: &str = "\
Brightwater Ferries Orders Three Battery Boats to Link the Outer Islands
By Morwen | 14 May 2026
Summary
- Brightwater Ferries has ordered three battery boats from a yard in Lorient.
- The boats are to replace diesel ferries on the routes to the outer islands, which carry people, post, and food.
- The order shows that short sea crossings are turning away from diesel fuel.
GALWAY, May 14, 2026 — Brightwater Ferries has ordered three battery boats for its routes to the outer islands, as the company prepares for stricter rules on exhaust fumes in harbours.
Quiet Crossings
The boats are designed to cross the sound in forty minutes on one charge, with room for a hundred and twenty people. Quays on both sides are to get charging masts that a crew can plug in within a minute.
Islanders often describe the old ferries as “floating engines”, since talk on deck is hardly possible at full speed.
Yard and Delivery Dates
The yard in Lorient is known for its hulls of light metal, among them the Korrigan line. The first boat is expected in spring 2027, and the other two are to follow before the end of that year.
Yards in many countries are building similar boats as the price of batteries falls.
Who Pays for It
For the county, the order fits a plan to keep the islands lived in through the winter. Each boat costs €6.3 million, of which a climate fund pays two fifths.
The rest comes from a loan that the company will pay back from fares over fifteen years.
Why this matters
- Cleaner Harbours: Battery boats give off no fumes while they lie at the quay.
- Island Life: Steady crossings in winter decide whether families with children stay.
- Cheaper Running: Power from the islands' own wind turbines costs less than diesel.
FAQs
Q1. How far can a battery boat go?
It can cross the sound twice, about thirty-two kilometres, before it has to be charged.
Q2. What is the yard in Lorient known for?
It builds hulls of light metal, which need less power than hulls of steel.
Q3. Why does Brightwater Ferries give up diesel?
Stricter rules on fumes in harbours would make the old boats costly to run from 2028.
";

/// Asserts all the parts that both articles have.
#[track_caller]
fn has_every_part(article: &Article, place: &str, date: &str) {
    assert_eq!(article.published.map(|d| d.to_string()).as_deref(), Some(date));
    let dateline = article.dateline.as_ref().expect("a dateline");
    assert_eq!(dateline.place, place);
    assert_eq!(dateline.date.map(|d| d.to_string()).as_deref(), Some(date));
    assert_eq!(article.language.code(), "en");

    assert_eq!(article.summary.len(), 3);
    assert!(article.summary.iter().all(|p| p.body.text.ends_with('.') && p.label.is_none()));

    let (last, body) = article.sections.split_last().expect("sections");
    let (opening, headed) = body.split_first().expect("an opening");
    assert_eq!((opening.heading.as_deref(), opening.paragraphs.len()), (None, 1));
    assert!(opening.paragraphs[0].body.text.starts_with(place));
    assert_eq!(headed.len(), 3);
    assert!(headed.iter().all(|s| s.heading.is_some() && s.paragraphs.len() == 2));
    assert_eq!(last.heading.as_deref(), Some("Why this matters"));
    assert_eq!(last.paragraphs.len(), 3);
    assert!(last.paragraphs.iter().all(|p| p.label.is_some()));

    assert_eq!(article.faqs.len(), 3);
    for entry in &article.faqs {
        assert!(entry.question.text.ends_with('?') && !entry.question.text.starts_with('Q'));
        assert!(entry.answer.text.ends_with('.') && entry.answer.text.lines().count() == 1);
    }
}

#[test]
fn every_part_of_the_layout_is_recognised() {
    let parsed = formats::parse("ferries.txt", ARTICLE);
    assert_eq!(parsed.problems, []);
    let article = parsed.article.unwrap();
    has_every_part(&article, "GALWAY", "2026-05-14");
    let title = "Brightwater Ferries Orders Three Battery Boats to Link the Outer Islands";
    assert_eq!((article.title.as_str(), article.author.as_deref()), (title, Some("Morwen")));
    let headings: Vec<_> = article.sections.iter().filter_map(|s| s.heading.as_deref()).collect();
    let expected = ["Quiet Crossings", "Yard and Delivery Dates", "Who Pays for It"];
    assert_eq!(headings[..3], expected);
    let labels: Vec<_> =
        article.sections[4].paragraphs.iter().filter_map(|p| p.label.as_deref()).collect();
    assert_eq!(labels, ["Cleaner Harbours", "Island Life", "Cheaper Running"]);
    assert_eq!(article.faqs[1].question.text, "What is the yard in Lorient known for?");
}

#[test]
fn its_questions_are_answered_word_for_word() {
    let world = World::new().article("ferries.txt", ARTICLE);
    assert_eq!(world.problems(), [""; 0]);
    world.ask("How far can a battery boat go?").answers("about thirty-two kilometres");
    world.ask("what does each boat cost").answers("€6.3 million");
    world.ask("Who wrote the score of the film?").is_unknown();
}

#[test]
fn the_real_article_beside_the_repository_is_recognised_too() {
    let folder = repository().join("../shared/seed");
    let Ok(entries) = fs::read_dir(&folder) else {
        crate::world::tell(&format!("skipped: there is no {}", folder.display()));
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let parsed = formats::parse("seed.txt", &text);
        assert_eq!(parsed.problems, [], "{}", path.display());
        let article = parsed.article.unwrap();
        has_every_part(&article, "BEIJING", "2026-04-10");
        assert_eq!(article.author.as_deref(), Some("Cygnus"));
        assert!(article.title.starts_with("Alibaba Cloud Leads Funding Round"));
    }
}
