//! Makes the nodes of a tree from the parser's events.

use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StructureStyle, options};

use super::tree::{
    Alias, Document, Entry, Mark, Node, NodeId, NodeKind, Properties, Scalar, Slot, Style, Tree, id_of,
};
use crate::source::{FileId, Span};

/// Collections may be nested so deep, in blocks and in brackets each.
pub(super) const MAX_DEPTH: usize = 255;

/// Why and where the parser stopped, and what it was in.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) kind: ErrorKind,
    pub(super) at: usize,
    /// The bracket of the outermost collection in brackets that was open.
    pub(super) bracket: Option<usize>,
    /// The last scalar or bracket before it.
    pub(super) last: Range<usize>,
    /// The columns of the block collections that were open, or that the line ended.
    pub(super) columns: Vec<usize>,
}

/// What was read.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) tree: Tree,
    /// The comments, not in order.
    pub(super) comments: Vec<Span>,
}

/// Reads `text`. Where a scalar begins at the start of one of `holes`, it stands for what could not be read.
pub(super) fn build(file: FileId, text: &str, holes: &HashMap<usize, usize>) -> Result<Built, Failure> {
    let options = options! {
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        block_scalar_eof_without_line_feed: true,
        max_buffered_comment_events: usize::MAX,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut builder = Builder {
        file,
        text,
        holes,
        built: Built {
            tree: Tree {
                file,
                documents: Vec::new(),
                comments: Vec::new(),
                errors: Vec::new(),
                nodes: Vec::new(),
                replaced: std::collections::BTreeMap::new(),
            },
            comments: Vec::new(),
        },
        open: Vec::new(),
        anchors: HashMap::new(),
        explicit: false,
        last: 0..0,
        latest: None,
        ended: Vec::new(),
    };
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, span)) => builder.event(event, span),
            Err(error) => return Err(builder.failure(&error)),
        }
    }
    Ok(builder.built)
}

/// A collection that is not complete.
struct Open {
    id: NodeId,
    flow: bool,
    /// The key that waits for its value.
    key: Option<NodeId>,
}

