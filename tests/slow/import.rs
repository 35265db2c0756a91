//! Whoever imports what stackc built gets what says the same.

use crate::golden;
use crate::import::project::comes_back;

#[test]
fn what_was_built_comes_back() {
    let mut cases = 0;
    for (name, file) in golden::cases() {
        let (_, artifacts) = golden::compiled(&file);
        if !artifacts.is_empty() {
            comes_back(&name, &artifacts);
            cases += 1;
        }
    }
    println!("{cases} cases come back");
    assert!(cases >= 9, "most cases compile");
}
