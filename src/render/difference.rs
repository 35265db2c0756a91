//! What two deployments mean differently, as a person and as a program is shown it. docs/diff.md describes the JSON.

use serde::Serialize;

use super::json::array;
use super::redact::{Masks, PLACEHOLDER, Quotes};
use super::{Look, visible};
use crate::difference::{Change, Difference, Kind, Side, Spot, Step, Subject, Word};

/// The version of the fields: it goes up when one goes or changes its meaning, not when one is added.
const VERSION: u32 = 1;

/// The most characters of a value that a person is shown.
const LONGEST_VALUE: usize = 60;

/// So much of what stands in a block that came or went is shown.
const MOST_INSIDE: usize = 3;

/// Everything that differs, without secrets.
#[derive(Clone, Debug)]
pub struct Document {
    before: String,
    after: String,
    topics: Vec<(About, Vec<Told>)>,
}

/// What changes are about.
#[derive(Clone, Debug, Serialize)]
struct About {
    kind: &'static str,
    name: String,
    services: Vec<String>,
}

/// One change.
#[derive(Clone, Debug, Serialize)]
struct Told {
    change: &'static str,
    subject: About,
    path: Vec<Name>,
    before: Option<Saying>,
    after: Option<Saying>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Name {
    kind: String,
    name: Option<String>,
}

/// What one side says.
#[derive(Clone, Debug, Serialize)]
struct Saying {
    name: Option<String>,
    value: Option<String>,
    /// Whether it is a secret, of which nothing is shown.
    secret: bool,
    file: String,
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    emitted: Option<Emitted>,
    /// Whether nothing is said of it but that it is there.
    #[serde(skip)]
    is_mention: bool,
    /// Of a block what stands in it.
    #[serde(skip)]
    inside: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Emitted {
    file: String,
    line: usize,
}

/// What may not be shown of a side.
struct Shown<'a> {
    side: &'a Side,
    masks: Masks,
    quotes: &'a Quotes,
}

impl Document {
    /// What is told of differences between two sides.
    pub fn new(before: &Side, after: &Side, differences: &[Difference]) -> Self {
        let values: Vec<&str> = [before, after].into_iter().flat_map(secrets).collect();
        let quotes = Quotes::of(&values);
        let [one, other] = [before, after].map(|side| Shown {
            side,
            masks: Masks::new(&side.opened.sink.masked, side.opened.sources()),
            quotes: &quotes,
        });
        let topics = differences.iter().map(|difference| {
            let about = about(&difference.subject, &quotes);
            let told = difference.changes.iter().map(|change| told(&about, change, &one, &other)).collect();
            (about, told)
        });
        Self { before: before.name.clone(), after: after.name.clone(), topics: topics.collect() }
    }

    /// Whether nothing differs.
    pub fn is_same(&self) -> bool {
        self.topics.is_empty()
    }

    /// One JSON object.
    pub fn json(&self) -> String {
        let name = |name: &str| super::json::written(&name);
        format!(
            "{{\n  \"version\": {VERSION},\n  \"same\": {},\n  \"before\": {},\n  \"after\": {},\n  \"changes\": {}\n}}\n",
            self.is_same(),
            name(&self.before),
            name(&self.after),
            array(1, self.topics.iter().flat_map(|(_, told)| told)),
        )
    }

    /// Lines for a person.
    pub fn text(&self, look: &Look) -> String {
        if self.is_same() {
            return format!(
                "no difference: {} and {} mean the same\n",
                clean(&self.before),
                clean(&self.after)
            );
        }
        let mut out = String::new();
        for (about, changes) in &self.topics {
            if let [Told { path, .. }] = changes.as_slice()
                && path.is_empty()
            {
                out += &changes[0].line("", &heading(about), look);
                continue;
            }
            out += &format!("{}\n", bold(&clean(&heading(about)), look));
            for told in changes {
                out += &told.line("  ", &label(&told.path), look);
            }
        }
        out + &self.summary()
    }

