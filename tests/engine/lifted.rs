//! Secrets that `import --lift-secrets` takes out of a compose file: the programs find the same values.

use super::blog::{environment_of, variable};
use super::deployment::Deployment;
use super::evidence::{Canary, hex};
use super::{Checks, POSTGRES, PYTHON, need_images};

const COMPOSE: &str = "\
services:
  db:
    image: postgres:18
    environment:
      POSTGRES_PASSWORD: '@password@'
    volumes: [data:/var/lib/postgresql]
    healthcheck: {test: pg_isready -q -h 127.0.0.1 -U postgres, interval: 1s, retries: 60}
  app:
    image: python:3.14-slim
    command: sleep 600
    environment:
      API_TOKEN: '@token@'
      DATABASE_URL: postgres://postgres:@password@@db/postgres
  built:
    build: built
    environment: {API_TOKEN: '@token@'}
volumes:
  data:
";

#[test]
fn programs_find_what_was_lifted_as_they_found_it_before() {
    need_images(&[PYTHON, POSTGRES]);
    // In YAML between single quotes, and `$$` for compose.
    let token = Canary::between("it's \"$5\" %41# \\", "`id` $(id)'");
    let password = Canary::between("", "");
    let written = token.value.replace('$', "$$").replace('\'', "''");
    let compose = COMPOSE.replace("@token@", &written).replace("@password@", &password.value);
    let deployment = Deployment::new("lifted");
    deployment.write("docker-compose.yml", compose);
    deployment.write("built/Dockerfile", format!("FROM {PYTHON}\nUSER 10001\nCMD [\"sleep\", \"601\"]\n"));
    let mut checks = Checks::default();
    let seen = |deployment: &Deployment, service: &str| {
        deployment.up();
        let script = environment_of("sleep");
        let found = deployment.compose(&["exec", "-T", service, "sh", "-c", &script]).bytes();
        variable(&found, "API_TOKEN")
    };
    checks.check("before", || {
        assert_eq!(seen(&deployment, "app").as_ref(), Some(&token.value));
        assert_eq!(seen(&deployment, "built").as_ref(), Some(&token.value));
    });
    let said = deployment.stackc(&["import", "-o", "shop.stack", "--lift-secrets"]);
    assert!(said.code == 0 && !said.err.contains("stays"), "{}", said.report());
    let said = deployment.stackc(&["build", "--force", "shop.stack"]);
    assert!(said.code == 0, "{}", said.report());
    let emitted = std::fs::read_to_string(deployment.path("docker-compose.yml")).unwrap();
    assert!(!emitted.contains(&password.value), "{emitted}");
    deployment.compose(&["down", "--volumes", "--timeout", "2"]).ok();
    checks.check("a program finds its variable, whoever runs it", || {
        assert_eq!(seen(&deployment, "app").as_ref(), Some(&token.value));
        assert_eq!(seen(&deployment, "built").as_ref(), Some(&token.value));
    });
    checks.check("a URL holds the password, encoded", || {
        let found = deployment.compose(&["exec", "-T", "app", "sh", "-c", &environment_of("sleep")]).bytes();
        let encoded = hex(password.value.as_bytes(), "%");
        assert_eq!(
            variable(&found, "DATABASE_URL"),
            Some(format!("postgres://postgres:{encoded}@db/postgres"))
        );
    });
    checks.check("the database asks for it", || {
        let ask = |password: &str| {
            let script =
                format!("PGPASSWORD={password} psql -U postgres -h \"$(hostname -i)\" -Atc 'SELECT 1'");
            deployment.compose(&["exec", "-T", "db", "sh", "-c", &script])
        };
        assert_eq!(ask(&password.value).ok().trim(), "1");
        assert_ne!(ask("another").code, 0);
    });
    checks.finish();
}
