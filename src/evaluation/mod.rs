//! Question sets in, figures out; asked through answering like the faces.
//!
//! [`beir`] reads a set (with [`lines`] and [`documents`]), [`collection`] puts one or several
//! of them into one [`temporary`] index, [`asking`] asks, [`judging`] compares what came with
//! what is right ([`metrics`]), [`figures`] sums up ([`measure`], [`auroc`]) with intervals
//! ([`bootstrap`]), beside the same figures of plain BM25 ([`baseline`]). One's own questions
//! come from a [`question_file`] and are asked of one's [`own`] articles. [`floors`] say what
//! must be reached; [`trec`] writes rankings for other programs. Weights come from [`examples`]
//! by [`fit`] (and [`optimum`]); [`tuning`] also tells what they are worth on sets that they were
//! not fitted on, nor on their [`relatives`];
//! [`calibration`] fits the confidence alone to one's own questions.

pub mod lines;
pub mod question;

pub mod documents;

pub mod beir;

pub mod catalogue;

pub mod temporary;

pub mod baseline;

pub mod collection;

pub mod metrics;

pub mod asking;

pub mod judging;

pub mod auroc;
pub mod bootstrap;

pub mod measure;

pub mod figures;

pub mod floors;

pub mod question_file;

pub mod own;

pub mod trec;

pub mod relatives;

pub mod examples;

pub mod optimum;

pub mod fit;

pub mod tuning;

pub mod calibration;
