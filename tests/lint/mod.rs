//! What the rules on nginx find in a configuration, and what keeps them silent.

mod comments;
mod crossing;
mod dockerfile;
mod files;
mod fixing;
pub(crate) mod planted;
mod ports;
mod project;
mod proxying;
mod secrets;
pub(crate) mod seed;
mod services;

use stackc::handwritten::{Files, Source, check};
use stackc::project::host::Memory;

use crate::snapshot::repository;

/// Advice that most of these texts would be given, and that has specifications of its own.
const ADVICE: &[&str] = &[
    "nginx-body-size",
    "nginx-forwarded-missing",
    "nginx-if-location",
    "nginx-no-hsts",
    "nginx-server-tokens",
    "nginx-static-plain",
    "nginx-upstream-fixed",
];

/// The codes that are found in a text, each with its line, without advice.
fn found(text: &str) -> Vec<String> {
    let source = Source { name: "nginx.conf".to_owned(), text: text.to_owned(), is_named: true };
    let checked = check(Files { configurations: vec![source], ..Files::default() }, &Memory::default());
    assert!(checked.unrecognised.is_empty(), "not recognised:\n{text}");
    let line =
        |found: &stackc::diagnostic::Diagnostic| checked.sources.position(found.primary.span).line_number;
    let diagnostics = checked.sink.diagnostics.iter().filter(|found| !ADVICE.contains(&found.code));
    diagnostics.map(|found| format!("{} {}", line(found), found.code)).collect()
}

/// Checks what is found among the directives of a server.
#[track_caller]
fn in_server(text: &str, expected: &[&str]) {
    assert_eq!(found(&format!("server {{\n{text}\n}}\n")), expected, "{text}");
}

#[track_caller]
fn in_http(text: &str, expected: &[&str]) {
    let whole = format!("events {{ }}\nhttp {{ include mime.types; charset utf-8;\n{text}\n}}\n");
    assert_eq!(found(&whole), expected, "{text}");
}

#[test]
fn an_alias_matches_its_location_slash_for_slash() {
    in_server("location /a/ { alias /x; }", &["2 nginx-alias-slash"]);
    in_server("location ^~ /a/ { alias \"/x\"; }", &["2 nginx-alias-slash"]);
    in_server("location /a { alias /x/; }", &["2 nginx-alias-traversal"]);
    in_server("location ~ ^/a(.*)$ { alias /x/$1; }", &["2 nginx-alias-traversal"]);
    in_server("location /a { alias /x; }", &["2 nginx-alias-open"]);
    for silent in [
        "location /a/ { alias /x/; }",
        "location /a { alias /x/$b; }",
        "location /a { internal; alias /x/; }",
        "location /a { internal; alias /x; }",
        "location /a.txt { alias /x/a.txt; }",
        "location = /a { alias /x/index.html; }",
        "location / { alias /x; }",
        "location /a/ { alias /x/$folder; }",
        "location ~ ^/a/(.*)$ { alias /x/$1; }",
        "location ~ \\.png$ { alias /x/y.png; }",
    ] {
        in_server(silent, &[]);
    }
}

#[test]
fn headers_are_lost_in_blocks_with_one_of_their_own() {
    let loss = |inner: &str| format!("add_header A b;\nlocation / {{ root /x; {inner} }}");
    in_server(&loss("add_header C d;"), &["3 nginx-header-loss"]);
    in_server(&loss("if ($arg_a) { add_header C d; }"), &["3 nginx-header-loss"]);
    in_server(&loss("add_header a c;"), &[]);
    in_server(&loss("add_header A b; add_header C d;"), &[]);
    in_server(&loss("add_header_inherit merge; add_header C d;"), &[]);
    in_server("add_header Cache-Control no-store;\nlocation / { expires 1d; add_header C d; root /x; }", &[]);
    in_server(
        "proxy_set_header A b;\nlocation / { proxy_set_header C d; proxy_pass http://a; }",
        &["3 nginx-header-loss"],
    );
    in_server("proxy_set_header A b;\nlocation / { proxy_set_header C d; root /x; }", &[]);
    let store = "proxy_pass_request_headers off; proxy_set_header C d; proxy_pass https://store.example;";
    in_server(&format!("proxy_set_header A b;\nlocation / {{ {store} }}"), &[]);
    in_http("add_header A b;\nserver { add_header C d; return 204; }", &["4 nginx-header-loss"]);
}

