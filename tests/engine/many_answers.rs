//! Thousands of generated headers, paths, texts and files of one proxy: each answer is what the stack file says.

use std::fmt::Write as _;

use super::deployment::{Deployment, free_port};
use super::http::{Reply, Site};
use super::many_values::{Meant, Variables, seed, verbatim};
use super::{Checks, NGINX, need_images};
use crate::hostile::{Chance, spelled};

/// Variables of nginx, in every form in which it reads them.
const OF_NGINX: Variables<'_> = Variables(&[
    ("$request_method", "GET"),
    ("${request_method}", "GET"),
    ("$arg_a", "b"),
    ("${arg_a}", "b"),
    ("$arg_missing", ""),
    ("$", "$"),
    ("$$", "$$"),
    ("$ ", "$ "),
    ("$;", "$;"),
    ("${", "${"),
    ("${}", "${}"),
]);

/// So many texts that nginx is told as they are, or with variables in them.
fn values(count: usize, chance: &mut Chance, is_wanted: impl Fn(&str) -> bool) -> Vec<Meant> {
    let texts = chance.texts(count + count / 4).into_iter().filter(|text| is_wanted(text));
    let of = |(number, text): (usize, String)| {
        let meant = verbatim(&text, chance);
        let is_whole = !meant.said.starts_with('"') || !text.contains('$');
        if is_whole && !number.is_multiple_of(3) { meant } else { OF_NGINX.mixed(chance) }
    };
    let mut values: Vec<Meant> = texts.enumerate().map(of).take(count).collect();
    values.push(verbatim(&"long ü".repeat(550), chance));
    assert!(values.len() > count, "{} of {count}", values.len());
    values
}

/// So many paths below a number of their own, so that none is the beginning of another.
fn paths(kind: char, count: usize, chance: &mut Chance) -> Vec<String> {
    let mut number = 10_000;
    let mut path = |text: String| {
        number += 1;
        format!("/{kind}{number}{}", text.replace(['/', '?', '#', '\n', '\t'], "%"))
    };
    chance.texts(count).into_iter().map(&mut path).collect()
}

/// A path as a browser sends it.
fn encoded(path: &str) -> String {
    path.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").unwrap();
        }
        out
    })
}

/// A regular expression that matches a text and no other.
fn exactly(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(c);
        out
    })
}

/// A way to answer at a path.
#[derive(Clone, Copy, Debug)]
enum How {
    Respond,
    Prefix,
    Exact,
    Preferred,
    Regex,
    Redirect,
}

const WAYS: &[(How, char)] = &[
    (How::Respond, 'a'),
    (How::Prefix, 'b'),
    (How::Exact, 'c'),
    (How::Preferred, 'd'),
    (How::Regex, 'e'),
    (How::Redirect, 'f'),
];

/// A path with what it answers.
struct Answer {
    how: How,
    path: String,
    value: Meant,
}

impl Answer {
    fn said(&self, chance: &mut Chance) -> String {
        let uri = verbatim(&self.path, chance).said;
        let value = &self.value.said;
        match self.how {
            How::Respond => format!("respond {uri} 200 {value}"),
            How::Prefix => format!("route {uri} {{ return 200 {value} }}"),
            How::Exact => format!("route = {uri} {{ return 200 {value} }}"),
            How::Preferred => format!("route ^~ {uri} {{ return 200 {value} }}"),
            How::Regex => {
                let pattern = verbatim(&format!("^{}$", exactly(&self.path)), chance).said;
                format!("route ~ {pattern} {{ return 200 {value} }}")
            }
            How::Redirect => format!("redirect {uri} to {value}"),
        }
    }

    fn request(&self) -> String {
        let below = if matches!(self.how, How::Prefix | How::Preferred) { "below" } else { "" };
        format!("{}{below}?a=b", encoded(&self.path))
    }

    /// What came instead of what is said.
    fn wrong(&self, reply: &Reply) -> Option<String> {
        let arrived = match self.how {
            How::Redirect => (302, reply.header("location").unwrap_or_default().to_owned()),
            How::Respond | How::Prefix | How::Exact | How::Preferred | How::Regex => (200, reply.text()),
        };
        let expected = self.value.text.trim_end_matches([' ', '\t']);
        let is_same = match self.how {
            How::Redirect => arrived.1 == expected,
            How::Respond | How::Prefix | How::Exact | How::Preferred | How::Regex => {
                arrived.1 == self.value.text
            }
        };
        let is_right = reply.status == arrived.0 && is_same;
        (!is_right)
            .then(|| format!("{:?} {:?} {:?}: {} {arrived:?}", self.how, self.path, self.value, reply.status))
    }
}

