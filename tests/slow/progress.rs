//! How far a long lint is: at a terminal, and nowhere else.

use crate::cli::{Desk, STACKC, Said, said};

/// A folder that takes longer than half a second.
fn large() -> Desk {
    let desk = Desk::empty();
    for number in 0..60 {
        let folder = desk.path(&format!("service{number}"));
        std::fs::create_dir(&folder).unwrap();
        for name in 0..60 {
            std::fs::write(folder.join(format!("{name}.Dockerfile")), "FROM nginx:1.30\nUSER nginx\n")
                .unwrap();
        }
    }
    desk
}

/// Runs the program with standard error at a terminal of its own; what came there is said as `err`. `actions` may hold
/// `interrupt`.
fn at_a_terminal(desk: &Desk, environment: &[(&str, &str)], action: &str) -> Said {
    let script = r"
import os, pty, select, signal, subprocess, sys, time
action, program = sys.argv[1], sys.argv[2:]
own, its = pty.openpty()
out = open('/dev/null', 'w')
child = subprocess.Popen(program, stdin=subprocess.DEVNULL, stdout=out, stderr=its, start_new_session=True)
os.close(its)
seen = b''
while True:
    try:
        part = os.read(own, 65536)
    except OSError:
        break
    if not part:
        break
    seen += part
    if action == 'interrupt' and b'linting' in seen:
        action = ''
        child.send_signal(signal.SIGINT)
code = child.wait()
os.write(1, seen)
sys.exit(code if code >= 0 else 128 - code)
";
    let mut command = desk.command("python3", &["-c", script, action, STACKC, "lint", "."]);
    for name in ["CI", "PRE_COMMIT"] {
        command.env_remove(name);
    }
    command.env("TERM", "xterm").envs(environment.iter().copied());
    said(command.output().unwrap())
}

/// What stays on the line of a terminal: what is behind its last return, with what was erased taken away.
fn what_stays(text: &str) -> String {
    let mut line = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("\u{1b}[2K") {
            line.clear();
            rest = after;
        } else {
            if c == '\r' || c == '\n' {
                // An erased line has nothing to stay.
            } else {
                line.push(c);
            }
            rest = &rest[c.len_utf8()..];
        }
    }
    line
}

#[test]
fn a_long_lint_says_that_it_goes_on_and_leaves_no_trace() {
    let desk = large();
    let said = at_a_terminal(&desk, &[], "");
    assert_eq!(said.code, 0, "{}", said.out);
    assert!(said.out.contains("linting"), "{:?}", said.out);
    assert_eq!(what_stays(&said.out), "", "{:?}", said.out);
    let said = at_a_terminal(&desk, &[("NO_COLOR", "1")], "");
    assert!(said.out.contains("linting") && !said.out.contains("\u{1b}[3"), "{:?}", said.out);
    for quiet in [("TERM", "dumb"), ("CI", "true"), ("PRE_COMMIT", "1")] {
        assert_eq!(at_a_terminal(&desk, &[quiet], "").out, "", "{quiet:?}");
    }
    let piped = desk.run(&["lint", "."]);
    assert_eq!((piped.code, piped.err.as_str()), (0, ""));
}

#[test]
fn an_interrupted_lint_leaves_the_terminal_as_it_was() {
    let said = at_a_terminal(&large(), &[], "interrupt");
    assert_eq!(said.code, 130, "{}{}", said.out, said.err);
    assert_eq!(what_stays(&said.out), "", "{:?}", said.out);
    assert!(!said.out.contains("\u{1b}[?25l") || said.out.contains("\u{1b}[?25h"), "the cursor is hidden");
}
