//! Odd files in the corpus: each is told with its file and line, and the good ones still load.
//! Every passage is word for word what stands in its file.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;

use faqbot::corpus::article::Article;
use faqbot::corpus::formats;
use faqbot::corpus::passages::{self, Kind, Passage};
use faqbot::text::language::Language;
use proptest::prelude::{Strategy, prop, proptest};
use proptest::sample::select;

use crate::world::{World, permissions_bind};

const GOOD: &str = "Opening hours\nFAQs\nQ1. When do you open?\nWe open at nine.\n";

/// An article without problems.
#[track_caller]
fn parse(text: &str) -> Article {
    let parsed = formats::parse("folder/file.txt", text);
    assert_eq!(parsed.problems, [], "{text}");
    parsed.article.unwrap_or_else(|| panic!("an article was expected: {text}"))
}

/// Its questions with their answers.
fn faqs(article: &Article) -> Vec<(&str, &str)> {
    article.faqs.iter().map(|f| (f.question.text.as_str(), f.answer.text.as_str())).collect()
}

/// Its headings with the number of paragraphs below each.
fn sections(article: &Article) -> Vec<(Option<&str>, usize)> {
    article.sections.iter().map(|s| (s.heading.as_deref(), s.paragraphs.len())).collect()
}

/// Asserts that a file is told with this, and that the good file beside it still answers.
#[track_caller]
fn is_told(path: &str, bytes: &[u8], told: &str) {
    let world = World::new().article("good.txt", GOOD).article(path, bytes);
    only_problem(&world, told);
}

#[track_caller]
fn only_problem(world: &World, told: &str) {
    let problems = world.problems();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].starts_with(told), "`{told}` was expected: {problems:?}");
    world.ask("When do you open?").answers("We open at nine.");
}

#[test]
fn files_without_an_article_are_told() {
    is_told("empty.txt", b"", "empty.txt: is empty");
    is_told("blank.txt", b"\n \n\t\r\n", "blank.txt: is empty");
    is_told("bom.txt", b"\xef\xbb\xbf", "bom.txt: is empty");
    is_told("title.txt", b"Only a title\n", "title.txt:1: has a title but no text");
    is_told("binary.txt", b"\x7fELF\n\x02\0\0", "binary.txt:2: is a binary file");
    is_told(
        "cut.txt",
        b"Menu\nThis is cut off: caf\xc3",
        "cut.txt:2: holds bytes that are no UTF-8",
    );
    is_told(
        "twice.txt",
        "Menu\nThe café is a cafÃ©.\n".as_bytes(),
        "twice.txt:2: is garbled (`cafÃ©.`)",
    );
    is_told("picture.png", b"PNG", "picture.png: is not an article that faqbot reads");
    is_told("sub/Makefile", b"all:", "sub/Makefile: is not an article that faqbot reads");
}

#[test]
fn endless_lines_and_huge_files_are_told_and_not_read() {
    let mut long = b"Log\nIt begins here.\n".to_vec();
    long.resize(50 << 20, b'x');
    is_told("long.txt", &long, "long.txt:3: is a line of");

    let world = World::new().article("good.txt", GOOD).article("huge.txt", "");
    let huge = File::options().write(true).open(world.corpus().join("huge.txt")).unwrap();
    huge.set_len(80 << 20).unwrap();
    only_problem(&world, "huge.txt: is 80 MiB large");
}

#[test]
fn files_that_may_not_be_read_are_told() {
    let world = World::new().article("good.txt", GOOD).article("secret.txt", GOOD);
    if !permissions_bind(world.home()) {
        crate::world::tell("skipped: permissions do not bind the superuser");
        return;
    }
    let secret = world.corpus().join("secret.txt");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    only_problem(&world, "secret.txt: cannot be read: permission denied");
}

#[test]
fn what_is_no_file_and_names_that_are_no_text_are_told() {
    let world = World::new().article("good.txt", GOOD);
    let _socket = UnixListener::bind(world.corpus().join("socket.txt")).unwrap();
    only_problem(&world, "socket.txt: is neither a file nor a folder");

    let world = World::new().article("good.txt", GOOD);
    fs::write(world.corpus().join(OsStr::from_bytes(b"caf\xe9.txt")), GOOD).unwrap();
    only_problem(&world, "caf\u{fffd}.txt: has a name that is not valid UTF-8");
}

