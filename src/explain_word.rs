//! What a statement is: its forms, what they do, where they stand, what holds without them, and an example.

use crate::schema::slots::slots_of;
use crate::schema::{Count, Kind, Row, Word, rows_named};
use crate::vocabulary::{compose, nginx};

/// The page of a statement, in Markdown; `None` if there is none of that head.
pub fn word_page(head: &str) -> Option<String> {
    let mut forms: Vec<(&'static Row, Vec<String>)> = Vec::new();
    for (kind, place) in places() {
        for row in rows_named(kind, head) {
            match forms.iter_mut().find(|(known, _)| known.sentence == row.sentence && known.doc == row.doc) {
                Some((_, known)) if known.contains(&place) => {}
                Some((_, known)) => known.push(place.clone()),
                None => forms.push((row, vec![place.clone()])),
            }
        }
    }
    if forms.is_empty() {
        return None;
    }
    let pages: Vec<String> = forms.iter().map(|(row, places)| form(row, places)).collect();
    Some(pages.join("\n"))
}

/// Every kind of block, and how a person calls it.
fn places() -> Vec<(Kind, String)> {
    let own = Kind::ALL.into_iter().map(|kind| (kind, kind.describe().to_owned()));
    let contexts =
        nginx::Context::ALL.into_iter().map(Kind::Nginx).map(|kind| (kind, kind.describe().to_owned()));
    let groups = compose::groups().into_iter().map(|group| (Kind::Compose(group), format!("in `{group}`")));
    own.chain(contexts).chain(groups).collect()
}

fn form(row: &Row, places: &[String]) -> String {
    let mut lines = vec![format!("# `{}`", row.shown()), String::new(), row.doc.to_owned(), String::new()];
    lines.push(format!("- stands {}", places.join(", ")));
    if row.count == Count::Once {
        lines.push("- once in a block".to_owned());
    }
    if !row.default.is_empty() {
        lines.push(format!("- without it: {}", row.default));
    }
    match row.word {
        Word::Own => lines.extend(
            slots_of(row)
                .iter()
                .map(|slot| format!("- `<{}>`: {}, such as `{}`", slot.name, slot.takes, slot.example)),
        ),
        Word::Nginx(directive, _) => {
            lines.push(format!("- nginx's own word: `{}`", directive.syntax));
            let since = directive.since.map(|(major, minor, patch)| format!("{major}.{minor}.{patch}"));
            lines.extend(since.map(|since| format!("- since nginx {since}")));
        }
        Word::Compose(key) => {
            lines.push(format!("- compose's own word: `{}`", key.path));
            if !key.since.is_empty() {
                lines.push(format!("- since Compose {}", key.since));
            }
        }
    }
    lines.extend([String::new(), "```stack good".to_owned(), row.example().into_owned(), "```".to_owned()]);
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::word_page;

    #[test]
    fn a_word_says_what_it_is_and_where_it_stands() {
        let page = word_page("gzip").unwrap();
        assert_eq!(
            page,
            "# `gzip on|off`\n\nWhether responses are compressed.\n\n- stands in a proxy, in a site, in a route, in `http`, \
             in an nginx `server`, in an nginx `location`, in an `if` of a location\n- once in a block\n- without it: off\n\
             - nginx's own word: `gzip on | off`\n- since nginx 0.1.0\n\n```stack good\ngzip on\n```\n"
        );
        assert!(
            word_page("mount")
                .unwrap()
                .starts_with("# `mount <volume|host-path> at <container-path> [existing] [read-only]`")
        );
        assert!(word_page("max_attempts").unwrap().contains("in `service.deploy.restart_policy`"));
        assert_eq!(word_page("nothing-of-the-kind"), None);
    }
}
