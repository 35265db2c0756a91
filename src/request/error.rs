//! Errors, redirects and their pages. Source: nginx's `src/http/ngx_http_special_response.c`.

use super::answer::{About, Body, Outcome, Undecided};
use super::config::ErrorPage;
use super::response::Type;
use super::run::{From, Known, Next, Run};
use super::semantics::Fact;
use super::uri::{self, shown};

impl Run<'_> {
    /// Answers with a status: by the page that `error_page` names, or by nginx's own.
    pub(crate) fn error(&mut self, status: u16) -> Known<Next> {
        if matches!(status, 444 | 408 | 499) {
            return Ok(Next::Done(Outcome::Closed));
        }
        if status < 300 && !matches!(status, 201 | 204) {
            return Err(Undecided::new(format!("the status {status} is no answer by itself"), None));
        }
        self.err_status = Some(status);
        let settings = self.settings();
        if !self.in_error_page && !settings.error_pages.is_empty() && self.may_change_path() {
            self.in_error_page = !settings.recursive_error_pages;
            if let Some(page) = settings.error_pages.iter().find(|page| page.status == status) {
                return self.error_page(page);
            }
        }
        let is_internet_explorer =
            self.request.header("user-agent").is_some_and(|agent| agent.contains("MSIE "));
        if settings.msie_refresh && is_internet_explorer && matches!(status, 301 | 302) {
            return Err(Undecided::new("`msie_refresh` is not modelled", None));
        }
        if status == 407 {
            return Err(Undecided::new("the page for 407 depends on the version of nginx", None));
        }
        if (494..=497).contains(&status) {
            self.err_status = Some(400);
        }
        self.own_page(status)
    }

    fn own_page(&mut self, status: u16) -> Known<Next> {
        if !has_page(status) {
            return self.respond(status, None, Body::Empty);
        }
        let kind =
            if self.has(Fact::PagesHaveTheirType) { Type::own("text/html") } else { self.type_of_uri()? };
        self.respond(status, Some(kind), Body::Page(status))
    }

    fn error_page(&mut self, page: &ErrorPage) -> Known<Next> {
        let span = Some(page.span);
        if let Some(overwrite) = page.overwrite {
            self.err_status = Some(overwrite).filter(|status| *status > 0);
        }
        let target = self.script(&page.uri.pieces, false, span)?;
        self.step(About::Error, format!("{} is answered by {}", page.status, shown(&target)), span);
        match target.first() {
            Some(b'/') => {
                let (uri, args) = uri::split_args(&target);
                if self.method != "HEAD" {
                    "GET".clone_into(&mut self.method);
                }
                self.redirect(uri, args, From::ErrorPage)
            }
            Some(b'@') => Ok(self.named(&target)),
            _ => {
                self.location = Some(target);
                if !matches!(page.overwrite, Some(301 | 302 | 303 | 307 | 308)) {
                    self.err_status = Some(302);
                }
                let status = self.err_status.unwrap_or(302);
                self.own_page(status)
            }
        }
    }
}

/// Whether nginx has a page of its own for a status: `ngx_http_error_pages`.
fn has_page(status: u16) -> bool {
    matches!(status, 301..=303 | 307 | 308 | 400..=406 | 408..=416 | 421 | 429 | 494..=498 | 500..=505 | 507)
}
