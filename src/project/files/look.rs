//! What the files of an image are, asked layer by layer from the last to the first.

use std::cell::Cell;
use std::collections::BTreeSet;

use super::{Brings, Found, ImageFiles, Layer, LeftOut, Listing, below, own};
use crate::project::host::{Host, Kind, join};

/// So many entries of a folder are looked through for one that is taken back in.
const MOST_ENTRIES: usize = 2000;

/// So many layers are looked at for one question: two that copy from the stage below each ask it, and so on down.
const MOST_LOOKS: usize = 2000;

/// So many stages are followed that copy from one another.
const MOST_STAGES: usize = 50;

/// What one layer says of a path.
enum Look {
    /// It has nothing there.
    Nothing,
    /// It may have something there.
    Perhaps,
    /// It may have taken away what was there.
    Gone,
    /// It has a file there, which was changed by nothing in this layer.
    File(Option<String>),
    /// It has a folder there; its path on the host.
    Folder(Option<String>),
}

impl ImageFiles {
    /// What stands at an absolute path.
    pub fn find(&self, path: &str, host: &dyn Host) -> Found {
        self.found(path, Search { host, looks: &Cell::new(MOST_LOOKS), depth: 0 })
    }

    fn found(&self, path: &str, search: Search<'_>) -> Found {
        let (mut is_unsure, mut is_changed) = (false, false);
        let mut folder: Option<Option<String>> = None;
        for layer in self.layers().rev() {
            if let Brings::Run(run) = &layer.brings {
                is_changed |= folder.is_none() && run.may_change(path);
            }
            match layer.look(path, search) {
                Look::Gone if folder.is_none() => return Found::Unknown,
                Look::Gone | Look::Perhaps => is_unsure = true,
                Look::File(source) if folder.is_none() => {
                    return Found::File(source.filter(|_| !is_changed));
                }
                Look::File(_) | Look::Nothing => {}
                // It comes from more than one place.
                Look::Folder(_) if folder.is_some() => return Found::Folder(None),
                Look::Folder(source) => folder = Some(source),
            }
            if is_unsure && folder.is_some() {
                return Found::Folder(None);
            }
        }
        match folder {
            None if is_unsure => Found::Unknown,
            None => Found::Missing,
            Some(source) => Found::Folder(source),
        }
    }

    /// What stands in a folder.
    pub fn list(&self, path: &str, host: &dyn Host) -> Listing {
        let mut names = BTreeSet::new();
        let search = Search { host, looks: &Cell::new(MOST_LOOKS), depth: 0 };
        let is_complete = self.names(path, search, &mut names);
        let found = names.into_iter().map(|name| {
            let found = self.find(&join(path, &name), host);
            (name, found)
        });
        Listing { names: found.filter(|(_, found)| *found != Found::Missing).collect(), is_complete }
    }

    /// Adds the names that may be in a folder; false if there may be others.
    fn names(&self, path: &str, search: Search<'_>, names: &mut BTreeSet<String>) -> bool {
        let mut is_complete = true;
        for layer in self.layers() {
            is_complete &= layer.names(path, search, names);
        }
        is_complete
    }

    /// The last layer that surely has something at a path.
    pub fn source(&self, path: &str, host: &dyn Host) -> Option<&Layer> {
        let search = Search { host, looks: &Cell::new(MOST_LOOKS), depth: 0 };
        self.layers().rev().find(|layer| matches!(layer.look(path, search), Look::File(_) | Look::Folder(_)))
    }
}

/// One question, through all stages that it leads to.
#[derive(Clone, Copy)]
struct Search<'a> {
    host: &'a dyn Host,
    /// How many layers may still be looked at.
    looks: &'a Cell<usize>,
    /// How many stages lie around this one.
    depth: usize,
}

impl<'a> Search<'a> {
    /// The same in a stage that something is copied from; `None` if that is not looked into any more.
    fn into_stage(self) -> Option<Search<'a>> {
        (self.depth < MOST_STAGES && self.looks.get() > 0).then(|| Self { depth: self.depth + 1, ..self })
    }

    /// Takes one of the looks; false if there is none left.
    fn take(self) -> bool {
        let left = self.looks.get();
        self.looks.set(left.saturating_sub(1));
        left > 0
    }
}

impl From<Found> for Look {
    fn from(found: Found) -> Self {
        match found {
            Found::File(source) => Self::File(source),
            Found::Folder(source) => Self::Folder(source),
            Found::Missing => Self::Nothing,
            Found::Unknown => Self::Perhaps,
        }
    }
}

