//! Figures for programs: one object, version 1.

use serde_json::{Map, Value, json};

use crate::commands::eval::Options;
use crate::commands::eval::measured::{Measured, Miss};
use crate::evaluation::collection::Genre;
use crate::evaluation::figures::{Figure, Figures};
use crate::evaluation::floors::Reached;
use crate::evaluation::measure::Measure;

/// The whole report as one JSON object.
pub(super) fn render(
    sets: &[Measured],
    means: &[(&'static str, Measured)],
    reached: &[Reached],
    options: &Options,
) -> Value {
    let sets: Vec<Value> = sets.iter().map(|measured| set(measured, options)).collect();
    let means: Map<String, Value> =
        means.iter().map(|(key, mean)| ((*key).to_owned(), figures(&mean.figures))).collect();
    let floors: Vec<Value> = reached
        .iter()
        .map(|reached| {
            json!({
                "of": reached.of,
                "figure": reached.floor.measure.key(),
                "floor": reached.floor.limit,
                "value": reached.value.map(rounded),
                "met": reached.is_met(),
            })
        })
        .collect();
    json!({
        "version": 1,
        "threads": options.threads,
        "pooled": options.pool,
        "sets": sets,
        "means": means,
        "floors": floors,
    })
}

fn set(set: &Measured, options: &Options) -> Value {
    let micros = |time: std::time::Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    let mut object = figures(&set.figures);
    object["name"] = json!(set.name);
    object["kind"] = json!(set.genre.name());
    object["documents"] = json!(set.documents);
    object["answerable"] = json!(set.answerable);
    object["unanswerable"] = json!(set.unanswerable);
    if set.genre == Genre::Own || options.misses {
        object["misses"] = set.misses.iter().map(|missed| miss(missed, set.genre)).collect();
    }
    object["took_us"] = json!({"median": micros(set.times.0), "p99": micros(set.times.1)});
    object
}

fn miss(miss: &Miss, genre: Genre) -> Value {
    let (place, at) = match genre {
        Genre::Own => ("line", json!(miss.line.parse::<u32>().ok())),
        Genre::Faq | Genre::Passages => ("query_id", json!(miss.line)),
    };
    json!({
        place: at,
        "question": miss.question,
        "expected": miss.expected,
        "outcome": miss.outcome,
        "first": miss.first,
    })
}

fn figures(figures: &Figures) -> Value {
    let all = Measure::ALL.iter().map(|m| (m.key().to_owned(), figure(figures.get(*m))));
    let compared = || {
        let with = |m: &Measure| Some((m.key().to_owned(), figures.against_baseline(*m)?));
        Measure::COMPARED.iter().filter_map(with)
    };
    let mut object = json!({ "figures": all.collect::<Map<_, _>>() });
    if compared().next().is_some() {
        let baseline: Map<_, _> = compared().map(|(key, (base, _))| (key, figure(base))).collect();
        let above: Map<_, _> = compared().map(|(key, (_, above))| (key, figure(above))).collect();
        object["baseline"] = json!(baseline);
        object["above_baseline"] = json!(above);
    }
    object
}

/// A figure with its interval; `null` where it cannot be told.
fn figure(figure: &Figure) -> Value {
    match (figure.value(), figure.interval()) {
        (Some(value), Some((low, high))) => {
            json!({"value": rounded(value), "low": rounded(low), "high": rounded(high)})
        }
        _ => Value::Null,
    }
}

/// Four decimals say more than the interval allows.
fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}
