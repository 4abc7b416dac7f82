//! A Bot API server on the loopback, with as little work for each call as can be: one thread a
//! connection, one lock around what is known. What it says is what the Bot API says; it knows
//! nothing of the bot's code.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::faults::{Fault, Faults};
use crate::ledger::Ledger;

/// Most updates in one answer, as the Bot API has it.
const BATCH: usize = 100;
/// Longest silence; every client has given up by then.
const SILENCE: Duration = Duration::from_mins(1);
/// Longest line and body that are read.
const LARGEST: u64 = 1 << 20;

/// What the server knows.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) ledger: Ledger,
    /// Which calls fail; none unless told.
    pub(crate) faults: Option<Faults>,
    /// Methods that were called and are none of the Bot API that this server knows.
    pub(crate) unknown: BTreeSet<String>,
    /// Counts polls: a new one ends one that still waits.
    polls: u64,
    messages: i64,
    over: bool,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// Told of new questions and new polls.
    news: Condvar,
}

/// The server; stops taking calls when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
}

/// A call: which run of the bot it is from, its method and what was told with it.
#[derive(Debug)]
struct Call {
    run: usize,
    method: String,
    body: Option<Body>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Body {
    offset: Option<i64>,
    limit: Option<usize>,
    timeout: Option<u64>,
    chat_id: Option<i64>,
    message_id: Option<i64>,
    text: Option<String>,
}

/// What comes back, and the question that was answered by it.
#[derive(Debug)]
struct Answer {
    status: u16,
    body: String,
    question: Option<usize>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Server {
    pub(crate) fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("no port on the loopback")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let all = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if all.lock().over {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let one = Arc::clone(&all);
                thread::spawn(move || serve(&one, &stream));
            }
        });
        Ok(Self { shared, address })
    }

    /// The address for one run of the bot, by which its calls are told from those of others.
    pub(crate) fn url(&self, run: usize) -> String {
        format!("http://{}/{run}", self.address)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.shared.lock()
    }

    /// Puts a question into the queue.
    pub(crate) fn ask(&self, chat: i64, kind: usize) {
        self.ask_all([(chat, kind)]);
    }

    /// Puts questions into the queue at once.
    pub(crate) fn ask_all(&self, questions: impl IntoIterator<Item = (i64, usize)>) {
        let mut state = self.state();
        for (chat, kind) in questions {
            state.ledger.ask(chat, kind);
        }
        drop(state);
        self.shared.news.notify_all();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.state().over = true;
        self.shared.news.notify_all();
        // Wakes the listener, so that it sees that all is over.
        let _ = TcpStream::connect(self.address);
    }
}

/// One connection, many calls, until either side has had enough.
fn serve(shared: &Shared, stream: &TcpStream) {
    let _ = stream.set_nodelay(true);
    let mut input = BufReader::new(stream);
    while let Some(call) = read(&mut input) {
        let fault = shared.lock().faults.as_mut().and_then(Faults::pick);
        if let Some((status, body)) = fault.and_then(Fault::refusal) {
            if write(stream, status, body).is_err() {
                return;
            }
            continue;
        }
        match fault {
            Some(Fault::CutBefore) => return,
            Some(Fault::SilentBefore) => return keep_silent(stream),
            _ => {}
        }
        let answer = act(shared, &call);
        let written = match fault {
            None => write(stream, answer.status, &answer.body),
            Some(fault) => {
                debug_assert!(fault.done(), "others have been dealt with");
                shared.lock().ledger.lose_reply(answer.question);
                match fault {
                    Fault::SilentAfter => return keep_silent(stream),
                    Fault::Garbled => write(stream, 200, r#"{"ok":true,"result":{"message_id":"#),
                    _ => return,
                }
            }
        };
        if written.is_err() {
            if fault.is_none() {
                shared.lock().ledger.lose_reply(answer.question);
            }
            return;
        }
    }
}

/// Says nothing until the client has gone.
fn keep_silent(mut stream: &TcpStream) {
    let _ = stream.set_read_timeout(Some(SILENCE));
    let _ = stream.read(&mut [0]);
}

fn read(input: &mut impl BufRead) -> Option<Call> {
    let mut line = Vec::new();
    input.take(LARGEST).read_until(b'\n', &mut line).ok().filter(|n| *n > 0)?;
    let start = str::from_utf8(&line).ok()?;
    let path: Vec<&str> = start.split(' ').nth(1)?.split('/').collect();
    let [.., run, _token, method] = path.as_slice() else { return None };
    let (run, method) = (run.parse().ok()?, method.to_lowercase());
    let mut length = 0;
    loop {
        line.clear();
        input.take(LARGEST).read_until(b'\n', &mut line).ok().filter(|n| *n > 0)?;
        let header = str::from_utf8(&line).ok()?.trim();
        if header.is_empty() {
            break;
        }
        let Some((name, value)) = header.split_once(':') else { continue };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok().filter(|length| *length <= LARGEST)?;
        }
    }
    let mut body = vec![0; usize::try_from(length).ok()?];
    input.read_exact(&mut body).ok()?;
    let body =
        if body.is_empty() { Some(Body::default()) } else { serde_json::from_slice(&body).ok() };
    Some(Call { run, method, body })
}

