//! nginx's own directives: a statement becomes the directive, at the place where nginx has it.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::lower::codes;
use crate::lower::context::Context;
use crate::lower::draft::Draft;
use crate::lower::fitting::Fitted;
use crate::lower::nginx::ConfDraft;
use crate::lower::text::{Exposure, Reader};
use crate::model::nginx::{Body, DirId, Entry};
use crate::model::values::Text;
use crate::schema::{Kind, Word};
use crate::source::Origin;
use crate::syntax::stack::tree::{Arg, ArgKind, Item as Written, statements};
use crate::vocabulary::nginx::{self as table, Context as Place, Directive, Ends, Merge, Slot};

/// Which directives of a configuration were said in nginx's own words.
#[derive(Debug, Default)]
pub(crate) struct Said(pub(crate) BTreeSet<DirId>);

impl<'t> Context<'_, 't> {
    /// Puts the directives among the statements of a block into `parent` (the main context for `None`).
    pub(crate) fn nginx_words(
        &mut self,
        fitted: &[Fitted<'t>],
        parent: Option<DirId>,
        conf: &mut ConfDraft,
        drafts: &[Draft<'t>],
    ) {
        for fit in fitted {
            match fit.row.word {
                Word::Nginx(directive, place) => {
                    let parent = conf.block_for(place, parent);
                    self.nginx_word(fit, (directive, place), parent, conf, drafts);
                }
                Word::Own if fit.row.id == "raw-nginx" => self.raw_nginx(fit, parent, conf),
                Word::Own => self.short_form(fit, parent, conf, drafts),
                Word::Compose(_) => {}
            }
        }
    }

    fn nginx_word(
        &mut self,
        fit: &Fitted<'t>,
        (directive, place): (&'static Directive, Place),
        parent: Option<DirId>,
        conf: &mut ConfDraft,
        drafts: &[Draft<'t>],
    ) {
        if !self.is_known(fit, directive, conf) {
            return;
        }
        let args: Vec<&Arg> = flat(&fit.statement.args[1..]);
        if !directive.takes(args.len()) {
            self.sink.push(
                Diagnostic::error(
                    codes::WRONG_ARGUMENTS,
                    format!("`{}` does not take {} arguments", directive.name, args.len()),
                    fit.span(),
                )
                .help(format!("nginx has it as `{}`", directive.syntax)),
            );
            return;
        }
        let Some(texts) = self.nginx_arguments(directive, &args) else { return };
        let (origin, items) = (fit.origin, fit.items());
        match directive.ends {
            Ends::Semicolon => {
                self.say(directive.name, texts, Body::None, parent, conf, origin);
            }
            Ends::Table => {
                let entries = self.table_entries(items);
                self.say(directive.name, texts, Body::Table(entries), parent, conf, origin);
            }
            Ends::Block => {
                let inside = place.inside(directive.name).expect("a directive with a block opens a context");
                let block = match conf.standing_block(inside) {
                    Some(block) => block,
                    None => self.say(directive.name, texts, Body::Block(Vec::new()), parent, conf, origin),
                };
                let fitted = self.block(items, Kind::Nginx(inside));
                self.nginx_words(&fitted, Some(block), conf, drafts);
            }
        }
    }

    /// Puts a directive into its block. It takes the place of what a default or a sentence says there, and repeats the
    /// defaults of outer blocks that nginx would forget because of it.
    pub(crate) fn say(
        &mut self,
        name: &str,
        args: Vec<Text>,
        body: Body,
        parent: Option<DirId>,
        conf: &mut ConfDraft,
        origin: Origin,
    ) -> DirId {
        // Of these there may be many, each with what its first word names: the others stay.
        let keyed = matches!(name, "proxy_set_header" | "add_header" | "set" | "include");
        let mut replaced = None;
        for id in conf.tree().children_of(parent).to_vec() {
            let known = conf.tree().get(id);
            let same = known.name == name
                && matches!((&known.body, &body), (Body::None, Body::None))
                && (!keyed || same_word(&known.args, &args));
            if same && !conf.said.0.contains(&id) && (self.yields(known.origin) || is_once(name)) {
                replaced = Some(id);
                break;
            }
        }
        let id = if let Some(id) = replaced {
            conf.tree_mut().replace(id, args, origin);
            id
        } else {
            self.repeat_outer_defaults(name, &args, parent, conf);
            conf.tree_mut().push(parent, name, args, body, origin)
        };
        conf.said.0.insert(id);
        id
    }

    /// Whether a value gives way to one that is said: it is a default, or one that a sentence made.
    fn yields(&self, origin: Origin) -> bool {
        use crate::source::Via;
        self.origins.chain(origin).next().is_some_and(|cause| match cause.via {
            Via::Default(_) | Via::Lowered(_) => true,
            Via::Written | Via::Raw => false,
        })
    }

    /// nginx forgets all `proxy_set_header` of outer blocks in a block that has one: the defaults among them, which
    /// nobody sees who writes the block, are said again in it.
    fn repeat_outer_defaults(
        &mut self,
        name: &str,
        args: &[Text],
        parent: Option<DirId>,
        conf: &mut ConfDraft,
    ) {
        let is_list = table::directive(name, Place::Location).is_some_and(|known| known.merge == Merge::List);
        let Some(block) = parent.filter(|_| is_list) else { return };
        if conf.tree().named(Some(block), name).next().is_some() {
            return;
        }
        let outer =
            conf.tree().ancestors(block).find(|outer| conf.tree().named(Some(*outer), name).next().is_some());
        let Some(outer) = outer else { return };
        let repeated: Vec<(Vec<Text>, Origin)> = conf
            .tree()
            .named(Some(outer), name)
            .map(|id| conf.tree().get(id))
            .filter(|known| self.is_default(known.origin) && !same_word(&known.args, args))
            .map(|known| (known.args.clone(), known.origin))
            .collect();
        for (args, origin) in repeated {
            conf.tree_mut().push(Some(block), name, args, Body::None, origin);
        }
    }

    /// Whether the nginx of the image has the directive, as far as that is known.
    fn is_known(&mut self, fit: &Fitted<'t>, directive: &Directive, conf: &ConfDraft) -> bool {
        let (Some((major, minor, patch)), Some(version)) = (directive.since, conf.version) else {
            return true;
        };
        let since = crate::http::mime::NginxVersion { major, minor, patch };
        if version >= since {
            return true;
        }
        self.sink.push(
            Diagnostic::error(
                codes::TOO_NEW,
                format!("the image's nginx does not know `{}`", directive.name),
                fit.statement.args[0].span,
            )
            .here(format!("there since nginx {major}.{minor}.{patch}"))
            .note("nginx refuses to start with a directive that it does not know")
            .help("take a newer image, or leave the directive out"),
        );
        false
    }

    fn nginx_arguments(&mut self, directive: &Directive, args: &[&Arg]) -> Option<Vec<Text>> {
        let mut texts = Vec::new();
        let mut right = true;
        for (index, arg) in args.iter().enumerate() {
            let Some(text) = self.text(arg, Reader::Nginx, Exposure::Text) else {
                right = false;
                continue;
            };
            if let Some(expected) = text.as_literal().and_then(|plain| misfit(directive.slot(index), plain)) {
                self.wrong_type(arg, &expected.0, expected.1);
                right = false;
                continue;
            }
            texts.push(text);
        }
        right.then_some(texts)
    }

    /// The lines of `map`, `geo`, `types` and their like.
    pub(crate) fn table_entries(&mut self, items: &'t [Written]) -> Vec<Entry> {
        let mut entries = Vec::new();
        for statement in statements(items).filter(|statement| !statement.damaged) {
            if let Some(block) = &statement.block {
                self.sink.push(
                    Diagnostic::error(codes::WRONG_BLOCK, "an entry of a table takes no block", block.open)
                        .help("write `KEY VALUE`"),
                );
                continue;
            }
            let texts: Option<Vec<Text>> = flat(&statement.args)
                .into_iter()
                .map(|arg| self.text(arg, Reader::Nginx, Exposure::Text))
                .collect();
            let Some(mut texts) = texts.filter(|texts| !texts.is_empty()) else { continue };
            let key = texts.remove(0);
            let origin = self.origins.written(statement.line_span());
            entries.push(Entry { key, values: texts, origin });
        }
        entries
    }
}

/// The arguments, lists as their items.
fn flat(args: &[Arg]) -> Vec<&Arg> {
    args.iter()
        .flat_map(|arg| match &arg.kind {
            ArgKind::List(list) => list.items.iter().collect::<Vec<_>>(),
            ArgKind::Word(_) | ArgKind::Quoted(_) | ArgKind::Verbatim(_) | ArgKind::Fenced(_) => vec![arg],
        })
        .collect()
}

/// Whether the first arguments are the same, as the names of headers are compared.
pub(crate) fn same_word(one: &[Text], other: &[Text]) -> bool {
    let first = |args: &[Text]| args.first().and_then(Text::as_literal).map(str::to_lowercase);
    first(one).is_some() && first(one) == first(other)
}

/// Whether nginx refuses a second directive of the name in a block, wherever it may stand.
fn is_once(name: &str) -> bool {
    let mut known = Place::ALL.into_iter().filter_map(|place| table::directive(name, place)).peekable();
    known.peek().is_some() && known.all(|directive| directive.once)
}

/// What was expected, and an example, if a text is not what its slot asks for.
fn misfit(slot: &Slot, text: &str) -> Option<(String, &'static str)> {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let with_unit = |units: &[&str]| units.iter().any(|unit| text.strip_suffix(unit).is_some_and(number));
    match slot {
        Slot::Word => None,
        Slot::Flag => (!matches!(text.to_ascii_lowercase().as_str(), "on" | "off"))
            .then(|| ("`on` or `off`".to_owned(), "on")),
        Slot::Number => (!number(text)).then(|| ("a whole number".to_owned(), "5")),
        Slot::Size => {
            let right = number(text) || with_unit(&["k", "K", "m", "M"]);
            (!right).then(|| ("a size, in bytes, `k` or `m`".to_owned(), "8k"))
        }
        Slot::Offset => {
            let right = number(text) || with_unit(&["k", "K", "m", "M", "g", "G"]);
            (!right).then(|| ("a size, in bytes, `k`, `m` or `g`".to_owned(), "8m"))
        }
        Slot::Duration => (!is_time(text, false)).then(|| ("a time of nginx".to_owned(), "30s")),
        Slot::Seconds => (!is_time(text, true)).then(|| ("a time of nginx".to_owned(), "30s")),
        Slot::Enum(words) => (!words.iter().any(|word| word.eq_ignore_ascii_case(text)))
            .then(|| (format!("one of {}", quoted(words)), words[0])),
        Slot::Bitmask(words) => (!words.iter().any(|word| word.eq_ignore_ascii_case(text)))
            .then(|| (format!("one of {}", quoted(words)), words[0])),
    }
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// `30`, `30s`, `1h30m`, `1h 30m`, `500ms`: each unit after the larger ones, as `ngx_parse_time` reads it. Times of
/// whole seconds have years and months, the others milliseconds.
fn is_time(text: &str, whole_seconds: bool) -> bool {
    const UNITS: &[(&str, u8)] =
        &[("y", 1), ("M", 2), ("w", 3), ("d", 4), ("h", 5), ("ms", 8), ("m", 6), ("s", 7), (" ", 9)];
    let mut step = if whole_seconds { 0 } else { 2 };
    let mut rest = text;
    let mut valid = false;
    while !rest.is_empty() {
        let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        valid |= after.len() < rest.len();
        rest = after;
        if rest.is_empty() {
            break;
        }
        let Some((unit, next)) = UNITS.iter().find(|(unit, _)| rest.starts_with(unit)) else { return false };
        let past = if *next == 9 { step >= 7 } else { step >= *next };
        if past || *unit == "ms" && whole_seconds {
            return false;
        }
        step = *next;
        rest = rest[unit.len()..].trim_start_matches(' ');
    }
    valid
}

#[cfg(test)]
mod tests {
    use super::{is_time, misfit};
    use crate::vocabulary::nginx::Slot;

    #[test]
    fn times_are_read_as_nginx_reads_them() {
        for right in ["30", "30s", "1h30m", "1h 30m", "500ms", "1d 5", "0"] {
            assert!(is_time(right, false), "{right}");
        }
        for wrong in ["", "s", "30x", "30m1h", "1.5s", "-1", "1y", "1M"] {
            assert!(!is_time(wrong, false), "{wrong}");
        }
        assert!(is_time("1y 2M", true));
        assert!(!is_time("500ms", true));
    }

    #[test]
    fn sizes_have_the_units_that_nginx_knows() {
        assert_eq!(misfit(&Slot::Size, "8k"), None);
        assert!(misfit(&Slot::Size, "1g").is_some());
        assert_eq!(misfit(&Slot::Offset, "1g"), None);
        assert!(misfit(&Slot::Offset, "1mb").is_some());
    }
}
