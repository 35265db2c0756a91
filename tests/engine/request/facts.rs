//! What is known of nginx, each fact with a configuration that shows it: the server must do it, and the model say it.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use stackc::request::{Included, Outcome, Request, Semantics};

use super::generate::write_files;
use super::live::{Client, Nginx, Which, free_ports};
use super::{Disk, differs, load};
use crate::engine::{NGINX, Said, docker, need_images};

/// Asks a server `server` beside what else stands in `http`; `F` is the folder of the files, `U` the address of an
/// upstream. Each request is a path with what comes back: `200 text/css`, with ` -> ` and the location, with ` : ` and
/// the body, or with ` + ` and an added header.
fn shows(http: &str, server: &str, requests: &[(&str, &str)]) {
    let folder = tempfile::Builder::new().prefix("stackc").tempdir().unwrap();
    write_files(folder.path());
    let name = folder.path().display().to_string();
    let first = free_ports(2);
    let upstream = format!("127.0.0.1:{}", first + 1);
    let fill = |text: &str| text.replace("{F}", &name).replace("{U}", &upstream);
    let text = format!(
        "daemon off; pid {name}/pid; error_log /dev/null; events {{ }}\nhttp {{\naccess_log off;\n{}\nserver {{\nlisten \
         127.0.0.1:{first};\n{}\n}}\nserver {{ listen {upstream}; types {{ }} default_type application/x-upstream; return \
         200 $request_uri; }}\n}}\n",
        fill(http),
        fill(server)
    );
    fs::write(folder.path().join("nginx.conf"), &text).unwrap();
    let config = load(&text, &name, Semantics::default());
    let nginx = Nginx::start(Which::Installed, folder.path(), first);
    let mut client = Client::default();
    for (asked, expected) in requests {
        let (method, path) = asked.split_once(' ').unwrap_or(("GET", asked));
        let mut request = Request::get(&format!("http://a.example:{first}/")).unwrap();
        method.clone_into(&mut request.method);
        path.clone_into(&mut request.target);
        let reply = client.ask(&request).unwrap();
        let mut said = format!("{} {}", reply.status, reply.header("content-type").unwrap_or("-"));
        let port = format!(":{first}");
        if let Some(location) = reply.header("location") {
            said += &format!(" -> {}", location.replace(&port, ""));
        }
        if expected.contains(" : ") {
            said += &format!(" : {}", reply.text());
        }
        if expected.contains(" + ") {
            let added = reply.headers.iter().filter(|(name, _)| name.starts_with("x-"));
            let added: Vec<String> = added.map(|(name, value)| format!("{name} {value}")).collect();
            said += &format!(" + {}", added.join(", "));
        }
        assert_eq!(said, *expected, "{asked}: {:?}", reply.headers);
        let answer = stackc::request::answer(&config, &request, &Disk);
        assert!(!matches!(answer.outcome, Outcome::Undecided(_)), "{asked}: {answer:?}");
        assert_eq!(differs(&answer.outcome, &request, Some(&reply)), None, "{asked}: {answer:?}");
    }
    drop(nginx);
}

/// What nginx has against a configuration; empty if nothing.
fn complaint(which: Which, http: &str) -> String {
    let folder = tempfile::Builder::new().prefix("stackc").tempdir().unwrap();
    write_files(folder.path());
    let name = folder.path().display().to_string();
    let text = format!("pid {name}/pid; error_log stderr; events {{ }}\nhttp {{\n{http}\n}}\n")
        .replace("{F}", &name);
    let conf = folder.path().join("nginx.conf");
    fs::write(&conf, text).unwrap();
    let mut command = match which {
        Which::Installed => Command::new("nginx"),
        Which::Image => {
            need_images(&[NGINX]);
            let mount = format!("{name}:{name}");
            docker(["run", "--rm", "-v", &mount, "--entrypoint", "nginx", NGINX])
        }
    };
    command.args(["-t", "-e", "stderr", "-p"]).arg(folder.path()).arg("-c").arg(&conf);
    let said = Said::of(&mut command);
    if said.code == 0 { String::new() } else { said.err }
}

