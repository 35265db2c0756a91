//! Runs the program under strace, which lists its system calls, kills it at one of them, or has one of them fail.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::process::Output;

use crate::cli::{Desk, STACKC, Said, said};

/// Every call that reads or changes the file system, where the kernel has it.
const CALLS: &str = "?open,openat,read,write,?pwrite64,fsync,?fdatasync,?rename,?renameat,?renameat2,?unlink,unlinkat,\
                     ?rmdir,?mkdir,mkdirat,?link,linkat,?symlink,symlinkat,?chmod,fchmod,fchmodat,?chown,fchown,\
                     fchownat,flock,?truncate,ftruncate,close,?fstat,?newfstatat,?statx,?getdents64";

/// Those that change it.
const CHANGING: [&str; 14] = [
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "rename",
    "renameat",
    "renameat2",
    "unlinkat",
    "mkdirat",
    "fchmod",
    "fchown",
    "flock",
    "ftruncate",
    "linkat",
];

/// A system call of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) name: String,
    /// The how many-th of that name, from 1.
    pub(super) nth: usize,
    /// As strace shows it.
    pub(super) line: String,
}

impl Call {
    pub(super) fn changes_something(&self) -> bool {
        CHANGING.contains(&self.name.as_str()) || self.line.contains("O_CREAT")
    }
}

/// The calls of `stackc build` from the one on that looks at the stack file.
pub(super) fn calls(desk: &Desk) -> Vec<Call> {
    let trace = tempfile::NamedTempFile::new().unwrap();
    let output = strace(desk, &["-o", trace.path().to_str().unwrap(), "-e", &format!("trace={CALLS}")]);
    let said = said(output);
    assert_eq!(said.code, 0, "{}", said.err);
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    let trace = std::fs::read_to_string(trace.path()).unwrap();
    let calls = trace.lines().filter_map(|line| {
        // With -f, the process comes first.
        let call = line.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
        let (name, _) = call.split_once('(')?;
        let nth = count.entry(name.to_owned()).or_default();
        *nth += 1;
        Some(Call { name: name.to_owned(), nth: *nth, line: call.to_owned() })
    });
    let calls: Vec<Call> = calls.skip_while(|call| !call.line.contains("\"a.stack\"")).collect();
    assert!(calls.len() > 50, "strace has listed only {} calls:\n{trace}", calls.len());
    calls
}

/// Kills `stackc build` when it is about to make this call. Without one it is not killed.
pub(super) fn kill_at(desk: &Desk, call: &Call) -> Option<Said> {
    let output = inject(desk, call, "signal=SIGKILL");
    (output.status.signal() != Some(9)).then(|| said(output))
}

/// Has this call of `stackc build` fail.
pub(super) fn fail_at(desk: &Desk, call: &Call, error: &str) -> Said {
    said(inject(desk, call, &format!("error={error}")))
}

fn inject(desk: &Desk, call: &Call, what: &str) -> Output {
    let Call { name, nth, .. } = call;
    let inject = format!("inject={name}:{what}:when={nth}");
    strace(desk, &["-o", "/dev/null", "-e", &format!("trace={name}"), "-e", &inject])
}

fn strace(desk: &Desk, options: &[&str]) -> Output {
    let arguments = [&["-f", "-qq", "-e", "signal=none"], options, &[STACKC, "build"]].concat();
    let output = desk.command("strace", &arguments).output();
    let output = output.expect("this test needs strace: ./test.sh installs it");
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(
        !err.contains("strace:"),
        "this test traces the program, and strace is not allowed to (in a container, `--cap-add SYS_PTRACE` allows \
         it):\n{err}"
    );
    output
}

/// Does something for each of many, on as many threads as there are processors.
pub(super) fn for_each<T: Sync>(items: &[T], work: impl Fn(usize, &T) + Sync) {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for first in 0..threads {
            let work = &work;
            scope.spawn(move || {
                items
                    .iter()
                    .enumerate()
                    .skip(first)
                    .step_by(threads)
                    .for_each(|(index, item)| work(index, item));
            });
        }
    });
}
