//! Somebody swaps folders for links while builds run, and builds run beside each other.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::project::{Version, old_or_new, same, state};
use crate::cli::{Desk, STACKC};

/// How long each swap is tried.
const FOR: Duration = Duration::from_secs(4);

/// Swaps `name` for a link out of the project and back, as fast as it can, while builds run that write below it.
/// Whatever comes of those, nothing is written where the link leads.
fn swap_while_building(name: &str, arguments: &[&str]) {
    let desk = Desk::empty();
    fs::create_dir_all(desk.path("project/.git")).unwrap();
    fs::create_dir_all(desk.path("elsewhere/app")).unwrap();
    fs::create_dir_all(desk.path("elsewhere/docker/app")).unwrap();
    fs::write(desk.path("elsewhere/docker/app/Dockerfile"), "precious\n").unwrap();
    fs::write(desk.path("elsewhere/app/Dockerfile"), "precious\n").unwrap();
    fs::write(desk.path("elsewhere/docker-compose.yml"), "precious\n").unwrap();
    let elsewhere = || state(&desk.path("elsewhere"));
    let before = elsewhere();
    desk.write("project/a.stack", Version::First.text());
    fs::create_dir_all(desk.path("project").join(name)).unwrap();
    symlink("../elsewhere", desk.path("project/link")).unwrap();

    let (folder, link) = (desk.path("project").join(name), desk.path("project/link"));
    let swap = |a: &Path, b: &Path| renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE).unwrap();
    let ended = AtomicBool::new(false);
    let mut codes = [0_usize; 5];
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut round = 0_u64;
            while !ended.load(Ordering::Relaxed) {
                swap(&folder, &link);
                std::thread::sleep(Duration::from_micros(round * 37 % 1500));
                swap(&folder, &link);
                std::thread::sleep(Duration::from_micros(round * 53 % 1500));
                round += 1;
            }
        });
        let start = Instant::now();
        let mut round = 0;
        while start.elapsed() < FOR {
            round += 1;
            let version = if round % 2 == 0 { Version::First } else { Version::Second };
            desk.write("project/a.stack", version.text());
            let said = desk.run(&[&["build", "project/a.stack", "--force"], arguments].concat());
            assert!([0, 1, 3, 4].contains(&said.code), "{}", said.err);
            assert!(
                said.code == 0 || said.err.contains("\n  help: ") && !said.err.contains("bug"),
                "{}",
                said.err
            );
            codes[usize::try_from(said.code).unwrap()] += 1;
        }
        ended.store(true, Ordering::Relaxed);
    });
    assert_eq!(elsewhere(), before);
    // How the two meet is up to the machine: with few cores one of them may win every time.
    assert!(codes.iter().sum::<usize>() > 0, "nothing was built: {codes:?}");
    println!(
        "`{name}` swapped: {} builds went through, {} were stopped",
        codes[0],
        codes[1..].iter().sum::<usize>()
    );

    // In peace, everything is as it should be.
    desk.write("project/a.stack", Version::First.text());
    let said = desk.run(&[&["build", "project/a.stack", "--force"], arguments].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    let left = state(&desk.path("project"));
    assert!(!left.keys().any(|path| path.contains(".stackc-tmp") || path.contains(".stackc-journal")));
}

#[test]
fn a_folder_that_is_swapped_for_a_link_is_not_written_through() {
    swap_while_building("docker", &[]);
}

#[test]
fn an_output_folder_that_is_swapped_for_a_link_is_not_written_through() {
    swap_while_building("out", &["-o", "project/out"]);
}

#[test]
fn of_two_builds_at_once_the_newer_wins_and_the_next_repairs_what_a_killed_one_left() {
    let alone = |version: Version| {
        let desk = Desk::with("a.stack", &version.text());
        assert_eq!(desk.run(&["build"]).code, 0);
        state(&desk.path(""))
    };
    let states = [Version::First, Version::Second].map(|version| (version, alone(version)));
    let desk = Desk::with("a.stack", &Version::Second.text());
    assert_eq!(desk.run(&["build"]).code, 0);
    // As editors save: the file is the one or the other.
    let save = |version: Version| {
        desk.write("saved.stack-new", version.text());
        fs::rename(desk.path("saved.stack-new"), desk.path("a.stack")).unwrap();
    };
    let start =
        || desk.command(STACKC, &["build"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut killed_midway = 0;
    for round in 0..60_u64 {
        let [older, newer] = if round % 2 == 0 { [0, 1] } else { [1, 0] };
        save(states[older].0);
        let mut first = start();
        std::thread::sleep(Duration::from_micros(round * 731 % 20_000));
        save(states[newer].0);
        let mut second = start();
        let (old, new) = (&states[older].1, &states[newer].1);
        let what = format!("round {round}");
        if round % 3 == 0 {
            std::thread::sleep(Duration::from_micros(round * 977 % 15_000));
            first.kill().unwrap();
            second.kill().unwrap();
            let codes = [first.wait().unwrap().code(), second.wait().unwrap().code()];
            killed_midway += usize::from(codes.contains(&None));
            old_or_new(&state(&desk.path("")), old, new, &what);
            assert_eq!(desk.run(&["build"]).code, 0, "{what}");
        } else {
            let codes = [first.wait().unwrap().code(), second.wait().unwrap().code()];
            assert_eq!(codes, [Some(0), Some(0)], "{what}");
        }
        same(&state(&desk.path("")), new, &what);
    }
    println!("60 pairs of builds, in {killed_midway} of them one was killed");
}
