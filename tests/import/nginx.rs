//! Every shape of a directive of nginx: the statement that it becomes, and the directive that the statement is printed as.

use stackc::import::{Alone, nginx_alone};

use crate::snapshot::repository;

/// What a configuration with this text becomes.
fn described(text: &str) -> Alone {
    let made = nginx_alone("nginx.conf", text).unwrap_or_else(|| panic!("{text}: stays as it is"));
    assert_eq!(made.differing, [], "{text}: what comes back differs\n{}", made.text);
    assert!(made.emitted.is_some(), "{text}: cannot be compiled\n{}", made.text);
    made
}

/// What is in the block, and in which context, one space apart.
#[track_caller]
fn check(text: &str, context: &str, expected: &str) {
    let made = described(text);
    let words = |text: &str| {
        let words = text.split_whitespace().map(|word| word.trim_end_matches(';'));
        words.collect::<Vec<_>>().join(" ")
    };
    let (said, expected) = (words(&made.text), words(expected));
    assert_eq!(said, format!("defaults plain nginx nginx.conf in {context} {{ {expected} }}"), "{text}");
}

#[test]
fn the_context_is_told_by_what_is_in_the_file() {
    check("events { }\nhttp { }", "main", "events {} http {}");
    check("server { listen 80; }", "http", "server { listen 80 }");
    check("upstream a { server b:1; }", "http", "upstream a { server b:1 }");
    check("server b:1;\nkeepalive 2;", "upstream", "server b:1 keepalive 2");
    check("location /a { return 404; }", "server", "location /a { return 404 }");
    check("proxy_set_header Host $host;", "server", "proxy_set_header Host $host");
    check(
        "stream { server { listen 1; proxy_pass a:1; } }",
        "main",
        "stream { server { listen 1 proxy_pass a:1 } }",
    );
}

#[test]
fn locations_of_all_kinds_keep_their_words() {
    check(
        "location = /a { return 204; }\nlocation ^~ /b { return 204; }\nlocation ~ \\.php$ { return 204; }\n\
         location ~* \"^/x{1,3}$\" { location /c { return 204; } }\nlocation @d { return 204; }",
        "server",
        "respond /a 204 location ^~ /b { return 204 } location ~ \\.php$ { return 204 } \
         location ~* \"^/x{1,3}$\" { location /c { return 204 } } location @d { return 204 }",
    );
}

#[test]
fn conditions_keep_their_parentheses() {
    check(
        "if ($host = a.example.org) { return 301 https://b$request_uri; }\nlocation / { }",
        "server",
        "if ($host = a.example.org) { return 301 https://b$request_uri } location / {}",
    );
    check(
        "location / { if (-f $request_filename) { break; } }",
        "server",
        "location / { if (-f $request_filename) { break } }",
    );
    described("location / { if ($a ~ (b|c) ) { return 403; } if ($a = '') { return 404; } }");
}

#[test]
fn tables_hold_keys_and_values() {
    check(
        "map $a $b { default c; '' d; \"~^e f$\" \"$g h\"; include i; }",
        "http",
        "map $a $b { default c \"\" d \"~^e f$\" \"$g h\" include i }",
    );
    check("types { text/html html htm; }", "http", "types { text/html html htm }");
    check("geo $a { default 0; 10.0.0.0/8 1; }", "http", "geo $a { default 0 10.0.0.0/8 1 }");
    check(
        "split_clients \"${a}b\" $c { 0.5% d; * \"\"; }",
        "http",
        "split_clients $${a}b $c { 0.5% d * \"\" }",
    );
}

#[test]
fn words_are_quoted_only_if_they_must_be() {
    check(
        "log_format main '$a - \"$b\" '\n  \"c's\";",
        "http",
        "log_format main \"$a - \\\"$b\\\" \" \"c's\"",
    );
    check(
        "add_header A \"b\" always;\nadd_header C 'd; e';",
        "server",
        "add_header A b always add_header C \"d; e\"",
    );
    check("rewrite ^/a/(\\d+)$ /b?c=$1 last;", "server", "rewrite ^/a/(\\d+)$ /b?c=$1 last");
    check("return 200 \"a\\n\\\"b\\\"\";", "server", "return 200 \"a\\n\\\"b\\\"\"");
}

#[test]
fn variables_of_a_template_stay_what_they_are() {
    check(
        "server { listen ${PORT}; server_name ${NAME}.example.org; }",
        "http",
        "server { listen $${PORT} server_name $${NAME}.example.org }",
    );
}

#[test]
fn a_directive_that_nobody_knows_is_raw_alone() {
    check(
        "server { listen 80; more_clear_headers Server; }",
        "http",
        "server { listen 80 raw nginx 'more_clear_headers Server;' }",
    );
    check(
        "server { content_by_lua_block { ngx.say(\"a\") } }",
        "http",
        "server { raw nginx 'content_by_lua_block { ngx.say(\"a\") }' }",
    );
    described(
        "location /a {\n  access_by_lua_block {\n    if a then\n\n      b = { c = \"}\" } -- }\n    end\n  }\n}\n",
    );
    check("include absent.conf;\nserver { listen 80; }", "http", "include absent.conf server { listen 80 }");
}

#[test]
fn comments_stay_beside_what_they_speak_of() {
    let made = described(
        "# a\nserver { # b\n  # c\n\n  listen 80; # d\n\n  # e\n  root /a\n    # f\n    ;\n  # g\n}\n# h\n",
    );
    assert_eq!(
        made.text,
        "\
defaults plain
nginx nginx.conf in http {
  # a
  server {
    # b
    # c

    listen 80  # d

    # e
    # f
    root /a
    # g
  }
  # h
}
"
    );
}

#[test]
fn a_file_that_cannot_be_read_stays_as_it_is() {
    for text in ["{{ if .A }}\nserver { listen 80; }\n{{ end }}\n", "server { listen 80;\n", "listen 80\n"] {
        assert!(nginx_alone("nginx.conf", text).is_none(), "{text}");
    }
}

#[test]
fn what_stackc_prints_comes_back() {
    let mut report = String::new();
    for path in super::files_named("nginx.conf") {
        let text = std::fs::read_to_string(repository().join(&path)).unwrap();
        match nginx_alone("nginx.conf", &text) {
            Some(made) if made.differing.is_empty() && made.emitted.is_some() => {}
            Some(made) => report += &format!("{path}: {:?}\n{}\n", made.differing, made.text),
            None => report += &format!("{path} stays as it is\n"),
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn an_entry_without_its_semicolon_goes_on_in_the_next_line() {
    check(
        "types {\n  text/html html;\n  image/svg+xml svg\n  application/json json;\n}",
        "http",
        "types { text/html html image/svg+xml svg application/json json }",
    );
    assert!(nginx_alone("nginx.conf", "types {\n  text/html html\n}").is_none(), "nginx refuses it");
    assert!(nginx_alone("nginx.conf", "root /a\nindex b;\n").is_none(), "nginx refuses it");
}
