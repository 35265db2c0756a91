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
        "name: shop\nservices:\n  web:\n    build: ./web\n    command: echo $WORDS\n    restart: always\n    environment: {A: b, \"C D\": e}\nvolumes: {data: }\n",
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