struct Builder<'a> {
    file: FileId,
    text: &'a str,
    holes: &'a HashMap<usize, usize>,
    built: Built,
    open: Vec<Open>,
    anchors: HashMap<usize, NodeId>,
    explicit: bool,
    last: Range<usize>,
    latest: Option<NodeId>,
    /// The block collections that ended after it.
    ended: Vec<NodeId>,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, at: granit_parser::Span) {
        let range = self.range(at);
        let tag = at.tag_span().map(|tag| self.range(tag));
        match event {
            Event::DocumentStart(explicit, _) => {
                self.explicit = explicit;
                self.anchors.clear();
                if explicit {
                    self.last = range;
                }
            }
            Event::Comment(..) => self.built.comments.push(self.span(&range)),
            Event::Scalar(text, style, anchor, _) => self.scalar(&text, style, anchor, range, tag),
            Event::SequenceStart(style, anchor, _) => {
                self.start(NodeKind::Sequence(Vec::new()), style, anchor, range, tag);
            }
            Event::MappingStart(style, anchor, _) => {
                self.start(NodeKind::Mapping(Vec::new()), style, anchor, range, tag);
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(&range),
            Event::Alias(id) => {
                let target = self.anchors.get(&id).copied();
                self.alias(range, target);
            }
            Event::UnresolvedAlias(_) => self.alias(range, None),
            Event::Anchor(_, name) => self.anchor(&name, &range),
            // What is left has no content: the ends of documents and of the stream.
            _ => {}
        }
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        mut range: Range<usize>,
        tag: Option<Range<usize>>,
    ) {
        if let Some(end) = self.holes.get(&range.start).filter(|_| !range.is_empty()) {
            range.end = *end;
            let id = self.add(NodeKind::Error, &range, anchor, tag);
            self.built.tree.errors.push(id);
            self.last = range;
            return;
        }
        let style = match style {
            ScalarStyle::SingleQuoted => Style::Single,
            ScalarStyle::DoubleQuoted => Style::Double,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
            ScalarStyle::Plain => Style::Plain,
        };
        if matches!(style, Style::Literal | Style::Folded) {
            range = self.block_scalar(range, tag.as_ref());
        }
        // The parser writes a `~` where there is nothing.
        let text = if style == Style::Plain && range.is_empty() { "" } else { text };
        let scalar = Scalar { text: text.into(), style };
        if !range.is_empty() {
            self.last = range.clone();
        }
        self.add(NodeKind::Scalar(scalar), &range, anchor, tag);
    }

    /// From the `|` or `>` to the end of the last line, of which the parser gives the lines alone.
    fn block_scalar(&self, lines: Range<usize>, tag: Option<&Range<usize>>) -> Range<usize> {
        let bytes = self.text.as_bytes();
        let mut at = tag.map_or(self.last.end, |tag| tag.end).max(self.last.end).min(lines.start);
        while at < lines.start && !matches!(bytes[at], b'|' | b'>') {
            let ends: &[u8] = match bytes[at] {
                b'#' => b"\n",
                b'!' | b'&' => b" \t\r\n",
                _ => {
                    at += 1;
                    continue;
                }
            };
            at += bytes[at..lines.start].iter().position(|b| ends.contains(b)).unwrap_or(lines.start - at);
        }
        let head = &self.text[at..lines.start];
        let line = head.lines().next().unwrap_or_default();
        let indicators = line.split([' ', '\t', '#']).next().unwrap_or_default();
        let body = &self.text[lines.clone()];
        let written = if indicators.contains('+') {
            body.rfind('\n').map_or(body.len(), |newline| newline + 1)
        } else {
            body.trim_end_matches(['\r', '\n', ' ', '\t']).len()
        };
        let end = if written == 0 { at + indicators.len() } else { lines.start + written };
        at..end
    }

    fn start(
        &mut self,
        kind: NodeKind,
        style: StructureStyle,
        anchor: usize,
        range: Range<usize>,
        tag: Option<Range<usize>>,
    ) {
        let flow = style == StructureStyle::Flow;
        let id = self.add(kind, &range, anchor, tag);
        if flow && !range.is_empty() {
            self.last = range;
        }
        self.open.push(Open { id, flow, key: None });
    }

    fn end(&mut self, range: &Range<usize>) {
        let Some(open) = self.open.pop() else { return };
        if open.flow && !range.is_empty() {
            self.last = range.clone();
            self.cover(open.id, range.end);
        }
        if !open.flow {
            self.ended.push(open.id);
        }
        let end = self.node(open.id).span.end as usize;
        if let Some(parent) = self.open.last().map(|parent| parent.id) {
            self.cover(parent, end);
        }
    }

    /// Lets a node reach as far as `end`.
    fn cover(&mut self, id: NodeId, end: usize) {
        let end = Span::new(self.file, end, end).end;
        let span = &mut self.built.tree.nodes[id.0 as usize].span;
        span.end = span.end.max(end);
    }

    fn alias(&mut self, range: Range<usize>, target: Option<NodeId>) {
        let name = self.text[range.clone()].trim_start_matches('*').into();
        self.add(NodeKind::Alias(Alias { name, target }), &range, 0, None);
        self.last = range;
    }

    fn anchor(&mut self, name: &str, range: &Range<usize>) {
        let mark = Mark { text: name.into(), span: self.span(range) };
        let Some(latest) = self.latest else { return };
        let node = &mut self.built.tree.nodes[latest.0 as usize];
        node.properties.get_or_insert_default().anchor = Some(mark);
    }

    /// Puts a node into what is open.
    fn add(
        &mut self,
        kind: NodeKind,
        range: &Range<usize>,
        anchor: usize,
        tag: Option<Range<usize>>,
    ) -> NodeId {
        let tree = &mut self.built.tree;
        let id = id_of(tree.nodes.len());
        let (parent, slot) = match self.open.last_mut() {
            None => {
                tree.documents.push(Document { root: id, explicit: self.explicit });
                (None, Slot::Root(id_of(tree.documents.len() - 1).0))
            }
            Some(open) => (Some(open.id), slot_in(&mut tree.nodes, open, id, &kind)),
        };
        let properties = tag.map(|tag| {
            let mark = Mark { text: self.text[tag.clone()].into(), span: self.span(&tag) };
            Box::new(Properties { tag: Some(mark), anchor: None })
        });
        let node = Node { kind, span: self.span(range), parent, slot, damaged: false, properties };
        self.built.tree.nodes.push(node);
        if anchor > 0 {
            self.anchors.insert(anchor, id);
        }
        self.latest = Some(id);
        self.ended.clear();
        if let Some(parent) = parent {
            self.cover(parent, range.end);
        }
        id
    }

    fn node(&self, id: NodeId) -> &Node {
        self.built.tree.node(id)
    }

    fn span(&self, range: &Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    /// The bytes of a place that the parser gave.
    fn range(&self, at: granit_parser::Span) -> Range<usize> {
        let start = self.byte(at.start);
        start..self.byte(at.end).max(start)
    }

    fn byte(&self, mark: granit_parser::Marker) -> usize {
        let mut at = mark.byte_offset().unwrap_or(self.text.len()).min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    fn failure(&self, error: &ScanError) -> Failure {
        let bracket = self.open.iter().find(|open| open.flow);
        let column = |id: NodeId| {
            let start = self.node(id).span.start as usize;
            start - self.text[..start].rfind('\n').map_or(0, |newline| newline + 1)
        };
        let blocks = self.open.iter().filter(|open| !open.flow).map(|open| open.id);
        Failure {
            kind: error.kind().clone(),
            at: self.byte(*error.marker()),
            bracket: bracket.map(|open| self.node(open.id).span.start as usize),
            last: self.last.clone(),
            columns: blocks.chain(self.ended.iter().copied()).map(column).collect(),
        }
    }
}

/// Adds a node to the collection that is open: which part it becomes.
fn slot_in(nodes: &mut [Node], open: &mut Open, id: NodeId, kind: &NodeKind) -> Slot {
    match &mut nodes[open.id.0 as usize].kind {
        NodeKind::Mapping(entries) => {
            if open.key.take().is_some() {
                let last = entries.len() - 1;
                entries[last].value = id;
                return Slot::Value(id_of(last).0);
            }
            let merge =
                matches!(kind, NodeKind::Scalar(Scalar { text, style: Style::Plain }) if &**text == "<<");
            // Until its value is there, the key stands in its place.
            entries.push(Entry { key: id, value: id, merge });
            open.key = Some(id);
            Slot::Key(id_of(entries.len() - 1).0)
        }
        NodeKind::Sequence(items) => {
            items.push(id);
            Slot::Item(id_of(items.len() - 1).0)
        }
        NodeKind::Scalar(_) | NodeKind::Alias(_) | NodeKind::Error => Slot::Stray,
    }
}