const ROOT: &str = "root {F}/r;";

#[test]
fn fact_1_an_inner_table_replaces_the_outer_one_and_nested_locations_inherit_theirs() {
    let server = format!(
        "{ROOT} types {{ text/x-css css; }} location /static/ {{ types {{ text/x-js js; }} }}\nlocation /sub/ {{ types {{ \
         text/x-in css; }} location /sub/deep/ {{ }} }}"
    );
    shows(
        "",
        &server,
        &[
            ("/a.css", "200 text/x-css"),
            ("/static/a.css", "200 text/plain"),
            ("/static/b.js", "200 text/x-js"),
            ("/sub/deep/x.css", "200 text/x-in"),
        ],
    );
}

#[test]
fn fact_2_tables_of_one_level_merge_and_the_last_entry_wins() {
    let server = format!("{ROOT} types {{ text/x-1 css js; }} types {{ text/x-2 css; }}");
    shows("", &server, &[("/a.css", "200 text/x-2"), ("/b.js", "200 text/x-1")]);
    let server = format!("{ROOT} include {{F}}/mime.types; types {{ text/javascript js; }}");
    shows("", &server, &[("/a.css", "200 text/css"), ("/b.js", "200 text/javascript")]);
}

#[test]
fn fact_3_the_order_of_directives_and_blocks_is_nothing() {
    let server = format!("location / {{ }} {ROOT} types {{ text/x-late css; }}");
    shows("", &server, &[("/a.css", "200 text/x-late")]);
}

#[test]
fn fact_4_without_a_table_three_extensions_are_known() {
    shows(
        "",
        ROOT,
        &[
            ("/index.html", "200 text/html"),
            ("/index.htm", "200 text/plain"),
            ("/h.jpeg", "200 text/plain"),
            ("/a.css", "200 text/plain"),
            ("/b.js", "200 text/plain"),
        ],
    );
}

#[test]
fn fact_5_the_default_type_holds_for_unknown_extensions_only() {
    let server = format!("{ROOT} location / {{ default_type text/css; }}");
    shows("", &server, &[("/f.png", "200 text/css"), ("/i.html", "200 text/html")]);
    let server = format!("{ROOT} default_type text/x-d; location / {{ types {{ text/css css; }} }}");
    shows("", &server, &[("/f.png", "200 text/x-d"), ("/a.css", "200 text/css")]);
}

#[test]
fn fact_6_an_empty_table_and_a_default_type_are_one_type_for_everything() {
    let server = format!("{ROOT} location / {{ types {{ }} default_type text/x-all; }}");
    shows(
        "",
        &server,
        &[("/i.html", "200 text/x-all"), ("/a.css", "200 text/x-all"), ("/g", "200 text/x-all")],
    );
}

#[test]
fn fact_7_the_extension_is_that_of_the_uri() {
    let server =
        format!("{ROOT} types {{ image/svg+xml svg; }} location = /logo {{ alias {{F}}/r/logo.svg; }}");
    shows("", &server, &[("/logo", "200 text/plain : r/logo.svg"), ("/logo.svg", "200 image/svg+xml")]);
}

#[test]
fn fact_8_only_what_follows_the_last_dot_counts() {
    let server = format!("{ROOT} types {{ text/x-tar tar.gz; text/x-gz gz; text/css css; text/x-bak bak; }}");
    shows(
        "",
        &server,
        &[
            ("/d.tar.gz", "200 text/x-gz"),
            ("/.css", "200 text/plain"),
            ("/k.css.bak", "200 text/x-bak"),
            ("/a%2Ecss", "200 text/css"),
            ("/a.css?b.bak", "200 text/css"),
        ],
    );
}

#[test]
fn fact_9_extensions_are_compared_without_regard_to_case() {
    let server = format!("{ROOT} types {{ text/css CSS; text/x-js js; }}");
    shows("", &server, &[("/a.css", "200 text/css"), ("/c.JS", "200 text/x-js")]);
}

