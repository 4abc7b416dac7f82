//! What people can do beyond asking, and what who keeps the bot can: the real bot program.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::bot_api::{BOT_ID, BOT_NAME, Fault};
use crate::museum::{GROUP, Museum, OPENS, SECRET, text};

const TOKEN: &str = "123456:Tok3n-that_nobody-may-see";
const OTHER: &str = "Who built the largest kite?";

#[test]
fn a_question_that_is_changed_has_its_answer_changed() {
    let museum = Museum::new();
    let bot = museum.bot();
    museum.api.say(7, "When does the museum open?");
    museum.answer(7);
    museum.api.edit(7, 1, OTHER);
    let edit = museum.api.wait_call("editMessageText", 7, 1);
    assert!(text(&edit).contains("Mira Oxley"), "{edit:?}");
    // Changes that nobody can see change nothing; another question is answered by itself.
    museum.api.edit(7, 1, OTHER);
    museum.api.say(7, "When does the museum open?");
    let second = museum.api.wait_call("sendMessage", 7, 2);
    assert!(text(&second).contains(OPENS), "{second:?}");
    let edits = museum.api.calls_to(7).iter().filter(|c| c.method == "editmessagetext").count();
    assert_eq!(edits, 1);
    museum.finish(bot);
}

#[test]
fn parts_of_an_answer_that_are_gone_are_sent_anew() {
    let rules = |name: &str| {
        let rule = |n| format!("Rule {n} of the {name} is as long as it has to be for this.");
        (1..=160).map(rule).collect::<Vec<_>>().join(" ")
    };
    let article = format!(
        "The Rules\nBy Ada Lind | 10 Apr 2026\n\nFAQs\n\nQ1. What are the rules of the contest?\n{}\n\nQ2. What are the rules of the workshop?\n{}\n",
        rules("contest"),
        rules("workshop")
    );
    let museum = Museum::with(&[("rules.txt", &article)]);
    let bot = museum.bot();
    museum.api.say(7, "What are the rules of the contest?");
    let parts = 3;
    museum.api.wait_call("sendMessage", 7, parts);
    // The chat has moved meanwhile, and of three parts somebody deleted the second.
    for fault in [Fault::Moved(8), Fault::Pass, Fault::Gone] {
        museum.api.fail("editMessageText", fault);
    }
    museum.api.edit(7, 1, "What are the rules of the workshop?");
    let edit = museum.api.wait_call("editMessageText", 8, 1);
    let rest: Vec<_> = (1..parts).map(|n| museum.api.wait_call("sendMessage", 8, n)).collect();
    let whole: String = std::iter::once(&edit).chain(&rest).map(text).collect();
    assert!(whole.contains(&rules("workshop")), "{whole}");
    // What the new parts stand for is taken away.
    museum.api.wait_call("deleteMessage", 8, parts - 1);
    museum.api.wait_confirmed();
    let edits = museum.api.calls_to(8).iter().filter(|c| c.method == "editmessagetext").count();
    assert_eq!(edits, 1);
    museum.finish(bot);
}

#[test]
fn all_parts_of_a_choice_follow_the_question() {
    let part = |name: &str| format!("The {name} is as long as it has to be for this. ").repeat(160);
    let article = format!(
        "Booking\nBy Ada Lind | 10 Apr 2026\n\nFAQs\n\nQ1. How do I book a guided tour?\n{}\n\nQ2. How do I book a workshop?\n{}\n\nQ3. {OTHER}\nMira Oxley built it.\n",
        part("tour"),
        part("workshop")
    );
    let museum = Museum::with(&[("booking.txt", &article)]);
    let bot = museum.bot();
    museum.api.say(7, OTHER);
    museum.answer(7);
    museum.api.edit(7, 1, "booking");
    let choices = museum.api.wait_call("editMessageText", 7, 1);
    let message = choices.body["message_id"].as_i64().expect("a message");
    museum.api.press(7, message, &choices.buttons().swap_remove(0).1);
    museum.api.wait_call("editMessageText", 7, 2);
    let rest = museum.api.wait_call("sendMessage", 7, 2);
    assert!(text(&rest).contains("10 Apr 2026"), "two parts are all: {rest:?}");
    museum.api.edit(7, 1, OTHER);
    let edit = museum.api.wait_call("editMessageText", 7, 3);
    assert_eq!(edit.body["message_id"], message);
    assert!(text(&edit).contains("Mira Oxley"), "{edit:?}");
    museum.api.wait_call("deleteMessage", 7, 1);
    museum.finish(bot);
}

