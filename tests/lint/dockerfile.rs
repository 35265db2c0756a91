//! What the rules on Dockerfiles find, and what keeps them silent.

use stackc::diagnostic::Severity;
use stackc::handwritten::check_memory;
use stackc::lint::rules;
use stackc::project::host::Memory;

use super::project::found;

/// The names of all rules on Dockerfiles.
fn codes() -> Vec<&'static str> {
    rules::ALL.iter().map(|rule| rule.code).filter(|code| code.starts_with("docker-")).collect()
}

/// What is found in one Dockerfile that stands alone: `line code`.
#[track_caller]
fn alone(text: &str, codes: &[&str]) -> Vec<String> {
    let lines = found(&[("Dockerfile", text)], codes);
    lines.iter().map(|line| line.trim_start_matches("Dockerfile:").to_owned()).collect()
}

/// What is found in a Dockerfile of a service, with other files around.
#[track_caller]
fn built(text: &str, others: &[(&str, &str)], codes: &[&str]) -> Vec<String> {
    let mut files = vec![("Dockerfile", text), ("compose.yml", "services:\n  app:\n    build: .\n")];
    files.extend(others);
    let lines = found(&files, codes);
    lines.iter().map(|line| line.trim_start_matches("Dockerfile:").to_owned()).collect()
}

/// The project of a small shop as it was set up years ago.
const OLD: &[(&str, &str)] = &[
    (
        "docker-compose.yml",
        "shop:\n  build: .\n  volumes:\n    - /usr/src/shop\n  expose:\n    - \"8000\"\nnginx:\n  build: ./front\n  ports:\n    - \"80:80\"\n",
    ),
    (
        "Dockerfile",
        "FROM ubuntu:14.04\nENV CONFIGURATION Docker\nRUN apt-get update\nRUN apt-get install -y git nodejs npm python-pip libpq-dev\n\
         ADD keys/ /root/.ssh/\nRUN ssh-keyscan git.example.org > /root/.ssh/known_hosts\nWORKDIR /usr/src\n\
         RUN git clone git@git.example.org:team/shop\nWORKDIR /usr/src/shop\nRUN pip install -r requirements.txt\n\
         RUN npm install -g bower\nRUN bower --allow-root install\nENV DB_NAME shop\nADD ./static /usr/src/shop/static\n\
         CMD [\"gunicorn\", \"shop.wsgi\", \"-b\", \"0.0.0.0:8000\"]\n",
    ),
    (
        "front/Dockerfile",
        "FROM nginx\nMAINTAINER Team\nCOPY nginx.conf /etc/nginx/nginx.conf\nCMD /usr/sbin/nginx -g \"daemon off;\"\n",
    ),
    ("front/nginx.conf", "events {}\nhttp {\n    server {\n        listen 80;\n    }\n}\n"),
    ("keys/deploy.rsa", ""),
    ("static/shop.css", ""),
    (".git/HEAD", ""),
];

#[test]
fn an_old_project_is_told_each_of_its_faults_once() {
    assert_eq!(
        found(OLD, &codes()),
        [
            "Dockerfile:1 docker-root-user",
            "Dockerfile:1 docker-end-of-life",
            "Dockerfile:2 docker-legacy-env",
            "Dockerfile:3 docker-apt-lists",
            "Dockerfile:3 docker-apt-update-alone",
            "Dockerfile:4 docker-apt-recommends",
            "Dockerfile:4 docker-apt-unpinned",
            "Dockerfile:4 docker-single-stage",
            "Dockerfile:5 docker-add-for-copy",
            "Dockerfile:5 docker-no-ignore-file",
            "Dockerfile:6 docker-ssh-keyscan",
            "Dockerfile:8 docker-git-clone-moving",
            "Dockerfile:10 docker-pip-cache",
            "Dockerfile:11 docker-bower",
            "Dockerfile:15 docker-no-expose",
            "Dockerfile:15 docker-no-healthcheck",
            "front/Dockerfile:1 docker-unpinned-base",
            "front/Dockerfile:2 docker-maintainer",
            "front/Dockerfile:4 docker-no-healthcheck",
            "front/Dockerfile:4 docker-shell-form",
        ]
    );
}

