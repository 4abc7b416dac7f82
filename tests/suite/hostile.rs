//! Articles that somebody wrote to do harm: small files that would cost long or grow without end,
//! and files that would lead out of the folder.

use std::fs;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::survival::DOORS;
use crate::world::World;

/// What a file begins with, what is repeated in it, what it ends with, and the door it comes in by.
type Shape = (&'static str, &'static str, &'static str, &'static str);

/// Nested, endless, repeated: each is cheap to write, and some were dear to read once.
const SHAPES: [Shape; 79] = [
    ("---\n", "a: b\n", "", "markdown"),
    ("---\n", "- ", "\n---\nText.", "markdown"),
    ("---\n", "{a: ", "\n---\nText.", "markdown"),
    ("+++\na = ", "[", "\n+++\nText.", "markdown"),
    ("", "---\na: b\n", "", "markdown"),
    ("# T\n\n", ">", " text", "markdown"),
    ("# T\n\n", "> > > > > > > > a\n", "", "markdown"),
    ("# T\n\n", "- ", "a", "markdown"),
    ("# T\n\n", "[", "", "markdown"),
    ("# T\n\n", "[a](", "", "markdown"),
    ("# T\n\n", "![a][b]", "", "markdown"),
    ("# T\n\n", "*a_ ", "", "markdown"),
    ("# T\n\n", "**a *a ", "", "markdown"),
    ("# T\n\n|a|b|\n|-|-|\n", "|x|y|\n", "", "markdown"),
    ("# T\n\n|", "a|", "\n|-|-|\n", "markdown"),
    ("# FAQ\n\n", "**Why?** ", "yes", "markdown"),
    ("# FAQ\n\n", "**Why?**\nyes\n\n", "", "markdown"),
    ("", "# a\n", "", "markdown"),
    ("# T\n\n", "&amp;", "", "markdown"),
    ("# T\n\n", "&", "", "markdown"),
    ("# T\n\n", "<div>", "", "markdown"),
    ("# T\n\n", "<a\n\n", "", "markdown"),
    ("# T\n\na ", "<!--a <?a <![CDATA[ ", "", "markdown"),
    ("# T\n\n", "[a]: b\n\n[a]\n\n", "", "markdown"),
    ("# T\n\n[a]: https://a.example/\n\n", "[a] ", "", "markdown"),
    ("# T\n\n", "~~a~~ ![b](c) ", "", "markdown"),
    ("# T\n\n", "[^a]: b [^a]\n", "", "markdown"),
    ("# T\n\n", "```\na\n", "", "markdown"),
    ("# T\n\n", "{{<", "", "markdown"),
    ("# T\n\n", "a&nbsp;\n", "", "markdown"),
    ("# T\n\n", "&nbsp;\n", "", "markdown"),
    ("# T\n\n|", "&nbsp;|", "\n|-|-|\n", "markdown"),
    ("# T\n\n", "**a**\n", "", "markdown"),
    ("# FAQ\n\n## Why?\n\n", "Also asked: a?\n\n", "x", "markdown"),
    ("", "<div>", "x", "html"),
    ("<title>t</title>", "<ul><li>x", "", "html"),
    ("<title>t</title><p>", "<b>a</b><br>", "", "html"),
    ("<title>t</title><h2>Why?</h2>", "<p>Also asked: a?", "<p>x", "html"),
    (
        "<title>t</title><script type=\"application/ld+json\">[",
        "{\"@type\":\"Question\",\"name\":\"a?\",\"acceptedAnswer\":{\"text\":\"abcde\\u0066\"}},",
        "0]</script><p>x",
        "html",
    ),
    ("<title>t</title>", "<ul><li>", "x", "html"),
    ("<title>t</title>", "<div><h2>Why?</h2><p>x", "", "html"),
    ("<title>t</title>", "<b><p>x</b></p>", "", "html"),
    ("<title>t</title>", "<details><summary>Why?</summary>x", "", "html"),
    ("<title>t</title><dl>", "<dt>Why?<dd>x", "", "html"),
    ("<title>t</title>", "<table><tr><td>", "x", "html"),
    ("<title>t</title><p>", "&amp;&#x1F600;&", "", "html"),
    ("<title>t</title><p ", "a=b ", ">x", "html"),
    ("", "<!--", "", "html"),
    ("", "<script>", "", "html"),
    ("<title>t</title><script type=\"application/ld+json\">", "[", "</script><p>x", "html"),
    ("<title>t</title>", "<script type=\"application/ld+json\">{\"a\":", "", "html"),
    ("", "<p>a", "", "html"),
    ("", "[", "", "json"),
    ("", "{\"a\":", "", "json"),
    ("[1", ",1", "]", "json"),
    ("[{\"question\":\"Why?\",\"answer\":\"x\",\"alternates\":[\"a?\"", ",\"b?\"", "]}]", "json"),
    ("[{\"question\":\"Why?\",\"answer\":\"", "\\u00e9", "\"}]", "json"),
    ("[{\"question\":\"Why?\",\"answer\":", "{\"text\":", "\"x\"", "json"),
    ("", "{\n", "", "json"),
    ("question,answer\n\"", "a,b\n", "", "table"),
    ("question,answer\n", "\"a\"\"\n", "", "table"),
    ("question,answer\n", "Why?,x\n", "", "table"),
    ("question", ",answer", "\nWhy?,x\n", "table"),
    ("question,answer,alternates\nWhy?,x,\"", "a b?|", "\"\n", "table"),
    ("question,answer\n", "a\n", "", "table"),
    ("question,answer\n", "\"a\"\"b\",", "x\n", "table"),
    ("question,answer\n", "\"a\" b,", "x\n", "table"),
    ("T\n\nFAQs\n", "Q: Why?\nA: x\n", "", "plain"),
    ("T\n\nFAQs\n", "Q: Why?\n", "", "plain"),
    ("", "FAQs\n", "", "plain"),
    ("T\n\nFAQs\nQ: Why?\n", "Also asked: a b?\n", "A: x\n", "plain"),
    ("T\n\nFAQs\nQ: Why?\nAlso asked: ", "a b? | ", "\nA: x\n", "plain"),
    ("T\n", "\n", "", "plain"),
    ("T\n\nYou need:\n", "- a\n", "", "plain"),
    ("T\n\n", "word ", "", "plain"),
    ("T\n\n", "e.g. ", "", "plain"),
    ("T\n\na", "\u{301}", "", "plain"),
    ("T\n\n", "\u{1f1e9}", "", "plain"),
    ("T\n\n", "ก", "", "plain"),
];

