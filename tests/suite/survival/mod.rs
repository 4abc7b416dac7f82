//! What must hold whatever bytes come in, a function for each door that they come in by. Property
//! tests try them on every change (`tests/suite/properties.rs`), the fuzz targets of `fuzz/` try the
//! same for as long as anybody likes.

mod asking;
mod models;
pub(crate) mod reading;
mod sending;
mod showing;

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use tempfile::TempDir;

/// Fails where the bytes do harm.
pub(crate) type Property = fn(&[u8]);

/// Every door, by the name of its fuzz target.
pub(crate) const DOORS: [(&str, Property); 15] = [
    ("plain", reading::plain),
    ("markdown", reading::markdown),
    ("html", reading::html),
    ("table", reading::table),
    ("json", reading::json),
    ("lists", reading::lists),
    ("settings", reading::settings),
    ("text", reading::text),
    ("question", asking::question),
    ("generation", asking::generation),
    ("screen", showing::screen),
    ("message", sending::message),
    ("update", sending::update),
    ("queue", sending::queue),
    ("model", models::model),
];

/// A text of any bytes.
fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The next byte, 0 at the end.
fn next(bytes: &mut &[u8]) -> u8 {
    let (first, rest) = bytes.split_first().unwrap_or((&0, &[]));
    *bytes = rest;
    *first
}

/// A file that was sound, as bytes that come in have it: cut off, changed in some places, or
/// replaced.
fn damaged(sound: &[u8], mut how: &[u8]) -> Vec<u8> {
    let place = |three: &[u8]| {
        let number = three.iter().fold(0, |number, byte| number << 8 | usize::from(*byte));
        number % sound.len().max(1)
    };
    match next(&mut how) {
        0 => how.to_vec(),
        1 => sound[..place(&how[..how.len().min(3)])].to_vec(),
        _ => {
            let mut bytes = sound.to_vec();
            for edit in how.chunks_exact(4) {
                if let Some(byte) = bytes.get_mut(place(&edit[..3])) {
                    *byte ^= edit[3];
                }
            }
            bytes
        }
    }
}

/// A folder with a file of these bytes, which goes with it.
fn file(name: &str, bytes: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join(name), bytes).expect("a file is written");
    folder
}

/// The files of a folder and of the folders in it, below it, in order.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            out.extend(files(&path).into_iter().map(|(n, bytes)| (format!("{name}/{n}"), bytes)));
        } else {
            out.push((name, fs::read(&path).expect("a file")));
        }
    }
    out.sort();
    out
}

/// Makes a folder with these files.
fn folder_of(files: &[(String, Vec<u8>)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, bytes).expect("a file is written");
    }
    folder
}

/// The same files with one of them damaged: the first byte says which, the rest how. Gives its
/// name too.
fn with_damage(files: &[(String, Vec<u8>)], mut bytes: &[u8]) -> (TempDir, String) {
    let at = usize::from(next(&mut bytes)) % files.len();
    let mut files = files.to_vec();
    files[at].1 = damaged(&files[at].1, bytes);
    (folder_of(&files), files[at].0.clone())
}

/// Made once, as it takes long.
type Once<T> = OnceLock<T>;
