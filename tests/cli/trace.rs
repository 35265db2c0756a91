//! `stackc trace` and `stackc mime`: what nginx answers, why, and what is said of what cannot be asked.

use std::fs;
use std::os::unix::fs::symlink;

use super::{DEMO, Desk, Said};

/// A configuration with the faults that a stack of four hand-written files had.
const FAULTS: &str = "\
events {}
http {
    upstream app { server django:8000; }
    server {
        listen 80;
        server_name shop.example.org;

        location /static/ {
            alias /usr/src/app/static;
        }
        location /static/admin/css {
            alias /usr/src/app/admin/css;
            types { text/css css; }
            default_type text/css;
        }
        location /assets/ {
            alias /usr/src/app/assets/;
        }
        location ^~ /static/vendor/ {
            alias /usr/src/app/vendor/;
            types { text/css css; application/javascript js; }
        }
        location /static/theme/ {
            alias /usr/src/app/theme/;
            default_type text/css;
            types { text/css css; }
        }
        location /static/admin/img {
            alias /usr/src/app/admin/img;
            types { image/png png; }
        }
        location / {
            proxy_pass http://app;
        }
    }
}
";

/// A folder with empty files in it.
fn files(desk: &Desk, paths: &[&str]) {
    for path in paths {
        let path = desk.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
}

fn faulty() -> Desk {
    let desk = Desk::empty();
    desk.write("nginx.conf", FAULTS);
    files(
        &desk,
        &[
            "fs/usr/src/app/static/site.css",
            "fs/usr/src/app/admin/css/base.css",
            "fs/usr/src/app/admin/css_backup.sql",
            "fs/usr/src/app/admin/img/a.gif",
            "fs/usr/src/app/admin/img/b.jpeg",
            "fs/usr/src/app/admin/img/c.png",
            "fs/usr/src/app/admin/img/d.svg",
            "fs/usr/src/app/assets/LICENSE",
            "fs/usr/src/app/assets/a.svg",
            "fs/usr/src/app/assets/b.svg",
            "fs/usr/src/app/assets/data.json",
            "fs/usr/src/app/assets/index.html",
            "fs/usr/src/app/vendor/font.woff2",
            "fs/usr/src/app/vendor/x.js",
            "fs/usr/src/app/theme/logo.png",
            "fs/usr/src/app/theme/x.css",
        ],
    );
    desk
}

const ASSUMED: &str =
    "  note: every file that is asked for is taken to be there: `--fs DIR` says where to look\n";

#[test]
fn an_answer_comes_with_the_lines_that_decide_and_what_lost() {
    let desk = faulty();
    let url = "http://shop.example.org/static/theme/logo.png";
    let chain = "\
200 text/css  /usr/src/app/theme/logo.png
  server    `shop.example.org` takes shop.example.org: the name is its own
            nginx.conf:6 │ server_name shop.example.org;
  location  /static/theme/logo.png belongs to `location /static/theme/`: the longest prefix, and no
            regular expression matches
            nginx.conf:23 │ location /static/theme/ {
              not location /static/: the prefix is shorter  nginx.conf:8
              not location /: the prefix is shorter  nginx.conf:32
  file      the file is /usr/src/app/theme/logo.png
            nginx.conf:24 │ alias /usr/src/app/theme/;
  type      `.png` is not in the table, so that the default type holds: text/css
            nginx.conf:25 │ default_type text/css;
";
    desk.run(&["trace", url, "--file", "nginx.conf", "--fs", "fs"]).says(chain);
    desk.run(&["trace", url, "--file", "nginx.conf"]).says(&format!("{chain}{ASSUMED}"));
}

#[test]
fn what_a_configuration_keeps_secret_is_not_shown() {
    let desk = Desk::empty();
    desk.write(
        "nginx.conf",
        "events {}\nhttp {\n  server {\n    include more.conf;\n    return 302 http://user:canary-71@example.org/;\n  }\n}\n",
    );
    desk.write("more.conf", "add_header Authorization \"Basic canary-72\" always;\n");
    for format in ["text", "json"] {
        let said = desk.run(&["trace", "http://a/", "--file", "nginx.conf", "--format", format]);
        assert_eq!(said.code, 0, "{}", said.err);
        assert!(said.out.contains("302") && !said.out.contains("canary"), "{}", said.out);
    }
}

#[test]
fn what_another_server_answers_is_said_to_be_its_answer() {
    let desk = faulty();
    let said = desk.run(&["trace", "/api?x=1", "--host", "shop.example.org", "--file", "nginx.conf"]);
    assert_eq!(said.out.lines().next(), Some("`proxy_pass` has http://app answer  asked for /api?x=1"));
    assert_eq!(said.code, 0);
}

#[test]
fn every_wrong_type_is_reported_at_the_line_that_gives_it_and_nothing_else_is_called_wrong() {
    faulty().run(&["trace", "--all", "--file", "nginx.conf", "--fs", "fs"]).says(
        "\
404  text/html                              /static/site.css  /usr/src/app/staticsite.css is not there, nginx.conf:9
200  text/css                               /static/admin/css/base.css
200  text/css                               /static/admin/css_backup.sql  should be application/sql, nginx.conf:14
200  text/plain                             /assets/LICENSE
200  text/plain                             /assets/a.svg  should be image/svg+xml, nginx.conf:16
200  text/plain                             /assets/b.svg  should be image/svg+xml, nginx.conf:16
200  text/plain                             /assets/data.json  should be application/json, nginx.conf:16
200  text/html                              /assets/index.html
200  text/plain                             /static/vendor/font.woff2  should be font/woff2, nginx.conf:21
200  application/javascript                 /static/vendor/x.js
200  text/css                               /static/theme/logo.png  should be image/png, nginx.conf:25
200  text/css                               /static/theme/x.css
200  text/plain                             /static/admin/img/a.gif  should be image/gif, nginx.conf:30
200  text/plain                             /static/admin/img/b.jpeg  should be image/jpeg, nginx.conf:30
200  image/png                              /static/admin/img/c.png
200  text/plain                             /static/admin/img/d.svg  should be image/svg+xml, nginx.conf:30

nginx.conf:14: default_type text/css;
  /static/admin/css_backup.sql: text/css should be application/sql

nginx.conf:16: location /assets/ {
  /assets/a.svg and 1 more: text/plain should be image/svg+xml
  /assets/data.json: text/plain should be application/json

nginx.conf:21: types { text/css css; application/javascript js; }
  /static/vendor/font.woff2: text/plain should be font/woff2

nginx.conf:25: default_type text/css;
  /static/theme/logo.png: text/css should be image/png

nginx.conf:30: types { image/png png; }
  /static/admin/img/a.gif: text/plain should be image/gif
  /static/admin/img/b.jpeg: text/plain should be image/jpeg
  /static/admin/img/d.svg: text/plain should be image/svg+xml
",
    );
}

#[test]
fn a_stack_file_is_answered_for_in_its_own_lines_and_by_its_own_files() {
    let desk = Desk::with(
        "shop.stack",
        "\
stack shop
service app {
  build {
    base python:3.14-slim
    copy . to /app
    provides assets at /app/dist { kinds css woff2 }
  }
  listen 8000
}
proxy web {
  image   nginx:1.30
  publish 127.0.0.1:8080:80
  site example.org {
    static /files/  from ./public
    static /assets/ from app.assets
    proxy  /        to app
  }
}
",
    );
    files(&desk, &["public/a b.css", "public/drafts/x.css"]);
    desk.write("public/.dockerignore", "drafts\n");
    let all = desk.run(&["trace", "--all"]);
    assert_eq!(
        all.out,
        "\
200  application/octet-stream               /files/.dockerignore
200  text/css                               /files/a%20b.css
200  text/css                               /assets/*.css
200  font/woff2                             /assets/*.woff2
"
    );
    let there = desk.run(&["trace", "http://example.org:8080/files/a%20b.css"]);
    assert_eq!((there.code, there.err.as_str()), (0, ""));
    for line in [
        "200 text/css  /srv/example.org/files/a b.css\n",
        "            shop.stack:14 │ static /files/  from ./public\n",
        "  here      public/a b.css\n",
        "  note: port 8080 of the host is port 80 of `web`\n",
    ] {
        assert!(there.out.contains(line), "{line}{}", there.out);
    }
    let first = |url: &str| desk.run(&["trace", url]).out.lines().next().unwrap().to_owned();
    assert_eq!(first("http://example.org:8080/files/drafts/x.css"), "404 text/html; charset=utf-8");
    assert!(
        first("http://example.org:8080/assets/x.css")
            .starts_with("undecided: what stands there is not known")
    );
    assert_eq!(first("http://other.example:8080/"), "421 text/html; charset=utf-8");
}

#[test]
fn a_folder_that_does_not_exist_yet_is_a_note_that_names_provides() {
    let desk = Desk::with(
        "a.stack",
        &DEMO
            .replace("service web", "proxy web")
            .replace("80:80\n", "80:80\n  site a.example { static /x/ from ./dist }\n"),
    );
    let said = desk.run(&["trace", "http://a.example:8080/x/a.css"]);
    assert!(said.out.starts_with("404 "), "{}{}", said.out, said.err);
    let note = "`dist` does not exist yet: if a build makes it, say so there with `provides`";
    assert!(said.out.contains(note), "{}", said.out);
}

/// The value of a key, as it is written.
fn value<'a>(json: &'a str, key: &str) -> &'a str {
    let at = json.find(&format!("\"{key}\":")).unwrap_or_else(|| panic!("no {key} in {json}"));
    let rest = &json[at + key.len() + 3..];
    let end = match rest.strip_prefix('"') {
        Some(text) => text.find('"').unwrap() + 2,
        None => rest.find([',', '}']).unwrap(),
    };
    &rest[..end]
}

#[test]
fn requests_are_answered_in_order_one_object_a_line_garbage_included() {
    let desk = faulty();
    let long = "x".repeat(10 * 1024 * 1024);
    desk.write(
        "requests",
        format!(
            "GET http://shop.example.org/assets/a.svg\ngarbage\n\0\n\nget http://a/\nGET ftp://a/\nGET http://a/\u{1}\nGET /{long}\n\
             HEAD http://shop.example.org/assets\nGET http://shop.example.org:81/\nGET /assets/index.html"
        ),
    );
    let said = desk.run(&["trace", "--requests", "requests", "--file", "nginx.conf", "--fs", "fs"]);
    assert_eq!((said.code, said.err.as_str()), (2, ""));
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines.len(), 11);
    for (key, expected) in [
        ("decided", "true"),
        ("reason", "null"),
        ("status", "200"),
        ("content_type", "\"text/plain\""),
        ("location", "null"),
        ("file", "\"/usr/src/app/assets/a.svg\""),
        ("server", "\"shop.example.org\""),
        ("route", "\"location /assets/\""),
    ] {
        assert_eq!(value(lines[0], key), expected, "{key}");
    }
    assert_eq!(lines[1], r#"{"line":2,"error":"a line is a method, a space and a URL"}"#);
    assert_eq!(lines[4], r#"{"line":5,"error":"`get` is no method"}"#);
    assert_eq!(lines[5], r#"{"line":6,"error":"it is not of the form `http://host/path`"}"#);
    assert_eq!(lines[6], r#"{"line":7,"error":"it holds \\u{1}"}"#);
    assert_eq!(lines[7], r#"{"line":8,"error":"the line is longer than 65536 bytes"}"#);
    assert_eq!(value(lines[8], "decided"), "false");
    assert_eq!(value(lines[9], "reason"), "\"no server listens on port 81\"");
    assert_eq!(value(lines[10], "status"), "200");
}

#[test]
fn what_cannot_be_asked_is_said_with_its_exit_code() {
    let desk = faulty();
    let help =
        "  help: write the URL as a browser shows it, for example `http://example.org/static/site.css`\n";
    desk.run(&["trace", "ftp://a/", "--file", "nginx.conf"]).refuses(
        3,
        &format!("error: `ftp://a/` cannot be asked for: it is not of the form `http://host/path`\n{help}"),
    );
    desk.run(&["trace", "http://a/ b", "--file", "nginx.conf"])
        .refuses(3, &format!("error: `http://a/ b` cannot be asked for: it holds \\u{{20}}\n{help}"));
    desk.run(&["trace", "http://a/", "--header", "Accept", "--file", "nginx.conf"]).refuses(
        3,
        "error: `Accept` is no header\n  help: write its name, a colon and its value, for example `--header 'Accept: text/html'`\n",
    );
    desk.run(&["trace", "http://a/", "--file", "gone.conf"])
        .refuses(2, "error: `gone.conf` does not exist\n");
    desk.run(&["trace", "http://a/", "--file", "nginx.conf", "--fs", "gone"])
        .refuses(2, "error: `gone` does not exist\n");
    desk.run(&["trace", "http://a/", "--file", "nginx.conf", "--fs", "nginx.conf"]).refuses(
        2,
        "error: `nginx.conf` is not a folder\n  help: name the folder that the container has as its `/`\n",
    );
    desk.run(&["trace", "--requests", "gone", "--file", "nginx.conf"])
        .refuses(2, "error: `gone` does not exist\n");
    desk.write("plain.stack", DEMO);
    desk.run(&["trace", "http://a/"]).refuses(
        2,
        "error: `plain.stack` has no proxy, so that no nginx answers\n  help: `stackc explain proxy` says what one is\n",
    );
}

#[test]
fn what_nginx_cannot_read_is_reported_and_what_it_refuses_is_undecided() {
    let desk = Desk::empty();
    desk.write("nginx.conf", "events {}\nhttp {\n  server {\n    listen 80\n    root /srv;\n  }\n");
    let said = desk.run(&["trace", "http://a/", "--file", "nginx.conf"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains("nginx.conf:4"), "{}", said.err);
    desk.write("nginx.conf", "http {\n  server {\n    location /a { }\n    location /a { }\n  }\n}\n");
    let said = desk.run(&["trace", "http://a/", "--file", "nginx.conf"]);
    let first = "undecided: nginx does not start with this configuration: the location stands there twice";
    assert_eq!((said.code, said.out.lines().next()), (0, Some(first)));
    assert!(said.out.contains("nginx.conf:4 │ location /a { }"), "{}", said.out);
}

#[test]
fn includes_are_read_from_the_root_and_links_do_not_lead_out_of_it() {
    let desk = Desk::empty();
    files(&desk, &["fs/srv/www/a.css", "fs/etc/nginx/conf.d/x"]);
    desk.write("outside.css", "");
    desk.write("nginx.conf", "http { include /etc/nginx/mime.types; include /etc/nginx/conf.d/*.conf; }");
    desk.write("fs/etc/nginx/mime.types", "types { text/own css; }");
    desk.write("fs/etc/nginx/conf.d/a.conf", "server { location / { alias /srv/www/; } }");
    symlink("/srv/www/a.css", desk.path("fs/srv/www/absolute.css")).unwrap();
    symlink("../../../../../outside.css", desk.path("fs/srv/www/out.css")).unwrap();
    symlink("loop.css", desk.path("fs/srv/www/loop.css")).unwrap();
    symlink(".", desk.path("fs/srv/www/self")).unwrap();
    desk.run(&["trace", "--all", "--file", "nginx.conf", "--fs", "fs"]).says(
        "\
200  text/own                               /a.css  should be text/css, fs/etc/nginx/mime.types:1
200  text/own                               /absolute.css  should be text/css, fs/etc/nginx/mime.types:1
200  text/own                               /self/a.css  should be text/css, fs/etc/nginx/mime.types:1
200  text/own                               /self/absolute.css  should be text/css, fs/etc/nginx/mime.types:1

fs/etc/nginx/mime.types:1: types { text/own css; }
  /a.css and 3 more: text/own should be text/css
",
    );
    let status = |path: &str| -> Said { desk.run(&["trace", path, "--file", "nginx.conf", "--fs", "fs"]) };
    assert!(status("/out.css").out.starts_with("404 "));
    assert!(status("/loop.css").out.starts_with("403 "));
}

#[test]
fn types_that_a_tree_needs_are_compared_with_those_of_an_nginx() {
    let desk = Desk::empty();
    files(&desk, &["www/a.css", "www/a.mjs", "www/b.mjs", "www/a.wasm", "www/README", "www/a.zzscene"]);
    desk.run(&["mime", "www", "--nginx", "1.20"]).says(
        "\
extension        files  should be                        nginx 1.20.2
(none)               1  -                                -
css                  1  text/css                         text/css
mjs                  2  text/javascript                  lacks it
wasm                 1  application/wasm                 lacks it
zzscene              1  -                                -

In `http`, behind `include mime.types;` (a stack file has it by itself):

types {
    application/wasm wasm;
    text/javascript mjs;
}
",
    );
    desk.run(&["mime", "www/a.mjs", "--format", "json"]).says(
        "{\"extension\":\"mjs\",\"files\":1,\"example\":\"www/a.mjs\",\"should_be\":\"text/javascript\",\"nginx\":null,\
         \"verdict\":\"lacking\"}\n",
    );
    desk.run(&["mime", "gone"]).refuses(2, "error: `gone` does not exist\n");
    desk.run(&["mime", "www", "--nginx", "new"]).refuses(
        3,
        "error: `new` is no version of nginx\n  help: write it as nginx does, for example `--nginx 1.28`\n",
    );
}

/// The value of a string or number at the beginning of a JSON row, without its quotes.
fn plain<'a>(json: &'a str, key: &str) -> &'a str {
    value(json, key).trim_matches('"')
}

#[test]
fn a_file_that_speaks_for_others_says_what_they_would_say() {
    let desk = Desk::empty();
    let names =
        ["a.css", "b.css", "a.min.css", "c.js", ".css", "LICENSE", "x y.css", "a.php", "A.CSS", "aa.css"];
    for folder in ["", "one/", "one/two/", "one.d/", "alias/"] {
        files(&desk, &names.map(|name| format!("fs/srv/{folder}{name}")).each_ref().map(String::as_str));
    }
    for inside in [
        "root /srv;",
        "root /srv; location /one { types { text/one css; } } location = /one/two/a.css { return 204; }",
        "root /srv; location /one/a { default_type text/a; types { } } location /one/two/ { charset utf-8; }",
        r"root /srv; location ~ /a+\.[^/]*$ { types { text/a css; } } location ~ \.min\. { deny all; }",
        "root /srv; try_files $uri.css $uri =404;",
        "root /srv; try_files $uri =404; location /one.d/ { try_files /a.css =404; }",
        r"root /srv; rewrite ^/one/(a.*)$ /one/two/$1;",
        "root /srv/$arg_x; location /alias/ { alias /srv/one/two/; }",
        r#"root /srv; if ($uri ~ "aa") { return 403; } location /one/b.css/ { types { } }"#,
    ] {
        desk.write("nginx.conf", format!("http {{ include mime.types; server {{ {inside} }} }}"));
        let run = |more: &[&str]| {
            let said = desk.run(&[&["trace", "--all", "--file", "nginx.conf", "--fs", "fs"], more].concat());
            assert_eq!(said.code, 0, "{}", said.err);
            said.out
        };
        let (table, json) = (run(&[]), run(&["--format", "json"]));
        let rows: Vec<&str> = table.lines().take_while(|line| !line.is_empty()).collect();
        let json: Vec<&str> = json.lines().collect();
        for (row, json) in rows.iter().zip(&json) {
            let known = |key: &str, unknown: &'static str| match plain(json, key) {
                "null" => unknown.to_owned(),
                known => known.to_owned(),
            };
            let unknown = if plain(json, "decided") == "true" { "-" } else { "?" };
            let (status, mime) = (known("status", unknown), known("content_type", unknown));
            let head = format!("{status:<4} {mime:<38} {}", plain(json, "url"));
            assert!(row.starts_with(&head), "{inside}: {row} and {head}");
        }
        assert!(!rows.is_empty() && rows.len() == json.len(), "{inside}");
    }
}
