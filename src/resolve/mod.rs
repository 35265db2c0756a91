//! Views derived from the trees: what has to be found out about the world, and which kinds of files are served.

use crate::facts::{Facts, Listing, Wanted};
use crate::model::Deployment;
use crate::model::compose::Context;
use crate::model::stack::StaticRoot;
use crate::source::Origin;

/// What the driver must find out before a deployment can be completed and linted.
pub fn wanted(deployment: &Deployment) -> Wanted {
    let mut wanted = Wanted::default();
    for root in &deployment.stack.static_roots {
        wanted.listings.extend(root.host_roots.iter().map(|root| root.path.clone()));
    }
    for secret in &deployment.stack.secrets {
        wanted.files.extend(secret.source.file().cloned());
    }
    for build in &deployment.builds {
        if let Context::Host(path) = &build.context {
            wanted.contexts.push(path.clone());
        }
    }
    for list in [&mut wanted.listings, &mut wanted.files, &mut wanted.contexts] {
        list.sort();
        list.dedup();
    }
    wanted
}

/// A kind of file that a static root serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// In lower case, without its dot.
    pub extension: String,
    /// One file of the kind, from the stack file's folder; `None` if it is only said to be there.
    pub example: Option<String>,
    /// How many files there are.
    pub count: usize,
    /// The statement that says so.
    pub origin: Origin,
}

/// The kinds of files below a static root: those that are said to be there and those that were found, in order of
/// extension. Files without an extension are left out: no table can give them a type.
pub fn served_kinds(root: &StaticRoot, facts: &Facts) -> Vec<Served> {
    let mut served: Vec<Served> = Vec::new();
    for folder in &root.host_roots {
        let found: Vec<(&String, String, usize)> = match facts.listings.get(&folder.path) {
            Some(Listing::Files { kinds }) => kinds
                .iter()
                .map(|(extension, kind)| (extension, folder.path.join(&kind.example).to_string(), kind.count))
                .collect(),
            Some(Listing::File { extension }) => vec![(extension, folder.path.to_string(), 1)],
            Some(Listing::Missing | Listing::Unreadable(_)) | None => Vec::new(),
        };
        for (extension, example, count) in found.into_iter().filter(|(extension, ..)| !extension.is_empty()) {
            match served.iter_mut().find(|other| other.extension == *extension) {
                Some(other) => other.count += count,
                None => served.push(Served {
                    extension: extension.clone(),
                    example: Some(example),
                    count,
                    origin: folder.origin,
                }),
            }
        }
    }
    for kind in &root.kinds {
        if !served.iter().any(|other| other.extension == kind.value.as_str()) {
            let extension = kind.value.to_string();
            served.push(Served { extension, example: None, count: 0, origin: kind.origin });
        }
    }
    served.sort_by(|a, b| a.extension.cmp(&b.extension));
    served
}
