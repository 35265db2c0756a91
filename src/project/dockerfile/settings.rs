//! What instructions set: how a stage begins, and what each step changes.
//!
//! Source: `BuildKit`, frontend/dockerfile/dockerfile2llb/convert.go, the functions `dispatch...`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Expanded, Setting, Settings, Words};
use crate::project::host::join;
use crate::project::images::KnownImage;
use crate::source::Span;
use crate::syntax::dockerfile::tree::{Args, Command, Health, Instruction};

/// What `PATH` is where no image sets it. Source: `BuildKit`, util/system/path.go, `DefaultPathEnvUnix`.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// So many ports of a range are spread out; of a longer one only its ends are kept.
const MAX_PORTS: u16 = 1000;

impl Settings {
    /// What a stage on nothing begins with.
    pub(super) fn of_scratch() -> Self {
        let path = [("PATH".to_owned(), Some(DEFAULT_PATH.to_owned()))];
        Self {
            env: BTreeMap::from(path.clone()),
            variables: BTreeMap::from(path),
            is_closed: true,
            user: Some(by_image("root")),
            working_dir: Some(by_image("/")),
            entrypoint: Some(Words::none()),
            command: Some(Words::none()),
            has_health: Some(false),
            ..Self::default()
        }
    }

    /// What a stage on an image of a registry begins with; nothing of it is known if the image is not.
    pub(super) fn of_image(known: Option<&KnownImage>) -> Self {
        let Some(known) = known else { return Self::default() };
        let words = |words: &[String]| Words { words: words.to_vec(), is_shell: false, span: None };
        Self {
            user: Some(by_image(if known.user.is_empty() { "root" } else { known.user })),
            working_dir: Some(by_image(if known.working_dir.is_empty() { "/" } else { known.working_dir })),
            ports: known.ports.iter().map(|port| by_image(&port.to_string())).collect(),
            volumes: known.volumes.iter().map(|path| by_image(path)).collect(),
            entrypoint: Some(words(&known.entrypoint)),
            command: Some(words(&known.command)),
            has_health: Some(known.has_health),
            ..Self::default()
        }
    }

    /// Sets an environment variable.
    pub(super) fn set_env(&mut self, name: String, value: Option<String>) {
        self.env.insert(name.clone(), value.clone());
        self.variables.insert(name, value);
    }

    /// Declares a build argument. One without a value leaves a variable of that name as it is.
    pub(super) fn declare(&mut self, name: String, value: Option<String>, has_value: bool) {
        self.args.insert(name.clone(), value.clone());
        if has_value {
            self.variables.insert(name, value);
        } else {
            self.variables.entry(name).or_default();
        }
    }

    /// About how many bytes a copy takes.
    pub(super) fn weight(&self) -> usize {
        let maps = [&self.env, &self.args, &self.variables];
        let of_map = |map: &BTreeMap<String, Option<String>>| -> usize {
            map.iter().map(|(name, value)| 64 + name.len() + value.as_ref().map_or(0, String::len)).sum()
        };
        maps.into_iter().map(of_map).sum::<usize>() + 64 * (self.ports.len() + self.volumes.len())
    }
}

impl Words {
    /// Those of an image that has none.
    fn none() -> Self {
        Self { words: Vec::new(), is_shell: false, span: None }
    }
}

fn by_image(value: &str) -> Setting {
    Setting { value: value.to_owned(), span: None }
}

/// Whether a step changes what holds after it.
pub(super) fn changes(args: &Args, is_run_or_copy: bool) -> bool {
    match args {
        Args::None | Args::Raw(_) | Args::From { .. } | Args::Trigger(_) => false,
        Args::Command(_) | Args::Words { .. } => !is_run_or_copy,
        Args::Ports(_) | Args::Text(_) | Args::Pairs { .. } | Args::Declarations(_) | Args::Health(_) => true,
    }
}

