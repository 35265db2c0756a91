//! Packages from lock files: applications of Python by uv and pip, front ends by npm and pnpm, whose files one proxy serves;
//! and what is not in the images that run.

use std::fs;

use super::deployment::{Deployment, free_port};
use super::http::{Reply, Site};
use super::{Checks, NGINX, PYTHON, Said, docker, need_images, random};
use crate::snapshot::repository;

const NODE: &str = "node:24-slim";
/// What the compilers of the packages need, which is in none of the images that run.
const HEADERS: &str = "gcc libc6-dev";
/// The version of uv that stackc names.
const UV: &str = "uv==0.13.9";

/// The stack of `tests/engine/builds` under a port of its own.
struct Shop {
    deployment: Deployment,
    site: Site,
    /// A word of the settings that npm is given as a secret.
    npm_settings: String,
}

#[test]
fn packages_come_from_lock_files_and_leave_nothing_behind() {
    need_images(&[PYTHON, NODE, NGINX]);
    let mut checks = Checks::default();
    let shop = Shop::compile();
    checks.check("a lock file that is missing is told at its line", || shop.missing_lock_file());
    shop.lock();
    let mut started = false;
    checks.check("it starts", || {
        shop.deployment.up();
        started = true;
    });
    if !started {
        return checks.finish();
    }
    checks.check("the programs run in their environments", || shop.programs());
    checks.check("the files of both front ends and of Django are served as what they are", || shop.files());
    checks.check("nothing of what built them is in the images", || shop.leftovers());
    checks.check("the image of files holds files alone", || shop.files_alone());
    checks.check("what npm was told is in no image", || shop.secrecy());
    checks.check("a change of the sources installs nothing again", || shop.caches());
    checks.check("a list that its lock file does not fit ends the build", || shop.unlocked());
    checks.finish();
}

impl Shop {
    fn compile() -> Self {
        let deployment = Deployment::new("builds");
        deployment.copy_from(&repository().join("tests/engine/builds"), |_| true);
        let site = Site { port: free_port() };
        let stack = fs::read_to_string(deployment.path("builds.stack")).unwrap();
        let stack = replaced(&stack, "127.0.0.1:8080:80", &format!("127.0.0.1:{}:80", site.port));
        // The official image has the headers of its Python; a stand-in takes them from Debian.
        let headers = "import sys, sysconfig, os; sys.exit(not os.path.exists(sysconfig.get_path('include') + '/Python.h'))";
        let has_headers = Said::of(&mut docker(["run", "--rm", PYTHON, "python", "-c", headers])).code == 0;
        let needed = if has_headers { HEADERS.to_owned() } else { format!("{HEADERS} python3.14-dev") };
        deployment.write("builds.stack", replaced(&stack, HEADERS, &needed));
        let npm_settings = random(24);
        deployment.write("secrets/npm_settings", format!("; {npm_settings}\n"));
        deployment.stackc(&["build", "builds.stack"]).ok();
        Self { deployment, site, npm_settings }
    }

    fn missing_lock_file(&self) {
        let said = self.deployment.stackc(&["lint", "--format", "short", "builds.stack"]);
        assert_eq!(said.code, 1, "{}", said.report());
        let found = String::from_utf8(said.out).unwrap();
        let line = found.lines().find(|line| line.contains("docker-copy-missing")).unwrap_or_default();
        assert!(line.starts_with("builds.stack:18:") && line.contains("`app/uv.lock` is not in"), "{found}");
        let whole = self.deployment.stackc(&["lint", "builds.stack"]);
        assert!(String::from_utf8(whole.out).unwrap().contains("`uv lock` writes it"), "{}", whole.err);
    }

    /// Makes the lock file of uv, which names the index that it was made with.
    fn lock(&self) {
        let list = fs::read(self.deployment.path("app/pyproject.toml")).unwrap();
        let script = format!(
            "pip install -q --root-user-action ignore {UV} && mkdir /project && cd /project && cat >pyproject.toml && uv lock -q && cat uv.lock"
        );
        let run = docker(["run", "--rm", "-i", PYTHON, "sh", "-ec", &script]);
        let lock = Said::with_input(&mut { run }, &list).ok();
        self.deployment.write("app/uv.lock", lock);
        let found = self.deployment.stackc(&["lint", "--format", "short", "builds.stack"]);
        assert_eq!(found.code, 0, "nothing is missing any more: {}", found.report());
    }

