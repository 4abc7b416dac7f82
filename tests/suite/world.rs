//! A corpus in a temporary folder with the real program over it: articles and questions in,
//! output and exit status out. Failed assertions show what was asked and what came.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use faqbot::publishing::Sources;
use faqbot::settings::{Flags, Settings};
use serde_json::Value;

/// A corpus, an index and a folder to stand in, all of which go with it.
pub(crate) struct World {
    home: tempfile::TempDir,
    corpus: PathBuf,
    index: PathBuf,
}

/// What a run of the program gave.
#[derive(Clone)]
pub(crate) struct Run {
    /// What was typed.
    typed: String,
    /// Exit status; -1 where a signal ended it.
    pub(crate) status: i32,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

/// One reply as JSON.
#[derive(Clone)]
pub(crate) struct Reply {
    shown: String,
    /// The object.
    pub(crate) json: Value,
}

impl World {
    /// An empty corpus and no index yet.
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        let corpus = home.path().join("corpus");
        fs::create_dir(&corpus).expect("a corpus folder");
        let index = home.path().join("index");
        Self { home, corpus, index }
    }

    /// The committed sample corpus, with an index of its own.
    pub(crate) fn sample() -> Self {
        Self { corpus: repository().join("corpus"), ..Self::new() }
    }

    /// A copy of the sample corpus, to be changed.
    pub(crate) fn copied() -> Self {
        let world = Self::new();
        for entry in fs::read_dir(repository().join("corpus")).expect("a corpus") {
            let path = entry.expect("an entry").path();
            let copy = world.corpus.join(path.file_name().expect("a name"));
            fs::copy(&path, copy).expect("a copy");
        }
        world
    }

    /// With an article more.
    pub(crate) fn article(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        self.write(path, text);
        self
    }

    /// With the index in another place.
    pub(crate) fn index_at(mut self, index: PathBuf) -> Self {
        self.index = index;
        self
    }

    /// Writes a file of the corpus, with the folders above it.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) -> PathBuf {
        assert!(self.corpus.starts_with(self.home()), "the committed corpus stays as it is");
        let path = self.corpus.join(path);
        fs::create_dir_all(path.parent().expect("a folder above")).expect("folders");
        fs::write(&path, text).expect("an article is written");
        path
    }

    /// The folder that the program runs in.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The corpus folder.
    pub(crate) fn corpus(&self) -> &Path {
        &self.corpus
    }

    /// The index folder.
    pub(crate) fn index(&self) -> &Path {
        &self.index
    }

    /// The folder of the current generation.
    pub(crate) fn generation(&self) -> PathBuf {
        let name = fs::read_to_string(self.index.join("CURRENT")).expect("a current generation");
        self.index.join(name.lines().next().expect("a name"))
    }

    /// The names of all generation folders, in order.
    pub(crate) fn generations(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.index).expect("an index folder");
        let mut names: Vec<String> = entries
            .map(|e| e.expect("an entry"))
            .filter(|e| e.path().is_dir())
            .map(|e| e.file_name().into_string().expect("a name"))
            .collect();
        names.sort();
        names
    }

    /// The program over this corpus, untouched by the settings of whoever runs the tests.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = program(self.home());
        command.arg("--corpus").arg(&self.corpus).arg("--index").arg(&self.index).args(args);
        command
    }

    /// Runs the program.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Run {
        run(self.command(args), b"")
    }

    /// Runs the program with this on its standard input.
    pub(crate) fn run_with<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
        input: impl AsRef<[u8]>,
    ) -> Run {
        run(self.command(args), input.as_ref())
    }

    /// Asks one question.
    #[track_caller]
    pub(crate) fn ask(&self, question: &str) -> Reply {
        let run = self.run(["ask", "--json", "--", question]);
        let replies = run.replies();
        assert_eq!(replies.len(), 1, "one reply was expected\n{run}");
        let expected = i32::from(replies[0].outcome() != "answer");
        assert_eq!(run.status, expected, "the exit status should tell the outcome\n{run}");
        replies.into_iter().next().expect("a reply")
    }

    /// Asks many questions of one process, a line each.
    #[track_caller]
    pub(crate) fn ask_all<Q: AsRef<str>>(&self, questions: &[Q]) -> Vec<Reply> {
        let lines: Vec<&str> = questions.iter().map(AsRef::as_ref).collect();
        let run = self.run_with(["ask", "--json", "-"], lines.join("\n") + "\n");
        let replies = run.replies();
        assert_eq!(replies.len(), lines.len(), "a reply for each question\n{run}");
        replies
    }

    /// The same corpus and index for what runs in the tests themselves, without a model.
    pub(crate) fn sources(&self) -> Sources {
        let (corpus, index) = (Some(self.corpus.clone()), Some(self.index.clone()));
        let settings = Settings::load(&Flags { corpus, index, config: None });
        settings.expect("settings").sources(None)
    }

    /// Brings the index up to date; gives the report.
    #[track_caller]
    pub(crate) fn sync(&self) -> Value {
        let run = self.run(["index", "--json"]).exits(0);
        serde_json::from_str(&run.stdout).expect("a report as JSON")
    }

    /// The problems that `check` finds, a line each, without the corpus folder before them.
    #[track_caller]
    pub(crate) fn problems(&self) -> Vec<String> {
        let run = self.run(["check", "--json"]);
        let report: Value = serde_json::from_str(&run.stdout).expect("a report as JSON");
        let lines = report["problems"].as_array().expect("a list of problems");
        let prefix = format!("{}/", self.corpus.display());
        let lines: Vec<String> =
            lines.iter().map(|l| l.as_str().expect("a line").replacen(&prefix, "", 1)).collect();
        assert_eq!(run.status, if lines.is_empty() { 0 } else { 2 }, "{run}");
        lines
    }
}

