//! # Files are served without a table of content types
//!
//! nginx knows the types of files from a table that has to be included. Without it, it knows `.html`, `.gif` and `.jpg`
//! only, and sends everything else as `default_type`, which is text/plain: a browser ignores stylesheets and scripts
//! that arrive like that, without a word on the page.
//!
//! ```nginx bad
//! events {
//! }
//! http {
//!     charset utf-8;
//!     server {
//!         listen 80;
//!         root /srv/www;
//!     }
//! }
//! ```
//!
//! ```nginx good
//! events {
//! }
//! http {
//!     include mime.types;
//!     charset utf-8;
//!     server {
//!         listen 80;
//!         root /srv/www;
//!     }
//! }
//! ```

use crate::lint::Findings;
use crate::lint::nginx::tables::{self, Table};
use crate::lint::nginx::{Configuration, NodeId, serving};
use crate::vocabulary::nginx::Context;

pub(super) const CODE: &str = "mime-no-table";

/// What brings nginx's own table.
pub(super) const INCLUDE: &str = "include mime.types;";

/// The first block that serves files without a table, in each `http`: the `http`, and the block.
pub(super) fn untabled(configuration: &Configuration<'_>) -> Option<(NodeId, NodeId)> {
    let (http, _) = configuration.named("http").find(|(_, node)| node.context == Some(Context::Main))?;
    let lacks_table = |block: NodeId| {
        configuration.levels(Some(block)).all(|level| tables::at(configuration, level) == Table::Inherited)
    };
    let mut blocks = serving::static_blocks(configuration).into_iter();
    let (block, _) = blocks.find(|(block, source)| source.is_own && lacks_table(*block))?;
    Some((http, block))
}

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    let Some((http, block)) = untabled(configuration) else { return };
    let block = configuration.get(block);
    findings.push(
        findings
            .at(configuration.get(http).head, "files are served without a table of content types")
            .label(block.line, "serves files")
            .note("nginx then knows `.html`, `.gif` and `.jpg`, and sends stylesheets and scripts as text/plain")
            .help("write `include mime.types;` in `http`").in_stack("`defaults secure` has nginx's table and what is missing in it; or say the types in the proxy: `type text/css css`")
            .may_unsafe_fix("include the table", configuration.first_in(http, INCLUDE).map(|edit| vec![edit])),
    );
}