    fn programs(&self) {
        let answer = self.site.get_in_time("/api/answer", std::time::Duration::from_secs(60));
        let text = answer.text();
        assert!(text.contains(r#""prefix": "/opt/venv""#), "{text}");
        assert!(text.contains("_speedups.cpython-"), "a package was compiled: {text}");
        let tool = self.site.get("/tool/").text();
        assert!(tool.starts_with("/opt/venv /opt/venv/") && tool.contains("_speedups.cpython-"), "{tool}");
    }

    fn files(&self) {
        let script = self.file("/static/site.js", "application/javascript");
        assert!(script.text().contains("function clsx"), "npm installed what the script holds");
        self.file("/static/site.css", "text/css");
        self.file("/static/admin/css/base.css", "text/css");
        self.file("/static/admin/img/icon-yes.svg", "image/svg+xml");
        let page = self.file("/", "text/html").text();
        assert_eq!(self.file("/any/route", "text/html").text(), page);
        let name = page.split("src=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let main = self.file(name, "application/javascript");
        assert!(main.text().contains("function clsx"), "pnpm installed what the script holds");
        assert!(main.header("cache-control").is_some_and(|value| value.contains("immutable")), "{name}");
        self.file("/pages.css", "text/css");
        self.file("/app.webmanifest", "application/manifest+json");
        assert_eq!(self.site.get("/static/gone.css").status, 404);
    }

    /// Gets a file that must be served with this type.
    #[track_caller]
    fn file(&self, path: &str, media_type: &str) -> Reply {
        let reply = self.site.get(path);
        assert_eq!((reply.status, reply.media_type()), (200, media_type), "{path}");
        reply
    }

    /// Runs a shell text as root in the image of a service, which finds whatever is there.
    fn in_image(&self, service: &str, script: &str) -> String {
        let image = format!("{}-{service}", self.deployment.project);
        let run = ["run", "--rm", "--user", "0", "--entrypoint", "sh", &image, "-c", script];
        Said::of(&mut docker(run)).ok()
    }

    fn leftovers(&self) {
        let script = "for tool in cc gcc as ld make node npm npx pnpm uv uvx; do command -v $tool; done; \
            find / -xdev \\( -name .npmrc -o -name node_modules -o -name package-lock.json -o -name 'python*-dev*.list' \
                -o -name stdio.h -o -path '/usr/include/python*' -o -path '/root/.cache/*' -o -path '/root/.npm/*' \
                -o -path '/var/lib/apt/lists/*_Packages' -o -path '/project' \\) -print; true";
        for service in ["app", "tool", "web"] {
            assert_eq!(self.in_image(service, script), "", "{service}");
        }
        for service in ["app", "tool"] {
            let id = self.deployment.container(service);
            let user = self.deployment.docker(&["inspect", "--format", "{{.Config.User}}", &id]).ok();
            assert_eq!(user.trim(), "10001:10001", "{service}");
            let development = "python -c 'import iniconfig'; echo $?";
            assert_eq!(
                self.in_image(service, development).trim(),
                "1",
                "{service} has nothing for development"
            );
        }
        let pip = "ls /opt/venv/bin | grep -c pip$; true";
        assert_eq!(self.in_image("tool", pip).trim(), "0", "the environment has no pip of its own");
    }

    /// The image of which nothing runs, by the names of what is in it.
    fn files_alone(&self) {
        assert_eq!(self.deployment.compose(&["ps", "-aq", "pages"]).ok(), "", "nothing of it was started");
        let image = format!("{}-pages", self.deployment.project);
        let id = self.deployment.docker(&["create", &image, "none"]).ok();
        let archive = self.deployment.docker(&["export", id.trim()]);
        self.deployment.docker(&["rm", id.trim()]).ok();
        let mut list = std::process::Command::new("tar");
        let names = Said::with_input(list.arg("-t"), &archive.bytes()).ok();
        let mut files: Vec<&str> =
            names.lines().filter(|name| name.starts_with("pages/") && !name.ends_with('/')).collect();
        files.retain(|name| !name.starts_with("pages/main-"));
        assert_eq!(files, ["pages/app.webmanifest", "pages/index.html", "pages/pages.css"], "{names}");
    }

    fn secrecy(&self) {
        let image = format!("{}-app", self.deployment.project);
        let history =
            self.deployment.docker(&["history", "--no-trunc", "--format", "{{.CreatedBy}}", &image]).ok();
        assert!(history.contains("collectstatic") && !history.contains(&self.npm_settings), "{history}");
        let search = format!(
            "grep -rlF -e {} / --exclude-dir=proc --exclude-dir=sys --exclude-dir=dev; true",
            self.npm_settings
        );
        assert_eq!(self.in_image("app", &search), "");
    }

    fn caches(&self) {
        self.deployment.write("app/urls.py", "urlpatterns = []\n");
        self.deployment.write("site/src/site.css", "body { color: navy }\n");
        let built = self.deployment.compose(&["build", "app"]);
        assert_eq!(built.code, 0, "{}", built.report());
        let log = format!("{}{}", String::from_utf8_lossy(&built.out), built.err);
        for step in ["npm ci", "uv sync"] {
            let line = log.lines().find(|line| line.contains("RUN ") && line.contains(step));
            let number =
                line.and_then(|line| line.split(' ').next()).unwrap_or_else(|| panic!("{step}: {log}"));
            assert!(log.lines().any(|line| line == format!("{number} CACHED")), "{step} ran again:\n{log}");
        }
    }

    fn unlocked(&self) {
        for (service, list, version, other, why) in [
            ("app", "site/package.json", "2.1.1", "2.1.0", "`npm ci` can only install"),
            ("pages", "pages/package.json", "2.1.1", "2.1.0", "ERR_PNPM_OUTDATED_LOCKFILE"),
            ("app", "app/pyproject.toml", "markupsafe==3.0.3", "markupsafe==3.0.2", "needs to be updated"),
        ] {
            let whole = fs::read_to_string(self.deployment.path(list)).unwrap();
            self.deployment.write(list, replaced(&whole, version, other));
            let built = self.deployment.compose(&["build", service]);
            assert_ne!(built.code, 0, "{list} is not what the lock file says");
            let said = format!("{}{}", String::from_utf8_lossy(&built.out), built.err);
            assert!(said.contains(why), "{list}: {}", built.report());
            self.deployment.write(list, whole);
        }
    }
}

/// A text with something else in the places of what must be in it.
#[track_caller]
fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "there is no `{from}` in\n{text}");
    text.replace(from, to)
}
