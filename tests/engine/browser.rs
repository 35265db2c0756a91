//! The example in a browser: what the proxy says of each file is what Chromium takes it for.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

use super::chromium::Chromium;
use super::example::{Example, upload};
use super::{Checks, NGINX, POSTGRES, PYTHON, need_images};

/// What a visitor sees and what has run, once images and fonts are there or are given up.
const STATE: &str = r#"(async () => {
  const images = [...document.images];
  const decoded = await Promise.allSettled(images.map((image) => image.decode()));
  await document.fonts.ready;
  const body = getComputedStyle(document.body);
  return {
    background: body.backgroundColor,
    layout: body.display,
    fonts: [...document.fonts].map((font) => `${font.family} ${font.status}`),
    script: document.documentElement.dataset.app ?? null,
    module: document.documentElement.dataset.module ?? null,
    tags: document.getElementById("tags").childElementCount,
    partial: document.getElementById("footer").firstElementChild?.textContent.split(".")[0] ?? null,
    images: Object.fromEntries(images.map((image, at) =>
      [image.src.split("/").pop(), image.naturalWidth > 0 && decoded[at].status === "fulfilled"])),
  };
})()"#;

/// The page as it was meant.
fn whole() -> Value {
    json!({
        "background": "rgb(251, 248, 241)",
        "layout": "grid",
        "fonts": ["Figtree loaded"],
        "script": "ran",
        "module": "ran",
        "tags": 4,
        "partial": "Set in Figtree",
        "images": {"logo.svg": true, "photo.png": true},
    })
}

struct Visited {
    example: Example,
    browser: Chromium,
}

#[test]
fn a_browser_takes_every_file_as_what_it_is() {
    need_images(&[PYTHON, POSTGRES, NGINX]);
    let mut checks = Checks::default();
    let mut started = None;
    checks.check("it starts", || started = Some(Visited::start()));
    let Some(mut visited) = started else { return checks.finish() };
    checks.check("the page is as it was meant, without a complaint", || visited.page());
    checks.check("an uploaded picture is shown", || visited.picture());
    checks.check("the admin's own files are applied", || visited.admin());
    checks.check("what the page itself complains of is heard", || visited.hears());
    checks.check("a table that forgets a kind is told of, and breaks it", || visited.forgotten());
    checks.check("so does one that takes the place of nginx's", || visited.replaced());
    checks.finish();
}

impl Visited {
    fn start() -> Self {
        let example = Example::new("browser");
        example.compile();
        let browser = Chromium::start();
        example.deployment.up();
        Self { example, browser }
    }

    #[track_caller]
    fn open(&mut self, path: &str) {
        self.browser.open(&format!("http://{}{path}", self.example.site.host()));
    }

    fn page(&mut self) {
        self.open("/");
        self.browser.expect(STATE, &whole());
        let visit = self.browser.visit();
        assert!(visit.complaints.is_empty(), "{visit:#?}");
        for (name, kind) in [
            ("/static/stylesheets/site.css", "Stylesheet"),
            ("/static/scripts/app.js", "Script"),
            ("/static/scripts/module.mjs", "Script"),
            ("/static/fonts/figtree-latin-400-normal.woff2", "Font"),
            ("/static/images/photo.png", "Image"),
            ("/static/images/logo.svg", "Image"),
            ("/static/partials/footer.html", "Fetch"),
            ("/static/data/tags.json", "Fetch"),
        ] {
            let loaded = visit.answer(name);
            assert_eq!((loaded.status, loaded.kind.as_str()), (200, kind), "{name}");
        }
        let manifest = self.browser.manifest();
        assert_eq!(manifest["errors"], json!([]), "{manifest}");
        assert!(manifest["data"].as_str().unwrap().contains("Small blog"), "{manifest}");
    }
    fn picture(&mut self) {
        let picture = fs::read(self.example.deployment.path("static/images/photo.png")).unwrap();
        let path = upload(self.example.site, &picture);
        let name = path.rsplit('/').next().unwrap();
        self.open("/pictures/");
        let mut expected = whole();
        expected["images"][name] = true.into();
        self.browser.expect(STATE, &expected);
        let visit = self.browser.visit();
        assert_eq!(visit.answer(&path).kind, "Image");
        assert!(visit.complaints.is_empty(), "{visit:#?}");
    }

