//! Every word of a Dockerfile, said in a stack file, as `BuildKit` reads it; and what the words do in an image.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::os::unix::net::UnixListener;

use serde_json::Value;
use stackc::schema::dockerfile::kinds;
use stackc::schema::{Kind, own_rows};
use stackc::vocabulary::dockerfile::{Channel, Word, all};

use super::deployment::Deployment;
use super::evidence::{Canary, sha256};
use super::{Checks, PYTHON, Said, docker, has_image, need_images, random};

/// The image that has every word, those of the labs channel too; and the one that the example of `syntax` names.
const LABS: &str = "docker/dockerfile:1-labs";
const STABLE: &str = "docker/dockerfile:1";

/// Whether the images that read Dockerfiles can be had. Without them the engine's own frontend says what it lacks.
fn have_frontends() -> bool {
    let have = |image: &str| has_image(image) || Said::of(&mut docker(["pull", "-q", image])).code == 0;
    have(STABLE) && have(LABS)
}

/// Words that no stack file says.
const UNSAID: &[(&str, &str)] = &[("escape=", "stackc writes every Dockerfile with the backslash")];

/// Forms that are written as another one, which means the same.
const OTHERWISE: &[(&str, &str, &str)] = &[
    ("ADD heredoc", "COPY heredoc", "both make the same file"),
    (
        "CMD shell",
        "CMD exec",
        "with its shell written out it does not depend on `SHELL`, and is not warned of",
    ),
    ("ENTRYPOINT shell", "ENTRYPOINT exec", "the same"),
    ("ENV pair", "ENV pairs", "an old form that is warned of"),
    ("LABEL pair", "LABEL pairs", "the same"),
];

/// What the builder's own checks have to say, and why that is right.
const WARNED: &[(&str, &str, &str)] = &[
    ("MAINTAINER", "MaintainerDeprecated", "the instruction itself is what the check is about"),
    ("MAINTAINER text", "MaintainerDeprecated", "the same"),
];

/// Statements for words that the example of their sentence does not show.
const STATEMENTS: &[(&str, &str)] = &[
    ("ADD list", "add \"a file\" to /opt/"),
    ("ADD words", "add a.tar b.tar to /opt/"),
    ("ARG names", "arg VERSION"),
    ("COPY list", "copy \"a file\" to /opt/"),
    ("ENV", "env { TZ UTC }"),
    ("HEALTHCHECK", "health exec true { every 5s; timeout 3s; start 20s; start_interval 1s; retries 5 }"),
    ("RUN heredoc", "run \"make\\nmake install\""),
    ("RUN --mount=type=secret,target", "secret npm_token at /run/token"),
    ("RUN --mount=type=ssh,id", "ssh default"),
    ("RUN --mount=type=ssh,target", "ssh at /run/agent"),
    ("VOLUME list", "volume \"/var/lib/my data\""),
];

/// What stands in the Dockerfile, by which a form is told from the others of its instruction.
const FORMS: &[(&str, &str)] = &[
    ("ADD list", "ADD [\""),
    ("ADD words", "ADD a.tar b.tar "),
    ("ARG names", "ARG VERSION"),
    ("CMD exec", "CMD [\""),
    ("COPY heredoc", "COPY <<"),
    ("COPY list", "COPY [\""),
    ("COPY words", "COPY . /"),
    ("ENTRYPOINT exec", "ENTRYPOINT [\""),
    ("ENV pairs", "ENV TZ=UTC"),
    ("EXPOSE words", "EXPOSE 9000"),
    ("FROM as", " AS assets"),
    ("FROM words", "FROM python:"),
    ("HEALTHCHECK exec", " CMD [\""),
    ("HEALTHCHECK none", "HEALTHCHECK NONE"),
    ("HEALTHCHECK shell", " CMD pg_isready"),
    ("LABEL pairs", "LABEL com.example.team=web"),
    ("MAINTAINER text", "MAINTAINER web@"),
    ("ONBUILD instruction", "ONBUILD COPY . /app"),
    ("RUN exec", "RUN [\""),
    ("RUN heredoc", "RUN <<EOF"),
    ("RUN shell", "RUN python manage.py"),
    ("SHELL exec", "SHELL [\""),
    ("STOPSIGNAL text", "STOPSIGNAL SIGINT"),
    ("USER text", "USER 10001:10001"),
    ("VOLUME list", "VOLUME [\""),
    ("VOLUME words", "VOLUME /var/lib/data"),
    ("WORKDIR text", "WORKDIR /app"),
];

