//! The model of requests against running nginxes: everything that it decides must be so.

mod facts;
mod generate;
mod live;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use stackc::request::{
    self, About, Body, Config, Entry, Fact, Files, Included, Options, Outcome, Request, Semantics,
};
use stackc::source::SourceMap;

use generate::{Generator, write_files};
use live::{Client, Nginx, Reply, Which, free_ports};

use crate::property::mutation::Numbers;

const BATCHES: u64 = 14;
const GROUPS: u16 = 56;
const REQUESTS_EACH: usize = 36;

/// This machine's files.
struct Disk;

impl Files for Disk {
    fn entry(&self, path: &str) -> Entry {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => Entry::Folder,
            Ok(found) if found.is_file() => Entry::File,
            Ok(_) => Entry::Special,
            Err(_) => Entry::Missing,
        }
    }
}

/// Loads a configuration with what it includes.
fn load(text: &str, folder: &str, semantics: Semantics) -> Config {
    let mut sources = SourceMap::default();
    let file = sources.add("nginx.conf", text);
    let options = Options { version: None, prefix: Some(folder.to_owned()), semantics };
    request::load(file, text, &options, &mut |path| match fs::read_to_string(path) {
        Ok(text) => {
            let text: Arc<str> = text.into();
            Included::Files(vec![(sources.add(path, Arc::clone(&text)), text)])
        }
        Err(_) => Included::Missing,
    })
}

/// What the model has wrong; `None` if nothing.
fn differs(outcome: &Outcome, request: &Request, reply: Option<&Reply>) -> Option<String> {
    let response = match (outcome, reply) {
        (Outcome::Undecided(_), _) | (Outcome::Closed, None) => return None,
        (Outcome::Closed, Some(reply)) => return Some(format!("it is answered with {}", reply.status)),
        (_, None) => return Some("the connection is closed".to_owned()),
        (Outcome::Passed(passed), Some(reply)) => {
            let target = passed.target.as_deref().unwrap_or_default();
            if target.starts_with("/../") && reply.status == 400 {
                // The upstream is an nginx too, and refuses to be climbed out of.
                return None;
            }
            let kind = reply.header("content-type").map(|kind| kind.split(';').next().unwrap());
            let is_upstream =
                reply.status == passed.status.unwrap_or(200) && kind == Some("application/x-upstream");
            if !is_upstream || passed.content_type.is_some() {
                return Some(format!("{} {kind:?} does not come from the upstream", reply.status));
            }
            let same = request.method == "HEAD" || reply.text() == target;
            return (!same).then(|| format!("the upstream sees {}", reply.text()));
        }
        (Outcome::Decided(response), Some(_)) => response,
    };
    let reply = reply?;
    if reply.status != response.status {
        return Some(format!("the status is {}", reply.status));
    }
    // `add_header Content-Type` sends a second one.
    let added_types = response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let types: Vec<&String> =
        response.content_type.iter().chain(added_types.map(|(_, value)| value)).collect();
    let sent: Vec<&String> =
        reply.headers.iter().filter(|(name, _)| name == "content-type").map(|(_, value)| value).collect();
    if sent != types {
        return Some(format!("the type is {sent:?}"));
    }
    if reply.header("location") != response.location.as_deref() {
        return Some(format!("the location is {:?}", reply.header("location")));
    }
    let mut added = reply.headers.iter().filter(|(name, _)| name.starts_with("x-"));
    let mut own = response.headers.iter().filter(|(name, _)| name.starts_with("X-"));
    if !own.by_ref().all(|(name, value)| {
        added.next().is_some_and(|(other, said)| name.eq_ignore_ascii_case(other) && said == value)
    }) || added.next().is_some()
    {
        return Some(format!("the headers are {:?}", reply.headers));
    }
    if request.method == "HEAD" {
        return None;
    }
    let page = |status: u16| match status {
        494..=497 => "<title>400 ".to_owned(),
        498 => "<title>404 ".to_owned(),
        status => format!("<title>{status} "),
    };
    let same = match &response.body {
        Body::File(path) => fs::read(path).is_ok_and(|content| content == reply.body),
        Body::Text(text) => *text == reply.body,
        Body::Page(status) => reply.text().contains(&page(*status)),
        Body::Listing(_) => reply.text().contains("<title>Index of "),
        Body::Pixel => reply.body.starts_with(b"GIF8"),
        Body::Counters => reply.text().starts_with("Active connections"),
        Body::Empty => reply.body.is_empty(),
    };
    (!same).then(|| format!("the body is {}", reply.text()))
}

