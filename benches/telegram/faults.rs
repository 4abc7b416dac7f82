//! Which calls fail, and how.

use crate::crowd::Dice;

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// 429, try again after a second.
    TooMany,
    /// 500, in the words of the Bot API.
    Internal,
    /// 502, the page of a proxy.
    Page,
    /// The connection ends, nothing was done.
    CutBefore,
    /// No answer for longer than the client waits, nothing was done.
    SilentBefore,
    /// The connection ends after the call was done.
    CutAfter,
    /// The call was done, what comes back is half an answer.
    Garbled,
    /// The call was done, no answer for longer than the client waits.
    SilentAfter,
}

/// Faults with their weights. Each silence holds something up for many seconds, so that few are
/// enough; see [`SILENCES`].
const MIX: [(Fault, u64); 8] = [
    (Fault::TooMany, 24),
    (Fault::Internal, 20),
    (Fault::Page, 20),
    (Fault::CutBefore, 14),
    (Fault::CutAfter, 11),
    (Fault::Garbled, 9),
    (Fault::SilentBefore, 1),
    (Fault::SilentAfter, 1),
];
/// Most silences of each kind in one run.
const SILENCES: usize = 2;

/// A plan of faults, the same in each run for the n-th call.
#[derive(Debug)]
pub(crate) struct Faults {
    dice: Dice,
    percent: u64,
    /// How often each fault of [`MIX`] was met.
    met: [usize; MIX.len()],
}

impl Fault {
    /// Status and body of a call that was not done, where anything comes back at all.
    pub(crate) fn refusal(self) -> Option<(u16, &'static str)> {
        match self {
            Self::TooMany => Some((
                429,
                r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1","parameters":{"retry_after":1}}"#,
            )),
            Self::Internal => Some((
                500,
                r#"{"ok":false,"error_code":500,"description":"Internal Server Error"}"#,
            )),
            Self::Page => Some((
                502,
                "<html><head><title>502 Bad Gateway</title></head><body>a proxy</body></html>",
            )),
            _ => None,
        }
    }

    /// Whether the call is done all the same.
    pub(crate) fn done(self) -> bool {
        matches!(self, Self::CutAfter | Self::Garbled | Self::SilentAfter)
    }
}

impl Faults {
    /// So many of a hundred calls fail.
    pub(crate) fn new(percent: u64) -> Self {
        Self { dice: Dice::new(11), percent, met: [0; MIX.len()] }
    }

    /// How the next call fails, if it does.
    pub(crate) fn pick(&mut self) -> Option<Fault> {
        if self.dice.below(100) >= self.percent {
            return None;
        }
        let all = MIX.iter().map(|(_, weight)| weight).sum();
        let mut left = self.dice.below(all);
        let at = MIX.iter().position(|(_, weight)| {
            let here = left < *weight;
            left = left.saturating_sub(*weight);
            here
        })?;
        let silent = matches!(MIX[at].0, Fault::SilentBefore | Fault::SilentAfter);
        let at = if silent && self.met[at] >= SILENCES { 0 } else { at };
        self.met[at] += 1;
        Some(MIX[at].0)
    }

    /// What was met, in words.
    pub(crate) fn told(&self) -> String {
        let one = |((fault, _), met): (&(Fault, u64), &usize)| format!("{fault:?} {met}");
        MIX.iter().zip(&self.met).map(one).collect::<Vec<_>>().join(", ")
    }
}
