//! Artefacts on their way to the disk: what is written, what is refused, and what is left after a failure.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use tempfile::TempDir;

use super::digest::Digest;
use super::manifest::{FILE_NAME, JOURNAL_NAME, Journal, Manifest};
use super::plan::{Plan, State, Why};
use super::write::{Report, write};
use super::{Error, Output, Result};
use crate::backend::{Artifact, Kind};

fn artifact(path: &str, text: &str) -> Artifact {
    Artifact { kind: Kind::EnvExample, path: path.to_owned(), text: text.to_owned(), lines: Vec::new() }
}

fn output(folder: &TempDir) -> Output {
    let path = folder.path().canonicalize().unwrap();
    let mut output = Output::look(path, String::new(), "app.stack".to_owned()).unwrap();
    output.lock().unwrap();
    output
}

fn plan(folder: &TempDir, artifacts: &[Artifact], force: bool) -> (Output, Plan) {
    let output = output(folder);
    let source = output.path.join("app.stack");
    let plan = output.plan(artifacts, &source, force).unwrap();
    (output, plan)
}

fn build(folder: &TempDir, artifacts: &[Artifact], force: bool) -> Result<Report> {
    let (output, plan) = plan(folder, artifacts, force);
    write(&output, &plan, artifacts)
}

fn refusals(result: Result<Report>) -> Vec<String> {
    match result {
        Err(Error::Refused(refusals)) => refusals.iter().map(ToString::to_string).collect(),
        other => panic!("not refused: {other:?}"),
    }
}

fn read(folder: &TempDir, path: &str) -> String {
    fs::read_to_string(folder.path().join(path)).unwrap()
}

/// Every file below a folder, by path from there.
fn files(folder: &Path) -> Vec<String> {
    let mut found: Vec<String> = walkdir::WalkDir::new(folder)
        .min_depth(1)
        .into_iter()
        .map(|entry| entry.unwrap().path().strip_prefix(folder).unwrap().display().to_string())
        .collect();
    found.sort();
    found
}

fn pair() -> [Artifact; 2] {
    [artifact("docker-compose.yml", "services: {}\n"), artifact("nginx/web/nginx.conf", "events {}\n")]
}

#[test]
fn a_second_run_writes_nothing() {
    let folder = TempDir::new().unwrap();
    let report = build(&folder, &pair(), false).unwrap();
    assert_eq!(report.written, ["docker-compose.yml", "nginx/web/nginx.conf"]);
    let before: Vec<(u64, i64)> = files(folder.path())
        .iter()
        .map(|path| fs::metadata(folder.path().join(path)).unwrap())
        .map(|metadata| (metadata.ino(), metadata.mtime_nsec()))
        .collect();
    let report = build(&folder, &pair(), false).unwrap();
    assert_eq!((report.written.len(), report.unchanged.len()), (0, 2));
    let after: Vec<(u64, i64)> = files(folder.path())
        .iter()
        .map(|path| fs::metadata(folder.path().join(path)).unwrap())
        .map(|metadata| (metadata.ino(), metadata.mtime_nsec()))
        .collect();
    assert_eq!(before, after);
    assert_eq!(
        files(folder.path()),
        [FILE_NAME, "docker-compose.yml", "nginx", "nginx/web", "nginx/web/nginx.conf"]
    );
}

#[test]
fn nothing_is_written_if_one_file_is_in_the_way() {
    let folder = TempDir::new().unwrap();
    build(&folder, &pair()[1..], false).unwrap();
    fs::write(folder.path().join("docker-compose.yml"), "mine\n").unwrap();
    fs::write(folder.path().join("nginx/web/nginx.conf"), "events {} # mine\n").unwrap();
    let newer = [artifact("Dockerfile", "FROM scratch\n"), pair()[0].clone(), pair()[1].clone()];
    assert_eq!(
        refusals(build(&folder, &newer, false)),
        [
            "`docker-compose.yml` was not written by stackc",
            "`nginx/web/nginx.conf` was edited since stackc wrote it"
        ]
    );
    assert!(!folder.path().join("Dockerfile").exists());
    assert_eq!(read(&folder, "docker-compose.yml"), "mine\n");
    assert_eq!(build(&folder, &newer, true).unwrap().written.len(), 3);
    assert_eq!(read(&folder, "docker-compose.yml"), "services: {}\n");
}

