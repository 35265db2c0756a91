//! Keys of compose, and the statements that they become.

use super::project::{built, imported, stack_of};

/// The statements of a service with these keys.
fn service(keys: &str) -> String {
    let keys: String = keys.lines().flat_map(|line| ["    ", line, "\n"]).collect();
    let text = stack_of(&format!(
        "services:\n  a:\n    image: nginx:1.30\n{keys}  b: {{image: nginx:1.30}}\nvolumes: {{data: }}\nnetworks: {{back: }}\n"
    ));
    built(&text);
    let from = text.find("service a {").unwrap();
    let to = from + text[from..].find("\n\nservice b").unwrap();
    let body = text[from + "service a {".len()..to].trim_end_matches('}').trim();
    let lines: Vec<String> = body
        .lines()
        .flat_map(|line| line.split("; "))
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    lines.into_iter().filter(|line| line != "image nginx:1.30").collect::<Vec<_>>().join("\n")
}

#[test]
fn sentences_say_what_they_can() {
    for (keys, statements) in [
        ("ports: [\"80:80\", \"127.0.0.1:53:53/udp\"]", "publish 80:80\npublish 127.0.0.1:53:53/udp"),
        ("ports: [{target: 80, published: 8080}]", "publish 8080:80"),
        (
            "volumes: [\"data:/data\", \"./c:/c:ro\", /d]",
            "mount data at /data\nmount ./c at /c read-only\nvolume at /d",
        ),
        ("volumes: [\"./c:/c:z\"]", "mount ./c at /c { bind { selinux z } }"),
        ("command: sh -c 'echo hi'", "command sh -c \"echo hi\""),
        ("command: [/bin/sh, -c, echo hi]", "command shell \"echo hi\""),
        ("environment: {A: 010, B: yes, C: , D: 1.50}", "env { A 8\nB yes\nD 1.5 }\npass C"),
        ("environment: [A=x y, B]", "env { A \"x y\" }\npass B"),
        ("depends_on: [b]", "needs b"),
        ("depends_on: {b: {condition: service_started, restart: true}}", "needs b { restart on }"),
        ("networks: [default, back]", "network default back"),
        ("networks: {back: {aliases: [x]}}", "network back { aliases x }"),
        (
            "healthcheck: {test: curl -f localhost, retries: 3}",
            "health shell \"curl -f localhost\" { retries 3 }",
        ),
        ("restart: \"no\"", "restart no"),
        ("restart: on-failure:3", "restart on-failure 3"),
        ("env_file: [{path: ./x.env, required: false}]", "env from ./x.env { required off }"),
        ("labels: [x.y=1, c]", "labels { x.y 1\nc \"\" }"),
        ("user: 1000", "user 1000"),
        ("tmpfs: /run", "tmpfs /run"),
        ("mem_limit: 64m", "mem_limit 64m"),
        (
            "ports: [\"80\", 81, \"127.0.0.1::82\"]",
            "publish any:80\npublish any:81\npublish 127.0.0.1:any:82",
        ),
        ("ports: [{target: 80, mode: host}]", "publish any:80 { mode host }"),
        ("ports: [\"${IP}:80:80\"]", "publish ${input.IP}:80:80"),
        ("ports: []\ndepends_on: {}\nvolumes: ", ""),
        ("command: echo ${WORDS}", "command split \"echo ${input.WORDS}\""),
        ("command: []\nentrypoint: \"\"", "command none\nentrypoint none"),
        ("restart: ${R:-always}\ninit: ${I}", "restart input.R\ninit input.I"),
        ("healthcheck: {disable: true}", "health { disable on }"),
        ("healthcheck: {test: [NONE]}", "health none"),
        ("extra_hosts: [\"a:1.2.3.4\"]", "extra_hosts { a 1.2.3.4 }"),
        ("labels: [\"a.${X}=b\"]", "labels { a.${input.X} b }"),
        ("volumes: [{type: bind, source: ./a, target: /a}]", "mount ./a at /a existing"),
        (
            "volumes: [{type: tmpfs, target: /t}, {type: volume, target: /v}]",
            "mount tmpfs at /t\nvolume at /v {}",
        ),
        ("volumes: [\"data:/d:Z\"]", "mount data at /d { bind { selinux Z } }"),
        ("build: https://example.org/a.git", "build https://example.org/a.git {}"),
        (
            "build: {context: \"./${X}\", dockerfile: \"D.${X}\"}",
            "build ./${input.X} { dockerfile D.${input.X} }",
        ),
        ("ulimits: {nofile: {soft: 1, hard: 2}, nproc: 5}", "ulimits { nofile { soft 1\nhard 2 }\nnproc 5 }"),
    ] {
        let said = service(keys).replace("\n}", " }").replace("{\n", "{ ");
        assert_eq!(said, statements, "{keys}");
    }
}

