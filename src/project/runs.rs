//! Which configuration of nginx a container runs: what stands at the paths that nginx reads, in the container's own file
//! system, followed back to the files of the host.

use std::collections::BTreeSet;

use globset::GlobBuilder;

use super::files::{Brings, FileSystem, Found, below};
use super::host::{Host, join};
use super::images::{KnownImage, is_nginx};
use super::{NginxFile, NginxRuns, Supply};
use crate::diagnostic::Sink;
use crate::source::SourceMap;
use crate::syntax::nginx::read;

/// Where nginx begins to read unless `-c` says otherwise: in its own packages, in Debian's and in Alpine's.
const MAIN: &str = "/etc/nginx/nginx.conf";

/// What the nginx.conf of these packages includes in `http {}`.
const CONF_D: &str = "/etc/nginx/conf.d/*.conf";

/// Extensions of templates that something else than the entrypoint of nginx's image fills in.
const TEMPLATES: &[&str] = &["j2", "jinja", "jinja2", "tmpl", "tpl", "erb", "ctmpl", "gotmpl", "mustache"];

/// So many files are taken into one configuration at most.
const MOST_FILES: usize = 500;

/// What is asked about a container.
pub(super) struct Question<'a> {
    /// Its files.
    pub(super) files: &'a FileSystem,
    /// The well-known image below it.
    pub(super) known: Option<&'static KnownImage>,
    /// Its first process.
    pub(super) process: Option<&'a [String]>,
    /// The value of one of its environment variables.
    pub(super) variable: &'a dyn Fn(&str) -> Option<String>,
    /// The host.
    pub(super) host: &'a dyn Host,
}

impl Question<'_> {
    /// The configuration that the container runs; `None` if it runs no nginx, or nothing of it is of this project.
    pub(super) fn answer(&self) -> Option<NginxRuns> {
        let named = self.process.is_some_and(|words| words.iter().any(|word| names_nginx(word)));
        let is_image = self.known.is_some_and(is_nginx) && self.process.is_none_or(|_| named);
        if !named && !is_image && !self.has_configuration() {
            return None;
        }
        let main = self.option("-c").map_or_else(|| MAIN.to_owned(), |path| join("/etc/nginx", &path));
        let mut reading = Reading {
            question: self,
            filled: self.filled(),
            seen: BTreeSet::new(),
            files: Vec::new(),
            not_analysed: Vec::new(),
        };
        let is_main_of_image = !reading.take(&main);
        if is_main_of_image {
            if main != MAIN {
                return None;
            }
            reading.include(CONF_D);
        }
        let Reading { files, not_analysed, .. } = reading;
        (!files.is_empty() || !not_analysed.is_empty()).then_some(NginxRuns {
            files,
            is_main_of_image,
            not_analysed,
        })
    }

    /// Whether a file of the project is put to where nginx reads its configuration.
    fn has_configuration(&self) -> bool {
        let layers = self.files.layers();
        let is_ours = |brings: &Brings| matches!(brings, Brings::Host { .. });
        layers.filter(|layer| is_ours(&layer.brings)).any(|layer| {
            layer.at == MAIN || below(&layer.at, "/etc/nginx/conf.d").is_some() || layer.at == "/etc/nginx"
        })
    }

    /// The argument of an option of nginx in the first process.
    fn option(&self, option: &str) -> Option<String> {
        let words = self.process?.iter().flat_map(|word| word.split_whitespace());
        let words: Vec<&str> = words.map(|word| word.trim_matches(['"', '\'', ';'])).collect();
        let at = words.iter().position(|word| names_nginx(word))?;
        let found = words[at..].iter().position(|word| *word == option)?;
        words.get(at + found + 1).map(|word| (*word).to_owned())
    }

    /// What is written before nginx starts: the path, and the template on the host that it is made of.
    ///
    /// Source: `20-envsubst-on-templates.sh` of nginx/docker-nginx; and `envsubst < template > file` in the command.
    fn filled(&self) -> Vec<(String, String, String)> {
        let mut filled = Vec::new();
        let says = |name: &str, default: &str| (self.variable)(name).unwrap_or_else(|| default.to_owned());
        if self.known.is_some_and(is_nginx) {
            let folder = says("NGINX_ENVSUBST_TEMPLATE_DIR", "/etc/nginx/templates");
            let suffix = says("NGINX_ENVSUBST_TEMPLATE_SUFFIX", ".template");
            let to = says("NGINX_ENVSUBST_OUTPUT_DIR", "/etc/nginx/conf.d");
            let mut open = vec![folder.clone()];
            while let Some(inside) = open.pop() {
                for (name, found) in self.files.list(&inside, self.host).names {
                    let path = join(&inside, &name);
                    match found {
                        Found::File(Some(host)) => {
                            if let Some(rest) =
                                below(&path, &folder).and_then(|rest| rest.strip_suffix(suffix.as_str()))
                            {
                                filled.push((join(&to, rest), path, host));
                            }
                        }
                        Found::Folder(_) if open.len() < MOST_FILES => open.push(path),
                        Found::Folder(_) | Found::File(None) | Found::Missing | Found::Unknown => {}
                    }
                }
            }
        }
        for text in self.process.into_iter().flatten().filter(|word| word.contains("envsubst")) {
            for command in
                text.split("&&").flat_map(|part| part.split(';')).filter(|part| part.contains("envsubst"))
            {
                let after = |sign: char| {
                    let rest = command.split(sign).nth(1)?.trim_start();
                    rest.split_whitespace().next().map(|word| word.trim_matches(['"', '\'']).to_owned())
                };
                if let (Some(from), Some(to)) = (after('<'), after('>'))
                    && let Found::File(Some(host)) = self.files.find(&from, self.host)
                {
                    filled.push((join("/", &to), join("/", &from), host));
                }
            }
        }
        filled
    }
}

