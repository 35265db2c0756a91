//! A deployment in which something says of most findings that they may be there (comments, settings, a baseline), and one
//! whose settings cannot be understood.

use stackc::render::report::Format;

use super::linted;
use crate::cli::Desk;
use crate::snapshot::Files;

const COMPOSE: &str = "\
services:
  # stackc: allow(compose-no-health, compose-no-limits) it runs once a night
  backup:
    image: example.org/backup:4
    restart: always
    privileged: true # stackc: allow(compose-privileged) it mounts the disk itself
  # stackc: allow(port-clash) nothing here needs this
  web:
    image: nginx:latest
    restart: always
  db:
    # stackc: allow(compose-floting-image) no rule is called so
    image: postgres:18
    restart: always
";

const SETTINGS: &str = "\
baseline = \"known.json\"

[rules]
compose-new-privileges = \"off\"
compose-floating-image = \"error\"

[[exclude]]
services = [\"db\"]
rules = [\"compose\"]
reason = \"another team's\"
";

/// The documents of both, by `judged.FORMAT` and `misread.FORMAT`.
pub(super) fn documents() -> Files {
    let is_wrong = |line: &&str| line.contains("port-clash") || line.contains("compose-floting-image");
    let before: Vec<&str> = COMPOSE.lines().filter(|line| !is_wrong(line)).collect();
    let judged = Desk::with("docker-compose.yml", &before.join("\n"));
    judged.write("stackc.toml", SETTINGS);
    judged.write("Dockerfile", "FROM nginx:latest\nMAINTAINER a@example.org\n");
    judged.run(&["lint", "--write-baseline", "docker-compose.yml"]).says_code(0);
    judged.write("docker-compose.yml", COMPOSE.replace("nginx:latest", "nginx"));
    let misread = Desk::with("docker-compose.yml", COMPOSE);
    misread.write("stackc.toml", "[rules]\ncompose-nothing = \"off\"\n");
    let of = |name: &'static str, desk: &Desk| {
        let here = desk.path(".");
        Format::ALL.map(|format| (format!("{name}.{}", format.name()), linted(&here, format)))
    };
    of("judged", &judged).into_iter().chain(of("misread", &misread)).collect()
}