fn write(mut stream: &TcpStream, status: u16, body: &str) -> std::io::Result<()> {
    let length = body.len();
    let all = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(all.as_bytes())
}

fn act(shared: &Shared, call: &Call) -> Answer {
    let Some(body) = &call.body else { return refused(400, "Bad Request: no JSON") };
    match call.method.as_str() {
        "getupdates" => updates(shared, body),
        "sendmessage" => {
            let (Some(chat), Some(text)) = (body.chat_id, &body.text) else {
                return refused(400, "Bad Request: chat_id and text are wanted");
            };
            let mut state = shared.lock();
            let question = state.ledger.answer(chat, text, call.run);
            state.messages += 1;
            let sent = message(state.messages, chat);
            Answer { question, ..fine(&sent) }
        }
        "editmessagetext" => {
            fine(&message(body.message_id.unwrap_or(0), body.chat_id.unwrap_or(0)))
        }
        "getme" => fine(&json!({
            "id": 123_456, "is_bot": true, "first_name": "Load", "username": "load_faq_bot",
            "can_join_groups": true, "can_read_all_group_messages": false,
            "supports_inline_queries": false, "has_main_web_app": false,
        })),
        "getwebhookinfo" => {
            let pending = shared.lock().ledger.unconfirmed();
            fine(&json!({"url": "", "has_custom_certificate": false,
                "pending_update_count": pending}))
        }
        "answercallbackquery" | "setmycommands" | "deletewebhook" => fine(&json!(true)),
        other => {
            shared.lock().unknown.insert(other.to_owned());
            refused(404, "Not Found")
        }
    }
}

fn fine(result: &Value) -> Answer {
    let body = format!(r#"{{"ok":true,"result":{result}}}"#);
    Answer { status: 200, body, question: None }
}

fn refused(status: u16, why: &str) -> Answer {
    let body = json!({"ok": false, "error_code": status, "description": why}).to_string();
    Answer { status, body, question: None }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.as_secs())
}

fn message(id: i64, chat: i64) -> Value {
    json!({"message_id": id, "date": now(), "text": "sent",
        "chat": {"id": chat, "type": "private", "first_name": "P"}})
}

/// Confirms, and gives what is in the queue, waiting for it as long as was asked for.
fn updates(shared: &Shared, body: &Body) -> Answer {
    let until = Instant::now() + Duration::from_secs(body.timeout.unwrap_or(0).min(50));
    let limit = body.limit.unwrap_or(BATCH).clamp(1, BATCH);
    let mut state = shared.lock();
    state.polls += 1;
    let poll = state.polls;
    shared.news.notify_all();
    if let Some(offset) = body.offset {
        state.ledger.confirm(offset);
    }
    let given = loop {
        if state.over || state.polls != poll {
            return refused(409, "Conflict: terminated by other getUpdates request");
        }
        let left = until.saturating_duration_since(Instant::now());
        if state.ledger.unconfirmed() > 0 || left.is_zero() {
            break state.ledger.give(limit);
        }
        state = shared.news.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
    };
    // Written without the lock: other calls go on meanwhile.
    drop(state);
    let date = now();
    let one = |(id, chat, text): &(i64, i64, &str)| {
        json!({"update_id": id, "message": {"message_id": id, "date": date, "text": text,
            "from": {"id": chat, "is_bot": false, "first_name": "P"},
            "chat": {"id": chat, "type": "private", "first_name": "P"}}})
    };
    fine(&given.iter().map(one).collect())
}