fn listed<'l>(list: &[(&str, &'l str)], name: &str) -> Option<&'l str> {
    list.iter().find(|(listed, _)| *listed == name).map(|(_, found)| *found)
}

/// The steps of a build that say a word, where it is said first.
fn steps(word: &Word) -> String {
    let kind = kinds(word)[0];
    let row = own_rows(kind).find(|row| row.sentence == word.sentence).unwrap();
    let statement = listed(STATEMENTS, word.name).map_or_else(|| row.example(), Cow::Borrowed);
    let head = row.head();
    let run = |mount: &str| format!("base {PYTHON}\nrun true {{\n{mount}\n}}");
    let stage = format!("stage assets {{\nbase {PYTHON}\nfile /src/dist/a \"b\"\n}}");
    match kind {
        Kind::Build if head == "stage" => format!("stage assets {{\nbase {PYTHON}\n}}\nbase assets"),
        Kind::Build if head == "base" => statement.into_owned(),
        Kind::Build => format!("{stage}\nbase {PYTHON}\n{statement}"),
        Kind::Health => format!("base {PYTHON}\nhealth exec true {{\n{statement}\n}}"),
        Kind::Base => format!("base {PYTHON} {{\n{statement}\n}}"),
        Kind::Copy => format!("base {PYTHON}\ncopy . to /app {{\n{statement}\n}}"),
        Kind::Add => {
            let source = if head == "keep-git-dir" {
                "https://example.org/app.git"
            } else {
                "https://example.org/a.tar"
            };
            format!("base {PYTHON}\nadd {source} to /app {{\n{statement}\n}}")
        }
        Kind::Run => {
            let syntax =
                if word.channel == Channel::Labs { format!("syntax {LABS}\n") } else { String::new() };
            format!("{syntax}{}", run(&statement))
        }
        Kind::BindMount => format!("{stage}\n{}", run("bind at /srv { from assets; readwrite }")),
        Kind::CacheMount if head == "from" || head == "source" => {
            format!("{stage}\n{}", run("cache /srv { from assets; source /srv }"))
        }
        Kind::CacheMount => run(&format!("cache /srv {{\n{statement}\n}}")),
        Kind::TmpfsMount => run(&format!("tmpfs /srv {{\n{statement}\n}}")),
        Kind::SecretMount => run(&format!("secret npm_token {{\n{statement}\n}}")),
        Kind::SshMount => run(&format!("ssh {{\n{statement}\n}}")),
        other => panic!("{} is said {}", word.name, other.describe()),
    }
}

/// What stands in one line of the Dockerfile, continued ones joined, if the word is in it.
fn traces(word: &Word) -> Vec<String> {
    let name = word.name;
    if let Some(form) = listed(FORMS, name) {
        return vec![form.to_owned()];
    }
    if let Some((mount, option)) = name.split_once(',') {
        let kind = mount.split_once("type=").unwrap().1;
        return vec![format!("type={kind}"), format!(",{option}=")];
    }
    match name.split_once(" --mount=") {
        Some((instruction, kind)) => vec![format!("{instruction} "), kind.to_owned()],
        None => match name.split_once(' ') {
            Some((instruction, flag)) => vec![format!("{instruction} "), flag.to_owned()],
            None if name.contains('=') => {
                vec![format!("# {}", name.split('=').next().unwrap()), name.replace("check=", "")]
            }
            None => vec![format!("{name} ")],
        },
    }
}