/// What must show in two hundred answers at least.
const FEATURES: &[&str] = &[
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "OPTIONS",
    "PATCH",
    "a charset",
    "a folder's slash",
    "a header is added",
    "a location header",
    "a longer name with a star",
    "a method that is refused",
    "a named location",
    "a nested location",
    "a page of nginx",
    "a passed request",
    "a path that is refused",
    "a prefix",
    "a prefix with ^~",
    "a regular expression",
    "access is refused",
    "alias",
    "alias in a regular expression",
    "an error page",
    "an exact location",
    "an exact name",
    "an index",
    "a file",
    "a text",
    "if",
    "internal",
    "no location",
    "return",
    "rewrite",
    "set or map",
    "the default server",
    "try_files",
    "try_files falls back",
    "a listing",
    "a name with a regular expression",
    "a redirect of rewrite",
];

/// What a request shows, by the names of the histogram.
fn features(answer: &request::Answer, asked: &Request, text: &str) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    let mut has = |feature: &'static str, holds: bool| {
        if holds {
            found.insert(feature);
        }
    };
    for feature in &FEATURES[..7] {
        has(feature, asked.method == *feature);
    }
    if let Outcome::Decided(response) = &answer.outcome {
        has("a charset", response.content_type.as_deref().is_some_and(|kind| kind.contains("charset=")));
        has("a location header", response.location.is_some());
        has("a header is added", !response.headers.is_empty());
        has("a file", matches!(response.body, Body::File(_)));
        has("a text", matches!(response.body, Body::Text(_)));
        has("a page of nginx", matches!(response.body, Body::Page(_)));
        has("a listing", matches!(response.body, Body::Listing(_)));
        has("a method that is refused", response.status == 405);
        has("a path that is refused", response.status == 400);
        has("access is refused", matches!(response.status, 401 | 403));
    }
    has("a passed request", matches!(answer.outcome, Outcome::Passed(_)));
    match &answer.route {
        None => has("no location", true),
        Some(route) => {
            let word = route.name.split(' ').nth(1).unwrap_or_default();
            has("an exact location", word == "=");
            has("a prefix with ^~", word == "^~");
            has("a regular expression", word.starts_with('~'));
            has("a named location", word.starts_with('@'));
            has("a prefix", word.starts_with('/'));
            let before = &text[..route.span.start as usize];
            let before = &before[before.rfind("\nserver {").unwrap_or(0)..];
            let open = before.matches('{').count() - before.matches('}').count();
            has("a nested location", open > 1);
            let own = text[route.span.start as usize..].lines().nth(1).unwrap_or_default();
            has("alias", own.starts_with("alias"));
            has("alias in a regular expression", own.starts_with("alias") && word.starts_with('~'));
        }
    }
    for step in &answer.chain {
        let says = |words: &str| step.said.contains(words);
        let main = answer.server.as_ref().map(|server| server.span.file);
        let line = step.span.filter(|span| Some(span.file) == main).map_or("", |span| &text[span.range()]);
        has("an exact name", says("the name is its own"));
        has("a longer name with a star", says("name with a star"));
        has("a name with a regular expression", step.about == About::Server && says("regular expression"));
        has("the default server", says("no server has this name"));
        has("a folder's slash", says("so that a slash is added"));
        has("an error page", step.about == About::Error);
        has("an index", says("the index is"));
        has("if", says("the condition"));
        has("internal", says("an internal location"));
        has("return", says("`return"));
        has("rewrite", says("is rewritten to"));
        has("a redirect of rewrite", says("is redirected to"));
        has("try_files", line.starts_with("try_files"));
        has("try_files falls back", line.starts_with("try_files") && says("nothing is there"));
        has("set or map", line.contains("$mapped") || line.contains("$seen") || line.contains("$up"));
    }
    found
}

/// Everything of one run on one nginx.
#[derive(Default)]
struct Tally {
    asked: usize,
    undecided: BTreeMap<String, usize>,
    features: BTreeMap<&'static str, usize>,
    wrong: Vec<String>,
    /// Of each fact, how many answers would be otherwise without it, and how many of those the server contradicts.
    facts: BTreeMap<Fact, (usize, usize)>,
}

/// A fact is counted until it has shown so often.
const ENOUGH: usize = 250;