#[test]
fn a_regular_expression_takes_files_from_a_prefix_with_a_place_of_its_own() {
    let shadow = |prefix: &str, regex: &str| format!("root /w;\nlocation {prefix}\nlocation {regex}");
    in_server(&shadow("/s/ { alias /x/; }", "~ \\.(css|js)$ { expires 1d; }"), &["3 nginx-regex-shadow"]);
    in_server(
        &shadow("/s/ { root /x; }", "~* ^.+\\.css$ { proxy_pass http://a; }"),
        &["3 nginx-regex-shadow"],
    );
    for (prefix, regex) in [
        ("^~ /s/ { alias /x/; }", "~ \\.css$ { expires 1d; }"),
        ("/s/ { expires 1h; }", "~ \\.css$ { expires 1d; }"),
        ("/s/ { root /x; }", "~ \\.css$ { root /x; }"),
        ("/s/ { alias /x/; }", "~ \\.php$ { fastcgi_pass a:9000; }"),
        ("/s/ { alias /x/; }", "~ ^/other/.*\\.css$ { expires 1d; }"),
        ("/s/ { proxy_pass http://a; }", "~ \\.css$ { expires 1d; }"),
    ] {
        in_server(&shadow(prefix, regex), &[]);
    }
}

#[test]
fn a_location_behind_one_that_takes_its_requests_is_unreachable() {
    let unreachable: &[&str] = &["3 nginx-unreachable-location"];
    in_server("location /a { root /x; }\nlocation ^~ /a { root /y; }", unreachable);
    in_server("location = /a { root /x; }\nlocation = /a { root /y; }", unreachable);
    in_server("location ~ a { root /x; }\nlocation ~ a { root /y; }", unreachable);
    in_server("location ~ .* { root /x; }\nlocation ~ a { root /y; }", unreachable);
    in_server("location /a {\nlocation /b { root /y; } }", unreachable);
    in_server("location = /a { root /x; }\nlocation /a { root /y; }", &[]);
    in_server("location ~ a { root /x; }\nlocation ~* a { root /y; }", &[]);
    in_server("location ~ a { root /x; }\nlocation /b { root /y; }", &[]);
    in_server("location /a {\nlocation ~ b { root /y; } }", &[]);
}

#[test]
fn a_page_answers_for_missing_assets_unless_they_have_a_location() {
    let fallback = "root /x;\nlocation / { try_files $uri $uri/ /index.html; ";
    let note: &[&str] = &["3 nginx-spa-fallback"];
    in_server(&format!("{fallback} }}"), note);
    in_server(&format!("{fallback} }}\nlocation /api/ {{ proxy_pass http://a; }}"), note);
    in_server("root /x;\ntry_files $uri /index.html;", note);
    in_server("root /x;\ntry_files $uri $uri/ /index.html =404;", note);
    in_server(&format!("{fallback} }}\nlocation ~ \\.(js|css)$ {{ expires 1d; }}"), &[]);
    in_server(&format!("{fallback} location ~ \\.(js|css)$ {{ expires 1d; }} }}"), &[]);
    in_server(&format!("{fallback} location ~ \\.[^/.]+$ {{ try_files $uri =404; }} }}"), &[]);
    in_server(&format!("{fallback} }}\nlocation /assets/ {{ expires 1d; }}"), &[]);
    in_server("root /x;\nlocation / { try_files $uri $uri/ =404; }", &[]);
    in_server("root /x;\nlocation / { try_files $uri /index.php?$args; }", &[]);
    in_server("root /x;\nlocation /app/ { try_files $uri /app/index.html; }", &[]);
}

