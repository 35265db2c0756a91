//! Configurations of nginx as they are printed.

use std::path::PathBuf;

use super::*;
use crate::model::values::{Scope, Var, VarOp};
use crate::source::{Origin, Origins};

fn origin() -> Origin {
    Origins::default().by_default("test", None)
}

/// A text in which `⟨name⟩` is a variable of nginx.
fn text(source: &str) -> Text {
    let mut parts = Vec::new();
    for (index, piece) in source.split(['⟨', '⟩']).enumerate() {
        let name = piece.to_owned();
        parts.push(match index % 2 {
            0 => Part::Lit(name),
            _ => Part::Var(Var { scope: Scope::Nginx, name, op: VarOp::None, bare: true }),
        });
    }
    Text::from_parts(parts.into_iter().filter(|part| *part != Part::Lit(String::new())), origin())
}

fn texts(words: &[&str]) -> Vec<Text> {
    words.iter().map(|word| text(word)).collect()
}

fn push(conf: &mut Conf, parent: Option<DirId>, name: &str, args: &[&str]) -> DirId {
    conf.push(parent, name, texts(args), Body::None, origin())
}

fn open(conf: &mut Conf, parent: Option<DirId>, name: &str, args: &[&str]) -> DirId {
    conf.push(parent, name, texts(args), Body::Block(Vec::new()), origin())
}

fn table(conf: &mut Conf, parent: Option<DirId>, name: &str, args: &[&str], rows: &[&[&str]]) -> DirId {
    let entries = rows
        .iter()
        .map(|row| Entry { key: text(row[0]), values: texts(&row[1..]), origin: origin() })
        .collect();
    conf.push(parent, name, texts(args), Body::Table(entries), origin())
}

/// What is emitted below the header.
fn emitted(conf: &Conf) -> String {
    let layout = Layout {
        stack_dir: PathBuf::from("/p"),
        out_dir: PathBuf::from("/p"),
        stack_file: "x.stack".to_owned(),
    };
    let artifact = emit("nginx.conf", conf, &layout);
    assert_eq!(artifact.lines.len(), artifact.text.lines().count());
    artifact.text.splitn(4, '\n').nth(3).unwrap().to_owned()
}

#[test]
fn blocks_stand_apart_and_tables_in_columns() {
    let mut conf = Conf::default();
    push(&mut conf, None, "worker_processes", &["auto"]);
    open(&mut conf, None, "events", &[]);
    let http = open(&mut conf, None, "http", &[]);
    push(&mut conf, Some(http), "include", &["/etc/nginx/mime.types"]);
    table(
        &mut conf,
        Some(http),
        "types",
        &[],
        &[&["text/javascript", "mjs", "cjs"], &["application/manifest+json", "webmanifest"]],
    );
    let map = table(
        &mut conf,
        Some(http),
        "map",
        &["⟨http_upgrade⟩", "⟨connection_upgrade⟩"],
        &[&["default", "upgrade"], &["", "close"]],
    );
    conf.comment(map, "WebSockets.\nAnd more.");
    let server = open(&mut conf, Some(http), "server", &[]);
    push(&mut conf, Some(server), "listen", &["8080"]);
    push(&mut conf, Some(server), "server_name", &["example.org", r"~^www\d{1,2}\.example\.org$"]);
    let location = open(&mut conf, Some(server), "location", &["~", r"\.(php|html)$"]);
    push(&mut conf, Some(location), "return", &["404"]);
    let location = open(&mut conf, Some(server), "location", &["/"]);
    push(&mut conf, Some(location), "proxy_set_header", &["X-Price", "5 $; ⟨host⟩name ⟨uri⟩"]);
    push(&mut conf, Some(location), "proxy_pass", &["http://⟨upstream⟩"]);
    assert!(needs_dollar(&conf));
    assert_eq!(
        emitted(&conf),
        r#"worker_processes auto;

events {}

http {
    include /etc/nginx/mime.types;

    types {
        text/javascript           mjs cjs;
        application/manifest+json webmanifest;
    }

    # WebSockets. And more.
    map $http_upgrade $connection_upgrade {
        default upgrade;
        ""      close;
    }

    server {
        listen 8080;
        server_name example.org "~^www\d{1,2}\.example\.org$";

        location ~ \.(php|html)$ {
            return 404;
        }

        location / {
            proxy_set_header X-Price "5 ${stackc_dollar}; ${host}name $uri";
            proxy_pass http://$upstream;
        }
    }
}
"#
    );
}

