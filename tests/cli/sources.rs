//! What is read, what is not, and what is said about it.

use std::os::unix::fs::symlink;

use super::{DEMO, Desk};

#[test]
fn a_file_that_is_not_utf8_is_refused_at_its_byte() {
    let desk = Desk::empty();
    desk.write("a.stack", b"stack a\n# caf\xe9\n");
    for command in ["build", "lint", "fmt"] {
        desk.run(&[command, "a.stack"]).refuses(
            2,
            "error: `a.stack` is not UTF-8: line 2, column 6 holds the byte 0xe9 (offset 13)\n  help: save it as UTF-8; \
             if it is text at all, it is probably Latin-1\n",
        );
    }
    assert!(desk.files().is_empty());
}

#[test]
fn half_a_file_is_an_error_and_nothing_is_written() {
    let desk = Desk::with("a.stack", "stack a\nservice web {\n  image");
    let said = desk.run(&["build"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.starts_with("error["), "{}", said.err);
    assert!(said.err.contains("a.stack:2:13"), "{}", said.err);
    assert!(said.err.contains("; nothing was written\n"), "{}", said.err);
    assert!(desk.files().is_empty());
    let said = desk.run(&["fmt"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.ends_with("`a.stack` was not touched\n"), "{}", said.err);
    assert_eq!(desk.run(&["lint"]).code, 2);
    assert_eq!(desk.run(&["secret", "init"]).code, 2);
}

#[test]
fn what_is_no_file_is_named() {
    let desk = Desk::empty();
    let lint = |name: &str| desk.run(&["lint", name]);
    lint("none.stack").refuses(2, "error: `none.stack` does not exist\n");
    lint("no/such/folder.stack").refuses(2, "error: `no/such/folder.stack` does not exist\n");
    std::fs::create_dir(desk.path("folder.stack")).unwrap();
    let build = |name: &str| desk.run(&["build", name]);
    build("folder.stack")
        .refuses(2, "error: `folder.stack` is a folder\n  help: name the stack file in it\n");
    build(".").refuses(2, "error: `.` is a folder\n  help: name the stack file in it\n");
    let nothing = "holds no stack file, compose file, Dockerfile or configuration of nginx\n  help: name a file, or a folder with one\n";
    lint("folder.stack").refuses(2, &format!("error: `folder.stack` {nothing}"));
    lint(".").refuses(2, &format!("error: `.` {nothing}"));
    lint("/dev/zero").refuses(2, "error: `/dev/zero` is a device and was not read\n");
    assert_eq!(desk.shell("mkfifo pipe").code, 0);
    lint("pipe")
        .refuses(2, "error: `pipe` is a pipe and was not read\n  help: write the text to a file first\n");
    std::fs::File::create(desk.path("large.stack")).unwrap().set_len(17 << 20).unwrap();
    lint("large.stack").refuses(2, "error: `large.stack` is larger than 2 MiB and was not read\n");
}

#[test]
fn without_a_stack_file_the_way_to_begin_is_shown() {
    let said = Desk::empty().run(&["build"]);
    said.refuses(
        3,
        "error: there is no *.stack file here\n  help: write one, for example `app.stack`:\n\n            stack \
         app\n            service web {\n              image   nginx:1.30\n              publish \
         127.0.0.1:8080:80\n            }\n\n        then `stackc build`; or name a file: `stackc build \
         path/to/app.stack`\n",
    );
}

#[test]
fn of_two_stack_files_one_has_to_be_named() {
    let desk = Desk::with("my app.stack", DEMO);
    desk.write("b.stack", DEMO);
    desk.run(&["lint"]).refuses(
        3,
        "error: there are 2 stack files here: `b.stack`, `my app.stack`\n  help: say which one, for example `stackc \
         lint b.stack`\n",
    );
    assert_eq!(desk.run(&["build", "my app.stack"]).code, 0);
}

#[test]
fn a_link_to_a_stack_file_speaks_of_its_own_folder() {
    let desk = Desk::empty();
    std::fs::create_dir(desk.path("shared")).unwrap();
    desk.write("shared/real.stack", DEMO);
    symlink("shared/real.stack", desk.path("link.stack")).unwrap();
    desk.run(&["build"]).says("wrote docker-compose.yml\nnext: docker compose up --build -d\n");
    assert_eq!(desk.files(), [".stackc-manifest.json", "docker-compose.yml"]);
}

#[test]
fn line_endings_and_a_byte_order_mark_make_no_difference() {
    let desk = Desk::with("a.stack", DEMO);
    let plain = desk.run(&["build", "--stdout"]);
    assert_eq!(plain.code, 0, "{}", plain.err);
    desk.write("a.stack", format!("\u{feff}{}", DEMO.replace('\n', "\r\n")));
    assert_eq!(desk.run(&["build", "--stdout"]).out, plain.out);
    assert_eq!(desk.run(&["build"]).code, 0);
    assert!(!desk.read("docker-compose.yml").contains('\r'));
}

#[test]
fn fmt_changes_what_is_not_in_the_format_and_nothing_else() {
    let desk = Desk::with("a.stack", "stack demo   \nservice web {\n    image nginx:1.30  \n}\n");
    let said = desk.run(&["fmt", "--check"]);
    assert_eq!((said.code, said.out.as_str()), (1, "a.stack is not in the format: run `stackc fmt`\n"));
    desk.run(&["fmt"]).says("formatted a.stack\n");
    desk.run(&["fmt"]).says("");
    desk.run(&["fmt", "--check"]).says("");
    desk.write("a.stack", desk.read("a.stack").replace('\n', "\r\n"));
    desk.run(&["fmt", "--check", "a.stack"]).says("");
    assert_eq!(desk.run(&["fmt", "a.stack", "none.stack"]).code, 2);
}

#[test]
fn fmt_keeps_a_link_a_link() {
    let desk = Desk::empty();
    std::fs::create_dir(desk.path("shared")).unwrap();
    desk.write("shared/real.stack", "stack demo   \n");
    symlink("shared/real.stack", desk.path("link.stack")).unwrap();
    desk.run(&["fmt"]).says("formatted link.stack\n");
    assert!(desk.path("link.stack").is_symlink());
    assert_eq!(desk.read("shared/real.stack"), "stack demo\n");
}

#[test]
fn a_wrong_command_line_is_exit_code_3() {
    let desk = Desk::empty();
    let words: [&[&str]; 6] = [
        &[],
        &["biuld"],
        &["build", "--frobnicate"],
        &["explain"],
        &["secret"],
        &["build", "--stdout", "--check"],
    ];
    for arguments in words {
        let said = desk.run(arguments);
        assert_eq!((said.code, said.out.as_str()), (3, ""), "{arguments:?}");
        assert!(said.err.contains("Usage:"), "{}", said.err);
    }
    let said = desk.run(&["explain", "no-such-finding-at-all"]);
    said.refuses(
        3,
        "error: there is no finding and no statement `no-such-finding-at-all`\n  help: `stackc explain --list` lists all of them\n",
    );
    assert_eq!(desk.run(&["--help"]).code, 0);
    desk.run(&["--version"]).says(concat!("stackc ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn blocks_without_end_and_lines_without_end_are_findings() {
    let desk = Desk::with("deep.stack", &"a {\n".repeat(50_000));
    let said = desk.run(&["lint", "deep.stack"]);
    assert_eq!((said.code, said.err.as_str()), (2, ""));
    assert!(said.out.contains("error[too-deep]"), "{}", said.out);
    assert!(said.out.len() < 20_000, "{} bytes are said", said.out.len());

    desk.write("line.stack", format!("service web {{ image {} }}\n", "x".repeat(60_000)));
    let said = desk.run(&["build", "line.stack"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.starts_with("error[wrong-type]"), "{}", said.err);
    assert!(said.err.len() < 2_000, "{} bytes are said", said.err.len());

    desk.write("longer.stack", format!("service web {{ image {} }}\n", "x".repeat(10_000_000)));
    desk.run(&["build", "longer.stack"])
        .refuses(2, "error: `longer.stack` is larger than 2 MiB and was not read\n");
    assert!(desk.files().is_empty());
}

#[test]
fn a_missing_secret_file_is_a_note_and_no_failure() {
    let text = "secret pw { file ./secrets/pw }\nvolume data\nservice db {\n  image postgres:18\n  mount data at \
                /var/lib/postgresql\n  env { POSTGRES_PASSWORD_FILE secret.pw.path }\n}\n";
    let desk = Desk::with("a.stack", text);
    let said = desk.run(&["build"]);
    assert_eq!(said.code, 0);
    assert!(said.err.contains("note[secret-file-missing]"), "{}", said.err);
    assert_eq!(said.out, "wrote docker-compose.yml\nnext: stackc secret init\n");
    assert_eq!(desk.run(&["lint"]).code, 0);
}

#[test]
fn a_static_root_that_cannot_be_read_is_a_note_and_no_failure() {
    let text = "proxy web {\n  image nginx:1.30\n  publish 80:80\n  site _ { static / from ./public }\n}\n";
    let desk = Desk::with("a.stack", text);
    // Permissions do not stop root, a folder outside of the project does.
    symlink("/etc", desk.path("public")).unwrap();
    let said = desk.run(&["build"]);
    assert_eq!(said.code, 0);
    assert!(said.err.contains("note[mime-no-files]: the folder `public` could not be read"), "{}", said.err);
    std::fs::remove_file(desk.path("public")).unwrap();
    desk.write("public", "a file");
    let said = desk.run(&["lint"]);
    assert_eq!(said.code, 0);
    assert!(said.out.contains("note[mime-no-files]"), "{}", said.out);
}
