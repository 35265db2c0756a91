//! What the rules on proxies, access, TLS and static files find in a configuration of nginx, and what keeps them silent.

use stackc::handwritten::check_memory;
use stackc::project::host::Memory;

/// Checks on which lines of a text a rule finds something.
#[track_caller]
fn lines(rule: &str, text: &str, expected: &[usize]) {
    let checked = check_memory(&Memory::new([("nginx.conf", text)]));
    assert!(checked.unrecognised.is_empty(), "not recognised:\n{text}");
    let found = checked.sink.diagnostics.iter().filter(|found| found.code == rule);
    let lines: Vec<usize> =
        found.map(|found| checked.sources.position(found.primary.span).line_number).collect();
    assert_eq!(lines, expected, "{rule}\n{text}");
}

fn server(inside: &str) -> String {
    format!("events {{ }}\nhttp {{ include mime.types; server {{\n{inside}\n}} }}\n")
}

const HEADERS: &str = "proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr; \
                       proxy_set_header X-Forwarded-Proto $scheme;";

#[test]
fn an_application_is_told_who_asked_and_how() {
    let rule = "nginx-forwarded-missing";
    lines(
        rule,
        &server("location / { proxy_pass http://app; }\nlocation /b { proxy_pass http://app; }"),
        &[3],
    );
    // Headers of a block's own replace all of those around it.
    lines(
        rule,
        &server(&format!("{HEADERS}\nlocation / {{ proxy_set_header A b; proxy_pass http://app; }}")),
        &[4],
    );
    for silent in [
        format!("{HEADERS} location / {{ proxy_pass http://app; }}"),
        format!("location / {{ {HEADERS} proxy_pass http://app; }}"),
        "location / { proxy_set_header Forwarded for=$remote_addr; proxy_pass http://app; }".to_owned(),
        // Somebody else's site wants its own name.
        "location / { proxy_pass https://api.example.org; }".to_owned(),
        // The headers may stand there.
        "location / { include proxy_params; proxy_pass http://app; }".to_owned(),
        "location /auth { internal; proxy_pass http://app; }".to_owned(),
    ] {
        lines(rule, &server(&silent), &[]);
    }
}

#[test]
fn a_constant_is_not_the_host_that_was_asked_for() {
    let rule = "nginx-forwarded-host";
    let text = |names: &str, value: &str| {
        server(&format!(
            "{names}\nlocation / {{ proxy_set_header X-Forwarded-Host {value}; proxy_pass http://app; }}"
        ))
    };
    lines(rule, &text("server_name a.example b.example;", "$server_name"), &[4]);
    lines(rule, &text("", "shop.example"), &[4]);
    // The variable is empty, and an empty header is not sent.
    lines(rule, &text("", "$server_name"), &[]);
    lines(rule, &text("server_name _;", "$server_name"), &[]);
    lines(rule, &text("server_name a.example;", "$host"), &[]);
    lines(
        "nginx-host-spoofed",
        &server("location / { proxy_set_header Host $http_host; proxy_pass http://a; }"),
        &[3],
    );
    lines(
        "nginx-host-spoofed",
        &server("location / { proxy_set_header Host $host; proxy_pass http://a; }"),
        &[],
    );
}

#[test]
fn a_version_is_told_unless_it_is_turned_off() {
    let rule = "nginx-server-tokens";
    lines(rule, &server("return 204;"), &[2]);
    lines(rule, &server("server_tokens off;\nreturn 204;"), &[]);
    lines(rule, &server("server_tokens on;"), &[3]);
    lines(rule, &server("include snippets/hardening.conf;"), &[]);
    // In a file of its own a server stands in an `http` that was not seen.
    lines(rule, "server {\n    listen 80;\n    return 204;\n}\n", &[]);
}

#[test]
fn large_bodies_are_refused_where_nothing_is_said() {
    let rule = "nginx-body-size";
    lines(rule, &server("location / { proxy_pass http://app; }"), &[3]);
    lines(rule, &server("location / { fastcgi_pass app:9000; }"), &[3]);
    lines(rule, &server("client_max_body_size 5m;\nlocation / { proxy_pass http://app; }"), &[]);
    lines(rule, &server("root /srv/www;"), &[]);
}