#[test]
fn hidden_files_backups_and_ignored_endings_are_passed_over_in_silence() {
    let world = World::new()
        .article("good.txt", GOOD)
        .article(".hidden.txt", "Hidden\nNobody reads this.\n")
        .article(".git/note.txt", "Hidden\nNobody reads this.\n")
        .article("good.txt~", "Backup\nNobody reads this.\n")
        .article("photo.PNG", "PNG");
    fs::write(world.home().join("config.toml"), "[corpus]\nignore = [\"png\"]\n").unwrap();
    assert_eq!(world.problems(), [""; 0]);
    assert_eq!(world.sync()["articles"], 1);
}

#[test]
fn links_are_followed_inside_the_corpus_only() {
    let outside = World::new().article("outside.txt", GOOD);
    let told = |name: &str, target: &std::path::Path, told: &str| {
        let world = World::new().article("good.txt", GOOD).article("sub/note.txt", GOOD);
        symlink(target, world.corpus().join(name)).unwrap();
        only_problem(&world, told);
    };
    told("out.txt", &outside.corpus().join("outside.txt"), "out.txt: is a link out of the corpus");
    told("out", outside.corpus(), "out: is a link out of the corpus");
    told("dead.txt", "nothing.txt".as_ref(), "dead.txt: is a link to nothing");
    told("self.txt", "self.txt".as_ref(), "self.txt: is a link that leads nowhere");
    told("sub/up", "..".as_ref(), "sub/up: is a link to a folder above itself");
    told("sub/here", ".".as_ref(), "sub/here: is a link to a folder above itself");
}

#[test]
fn a_file_with_two_names_is_read_once_under_its_own() {
    let world = World::new().article("notes/real.txt", GOOD);
    symlink("notes/real.txt", world.corpus().join("another.txt")).unwrap();
    symlink("notes", world.corpus().join("also")).unwrap();
    assert_eq!(world.problems(), [""; 0]);
    assert_eq!(world.sync()["articles"], 1);
    world.ask("When do you open?").answers_from("notes/real");
}

#[test]
fn a_corpus_folder_that_is_a_link_is_read() {
    let world = World::new().article("good.txt", GOOD);
    let link = world.home().join("link");
    symlink(world.corpus(), &link).unwrap();
    let run = world.run(["check", "--json", "--corpus", link.to_str().unwrap()]);
    run.exits(0).says("\"articles\":1");
}

#[test]
fn two_files_with_one_id_are_both_kept_and_told() {
    let world = World::new()
        .article("a.txt", "Bread\nid: hours\nQ1. When is bread baked?\nAt four.\n")
        .article("b.txt", "Cake\nid: hours\nQ1. When is cake baked?\nAt six.\n");
    let problems = world.problems();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].starts_with("b.txt:1: has the same article id `hours` as a.txt"));
    world.ask("When is bread baked?").answers("At four.").answers_from("hours");
    world.ask("When is cake baked?").answers("At six.").answers_from("b.txt");
}

#[test]
fn a_question_asked_twice_is_told_with_both_places() {
    let twice = "Hours\nFAQs\nQ1. When do you open?\nAt nine.\nQ2. When do you OPEN\nAt ten.\n";
    let world = World::new().article("twice.txt", twice);
    let problems = world.problems();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].starts_with("twice.txt:6: has the same question as twice.txt:4"));
    // The same question in another article is another passage.
    let world = World::new().article("a.txt", GOOD).article("b.txt", GOOD);
    assert_eq!(world.problems(), [""; 0]);
}

#[test]
fn questions_without_answers_and_answers_without_questions_are_told_at_their_line() {
    let text = "Hours\nFAQs\nQ1. When do you open?\nQ2. When do you close?\nAt six.\nQ3. Why?\n";
    let parsed = formats::parse("a.txt", text);
    let told: Vec<_> = parsed.problems.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("a.txt:3: a question without an answer"), "{told:?}");
    assert!(told[1].starts_with("a.txt:6: a question without an answer"), "{told:?}");
    assert_eq!(faqs(&parsed.article.unwrap()), [("When do you close?", "At six.")]);

    let parsed = formats::parse("b.txt", "Hours\nFAQs\n- a point of nothing\nQ1. Why?\nSo.\n");
    let told: Vec<_> = parsed.problems.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("b.txt:3: stands in the questions but belongs to none"));
    assert_eq!(faqs(&parsed.article.unwrap()), [("Why?", "So.")]);
}

