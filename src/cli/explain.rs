//! `stackc explain`

use clap::Args;

use super::DONE;
use super::console::Console;
use crate::diagnostic::nearest;
use crate::driver::{Error, Result};
use crate::explain::{Page, all, page};
use crate::render::{self, Look, terminal, visible};

/// What may be typed behind `explain`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The code of a finding, such as `mime-missing`
    #[arg(required_unless_present = "list")]
    code: Option<String>,
    /// List every code
    #[arg(long, conflicts_with = "code")]
    list: bool,
}

pub(super) fn run(arguments: &Arguments, console: &mut Console) -> Result<u8> {
    match arguments.code.as_deref() {
        None => list(&all(), console),
        Some(code) => match page(code.trim_matches(['[', ']'])) {
            Some(page) => {
                let look = console.out_look();
                console.out(&text(&page, &look));
            }
            None => return Err(unknown(code)),
        },
    }
    Ok(DONE)
}

fn text(page: &Page, look: &Look) -> String {
    let allow = if page.is_rule {
        format!("\n\nIt never stops a build; `allow {} \"why\"` in a block hides it there.", page.code)
    } else {
        String::new()
    };
    let head = terminal::headline(page.severity, Some(page.code), &page.title, look);
    let body = render::page::text(&format!("{}{allow}", page.text.trim()), look);
    format!("{head}\n{body}")
}

fn list(pages: &[Page], console: &mut Console) {
    let mut pages: Vec<&Page> = pages.iter().collect();
    pages.sort_by_key(|page| page.code);
    let widest = pages.iter().map(|page| page.code.len()).max().unwrap_or_default();
    for page in pages {
        console.say(&format!("{:widest$}  {:7}  {}", page.code, terminal::word(page.severity), page.title));
    }
}

fn unknown(code: &str) -> Error {
    let pages = all();
    let near = nearest(code, pages.iter().map(|page| page.code));
    let near = near.map_or_else(String::new, |near| format!("did you mean `stackc explain {near}`? "));
    Error::Usage {
        what: format!("there is no finding `{}`", visible::line(code)),
        help: format!("{near}`stackc explain --list` lists all of them"),
    }
}
