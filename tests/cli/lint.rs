//! `stackc lint` on configurations of nginx that people wrote.

use super::Desk;

const BAD: &str = "server {\n    listen 80;\n    location /static {\n        alias /srv/static/;\n    }\n}\n";
const GOOD: &str =
    "server {\n    listen 80;\n    location /static/ {\n        alias /srv/static/;\n    }\n}\n";

impl Desk {
    pub(crate) fn folder(&self, name: &str) {
        std::fs::create_dir_all(self.path(name)).unwrap();
    }
}

#[test]
fn a_configuration_is_linted_as_it_is() {
    let desk = Desk::empty();
    desk.write("site.conf", BAD);
    let said = desk.run(&["lint", "site.conf"]);
    assert_eq!((said.code, said.err.as_str()), (1, ""));
    assert_eq!(
        said.out,
        "warning[nginx-alias-traversal]: what stands beside `/srv/static/` can be read through `/static`\n   \
         ╭─[site.conf:3:14]\n 2 │     listen 80;\n 3 │     location /static {\n   ·              ───┬───\n   ·                 \
         ╰── does not end in a slash\n 4 │         alias /srv/static/;\n   ·               ──────┬─────\n   ·                     \
         ╰── the folder that it is put in the place of\n 5 │     }\n   ╰────\n  note: `/static../secret` is looked for as \
         `/srv/static/../secret`\n  help: write `location /static/`\n\n1 warning\n`stackc explain nginx-alias-traversal` says \
         more\n"
    );
    desk.write("site.conf", GOOD);
    desk.run(&["lint", "./site.conf"]).says("site.conf: nothing found\n");
}

#[test]
fn what_is_included_is_linted_where_it_is_included_and_once() {
    let desk = Desk::empty();
    desk.folder("nginx/conf.d");
    let main = "events {\n}\nhttp {\n    include mime.types;\n    charset utf-8; server_tokens off;\n    add_header X-Frame-Options DENY;\n    \
                include /etc/nginx/conf.d/*.conf;\n}\n";
    desk.write("nginx/nginx.conf", main);
    desk.write(
        "nginx/conf.d/b.conf",
        "server {\n    listen 80;\n    location /a/ {\n        add_header X-A b;\n        return 204;\n    }\n}\n",
    );
    desk.write("nginx/conf.d/a.conf", "server {\n    listen 81;\n    include locations;\n}\n");
    desk.write("nginx/locations", "location /b {\n    worker_processes 2;\n}\n");
    let said = desk.run(&["lint", "."]);
    assert_eq!((said.code, said.err.as_str()), (1, ""));
    let heads: Vec<&str> =
        said.out.lines().filter(|line| line.contains("╭─[") || line.starts_with(['w', 'e'])).collect();
    assert_eq!(
        heads,
        [
            "warning[nginx-header-loss]: `X-Frame-Options` is lost in this block",
            "   ╭─[nginx/conf.d/b.conf:4:9]",
            "   ╭─[nginx/nginx.conf:6:5]",
            "error[nginx-wrong-context]: `worker_processes` cannot stand in an nginx `location`",
            "   ╭─[nginx/locations:2:5]",
        ]
    );
    assert!(said.out.ends_with("1 error, 1 warning\n`stackc explain nginx-wrong-context` says more\n"));
}

#[test]
fn a_folder_is_searched_and_what_git_ignores_left_out() {
    let desk = Desk::empty();
    desk.folder("web/sites-enabled");
    desk.folder("dist");
    desk.write(".gitignore", "dist\n");
    desk.write("dist/nginx.conf", BAD);
    desk.write("web/sites-enabled/shop", GOOD);
    desk.write("web/postgresql.conf", "listen_addresses = '*'\nmax_connections = 100\n");
    desk.write(
        "app.stack",
        "proxy web {\n  image nginx:1.30\n  mem_limit 64m\n  site _ { respond / 204 }\n}\n",
    );
    desk.run(&["lint", "."]).says("app.stack: nothing found\nweb/sites-enabled/shop: nothing found\n");
    assert_eq!(desk.run(&["lint", "dist"]).code, 1, "a folder that is named is meant");
}