/// Words that are to be found in a Dockerfile: all but those that no stack file says or that are written otherwise.
fn words() -> impl Iterator<Item = (String, &'static Word)> {
    let is_said = |word: &&Word| {
        listed(UNSAID, word.name).is_none() && !OTHERWISE.iter().any(|(name, ..)| *name == word.name)
    };
    all().iter().filter(is_said).enumerate().map(|(number, word)| (format!("w{number}"), word))
}

fn every_word() -> String {
    let mut stack = "stack words\ndefaults plain\nsecret npm_token { env NPM_TOKEN }\n".to_owned();
    for (service, word) in words() {
        writeln!(stack, "# {}\nservice {service} {{\nbuild {{\n{}\n}}\n}}", word.name, steps(word)).unwrap();
    }
    stack
}

/// What came of a check of the builder's own.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// These checks have something to say; none has if the word is fine.
    Read(Vec<String>),
    /// The Dockerfile cannot be read.
    Refused(String),
}

fn verdict(deployment: &Deployment, dockerfile: &str) -> Verdict {
    let said = deployment.docker(&["build", "--check", "-f", dockerfile, "."]);
    let told = format!("{}{}", String::from_utf8_lossy(&said.out), said.err);
    let rules: BTreeSet<String> = told
        .lines()
        .filter_map(|line| Some(line.strip_prefix("WARNING: ")?.split(' ').next()?.to_owned()))
        .collect();
    match told.lines().rev().find_map(|line| line.strip_prefix("ERROR: ")) {
        Some(error) if rules.is_empty() => Verdict::Refused(error.to_owned()),
        _ => Verdict::Read(rules.into_iter().collect()),
    }
}

#[test]
fn every_word_is_accepted_where_the_frontend_has_it() {
    need_images(&[PYTHON]);
    assert_eq!(words().count() + UNSAID.len() + OTHERWISE.len(), all().len());
    let deployment = Deployment::new("dockerfile-words");
    deployment.write("words.stack", every_word());
    deployment.stackc(&["build"]).ok();
    let frontends = have_frontends();
    let mut checks = Checks::default();
    let mut unknown: BTreeMap<&str, &str> = BTreeMap::new();
    let mut newest = (0, 0);
    for (service, word) in words() {
        let path = format!("docker/{service}/Dockerfile");
        let text = std::fs::read_to_string(deployment.path(&path)).unwrap();
        checks.check(&format!("{} is in its Dockerfile", word.name), || {
            let traces = traces(word);
            let found = text
                .replace("\\\n    ", "")
                .lines()
                .any(|line| traces.iter().all(|trace| line.contains(trace)));
            assert!(found, "{traces:?} are in no line of\n{text}");
        });
        let body: String = if frontends {
            text.clone()
        } else {
            text.split_inclusive('\n').filter(|line| !line.starts_with("# syntax=")).collect()
        };
        if body != text {
            checks.check(&format!("{} asks for its frontend", word.name), || {
                let asked = verdict(&deployment, &path);
                let names_it =
                    matches!(&asked, Verdict::Refused(why) if why.contains("docker.io/docker/dockerfile"));
                assert!(names_it, "{asked:?}\n{text}");
            });
        }
        deployment.write(&path, &body);
        let found = verdict(&deployment, &path);
        let warned =
            WARNED.iter().find(|(name, ..)| *name == word.name).map(|(_, rule, _)| (*rule).to_owned());
        if let Verdict::Refused(why) = &found
            && (why.contains("unknown flag") || why.contains("-labs or later"))
        {
            unknown.insert(word.name, word.since);
            if frontends {
                deployment.write(&path, format!("# syntax={LABS}\n{body}"));
                checks.check(&format!("{} with {LABS}", word.name), || {
                    assert_eq!(verdict(&deployment, &path), Verdict::Read(Vec::new()), "{text}");
                });
            }
            continue;
        }
        newest = newest.max(version(word.since));
        checks.check(word.name, || assert_eq!(found, Verdict::Read(warned.into_iter().collect()), "{text}"));
    }
    checks.check("what the engine's own frontend lacks", || {
        let newer = |word: &&Word| word.channel == Channel::Labs || version(word.since) > newest;
        let lacking: BTreeMap<&str, &str> =
            all().iter().filter(newer).map(|word| (word.name, word.since)).collect();
        // With the image that has them, those of the labs channel are not lacking.
        let lacking =
            lacking.into_iter().filter(|(name, _)| !(frontends && *name == "RUN --device")).collect();
        assert_eq!(unknown, lacking);
    });
    checks.check("the labs channel", || {
        let labs: Vec<&str> =
            all().iter().filter(|word| word.channel == Channel::Labs).map(|word| word.name).collect();
        assert_eq!(labs, ["RUN --device"]);
    });
    checks.finish();
}