#[test]
fn a_foreign_file_that_says_the_same_stays_foreign() {
    let folder = TempDir::new().unwrap();
    let made = |text: &str| Artifact { kind: Kind::Compose, ..artifact("docker-compose.yml", text) };
    let other = artifact("a", "a\n");
    let theirs = "# mine\nservices: { web: { image: \"a\" } }\n";
    fs::write(folder.path().join("docker-compose.yml"), theirs).unwrap();
    let text = "services:\n  web:\n    image: a\n";
    let report = build(&folder, &[made(text)], false).unwrap();
    assert_eq!(report, Report { alike: vec!["docker-compose.yml".to_owned()], ..Report::default() });
    assert_eq!(files(folder.path()), ["docker-compose.yml"], "nothing of ours is there, a record neither");
    let report = build(&folder, &[other.clone(), made(text)], false).unwrap();
    assert_eq!((report.written, report.alike), (vec!["a".to_owned()], vec!["docker-compose.yml".to_owned()]));
    assert_eq!(read(&folder, "docker-compose.yml"), theirs);
    assert!(!read(&folder, FILE_NAME).contains("docker-compose.yml"), "it is not ours");
    // What it says no more is not ours to change, and what is made no more is not ours to remove.
    let newer = [other.clone(), made("services:\n  web:\n    image: b\n")];
    assert_eq!(refusals(build(&folder, &newer, false)), ["`docker-compose.yml` was not written by stackc"]);
    assert_eq!(build(&folder, &[other], false).unwrap().removed, [""; 0]);
    assert_eq!(read(&folder, "docker-compose.yml"), theirs);
    assert_eq!(build(&folder, &newer, true).unwrap().written, ["docker-compose.yml"]);
}

#[test]
fn two_stack_files_may_share_a_file_that_says_the_same() {
    let folder = TempDir::new().unwrap();
    let dockerfile = |header: &str| Artifact {
        kind: Kind::Dockerfile,
        ..artifact("Dockerfile", &format!("# {header}\nFROM a\n"))
    };
    fs::write(folder.path().join("app.stack"), "").unwrap();
    build(&folder, &[dockerfile("of app.stack")], false).unwrap();
    let records = read(&folder, FILE_NAME);
    let path = folder.path().canonicalize().unwrap();
    let mut other = Output::look(path.clone(), String::new(), "other.stack".to_owned()).unwrap();
    other.lock().unwrap();
    let made = [dockerfile("of other.stack")];
    let plan = other.plan(&made, &path.join("other.stack"), false).unwrap();
    assert_eq!(write(&other, &plan, &made).unwrap().alike, ["Dockerfile"]);
    assert_eq!(read(&folder, "Dockerfile"), "# of app.stack\nFROM a\n");
    assert_eq!(read(&folder, FILE_NAME), records, "app.stack keeps what it wrote");
    drop(other);
    assert_eq!(build(&folder, &[artifact("Dockerfile", "FROM b\n")], false).unwrap().written, ["Dockerfile"]);
}

#[test]
fn what_was_edited_or_is_behind_a_link_is_refused_though_it_says_the_same() {
    let folder = TempDir::new().unwrap();
    let made = |path: &str, text: &str| Artifact { kind: Kind::Dockerfile, ..artifact(path, text) };
    build(&folder, &[made("Dockerfile", "FROM a\n")], false).unwrap();
    fs::write(folder.path().join("Dockerfile"), "FROM  a\n").unwrap();
    assert_eq!(
        refusals(build(&folder, &[made("Dockerfile", "FROM a\n")], false)),
        ["`Dockerfile` was edited since stackc wrote it"]
    );
    symlink("Dockerfile", folder.path().join("other")).unwrap();
    assert_eq!(refusals(build(&folder, &[made("other", "FROM a\n")], false)), ["`other` is a link"]);
}

