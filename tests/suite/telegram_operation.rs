//! What people can do beyond asking, and what who keeps the bot can: the real bot program.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::bot_api::{BOT_NAME, Fault};
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
    museum.api.say_in_group(GROUP, "/ask What is the capital of Peru?", &json!({}));
    museum.api.say_in_group(GROUP, &format!("/ask {OTHER}"), &json!({}));
    assert!(text(&museum.answer(GROUP)).contains("Mira Oxley"));
    museum.api.say_in_group(
        GROUP,
        &format!("/stats@{BOT_NAME}"),
        &json!({"from": {"id": 5, "is_bot": false, "first_name": "Q"}}),
    );
    let refused = museum.api.wait_call("sendMessage", GROUP, 2);
    assert_eq!(text(&refused), "Only admins can use this command.");
    museum.api.say(7, "/stats");
    let stats = text(&museum.answer(7));
    assert!(stats.contains("2 questions\n1 answered, 0 with choices, 1 not known"), "{stats}");
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
    museum.finish(bot);
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
    ];
    let mut bot = museum.bot_by(TOKEN, &settings);
    let set = museum.api.wait_call("setWebhook", 0, 1).body;
    assert_eq!(
        (&set["url"], &set["secret_token"]),
        (&json!("https://bot.example/faqbot"), &json!(secret))
    );
    let bring = |path: &str, secret: &str, body: &str| {
        let length = body.len();
        ask(port, &format!("POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Length: {length}\r\n\r\n{body}"))
            .expect("an answer")
            .0
    };
    let update = json!({"update_id": 5, "message": {"message_id": 1, "date": 1, "text": OTHER,
        "from": {"id": 7, "is_bot": false, "first_name": "P"},
        "chat": {"id": 7, "type": "private", "first_name": "P"}}});
    let update = update.to_string();
    assert_eq!(bring("/faqbot", "0123456789abcdef-forged", &update), 401);
    assert_eq!(bring("/other", secret, &update), 404);
    assert_eq!(get(port, "/faqbot").expect("an answer").0, 405);
    assert_eq!(bring("/faqbot", secret, "{\"no\": \"update\"}"), 200);
    // Brought twice, answered once.
    assert_eq!((bring("/faqbot", secret, &update), bring("/faqbot", secret, &update)), (200, 200));
    assert!(text(&museum.answer(7)).contains("Mira Oxley"));
    bot.signal("TERM");
    assert_eq!(bot.code(), Some(0), "{}", bot.log());
    assert_eq!(museum.api.calls_to(7).len(), 1);
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
    for part in ["a webhook at old.example", "400 messages wait", "Connection refused"] {
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
