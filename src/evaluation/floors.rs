//! What figures must reach.

use anyhow::bail;

use crate::evaluation::figures::Figures;
use crate::evaluation::measure::Measure;

/// What a figure must reach, or must not exceed where less is better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Floor {
    /// The figure.
    pub measure: Measure,
    /// The least that will do, or the most.
    pub limit: f64,
}

/// A floor with what was reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Reached {
    /// The floor.
    pub floor: Floor,
    /// What it holds for: a set, or the mean of all.
    pub of: String,
    /// What was reached; `None` where the figure cannot be told of these questions.
    pub value: Option<f64>,
}

impl Floor {
    /// A floor from its name and number, as people write them.
    pub fn parse(name: &str, number: &str) -> anyhow::Result<Self> {
        let Some(measure) = Measure::of_key(name) else {
            let known: Vec<&str> = Measure::ALL.iter().map(|m| m.key()).collect();
            bail!("`{name}` is no figure: write one of {}", known.join(", "));
        };
        match number.parse::<f64>() {
            Ok(limit) if (0.0..=1.0).contains(&limit) => Ok(Self { measure, limit }),
            _ => bail!("`{name}` must be a number from 0 to 1"),
        }
    }

    /// Compares it with the figures of something.
    pub fn compare(self, of: &str, figures: &Figures) -> Reached {
        Reached { floor: self, of: of.to_owned(), value: figures.get(self.measure).value() }
    }
}

impl Reached {
    /// Whether the floor holds.
    pub fn is_met(&self) -> bool {
        let Floor { measure, limit } = self.floor;
        let holds = |value| if measure.is_better_low() { value <= limit } else { value >= limit };
        self.value.is_some_and(holds)
    }
}

#[cfg(test)]
mod tests {
    use super::{Floor, Reached};
    use crate::evaluation::measure::Measure;

    #[test]
    fn floors_are_named_and_bounded() {
        assert_eq!(Floor::parse("p1", "0.8").unwrap(), Floor { measure: Measure::P1, limit: 0.8 });
        for (name, number, problem) in [
            ("p2", "0.8", "`p2` is no figure: write one of p1, hit5,"),
            ("p1", "80", "`p1` must be a number from 0 to 1"),
            ("p1", "much", "`p1` must be a number from 0 to 1"),
            ("p1", "nan", "`p1` must be a number from 0 to 1"),
        ] {
            let error = Floor::parse(name, number).unwrap_err().to_string();
            assert!(error.contains(problem), "{error}");
        }
    }

    #[test]
    fn what_is_better_low_has_a_ceiling() {
        let met = |measure, limit, value| {
            let floor = Floor { measure, limit };
            Reached { floor, of: "a set".to_owned(), value }.is_met()
        };
        assert!(met(Measure::P1, 0.5, Some(0.5)) && !met(Measure::P1, 0.5, Some(0.49)));
        assert!(met(Measure::Wrong, 0.1, Some(0.1)) && !met(Measure::Wrong, 0.1, Some(0.11)));
        assert!(!met(Measure::Wrong, 0.1, None));
    }
}