#[test]
fn what_is_already_right_is_adopted() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("docker-compose.yml"), "services: {}\r\n").unwrap();
    let report = build(&folder, &pair()[..1], false).unwrap();
    assert_eq!(report.unchanged, ["docker-compose.yml"]);
    assert_eq!(read(&folder, "docker-compose.yml"), "services: {}\r\n");
    let newer = [artifact("docker-compose.yml", "services:\n  web: {}\n")];
    assert_eq!(build(&folder, &newer, false).unwrap().written, ["docker-compose.yml"]);
}

#[test]
fn a_file_is_replaced_with_the_mode_that_it_has() {
    let folder = TempDir::new().unwrap();
    build(&folder, &pair(), false).unwrap();
    let path = folder.path().join("docker-compose.yml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    build(&folder, &[artifact("docker-compose.yml", "x: 1\n"), pair()[1].clone()], false).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn what_is_no_longer_made_goes_unless_it_was_edited() {
    let folder = TempDir::new().unwrap();
    let three = [pair()[0].clone(), artifact("docker/a/Dockerfile", "FROM a\n"), pair()[1].clone()];
    build(&folder, &three, false).unwrap();
    fs::write(folder.path().join("nginx/web/nginx.conf"), "events {} # mine\n").unwrap();
    let report = build(&folder, &pair()[..1], false).unwrap();
    assert_eq!(report.removed, ["docker/a/Dockerfile"]);
    assert_eq!(report.kept, ["nginx/web/nginx.conf"]);
    assert_eq!(
        files(folder.path()),
        [FILE_NAME, "docker-compose.yml", "nginx", "nginx/web", "nginx/web/nginx.conf"]
    );
    assert!(build(&folder, &pair()[..1], false).unwrap().kept.is_empty());
}

#[test]
fn links_are_not_written_through() {
    let elsewhere = TempDir::new().unwrap();
    fs::write(elsewhere.path().join("file"), "precious\n").unwrap();
    let folder = TempDir::new().unwrap();
    symlink(elsewhere.path().join("file"), folder.path().join("docker-compose.yml")).unwrap();
    symlink(elsewhere.path(), folder.path().join("nginx")).unwrap();
    let expected = ["`docker-compose.yml` is a link", "`nginx/web/nginx.conf` lies behind the link `nginx`"];
    assert_eq!(refusals(build(&folder, &pair(), false)), expected);
    assert_eq!(refusals(build(&folder, &pair(), true)), expected);
    assert_eq!(files(elsewhere.path()), ["file"]);
    assert_eq!(fs::read_to_string(elsewhere.path().join("file")).unwrap(), "precious\n");
}

#[test]
fn folders_and_files_in_the_way_are_named() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("docker-compose.yml")).unwrap();
    fs::write(folder.path().join("nginx"), "").unwrap();
    assert_eq!(
        refusals(build(&folder, &pair(), true)),
        [
            "`docker-compose.yml` cannot be written: a folder is in its place",
            "`nginx/web/nginx.conf` cannot be written: `nginx` is a file"
        ]
    );
}

#[test]
fn no_path_leads_out_of_the_folder_or_onto_the_stack_file() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("app.stack"), "stack app\n").unwrap();
    let artifacts = [artifact("../x", "x\n"), artifact("/x", "x\n"), artifact("app.stack", "x\n")];
    let (_, plan) = plan(&folder, &artifacts, true);
    let states: Vec<&State> = plan.entries.iter().map(|entry| &entry.state).collect();
    let outside = State::Refused(Why::Outside);
    assert_eq!(states, [&outside, &outside, &State::Refused(Why::Source)]);
}

