//! What a Dockerfile means to us is what the engine makes of it: images are built, and their configuration is compared
//! with what was read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use stackc::diagnostic::Sink;
use stackc::project::dockerfile::{Base, Dockerfile, Stage, read};
use stackc::source::SourceMap;
use stackc::syntax::dockerfile::tree::Args;

use super::{Checks, PYTHON, Said, docker, need_images};

/// A Dockerfile, and how it is built.
struct Case {
    name: &'static str,
    text: &'static str,
    args: &'static [(&'static str, &'static str)],
    target: Option<&'static str>,
    /// What nobody can know from the file alone: variables of the environment by name, labels with `label ` before them.
    unknown: &'static [&'static str],
}

const fn case(name: &'static str, text: &'static str) -> Case {
    Case { name, text, args: &[], target: None, unknown: &[] }
}

const CASES: &[Case] = &[
    case(
        "quotes and escapes",
        "FROM scratch\nENV A=one B='$A two' C=\"x $A \\\"y\\\" \\n\" D=a\\ b E=\\$A\nENV F legacy \"form\"  of   $A\nENV G=\"$A\"\\\n  H=2\n",
    ),
    case(
        "substitutions",
        "FROM scratch\nENV A=one.two.three E=\nENV B=${A} C=${X:-d} D=${X-d} F=${E:-d} G=${E-d} H=${A:+r} I=${X:+r} J=${E+r} K=${A:?no}\n\
         ENV L=${A#*.} M=${A##*.} N=${A%.*} O=${A%%.*} P=${A/one/1} Q=${A//t/T} R=${A/o?e/_} S=${X:-${Y:-$A}} T=${A#\\*} U=$A$A V=$ W=5$\n\
         ENV Z=${A//./-} YY=\"${A%two*}\" XX='${A}' WW=${A+\"q q\"}\n",
    ),
    case(
        "a line does not see what it sets, the next one does",
        "FROM scratch\nENV A=1\nENV A=2 B=$A\nENV C=$A\nLABEL a=$A b=\"$B c\" $C=by-name c='$A'\n",
    ),
    Case {
        args: &[("GIVEN", "by the build"), ("OVER", "given"), ("UNDECLARED", "x")],
        ..case(
            "arguments",
            "ARG TAG=base\nARG OVER=global\nFROM scratch\nARG TAG\nARG GIVEN\nARG OVER=local\nARG DEFAULT=${TAG}-1 NEXT=$DEFAULT\n\
             ENV A=$TAG B=$GIVEN C=$OVER D=$DEFAULT E=$NEXT F=$UNDECLARED\n",
        )
    },
    case(
        "an argument before FROM is not known after it",
        "ARG A=global\nFROM scratch\nENV B=[$A]\nARG A\nENV C=[$A]\n",
    ),
    case(
        "the last of an argument and a variable counts",
        "FROM scratch\nARG A=arg\nENV A=env\nENV B=$A\nARG A\nENV C=$A\nARG A=again\nENV D=$A\n",
    ),
    case(
        "stages inherit settings and arguments",
        "FROM scratch AS Base\nARG V=1\nENV A=a\nUSER 10:10\nWORKDIR /srv/app\nEXPOSE 8000\nVOLUME /data\nLABEL l=base\n\
         HEALTHCHECK CMD true\nSTOPSIGNAL SIGINT\nFROM base AS other\nENV B=$A-$V\nWORKDIR sub\nFROM scratch AS unused\nENV NO=1\n\
         FROM other\nUSER root\nWORKDIR ../x\nHEALTHCHECK NONE\nVOLUME [\"/more\", \"/data\"]\n",
    ),
    Case {
        target: Some("MIDDLE"),
        ..case(
            "a target in any case",
            "FROM scratch AS first\nENV A=1\nFROM first AS Middle\nENV B=2\nFROM first AS last\nENV C=3\n",
        )
    },
    case(
        "commands",
        "FROM scratch AS a\nSHELL [\"/bin/bash\", \"-ec\"]\nENTRYPOINT exec  app \"$X\" &&   b\nCMD [\"--flag\", \"$NOT\"]\nFROM a\nCMD run $me\n",
    ),
    case(
        "an entrypoint resets the command of the stage below",
        "FROM scratch AS a\nENTRYPOINT [\"a\"]\nCMD [\"b\"]\nFROM a\nENTRYPOINT [\"c\"]\n",
    ),
    case(
        "an entrypoint keeps the command of its own stage",
        "FROM scratch AS a\nCMD [\"below\"]\nFROM a\nCMD [\"b\"]\nENTRYPOINT c d\n",
    ),
    case(
        "ports",
        "FROM scratch\nENV P=8000 MANY=\"1 2/udp\"\nEXPOSE $P 53/udp 90-92 80/tcp\nEXPOSE ${MANY} 80 443/UDP\n",
    ),
    case(
        "ONBUILD runs once, one stage up",
        "FROM scratch AS base\nARG V=1\nONBUILD ENV A=$V\nONBUILD ARG V=2\nONBUILD USER $V\nONBUILD WORKDIR rel\nENV V=env\nWORKDIR /w\n\
         FROM base AS next\nENV B=$A-$V\nFROM next\nENV C=3\n",
    ),
    case(
        "heredocs are no instructions",
        "FROM scratch\nENV A=1\nCOPY <<EOF <<'RAW' /etc/\nENV A=2\n$A\nEOF\nUSER nobody\nRAW\nENV B=$A\n",
    ),
    case(
        "the backtick as the escape character",
        "# escape=`\nFROM scratch\nENV A=C:\\dir`\n  B=x` y C=\"a`\"b\" D=\"a\\b\"\n",
    ),
    Case {
        unknown: &["C", "PATH"],
        ..case(
            "an image of a registry",
            "ARG TAG=slim\nFROM python:3.14-${TAG}\nENV A=1\nENV B=$A C=$HOME-$PYTHON_VERSION PATH=/x:$PATH\nUSER 1000\nWORKDIR /srv\nCMD python app.py\n",
        )
    },
    Case {
        unknown: &["A", "label os"],
        ..case(
            "what depends on the machine",
            "FROM --platform=$BUILDPLATFORM scratch\nARG TARGETOS TARGETARCH\nENV A=$TARGETARCH\nLABEL os=$TARGETOS\n",
        )
    },
];

