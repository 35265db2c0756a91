//! The rows that are a Dockerfile's own words, made from the table of words: those whose sentence is not hand-made.

use std::sync::LazyLock;

use super::{BlockRule, Count, Kind, Kinds, Row, rows};
use crate::vocabulary::dockerfile::{Word, all};

/// The rows, in the order of the table. The id of each is the name of its word.
pub(super) fn rows() -> &'static [Row] {
    &ROWS
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| all().iter().filter_map(row).collect());

fn row(word: &'static Word) -> Option<Row> {
    let hand_made =
        |kind: &Kind| rows::ROWS.iter().any(|row| row.stands_in(*kind) && row.sentence == word.sentence);
    let kinds = kinds(word);
    let generated = !word.example.is_empty() && !kinds.iter().any(hand_made);
    generated.then(|| Row {
        id: word.name,
        kinds: Kinds::These(Vec::leak(kinds)),
        sentence: word.sentence,
        count: if word.many { Count::Many } else { Count::Once },
        block: block(word.opens),
        doc: word.doc,
        example: word.example,
        default: "",
        word: super::Word::Own,
    })
}

/// The kinds of block that a word may be said in.
pub fn kinds(word: &Word) -> Vec<Kind> {
    word.blocks.split_whitespace().flat_map(block_kinds).copied().collect()
}

/// A block as the table of words names it.
fn block_kinds(name: &str) -> &'static [Kind] {
    match name {
        "build" => &[Kind::Build, Kind::Dockerfile],
        "stages" => &[Kind::Build, Kind::Dockerfile, Kind::Stage],
        "steps" => &[Kind::Build, Kind::Dockerfile, Kind::Stage, Kind::Onbuild],
        "onbuild" => &[Kind::Onbuild],
        "base" => &[Kind::Base],
        "add" => &[Kind::Add],
        "copy" => &[Kind::Copy],
        "file" => &[Kind::InlineFile],
        "run" => &[Kind::Run],
        "run.bind" => &[Kind::BindMount],
        "run.cache" => &[Kind::CacheMount],
        "run.tmpfs" => &[Kind::TmpfsMount],
        "run.secret" => &[Kind::SecretMount],
        "run.ssh" => &[Kind::SshMount],
        "health" => &[Kind::Health],
        other => unreachable!("no block of a stack file is called `{other}`"),
    }
}

fn block(name: &str) -> BlockRule {
    match (name, name.is_empty()) {
        (_, true) => BlockRule::None,
        ("onbuild", _) => BlockRule::Must(Kind::Onbuild),
        _ => BlockRule::May(block_kinds(name)[0]),
    }
}

#[cfg(test)]
mod tests {
    use super::kinds;
    use crate::schema::rows_of;
    use crate::vocabulary::dockerfile::all;

    #[test]
    fn every_word_has_its_sentence_wherever_it_may_be_said() {
        for word in all() {
            for kind in kinds(word) {
                let found = rows_of(kind).filter(|row| row.sentence == word.sentence).count();
                assert_eq!(found, 1, "{}: `{}` {}", word.name, word.sentence, kind.describe());
            }
        }
    }
}
