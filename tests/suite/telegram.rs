//! The real bot program against a Bot API server on the loopback.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::bot_api::{BOT_ID, BOT_NAME, Fault};
use crate::museum::{ARTICLE, GROUP, Museum, OPENS, SECRET, text};

#[test]
fn a_question_is_answered_word_for_word() {
    let museum = Museum::new();
    let bot = museum.bot();
    museum.api.say(7, "When does the museum open?");
    let answer = museum.answer(7);
    assert!(text(&answer).contains(OPENS), "{answer:?}");
    assert!(text(&answer).contains("Visiting the Kite Museum · 10 Apr 2026 · FAQs"), "{answer:?}");
    assert_eq!(answer.body["link_preview_options"]["is_disabled"], true);
    assert!(answer.body["reply_parameters"].is_null(), "{answer:?}");
    let more = answer.buttons().pop().expect("a button for more");
    museum.api.press(7, 2, &more.1);
    let more = museum.api.wait_call("sendMessage", 7, 2);
    assert!(!more.buttons().is_empty(), "{more:?}");
    museum.api.say(7, "What is the capital of Peru?");
    let unknown = museum.api.wait_call("sendMessage", 7, 3);
    assert!(text(&unknown).starts_with("I don't know. No article mentions"), "{unknown:?}");
    let (label, data) = unknown.buttons().into_iter().next().expect("a question to press");
    museum.api.press(7, 4, &data);
    let pressed = museum.api.wait_call("sendMessage", 7, 4);
    assert!(ARTICLE.contains(&label) && text(&pressed).contains("Kite Museum"), "{pressed:?}");
    museum.api.wait_call("answerCallbackQuery", 0, 2);
    museum.finish(bot);
}

#[test]
fn a_choice_becomes_its_answer() {
    let museum = Museum::new();
    let bot = museum.bot();
    museum.api.say(7, "booking");
    let choices = museum.answer(7);
    let tour = choices.buttons().into_iter().find(|(label, _)| label.contains("guided tour"));
    let (_, data) = tour.unwrap_or_else(|| panic!("no choice: {choices:?}"));
    museum.api.press(7, 77, &data);
    let edit = museum.api.wait_call("editMessageText", 7, 1);
    assert_eq!(edit.body["message_id"], 77);
    assert!(text(&edit).contains("Write to tours@kites.example a week before"), "{edit:?}");
    // Whatever is on the button, the press is acknowledged.
    for data in ["a:aaaaaaaaaa", "nonsense"] {
        museum.api.press(7, 78, data);
    }
    let gone = museum.api.wait_call("answerCallbackQuery", 0, 3);
    assert!(gone.text().contains("no longer in the articles"), "{gone:?}");
    museum.finish(bot);
}

#[test]
fn commands_do_what_they_say() {
    let museum = Museum::new();
    let bot = museum.bot();
    let lines = [
        ("/source", "Ask something first."),
        ("/start", "Ask me a question"),
        ("Who built the largest kite?", "built by Mira Oxley in 1987"),
        ("/source", "of visit."),
        ("/why", "% sure of this answer. What fits: the "),
        ("/more", ""),
        ("/articles", "Visiting the Kite Museum · 10 Apr 2026"),
        ("/help", "/privacy: "),
        ("/privacy", "forgotten after 30 minutes of silence"),
        ("/nonsense", "There is no such command"),
        ("/new", "start over"),
        ("/why", "Ask something first."),
        ("/ask", "Please type a question"),
        ("/start a_aaaaaaaaaa", "no longer in the articles"),
        ("/exit", "There is no such command"),
    ];
    for (line, _) in lines {
        museum.api.say(7, line);
    }
    let mut link = String::new();
    for (n, (line, part)) in lines.iter().enumerate() {
        let answer = museum.api.wait_call("sendMessage", 7, n + 1);
        assert!(text(&answer).contains(part), "{line}: {answer:?}");
        if n == 1 {
            assert_eq!(answer.buttons().len(), 1, "one example of the only article: {answer:?}");
        }
        if n == 3 {
            let start = format!("https://t.me/{BOT_NAME}?start=");
            let answer = text(&answer);
            let at = answer.split_once(&start).expect("a link").1;
            link = at.lines().next().unwrap_or_default().to_owned();
        }
    }
    // A link that was typed is the same in capitals.
    museum.api.say(7, &format!("/start {}", link.to_uppercase()));
    let answer = museum.api.wait_call("sendMessage", 7, lines.len() + 1);
    assert!(text(&answer).starts_with("Who built the largest kite?\n\nThe largest"), "{answer:?}");
    assert!(answer.text().starts_with("<b>Who built the largest kite?</b>"), "{answer:?}");
    let sticker = json!({"file_id": "x", "file_unique_id": "x", "type": "regular", "width": 1,
        "height": 1, "is_animated": false, "is_video": false});
    museum.api.update(
        "message",
        json!({"sticker": sticker, "from": {"id": 8, "is_bot": false, "first_name": "P"},
            "chat": {"id": 8, "type": "private", "first_name": "P"}}),
    );
    assert!(text(&museum.answer(8)).contains("I can only read text"));
    let menu = museum.api.wait_call("setMyCommands", 0, 1);
    let names = menu.body["commands"].to_string();
    assert!(names.contains("source") && names.contains("privacy"), "{names}");
    museum.finish(bot);
}