#[test]
fn fact_10_the_type_follows_the_target_of_try_files_and_index() {
    let server = format!(
        "{ROOT} types {{ text/x-html html; text/x-js js; }} location / {{ try_files $uri $uri/ /index.html; }}"
    );
    shows("", &server, &[("/missing.js", "200 text/x-html"), ("/sub/", "200 text/x-html")]);
}

#[test]
fn fact_11_return_is_typed_by_the_extension_and_add_header_adds_a_second_type() {
    let server = "types { text/css css; } location / { return 200 x; } location /two/ { add_header Content-Type a/b; \
                  add_header X-Second a; return 200 y; }";
    shows(
        "",
        server,
        &[
            ("/a.css", "200 text/css : x"),
            ("/a", "200 text/plain : x"),
            ("/two/a.css", "200 text/css + x-second a"),
        ],
    );
}

/// Answers one connection after the other with these bytes.
fn serves(answer: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(2) {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            stream.write_all(answer).unwrap();
        }
    });
    port
}

#[test]
fn fact_12_what_another_server_answers_has_its_own_type() {
    let server = "types { text/css css; } default_type text/x-d; location / { proxy_pass http://{U}; }";
    shows("", server, &[("/a.css", "200 application/x-upstream : /a.css")]);
    // An output record and the end of the request.
    let fastcgi = serves(
        b"\x01\x06\x00\x01\x00\x1e\x00\x00Content-Type: text/x-f\r\n\r\nbody\x01\x03\x00\x01\x00\x08\x00\x00\0\0\0\0\0\0\0\0",
    );
    let uwsgi = serves(b"HTTP/1.1 200 OK\r\nContent-Type: text/x-u\r\n\r\nbody");
    for (directive, port, expected) in
        [("fastcgi_pass", fastcgi, "200 text/x-f : body"), ("uwsgi_pass", uwsgi, "200 text/x-u : body")]
    {
        let folder = tempfile::Builder::new().prefix("stackc").tempdir().unwrap();
        let first = free_ports(1);
        let name = folder.path().display();
        let text = format!(
            "daemon off; pid {name}/pid; error_log /dev/null; events {{ }}\nhttp {{ access_log off; types {{ text/css css; \
             }} default_type text/x-d; server {{ listen 127.0.0.1:{first}; location / {{ {directive} \
             127.0.0.1:{port}; }} }} }}"
        );
        fs::write(folder.path().join("nginx.conf"), text).unwrap();
        let _nginx = Nginx::start(Which::Installed, folder.path(), first);
        let request = Request::get(&format!("http://a.example:{first}/a.css")).unwrap();
        let reply = Client::default().ask(&request).unwrap();
        let said = format!("{} {} : {}", reply.status, reply.header("content-type").unwrap(), reply.text());
        assert_eq!(said, expected, "{directive}");
    }
}

#[test]
fn fact_13_the_charset_is_added_to_six_types() {
    let server = format!(
        "{ROOT} charset utf-8; types {{ text/html html; text/css css; application/javascript js; text/javascript JS2; \
         application/json json; text/xml xml; application/rss+xml rss; image/svg+xml svg; }}\nlocation = /c.js2 {{ return \
         200 x; }} location = /moved {{ return 301 /x; }}"
    );
    shows(
        "",
        &server,
        &[
            ("/i.html", "200 text/html; charset=utf-8"),
            ("/xml.xml", "200 text/xml; charset=utf-8"),
            ("/feed.rss", "200 application/rss+xml; charset=utf-8"),
            ("/g", "200 text/plain; charset=utf-8"),
            ("/b.js", "200 application/javascript; charset=utf-8"),
            ("/c.js2", "200 text/javascript"),
            ("/a.css", "200 text/css"),
            ("/j.json", "200 application/json"),
            ("/e.svg", "200 image/svg+xml"),
            ("/missing", "404 text/html; charset=utf-8"),
            // Not in the list: redirects with 301 and 302 have none.
            ("/moved", "301 text/html -> http://a.example/x"),
        ],
    );
}

