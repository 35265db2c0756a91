//! What `stackc import` says of secrets as plain text, and what it writes of those that it lifts.

use std::path::Path;

use crate::cli::console::Console;
use crate::driver::around::Surroundings;
use crate::driver::contexts::keep_out;
use crate::driver::disk::shown;
use crate::driver::plan::{Refusal, Why};
use crate::driver::secrets::{self, Outcome, Report, SecretFile};
use crate::driver::{Error, Result};
use crate::import::{Fate, Imported, LiteralSecret};
use crate::model::path::HostPath;
use crate::project::host::join;
use crate::render::visible;

/// Says what became of every secret, without its value.
pub(super) fn tell(imported: &Imported, console: &mut Console) {
    for LiteralSecret { service, variable, file, line, fate } in &imported.secrets {
        let place = format!("`{file}`, line {line}: `{variable}` of `{service}`");
        say(
            console,
            &match fate {
                Fate::Told => {
                    format!("{place} is a secret as plain text: `--lift-secrets` keeps it in a file")
                }
                Fate::Lifted(name) => format!("{place} is the secret `{name}` now"),
                Fate::Stays(why) => format!("{place} stays a secret as plain text: it {why}"),
            },
        );
    }
    for line in &imported.left {
        say(console, &format!("line {line} of the stack file still holds a value that was lifted"));
    }
}

/// Says what would be written, were the stack file not printed.
pub(super) fn tell_of_files(imported: &Imported, console: &mut Console) {
    for value in &imported.values {
        say(
            console,
            &format!("with `-o FILE` the value of `{}` would be written to `{}`", value.name, value.path),
        );
    }
}

/// Fails if a file is there that holds something else, before anything is written.
pub(super) fn refuse_taken(imported: &Imported, stack: &Path) -> Result<()> {
    if imported.values.is_empty() {
        return Ok(());
    }
    let paths = paths(imported);
    let taken = secrets::taken(&files(imported, &paths), folder_of(stack))?;
    if taken.is_empty() {
        return Ok(());
    }
    let refusal = |path: String| Refusal { path, why: Why::OtherSecret };
    Err(Error::Refused(taken.into_iter().map(refusal).collect()))
}

/// Writes the values, before the stack file that names them: what git and builds ignore first.
pub(super) fn write(
    imported: &Imported,
    stack: &Path,
    around: &Surroundings,
    console: &mut Console,
) -> Result<()> {
    if imported.values.is_empty() {
        return Ok(());
    }
    let folder = folder_of(stack);
    let paths = paths(imported);
    let named: Vec<String> =
        paths.iter().map(|path| join(&join(".", &shown(folder)), path.as_str())).collect();
    for path in keep_out(&named, &imported.builds, around)? {
        console.say(&format!("wrote {path}"));
    }
    let Report { outcomes, ignored, .. } = secrets::init(&files(imported, &paths), folder)?;
    if let Some((file, _)) = ignored {
        console.say(&format!("wrote {file}"));
    }
    for (path, outcome) in paths.iter().zip(outcomes) {
        match outcome {
            Outcome::Made => console.say(&format!("wrote {path}")),
            Outcome::Present => {}
            Outcome::Left(why) => {
                let cause = std::io::Error::other(why);
                return Err(Error::system(format!("make `{path}`"), cause));
            }
        }
    }
    say(
        console,
        "whoever has seen these files or their history knows the values: set new ones where they are used, and write them to \
         the files of the secrets",
    );
    Ok(())
}

fn paths(imported: &Imported) -> Vec<HostPath> {
    imported.values.iter().filter_map(|value| HostPath::parse(&value.path)).collect()
}

fn files<'a>(imported: &'a Imported, paths: &'a [HostPath]) -> Vec<SecretFile<'a>> {
    let values = imported.values.iter().map(|value| Some(value.value.as_str()));
    paths
        .iter()
        .zip(values)
        .map(|(path, value)| SecretFile { path, at_run_time: true, value, is_key: false, tls: None })
        .collect()
}

fn folder_of(stack: &Path) -> &Path {
    stack.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn say(console: &mut Console, line: &str) {
    console.err(&format!("{}\n", visible::line(line)));
}