fn answers(chance: &mut Chance) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (how, kind) in WAYS {
        let is_redirect = matches!(how, How::Redirect);
        let texts = values(200, chance, |text| !is_redirect || !text.contains('\n'));
        for (path, value) in paths(*kind, 200, chance).into_iter().zip(texts) {
            let value = if is_redirect { address(&value) } else { value };
            answers.push(Answer { how: *how, path, value });
        }
    }
    answers
}

/// A text as the end of an address.
fn address(value: &Meant) -> Meant {
    const BEFORE: &str = "http://other.example/";
    let end = value.said.chars().take_while(|c| matches!(c, '"' | '\'')).count();
    let quotes = if value.said.starts_with("\"\"\"") { 3 } else { end.min(1) };
    let (open, rest) = value.said.split_at(quotes);
    Meant { said: format!("{open}{BEFORE}{rest}"), text: format!("{BEFORE}{}", value.text) }
}

/// How many headers an answer has.
const A_PLACE: usize = 40;

fn header_places(headers: &[Meant]) -> String {
    headers.chunks(A_PLACE).enumerate().fold(String::new(), |out, (place, headers)| {
        let lines = headers.iter().enumerate().fold(String::new(), |lines, (number, value)| {
            format!("{lines}      add_header X-Value-{number} {}\n", value.said)
        });
        format!("{out}    respond /headers/{place} 200 {{\n{lines}    }}\n")
    })
}

/// Names of files, and a folder for them.
fn files(chance: &mut Chance) -> Vec<(String, Vec<String>)> {
    let folder = |number: usize, chance: &mut Chance| {
        let path = paths(char::from(b'g' + u8::try_from(number).unwrap()), 60, chance);
        let names = chance.texts(120).into_iter().skip(60);
        let names =
            names.enumerate().map(|(number, name)| format!("{number}{}", name.replace(['/', '\0'], "")));
        (path[59 - number].clone() + "/", names.collect())
    };
    (0..4).map(|number| folder(number, chance)).collect()
}

#[test]
fn every_answer_is_what_was_said() {
    need_images(&[NGINX]);
    let mut chance = Chance::new(seed());
    let headers = values(2200, &mut chance, |text| !text.contains('\n'));
    let answers = answers(&mut chance);
    let folders = files(&mut chance);
    let port = free_port();
    let deployment = Deployment::new("many-answers");
    let mut routes =
        answers.iter().fold(String::new(), |out, answer| format!("{out}    {}\n", answer.said(&mut chance)));
    for (number, (uri, names)) in folders.iter().enumerate() {
        let folder = format!("./files {number} é;$x");
        writeln!(routes, "    static {} from {}", verbatim(uri, &mut chance).said, spelled(&folder, true))
            .unwrap();
        for name in names {
            deployment.write(&format!("{folder}/{name}"), format!("{uri}{name}"));
        }
    }
    deployment.write(
        "answers.stack",
        format!(
            "stack answers\nproxy web {{\n  image {NGINX}\n  publish 127.0.0.1:{port}:80\n  site localhost {{\n{routes}{}  }}\n}}\n",
            header_places(&headers)
        ),
    );
    deployment.stackc(&["build"]).ok();
    deployment.up();
    let site = Site { port };
    let mut checks = Checks::default();
    checks.check("headers", || {
        let mut wrong = Vec::new();
        for (place, headers) in headers.chunks(A_PLACE).enumerate() {
            let reply = site.get(&format!("/headers/{place}?a=b"));
            for (number, value) in headers.iter().enumerate() {
                // White space around a value is none of it, and nginx adds no header without a value.
                let expected = value.text.trim_matches([' ', '\t']);
                let arrived = reply.header(&format!("x-value-{number}")).unwrap_or_default();
                if arrived != expected {
                    wrong.push(format!("{value:?}: {arrived:?}"));
                }
            }
        }
        none(&wrong);
    });
    checks.check("paths and texts", || {
        let wrong: Vec<String> =
            answers.iter().filter_map(|answer| answer.wrong(&site.get(&answer.request()))).collect();
        none(&wrong);
    });
    checks.check("files", || {
        let mut wrong = Vec::new();
        for (uri, names) in &folders {
            for name in names {
                let reply = site.get(&encoded(&format!("{uri}{name}")));
                if (reply.status, reply.text()) != (200, format!("{uri}{name}")) {
                    wrong.push(format!("{uri:?} {name:?}: {} {:?}", reply.status, reply.text()));
                }
            }
        }
        none(&wrong);
    });
    checks.finish();
}

#[track_caller]
fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