#[test]
fn fact_14_alias_replaces_letter_by_letter() {
    let server = "location /static/ { alias {F}/r/static; } location /n { alias {F}/r/static/; }";
    shows(
        "",
        server,
        &[
            ("/static/a.css", "200 text/plain : r/statica.css"),
            ("/n../secret.txt", "200 text/plain : r/secret.txt"),
        ],
    );
}

#[test]
fn fact_15_alias_in_a_regular_expression_is_the_whole_path() {
    let server = "location ~ ^/re/(.*)$ { alias {F}/s/$1; } location ~ ^/one { alias {F}/r/a.css; }";
    shows(
        "",
        server,
        &[("/re/sub/a.css", "200 text/plain : s/sub/a.css"), ("/one/x", "200 text/plain : r/a.css")],
    );
}

#[test]
fn fact_16_exact_then_regular_expression_then_the_longest_prefix() {
    let server = "location / { return 200 short; } location /sub/ { return 200 long; } location ~ \\.css$ { return 200 \
                  first; } location ~ css { return 200 second; } location = /sub/a.css { return 200 exact; } location ^~ \
                  /static/ { return 200 alone; }";
    shows(
        "",
        server,
        &[
            ("/sub/a.css", "200 text/plain : exact"),
            ("/sub/b.css", "200 text/plain : first"),
            ("/sub/css", "200 text/plain : second"),
            ("/sub/x", "200 text/plain : long"),
            ("/static/a.css", "200 text/plain : alone"),
            ("/y", "200 text/plain : short"),
        ],
    );
}

#[test]
fn fact_17_the_fallback_of_try_files_is_a_uri_with_alias_too() {
    let server = format!(
        "{ROOT} location /spa/ {{ alias {{F}}/r/spa/; try_files $uri /spa/index.html; }} location /app/ {{ alias \
         {{F}}/r/spa/; try_files $uri index.html; }}"
    );
    shows(
        "",
        &server,
        &[
            ("/spa/route", "200 text/html : r/spa/index.html"),
            ("/spa/x.js", "200 text/plain : r/spa/x.js"),
            ("/app/route", "404 text/html"),
        ],
    );
}

#[test]
fn fact_18_a_table_cannot_include_a_file_with_a_table() {
    let http = "types { include {F}/mime.types; }";
    let why = complaint(Which::Installed, http);
    assert!(why.contains("unexpected \"{\""), "{why}");
    let config = load_text(&format!("events {{ }} http {{ {http} }}"), "types { text/css css; }");
    assert!(config.refused().is_some());
}

fn load_text(text: &str, included: &str) -> stackc::request::Config {
    let mut sources = stackc::source::SourceMap::default();
    let file = sources.add("nginx.conf", text);
    let other = sources.add("mime.types", included);
    let options = stackc::request::Options::default();
    stackc::request::load(file, text, &options, &mut |_| Included::Files(vec![(other, included.into())]))
}

#[test]
fn fact_19_the_stock_table_calls_js_application_javascript_and_lacks_modules() {
    assert!(Path::new("/etc/nginx/mime.types").exists());
    let server = "include /etc/nginx/mime.types; default_type text/x-unknown; return 200 x;";
    let unknown = "200 text/x-unknown";
    shows(
        "",
        server,
        &[
            ("/a.js", "200 application/javascript"),
            ("/a.css", "200 text/css"),
            ("/a.mjs", unknown),
            ("/a.js.map", unknown),
            ("/a.webmanifest", unknown),
            ("/a.jxl", unknown),
            ("/a.glb", unknown),
            ("/a.md", unknown),
        ],
    );
}

#[test]
fn fact_20_an_added_header_drops_all_inherited_ones() {
    let server =
        "add_header X-A a; location /in { add_header X-B b; return 200 x; } location / { return 200 y; }";
    shows("", server, &[("/in", "200 text/plain + x-b b"), ("/", "200 text/plain + x-a a")]);
}