#[test]
fn an_answer_to_what_became_thanks_is_taken_away() {
    let museum = Museum::new();
    let bot = museum.bot();
    museum.api.say_in_group(GROUP, &format!("/ask {OTHER}"), &json!({}));
    let asked = museum.answer(GROUP).body["reply_parameters"]["message_id"].clone();
    let edit = |text: &str| {
        let chat = json!({"id": GROUP, "type": "supergroup", "title": "G"});
        let from = json!({"id": 7, "is_bot": false, "first_name": "P"});
        museum.api.update(
            "edited_message",
            json!({"message_id": asked, "date": 1, "edit_date": 2, "text": text, "from": from, "chat": chat}),
        );
    };
    edit("/ask thanks");
    museum.api.wait_call("deleteMessage", GROUP, 1);
    edit(&format!("/ask {OTHER}"));
    let again = museum.api.wait_call("sendMessage", GROUP, 2);
    assert!(text(&again).contains("Mira Oxley"), "{again:?}");
    museum.finish(bot);
}

#[test]
fn articles_come_in_pages_and_lead_to_each_other() {
    let article = |n: usize| {
        let text = format!(
            "Number {n} of the museum\nBy Ada Lind | {n} Apr 2026\n\nFAQs\n\nQ1. What is kite number {n} called?\nKite {n} is called Eddy {n}.\n\nQ2. How old is kite number {n}?\nIt is {n} years old.\n"
        );
        (format!("kite-{n}.txt"), text)
    };
    let articles: Vec<(String, String)> = (1..=12).map(article).collect();
    let articles: Vec<(&str, &str)> =
        articles.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let museum = Museum::with(&articles);
    let bot = museum.bot();
    museum.api.say(7, "/articles");
    let first = museum.answer(7);
    assert!(text(&first).contains("Number 12 of") && text(&first).ends_with("Page 1 of 2"));
    museum.api.press(7, 3, &first.buttons()[0].1);
    let second = museum.api.wait_call("editMessageText", 7, 1);
    assert!(text(&second).contains("Number 1 of") && text(&second).ends_with("Page 2 of 2"));
    assert_eq!(second.buttons()[0].0, "Back");
    museum.api.say(7, "What is kite number 5 called?");
    let answer = museum.api.wait_call("sendMessage", 7, 2);
    let (label, data) = answer.buttons().pop().expect("a button");
    assert_eq!(label, "More from this article");
    museum.api.press(7, 9, &data);
    let more = museum.api.wait_call("sendMessage", 7, 3);
    assert_eq!(more.buttons()[0].0, "How old is kite number 5?");
    museum.finish(bot);
}

#[test]
fn in_other_chats_it_offers_cards() {
    let museum = Museum::new();
    let bot = museum.bot();
    let type_in = |id: &str, query: &str| {
        let from = json!({"id": 7, "is_bot": false, "first_name": "P"});
        museum
            .api
            .update("inline_query", json!({"id": id, "from": from, "query": query, "offset": ""}));
    };
    for (n, (query, cards)) in
        [("When does the museum open?", 1..=4), ("", 1..=1), ("zzz qqq", 0..=4)]
            .into_iter()
            .enumerate()
    {
        type_in(&n.to_string(), query);
        let shown = museum.api.wait_call("answerInlineQuery", 0, n + 1).body;
        let results = shown["results"].as_array().expect("cards");
        assert!(cards.contains(&results.len()), "{shown}");
        assert_eq!(shown["button"]["start_parameter"], "inline");
        assert_eq!(shown["is_personal"], true, "cards depend on the person: {shown}");
        if n == 0 {
            let (first, message) = (&results[0], &results[0]["input_message_content"]);
            assert_eq!(first["title"], "When does the museum open?");
            assert_eq!(first["description"], "The museum opens at 9 am.");
            let sent = message["message_text"].as_str().expect("a text");
            assert!(sent.contains("Fish &amp; chips") && sent.contains("Kite Museum"), "{sent}");
        }
    }
    museum.finish(bot);
}

