//! The example, deployed: what a visitor sees through the proxy, and where its secrets are and are not.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use super::deployment::Deployment;
use super::evidence::{Canary, Evidence};
use super::example::{Example, csrf_token, visits};
use super::http::{Reply, Site};
use super::{Checks, NGINX, POSTGRES, PYTHON, Said, need_images, random};

/// The example under a port of its own, with its secrets.
struct Blog {
    deployment: Deployment,
    site: Site,
    db_password: Canary,
    django_key: Canary,
    mail_key: Canary,
    evidence: Evidence,
}

/// The media types of the example's files; a browser takes each of several.
const MEDIA_TYPES: &[(&str, &[&str])] = &[
    ("css", &["text/css"]),
    ("html", &["text/html"]),
    ("ico", &["image/x-icon", "image/vnd.microsoft.icon"]),
    ("js", &["text/javascript", "application/javascript"]),
    ("json", &["application/json"]),
    ("map", &["application/json"]),
    ("mjs", &["text/javascript"]),
    ("png", &["image/png"]),
    ("svg", &["image/svg+xml"]),
    ("txt", &["text/plain"]),
    ("webmanifest", &["application/manifest+json"]),
    ("woff2", &["font/woff2"]),
];

#[test]
fn the_example_works_and_keeps_its_secrets() {
    need_images(&[PYTHON, POSTGRES, NGINX]);
    let mut checks = Checks::default();
    let mut started = None;
    checks.check("it starts", || started = Some(Blog::start()));
    let Some(blog) = started else { return checks.finish() };
    checks.check("the front page comes from the database", || blog.front_page());
    checks.check("every static file has its content type", || blog.static_files());
    checks.check("the admin's own files have theirs", || blog.admin_files());
    checks.check("text is compressed", || blog.compression());
    checks.check("unknown hosts and routes are refused", || blog.refusals());
    checks.check("nothing outside the folders is served", || blog.traversal());
    checks.check("a form is posted through the proxy", || blog.form());
    checks.check("no container runs as root or writes to its image", || blog.containment());
    checks.check("the database is out of the proxy's reach", || blog.separation());
    checks.check("the program gets every secret", || blog.delivery());
    checks.check("only the right password opens the database", || blog.password());
    checks.check("no secret is where it does not belong", || blog.secrecy());
    checks.check("no secret is in the logs", || blog.logs());
    checks.finish();
}