#[test]
fn the_files_of_another_stack_are_not_overwritten() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("app.stack"), "").unwrap();
    build(&folder, &pair()[..1], false).unwrap();
    let path = folder.path().canonicalize().unwrap();
    let other = Output::look(path, String::new(), "shop.stack".to_owned()).unwrap();
    let newer = [artifact("docker-compose.yml", "services:\n  shop: {}\n")];
    let plan = other.plan(&newer, Path::new("/none"), false).unwrap();
    assert_eq!(refusals(write(&other, &plan, &newer)), ["`docker-compose.yml` was made from `app.stack`"]);
    // The file was renamed.
    fs::remove_file(folder.path().join("app.stack")).unwrap();
    let plan = other.plan(&newer, Path::new("/none"), false).unwrap();
    assert_eq!(write(&other, &plan, &newer).unwrap().written, ["docker-compose.yml"]);
}

#[test]
fn a_damaged_manifest_stops_everything() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(FILE_NAME), "{\"version\": 1, ").unwrap();
    let output = output(&folder);
    let error = output.plan(&pair(), Path::new("/none"), true).unwrap_err();
    assert_eq!(
        error.to_string(),
        "nothing was written: `.stackc-manifest.json` is damaged at line 1, column 15"
    );
    assert_eq!(error.exit_code(), 1);
    assert_eq!(files(folder.path()), [FILE_NAME]);
}

#[test]
fn after_a_failure_every_file_is_whole_and_the_next_run_goes_on() {
    let folder = TempDir::new().unwrap();
    build(&folder, &pair(), false).unwrap();
    let newer = [
        artifact("docker-compose.yml", "services: {a: {}}\n"),
        artifact("nginx/web/nginx.conf", "events { }\n"),
    ];
    let (output, planned) = plan(&folder, &newer, false);
    // Something takes the place of the second file at the worst moment.
    fs::remove_file(folder.path().join("nginx/web/nginx.conf")).unwrap();
    fs::create_dir(folder.path().join("nginx/web/nginx.conf")).unwrap();
    let error = write(&output, &planned, &newer).unwrap_err();
    assert_eq!(error.to_string(), "cannot write `nginx/web/nginx.conf`: is a directory");
    assert_eq!(error.exit_code(), 4);
    drop(output);
    assert_eq!(read(&folder, "docker-compose.yml"), "services: {a: {}}\n");
    assert_eq!(
        files(folder.path()),
        [JOURNAL_NAME, FILE_NAME, "docker-compose.yml", "nginx", "nginx/web", "nginx/web/nginx.conf"]
    );
    // The first file is known as ours, although its run never ended and the stack file has changed since.
    fs::remove_dir(folder.path().join("nginx/web/nginx.conf")).unwrap();
    let newest = [artifact("docker-compose.yml", "services: {b: {}}\n"), newer[1].clone()];
    let report = build(&folder, &newest, false).unwrap();
    assert_eq!(report.written, ["docker-compose.yml", "nginx/web/nginx.conf"]);
    assert!(!folder.path().join(JOURNAL_NAME).exists());
}

#[test]
fn after_two_runs_that_did_not_end_nothing_counts_as_edited() {
    let folder = TempDir::new().unwrap();
    build(&folder, &pair(), false).unwrap();
    let blocked = folder.path().join("nginx/web/nginx.conf");
    for text in ["services: {a: {}}\n", "services: {b: {}}\n"] {
        let newer = [artifact("docker-compose.yml", text), artifact("nginx/web/nginx.conf", text)];
        let (output, planned) = plan(&folder, &newer, false);
        fs::remove_file(&blocked).unwrap();
        fs::create_dir(&blocked).unwrap();
        write(&output, &planned, &newer).unwrap_err();
        fs::remove_dir(&blocked).unwrap();
        fs::write(&blocked, "events {}\n").unwrap();
    }
    // Of the texts that the file had since it was complete, the manifest knows none.
    assert_eq!(read(&folder, "docker-compose.yml"), "services: {b: {}}\n");
    let newest = [artifact("docker-compose.yml", "services: {c: {}}\n"), pair()[1].clone()];
    assert_eq!(build(&folder, &newest, false).unwrap().written, ["docker-compose.yml"]);
}

