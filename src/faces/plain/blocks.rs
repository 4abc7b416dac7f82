//! The lines of a passage in, blocks out: what flows, and what stands as it is written.
//!
//! Only what cannot be meant otherwise flows: a line of code that is joined with the next one is a
//! command that does something else.

use std::ops::Range;

use textwrap::core::display_width;

/// A line of prose that was broken to fit some page has at least so many columns.
const FULL: usize = 50;
/// And at most so many: no page is wider.
const WIDEST: usize = 100;

/// How a block is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Broken where the screen ends. The first so many bytes are the mark of a point or a heading.
    Flows(usize),
    /// As it is written: a row of a table, a line in columns.
    Stands,
    /// The same, and in the colour of what is typed into a computer.
    Code,
    /// Not at all: the marks around code.
    Hidden,
}

/// A line, or several that were only broken to fit a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Where it stands in the text, without its last line break.
    pub bytes: Range<usize>,
    /// How it is shown.
    pub look: Look,
}

/// The blocks of a text, in which these bytes are code that has lost its marks.
pub fn of(text: &str, code: &[Range<usize>]) -> Vec<Block> {
    let lines = lines(text);
    let looks = looks(text, &lines, code);
    let shown = |n: usize| &text[lines[n].clone()];
    let mut out: Vec<Block> = Vec::new();
    let mut widest = 0;
    for (n, (bytes, look)) in lines.iter().zip(&looks).enumerate() {
        let flows = matches!(look, Look::Flows(_)) && !bytes.is_empty();
        let above = n > 0 && matches!(looks[n - 1], Look::Flows(_)) && !lines[n - 1].is_empty();
        if !(flows && above) {
            let paragraph = (n..lines.len())
                .take_while(|n| matches!(looks[*n], Look::Flows(_)) && !lines[*n].is_empty());
            widest = paragraph.map(|n| display_width(shown(n))).max().unwrap_or(0);
        }
        match out.last_mut() {
            Some(last) if flows && above && goes_on(shown(n - 1), shown(n), widest) => {
                last.bytes.end = bytes.end;
            }
            _ => out.push(Block { bytes: bytes.clone(), look: *look }),
        }
    }
    out
}

/// Where the lines stand, without their ends.
fn lines(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    let line = |line: &str| {
        let start = at;
        at += line.len();
        start..start + line.trim_end_matches(['\n', '\r']).len()
    };
    text.split_inclusive('\n').map(line).collect()
}

fn looks(text: &str, lines: &[Range<usize>], code: &[Range<usize>]) -> Vec<Look> {
    let shown = |n: usize| lines.get(n).map_or("", |bytes| &text[bytes.clone()]);
    let mut fence: Option<(char, usize)> = None;
    let look = |n: usize| {
        let line = shown(n);
        // They stand in order.
        let start = lines[n].start;
        let next = code.partition_point(|code| code.end <= start);
        if code.get(next).is_some_and(|code| code.start <= start) {
            return Look::Code;
        }
        if let Some((mark, length)) = fence {
            let closes = fence_of(line).is_some_and(|(c, long, rest)| {
                c == mark && long >= length && rest.trim().is_empty()
            });
            fence = fence.filter(|_| !closes);
            return if closes { Look::Hidden } else { Look::Code };
        }
        if let Some((mark, length, rest)) = fence_of(line)
            && !(mark == '`' && rest.contains('`'))
        {
            fence = Some((mark, length));
            return Look::Hidden;
        }
        let around = [n.checked_sub(1).map_or("", shown), shown(n + 1)];
        let nested = opening(line) > 0 && opening(around[0]) > 0;
        if (line.starts_with("    ") || line.starts_with('\t')) && !nested {
            return Look::Code;
        }
        let beside = |is: fn(&str) -> bool| is(line) && around.into_iter().any(is);
        if line.trim_start().starts_with(['|', '│', '║']) || beside(has_cells) || beside(has_gap)
        {
            return Look::Stands;
        }
        Look::Flows(opening(line))
    };
    (0..lines.len()).map(look).collect()
}

/// What a line that opens or closes a block of code is made of, how long that is, and the rest.
fn fence_of(line: &str) -> Option<(char, usize, &str)> {
    let line = line.trim_start();
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let rest = line.trim_start_matches(mark);
    let length = line.len() - rest.len();
    (length >= 3).then_some((mark, length, rest))
}

/// Whether a line is cut into cells, as rows of a table are.
fn has_cells(line: &str) -> bool {
    line.contains(" | ") || line.contains('|') && line.chars().all(|c| "|-:+= ".contains(c))
}