/// `1.19` as numbers; what the reference does not date is as old as can be.
fn version(text: &str) -> (u32, u32) {
    let numbers = text.split_once('.').map(|(major, minor)| (major.parse().unwrap(), minor.parse().unwrap()));
    numbers.unwrap_or_default()
}

/// A file name that looks like a flag, and names that a shell, a lexer and JSON would take apart.
const FLAG: &str = "--link";
const AWKWARD: &str = "it's \"5$\" \\ <<EOF";
const VARIABLE: &str = "$HOME ${X}";

/// Writes down what the steps find. `RUN_OF` makes them steps that `BuildKit` has not seen.
const STACK: &str = r#"stack meaning
input  GREETING { default "5$ \"or\" \\ <<EOF" }
secret token { env MEANING_TOKEN }

service app {
  build {
    source ./context
    check  skip UndefinedVar
    arg    TAG 3.14-slim
    stage files {
      base python:$TAG { platform $BUILDPLATFORM }
      file /seed/one "seed"
      file /seed/two ""
    }
    base  python:$TAG
    env   { RUN_OF @random@ }
    shell /bin/bash -o pipefail -c

    copy --link "it's \"5$\" \\ <<EOF" '$HOME ${X}' to /found/awkward/
    copy a.txt to /found/owned { chown 10001:10002; chmod 0640 }
    copy tree to /found/tree { exclude *.md "b c"; chmod u=rwX,go=rX }
    copy a.txt to /found/linked/ { link }
    copy /seed/one to /found/seeded from files
    add  archive.tar to /found/unpacked/
    add  archive.tar to /found/packed/ { unpack off }
    file /found/literal """
      $HOME ${PATH} \ 'a' "b"
      EOF
      RUN touch /found/injected
      """ { chmod 0750; chown 7 }
    file /found/expanded "${input.GREETING} $TZ <<EOF\nEOF\nRUN touch /found/injected"

    run exec python -c "open('/found/exec', 'w').write('$HOME `id`')"
    run "false | true && echo no >/found/pipefail || echo \"$BASH\" >/found/pipefail"
    run "[ -n \"$BASH_VERSION\" ] && echo yes >/found/misread"
    run """
      #!/usr/bin/env python3
      import sys
      open('/found/program', 'w').write(sys.argv[0])
      """
    run "ls /sys/class/net >/found/net" { network none }
    run "cat /m/one >/found/bound; echo x >/m/two; cat a.txt >>/found/bound" {
      bind /seed at /m { from files; readwrite }
      bind a.txt at /a.txt
    }
    run "stat -c '%a %u %g' /cache >/found/cache" {
      cache /cache { id meaning-@random@; sharing private; mode 0751; uid 7; gid 8 }
    }
    run "ls /cache >/found/warm; touch /cache/x || echo readonly >>/found/warm" {
      cache /cache { from files; source /seed; readonly }
    }
    run "df -k /t | tail -n 1 | awk '{ print $1, $2 }' >/found/tmpfs" { tmpfs /t { size 1m } }
    run exec python -c "import os, hashlib; open('/found/variable', 'w').write(hashlib.sha256(os.environb[b'TOKEN']).hexdigest() + str(os.path.exists('/run/secrets/token')))" {
      secret token { env TOKEN }
    }
    run "stat -c '%a %u %g' /run/token >/found/secret" { secret token at /run/token { mode 0440; uid 10; gid 11 } }
    run "test -S $SSH_AUTH_SOCK && stat -c '%n %a %u' $SSH_AUTH_SOCK >/found/agent" {
      ssh at /run/agent { mode 0666; uid 12 }
    }
    volume /data "/my data"
    stopsignal SIGRTMIN+3
    maintainer "web \"team\" <<EOF # $X"
    health none
    onbuild {
      user  0
      shell /bin/sh -c
      file  /trigger/file "kept by $RUN_OF\nEOF"
      run   """
        echo first >/trigger/run
        echo second >>/trigger/run
        """
    }
    entrypoint shell "exec sleep"
    command    60
  }
}
"#;

