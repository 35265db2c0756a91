//! `stackc import`

use super::Desk;

const COMPOSE: &str = "# the shop\nservices:\n  web: {image: \"nginx:1.30\"}\n";
const STACK: &str =
    "# the shop\ndefaults plain\noutput compose compose.yml\n\nservice web { image nginx:1.30 }\n";

#[test]
fn a_stack_file_is_printed_or_written_and_builds() {
    let desk = Desk::with("compose.yml", COMPOSE);
    let said = desk.run(&["import"]);
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (0, STACK, ""));
    let said = desk.run(&["import", "compose.yml", "-o", "shop.stack"]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (0, "wrote shop.stack\nnext: stackc build --diff shop.stack\n")
    );
    assert_eq!(desk.read("shop.stack"), STACK);
    // The compose file says the same, and is somebody's own until it is overwritten on purpose.
    assert_eq!(desk.run(&["build", "shop.stack"]).code, 0);
    assert_eq!(desk.read("compose.yml"), COMPOSE);
    desk.write("shop.stack", STACK.replace("1.30", "1.31"));
    assert_eq!(desk.run(&["build", "shop.stack"]).code, 1);
    assert_eq!(desk.read("compose.yml"), COMPOSE);
    assert_eq!(desk.run(&["build", "--force", "shop.stack"]).code, 0);
    assert!(desk.read("compose.yml").contains("nginx:1.31"));
}

#[test]
fn nothing_is_overwritten() {
    let desk = Desk::with("compose.yml", COMPOSE);
    desk.write("shop.stack", "mine");
    let said = desk.run(&["import", "-o", "shop.stack"]);
    assert_eq!((said.code, said.out.as_str()), (1, ""), "{said:?}");
    assert!(said.err.contains("`shop.stack` was not written by stackc"), "{}", said.err);
    assert_eq!(desk.read("shop.stack"), "mine");
    assert_eq!(desk.run(&["import", "-o", "shop.stack", "--force"]).code, 0);
    assert_eq!(desk.read("shop.stack"), STACK);
}

