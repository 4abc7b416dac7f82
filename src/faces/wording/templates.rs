//! Templates in, sentences out: holes are filled, and numbers have the form that goes with them.

use crate::faces::wording::Tongue;
use crate::faces::wording::texts::Forms;

impl Tongue {
    /// A number with the form that goes with it.
    pub(super) fn counted(self, number: u64, forms: &Forms) -> String {
        fill(forms[self.form(number)], &[("n", &number.to_string())])
    }

    /// Which form goes with a number.
    pub(super) fn form(self, number: u64) -> usize {
        match self {
            Self::English | Self::German | Self::Spanish => usize::from(number != 1),
            Self::Russian => match (number % 10, number % 100) {
                (_, 11..=14) => 2,
                (1, _) => 0,
                (2..=4, _) => 1,
                _ => 2,
            },
        }
    }
}

/// A template about lines, and about the article that they are in.
pub(super) fn of_lines(template: &str, (first, last): (u32, u32), article: &str) -> String {
    let (first, last) = (first.to_string(), last.to_string());
    fill(template, &[("line", &first), ("first", &first), ("last", &last), ("article", article)])
}

/// A template with its holes filled. What is filled in is not looked at again: it may be
/// somebody's own words, with braces in them.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, (hole, after))) =
        rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        out.push_str(before);
        let value = values.iter().find(|(name, _)| *name == hole);
        out.push_str(value.map_or("", |(_, value)| value));
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::fill;
    use crate::faces::wording::Tongue;

    #[test]
    fn what_is_filled_in_is_no_template() {
        assert_eq!(fill("{from} {to}.", &[("from", "{to}"), ("to", "{")]), "{to} {.");
        assert_eq!(fill("{ no hole", &[]), "{ no hole");
    }

    #[test]
    fn numbers_have_their_forms() {
        let told = |tongue: Tongue, n| tongue.counted(n, &tongue.texts().articles);
        let russian = |n| told(Tongue::Russian, n);
        assert_eq!([1, 2, 5].map(russian), ["1 статья", "2 статьи", "5 статей"]);
        assert_eq!([11, 14, 21].map(russian), ["11 статей", "14 статей", "21 статья"]);
        assert_eq!([0, 24, 112].map(russian), ["0 статей", "24 статьи", "112 статей"]);
        let spanish = |n| told(Tongue::Spanish, n);
        assert_eq!([0, 1, 21].map(spanish), ["0 artículos", "1 artículo", "21 artículos"]);
        assert!(Tongue::German.hello(1).contains("aus einem Artikel oder"));
        assert!(Tongue::English.hello(2).contains("from 2 articles, or"));
        assert_eq!(
            Tongue::English.counts(1, 2, 0),
            "1 article, 2 questions with an answer, 0 passages"
        );
    }
}
