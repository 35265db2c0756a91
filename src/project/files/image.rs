//! The layers of an image, shared by the stages that begin with it.

use std::sync::Arc;

use super::{Brings, ImageFiles, Layer};

/// Nothing is known of the layers above so many. Engines refuse images long before. Source: moby,
/// `daemon/graphdriver/overlay2/overlay.go`, `maxDepth`, and `layer/layer.go`, `maxLayerDepth`.
const MOST_LAYERS: usize = 1000;

impl ImageFiles {
    /// What a stage begins with that is built on another.
    pub(super) fn on(stage: &Arc<Self>) -> Self {
        // One that adds nothing is passed over, so that a chain is never longer than its layers.
        let below = stage.below.as_ref().filter(|_| stage.own.is_empty()).unwrap_or(stage);
        Self { below: Some(Arc::clone(below)), own: Vec::new(), count: below.count, is_cut: below.is_cut }
    }

    /// Lays something on the rest.
    pub(super) fn add(&mut self, layer: Layer) {
        if self.is_cut {
            return;
        }
        self.count += 1;
        self.is_cut = self.count == MOST_LAYERS;
        self.own.push(if self.is_cut {
            Layer { at: "/".to_owned(), brings: Brings::Unknown, span: layer.span }
        } else {
            layer
        });
    }

    /// Whether there were too many layers to know them all.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// What was laid on what, the base first.
    pub fn layers(&self) -> impl DoubleEndedIterator<Item = &Layer> {
        let mut parts = vec![self];
        while let Some(below) = parts.last().and_then(|part| part.below.as_deref()) {
            parts.push(below);
        }
        parts.into_iter().rev().flat_map(|part| &part.own)
    }
}

impl ImageFiles {
    /// Takes out the images that this one holds.
    fn held(&mut self) -> impl Iterator<Item = Arc<Self>> {
        let own = self.own.drain(..).filter_map(|layer| match layer.brings {
            Brings::Stage { files, .. } => Some(files),
            Brings::Volume { filled, .. } => Some(filled),
            Brings::Host { .. }
            | Brings::Image(_)
            | Brings::Text
            | Brings::Folder
            | Brings::Run(_)
            | Brings::Tmpfs
            | Brings::Unknown => None,
        });
        self.below.take().into_iter().chain(own)
    }
}

impl Drop for ImageFiles {
    /// Takes a long chain of stages down one by one, rather than each within the one above.
    fn drop(&mut self) {
        let mut open: Vec<Arc<Self>> = self.held().collect();
        while let Some(files) = open.pop() {
            if let Some(mut files) = Arc::into_inner(files) {
                open.extend(files.held());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Brings, ImageFiles, Layer, MOST_LAYERS};

    fn layer(at: &str) -> Layer {
        Layer { at: at.to_owned(), brings: Brings::Folder, span: None }
    }

    #[test]
    fn a_stage_has_the_layers_below_it_before_its_own() {
        let mut below = ImageFiles::default();
        below.add(layer("/a"));
        let mut above = ImageFiles::on(&Arc::new(below));
        above.add(layer("/b"));
        let seen = |layers: &mut dyn Iterator<Item = &Layer>| -> String {
            layers.map(|layer| layer.at.as_str()).collect()
        };
        assert_eq!(seen(&mut above.layers()), "/a/b");
        assert_eq!(seen(&mut above.layers().rev()), "/b/a");
    }

    #[test]
    fn of_more_layers_than_an_engine_takes_nothing_is_known() {
        let mut files = Arc::new(ImageFiles::default());
        for _ in 0..100_000 {
            let mut above = ImageFiles::on(&files);
            above.add(layer("/a"));
            files = Arc::new(above);
        }
        assert!(files.is_cut());
        assert_eq!(files.layers().count(), MOST_LAYERS);
        assert!(matches!(files.layers().last().map(|layer| &layer.brings), Some(Brings::Unknown)));
    }
}
