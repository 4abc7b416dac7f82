//! A Bot API server on the loopback: keeps updates until they are confirmed, records what
//! the bot calls, refuses what Telegram would refuse, and fails when it is told to.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::description;

/// Longer than anything takes on a busy machine.
const DEADLINE: Duration = Duration::from_secs(90);
/// Who the bot is.
pub(crate) const BOT_ID: i64 = 42;
pub(crate) const BOT_NAME: &str = "kite_faq_bot";

/// What a method takes: its parameters, those it must have first.
const METHODS: &[(&str, usize, &[&str])] = &[
    ("getme", 0, &[]),
    ("getupdates", 0, &["offset", "limit", "timeout", "allowed_updates"]),
    (
        "sendmessage",
        2,
        &[
            "chat_id",
            "text",
            "message_thread_id",
            "parse_mode",
            "entities",
            "link_preview_options",
            "disable_notification",
            "protect_content",
            "reply_parameters",
            "reply_markup",
        ],
    ),
    (
        "editmessagetext",
        3,
        &[
            "chat_id",
            "message_id",
            "text",
            "parse_mode",
            "entities",
            "link_preview_options",
            "reply_markup",
        ],
    ),
    ("answercallbackquery", 1, &["callback_query_id", "text", "show_alert", "url", "cache_time"]),
    ("setmycommands", 1, &["commands", "scope", "language_code"]),
    ("deletemessage", 2, &["chat_id", "message_id"]),
    ("getwebhookinfo", 0, &[]),
    ("setwebhook", 1, &["url", "secret_token", "allowed_updates", "max_connections"]),
    (
        "answerinlinequery",
        2,
        &["inline_query_id", "results", "cache_time", "is_personal", "button"],
    ),
];

/// How the next call of a method fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// 429, try again after so many seconds.
    TooMany(u32),
    /// 500 in the words of the Bot API.
    Internal,
    /// 400: the chat has moved there.
    Moved(i64),
    /// 400: the message is not there any more.
    Gone,
    /// None: the call after this one may fail.
    Pass,
    /// A page of a proxy, with this status.
    Page(u16),
    /// The connection breaks before there is an answer.
    Reset,
    /// 401.
    Unauthorized,
    /// 409: another program is polling.
    Conflict,
    /// 400: the markup is not understood.
    Markup,
    /// Nothing happens until [`BotApi::release`] or [`BotApi::drop_held`].
    Hold,
}

/// A call that was accepted.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) body: Value,
}

/// What becomes of held calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Gate {
    #[default]
    Closed,
    Open,
    Broken,
}

#[derive(Debug, Default)]
struct State {
    updates: VecDeque<Value>,
    last_update: i64,
    last_message: i64,
    calls: Vec<Call>,
    faults: Vec<(String, Fault)>,
    held: usize,
    gate: Gate,
    webhook: Option<Value>,
    problems: Vec<String>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

/// The server; ends with the test process.
#[derive(Debug)]
pub(crate) struct BotApi {
    shared: Arc<Shared>,
    pub(crate) url: String,
}

impl Call {
    pub(crate) fn text(&self) -> &str {
        self.body["text"].as_str().unwrap_or_default()
    }

    pub(crate) fn chat(&self) -> i64 {
        self.body["chat_id"].as_i64().unwrap_or_default()
    }

    /// Label and data of each button.
    pub(crate) fn buttons(&self) -> Vec<(String, String)> {
        let rows = self.body["reply_markup"]["inline_keyboard"].as_array();
        let button =
            |b: &Value| Some((b["text"].as_str()?.into(), b["callback_data"].as_str()?.into()));
        rows.into_iter()
            .flatten()
            .filter_map(Value::as_array)
            .flatten()
            .filter_map(button)
            .collect()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[track_caller]
    fn wait<T>(&self, what: &str, mut ready: impl FnMut(&mut State) -> Option<T>) -> T {
        let until = Instant::now() + DEADLINE;
        let mut state = self.lock();
        loop {
            if let Some(value) = ready(&mut state) {
                return value;
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "never came: {what}; {:#?}", *state);
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl BotApi {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = Arc::new(Shared::default());
        let state = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&state);
                thread::spawn(move || serve(&state, stream));
            }
        });
        Self { shared, url }
    }

    /// Puts an update into the queue; gives its number.
    pub(crate) fn update(&self, kind: &str, mut content: Value) -> i64 {
        let mut state = self.shared.lock();
        state.last_update += 1;
        state.last_message += 1;
        let (id, message) = (state.last_update, state.last_message);
        if kind == "message" {
            content["message_id"] = json!(message);
            if content["date"].is_null() {
                content["date"] = json!(now());
            }
        }
        state.updates.push_back(json!({"update_id": id, kind: content}));
        self.shared.changed.notify_all();
        id
    }