#[test]
fn a_language_that_does_not_exist_is_told() {
    let parsed = formats::parse("a.txt", "Hours\nlanguage: klingon\n\nWe open at nine.\n");
    assert_eq!(parsed.problems.len(), 1);
    assert!(parsed.problems[0].to_string().starts_with("a.txt:2: `klingon` is no language code"));
    assert!(parsed.article.is_some());
    let article = parse("Hours\nlanguage: de\n\nWe open at nine.\n");
    assert_eq!(article.language, Language::German);
}

#[test]
fn line_ends_and_byte_order_marks_change_nothing() {
    let plain = "Hours\nBy Ann Lee | 3 Mar 2026\nSummary\n- We open at nine.\n\nThe shop\n\nIt is \
                 in Mill Street.\n\nFAQs\nQ1. When do you open?\nAt nine.\n\nFrom May at eight.\n";
    let texts = |text: &str| -> Vec<_> {
        let all = passages::of_article(&parse(text));
        all.into_iter().map(|p| (p.id, p.text.replace("\r\n", "\n"), p.lines)).collect()
    };
    let expected = texts(plain);
    assert_eq!(expected.len(), 3, "{expected:?}");
    let dos = plain.replace('\n', "\r\n");
    for other in [dos.clone(), format!("\u{feff}{plain}"), format!("\u{feff}{dos}")] {
        assert_eq!(texts(&other), expected, "{other:?}");
        assert_eq!(parse(&other).title, "Hours");
    }
    assert_eq!(texts(plain.trim_end()), expected, "without a final line end");
}

#[test]
fn wrapped_lines_are_one_paragraph() {
    let article = parse(
        "The valley gets fibre\n\n\
         The co-operative broke ground on its network on Wednesday and wants to\n\
         replace copper lines that rarely deliver more than twelve megabits in\n\
         one second.\n\n\
         Questions and answers\n\n\
         Q1. When does the last of the scattered farms of the upper valley get\n\
         its connection?\n\
         By the end of March, if the winter is mild and the ground does not\n\
         freeze.\n",
    );
    assert_eq!(sections(&article), [(None, 1)]);
    let opening = &article.sections[0].paragraphs[0].body;
    assert_eq!((opening.text.lines().count(), opening.span.lines), (3, (3, 5)));
    assert_eq!(article.faqs[0].question.span.lines, (9, 10));
    assert_eq!(article.faqs[0].answer.span.lines, (11, 12));
    let question = passages::of_article(&article).pop().unwrap().question.unwrap();
    assert!(question.ends_with("upper valley get its connection?"), "{question}");
}

#[test]
fn questions_may_be_marked_in_many_ways() {
    for (first, second) in [
        ("Q1. ", "Q2. "),
        ("Q: ", "Q: "),
        ("1. ", "2. "),
        ("Q1) ", "Q2) "),
        ("", ""),
        ("## ", "## "),
        ("Q:\n", "Q:\n"),
    ] {
        for answer in ["", "A: ", "A1. ", "A:\n"] {
            let text = format!(
                "Hours\n\nFAQs\n\n{first}When do you open?\n{answer}At nine.\n\n\
                 {second}When do you close?\n{answer}At six.\n"
            );
            let expected = [("When do you open?", "At nine."), ("When do you close?", "At six.")];
            assert_eq!(faqs(&parse(&text)), expected, "{text}");
        }
    }
}

#[test]
fn other_phrasings_belong_to_their_question() {
    let article = parse(
        "Hours\nFAQs\nQ1. When do you open?\nAlso asked: Opening time? | What are your hours\n\
         Also asked: How early can I come?\nAt nine.\nQ2. Why?\nAlso asked: What for?\nSo.\n",
    );
    let first = &article.faqs[0];
    let expected = ["Opening time?", "What are your hours", "How early can I come?"];
    assert_eq!(
        (first.alternates.as_slice(), first.answer.text.as_str()),
        (&expected.map(String::from)[..], "At nine.")
    );
    assert_eq!(article.faqs[1].alternates, ["What for?"]);
}

