//! When the system does not play along: full and read-only disks, readers that go away.

use std::fs::OpenOptions;

use super::{DEMO, Desk, STACKC, said, with_mounts};

#[test]
fn a_full_disk_changes_nothing_and_is_named() {
    let desk = Desk::with("a.stack", DEMO);
    let said = with_mounts(
        &desk,
        "\"$1\" build -o out >first 2>&1; cat out/docker-compose.yml out/.stackc-manifest.json >before
         cat /dev/zero >out/filler 2>/dev/null
         sed -i s/8080/9090/ a.stack
         \"$1\" build -o out; code=$?
         cat out/docker-compose.yml out/.stackc-manifest.json >after
         ls -A out >listing; rm out/filler
         \"$1\" build -o out >second 2>&1 || code=second
         exit $code",
    );
    said.refuses_in_the_end(
        4,
        "error: cannot write `out/.stackc-journal.json`: the disk is full\n  help: make room and run the command again; \
         every file is either as before or complete\n",
    );
    assert_eq!(desk.read("before"), desk.read("after"));
    assert_eq!(desk.read("listing"), ".stackc-manifest.json\ndocker-compose.yml\nfiller\n");
    assert!(desk.read("second").contains("wrote out/docker-compose.yml\n"));
}

#[test]
fn a_full_disk_leaves_nothing_of_a_first_build() {
    let desk = Desk::with("a.stack", DEMO);
    let said = with_mounts(
        &desk,
        "cat /dev/zero >out/filler 2>/dev/null; \"$1\" build -o out; code=$?; ls -A out >listing; exit $code",
    );
    assert_eq!(said.code, 4);
    assert_eq!(desk.read("listing"), "filler\n");
}

#[test]
fn a_read_only_folder_is_named() {
    let desk = Desk::with("a.stack", DEMO);
    let said = with_mounts(&desk, "mount -o remount,ro out; \"$1\" build -o out");
    said.refuses_in_the_end(
        4,
        "error: cannot write `out/.stackc-journal.json`: the file system is read-only\n  help: `stackc build -o DIR` \
         writes to another folder\n",
    );
    let said = with_mounts(
        &Desk::with("a.stack", DEMO),
        "cp a.stack out; echo 'service   x   {  }  ' >>out/a.stack; mount -o remount,ro out; \"$1\" fmt out/a.stack",
    );
    said.refuses_in_the_end(
        4,
        "error: cannot write `out/a.stack`: the file system is read-only\n  help: `stackc build -o DIR` writes to \
         another folder\n",
    );
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let desk = Desk::with("a.stack", DEMO);
    for arguments in [&["explain", "--list"][..], &["build", "--stdout"], &["build"], &["--help"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let said = said(desk.command(STACKC, arguments).stdout(writer).output().unwrap());
        assert_eq!(said.code, 0, "{arguments:?}: {}", said.err);
        assert!(!said.err.contains("bug"), "{}", said.err);
    }
    assert!(desk.path("docker-compose.yml").exists());
}

#[test]
fn output_that_cannot_be_written_is_a_failure() {
    let desk = Desk::with("a.stack", DEMO);
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let said = said(desk.command(STACKC, &["explain", "--list"]).stdout(full).output().unwrap());
    assert_eq!(said.code, 4);
    assert!(
        said.err.starts_with("error: cannot write to standard output: the disk is full\n"),
        "{}",
        said.err
    );
}

#[test]
fn errors_that_nobody_reads_are_no_panic() {
    let desk = Desk::empty();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    assert_eq!(desk.command(STACKC, &["build"]).stderr(writer).status().unwrap().code(), Some(3));
}
