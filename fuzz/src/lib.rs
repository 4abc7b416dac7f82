//! The properties of the test suite, for the fuzz targets: each is a door of the program by its
//! name, and takes any bytes.

#[path = "../../tests/suite/survival/mod.rs"]
mod survival;
#[path = "../../tests/suite/tiny_model.rs"]
mod tiny_model;

use std::sync::Once;
use std::{panic, process};

use faqbot::index::reader;
use faqbot::semantic::transformer;
use faqbot::text::stem;

/// Lets bytes in by a door, and ends the process where they do harm. Panics of libraries that the
/// program catches are no harm (`report_panics` in `src/main.rs` leaves out the same).
pub fn check(door: &str, bytes: &[u8]) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let told = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            let mut libraries =
                reader::LIBRARIES.iter().chain([&stem::LIBRARY, &transformer::LIBRARY]);
            if !libraries.any(|library| place.contains(library)) {
                told(info);
                process::abort();
            }
        }));
    });
    let found = survival::DOORS.iter().find(|(name, _)| *name == door);
    found.unwrap_or_else(|| panic!("there is no door `{door}`")).1(bytes);
}