#[test]
fn an_answer_may_have_several_paragraphs_and_lists() {
    let article = parse(
        "Cards\n\nFAQs\n\nQ1. How do I get a card?\nCome to the desk.\n\nBring:\n- proof of identity\n\
         - proof of address\n\n1. Sign the form.\n2. Take the card.\n\nQ2. Is it free?\nYes.\n",
    );
    let answer = &article.faqs[0].answer;
    assert!(answer.text.starts_with("Come to the desk.\n\nBring:"), "{answer:?}");
    assert!(answer.text.ends_with("2. Take the card."), "{answer:?}");
    assert_eq!(answer.span.lines, (6, 13));
    assert_eq!(article.faqs[1].answer.text, "Yes.");
}

#[test]
fn labels_may_be_german_or_spanish() {
    let german = parse(
        "Neue Werkstatt\nVon Jule Harm | 12. März 2026\nZusammenfassung\n- Sie öffnet am Samstag.\n\
         HAMBURG, 12. März 2026 — Der Verein eröffnet eine Werkstatt für alle.\n\
         Häufige Fragen\nF1. Wann ist geöffnet?\nAuch gefragt: Wie sind die Zeiten?\n\
         Antwort: Samstags ab elf Uhr.\n",
    );
    assert_eq!(german.author.as_deref(), Some("Jule Harm"));
    assert_eq!(german.published.unwrap().to_string(), "2026-03-12");
    assert_eq!((german.language, german.summary.len()), (Language::German, 1));
    assert_eq!(german.dateline.as_ref().unwrap().place, "HAMBURG");
    assert_eq!(faqs(&german), [("Wann ist geöffnet?", "Samstags ab elf Uhr.")]);
    assert_eq!(german.faqs[0].alternates, ["Wie sind die Zeiten?"]);

    let spanish = parse(
        "Los huertos\nPor Lucía Marchena | 5 de febrero de 2026\nResumen\n- Hay parcelas nuevas.\n\
         SEVILLA, 5 de febrero de 2026 — La asociación amplía sus huertos con nuevas parcelas.\n\
         Preguntas frecuentes\nP1. ¿Cuánto cuesta?\nTambién preguntan: ¿Cuál es el precio?\n\
         Respuesta: Cuarenta euros al año.\n",
    );
    assert_eq!(spanish.author.as_deref(), Some("Lucía Marchena"));
    assert_eq!(spanish.published.unwrap().to_string(), "2026-02-05");
    assert_eq!((spanish.language, spanish.summary.len()), (Language::Spanish, 1));
    assert_eq!(faqs(&spanish), [("¿Cuánto cuesta?", "Cuarenta euros al año.")]);
    assert_eq!(spanish.faqs[0].alternates, ["¿Cuál es el precio?"]);
}

#[test]
fn any_part_may_be_missing() {
    let untitled = parse("Summary\n- We open at nine.\n\nThe shop\nIt is in Mill Street.\n");
    assert_eq!((untitled.title.as_str(), untitled.summary.len()), ("file", 1));
    assert_eq!(sections(&untitled), [(Some("The shop"), 1)]);

    let signed = parse("By Ann Lee | 3 Mar 2026\n\nThe shop stands in Mill Street.\n");
    assert_eq!((signed.title.as_str(), signed.author.as_deref()), ("file", Some("Ann Lee")));

    let questions = parse("Q: When do you open?\nA: At nine.\n\nQ: Why?\nA: So.\n");
    assert_eq!((questions.title.as_str(), questions.id.as_str()), ("file", "folder/file"));
    assert_eq!(faqs(&questions), [("When do you open?", "At nine."), ("Why?", "So.")]);
    assert_eq!(sections(&questions), []);

    let headed = parse("FAQs\nQ1. When do you open?\nAt nine.");
    assert_eq!((headed.title.as_str(), faqs(&headed).len()), ("file", 1));

    let plain = parse("Notes on bread\n\nBread is baked at four in the morning.\n");
    assert_eq!(
        (plain.title.as_str(), &plain.author, plain.published),
        ("Notes on bread", &None, None)
    );
    assert_eq!(sections(&plain), [(None, 1)]);
}