#[test]
fn people_are_spoken_to_in_their_language_and_articles_stay_in_theirs() {
    let museum = Museum::new();
    let bot = museum.bot();
    let from = json!({"id": 7, "is_bot": false, "first_name": "P", "language_code": "de-AT"});
    let private = json!({"id": 7, "type": "private", "first_name": "P"});
    for line in ["What is the capital of Peru?", "When does the museum open?"] {
        museum.api.update("message", json!({"text": line, "from": from, "chat": private}));
    }
    let unknown = museum.answer(7);
    assert!(text(&unknown).starts_with("Das weiß ich nicht. Kein Artikel erwähnt"), "{unknown:?}");
    let answer = museum.api.wait_call("sendMessage", 7, 2);
    assert!(text(&answer).contains(OPENS), "{answer:?}");
    assert!(text(&answer).contains("Visiting the Kite Museum · 10. Apr. 2026"), "{answer:?}");
    let (label, more) = answer.buttons().pop().expect("a button for more");
    assert_eq!(label, "Mehr aus diesem Artikel");
    // The message above the button is the bot's; the language is that of who presses.
    let below = json!({"message_id": 2, "date": 1, "text": "x", "chat": private,
        "from": {"id": BOT_ID, "is_bot": true, "first_name": "Kites"}});
    let press =
        json!({"id": "1", "from": from, "chat_instance": "1", "message": below, "data": more});
    museum.api.update("callback_query", press);
    assert_eq!(text(&museum.api.wait_call("sendMessage", 7, 3)), "Auch in diesem Artikel:");
    // Who sits beside them is spoken to in another.
    let more =
        json!({"from": {"id": 8, "is_bot": false, "first_name": "Q", "language_code": "ru"}});
    museum.api.say_in_group(GROUP, "/ask What is the capital of Peru?", &more);
    assert!(text(&museum.answer(GROUP)).starts_with("Не знаю."));
    // One menu for private chats and one for groups, where /ask is of use.
    let menus: Vec<_> =
        (1..=10).map(|n| museum.api.wait_call("setMyCommands", 0, n).body).collect();
    let codes: Vec<_> = menus.iter().map(|menu| menu["language_code"].as_str()).collect();
    let languages = [None, Some("en"), Some("de"), Some("es"), Some("ru")];
    assert_eq!(codes, languages.into_iter().flat_map(|code| [code; 2]).collect::<Vec<_>>());
    assert!(menus[4].to_string().contains("die neuesten Artikel"), "{}", menus[4]);
    assert!(menus[5].to_string().contains("\"ask\"") && !menus[4].to_string().contains("\"ask\""));
    museum.finish(bot);
}

#[test]
fn in_groups_it_speaks_when_spoken_to() {
    let museum = Museum::new();
    let bot = museum.bot();
    let say = |text: &str, more| museum.api.say_in_group(GROUP, text, &more);
    say("When does the museum open?", json!({}));
    say("/help", json!({}));
    say("/help@other_bot", json!({}));
    say(
        &format!("@{BOT_NAME} When does the museum open?"),
        json!({"is_topic_message": true, "message_thread_id": 5}),
    );
    let answer = museum.answer(GROUP);
    assert!(text(&answer).contains(OPENS), "{answer:?}");
    assert_eq!(answer.body["message_thread_id"], 5);
    assert_eq!(answer.body["reply_parameters"]["message_id"], 4);
    assert_eq!(answer.body["reply_parameters"]["allow_sending_without_reply"], true);
    let ours = json!({"message_id": 90, "date": 1, "text": "x",
        "chat": {"id": GROUP, "type": "supergroup", "title": "G"},
        "from": {"id": BOT_ID, "is_bot": true, "first_name": "Kites"}});
    say("Who built the largest kite?", json!({"reply_to_message": ours, "message_thread_id": 90}));
    let second = museum.api.wait_call("sendMessage", GROUP, 2);
    assert!(text(&second).contains("Mira Oxley"), "{second:?}");
    assert!(second.body["message_thread_id"].is_null(), "a reply chain is no topic: {second:?}");
    say("/ask Who built the largest kite?", json!({}));
    museum.api.wait_call("sendMessage", GROUP, 3);
    museum.api.wait_confirmed();
    assert_eq!(museum.api.calls_to(GROUP).len(), 3);
    museum.finish(bot);
}