#[test]
fn who_keeps_the_bot_says_whom_it_serves() {
    let museum = Museum::new();
    let settings = [
        ("FAQBOT__TELEGRAM__ALLOWED_CHATS", format!("7, 9, {GROUP}")),
        ("FAQBOT__TELEGRAM__DENIED_CHATS", "9".to_owned()),
        ("FAQBOT__TELEGRAM__ADMINS", "7".to_owned()),
        ("FAQBOT__TELEGRAM__SILENT_WHEN_UNSURE", "true".to_owned()),
        ("FAQBOT__TELEGRAM__LOG", "json".to_owned()),
    ];
    let settings: Vec<(&str, &str)> = settings.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let bot = museum.bot_by(TOKEN, &settings);
    museum.api.say(8, OTHER);
    museum.api.say(8, OTHER);
    assert_eq!(text(&museum.answer(8)), "I don't answer in this chat.");
    museum.api.say(9, OTHER);
    // To a reply it says what it is sure of; who calls it always gets an answer.
    let below = |text: &str| {
        let ours = json!({"message_id": 90, "date": 1, "text": "x",
            "chat": {"id": GROUP, "type": "supergroup", "title": "G"},
            "from": {"id": BOT_ID, "is_bot": true, "first_name": "Kites"}});
        museum.api.say_in_group(GROUP, text, &json!({"reply_to_message": ours}));
    };
    for line in ["What is the capital of Peru?", "hello", "no", "7", OTHER] {
        below(line);
    }
    let answer = museum.answer(GROUP);
    assert!(text(&answer).contains("Mira Oxley"));
    museum.api.say_in_group(GROUP, "/ask What is the capital of Peru?", &json!({}));
    let unknown = museum.api.wait_call("sendMessage", GROUP, 2);
    assert!(text(&unknown).starts_with("I don't know."), "{unknown:?}");
    // Silence would leave the answer to what is no longer asked.
    museum.api.update(
        "edited_message",
        json!({"message_id": answer.body["reply_parameters"]["message_id"], "date": 1, "edit_date": 2, "text": "/ask Where is the capital of Peru?",
            "from": {"id": 7, "is_bot": false, "first_name": "P"},
            "chat": {"id": GROUP, "type": "supergroup", "title": "G"}}),
    );
    let edit = museum.api.wait_call("editMessageText", GROUP, 1);
    assert!(text(&edit).starts_with("I don't know."), "{edit:?}");
    museum.api.say_in_group(
        GROUP,
        &format!("/stats@{BOT_NAME}"),
        &json!({"from": {"id": 5, "is_bot": false, "first_name": "Q"}}),
    );
    let refused = museum.api.wait_call("sendMessage", GROUP, 3);
    assert_eq!(text(&refused), "Only admins can use this command.");
    museum.api.say(7, "/stats");
    let stats = text(&museum.answer(7));
    let counted = "3 questions\n1 answered, 0 with choices, 2 not known";
    assert!(stats.contains(counted), "what nobody saw is not counted: {stats}");
    museum.api.say(7, "/help");
    let help = text(&museum.api.wait_call("sendMessage", 7, 2));
    assert!(help.contains("/stats: ") && !help.contains("/ask: "), "{help}");
    assert_eq!((museum.api.calls_to(8).len(), museum.api.calls_to(9).len()), (1, 0));
    assert!(bot.log().lines().all(|line| line.starts_with('{')), "{}", bot.log());
    museum.finish(bot);
}

