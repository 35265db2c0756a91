//! Which kinds of files a proxy serves, and the content types that they are sent with.

use std::collections::BTreeMap;

use crate::http::mime::nginx_table;
use crate::lint::Whole;
use crate::lint::nginx::serving::static_blocks;
use crate::lint::nginx::tables::{self, Table};
use crate::lint::nginx::{Configuration, Node, NodeId};
use crate::lint::project::Running;
use crate::project::files::{FileSystem, Found};
use crate::project::host::{Host, join};

/// So many files below one static root are looked at, and so deep.
const MOST_FILES: usize = 5000;
const MOST_FOLDERS_DEEP: usize = 12;

/// Files of one extension in one block.
pub(in crate::lint) struct Kind<'c> {
    /// The block.
    pub(in crate::lint) block: NodeId,
    /// The `root` or `alias` that says where they are.
    pub(in crate::lint) source: &'c Node,
    /// In lower case, without its dot.
    pub(in crate::lint) extension: String,
    /// The path of the first of them, in the container.
    pub(in crate::lint) example: String,
    /// The type that the table has for it; `None` where it has none.
    pub(in crate::lint) listed: Option<String>,
}

/// The kinds of files in the static blocks of a proxy whose table is nginx's own, with what is added to it.
pub(in crate::lint) fn kinds<'c>(
    whole: &Whole<'_>,
    proxy: &Running<'_>,
    configuration: &'c Configuration<'_>,
) -> Vec<Kind<'c>> {
    let Some(container) = proxy.container else { return Vec::new() };
    let mut kinds = Vec::new();
    for (block, source) in static_blocks(configuration) {
        let folder =
            source.arg(0).filter(|path| path.starts_with('/') && *path != "/" && !path.contains('$'));
        let (Some(folder), Some(table)) = (folder, table(configuration, block)) else { continue };
        let mut found = BTreeMap::new();
        let mut left = MOST_FILES;
        walk(&container.files, folder, whole.host, MOST_FOLDERS_DEEP, &mut left, &mut found);
        kinds.extend(found.into_iter().map(|(extension, example)| {
            let listed = table.get(&extension).cloned();
            Kind { block, source, extension, example, listed }
        }));
    }
    kinds
}

/// The first file of each extension below a folder.
fn walk(
    files: &FileSystem,
    folder: &str,
    host: &dyn Host,
    depth: usize,
    left: &mut usize,
    found: &mut BTreeMap<String, String>,
) {
    for (name, what) in files.list(folder, host).names {
        let path = join(folder, &name);
        *left = left.saturating_sub(1);
        if *left == 0 || name.starts_with('.') {
            continue;
        }
        match what {
            Found::Folder(_) if depth > 0 => walk(files, &path, host, depth - 1, left, found),
            Found::File(_) => {
                if let Some((_, extension)) = name.rsplit_once('.') {
                    found.entry(extension.to_ascii_lowercase()).or_insert(path);
                }
            }
            Found::Folder(_) | Found::Missing | Found::Unknown => {}
        }
    }
}

/// The table that holds in a block, if nginx's own is a part of it.
fn table(configuration: &Configuration<'_>, block: NodeId) -> Option<BTreeMap<String, String>> {
    for level in configuration.levels(Some(block)) {
        match tables::at(configuration, level) {
            Table::Inherited => {}
            Table::Unknown => return None,
            Table::Own => {
                let mut table = BTreeMap::new();
                let mut is_stock = false;
                for (id, node) in configuration.children(level) {
                    if tables::is_stock(node) {
                        is_stock = true;
                        if !node.is_resolved {
                            let stock = nginx_table(configuration.version).into_iter();
                            table.extend(stock.map(|(ext, mime)| (ext.to_owned(), mime.to_owned())));
                        }
                    } else if node.name == "types" {
                        for (_, entry) in configuration.children(Some(id)) {
                            let extensions = entry.args.iter().map(|word| word.text.to_ascii_lowercase());
                            table.extend(extensions.map(|ext| (ext, entry.name.clone())));
                        }
                    }
                }
                return is_stock.then_some(table);
            }
        }
    }
    None
}
