//! Models in the folder that they are installed in, by name.

use std::path::{Path, PathBuf};

use anyhow::ensure;

use crate::semantic::Settings;
use crate::semantic::model::Model;
use crate::text::distance;

/// The setting for words alone, and that for the table that comes with the program.
pub const NONE: &str = "none";
/// See [`NONE`].
pub const BUILTIN: &str = "builtin";

/// The model that the settings name; `None` where words alone are wanted.
pub fn open(settings: &Settings) -> anyhow::Result<Option<Model>> {
    match settings.model.trim() {
        NONE => Ok(None),
        BUILTIN => Model::builtin().map(Some),
        named => {
            let (name, folder) = find(settings, named)?;
            Model::of_folder(&name, &folder, settings).map(Some)
        }
    }
}

/// The name and the folder of an installed model, or of one that is given by its folder.
fn find(settings: &Settings, named: &str) -> anyhow::Result<(String, PathBuf)> {
    let name = name_of(named);
    if is_name(&name) && settings.folder.join(&name).is_dir() && !Path::new(named).is_dir() {
        return Ok((name.clone(), settings.folder.join(name)));
    }
    let path = Path::new(named);
    if path.is_dir() {
        return Ok((named.to_owned(), path.to_owned()));
    }
    let all = list(settings);
    let near = distance::closest(&name, all.iter().map(String::as_str), 3);
    let meant = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    let installed = if all.is_empty() { "no model".to_owned() } else { all.join(", ") };
    anyhow::bail!(
        "`semantic.model` is `{named}`: {meant}installed is {installed}: run `faqbot model install {named}`, or set builtin or none"
    )
}

/// The name that a model of the hub, or of a folder, goes by: what is behind the last `/`.
pub fn name_of(id: &str) -> String {
    id.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned()
}

/// Whether a name can be that of a folder of ours, and nothing else.
pub fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let first = |c: char| c.is_ascii_alphanumeric();
    let reserved = [NONE, BUILTIN].contains(&name);
    name.starts_with(first) && name.chars().all(plain) && name.len() <= 100 && !reserved
}

/// The names of all models in the folder, in order.
pub fn list(settings: &Settings) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(&settings.folder) else { return Vec::new() };
    let folders = entries.flatten().filter(|entry| entry.path().join("config.json").is_file());
    let mut names: Vec<String> =
        folders.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| is_name(name));
    names.sort();
    names
}

/// Checks a name that was typed.
pub fn checked(name: &str) -> anyhow::Result<&str> {
    ensure!(
        is_name(name),
        "{name}: is no name for a model: use letters, digits, `.`, `_` and `-`, and neither builtin nor none"
    );
    Ok(name)
}
