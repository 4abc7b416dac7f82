//! Markdown in, blocks out: what a reader sees, with list marks, code, tables, addresses and what is
//! struck out as they are written.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::corpus::formats::markup::leaf::{Leaf, Style};
use crate::corpus::formats::markup::{
    Block, Head, Kind, front_matter, html, indent, outline, templates,
};
use crate::corpus::formats::{self, Format, Parsed};
use crate::corpus::problem::Problem;

/// Markdown files.
#[derive(Debug)]
pub struct Markdown;

impl Format for Markdown {
    fn endings(&self) -> &'static [&'static str] {
        &["md", "markdown", "mdx", "mdown", "mkd"]
    }

    fn parse(&self, file: &str, text: &str) -> Parsed {
        if let Some(refused) = formats::refused(file, text) {
            return refused;
        }
        let (mut head, start, mistake) = front_matter::read(text);
        let blocks = blocks(text, start, &mut head);
        let mut parsed = outline::article(file, text, head, blocks);
        parsed.problems.extend(mistake.map(|(line, why)| Problem::new(file, line, why)));
        parsed
    }

    fn probe(&self) -> &'static str {
        "---\ntitle: Title\ndate: 2026-04-10\n---\nSome **bold** text with a [link](x) and `code`.\n\n\
         ~~Old~~ ![and](x) [new](https://a.example/).\n\n\
         ## A heading {#id}\n\n- one\n  - two\n\n```js\ncode\n```\n\n|a|b|\n|-|-|\n|c|d|\n\n## FAQ\n\n\
         ### Why?\n\nBecause.\n\n#### So?\n\nYes &amp; no.\n\n**How?**\nSo.\n\n<details><summary>Who?\
         </summary>\n\nMe.\n\n</details>\n\n<h3>\nWhen?\n</h3>\n\nNow.\n"
    }
}

/// The blocks of a file whose text begins at `start`.
fn blocks(text: &str, start: usize, head: &mut Head) -> Vec<Block> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_HEADING_ATTRIBUTES;
    let mut page = Page::new(text, head);
    for (event, range) in Parser::new_ext(&text[start..], options).into_offset_iter() {
        page.event(event, start + range.start..start + range.end);
    }
    page.flush(Kind::Paragraph);
    page.out
}

struct Page<'a> {
    text: &'a str,
    head: &'a mut Head,
    out: Vec<Block>,
    leaf: Leaf,
    bold: usize,
    /// Whether a link to another place of the page is open.
    link: bool,
    /// How links and what is struck out end, of those that are open; `None` where that is not seen.
    closing: Vec<Option<String>>,
    /// How deep in pictures, of which only the text is seen.
    pictures: usize,
    /// How deep in what is left out.
    hidden: usize,
    /// How deep in lists.
    lists: usize,
    /// The mark of the point that was opened, and where it stands.
    marker: Option<Range<usize>>,
    /// Whether a heading or a row of a table is open: one line, whatever is in it.
    one_line: bool,
    /// What stands between the tags of a block of HTML.
    html: Option<Range<usize>>,
}