#[test]
fn a_dockerfile_in_order_has_nothing_to_find() {
    let text = "# syntax=docker/dockerfile:1\nARG VERSION=3.14-slim\nFROM python:${VERSION} AS build\nWORKDIR /build\n\
        RUN apt-get update && apt-get install -y --no-install-recommends gcc=4:14.* && rm -rf /var/lib/apt/lists/*\n\
        COPY requirements.txt .\nRUN --mount=type=cache,target=/root/.cache/pip pip install --prefix /install -r requirements.txt\n\
        FROM python:${VERSION}\nCOPY --from=build /install /usr/local\nWORKDIR /srv\nCOPY app app\nEXPOSE 8000\nUSER 10001\n\
        HEALTHCHECK CMD [\"python\", \"-m\", \"app.check\"]\nCMD [\"gunicorn\", \"app.wsgi\", \"-b\", \"0.0.0.0:8000\"]\n";
    let around = [("requirements.txt", ""), ("app/wsgi.py", ""), (".dockerignore", ".git\n")];
    assert_eq!(built(text, &around, &codes()), [""; 0]);
}

#[test]
fn apt_is_silent_where_it_is_configured_or_nothing_can_be_known() {
    let codes = ["docker-apt-no-yes", "docker-apt-lists", "docker-apt-recommends", "docker-apt-update-alone"];
    for quiet in [
        "RUN apt-get update && apt-get -qqy install --no-install-recommends git && rm -rf /var/lib/apt/lists/*",
        "RUN apt-get update; DEBIAN_FRONTEND=noninteractive apt-get install --yes -o APT::Install-Recommends=0 git; rm -r /var/lib/apt/lists/*",
        "RUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y --no-install-recommends git",
        "RUN <<EOF\napt-get update\napt-get install -y --no-install-recommends git\nrm -rf /var/lib/apt/lists/*\nEOF",
        "RUN apt-get $OPTIONS install git",
        "RUN echo 'apt-get install git'",
        "RUN cat <<EOF > /install.sh\napt-get install git\nEOF",
    ] {
        assert_eq!(alone(&format!("FROM debian:13\n{quiet}\n"), &codes), [""; 0], "{quiet}");
    }
    let apart = "FROM debian:13\nRUN sudo apt update\nRUN true && \\\n    apt install git\n";
    assert_eq!(
        alone(apart, &codes),
        ["2 docker-apt-lists", "2 docker-apt-update-alone", "4 docker-apt-no-yes", "4 docker-apt-recommends"]
    );
    // What a stage that is only copied from keeps is in no image.
    let build = "FROM debian:13 AS build\nRUN apt-get update && apt-get install -y git\nFROM scratch\nCOPY --from=build /a /a\n";
    assert_eq!(alone(build, &codes), [""; 0]);
}

#[test]
fn names_of_images_and_their_days_are_looked_at_once_variables_are_put_in() {
    let codes = ["docker-unpinned-base", "docker-end-of-life"];
    assert_eq!(alone("ARG V=3.7\nFROM python:$V-slim\n", &codes), ["2 docker-end-of-life"]);
    assert_eq!(alone("FROM node:lts-buster-slim\n", &codes), ["1 docker-end-of-life"]);
    assert_eq!(
        alone("FROM a AS b\nFROM b\nCOPY --from=composer:latest /x /x\n", &codes),
        ["1 docker-unpinned-base", "3 docker-unpinned-base"]
    );
    for quiet in ["FROM scratch", "FROM nginx@sha256:abc", "FROM nginx:1.31", "FROM $IMAGE", "FROM python:3"]
    {
        assert_eq!(alone(&format!("{quiet}\n"), &codes), [""; 0], "{quiet}");
    }
    // An image that the project itself makes has no version.
    let compose = "services:\n  base:\n    image: shop/base\n    build: {context: ., dockerfile: Dockerfile.base}\n  app:\n    build: .\n  db:\n    image: postgres:9.6\n";
    let files = [
        ("compose.yml", compose),
        ("Dockerfile.base", "FROM debian:13\n"),
        ("Dockerfile", "FROM shop/base\n"),
    ];
    assert_eq!(found(&files, &codes), ["compose.yml:8 docker-end-of-life"]);
}

