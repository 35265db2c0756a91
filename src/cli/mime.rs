//! `stackc mime`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::DONE;
use super::console::Console;
use super::load::{Stream, load};
use super::trace::{Format, version};
use crate::driver::{Disk, Entries, Error, Files, Result, disk, place};
use crate::facts::Listing;
use crate::http::mime::{self, NginxVersion};
use crate::http::wrong::should_be;
use crate::resolve::served_kinds;

/// What may be typed behind `mime`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folders and files [default: what the stack file serves; the current folder, if there is none]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The stack file whose proxies serve them [default: the only *.stack in the current folder]
    #[arg(long, value_name = "STACK")]
    file: Option<PathBuf>,
    /// The version of nginx [default: that of the stack's image, else the newest]
    #[arg(long, value_name = "VERSION")]
    nginx: Option<String>,
    /// How to show it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// The files of one extension.
#[derive(Debug, Default)]
struct Kind {
    count: usize,
    /// The first in order of name; `None` if it is only said that there are some.
    example: Option<String>,
}

/// A row.
#[derive(Debug, Serialize)]
struct Row<'a> {
    /// Without its dot, in lower case; empty for none.
    extension: &'a str,
    files: usize,
    example: Option<&'a str>,
    /// The type that it should have.
    should_be: Option<&'a str>,
    /// What the `mime.types` of that nginx says.
    nginx: Option<&'a str>,
    /// `right`, `wrong`, `lacking` or `unknown`.
    verdict: &'static str,
}

pub(super) fn run(arguments: &Arguments, console: &mut Console) -> Result<u8> {
    let mut kinds: BTreeMap<String, Kind> = BTreeMap::new();
    let given = arguments.nginx.as_deref().map(version).transpose()?;
    let stack = match &arguments.file {
        Some(file) => Some(file.clone()),
        None => match place::stack_files(Path::new("."))?.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        },
    };
    let mut of_image = None;
    if let Some(stack) = &stack {
        let loaded = load(Some(stack), "mime")?;
        let Some(deployment) = &loaded.compilation.deployment else {
            loaded.report(console, Stream::Err, "; nothing was counted");
            return Ok(super::NOT_UNDERSTOOD);
        };
        of_image = deployment.confs.iter().find_map(|conf| conf.version);
        if arguments.paths.is_empty() {
            for root in &deployment.stack.static_roots {
                for served in served_kinds(root, &loaded.compilation.facts) {
                    let kind = kinds.entry(served.extension).or_default();
                    kind.count += served.count;
                    kind.example = kind.example.take().or(served.example);
                }
                for folder in &root.host_roots {
                    let listing = loaded.compilation.facts.listings.get(&folder.path);
                    if let Some(Listing::Missing) = listing {
                        console.err(&format!("note: `{}` does not exist yet\n", folder.path));
                    }
                }
            }
        }
    }
    let here = [PathBuf::from(".")];
    let paths = match (arguments.paths.as_slice(), &stack) {
        ([], None) => here.as_slice(),
        (paths, _) => paths,
    };
    for path in paths {
        count(path, &mut kinds)?;
    }
    show(&kinds, given.or(of_image), arguments.format, console);
    Ok(DONE)
}

fn count(path: &Path, kinds: &mut BTreeMap<String, Kind>) -> Result<()> {
    let mut add = |file: &Path| {
        let extension = file.extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default();
        let kind = kinds.entry(extension).or_default();
        let name = disk::shown(&if file == path { path.to_owned() } else { path.join(file) });
        kind.count += 1;
        if kind.example.as_ref().is_none_or(|other| name < *other) {
            kind.example = Some(name);
        }
    };
    let why = match Disk.list(path, &mut add) {
        Entries::Listed => return Ok(()),
        Entries::File => {
            add(path);
            return Ok(());
        }
        Entries::Missing => "does not exist".to_owned(),
        Entries::Unreadable(why) => format!("cannot be read: {why}"),
    };
    Err(Error::Source { path: disk::shown(path), why, help: None })
}

fn show(
    kinds: &BTreeMap<String, Kind>,
    version: Option<NginxVersion>,
    format: Format,
    console: &mut Console,
) {
    let rows: Vec<Row<'_>> = kinds.iter().map(|(extension, kind)| row(extension, kind, version)).collect();
    if format == Format::Json {
        for row in &rows {
            let json = serde_json::to_string(row).expect("texts and numbers are JSON");
            console.out(&format!("{json}\n"));
        }
        return;
    }
    let version = version.unwrap_or_else(mime::newest);
    console.say(&format!("{:<14} {:>7}  {:<32} nginx {version}", "extension", "files", "should be"));
    for row in &rows {
        let name = if row.extension.is_empty() { "(none)" } else { row.extension };
        let says = match row.verdict {
            "right" => row.nginx.unwrap_or_default().to_owned(),
            "wrong" => format!("{}: a browser takes it for something else", row.nginx.unwrap_or_default()),
            "lacking" => "lacks it".to_owned(),
            _ => "-".to_owned(),
        };
        console.say(&format!("{name:<14} {:>7}  {:<32} {says}", row.files, row.should_be.unwrap_or("-")));
    }
    let mut lacking: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in rows.iter().filter(|row| matches!(row.verdict, "lacking" | "wrong")) {
        lacking.entry(row.should_be.unwrap_or_default()).or_default().push(row.extension);
    }
    if lacking.is_empty() {
        return;
    }
    console.out("\nIn `http`, behind `include mime.types;` (a stack file has it by itself):\n\ntypes {\n");
    for (mime, extensions) in lacking {
        console.say(&format!("    {mime} {};", extensions.join(" ")));
    }
    console.say("}");
}

fn row<'a>(extension: &'a str, kind: &'a Kind, version: Option<NginxVersion>) -> Row<'a> {
    let should = mime::expected(extension);
    let nginx = mime::nginx(version, extension);
    let verdict = match (should, nginx) {
        (None, None) => "unknown",
        (Some(_), None) => "lacking",
        (_, Some(nginx)) if should_be(extension, nginx).is_some() => "wrong",
        (_, Some(_)) => "right",
    };
    let example = kind.example.as_deref();
    Row { extension, files: kind.count, example, should_be: should, nginx, verdict }
}
