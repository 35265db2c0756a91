//! What can only be completed once the world is known: content types of the files that are there, and the patterns
//! of a `.dockerignore` that a context has already.

use std::collections::{BTreeMap, BTreeSet};

use super::nginx::http_order;
use crate::facts::Facts;
use crate::http::{mime, types};
use crate::model::Deployment;
use crate::model::compose::Context;
use crate::model::nginx::{Body, ConfFile, Entry};
use crate::model::stack::Policy;
use crate::model::values::Text;
use crate::resolve;
use crate::source::{At, Origins, Via};

/// Completes a deployment with what was found.
pub fn complete(deployment: &mut Deployment, facts: &Facts, origins: &mut Origins) {
    if deployment.stack.policy == Policy::Secure {
        let needed: Vec<Needed> =
            deployment.confs.iter().map(|conf| missing_types(deployment, conf, facts, origins)).collect();
        for (conf, needed) in deployment.confs.iter_mut().zip(needed) {
            add_types(conf, needed);
        }
        compress_what_is_served(deployment, facts, origins);
    }
    for build in &mut deployment.builds {
        let Context::Host(context) = &build.context else { continue };
        let Some(lines) = facts.ignores.get(context) else { continue };
        let cause = build.dockerfile.stages.last().map(|stage| stage.origin);
        let origin = origins.by_default("context-ignore", cause);
        let own: BTreeSet<&str> = build.ignore.iter().map(|line| line.value.as_str()).collect();
        let fresh = lines.iter().filter(|line| !own.contains(line.as_str()));
        let fresh: Vec<_> = fresh.map(|line| At::new(line.clone(), origin)).collect();
        build.ignore.splice(0..0, fresh);
    }
}

/// The extensions that each type is missing for, and the static root that asked first.
type Needed = BTreeMap<&'static str, BTreeMap<String, crate::source::Origin>>;

/// Extensions below the static roots of a proxy that its nginx has no type for, and that mime-db has one for.
fn missing_types(deployment: &Deployment, conf: &ConfFile, facts: &Facts, origins: &mut Origins) -> Needed {
    let table = mime::nginx_table(conf.version);
    let mut needed = Needed::new();
    for root in deployment.stack.static_roots.iter().filter(|root| root.service == conf.service) {
        for served in resolve::served_kinds(root, facts) {
            let typed = root.typed.iter().any(|extension| extension.as_str() == served.extension);
            if typed || table.contains_key(served.extension.as_str()) {
                continue;
            }
            if let Some(expected) = mime::expected(&served.extension) {
                let origin = origins.by_default("missing-types", Some(root.origin));
                needed.entry(expected).or_default().entry(served.extension).or_insert(origin);
            }
        }
    }
    needed
}

/// Adds to the list of what is compressed the types of files that are served, unless somebody wrote a list.
fn compress_what_is_served(deployment: &mut Deployment, facts: &Facts, origins: &mut Origins) {
    let Deployment { confs, stack, .. } = deployment;
    for file in confs {
        let Some(http) = file.conf.named(None, "http").next() else { continue };
        let Some(list) = file.conf.named(Some(http), "gzip_types").next() else { continue };
        let origin = file.conf.get(list).origin;
        if !matches!(origins.chain(origin).next().map(|cause| cause.via), Some(Via::Default(_))) {
            continue;
        }
        let mut args = file.conf.get(list).args.clone();
        for root in stack.static_roots.iter().filter(|root| root.service == file.service) {
            let table = types::table(&file.conf, root.location, file.version);
            let kinds = resolve::served_kinds(root, facts);
            for kind in kinds.iter().filter_map(|served| table.get(&served.extension)) {
                let is_listed = args.iter().any(|arg| arg.as_literal() == Some(kind));
                if mime::is_compressible(kind) && !is_listed {
                    args.push(Text::literal(
                        kind.clone(),
                        origins.by_default("gzip-served", Some(root.origin)),
                    ));
                }
            }
        }
        file.conf.replace(list, args, origin);
    }
}

fn add_types(file: &mut ConfFile, needed: Needed) {
    let conf = &mut file.conf;
    let Some(http) = conf.named(None, "http").next() else { return };
    let Some(origin) = needed.values().flat_map(BTreeMap::values).next().copied() else { return };
    let known = conf.named(Some(http), "types").next();
    let types = match known {
        Some(types) => types,
        None => conf.push(Some(http), "types", Vec::new(), Body::Table(Vec::new()), origin),
    };
    conf.comment(types, "beside mime.types, at the same level: a table further in would replace it");
    if let Some(entries) = conf.table_mut(types) {
        for (mime, extensions) in needed {
            let cause = extensions.values().next().copied().unwrap_or(origin);
            let values =
                extensions.into_iter().map(|(extension, origin)| Text::literal(extension, origin)).collect();
            entries.push(Entry { key: Text::literal(mime, cause), values, origin: cause });
        }
    }
    conf.sort_children(http, http_order);
}
