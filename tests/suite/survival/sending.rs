//! What Telegram brings, what is sent there, and what is written down in between.

use std::fs;

use faqbot::faces::command::Command;
use faqbot::faces::rich::{Mark, Rich, visible};
use faqbot::faces::telegram::html::{self, Messages};
use faqbot::faces::telegram::incoming::{Heard, Place, Task, read};
use faqbot::faces::telegram::pieces::{LIMIT, Piece, units};
use faqbot::faces::telegram::queue::Queue;
use faqbot::faces::wording::Tongue;
use serde_json::json;
use teloxide::types::{ChatId, MessageId, Update, User};

use super::{file, next, text_of};

/// Everything that the Bot API demands of messages.
pub(super) fn can_be_sent(messages: &Messages) {
    assert!(!messages.pieces.is_empty());
    for piece in &messages.pieces {
        is_valid(piece, LIMIT);
    }
    for button in &messages.buttons {
        assert!((1..=64).contains(&button.data.len()) && units(&button.label) <= 64, "{button:?}");
    }
}

/// A message of at most so many units, with every tag closed.
fn is_valid(piece: &Piece, limit: usize) {
    assert!(units(&piece.plain) <= limit && !piece.plain.trim().is_empty(), "{piece:?}");
    assert_eq!(untagged(&piece.html), piece.plain);
}

/// The text of Telegram HTML; fails where it is none.
fn untagged(html: &str) -> String {
    const NAMED: [(&str, &str); 4] = [("lt", "<"), ("gt", ">"), ("quot", "\""), ("amp", "&")];
    let (mut out, mut open, mut rest) = (String::new(), Vec::new(), html);
    while let Some(at) = rest.find(['<', '&', '>']) {
        out.push_str(&rest[..at]);
        let end = if rest[at..].starts_with('<') { '>' } else { ';' };
        let length = rest[at..].find(end).unwrap_or_else(|| panic!("{rest:?} is not closed"));
        let inside = &rest[at + 1..at + length];
        if end == ';' {
            let named = NAMED.iter().find(|(name, _)| *name == inside);
            out.push_str(named.unwrap_or_else(|| panic!("&{inside}; is unknown")).1);
        } else if let Some(name) = inside.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{html}");
        } else {
            let name = inside.split(' ').next().unwrap_or_default();
            assert!(["a", "b", "i", "code", "pre", "blockquote"].contains(&name), "{inside}");
            open.push(name);
        }
        rest = &rest[at + length + 1..];
    }
    assert!(open.is_empty(), "{html}");
    out + rest
}

/// Marked text in pieces of any size: nothing is lost but white space.
pub(super) fn message(mut bytes: &[u8]) {
    let limit = match next(&mut bytes) {
        0..=127 => 2 + usize::from(next(&mut bytes)),
        _ => LIMIT,
    };
    let times = if limit == LIMIT { 1 + usize::from(next(&mut bytes)) } else { 1 };
    let (mut rich, mut whole) = (Rich::default(), String::new());
    while !bytes.is_empty() {
        let (flags, length) = (next(&mut bytes), usize::from(next(&mut bytes)));
        let (taken, rest) = bytes.split_at(length.min(bytes.len()));
        bytes = rest;
        let on = |bit: u8| flags & 1 << bit != 0;
        let text = text_of(taken).repeat(times);
        let link = on(0).then(|| format!("https://a.example/{}", text_of(taken)));
        let mark = Mark { bold: on(1), italic: on(2), folded: on(3), link, ..Mark::none() };
        // What reaches over the edge of a mark is two parts, each shown by itself.
        let mut at = 0;
        if on(4) {
            let half = text.len() / 2;
            let marked = [half / 2..half, half..text.len() + usize::from(flags & 1)];
            rich.passage(&text, &marked, &mark);
            for range in marked {
                if text.get(at..range.start).is_some() && text.get(range.clone()).is_some() {
                    whole += &visible(&text[at..range.start]);
                    whole += &visible(&text[range.clone()]);
                    at = range.end;
                }
            }
        } else {
            rich.push(&text, mark);
        }
        whole += &visible(&text[at..]);
    }
    let pieces = rich.pieces(limit);
    for piece in &pieces {
        is_valid(piece, limit);
    }
    let solid = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let sent: String = pieces.iter().map(|piece| piece.plain.as_str()).collect();
    assert_eq!(solid(&sent), solid(&whole));
    let said = html::said(&whole);
    assert!(said.pieces.iter().all(|piece| untagged(&piece.html) == piece.plain));
}

fn me() -> User {
    let me = json!({"id": 42, "is_bot": true, "first_name": "F", "username": "faq_bot"});
    serde_json::from_value(me).expect("a bot")
}

/// Whatever Telegram (or who poses as it) brings is read, and can be written down.
pub(super) fn update(bytes: &[u8]) {
    let Ok(update) = serde_json::from_slice::<Update>(bytes) else { return };
    let Some((place, heard)) = read(&update, &me()) else { return };
    if let Heard::Pressed { data, .. } = &heard {
        let _ = html::pressed(data);
    }
    let task = Task { place, heard };
    let written = serde_json::to_string(&task).expect("it can be written");
    assert_eq!(serde_json::from_str::<Task>(&written).expect("it can be read"), task);
}

/// A file of any bytes is opened; what is put there is there the next time, with what was left.
pub(super) fn queue(bytes: &[u8]) {
    let folder = file("queue", bytes);
    let path = folder.path().join("queue");
    let (queue, left) = Queue::open::<Task>(&path).expect("a file");
    let place = Place {
        person: 7,
        chat: ChatId(7),
        thread: None,
        message: Some(MessageId(5)),
        written: None,
        reply_to: None,
        tongue: Tongue::English,
        called: false,
    };
    let task = Task { place, heard: Heard::Said(Command::Ask("When?".to_owned())) };
    let new = queue.add(&[(i64::MAX, task.clone())]).expect("it is written");
    drop(queue);
    let (_, again) = Queue::open::<Task>(&path).expect("a file");
    assert!(again.starts_with(&left), "{left:?} {again:?}");
    assert_eq!(again.contains(&(i64::MAX, task)), !new.is_empty());
    assert!(fs::metadata(&path).is_ok());
}