#[test]
fn a_manifest_can_have_nothing_removed_but_what_was_written() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("app.stack"), "stack app\n").unwrap();
    let mut manifest = Manifest::new("app.stack");
    manifest.files.insert("app.stack".to_owned(), Digest::of(b"stack app\n"));
    fs::write(folder.path().join(FILE_NAME), manifest.print()).unwrap();
    let report = build(&folder, &pair()[..1], false).unwrap();
    assert_eq!((report.removed.len(), report.kept.len()), (0, 0));
    assert_eq!(read(&folder, "app.stack"), "stack app\n");
}

#[test]
fn what_a_killed_run_left_is_cleared_away() {
    let folder = TempDir::new().unwrap();
    let mut journal = Journal::new("app.stack");
    journal.expect("docker-compose.yml", Digest::of(b"new"));
    journal.expect("docker/gone/Dockerfile", Digest::of(b"FROM gone\n"));
    fs::write(folder.path().join(JOURNAL_NAME), journal.print()).unwrap();
    fs::create_dir_all(folder.path().join("docker/gone")).unwrap();
    fs::write(folder.path().join("docker/gone/.Dockerfile.stackc-tmp"), "half").unwrap();
    fs::write(folder.path().join(".docker-compose.yml.stackc-tmp"), "half").unwrap();
    fs::write(folder.path().join("..stackc-journal.json.stackc-tmp"), "half").unwrap();
    fs::write(folder.path().join("..stackc-manifest.json.stackc-tmp"), "half").unwrap();
    build(&folder, &pair()[..1], false).unwrap();
    assert_eq!(files(folder.path()), [FILE_NAME, "docker-compose.yml"]);
}

#[test]
fn two_runs_at_once_do_not_mix() {
    let folder = TempDir::new().unwrap();
    std::thread::scope(|scope| {
        for run in 0..8 {
            let folder = &folder;
            scope.spawn(move || {
                let text = format!("# {run}\n");
                let artifacts = [artifact("a", &text), artifact("b/c", &text)];
                for _ in 0..10 {
                    build(folder, &artifacts, false).unwrap();
                }
            });
        }
    });
    assert_eq!(read(&folder, "a"), read(&folder, "b/c"));
    let text = read(&folder, FILE_NAME);
    assert!(text.contains(&Digest::of(read(&folder, "a").as_bytes()).to_string()), "{text}");
}

#[test]
fn a_file_may_lie_above_the_output_folder_as_long_as_it_is_in_the_project() {
    let project = tempfile::tempdir().unwrap();
    fs::create_dir_all(project.path().join(".git")).unwrap();
    fs::create_dir_all(project.path().join("deploy")).unwrap();
    let path = project.path().canonicalize().unwrap().join("deploy");
    let look = || {
        let mut output = Output::look(path.clone(), String::new(), "app.stack".to_owned()).unwrap();
        output.lock().unwrap();
        output
    };
    let build = |artifacts: &[Artifact]| {
        let output = look();
        let plan = output.plan(artifacts, &path.join("app.stack"), false)?;
        write(&output, &plan, artifacts)
    };
    let above = artifact("../web/Dockerfile", "FROM scratch\n");
    assert_eq!(build(std::slice::from_ref(&above)).unwrap().written, ["../web/Dockerfile"]);
    assert_eq!(read(&project, "web/Dockerfile"), "FROM scratch\n");
    assert_eq!(build(&[]).unwrap().removed, ["../web/Dockerfile"]);
    assert_eq!(files(project.path()), [".git", "deploy", "deploy/.stackc-manifest.json"]);
    let outside = artifact("../../elsewhere", "");
    assert_eq!(refusals(build(&[outside])), ["`../../elsewhere` would lie outside of the project"]);
    fs::write(project.path().join("mine"), "").unwrap();
    let listed = format!(
        "{{\"version\": 1, \"stack\": \"app.stack\", \"files\": {{\"../../x\": \"{}\"}}}}",
        Digest::of(b"")
    );
    fs::write(path.join(FILE_NAME), listed).unwrap();
    let error = look().plan(&[], &path.join("app.stack"), false).unwrap_err();
    assert!(error.to_string().contains("it lists `../../x`"), "{error}");
}
