//! What the language of an artefact has no way to say is refused where it stands, one by one, and nothing beside it is.

use std::collections::BTreeSet;

use crate::hostile::{Chance, inside};
use crate::reuse::found;

/// A stack, and what is to be found in it.
#[derive(Default)]
struct Expected {
    text: String,
    found: Vec<String>,
    lines: usize,
}

impl Expected {
    fn line(&mut self, line: &str) {
        self.text += line;
        self.text.push('\n');
        self.lines += 1;
    }

    /// A line that is refused.
    fn refused(&mut self, code: &str, line: &str) {
        self.line(line);
        self.found.push(format!("{} {code}", self.lines));
    }

    fn holds(self) {
        let found: BTreeSet<String> = found(&self.text).into_iter().collect();
        let expected: BTreeSet<String> = self.found.into_iter().collect();
        let differing: Vec<&String> = found.symmetric_difference(&expected).take(5).collect();
        let lines: Vec<&str> = self.text.lines().collect();
        let line = |said: &String| lines[said.split(' ').next().unwrap().parse::<usize>().unwrap() - 1];
        let shown: Vec<String> =
            differing.iter().map(|said| format!("{said}: {:.200}", line(said))).collect();
        assert!(differing.is_empty(), "either not found or not expected: {shown:#?}");
    }
}

/// Texts with a line break somewhere.
fn broken(count: usize) -> Vec<String> {
    let mut chance = Chance::new(7);
    let all = std::iter::repeat_with(|| (chance.text(), chance.text()));
    let all = all.map(|(before, after)| inside(&format!("{before}\n{after}").replace('$', "")));
    all.take(count).collect()
}

#[test]
fn a_line_break_in_a_dockerfile() {
    let mut stack = Expected::default();
    stack.line("service a {\nbuild {\nbase b:1\nenv {");
    stack.lines += 3;
    for (number, text) in broken(40).iter().enumerate() {
        stack.line(&format!("GOOD{number} '{number};#'"));
        stack.refused("inexpressible", &format!("BAD{number} \"{text}\""));
    }
    stack.line("}\nlabels {");
    stack.lines += 1;
    for (number, text) in broken(40).iter().enumerate() {
        stack.refused("inexpressible", &format!("bad.{number} \"{text}\""));
        stack.refused("inexpressible", &format!("\"{text} {number}\" good"));
    }
    stack.line("}");
    for (number, text) in broken(40).iter().enumerate() {
        stack.refused("inexpressible", &format!("arg ARGUMENT{number} \"{text}\""));
    }
    stack.line("}\n}");
    stack.holds();
}

#[test]
fn a_line_break_in_a_header() {
    let mut stack = Expected::default();
    stack.line("proxy a {\nimage nginx:1.30\nsite b.example {");
    stack.lines += 2;
    for (number, text) in broken(40).iter().enumerate() {
        stack.refused("inexpressible", &format!("add_header X-{number} \"{text}\""));
        stack.refused("inexpressible", &format!("redirect /{number} to \"/{text}\""));
        stack.refused("inexpressible", &format!("proxy_set_header X-{number} \"{text}\""));
        stack.line(&format!("respond /text/{number} 200 \"{text}\""));
        stack.line(&format!("route /inside/{number} {{\nreturn 200"));
        stack.lines += 1;
        stack.refused("inexpressible", &format!("add_header X-Y \"{text}\""));
        stack.line("}");
    }
    stack.line("}\n}");
    stack.holds();
}

#[test]
fn what_no_path_can_hold() {
    let mut stack = Expected::default();
    stack.line("proxy a {\nimage nginx:1.30\nsite b.example {");
    stack.lines += 2;
    for (number, text) in broken(40).iter().enumerate() {
        stack.refused("wrong-type", &format!("respond \"/{number}{text}\" 200"));
        stack.refused("wrong-type", &format!("route = \"/{number}{text}\" {{ return 200 }}"));
        stack.refused("wrong-type", &format!("redirect \"/{number}{text}\" to /"));
        stack.refused("wrong-type", &format!("static \"/{number}{text}/\" from ./files"));
    }
    for sign in ["?", "#"] {
        stack.refused("wrong-type", &format!("respond \"/a{sign}b\" 200"));
    }
    stack.line("}\n}");
    stack.holds();
}

#[test]
fn what_is_too_long() {
    let long = |length: usize| "x".repeat(length);
    let mut stack = Expected::default();
    stack.line("service a {\nbuild {\nbase b:1");
    stack.lines += 2;
    stack.line(&format!("arg FITS {}", long(65_000)));
    stack.refused("inexpressible", &format!("arg LONG {}", "\\".repeat(33_000)));
    stack.line("env {");
    stack.refused("inexpressible", &format!("LONG {}", "\\".repeat(33_000)));
    stack.line("SHORT x");
    stack.line("}\n}\n}\nproxy b {\nimage nginx:1.30\nsite c.example {\nrespond / 200");
    stack.lines += 6;
    stack.line(&format!("add_header FITS {}", long(3900)));
    stack.refused("inexpressible", &format!("add_header LONG {}", long(4001)));
    stack.line("}\n}");
    stack.holds();
}