#[test]
fn stages_are_found_by_name_and_number_in_any_case() {
    let codes = ["docker-stage-name", "docker-stage-unused"];
    let fine = "FROM debian:13 AS Build\nFROM debian:13\nRUN --mount=from=build,target=/b true\nCOPY --from=BUILD /a /a\nCOPY --from=0 /a /a\n";
    assert_eq!(alone(fine, &codes), [""; 0]);
    let wrong = "FROM debian:13 AS build\nFROM debian:13\nFROM debian:13 AS build\nCOPY --from=buidl /a /a\nCOPY --from=7 /a /a\nCOPY --from=build /a /a\nCOPY --from=tools /a /a\n";
    assert_eq!(
        alone(wrong, &codes),
        [
            "2 docker-stage-unused",
            "3 docker-stage-name",
            "4 docker-stage-name",
            "5 docker-stage-name",
            "6 docker-stage-name"
        ]
    );
    let target = "services:\n  app:\n    build:\n      context: .\n      target: prodution\n";
    let files = [("compose.yml", target), ("Dockerfile", "FROM debian:13 AS production\n")];
    assert_eq!(found(&files, &codes), ["compose.yml:5 docker-stage-name"]);
}

#[test]
fn arguments_of_compose_are_declared_somewhere() {
    let compose = "services:\n  app:\n    build:\n      context: .\n      args:\n        VERSION: \"1\"\n        HTTP_PROXY: x\n        BUILDKIT_INLINE_CACHE: 1\n        VERSOIN: \"2\"\n";
    let codes = ["docker-argument-undeclared", "docker-argument-default"];
    let of = |dockerfile: &str| found(&[("compose.yml", compose), ("Dockerfile", dockerfile)], &codes);
    assert_eq!(of("FROM debian:13\nARG VERSION\n"), ["compose.yml:9 docker-argument-undeclared"]);
    assert_eq!(of("FROM debian:13\nONBUILD ARG VERSOIN\nARG A VERSION\n"), [""; 0]);
    assert_eq!(of("ARG VERSION VERSOIN\nFROM python:$VERSION\n"), [""; 0]);
    assert_eq!(alone("ARG VERSION\nFROM python:$VERSION\n", &codes), ["1 docker-argument-default"]);
    assert_eq!(alone("ARG VERSION\nFROM python:${VERSION:-3.14}\n", &codes), [""; 0]);
}

#[test]
fn sources_of_copy_are_in_the_context_and_not_left_out() {
    let codes = ["docker-copy-missing", "docker-copy-ignored"];
    let text = "ARG DIR=src\nFROM debian:13 AS a\nARG DIR\nCOPY $DIR/main.py ../lib /x/\nCOPY [\"no such\", \"/x/\"]\nCOPY *.txt conf /x/\n\
        COPY --from=0 /nowhere /x/\nADD https://example.org/a.tar /x/\nCOPY <<EOF /y\nz\nEOF\nCOPY $UNKNOWN dist/app.js target/app.jar /z/\n\
        FROM debian:13\nCOPY gone /gone\n";
    let around = [("src/main.py", ""), ("lib/a", ""), ("conf/a", ""), (".dockerignore", "conf\n")];
    let compose = "services:\n  app:\n    build: {context: ., target: a}\n";
    let files: Vec<_> = around.into_iter().chain([("Dockerfile", text), ("compose.yml", compose)]).collect();
    assert_eq!(
        found(&files, &codes),
        ["Dockerfile:5 docker-copy-missing", "Dockerfile:6 docker-copy-ignored"]
    );
    // The context of a Dockerfile that nothing builds is not known.
    assert_eq!(alone("FROM debian:13\nCOPY gone /gone\n", &codes), [""; 0]);
}