#[test]
fn the_path_of_a_proxy_is_put_in_the_place_of_the_location() {
    let uri: &[&str] = &["2 nginx-proxy-uri"];
    in_server("location /a { proxy_pass http://b/; }", uri);
    in_server("location /a/ { proxy_pass http://b/c; }", uri);
    in_server("location /a/ { proxy_pass http://$b/c/; }", uri);
    in_server("location ~ /a { proxy_pass http://b/; }", uri);
    in_server("location @a { proxy_pass http://b/; }", uri);
    in_server("location /a { if ($arg_a) { proxy_pass http://b/; } }", uri);
    for silent in [
        "location /a { proxy_pass http://b; }",
        "location /a/ { proxy_pass http://b/; }",
        "location / { proxy_pass http://b/; }",
        "location /a { proxy_pass http://b/a; }",
        "location = /a { proxy_pass http://b/; }",
        "location /a/ { proxy_pass http://$b; }",
        "location /a/ { proxy_pass http://$b$request_uri; }",
        "location ~ ^/a/(.*)$ { proxy_pass http://b/$1; }",
        "location /a/ { rewrite ^/a/(.*)$ /$1 break; proxy_pass http://b/x; }",
        "location /a/ { proxy_pass http://unix:/run/a.sock; }",
    ] {
        in_server(silent, &[]);
    }
}

#[test]
fn a_table_of_types_replaces_the_one_around_it() {
    in_server("root /x;\ntypes { text/javascript mjs; }", &["3 mime-table-replaced"]);
    in_http("server { root /x;\ntypes { text/javascript mjs; } }", &["4 mime-table-replaced"]);
    for silent in [
        "root /x; include mime.types; types { text/javascript mjs; }",
        "location /d/ { root /x; types { } default_type application/octet-stream; }",
        "location ~ \\.mjs$ { root /x; types { text/javascript mjs; } }",
        "location = /a.webmanifest { root /x; types { application/manifest+json webmanifest; } }",
        "location /a/ { types { text/javascript mjs; } proxy_pass http://a; }",
        "root /x; types { text/html html; text/css css; text/javascript js; image/png png; image/svg+xml svg; }",
    ] {
        in_server(silent, &[]);
    }
    in_http("types { text/javascript mjs; }", &[]);
    assert_eq!(
        found("server_tokens off;\ntypes { text/javascript mjs; }\n"),
        [""; 0],
        "a part of `http` adds up"
    );
}

#[test]
fn files_need_a_table_of_types() {
    let whole = |http: &str| found(&format!("events {{ }}\nhttp {{ charset utf-8; {http} }}\n"));
    assert_eq!(whole("server { root /x; }"), ["2 mime-no-table"]);
    assert_eq!(
        whole("server { location / { proxy_pass http://a; } location /s/ { alias /x/; } }"),
        ["2 mime-no-table"]
    );
    assert_eq!(whole("include /etc/nginx/conf.d/*.conf; server { root /x; }"), ["2 mime-no-table"]);
    assert_eq!(
        whole("include /etc/nginx/base.conf; server { root /x; }"),
        [""; 0],
        "a file that is not there"
    );
    assert_eq!(whole("types { text/html html; } server { root /x; }"), [""; 0]);
    assert_eq!(whole("server { location / { proxy_pass http://a; } }"), [""; 0]);
    assert_eq!(whole("server { root /x; return 301 https://$host; }"), [""; 0]);
    assert_eq!(whole("server { location /.well-known/acme-challenge/ { root /x; } }"), [""; 0]);
}