/// Carries out what an instruction other than `ARG` sets; `has_command` says whether `CMD` was set in this stage.
pub(super) fn apply(
    settings: &mut Arc<Settings>,
    instruction: &Instruction,
    words: &[Expanded],
    has_command: bool,
) {
    use crate::syntax::dockerfile::keyword::Keyword;
    let span = instruction.span;
    let is_run_or_copy = matches!(instruction.keyword, Keyword::Run | Keyword::Copy | Keyword::Add);
    if instruction.damaged || !changes(&instruction.args, is_run_or_copy) {
        return;
    }
    let settings = Arc::make_mut(settings);
    match instruction.keyword {
        Keyword::User => {
            let user = words.first().and_then(|word| word.value.clone());
            settings.user = user.map(|value| Setting { value, span: Some(span) });
        }
        Keyword::Workdir => settings.working_dir = working_dir(settings.working_dir.as_ref(), words, span),
        Keyword::Expose => {
            for word in words {
                let ports = word.value.iter().flat_map(|value| value.split_whitespace());
                for port in ports.flat_map(ports_of) {
                    let others = settings.ports.iter();
                    if !others.into_iter().any(|other| other.value == port) {
                        settings.ports.push(Setting { value: port, span: Some(word.span) });
                    }
                }
            }
        }
        Keyword::Volume => {
            for word in words {
                let value = word.value.clone();
                settings.volumes.extend(value.map(|value| Setting { value, span: Some(word.span) }));
            }
        }
        Keyword::Cmd => settings.command = command(instruction, &settings.shell),
        Keyword::Entrypoint => {
            settings.entrypoint = command(instruction, &settings.shell);
            if !has_command {
                settings.command = Some(Words::none());
            }
        }
        Keyword::Healthcheck => {
            settings.has_health = match &instruction.args {
                Args::Health(Health::None) => Some(false),
                Args::Health(Health::Command(_)) => Some(true),
                _ => settings.has_health,
            };
        }
        Keyword::Shell => {
            if let Args::Command(Command::Exec(words)) = &instruction.args {
                settings.shell = words.iter().map(|word| word.text.clone()).collect();
            }
        }
        Keyword::Env => {
            if let Args::Pairs { pairs, .. } = &instruction.args {
                for (pair, value) in pairs.iter().zip(words) {
                    // A name with a variable in it is rare, and nobody asks for what it sets.
                    let name = pair.name.text.trim_matches(['"', '\'']).to_owned();
                    settings.set_env(name, value.value.clone());
                }
            }
        }
        Keyword::Add
        | Keyword::Arg
        | Keyword::Copy
        | Keyword::From
        | Keyword::Label
        | Keyword::Maintainer
        | Keyword::Onbuild
        | Keyword::Run
        | Keyword::Stopsignal
        | Keyword::Unknown => {}
    }
}

fn working_dir(before: Option<&Setting>, words: &[Expanded], span: Span) -> Option<Setting> {
    let path = words.first()?.value.as_deref()?;
    let value = if path.starts_with('/') { join("/", path) } else { join(&before?.value, path) };
    Some(Setting { value, span: Some(span) })
}

fn command(instruction: &Instruction, shell: &[String]) -> Option<Words> {
    let span = Some(instruction.span);
    match &instruction.args {
        Args::None => Some(Words { words: Vec::new(), is_shell: false, span }),
        Args::Command(Command::Exec(words)) => {
            let words = words.iter().map(|word| word.text.clone()).collect();
            Some(Words { words, is_shell: false, span })
        }
        Args::Command(Command::Shell(text)) => {
            let mut words = shell.to_vec();
            if words.is_empty() {
                words = vec!["/bin/sh".to_owned(), "-c".to_owned()];
            }
            words.push(text.text.clone());
            Some(Words { words, is_shell: true, span })
        }
        _ => None,
    }
}

/// `8000-8002/TCP` as `8000`, `8001` and `8002`; the address and the port of the host, which are ignored, left out.
///
/// Source: `BuildKit`, `frontend/dockerfile/dockerfile2llb/convert_expose.go`.
fn ports_of(written: &str) -> Vec<String> {
    let (ports, protocol) = written.split_once('/').unwrap_or((written, "tcp"));
    let ports = ports.rsplit(':').next().unwrap_or(ports);
    let protocol = protocol.to_ascii_lowercase();
    let ending =
        if protocol == "tcp" || protocol.is_empty() { String::new() } else { format!("/{protocol}") };
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    let (Ok(first), Ok(last)) = (first.parse::<u16>(), last.parse::<u16>()) else { return Vec::new() };
    if last.saturating_sub(first) > MAX_PORTS {
        return vec![format!("{first}{ending}"), format!("{last}{ending}")];
    }
    (first..=last).map(|port| format!("{port}{ending}")).collect()
}