#[test]
fn who_asks_too_much_is_told_once() {
    let museum = Museum::new();
    let bot = museum.bot_by(TOKEN, &[("FAQBOT__TELEGRAM__QUESTIONS_PER_MINUTE", "3")]);
    for _ in 0..20 {
        museum.api.say(7, OTHER);
    }
    museum.api.say(8, OTHER);
    museum.answer(8);
    let last = museum.api.wait_call("sendMessage", 7, 4);
    assert_eq!(text(&last), "That was a lot at once. Please wait a moment and ask again.");
    // A press is acknowledged, and does no more than that.
    museum.api.press(7, 2, "a:aaaaaaaaaa");
    let word = museum.api.wait_call("answerCallbackQuery", 0, 1);
    assert!(word.text().starts_with("That was a lot at once."), "{word:?}");
    museum.api.wait_confirmed();
    assert_eq!(museum.api.calls_to(7).len(), 4);
    museum.finish(bot);
}

#[test]
fn limits_go_by_when_something_was_written() {
    let museum = Museum::new();
    for minute in 0..8 {
        let person = json!({"id": 7, "is_bot": false, "first_name": "P"});
        let private = json!({"id": 7, "type": "private", "first_name": "P"});
        let date = 1 + minute * 61;
        museum.api.update(
            "message",
            json!({"text": OTHER, "date": date, "from": person, "chat": private}),
        );
    }
    let bot = museum.bot_by(TOKEN, &[("FAQBOT__TELEGRAM__QUESTIONS_PER_MINUTE", "1")]);
    let last = museum.api.wait_call("sendMessage", 7, 8);
    assert!(text(&last).contains("Mira Oxley"), "{last:?}");
    museum.finish(bot);
}

#[test]
fn no_more_comes_into_a_group_than_can_be_answered() {
    let museum = Museum::new();
    let ask = |group, person: i64| {
        let from = json!({"id": person, "is_bot": false, "first_name": "P"});
        museum.api.say_in_group(group, &format!("/ask {OTHER}"), &json!({"from": from}));
    };
    // Where one answer takes its time, only so many wait behind it; who is too late is told.
    museum.api.fail("sendMessage", Fault::Hold);
    let port = port();
    let monitor = format!("127.0.0.1:{port}");
    let settings = [
        ("FAQBOT__TELEGRAM__QUESTIONS_PER_MINUTE", "3"),
        ("FAQBOT__TELEGRAM__GROUP_MESSAGES_PER_MINUTE", "8"),
        ("FAQBOT__TELEGRAM__MONITOR", monitor.as_str()),
    ];
    let bot = museum.bot_by(TOKEN, &settings);
    for person in [1, 2, 3, 1, 2, 3, 1, 2] {
        ask(GROUP, person);
    }
    museum.api.wait_held();
    museum.api.wait_confirmed();
    museum.api.release();
    let last = museum.api.wait_call("sendMessage", GROUP, 8);
    assert!(text(&last).starts_with("That was a lot at once."), "{last:?}");
    // In another group none waits, but no more comes in than may go out.
    for n in 1..=8 {
        ask(GROUP - 1, 10 + n);
        museum.api.wait_call("sendMessage", GROUP - 1, usize::try_from(n).unwrap_or(0));
    }
    for person in [19, 20] {
        ask(GROUP - 1, person);
    }
    museum.api.wait_confirmed();
    let metrics = until(port, "/metrics", 200);
    // One of the first group, two of the second, one of whom is told when that may go out.
    assert!(metrics.contains("limited_total 3") && metrics.contains("queued 1"), "{metrics}");
    museum.finish(bot);
}

#[test]
fn typing_in_other_chats_costs_no_question() {
    let museum = Museum::new();
    let bot = museum.bot_by(TOKEN, &[("FAQBOT__TELEGRAM__QUESTIONS_PER_MINUTE", "1")]);
    for n in 0..21 {
        let from = json!({"id": 7, "is_bot": false, "first_name": "P"});
        let query = json!({"id": n.to_string(), "from": from, "query": OTHER, "offset": ""});
        museum.api.update("inline_query", query);
    }
    let shown: Vec<Value> =
        (1..=21).map(|n| museum.api.wait_call("answerInlineQuery", 0, n).body).collect();
    let none = |shown: &Value| shown["results"].as_array().is_some_and(Vec::is_empty);
    // In time there are none for a moment, told so that Telegram asks again.
    let (last, before) = shown.split_last().expect("some");
    assert!(before.iter().all(|shown| !none(shown)) && none(last), "{shown:?}");
    assert_eq!(last["cache_time"], 1);
    museum.api.say(7, OTHER);
    assert!(text(&museum.answer(7)).contains("Mira Oxley"));
    museum.finish(bot);
}

