//! HTML in, blocks out: what a reader of the page sees, without menus, scripts and footers.
//!
//! The tokenizer follows the standard; of its tree only what tells blocks apart is kept, so that
//! unclosed and misplaced tags do no harm.

use html5gum::{DefaultEmitter, Spanned, StartTag, Token, Tokenizer};

use crate::corpus::formats::markup::front_matter::day;
use crate::corpus::formats::markup::leaf::{Leaf, Style};
use crate::corpus::formats::markup::{Block, Head, Kind, indent, linked_data, outline, templates};
use crate::corpus::formats::{Format, Parsed};
use crate::text::language::Language;

/// Web pages.
#[derive(Debug)]
pub struct Html;

impl Format for Html {
    fn endings(&self) -> &'static [&'static str] {
        &["html", "htm", "xhtml"]
    }

    fn parse(&self, file: &str, text: &str) -> Parsed {
        let mut head = Head::default();
        let blank = templates::blanked(text);
        let blocks = read(&blank, 0, &mut head);
        outline::article(file, text, head, blocks)
    }

    fn probe(&self) -> &'static str {
        "<html lang=en><title>Page</title><script type=\"application/ld+json\">{\"@type\": \"FAQPage\",\
         \"mainEntity\": [{\"@type\": \"Question\", \"name\": \"How?\", \"acceptedAnswer\": {\"text\": \
         \"<p>So.</p>\"}}]}</script><nav>Menu</nav><main><h1>Title</h1><p>Some <b>bold</b> text.<h2>Why?\
         </h2><p>Because {% x %} &amp; so.<ul><li>a<li>b</ul><details><summary>When?</summary>Now.</details>\
         <dl><dt>Who?<dd>Me.</dl><p><strong>Where?</strong><br>Here.<table><tr><td>a<td>b</table>"
    }
}

/// Elements whose content is no part of the text.
const LEFT_OUT: &[&str] = &[
    "script", "style", "noscript", "template", "svg", "nav", "footer", "aside", "select",
    "textarea", "iframe", "object", "math", "audio", "video",
];
/// Elements that hold a question together with its answer.
const AROUND: &[&str] =
    &["div", "section", "article", "li", "dl", "details", "fieldset", "blockquote", "td", "main"];
/// Elements that stand inside a line.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "img", "ins", "kbd", "label", "mark", "picture", "q", "s", "samp", "small",
    "source", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "input",
];

/// The blocks of a page or of a piece of one that stands at `offset`; adds to `head` what it says
/// of itself.
pub fn read(text: &str, offset: usize, head: &mut Head) -> Vec<Block> {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut page = Page::new(text, offset, head);
    for token in Tokenizer::new_with_emitter(text, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => page.start(&tag),
            Token::EndTag(tag) => page.end(&String::from_utf8_lossy(&tag.name), tag.span.start),
            Token::String(string) => page.string(&string),
            _ => {}
        }
    }
    page.finish()
}

/// What is seen of a text that may hold tags and entities.
pub fn visible(text: &str) -> String {
    if !text.contains(['<', '&']) {
        return text.trim().to_owned();
    }
    let blocks = read(text, 0, &mut Head::default());
    let mut out = String::new();
    for block in blocks.iter().filter(|block| block.kind != Kind::End) {
        if !out.is_empty() {
            out.push_str(if block.apart { "\n\n" } else { "\n" });
        }
        out.push_str(&block.text);
    }
    out
}

/// Whether an element says that it is a menu.
fn is_menu(value: &dyn Fn(&str) -> Option<String>) -> bool {
    let class = value("class").unwrap_or_default().to_lowercase();
    class.contains("breadcrumb") || value("role").as_deref() == Some("navigation")
}

struct Page<'a> {
    text: &'a str,
    offset: usize,
    head: &'a mut Head,
    /// Blocks, with whether they stand in the main part, and in the head of the page.
    out: Vec<(Block, bool, bool)>,
    leaf: Leaf,
    style: Style,
    bold: usize,
    /// The element that is left out, and how often it stands inside of itself.
    skipped: Option<(String, usize)>,
    /// The element whose text is wanted for something else, where that began, and the text.
    kept: Option<(&'static str, usize, String)>,
    heading: Option<u8>,
    /// Of each list that is open, the number of its next point where it is numbered.
    lists: Vec<Option<u32>>,
    /// What stands before the point that was opened.
    marker: Option<String>,
    /// Whether a term, a button or what a page calls a question is open.
    folds: Option<&'static str>,
    pre: bool,
    row: bool,
    main: usize,
    header: usize,
    /// Elements that are open and enclose others.
    around: usize,
    /// How many were around the last question.
    asked: Option<usize>,
}