#[test]
fn long_answers_come_whole_in_several_messages() {
    let sentences: Vec<String> = (1..=160)
        .map(|n| {
            format!("Rule {n} says \u{1f600} that kite number {n} needs a <long> & strong line.")
        })
        .collect();
    let article = format!(
        "The Rules of the Kite Contest\nBy Ada Lind | 10 Apr 2026\n\nFAQs\n\nQ1. What are the rules of the contest?\n{}\n",
        sentences.join(" ")
    );
    let museum = Museum::with(&[("rules.txt", &article)]);
    let bot = museum.bot();
    museum.api.say(7, "What are the rules of the contest?");
    let mut calls = Vec::new();
    while !calls.last().is_some_and(|last| text(last).contains("The Rules of the Kite Contest")) {
        calls.push(museum.api.wait_call("sendMessage", 7, calls.len() + 1));
    }
    assert!(calls.len() > 1, "{calls:?}");
    let whole: String = calls.iter().map(text).collect();
    assert!(whole.contains(&sentences.join(" ")), "{whole}");
    assert!(calls.iter().all(|c| c.text().contains("<blockquote expandable>")));
    assert!(calls[0].buttons().is_empty());
    museum.finish(bot);
}

#[test]
fn troubles_on_the_way_lose_nothing() {
    let museum = Museum::new();
    for fault in [
        Fault::Page(200),
        Fault::Reset,
        Fault::TooMany(1),
        Fault::TooMany(0),
        Fault::Unauthorized,
        Fault::Internal,
        Fault::Markup,
    ] {
        museum.api.fail("sendMessage", fault);
    }
    for fault in [Fault::Reset, Fault::Page(200), Fault::Conflict] {
        museum.api.fail("getUpdates", fault);
    }
    let bot = museum.bot();
    museum.api.say(7, "When does the museum open?");
    let answer = museum.answer(7);
    // Sent without markup in the end.
    assert!(answer.body["parse_mode"].is_null() && answer.text().contains(OPENS), "{answer:?}");
    museum.api.wait_confirmed();
    assert_eq!(museum.api.calls_to(7).len(), 1);
    assert!(bot.log().contains("another program is getting this bot's messages"), "{}", bot.log());
    assert!(!bot.log().contains("When does"), "{}", bot.log());
    museum.finish(bot);
}

#[test]
fn a_long_wait_that_is_asked_for_loses_nothing() {
    let museum = Museum::new();
    museum.api.fail("sendMessage", Fault::TooMany(3_000));
    let mut first = museum.bot();
    museum.api.say(7, "When does the museum open?");
    museum.api.wait_failed();
    museum.api.wait_confirmed();
    first.signal("TERM");
    assert_eq!(first.code(), Some(0), "{}", first.log());
    assert!(museum.api.calls_to(7).is_empty());
    let second = museum.bot();
    assert!(text(&museum.answer(7)).contains(OPENS));
    museum.finish(second);
}

#[test]
fn what_is_newer_than_the_bot_costs_no_answer() {
    let museum = Museum::new();
    let bot = museum.bot();
    let entities = json!([{"type": "date_time", "offset": 0, "length": 4, "unix_time": 1},
        {"type": "text_link", "offset": 0, "length": 4, "url": "http://"}]);
    let private = json!({"id": 7, "type": "private", "first_name": "P"});
    let person = json!({"id": 7, "is_bot": false, "first_name": "P"});
    let before = json!({"message_id": 9, "date": 1, "text": "This", "entities": entities,
        "from": person, "chat": private});
    let asked = "When does the museum open?";
    museum.api.update(
        "message",
        json!({"text": asked, "entities": entities, "from": person, "chat": private}),
    );
    museum.api.update(
        "message",
        json!({"text": asked, "reply_to_message": before, "from": person, "chat": private}),
    );
    for n in [1, 2] {
        assert!(text(&museum.api.wait_call("sendMessage", 7, n)).contains(OPENS));
    }
    museum.finish(bot);
}