/// What an image says of itself, or what was read; unknown values are left out.
#[derive(Debug, Default, PartialEq, Eq)]
struct Configuration {
    env: BTreeMap<String, String>,
    labels: BTreeMap<String, String>,
    user: Option<String>,
    working_dir: Option<String>,
    ports: BTreeSet<String>,
    volumes: BTreeSet<String>,
    entrypoint: Vec<String>,
    command: Vec<String>,
    has_health: bool,
}

/// The configuration of an image that the engine built.
fn of_engine(image: &Value) -> Configuration {
    let config = &image["Config"];
    let strings = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().map(|item| item.as_str().unwrap().to_owned()).collect()
    };
    let keys = |value: &Value| value.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect();
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let health = strings(&config["Healthcheck"]["Test"]);
    Configuration {
        env: strings(&config["Env"])
            .iter()
            .map(|pair| pair.split_once('=').unwrap())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        labels: config["Labels"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect(),
        user: Some(text(&config["User"]).unwrap_or("root".to_owned())),
        working_dir: Some(text(&config["WorkingDir"]).unwrap_or("/".to_owned())),
        ports: keys(&config["ExposedPorts"]),
        volumes: keys(&config["Volumes"]),
        entrypoint: strings(&config["Entrypoint"]),
        command: strings(&config["Cmd"]),
        has_health: !health.is_empty() && health != ["NONE"],
    }
}

