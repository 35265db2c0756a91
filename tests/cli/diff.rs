//! `stackc diff`

use super::{DEMO, Desk};

#[test]
fn a_stack_file_means_what_it_was_built_to() {
    let desk = Desk::with("app.stack", DEMO);
    assert_eq!(desk.run(&["build", "app.stack"]).code, 0);
    assert_eq!(desk.run(&["build", "app.stack", "-o", "out"]).code, 0);
    for arguments in [
        &["app.stack"][..],
        &["app.stack", "."],
        &["app.stack", "out"],
        &["out", "app.stack"],
        &["app.stack", "docker-compose.yml"],
    ] {
        let said = desk.run(&[&["diff"], arguments].concat());
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{arguments:?}: {}", said.out);
        assert!(said.out.starts_with("no difference: "), "{}", said.out);
    }
}

#[test]
fn what_differs_is_told_with_the_lines_of_both_sides() {
    let desk = Desk::with("app.stack", DEMO);
    desk.write("old.yml", "services:\n  web:\n    image: nginx:1.28\n");
    desk.write("new.yml", "services:\n  web:\n    image: nginx:1.30\n");
    let said = desk.run(&["diff", "old.yml", "new.yml"]);
    assert_eq!((said.code, said.err.as_str()), (1, ""));
    assert_eq!(
        said.out,
        "service web\n  ~ image: nginx:1.28 -> nginx:1.30  (old.yml:3, new.yml:3)\n1 changed\n"
    );
    let said = desk.run(&["diff", "old.yml", "app.stack"]);
    assert_eq!(said.code, 1);
    assert!(
        said.out.contains("  ~ image: nginx:1.28 -> nginx:1.30  (old.yml:3, app.stack:3)\n"),
        "{}",
        said.out
    );
    assert!(said.out.contains("  + port 80: 127.0.0.1:8080:80  (app.stack:4)\n"), "{}", said.out);
    let said = desk.run(&["diff", "old.yml", "app.stack", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let image = json["changes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|change| change["path"][0]["kind"] == "image")
        .unwrap();
    assert_eq!(image["after"]["file"], "app.stack");
    assert_eq!(image["after"]["emitted"]["file"], "docker-compose.yml");
}

#[test]
fn a_side_that_cannot_be_understood_is_named_with_the_line() {
    let desk = Desk::with("app.stack", DEMO);
    desk.write("broken.stack", "service web {\n  imag nginx\n}\n");
    desk.write("broken.yml", "services:\n  web: [\n");
    for (name, place) in [("broken.stack", "broken.stack:2:"), ("broken.yml", "broken.yml:2:")] {
        let said = desk.run(&["diff", "app.stack", name]);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{said:?}");
        assert!(said.err.contains(place) && said.err.contains("nothing was compared"), "{}", said.err);
    }
    for name in ["none.yml", "none.stack", "none"] {
        let said = desk.run(&["diff", "app.stack", name]);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.err.contains(&format!("`{name}`")), "{}", said.err);
    }
    desk.folder("empty");
    let said = desk.run(&["diff", "app.stack", "empty"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("`empty` holds no compose file"), "{}", said.err);
    assert_eq!(desk.run(&["diff"]).code, 3);
    assert_eq!(desk.run(&["diff", "broken.yml"]).code, 3);
}