#[test]
fn fact_21_an_upstream_that_does_not_resolve_stops_nginx() {
    let why = complaint(Which::Installed, "server { location / { proxy_pass http://absent.invalid; } }");
    assert!(why.contains("host not found in upstream"), "{why}");
}

#[test]
fn fact_22_a_variable_and_a_path_in_proxy_pass_collapse_every_request() {
    let server = "location /v/ { set $up {U}; proxy_pass http://$up/fixed; } location /w/ { proxy_pass http://{U}/base/; }";
    shows(
        "",
        server,
        &[
            ("/v/a?b=c", "200 application/x-upstream : /fixed"),
            ("/w/a?b=c", "200 application/x-upstream : /base/a?b=c"),
        ],
    );
}

#[test]
fn fact_23_a_plain_fallback_answers_a_missing_script_with_a_page() {
    let server = format!("{ROOT} location / {{ try_files $uri /index.html; }}");
    shows("", &server, &[("/assets/app.5f3a.js", "200 text/html : r/index.html")]);
}

#[test]
fn fact_24_redirects_are_html_and_error_pages_have_their_own_type() {
    let server = format!(
        "{ROOT} types {{ text/css css; text/html html; application/json json; }} error_page 404 /err.json; location = \
         /old.css {{ return 301 /a.css; }}"
    );
    shows(
        "",
        &server,
        &[
            ("/old.css", "301 text/html -> http://a.example/a.css"),
            ("/sub", "301 text/html -> http://a.example/sub/"),
            ("/missing.css", "404 application/json : r/err.json"),
        ],
    );
}

#[test]
fn fact_25_a_dollar_is_always_a_variable_unless_one_holds_it() {
    for (text, why) in [("a$b", "unknown \"b\" variable"), ("$ 5", "invalid variable name")] {
        let said = complaint(Which::Installed, &format!("server {{ return 200 \"{text}\"; }}"));
        assert!(said.contains(why), "{said}");
    }
    let geo = "geo $stackc_dollar { default \"$\"; }";
    shows(geo, "return 200 \"${stackc_dollar} 5\";", &[("/", "200 text/plain : $ 5")]);
}

#[test]
fn fact_26_resolve_and_merged_headers_are_new() {
    let resolve = "resolver 127.0.0.1; upstream u { zone z 64k; server example.org resolve; }";
    let merge = "add_header_inherit merge;";
    assert!(complaint(Which::Installed, resolve).contains("invalid parameter \"resolve\""));
    assert!(complaint(Which::Installed, merge).contains("unknown directive"));
    assert_eq!(complaint(Which::Image, resolve), "");
    assert_eq!(complaint(Which::Image, merge), "");
}

/// What the model once had wrong.
#[test]
fn every_disagreement_that_was_found_is_settled() {
    let cases: &[(&str, &[(&str, &str)])] = &[
        // A redirect has no charset with 301 and 302.
        (
            "charset utf-8; location /a { return 301 /x; } location /b { return 307 /x; }",
            &[
                ("/a", "301 text/html -> http://a.example/x"),
                ("/b", "307 text/html; charset=utf-8 -> http://a.example/x"),
            ],
        ),
        // `internal` is inherited by the locations inside.
        ("location /in { internal; location /in/side { return 200 x; } }", &[("/in/side", "404 text/html")]),
        // In an error page the method is GET, for variables too.
        (
            "root {F}/r; if ($request_method = POST) { return 403; } error_page 403 =404 /absent;",
            &[("POST /", "404 text/html")],
        ),
        // What led to an error page keeps its status, also if another server makes the page.
        (
            "root {F}/r; error_page 404 /err; location /err { proxy_pass http://{U}; }",
            &[("/missing", "404 application/x-upstream : /err")],
        ),
        // The dot at the beginning of a name is no part of it.
        (
            "server_name .dot.example; server_name_in_redirect on; location / { return 301 /x; }",
            &[("/", "301 text/html -> http://dot.example/x")],
        ),
    ];
    for (server, requests) in cases {
        shows("", server, requests);
    }
}