#[test]
fn types_are_set_and_not_added() {
    in_server("location /a { return 200 ok; add_header content-type text/plain; }", &["2 mime-added-header"]);
    in_server("location /a { add_header Content-Type text/plain; return 204; }", &[]);
    in_server(
        "location /a { proxy_hide_header Content-Type; add_header Content-Type a/b; proxy_pass http://a; }",
        &[],
    );
    in_server("root /x; default_type text/css;", &["2 mime-default-type"]);
    in_server("location /a { return 200 a; default_type text/css; }", &[]);
    in_server("location ~ \\.css$ { root /x; default_type text/css; }", &[]);
    in_server("location = /a { root /x; default_type text/javascript; }", &[]);
}

#[test]
fn directives_are_known_where_they_stand() {
    in_server("wroker_processes 1;", &["2 nginx-unknown-directive"]);
    in_server("lua_code_cache off; more_set_headers \"A: b\"; brotli on;", &[]);
    in_server("rewrite_by_lua_block { if a then b() end }", &[]);
    in_server("ssl on;", &["2 nginx-removed-directive"]);
    in_server("if ($arg_a) { add_header A b; }", &["2 nginx-wrong-context"]);
    in_server("location / { if ($arg_a) { add_header A b; } }", &[]);
    in_server("location / { if ($arg_a = \"b c\") { return 204; } }", &[]);
    in_server("listen;", &["2 nginx-wrong-arguments"]);
    in_server("location { }", &["2 nginx-wrong-arguments"]);
    in_server("gzip_static always; ssl_verify_client optional_no_ca; sendfile ON;", &[]);
    in_server("gzip on; gzip off;", &["2 nginx-duplicate-directive"]);
    in_server(
        "listen 80; listen 81; server_name a; server_name b; error_page 404 /a; error_page 403 /b;",
        &[],
    );
    in_http("types { include mime.types; }", &["3 mime-include-in-types"]);
    in_http("map $a $b { default 1; unknown_word 2; }", &[]);
}

#[test]
fn a_module_that_is_loaded_may_bring_any_directive() {
    let with = |load: &str| found(&format!("{load}\nevents {{ }}\nhttp {{\n  frobnicate on;\n}}\n"));
    assert_eq!(with(""), ["4 nginx-unknown-directive"]);
    assert_eq!(with("load_module modules/ngx_http_frobnicate_module.so;"), [""; 0]);
}

#[test]
fn what_a_part_of_a_configuration_stands_in_is_told_from_what_is_in_it() {
    assert_eq!(found("location / { worker_processes 1; }\n"), ["1 nginx-wrong-context"]);
    assert_eq!(found("proxy_set_header A b;\nproxy_pass http://a;\nproxy_redirect off;\n"), [""; 0]);
    assert_eq!(
        found("upstream a { server b:1; }\nserver { listen 1; proxy_pass a; }\n"),
        [""; 0],
        "of `stream`"
    );
    assert_eq!(found("ssl_protocols TLSv1.3;\nssl_session_timeout 1d;\n"), [""; 0]);
}

#[test]
fn what_is_emitted_gives_no_rule_a_reason() {
    let mut count = 0;
    for entry in walkdir::WalkDir::new(repository().join("snapshots/cases")) {
        let entry = entry.unwrap();
        if entry.file_name() == "nginx.conf" {
            count += 1;
            let path = entry.path().display().to_string();
            // Who wants nothing but the statements gets no table of types either; it is said of the stack file.
            // A folder that is open on purpose is said of the stack file, too.
            let expected: &[&str] = match &path {
                path if path.contains("/plain/") => &["6 mime-no-table"],
                path if path.ends_with("short-forms/web/nginx.conf") => &["50 nginx-alias-open"],
                _ => &[],
            };
            assert_eq!(found(&std::fs::read_to_string(entry.path()).unwrap()), expected, "{path}");
        }
    }
    assert!(count >= 5);
}

