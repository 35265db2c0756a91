//! kill -9 at every system call of a build.

use super::project::{EDIT, State, Version, built, copy, edit, old_or_new, same, state};
use super::trace::{calls, for_each, kill_at};
use crate::cli::Desk;

/// A project of which nothing was built.
fn fresh() -> Desk {
    let desk = Desk::empty();
    desk.write("a.stack", Version::First.text());
    desk
}

/// A project whose stack file has changed since it was built, and in which somebody worked by hand.
fn changed(version: Version) -> Desk {
    let desk = built(&[Version::First]);
    edit(&desk);
    desk.write("a.stack", version.text());
    desk
}

/// Builds to the end.
#[track_caller]
fn build(desk: &Desk, what: &str) -> State {
    let said = desk.run(&["build"]);
    assert_eq!(said.code, 0, "{what}: {}", said.err);
    state(&desk.path(""))
}

#[test]
fn a_first_build_that_is_killed_at_any_call_is_repaired_by_the_next() {
    let start = fresh();
    let (old, new) = (state(&start.path("")), state(&built(&[Version::First]).path("")));
    let calls = calls(&copy(&start));
    for_each(&calls, |_, call| {
        let what = format!("killed at {}", call.line);
        let desk = copy(&start);
        assert!(kill_at(&desk, call).is_none(), "not {what}");
        old_or_new(&state(&desk.path("")), &old, &new, &what);
        same(&build(&desk, &what), &new, &what);
    });
    println!("killed at each of {} calls of a first build", calls.len());
}

#[test]
fn a_build_that_is_killed_at_any_call_of_a_change_is_repaired_by_the_next() {
    let start = changed(Version::Second);
    let (old, new) = (state(&start.path("")), state(&built(&[Version::First, Version::Second]).path("")));
    assert!(!new.contains_key("docker/gone"), "nobody edited it");
    assert!(new["docker/moved/Dockerfile"].1.ends_with(EDIT.as_bytes()));
    let calls = calls(&copy(&start));
    for_each(&calls, |_, call| {
        let what = format!("killed at {}", call.line);
        let desk = copy(&start);
        assert!(kill_at(&desk, call).is_none(), "not {what}");
        old_or_new(&state(&desk.path("")), &old, &new, &what);

        // Whatever was reached, an edit from now on is seen.
        let written = desk.read("docker-compose.yml");
        let edited = format!("{written}{EDIT}");
        desk.write("docker-compose.yml", &edited);
        let said = desk.run(&["build"]);
        assert_eq!(said.code, 1, "{what}: {}", said.err);
        assert!(
            said.err.contains("`docker-compose.yml` was edited since stackc wrote it"),
            "{what}: {}",
            said.err
        );
        assert_eq!(desk.read("docker-compose.yml"), edited, "{what}");
        desk.write("docker-compose.yml", written);

        same(&build(&desk, &what), &new, &what);
    });
    println!("killed at each of {} calls of a change", calls.len());
}

#[test]
fn builds_that_are_killed_one_after_the_other_lose_nothing() {
    let second = changed(Version::Second);
    let third = changed(Version::Third);
    let new = state(&built(&[Version::First, Version::Third]).path(""));
    let (calls, later_calls) = (calls(&copy(&second)), calls(&copy(&third)));
    for_each(&calls, |index, call| {
        let later = &later_calls[index * 7 % later_calls.len()];
        let what = format!("killed at {}\nand at {}", call.line, later.line);
        let desk = copy(&second);
        assert!(kill_at(&desk, call).is_none(), "not {what}");
        desk.write("a.stack", Version::Third.text());
        if let Some(said) = kill_at(&desk, later) {
            // After the first kill there may be fewer calls of a name.
            assert_eq!(said.code, 0, "{what}: {}", said.err);
        }
        same(&build(&desk, &what), &new, &what);
    });
    println!("killed twice, the first time at each of {} calls", calls.len());
}

#[test]
fn a_repair_that_is_killed_forgets_nothing_of_what_the_first_run_wrote() {
    let second = changed(Version::Second);
    let new = state(&built(&[Version::First, Version::Third]).path(""));
    let calls = calls(&copy(&second));
    for_each(&calls, |index, call| {
        let desk = copy(&second);
        assert!(kill_at(&desk, call).is_none(), "not killed at {}", call.line);
        // The same text again: what is in its place already is not written once more.
        let later = &calls[calls.len() - 1 - index * 5 % calls.len()];
        let what = format!("killed at {}\nand in the repair at {}", call.line, later.line);
        if let Some(said) = kill_at(&desk, later) {
            assert_eq!(said.code, 0, "{what}: {}", said.err);
        }
        desk.write("a.stack", Version::Third.text());
        same(&build(&desk, &what), &new, &what);
    });
}

#[test]
fn a_stack_file_that_changed_after_a_kill_leaves_nothing_of_what_was_begun() {
    let start = fresh();
    let calls = calls(&copy(&start));
    let expected = Desk::with("a.stack", super::super::cli::DEMO);
    let new = build(&expected, "undisturbed");
    for_each(&calls, |_, call| {
        let what = format!("killed at {}", call.line);
        let desk = copy(&start);
        assert!(kill_at(&desk, call).is_none(), "not {what}");
        desk.write("a.stack", super::super::cli::DEMO);
        same(&build(&desk, &what), &new, &what);
    });
}
