//! Talks as people have them, over the sample corpus: at the prompt and in the bot.

use std::fs;

use serde_json::{Value, json};

use crate::bot_api::{BOT_ID, BOT_NAME, Call};
use crate::museum::{GROUP, Museum, SECRET, text};
use crate::world::{World, repository};

/// A museum with the sample articles.
fn samples() -> Museum {
    let folder = repository().join("corpus");
    let entries =
        fs::read_dir(folder).expect("the sample corpus").map(|entry| entry.expect("an entry"));
    let articles: Vec<(String, String)> = entries
        .map(|entry| {
            let name = entry.file_name().into_string().expect("a name");
            (name, fs::read_to_string(entry.path()).expect("an article"))
        })
        .filter(|(name, _)| name != "questions.toml")
        .collect();
    let articles: Vec<(&str, &str)> =
        articles.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Museum::with(&articles)
}

/// A bot that answers as the prompt does: with the settings that the program comes with.
fn bot(museum: &Museum, settings: &[(&str, &str)]) -> crate::museum::Bot {
    let plain = [("FAQBOT__ANSWERING__CHOICE_FROM", "")];
    museum.bot_by(&format!("123456:{SECRET}"), &[&plain, settings].concat())
}

/// What one turn has to bring.
enum Comes {
    /// This passage, the same in both.
    Passage(&'static str),
    /// This passage after a note on what it was taken to be about.
    Carried(&'static str),
    /// These words of our own, the same in both.
    Words(&'static str),
    /// This, among what each face shows in its own way.
    Shown(&'static str),
}

use Comes::{Carried, Passage, Shown, Words};

const TALK: &[(&str, Comes)] = &[
    ("hello", Words("Hello! Ask me a question in your own words.")),
    (
        "who invested in shengshu",
        Passage("Alibaba Cloud, the cloud computing arm of Alibaba Group, led the round."),
    ),
    ("what abuot tangvik", Shown("Tangvik Packaging")),
    ("and who is the ceo?", Carried("The chief executive is Ingrid Maune.")),
    (
        "how much did they raise?",
        Carried(
            "Tangvik Packaging raised €18.5 million, of which €10 million came from the lead investor, Fjordlight Ventures.",
        ),
    ),
    ("tell me more", Shown("See also:")),
    ("1", Passage("The chief executive is Ingrid Maune.")),
    ("why", Words("You chose this one.")),
    (
        "where does it say that",
        Shown(
            "Tangvik Packaging Raises €18.5 Million for a Seaweed Tray Plant in Grenaa · 24 Feb 2026 · FAQs",
        ),
    ),
    ("thanks!", Words("You're welcome.")),
    (
        "when is the libary open on saturdays",
        Passage(
            "Since 5 January 2026 the library is open from 9 am to 8 pm on Monday to Friday, from 10 am to 4 pm on Saturday and from 1 pm to 5 pm on Sunday.",
        ),
    ),
    (
        "and on sundays?",
        Carried(
            "Yes, since January 2026 the library opens every Sunday from 1 pm to 5 pm, except on Easter Sunday and during the Christmas closure.",
        ),
    ),
    (
        "is there free wifi",
        Passage(
            "Yes, the Wi-Fi is free in the whole building, and you do not need a library card to use it.",
        ),
    ),
    (
        "what about printing",
        Carried("Printing costs 10 pence a page in black and white and 30 pence a page in colour."),
    ),
    ("/new", Words("All right, let's start over.")),
    ("why?", Words("Ask something first.")),
    ("the second one", Words("There is nothing to pick. Just ask your question.")),
    (
        "how much is the anual pass",
        Passage("The annual pass costs €72 in 2026, or €48 for students and people over 65."),
    ),
    (
        "do e-bikes cost extra",
        Passage("With an annual pass, electric bikes cost nothing extra in 2026."),
    ),
    (
        "the second one",
        Passage("Since 2 March 2026 a single ride costs €2.50 for the first 30 minutes"),
    ),
    ("what is the capital of mongolia?", Words("I don't know. No article mentions “mongolia”.")),
    ("no", Words("All right. Please ask in other words.")),
    ("ok", Words("Good. Ask on if you like.")),
    (
        "i forgot my pwd",
        Passage("Choose Forgot password on the login page and enter your email address."),
    ),
    (
        "how do i delete my acount",
        Passage("Open Settings, Account and choose Delete account at the bottom of the page."),
    ),
    (
        "¿cuánto cuesta una parcela?",
        Passage("Cada parcela cuesta 45 euros al año, con el agua y las herramientas incluidas."),
    ),
    ("¿y puedo vender lo que cultivo?", Carried("No, la cosecha es para consumo propio")),
    ("gracias", Words("You're welcome.")),
    (
        "was kostet eine reparatur?",
        Passage("Die Hilfe ist kostenlos, und der Verein freut sich über eine Spende."),
    ),
    ("danke", Words("You're welcome.")),
    (
        "can i send something back",
        Passage("Open your order in your customer account, choose Return and print the label."),
    ),
    ("how long do i have", Carried("You have 30 days from the day of delivery.")),
    (
        "what about furniture",
        Carried("Furniture that weighs more than 30 kilograms travels by carrier for €39."),
    ),
    ("how do i train a dragon", Words("I don't know. No article mentions “dragon”.")),
    (
        "what is vidu",
        Passage(
            "Vidu is ShengShu's AI video platform, which makes clips from a written description or from pictures.",
        ),
    ),
    (
        "when will my home get fibre",
        Passage(
            "Upper Harrow and Quarry End are due by 30 June 2026, Low Mere by 31 October 2026 and all remaining homes by 31 March 2027.",
        ),
    ),
    ("next", Passage("")),
    ("the last one", Passage("")),
    ("help", Shown("/articles")),
    ("bye", Words("Goodbye!")),
];

/// A text before its place and before what can be picked, in single blanks.
fn gist(said: &str) -> String {
    let end = ["\n— ", "\n  1. "].into_iter().filter_map(|mark| said.find(mark)).min();
    said[..end.unwrap_or(said.len())].split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the prompt says to each line.
fn at_the_prompt(lines: &[&str]) -> Vec<String> {
    // A command that does not exist tells the replies apart.
    let typed = lines.join("\n/frob\n") + "\n";
    let run = World::sample().run_with(["repl"], typed).exits(0);
    let end = "There is no such command. /help shows what there is.\n";
    let said: Vec<String> = run.stdout.split(end).map(|said| said.trim().to_owned()).collect();
    assert_eq!(said.len(), lines.len(), "{run}");
    said
}

#[test]
fn a_long_talk_goes_the_same_way_in_both_faces() {
    assert_eq!(TALK.len(), 40);
    let lines: Vec<&str> = TALK.iter().map(|(line, _)| *line).collect();
    let museum = samples();
    let bot = bot(&museum, &[]);
    for line in &lines {
        museum.api.say(7, line);
    }
    let typed = at_the_prompt(&lines);
    for (n, (line, comes)) in TALK.iter().enumerate() {
        let sent = museum.api.wait_call("sendMessage", 7, n + 1);
        let (sent, typed) = (text(&sent), &typed[n]);
        let told = format!("{n} {line}:\n{typed}\n---\n{sent}");
        let (Passage(part) | Carried(part) | Words(part) | Shown(part)) = comes;
        assert!(typed.contains(part) && sent.contains(part), "{told}");
        if matches!(comes, Shown(_)) {
            continue;
        }
        // What was picked stands below its question in a chat.
        assert!(gist(&sent).ends_with(&gist(typed)), "{told}");
        let carried = typed.contains("/new starts over.");
        assert_eq!(carried, matches!(comes, Carried(_)), "{told}");
        let place = typed.split_once("\n— ").map(|(_, place)| place.split(" (").next());
        assert_eq!(place.is_some(), matches!(comes, Passage(_) | Carried(_)), "{told}");
        assert!(place.flatten().is_none_or(|place| sent.contains(place)), "{told}");
    }
    museum.finish(bot);
}

const CHIEF: &str = "Who is the chief executive of Tangvik Packaging?";
const HOURS: &str = "When is the library open on Saturdays?";
const RAISED: &str = "Tangvik Packaging raised €18.5 million";
const SUNDAYS: &str = "the library opens every Sunday";

fn by(person: i64, more: &Value) -> Value {
    let mut whole = json!({"from": {"id": person, "is_bot": false, "first_name": "P"}});
    for (key, value) in more.as_object().into_iter().flatten() {
        whole[key] = value.clone();
    }
    whole
}

#[test]
fn talks_of_two_people_do_not_mix() {
    let museum = samples();
    let bot = bot(&museum, &[]);
    let ours = json!({"reply_to_message": {"message_id": 90, "date": 1, "text": "x",
        "chat": {"id": GROUP, "type": "supergroup", "title": "G"},
        "from": {"id": BOT_ID, "is_bot": true, "first_name": "Kites"}}});
    let topic = json!({"is_topic_message": true, "message_thread_id": 5});
    let (source, none) = (format!("/source@{BOT_NAME}"), json!({}));
    let turns = [
        (7, format!("/ask {CHIEF}"), &none, "Ingrid Maune"),
        (8, format!("@{BOT_NAME} {HOURS}"), &none, "9 am to 8 pm"),
        (7, "/ask how much did they raise?".to_owned(), &none, RAISED),
        (8, "and on sundays?".to_owned(), &ours, SUNDAYS),
        // Nobody waits for a word to these.
        (7, "thanks!".to_owned(), &ours, ""),
        (8, "bye".to_owned(), &ours, ""),
        (8, source.clone(), &none, "Is the library open on Sundays?"),
        (7, source.clone(), &none, "How much money did Tangvik Packaging raise?"),
        // Another person, and the same one in another topic, have said nothing yet.
        (9, source.clone(), &none, "Ask something first."),
        (7, source, &topic, "Ask something first."),
        (9, "hello".to_owned(), &ours, "Hello!"),
    ];
    for (person, line, more, _) in &turns {
        museum.api.say_in_group(GROUP, line, &by(*person, more));
    }
    let answered = turns.iter().filter(|(.., part)| !part.is_empty());
    for (n, (person, line, _, part)) in answered.enumerate() {
        let sent = museum.api.wait_call("sendMessage", GROUP, n + 1);
        assert!(text(&sent).contains(part), "{person} {line}: {sent:?}");
    }
    museum.api.wait_confirmed();
    assert_eq!(museum.api.calls_to(GROUP).len(), turns.len() - 2);
    museum.finish(bot);
}

#[test]
fn a_question_that_is_changed_was_never_asked() {
    let museum = samples();
    let bot = bot(&museum, &[]);
    museum.api.say(7, CHIEF);
    museum.answer(7);
    museum.api.edit(7, 1, HOURS);
    let edit = museum.api.wait_call("editMessageText", 7, 1);
    assert!(text(&edit).contains("9 am to 8 pm"), "{edit:?}");
    museum.api.say(7, "and on sundays?");
    let sent = museum.api.wait_call("sendMessage", 7, 2);
    assert!(text(&sent).contains(SUNDAYS) && text(&sent).contains("still about"), "{sent:?}");
    // What followed goes with it.
    museum.api.edit(7, 1, CHIEF);
    museum.api.wait_call("editMessageText", 7, 2);
    museum.api.say(7, "how much did they raise?");
    let sent = museum.api.wait_call("sendMessage", 7, 3);
    assert!(text(&sent).contains(RAISED), "{sent:?}");
    // So does what it offered, and the answer that stood there.
    museum.api.edit(7, 1, "What is the capital of Mongolia?");
    museum.api.wait_call("editMessageText", 7, 3);
    museum.api.say(7, "/source");
    let sent = museum.api.wait_call("sendMessage", 7, 4);
    assert_eq!(text(&sent), "Your last question had no answer.");
    museum.finish(bot);
}

#[test]
fn nothing_is_carried_where_nothing_is_to_be_remembered() {
    let museum = samples();
    let bot = bot(&museum, &[("FAQBOT__ANSWERING__FORGET_AFTER_MINUTES", "0")]);
    for line in [CHIEF, "how much did they raise?", CHIEF, "/source", "/privacy"] {
        museum.api.say(7, line);
    }
    let sent: Vec<Call> = (1..=5).map(|n| museum.api.wait_call("sendMessage", 7, n)).collect();
    assert!(!text(&sent[1]).contains("/new starts over"), "{:?}", sent[1]);
    assert!(text(&sent[3]).contains(CHIEF), "{:?}", sent[3]);
    assert!(text(&sent[4]).contains("after 1 minute of silence"), "{:?}", sent[4]);
    museum.finish(bot);
}

#[test]
fn what_was_carried_can_be_dropped() {
    let museum = samples();
    let bot = bot(&museum, &[]);
    museum.api.say(7, "is there free wifi");
    museum.api.say(7, "what about printing");
    let answer = museum.api.wait_call("sendMessage", 7, 2);
    let way_out = |call: &Call| {
        let mut buttons = call.buttons().into_iter();
        buttons.find(|(label, _)| label == "No, a new question").map(|(_, data)| data)
    };
    assert!(way_out(&museum.answer(7)).is_none(), "nothing was carried into the first answer");
    let data = way_out(&answer).expect("a way out");
    museum.api.press(7, 4, &data);
    let anew = museum.api.wait_call("editMessageText", 7, 1);
    assert!(!text(&anew).contains("/new starts over") && way_out(&anew).is_none(), "{anew:?}");
    assert!(text(&anew).contains("Printing costs 10 pence a page"), "{anew:?}");
    // A stranger's press, and one after all is forgotten, are told kindly.
    museum.api.press(8, 4, &data);
    museum.api.say(7, "/new");
    museum.api.press(7, 5, &data);
    for n in [2, 3] {
        let word = museum.api.wait_call("answerCallbackQuery", 0, n);
        assert_eq!(word.text(), "I have forgotten that question by now. Please ask it again.");
    }
    museum.finish(bot);
}

#[test]
fn what_is_picked_comes_in_its_newest_version_and_what_is_linked_as_it_is() {
    let export = World::sample().run(["export"]).exits(0).stdout;
    let passages = export.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let linked = |passage: &Value| passage["passage"] == "library-opening-hours-2025#q2";
    let old = passages.into_iter().find(linked).expect("an entry of 2025");
    let link = old["link"].as_str().expect("a link");
    let museum = samples();
    let bot = bot(&museum, &[]);
    museum.api.say(7, &format!("/start a_{link}"));
    let exact = text(&museum.answer(7));
    let older = "No, the library is closed every Sunday in 2025.";
    assert!(exact.starts_with(&format!("Is the library open on Sundays?\n\n{older}")), "{exact}");
    assert!(exact.contains("A newer article says (5 Jan 2026):\nYes, since"), "{exact}");
    museum.api.press(7, 4, &format!("n:{link}"));
    let picked = text(&museum.api.wait_call("sendMessage", 7, 2));
    assert!(picked.starts_with("Is the library open on Sundays?\n\nYes, since"), "{picked}");
    assert!(picked.contains(&format!("An older article says (6 Jan 2025):\n{older}")), "{picked}");
    // A press is a turn: what comes next may go on from it.
    museum.api.say(7, "/source");
    assert!(text(&museum.api.wait_call("sendMessage", 7, 3)).contains("hours-2026"));
    let query = json!({"id": "q", "from": {"id": 7, "is_bot": false, "first_name": "P"},
        "query": "Is the library open on Sundays?", "offset": ""});
    museum.api.update("inline_query", query);
    let cards = museum.api.wait_call("answerInlineQuery", 0, 1).body.to_string();
    assert!(cards.contains("Yes, since") && !cards.contains("in 2025"), "{cards}");
    museum.finish(bot);
}

#[test]
fn examples_are_in_the_language_of_who_asks() {
    let museum = samples();
    let bot = bot(&museum, &[]);
    for (person, code, part) in [(7, "es", "¿Cómo puedo solicitar"), (8, "de", "Wann hat die")] {
        for (n, line) in [(1, "/start"), (2, "/help")] {
            let from = json!({"id": person, "is_bot": false, "first_name": "P",
                "language_code": code});
            let chat = json!({"id": person, "type": "private", "first_name": "P"});
            museum.api.update("message", json!({"text": line, "from": from, "chat": chat}));
            let examples = museum.api.wait_call("sendMessage", person, n).buttons();
            assert!(examples[0].0.starts_with(part) && examples.len() == 3, "{examples:?}");
        }
    }
    museum.finish(bot);
}

#[test]
fn what_is_offered_can_be_picked_in_words() {
    let museum = Museum::new();
    let bot = museum.bot();
    let turns = [
        ("booking", "Did you mean one of these?"),
        ("yes", "Which one do you mean?"),
        ("the second one", "Call the workshop on any weekday."),
        ("/new", "All right"),
        ("booking", "Did you mean one of these?"),
        ("1", "Write to tours@kites.example a week before you come."),
    ];
    for (line, _) in turns {
        museum.api.say(7, line);
    }
    let sent: Vec<Call> =
        (1..=turns.len()).map(|n| museum.api.wait_call("sendMessage", 7, n)).collect();
    for ((line, part), sent) in turns.iter().zip(&sent) {
        assert!(text(sent).contains(part), "{line}: {sent:?}");
    }
    assert_eq!(sent[1].buttons(), sent[0].buttons(), "what there is to pick is shown again");
    museum.finish(bot);
}

#[test]
fn what_a_list_offers_can_be_picked_by_number_until_another_one_is_shown() {
    let museum = Museum::new();
    let bot = museum.bot();
    let opens = "The museum opens at 9 am.";
    let turns = [
        ("3", "There is nothing to pick."),
        ("/source", "Ask something first."),
        ("What is the capital of Peru?", "I don't know."),
        ("/source", "Your last question had no answer."),
        ("/new", "All right"),
        ("/start", "Ask me a question in your own words."),
        ("1", opens),
        ("What is the capital of Peru?", "I don't know."),
        ("/source", "When does the museum open?"),
        ("/help", "/articles"),
        ("4", "The last list has no such number."),
        ("the first one", opens),
    ];
    for (line, _) in turns {
        museum.api.say(7, line);
    }
    for (n, (line, part)) in turns.iter().enumerate() {
        let sent = museum.api.wait_call("sendMessage", 7, n + 1);
        assert!(text(&sent).contains(part), "{n} {line}: {sent:?}");
    }
    let answer = museum.api.wait_call("sendMessage", 7, turns.len());
    let more = answer.buttons().into_iter().find(|(_, data)| data.starts_with("m:"));
    museum.api.press(7, 90, &more.expect("the way to more of the article").1);
    let others = museum.api.wait_call("sendMessage", 7, turns.len() + 1);
    museum.api.say(7, "the last one");
    let last = museum.api.wait_call("sendMessage", 7, turns.len() + 2);
    let (question, _) = others.buttons().pop().expect("a question");
    assert!(text(&last).starts_with(&question), "{question}: {last:?}");
    museum.finish(bot);
}

#[test]
fn what_was_not_known_is_no_topic() {
    let lines = ["is there free wifi", "how do I train a dragon", "what about printing"];
    let typed = at_the_prompt(&lines);
    assert!(typed[1].starts_with("I don't know."), "{}", typed[1]);
    assert!(typed[2].contains("Printing costs 10 pence") && !typed[2].contains("dragon"));
    assert!(typed[2].contains("still about"), "{}", typed[2]);
    let typed = at_the_prompt(&["how do I train a dragon", "printing"]);
    assert!(!typed[1].contains("still about"), "{}", typed[1]);
}

#[test]
fn lines_of_a_script_are_the_same_talk() {
    let lines = "is there free wifi\nwhat about printing\nthanks\n1\n/source\n/frob\n/new\n7\n";
    let talk = |more: &[&str], lines: &str| {
        let args = [&["ask", "--conversation", "-"], more].concat();
        World::sample().run_with(args, lines)
    };
    let typed = World::sample().run_with(["repl"], lines).exits(0).stdout;
    assert_eq!(talk(&[], lines).exits(0).stdout, typed);
    let replies =
        talk(&["--json"], &format!("{lines}how do i train a dragon\n")).exits(1).replies();
    let outcomes: Vec<&str> = replies.iter().map(crate::world::Reply::outcome).collect();
    let (given, said) = ("answer", "said");
    assert_eq!(outcomes, [given, given, said, given, said, said, said, said, "unknown"]);
    assert_eq!(replies[1].json["changes"][0]["why"], "topic", "{}", replies[1]);
    let expected =
        json!({"version": 1, "question": "thanks", "outcome": "said", "said": "You're welcome."});
    assert_eq!(replies[2].json, expected);
    assert!(replies[4].json["said"].as_str().is_some_and(|said| said.contains("line")));
}

#[test]
fn a_call_below_a_question_answers_that_question() {
    let museum = Museum::new();
    let bot = museum.bot();
    let asked = json!({"reply_to_message": {"message_id": 90, "date": 1,
        "text": "Does anybody know who built the largest kite?",
        "chat": {"id": GROUP, "type": "supergroup", "title": "G"},
        "from": {"id": 8, "is_bot": false, "first_name": "Q"}}});
    for (n, call) in ["/ask", &format!("@{BOT_NAME}")].into_iter().enumerate() {
        museum.api.say_in_group(GROUP, call, &asked);
        let sent = museum.api.wait_call("sendMessage", GROUP, n + 1);
        assert!(text(&sent).contains("Mira Oxley"), "{call}: {sent:?}");
    }
    museum.finish(bot);
}