#[test]
fn every_wrong_type_of_a_proxy_is_found_at_the_line_that_causes_it() {
    let text = "\
events {
}
http {
    server {
        listen 80;
        server_name shop.example;
        location /static/ {
            alias /srv/shop/static;
        }
        location /static/scripts/ {
            default_type application/javascript;
            alias /srv/shop/static/scripts/;
        }
        location /static/styles/ {
            default_type text/css;
            alias /srv/shop/static/styles/;
        }
        location /static/vendor/ {
            types {
                text/css css;
                text/javascript js;
            }
            alias /srv/shop/static/vendor/;
        }
        location /static/admin/css {
            default_type text/css;
            alias /srv/shop/static/admin/css;
        }
        location /static/admin/img {
            types {
                image/png png;
            }
            alias /srv/shop/static/admin/img;
        }
        location / {
            proxy_pass http://shop:8000;
            proxy_set_header Host $host;
        }
    }
}
";
    assert_eq!(
        found(text),
        [
            "3 mime-no-table",
            "8 nginx-alias-slash",
            "11 mime-default-type",
            "15 mime-default-type",
            "19 mime-table-replaced",
            "25 nginx-alias-open",
            "26 mime-default-type",
            "29 nginx-alias-open",
            "30 mime-table-replaced",
        ]
    );
}

#[test]
fn the_end_of_a_line_in_the_path_does_not_reach_a_header() {
    let code = |line| format!("{line} nginx-splitting");
    for bad in [
        "location ~ ^/a/([^/]+)/ { proxy_pass http://127.0.0.1/$1; }",
        "location ~ ^/a/(?<x>\\W*)$ { proxy_pass http://127.0.0.1/$x; }",
        "location ~ ^/(a|b)/([^.]*)$ { set $p $2; proxy_pass http://127.0.0.1/$p; }",
        "location ~ ^/a/([^/]+)$ { return 302 https://example.org/$1; }",
        "rewrite ^ http://example.org$uri;",
        "rewrite ^ $scheme://example.org$document_uri permanent;",
    ] {
        in_server(bad, &[&code(2)]);
    }
    for silent in [
        "location ~ ^/a/(.*)/ { proxy_pass http://127.0.0.1/$1; }",
        "location ~ ^/(a|b)/([^/]*)$ { proxy_pass http://127.0.0.1/$1; }",
        "location ~ ^/a/([^/]+)$ { return 200 $1; }",
        "location ~ ^/a/([^/]+)$ { rewrite ^/a/(.*)$ /b/$1 break; proxy_pass http://127.0.0.1/x/$1; }",
        "rewrite ^/a/([^/]+)$ http://example.org/$1 redirect;",
        "rewrite ^ /index.php?path=$uri last;",
    ] {
        let found = found(&format!("server {{\n{silent}\n}}\n"));
        assert!(!found.contains(&code(2)), "{silent}: {found:?}");
    }
}

#[test]
fn a_header_stands_in_one_line() {
    in_server("add_header X-A \"a\n b\";", &["2 nginx-header-multiline"]);
    in_server(
        "location / { proxy_set_header X-A 'a\n b'; proxy_pass http://127.0.0.1; }",
        &["2 nginx-header-multiline"],
    );
    in_server("add_header X-A\n \"a b\";", &[]);
}

#[test]
fn a_pattern_for_referers_ends_with_the_host() {
    let check =
        |variable: &str, pattern: &str| format!("if (${variable} !~ \"{pattern}\") {{ return 403; }}");
    let bad = ["2 nginx-origin-pattern"];
    in_server(&check("http_referer", "^https://.*\\.example\\.org/"), &bad);
    in_server(&check("http_referer", "^https://example\\.org/|example\\.net/"), &bad);
    in_server(&check("http_referer", "^https://(example\\.org|[^/]+\\.example\\.net)/"), &[]);
    in_server(&check("http_referer", "^https://example\\.org/.*"), &[]);
    // An origin has no path.
    in_server(&check("http_origin", "^https://.*\\.example\\.org$"), &[]);
}