#[test]
fn a_server_error_loses_nothing() {
    let museum = Museum::new();
    museum.api.fail("sendMessage", Fault::Page(502));
    let bot = museum.bot();
    museum.api.say(7, "When does the museum open?");
    museum.api.wait_failed();
    let failed = Instant::now();
    // Another chat does not wait for the troubled one.
    museum.api.say(8, "Who built the largest kite?");
    museum.answer(8);
    assert!(text(&museum.answer(7)).contains(OPENS));
    // The library alone would sleep for ten seconds.
    assert!(failed.elapsed() < Duration::from_secs(9), "{:?}", failed.elapsed());
    museum.api.wait_confirmed();
    assert_eq!((museum.api.calls_to(7).len(), museum.api.calls_to(8).len()), (1, 1));
    museum.finish(bot);
}

#[test]
fn a_stop_finishes_and_confirms_what_is_under_way() {
    let museum = Museum::new();
    museum.api.fail("sendMessage", Fault::Hold);
    let mut bot = museum.bot();
    museum.api.say(7, "When does the museum open?");
    museum.api.say(7, "Who built the largest kite?");
    museum.api.wait_held();
    bot.signal("TERM");
    museum.api.release();
    assert_eq!(bot.code(), Some(0), "{}", bot.log());
    let answers = museum.api.calls_to(7);
    assert_eq!(answers.len(), 2, "{answers:?}");
    assert!(text(&answers[0]).contains(OPENS) && text(&answers[1]).contains("Mira Oxley"));
    assert_eq!(museum.api.unconfirmed(), 0);
    assert!(!bot.log().contains(SECRET));
}

#[test]
fn an_interrupt_stops_an_idle_bot() {
    let museum = Museum::new();
    let mut bot = museum.bot();
    museum.api.say(7, "/help");
    museum.answer(7);
    museum.api.wait_confirmed();
    bot.signal("INT");
    assert_eq!(bot.code(), Some(0), "{}", bot.log());
    assert!(bot.log().contains(&format!("running as @{BOT_NAME}")), "{}", bot.log());
}

#[test]
fn what_a_killed_bot_did_not_answer_the_next_one_does() {
    let museum = Museum::new();
    museum.api.fail("sendMessage", Fault::Hold);
    let mut killed = museum.bot();
    museum.api.say(7, "When does the museum open?");
    museum.api.wait_held();
    killed.signal("KILL");
    assert_eq!(killed.code(), None);
    museum.api.drop_held();
    let bot = museum.bot();
    assert!(text(&museum.answer(7)).contains(OPENS));
    museum.api.wait_confirmed();
    assert_eq!(museum.api.calls_to(7).len(), 1);
    museum.finish(bot);
}

#[test]
fn a_wrong_token_is_told_in_one_line() {
    let museum = Museum::new();
    museum.api.fail("getMe", Fault::Unauthorized);
    let mut bot = museum.bot();
    assert_eq!(bot.code(), Some(2));
    let log = bot.log();
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.contains("does not know the token") && log.contains("BotFather"), "{log}");
    assert!(!log.contains(SECRET), "{log}");
}

#[test]
fn a_token_that_cannot_be_one_is_told_in_one_line() {
    let museum = Museum::new();
    for (token, part) in [("", "BotFather"), (SECRET, "is no token")] {
        let mut bot = museum.bot_with(token);
        assert_eq!(bot.code(), Some(2));
        let log = bot.log();
        let last = log.lines().last().unwrap_or_default();
        assert!(last.contains(part) && !log.contains(SECRET), "{log}");
    }
    assert_eq!(fs::read_to_string(museum.folder.path().join("log")).unwrap().lines().count(), 2);
    assert!(!museum.folder.path().join("index").exists(), "nothing is built for it");
}

#[test]
fn no_network_at_the_start_is_waited_out() {
    let museum = Museum::new();
    for fault in [Fault::Reset, Fault::Page(200)] {
        museum.api.fail("getMe", fault);
    }
    let bot = museum.bot();
    museum.api.say(7, "When does the museum open?");
    assert!(text(&museum.answer(7)).contains(OPENS));
    let told = bot.log().lines().filter(|l| l.contains("cannot be reached")).count();
    assert_eq!(told, 2, "{}", bot.log());
    museum.finish(bot);
}
