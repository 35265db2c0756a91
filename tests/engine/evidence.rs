//! Canaries, values that must occur nowhere but where they were put, and the search for them.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::deployment::Deployment;
use super::{Said, docker, random};

/// A secret value of this run.
#[derive(Clone, Debug)]
pub(super) struct Canary {
    /// The whole value.
    pub(super) value: String,
    /// The part that no quoting changes, by which it is found.
    core: String,
}

impl Canary {
    /// A random value between these two texts.
    pub(super) fn between(before: &str, after: &str) -> Self {
        let core = random(24);
        Self { value: format!("{before}{core}{after}"), core }
    }

    /// A value that is searched whole.
    pub(super) fn of(value: &str) -> Self {
        Self { value: value.to_owned(), core: value.to_owned() }
    }

    /// The spellings in which it would give itself away.
    fn spellings(&self) -> Vec<String> {
        let bytes = self.core.as_bytes();
        let (hex, percent) = (hex(bytes, ""), hex(bytes, "%"));
        let upper = [hex.to_uppercase(), percent.to_uppercase()];
        let mut spellings = vec![self.core.clone(), hex, percent];
        spellings.extend(upper);
        // Base64 looks different at each of the three places in its groups; the ends depend on what is around.
        for skipped in 0..3 {
            let whole = &bytes[skipped..];
            spellings.push(base64(&whole[..whole.len() / 3 * 3]));
        }
        spellings
    }
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let groups = bytes.chunks_exact(3).map(|group| {
        let number = u32::from(group[0]) << 16 | u32::from(group[1]) << 8 | u32::from(group[2]);
        [18, 12, 6, 0].map(|shift| char::from(ALPHABET[(number >> shift & 63) as usize]))
    });
    groups.flatten().collect()
}

/// The SHA-256 of bytes, as `sha256sum` writes it.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes), "")
}

/// Every byte in hexadecimal, each after `mark`.
pub(super) fn hex(bytes: &[u8], mark: &str) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{mark}{byte:02x}"))
}

/// Everything in which canaries are searched, a file a piece.
pub(super) struct Evidence {
    folder: TempDir,
    patterns: PathBuf,
}

impl Evidence {
    /// Nothing yet, to be searched for these.
    pub(super) fn against(canaries: &[&Canary]) -> Self {
        let folder = TempDir::new().unwrap();
        let patterns = folder.path().join("patterns");
        let spellings: Vec<String> = canaries.iter().flat_map(|canary| canary.spellings()).collect();
        fs::write(&patterns, spellings.join("\n")).unwrap();
        fs::create_dir(folder.path().join("pieces")).unwrap();
        Self { folder, patterns }
    }

    fn pieces(&self) -> PathBuf {
        self.folder.path().join("pieces")
    }

    /// Adds a piece.
    pub(super) fn add(&self, name: &str, piece: impl AsRef<[u8]>) {
        fs::write(self.pieces().join(name), piece).unwrap();
    }

    /// Adds what a command says, which must succeed.
    #[track_caller]
    pub(super) fn add_said(&self, name: &str, said: Said) {
        let err = said.err.clone();
        let mut piece = said.bytes();
        piece.extend_from_slice(err.as_bytes());
        self.add(name, piece);
    }

    /// Adds everything that the containers of a project have said, and stops them before: a line without an end is in
    /// the log only when its program has ended, and `docker compose logs` leaves it out even then.
    #[track_caller]
    pub(super) fn add_logs(&self, deployment: &Deployment) {
        deployment.compose(&["stop"]).ok();
        self.add_said("compose logs", deployment.compose(&["logs", "--no-color"]));
        for (number, id) in deployment.containers().iter().enumerate() {
            self.add_said(&format!("log of container {number}"), deployment.docker(&["logs", id]));
        }
    }

    /// Adds every image: its history, its configuration, and its layers as they are and unpacked, but for the layers
    /// of `bases`, which were there before the canaries.
    pub(super) fn add_images(&self, images: &[String], bases: &[&str]) {
        for image in images {
            let history = docker(["history", "--no-trunc", image]);
            self.add_said(&format!("history of {}", name_of(image)), Said::of(&mut { history }));
            let inspected = docker(["image", "inspect", image]);
            self.add_said(&format!("inspect of {}", name_of(image)), Said::of(&mut { inspected }));
        }
        self.add_layers(images, bases);
    }

