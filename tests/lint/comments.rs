//! `# stackc: allow(RULE) reason` in compose files, Dockerfiles and configurations of nginx: what it covers, and what is
//! said of one that covers nothing.

use stackc::diagnostic::{Allowed, AllowedBy, Safety, Severity};
use stackc::fix::{Part, choose};
use stackc::handwritten::{Checked, check_memory, check_under};
use stackc::lint::Policy;
use stackc::lint::judge::Level;
use stackc::project::host::Memory;

fn checked(files: &[(&str, &str)]) -> Checked {
    check_memory(&Memory::new(files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))))
}

/// The findings of some rules, as `FILE:LINE RULE`, in order.
fn found(checked: &Checked, rules: &[&str]) -> Vec<String> {
    let of_rules = checked.sink.diagnostics.iter().filter(|found| rules.contains(&found.code));
    let mut found: Vec<String> = of_rules
        .map(|found| {
            let span = found.primary.span;
            let line = checked.sources.position(span).line_number;
            format!("{}:{line} {}", checked.sources.file(span.file).name, found.code)
        })
        .collect();
    found.sort();
    found
}

/// The same of what comments say.
fn complaints(files: &[(&str, &str)]) -> Vec<String> {
    found(&checked(files), &["allow-malformed", "allow-unused"])
}