#[test]
fn who_speaks_for_a_chat_has_limits_of_that_chat() {
    let museum = Museum::new();
    let settings = [
        ("FAQBOT__TELEGRAM__QUESTIONS_PER_MINUTE", "1"),
        ("FAQBOT__TELEGRAM__DENIED_CHATS", "-300"),
    ];
    let bot = museum.bot_by(TOKEN, &settings);
    // All of them have the same face.
    let face = json!({"id": 136_817_688, "is_bot": true, "first_name": "Channel"});
    for channel in [-100, -200, -300] {
        let sender = json!({"id": channel, "type": "channel", "title": "C"});
        let more = json!({"from": face, "sender_chat": sender});
        museum.api.say_in_group(GROUP + channel, &format!("/ask {OTHER}"), &more);
    }
    museum.api.say(7, OTHER);
    for chat in [GROUP - 100, GROUP - 200, 7] {
        assert!(text(&museum.answer(chat)).contains("Mira Oxley"));
    }
    museum.api.wait_confirmed();
    assert!(museum.api.calls_to(GROUP - 300).is_empty(), "the channel is denied");
    museum.finish(bot);
}

#[test]
fn a_second_bot_waits_until_the_first_ends() {
    let museum = Museum::new();
    let mut first = museum.bot();
    museum.api.say(7, OTHER);
    museum.answer(7);
    let second = museum.bot();
    let deadline = Instant::now() + Duration::from_mins(1);
    while !second.log().contains("another faqbot runs this bot here") {
        assert!(Instant::now() < deadline, "{}", second.log());
        thread::sleep(Duration::from_millis(20));
    }
    museum.api.say(7, "When does the museum open?");
    museum.api.wait_call("sendMessage", 7, 2);
    first.signal("TERM");
    assert_eq!(first.code(), Some(0), "{}", first.log());
    museum.api.say(8, OTHER);
    assert!(text(&museum.answer(8)).contains("Mira Oxley"));
    assert_eq!(museum.api.calls_to(7).len(), 2);
    museum.finish(second);
}

#[test]
fn a_link_to_an_answer_that_is_gone_leads_to_others() {
    let museum = Museum::new();
    let bot = museum.bot();
    museum.api.say(7, "/start a_aaaaaaaaaa");
    let gone = museum.answer(7);
    assert!(text(&gone).contains("no longer in the articles") && gone.buttons().len() == 1);
    museum.finish(bot);
}

/// A port that was free a moment ago.
fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port()
}

/// The status and the body of an answer.
fn ask(port: u16, request: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    Some((status, answer.split_once("\r\n\r\n")?.1.to_owned()))
}