#[test]
fn what_a_step_mounts_has_to_be_in_the_context_and_a_lock_file_above_all() {
    let text = "FROM node:24-slim AS a\nRUN --mount=type=bind,source=front/package.json,target=package.json \\\n \
        --mount=source=front/package-lock.json,target=package-lock.json --mount=type=cache,target=/root/.npm \\\n \
        --mount=type=bind,from=other,source=gone,target=x --mount=type=bind,source=$UNKNOWN,target=y \\\n \
        --mount=type=bind,target=z npm ci\n";
    let files = [("front/package.json", "{}\n")];
    assert_eq!(built(text, &files, &["docker-copy-missing"]), ["3 docker-copy-missing"]);
    let all = [files[0], ("front/package-lock.json", "{}\n")];
    assert_eq!(built(text, &all, &["docker-copy-missing"]), [""; 0]);
}

#[test]
fn variables_that_nothing_sets_are_told_of_where_the_image_is_known() {
    let codes = ["docker-undefined-variable", "docker-bad-substitution"];
    let text = "ARG GLOBAL=1\nFROM debian:13\nENV HOME_OF=$HOME/x PATH=/x:$PATH LIBRARY=$LIBRARY:/x\nUSER ${USR:-app}\nLABEL v=$GLOBAL\nWORKDIR $1\n";
    assert_eq!(alone(text, &codes), ["3 docker-undefined-variable", "5 docker-undefined-variable"]);
    assert_eq!(alone("FROM example.org/base:1\nENV A=$HOME\n", &codes), [""; 0]);
    assert_eq!(alone("FROM python:3.14\nENV A=$PYTHON_VERSION\n", &codes), [""; 0]);
    assert_eq!(alone("ARG VERSION=1\nFROM python:$VERSON\n", &codes), ["2 docker-undefined-variable"]);
    assert_eq!(
        alone("FROM debian:13\nENV A='x\nENV B=${A\n", &codes),
        ["2 docker-bad-substitution", "3 docker-bad-substitution"]
    );
}

#[test]
fn a_server_for_development_is_one_by_its_words_or_by_package_json() {
    let codes = ["docker-dev-server"];
    for bad in [
        "CMD python manage.py runserver 0:8000",
        "CMD [\"flask\", \"run\", \"--host=0.0.0.0\"]",
        "ENTRYPOINT [\"php\", \"-S\", \"0.0.0.0:80\"]",
        "CMD [\"npx\", \"vite\", \"--host\"]",
        "CMD [\"sh\", \"-c\", \"python manage.py migrate && python manage.py runserver\"]",
    ] {
        assert_eq!(alone(&format!("FROM debian:13\n{bad}\n"), &codes), ["2 docker-dev-server"], "{bad}");
    }
    for fine in
        ["CMD [\"npx\", \"vite\", \"preview\"]", "CMD [\"npm\", \"start\"]", "CMD [\"gunicorn\", \"a\"]"]
    {
        assert_eq!(alone(&format!("FROM debian:13\n{fine}\n"), &codes), [""; 0], "{fine}");
    }
    let text = "FROM node:24\nWORKDIR /app\nCOPY . .\nCMD [\"npm\", \"start\"]\n";
    let package = |start: &str| format!("{{\"scripts\": {{\"start\": \"{start}\"}}}}");
    assert_eq!(
        built(text, &[("package.json", &package("react-scripts start"))], &codes),
        ["4 docker-dev-server"]
    );
    assert_eq!(built(text, &[("package.json", &package("node server.js"))], &codes), [""; 0]);
    // Names, settings and mounts say that nothing else is meant.
    assert_eq!(found(&[("Dockerfile.dev", "FROM debian:13\nCMD flask run\n")], &codes), [""; 0]);
    assert_eq!(alone("FROM debian:13\nENV FLASK_ENV=development\nCMD flask run\n", &codes), [""; 0]);
    let compose = "services:\n  app:\n    build: .\n    volumes: ['.:/app']\n";
    let files = [("compose.yml", compose), ("Dockerfile", "FROM debian:13\nWORKDIR /app\nCMD flask run\n")];
    assert_eq!(found(&files, &codes), [""; 0]);
}