    /// A private message of a person.
    pub(crate) fn say(&self, person: i64, text: &str) -> i64 {
        self.update(
            "message",
            json!({"text": text, "from": from(person),
            "chat": {"id": person, "type": "private", "first_name": "P"}}),
        )
    }

    /// A message in a group, with more fields.
    pub(crate) fn say_in_group(&self, group: i64, text: &str, more: &Value) -> i64 {
        let mut message = json!({"text": text, "from": from(7),
            "chat": {"id": group, "type": "supergroup", "title": "G"}});
        for (key, value) in more.as_object().into_iter().flatten() {
            message[key] = value.clone();
        }
        self.update("message", message)
    }

    /// A press of a button below a message of the bot in a private chat.
    pub(crate) fn press(&self, person: i64, message: i64, data: &str) -> i64 {
        let below = json!({"message_id": message, "date": 1, "text": "x", "from": me(),
            "chat": {"id": person, "type": "private", "first_name": "P"}});
        self.update(
            "callback_query",
            json!({"id": format!("press-{message}-{data}"),
            "from": from(person), "chat_instance": "1", "message": below, "data": data}),
        )
    }

    /// A private message that a person changes.
    pub(crate) fn edit(&self, person: i64, message: i64, text: &str) -> i64 {
        self.update(
            "edited_message",
            json!({"message_id": message, "date": 1, "edit_date": 2, "text": text,
            "from": from(person), "chat": {"id": person, "type": "private", "first_name": "P"}}),
        )
    }

    /// What Telegram knows of a webhook.
    pub(crate) fn has_webhook(&self, info: Value) {
        self.shared.lock().webhook = Some(info);
    }

    /// Makes the next call of a method fail.
    pub(crate) fn fail(&self, method: &str, fault: Fault) {
        self.shared.lock().faults.push((method.to_lowercase(), fault));
    }

    /// Lets held calls go on.
    pub(crate) fn release(&self) {
        self.shared.lock().gate = Gate::Open;
        self.shared.changed.notify_all();
    }

    /// Breaks the connection of held calls.
    pub(crate) fn drop_held(&self) {
        self.shared.lock().gate = Gate::Broken;
        self.shared.changed.notify_all();
    }

    /// Waits for a call that is held.
    #[track_caller]
    pub(crate) fn wait_held(&self) {
        self.shared.wait("a call to hold", |state| (state.held > 0).then_some(()));
    }

    /// Waits until a fault has been met.
    #[track_caller]
    pub(crate) fn wait_failed(&self) {
        self.shared.wait("a call to fail", |state| state.faults.is_empty().then_some(()));
    }

    /// Waits until every update has been confirmed.
    #[track_caller]
    pub(crate) fn wait_confirmed(&self) {
        self.shared.wait("a confirmation", |state| state.updates.is_empty().then_some(()));
    }

    /// Waits for the call number `n`, from 1, of a method to a chat.
    #[track_caller]
    pub(crate) fn wait_call(&self, method: &str, chat: i64, n: usize) -> Call {
        let method = method.to_lowercase();
        let what = format!("{method} number {n} to {chat}");
        self.shared.wait(&what, |state| {
            let to_chat = |c: &&Call| c.method == method && (chat == 0 || c.chat() == chat);
            state.calls.iter().filter(to_chat).nth(n - 1).cloned()
        })
    }

    /// All calls to a chat.
    pub(crate) fn calls_to(&self, chat: i64) -> Vec<Call> {
        self.shared.lock().calls.iter().filter(|c| c.chat() == chat).cloned().collect()
    }

    /// Updates that are not confirmed.
    pub(crate) fn unconfirmed(&self) -> usize {
        self.shared.lock().updates.len()
    }

    /// Whatever the bot did that Telegram would refuse.
    pub(crate) fn problems(&self) -> Vec<String> {
        self.shared.lock().problems.clone()
    }
}

/// Seconds since 1970.
fn now() -> u64 {
    UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs())
}

fn from(person: i64) -> Value {
    json!({"id": person, "is_bot": false, "first_name": "P"})
}

fn me() -> Value {
    json!({"id": BOT_ID, "is_bot": true, "first_name": "Kites", "username": BOT_NAME})
}

