//! Stack statements become the trees of their artefacts, with their origins.

mod bucket;
mod build;
mod by_path;
mod caching;
pub mod codes;
mod container;
mod context;
mod copying;
mod declare;
mod dockerfile;
mod draft;
mod env;
mod export;
mod fitting;
mod frontend;
mod gateway;
mod git;
mod groups;
mod health;
mod images;
mod location;
mod misfits;
mod names;
mod needs;
mod nginx;
mod packages;
mod passing;
mod proxy;
mod raw;
mod reuse;
mod running;
mod secure;
mod short_forms;
mod size;
mod ssh_keys;
mod statics;
mod steps;
mod text;
mod tls;
pub mod types;
mod upstream;
mod worded;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Sink;
use crate::model::Deployment;
use crate::model::compose::{Compose, Secret, extra};
use crate::model::dockerfile::BuildFile;
use crate::model::nginx::{ConfFile, Included};
use crate::model::stack::Stack;
use crate::schema::Kind;
use crate::source::{Origin, Origins};
use crate::syntax::stack::tree::{Arg, Item, StmtId, Tree, statements};
use context::Context;
use draft::Draft;
use fitting::{Contents, Meant, meant};
use names::Names;
use reuse::Reused;

/// Lowers a whole file. What cannot be lowered is reported and left out; the result is only complete if the sink
/// holds no error. `source` is the text of the file, `rules` are the names that an `allow` may use.
pub fn lower(
    tree: &Tree,
    source: &str,
    rules: Vec<&'static str>,
    origins: &mut Origins,
    sink: &mut Sink,
) -> Deployment {
    let reused = if size::is_bounded(tree, sink) { reuse::reused(tree, sink) } else { Reused::nothing(tree) };
    let names = Names { rules, ..Names::default() };
    let mut cx = Context {
        source,
        sink,
        origins,
        names,
        reuse: &reused,
        stack: Stack::default(),
        allows: Vec::new(),
        unread_allows: Vec::new(),
        doubtful: Vec::new(),
        granted: Vec::new(),
        described: BTreeMap::new(),
        stage_names: BTreeSet::new(),
        build_inputs: Vec::new(),
    };
    let first = cx.finding_count();
    let items = &reused.tree.items[..];
    let contents = cx.block(items, Kind::File);
    cx.note_lost_names(items, Kind::File, &contents);
    let mut compose = cx.declare(&contents);
    cx.output(&contents, &mut compose);
    cx.describe_dockerfiles(&contents);
    let mut drafts: Vec<Draft<'_>> = Vec::new();
    let (proxies, services): (Vec<String>, Vec<String>) = cx.names.service_keys();
    let fields = cx.groups();
    for key in &services {
        let statement = cx.names.services[key].it.statement;
        let draft = cx.taking_over(statement, |cx| cx.service(key));
        drafts.push(draft);
    }
    cx.share_images(&mut drafts);
    for key in &proxies {
        let statement = cx.names.services[key].it.statement;
        let draft = cx.taking_over(statement, |cx| cx.proxy(key, &drafts));
        drafts.push(draft);
    }
    let included = cx.describe_nginx(&contents, &drafts);
    drafts.sort_by_key(|draft| draft.statement.span);
    cx.secure_drafts(&mut compose, &mut drafts);
    for draft in &mut drafts {
        cx.yield_to_words(&mut draft.service);
    }
    let count = drafts.len();
    drafts.extend(fields);
    cx.resolve_needs(&mut drafts);
    compose.fields = drafts.split_off(count).into_iter().map(|draft| draft.service).collect();
    for draft in &mut drafts {
        cx.taking_over(draft.statement, |cx| {
            cx.export(draft);
            cx.check_words(&draft.service, draft.statement);
        });
    }
    cx.leave_out_what_follows(first);
    cx.tell_once(first);
    cx.finish(compose, drafts, included)
}