#[test]
fn names_are_looked_up_once_unless_they_are_resolved() {
    let rule = "nginx-upstream-fixed";
    lines(
        rule,
        &server("location / { proxy_pass http://app:8000; }\nlocation /b { proxy_pass http://b; }"),
        &[3],
    );
    lines(rule, "upstream app {\n    server app:8000;\n}\n", &[2]);
    for silent in [
        "location / { proxy_pass http://127.0.0.1:8000; }",
        "location / { proxy_pass http://localhost:8000; }",
        "location / { proxy_pass http://unix:/run/app.sock; }",
        "location / { set $app app; proxy_pass http://$app; }",
        "location / { proxy_pass https://api.example.org; }",
    ] {
        lines(rule, &server(silent), &[]);
    }
    lines(rule, "upstream app {\n    zone app 64k;\n    server app:8000 resolve;\n}\n", &[]);
}

#[test]
fn a_name_in_a_variable_needs_a_resolver() {
    let rule = "nginx-resolver-missing";
    let text = |resolver: &str, value: &str, pass: &str| {
        server(&format!("{resolver}\nset $app {value};\nlocation / {{ proxy_pass {pass}; }}"))
    };
    lines(rule, &text("", "http://app:8000", "$app"), &[5]);
    lines(rule, &text("", "app", "http://$app:8000"), &[5]);
    lines(rule, &text("resolver 127.0.0.11;", "http://app:8000", "$app"), &[]);
    lines(rule, &text("", "http://127.0.0.1:8000", "$app"), &[]);
    lines(
        rule,
        &format!(
            "upstream app {{ server app:8000; }}\n{}",
            "server { set $u app;\nlocation / { proxy_pass http://$u; } }"
        ),
        &[],
    );
    lines("nginx-resolver-public", &server("resolver 8.8.8.8 valid=30s;"), &[3]);
    lines("nginx-resolver-public", &server("resolver 127.0.0.11 [::1]:53 10.0.0.2;"), &[]);
}

#[test]
fn a_client_does_not_choose_whom_nginx_asks() {
    let rule = "nginx-ssrf";
    for found in [
        "location / { proxy_pass http://$arg_host; }",
        "location / { proxy_pass $http_target; }",
        "location ~ ^/to/([^/]+)/(.*)$ { proxy_pass http://$1/$2; }",
        "location ~ ^/to/(?<host>.+)$ { proxy_pass http://$host_name$host; }",
        "location ~ ^/to/(.+)$ { set $target $1; proxy_pass http://$target/; }",
    ] {
        lines(rule, &server(found), &[3]);
    }
    for silent in [
        "location ~ ^/to/(.*)$ { proxy_pass http://app/$1; }",
        "location / { proxy_pass http://app$request_uri; }",
        "location / { set $app app; proxy_pass http://$app:8000; }",
        "location /inner { internal; proxy_pass http://$arg_host; }",
    ] {
        lines(rule, &server(silent), &[]);
    }
}

#[test]
fn a_decoded_path_is_not_put_into_headers() {
    let rule = "nginx-splitting";
    lines(rule, &server("return 301 https://$host$uri;"), &[3]);
    lines(rule, &server("add_header X-Path $document_uri;"), &[3]);
    lines(rule, &server("location / { proxy_pass http://app$uri; }"), &[3]);
    lines(rule, &server("return 301 https://$host$request_uri;"), &[]);
    lines(rule, &server("return 200 \"$uri\";"), &[]);
    lines(rule, &server("location / { try_files $uri =404; root /srv; }"), &[]);
}