#[test]
fn the_words_do_in_an_image_what_they_say() {
    need_images(&[PYTHON]);
    let run_of = random(12);
    let mut deployment = Deployment::new("dockerfile-meaning");
    let token = Canary::between("\"'$", "");
    deployment.set("MEANING_TOKEN", &token.value);
    deployment.write("meaning.stack", STACK.replace("@random@", &run_of));
    for (name, text) in [
        ("a.txt", "a\n"),
        (FLAG, "flag"),
        (AWKWARD, "awkward"),
        (VARIABLE, "variable"),
        ("tree/a.md", "left out"),
        ("tree/b c", "left out"),
        ("tree/kept", "kept"),
    ] {
        deployment.write(&format!("context/{name}"), text);
    }
    let mut tar = std::process::Command::new("tar");
    tar.current_dir(deployment.path("context")).args(["-cf", "archive.tar", "a.txt"]);
    Said::of(&mut tar).ok();
    let socket = deployment.path("agent");
    let agent = UnixListener::bind(&socket).unwrap();
    deployment.set("SSH_AUTH_SOCK", socket.to_str().unwrap());
    deployment.stackc(&["build"]).ok();
    deployment.compose(&["build"]).ok();
    drop(agent);
    let image = deployment.images().remove(0);
    let on_it = format!("{image}-on-it");
    deployment.write("next/Dockerfile", format!("FROM {image}\n"));
    Said::of(&mut docker(["build", "-q", "-t", &on_it, deployment.path("next").to_str().unwrap()])).ok();

    let inside = |image: &str, script: &str| {
        Said::of(&mut docker(["run", "--rm", "--user", "0", "--entrypoint", "/bin/sh", image, "-c", script]))
            .ok()
    };
    let found = |path: &str| inside(&image, &format!("cat /found/{path}"));
    let mut checks = Checks::default();
    checks.check("files of the context", || {
        assert_eq!(
            inside(&image, "ls -1 /found/awkward | LC_ALL=C sort"),
            format!("{VARIABLE}\n{FLAG}\n{AWKWARD}\n")
        );
        assert_eq!(inside(&image, "stat -c '%a %u:%g' /found/owned"), "640 10001:10002\n");
        assert_eq!(inside(&image, "ls /found/tree; stat -c %a /found/tree/kept"), "kept\n644\n");
        assert_eq!(inside(&image, "cat /found/linked/a.txt /found/seeded"), "a\nseed\n");
        assert_eq!(
            inside(&image, "ls /found/unpacked /found/packed"),
            "/found/packed:\narchive.tar\n\n/found/unpacked:\na.txt\n"
        );
    });
    checks.check("files whose content is given", || {
        let literal = "$HOME ${PATH} \\ 'a' \"b\"\nEOF\nRUN touch /found/injected\n";
        assert_eq!(found("literal"), literal);
        assert_eq!(inside(&image, "stat -c '%a %u' /found/literal"), "750 7\n");
        let greeting = "5$ \"or\" \\ <<EOF";
        assert_eq!(found("expanded"), format!("{greeting}  <<EOF\nEOF\nRUN touch /found/injected\n"));
        assert_eq!(
            inside(&image, "ls -d /found/injected /found/injected* 2>/dev/null || echo none"),
            "none\n"
        );
    });
    checks.check("who runs a step", || {
        assert_eq!(found("exec"), "$HOME `id`");
        assert_eq!(found("pipefail"), "/bin/bash\n");
        assert_eq!(found("misread"), "yes\n");
        assert_eq!(found("program"), "/dev/pipes/EOF");
    });
    checks.check("what a step is given", || {
        assert_eq!(found("net"), "lo\n");
        assert_eq!(found("bound"), "seed\na\n");
        assert_eq!(found("cache"), "751 7 8\n");
        assert_eq!(found("warm"), "one\ntwo\nreadonly\n");
        assert_eq!(found("tmpfs"), "tmpfs 1024\n");
    });
    checks.check("secrets and the agent", || {
        assert_eq!(found("variable"), format!("{}False", sha256(token.value.as_bytes())));
        assert_eq!(found("secret"), "440 10 11\n");
        assert_eq!(found("agent"), "/run/agent 666 12\n");
    });
    let inspected: Value = serde_json::from_str(&Said::of(&mut docker(["inspect", &image])).ok()).unwrap();
    let (config, author) = (&inspected[0]["Config"], &inspected[0]["Author"]);
    checks.check("what the image says of itself", || {
        let volumes: Vec<&String> = config["Volumes"].as_object().unwrap().keys().collect();
        assert_eq!(volumes, ["/data", "/my data"]);
        assert_eq!(config["StopSignal"], "SIGRTMIN+3");
        assert_eq!(author, "web \"team\" <<EOF # $X");
        assert_eq!(config["Healthcheck"]["Test"][0], "NONE");
        let shell = ["/bin/bash", "-o", "pipefail", "-c"];
        assert_eq!(config["Shell"], serde_json::json!(shell));
        assert_eq!(config["Entrypoint"], serde_json::json!([&shell[..], &["exec sleep"]].concat()));
        assert_eq!(config["Cmd"], serde_json::json!(["60"]));
        assert_eq!(config["OnBuild"].as_array().unwrap().len(), 4);
    });
    checks.check("what the image does to one that starts from it", || {
        assert_eq!(
            inside(&on_it, "cat /trigger/file /trigger/run"),
            format!("kept by {run_of}\nEOF\nfirst\nsecond\n")
        );
    });
    Said::of(&mut docker(["image", "rm", "-f", &on_it])).ok();
    checks.finish();
}

