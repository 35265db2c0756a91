//! Configurations of nginx with files and requests: the same ones in every run.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use stackc::request::Request;

use crate::property::mutation::Numbers;

/// The files below each root; a file's text is its path.
const FILES: &[&str] = &[
    "index.html",
    "index.htm",
    "a.css",
    "b.js",
    "c.JS",
    "d.tar.gz",
    ".css",
    "..css",
    "e.svg",
    "f.png",
    "g",
    "h.jpeg",
    "i.html",
    "j.json",
    "k.css.bak",
    "sp ace.css",
    "pct%.txt",
    "plus+.css",
    "\u{fc}.css",
    "404.html",
    "50x.html",
    "err.json",
    "moved.html",
    "sub/index.html",
    "sub/a.css",
    "sub/deep/x.css",
    "sub/deep/x.HTML",
    "noindex/a.css",
    "static/a.css",
    "static/b.js",
    "static/index.html",
    "static/img/i.png",
    "static/e.svg",
    "staticindex.html",
    "static-a.css",
    "statica.css",
    "secret.txt",
    "spa/index.html",
    "spa/x.js",
    "dir.css/x",
    "api/x.json",
    "logo.svg",
    "n.txt",
    "xml.xml",
    "feed.rss",
];

/// Writes the files and the table of types that the configurations include.
pub(super) fn write_files(folder: &Path) {
    for root in ["r", "s", "html"] {
        for file in FILES {
            let path = folder.join(root).join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, format!("{root}/{file}")).unwrap();
        }
        fs::create_dir_all(folder.join(root).join("empty")).unwrap();
    }
    let types = "types {\n text/html html htm;\n text/css css;\n application/javascript js;\n image/png png;\n \
                 application/json json;\n text/xml xml rss;\n image/svg+xml svg;\n application/gzip gz;\n text/plain \
                 txt;\n image/jpeg jpeg jpg;\n}\n";
    fs::write(folder.join("mime.types"), types).unwrap();
}

const PATHS: &[&str] = &[
    "/",
    "/index.html",
    "/a.css",
    "/b.js",
    "/c.JS",
    "/d.tar.gz",
    "/.css",
    "/..css",
    "/e.svg",
    "/f.png",
    "/g",
    "/h.jpeg",
    "/i.html",
    "/j.json",
    "/k.css.bak",
    "/sp%20ace.css",
    "/pct%25.txt",
    "/plus+.css",
    "/%C3%BC.css",
    "/missing",
    "/missing.css",
    "/missing.js",
    "/missing.html",
    "/missing/",
    "/sub",
    "/sub/",
    "/sub?x=1",
    "/sub/a.css",
    "/sub/deep",
    "/sub/deep/x.css",
    "/sub/deep/x.HTML",
    "/noindex/",
    "/noindex",
    "/empty/",
    "/static",
    "/static/",
    "/static/a.css",
    "/static/b.js",
    "/static/e.svg",
    "/static/img/i.png",
    "/static/missing.js",
    "/static../secret.txt",
    "/n../secret.txt",
    "/n/a.css",
    "/n",
    "/n/sub/",
    "/spa",
    "/spa/",
    "/spa/x.js",
    "/spa/route",
    "/spa/gone.js",
    "/api",
    "/api/",
    "/api/x?y=1",
    "/api/x.json",
    "/logo",
    "/a%2Ecss",
    "/a.css?x=1",
    "/sub%2fa.css",
    "//sub//a.css",
    "/sub/../a.css",
    "/./a.css",
    "/a.css/",
    "/a.css/x",
    "/../x",
    "/%00",
    "/%zz",
    "/old/a.css",
    "/old/missing.js",
    "/go/a%20b?q=1",
    "/go/a+b",
    "/go/x",
    "/r/x",
    "/loop",
    "/a.old",
    "/dir.css",
    "/404.html",
    "/x%3Fy",
    "/h.JPEG",
    "/?x=5",
    "/static/a.css?x=9",
    "/ok",
    "/err.json",
    "/A.CSS",
    "/deep/x.css",
    "/xml.xml",
    "/feed.rss",
    "/static/sub/../a.css",
    "/to/x",
    "/var/a.css",
    "/var/b?c=1",
    "/fix/a.css",
    "/a.css#b",
    "/n%2e%2e/x",
    "/sub/..",
    "/t/a.css",
    "/t/b.JS",
    "/t/f.png",
    "/t/g",
    "/re/a.css",
    "/re/sub/a.css",
    "/fwd/a%20b",
    "/fwd/x?y",
];