#[test]
fn what_no_statement_says_is_raw_for_that_key_alone() {
    for (keys, statements) in [
        ("ports: [\"80:80/sctp\"]", "raw compose \"\"\"\nports:\n- \"80:80/sctp\"\n\"\"\""),
        ("environment: {A: x, \"B C\": y}", "env { A x }\nraw compose 'environment: {\"B C\": y}'"),
        ("unheard_of: {a: [1, null]}", "raw compose \"\"\"\nunheard_of:\na:\n- 1\n- null\n\"\"\""),
    ] {
        assert_eq!(service(keys), statements, "{keys}");
    }
}

#[test]
fn variables_stay_as_they_are() {
    let text = stack_of(
        "services:\n  a:\n    image: nginx:${TAG:-1.30}\n    hostname: ${TAG:-1.30}\n    user: $WHO\n    labels: {a: '$$5 ${WHO}', b: '${X:+y}', c: '${A:-${B}}'}\n",
    );
    assert_eq!(
        text,
        "defaults plain\n\ninput A\ninput TAG { default 1.30 }\ninput WHO\ninput X\n\nservice a {\n  image    nginx:${input.TAG}\n  \
         hostname input.TAG\n  user     input.WHO\n  labels { a \"$5 ${input.WHO}\"; b ${input.X:+y}; c ${input.A:-${B}} }\n}\n"
    );
    let yaml = &built(&text)[0].text;
    for said in ["nginx:${TAG:-1.30}", "${WHO}", "$$5 ${WHO}", "${X:+y}", "${A:-${B}}"] {
        assert!(yaml.contains(said), "{said}\n{yaml}");
    }
}

#[test]
fn the_stack_file_may_stand_elsewhere() {
    use stackc::import::{Wanted, import};
    use stackc::project::host::Memory;
    let compose = "services:\n  a:\n    build: ./app\n    env_file: a.env\n    volumes: [\"./c:/c\"]\n";
    let files = [("deploy/compose.yml", compose), ("deploy/app/Dockerfile", "FROM nginx:1.30\n")];
    let made = |stack: &str| {
        let wanted = Wanted { compose: "deploy/compose.yml".to_owned(), stack: stack.to_owned() };
        import(&wanted, &Memory::new(files)).text.unwrap()
    };
    let text = made("app.stack");
    for said in [
        "output compose deploy/compose.yml",
        "./deploy/app {",
        "from ./deploy/a.env",
        "./deploy/c at /c",
        "dockerfile deploy/app/Dockerfile",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    let text = made("other/app.stack");
    for said in ["../deploy/compose.yml", "../deploy/app {", "../deploy/a.env", "../deploy/c at /c"] {
        assert!(text.contains(said), "{said}\n{text}");
    }
}

#[test]
fn names_that_a_service_may_not_have_are_raw() {
    let made = imported(&[(
        "docker-compose.yml",
        "services:\n  Web: {image: nginx:1.30}\n  a: {image: nginx:1.30, depends_on: [Web]}\n",
    )]);
    let text = made.text.unwrap();
    assert!(text.contains("raw compose"), "{text}");
    assert!(built(&text)[0].text.contains("Web:"));
}

#[test]
fn the_form_of_version_1_becomes_that_of_today() {
    let made = imported(&[("docker-compose.yml", "web:\n  image: nginx:1.30\n")]);
    assert!(made.text.unwrap().contains("service web { image nginx:1.30 }"));
    assert_eq!(made.sink.diagnostics[0].code, "compose-v1-form");
}

#[test]
fn fields_of_ones_own_keep_numbers_flags_and_lists() {
    let fields = "x-a: {m: 5, f: true, t: \"5\", z: , one: [a], e: [], maps: [{b: c}, {d: [1]}]}\n";
    let text = stack_of(&format!("{fields}services: {{a: {{image: nginx:1.30}}}}\n"));
    assert!(!text.contains("raw"), "{text}");
    let yaml = &built(&text)[0].text;
    for said in ["m: 5\n", "f: true\n", "t: \"5\"\n", "e: []\n", "- b: c\n"] {
        assert!(yaml.contains(said), "{said}\n{yaml}");
    }
}

#[test]
fn names_outside_and_projects_of_inputs_are_said() {
    let text = stack_of(
        "name: shop-${STAGE}\nservices: {a: {image: nginx:1.30}}\nnetworks: {n: {external: {name: o}}}\nvolumes: {v: {external: false}}\n",
    );
    for said in ["network n { external; name o }", "volume v\n"] {
        assert!(text.contains(said), "{said}\n{text}");
    }
}

#[test]
fn a_date_in_the_environment_is_a_text() {
    let text = stack_of("services: {a: {image: nginx:1.30, environment: {SINCE: \"2020-01-01\"}}}\n");
    assert!(built(&text)[0].text.contains("SINCE: \"2020-01-01\""));
}