#[test]
fn what_is_not_analysed_is_said_and_the_rest_is_linted() {
    let desk = Desk::empty();
    desk.folder("conf.d");
    desk.write("conf.d/site.conf", GOOD);
    desk.write("conf.d/default.conf.tmpl", "server { listen ${PORT}; }\n");
    desk.write("conf.d/binary.conf", b"server {\xff\x00");
    desk.write("notes.txt", "buy milk\n");
    let said = desk.run(&["lint", "conf.d", "notes.txt", "gone.conf"]);
    assert_eq!((said.code, said.out.as_str()), (2, "conf.d/site.conf: nothing found\n"));
    assert_eq!(
        said.err,
        "error: `conf.d/default.conf.tmpl` is a template and was not analysed\n  help: name the file that is made from \
         it\nerror: `conf.d/binary.conf` is not UTF-8: line 1, column 9 holds the byte 0xff (offset 8)\n  help: save it as \
         UTF-8; if it is text at all, it is probably Latin-1\nerror: `gone.conf` does not exist\nerror: `notes.txt` is \
         nothing that stackc knows (a stack file, a compose file, a Dockerfile or a configuration of nginx), and was not analysed\n"
    );
}

#[test]
fn a_mistake_costs_its_directive_and_the_rest_is_linted() {
    let desk = Desk::empty();
    desk.write("nginx.conf", BAD.replace("listen 80;", "listen 80"));
    let said = desk.run(&["lint", "nginx.conf"]);
    assert_eq!(said.code, 2);
    assert!(
        said.out.contains("error[nginx-missing-semicolon]") && said.out.contains("[nginx-alias-traversal]")
    );
}

#[test]
fn files_that_include_each_other_end() {
    let desk = Desk::empty();
    desk.write("nginx.conf", "events {\n}\nhttp {\n    include *.conf;\n}\n");
    desk.write("a.conf", "include b.conf;\nserver_tokens off;\n");
    desk.write("b.conf", "include a.conf;\ninclude nginx.conf;\n");
    let said = desk.run(&["lint", "."]);
    assert!(matches!(said.code, 0 | 1), "{} {}", said.out, said.err);
}

#[test]
fn a_file_by_two_names_is_linted_once() {
    let desk = Desk::empty();
    desk.folder("more");
    let folder = desk.path("more").canonicalize().unwrap();
    desk.write(
        "nginx.conf",
        format!(
            "events {{\n}}\nhttp {{\n    server_tokens off;\n    include {}/*.conf;\n}}\n",
            folder.display()
        ),
    );
    desk.write("more/a.conf", "server {\n    listne 80;\n}\n");
    let said = desk.run(&["lint", "nginx.conf", "./more/a.conf", "."]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("╭─[more/a.conf:2:5]") && said.out.contains("\n1 error\n"), "{}", said.out);
}

#[test]
fn an_include_does_not_lead_out_of_the_project() {
    let desk = Desk::empty();
    desk.folder("web");
    desk.write("secret.conf", "nonsense_directive yes;\n");
    desk.write("web/nginx.conf", "events {\n}\nhttp {\n    include ../secret.conf;\n}\n");
    desk.run(&["lint", "web/nginx.conf"]).says("web/nginx.conf: nothing found\n");
}

#[test]
fn no_secret_of_a_configuration_is_shown() {
    let desk = Desk::empty();
    desk.write(
        "site.conf",
        "server {\n    listen 80;\n    location /a {\n        proxy_set_header X-Api-Key hunter2hunter2;\n        \
         proxy_set_header Authorization \"Basic aHVudGVyMg==\";\n        set $db_password hunter2hunter2 x;\n        \
         proxy_pass http://me:hunter2hunter2@app/;\n    }\n}\n",
    );
    let said = desk.run(&["lint", "site.conf"]);
    assert_eq!(said.code, 1);
    let shown = said.out + &said.err;
    assert!(!shown.contains("hunter2") && !shown.contains("aHVudGVyMg"), "{shown}");
    assert!(shown.contains("[secret]"), "{shown}");
}

#[test]
fn a_stack_file_is_linted_by_the_same_rules() {
    let desk = Desk::with(
        "app.stack",
        "stack demo\nservice app {\n  image python:3.14-slim\n  listen 8000\n}\nproxy web {\n  image nginx:1.30\n  publish \
         127.0.0.1:8080:80\n  site example.org {\n    proxy / to app\n    raw nginx \"location /static { alias /srv/s/; \
         }\"\n  }\n}\n",
    );
    let said = desk.run(&["lint"]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("warning[nginx-alias-traversal]"), "{}", said.out);
    assert!(said.out.contains("╭─[app.stack:11:"), "{}", said.out);
}
