//! A proxy as it stands in production, asked as browsers ask it: over TLS, for pages and files of a single-page
//! application, for hosts that are not its own, while the program behind it goes and comes back.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::deployment::{Deployment, free_port};
use super::http::{Reply, Site};
use super::tls::{Secured, make_certificate};
use super::{Checks, NGINX, PYTHON, Said, docker, need_images};

/// Says how it was asked: in HTTP, where it plays a bucket below `/bucket/`, in `FastCGI` on port 9000 and in uwsgi's own
/// protocol on port 3031.
const APP: &str = r#"
import json, socketserver, struct, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = json.dumps({"method": self.command, "path": self.path, "client": self.client_address[1],
                           "version": self.request_version, "headers": dict(self.headers.items())}).encode()
        missing = self.path.startswith("/bucket/") and "missing" in self.path
        body += b" " * (12000000 if "large" in self.path else 0)
        self.send_response(403 if missing else 200)
        self.send_header("Content-Type", "image/png" if self.path.startswith("/bucket/") else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", "bucket=1")
        self.send_header("x-amz-request-id", "internal")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
    do_POST = do_HEAD = do_PUT = do_DELETE = do_GET
    def log_message(self, *_):
        pass

def answer(parameters):
    return b"Status: 200 OK\r\nContent-Type: application/json\r\n\r\n" + json.dumps(parameters).encode()

class Uwsgi(socketserver.StreamRequestHandler):
    def handle(self):
        _, size, _ = struct.unpack("<BHB", self.rfile.read(4))
        data, words = self.rfile.read(size), []
        while data:
            end = 2 + int.from_bytes(data[:2], "little")
            words.append(data[2:end].decode())
            data = data[end:]
        self.wfile.write(b"HTTP/1.1 200 OK\r\n" + answer(dict(zip(words[::2], words[1::2]))))

class FastCgi(socketserver.StreamRequestHandler):
    def handle(self):
        data = b""
        while True:
            _, kind, _, size, padding = struct.unpack(">BBHHBx", self.rfile.read(8))
            content = self.rfile.read(size + padding)[:size]
            if kind == 5 and not size:
                break
            data += content if kind == 4 else b""
        parameters = {}
        def length():
            nonlocal data
            wide = data[0] & 128
            value = struct.unpack(">I", data[:4])[0] & 0x7fffffff if wide else data[0]
            data = data[4 if wide else 1:]
            return value
        while data:
            name, value = length(), length()
            parameters[data[:name].decode()] = data[name:name + value].decode()
            data = data[name + value:]
        body = answer(parameters)
        self.wfile.write(struct.pack(">BBHHBx", 1, 6, 1, len(body), 0) + body)
        self.wfile.write(struct.pack(">BBHHBx", 1, 6, 1, 0, 0) + struct.pack(">BBHHBx", 1, 3, 1, 8, 0) + bytes(8))

for port, handler in ((9000, FastCgi), (3031, Uwsgi)):
    server = socketserver.ThreadingTCPServer(("0.0.0.0", port), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
ThreadingHTTPServer(("0.0.0.0", 8000), Handler).serve_forever()
"#;

fn stack(http: u16, https: u16) -> String {
    format!(
        r#"stack proxied

secret certificate {{ file ./secrets/tls.pem }}
secret key {{ file ./secrets/tls.key }}
secret shop_certificate {{ file ./secrets/shop.pem }}
secret shop_key {{ file ./secrets/shop.key }}

service app {{
  image   {PYTHON}
  command python -u /srv/app.py
  mount   ./app at /srv read-only
  listen  8000 9000 3031
  health  http / port 8000 {{ every 1s; retries 30 }}
}}

proxy web {{
  image   {NGINX}
  publish 127.0.0.1:{http}:8080 127.0.0.1:{https}:8443
  tls {{ certificate secret.certificate; key secret.key; redirect from http }}

  site example.org *.example.org {{
    spa   /     from ./dist {{ immutable /assets/ }}
    proxy /api/ to app port 8000
    fastcgi /php/  to app port 9000 at /srv/public/index.php
    fastcgi /old/  to app port 9000 at /srv/public
    uwsgi   /wsgi/ to app port 3031
    static  /media/ from bucket http://app:8000/bucket
  }}
  site plain.test {{ tls off; respond / 200 "plain" }}
  site shop.test {{
    tls {{
      certificate secret.shop_certificate
      key         secret.shop_key
      hsts        1y {{ include_subdomains }}
    }}
    add_header X-Frame-Options DENY
    static     /files/ from ./public {{ add_header X-Robots-Tag noindex }}
    proxy      /       to   app port 8000 {{ websocket }}
  }}
}}
"#
    )
}

/// What is served, by its path below the stack.
const FILES: &[(&str, &str)] = &[
    ("dist/index.html", "<!doctype html><title>the page</title>"),
    ("dist/main-5YOJ6T2H.js", "1;"),
    ("dist/app.0123abcd4567.css", "a{}"),
    ("dist/plain.css", "b{}"),
    ("dist/report-20240101.txt", "not a hash"),
    ("dist/assets/index-DiwrgTda.js", "2;"),
    ("public/prices.csv", "a,b\n"),
];

struct Proxy {
    deployment: Deployment,
    plain: Site,
    https: u16,
}

#[test]
fn a_proxy_is_ready_for_production() {
    need_images(&[PYTHON, NGINX]);
    let mut checks = Checks::default();
    let mut started = None;
    checks.check("it starts", || started = Some(Proxy::start()));
    let Some(proxy) = started else { return checks.finish() };
    checks.check("each name has its certificate", || proxy.handshakes());
    checks.check("an unknown name is refused before a certificate is shown", || proxy.unknown_names());
    checks.check("old protocols are refused", || proxy.protocols());
    checks.check("requests without TLS are sent to it", || proxy.redirects());
    checks.check("browsers are kept to TLS where it is asked for", || proxy.hsts());
    checks.check("navigations get the page, missing files do not", || proxy.navigations());
    checks.check("names that follow their content are kept", || proxy.caching());
    checks.check("a location with headers of its own has the others too", || proxy.headers());
    checks.check("the program is told who asks", || proxy.forwarded());
    checks.check("programs are told of a request in other tongues", || proxy.gateways());
    checks.check("a bucket learns nothing of who asks, and shows nothing of itself", || proxy.bucket());
    checks.check("connections to the program are kept", || proxy.keepalive());
    checks.check("`stackc trace` says what nginx does", || proxy.trace());
    checks.check("nginx is no root and cannot write to its image", || proxy.containment());
    checks.check("a program that was made anew is found", || proxy.moved());
    checks.finish();
}

impl Proxy {
    fn start() -> Self {
        let (http, https) = (free_port(), free_port());
        let deployment = Deployment::new("proxy");
        let proxy = Self { deployment, plain: Site { port: http }, https };
        let deployment = &proxy.deployment;
        deployment.write("app.stack", stack(http, https));
        deployment.write("app/app.py", APP);
        for (name, text) in FILES {
            deployment.write(name, text);
        }
        let left = deployment.stackc(&["secret", "init"]);
        assert_eq!(left.code, 1, "certificates are not made up: {}", left.report());
        fs::create_dir_all(deployment.path("secrets")).unwrap();
        for (name, names) in [("tls", &["example.org", "*.example.org"][..]), ("shop", &["shop.test"])] {
            let key = deployment.path(&format!("secrets/{name}.key"));
            make_certificate(names, &proxy.certificate(name), &key);
            fs::set_permissions(key, fs::Permissions::from_mode(0o444)).unwrap();
        }
        fs::set_permissions(deployment.path("secrets"), fs::Permissions::from_mode(0o700)).unwrap();
        deployment.stackc(&["build"]).ok();
        deployment.stackc(&["lint"]).ok();
        deployment.up();
        proxy
    }

    fn certificate(&self, name: &str) -> PathBuf {
        self.deployment.path(&format!("secrets/{name}.pem"))
    }

    /// Gets a page over TLS, with the certificate of that name.
    #[track_caller]
    fn get(&self, certificate: &str, host: &str, path: &str) -> Reply {
        Secured { port: self.https, certificate: &self.certificate(certificate) }.get(host, path)
    }

    fn handshake(&self, certificate: &str, name: &str, words: &[&str]) -> Result<String, String> {
        Secured { port: self.https, certificate: &self.certificate(certificate) }.handshake(name, words)
    }

    fn handshakes(&self) {
        for (certificate, name) in [("tls", "example.org"), ("tls", "any.example.org"), ("shop", "shop.test")]
        {
            let said = self.handshake(certificate, name, &["-alpn", "h2"]).unwrap();
            assert!(said.contains("ALPN protocol: h2"), "{said}");
            assert!(said.contains("TLSv1.3"), "{said}");
        }
        self.handshake("shop", "example.org", &[]).expect_err("that is the certificate of another site");
    }

    fn unknown_names(&self) {
        let said = self.handshake("tls", "evil.test", &[]).expect_err("nobody has that name");
        assert!(said.contains("unrecognized name") && !said.contains("BEGIN CERTIFICATE"), "{said}");
        let unknown = self.plain.send("GET", "/", &[("Host", "evil.test")], b"").unwrap();
        assert_eq!(unknown.status, 421);
    }

    fn protocols(&self) {
        for old in ["-tls1", "-tls1_1"] {
            self.handshake("tls", "example.org", &[old, "-cipher", "ALL:@SECLEVEL=0"]).expect_err(old);
        }
        let said = self.handshake("tls", "example.org", &["-tls1_2"]).unwrap();
        assert!(said.contains("ECDHE-ECDSA-AES"), "{said}");
        let weak = ["-tls1_2", "-cipher", "AES128-SHA:ECDHE-ECDSA-AES128-SHA256:@SECLEVEL=0"];
        self.handshake("tls", "example.org", &weak).expect_err("a suite without authenticated encryption");
    }

    fn redirects(&self) {
        let reply = self.plain.send("GET", "/a%20b?c=d", &[("Host", "www.example.org")], b"").unwrap();
        let there = format!("https://www.example.org:{}/a%20b?c=d", self.https);
        assert_eq!((reply.status, reply.header("location")), (301, Some(there.as_str())));
        assert_eq!(reply.header("strict-transport-security"), None, "nobody could trust that");
        let off = self.plain.send("GET", "/", &[("Host", "plain.test")], b"").unwrap();
        assert_eq!((off.status, off.text().as_str()), (200, "plain"), "a site may do without");
        let unasked = self.plain.send("GET", "/", &[("Host", "shop.test")], b"").unwrap();
        assert_eq!(unasked.status, 421, "a site that does not say so is not there without TLS");
    }

    fn hsts(&self) {
        for path in ["/", "/files/prices.csv", "/files/missing"] {
            let reply = self.get("shop", "shop.test", path);
            let promise = reply.header("strict-transport-security");
            assert_eq!(promise, Some("max-age=31536000; includeSubDomains"), "{path}");
        }
        assert_eq!(self.get("tls", "example.org", "/").header("strict-transport-security"), None);
    }

    fn navigations(&self) {
        for path in ["/", "/users/7", "/a/b/"] {
            let page = self.get("tls", "example.org", path);
            assert_eq!((page.status, page.media_type()), (200, "text/html"), "{path}");
            assert!(page.text().contains("the page"), "{path}");
            assert_eq!(page.header("cache-control"), Some("no-cache"), "{path}");
            assert_eq!(page.header("x-content-type-options"), Some("nosniff"), "{path}");
        }
        for path in ["/missing.js", "/assets/index-00000000.js", "/assets/", "/favicon.ico"] {
            let missing = self.get("tls", "example.org", path);
            assert_eq!((missing.status, missing.header("cache-control")), (404, None), "{path}");
        }
    }

    fn caching(&self) {
        const FOR_GOOD: &str = "public, max-age=31536000, immutable";
        for (path, expected) in [
            ("/main-5YOJ6T2H.js", FOR_GOOD),
            ("/app.0123abcd4567.css", FOR_GOOD),
            ("/assets/index-DiwrgTda.js", FOR_GOOD),
            ("/plain.css", "no-cache"),
            ("/report-20240101.txt", "no-cache"),
            ("/index.html", "no-cache"),
        ] {
            let reply = self.get("tls", "example.org", path);
            assert_eq!((reply.status, reply.header("cache-control")), (200, Some(expected)), "{path}");
            assert!(reply.header("etag").is_some(), "{path} can be asked for again");
        }
    }

    fn headers(&self) {
        let reply = self.get("shop", "shop.test", "/files/prices.csv");
        assert_eq!((reply.status, reply.media_type()), (200, "text/csv"));
        for (name, value) in [
            ("x-frame-options", "DENY"),
            ("x-robots-tag", "noindex"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-cache"),
        ] {
            assert_eq!(reply.header(name), Some(value), "{name}");
        }
        assert_eq!(reply.header("server"), Some("nginx"), "without its version");
    }

    /// What the program says of a request.
    #[track_caller]
    fn seen(reply: &Reply) -> Value {
        assert_eq!(reply.status, 200, "{}", reply.text());
        serde_json::from_slice(&reply.body).unwrap()
    }

    fn forwarded(&self) {
        let secured = Secured { port: self.https, certificate: &self.certificate("shop") };
        let asked = "X-Forwarded-Proto: http\r\nX-Forwarded-For: 192.0.2.7\r\nConnection: upgrade\r\nUpgrade: websocket\r\n";
        let seen = Self::seen(&secured.send("POST", "shop.test:8443", "/a?b", asked));
        let headers = &seen["headers"];
        assert_eq!(
            (&seen["path"], &seen["method"], &seen["version"]),
            (&"/a?b".into(), &"POST".into(), &"HTTP/1.1".into())
        );
        assert_eq!(headers["X-Forwarded-Proto"], "https", "what a client says of itself does not count");
        assert_eq!(headers["Host"], "shop.test:8443");
        assert!(headers["X-Forwarded-For"].as_str().unwrap().starts_with("192.0.2.7, "), "{headers}");
        assert_eq!((&headers["Upgrade"], &headers["Connection"]), (&"websocket".into(), &"upgrade".into()));
    }

    fn gateways(&self) {
        let secured = Secured { port: self.https, certificate: &self.certificate("tls") };
        let asked = "Proxy: http://evil.test\r\nX-Forwarded-Proto: http\r\n";
        for (path, script, file) in [
            ("/php/users/7?a=b", "/index.php", "/srv/public/index.php"),
            ("/old/x.php?a=b", "/old/x.php", "/srv/public/old/x.php"),
            ("/wsgi/x?a=b", "", ""),
        ] {
            let seen = Self::seen(&secured.send("GET", "any.example.org", path, asked));
            let word = |name: &str| seen[name].as_str().unwrap_or_default().to_owned();
            assert_eq!((word("SCRIPT_NAME"), word("SCRIPT_FILENAME")), (script.to_owned(), file.to_owned()));
            assert_eq!((word("REQUEST_URI"), word("QUERY_STRING")), (path.to_owned(), "a=b".to_owned()));
            assert_eq!((word("SERVER_NAME"), word("HTTPS")), ("any.example.org".to_owned(), "on".to_owned()));
            assert_eq!(
                (word("HTTP_PROXY"), word("HTTP_X_FORWARDED_PROTO")),
                (String::new(), "https".to_owned())
            );
            assert_eq!(word("HTTP_HOST"), "any.example.org");
        }
    }

    fn bucket(&self) {
        let secured = Secured { port: self.https, certificate: &self.certificate("tls") };
        let asked = "Cookie: session=1\r\nAuthorization: Basic eDp5\r\nX-Forwarded-For: 192.0.2.7\r\nReferer: https://a/\r\n";
        let reply = secured.send("GET", "example.org", "/media/a/cat.png?list-type=2", asked);
        assert_eq!((reply.status, reply.media_type()), (200, "image/png"));
        for name in ["set-cookie", "x-amz-request-id"] {
            assert_eq!(reply.header(name), None, "{name}");
        }
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        let seen = Self::seen(&reply);
        assert_eq!(seen["path"], "/bucket/a/cat.png", "a query would be a command");
        let headers: Vec<&String> = seen["headers"].as_object().unwrap().keys().collect();
        assert_eq!(headers, ["Host"], "{seen}");
        assert_eq!(seen["headers"]["Host"], "app:8000");
        let again = secured.send("GET", "example.org", "/media/a/cat.png", "");
        assert_eq!(Self::seen(&again)["client"], seen["client"], "it was kept");
        let parts = |path: &str| {
            Self::seen(&secured.send("GET", "example.org", path, "Range: bytes=0-9\r\n"))["headers"]["Range"]
                .clone()
        };
        assert_eq!(parts("/media/film.mp4"), "bytes=0-9", "the store is asked for a part alone");
        assert_eq!(
            Self::seen(&secured.send("GET", "example.org", "/media/film.mp4", ""))["headers"]["Range"],
            Value::Null
        );
        let large =
            || Self::seen(&secured.send("GET", "example.org", "/media/large.iso", ""))["headers"].clone();
        assert_eq!(large(), large());
        for (method, path, status) in [
            ("HEAD", "/media/b.png", 200),
            ("POST", "/media/b.png", 405),
            ("DELETE", "/media/b.png", 405),
            ("GET", "/media/", 404),
            ("GET", "/media/?list-type=2", 404),
            ("GET", "/media/missing.png", 404),
            ("GET", "/media/../../etc/passwd", 400),
        ] {
            let reply = secured.send(method, "example.org", path, "");
            assert_eq!(reply.status, status, "{method} {path}: {}", reply.text());
        }
        let missing = self.get("tls", "example.org", "/media/missing.png").text();
        assert!(!missing.contains("bucket"), "{missing}");
    }

    fn keepalive(&self) {
        let ports: std::collections::BTreeSet<u64> = (0..12)
            .map(|_| Self::seen(&self.get("tls", "example.org", "/api/x"))["client"].as_u64().unwrap())
            .collect();
        assert!(ports.len() < 12, "twelve requests came over {} connections", ports.len());
    }

    /// The model and the server agree about requests of every sort.
    fn trace(&self) {
        for (host, path) in [
            ("example.org", "/"),
            ("example.org", "/users/7"),
            ("example.org", "/missing.js"),
            ("any.example.org", "/plain.css"),
            ("example.org", "/main-5YOJ6T2H.js"),
            ("example.org", "/assets/index-DiwrgTda.js"),
            ("shop.test", "/files/prices.csv"),
        ] {
            let url = format!("https://{host}:{}{path}", self.https);
            let said = self.deployment.stackc(&["trace", "--format", "json", &url]).ok();
            let said: Value = serde_json::from_str(&said).unwrap();
            let certificate = if host == "shop.test" { "shop" } else { "tls" };
            let real = self.get(certificate, host, path);
            assert_eq!(said["status"], real.status, "{url}: {said}");
            assert_eq!(said["content_type"].as_str(), real.header("content-type"), "{url}");
            for header in said["headers"].as_array().unwrap() {
                let name = header["name"].as_str().unwrap().to_lowercase();
                assert_eq!(header["value"].as_str(), real.header(&name), "{url}: {name}");
            }
        }
        let url = format!("https://evil.test:{}/", self.https);
        let said = self.deployment.stackc(&["trace", &url]).ok();
        assert!(said.contains("handshake"), "{said}");
        let url = format!("http://example.org:{}/a?b", self.plain.port);
        let said = self.deployment.stackc(&["trace", "--format", "json", &url]).ok();
        let said: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(said["location"], format!("https://example.org:{}/a?b", self.https));
    }

    fn containment(&self) {
        let id = self.deployment.container("web");
        let format = "{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} {{.Config.User}}";
        let inspected = self.deployment.docker(&["inspect", "--format", format, &id]).ok();
        assert_eq!(inspected.trim(), "true [ALL] [no-new-privileges:true] 101:101");
        let inside = |script| self.deployment.compose(&["exec", "-T", "web", "sh", "-c", script]);
        assert_eq!(inside("id -u; id -g").ok(), "101\n101\n");
        assert_ne!(inside("echo >/etc/nginx/x").code, 0, "it can write to its image");
        assert_eq!(inside("grep CapEff /proc/1/status").ok().trim(), "CapEff:\t0000000000000000");
        inside("test -s /tmp/nginx.pid").ok();
        assert_ne!(inside("echo >/run/secrets/key").code, 0, "it can write to its key");
    }

    /// Another container takes the address; no request may fail once the program is healthy again.
    #[expect(clippy::print_stderr, reason = "what is measured is seen with `--nocapture`")]
    fn moved(&self) {
        let deployment = &self.deployment;
        let network = format!("{}_default", deployment.project);
        let squatter = format!("{}-squatter", deployment.project);
        let proxy = deployment.container("web");
        deployment.compose(&["rm", "-sf", "app"]).ok();
        assert!(matches!(self.get("tls", "example.org", "/api/x").status, 502 | 504));
        assert_eq!(self.get("tls", "example.org", "/").status, 200, "files are still served");
        let run = ["run", "-d", "--rm", "--name", &squatter, "--network", &network, "--entrypoint", "sleep"];
        Said::of(&mut docker(run.iter().chain(&[PYTHON, "300"]))).ok();
        let up = deployment.compose(&["up", "-d", "--no-build", "--no-deps", "--wait", "app"]);
        let healthy = Instant::now();
        let mut failed = 0;
        while self.get("tls", "example.org", "/api/x").status != 200 {
            failed += 1;
            assert!(healthy.elapsed() < Duration::from_secs(10), "the proxy does not find it");
        }
        eprintln!("{failed} requests failed in {:?} after the program was healthy", healthy.elapsed());
        Said::of(&mut docker(["rm", "-f", &squatter])).ok();
        up.ok();
        assert_eq!(deployment.container("web"), proxy, "nobody restarted the proxy");
    }
}
