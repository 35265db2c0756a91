//! Every system call of a build fails, in every way in which a disk can fail.

use super::project::{State, Version, built, copy, edit, old_or_new, same, state};
use super::trace::{Call, calls, fail_at, for_each};
use crate::cli::Desk;

/// What calls that change something fail with, and how that is said.
const CHANGING: [(&str, &str); 5] = [
    ("ENOSPC", "the disk is full"),
    ("EIO", "input/output error"),
    ("EDQUOT", "the disk quota is used up"),
    ("EROFS", "the file system is read-only"),
    ("EACCES", "permission denied"),
];

/// What calls that only look fail with.
const LOOKING: [(&str, &str); 2] = [("EIO", "input/output error"), ("EACCES", "permission denied")];

#[test]
fn a_first_build_survives_every_failure_of_the_disk() {
    let start = Desk::empty();
    start.write("a.stack", Version::First.text());
    fail_everywhere(&start, &state(&built(&[Version::First]).path("")));
}

#[test]
fn a_change_survives_every_failure_of_the_disk() {
    let start = built(&[Version::First]);
    edit(&start);
    start.write("a.stack", Version::Second.text());
    fail_everywhere(&start, &state(&built(&[Version::First, Version::Second]).path("")));
}

fn fail_everywhere(start: &Desk, new: &State) {
    let old = state(&start.path(""));
    // What a failing `close` would say, `fsync` has said before.
    let calls: Vec<Call> = calls(&copy(start)).into_iter().filter(|call| call.name != "close").collect();
    let failures: Vec<(&Call, &str, &str)> = calls
        .iter()
        .flat_map(|call| {
            let errors = if call.changes_something() { &CHANGING[..] } else { &LOOKING[..] };
            errors.iter().map(move |(error, reason)| (call, *error, *reason))
        })
        .collect();
    for_each(&failures, |_, (call, error, reason)| {
        let what = format!("{error} at {}", call.line);
        let desk = copy(start);
        let said = fail_at(&desk, call, error);
        let now = state(&desk.path(""));
        old_or_new(&now, &old, new, &what);
        let leftovers = || now.keys().filter(|path| path.ends_with(".stackc-tmp")).count();
        if call.name != "unlinkat" {
            assert_eq!(leftovers(), 0, "{what}");
        }
        match said.code {
            // Not everything has to work: of what was left behind there is mostly nothing.
            0 if call.name == "unlinkat" => {}
            0 => same(&now, new, &what),
            2 => same(&now, &old, &what),
            4 => {
                let (headline, rest) = said.err.rsplit_once("error: ").unwrap().1.split_once('\n').unwrap();
                assert!(headline.starts_with("cannot "), "{what}: {}", said.err);
                assert!(headline.ends_with(reason), "{what}: {}", said.err);
                assert!(
                    headline.contains('`') || headline.contains("standard output"),
                    "{what}: {}",
                    said.err
                );
                assert!(rest.starts_with("  help: "), "{what}: {}", said.err);
            }
            code => panic!("{what}: exit code {code}: {}", said.err),
        }
        let said = desk.run(&["build"]);
        assert_eq!(said.code, 0, "{what}: {}", said.err);
        same(&state(&desk.path("")), new, &what);
    });
    println!("{} calls failed in {} ways", calls.len(), failures.len());
}
