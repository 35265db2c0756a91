//! What rules on paths ask of the files of a container.

use crate::project::files::{Brings, FileSystem, Found, Layer, below};
use crate::project::host::Host;
use crate::source::Span;

/// Whether nothing is at a path, and nothing brings what may be put there later: what lies in a folder of the project or
/// in a volume may be made before the start, or by the container itself.
pub(in crate::lint) fn is_surely_missing(files: &FileSystem, path: &str, host: &dyn Host) -> bool {
    let is_ours = |brings: &Brings| match brings {
        Brings::Host { .. }
        | Brings::Stage { .. }
        | Brings::Volume { .. }
        | Brings::Tmpfs
        | Brings::Unknown => true,
        Brings::Image(_) | Brings::Text | Brings::Folder | Brings::Run(_) => false,
    };
    let is_around = files.layers().any(|layer| is_ours(&layer.brings) && below(path, &layer.at).is_some());
    !is_around && files.find(path, host) == Found::Missing
}

/// The COPY or ADD that puts files of the project to a path of the image or below it; what begins with a dot keeps a
/// folder in git and is none.
pub(in crate::lint) fn copied(files: &FileSystem, path: &str, host: &dyn Host) -> Option<Span> {
    let image = &files.image;
    let Found::Folder(_) = image.find(path, host) else { return None };
    let is_deeper = |layer: &&Layer| {
        matches!(layer.brings, Brings::Host { .. } | Brings::Stage { .. })
            && below(&layer.at, path).is_some_and(|rest| !rest.is_empty() && !rest.starts_with('.'))
            && matches!(image.find(&layer.at, host), Found::File(_) | Found::Folder(_))
    };
    if let Some(layer) = image.layers().rev().find(is_deeper) {
        return layer.span;
    }
    let names = image.list(path, host).names;
    let mut entries = names.iter().filter(|(name, found)| {
        !name.starts_with('.') && matches!(found, Found::File(Some(_)) | Found::Folder(Some(_)))
    });
    let (name, _) = entries.next()?;
    image.source(&format!("{path}/{name}"), host)?.span
}
