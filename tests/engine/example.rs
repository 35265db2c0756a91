//! The example in a folder of its own, under a port of its own, and what a visitor does with it.

use std::fs;

use super::deployment::{Deployment, free_port};
use super::http::{Reply, Site};
use super::random;
use crate::snapshot::repository;

/// A copy of the example.
pub(super) struct Example {
    pub(super) deployment: Deployment,
    pub(super) site: Site,
}

impl Example {
    /// A copy of what is written by hand in it, which is not compiled yet.
    pub(super) fn new(name: &str) -> Self {
        const MADE: &[&str] =
            &["secrets", "docker", "docker-compose.yml", ".env.example", ".stackc-manifest.json"];
        let example = Self { deployment: Deployment::new(name), site: Site { port: free_port() } };
        example.deployment.copy_from(&repository().join("examples/blog"), |name| !MADE.contains(&name));
        example.replace(
            "blog.stack",
            "publish 127.0.0.1:8080:80",
            &format!("publish 127.0.0.1:{}:80", example.site.port),
        );
        example
    }

    /// Says something else in a file.
    #[track_caller]
    pub(super) fn replace(&self, name: &str, old: &str, new: &str) {
        let before = fs::read_to_string(self.deployment.path(name)).unwrap();
        let after = before.replace(old, new);
        assert_ne!(before, after, "{name} says `{old}`");
        self.deployment.write(name, after);
    }

    /// Compiles it, and makes up its secrets.
    pub(super) fn compile(&self) {
        self.deployment.stackc(&["build", "blog.stack"]).ok();
        self.deployment.stackc(&["secret", "init", "blog.stack"]).ok();
    }
}

/// How often a page of the blog says that it has been shown.
#[track_caller]
pub(super) fn visits(page: &Reply) -> u64 {
    between(&page.text(), "data-visits=\"", "\"").parse().unwrap()
}

/// What has to be sent along with a form.
#[track_caller]
pub(super) fn csrf_token(page: &Reply) -> String {
    assert_eq!(page.status, 200);
    between(&page.text(), "name=\"csrfmiddlewaretoken\" value=\"", "\"").to_owned()
}

#[track_caller]
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("there is no `{before}` in\n{text}")).1;
    rest.split(after).next().unwrap()
}

/// Sends a picture to the blog; the path under which the page shows it.
#[track_caller]
pub(super) fn upload(site: Site, picture: &[u8]) -> String {
    let page = site.get("/pictures/");
    let (token, cookies) = (csrf_token(&page), page.cookies());
    let boundary = random(24);
    let mut body = Vec::new();
    for (name, value) in [("csrfmiddlewaretoken", token.as_str()), ("caption", "Hills")] {
        body.extend(
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .bytes(),
        );
    }
    let name = format!("{}.png", random(12));
    let head = format!(
        "Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: image/png"
    );
    body.extend(format!("--{boundary}\r\n{head}\r\n\r\n").bytes());
    body.extend(picture);
    body.extend(format!("\r\n--{boundary}--\r\n").bytes());
    let kind = format!("multipart/form-data; boundary={boundary}");
    let origin = format!("http://{}", site.host());
    let headers = [("Content-Type", kind.as_str()), ("Origin", &origin), ("Cookie", &cookies)];
    let reply = site.send("POST", "/pictures/", &headers, &body).unwrap();
    assert_eq!((reply.status, reply.header("location")), (302, Some("/pictures/")), "{}", reply.text());
    let page = site.get("/pictures/").text();
    let path = format!("/media/pictures/{name}");
    assert!(page.contains(&path), "{path} is not on the page\n{page}");
    path
}
