//! `apt PACKAGE...` and `pip FILE`: steps that install as these do, with the caches that these mount.

use crate::import::statement::Statement;

/// The short form of a `run`, if there is one.
pub(in crate::import) fn step(run: &Statement) -> Option<Statement> {
    let [_, text] = run.words.as_slice() else { return None };
    let text = text.strip_prefix('"')?.strip_suffix('"')?;
    let mounts: Vec<String> = run.block.as_ref()?.statements.iter().map(said).collect();
    let mounts: Vec<&str> = mounts.iter().map(String::as_str).collect();
    match mounts.as_slice() {
        APT_CACHES => {
            let packages = text.strip_prefix(APT)?.split(' ');
            let are_names = packages.clone().all(|name| !name.is_empty() && !name.starts_with('-'));
            let apt = packages.fold(Statement::of("apt"), Statement::text);
            are_names.then_some(apt)
        }
        [bind, PIP_CACHE] if text == PIP => {
            let file = bind.strip_prefix("bind ")?.strip_suffix(" at /tmp/requirements.txt")?;
            Some(Statement::of("pip").keyword(file))
        }
        _ => None,
    }
}

const APT: &str = "apt-get update && apt-get install -y --no-install-recommends ";
const APT_CACHES: &[&str] =
    &["cache /var/cache/apt { sharing locked }", "cache /var/lib/apt { sharing locked }"];
const PIP: &str = "pip install -r /tmp/requirements.txt";
const PIP_CACHE: &str = "cache /root/.cache/pip";

/// A statement on one line.
fn said(statement: &Statement) -> String {
    let words = statement.words.join(" ");
    match &statement.block {
        Some(block) => {
            let inner: Vec<String> = block.statements.iter().map(said).collect();
            format!("{words} {{ {} }}", inner.join("; "))
        }
        None => words,
    }
}