impl<'a> Page<'a> {
    fn new(text: &'a str, offset: usize, head: &'a mut Head) -> Self {
        Self {
            text,
            offset,
            head,
            out: Vec::new(),
            leaf: Leaf::default(),
            style: Style::default(),
            bold: 0,
            skipped: None,
            kept: None,
            heading: None,
            lists: Vec::new(),
            marker: None,
            folds: None,
            pre: false,
            row: false,
            main: 0,
            header: 0,
            around: 0,
            asked: None,
        }
    }

    fn start(&mut self, tag: &StartTag<usize>) {
        let name = String::from_utf8_lossy(&tag.name);
        let name = &*name;
        if let Some((skipped, depth)) = &mut self.skipped {
            *depth += usize::from(skipped == name && !tag.self_closing);
            return;
        }
        let value = |key: &str| {
            let value = tag.attributes.get(key.as_bytes());
            value.map(|value| String::from_utf8_lossy(value).into_owned())
        };
        match name {
            "script" if value("type").is_some_and(|kind| kind.contains("ld+json")) => {
                self.kept = Some(("script", tag.span.end, String::new()));
            }
            "title" => self.kept = Some(("title", tag.span.end, String::new())),
            name if LEFT_OUT.contains(&name) || is_menu(&value) => {
                self.flush();
                self.skipped = (!tag.self_closing).then(|| (name.to_owned(), 1));
            }
            "html" => {
                self.head.language = value("lang").and_then(|code| Language::from_code(&code));
            }
            "meta" => self.meta(value("name").or_else(|| value("property")), value("content")),
            "link" if value("rel").as_deref() == Some("canonical") => {
                self.head.url = value("href").filter(|url| url.contains("://"));
            }
            "b" | "strong" => self.bold += 1,
            "a" => self.style.link = value("href").is_some_and(|to| to.starts_with('#')),
            "br" => self.line_break(),
            "td" | "th" if self.row => {
                if !self.leaf.is_blank() {
                    self.leaf.text.push_str(" | ");
                }
            }
            name if INLINE.contains(&name) || self.row => {}
            name => self.open(name, &value("class").unwrap_or_default()),
        }
    }

