//! The integration tests, in one binary: the real program over small corpora, and the rules
//! that the sources keep.

mod answering;
mod architecture;
mod bot_api;
mod commandline;
mod conversation;
mod corpus;
mod damage;
mod description;
mod evaluation;
mod formats;
mod gate;
mod hostile;
mod index;
mod limits;
mod live;
mod models;
mod museum;
mod oneshot;
mod properties;
mod repl;
mod security;
mod seed;
mod settings;
mod supply;
mod survival;
mod sync;
mod synonyms;
mod telegram;
mod telegram_operation;
mod terminal;
mod tiny_model;
mod town;
mod tuning;
mod verbatim;
mod world;