/// Whether a line has a gap as between columns. Some put two blanks behind a sentence.
fn has_gap(line: &str) -> bool {
    let text = line[opening(line)..].trim();
    let rule = text.len() >= 3 && text.chars().all(|c| "-=+ \t".contains(c));
    let behind = |(at, gap): (usize, &str)| {
        let sentence = text[..at].ends_with(|c: char| ".!?:;,)\"'”’…".contains(c));
        gap == "\t" || text[at..].starts_with("   ") || !sentence
    };
    rule || text.match_indices('\t').chain(text.match_indices("  ")).any(behind)
}

/// Whether a line was only broken to fit a page, so that the next one goes on with it.
fn goes_on(line: &str, next: &str, widest: usize) -> bool {
    let width = display_width(line);
    let first = |line: &str| line.split_whitespace().next().unwrap_or_default().to_owned();
    let word = first(next);
    (FULL..=WIDEST).contains(&width)
        // Had the next word fitted, it would stand there.
        && width + 1 + display_width(&word) > widest
        && opening(next) == 0
        && next.starts_with(|c: char| c.is_alphanumeric() || "\"'“‘„«(¿¡".contains(c))
        // Commands, and what is named line by line.
        && word != first(line)
        && !word.ends_with([':', '='])
        && !is_typed(line)
        && !is_typed(next)
}

/// Whether a line has something in it that is typed into a computer and not read.
fn is_typed(line: &str) -> bool {
    let mut quoted = false;
    line.ends_with(['\\', '{', ';'])
        || line.split_whitespace().any(|word| {
            let opens = quoted;
            quoted ^= word.matches('`').count() % 2 == 1;
            // What stands in backticks is part of a sentence.
            !opens && !word.contains('`') && !word.contains("://") && is_no_word(word)
        })
}

fn is_no_word(word: &str) -> bool {
    let word = word.trim_matches(|c: char| "\"'“”‘’„«»(),.!?".contains(c));
    let after = |mark: char| {
        let rest = word.trim_start_matches(mark);
        rest.len() < word.len() && rest.starts_with(char::is_alphabetic)
    };
    word.contains(['{', '}', '=', '<', '>', '|', '\\'])
        || ["()", "::", "->", "&&"].iter().any(|mark| word.contains(mark))
        || ["/", "./", "~/", "../"].iter().any(|mark| word.starts_with(mark))
        || after('-')
        || after('$')
}

/// Bytes before the text of a point, a quotation or a heading; 0 for other lines.
fn opening(line: &str) -> usize {
    let blanks = line.len() - line.trim_start_matches(' ').len();
    let rest = &line[blanks..];
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let hashes = rest.bytes().take_while(|b| *b == b'#').count();
    let mark = match rest.chars().next() {
        Some('-' | '*' | '+' | '>') => 1,
        Some('•') => '•'.len_utf8(),
        Some('#') if hashes <= 6 => hashes,
        Some('0'..='9') if digits <= 3 && rest[digits..].starts_with(['.', ')']) => digits + 1,
        _ => return 0,
    };
    let after = &rest[mark..];
    let gap = after.len() - after.trim_start_matches(' ').len();
    if gap == 0 || gap == after.len() { 0 } else { blanks + mark + gap }
}

#[cfg(test)]
mod tests {
    use super::{Look, of};

    /// Each block with a letter for its look.
    fn blocks(text: &str) -> Vec<String> {
        let blocks = of(text, &[]).into_iter();
        let shown = blocks.map(|block| {
            let look = match block.look {
                Look::Flows(_) => 'f',
                Look::Stands => 's',
                Look::Code => 'c',
                Look::Hidden => 'h',
            };
            format!("{look} {}", text[block.bytes].replace('\n', "/"))
        });
        shown.collect()
    }

    /// Asserts that no line is joined with another, and how all but empty ones look.
    #[track_caller]
    fn stands(text: &str, looks: &str) {
        let blocks = blocks(text);
        assert_eq!(blocks.len(), text.lines().count(), "{blocks:#?}");
        let shown = blocks.iter().filter(|block| block.len() > 2);
        assert_eq!(shown.map(|block| &block[..1]).collect::<String>(), looks, "{blocks:#?}");
    }

    const WRAPPED: &str = "The lake is open to swimmers from the first of June (and\n\
        “not a day earlier”, as Ana says) until the end of August,\nas `cargo run --release` and \
        https://a.example/x=y tell.";

