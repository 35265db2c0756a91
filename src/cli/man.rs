//! `stackc man`: the manual pages, which follow from the command line.

use std::path::PathBuf;

use clap::{Arg, Args, Command, ValueHint};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::console::Console;
use super::{DONE, EXIT_CODES};
use crate::driver::{Result, disk, pages};

/// What may be typed behind `man`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Write the page of every command to this folder [default: print the page of stackc]
    #[arg(short, long = "output", value_name = "DIR", value_hint = ValueHint::DirPath)]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, command: Command, console: &mut Console) -> Result<u8> {
    let all = all(command);
    match &arguments.output {
        None => console.out(&all[0].1),
        Some(folder) => {
            pages::write(folder, &all)?;
            for (name, _) in &all {
                console.say(&format!("wrote {}", disk::shown(&folder.join(name))));
            }
        }
    }
    Ok(DONE)
}

/// Every page by the name of its file, that of the program first.
fn all(command: Command) -> Vec<(String, String)> {
    // The page says more of the exit codes than the help, in a section of its own.
    let command = command.disable_help_subcommand(true).after_help(None::<&str>);
    let mut command = command.mut_subcommands(|subcommand| subcommand.mut_args(with_values));
    command.build();
    let mut pages = Vec::new();
    add(&command, true, &mut pages);
    pages
}

/// An argument that says in its sentence what it takes: as a list of its own, mandoc finds fault with it.
fn with_values(argument: Arg) -> Arg {
    let values: Vec<String> =
        argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    match values.split_last() {
        Some((last, rest)) if argument.get_action().takes_values() => {
            argument.help(format!("{help}: {} or {last}", rest.join(", "))).hide_possible_values(true)
        }
        Some(_) | None => argument,
    }
}

fn add(command: &Command, is_program: bool, pages: &mut Vec<(String, String)>) {
    let page = Man::new(command.clone()).source(concat!("stackc ", env!("CARGO_PKG_VERSION")));
    let page = page.manual("stackc manual").date(CHANGED);
    let mut text = Vec::new();
    // Writing to memory cannot fail.
    let _ = page.render(&mut text);
    let mut text = String::from_utf8_lossy(&text).into_owned();
    text.push_str(&if is_program { program_sections() } else { see_also() });
    pages.push((page.get_filename(), text));
    for subcommand in command.get_subcommands() {
        add(subcommand, false, pages);
    }
}

fn program_sections() -> String {
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    for (code, meaning) in EXIT_CODES {
        entry(&mut roff, &code.to_string(), meaning);
    }
    roff.control("SH", ["FILES"]);
    for (file, meaning) in FILES {
        entry(&mut roff, file, meaning);
    }
    roff.control("SH", ["ENVIRONMENT"]);
    for (variable, meaning) in ENVIRONMENT {
        entry(&mut roff, variable, meaning);
    }
    roff.control("SH", ["EXAMPLES"]);
    for (typed, meaning) in EXAMPLES {
        entry(&mut roff, typed, meaning);
    }
    roff.to_roff()
}

fn entry(roff: &mut Roff, head: &str, text: &str) {
    roff.control("TP", []);
    roff.text([bold(head)]);
    roff.text([roman(text)]);
}

fn see_also() -> String {
    let mut roff = Roff::new();
    roff.control("SH", ["SEE ALSO"]);
    roff.text([bold("stackc"), roman("(1), for the exit status and the files")]);
    roff.to_roff()
}

/// When the pages last changed. No clock is asked: the same program gives the same pages.
const CHANGED: &str = "2026-11-22";

/// What is read and written; paths start from the folder of the stack file, or from that of --output.
const FILES: &[(&str, &str)] = &[
    (
        "*.stack",
        "What is read: secrets, services, proxies and their sites. Without a FILE, the only one in the folder.",
    ),
    ("docker-compose.yml", "The services, networks, volumes and secrets, for docker compose."),
    (
        "docker/NAME/Dockerfile",
        "How the image of a service or proxy is built, beside its Dockerfile.dockerignore.",
    ),
    ("docker/NAME/nginx.conf", "The configuration of a proxy."),
    (
        ".env.example",
        "What may or must be set from outside, if there are inputs. Copied to .env by a person.",
    ),
    (
        ".stackc-manifest.json",
        "What was written, with a digest of each file, by which an edited file is told from one \
      that may be replaced. Belongs into version control with the files that it lists.",
    ),
    (
        "secrets/",
        "Where a stack file usually keeps its secrets; `stackc secret init` makes them, for their owner alone. \
      Their content is never shown.",
    ),
    (
        "stackc.toml",
        "What is decided about rules for a whole folder: levels, exclusions, the baseline. docs/configuration.md \
      says what may stand in it.",
    ),
    (
        "stackc-baseline.json",
        "The findings that are accepted for now, as `stackc lint --write-baseline` writes them.",
    ),
];

/// What decides about colours.
const ENVIRONMENT: &[(&str, &str)] = &[
    (
        "NO_COLOR, CLICOLOR, CLICOLOR_FORCE, TERM",
        "Whether colours are shown; without a terminal there are none.",
    ),
    ("LC_ALL, LC_CTYPE, LANG", "Whether the terminal shows more than ASCII."),
];

const EXAMPLES: &[(&str, &str)] = &[
    ("stackc build deploy/app.stack", "Writes the files beside deploy/app.stack."),
    (
        "stackc build --check",
        "For continuous integration: exits with 1 if a file is not as it would be written.",
    ),
    ("stackc explain docker-compose.yml:12", "Says which statements and defaults made the line."),
];