    fn admin(&mut self) {
        self.open("/admin/login/");
        let header = r#"getComputedStyle(document.getElementById("header")).backgroundColor"#;
        self.browser.expect(header, &"rgb(65, 118, 144)".into());
        let visit = self.browser.visit();
        assert_eq!(visit.answer("/static/admin/css/base.css").kind, "Stylesheet");
        // It names no icon, so that browsers ask for one at the root.
        let others = visit.complaints.iter().filter(|complaint| !complaint.contains("/favicon.ico"));
        assert_eq!(others.count(), 0, "{visit:#?}");
    }

    fn hears(&mut self) {
        self.open("/no/such/page");
        assert!(self.browser.visit().complains(&["404"]), "{:#?}", self.browser.visit());
        self.open("/");
        self.browser.evaluate(r#"console.error("of the page"); setTimeout(() => { throw "away" })"#);
        self.browser.evaluate("fetch('/static/missing.css').then((reply) => reply.status)");
        self.browser.evaluate("fetch('http://localhost:1/').catch(() => 0)");
        let visit = self.browser.visit();
        for words in
            [&["console: ", "of the page"][..], &["thrown: ", "away"], &["404"], &["failed: ", "net::"]]
        {
            assert!(visit.complains(words), "{words:?} is missing in {visit:#?}");
        }
    }

    /// What lint says of the stack file as it now is; then the page under what it builds to.
    #[track_caller]
    fn told(&mut self, rule: &str, line: &str) {
        let deployment = &self.example.deployment;
        let stack = fs::read_to_string(deployment.path("blog.stack")).unwrap();
        let number = 1 + stack.lines().position(|written| written.contains(line)).unwrap();
        let said = deployment.stackc(&["lint", "--format", "short"]);
        let findings = String::from_utf8_lossy(&said.out).into_owned() + &said.err;
        let is_it = |finding: &str| {
            finding.starts_with(&format!("blog.stack:{number}:")) && finding.ends_with(&format!("[{rule}]"))
        };
        assert!(findings.lines().any(is_it), "{rule} is not told of at line {number}\n{findings}");
        deployment.stackc(&["build"]).ok();
        deployment.compose(&["up", "--build", "-d", "--no-deps", "web"]).ok();
        self.example.site.get_in_time("/", Duration::from_secs(60));
        // nginx would say that nothing changed, and the browser keep the types that it was told at first.
        self.browser.forget();
        self.open("/");
    }

    /// Nobody says which files there are, so that nothing is added to nginx's table, which lacks modules.
    fn forgotten(&mut self) {
        let stack = fs::read_to_string(self.example.deployment.path("blog.stack")).unwrap();
        self.example.replace("blog.stack", "      files ./static\n      kinds css js svg png\n", "");
        self.told("mime-no-files", "static               /static/");
        let mut expected = whole();
        expected["module"] = Value::Null;
        expected["partial"] = Value::Null;
        self.browser.expect(STATE, &expected);
        let visit = self.browser.visit();
        assert!(visit.complains(&["module", "application/octet-stream"]), "{visit:#?}");
        self.example.deployment.write("blog.stack", stack);
    }

    fn replaced(&mut self) {
        let table = r#"raw nginx "types { text/javascript mjs; }""#;
        let before = "    client_max_body_size 6m\n";
        self.example.replace("blog.stack", before, &format!("{before}    {table}\n"));
        self.told("mime-table-replaced", table);
        let expected = json!({
            "background": "rgba(0, 0, 0, 0)",
            "layout": "block",
            "fonts": [],
            "script": null,
            "module": "ran",
            "tags": 0,
            "partial": "Set in Figtree",
            "images": {"logo.svg": false, "photo.png": true},
        });
        self.browser.expect(STATE, &expected);
        let visit = self.browser.visit();
        for file in ["site.css", "app.js"] {
            assert!(visit.complains(&[file, "application/octet-stream"]), "{file}: {visit:#?}");
        }
    }
}
