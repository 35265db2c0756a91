//! Short forms of locations among nginx's own words: each becomes the location with what it says, and nothing else.

use super::codes;
use super::context::Context;
use super::draft::Draft;
use super::fitting::Fitted;
use super::location::exact;
use super::nginx::ConfDraft;
use super::passing::{Handed, Protocol};
use super::proxy::block;
use super::text::{Exposure, Reader};
use crate::diagnostic::Diagnostic;
use crate::model::compose::MountSource;
use crate::model::compose::extra::find;
use crate::model::names::VolumeName;
use crate::model::nginx::{Body, DirId};
use crate::model::path::ContainerPath;
use crate::model::values::Text;
use crate::schema::Kind;
use crate::vocabulary::nginx::Context as Place;

impl<'t> Context<'_, 't> {
    /// Lowers a sentence of the language's own that stands among nginx's words, if it is one.
    pub(crate) fn short_form(
        &mut self,
        fit: &Fitted<'t>,
        parent: Option<DirId>,
        conf: &mut ConfDraft,
        drafts: &[Draft<'t>],
    ) {
        match fit.row.id {
            "location-proxy" | "location-fastcgi" | "location-uwsgi" => {
                let handed = Handed { protocol: Protocol::of(fit.row), slots: (0, 1), path: None };
                self.pass_plainly(fit, &handed, parent, conf, drafts);
            }
            "nginx-proxy-to" => {
                let location = self.short_location(fit, |uri| vec![uri], parent, conf);
                let handed = Handed { protocol: Protocol::Http, slots: (1, 2), path: fit.bound.get(3) };
                self.pass_plainly(fit, &handed, Some(location), conf, drafts);
                self.inside(fit, location, conf, drafts);
            }
            "nginx-static" => {
                let location = self.short_location(fit, |uri| vec![uri], parent, conf);
                self.serve_volume(fit, location, conf, drafts);
                self.inside(fit, location, conf, drafts);
            }
            // What comes first in a location may have answered already.
            "nginx-redirect" => {
                let location = self.short_location(fit, exact, parent, conf);
                self.inside(fit, location, conf, drafts);
                let status = if fit.bound.has("permanent") { "301" } else { "302" };
                let Some(url) = self.url(fit.arg(1)) else { return };
                conf.put_texts(location, "return", vec![Text::literal(status, fit.origin), url], fit.origin);
            }
            "nginx-respond" => {
                let location = self.short_location(fit, exact, parent, conf);
                self.inside(fit, location, conf, drafts);
                let Some(status) = self.status(fit.arg(1)) else { return };
                let mut args = vec![Text::literal(status.to_string(), fit.origin)];
                if let Some(arg) = fit.bound.get(2) {
                    let Some(text) = self.text(arg, Reader::Nginx, Exposure::Text) else { return };
                    args.push(text);
                }
                conf.put_texts(location, "return", args, fit.origin);
            }
            _ => {}
        }
    }

    /// The location of the path that comes first in a short form.
    fn short_location(
        &mut self,
        fit: &Fitted<'t>,
        matching: fn(&str) -> Vec<&str>,
        parent: Option<DirId>,
        conf: &mut ConfDraft,
    ) -> DirId {
        let uri = self.uri(fit.arg(0));
        let words = uri.as_deref().map(matching).unwrap_or_default();
        let args = words.into_iter().map(|word| Text::literal(word, fit.origin)).collect();
        conf.tree_mut().push(parent, "location", args, block(), fit.origin)
    }

    /// The block of a short form.
    fn inside(&mut self, fit: &Fitted<'t>, location: DirId, conf: &mut ConfDraft, drafts: &[Draft<'t>]) {
        if fit.statement.block.is_some() {
            let inner = self.block_of(fit.statement, Kind::Nginx(Place::Location));
            self.nginx_words(&inner, Some(location), conf, drafts);
        }
    }

    /// `from <volume> at <container-path>`: the folder ends in a slash if the path of the URL does.
    fn serve_volume(
        &mut self,
        fit: &Fitted<'t>,
        location: DirId,
        conf: &mut ConfDraft,
        drafts: &[Draft<'t>],
    ) {
        let volume = self.volume(fit.arg(1));
        let path = self.fixed::<ContainerPath>(fit.arg(2));
        let (Some(volume), Some(path)) = (volume, path) else { return };
        let folder = path.trimmed().trim_end_matches('/');
        let uri = conf.tree().get(location).args.last().and_then(Text::as_literal);
        let is_folder = folder.is_empty() || uri.is_some_and(|uri| uri.ends_with('/'));
        let slash = if is_folder { "/" } else { "" };
        let alias = vec![Text::literal(format!("{folder}{slash}"), fit.origin)];
        conf.tree_mut().push(Some(location), "alias", alias, Body::None, fit.origin);
        if !drafts.iter().any(|draft| may_mount(draft, &volume, folder)) {
            self.sink.push(
                Diagnostic::error(
                    codes::STATIC_UNMOUNTED,
                    format!("no service mounts the volume `{volume}` at `{folder}`"),
                    fit.span(),
                )
                .here("there would be no files")
                .help(format!("add `mount {volume} at {folder} read-only` to the service that runs nginx")),
            );
        }
    }
}

/// Whether a service mounts a volume at a folder or above it, as far as that is known.
fn may_mount(draft: &Draft<'_>, volume: &VolumeName, folder: &str) -> bool {
    let is_above = |target: &ContainerPath| {
        let rest = folder.strip_prefix(target.trimmed().trim_end_matches('/'));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let by_hand = ["volumes", "volumes_from"].iter().any(|key| find(&draft.service.extra, key).is_some());
    let mut mounts = draft.service.mounts.iter();
    by_hand
        || draft.doubt.covers(&["mount", "raw compose"])
        || mounts.any(|mount| {
            matches!(&mount.source, MountSource::Volume(name) if name == volume)
                && mount.target.known().is_none_or(is_above)
        })
}
