//! What `--run` and `--answers` write.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde_json::json;

use crate::evaluation::asking::{Asked, Came};
use crate::evaluation::catalogue::Catalogue;
use crate::evaluation::question::Question;
use crate::evaluation::trec;
use crate::faces::json;

/// The files that were asked for.
#[derive(Debug)]
pub(super) struct Files {
    run: Option<Output>,
    answers: Option<Output>,
    /// What stands before the ids of questions, and of documents.
    questions: String,
    documents: String,
}

#[derive(Debug)]
struct Output {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Output {
    fn create(path: &Path) -> anyhow::Result<Self> {
        ensure!(path != Path::new("-"), "-: standard output has the figures: name a file");
        let file = File::create(path).with_context(|| cannot(path))?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file) })
    }

    fn write(
        &mut self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        write(&mut self.file).with_context(|| cannot(&self.path))
    }
}

fn cannot(path: &Path) -> String {
    format!("{}: cannot be written: name another file", path.display())
}

impl Files {
    /// Creates the files, before anything is asked.
    pub(super) fn create(run: Option<&Path>, answers: Option<&Path>) -> anyhow::Result<Self> {
        ensure!(
            run.is_none() || run != answers,
            "--run and --answers name the same file: name two"
        );
        Ok(Self {
            run: run.map(Output::create).transpose()?,
            answers: answers.map(Output::create).transpose()?,
            questions: String::new(),
            documents: String::new(),
        })
    }

    /// What follows is of the next set. Of several sets `questions` tells the ids of questions
    /// apart, and `documents` those of documents.
    pub(super) fn next_set(&mut self, questions: Option<&str>, documents: Option<&str>) {
        let prefix = |name: Option<&str>| name.map_or(String::new(), |name| format!("{name}/"));
        (self.questions, self.documents) = (prefix(questions), prefix(documents));
    }

    /// Writes what came of a question.
    pub(super) fn write(
        &mut self,
        question: &Question,
        asked: &Asked,
        catalogue: &Catalogue,
        came: &Came,
    ) -> anyhow::Result<()> {
        let id = format!("{}{}", self.questions, question.id);
        if let Some(run) = &mut self.run {
            let names: Vec<(String, f32)> = asked
                .ranking
                .iter()
                .map(|(at, score)| (format!("{}{}", self.documents, catalogue.name(*at)), *score))
                .collect();
            let lines = trec::lines(&id, names.iter().map(|(name, score)| (name.as_str(), *score)));
            run.write(|file| file.write_all(lines.as_bytes()))?;
        }
        if let Some(answers) = &mut self.answers {
            let mut object = json::render(&came.reply, came.took);
            object["query_id"] = json!(id);
            answers.write(|file| writeln!(file, "{object}"))?;
        }
        Ok(())
    }

    /// Writes what is left.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        for mut output in [self.run, self.answers].into_iter().flatten() {
            output.write(|file| file.flush())?;
        }
        Ok(())
    }
}
