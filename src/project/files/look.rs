//! What the files of an image are, asked layer by layer from the last to the first.

use std::collections::BTreeSet;

use super::{Brings, Found, ImageFiles, Layer, LeftOut, Listing, below, own};
use crate::project::host::{Host, Kind, join};

/// So many entries of a folder are looked through for one that is taken back in.
const MOST_ENTRIES: usize = 2000;

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
        let (mut is_unsure, mut is_changed) = (false, false);
        let mut folders: Vec<Option<String>> = Vec::new();
        for layer in self.layers.iter().rev() {
            if let Brings::Run(run) = &layer.brings {
                is_changed |= run.may_change(path);
            }
            match layer.look(path, host) {
                Look::Gone if folders.is_empty() => return Found::Unknown,
                Look::Gone | Look::Perhaps => is_unsure = true,
                Look::File(source) if folders.is_empty() => {
                    return Found::File(source.filter(|_| !is_changed));
                }
                Look::File(_) | Look::Nothing => {}
                Look::Folder(source) => folders.push(source),
            }
        }
        match folders.as_slice() {
            [] if is_unsure => Found::Unknown,
            [] => Found::Missing,
            [source] if !is_unsure => Found::Folder(source.clone()),
            _ => Found::Folder(None),
        }
    }

    /// What stands in a folder.
    pub fn list(&self, path: &str, host: &dyn Host) -> Listing {
        let mut names = BTreeSet::new();
        let mut is_complete = true;
        for layer in &self.layers {
            is_complete &= layer.names(path, host, &mut names);
        }
        let found = names.into_iter().map(|name| {
            let found = self.find(&join(path, &name), host);
            (name, found)
        });
        Listing { names: found.filter(|(_, found)| *found != Found::Missing).collect(), is_complete }
    }

    /// The last layer that surely has something at a path.
    pub fn source(&self, path: &str, host: &dyn Host) -> Option<&Layer> {
        self.layers
            .iter()
            .rev()
            .find(|layer| matches!(layer.look(path, host), Look::File(_) | Look::Folder(_)))
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
    fn look(&self, path: &str, host: &dyn Host) -> Look {
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
            Brings::Stage { files, path: source } => files.find(&join(source, rest), host).into(),
            Brings::Image(image) => own::find(*image, path).into(),
            Brings::Text if rest.is_empty() => Look::File(None),
            Brings::Folder | Brings::Tmpfs | Brings::Volume { .. } if rest.is_empty() => Look::Folder(None),
            Brings::Text | Brings::Folder | Brings::Tmpfs | Brings::Volume { .. } => Look::Nothing,
            Brings::Run(_) | Brings::Unknown => Look::Perhaps,
        }
    }

    /// Adds the names that may be in a folder; false if there may be others.
    fn names(&self, path: &str, host: &dyn Host, names: &mut BTreeSet<String>) -> bool {
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
                let listing = files.list(&join(source, rest), host);
                names.extend(listing.names.into_iter().map(|(name, _)| name));
                listing.is_complete
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
