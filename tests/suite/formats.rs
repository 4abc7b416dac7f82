//! Markdown, HTML, tables and lists: the entries that a person would count, word for word, each
//! with its place.

use std::fs;

use faqbot::corpus::article::Article;
use faqbot::corpus::decoding::decode;
use faqbot::corpus::formats;
use faqbot::corpus::passages;
use faqbot::text::language::Language;
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, proptest};
use proptest::sample::select;

use crate::survival::reading::holds;
use crate::world::{World, repository, tell};

/// An article without problems.
#[track_caller]
fn read(file: &str, text: &str) -> Article {
    let parsed = formats::parse(file, text);
    assert_eq!(parsed.problems, [], "{text}");
    parsed.article.unwrap_or_else(|| panic!("an article was expected: {text}"))
}

/// The problems of a file without an article, as they are told.
#[track_caller]
fn refused(file: &str, text: &str) -> String {
    let parsed = formats::parse(file, text);
    assert!(parsed.article.is_none(), "{parsed:?}");
    parsed.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Its questions with their answers.
fn faqs(article: &Article) -> Vec<(&str, &str)> {
    article.faqs.iter().map(|f| (f.question.text.as_str(), f.answer.text.as_str())).collect()
}

/// The texts of its body, each with its heading.
fn body(article: &Article) -> Vec<(&str, &str)> {
    let sections = article.sections.iter();
    sections
        .flat_map(|s| {
            let heading = s.heading.as_deref().unwrap_or_default();
            s.paragraphs.iter().map(move |p| (heading, p.body.text.as_str()))
        })
        .collect()
}

#[test]
fn markdown_articles_have_sections_lists_and_code() {
    let text = "---\ntitle: Renting a bike\ndate: 2026-03-04\nauthor: Ann Lee\nlang: en\n---\n\n\
        The **city bikes** are [blue](https://example.org).\n\n- [Prices](#prices)\n- [Rules](#rules)\n\n\
        ## Prices {#prices}\n\nAn hour costs 3 &euro;. You pay:\n\n* by card\n* in cash,\n  as coins\n\n\
        Then run:\n\n```sh\nbike --unlock 7\n```\n\n| Time | Price |\n|---|---|\n| 1 h | 3 |\n\n\
        :::note\nBring a lock.\n:::\n";
    let article = read("bikes.md", text);
    assert_eq!(
        (article.title.as_str(), article.author.as_deref()),
        ("Renting a bike", Some("Ann Lee"))
    );
    assert_eq!(article.published.unwrap().to_string(), "2026-03-04");
    assert_eq!(
        body(&article),
        [
            ("", "The city bikes are [blue](https://example.org)."),
            ("Prices", "An hour costs 3 €. You pay:\n\n* by card\n* in cash,\n  as coins"),
            ("Prices", "Then run:\n\nbike --unlock 7\n\nTime | Price\n1 h | 3"),
            ("Prices", "Bring a lock."),
        ]
    );
    assert!(article.faqs.is_empty());
}

#[test]
fn addresses_what_is_struck_out_and_texts_of_pictures_stay_in_answers() {
    let text = "# Shop\n\n## Where is [the shop](https://a.example/)?\n\n\
        [Here](https://a.example/shop), ~~not~~ there.\n\n\
        ## How?\n\nBy [map][m], [mail](<mailto:a@a.example>) or [below](#below).\n\n\
        ## What?\n\nPush ![the red knob](knob.png) or <https://a.example/>.\n\n\
        [**Why?**](https://a.example/why) So.\n\n~~**When?**~~ Now.\n\n\
        [![Logo](logo.png)](https://a.example/)\n\n[m]: https://a.example/map 'A map'\n";
    let article = read("shop.md", text);
    assert_eq!(
        faqs(&article),
        [
            ("Where is the shop?", "[Here](https://a.example/shop), ~~not~~ there."),
            ("How?", "By [map](https://a.example/map), [mail](mailto:a@a.example) or below."),
            ("What?", "Push the red knob or https://a.example/.\n\nWhy?\n\nSo.\n\nWhen?\n\nNow."),
        ]
    );
    let literal: Vec<_> = article.faqs.iter().map(|f| f.answer.literal).collect();
    assert_eq!(literal, [true, false, false]);
}

#[test]
fn headings_and_bold_lines_that_ask_are_questions() {
    let text = "# Bike shop FAQ\n\n- [Where?](#where)\n\n## <a id=\"g\">General</a>\n\n### Where are you?\n\nIn Main Street.\n\nNear the *station*.\n\n\
        #### Is there parking?\n\nYes.\n\n### The lock does not open.\n\nPush it first.\n\n#### On older bikes\n\nPull it.\n\n\
        ## Still have questions?\n\nCall us.\n\n## Money\n\n**What does it cost?**\nThree euros.\n\n**Q: Is there a discount?**\nA: For students.\n\n\
        <details><summary>Do you take cards?</summary>\n\nWe do.\n\n</details>\n\n<h3 name=\"x\">\nWho are you?\n</h3>\n\nTwo sisters.\n";
    let article = read("shop.md", text);
    assert_eq!(
        faqs(&article),
        [
            ("Where are you?", "In Main Street.\n\nNear the station."),
            ("Is there parking?", "Yes."),
            ("The lock does not open.", "Push it first.\n\nOn older bikes\n\nPull it."),
            ("What does it cost?", "Three euros."),
            ("Is there a discount?", "For students."),
            ("Do you take cards?", "We do."),
            ("Who are you?", "Two sisters."),
        ]
    );
    assert_eq!(article.faqs[0].section.as_deref(), Some("General"));
    assert_eq!(body(&article), [("Still have questions?", "Call us.")]);
    let places: Vec<_> =
        article.faqs.iter().map(|f| (f.answer.span.lines, f.answer.literal)).collect();
    assert_eq!(places[..2], [((9, 11), false), ((15, 15), true)]);
}

#[test]
fn an_article_may_hold_questions_among_others() {
    let text = "# Bees\n\n## Why they dance\n\nTo tell the way.\n\n## Frequently asked questions\n\n### How far do bees fly?\n\n\
        Three kilometres.\n\n### My bees are gone\n\nLook in the trees.\n\n## Thanks\n\nTo all.\n";
    let article = read("bees.md", text);
    assert_eq!(faqs(&article).len(), 2);
    assert_eq!(body(&article), [("Why they dance", "To tell the way."), ("Thanks", "To all.")]);
}

#[test]
fn a_page_whose_title_asks_is_one_entry() {
    let text = "<!--\ntitle = \"How do I clean it?\"\ndraft = false\n-->\n\n## With water\n\nRinse it.\n\n## With soap\n\nRub it.\n";
    let article = read("clean.md", text);
    assert_eq!(
        faqs(&article),
        [("How do I clean it?", "With water\n\nRinse it.\n\nWith soap\n\nRub it.")]
    );
    for (file, text) in [
        ("a.md", "---\ndraft: true\n---\nText.\n"),
        ("a.txt", "Title\nDraft: yes\n\nText.\n\nFAQs\nQ1. Why?\n"),
    ] {
        let draft = formats::parse(file, text);
        assert!(draft.article.is_none() && draft.problems.is_empty(), "{file}");
    }
    assert_eq!(read("a.txt", "Title\nDraft: a plan\n\nText.\n").title, "Title");
    assert!(refused("a.md", "# FAQ\n\n## Why?\n").contains("a.md:3: a question without an answer"));
}

#[test]
fn pages_are_read_without_menus_and_scripts() {
    let text = "<!DOCTYPE html><html lang=\"de\"><head><title>Fahrräder | Laden</title><meta name=\"author\" content=\"Ann Lee\">\
        <link rel=\"canonical\" href=\"https://example.org/rad\"><script>var a = '<p>no</p>';</script></head><body>\
        <nav><a href=\"/\">Start</a></nav><main><div class=\"breadcrumbs\">Start / Rad</div><h1>Fragen zum Rad</h1>\
        {% if x %}<p>Alles\n  &uuml;ber <b>R&auml;der</b>.</p>{% endif %}\
        <h2>Preise</h2><ul><li>Eine Stunde: 3 €<li>Ein Tag: 20 €</ul>\
        <div><h3>Was kostet es?</h3><p>Drei Euro.<p>Am Sonntag zwei.</div><p>Stand: heute.</p>\
        <p><strong>Wo seid ihr?</strong><br>Am Markt.</p>\
        <dl><dt>Wann öffnet ihr?</dt><dd>Um neun.</dd></dl>\
        <details><summary>Wer seid ihr?</summary>Zwei.</details>\
        <div><button class=\"accordion\">Geht das Licht?</button><div class=\"panel\"><p>Immer.</p></div></div>\
        <div class=\"faq-question\">Gibt es Helme?</div><div class=\"faq-answer\">Ja.</div>\
        </main><footer>Impressum</footer></body></html>";
    let article = read("rad.html", text);
    assert_eq!((article.title.as_str(), article.language), ("Fragen zum Rad", Language::German));
    assert_eq!(article.url.as_deref(), Some("https://example.org/rad"));
    assert_eq!(
        faqs(&article),
        [
            ("Was kostet es?", "Drei Euro.\n\nAm Sonntag zwei."),
            ("Wo seid ihr?", "Am Markt."),
            ("Wann öffnet ihr?", "Um neun."),
            ("Wer seid ihr?", "Zwei."),
            ("Geht das Licht?", "Immer."),
            ("Gibt es Helme?", "Ja."),
        ]
    );
    assert_eq!(
        body(&article),
        [
            ("", "Alles über Räder."),
            ("Preise", "- Eine Stunde: 3 €\n- Ein Tag: 20 €"),
            ("Preise", "Stand: heute."),
        ]
    );
}

#[test]
fn what_pages_tell_machines_is_read() {
    let text = "<html><body><script type=\"application/ld+json\">{\"@graph\": [{\"@type\": \"NewsArticle\", \
        \"headline\": \"The bridge\", \"datePublished\": \"2026-02-01T10:00:00Z\", \"author\": [{\"name\": \"Bo\"}]}, \
        {\"@type\": \"FAQPage\", \"mainEntity\": [{\"@type\": \"Question\", \"name\": \"Is it open?\", \"acceptedAnswer\": \
        {\"@type\": \"Answer\", \"text\": \"<p>Yes, it \\\"is\\\".</p><p>Since May.</p>\"}}]}]}</script>\
        <h2>Is it open?</h2><p>Yes…</p><h2>The view</h2><p>It is wide.</p></body></html>";
    let article = read("bridge.html", text);
    assert_eq!(faqs(&article), [("Is it open?", "Yes, it \"is\".\n\nSince May.")]);
    assert_eq!(body(&article), [("The view", "It is wide.")]);
    assert_eq!((article.title.as_str(), article.author.as_deref()), ("The bridge", Some("Bo")));
    let answer = &article.faqs[0].answer;
    assert!(text[answer.span.bytes.clone()].starts_with("<p>Yes") && !answer.literal);

    // Places are those of the file, whatever its line ends are.
    let text = text.replace(", {\"@type\": \"FAQPage\"", ",\r\n\r\n\r\n{\"@type\": \"FAQPage\"");
    let article = read("bridge.html", &text);
    assert!(text[article.faqs[0].answer.span.bytes.clone()].starts_with("<p>Yes"));
}

#[test]
fn tables_are_read_by_the_names_of_their_columns() {
    let text = "\u{feff}id,language,category,query,keyword,response,enabled\r\n\
        k1,en,Hours,When do you open?,\"open, opening\",At nine.,yes\r\n\
        k2,de,Zeiten,Wann macht ihr auf?,,\"Um \"\"neun\"\" Uhr.\r\nAm Sonntag zu.\",yes\r\n\
        k3,en,Hours,Is it closed?,,Never.,no\r\n";
    let article = read("shop.csv", text);
    assert_eq!(
        faqs(&article),
        [
            ("When do you open?", "At nine."),
            ("Wann macht ihr auf?", "Um \"neun\" Uhr.\r\nAm Sonntag zu."),
        ]
    );
    let found = passages::of_article(&article);
    assert_eq!((found[0].id.as_str(), found[0].section.as_deref()), ("shop#k1", Some("Hours")));
    assert_eq!(
        (found[0].alternates.as_slice(), found[0].lines),
        (&["open".into(), "opening".into()][..], (2, 2))
    );
    assert_eq!(
        (found[1].language, found[1].lines, found[1].literal),
        (Language::German, (3, 4), false)
    );
    assert_eq!(&text[found[0].bytes.clone()], "At nine.");

    for text in [
        "Questions,Answers\nWhy?,\"So, so.\"\n",
        "prompt;response\nWhy?;So, so.\n",
        "Frage\tAntwort\nWhy?\tSo, so.\n",
        "Why?|So, so.\n",
        "Question,Question 2,Answer\nWhy?,How come?,\"So, so.\"\n",
    ] {
        assert_eq!(faqs(&read("a.csv", text)), [("Why?", "So, so.")], "{text}");
    }
    assert!(refused("a.csv", "x,y\n1,2\n").starts_with("a.csv:1: has no columns that are called"));
    let parsed = formats::parse("a.csv", "question,keywords,answer\nWhy?,a,b,c,So.\nHow?,,\n");
    let problems: Vec<String> = parsed.problems.iter().map(ToString::to_string).collect();
    assert!(
        problems[0].starts_with("a.csv:2: has 5 columns where the first line has 3"),
        "{problems:?}"
    );
    assert!(problems[1].starts_with("a.csv:3: a row without answer"), "{problems:?}");
    assert_eq!(faqs(&parsed.article.unwrap()), [("Why?", "So.")]);
}

#[test]
fn lists_of_objects_are_read() {
    let text = r#"{"title": "x", "faqs": [
        {"question": "Why?", "answer": "So \"so\".", "alternates": ["What for?", "How come?"]},
        {"category": "Hours", "questions": [{"q": "When?", "a": "At nine."}]},
        {"tag": "greet", "patterns": ["Hello?", "Hi?"], "responses": ["Good day.", "Hello."]}],
        "Where?": "<p>Here.</p>"}"#;
    let article = read("a.json", text);
    assert_eq!(
        faqs(&article),
        [
            ("Why?", "So \"so\"."),
            ("When?", "At nine."),
            ("Hello?", "Good day."),
            ("Where?", "Here.")
        ]
    );
    assert_eq!(article.faqs[0].alternates, ["What for?", "How come?"]);
    assert_eq!(article.faqs[1].section.as_deref(), Some("Hours"));
    assert_eq!(&text[article.faqs[1].answer.span.bytes.clone()], "At nine.");
    let lines = "{\"question\": \"Why?\", \"answer\": \"So.\"}\n\n{\"prompt\": \"When?\", \"completion\": \"Now.\"}\n";
    assert_eq!(faqs(&read("a.jsonl", lines)), [("Why?", "So."), ("When?", "Now.")]);
    assert!(refused("a.json", "{\"a\": \n").starts_with("a.json:2: is not JSON"));
    assert!(
        refused("a.json", "{\"name\": \"x\", \"version\": 1}")
            .contains("holds no question with an answer")
    );
    let squad = r#"{"data": [{"title": "T", "paragraphs": [{"context": "C", "qas": [{"question": "Q?"}]}]}]}"#;
    assert!(refused("a.json", squad).contains("faqbot eval"));
}