fn reasons(checked: &Checked) -> Vec<&str> {
    let mut reasons: Vec<&str> =
        checked.sink.allowed.iter().map(|Allowed { reason, .. }| reason.as_str()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    assert!(checked.sink.allowed.iter().all(|allowed| allowed.by == AllowedBy::File));
    reasons
}

const NO_CODES: [String; 0] = [];

#[test]
fn a_comment_covers_the_next_key_with_all_below_it_and_no_other() {
    let text = "services:\n  # stackc: allow(compose-privileged) it mounts disks\n\n  a:\n    image: x:1\n    privileged: true\n  b:\n    image: x:1\n    privileged: true\n";
    let checked = checked(&[("compose.yaml", text)]);
    assert_eq!(
        found(&checked, &["compose-privileged", "allow-unused"]),
        ["compose.yaml:9 compose-privileged"]
    );
    assert_eq!(reasons(&checked), ["it mounts disks"]);
}

#[test]
fn a_comment_behind_a_key_covers_that_one() {
    let text = "services:\n  a:\n    image: x:latest # stackc: allow(compose-floating-image, compose-privileged) tried daily\n    privileged: true\n";
    let checked = checked(&[("compose.yaml", text)]);
    assert_eq!(
        found(&checked, &["compose-privileged", "compose-floating-image", "allow-unused"]),
        ["compose.yaml:3 allow-unused", "compose.yaml:4 compose-privileged"]
    );
}

#[test]
fn a_comment_for_the_file_covers_all_of_it_and_what_has_no_place() {
    let dockerfile =
        "FROM debian\nRUN cd /srv\n# stackc: allow-file(docker-run-cd, docker-root-user): made elsewhere\n";
    let checked = checked(&[("Dockerfile", dockerfile)]);
    assert_eq!(found(&checked, &["docker-run-cd", "docker-root-user", "allow-unused"]), NO_CODES);
    assert_eq!(reasons(&checked), ["made elsewhere"]);
}

#[test]
fn a_comment_covers_the_next_instruction_and_before_a_stage_all_of_it() {
    let text = "FROM debian:13 AS a\n# stackc: allow(docker-run-cd) one\nRUN cd /a\nRUN cd /b\n# stackc: allow(docker-run-cd) two\nFROM debian:13\nCOPY --from=a /a /a\nRUN cd /c\nRUN cd /d\n";
    let checked = checked(&[("Dockerfile", text)]);
    assert_eq!(found(&checked, &["docker-run-cd", "allow-unused"]), ["Dockerfile:4 docker-run-cd"]);
    assert_eq!(reasons(&checked), ["one", "two"]);
}

#[test]
fn a_comment_covers_the_next_directive_with_its_block() {
    let text = "server {\n    listen 80;\n    # stackc: allow(nginx-autoindex) a mirror\n    location /a/ {\n        root /srv;\n        autoindex on;\n    }\n    location /b/ {\n        root /srv;\n        autoindex on; # stackc: allow(nginx-autoindex) this one, too\n    }\n    location /c/ {\n        root /srv;\n        autoindex on;\n    }\n}\n";
    let checked = checked(&[("site.conf", text)]);
    assert_eq!(found(&checked, &["nginx-autoindex", "allow-unused"]), ["site.conf:14 nginx-autoindex"]);
    assert_eq!(reasons(&checked), ["a mirror", "this one, too"]);
}

#[test]
fn a_comment_that_cannot_be_followed_covers_nothing_and_is_told() {
    let of = |comment: &str| {
        let text = format!("services:\n  a:\n    image: x:1\n    {comment}\n    privileged: true\n");
        let checked = checked(&[("compose.yaml", &text)]);
        assert_eq!(found(&checked, &["compose-privileged"]).len(), 1, "{comment}");
        let wrong = checked.sink.diagnostics.into_iter().filter(|found| found.code == "allow-malformed");
        let wrong: Vec<_> = wrong.map(|found| (found.message, found.primary.text, found.severity)).collect();
        assert!(wrong.iter().all(|(.., severity)| *severity == Severity::Warning), "{comment}");
        wrong
            .into_iter()
            .map(|(message, here, _)| format!("{message} {here}").trim().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of("# stackc: allow(compose-privileged)"),
        ["there is no reason, so that this allows nothing"]
    );
    assert_eq!(
        of("# stackc: allow(compose-privileged) - "),
        ["there is no reason, so that this allows nothing"]
    );
    assert_eq!(
        of("# stackc: allow(compose-privilegd) it mounts disks"),
        ["there is no rule `compose-privilegd` did you mean `compose-privileged`?"]
    );
    assert_eq!(of("# stackc: allow(compose) it mounts disks"), ["there is no rule `compose`"]);
    assert_eq!(of("# stackc: allow() it mounts disks"), ["a rule is missing here"]);
    assert_eq!(
        of("# stackc: allow compose-privileged"),
        ["`allow` is not followed by a rule in parentheses"]
    );
    assert_eq!(
        of("# stackc allow(compose-privileged) it mounts disks"),
        ["there is no `:` behind `stackc`, so that this allows nothing"]
    );
    assert_eq!(
        of("# stackc: alow(compose-privileged) it mounts disks"),
        ["`alow` is nothing that stackc can be told in a comment did you mean `allow`?"]
    );
    assert_eq!(of("# stackc:"), ["this says nothing that stackc understands"]);
    // Not every word about stackc is one to it.
    assert_eq!(of("# stackc is told of this elsewhere"), NO_CODES);
    assert_eq!(
        complaints(&[(
            "compose.yaml",
            "services:\n  a:\n    image: x:1\n# stackc: allow(compose-links) why\n"
        )]),
        ["compose.yaml:4 allow-malformed"]
    );
}

#[test]
fn text_that_looks_like_a_comment_is_none() {
    let compose = "services:\n  a:\n    image: x:1\n    command: |\n      # stackc: allow(nothing)\n    labels: ['# stackc: allow(nothing)']\n";
    let dockerfile = "FROM debian:13\nRUN <<E\n# stackc: allow(nothing)\nE\nUSER 1\n";
    let nginx = "server {\n    return 200 '# stackc: allow(nothing)';\n}\n";
    assert_eq!(
        complaints(&[("compose.yaml", compose), ("Dockerfile", dockerfile), ("a.conf", nginx)]),
        NO_CODES
    );
}

#[test]
fn what_nothing_needs_is_told_where_its_rule_looked() {
    let compose = "services:\n  # stackc: allow(compose-privileged) why\n  a:\n    image: x:1\n";
    assert_eq!(complaints(&[("compose.yaml", compose)]), ["compose.yaml:2 allow-unused"]);
    // Nothing is known of a file with a mistake, nor of one that belongs to it.
    let broken = format!("{compose}    ports: [1\n");
    assert_eq!(complaints(&[("compose.yaml", &broken)]), NO_CODES);
    let built = "services:\n  a:\n    build: .\n    ports: [1\n";
    let dockerfile = "# stackc: allow(docker-run-cd, cross-body-size) why\nFROM debian:13\nUSER 1\n";
    assert_eq!(complaints(&[("compose.yaml", built), ("Dockerfile", dockerfile)]), NO_CODES);
    // What other files would make of a Dockerfile alone is not known, nor what would of a part of a configuration.
    assert_eq!(complaints(&[("Dockerfile", dockerfile)]), ["Dockerfile:1 allow-unused"]);
    let nginx = "# stackc: allow(nginx-autoindex, cross-body-size) why\nserver {\n    listen 80;\n}\n";
    assert_eq!(complaints(&[("a.conf", nginx)]), ["a.conf:1 allow-unused"]);
}

#[test]
fn a_comment_that_one_of_several_deployments_needs_is_needed() {
    // In the network of the host the address is the one that is meant.
    let nginx = "server {\n    listen 80;\n    # stackc: allow(cross-upstream-loopback) it is on its way out\n    location / {\n        proxy_pass http://127.0.0.1:8000;\n    }\n}\n";
    let compose = |folder: &str, more: &str| {
        format!(
            "services:\n  web:\n    image: nginx:1.30\n    volumes: ['{folder}/nginx.conf:/etc/nginx/conf.d/default.conf:ro']\n{more}"
        )
    };
    let (bridge, host) = (compose("..", ""), compose("..", "    network_mode: host\n"));
    let both =
        [("a/compose.yaml", bridge.as_str()), ("b/compose.yaml", host.as_str()), ("nginx.conf", nginx)];
    let of_both = checked(&both);
    assert_eq!(found(&of_both, &["cross-upstream-loopback", "allow-unused"]), NO_CODES);
    assert_eq!(reasons(&of_both), ["it is on its way out"]);
    assert_eq!(complaints(&both[1..]), ["nginx.conf:3 allow-unused"]);
}

#[test]
fn a_rule_that_is_off_needs_no_comment_and_a_comment_holds_for_what_is_raised() {
    let text =
        "services:\n  # stackc: allow(compose-privileged) why\n  a:\n    image: x:1\n    privileged: true\n";
    let memory = Memory::new([("compose.yaml".to_owned(), text.to_owned())]);
    let files =
        || stackc::handwritten::Files { composes: vec!["compose.yaml".to_owned()], ..Default::default() };
    for level in [Level::Off, Level::At(Severity::Error)] {
        let mut policy = Policy::default();
        policy.levels.set("compose-privileged", level);
        let checked = check_under(&policy, files(), &memory);
        assert_eq!(found(&checked, &["compose-privileged", "allow-unused"]), NO_CODES, "{level:?}");
        assert_eq!(checked.sink.allowed.len(), usize::from(level != Level::Off));
    }
}

#[test]
fn a_comment_at_the_end_of_a_block_does_not_reach_the_next_one() {
    let text = "services:\n  a:\n    image: x:1\n    # stackc: allow(compose-privileged) a mounts disks\n  b:\n    image: x:1\n    privileged: true\n";
    let rules = ["compose-privileged", "allow-malformed", "allow-unused"];
    assert_eq!(
        found(&checked(&[("compose.yaml", text)]), &rules),
        ["compose.yaml:4 allow-malformed", "compose.yaml:7 compose-privileged"]
    );
}

/// A text after each round of safe fixes.
fn mended(name: &str, text: &str) -> Vec<String> {
    let mut rounds = vec![text.to_owned()];
    while let Some(changes) = {
        let checked = checked(&[(name, rounds.last().unwrap())]);
        let part = Part { sources: &checked.sources, sink: &checked.sink };
        choose(&[part], false, &|_| true).files.remove(name)
    } {
        rounds.push(changes.apply(rounds.last().unwrap()));
    }
    rounds.remove(0);
    rounds
}

#[test]
fn what_nothing_needs_can_be_removed() {
    let compose = |above: &str, behind: &str| {
        format!("services:\r\n{above}  a:\r\n    image: x:1\r\n    privileged: true{behind}\r\n")
    };
    let bare = compose("", "");
    for needless in [
        compose("  # stackc: allow(compose-links) why\r\n", ""),
        compose("", "  # stackc: allow(compose-links) why"),
        compose("", "\r\n# stackc: allow-file(compose-links) why"),
    ] {
        assert_eq!(mended("compose.yaml", &needless).last(), Some(&bare), "{needless}");
    }
    // What is needed stays, whatever stands around it.
    let one = compose("", " # stackc: allow(compose-privileged) why");
    for list in [
        "compose-links, compose-privileged",
        "compose-privileged , compose-links",
        "compose-links,compose-privileged,compose-undefined",
    ] {
        let several = one.replace("compose-privileged", list);
        assert_eq!(mended("compose.yaml", &several).last(), Some(&one), "{list}");
    }
    let all = one.replace("compose-privileged", "compose-links, compose-undefined, compose-yaml-trap");
    let rounds = mended("compose.yaml", &all);
    assert_eq!(rounds.last(), Some(&bare));
    assert!(rounds.len() <= 3);
    // What stands first keeps the next comment from being a directive.
    let dockerfile = "# stackc: allow(docker-run-cd) why\n# escape=`\nFROM debian:13\nUSER 1\n";
    assert_eq!(mended("Dockerfile", dockerfile), NO_CODES);
}

#[test]
fn another_rule_than_the_one_that_was_meant_is_not_made_silent() {
    let text = "services:\n  a:\n    # stackc: allow(compose-privilege) why\n    image: x:1\n";
    let checked = checked(&[("compose.yaml", text)]);
    let found = checked.sink.diagnostics.iter().find(|found| found.code == "allow-malformed");
    assert_eq!(found.unwrap().fix.as_ref().unwrap().safety, Safety::Unsafe);
}

#[test]
fn a_complaint_about_comments_can_be_allowed_itself() {
    let text = "# stackc: allow-file(allow-unused) kept for the next version\nservices:\n  # stackc: allow(compose-privileged) why\n  a:\n    image: x:1\n";
    assert_eq!(complaints(&[("compose.yaml", text)]), NO_CODES);
    let text = "# stackc: allow-file(allow-unused) nothing needs it\nservices:\n  a:\n    image: x:1\n";
    // It covers the complaint about itself, which is what it asks for.
    assert_eq!(complaints(&[("compose.yaml", text)]).len(), 0);
}
