//! Finds the end of a Lua block as `OpenResty` does: braces count except in strings and comments.

/// The place of the `}` that ends the block whose inside begins at `at`.
pub(super) fn end(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = at;
    let mut depth = 0_usize;
    loop {
        match *bytes.get(at)? {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            b'-' if bytes.get(at + 1) == Some(&b'-') => {
                at = match long_bracket(text, at + 2) {
                    Some(level) => long_end(text, at + 2, level)?,
                    None => at + text[at..].find('\n')?,
                };
                continue;
            }
            b'[' => {
                if let Some(level) = long_bracket(text, at) {
                    at = long_end(text, at, level)?;
                    continue;
                }
            }
            quote @ (b'"' | b'\'') => at = string_end(bytes, at, quote),
            _ => {}
        }
        at += 1;
    }
}

/// The level of `[[`, `[=[` and so on, if one begins at `at`.
fn long_bracket(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?.strip_prefix('[')?.as_bytes();
    // A bound, so that a line of `[====` is not read again and again.
    let level = rest.iter().take(64).take_while(|b| **b == b'=').count();
    (rest.get(level) == Some(&b'[')).then_some(level)
}

/// One past the `]]` of a long bracket.
fn long_end(text: &str, at: usize, level: usize) -> Option<usize> {
    let end = format!("]{}]", "=".repeat(level));
    text[at..].find(&end).map(|found| at + found + end.len())
}

/// The closing quote, or the last byte before the end of the line: a Lua string stays on its line.
fn string_end(bytes: &[u8], open: usize, quote: u8) -> usize {
    let mut at = open + 1;
    while let Some(byte) = bytes.get(at) {
        match *byte {
            b'\\' => at += 1,
            b'\n' => return at - 1,
            byte if byte == quote => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::end;

    #[test]
    fn braces_in_strings_and_comments_do_not_count() {
        for lua in [
            " a = { b = {} } ",
            " s = \"}\" .. '\\'}' ",
            " -- }\n",
            " --[[ }\n} ]] x() ",
            " s = [==[ } ]] } ]==] ",
            " it's\n",
            "",
        ] {
            assert_eq!(end(&format!("{lua}}} x }}"), 0), Some(lua.len()), "{lua}");
        }
        assert_eq!(end(" { } ", 0), None);
        assert_eq!(end(" -- }", 0), None);
    }
}