/// The program in a folder, with a clean environment.
pub(crate) fn program(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faqbot"));
    command.current_dir(home);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        let ours = name.starts_with("FAQBOT") || name.starts_with("TELOXIDE");
        let looks = matches!(
            &*name,
            "NO_COLOR"
                | "CLICOLOR"
                | "CLICOLOR_FORCE"
                | "CI"
                | "TERM"
                | "PAGER"
                | "LESS"
                | "LC_ALL"
                | "LC_CTYPE"
        );
        if ours || looks {
            command.env_remove(&*name);
        }
    }
    command.env("HOME", home).env("LANG", "C.UTF-8");
    command
}

/// Runs a command to its end, with this on its standard input.
pub(crate) fn run(mut command: Command, input: &[u8]) -> Run {
    let typed: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
    let typed = shortened(&typed.join(" "));
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let output = std::thread::scope(|scope| {
        // A program that does not read its input closes the pipe, which is its right.
        scope.spawn(move || stdin.write_all(input));
        child.wait_with_output().expect("the program ends")
    });
    Run::of(typed, &output)
}

impl Run {
    fn of(typed: String, output: &Output) -> Self {
        Self {
            typed,
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout.clone()).expect("output in UTF-8"),
            stderr: String::from_utf8(output.stderr.clone()).expect("messages in UTF-8"),
        }
    }

    /// Asserts the exit status, and that the program did not fall over on the way.
    #[track_caller]
    pub(crate) fn exits(self, status: i32) -> Self {
        assert_eq!(self.status, status, "exit status\n{self}");
        assert!(!self.stderr.contains("fault in faqbot"), "it panicked\n{self}");
        self
    }

    /// Asserts that standard output holds a text.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stdout.contains(text), "`{text}` is missing in the output\n{self}");
        self
    }

    /// Asserts that standard error holds a text.
    #[track_caller]
    pub(crate) fn complains(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "`{text}` is missing in the messages\n{self}");
        self
    }

    /// Asserts trouble told in one line that holds each of these, and nothing on standard output.
    #[track_caller]
    pub(crate) fn refuses(self, parts: &[&str]) -> Self {
        assert_eq!(self.stderr.lines().count(), 1, "one line of trouble\n{self}");
        assert_eq!(self.stdout, "", "no answer\n{self}");
        for part in parts {
            assert!(self.stderr.contains(part), "`{part}` is missing in the message\n{self}");
        }
        self.exits(2)
    }

    /// Asserts that nothing was said on standard error.
    #[track_caller]
    pub(crate) fn quietly(self) -> Self {
        assert_eq!(self.stderr, "", "messages\n{self}");
        self
    }

    /// Each line of standard output as a reply.
    #[track_caller]
    pub(crate) fn replies(&self) -> Vec<Reply> {
        let parse = |line: &str| {
            let json = serde_json::from_str(line);
            let json = json.unwrap_or_else(|e| panic!("no JSON ({e}): {line}\n{self}"));
            Reply { shown: shortened(line), json }
        };
        self.stdout.lines().map(parse).collect()
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { typed, status, stdout, stderr } = self;
        let (stdout, stderr) = (shortened(stdout), shortened(stderr));
        write!(f, "$ faqbot {typed}\n{stdout}--- messages\n{stderr}--- exit status {status}")
    }
}