    fn summary(&self) -> String {
        let all = || self.topics.iter().flat_map(|(_, told)| told);
        let counted = ["added", "removed", "changed", "moved"].iter().filter_map(|word| {
            let count = all().filter(|told| told.change == *word).count();
            (count > 0).then(|| format!("{count} {word}"))
        });
        format!("{}\n", counted.collect::<Vec<_>>().join(", "))
    }
}

/// The texts of a side that no output may show.
fn secrets(side: &Side) -> Vec<&str> {
    let mut all = Masks::new(&side.opened.sink.masked, side.opened.sources()).values(side.opened.sources());
    if let Some(made) = &side.made {
        let compilation = &made.compilation;
        all.extend(Masks::new(&compilation.sink.masked, &compilation.sources).values(&compilation.sources));
    }
    all
}

fn about(subject: &Subject, quotes: &Quotes) -> About {
    let Subject { kind, name, services } = subject;
    About { kind, name: quotes.hide(name), services: services.iter().map(|name| quotes.hide(name)).collect() }
}

fn told(about: &About, change: &Change, before: &Shown<'_>, after: &Shown<'_>) -> Told {
    let side = if change.after.is_some() { after } else { before };
    Told {
        change: match change.kind {
            Kind::Added => "added",
            Kind::Removed => "removed",
            Kind::Changed => "changed",
            Kind::Moved => "moved",
        },
        subject: about.clone(),
        path: change
            .path
            .iter()
            .map(|step| Name { kind: step.kind.clone(), name: side.name(step) })
            .collect(),
        before: change.before.as_ref().map(|word| before.saying(word)),
        after: change.after.as_ref().map(|word| after.saying(word)),
    }
}

impl Shown<'_> {
    fn saying(&self, word: &Word) -> Saying {
        let Spot { file, line, emitted } = self.side.spot(word.step.place);
        let secret = self.is_secret(&word.step);
        Saying {
            name: self.name(&word.step),
            value: word.value.as_deref().filter(|_| !secret).map(|value| self.quotes.hide(value)),
            secret,
            file,
            line,
            emitted: emitted.map(|(file, line)| Emitted { file, line }),
            is_mention: word.value.is_none(),
            inside: word.inside.iter().map(|word| self.brief(word)).collect(),
        }
    }

    fn is_secret(&self, step: &Step) -> bool {
        self.masks.touches(step.place)
    }

    fn name(&self, step: &Step) -> Option<String> {
        let name = Some(&step.name).filter(|name| !name.is_empty())?;
        Some(if step.is_text && self.is_secret(step) {
            PLACEHOLDER.to_owned()
        } else {
            self.quotes.hide(name)
        })
    }

    /// A few words for one thing in a block.
    fn brief(&self, word: &Word) -> String {
        let Step { kind, .. } = &word.step;
        let name = self.name(&word.step).map(|name| format!(" {name}")).unwrap_or_default();
        let value = match &word.value {
            Some(_) if self.is_secret(&word.step) => format!(" {PLACEHOLDER}"),
            Some(value) => format!(" {}", cut(&self.quotes.hide(value), LONGEST_VALUE)),
            None => String::new(),
        };
        format!("{kind}{name}{value}")
    }
}

impl Told {
    /// The line of a person.
    fn line(&self, indent: &str, label: &str, look: &Look) -> String {
        let (sign, colour) = match self.change {
            "added" => ("+", "\u{1b}[32m"),
            "removed" => ("-", "\u{1b}[31m"),
            _ => ("~", "\u{1b}[33m"),
        };
        let sign = if look.colour { format!("{colour}{sign}\u{1b}[0m") } else { sign.to_owned() };
        let said = match (&self.before, &self.after) {
            _ if self.change == "moved" => ": moved".to_owned(),
            (Some(before), Some(after)) => changed(before, after),
            (Some(only), None) | (None, Some(only)) => only.alone(),
            (None, None) => String::new(),
        };
        let places: Vec<String> =
            [&self.before, &self.after].into_iter().flatten().map(Saying::place).collect();
        let places = format!("({})", clean(&places.join(", ")));
        let places = if look.colour { format!("\u{1b}[2m{places}\u{1b}[0m") } else { places };
        format!("{indent}{sign} {}{}  {places}\n", clean(label), clean(&said))
    }
}