#[test]
fn what_cannot_be_imported_is_said() {
    let desk = Desk::empty();
    let said = desk.run(&["import"]);
    assert_eq!(said.code, 3);
    assert!(said.err.contains("there is no compose file here"), "{}", said.err);
    let said = desk.run(&["import", "none.yml"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("`none.yml` does not exist"), "{}", said.err);
    desk.write("broken.yml", "services: [");
    let said = desk.run(&["import", "broken.yml", "-o", "x.stack"]);
    assert_eq!(said.code, 2);
    assert!(!desk.path("x.stack").exists());
}

#[test]
fn a_reader_that_goes_away_ends_the_output() {
    let desk = Desk::with("compose.yml", COMPOSE);
    let said = desk.shell("\"$1\" import | true");
    assert_eq!((said.code, said.err.as_str()), (0, ""));
}

#[test]
fn what_has_statements_of_its_own_is_counted() {
    let desk = Desk::empty();
    desk.shell("mkdir web");
    desk.write(
        "compose.yml",
        "name: shop\nservices:\n  web:\n    build: ./web\n    ports: [\"80:80/sctp\"]\n    restart: always\n    environment: {A: b, \"C D\": e}\nvolumes: {data: }\n",
    );
    desk.write("web/Dockerfile", "FROM nginx:1.30\nRUN a\nRUN b\n");
    desk.write("nginx.conf", "events {}\nhttp { server { listen 80; unheard_of on; } }\n");
    let head = "                             parts  statements  raw  native\n";
    let rows = "\
compose.yml                      6           4    2   66.7%
web/Dockerfile                   3           3    0  100.0%
nginx.conf                       5           4    1   80.0%
keys of compose                  6           4    2   66.7%
instructions of Dockerfiles      3           3    0  100.0%
directives of nginx              5           4    1   80.0%
";
    let table = format!("{head}{rows}");
    let said = desk.run(&["import", "--stats"]);
    assert_eq!((said.code, said.err.as_str()), (0, table.as_str()), "{}", said.out);
    let said = desk.run(&["import", "--stats", "-o", "shop.stack"]);
    let expected = format!("wrote shop.stack\n{table}next: stackc build --diff shop.stack\n");
    assert_eq!((said.code, said.out.as_str()), (0, expected.as_str()));
}

/// A project whose database has its password in the compose file.
fn project_with(value: &str) -> Desk {
    let desk = Desk::with(
        "docker-compose.yml",
        &format!(
            "services:\n  db:\n    image: postgres:17\n    environment: {{POSTGRES_PASSWORD: {value}}}\n  app:\n    build: .\n    \
             command: app serve\n"
        ),
    );
    desk.write("Dockerfile", "FROM python:3.14\nCOPY . /app\n");
    desk.write(".gitignore", "*.log");
    desk.write(".dockerignore", "# ours\r\n*.log\r\n");
    desk
}

/// A value that nobody uses.
fn value() -> String {
    ["zQ7v", "Kx2m", "Lw9t"].concat()
}

#[test]
fn secrets_that_are_lifted_are_private_files_that_nobody_else_takes() {
    use std::os::unix::fs::PermissionsExt;
    let desk = project_with(&value());
    let said = desk.run(&["import", "-o", "app.stack", "--lift-secrets"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(
        said.out,
        "wrote .dockerignore\nwrote .gitignore\nwrote secrets/postgres_password\nwrote app.stack\nnext: stackc build --diff app.stack\n"
    );
    assert_eq!(
        said.err,
        "`docker-compose.yml`, line 4: `POSTGRES_PASSWORD` of `db` is the secret `postgres_password` now\nwhoever has seen these files \
         or their history knows the values: set new ones where they are used, and write them to the files of the secrets\n"
    );
    assert_eq!(desk.read("secrets/postgres_password"), value());
    let mode = |name: &str| desk.path(name).metadata().unwrap().permissions().mode() & 0o7777;
    // Any user of a container can read it, and nobody else on this machine.
    assert_eq!((mode("secrets"), mode("secrets/postgres_password")), (0o700, 0o444));
    assert_eq!(desk.read(".gitignore"), "*.log\n/secrets/postgres_password\n");
    assert_eq!(desk.read(".dockerignore"), "# ours\r\n*.log\r\nsecrets/postgres_password\r\n");
    assert!(!desk.read("app.stack").contains(&value()));
    // Once more: nothing is added twice, and what is there stays.
    let said = desk.run(&["import", "-o", "app.stack", "--lift-secrets", "--force"]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (0, "wrote app.stack\nnext: stackc build --diff app.stack\n"),
        "{said:?}"
    );
    assert_eq!(desk.read(".gitignore"), "*.log\n/secrets/postgres_password\n");
    let said = desk.run(&["build", "--force", "app.stack"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(!desk.read("docker-compose.yml").contains(&value()));
}

#[test]
fn without_a_file_to_write_nothing_is_written() {
    let desk = project_with(&value());
    let before = desk.files();
    let said = desk.run(&["import", "--lift-secrets"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("POSTGRES_PASSWORD_FILE secret.postgres_password.path"), "{}", said.out);
    assert!(said.err.contains("would be written to `./secrets/postgres_password`"), "{}", said.err);
    let said = desk.run(&["import"]);
    assert!(
        said.err
            .contains("`docker-compose.yml`, line 4: `POSTGRES_PASSWORD` of `db` is a secret as plain text"),
        "{}",
        said.err
    );
    assert!(!said.err.contains(&value()), "{}", said.err);
    assert_eq!(desk.files(), before);
}

#[test]
fn a_secret_file_that_holds_something_else_is_never_overwritten() {
    let desk = project_with(&value());
    desk.folder("secrets");
    desk.write("secrets/postgres_password", "mine");
    let before = desk.files();
    let said = desk.run(&["import", "-o", "app.stack", "--lift-secrets"]);
    assert_eq!((said.code, said.out.as_str()), (1, ""), "{said:?}");
    assert!(said.err.contains("secrets/postgres_password` is there already"), "{}", said.err);
    assert_eq!(desk.read("secrets/postgres_password"), "mine");
    assert_eq!(desk.read(".gitignore"), "*.log");
    assert_eq!(desk.files(), before);
    assert!(!desk.path("app.stack").exists());
}
