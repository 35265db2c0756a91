//! The Markdown of `stackc explain` as text for a terminal: paragraphs wrapped, examples indented under a word.

use super::Look;
use super::wrap::hanging;

/// Wraps what is a paragraph and leaves lists and tables as they are.
pub fn text(markdown: &str, look: &Look) -> String {
    let mut blocks: Vec<String> = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        if let Some(kind) = line.trim_start().strip_prefix("```") {
            finish(&mut paragraph, &mut blocks, look);
            let example = lines.by_ref().take_while(|line| line.trim() != "```");
            blocks.push(indented(kind, example));
        } else if line.trim().is_empty() {
            finish(&mut paragraph, &mut blocks, look);
        } else if is_laid_out(line) {
            finish(&mut paragraph, &mut blocks, look);
            // Lines of a list or a table stay together.
            blocks.push(format!("{}\n", line.trim_start_matches('#').trim_end()));
        } else {
            paragraph.push(line.trim());
        }
    }
    finish(&mut paragraph, &mut blocks, look);
    joined(&blocks)
}

fn finish(paragraph: &mut Vec<&str>, blocks: &mut Vec<String>, look: &Look) {
    if !paragraph.is_empty() {
        blocks.push(hanging("", "", &paragraph.join(" "), look.width));
        paragraph.clear();
    }
}

fn is_laid_out(line: &str) -> bool {
    line.trim_start().starts_with(['|', '#']) || line.trim_start().starts_with("- ")
}

fn indented<'a>(kind: &str, lines: impl Iterator<Item = &'a str>) -> String {
    let head = match kind.split_whitespace().last() {
        Some("bad") => "instead of\n\n",
        Some("good") => "write\n\n",
        _ => "",
    };
    let body: Vec<String> = lines.map(|line| format!("    {line}").trim_end().to_owned() + "\n").collect();
    format!("{head}{}", body.concat())
}

/// The blocks with empty lines between them, but for those between the lines of a list or a table.
fn joined(blocks: &[String]) -> String {
    let mut out = String::new();
    let mut before: Option<&String> = None;
    for block in blocks {
        if before.is_some_and(|before| !(is_laid_out(before) && is_laid_out(block))) {
            out.push('\n');
        }
        out.push_str(block);
        before = Some(block);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_readable_without_its_markup() {
        let markdown = "The rule that it names finds nothing in its block,\nso it can go.\n\n- one\n- two\n\n```stack \
                        bad\nservice a {\n\n  x\n}\n```\n\n```stack good\nservice a { }\n```\n";
        assert_eq!(
            text(markdown, &Look::PLAIN),
            "\
The rule that it names finds nothing in its block, so it can go.

- one
- two

instead of

    service a {

      x
    }

write

    service a { }
"
        );
    }
}