impl Tally {
    fn batch(&mut self, which: Which, seed: u64, folder: &Path) {
        let first = free_ports(GROUPS + 1);
        let ports: Vec<u16> = (first + 1..=first + GROUPS).collect();
        let name = folder.display().to_string();
        let numbers = Numbers((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut generator = Generator { numbers, folder: &name, upstream: first };
        let batch = generator.batch(&ports, REQUESTS_EACH);
        fs::write(folder.join("nginx.conf"), &batch.text).unwrap();
        let config = load(&batch.text, &name, Semantics::default());
        if let Some(why) = config.refused() {
            let at = why.span.map_or(0, |span| span.start as usize);
            panic!("{}: {}", why.reason, &batch.text[at..batch.text.len().min(at + 200)]);
        }
        let nginx = Nginx::start(which, folder, first);
        let mut client = Client::default();
        let mut seen = Vec::new();
        for asked in &batch.requests {
            let answer = request::answer(&config, asked, &Disk);
            let reply = client.ask(asked);
            self.asked += 1;
            if let Outcome::Undecided(why) = &answer.outcome {
                *self.undecided.entry(why.reason.clone()).or_default() += 1;
            } else {
                for feature in features(&answer, asked, &batch.text) {
                    *self.features.entry(feature).or_default() += 1;
                }
            }
            if let Some(why) = differs(&answer.outcome, asked, reply.as_ref()) {
                self.wrong.push(report(&why, asked, &answer, &batch.text));
            }
            seen.push((asked, answer.outcome, reply));
        }
        drop(nginx);
        for fact in Fact::ALL {
            let (shown, contradicted) = self.facts.entry(fact).or_default();
            if *shown >= ENOUGH {
                continue;
            }
            let config = load(&batch.text, &name, Semantics::without(fact));
            for (asked, outcome, reply) in &seen {
                if *shown >= ENOUGH {
                    break;
                }
                let other = request::answer(&config, asked, &Disk).outcome;
                if !matches!(outcome, Outcome::Undecided(_)) && other != *outcome {
                    *shown += 1;
                    *contradicted += usize::from(differs(&other, asked, reply.as_ref()).is_some());
                }
            }
        }
    }
}

fn report(why: &str, asked: &Request, answer: &request::Answer, text: &str) -> String {
    let line = |span: stackc::source::Span| 1 + text[..span.start as usize].matches('\n').count();
    let steps: Vec<String> = answer
        .chain
        .iter()
        .map(|step| format!("  {:?} line {:?}: {}", step.about, step.span.map(line), step.said))
        .collect();
    let own = answer.server.as_ref().map_or("", |server| {
        let start = server.span.start as usize;
        let end = text[start + 6..].find("\nserver {").map_or(text.len(), |at| at + start + 6);
        &text[start..end]
    });
    format!(
        "{} {} {:?}: {why}\n{:?}\n{}\n{own}",
        asked.method,
        asked.target,
        asked.host,
        answer.outcome,
        steps.join("\n")
    )
}

#[expect(clippy::print_stderr, reason = "the harness captures it")]
fn agree(which: Which) {
    let mut tally = Tally::default();
    for seed in 0..BATCHES {
        let folder = tempfile::Builder::new().prefix("stackc").tempdir().unwrap();
        write_files(folder.path());
        tally.batch(which, seed, folder.path());
        if tally.wrong.len() > 20 {
            break;
        }
    }
    let undecided: usize = tally.undecided.values().sum();
    eprintln!("{which:?}: {} requests, {undecided} undecided: {:#?}", tally.asked, tally.undecided);
    eprintln!("{:#?}\n{:#?}", tally.features, tally.facts);
    let few: Vec<&String> = tally.wrong.iter().take(6).collect();
    let few: Vec<String> = few.into_iter().cloned().collect();
    assert!(tally.wrong.is_empty(), "{} are wrong:\n{}", tally.wrong.len(), few.join("\n\n"));
    assert!(tally.asked >= 20_000, "only {} requests", tally.asked);
    assert!(undecided * 100 < tally.asked * 3, "{undecided} of {} are undecided", tally.asked);
    for feature in FEATURES {
        let count = tally.features.get(feature).copied().unwrap_or_default();
        assert!(count >= 200, "{feature} shows in {count} answers only");
    }
    for (fact, (shown, contradicted)) in &tally.facts {
        assert!(*shown >= 200, "{fact:?} shows in {shown} answers only");
        assert!(*contradicted > 0, "nothing contradicts an nginx without {fact:?}");
    }
}

#[test]
fn the_installed_nginx_does_what_the_model_says() {
    agree(Which::Installed);
}

#[test]
fn a_current_nginx_does_what_the_model_says() {
    agree(Which::Image);
}