impl Blog {
    fn start() -> Self {
        let mut canaries = [r#"%2F/:@'"$HOME "#, r"`id`\n#!", "'\"$(id)\n"]
            .map(|before| Canary::between(before, " ?&=+;~%"));
        // A line may well end where the secret does.
        canaries[1].value += "\n";
        let [db_password, django_key, mail_key] = canaries;
        let evidence = Evidence::against(&[&db_password, &django_key, &mail_key]);
        let example = Example::new("blog");
        example.compile();
        let Example { deployment, site } = example;
        let blog = Self { deployment, site, db_password, django_key, mail_key, evidence };
        blog.give_secrets();
        let build = blog.deployment.up();
        assert!(build.contains("collectstatic"), "the output of the build is there to be searched\n{build}");
        blog.evidence.add("compose up --build", build);
        blog
    }

    /// Gives it its secrets, with what stackc says kept as evidence.
    fn give_secrets(&self) {
        let deployment = &self.deployment;
        for (name, canary) in [
            ("db_password", &self.db_password),
            ("django_key", &self.django_key),
            ("mail_key", &self.mail_key),
        ] {
            let path = format!("secrets/{name}");
            assert!(deployment.path(&path).exists(), "`stackc secret init` made {path}");
            deployment.write(&path, format!("{}\n", canary.value));
            fs::set_permissions(deployment.path(&path), fs::Permissions::from_mode(0o444)).unwrap();
        }
        // Again, now that there is something to give away.
        for arguments in
            [&["lint"][..], &["secret", "init"], &["build", "--diff"], &["build", "--stdout"], &["build"]]
        {
            let said = deployment.stackc(arguments);
            assert!(said.code <= 1, "{}", said.report());
            let piece = [said.out.as_slice(), said.err.as_bytes()].concat();
            self.evidence.add(&format!("stackc {}", arguments.join(" ")), piece);
        }
    }

    fn exec(&self, service: &str, command: &[&str]) -> Said {
        let exec = ["exec", "-T", service];
        self.deployment.compose(&[&exec[..], command].concat())
    }

    /// What the database answers.
    #[track_caller]
    fn sql(&self, query: &str) -> String {
        self.exec("postgres", &["psql", "-U", "blog", "-d", "blog", "-Atc", query]).ok().trim().to_owned()
    }

    fn front_page(&self) {
        let first = self.site.get_in_time("/", Duration::from_secs(10));
        assert_eq!((first.status, first.media_type()), (200, "text/html"));
        for title in ["Hello from the database", "What this blog is made of"] {
            assert!(first.text().contains(title), "`{title}` is missing\n{}", first.text());
        }
        assert_eq!(self.sql("select count(*) from posts_post"), "2");
        let (before, after) = (visits(&first), visits(&self.site.get("/")));
        assert_eq!(after, before + 1, "every visit counts");
        assert_eq!(self.sql("select value from posts_counter where name = 'index'"), after.to_string());
        assert_eq!(self.site.get("/healthz").status, 200);
        assert_eq!(self.site.get("/no/such/page").status, 404);
    }

    fn static_files(&self) {
        let folder = self.deployment.path("static");
        let mut seen = 0;
        for entry in walkdir::WalkDir::new(&folder).into_iter().map(Result::unwrap) {
            if entry.file_type().is_file() {
                let name = entry.path().strip_prefix(&folder).unwrap().display().to_string();
                let reply = self.asset(&format!("/static/{name}"));
                assert!(
                    reply.body == fs::read(entry.path()).unwrap(),
                    "/static/{name} is not as it was written"
                );
                seen += 1;
            }
        }
        assert!(seen >= MEDIA_TYPES.len(), "the example has a file of every type");
        assert_eq!(self.site.get("/static/no-such-file.css").status, 404);
    }

    fn admin_files(&self) {
        for path in ["css/base.css", "js/theme.js", "img/icon-addlink.svg"] {
            assert!(!self.asset(&format!("/static/admin/{path}")).body.is_empty());
        }
        let login = self.site.get("/admin/login/");
        assert_eq!(login.status, 200);
        assert!(login.text().contains("/static/admin/css/base.css"));
    }

    /// Gets a file that must be served with the type that it has, whatever a browser would guess.
    #[track_caller]
    fn asset(&self, path: &str) -> Reply {
        let reply = self.site.get(path);
        assert_eq!(reply.status, 200, "{path}");
        let extension = path.rsplit('.').next().unwrap();
        let (_, types) = MEDIA_TYPES.iter().find(|(known, _)| *known == extension).unwrap();
        assert!(
            types.contains(&reply.media_type()),
            "{path} is {:?}, not {types:?}",
            reply.header("content-type")
        );
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(reply.header("cache-control"), Some("no-cache"), "{path} is asked for again");
        assert!(
            reply.header("server").is_none_or(|server| server == "nginx"),
            "{path} says which nginx it is"
        );
        reply
    }

    fn compression(&self) {
        for path in
            ["/static/stylesheets/site.css", "/static/scripts/module.mjs", "/static/images/logo.svg", "/"]
        {
            let reply = self.site.send("GET", path, &[("Accept-Encoding", "gzip")], b"").unwrap();
            assert_eq!(reply.header("content-encoding"), Some("gzip"), "{path}");
            assert!(reply.header("vary").is_some_and(|vary| vary.contains("Accept-Encoding")), "{path}");
        }
    }

    fn refusals(&self) {
        let of_host = |host| self.site.send("GET", "/", &[("Host", host)], b"").unwrap().status;
        assert_eq!(of_host("blog.example"), 200);
        assert_eq!(of_host("other.example"), 421);
        assert_eq!(of_host("127.0.0.1"), 421);
        for path in ["/index.php", "/a/b.php", "/x.asp"] {
            let reply = self.site.get(path);
            assert_eq!(reply.status, 404, "{path}");
            assert!(reply.text().contains("nginx"), "{path} did not reach the program\n{}", reply.text());
        }
        let too_large = [("Content-Length", "7000000")];
        assert_eq!(self.site.send("POST", "/pictures/", &too_large, b"").unwrap().status, 413);
    }

    fn traversal(&self) {
        for path in [
            "/static/../../../etc/passwd",
            "/static../etc/passwd",
            "/media../etc/passwd",
            "/media/../etc/passwd",
            "/media/..%2f..%2fetc/passwd",
            "/static/%2e%2e/%2e%2e/etc/passwd",
            "/static/",
            "/media/",
        ] {
            let reply = self.site.get(path);
            assert_ne!(reply.status, 200, "{path}\n{}", reply.text());
        }
    }

    fn form(&self) {
        let page = self.site.get("/posts/new/");
        let (token, cookies) = (csrf_token(&page), page.cookies());
        let title = format!("Written by a test {}", random(8));
        let body = format!("csrfmiddlewaretoken={token}&title={}&body=%3Cb%3E+%26", title.replace(' ', "+"));
        let origin = format!("http://{}", self.site.host());
        let post = |origin: &str, cookies: &str| {
            let form = ("Content-Type", "application/x-www-form-urlencoded");
            let headers = [form, ("Origin", origin), ("Cookie", cookies)];
            self.site.send("POST", "/posts/new/", &headers, body.as_bytes()).unwrap()
        };
        assert_eq!(post("http://other.example", &cookies).status, 403, "another site may not post");
        assert_eq!(post("http://localhost", &cookies).status, 403, "nor the same host on another port");
        assert_eq!(post(&origin, "").status, 403, "nor somebody without the cookie");
        let reply = post(&origin, &cookies);
        assert_eq!((reply.status, reply.header("location")), (302, Some("/")), "{}", reply.text());
        assert!(self.site.get("/").text().contains(&title));
        assert_eq!(self.sql(&format!("select body from posts_post where title = '{title}'")), "<b> &");
        let admin = self.site.get("/admin/");
        assert_eq!((admin.status, admin.header("location")), (302, Some("/admin/login/?next=/admin/")));
    }

    fn containment(&self) {
        let containers = self.deployment.containers();
        assert_eq!(containers.len(), 4);
        for id in &containers {
            let fields = [".ReadonlyRootfs", ".CapDrop", ".SecurityOpt", ".Privileged", "len .CapAdd"];
            let fields = fields.map(|field| format!("{{{{{field}}}}}")).join(" ");
            let format = format!("{{{{.Name}}}} {{{{with .HostConfig}}}}{fields}{{{{end}}}}");
            let said = self.deployment.docker(&["inspect", "--format", &format, id]).ok();
            let (name, rest) = said.trim().split_once(' ').unwrap();
            assert_eq!(rest, "true [ALL] [no-new-privileges:true] false 0", "{name}");
        }
        for service in ["postgres", "django", "web"] {
            let id = self.deployment.container(service);
            let top = self.deployment.docker(&["top", &id, "-eo", "uid,pid,args"]).ok();
            self.evidence.add(&format!("processes of {service}"), &top);
            let processes: Vec<&str> = top.lines().skip(1).collect();
            assert!(!processes.is_empty());
            for process in processes {
                assert_ne!(
                    process.split_whitespace().next(),
                    Some("0"),
                    "{service} runs this as root: {process}"
                );
            }
            let written = self.exec(service, &["sh", "-c", "echo >/etc/hostname.new"]);
            assert_ne!(written.code, 0, "{service} can write to its image");
        }
        let user = self.deployment.container("migrate");
        let user = self.deployment.docker(&["inspect", "--format", "{{.Config.User}}", &user]).ok();
        assert_eq!(user.trim(), "10001:10001", "migrate is no root either");
    }

    fn separation(&self) {
        let reach = |service, url| self.exec(service, &["curl", "-sm", "5", "-o", "/dev/null", url]).code;
        assert_eq!(reach("web", "http://django:8000/healthz"), 0);
        assert_eq!(reach("web", "http://postgres:5432/"), 6, "6: the name is not known");
        let connect = "import socket; socket.create_connection(('postgres', 5432), 5)";
        self.exec("django", &["python", "-c", connect]).ok();
    }

    /// Every secret arrives as it is in its file, but for the line break at its end.
    fn delivery(&self) {
        let environment = self.exec("django", &["sh", "-c", &environment_of("gunicorn")]).bytes();
        let mail_key = variable(&environment, "MAIL_API_KEY").expect("MAIL_API_KEY is set");
        assert_eq!(mail_key, self.mail_key.value);
        for (name, canary) in [("db_password", &self.db_password), ("django_key", &self.django_key)] {
            let path = variable(
                &environment,
                &format!("{}_FILE", if name == "db_password" { "DB_PASSWORD" } else { "DJANGO_SECRET_KEY" }),
            );
            assert_eq!(path, Some(format!("/run/secrets/{name}")));
            let content = self.exec("django", &["cat", &format!("/run/secrets/{name}")]).ok();
            assert_eq!(content, format!("{}\n", canary.value));
        }
        let key = "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'blog.settings'; \
                   from django.conf import settings; print(end=settings.SECRET_KEY)";
        let key = self.exec("django", &["python", "-c", key]);
        assert_eq!(key.ok(), self.django_key.value.trim_end());
        // The same variable again as `migrate` had it, read back by Python's own reader of URLs.
        let url = "import os; from urllib.parse import urlsplit, unquote; u = urlsplit(os.environ['DATABASE_URL']); \
                   print(u.scheme, u.username, u.hostname, u.path, unquote(u.password), sep='|', end='')";
        let url =
            self.deployment.compose(&["run", "--rm", "-T", "--no-deps", "migrate", "python", "-c", url]);
        assert_eq!(url.ok(), format!("postgres|blog|postgres|/blog|{}", self.db_password.value));
        let id = self.deployment.container("migrate");
        let state =
            self.deployment.docker(&["inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", &id]);
        assert_eq!(state.ok().trim(), "exited 0", "migrate reached the database with it");
    }

    fn password(&self) {
        let connect = |password: &str| {
            let who = "host='postgres', user='blog', dbname='blog'";
            let code = format!("import psycopg; psycopg.connect({who}, password={password})");
            self.exec("django", &["python", "-c", &code])
        };
        connect("open('/run/secrets/db_password').read().rstrip()").ok();
        let refused = connect("'another'");
        assert!(refused.err.contains("password authentication failed"), "{}", refused.report());
    }

    fn secrecy(&self) {
        let deployment = &self.deployment;
        for arguments in
            [&["config"][..], &["config", "--format", "json"], &["ps", "-a", "--format", "json"], &["top"]]
        {
            self.evidence
                .add_said(&format!("compose {}", arguments.join(" ")), deployment.compose(arguments));
        }
        for (number, id) in deployment.containers().iter().enumerate() {
            let inspected = deployment.docker(&["inspect", id]);
            self.evidence.add_said(&format!("inspect of container {number}"), inspected);
        }
        let images = deployment.images();
        assert_eq!(images.len(), 3, "one for django, migrate and web each: {images:?}");
        self.evidence.add_images(&images, &[PYTHON, NGINX]);
        let own: Vec<_> = fs::read_dir(deployment.folder())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| !path.ends_with("secrets"))
            .collect();
        let own: Vec<_> = own.iter().map(std::path::PathBuf::as_path).collect();
        let found = self.evidence.holding(&own);
        assert!(found.is_empty(), "a secret is in {found:#?}");
        let found = self.evidence.holding(&[&deployment.path("secrets")]);
        assert_eq!(found.len(), 3, "the search finds what is there");
    }

    fn logs(&self) {
        let logs = self.deployment.compose(&["logs", "--no-color", "web"]).ok();
        assert!(logs.contains("GET / HTTP"), "the visits are in the log\n{logs}");
        self.evidence.add_logs(&self.deployment);
        let found = self.evidence.holding(&[]);
        assert!(found.is_empty(), "a secret is in {found:#?}");
    }
}

/// A script that prints the environment of the first process whose command line holds a word.
pub(super) fn environment_of(word: &str) -> String {
    format!(
        "for p in /proc/[0-9]*; do \
           case $(tr '\\0' ' ' <$p/cmdline) in \
             *init*|*'for p in'*) ;; *{word}*) cat $p/environ; exit ;; \
           esac; \
         done; exit 1"
    )
}

/// A variable of an environment whose entries end with NUL.
pub(super) fn variable(environment: &[u8], name: &str) -> Option<String> {
    environment.split(|byte| *byte == 0).find_map(|entry| {
        let entry = String::from_utf8_lossy(entry);
        entry.strip_prefix(name)?.strip_prefix('=').map(str::to_owned)
    })
}