/// Files of a configuration as they are found.
struct Reading<'q> {
    question: &'q Question<'q>,
    filled: Vec<(String, String, String)>,
    seen: BTreeSet<String>,
    files: Vec<NginxFile>,
    not_analysed: Vec<(String, String)>,
}

impl Reading<'_> {
    /// Takes the file at a path, and what it includes; false if it is none of this project.
    fn take(&mut self, at: &str) -> bool {
        let Question { files, host, .. } = self.question;
        if !self.seen.insert(at.to_owned()) || self.files.len() >= MOST_FILES {
            return true;
        }
        let filled = self.filled.iter().find(|(to, ..)| to == at).cloned();
        let (path, is_template) = match &filled {
            Some((_, _, path)) => (path.clone(), true),
            None => match files.find(at, *host) {
                Found::File(Some(path)) => (path, false),
                Found::File(None) | Found::Folder(_) | Found::Missing | Found::Unknown => return false,
            },
        };
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
        if TEMPLATES.contains(&extension) {
            let why = format!("is not analysed: a template that is filled in before it becomes `{at}`");
            self.not_analysed.push((path, why));
            return true;
        }
        let from = filled.as_ref().map_or(at, |(_, from, _)| from.as_str());
        let Some(by) = supply(files, from, *host) else { return false };
        self.files.push(NginxFile { at: at.to_owned(), host: path.clone(), by, is_template });
        if let Ok(text) = host.read(&path) {
            for pattern in included(&text) {
                self.include(&join("/etc/nginx", &pattern));
            }
        }
        true
    }

    /// Takes the files of a pattern, in order of name.
    fn include(&mut self, pattern: &str) {
        if !pattern.contains(['*', '?', '[']) {
            self.take(pattern);
            return;
        }
        let Ok(glob) = GlobBuilder::new(pattern).literal_separator(true).build() else { return };
        let glob = glob.compile_matcher();
        let Question { files, host, .. } = self.question;
        let mut folders = vec![String::new()];
        let parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty()).collect();
        let mut paths: BTreeSet<String> = BTreeSet::new();
        for (index, part) in parts.iter().enumerate() {
            let is_last = index + 1 == parts.len();
            let mut next = Vec::new();
            for folder in &folders {
                if !part.contains(['*', '?', '[']) {
                    next.push(format!("{folder}/{part}"));
                    continue;
                }
                for (name, found) in files.list(folder, *host).names {
                    // A name that begins with a dot fits no pattern.
                    let is_wanted = is_last || matches!(found, Found::Folder(_));
                    if is_wanted && !name.starts_with('.') {
                        next.push(format!("{folder}/{name}"));
                    }
                }
            }
            folders = next;
        }
        paths.extend(folders);
        paths.extend(self.filled.iter().map(|(to, ..)| to.clone()));
        for path in paths.into_iter().filter(|path| glob.is_match(path)) {
            self.take(&path);
        }
    }
}

fn names_nginx(word: &str) -> bool {
    let words = word.split(|c: char| c.is_whitespace() || matches!(c, ';' | '&' | '|' | '"' | '\''));
    words
        .into_iter()
        .any(|word| matches!(word.rsplit('/').next(), Some("nginx" | "nginx-debug" | "openresty")))
}

/// How a file gets into the container.
fn supply(files: &FileSystem, path: &str, host: &dyn Host) -> Option<Supply> {
    let layer = files.source(path, host)?;
    let span = layer.span?;
    Some(match &layer.brings {
        Brings::Host { is_copy: false, is_grant: true, .. } => Supply::Grant(span),
        Brings::Host { is_copy: false, .. } => Supply::Mount(span),
        Brings::Volume { filled, .. } => Supply::Copy(filled.source(path, host)?.span?),
        Brings::Host { is_copy: true, .. }
        | Brings::Stage { .. }
        | Brings::Image(_)
        | Brings::Text
        | Brings::Folder
        | Brings::Run(_)
        | Brings::Tmpfs
        | Brings::Unknown => Supply::Copy(span),
    })
}

/// What the `include` directives of a file name; those in tables stand for entries, and are none of these.
fn included(text: &str) -> Vec<String> {
    let file = SourceMap::default().add("", text);
    let tree = read(file, text, &mut Sink::default());
    tree.includes(text)
}