const TRAINS: &str =
    "question,answer,category\nWhere does the train stop?,\"At \"\"Old\"\" Station.\",Stops\n";

#[test]
fn every_format_is_asked_cited_and_verified() {
    let utf16: Vec<u8> = "Museum\nFAQs\nQ1. Is the museum free?\nOn Sundays it is free.\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let world = World::new()
        .article("bikes.md", "# Bikes FAQ\n\n## What does a bike cost?\n\nIt is **three** euros.\n")
        .article("boats.html", "<h1>Boats</h1><h2>Who drives the boat?</h2><p>Our captain &amp; her crew.")
        .article("trains.csv", TRAINS)
        .article("planes.json", "[{\"question\": \"When does the plane leave?\", \"answer\": \"At noon.\"}]")
        .article("ships.jsonl", "{\"question\": \"Is the ship large?\", \"answer\": \"Very large.\"}\n")
        .article("cafe.txt", b"Caf\xe9 Menu\nFAQs\nQ1. Is there cr\xe8me br\xfbl\xe9e at the caf\xe9?\nOui, la cr\xe8me est l\xe0.\n")
        .article("museum.txt", utf16);
    for (question, answer) in [
        ("What does a bike cost?", "It is three euros."),
        ("Who drives the boat?", "Our captain & her crew."),
        ("Where does the train stop?", "At \"Old\" Station."),
        ("When does the plane leave?", "At noon."),
        ("Is the ship large?", "Very large."),
        ("Is there crème brûlée at the café?", "Oui, la crème est là."),
        ("Is the museum free?", "On Sundays it is free."),
    ] {
        world.ask(question).answers(answer);
    }
    world
        .run(["check", "--verify"])
        .exits(0)
        .says("7 articles, 7 passages, each compared with its file");
    let page = world.corpus().join("boats.html");
    let before = fs::read_to_string(&page).unwrap();
    fs::write(&page, before.replace("captain", "skipper")).unwrap();
    world
        .run(["check", "--verify"])
        .exits(2)
        .says("boats.html:1: is not what passage boats#q1 holds");
}

