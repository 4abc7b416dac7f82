//! Why a reply is as it is, in words.

use crate::answering::reply::{Outcome, Reply, Weighed};
use crate::faces::wording::Tongue;
use crate::faces::wording::templates::fill;
use crate::retrieval::ranking::Reason;

/// Grounds for, and against, that a chat is told.
const BRIEFLY: usize = 2;
/// What adds less than this to the log-odds is not worth a word there.
const SLIGHT: f32 = 0.3;

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
        let grounds = grounds(&weighed.reasons);
        let (fit, differ): (Vec<_>, Vec<_>) =
            grounds.into_iter().partition(|(_, adds)| *adds > 0.0);
        for (template, grounds) in [(texts.briefly_for, fit), (texts.briefly_against, differ)] {
            let names: Vec<&str> =
                grounds.iter().take(BRIEFLY).map(|(ground, _)| texts.grounds[*ground]).collect();
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

/// What the evidence comes to for each ground that counts, strongest first; the grounds are places
/// in [`Texts::grounds`](crate::faces::wording::texts::Texts::grounds).
fn grounds(reasons: &[Reason]) -> Vec<(usize, f32)> {
    let mut sums = [0.0; 6];
    for reason in reasons {
        if let Some(ground) = ground(reason.name) {
            sums[ground] += reason.adds;
        }
    }
    let mut grounds: Vec<(usize, f32)> =
        sums.into_iter().enumerate().filter(|(_, adds)| adds.abs() >= SLIGHT).collect();
    grounds.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    grounds
}

/// What a piece of evidence is about; nothing where it is only about the question.
fn ground(evidence: &str) -> Option<usize> {
    Some(match evidence {
        "how much the question says" => return None,
        "near in meaning to the entry's question"
        | "near in meaning to several of its phrasings"
        | "near in meaning as a whole"
        | "near in meaning to a part of it"
        | "near in meaning to title and heading" => 1,
        "names found nowhere here" | "is about another name" => 2,
        "holds what was asked for"
        | "lacks what was asked for"
        | "the entry asks for something else"
        | "asks for the opposite"
        | "gives the date of publishing"
        | "says what it is for" => 3,
        "fits what was said before" => 4,
        "years older than the newest article" => 5,
        _ => 0,
    })
}

#[cfg(test)]
mod tests {
    use super::{ground, grounds};
    use crate::retrieval::model::FIGURES;
    use crate::retrieval::ranking::Reason;

    #[test]
    fn what_counts_is_summed_up_by_what_it_is_about() {
        let reason = |name, adds| Reason { name, value: 1.0, adds };
        let told = grounds(&[
            reason("near in meaning as a whole", 1.0),
            reason("words found nowhere here", -2.0),
            reason("words found in one sentence", 0.5),
            reason("near in meaning to a part of it", 0.7),
            reason("names found nowhere here", -0.1),
            reason("how much the question says", 9.0),
        ]);
        assert_eq!(told.iter().map(|(ground, _)| *ground).collect::<Vec<_>>(), [1, 0]);
        assert!(told[0].1 > 0.0 && told[1].1 < 0.0);
    }

    #[test]
    fn evidence_of_every_kind_has_its_ground() {
        for (ground, kinds) in [(1, 5), (2, 2), (3, 5), (5, 1)] {
            let of = FIGURES.iter().filter(|f| super::ground(f.name) == Some(ground)).count();
            assert_eq!(of, kinds, "{ground}");
        }
        assert_eq!(ground("fits what was said before"), Some(4));
    }
}