#[test]
fn what_compose_says_of_a_service_counts() {
    let text = "FROM python:3.14\nCMD [\"gunicorn\", \"a.wsgi\", \"-b\", \"0.0.0.0:8000\"]\n";
    let codes = ["docker-root-user", "docker-no-healthcheck", "docker-no-expose"];
    let says = "services:\n  app:\n    build: .\n    user: \"1000\"\n    ports: ['8000:8000']\n    healthcheck: {test: [CMD, \"true\"]}\n";
    assert_eq!(found(&[("compose.yml", says), ("Dockerfile", text)], &codes), [""; 0]);
    let silent = "services:\n  app:\n    build: .\n";
    assert_eq!(
        found(&[("compose.yml", silent), ("Dockerfile", text)], &codes),
        [
            "Dockerfile:1 docker-root-user",
            "Dockerfile:2 docker-no-expose",
            "Dockerfile:2 docker-no-healthcheck"
        ]
    );
    assert_eq!(alone("FROM postgres:18\n", &codes), [""; 0], "it gives root up by itself");
    assert_eq!(alone("FROM example.org/app:1\nCMD [\"app\"]\n", &codes), [""; 0], "nobody knows the image");
}

#[test]
fn git_and_pip_and_npm_are_silent_where_they_are_pinned_or_without_a_cache() {
    let codes = ["docker-git-clone-moving", "docker-pip-cache", "docker-npm-install"];
    for fine in [
        "RUN git clone -b v1.2 https://example.org/a",
        "RUN git clone https://example.org/a && cd a && git checkout 1a2b3c4d",
        "RUN git clone https://example.org/a /a\nRUN git -C /a reset --hard 1a2b3c4d",
        "RUN pip3 install --no-cache-dir -r a.txt",
        "ENV PIP_NO_CACHE_DIR=1\nRUN pip install a",
        "RUN pip install a && rm -rf /root/.cache",
        "RUN npm install",
        "COPY package-lock.json .\nRUN npm install -g serve && npm install express",
    ] {
        assert_eq!(alone(&format!("FROM debian:13\n{fine}\n"), &codes), [""; 0], "{fine}");
    }
    let text = "FROM debian:13\nCOPY package*.json ./\nRUN npm i --omit=dev\nRUN python3 -m pip install a\nRUN git clone --branch main https://example.org/a\n";
    let around = [("package.json", ""), ("package-lock.json", "")];
    assert_eq!(
        built(text, &around, &codes),
        ["3 docker-npm-install", "4 docker-pip-cache", "5 docker-git-clone-moving"]
    );
}

#[test]
fn a_dockerignore_is_missed_by_what_would_get_in() {
    let severity = |text: &str, others: &[&str]| {
        let mut files = vec![("Dockerfile", text), ("compose.yml", "services: {app: {build: .}}")];
        files.extend(others.iter().map(|name| (*name, "")));
        let checked = check_memory(&Memory::new(files));
        let mut found = checked.sink.diagnostics.iter().filter(|found| found.code == "docker-no-ignore-file");
        found.next().map(|found| found.severity)
    };
    let all = "FROM debian:13\nCOPY . /srv\n";
    assert_eq!(severity(all, &[".env"]), Some(Severity::Warning));
    assert_eq!(severity(all, &["app.py"]), Some(Severity::Info));
    assert_eq!(severity(all, &[".env", ".dockerignore"]), None);
    assert_eq!(severity("FROM debian:13\nCOPY app.py /\n", &["app.py", ".git/HEAD"]), Some(Severity::Info));
    assert_eq!(severity("FROM debian:13\nCOPY app.py /\n", &["app.py"]), None);
}

