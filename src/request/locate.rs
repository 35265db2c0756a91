//! Which location a path belongs to. Source: `ngx_http_core_find_location` in nginx's
//! `src/http/ngx_http_core_module.c`.

use super::answer::{About, Lost};
use super::config::{BlockId, Kind};
use super::run::{Known, Run};
use super::semantics::Fact;
use super::uri::shown;

/// So many candidates that lost are named.
const MOST_LOST: usize = 8;

#[derive(PartialEq, Eq)]
enum Found {
    /// An exact match or a regular expression.
    Settled,
    /// The path lacks the last slash.
    LacksSlash,
    /// A prefix, or nothing.
    Open,
}

impl Run<'_> {
    /// Chooses the location; says whether a redirect to it is due.
    pub(crate) fn locate(&mut self) -> Known<bool> {
        let mut lost = Vec::new();
        let found = self.locate_in(self.server.block, &mut lost)?;
        self.route = Some(self.block);
        let block = self.config.block(self.block);
        let why = match &block.kind {
            Kind::Exact => "it is the path itself",
            Kind::Prefix if found == Found::LacksSlash => "the path is its own without the last slash",
            Kind::Prefix => "the longest prefix, and no regular expression matches",
            Kind::PrefixAlone => "the longest prefix, and `^~` keeps regular expressions out",
            Kind::Regex(_) => "the first regular expression that matches",
            Kind::Server | Kind::Named | Kind::If | Kind::LimitExcept => {
                let said =
                    format!("no location fits {}, so that the server's own settings hold", shown(&self.uri));
                self.step_over(About::Location, said, Some(block.span), lost);
                return Ok(false);
            }
        };
        let said = format!("{} belongs to `{}`: {why}", shown(&self.uri), block.written);
        lost.truncate(MOST_LOST);
        self.step_over(About::Location, said, Some(block.span), lost);
        Ok(found == Found::LacksSlash)
    }

    fn locate_in(&mut self, parent: BlockId, lost: &mut Vec<Lost>) -> Known<Found> {
        let config = self.config;
        let around = config.block(parent);
        let mut best: Option<BlockId> = None;
        let mut same: Option<BlockId> = None;
        let mut slash: Option<BlockId> = None;
        let mut redirects = false;
        let mut fitting: Vec<BlockId> = Vec::new();
        for &id in &around.statics {
            let block = config.block(id);
            let name = block.name.as_bytes();
            let is_exact = matches!(block.kind, Kind::Exact);
            if name == self.uri {
                same = same.filter(|_| !is_exact).or(Some(id));
            }
            if name.strip_suffix(b"/") == Some(&self.uri) {
                redirects |= block.auto_redirect;
                slash = slash.filter(|_| !is_exact).or(Some(id));
            }
            if !is_exact && self.uri.starts_with(name) {
                fitting.push(id);
                if best.is_none_or(|best| config.block(best).name.len() < name.len()) {
                    best = Some(id);
                }
            }
        }
        let mut lose = |id: BlockId, why: &str| {
            let block = config.block(id);
            lost.push(Lost { what: block.written.clone(), span: Some(block.span), why: why.to_owned() });
        };
        if let Some(id) = same.filter(|id| matches!(config.block(*id).kind, Kind::Exact)) {
            for id in fitting {
                lose(id, "an exact match goes before a prefix");
            }
            self.block = id;
            return Ok(Found::Settled);
        }
        if let Some(id) = slash.filter(|_| redirects && same.is_none()) {
            self.block = id;
            return Ok(Found::LacksSlash);
        }
        let mut without_regexes = false;
        if let Some(id) = best {
            fitting.iter().filter(|other| **other != id).for_each(|id| lose(*id, "the prefix is shorter"));
            self.block = id;
            without_regexes =
                matches!(config.block(id).kind, Kind::PrefixAlone) || !self.has(Fact::RegexFirst);
            let inner = self.locate_in(id, lost)?;
            if inner != Found::Open {
                return Ok(inner);
            }
        }
        if without_regexes {
            return Ok(Found::Open);
        }
        let prefix = self.block;
        for &id in &around.regexes {
            let Kind::Regex(pattern) = &config.block(id).kind else { continue };
            let uri = self.uri.clone();
            if !self.matches(pattern, &uri, config.block(id).span)? {
                continue;
            }
            if prefix != self.server.block {
                let block = config.block(prefix);
                let why = "a regular expression goes before a prefix without `^~`".to_owned();
                lost.push(Lost { what: block.written.clone(), span: Some(block.span), why });
            }
            self.block = id;
            self.locate_in(id, lost)?;
            return Ok(Found::Settled);
        }
        Ok(Found::Open)
    }
}