#[test]
fn a_directive_with_many_words_goes_on_below() {
    let mut conf = Conf::default();
    let http = open(&mut conf, None, "http", &[]);
    push(&mut conf, Some(http), "gzip_types", &["application/manifest+json"; 5]);
    push(&mut conf, Some(http), "add_header", &["A", &"x".repeat(120), "always"]);
    let long = "x".repeat(120);
    assert_eq!(
        emitted(&conf),
        format!(
            "http {{
    gzip_types application/manifest+json application/manifest+json application/manifest+json
        application/manifest+json application/manifest+json;
    add_header A {long} always;
}}
"
        )
    );
}

#[test]
fn a_dollar_is_itself_where_nginx_expands_nothing() {
    let mut conf = Conf::default();
    push(&mut conf, None, "rewrite", &["^/a$", "/b$/⟨1⟩0"]);
    push(&mut conf, None, "proxy_redirect", &["~^/a$", "/b$"]);
    push(&mut conf, None, "proxy_redirect", &["/a$", "/b"]);
    push(&mut conf, None, "fastcgi_param", &["A$", "b$"]);
    push(&mut conf, None, "client_max_body_size", &["$"]);
    table(&mut conf, None, "geo", &["⟨stackc_dollar⟩"], &[&["default", "$"]]);
    table(&mut conf, None, "map", &["⟨uri⟩", "⟨a⟩"], &[&["~a$", "$5⟨host⟩"]]);
    let block = open(&mut conf, None, "if", &["(⟨uri⟩", "~", "a{2}$", ")"]);
    push(&mut conf, Some(block), "return", &["200", "$"]);
    open(&mut conf, None, "if", &["(⟨uri⟩", "=", "a $", ")"]);
    assert_eq!(
        emitted(&conf),
        r#"rewrite ^/a$ /b${stackc_dollar}/$10;
proxy_redirect ~^/a$ /b${stackc_dollar};
proxy_redirect /a${stackc_dollar} /b;
fastcgi_param A$ b${stackc_dollar};
client_max_body_size $;

geo $stackc_dollar {
    default $;
}

map $uri $a {
    ~a$ ${stackc_dollar}5$host;
}

if ($uri ~ "a{2}$") {
    return 200 ${stackc_dollar};
}

if ($uri = "a ${stackc_dollar}") {}
"#
    );
}

#[test]
fn only_slots_that_are_expanded_need_the_dollar() {
    let mut conf = Conf::default();
    push(&mut conf, None, "location", &["~", "a$"]);
    table(&mut conf, None, "geo", &["⟨x⟩"], &[&["default", "$"]]);
    assert!(!needs_dollar(&conf));
    assert_eq!(refusals(&conf).len(), 0);
    push(&mut conf, None, "add_header", &["A", &"x".repeat(4001)]);
    assert_eq!(refusals(&conf).len(), 1);
}

#[test]
fn a_line_break_in_a_header_is_refused() {
    for (words, is_header) in [
        (&["add_header", "A", "b\nC: d"][..], true),
        (&["proxy_set_header", "A", "⟨uri⟩\nb"], true),
        (&["return", "302", "/a\nb"], true),
        (&["return", "http://a\nb"], true),
        (&["return", "200", "a\nb"], false),
        (&["set", "$a", "a\nb"], false),
    ] {
        let mut conf = Conf::default();
        push(&mut conf, None, words[0], &words[1..]);
        assert_eq!(refusals(&conf).len(), usize::from(is_header), "{words:?}");
    }
}