#[test]
fn what_the_builder_checks_itself_is_told_as_well() {
    let text = "from debian:13 as Build\nRUN true && \\\n\n  true\nFROM --platform=linux/arm64 debian:13\nWORKDIR app\nEXPOSE 127.0.0.1:80:80 53/UDP 22\n\
        CMD [\"a\"]\nCMD [\"b\"]\nCOPY --from=build /a /a\n";
    let codes = [
        "docker-casing",
        "docker-empty-continuation",
        "docker-from-platform",
        "docker-workdir-relative",
        "docker-expose-form",
        "docker-expose-ssh",
        "docker-cmd-repeated",
    ];
    assert_eq!(
        alone(text, &codes),
        [
            "1 docker-casing",
            "1 docker-casing",
            "3 docker-empty-continuation",
            "5 docker-from-platform",
            "6 docker-workdir-relative",
            "7 docker-expose-form",
            "7 docker-expose-form",
            "7 docker-expose-ssh",
            "8 docker-cmd-repeated"
        ]
    );
    assert_eq!(alone("RUN true\nFROM debian:13\n", &["docker-no-from"]), ["1 docker-no-from"]);
    for without in ["", "\n", "# later\n", "ARG TAG=13\n"] {
        assert_eq!(alone(without, &["docker-no-from"]), ["1 docker-no-from"], "{without:?}");
    }
    assert!(alone("FORM debian:13\n", &["docker-no-from"]).is_empty());
}

#[test]
fn a_dockerfile_may_turn_a_check_of_the_builder_off() {
    let codes = ["docker-workdir-relative", "docker-casing", "docker-stage-name", "secret-literal"];
    // Above an instruction for that one, at the top for the file.
    for (text, expected) in [
        ("FROM scratch\nWORKDIR app\n", &["2 docker-workdir-relative"][..]),
        ("FROM scratch\n# check=skip=WorkdirRelativePath\nWORKDIR app\n", &[]),
        ("FROM scratch\n# check=skip=WorkdirRelativePath // on purpose\n\nWORKDIR app\n", &[]),
        ("FROM scratch\n# check=skip=all\nWORKDIR app\n", &[]),
        ("# check=skip=WorkdirRelativePath;error=true\nFROM scratch\nWORKDIR app\n", &[]),
        ("# check=error=true\nFROM scratch\nWORKDIR app\n", &["3 docker-workdir-relative"]),
        ("FROM scratch\n# check=skip=FromAsCasing\nWORKDIR app\n", &["3 docker-workdir-relative"]),
        // An empty comment ends what is said above it.
        ("FROM scratch\n# check=skip=WorkdirRelativePath\n#\nWORKDIR app\n", &["4 docker-workdir-relative"]),
        (
            "FROM scratch\n# check=skip=WorkdirRelativePath\nENV A=1\nWORKDIR app\n",
            &["4 docker-workdir-relative"],
        ),
        // Checks of one rule are told apart.
        ("# check=skip=ConsistentInstructionCasing\nFROM scratch as a\nenv A=1\n", &["2 docker-casing"]),
        ("# check=skip=ConsistentInstructionCasing,FromAsCasing\nFROM scratch as a\nenv A=1\n", &[]),
        ("# check=skip=DuplicateStageName\nFROM scratch AS a\nFROM scratch AS a\n", &[]),
    ] {
        assert_eq!(alone(text, &codes), expected, "{text}");
    }
    // What stops the build is no matter of form.
    let unknown = "# check=skip=DuplicateStageName\nFROM scratch AS a\nFROM scratch\nCOPY --from=7 a a\n";
    assert_eq!(alone(unknown, &codes), ["4 docker-stage-name"]);
    // `all` is about form: a password is still one.
    let password = ["hunter", "2hunter", "2"].concat();
    let text = |skip: &str| format!("FROM scratch\n# check=skip={skip}\nENV DB_PASSWORD={password}\n");
    assert_eq!(alone(&text("all"), &codes), ["3 secret-literal"]);
    assert_eq!(alone(&text("SecretsUsedInArgOrEnv"), &codes), [""; 0]);
}

