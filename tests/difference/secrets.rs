//! A secret that changed is told of, and neither of its values is shown, nor how long they are.

use super::{document, side};
use crate::snapshot::Files;

fn project(secret: &str) -> Files {
    let compose = format!(
        "services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: {secret}\n      \
         DATABASE_URL: postgres://shop:{secret}@db/shop\n    labels: ['api.token={secret}']\n    command: [\"postgres\", \
         \"--password\", \"{secret}\"]\n    extra_hosts: ['{secret}:10.0.0.1']\n  web:\n    build: web\n"
    );
    let dockerfile = format!(
        "FROM nginx:1.30\nENV API_TOKEN={secret}\nRUN echo {secret}\nCOPY nginx.conf /etc/nginx/nginx.conf\n"
    );
    let nginx = format!(
        "events {{}}\nhttp {{ server {{ if ($http_x_token = \"{secret}\") {{ return 403; }}\n location / {{ proxy_set_header \
         Authorization \"Bearer {secret}\"; proxy_pass http://shop:{secret}@app:8000; }} }} }}\n"
    );
    let files = [("docker-compose.yml", compose), ("web/Dockerfile", dockerfile), ("web/nginx.conf", nginx)];
    files.into_iter().map(|(name, text)| (name.to_owned(), text)).collect()
}

#[test]
fn no_value_of_a_secret_is_shown() {
    let parts = ["zQ7v", "Kx2m", "Lw9t", "Rb4n"];
    let (one, other) = (parts[..3].concat(), [parts[3], parts[1], parts[0], parts[2]].concat());
    let (before, after) = (side("a", &project(&one)), side("b", &project(&other)));
    let nothing = side("c", &Files::from([("docker-compose.yml".to_owned(), "services: {}\n".to_owned())]));
    let mut told = Vec::new();
    for (before, after) in [(&before, &after), (&before, &nothing), (&nothing, &after)] {
        let document = document(before, after);
        assert!(!document.is_same());
        told.push(document.text(&stackc::render::Look::PLAIN));
        told.push(document.json());
    }
    for text in &told {
        assert!(!parts.iter().any(|part| text.contains(part)), "{text}");
    }
    assert!(told[0].contains("~ environment POSTGRES_PASSWORD: another secret  ("), "{}", told[0]);
}

#[test]
fn a_secret_that_is_none_any_more_is_told_of_without_its_value() {
    let secret = ["zQ7v", "Kx2m", "Lw9t"].concat();
    let with = |value: &str| {
        let mut files = project(value);
        files.retain(|name, _| name == "docker-compose.yml");
        side("a", &files)
    };
    let text = document(&with(&secret), &with("${DB_PASSWORD}")).text(&stackc::render::Look::PLAIN);
    assert!(text.contains("~ environment POSTGRES_PASSWORD: [secret] -> ${DB_PASSWORD}  ("), "{text}");
    assert!(!text.contains(&secret), "{text}");
}
