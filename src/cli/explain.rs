//! `stackc explain`

use std::path::PathBuf;

use clap::Args;

use super::console::Console;
use super::{DONE, explain_line, target};
use crate::diagnostic::nearest;
use crate::driver::{Error, Result};
use crate::explain::{GROUPS, Page, all, group_of, page};
use crate::explain_word::word_page;
use crate::render::{self, Look, terminal, visible};

/// Stands in the place of the group of what is no rule: it belongs to none, and cannot be turned off.
const NO_RULE: &str = "-";

/// What may be typed behind `explain`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The code of a finding, such as `mime-missing`, a statement, such as `proxy_read_timeout`, or a line of an emitted
    /// file, such as `docker-compose.yml:12`
    ///
    /// `FILE:FIRST-LAST` explains several lines. A column behind the line, as editors give it, is ignored.
    #[arg(required_unless_present = "list", value_name = "CODE|STATEMENT|FILE:LINE")]
    subject: Option<String>,
    /// The stack file that makes FILE [default: the one that the manifest beside FILE names]
    #[arg(long, value_name = "STACK", conflicts_with = "list")]
    file: Option<PathBuf>,
    /// List every code with its level, the group of a rule, and its title
    #[arg(long, conflicts_with = "subject")]
    list: bool,
}

pub(super) fn run(arguments: &Arguments, console: &mut Console) -> Result<u8> {
    let Some(subject) = arguments.subject.as_deref() else {
        list(&all(), console);
        return Ok(DONE);
    };
    // A code holds no colon, and a file without a line is not explained, so that the two cannot be confused.
    if let Some(page) = page(subject.trim_matches(['[', ']'])) {
        let look = console.out_look();
        console.out(&text(&page, &look));
        return Ok(DONE);
    }
    if let Some(page) = word_page(subject) {
        let look = console.out_look();
        console.out(&render::page::text(&page, &look));
        return Ok(DONE);
    }
    match target::parse(subject, |path| path.symlink_metadata().is_ok())? {
        Some(target) => explain_line::run(&target, arguments.file.as_deref(), console),
        None => Err(unknown(subject)),
    }
}

fn text(page: &Page, look: &Look) -> String {
    let allow = if page.is_rule {
        format!(
            "\n\nIt never stops a build; `allow {0} \"why\"` in a block of a stack file hides it there, and \
             `# stackc: allow({0}) why` above or behind a statement of another file.",
            page.code
        )
    } else {
        String::new()
    };
    let head = terminal::headline(page.severity, Some(page.code), &page.title, look);
    let body = render::page::text(&format!("{}{allow}", page.text.trim()), look);
    format!("{head}\n{body}")
}

/// A line for each code: its name, its level, the group of a rule, its title.
fn list(pages: &[Page], console: &mut Console) {
    let mut pages: Vec<&Page> = pages.iter().collect();
    pages.sort_by_key(|page| page.code);
    let widest = pages.iter().map(|page| page.code.len()).max().unwrap_or_default();
    let widest_group = GROUPS.iter().map(|(group, _)| group.len()).max().unwrap_or_default();
    for page in pages {
        let group = if page.is_rule { group_of(page.code) } else { NO_RULE };
        let level = terminal::word(page.severity);
        console.say(&format!("{:widest$}  {level:7}  {group:widest_group$}  {}", page.code, page.title));
    }
}

fn unknown(code: &str) -> Error {
    let pages = all();
    let near = nearest(code, pages.iter().map(|page| page.code));
    let near = near.map_or_else(String::new, |near| format!("did you mean `stackc explain {near}`? "));
    Error::Usage {
        what: format!("there is no finding and no statement `{}`", visible::line(code)),
        help: format!("{near}`stackc explain --list` lists all of them"),
    }
}