/// Pieces that the formats take for something, and others.
const PIECES: &[&str] = &[
    "# Why? é\n",
    "## FAQ\n",
    "**How?**",
    "\n\n",
    "\n",
    "text. ",
    "- ",
    "  * ",
    "1. ",
    "> ",
    "`a`",
    "```\n",
    "| a | b |\n|---|---|\n",
    "[x](#y)",
    "[x](y)",
    "![i](j)",
    "<p>",
    "</p>",
    "<h2>",
    "</h2>",
    "<details><summary>",
    "</details>",
    "<li>",
    "<ul>",
    "</ul>",
    "<table><tr><td>",
    "</table>",
    "<script type=\"application/ld+json\">",
    "</script>",
    "<b>",
    "</b>",
    "<br>",
    "&amp;",
    "&#x0;",
    "{% x %}",
    "{{< y",
    "---\n",
    "+++\n",
    "<!--",
    "-->",
    "\"",
    "\\",
    ",",
    ";",
    "\t",
    "{",
    "}",
    "[",
    "]",
    ":",
    "\"question\"",
    "\"answer\": ",
    "question,answer\n",
    "null",
    "Ω",
    "\u{1f600}",
    "\u{feff}",
    "\r\n",
    "Also asked: ",
    "Q: ",
    "A: ",
    "<div>",
    "</div>",
    "<nav>",
    "<dt>",
    "<dd>",
];