#[test]
fn a_base_image_has_a_name_by_default() {
    let code = &["docker-argument-default"];
    for bad in [
        "ARG V\nFROM python:$V\n",
        "ARG V\nFROM $V\n",
        "ARG V=\"box:\"\nFROM busy${V}\n",
        "ARG V=3 \nARG X\nFROM ${X}/python:$V\n",
    ] {
        assert_eq!(alone(bad, code).len(), 1, "{bad}");
    }
    for silent in [
        "ARG V=3.14\nFROM python:$V\n",
        "ARG V\nFROM python:3.14${V}\n",
        "ARG V\nFROM python:${V:-3.14}\n",
        "ARG V=\"\"\nFROM python:3.14${V}\n",
        "ARG V=build\nFROM debian:13 AS build\nFROM $V\n",
    ] {
        assert_eq!(alone(silent, code), [""; 0], "{silent}");
    }
    let given = "services:\n  app:\n    build:\n      context: .\n      args:\n        V: '3.14'\n";
    let files = [("Dockerfile", "ARG V\nFROM python:$V\n"), ("compose.yml", given)];
    assert_eq!(found(&files, code), [""; 0]);
}

#[test]
fn a_platform_is_made_of_what_from_knows() {
    let code = &["docker-undefined-variable"];
    assert_eq!(alone("FROM --platform=$BULIDPLATFORM scratch\n", code), ["1 docker-undefined-variable"]);
    assert_eq!(alone("FROM --platform=$BUILDPLATFORM scratch\n", code), [""; 0]);
    assert_eq!(alone("ARG ARCH=arm64\nFROM --platform=linux/$ARCH scratch\n", code), [""; 0]);
}

#[test]
fn another_shell_is_meant() {
    let code = &["docker-shell-form"];
    assert_eq!(alone("FROM scratch\nCMD run\n", code), ["2 docker-shell-form"]);
    assert_eq!(alone("FROM scratch\nSHELL [\"/bin/other\"]\nCMD run\n", code), [""; 0]);
    // That it ignores CMD holds for every shell.
    let ignored = "FROM scratch\nSHELL [\"/bin/other\"]\nENTRYPOINT run\nCMD [\"x\"]\n";
    assert_eq!(alone(ignored, code), ["3 docker-shell-form"]);
}

#[test]
fn what_a_dockerignore_beside_the_dockerfile_leaves_out_is_not_there() {
    let code = &["docker-copy-ignored"];
    let files = |ignore| [("Dockerfile", "FROM scratch\nCOPY a .\n"), ("a", ""), (".dockerignore", ignore)];
    assert_eq!(found(&files("a\n"), code), ["Dockerfile:2 docker-copy-ignored"]);
    assert_eq!(found(&files("b\n"), code), [""; 0]);
    let all = |ignore| [("Dockerfile", "FROM scratch\nCOPY . .\n"), ("a", ""), (".dockerignore", ignore)];
    assert_eq!(found(&all("*\n"), code), ["Dockerfile:2 docker-copy-ignored"]);
    assert_eq!(found(&all("**\n!a\n"), code), [""; 0]);
    assert_eq!(found(&all(".*\n"), code), [""; 0]);
}
