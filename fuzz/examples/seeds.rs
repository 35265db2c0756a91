//! Fills `corpus/TARGET` with the texts of this repository, and `corpus/TARGET.dict` with the signs of each language:
//! `cargo run --example seeds`.

use std::error::Error;
use std::fs;
use std::path::Path;

use stackc::explain::{Language, all};
use stackc_fuzz::SEEDS;

/// The targets that read a language.
fn targets(language: Language) -> &'static [&'static str] {
    match language {
        Language::Stack => &["stack", "compile"],
        Language::Yaml => &["yaml"],
        Language::Dockerfile => &["dockerfile"],
        Language::Nginx => &["nginx"],
    }
}

/// The language of a file of the repository.
fn language_of(path: &Path) -> Option<Language> {
    let name = path.file_name()?.to_str()?;
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("stack") => Some(Language::Stack),
        Some("yml" | "yaml") => Some(Language::Yaml),
        Some("conf") => Some(Language::Nginx),
        None if name == "Dockerfile" => Some(Language::Dockerfile),
        Some(_) | None => None,
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = fuzz.join("corpus");
    let mut count = 0;
    let mut put = |target: &str, text: &str| {
        count += 1;
        let folder = corpus.join(target);
        fs::create_dir_all(&folder).and_then(|()| fs::write(folder.join(format!("seed-{count}")), text))
    };
    for (target, texts, _) in SEEDS {
        texts.iter().try_for_each(|text| put(target, text))?;
    }
    for example in all().iter().flat_map(|page| page.examples()) {
        targets(example.language).iter().try_for_each(|target| put(target, &example.text))?;
    }
    for folder in ["examples", "snapshots", "tests/cases"] {
        for entry in walkdir::WalkDir::new(fuzz.join("..").join(folder)) {
            let entry = entry?;
            let Some(language) = language_of(entry.path()).filter(|_| entry.file_type().is_file()) else { continue };
            let text = fs::read_to_string(entry.path())?;
            targets(language).iter().try_for_each(|target| put(target, &text))?;
        }
    }
    for (target, _, shreds) in SEEDS {
        let entries: String = shreds.iter().map(|shred| format!("\"{}\"\n", escaped(shred))).collect();
        fs::write(corpus.join(format!("{target}.dict")), entries)?;
    }
    fs::copy(corpus.join("stack.dict"), corpus.join("compile.dict"))?;
    println!("{count} seeds in {}", corpus.display());
    Ok(())
}

/// A text as libFuzzer's dictionaries spell it.
fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("\\x{byte:02x}")).collect()
}
