//! Secrets that stand in environments as plain text become statements, as far as the program finds the same value.

use stackc::import::{Fate, Imported, Wanted, import, import_lifting};
use stackc::project::host::Memory;

const COMPOSE: &str = "docker-compose.yml";

fn wanted() -> Wanted {
    Wanted { compose: COMPOSE.to_owned(), stack: "app.stack".to_owned() }
}

fn lifted(files: &[(&str, &str)]) -> Imported {
    import_lifting(&wanted(), &Memory::new(files.iter().copied()))
}

/// The stack file without its head, and the fate of every secret.
fn of_compose(compose: &str) -> (String, Vec<String>) {
    let imported = lifted(&[(COMPOSE, compose)]);
    let fates = imported.secrets.iter().map(|secret| match &secret.fate {
        Fate::Told => format!("{} told", secret.variable),
        Fate::Lifted(name) => format!("{}:{} {name}", secret.line, secret.variable),
        Fate::Stays(why) => format!("{}:{} it {why}", secret.line, secret.variable),
    });
    let fates = fates.collect();
    (imported.text.unwrap().replace("defaults plain\n\n", ""), fates)
}

/// A value that nobody uses.
fn value() -> String {
    ["zQ7v", "Kx2m", "Lw9t"].concat()
}

#[test]
fn an_image_that_reads_a_file_is_given_one() {
    let value = value();
    let (stack, fates) = of_compose(&format!(
        "services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_USER: shop\n      POSTGRES_PASSWORD: {value}\n"
    ));
    assert_eq!(
        stack,
        "secret postgres_password { file ./secrets/postgres_password }\n\nservice db {\n  image postgres:17\n  env {\n    \
         POSTGRES_USER          shop\n    POSTGRES_PASSWORD_FILE secret.postgres_password.path\n  }\n}\n"
    );
    assert_eq!(fates, ["6:POSTGRES_PASSWORD postgres_password"]);
}

#[test]
fn another_one_is_given_it_when_it_starts_and_a_url_with_its_password_in_it() {
    let value = value();
    let compose = format!(
        "services:\n  db:\n    image: postgres:17\n    environment: {{POSTGRES_PASSWORD: {value}}}\n  app:\n    image: python:3.14\n    \
         command: gunicorn shop.wsgi\n    environment:\n      - API_TOKEN=other-{value}\n      - DATABASE_URL=postgres://shop:{value}@db/shop?a=b\n"
    );
    let imported = lifted(&[(COMPOSE, &compose)]);
    let text = imported.text.as_ref().unwrap();
    assert!(text.contains("API_TOKEN    secret.api_token"), "{text}");
    assert!(
        text.contains("DATABASE_URL \"postgres://shop:${secret.postgres_password}@db/shop?a=b\" exported"),
        "{text}"
    );
    // What must be the same is one secret.
    let files: Vec<&str> = imported.values.iter().map(|value| value.path.as_str()).collect();
    assert_eq!(files.len(), 2);
    assert!(
        files.contains(&"./secrets/postgres_password") && files.contains(&"./secrets/api_token"),
        "{files:?}"
    );
    assert!(!text.contains(&value), "{text}");
    assert!(imported.left.is_empty() && imported.differing.is_empty());
    assert!(!format!("{imported:?}").contains(&format!("\"{value}\"")), "no value is in what is shown");
}

#[test]
fn what_an_image_of_the_project_runs_is_said_aloud() {
    let value = value();
    let compose = format!("services:\n  app:\n    build: .\n    environment: {{API_TOKEN: {value}}}\n");
    let dockerfile = "FROM python:3.14\nENTRYPOINT [\"/run.sh\"]\nCMD [\"app.host\", \"a b\"]\n";
    let imported = lifted(&[(COMPOSE, &compose), ("Dockerfile", dockerfile)]);
    let text = imported.text.unwrap();
    assert!(text.contains("  entrypoint /run.sh\n") || text.contains("  entrypoint \"/run.sh\"\n"), "{text}");
    assert!(text.contains("\"app.host\" \"a b\"\n"), "{text}");
    assert!(matches!(&imported.secrets[0].fate, Fate::Lifted(name) if name == "api_token"));
}

#[test]
fn what_cannot_be_lifted_stays_and_it_is_said_why() {
    let value = value();
    let of_service = |service: &str| {
        let compose = format!("services:\n  app:\n{service}").replace("VALUE", &value);
        let (stack, fates) = of_compose(&compose);
        assert!(stack.contains(&value), "{stack}");
        fates.concat()
    };
    for (service, why) in [
        (
            "    image: example.org/app:1\n    environment: {API_TOKEN: VALUE}\n",
            "4:API_TOKEN it could only be exported if it were known what the image runs: say its `entrypoint` and `command`",
        ),
        (
            "    image: postgres:17\n    environment: {POSTGRES_PASSWORD: VALUE}\n    healthcheck: {test: 'PGPASSWORD=$$POSTGRES_PASSWORD psql'}\n",
            "4:POSTGRES_PASSWORD it is read by the health check, which would not see it",
        ),
        (
            "    image: python:3.14\n    environment: {API_TOKEN: '${API_TOKEN:-VALUE}'}\n",
            "4:API_TOKEN it stands beside variables, which a file cannot hold",
        ),
        (
            "    image: python:3.14\n    environment: {API_TOKEN: \"VALUE\\nmore\"}\n",
            "4:API_TOKEN it holds a line break or another control character",
        ),
    ] {
        assert_eq!(of_service(service), why, "{service}");
    }
}

#[test]
fn without_being_asked_import_only_says_so() {
    let value = value();
    let compose = format!(
        "services:\n  db:\n    image: postgres:17\n    environment: {{POSTGRES_PASSWORD: {value}}}\n"
    );
    let imported = import(&wanted(), &Memory::new([(COMPOSE, compose.as_str())]));
    assert!(imported.text.unwrap().contains(&value));
    assert_eq!(imported.secrets.len(), 1);
    assert_eq!((imported.secrets[0].line, &imported.secrets[0].fate), (4, &Fate::Told));
    assert!(imported.values.is_empty());
}

#[test]
fn values_under_one_name_are_secrets_of_their_own() {
    let value = value();
    let compose = format!(
        "services:\n  a:\n    image: postgres:17\n    environment: {{POSTGRES_PASSWORD: {value}}}\n  b:\n    image: postgres:17\n    \
         environment: {{POSTGRES_PASSWORD: other-{value}}}\n"
    );
    let (_, fates) = of_compose(&compose);
    assert_eq!(fates, ["4:POSTGRES_PASSWORD postgres_password", "7:POSTGRES_PASSWORD b_postgres_password"]);
}
