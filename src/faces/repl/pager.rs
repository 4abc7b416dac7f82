//! Long texts go through the person's pager.

use std::io::{self, Write};
use std::process::{Command, Stdio};

use anstream::adapter::strip_str;

use crate::faces::plain::layout::Layout;

/// Options that make `less` show colours, stay out of the way of short texts, and leave what was
/// read on the screen.
const LESS: &str = "FRX";

/// How long texts are shown.
#[derive(Debug, Clone, Default)]
pub struct Pager {
    /// The command, as `$PAGER` has it; empty or `cat` for none.
    pub command: String,
    /// Whether `$LESS` is set: then it is not touched.
    pub less_is_set: bool,
}

impl Pager {
    /// Writes a text: through the pager where it is longer than the screen, straight to `out`
    /// otherwise and where the pager cannot be run.
    pub fn show(&self, text: &str, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
        let fits = layout.height.is_none_or(|height| text.lines().count() < height);
        if fits || matches!(self.command.trim(), "" | "cat") || !self.page(text) {
            out.write_all(text.as_bytes())?;
        }
        out.flush()
    }

    /// Whether a pager has shown the text.
    fn page(&self, text: &str) -> bool {
        let mut command = Command::new("sh");
        command.arg("-c").arg(&self.command).stdin(Stdio::piped());
        if !self.less_is_set {
            command.env("LESS", LESS);
        }
        let Ok(mut child) = command.spawn() else { return false };
        if let Some(mut input) = child.stdin.take() {
            let colour =
                anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
            let plain = (!colour).then(|| strip_str(text).to_string());
            // A pager that was left early has closed its end.
            let _ = input.write_all(plain.as_deref().unwrap_or(text).as_bytes());
        }
        // 127: the shell has not found it; 126: it cannot be run.
        child.wait().is_ok_and(|status| !matches!(status.code(), Some(126 | 127)))
    }
}

#[cfg(test)]
mod tests {
    use super::Pager;
    use crate::faces::plain::layout::Layout;

    fn shown(command: &str, height: Option<usize>) -> String {
        let mut out = Vec::new();
        let pager = Pager { command: command.to_owned(), less_is_set: false };
        let layout = Layout { height, ..Layout::default() };
        pager.show("one\ntwo\nthree\n", layout, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn only_what_does_not_fit_is_paged() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("paged");
        let pager = format!("grep -n . > '{}'", file.display());
        assert_eq!(shown(&pager, Some(3)), "");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "1:one\n2:two\n3:three\n");
        let all = "one\ntwo\nthree\n";
        assert_eq!(shown("no-such-pager-anywhere -x", Some(3)), all);
        for command in ["", " cat "] {
            assert_eq!(shown(command, Some(3)), all);
        }
        assert_eq!(shown(&pager, Some(4)), all);
        assert_eq!(shown(&pager, None), all);
    }
}
