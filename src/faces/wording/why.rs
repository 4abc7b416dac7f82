//! Why a reply is as it is, in words.

use crate::answering::reply::{Outcome, Reply, Weighed};
use crate::faces::wording::Tongue;
use crate::faces::wording::templates::fill;
use crate::retrieval::ranking::Reason;

/// Pieces of evidence for, and against, that a chat is told.
const BRIEFLY: usize = 2;

impl Tongue {
    /// Why an answer was chosen or none was given, a line each.
    pub fn reasons(self, reply: &Reply) -> Vec<String> {
        let mut lines = vec![self.verdict(reply)];
        if let Some(weighed) = &reply.weighed {
            lines.push(self.counted_for(weighed));
            lines.extend(weighed.reasons.iter().map(|reason| self.reason(reason)));
            lines.push(self.sum(weighed));
        }
        lines
    }

    /// The same for a chat: two or three sentences.
    pub fn briefly_why(self, reply: &Reply) -> String {
        let texts = self.texts();
        let Some(weighed) = &reply.weighed else { return self.verdict(reply) };
        let template = match &reply.outcome {
            Outcome::Answer(_) => texts.briefly_right,
            Outcome::Choices(choices) if choices.len() > 1 => texts.several_fit,
            Outcome::Choices(_) | Outcome::Unknown => texts.briefly_unlikely,
        };
        let mut sentences = vec![fill(template, &[("likely", &percent(weighed.confidence))])];
        // Strongest first.
        let (speak_for, against): (Vec<_>, Vec<_>) =
            weighed.reasons.iter().partition(|reason| reason.adds >= 0.0);
        for (template, reasons) in
            [(texts.briefly_for, speak_for), (texts.briefly_against, against)]
        {
            let names: Vec<&str> =
                reasons.into_iter().take(BRIEFLY).map(|reason| self.name_of(reason)).collect();
            if !names.is_empty() {
                sentences.push(fill(template, &[("reasons", &names.join(", "))]));
            }
        }
        sentences.join(" ")
    }

    /// How sure a reply is.
    pub fn verdict(self, reply: &Reply) -> String {
        let texts = self.texts();
        let Some(weighed) = &reply.weighed else {
            let chosen = matches!(reply.outcome, Outcome::Answer(_));
            return (if chosen { texts.chosen } else { texts.nothing_shared }).to_owned();
        };
        let template = match &reply.outcome {
            Outcome::Answer(_) => texts.likely_right,
            Outcome::Choices(choices) if choices.len() > 1 => texts.several_fit,
            Outcome::Choices(_) | Outcome::Unknown => texts.too_unlikely,
        };
        let (likely, least) = (percent(weighed.confidence), percent(weighed.answer_from));
        fill(template, &[("likely", &likely), ("least", &least)])
    }

    /// Above what a passage was weighed by.
    pub fn counted_for(self, weighed: &Weighed) -> String {
        fill(self.texts().counted, &[("passage", &weighed.passage)])
    }

    /// A piece of evidence with all its figures.
    fn reason(self, reason: &Reason) -> String {
        let texts = self.texts();
        let side = if reason.adds >= 0.0 { texts.speaks_for } else { texts.speaks_against };
        let name = self.name_of(reason);
        let value = self.decimal(&format!("{:.2}", reason.value));
        let adds = self.decimal(&format!("{:+.1}", reason.adds));
        let values = [("side", side), ("name", name), ("value", &*value), ("adds", &*adds)];
        fill(texts.reason, &values)
    }

    /// A piece of evidence beside its bar: its name and how much of it there is.
    pub fn evidence(self, reason: &Reason) -> String {
        format!("{} ({})", self.name_of(reason), self.decimal(&format!("{:.2}", reason.value)))
    }

    fn name_of(self, reason: &Reason) -> &'static str {
        let known = self.texts().evidence.iter().find(|(english, _)| *english == reason.name);
        known.map_or(reason.name, |(_, name)| name)
    }

    /// A number as this language writes it.
    pub fn decimal(self, number: &str) -> String {
        number.replace('.', self.texts().decimal)
    }

    /// What all evidence adds up to.
    pub fn sum(self, weighed: &Weighed) -> String {
        let figure = |number: f32| self.decimal(&format!("{number:+.1}"));
        let (start, sum) = (figure(weighed.start), figure(weighed.sum));
        fill(self.texts().sum, &[("start", &start), ("sum", &sum)])
    }
}

fn percent(share: f32) -> String {
    format!("{:.0} %", share * 100.0)
}