/// A little less than a line may have at most, so that shapes of one line are read too.
const SIZE: usize = (1 << 20) - (1 << 10);

fn file((head, unit, tail, _): Shape, size: usize) -> String {
    [head, &unit.repeat(size / unit.len()), tail].concat()
}

/// What a slow and busy machine may take; what looks at each place again and again takes hours.
const LONGEST: Duration = Duration::from_mins(5);

/// Does the work beside, and fails where it takes so long that people would be kept waiting.
fn in_time(what: &str, work: impl FnOnce() + Send + 'static) {
    let (done, ended) = channel();
    let working = thread::spawn(move || {
        work();
        let _ = done.send(());
    });
    let late = ended.recv_timeout(LONGEST) == Err(RecvTimeoutError::Timeout);
    assert!(!late, "{what}: takes too long");
    working.join().unwrap_or_else(|_| panic!("{what}: does harm"));
}

#[test]
fn small_files_of_any_shape_do_no_harm() {
    let try_all = |shapes: &[Shape]| shapes.iter().for_each(|shape| try_one(*shape));
    thread::scope(|scope| {
        // What fails in a thread fails the test.
        for half in SHAPES.chunks(SHAPES.len().div_ceil(2)) {
            scope.spawn(move || try_all(half));
        }
    });
}

fn try_one(shape: Shape) {
    let text = file(shape, SIZE);
    let (_, property) = *DOORS.iter().find(|(door, _)| *door == shape.3).expect("a door");
    in_time(&format!("{shape:?}"), move || property(text.as_bytes()));
}

#[test]
fn what_is_opened_and_never_closed_is_not_looked_for_again_and_again() {
    // Looking through the rest of the file for each of these would take hours.
    for (unit, door) in [
        ("{% a ", "html"),
        ("{{< a\n", "markdown"),
        ("{% comment %}", "html"),
        ("<!-- \n", "markdown"),
        ("<? \n", "markdown"),
        ("[\n", "markdown"),
    ] {
        let text = unit.repeat((1 << 20) / unit.len()) + " endcomment";
        let (_, property) = *DOORS.iter().find(|(name, _)| *name == door).expect("a door");
        in_time(&format!("{unit:?}"), move || property(text.as_bytes()));
    }
}