impl<'t> Context<'_, 't> {
    /// Takes note of what stands for a name in declarations that could not be read: that may be what is missing.
    pub(crate) fn note_lost_names(&mut self, items: &'t [Item], kind: Kind, contents: &Contents<'t>) {
        if contents.doubt.covers(&[]) {
            self.names.nameless.insert("");
        }
        let read: BTreeSet<StmtId> = contents.iter().map(|fit| fit.statement.id).collect();
        for statement in statements(items) {
            if read.contains(&statement.id) {
                continue;
            }
            let what = match meant(statement, kind) {
                Meant::Head("proxy") => "service",
                Meant::Head(
                    what @ ("secret" | "input" | "volume" | "network" | "service" | "group" | "stage"),
                ) => what,
                Meant::Anything => "",
                Meant::Head(_) | Meant::Nothing => continue,
            };
            match statement.args.get(1).and_then(Arg::as_word) {
                Some(name) => {
                    self.names.lost.insert((what, name.to_owned()));
                }
                None => {
                    self.names.nameless.insert(what);
                }
            }
        }
    }

    /// The secrets without those that reach their readers by the plain environment alone: of these compose has to know
    /// nothing but the variable.
    fn granted(&self, compose: &Compose) -> Vec<Secret> {
        let builds = compose.services.iter().filter_map(|service| service.build.as_ref());
        let of_builds = builds.clone().flat_map(|build| &build.secrets);
        let grants = compose.services.iter().flat_map(|service| &service.secrets).chain(of_builds);
        let granted: BTreeSet<&str> = grants.map(|grant| grant.name.value.as_str()).collect();
        let by_hand = compose.services.iter().any(|service| extra::find(&service.extra, "secrets").is_some())
            || builds.clone().any(|build| extra::find(&build.extra, "secrets").is_some());
        let is_plain = |name: &str| self.names.secrets.get(name).is_some_and(|known| known.it.plainly.get());
        let is_kept = |secret: &&Secret| {
            let name = secret.name.value.as_str();
            by_hand || granted.contains(name) || !is_plain(name)
        };
        compose.secrets.iter().filter(is_kept).cloned().collect()
    }

    fn finish(
        mut self,
        mut compose: Compose,
        drafts: Vec<Draft<'_>>,
        included: Vec<(Included, Origin)>,
    ) -> Deployment {
        let mut builds = Vec::new();
        let mut confs = Vec::new();
        for draft in drafts {
            compose.services.push(draft.service);
            self.stack.programs.push(draft.program);
            builds.extend(draft.build);
            confs.extend(draft.conf);
        }
        self.check_file_words(&compose);
        let described = self.finish_described();
        let unasked = builds.iter().map(|build: &BuildFile| (build.path.as_str(), None));
        let unasked = unasked.chain(confs.iter().map(|conf: &ConfFile| (conf.path.as_str(), None)));
        let asked = described.iter().map(|(build, origin)| (build.path.as_str(), Some(*origin)));
        let asked = asked.chain(included.iter().map(|(file, origin)| (file.path.as_str(), Some(*origin))));
        let compose_file = [(compose.path(), compose.path.as_ref().map(|path| path.origin))];
        let paths: Vec<_> = unasked.chain(compose_file).chain(asked).collect();
        self.check_artefact_paths(&paths);
        builds.extend(described.into_iter().map(|(build, _)| build));
        let mut included: Vec<Included> = included.into_iter().map(|(file, _)| file).collect();
        included.sort_by(|a, b| a.path.cmp(&b.path));
        for secret in &mut self.stack.secrets {
            if let Some(declared) = self.names.secrets.get(secret.name.value.as_str()) {
                secret.at_run_time = declared.it.at_run_time.get();
                secret.is_key |= declared.it.is_key.get();
                secret.tls = declared.it.tls.get();
            }
        }
        compose.secrets = self.granted(&compose);
        self.stack.unused = self.names.unused();
        self.stack.allows = self.allows;
        builds.sort_by(|a, b| a.path.cmp(&b.path));
        confs.sort_by(|a, b| a.path.cmp(&b.path));
        Deployment { compose, builds, confs, included, stack: self.stack }
    }
}