#[test]
fn tls_keeps_to_what_is_not_broken() {
    let rule = "nginx-weak-tls";
    lines(rule, &server("ssl_protocols TLSv1 TLSv1.2;"), &[3]);
    lines(rule, &server("ssl_ciphers HIGH:RC4-SHA;"), &[3]);
    lines(rule, &server("ssl_protocols TLSv1.2 TLSv1.3;\nssl_ciphers HIGH:!aNULL:!MD5:!RC4;"), &[]);
    let listen = "listen 443 ssl; ssl_certificate a; ssl_certificate_key b;";
    lines("nginx-no-hsts", &server(&format!("{listen}\nreturn 204;")), &[3]);
    lines(
        "nginx-no-hsts",
        &server(&format!("{listen}\nadd_header Strict-Transport-Security max-age=1;")),
        &[],
    );
    lines("nginx-no-hsts", &server("listen 80;"), &[]);
}

#[test]
fn access_is_denied_to_those_who_are_not_allowed() {
    let rule = "nginx-open-access";
    lines(rule, &server("location /admin { allow 10.0.0.0/8;\nroot /srv; }"), &[3]);
    lines(rule, &server("location /admin { allow 10.0.0.0/8; deny all;\nreturn 200 ok; }"), &[4]);
    lines(rule, &server("location /admin { allow 10.0.0.0/8; deny all; root /srv; }"), &[]);
    lines(rule, &server("location /admin { deny all; return 404; }"), &[]);
    lines(rule, &server("location /admin { allow all; root /srv; }"), &[]);
    lines("nginx-autoindex", &server("location /f { root /srv; autoindex on; }"), &[3]);
    lines("nginx-autoindex", &server("location /f { root /srv; autoindex on; auth_basic a; }"), &[]);
    lines("nginx-root-slash", &server("root /;"), &[3]);
    lines("nginx-root-slash", &server("location /x/ { alias /etc/; }"), &[3]);
    lines("nginx-root-slash", &server("location /srv/ { root /; }"), &[]);
}

#[test]
fn checks_of_origins_fit_one_site() {
    let rule = "nginx-origin-pattern";
    let text = |pattern: &str| {
        server(&format!("location / {{ if ($http_origin !~ '{pattern}') {{ return 403; }} }}"))
    };
    for loose in ["^https://shop.example$", "shop\\.example$", "^https://shop\\.example"] {
        lines(rule, &text(loose), &[3]);
    }
    for strict in
        ["^https://shop\\.example$", "^https?://(www\\.)?shop\\.example/", "^https:\\/\\/shop\\.example\\/$"]
    {
        lines(rule, &text(strict), &[]);
    }
    lines("nginx-referers-none", &server("location / { valid_referers none server_names; }"), &[3]);
    lines("nginx-referers-none", &server("location / { valid_referers server_names *.none.example; }"), &[]);
}

#[test]
fn what_nginx_takes_for_something_else_is_told() {
    lines("nginx-error-log-off", &server("error_log off;"), &[3]);
    lines("nginx-error-log-off", &server("error_log /dev/stderr warn;"), &[]);
    lines(
        "nginx-worker-connections",
        "worker_rlimit_nofile 512;\nevents {\n    worker_connections 1024;\n}\nhttp { }\n",
        &[3],
    );
    lines(
        "nginx-worker-connections",
        "worker_rlimit_nofile 4096;\nevents {\n    worker_connections 1024;\n}\nhttp { }\n",
        &[],
    );
    let rule = "nginx-if-location";
    lines(rule, &server("location / { root /x;\nif ($arg_a) { add_header A b; } }"), &[4]);
    lines(rule, &server("location / { root /x; if ($arg_a) { return 403; } }"), &[]);
    lines(rule, &server("if ($arg_a) { return 403; }"), &[]);
}

#[test]
fn files_are_served_with_caching_and_compression() {
    let rule = "nginx-static-plain";
    lines(rule, &server("root /srv/www;"), &[3]);
    lines(rule, &server("root /srv/www; gzip on; expires 1h;"), &[]);
    lines(
        rule,
        &server(
            "root /srv/www; add_header Cache-Control no-store; add_header X-Content-Type-Options nosniff;",
        ),
        &[],
    );
    lines(rule, &server("location / { proxy_pass http://app; }"), &[]);
}