/// One connection, many requests.
fn serve(shared: &Shared, stream: TcpStream) {
    let Ok(mut out) = stream.try_clone() else { return };
    let mut input = BufReader::new(stream);
    while let Some((path, body)) = request(&mut input) {
        let method = path.rsplit('/').next().unwrap_or_default().to_lowercase();
        let Some((status, answer)) = answer(shared, &method, &body) else { return };
        let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n", answer.len());
        if out.write_all((head + &answer).as_bytes()).is_err() {
            return;
        }
    }
}

fn request(input: &mut impl BufRead) -> Option<(String, Value)> {
    let mut line = String::new();
    input.read_line(&mut line).ok().filter(|n| *n > 0)?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        input.read_line(&mut header).ok().filter(|n| *n > 0)?;
        if header.trim().is_empty() {
            break;
        }
        if let Some(value) = header.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    input.read_exact(&mut body).ok()?;
    Some((path, serde_json::from_slice(&body).unwrap_or_else(|_| form(&body))))
}

/// The fields of a form; those that are JSON as what they say.
fn form(body: &[u8]) -> Value {
    let text = String::from_utf8_lossy(body);
    let boundary = text.lines().next().unwrap_or_default().to_owned();
    let mut fields = json!({});
    for part in text.split(&boundary).filter(|part| !boundary.is_empty() && part.contains("name="))
    {
        let name = part.split('"').nth(1).unwrap_or_default();
        let value = part.split_once("\r\n\r\n").map_or("", |(_, value)| value).trim_end();
        fields[name] = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
    }
    fields
}

/// Status and body; nothing where the connection breaks.
fn answer(shared: &Shared, method: &str, body: &Value) -> Option<(u16, String)> {
    if let Some(failed) = failed(shared, method)? {
        return Some(failed);
    }
    if let Err(problem) = valid(method, body) {
        shared.lock().problems.push(format!("{method}: {problem}: {body}"));
        return Some((400, error(400, &format!("Bad Request: {problem}"))));
    }
    let result =
        if method == "getupdates" { updates(shared, body) } else { record(shared, method, body) };
    Some((200, json!({"ok": true, "result": result}).to_string()))
}

fn error(code: u16, description: &str) -> String {
    json!({"ok": false, "error_code": code, "description": description}).to_string()
}

/// The failure that was ordered for this call, if any; `None` at all for a broken connection.
#[expect(clippy::option_option, reason = "no answer, no failure and a failure are three things")]
fn failed(shared: &Shared, method: &str) -> Option<Option<(u16, String)>> {
    let mut state = shared.lock();
    let Some(at) = state.faults.iter().position(|(of, _)| of == method) else {
        return Some(None);
    };
    let (_, fault) = state.faults.remove(at);
    shared.changed.notify_all();
    Some(Some(match fault {
        Fault::TooMany(seconds) => {
            let parameters = json!({"retry_after": seconds});
            let answer = json!({"ok": false, "error_code": 429, "parameters": parameters,
                "description": format!("Too Many Requests: retry after {seconds}")});
            (429, answer.to_string())
        }
        Fault::Internal => (500, error(500, "Internal Server Error")),
        Fault::Moved(chat) => {
            let answer = json!({"ok": false, "error_code": 400,
                "parameters": {"migrate_to_chat_id": chat},
                "description": "Bad Request: group chat was upgraded to a supergroup chat"});
            (400, answer.to_string())
        }
        Fault::Gone => (400, error(400, "Bad Request: message to edit not found")),
        Fault::Pass => return Some(None),
        Fault::Page(status) => (status, "<html><body>a proxy speaking</body></html>".to_owned()),
        Fault::Reset => return None,
        Fault::Unauthorized => (401, error(401, "Unauthorized")),
        Fault::Conflict => (
            409,
            error(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            ),
        ),
        Fault::Markup => {
            (400, error(400, "Bad Request: can't parse entities: Unsupported start tag"))
        }
        Fault::Hold => {
            state.held += 1;
            drop(state);
            shared.changed.notify_all();
            let gate = shared.wait("a release", |s| (s.gate != Gate::Closed).then_some(s.gate));
            return (gate == Gate::Open).then_some(None);
        }
    }))
}

fn updates(shared: &Shared, body: &Value) -> Value {
    let until = Instant::now() + Duration::from_secs(body["timeout"].as_u64().unwrap_or(0));
    let limit = body["limit"].as_u64().map_or(100, |n| usize::try_from(n).unwrap_or(100));
    let mut state = shared.lock();
    if let Some(offset) = body["offset"].as_i64() {
        state.updates.retain(|u| u["update_id"].as_i64() >= Some(offset));
        shared.changed.notify_all();
    }
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if !state.updates.is_empty() || left.is_zero() {
            return state.updates.iter().take(limit).cloned().collect();
        }
        state = shared.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
    }
}

