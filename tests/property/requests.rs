//! What must hold for every configuration and every request: an answer comes, and nothing panics.

use stackc::request::{self, Entry, Files, Included, Options, Outcome, Request};
use stackc::source::SourceMap;

use super::mutation::{Amount, Numbers};
use super::nginx_syntax;

/// Configurations with everything that the model follows.
const TEXTS: &[&str] = &[
    "server {\n listen 80 default_server;\n server_name a.b *.c ~^(?<x>.)$ .d e.*;\n root /r;\n index a $arg_x /b;\n \
     types { text/css css; }\n default_type a/b;\n charset utf-8;\n error_page 404 =200 /x$uri;\n error_page 403 @n;\n \
     location / { try_files $uri $uri/ /i.html?$args; }\n location = /a { return 301 /b$1; }\n location ^~ /b/ { alias \
     /c; location /b/d { rewrite ^/(.*)$ /$1?x last; } }\n location ~* \\.(css|js)$ { alias /e/$1; try_files $uri =404; }\n \
     location @n { return 200 \"$uri $x $request_filename\"; }\n}\n",
    "map $uri $m { default a; ~(.) $1; b $host; }\ngeo $d { default \"$\"; }\nserver { listen [::]:80; listen 1.2.3.4:80 \
     ssl; set $a $m; if ($a ~ (.*)) { rewrite (.*) $1$1 break; }\n if (-f $request_filename) { return 404; }\n location /p/ \
     { set $u h; proxy_pass http://$u/x; limit_except GET { deny all; } }\n location / { proxy_pass http://u/y/; satisfy \
     any; allow 1.0.0.0/8; deny all; auth_basic a; auth_basic_user_file b; }\n location /l { rewrite ^ /l last; } location \
     /s { root $document_root; internal; autoindex on; empty_gif; } }\n",
    "events { }\nhttp {\n include mime.types;\n include conf.d/*.conf;\n merge_slashes off;\n server {\n root \
     $request_filename;\n location /a/ { alias $x; add_header A $b always; }\n location ~ ^/(?<n>a+)+$ { return 204; }\n \
     include unknown;\n sub_filter a b;\n absolute_redirect off;\n error_page 500 502 /a;\n recursive_error_pages on; }\n}\n",
];

const TARGETS: &[&str] = &[
    "/",
    "/a",
    "/b/d/x",
    "/a.css",
    "/p/x?y",
    "/l",
    "/s/",
    "/%2e%2e/",
    "//b//..",
    "/aaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
    "",
    "x",
    "/\u{e9}%ff",
    "/a/../../",
    "/?%00",
    "/.#",
    "/%",
    "/b/",
];

/// Files that are there or not, by the length of their names.
struct Some7;

impl Files for Some7 {
    fn entry(&self, path: &str) -> Entry {
        const ENTRIES: [Entry; 7] = [
            Entry::File,
            Entry::Folder,
            Entry::Missing,
            Entry::Unreadable,
            Entry::Closed,
            Entry::Special,
            Entry::Unknown,
        ];
        assert!(path.starts_with('/') && !path.contains("//"), "{path}");
        ENTRIES[path.len() % ENTRIES.len()]
    }
}

fn check(text: &str) {
    let mut sources = SourceMap::default();
    let file = sources.add("nginx.conf", text);
    let options = Options {
        prefix: (text.len().is_multiple_of(2)).then(|| "/etc/nginx".to_owned()),
        ..Options::default()
    };
    let mut depth = 0;
    let config = request::load(file, text, &options, &mut |path| {
        depth += 1;
        match path.len() % 4 {
            0 => Included::Missing,
            1 if depth < 4 => {
                let text = "include aaaaa; types { a/b c; } location /x { }";
                Included::Files(vec![(sources.add(path, text), text.into())])
            }
            _ => Included::Unknown,
        }
    });
    for span in config.refused().into_iter().chain(config.unknown()).filter_map(|why| why.span) {
        assert!(span.start <= span.end);
    }
    let mut numbers = Numbers(1 + text.len() as u64);
    for method in ["GET", "POST"] {
        let target = TARGETS[numbers.below(TARGETS.len())];
        let host = [Some("a.b"), Some("x"), Some("[::1]:80"), Some(".."), None][numbers.below(5)];
        let mut asked = Request::get("http://a.b/").unwrap();
        method.clone_into(&mut asked.method);
        target.clone_into(&mut asked.target);
        asked.host = host.map(str::to_owned);
        let answer = request::answer(&config, &asked, &Some7);
        if let Outcome::Decided(response) = &answer.outcome {
            assert!((200..600).contains(&response.status), "{response:?}");
        }
    }
}

#[test]
fn configurations_of_every_kind_are_answered() {
    TEXTS.iter().chain(nginx_syntax::TEXTS).for_each(|text| check(text));
}

/// Checks mutilated configurations. `slow::property` checks all of them.
pub(crate) fn check_many(amount: Amount) {
    let mut numbers = Numbers(0x0a11_0f7e_5e6a_0001);
    for round in 0..amount.of(2000) {
        let mut text = TEXTS[round % TEXTS.len()].to_owned();
        for _ in 0..=numbers.below(4) {
            numbers.mutate(&mut text, nginx_syntax::SHREDS);
        }
        check(&text);
    }
}

#[test]
fn mutilated_configurations_are_answered() {
    check_many(Amount::Share);
}