impl<'a> Page<'a> {
    fn new(text: &'a str, head: &'a mut Head) -> Self {
        Self {
            text,
            head,
            out: Vec::new(),
            leaf: Leaf::default(),
            bold: 0,
            link: false,
            closing: Vec::new(),
            pictures: 0,
            hidden: 0,
            lists: 0,
            marker: None,
            one_line: false,
            html: None,
        }
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(&tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) => self.add(&text, range),
            // Backticks stay: they tell where what is to be typed ends.
            Event::Code(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {
                self.add(&self.text[range.clone()], range);
            }
            Event::SoftBreak | Event::HardBreak => self.line_break(range.end),
            Event::InlineHtml(tag) if tag.starts_with("<br") => self.line_break(range.end),
            Event::Html(_) => {
                let from = self.html.take().map_or(range.start, |html| html.start);
                self.html = Some(from..range.end);
            }
            Event::TaskListMarker(done) => self.add(if done { "[x] " } else { "[ ] " }, range),
            Event::InlineHtml(_) | Event::FootnoteReference(_) | Event::Rule => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Strong => self.bold += 1,
            Tag::Link { link_type, dest_url, .. } => {
                self.link = dest_url.starts_with('#');
                self.open_link(*link_type, dest_url, range);
            }
            Tag::Strikethrough => {
                let mark = if self.text[range.clone()].starts_with("~~") { "~~" } else { "~" };
                self.open_mark(mark, mark.to_owned(), range);
            }
            Tag::Image { .. } => self.pictures += 1,
            Tag::MetadataBlock(_) => self.hidden += 1,
            Tag::Heading { .. } => {
                self.flush(Kind::Paragraph);
                self.one_line = true;
            }
            Tag::List(_) => {
                self.flush(Kind::Paragraph);
                self.lists += 1;
            }
            Tag::Item => {
                self.flush(Kind::Paragraph);
                let line = &self.text[range.start..];
                let mark = line.find(char::is_whitespace).unwrap_or(line.len());
                self.marker = Some(range.start..range.start + mark);
            }
            Tag::TableHead | Tag::TableRow => self.one_line = true,
            Tag::TableCell if !self.leaf.is_blank() => self.leaf.text.push_str(" | "),
            Tag::Paragraph
            | Tag::BlockQuote(_)
            | Tag::HtmlBlock
            | Tag::Table(_)
            | Tag::CodeBlock(_) => {
                self.flush(Kind::Paragraph);
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Strong => {
                self.bold = self.bold.saturating_sub(1);
                self.question_ends();
            }
            TagEnd::Link => {
                self.link = false;
                self.close_mark(range);
            }
            TagEnd::Strikethrough => self.close_mark(range),
            TagEnd::Image => self.pictures = self.pictures.saturating_sub(1),
            TagEnd::MetadataBlock(_) => self.hidden = self.hidden.saturating_sub(1),
            TagEnd::Heading(level) => {
                self.flush(Kind::Heading(level as u8));
                self.one_line = false;
            }
            TagEnd::List(_) => {
                self.flush(Kind::Paragraph);
                self.lists = self.lists.saturating_sub(1);
            }
            TagEnd::CodeBlock => self.flush(Kind::Code),
            TagEnd::TableHead | TagEnd::TableRow => {
                self.flush(Kind::Row);
                self.one_line = false;
            }
            TagEnd::HtmlBlock => {
                let html = self.html.take().unwrap_or(range);
                let blank = templates::blanked(&self.text[html.clone()]);
                let blocks = html::read(&blank, html.start, self.head);
                for block in blocks {
                    self.push(block.kind, block.text, block.bytes);
                }
            }
            TagEnd::Item => {
                self.flush(Kind::Paragraph);
                self.marker = None;
            }
            TagEnd::Paragraph | TagEnd::BlockQuote(_) => self.flush(Kind::Paragraph),
            _ => {}
        }
    }

    /// A link out of the page is shown with its address, unless that is what it says.
    fn open_link(&mut self, kind: LinkType, address: &str, bytes: Range<usize>) {
        let web = ["https://", "http://", "mailto:"].iter().any(|s| address.starts_with(s));
        if web && !matches!(kind, LinkType::Autolink | LinkType::Email) {
            self.open_mark("[", format!("]({address})"), bytes);
        } else {
            self.closing.push(None);
        }
    }

    fn open_mark(&mut self, opening: &str, closing: String, bytes: Range<usize>) {
        self.leaf.mark(opening.to_owned(), bytes);
        self.closing.push(Some(closing));
    }

    /// Ends what began in the same paragraph.
    fn close_mark(&mut self, bytes: Range<usize>) {
        if let Some(closing) = self.closing.pop().flatten() {
            self.leaf.mark(closing, bytes);
        }
    }

    fn add(&mut self, piece: &str, bytes: Range<usize>) {
        if self.pictures > 0 {
            self.leaf.add_aside(piece, bytes);
        } else if self.hidden == 0 {
            self.leaf.add(piece, bytes, Style { bold: self.bold > 0, link: self.link });
        }
    }

    fn line_break(&mut self, at: usize) {
        if self.one_line {
            self.leaf.text.push(' ');
        } else if !self.question_ends() {
            let line = &self.text[at..];
            let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
            self.leaf.break_line(&line[..indent]);
        }
    }

    /// A question that an answer follows in the same paragraph stands for itself: a bold one, or
    /// one with a mark (`Q: …`).
    fn question_ends(&mut self) -> bool {
        let asks = self.leaf.asks_boldly() || self.leaf.is_marked();
        let ends = self.bold == 0 && !self.one_line && asks;
        if ends {
            self.flush(Kind::Paragraph);
        }
        ends
    }

    fn flush(&mut self, kind: Kind) {
        let leaf = std::mem::take(&mut self.leaf);
        self.closing.clear();
        // A link to another place of the page is its menu.
        if leaf.is_blank() || (!leaf.leads_nowhere && kind == Kind::Paragraph) {
            return;
        }
        let asks = (leaf.is_bold() && outline::asks(leaf.text.trim())) || leaf.is_marked();
        // Questions are what is seen, answers what is written.
        let (text, mut bytes) = match kind {
            Kind::Heading(_) => (leaf.text.clone(), leaf.bytes()),
            Kind::Paragraph if asks => (leaf.text.clone(), leaf.bytes()),
            _ => leaf.written(),
        };
        let text = match kind {
            Kind::Code => text.trim_end().trim_start_matches('\n').to_owned(),
            _ => templates::without(text.trim()),
        };
        let text = if kind == Kind::Paragraph { without_directives(&text) } else { text };
        if text.is_empty() {
            return;
        }
        let asks = leaf.is_bold() && outline::asks(&text);
        let (kind, text) = match (kind, self.marker.take()) {
            (Kind::Paragraph, _) if asks => (Kind::Bold, text),
            (Kind::Paragraph, Some(marker)) => {
                let mark = &self.text[marker.clone()];
                bytes.start = marker.start;
                let indent = indent(self.lists.saturating_sub(1));
                (Kind::Point, format!("{indent}{mark} {text}"))
            }
            (Kind::Paragraph, None) if self.lists > 0 => {
                (Kind::Point, format!("{}{text}", indent(self.lists)))
            }
            (Kind::Paragraph, None) if leaf.is_bold() => (Kind::Bold, text),
            (kind, _) => (kind, text),
        };
        if kind == Kind::Code {
            bytes.end = bytes.start + self.text[bytes.clone()].trim_end().len();
        }
        self.push(kind, text, bytes);
    }

    fn push(&mut self, kind: Kind, text: String, bytes: Range<usize>) {
        let end = self.out.iter().rev().map(|block| block.bytes.end).find(|end| *end > 0);
        let between = end.and_then(|end| self.text.get(end..bytes.start)).unwrap_or_default();
        let above = self.out.last().map(|block| block.kind);
        let rows = above == Some(Kind::Row) && kind == Kind::Row;
        let apart = !rows && between.matches('\n').count() != 1;
        self.out.push(Block { kind, text, bytes, apart });
    }
}

/// Lines that tell the builder of a site something: `:::note`, `import … from …`.
fn without_directives(text: &str) -> String {
    let told = |line: &&str| {
        let imports = line.starts_with("import ") && line.contains(" from ");
        let exports = line.starts_with("export ") && (line.contains('=') || line.contains('{'));
        !(line.starts_with(":::") || imports || exports)
    };
    if text.lines().all(|line| told(&line)) {
        return text.to_owned();
    }
    text.lines().filter(told).collect::<Vec<_>>().join("\n").trim().to_owned()
}
