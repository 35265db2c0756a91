//! What one deployment may cost, whatever its files say.

use crate::diagnostic::{Diagnostic, Sink};
use crate::source::Span;

/// So many nodes are kept, those that aliases, merge keys and `extends` repeat among them. Compose itself refuses a
/// file of more than 100,000 nodes (compose-go, `loader/reset.go`).
const MAX_NODES: usize = 200_000;

/// So many bytes of values are kept.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// So many published ports are spread out.
const MAX_PORTS: usize = 20_000;

/// So many files are read.
const MAX_FILES: usize = 500;

/// What is left.
#[derive(Debug)]
pub(super) struct Budget {
    nodes: usize,
    bytes: usize,
    ports: usize,
    files: usize,
    is_told: bool,
}

impl Default for Budget {
    fn default() -> Self {
        Self { nodes: MAX_NODES, bytes: MAX_BYTES, ports: MAX_PORTS, files: MAX_FILES, is_told: false }
    }
}

impl Budget {
    /// Takes some nodes: whether there were so many.
    pub(super) fn take_nodes(&mut self, count: usize, at: Span, sink: &mut Sink) -> bool {
        let is_enough = take(&mut self.nodes, count);
        self.tell(
            is_enough,
            "the files say more than 200,000 things once aliases and `extends` are resolved",
            at,
            sink,
        )
    }

    /// The most bytes that one more value may have.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes some bytes: whether there were so many.
    pub(super) fn take_bytes(&mut self, count: usize, at: Span, sink: &mut Sink) -> bool {
        let is_enough = take(&mut self.bytes, count);
        self.tell(
            is_enough,
            "the values of these files are longer than 32 MiB once variables are put in",
            at,
            sink,
        )
    }

    /// The most ports that one more entry may stand for.
    pub(super) fn ports(&self) -> usize {
        self.ports
    }

    /// Takes some ports: whether there were so many.
    pub(super) fn take_ports(&mut self, count: usize, at: Span, sink: &mut Sink) -> bool {
        // An entry that is too much leaves room for the others.
        let is_enough = self.ports >= count;
        self.ports -= if is_enough { count } else { 0 };
        self.tell(is_enough, "more than 20,000 ports are published", at, sink)
    }

    /// Takes a file: whether there was one.
    pub(super) fn take_file(&mut self, at: Option<Span>, sink: &mut Sink) -> bool {
        let is_enough = take(&mut self.files, 1);
        match at {
            Some(at) => self.tell(is_enough, "`include` and `extends` name more than 500 files", at, sink),
            None => is_enough,
        }
    }

    /// Whether anything was left out.
    pub(super) fn is_spent(&self) -> bool {
        self.is_told
    }

    /// Tells once that something is not looked at.
    fn tell(&mut self, is_enough: bool, what: &str, at: Span, sink: &mut Sink) -> bool {
        if !is_enough && !self.is_told {
            self.is_told = true;
            sink.push(
                Diagnostic::error("compose-too-large", what, at.at_start())
                    .here("what is too much is not looked at")
                    .note("nobody writes such a deployment by hand; what repeats itself so often is most often an accident")
                    .help("say it in fewer words, or in several deployments"),
            );
        }
        is_enough
    }
}

fn take(left: &mut usize, count: usize) -> bool {
    let is_enough = *left >= count;
    *left = left.saturating_sub(count);
    is_enough
}