impl Layer {
    fn look(&self, path: &str, search: Search<'_>) -> Look {
        if !search.take() {
            return Look::Perhaps;
        }
        let host = search.host;
        if let Brings::Run(run) = &self.brings {
            return match (run.may_remove(path), run.may_make(path)) {
                (true, _) => Look::Gone,
                (false, true) => Look::Perhaps,
                (false, false) => Look::Nothing,
            };
        }
        let Some(rest) = below(path, &self.at) else {
            return match (&self.brings, below(&self.at, path)) {
                (_, None) => Look::Nothing,
                (Brings::Unknown, Some(_)) => Look::Perhaps,
                (_, Some(_)) => Look::Folder(None),
            };
        };
        match &self.brings {
            Brings::Host { path: source, left_out, .. } => {
                let source = join(source, rest);
                let kind = host.kind(&source);
                match (left_out.as_ref().map_or(Some(false), |out| out.hides(&source, kind, host)), kind) {
                    // An ignored file beside others that are copied, or the folder that is copied itself.
                    (Some(true), _) if rest.is_empty() => Look::Perhaps,
                    (Some(true), _) | (_, Kind::Missing) => Look::Nothing,
                    (None, _) | (_, Kind::Other | Kind::Unknown) => Look::Perhaps,
                    (Some(false), Kind::File) => Look::File(Some(source)),
                    (Some(false), Kind::Folder) => Look::Folder(Some(source)),
                }
            }
            Brings::Stage { files, path: source } => match search.into_stage() {
                Some(search) => files.found(&join(source, rest), search).into(),
                None => Look::Perhaps,
            },
            Brings::Image(image) => own::find(*image, path).into(),
            Brings::Text if rest.is_empty() => Look::File(None),
            Brings::Folder | Brings::Tmpfs | Brings::Volume { .. } if rest.is_empty() => Look::Folder(None),
            Brings::Text | Brings::Folder | Brings::Tmpfs | Brings::Volume { .. } => Look::Nothing,
            Brings::Run(_) | Brings::Unknown => Look::Perhaps,
        }
    }

    /// Adds the names that may be in a folder; false if there may be others.
    fn names(&self, path: &str, search: Search<'_>, names: &mut BTreeSet<String>) -> bool {
        if !search.take() {
            return false;
        }
        let host = search.host;
        if let Brings::Run(run) = &self.brings {
            return !run.may_make(path) && !run.may_make_in(path);
        }
        let Some(rest) = below(path, &self.at) else {
            names.extend(below(&self.at, path).and_then(|rest| rest.split('/').next()).map(str::to_owned));
            return true;
        };
        match &self.brings {
            Brings::Host { path: source, .. } => match host.names(&join(source, rest)) {
                Some(found) => {
                    names.extend(found);
                    true
                }
                None => matches!(host.kind(&join(source, rest)), Kind::Missing | Kind::File),
            },
            Brings::Stage { files, path: source } => {
                search.into_stage().is_some_and(|search| files.names(&join(source, rest), search, names))
            }
            Brings::Image(image) => {
                let own = own::list(*image, path);
                names.extend(own.unwrap_or_default().iter().map(|name| (*name).to_owned()));
                own.is_some()
            }
            Brings::Text | Brings::Folder | Brings::Tmpfs | Brings::Volume { .. } => true,
            Brings::Run(_) | Brings::Unknown => false,
        }
    }
}

impl LeftOut {
    /// Whether a file or folder of the context does not get into an image; `None` if nobody knows.
    pub fn hides(&self, path: &str, kind: Kind, host: &dyn Host) -> Option<bool> {
        let ignored = self.ignored.as_ref()?;
        let inside = if self.context == "." { path } else { below(path, &self.context)? };
        let inside = if inside == "." { "" } else { inside };
        if inside.is_empty() || !ignored.leaves_out(inside) {
            return Some(false);
        }
        if kind != Kind::Folder || !ignored.has_exceptions() {
            return Some(true);
        }
        // A folder that is left out is there nevertheless if something in it is taken back in.
        let mut open = vec![path.to_owned()];
        let mut seen = 0;
        while let Some(folder) = open.pop() {
            for name in host.names(&folder)? {
                seen += 1;
                if seen > MOST_ENTRIES {
                    return None;
                }
                let entry = join(&folder, &name);
                let inside = if self.context == "." { entry.as_str() } else { below(&entry, &self.context)? };
                if !ignored.leaves_out(inside) {
                    return Some(false);
                }
                if host.kind(&entry) == Kind::Folder {
                    open.push(entry);
                }
            }
        }
        Some(true)
    }
}