impl Reply {
    /// `answer`, `choices` or `unknown`.
    pub(crate) fn outcome(&self) -> &str {
        self.json["outcome"].as_str().expect("an outcome")
    }

    /// The text of the answer.
    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        let text = self.json["answer"]["text"].as_str();
        text.unwrap_or_else(|| panic!("an answer was expected\n{self}"))
    }

    /// The id of the article answered from.
    #[track_caller]
    pub(crate) fn article(&self) -> &str {
        let article = self.json["answer"]["source"]["article"].as_str();
        article.unwrap_or_else(|| panic!("an answer was expected\n{self}"))
    }

    /// Asserts an answer that holds this.
    #[track_caller]
    pub(crate) fn answers(&self, part: &str) -> &Self {
        assert!(self.text().contains(part), "the answer should hold `{part}`\n{self}");
        self
    }

    /// Asserts an answer from this article.
    #[track_caller]
    pub(crate) fn answers_from(&self, article: &str) -> &Self {
        assert_eq!(self.article(), article, "answered from another article\n{self}");
        self
    }

    /// Asserts that the question was declined.
    #[track_caller]
    pub(crate) fn is_unknown(&self) -> &Self {
        assert_eq!(self.outcome(), "unknown", "it should not be known\n{self}");
        self
    }

    /// The texts of a list of words or of objects with a `text`.
    #[track_caller]
    pub(crate) fn list(&self, key: &str) -> Vec<&str> {
        let list = self.json[key].as_array();
        let list = list.unwrap_or_else(|| panic!("no list `{key}`\n{self}"));
        list.iter().map(|v| v.as_str().or(v["text"].as_str()).expect("a text")).collect()
    }

    /// The object without the time it took, as text.
    pub(crate) fn timeless(&self) -> String {
        let mut json = self.json.clone();
        json["took_us"] = Value::Null;
        json.to_string()
    }
}

impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let question = shortened(self.json["question"].as_str().unwrap_or_default());
        write!(f, "question: {question}\nreply: {}", self.shown)
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(3000) {
        Some((cut, _)) => format!("{}… ({} bytes)\n", &text[..cut], text.len()),
        None => text.to_owned(),
    }
}

/// The root of the repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether permissions bind this process; the superuser reads and writes everything.
pub(crate) fn permissions_bind(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;

    let probe = folder.join("permission-probe");
    fs::write(&probe, "x").expect("a probe is written");
    fs::set_permissions(&probe, fs::Permissions::from_mode(0o000)).expect("its mode is set");
    let bound = fs::read(&probe).is_err();
    fs::remove_file(&probe).expect("the probe is removed");
    bound
}

/// Says something past the capture of test output, such as that a check was skipped.
pub(crate) fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