impl Saying {
    fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }

    /// What came or went.
    fn alone(&self) -> String {
        if self.secret && !self.is_mention {
            return format!(": {PLACEHOLDER}");
        }
        if let Some(value) = &self.value {
            return format!(": {}", cut(value, LONGEST_VALUE));
        }
        let mut inside: Vec<&str> = self.inside.iter().take(MOST_INSIDE).map(String::as_str).collect();
        if self.inside.len() > MOST_INSIDE {
            inside.push("...");
        }
        if inside.is_empty() { String::new() } else { format!(": {}", inside.join(", ")) }
    }

    fn value(&self) -> &str {
        match &self.value {
            _ if self.secret && !self.is_mention => PLACEHOLDER,
            Some(value) if value.is_empty() => "\"\"",
            Some(value) => value,
            None => "nothing",
        }
    }
}

/// From what to what.
fn changed(before: &Saying, after: &Saying) -> String {
    if before.secret && after.secret && !before.is_mention {
        return ": another secret".to_owned();
    }
    if before.is_mention && after.is_mention && before.name != after.name {
        let name = |saying: &Saying| saying.name.clone().unwrap_or_else(|| "nothing".to_owned());
        return format!(", which was {}", cut(&name(before), LONGEST_VALUE));
    }
    let (one, other) = narrowed(before.value(), after.value());
    format!(": {one} -> {other}")
}

/// Two values without most of what they share, if they are too long to be read.
fn narrowed(one: &str, other: &str) -> (String, String) {
    const AROUND: usize = 12;
    let longest = one.chars().count().max(other.chars().count());
    if longest <= LONGEST_VALUE {
        return (one.to_owned(), other.to_owned());
    }
    let shared = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let from = shared.saturating_sub(AROUND);
    let rest = |text: &str| -> String {
        let rest: String = text.chars().skip(from).collect();
        let rest = cut(&rest, LONGEST_VALUE);
        if from > 0 { format!("...{rest}") } else { rest }
    };
    (rest(one), rest(other))
}

fn cut(text: &str, most: usize) -> String {
    let flat = text.replace('\n', " ");
    if flat.chars().count() <= most {
        return flat;
    }
    let start: String = flat.chars().take(most).collect();
    format!("{start}...")
}

fn heading(about: &About) -> String {
    let users = || {
        if about.services.is_empty() { String::new() } else { format!(" ({})", about.services.join(", ")) }
    };
    match about.kind {
        "dockerfile" => format!("{}{}", about.name, users()),
        "nginx" => format!("nginx {}{}", about.name, users()),
        "project" => "project".to_owned(),
        kind => format!("{kind} {}", about.name),
    }
}

/// The way to a change: keys of keys with a dot, as compose's documentation writes them.
fn label(path: &[Name]) -> String {
    let mut out = String::new();
    let mut was_named = true;
    let seen = if path.len() > 1 && path[0].kind == "http" { &path[1..] } else { path };
    for Name { kind, name } in seen {
        if !out.is_empty() {
            out += if was_named || name.is_some() { ", " } else { "." };
        }
        out += kind;
        if let Some(name) = name {
            out += &format!(" {}", cut(name, LONGEST_VALUE));
        }
        was_named = name.is_some();
    }
    out
}

fn clean(text: &str) -> std::borrow::Cow<'_, str> {
    visible::line(text)
}

fn bold(text: &str, look: &Look) -> String {
    if look.colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
}