/// `parents` is younger than the frontends that many engines have built in.
#[test]
fn folders_are_kept_with_parents() {
    need_images(&[PYTHON]);
    let deployment = Deployment::new("dockerfile-parents");
    let frontends = have_frontends();
    let syntax = if frontends { format!("syntax {STABLE}\n") } else { String::new() };
    let steps =
        format!("{syntax}base {PYTHON}\ncopy tree/./deep/kept a.txt to /kept/ {{ parents; exclude *.md }}");
    deployment.write(
        "parents.stack",
        format!("stack parents\nservice app {{\nbuild ./context {{\n{steps}\n}}\n}}\n"),
    );
    for name in ["a.txt", "tree/deep/kept", "tree/deep/left.md"] {
        deployment.write(&format!("context/{name}"), "x");
    }
    deployment.stackc(&["build"]).ok();
    let built = deployment.compose(&["build"]);
    if built.code != 0 {
        assert!(!frontends && built.err.contains("unknown flag: --parents"), "{}", built.report());
        return;
    }
    let image = deployment.images().remove(0);
    let list = ["run", "--rm", "--entrypoint", "/usr/bin/find", &image, "/kept", "-type", "f"];
    let mut found: Vec<String> = Said::of(&mut docker(list)).ok().lines().map(str::to_owned).collect();
    found.sort();
    assert_eq!(found, ["/kept/a.txt", "/kept/deep/kept"]);
}