/// What was read of a stage, and the names of what is not known.
fn of_reader(dockerfile: &Dockerfile, stage: &Stage) -> (Configuration, BTreeSet<String>) {
    let mut unknown = BTreeSet::new();
    let mut configuration = Configuration::default();
    for (name, value) in &stage.end.env {
        match value {
            Some(value) => drop(configuration.env.insert(name.clone(), value.clone())),
            None => drop(unknown.insert(name.clone())),
        }
    }
    for (name, value) in labels(dockerfile, stage) {
        match value {
            Some(value) => drop(configuration.labels.insert(name, value)),
            None => drop(unknown.insert(format!("label {name}"))),
        }
    }
    let end = &stage.end;
    let port = |port: &str| if port.contains('/') { port.to_owned() } else { format!("{port}/tcp") };
    configuration.user = end.user.as_ref().map(|user| user.value.clone());
    configuration.working_dir = end.working_dir.as_ref().map(|path| path.value.clone());
    configuration.ports = end.ports.iter().map(|setting| port(&setting.value)).collect();
    configuration.volumes = end.volumes.iter().map(|setting| setting.value.clone()).collect();
    configuration.entrypoint = end.entrypoint.as_ref().map(|words| words.words.clone()).unwrap_or_default();
    configuration.command = end.command.as_ref().map(|words| words.words.clone()).unwrap_or_default();
    configuration.has_health = end.has_health.unwrap_or(false);
    (configuration, unknown)
}

/// The labels of a stage and of those below it.
fn labels(dockerfile: &Dockerfile, stage: &Stage) -> BTreeMap<String, Option<String>> {
    let mut labels = match stage.base {
        Base::Stage(below) => labels(dockerfile, &dockerfile.stages[below]),
        Base::Image(_) | Base::Scratch | Base::Unknown => BTreeMap::new(),
    };
    for step in stage.steps.iter().filter(|step| step.instruction.name.text == "LABEL") {
        let Args::Pairs { pairs, .. } = &step.instruction.args else { continue };
        for (pair, word) in pairs.iter().zip(&step.words) {
            // The reader keeps names as they are written.
            let name = pair.name.text.strip_prefix('$').map_or(Some(pair.name.text.clone()), |name| {
                step.before.variables.get(name).cloned().flatten()
            });
            labels.insert(name.unwrap(), word.value.clone());
        }
    }
    labels
}

/// Builds a Dockerfile and compares its image with what was read.
fn compare(case: &Case) {
    let mut command = docker(["build", "-q"]);
    for (name, value) in case.args {
        command.args(["--build-arg", &format!("{name}={value}")]);
    }
    command.args(case.target.iter().flat_map(|target| ["--target", *target])).arg("-");
    let image = Said::with_input(&mut command, case.text.as_bytes()).ok();
    let inspected = Said::of(&mut docker(["image", "inspect", image.trim()])).ok();
    let inspected: Value = serde_json::from_str(&inspected).unwrap();
    let mut expected = of_engine(&inspected[0]);

    let file = SourceMap::default().add("Dockerfile", case.text);
    let mut sink = Sink::default();
    let args: Vec<_> =
        case.args.iter().map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned()))).collect();
    let dockerfile = read(file, case.text, None, None, &args, &mut sink);
    assert_eq!(sink.diagnostics, [], "{}", case.name);
    let stage = &dockerfile.stages[dockerfile.target(case.target).unwrap()];
    let (found, unknown) = of_reader(&dockerfile, stage);
    assert_eq!(unknown, case.unknown.iter().map(|name| (*name).to_owned()).collect(), "{}", case.name);
    if !stage.end.is_closed {
        // What the image below sets besides is not known.
        expected.env.retain(|name, _| found.env.contains_key(name));
        expected.labels.retain(|name, _| found.labels.contains_key(name));
    }
    expected.env.retain(|name, _| !unknown.contains(name));
    expected.labels.retain(|name, _| !unknown.contains(&format!("label {name}")));
    assert_eq!(found, expected, "{}", case.name);
}

#[test]
fn what_is_read_of_a_dockerfile_is_what_the_engine_builds() {
    need_images(&[PYTHON]);
    let mut checks = Checks::default();
    for case in CASES {
        checks.check(case.name, || compare(case));
    }
    checks.finish();
}
