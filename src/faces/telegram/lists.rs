//! Articles and their questions in, messages with buttons out.

use crate::answering::reply::Nearby;
use crate::corpus::passages::Passage;
use crate::faces::telegram::html::{Button, Messages, Press, button, said};
use crate::faces::wording::Tongue;
use crate::index;
use crate::index::manifest::ArticleEntry;
use crate::index::reader::Reader;
use crate::text::detection::of_article;

/// Articles on a page.
const PAGE: usize = 10;
/// Questions of one article that are offered.
const QUESTIONS: usize = 8;
/// Newest articles among which some in the person's language are looked for.
const LOOKED_AT: usize = 100;
/// Questions that are shown to who comes for the first time.
const EXAMPLES: usize = 3;

/// A page of all articles, newest first; pages are counted from 0. Those after it are not read.
pub fn articles(reader: &Reader, page: usize, tongue: Tongue) -> Result<Messages, index::Error> {
    let all = usize::try_from(reader.manifest().articles).unwrap_or(usize::MAX);
    let page = page.min(all.div_ceil(PAGE).saturating_sub(1));
    let (mut before, mut on_page) = (page * PAGE, Vec::new());
    reader.visit_articles(|article| {
        match before.checked_sub(1) {
            Some(fewer) => before = fewer,
            None => on_page.push(article),
        }
        on_page.len() < PAGE
    })?;
    Ok(shown(&on_page, page, all.div_ceil(PAGE), tongue))
}

fn shown(articles: &[ArticleEntry], page: usize, pages: usize, tongue: Tongue) -> Messages {
    let texts = tongue.texts();
    if articles.is_empty() {
        return said(texts.no_articles);
    }
    let mut text = texts.newest.to_owned();
    for article in articles {
        text.push_str("\n• ");
        text.push_str(&article.title);
        if let Some(date) = article.published {
            text.push_str(" · ");
            text.push_str(&tongue.day(date));
        }
    }
    if pages == 1 {
        return said(&text);
    }
    text.push_str("\n\n");
    text.push_str(&tongue.page(page + 1, pages));
    let mut buttons = Vec::new();
    if page > 0 {
        buttons.push(button(texts.page_back, Press::Page(page - 1)));
    }
    if page + 1 < pages {
        let beside = !buttons.is_empty();
        buttons.push(Button { beside, ..button(texts.page_next, Press::Page(page + 1)) });
    }
    Messages { buttons, ..said(&text) }
}

/// Questions to begin with: one of each of the newest articles, those in the person's language
/// first.
pub fn examples(reader: &Reader, tongue: Tongue) -> Result<Vec<Nearby>, index::Error> {
    let (mut own, mut others, mut looked_at) = (Vec::new(), Vec::new(), 0);
    reader.visit_articles(|article| {
        if let Some(first) = article.questions.first() {
            let list = if is_in(&article, tongue) { &mut own } else { &mut others };
            list.push(Nearby { text: first.text.clone(), link: first.link.clone() });
            looked_at += 1;
        }
        own.len() < EXAMPLES && looked_at < LOOKED_AT
    })?;
    own.extend(others);
    own.truncate(EXAMPLES);
    Ok(own)
}

fn is_in(article: &ArticleEntry, tongue: Tongue) -> bool {
    let questions = article.questions.iter().map(|question| question.text.as_str());
    let text: Vec<&str> = std::iter::once(article.title.as_str()).chain(questions).collect();
    of_article(&text.join("\n")).code() == tongue.code()
}

/// The other questions of the article that a passage is from.
pub fn more_from(passages: &[Passage], link: &str) -> Vec<Nearby> {
    let others = passages.iter().filter(|passage| passage.link != link);
    let questions = others.filter_map(|passage| {
        Some(Nearby { text: passage.question.clone()?, link: passage.link.clone() })
    });
    questions.take(QUESTIONS).collect()
}

#[cfg(test)]
mod tests {
    use super::shown;
    use crate::faces::telegram::html::{Press, pressed};
    use crate::faces::wording::Tongue;
    use crate::index::manifest::ArticleEntry;

    #[test]
    fn articles_are_paged() {
        let entry = |n: usize| ArticleEntry {
            id: n.to_string(),
            title: format!("Article {n}"),
            published: None,
            questions: Vec::new(),
        };
        let all: Vec<ArticleEntry> = (1..=21).map(entry).collect();
        let page = |n: usize| shown(all.chunks(10).nth(n).unwrap(), n, 3, Tongue::English);
        assert!(page(0).pieces[0].plain.contains("Article 10\n\nPage 1 of 3"));
        let all_pages = [page(0), page(1), page(2)];
        let presses = |n: usize| -> Vec<Press<'_>> {
            all_pages[n].buttons.iter().map(|b| pressed(&b.data).unwrap()).collect()
        };
        let turn = Press::Page;
        assert_eq!(presses(0), [turn(1)]);
        assert_eq!(presses(1), [turn(0), turn(2)]);
        assert_eq!(presses(2), [turn(1)]);
        assert!(page(1).buttons[1].beside && !page(1).buttons[0].beside);
        assert!(shown(&all[..3], 0, 1, Tongue::English).buttons.is_empty());
        assert_eq!(shown(&[], 0, 0, Tongue::English).pieces.len(), 1);
        assert_eq!(pressed("p:x"), None);
        assert_eq!(pressed("p:7"), Some(Press::Page(7)));
    }
}
