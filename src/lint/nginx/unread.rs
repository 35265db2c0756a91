//! Where a configuration says more than was read.

use super::{Configuration, End, NodeId};

/// Whether a block or one around it includes files that were not read, and that may say anything: `mime.types` and
/// files of servers do not count.
pub(in crate::lint) fn may_say_more(configuration: &Configuration<'_>, block: Option<NodeId>) -> bool {
    configuration.levels(block).any(|level| {
        configuration.in_block(level, "include").any(|include| {
            let pattern = include.arg(0).unwrap_or_default();
            let is_other = ["mime.types", "conf.d/", "sites-enabled", "modules-enabled", "servers/"]
                .iter()
                .any(|known| pattern.contains(known));
            include.end == End::Semicolon && !include.is_resolved && !is_other
        })
    })
}