fn get(port: u16, path: &str) -> Option<(u16, String)> {
    ask(port, &format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
}

/// Waits until an address answers with this status.
#[track_caller]
fn until(port: u16, path: &str, status: u16) -> String {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        match get(port, path) {
            Some((is, body)) if is == status => return body,
            other => assert!(Instant::now() < deadline, "{path}: {other:?}"),
        }
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn it_tells_whether_it_is_well() {
    let museum = Museum::new();
    let port = port();
    let monitor = format!("127.0.0.1:{port}");
    let bot = museum.bot_by(TOKEN, &[("FAQBOT__TELEGRAM__MONITOR", &monitor)]);
    until(port, "/readyz", 200);
    assert_eq!(until(port, "/healthz", 200), "alive\n");
    museum.api.say(7, OTHER);
    museum.api.say(7, "What is the capital of Peru?");
    museum.api.wait_call("sendMessage", 7, 2);
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let metrics = until(port, "/metrics", 200);
        let lines =
            ["outcome=\"answer\"} 1", "outcome=\"unknown\"} 1", "seconds_count 2", "queued 0"];
        if lines.iter().all(|line| metrics.contains(line)) {
            assert!(
                !metrics.contains("Peru") && metrics.contains("faqbot_index_info{generation=\"")
            );
            break;
        }
        assert!(Instant::now() < deadline, "{metrics}");
        thread::sleep(Duration::from_millis(20));
    }
    until(port, "/", 404);
    // Once nothing comes in, it is not ready, but alive; and ready again when something does.
    for fault in [Fault::Conflict, Fault::Hold] {
        museum.api.fail("getUpdates", fault);
    }
    let told = until(port, "/readyz", 503);
    assert_eq!(told, "no messages come from Telegram\n");
    assert!(until(port, "/metrics", 200).contains("faqbot_hears 0"));
    assert_eq!(until(port, "/healthz", 200), "alive\n");
    museum.api.release();
    until(port, "/readyz", 200);
    museum.finish(bot);
}

/// A question of a person, as Telegram brings it.
fn message(id: i64) -> Value {
    json!({"update_id": id, "message": {"message_id": id, "date": 1, "text": OTHER,
        "from": {"id": 7, "is_bot": false, "first_name": "P"},
        "chat": {"id": 7, "type": "private", "first_name": "P"}}})
}

/// Sends a request on a connection that stays open; gives the status.
fn ask_on(stream: &mut TcpStream, request: &str) -> u16 {
    stream.write_all(request.as_bytes()).expect("an open connection");
    let (mut answer, mut byte) = (Vec::new(), [0]);
    while !answer.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).expect("an answer");
        answer.push(byte[0]);
    }
    let answer = String::from_utf8_lossy(&answer);
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
}