/// What the locations of `special` are there for.
const SPECIAL_PATHS: &[&str] = &[
    "/var/a.css",
    "/var/b?c=1",
    "/var/",
    "/fwd/a%20b",
    "/fwd/x?y",
    "/n/a.css",
    "/n../secret.txt",
    "/static/a.css",
    "/static/b.js",
    "/re/a.css",
    "/re/static/b.js",
    "/re/e.svg",
    "/logo",
    "/logo?x",
    "/icon",
    "/icon?y",
    "/logo?z",
    "/spa/route",
    "/spa/gone.js",
    "/spa/x",
    "/t/b.JS",
    "/t/a.css",
    "/t/f.png",
    "/t/c.JS",
    "/nest/in/x",
    "/nest/a.css",
    "/nest/in/a.css",
    "/list/",
    "/list/",
    "/inner/x",
    "/gone/a%20b?q=1",
    "/gone/x",
    "/gone/a+b",
    "/dots/d.tar.gz",
    "/dots/k.css.bak",
    "/dots/.css",
    "/dots/a.css",
    "/said/a.css",
    "/said/b.html",
    "/said",
    "/t/i.html",
];

const HOSTS: &[&str] = &[
    "a.example",
    "a.example",
    "b.example",
    "x.wild.example",
    "y.re.example",
    "dot.example",
    "z.dot.example",
    "unknown.example",
    "A.Example",
    "b.net",
    "a.example.",
    "www.b.example",
];

/// A name and a regular expression.
const NAMED: &str = "a.example \"~^(?<one>[a-z])\\.re\\.example$\"";

const NAMES: &[&str] = &[
    "a.example",
    "b.example www.b.example",
    "*.wild.example",
    "\"~^(?<part>[a-z]+)\\.re\\.example$\"",
    ".dot.example",
    "b.*",
    "_",
    "a.example *.example",
    "\"\"",
];

const PREFIXES: &[&str] = &[
    "/",
    "/static/",
    "/static",
    "/sub/",
    "/sub",
    "/n",
    "/spa/",
    "/a",
    "/a.css",
    "/api/",
    "/deep/",
    "/sub/deep/",
    "/logo",
    "/static/img/",
    "/missing",
    "/old/",
    "/t/",
    "/index.html",
    "/404.html",
    "/err.json",
    "/ok",
    "/to/",
    "/50x.html",
    "/var/",
];

const PATTERNS: &[&str] = &[
    "~ \\.css$",
    "~ \\.(css|js)$",
    "~ ^/static/(.*)$",
    "~ ^/sub/(?<rest>.+)$",
    "~* \\.JPE?G$",
    "~ ^/n/",
    "~* \\.(PNG|svg|js)$",
    "~ ^/(.+)\\.html$",
    "~ /$",
    "~ ^/re/(.*)$",
    "~ \"^/[a-z]{1,3}/\"",
    "~ \\.old$",
    "~* ^/T/(.+)$",
];

/// One nginx with many servers, and what they are asked.
pub(super) struct Batch {
    pub(super) text: String,
    pub(super) requests: Vec<Request>,
}

/// Where a directive is to stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Http,
    Server,
    Location,
}

pub(super) struct Generator<'a> {
    pub(super) numbers: Numbers,
    /// The folder of the files.
    pub(super) folder: &'a str,
    /// The port of the server that requests are passed to.
    pub(super) upstream: u16,
}