    #[test]
    fn prose_that_was_broken_for_a_page_flows() {
        assert_eq!(blocks(WRAPPED), [format!("f {}", WRAPPED.replace('\n', "/"))]);
        let german = "Die Öffnungszeiten der Bücherei gelten bis zum Ende des Jahres 2026.\n\
            Danach werden sie neu festgelegt.";
        assert_eq!(blocks(german).len(), 1);
        // A break before a word that would have fitted was meant.
        let meant = "The lake is open to swimmers from the first of June on\nand\n\
            the boats may be used by everybody from the middle of the month of May on";
        assert_eq!(blocks(meant).len(), 3);
        // No page is so wide: each line is a paragraph.
        let wide = "A paragraph of its own. ".repeat(6);
        assert_eq!(blocks(&format!("{0}\nB{0}", wide.trim())).len(), 2);
        stands("Short\nlines stay.", "ff");
    }

    #[test]
    fn code_stands_in_its_lines() {
        let long = "sudo apt-get install build-essential pkg-config cmake ninja\n";
        stands(&format!("```sh\n{long}{long}```\n{long}"), "hcchf");
        stands(&format!("~~~\n{long}```\n{long}~~~~\n{long}"), "hccchf");
        stands(&format!("````\n```\n{long}```\n````\n"), "hccch");
        stands(&format!("Type:\n\n    {long}    {long}\nand go on"), "fccf");
        stands(&format!("    {long}{long}"), "cf");
        stands(&format!("\t{long}\t{long}"), "cc");
        // Without any mark, as Markdown files lose them.
        stands(&format!("{long}sudo systemctl restart nginx"), "ff");
        for line in [
            "curl --fail --silent --show-error https://a.example/file",
            "let opening = hours.iter().map(|hour| hour.opening).min()",
            "export PATH=\"$HOME/.local/bin:/usr/local/bin:/usr/bin\"",
            "return the_opening_hours_of_the_library_on_a_day_of_may;",
            "description: the opening hours of the library in summer",
        ] {
            stands(&format!("{line}\nname: hours of the library"), "ff");
            stands(&format!("{line}\n{line}"), "ff");
        }
        stands("```code``` is no fence\nbut text", "ff");
        // A list that is nested so deep is a list.
        stands("- one\n  - two\n    - three\n      - four", "ffff");
        stands("- one\n\n    make it", "fc");
    }

    #[test]
    fn code_that_has_lost_its_marks_stands_where_it_is_told() {
        let text = "Type:\n\nthis is how the opening hours of the library are told\n```\nor not";
        let blocks = of(text, &[7..61]);
        let looks: Vec<Look> = blocks.iter().map(|block| block.look).collect();
        let flows = Look::Flows(0);
        assert_eq!(looks, [flows, flows, Look::Code, Look::Hidden, Look::Code]);
        let looks: Vec<Look> = of(text, &[7..text.len()]).iter().map(|block| block.look).collect();
        assert_eq!(looks, [flows, flows, Look::Code, Look::Code, Look::Code]);
    }

    #[test]
    fn tables_stand_in_their_lines() {
        let cells = "| Day | Opens at nine in the morning | Closes at eight in the evening |\n";
        stands(&format!("{cells}|---|---|---|\n{cells}Text behind it"), "sssf");
        stands(
            "Day | Opens at nine in the morning | Closes in the evening\n--|--|--\na | b | c",
            "sss",
        );
        stands(
            "Day          Opens at                      Closes at\nMonday       9                             \
             8\nSunday       noon                          5\n\nBehind",
            "sssf",
        );
        stands("Adult    4.50\nChild   12.00\nAll of them together   16.50", "sss");
        stands("Day\tOpens at nine in the morning\tCloses in the evening\nMo\t9\t8", "ss");
        stands("│ a │ b │\n│ c │ d │", "ss");
        // A line alone has no columns, and sentences may be two blanks apart.
        stands("One  gap in a line", "f");
        stands("One sentence.  Another one.\nOne more.  And another.", "ff");
        stands("- one  two\n- three", "ff");
    }

    #[test]
    fn points_and_headings_have_their_marks() {
        let opening = |line: &str| match of(line, &[])[0].look {
            Look::Flows(bytes) => bytes,
            _ => 99,
        };
        assert_eq!(["- a", "10. a", "  • a", "## A", "> a"].map(opening), [2, 4, 6, 3, 2]);
        assert_eq!(["-a", "5.5 l", "#tag", "2026. a", "- ", " "].map(opening), [0; 6]);
    }
}