fn record(shared: &Shared, method: &str, body: &Value) -> Value {
    let mut state = shared.lock();
    state.calls.push(Call { method: method.to_owned(), body: body.clone() });
    state.last_message += 1;
    let message = body["message_id"].as_i64().unwrap_or(state.last_message);
    shared.changed.notify_all();
    match method {
        "getme" => {
            let mut me = me();
            for key in [
                "can_join_groups",
                "can_read_all_group_messages",
                "supports_inline_queries",
                "has_main_web_app",
            ] {
                me[key] = json!(false);
            }
            me
        }
        "sendmessage" | "editmessagetext" => json!({"message_id": message, "date": 1, "from": me(),
            "chat": {"id": body["chat_id"], "type": "private", "first_name": "P"}, "text": "sent"}),
        "getwebhookinfo" => state.webhook.clone().unwrap_or_else(
            || json!({"url": "", "has_custom_certificate": false, "pending_update_count": 0}),
        ),
        _ => json!(true),
    }
}

/// Whether Telegram would take the call.
fn valid(method: &str, body: &Value) -> Result<(), String> {
    description::check(method, body)?;
    let known = METHODS.iter().find(|(name, ..)| *name == method);
    let (_, required, parameters) = known.ok_or("no such method")?;
    let given: Vec<&String> = body.as_object().into_iter().flat_map(|o| o.keys()).collect();
    if let Some(odd) = given.iter().find(|name| !parameters.contains(&name.as_str())) {
        return Err(format!("unknown parameter {odd}"));
    }
    if let Some(missing) = parameters[..*required].iter().find(|p| body[**p].is_null()) {
        return Err(format!("{missing} is missing"));
    }
    if method == "getupdates" && !body["allowed_updates"].is_array() {
        return Err("allowed_updates must be told each time".to_owned());
    }
    let results = body["results"].as_array().into_iter().flatten();
    if results.clone().count() > 50 {
        return Err("more than 50 results".to_owned());
    }
    for result in results {
        shown(result["input_message_content"]["message_text"].as_str().unwrap_or_default())?;
        if !(1..=64).contains(&result["id"].as_str().map_or(0, str::len)) {
            return Err("RESULT_ID_INVALID".to_owned());
        }
    }
    if method == "sendmessage" || method == "editmessagetext" {
        let text = body["text"].as_str().ok_or("text is no text")?;
        let shown = if body["parse_mode"] == "HTML" { shown(text)? } else { text.to_owned() };
        let units = shown.trim().encode_utf16().count();
        if !(1..=4096).contains(&units) {
            return Err(format!("a text of {units} units"));
        }
    }
    for button in body["reply_markup"]["inline_keyboard"].as_array().into_iter().flatten() {
        for button in button.as_array().into_iter().flatten() {
            let data = button["callback_data"].as_str().unwrap_or_default();
            if !(1..=64).contains(&data.len()) || button["text"].as_str().is_none_or(str::is_empty)
            {
                return Err(format!("BUTTON_DATA_INVALID {button}"));
            }
        }
    }
    Ok(())
}

/// The text of HTML by Telegram's rules.
pub(crate) fn shown(html: &str) -> Result<String, String> {
    let (mut out, mut open, mut rest) = (String::new(), Vec::new(), html);
    while let Some(at) = rest.find(['<', '>', '&']) {
        out.push_str(&rest[..at]);
        let end = |c| {
            rest[at..].find(c).map(|end| at + end).ok_or_else(|| "can't parse entities".to_owned())
        };
        let found = match rest.as_bytes()[at] {
            b'<' => {
                let end = end('>')?;
                let tag = &rest[at + 1..end];
                if let Some(name) = tag.strip_prefix('/') {
                    if open.pop() != Some(name) {
                        return Err(format!("can't parse entities: end tag {name}"));
                    }
                } else if ["b", "i", "blockquote expandable"].contains(&tag)
                    || tag.starts_with("a href=\"")
                {
                    open.push(tag.split(' ').next().unwrap_or_default());
                } else {
                    return Err(format!("can't parse entities: unsupported start tag {tag}"));
                }
                end
            }
            b'&' => {
                let end = end(';')?;
                out.push(match &rest[at..=end] {
                    "&lt;" => '<',
                    "&gt;" => '>',
                    "&amp;" => '&',
                    "&quot;" => '"',
                    other => return Err(format!("can't parse entities: {other}")),
                });
                end
            }
            _ => return Err("can't parse entities: a bare >".to_owned()),
        };
        rest = &rest[found + 1..];
    }
    out.push_str(rest);
    if open.is_empty() { Ok(out) } else { Err(format!("can't parse entities: open {open:?}")) }
}