impl Generator<'_> {
    fn one_in(&mut self, count: usize) -> bool {
        self.numbers.below(count) == 0
    }

    fn pick<'t>(&mut self, list: &[&'t str]) -> &'t str {
        list[self.numbers.below(list.len())]
    }

    /// A configuration with a group of servers on each port, and requests for each.
    pub(super) fn batch(&mut self, ports: &[u16], requests_each: usize) -> Batch {
        let mut text = format!(
            "daemon off;\npid {folder}/nginx.pid;\nerror_log /dev/null;\nevents {{ worker_connections 1024; }}\nhttp \
             {{\naccess_log off;\nkeepalive_requests 100000;\nserver_tokens off;\ntypes_hash_bucket_size \
             128;\nserver_names_hash_bucket_size 128;\nvariables_hash_bucket_size \
             128;\nclient_body_temp_path {folder}/tmp1;\nproxy_temp_path {folder}/tmp2;\nfastcgi_temp_path \
             {folder}/tmp3;\nuwsgi_temp_path {folder}/tmp4;\nscgi_temp_path {folder}/tmp5;\nserver {{ listen \
             127.0.0.1:{upstream}; types {{ }} default_type application/x-upstream; charset off; add_header X-Upstream yes; return 200 \
             $request_uri; }}\nmap $arg_x $mapped {{ default none; 1 one; ~^(.)$ digit; }}\n",
            folder = self.folder,
            upstream = self.upstream
        );
        text += &self.settings(Level::Http);
        let mut requests = Vec::new();
        for port in ports {
            text += &self.group(*port);
            for _ in 0..requests_each {
                requests.push(self.request(*port));
            }
        }
        // What stands behind the servers holds in them too.
        text += &self.late();
        text += "}\n";
        Batch { text, requests }
    }

    /// Directives behind the blocks that they hold in.
    fn late(&mut self) -> String {
        if self.one_in(2) { "add_header X-Late late;\n".to_owned() } else { String::new() }
    }

    fn request(&mut self, port: u16) -> Request {
        let path = if self.one_in(3) { self.pick(SPECIAL_PATHS) } else { self.pick(PATHS) };
        let host = match self.numbers.below(12) {
            0 => format!("{}:{port}", self.pick(HOSTS)),
            1..=6 => self.pick(&HOSTS[..3]).to_owned(),
            _ => self.pick(HOSTS).to_owned(),
        };
        let method = match self.numbers.below(24) {
            0 => "HEAD",
            1 => "POST",
            2 => self.pick(&["PUT", "DELETE", "OPTIONS", "PATCH"]),
            _ => "GET",
        };
        let mut headers = Vec::new();
        if method == "POST" {
            headers.push(("Content-Length".to_owned(), "0".to_owned()));
        }
        if self.one_in(12) {
            headers.push(("X-Flag".to_owned(), self.pick(&["1", "0", "yes"]).to_owned()));
        }
        let address = Some([127, 0, 0, 1].into());
        let (method, target) = (method.to_owned(), path.to_owned());
        Request { method, tls: false, address, port, client: address, host: Some(host), target, headers }
    }

    fn group(&mut self, port: u16) -> String {
        let count = 1 + self.numbers.below(3);
        let default = self.numbers.below(count + 1);
        let mut names: BTreeSet<&str> = BTreeSet::new();
        let mut text = String::new();
        for at in 0..count {
            let mark = if at == default { " default_server" } else { "" };
            text += &format!("server {{\nlisten 127.0.0.1:{port}{mark};\n");
            let first = if self.one_in(3) { NAMED } else { "a.example" };
            let name = if at == 0 { first } else { self.pick(NAMES) };
            if names.insert(name) {
                text += &format!("server_name {name};\n");
            }
            text += &self.server();
            text += "}\n";
        }
        text
    }

    fn server(&mut self) -> String {
        let mut text = String::new();
        if !self.one_in(5) {
            let root = self.pick(&["r", "r", "s", "r/static", "r/"]);
            text += &format!("root {}/{root};\n", self.folder);
        }
        if self.one_in(12) {
            text += "merge_slashes off;\n";
        }
        text += &self.settings(Level::Server);
        if self.one_in(6) {
            let rewrite = self.rewrite();
            text += &rewrite;
        }
        if self.one_in(12) {
            text += &self.condition();
        }
        if self.one_in(10) {
            text += &self.try_files(false);
        }
        let mut used = BTreeSet::new();
        for _ in 0..2 + self.numbers.below(6) {
            text += &self.location("", &mut used, 0);
        }
        text += &self.special(&mut used);
        let named = self.location_inside("@named", Kind::Named);
        text += &format!("location @named {{\n{named}}}\n");
        text += &self.late();
        text
    }

    /// Locations that one of the facts is about.
    fn special(&mut self, used: &mut BTreeSet<String>) -> String {
        let (folder, upstream) = (self.folder.to_owned(), self.upstream);
        let mut text = String::new();
        let specials = [
            ("/var/", format!("set $up 127.0.0.1:{upstream};\nproxy_pass http://$up/fixed;\n")),
            ("/fwd/", format!("proxy_pass http://127.0.0.1:{upstream}/base/;\n")),
            ("/n", format!("alias {folder}/r/static/;\n")),
            ("/static/", format!("alias {folder}/r/static;\n")),
            ("~ ^/re/(.*)$", format!("alias {folder}/s/$1;\n")),
            ("= /icon", format!("alias {folder}/r/b.js;\n")),
            ("= /logo", format!("alias {folder}/r/logo.svg;\n")),
            ("/spa/", format!("alias {folder}/r/spa/;\ntry_files $uri /spa/index.html;\n")),
            (
                "/dots/",
                format!("alias {folder}/r/;\ntypes {{ text/x-gz gz; text/x-bak bak; text/x-css css; }}\n"),
            ),
            ("/nest/", "return 404;\nlocation /nest/in/ { return 200 in; }\nlocation ~ \\.css$ { return 200 css; }\n".to_owned()),
            ("/list/", format!("alias {folder}/r/noindex/;\nautoindex on;\n")),
            ("/inner/", "internal;\n".to_owned()),
            ("/gone/", "rewrite ^/gone/(.*)$ /to/$1?x=1 redirect;\n".to_owned()),
            ("/said", "types { text/x-css css; text/x-html html; }\nreturn 200 $uri;\n".to_owned()),
            (
                "/t/",
                format!(
                    "alias {folder}/r/;\ntypes {{ text/css CSS; text/x-js Js; image/x-p png; text/x-p png; }}\n"
                ),
            ),
        ];
        for (name, inside) in specials {
            if !self.one_in(3) && used.insert(name.to_owned()) {
                text += &format!("location {name} {{\n{inside}{}}}\n", self.late());
            }
        }
        text
    }

    fn location(&mut self, parent: &str, used: &mut BTreeSet<String>, depth: usize) -> String {
        let is_regex = self.one_in(4);
        if is_regex {
            let pattern = self.pick(PATTERNS);
            if !used.insert(pattern.to_owned()) {
                return String::new();
            }
            let inside = self.location_inside(pattern, Kind::Regex);
            return format!("location {pattern} {{\n{inside}}}\n");
        }
        let fitting: Vec<&str> =
            PREFIXES.iter().copied().filter(|name| name.starts_with(parent) && *name != parent).collect();
        if fitting.is_empty() {
            return String::new();
        }
        let name = self.pick(&fitting);
        let modifier = match self.numbers.below(6) {
            0 => "= ",
            1 => "^~ ",
            _ => "",
        };
        // `= /a` may stand beside `/a`.
        let key = if modifier == "= " { format!("= {name}") } else { name.to_owned() };
        if !used.insert(key) {
            return String::new();
        }
        let kind = if modifier == "= " { Kind::Exact } else { Kind::Prefix };
        let mut inside = self.location_inside(name, kind);
        if kind == Kind::Prefix && depth < 2 && self.one_in(4) {
            let mut used = BTreeSet::new();
            for _ in 0..=self.numbers.below(2) {
                inside += &self.location(name, &mut used, depth + 1);
            }
        }
        format!("location {modifier}{name} {{\n{inside}}}\n")
    }

    fn location_inside(&mut self, name: &str, kind: Kind) -> String {
        let folder = self.folder.to_owned();
        let mut text = String::new();
        let mut has_alias = false;
        match self.numbers.below(6) {
            0 => text += &format!("root {folder}/{};\n", self.pick(&["r", "s", "r/static", "r/sub/"])),
            1 | 2 if kind == Kind::Prefix => {
                has_alias = true;
                let path = self.pick(&["r/", "s/", "r/static/", "r/static", "s/sub/", "r/spa/"]);
                text += &format!("alias {folder}/{path};\n");
            }
            1 if kind == Kind::Exact => {
                has_alias = true;
                let path = self.pick(&["r/logo.svg", "s/a.css", "r/g", "r/", "r/missing"]);
                text += &format!("alias {folder}/{path};\n");
            }
            1..=3 if kind == Kind::Regex => {
                has_alias = true;
                let path = if name.contains("<rest>") {
                    "r/sub/$rest"
                } else {
                    self.pick(&["r/$1", "s/static/$1", "r/a.css"])
                };
                text += &format!("alias {folder}/{path};\n");
            }
            _ => {}
        }
        text += &self.settings(Level::Location);
        match self.numbers.below(16) {
            0 | 1 => text += &self.return_code(),
            2 => {
                let rewrite = self.rewrite();
                text += &rewrite;
            }
            3..=5 => text += &self.try_files(has_alias),
            6 => text += &self.condition(),
            7 if !has_alias => text += &self.pass(name, kind),
            8 if self.one_in(3) => text += "internal;\n",
            9 if self.one_in(2) => text += "limit_except GET { deny all; }\n",
            10 if self.one_in(4) => text += "empty_gif;\n",
            _ => {}
        }
        text += &self.late();
        text
    }

    fn pass(&mut self, _name: &str, kind: Kind) -> String {
        let upstream = self.upstream;
        let uri = match kind {
            Kind::Prefix | Kind::Exact => self.pick(&["", "/", "/base/", "/base?x="]),
            Kind::Regex | Kind::Named => "",
        };
        format!("proxy_pass http://127.0.0.1:{upstream}{uri};\n")
    }

    fn try_files(&mut self, has_alias: bool) -> String {
        const PLAIN: &[&str] = &[
            "$uri /index.html",
            "$uri $uri/ =404",
            "$uri $uri/ /spa/index.html",
            "$uri @named",
            "$uri/index.html $uri =403",
            "/a.css =404",
            "$uri.html $uri =404",
            "$uri /api/x.json?$args",
            "$uri $uri/ /missing.html",
            "/g /index.html",
            "$uri =410",
            "$uri/ /moved.html",
            "$document_root$uri /e.svg",
            "$uri /ok?a=1",
        ];
        const ALIAS: &[&str] = &[
            "$uri /spa/index.html",
            "index.html =404",
            "$uri index.html",
            "$uri $uri/ =404",
            "$uri @named",
            "/a.css =404",
            "$uri /static/a.css",
        ];
        format!("try_files {};\n", self.pick(if has_alias { ALIAS } else { PLAIN }))
    }

    fn return_code(&mut self) -> String {
        const RETURNS: &[&str] = &[
            "200 text",
            "200 \"$uri|$args|$is_args|$host|$mapped\"",
            "200 $request_uri",
            "301 /moved.html",
            "302 $scheme://other.example$request_uri",
            "404",
            "403 gone",
            "204",
            "410",
            "418",
            "https://x.example/",
            "307 /t?x=1",
            "200",
            "500",
            "405 \"no $request_method\"",
            "303 relative",
            "201 made",
            "444",
            "200 \"$document_root $request_filename $server_name $server_port\"",
            "308 \"\"",
        ];
        format!("return {};\n", self.pick(RETURNS))
    }

    fn rewrite(&mut self) -> String {
        const REWRITES: &[&str] = &[
            "^/old/(.*)$ /static/$1 last",
            "^/(.*)\\.old$ /$1.css break",
            "^/go/(.*)$ /to/$1?x=1 redirect",
            "^/go/(.*)$ /to/$1 permanent",
            "^/r/(.*)$ http://o.example/$1",
            "^/n/(.+)$ /static/$1",
            "^/loop(.*)$ /loop$1 last",
            "^/(sub)/(.*)$ /static/$2?from=$1 last",
            "^/spa/(.*)$ /spa/index.html? break",
            "^/a(.*)$ /b.js last",
            "^/go/(.*)$ /static/a.css?q=$1 last",
            "^/api/(?<rest_>.*)$ /sub/$rest_ break",
            "^/missing(.*)$ /index.html",
        ];
        format!("rewrite {};\n", self.pick(REWRITES))
    }

    fn condition(&mut self) -> String {
        const CONDITIONS: &[&str] = &[
            "if ($args ~ \"x=(.*)\") { return 200 \"if $1\"; }\n",
            "if (-f $request_filename) { return 200 file; }\n",
            "if (!-e $request_filename) { rewrite ^ /index.html last; }\n",
            "if ($request_method = POST) { return 403; }\n",
            "if ($http_x_flag) { return 202 flagged; }\n",
            "if ($uri ~* \"\\.CSS$\") { set $seen css; }\nif ($seen) { return 200 $seen; }\n",
            "if ($host = a.example) { rewrite ^/go/(.*) http://b.example/$1 permanent; }\n",
            "if (-d $request_filename) { return 404; }\n",
            "if ($arg_x != \"\") { return 302 /x$is_args$args; }\n",
            "if ($mapped = one) { break; }\nrewrite ^/a /index.html;\n",
            "set $a $uri;\nif ($a ~ ^/sub) { rewrite ^/sub/(.*)$ /$1 break; }\n",
        ];
        self.pick(CONDITIONS).to_owned()
    }

    #[expect(clippy::too_many_lines, reason = "a list of directives")]
    fn settings(&mut self, level: Level) -> String {
        let mut text = String::new();
        let mut add = |directive: String| text += &format!("{directive};\n");
        if self.one_in(4) {
            const TYPES: &[&str] = &[
                "types { text/css css; text/javascript js mjs; }",
                "types { }",
                "types { text/css CSS; image/svg+xml svg; text/html html; }",
                "types { text/x-one css; text/x-two css js; }",
                "types { text/css css; } types { text/javascript js; text/x-css css; }",
                "types { application/x-tgz tar.gz; text/x-bak bak; }",
                "types { text/x-Mixed css js html; }",
            ];
            let types = if self.one_in(3) {
                format!("include {}/mime.types", self.folder)
            } else {
                self.pick(TYPES).to_owned()
            };
            // A block needs no semicolon.
            if types.starts_with("include") { add(types) } else { text += &format!("{types}\n") }
        }
        let mut add = |directive: String| text += &format!("{directive};\n");
        if self.one_in(5) {
            let types = [
                "text/x-default",
                "text/css",
                "application/octet-stream",
                "text/html",
                "text/plain",
                "\"text/html; v=1\"",
            ];
            add(format!("default_type {}", self.pick(&types)));
        }
        if self.one_in(4) {
            add(format!("charset {}", self.pick(&["utf-8", "koi8-r", "off", "utf-8"])));
        }
        if self.one_in(14) {
            add(format!(
                "charset_types {}",
                self.pick(&["text/css application/json", "*", "text/X-Default"])
            ));
        }
        if self.one_in(4) {
            let value = self.numbers.below(100);
            let always = if self.one_in(3) { " always" } else { "" };
            add(format!("add_header {} v{value}{always}", self.pick(&["X-A", "X-B"])));
        }
        if self.one_in(20) {
            add("add_header Content-Type text/x-added".to_owned());
        }
        let rare = if level == Level::Http { 2 } else { 6 };
        if self.one_in(rare) {
            let pages = [
                "404 /404.html",
                "404 =200 /index.html",
                "404 = /ok",
                "403 404 /err.json",
                "404 @named",
                "404 http://other.example/x",
                "404 =301 http://other.example/y?z",
                "405 =200 $uri",
                "500 502 /50x.html",
                "301 /moved.html",
                "404 =410 /j.json?a=b",
                "403 =404 /missing.html",
                "405 403 @named",
                "404 /index.html",
                "400 =404 @named",
            ];
            // A page for a path that nginx refuses is not decided.
            let page = self.pick(&pages[..14]);
            add(format!("error_page {page}"));
        }
        if self.one_in(7) {
            let lists = [
                "index.html",
                "a.css index.htm",
                "missing.html index.html",
                "g",
                "index.html /abs.html",
                "$arg_x.html index.html",
            ];
            add(format!("index {}", self.pick(&lists)));
        }
        for (directive, often) in [
            ("absolute_redirect off", 8),
            ("port_in_redirect off", 8),
            ("server_name_in_redirect on", 10),
            ("recursive_error_pages on", 10),
            ("autoindex on", 5),
        ] {
            if self.one_in(often) {
                add(directive.to_owned());
            }
        }
        if self.one_in(10) && level == Level::Location {
            let rules =
                ["deny all", "allow 127.0.0.1;\ndeny all", "deny 127.0.0.0/8", "allow 10.0.0.0/8;\ndeny all"];
            add(self.pick(&rules).to_owned());
        }
        if self.one_in(25) && level == Level::Location {
            add("auth_basic closed;\nauth_basic_user_file /nonexistent".to_owned());
            if self.one_in(2) {
                add("satisfy any".to_owned());
            }
        }
        text
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Exact,
    Prefix,
    Regex,
    Named,
}