    /// Adds what a cache was exported into, with its layers unpacked; how many there are.
    pub(super) fn add_cache(&self, folder: &Path) -> usize {
        let cache = self.pieces().join("cache");
        fs::create_dir(&cache).unwrap();
        let files = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
        let mut layers = 0;
        for file in files.filter(|entry| entry.file_type().is_file()) {
            let copy = cache.join(file.file_name());
            fs::copy(file.path(), &copy).unwrap();
            if is_gzip(&copy) {
                unpack_layer(&copy);
                layers += 1;
            }
        }
        layers
    }

    fn add_layers(&self, images: &[String], bases: &[&str]) {
        let saved = self.pieces().join("images");
        fs::create_dir(&saved).unwrap();
        let mut save = docker(["save"]);
        let mut save = save.args(images).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut unpack = Command::new("tar");
        unpack.arg("-xf").arg("-").arg("-C").arg(&saved).stdin(save.stdout.take().unwrap());
        assert!(unpack.status().unwrap().success(), "tar cannot unpack what `docker save {images:?}` made");
        assert!(save.wait().unwrap().success(), "`docker save {images:?}` failed");
        let manifest = fs::read_to_string(saved.join("manifest.json")).unwrap();
        let manifest: Value = serde_json::from_str(&manifest).unwrap();
        let of_bases: BTreeSet<String> = bases.iter().flat_map(|base| layers(base)).collect();
        let (mut old, mut new) = (BTreeSet::new(), BTreeSet::new());
        for entry in manifest.as_array().unwrap() {
            let image = entry["RepoTags"][0].as_str().unwrap();
            let (files, identities) = (entry["Layers"].as_array().unwrap(), layers(image));
            assert_eq!(files.len(), identities.len(), "{image}: a layer a file");
            let is_new = identities.iter().map(|identity| !of_bases.contains(identity));
            assert!(is_new.clone().any(|is_new| is_new), "{image} adds no layer to its base");
            for (file, is_new) in files.iter().zip(is_new) {
                let file = saved.join(file.as_str().unwrap());
                if is_new {
                    new.insert(file)
                } else {
                    old.insert(file)
                };
            }
        }
        for file in new {
            unpack_layer(&file);
        }
        for file in old {
            fs::remove_file(file).unwrap();
        }
    }

    /// The pieces, and the files below `also`, that hold a canary.
    #[track_caller]
    pub(super) fn holding(&self, also: &[&Path]) -> Vec<String> {
        let mut grep = Command::new("grep");
        grep.env("LC_ALL", "C").args(["-rlaF", "-f"]).arg(&self.patterns).arg(self.pieces()).args(also);
        let said = Said::of(&mut grep);
        assert!(said.code <= 1, "{}", said.report());
        let root = format!("{}/", self.pieces().display());
        let found = String::from_utf8_lossy(&said.out);
        found.lines().map(|line| line.strip_prefix(&root).unwrap_or(line).to_owned()).collect()
    }
}

fn name_of(image: &str) -> String {
    image.replace(['/', ':'], "_")
}

/// The layers of an image, by their content.
fn layers(image: &str) -> Vec<String> {
    let listed =
        Said::of(&mut docker(["image", "inspect", "--format", "{{json .RootFS.Layers}}", image])).ok();
    serde_json::from_str(&listed).unwrap()
}

/// Unpacks a layer beside it, and every compressed file in it.
fn unpack_layer(layer: &Path) {
    if is_gzip(layer) {
        unzip(layer);
    }
    let folder = layer.with_extension("unpacked");
    fs::create_dir(&folder).unwrap();
    let unpacked = if layer.with_extension("unzipped").exists() {
        layer.with_extension("unzipped")
    } else {
        layer.to_owned()
    };
    let mut tar = Command::new("tar");
    tar.args(["--no-same-owner", "--no-same-permissions", "-xf"]).arg(unpacked).arg("-C").arg(&folder);
    Said::of(&mut tar).ok();
    for entry in walkdir::WalkDir::new(&folder) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() && is_gzip(entry.path()) {
            drop(unzip(entry.path()));
        }
    }
}

fn is_gzip(path: &Path) -> bool {
    use std::io::Read as _;
    let mut magic = [0; 2];
    File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok() && magic == [0x1f, 0x8b]
}

/// Writes what a compressed file holds into another one beside it.
fn unzip(path: &Path) -> PathBuf {
    let unzipped = path.with_extension("unzipped");
    let to = File::create(&unzipped).unwrap();
    let status = Command::new("gzip").arg("-dc").arg(path).stdout(to).status().unwrap();
    assert!(status.success(), "gzip cannot read {}", path.display());
    unzipped
}