/// Asserts that every passage stands in the text where it says it does.
#[track_caller]
fn stand_where_they_say(text: &str) -> Vec<Passage> {
    let parsed = formats::parse("file.txt", text);
    let found: Vec<Passage> = parsed.article.iter().flat_map(passages::of_article).collect();
    let line_at = |byte: usize| {
        u32::try_from(text[..byte].matches('\n').count() + 1).expect("a small number")
    };
    for passage in &found {
        let bytes = passage.bytes.clone();
        assert_eq!(text.get(bytes.clone()), Some(passage.text.as_str()), "{passage:?}\n{text:?}");
        let lines = (line_at(bytes.start), line_at(bytes.end));
        assert_eq!(passage.lines, lines, "{passage:?}\n{text:?}");
        assert!(passage.literal && passage.is_intact() && !passage.text.trim().is_empty());
        assert_eq!(passage.text.trim(), passage.text, "{text:?}");
    }
    for problem in parsed.problems {
        assert!(problem.line <= line_at(text.len()), "{problem}\n{text:?}");
    }
    found
}

#[test]
fn passages_of_the_sample_corpus_stand_where_they_say() {
    let world = World::sample();
    let mut kinds = Vec::new();
    for entry in fs::read_dir(world.corpus()).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        kinds.extend(stand_where_they_say(&text).into_iter().map(|p| p.kind));
        stand_where_they_say(&format!("\u{feff}{}", text.replace('\n', "\r\n")));
    }
    assert!([Kind::Faq, Kind::Summary, Kind::Body].iter().all(|k| kinds.contains(k)));
}

#[test]
fn long_paragraphs_are_cut_at_the_ends_of_sentences() {
    let sentence = "The ferry leaves at nine and comes back in the evening when the sea is calm. ";
    let text = format!("The ferry\n\n{}\n", sentence.repeat(60).trim_end());
    let passages = stand_where_they_say(&text);
    assert!(passages.len() > 3, "{}", passages.len());
    assert!(passages.iter().all(|p| p.text.ends_with('.') && p.text.len() <= 1600));
    let together: Vec<&str> = passages.iter().map(|p| p.text.as_str()).collect();
    assert_eq!(together.join(" "), sentence.repeat(60).trim_end());
}

/// Lines as articles have them, and some that they should not have.
fn line() -> impl Strategy<Value = String> {
    let usual = select(vec![
        "",
        "",
        "Ferry Times for the Summer",
        "By Ann Lee | 3 Mar 2026",
        "By Ann Lee",
        "id: ferry",
        "language: de",
        "Summary",
        "Zusammenfassung",
        "- The ferry leaves at nine.",
        "• Ein Punkt über die Fähre",
        "- Label: with a text behind it.",
        "You need:",
        "BEIJING, April 10, 2026 — The ferry has left. It comes back tonight.",
        "Where it lands",
        "## What it costs",
        "The ferry lands at the old pier, which stands on the north side of the bay, an",
        "hour from the town. It waits there for an hour.",
        "Ünïcode — “quoted” … 中文句子。第二句。",
        "FAQs",
        "Preguntas frecuentes",
        "Q1. When does it leave?",
        "Q2) And when does it come back",
        "Q: Why?",
        "3. What for?",
        "**Q4. Is it safe?**",
        "How much is it?",
        "Also asked: The price? | The fare?",
        "A: It leaves at nine.",
        "A1. ",
        "1. First of all",
        "-",
        "Q:",
        "A:",
        "#",
    ]);
    let odd = "\\PC{0,40}";
    let long = (1usize..60).prop_map(|n| "It leaves at nine, ask Dr. Lee. ".repeat(n));
    proptest::prop_oneof![8 => usual.prop_map(str::to_owned), 1 => odd, 1 => long]
}

proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(100))]

    #[test]
    fn passages_of_any_text_stand_where_they_say(
        lines in prop::collection::vec((line(), select(vec!["\n", "\n", "\r\n", " \n", "\n\t"])), 0..30),
        bom: bool,
        end: bool,
    ) {
        let mut text = String::from(if bom { "\u{feff}" } else { "" });
        for (line, end) in &lines {
            text.push_str(line);
            text.push_str(end);
        }
        stand_where_they_say(if end { &text } else { text.trim_end() });
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(proptest::num::u8::ANY, 0..300)) {
        stand_where_they_say(&String::from_utf8_lossy(&bytes));
    }
}
