//! What a Dockerfile means, from its text to the settings of its stages.

use super::{Base, Dockerfile, Target, read};
use crate::diagnostic::Sink;
use crate::source::SourceMap;

fn dockerfile_with(text: &str, args: &[(&str, Option<&str>)]) -> Dockerfile {
    let file = SourceMap::default().add("Dockerfile", text);
    let mut sink = Sink::default();
    let args: Vec<_> =
        args.iter().map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned))).collect();
    let dockerfile = read(file, text, None, None, &args, &mut sink);
    assert_eq!(sink.diagnostics, []);
    dockerfile
}

fn dockerfile(text: &str) -> Dockerfile {
    dockerfile_with(text, &[])
}

/// The first word of the last step of the last stage.
#[track_caller]
fn last_word(dockerfile: &Dockerfile) -> Option<String> {
    dockerfile.stages.last().unwrap().steps.last().unwrap().words[0].value.clone()
}

#[test]
fn from_takes_a_stage_nothing_or_an_image_with_the_arguments_above() {
    let read = dockerfile(
        "ARG V=3.12\nARG TAG=${V}-slim\nFROM python:$TAG AS Build\nFROM build\nFROM scratch\nFROM $X\nFROM Build\n",
    );
    let bases: Vec<&Base> = read.stages.iter().map(|stage| &stage.base).collect();
    let image = |name: &str| Base::Image(name.to_owned());
    assert_eq!(
        bases,
        [&image("python:3.12-slim"), &Base::Stage(0), &Base::Scratch, &Base::Unknown, &image("Build")]
    );
    assert_eq!(read.stages[3].from.undeclared, ["X"]);
    assert_eq!(read.args[1].value.as_deref(), Some("3.12-slim"));
}

#[test]
fn an_argument_is_known_where_it_is_declared() {
    let text = "ARG A=global\nFROM scratch\nUSER a$A\n";
    assert_eq!(last_word(&dockerfile(text)).as_deref(), Some("a"));
    assert_eq!(dockerfile(text).stages[0].steps[0].words[0].undeclared, ["A"]);
    let text = "ARG A=global\nFROM scratch\nARG A\nUSER a$A\n";
    assert_eq!(last_word(&dockerfile(text)).as_deref(), Some("aglobal"));
    let text = "ARG A=global\nFROM scratch\nARG A=local B=$A\nUSER $B\n";
    assert_eq!(last_word(&dockerfile(text)).as_deref(), Some("local"));
    assert_eq!(last_word(&dockerfile_with(text, &[("A", Some("given"))])).as_deref(), Some("given"));
    assert_eq!(last_word(&dockerfile_with(text, &[("A", None)])), None);
    let text = "FROM scratch AS a\nARG A=1\nFROM a\nUSER $A\n";
    assert_eq!(last_word(&dockerfile(text)).as_deref(), Some("1"));
    let text = "FROM scratch\nARG TARGETARCH\nUSER $TARGETARCH\n";
    assert_eq!(last_word(&dockerfile(text)), None);
    assert_eq!(last_word(&dockerfile("FROM debian\nUSER $HOME\n")), None);
}

#[test]
fn the_last_of_an_argument_and_a_variable_counts_and_a_line_does_not_see_itself() {
    let text = "FROM scratch\nENV A=env\nARG A=arg\nUSER $A\n";
    assert_eq!(last_word(&dockerfile(text)).as_deref(), Some("arg"));
    let text = "FROM scratch\nARG A=arg\nENV A=env\nARG A\nUSER $A\n";
    assert_eq!(last_word(&dockerfile(text)).as_deref(), Some("env"));
    let text = "FROM scratch\nENV A=1\nENV A=2 B=$A\nUSER $B\n";
    assert_eq!(last_word(&dockerfile(text)).as_deref(), Some("1"));
}

#[test]
fn stages_inherit_what_instructions_set() {
    let read = dockerfile(
        "FROM scratch AS a\nWORKDIR /srv\nUSER app:app\nEXPOSE 80 90-91/udp 80/TCP\nVOLUME /data\nENTRYPOINT [\"x\"]\nCMD y z\n\
         FROM a\nWORKDIR sub/../b\nENTRYPOINT [\"e\"]\nHEALTHCHECK CMD true\n",
    );
    let end = &read.stages[1].end;
    assert_eq!(end.working_dir.as_ref().unwrap().value, "/srv/b");
    assert_eq!(end.user.as_ref().unwrap().value, "app:app");
    let ports: Vec<&str> = end.ports.iter().map(|port| port.value.as_str()).collect();
    assert_eq!(ports, ["80", "90/udp", "91/udp"]);
    assert_eq!(end.entrypoint.as_ref().unwrap().words, ["e"]);
    assert!(end.command.as_ref().unwrap().words.is_empty(), "a new entrypoint resets the command");
    assert_eq!(read.stages[0].end.command.as_ref().unwrap().words, ["/bin/sh", "-c", "y z"]);
    assert_eq!((read.stages[0].end.has_health, end.has_health), (Some(false), Some(true)));
    let unknown = dockerfile("FROM example.org/app\nWORKDIR here\n");
    assert_eq!(unknown.stages[0].end.working_dir, None);
    assert_eq!((&unknown.stages[0].end.user, &unknown.stages[0].end.command), (&None, &None));
}

#[test]
fn onbuild_is_carried_out_in_the_stages_that_build_on_it_and_no_further() {
    let read = dockerfile(
        "FROM scratch AS a\nONBUILD USER app\nONBUILD ENV A=1\nFROM a AS b\nWORKDIR /b\nFROM b\nUSER root\n",
    );
    let users: Vec<&str> =
        read.stages.iter().map(|stage| stage.end.user.as_ref().unwrap().value.as_str()).collect();
    assert_eq!(users, ["root", "app", "root"]);
    let steps =
        |stage: usize| read.stages[stage].steps.iter().map(|step| step.is_trigger).collect::<Vec<_>>();
    assert_eq!((steps(1), steps(2)), (vec![true, true, false], vec![false]));
}

#[test]
fn a_target_needs_what_it_builds_on_copies_from_and_mounts() {
    let read = dockerfile(
        "FROM scratch AS a\nFROM scratch AS b\nFROM scratch AS c\nFROM a AS d\nCOPY --from=B x y\nFROM scratch AS e\n\
         RUN --mount=type=bind,from=c,target=/c true\nCOPY --from=3 x y\nCOPY --from=nginx:1.30 x y\nFROM scratch\n",
    );
    assert_eq!(read.target(None), Some(5));
    assert_eq!(read.target(Some("E")), Some(4));
    assert_eq!(read.target(Some("z")), None);
    assert_eq!(read.needed(4), [0, 1, 2, 3, 4]);
    assert_eq!(read.needed(3), [0, 1, 3]);
    assert_eq!(read.needed(5), [5]);
    assert_eq!((read.named("9"), read.named("nginx:1.30")), (Target::NoSuchNumber, Target::Other));
}

#[test]
fn a_hostile_file_takes_little_memory() {
    let mut text = String::from("FROM scratch\nENV A=xxxxxxxx\n");
    for line in 0..20_000 {
        text.push_str(&format!("ENV A=$A$A B{line}=$A\n"));
    }
    let read = dockerfile(&text);
    assert!(read.stages[0].steps.len() < 5000);
}
