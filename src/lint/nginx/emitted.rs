//! The configuration that a stack file compiles to, with every directive at the statement that made it.

use super::{Configuration, End, Node, NodeId, Word};
use crate::http::mime::NginxVersion;
use crate::model::nginx::{Body, Conf, DirId, Entry};
use crate::model::values::{Part, Text};
use crate::source::{Origin, Origins, SourceMap, Span, Via};
use crate::vocabulary::nginx::Context;

/// A file of directives of `place`, for the `version` of nginx that is known to read it. What nobody wrote stands at
/// `nowhere`, and is not its own.
pub(crate) fn emitted<'a>(
    conf: &Conf,
    place: Context,
    version: Option<NginxVersion>,
    origins: &Origins,
    sources: &'a SourceMap,
    nowhere: Span,
) -> Configuration<'a> {
    let mut configuration = Configuration::new(sources, Some(place), false);
    configuration.version = version;
    let mut builder = Builder { configuration, conf, origins, nowhere };
    builder.block(&conf.root, None, Some(place));
    builder.configuration
}

struct Builder<'a, 'b> {
    configuration: Configuration<'a>,
    conf: &'b Conf,
    origins: &'b Origins,
    nowhere: Span,
}

impl Builder<'_, '_> {
    fn block(&mut self, ids: &[DirId], parent: Option<NodeId>, context: Option<Context>) {
        for id in ids {
            let directive = self.conf.get(*id);
            let end = match directive.body {
                Body::None => End::Semicolon,
                Body::Block(_) => End::Block,
                Body::Table(_) => End::Table,
                Body::Foreign(_) => End::Opaque,
            };
            let node = self.node(&directive.name, &directive.args, directive.origin);
            let node = self.configuration.push(Node { end, parent, context, ..node });
            match &directive.body {
                Body::None | Body::Foreign(_) => {}
                Body::Block(children) => {
                    let inside = context.and_then(|context| context.inside(&directive.name));
                    self.block(children, Some(node), inside);
                }
                Body::Table(entries) => self.table(entries, node),
            }
        }
    }

    fn table(&mut self, entries: &[Entry], parent: NodeId) {
        for entry in entries {
            let node = self.node(&written(&entry.key), &entry.values, entry.origin);
            self.configuration.push(Node { parent: Some(parent), ..node });
        }
    }

    fn node(&self, name: &str, args: &[Text], origin: Origin) -> Node {
        let line = self.span(origin);
        let is_own = self
            .origins
            .chain(origin)
            .next()
            .is_some_and(|cause| matches!(cause.via, Via::Written | Via::Raw) && cause.at.is_some());
        Node {
            name: name.to_owned(),
            args: args
                .iter()
                .map(|text| Word { text: written(text), span: self.span(text.origin) })
                .collect(),
            end: End::Semicolon,
            children: Vec::new(),
            parent: None,
            context: None,
            head: line,
            line,
            whole: line,
            is_own,
            is_damaged: false,
            is_resolved: false,
        }
    }

    fn span(&self, origin: Origin) -> Span {
        self.origins.span(origin).unwrap_or(self.nowhere)
    }
}

/// The text in nginx's own writing.
fn written(text: &Text) -> String {
    let part = |part: &Part| match part {
        Part::Lit(literal) => literal.clone(),
        Part::Var(var) => format!("${{{}}}", var.name),
    };
    text.parts.iter().map(part).collect()
}
