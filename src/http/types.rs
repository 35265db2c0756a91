//! Which content type a location of nginx gives to an extension.
//!
//! Source: `ngx_http_core_module.c`, `ngx_http_core_merge_loc_conf`: a table at an inner level replaces the outer one;
//! several tables and includes at one level are merged, the last entry wins; without any, html, gif and jpg are known.

use std::collections::BTreeMap;

use super::mime::{NginxVersion, nginx_table};
use crate::model::nginx::{Body, Conf, DirId};

/// The table that holds in a block: extension to type, both in lower case.
pub fn table(conf: &Conf, block: DirId, version: Option<NginxVersion>) -> BTreeMap<String, String> {
    std::iter::once(block)
        .chain(conf.ancestors(block))
        .find_map(|block| own_table(conf, block, version))
        .unwrap_or_else(built_in)
}

/// Whether a table is set, in a block or around it; without one there are three types.
pub fn has_table(conf: &Conf, block: DirId) -> bool {
    std::iter::once(block).chain(conf.ancestors(block)).any(|block| own_table(conf, block, None).is_some())
}

/// The type of files whose extension the table does not know: `default_type`, inherited apart from the table.
pub fn default_type(conf: &Conf, block: DirId) -> String {
    std::iter::once(block)
        .chain(conf.ancestors(block))
        .find_map(|block| {
            let last = conf.named(Some(block), "default_type").last()?;
            Some(conf.get(last).args.first()?.as_literal()?.to_owned())
        })
        .unwrap_or_else(|| "text/plain".to_owned())
}

/// The table that a block itself sets, if it does.
fn own_table(conf: &Conf, block: DirId, version: Option<NginxVersion>) -> Option<BTreeMap<String, String>> {
    let mut table = None;
    for id in conf.children(block) {
        let directive = conf.get(*id);
        match (directive.name.as_str(), &directive.body) {
            ("include", _)
                if includes_mime_types(directive.args.first().and_then(|arg| arg.as_literal())) =>
            {
                let stock =
                    nginx_table(version).into_iter().map(|(ext, mime)| (ext.to_owned(), mime.to_owned()));
                table.get_or_insert_with(BTreeMap::new).extend(stock);
            }
            ("types", Body::Table(entries)) => {
                let table = table.get_or_insert_with(BTreeMap::new);
                for entry in entries {
                    let mime = entry.key.as_literal().unwrap_or_default().to_lowercase();
                    let extensions = entry.values.iter().filter_map(|value| value.as_literal());
                    table.extend(extensions.map(|ext| (ext.to_lowercase(), mime.clone())));
                }
            }
            _ => {}
        }
    }
    table
}

fn includes_mime_types(path: Option<&str>) -> bool {
    path.is_some_and(|path| path.rsplit('/').next() == Some("mime.types"))
}

/// `ngx_http_core_default_types`
fn built_in() -> BTreeMap<String, String> {
    [("html", "text/html"), ("gif", "image/gif"), ("jpg", "image/jpeg")]
        .map(|(ext, mime)| (ext.to_owned(), mime.to_owned()))
        .into()
}