#[test]
fn a_long_beginning_is_not_looked_at_again_at_each_line_below_it() {
    for (begin, line, door) in [
        ("a", "\nb", "markdown"),
        ("#", "\nb", "markdown"),
        ("**Q", "\nb", "markdown"),
        ("\u{a0}", "\nb", "markdown"),
        ("<b>a</b>", "<br>b", "html"),
        ("# a\n", "Also asked: a?\n", "markdown"),
    ] {
        let part = |unit: &str| unit.repeat(SIZE / 2 / unit.len());
        let text = [part(begin), part(line)].concat();
        let (_, property) = *DOORS.iter().find(|(name, _)| *name == door).expect("a door");
        in_time(&format!("{begin:?} {line:?}"), move || property(text.as_bytes()));
    }
}

#[test]
fn long_lines_take_no_longer_to_show_than_they_are() {
    for (begin, unit) in [
        ("T\n\n", "*a* "),
        ("T\n\n", "`"),
        ("T\n\n", "\u{1b}]"),
        ("T\n\n", "\u{1b}[3"),
        ("T\n\n", "\u{2067}\u{202b}a"),
    ] {
        // Columns, and where the sentences in bold stand.
        let text =
            [b"\x50\x01\x04", begin.as_bytes(), unit.repeat(SIZE / unit.len()).as_bytes()].concat();
        let (_, property) = *DOORS.iter().find(|(name, _)| *name == "screen").expect("a door");
        in_time(&format!("{unit:?}"), move || property(&text));
    }
}

#[test]
fn hostile_files_are_indexed_beside_others_and_told_by_line() {
    let world = World::new().article("hours.txt", "Hours\n\nFAQs\nQ: When do you open?\nAt ten.\n");
    for (shape, at) in SHAPES.into_iter().zip(0..) {
        let ending = match shape.3 {
            "markdown" => "md",
            "plain" => "txt",
            "table" => "csv",
            other => other,
        };
        world.write(&format!("{at}.{ending}"), file(shape, 1 << 10));
    }
    // A line for each level doubles what the last one stands for.
    let doubled = |n: u32| format!("a{}: &a{0} [*a{n}, *a{n}]\n", n + 1);
    let doubled: String = (0..64).map(doubled).collect();
    world.write("grown.md", format!("---\na0: &a0 [x, x]\n{doubled}---\n# Grown\n\nText.\n"));
    world.write("line.txt", "T\n\n".to_owned() + &"word ".repeat((4 << 20) / 5));
    world.run(["index"]);
    world.ask("When do you open?").answers("At ten.");
    let told = world.run(["check"]);
    for problem in ["grown.md:3: what stands between `---`", "line.txt:3: is a line of"] {
        assert!(told.stdout.contains(problem), "{told}");
    }
}

#[cfg(unix)]
#[test]
fn nothing_outside_the_folder_is_read_and_ids_are_no_paths() {
    let world = World::new();
    let secret = world.home().join("secret.txt");
    fs::write(&secret, "Secret\n\nFAQs\nQ: What is the secret number?\nIt is 4711.\n")
        .expect("a file");
    world.write(
        "tricks.md",
        "---\nid: ../../../secret.txt\nurl: file:///etc/passwd\n---\n# Tricks\n\n\
         ## What is a trick?\n\nIt is ![one](../secret.txt) or <img src=\"../secret.txt\">.\n",
    );
    std::os::unix::fs::symlink(&secret, world.corpus().join("link.txt")).expect("a link");
    std::os::unix::fs::symlink(world.home(), world.corpus().join("folder")).expect("a link");
    world.run(["index"]);
    for args in [
        vec!["ask", "What is the secret number?"],
        vec!["ask", "--json", "What is a trick?"],
        vec!["export"],
    ] {
        let run = world.run(&args);
        assert!(!run.stdout.contains("4711"), "{run}");
    }
    let open =
        world.run_with(["repl"], "/open ../../../secret.txt\n/open ../secret.txt\n/source\n");
    assert!(!open.stdout.contains("4711"), "{open}");
}