#[test]
fn a_bot_that_stops_takes_nothing_more_on_open_connections() {
    let museum = Museum::new();
    let port = port();
    let listen = format!("127.0.0.1:{port}");
    let secret = "0123456789abcdef-secret";
    let settings = [
        ("FAQBOT__TELEGRAM__WEBHOOK__URL", "https://bot.example/"),
        ("FAQBOT__TELEGRAM__WEBHOOK__LISTEN", listen.as_str()),
        ("FAQBOT__TELEGRAM__WEBHOOK__SECRET", secret),
    ];
    museum.api.fail("sendMessage", Fault::Hold);
    let mut bot = museum.bot_by(TOKEN, &settings);
    museum.api.wait_call("setWebhook", 0, 1);
    let brought = |id: i64| {
        let (body, length) = (message(id).to_string(), message(id).to_string().len());
        format!(
            "POST / HTTP/1.1\r\nHost: a\r\nX-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    };
    let mut open = TcpStream::connect(&listen).expect("a connection");
    assert_eq!(ask_on(&mut open, &brought(5)), 200);
    museum.api.wait_held();
    bot.signal("TERM");
    let deadline = Instant::now() + Duration::from_secs(5);
    // The same again, so that nothing new is taken before the signal is seen.
    while ask_on(&mut open, &brought(5)) != 503 {
        assert!(Instant::now() < deadline, "{}", bot.log());
    }
    assert_eq!(ask_on(&mut open, &brought(6)), 503);
    museum.api.release();
    assert_eq!(bot.code(), Some(0), "{}", bot.log());
    assert_eq!(museum.api.calls_to(7).len(), 1);
}

#[test]
fn telegram_may_bring_updates() {
    let museum = Museum::new();
    let port = port();
    let listen = format!("127.0.0.1:{port}");
    let secret = "0123456789abcdef-secret";
    let settings = [
        ("FAQBOT__TELEGRAM__WEBHOOK__URL", "https://bot.example/faqbot"),
        ("FAQBOT__TELEGRAM__WEBHOOK__LISTEN", listen.as_str()),
        ("FAQBOT__TELEGRAM__WEBHOOK__SECRET", secret),
        ("FAQBOT__TELEGRAM__QUESTIONS_PER_MINUTE", "2"),
    ];
    for fault in [Fault::Internal, Fault::TooMany(0)] {
        museum.api.fail("setWebhook", fault);
    }
    let mut bot = museum.bot_by(TOKEN, &settings);
    let set = museum.api.wait_call("setWebhook", 0, 1).body;
    assert_eq!(
        (&set["url"], &set["secret_token"]),
        (&json!("https://bot.example/faqbot"), &json!(secret))
    );
    assert_eq!(set["max_connections"].to_string().trim_matches('"'), "1", "none overtakes another");
    let bring = |path: &str, secret: &str, body: &str| {
        let length = body.len();
        ask(port, &format!("POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Length: {length}\r\n\r\n{body}"))
            .expect("an answer")
            .0
    };
    let update = message(5).to_string();
    assert_eq!(bring("/faqbot", "0123456789abcdef-forged", &update), 401);
    assert_eq!(bring("/other", secret, &update), 404);
    assert_eq!(get(port, "/faqbot").expect("an answer").0, 405);
    assert_eq!(bring("/faqbot", secret, "{\"no\": \"update\"}"), 200);
    assert_eq!(bring("/faqbot", secret, &" ".repeat((1 << 20) + 1)), 413);
    // Brought twice, answered once.
    assert_eq!((bring("/faqbot", secret, &update), bring("/faqbot", secret, &update)), (200, 200));
    // What is brought again counts once against the limit; what is newer than the bot costs nothing.
    assert_eq!(bring("/faqbot", secret, &update), 200);
    let mut second = message(6);
    second["message"]["entities"] = json!([{"type": "date_time", "offset": 0, "length": 3}]);
    assert_eq!(bring("/faqbot", secret, &second.to_string()), 200);
    assert!(text(&museum.api.wait_call("sendMessage", 7, 2)).contains("Mira Oxley"));
    assert!(text(&museum.answer(7)).contains("Mira Oxley"));
    bot.signal("TERM");
    assert_eq!(bot.code(), Some(0), "{}", bot.log());
    assert_eq!(museum.api.calls_to(7).len(), 2);
    assert_eq!(museum.api.problems(), [""; 0]);
    assert!(!bot.log().contains("largest kite") && !bot.log().contains(secret), "{}", bot.log());
}

#[test]
fn check_tells_what_stands_in_the_way_of_the_bot() {
    let museum = Museum::new();
    let check = || {
        let run = Command::new(env!("CARGO_BIN_EXE_faqbot"))
            .args(["check", "--telegram", "--corpus", "corpus", "--index", "index"])
            .current_dir(museum.folder.path())
            .env_remove("TELOXIDE_API_URL")
            .env("FAQBOT__TELEGRAM__TOKEN", TOKEN)
            .env("FAQBOT__TELEGRAM__API_URL", &museum.api.url)
            .output()
            .expect("the program");
        (run.status.code(), String::from_utf8_lossy(&run.stdout).into_owned())
    };
    let (status, told) = check();
    assert_eq!(status, Some(0), "{told}");
    for part in [&format!("the bot is @{BOT_NAME}"), "privacy mode is on", "inline mode is off"] {
        assert!(told.contains(part), "{told}");
    }
    let webhook: Value = json!({"url": "https://old.example/hook", "has_custom_certificate": false,
        "pending_update_count": 400, "last_error_date": 1, "last_error_message": "Connection refused"});
    museum.api.has_webhook(webhook);
    let (status, told) = check();
    assert_eq!(status, Some(2), "{told}");
    let remedy = format!(
        "read -rs T && printf 'url = \"{}/bot%s/deleteWebhook\"' \"$T\" | curl -K -",
        museum.api.url
    );
    for part in ["a webhook at old.example", "400 messages wait", "Connection refused", &remedy] {
        assert!(told.contains(part), "{told}");
    }
    assert!(!told.contains(SECRET), "{told}");
    museum.api.has_webhook(
        json!({"url": "", "has_custom_certificate": false, "pending_update_count": 0}),
    );
    museum.api.fail("getUpdates", Fault::Conflict);
    let (status, told) = check();
    assert_eq!(status, Some(0), "{told}");
    assert!(told.contains("a program gets this bot's messages already"), "{told}");
}