fn pieces() -> impl Strategy<Value = Vec<&'static str>> {
    vec(select(PIECES), 0..40)
}

proptest! {
    #[test]
    fn no_text_breaks_a_format(pieces in pieces(), ending in select(&["md", "html", "csv", "tsv", "json", "jsonl", "txt"][..])) {
        let text = pieces.concat();
        let article = formats::parse(&format!("a.{ending}"), &text).article;
        for passage in article.iter().flat_map(passages::of_article) {
            holds(&passage, text.as_bytes());
        }
    }

    #[test]
    fn no_bytes_break_a_format(bytes in vec(any::<u8>(), 0..300), ending in select(&["md", "html", "csv", "json", "txt"][..])) {
        let decoded = decode(bytes.clone());
        let article = formats::parse(&format!("a.{ending}"), &decoded.text).article;
        let article = article.map(|mut article| {
            decoded.place(&mut article);
            article
        });
        for passage in article.iter().flat_map(passages::of_article) {
            holds(&passage, &bytes);
        }
    }
}

/// Real files of other people, with the entries that a person counts in each.
#[test]
fn real_files_give_the_entries_that_a_person_counts() {
    let folder = repository().join("../shared/raw");
    if !folder.is_dir() {
        tell("skipped: real files of other people, which are not part of the project");
        return;
    }
    for (file, count) in [
        ("csv/Datasets__Mental_Health_FAQ.csv", 74),
        ("csv/E-commerce_FAQ__Ecommerce_FAQs.csv", 79),
        ("csv/faq__faq.csv", 253),
        ("html_jsonld/cedar-rapids-radon-mitigation__faq__index.html", 5),
        ("html_jsonld/jadewaves__operations__index.html", 7),
        ("html_plain/ezid-info-pages__doi_services_faq.html", 6),
        ("html_plain/hcjkorg__faq.html", 23),
        ("markdown/docs__docs__introduction__faq.md", 25),
        ("markdown/electron__docs__faq.md", 10),
        ("markdown/ripgrep__FAQ.md", 27),
        ("markdown/website__content__de__docs__faq.md", 18),
        ("markdown/website__content__ja__docs__faq.md", 15),
        ("markdown_one_per_entry/csvbase__csvbase__web__faq__entries__big.md", 1),
        ("article_txt/wikiQA__Documents__S08__data__set1__a1.txt.clean", 0),
    ] {
        let bytes = fs::read(folder.join(file)).unwrap();
        let decoded = decode(bytes.clone());
        let mut article = formats::parse(file, &decoded.text).article.expect("an article");
        decoded.place(&mut article);
        assert_eq!(article.faqs.len(), count, "{file}");
        for passage in passages::of_article(&article) {
            holds(&passage, &bytes);
        }
    }
}
