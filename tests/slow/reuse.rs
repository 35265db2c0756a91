//! How much services take over.

use std::fmt::Write;

use crate::reuse::found;

#[test]
fn what_is_taken_over_is_bounded() {
    let mut chain = "service s0 { image x:1 }\n".to_owned();
    for n in 1..2_000 {
        writeln!(chain, "service s{n} {{ like s{} }}", n - 1).unwrap();
    }
    assert_eq!(found(&chain), ["33 too-large"]);
    let reversed: Vec<&str> = chain.lines().rev().collect();
    assert_eq!(found(&reversed.join("\n")).len(), 1);

    let mut doubled = "group g0 { allow unused-name \"a\"; raw compose 'x-a: b'; image x:1 }\n".to_owned();
    for n in 1..30 {
        writeln!(doubled, "group g{n} {{ with g{0} g{0} }}", n - 1).unwrap();
    }
    doubled.push_str("service web { with g29 }\n");
    assert!(found(&doubled).iter().all(|found| found.ends_with("allow-unused")));

    let mut wide = "group g {\n".to_owned();
    (0..600).for_each(|n| writeln!(wide, "env {{ A{n} b }}").unwrap());
    wide.push_str("}\n");
    (0..60).for_each(|n| writeln!(wide, "service s{n} {{ with g; image x:1 }}").unwrap());
    assert_eq!(found(&wide).len(), 1);
}
