//! Stack statements become the trees of their artefacts, with their origins.

mod build;
pub mod codes;
mod container;
mod context;
mod copying;
mod declare;
mod draft;
mod env;
mod export;
mod frontend;
mod health;
mod images;
mod location;
mod names;
mod needs;
mod nginx;
mod proxy;
mod raw;
mod running;
mod secure;
mod size;
mod statics;
mod steps;
mod text;
pub mod types;
mod words;

use std::collections::BTreeSet;

use crate::diagnostic::Sink;
use crate::model::Deployment;
use crate::model::compose::Compose;
use crate::model::stack::Stack;
use crate::schema::Kind;
use crate::source::Origins;
use crate::syntax::stack::tree::{StmtId, Tree, statements};
use context::{Context, Fitted};
use draft::Draft;
use names::Names;

/// Lowers a whole file. What cannot be lowered is reported and left out; the result is only complete if the sink
/// holds no error. `source` is the text of the file, `rules` are the names that an `allow` may use.
pub fn lower(
    tree: &Tree,
    source: &str,
    rules: Vec<&'static str>,
    origins: &mut Origins,
    sink: &mut Sink,
) -> Deployment {
    let names = Names { rules, ..Names::default() };
    let mut cx = Context {
        source,
        sink,
        origins,
        names,
        stack: Stack::default(),
        allows: Vec::new(),
        granted: Vec::new(),
        build_inputs: Vec::new(),
    };
    let items = if size::is_bounded(tree, cx.sink) { &tree.items[..] } else { &[] };
    let fitted = cx.block(items, Kind::File);
    cx.names.mentioned = mentioned(tree, &fitted);
    let mut compose = cx.declare(&fitted);
    let order: Vec<_> =
        cx.names.services_in_order().iter().map(|d| (d.it.name.clone(), d.it.is_proxy)).collect();
    let mut drafts: Vec<Draft<'_>> = Vec::new();
    for (name, _) in order.iter().filter(|(_, is_proxy)| !is_proxy) {
        drafts.push(cx.service(name));
    }
    cx.share_images(&mut drafts);
    for (name, _) in order.iter().filter(|(_, is_proxy)| *is_proxy) {
        let draft = cx.proxy(name, &drafts);
        drafts.push(draft);
    }
    drafts.sort_by_key(|draft| draft.statement.span);
    cx.secure_drafts(&mut compose, &mut drafts);
    for draft in &mut drafts {
        cx.yield_to_words(&mut draft.service);
    }
    cx.resolve_needs(&mut drafts);
    for draft in &mut drafts {
        cx.export(draft);
        cx.check_words(&draft.service);
    }
    cx.finish(compose, drafts)
}

/// The names in top-level statements that could not be read: what they were to declare is not known to be missing.
fn mentioned(tree: &Tree, fitted: &[Fitted<'_>]) -> BTreeSet<String> {
    let read: BTreeSet<StmtId> = fitted.iter().map(|fit| fit.statement.id).collect();
    statements(&tree.items)
        .filter(|statement| !read.contains(&statement.id))
        .filter_map(|statement| Some(statement.args.get(1)?.as_word()?.to_owned()))
        .collect()
}

impl Context<'_, '_> {
    fn finish(mut self, mut compose: Compose, drafts: Vec<Draft<'_>>) -> Deployment {
        let mut builds = Vec::new();
        let mut confs = Vec::new();
        for draft in drafts {
            compose.services.push(draft.service);
            self.stack.programs.push(draft.program);
            builds.extend(draft.build);
            confs.extend(draft.conf);
        }
        self.check_file_words(&compose);
        for secret in &mut self.stack.secrets {
            if let Some(declared) = self.names.secrets.get(secret.name.value.as_str()) {
                secret.at_run_time = declared.it.at_run_time.get();
            }
        }
        self.stack.unused = self.names.unused();
        self.stack.allows = self.allows;
        builds.sort_by(|a, b| a.path.cmp(&b.path));
        confs.sort_by(|a, b| a.path.cmp(&b.path));
        Deployment { compose, builds, confs, stack: self.stack }
    }
}
