//! Telegram's published description of the Bot API, where it is beside the project: whether a
//! call has the parameters and types that it names.

use std::fs;
use std::sync::OnceLock;

use serde_json::Value;

use crate::world::{repository, tell};

/// What is wrong with a call by the description, if that is there.
pub(crate) fn check(method: &str, body: &Value) -> Result<(), String> {
    let Some(description) = description() else { return Ok(()) };
    let methods = description["methods"].as_object().ok_or("a description without methods")?;
    let known = methods.iter().find(|(name, _)| name.to_lowercase() == method);
    let (_, method) = known.ok_or_else(|| format!("no such method {method}"))?;
    fields(description, &method["fields"], body)
}

fn description() -> Option<&'static Value> {
    static FILE: OnceLock<Option<Value>> = OnceLock::new();
    FILE.get_or_init(|| {
        let path = repository().join("../shared/telegram/bot-api.json");
        let read = fs::read(path).ok().and_then(|text| serde_json::from_slice(&text).ok());
        if read.is_none() {
            tell("skipped: calls are not compared with the published Bot API, which is not here");
        }
        read
    })
    .as_ref()
}

fn fields(description: &Value, fields: &Value, object: &Value) -> Result<(), String> {
    let known: Vec<&Value> = fields.as_array().into_iter().flatten().collect();
    let given = object.as_object().into_iter().flatten();
    for (name, value) in given.filter(|(_, value)| !value.is_null()) {
        let field = known.iter().find(|field| field["name"] == name.as_str());
        let field = field.ok_or_else(|| format!("unknown field {name}"))?;
        let types = field["types"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let mut told = String::new();
        let fits = types.clone().any(|of| match fits(description, of, value) {
            Ok(()) => true,
            Err(why) => {
                told = why;
                false
            }
        });
        if !fits {
            return Err(format!("{name}: {told}"));
        }
    }
    for field in known.iter().filter(|field| field["required"] == true) {
        let name = field["name"].as_str().unwrap_or_default();
        if object[name].is_null() {
            return Err(format!("{name} is missing"));
        }
    }
    Ok(())
}

/// Whether a value is of a type by its name.
fn fits(description: &Value, of: &str, value: &Value) -> Result<(), String> {
    let wrong = || Err(format!("{value} is no {of}"));
    if let Some(inner) = of.strip_prefix("Array of ") {
        let Some(items) = value.as_array() else { return wrong() };
        return items.iter().try_for_each(|item| fits(description, inner, item));
    }
    let basic = match of {
        "String" => value.is_string(),
        "Integer" => value.is_i64() || value.is_u64(),
        "Float" => value.is_number(),
        "Boolean" | "True" => value.is_boolean(),
        _ => {
            let known = &description["types"][of];
            if known.is_null() || !value.is_object() {
                return wrong();
            }
            let kinds: Vec<&str> = known["subtypes"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            if kinds.is_empty() {
                return fields(description, &known["fields"], value);
            }
            kinds.iter().any(|kind| fits(description, kind, value).is_ok())
        }
    };
    if basic { Ok(()) } else { wrong() }
}
