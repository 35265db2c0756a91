//! Disks of every size.

use super::project::{State, Version, old_or_new, same, state};
use crate::cli::{Desk, with_mounts};

/// Up to which size, in KiB or in files and folders, disks are tried. That is enough for all.
const LAST: usize = 96;

/// What came of a build on a disk of some size.
struct Tried {
    size: usize,
    code: i32,
    said: String,
    /// What the build left.
    left: State,
    /// What the next build made of that, with more room.
    repaired: State,
}

/// A disk on which `before` lies, made so small that little more fits.
fn try_sizes(desk: &Desk, option: &str, unit: &str, step: usize) -> Vec<Tried> {
    let script = format!(
        "mkdir said left repaired
         umount out
         size={step}
         while [ $size -le {LAST} ]; do
           mount -t tmpfs -o mode=755,size=2m,nr_inodes=4096 tmpfs out && cp -a before/. out/ || exit 9
           if mount -o remount,{option}=${{size}}{unit} out 2>/dev/null; then
             \"$1\" build -o out >said/$size 2>&1; echo $? >>said/$size
             cp -a out left/$size
             mount -o remount,size=2m,nr_inodes=4096 out || exit 9
             \"$1\" build -o out >>repairs 2>&1 || exit 8
             cp -a out repaired/$size
           fi
           umount out || exit 9
           size=$((size + {step}))
         done"
    );
    let said = with_mounts(desk, &script);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let sizes = (step..=LAST).step_by(step).filter(|size| desk.path(&format!("said/{size}")).exists());
    let tried = |size| {
        let text = desk.read(&format!("said/{size}"));
        let (said, code) = text.trim_end().rsplit_once('\n').unwrap();
        let [left, repaired] = ["left", "repaired"].map(|name| state(&desk.path(&format!("{name}/{size}"))));
        Tried { size, code: code.parse().unwrap(), said: said.to_owned(), left, repaired }
    };
    sizes.map(tried).collect()
}

/// The last of `versions` is built where the others were built before, on every disk.
fn check(versions: &[Version], option: &str, unit: &str, step: usize) {
    let desk = Desk::empty();
    assert_eq!(desk.shell("mkdir out before").code, 0);
    for version in versions {
        assert_eq!(desk.shell("rm -r before; cp -a out before").code, 0);
        desk.write("a.stack", version.text());
        assert_eq!(desk.run(&["build", "-o", "out"]).code, 0);
    }
    assert_eq!(desk.shell("mv out after").code, 0);
    let (old, new) = (state(&desk.path("before")), state(&desk.path("after")));
    let tried = try_sizes(&desk, option, unit, step);
    let failed = tried.iter().filter(|tried| tried.code != 0).count();
    assert!(failed > 2 && failed < tried.len(), "{failed} of {} failed", tried.len());
    for Tried { size, code, said, left, repaired } in &tried {
        let what = format!("{option}={size}{unit}: {said}");
        match code {
            0 => same(left, &new, &what),
            4 => {
                assert!(said.contains("error: cannot write `out/"), "{what}");
                let help = "`: the disk is full\n  help: make room and run the command again; every file is either as \
                            before or complete";
                assert!(said.ends_with(help), "{what}");
                old_or_new(left, &old, &new, &what);
                assert!(!left.keys().any(|path| path.ends_with(".stackc-tmp")), "{what}");
            }
            code => panic!("{what}: exit code {code}"),
        }
        same(repaired, &new, &what);
    }
    println!("{option}: {} disks, {failed} of them too small", tried.len());
}

#[test]
fn a_first_build_fits_or_changes_nothing() {
    check(&[Version::First], "size", "k", 4);
    check(&[Version::First], "nr_inodes", "", 1);
}

#[test]
fn a_change_fits_or_leaves_every_file_old_or_new() {
    check(&[Version::First, Version::Second], "size", "k", 4);
    check(&[Version::First, Version::Second], "nr_inodes", "", 1);
}
