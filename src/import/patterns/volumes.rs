//! `static URI from VOLUME at PATH`: an alias to what is mounted from a volume, with a slash at the end of both or of none.

use super::{At, Names, Short, argument, with};
use crate::import::statement::Statement;
use crate::project::Container;
use crate::project::files::Brings;

/// `static URI from VOLUME at PATH`
pub(super) fn location<'t>(at: &At<'t>, names: &Names<'_>) -> Option<Short<'t>> {
    let said = at.only("alias").filter(|_| at.is_prefix())?;
    let path = argument(said, at.text)?;
    let folder = path.strip_suffix('/').unwrap_or(path);
    let is_folder = folder.starts_with('/') && !folder.ends_with('/') && !folder.contains('$');
    if !is_folder || path.ends_with('/') != at.uri.ends_with('/') {
        return None;
    }
    let volume = names.volume(folder)?;
    let head = with(Statement::of("static"), at.uri).keyword("from");
    Some(Short { head: with(with(head, volume).keyword("at"), folder), said })
}

impl Names<'_> {
    /// The volume that a folder is in, for the containers that run the file; if none is known to, for any.
    fn volume(&self, folder: &str) -> Option<&str> {
        let runs = |container: &&Container| {
            let files = container.nginx.iter().flat_map(|runs| &runs.files);
            files.into_iter().any(|file| file.host == self.file)
        };
        let containers = self.around.containers;
        let running: Vec<&Container> = containers.iter().filter(runs).collect();
        let asked = if running.is_empty() { containers.iter().collect() } else { running };
        asked.into_iter().find_map(|container| match &container.files.over(folder)?.brings {
            Brings::Volume { name, .. } => name.as_deref(),
            Brings::Host { .. }
            | Brings::Stage { .. }
            | Brings::Image(_)
            | Brings::Text
            | Brings::Folder
            | Brings::Run(_)
            | Brings::Tmpfs
            | Brings::Unknown => None,
        })
    }
}
