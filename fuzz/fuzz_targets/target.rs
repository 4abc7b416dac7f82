//! Every target is this file: its name tells which door it is for.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| faqbot_fuzz::check(env!("CARGO_BIN_NAME"), bytes));