    /// An element that begins a block.
    fn open(&mut self, name: &str, class: &str) {
        self.flush();
        self.around += usize::from(AROUND.contains(&name));
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.heading = name[1..].parse().ok();
            }
            "main" => self.main += 1,
            "header" => self.header += 1,
            "ul" | "menu" => self.lists.push(None),
            "ol" => self.lists.push(Some(1)),
            "li" => {
                let depth = self.lists.len().saturating_sub(1);
                let marker = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}.", *number - 1)
                    }
                    _ => "-".to_owned(),
                };
                self.marker = Some(format!("{}{marker} ", indent(depth)));
            }
            "dt" => self.folds = Some("dt"),
            "summary" => self.folds = Some("summary"),
            "button" => self.folds = Some("button"),
            "dd" => self.folds = None,
            "pre" => self.pre = true,
            "tr" => self.row = true,
            _ => {
                let question =
                    |word: &str| word.contains("question") && !word.contains("questions");
                if class.to_lowercase().split_whitespace().any(question) {
                    self.folds = Some("question");
                }
            }
        }
    }

    fn end(&mut self, name: &str, at: usize) {
        if let Some((skipped, depth)) = &mut self.skipped {
            *depth -= usize::from(skipped == name);
            if *depth == 0 {
                self.skipped = None;
            }
            return;
        }
        if let Some((kept, start, text)) = self.kept.take_if(|(kept, _, _)| *kept == name) {
            match kept {
                // As the file has it: the parser gives other line ends and no null bytes.
                "script" => {
                    let script = self.text.get(start..at).unwrap_or_default();
                    linked_data::read(script, self.offset + start, self.head);
                }
                _ => self.head.fallback = Some(text.trim().to_owned()).filter(|t| !t.is_empty()),
            }
            return;
        }
        match name {
            "b" | "strong" => {
                self.bold = self.bold.saturating_sub(1);
                self.question_ends();
            }
            "a" => self.style.link = false,
            "tr" => {
                self.flush();
                self.row = false;
            }
            "table" => {
                self.row = false;
                self.flush();
            }
            name if INLINE.contains(&name) || self.row => {}
            _ => {
                self.flush();
                self.close(name);
            }
        }
    }

    /// An element that ends a block.
    fn close(&mut self, name: &str) {
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading = None,
            "main" => self.main = self.main.saturating_sub(1),
            "header" => self.header = self.header.saturating_sub(1),
            "ul" | "ol" | "menu" => {
                self.lists.pop();
            }
            "li" => self.marker = None,
            "dt" | "summary" | "button" => self.folds = None,
            "pre" => self.pre = false,
            _ => {}
        }
        if AROUND.contains(&name) {
            self.around = self.around.saturating_sub(1);
            if self.asked.take_if(|asked| *asked > self.around).is_some() {
                self.push(Kind::End, String::new(), 0..0);
            }
        }
    }

    fn string(&mut self, string: &Spanned<html5gum::HtmlString, usize>) {
        let value = String::from_utf8_lossy(string);
        if self.skipped.is_some() {
            return;
        }
        if let Some((_, _, text)) = &mut self.kept {
            text.push_str(&value);
            return;
        }
        let style = Style { bold: self.bold > 0, ..self.style };
        let raw = self.text.get(string.span.start..string.span.end).unwrap_or_default();
        let start = self.offset + string.span.start;
        if self.pre {
            self.leaf.add(&value, start..start + raw.len(), style);
        } else {
            self.leaf.add_collapsed(&value, raw, start, style);
        }
    }

    fn line_break(&mut self) {
        if !self.question_ends() {
            self.leaf.break_line("");
        }
    }

    /// A bold question that an answer follows in the same paragraph stands for itself.
    fn question_ends(&mut self) -> bool {
        let open = self.bold == 0 && self.heading.is_none() && !self.row;
        let ends = open && self.leaf.asks_boldly();
        if ends {
            self.flush();
        }
        ends
    }

    fn meta(&mut self, name: Option<String>, content: Option<String>) {
        let Some((name, content)) = name.zip(content.filter(|c| !c.trim().is_empty())) else {
            return;
        };
        match name.to_lowercase().as_str() {
            "author" | "article:author" if !content.contains("://") => {
                self.head.author.get_or_insert(content);
            }
            "article:published_time" | "date" | "dc.date" => {
                self.head.published = self.head.published.or_else(|| day(&content));
            }
            _ => {}
        }
    }

    /// Ends what is being put together.
    fn flush(&mut self) {
        let leaf = std::mem::take(&mut self.leaf);
        // Menus of the page itself are no text.
        let says_something = leaf.text.chars().any(char::is_alphabetic) || self.row || self.pre;
        if !says_something || (!leaf.leads_nowhere && self.heading.is_none()) {
            return;
        }
        let text =
            if self.pre { leaf.text.trim_matches('\n').trim_end() } else { leaf.text.trim() };
        let asks = outline::asks(text);
        let folds = self.folds;
        self.folds = folds.filter(|folds| *folds != "question");
        let kind = match (self.heading, folds) {
            (Some(level), _) => Kind::Heading(level),
            (_, Some("button" | "question")) if asks => Kind::Term,
            (_, Some("button")) => return,
            (_, Some("dt" | "summary")) => Kind::Term,
            _ if self.pre => Kind::Code,
            _ if self.row => Kind::Row,
            _ if leaf.is_bold() && asks => Kind::Bold,
            _ if self.marker.is_some() || !self.lists.is_empty() => Kind::Point,
            _ if leaf.is_bold() => Kind::Bold,
            _ => Kind::Paragraph,
        };
        let text = match (kind, self.marker.take()) {
            (Kind::Point, Some(marker)) => format!("{marker}{text}"),
            (Kind::Point, None) => format!("{}{text}", indent(self.lists.len())),
            _ => text.to_owned(),
        };
        if asks || kind == Kind::Term {
            self.asked = Some(self.around);
        }
        self.push(kind, text, leaf.bytes());
    }

    fn push(&mut self, kind: Kind, text: String, bytes: std::ops::Range<usize>) {
        let above = self.out.last().map(|(block, _, _)| block.kind);
        let apart = !matches!(
            (above, kind),
            (Some(Kind::Point | Kind::Paragraph), Kind::Point) | (Some(Kind::Row), Kind::Row)
        );
        let block = Block { kind, text, bytes, apart };
        self.out.push((block, self.main > 0, self.header > 0));
    }

    fn finish(mut self) -> Vec<Block> {
        self.row = false;
        self.flush();
        let has_main = self.out.iter().any(|(_, main, _)| *main);
        let shown = |block: &Block, main: bool, header: bool| {
            let heading = matches!(block.kind, Kind::Heading(_));
            if has_main { main } else { !header || heading }
        };
        let out = self.out.into_iter();
        out.filter(|(block, main, header)| shown(block, *main, *header))
            .map(|(b, _, _)| b)
            .collect()
    }
}
