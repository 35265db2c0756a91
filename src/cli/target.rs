//! `FILE:LINE`, `FILE:LINE:COLUMN` and `FILE:FIRST-LAST`, where the name of a file may hold colons itself.

use std::path::{Path, PathBuf};

use crate::driver::{Error, Result};

/// Lines of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The file as it was typed.
    pub(super) file: PathBuf,
    /// The first line, from 1.
    pub(super) first: usize,
    /// The last line; not before the first.
    pub(super) last: usize,
}

/// Reads a target; `None` if there is no number behind a colon and no such file either. Of several readings the one
/// whose file `exists` is meant.
pub(super) fn parse(text: &str, exists: impl Fn(&Path) -> bool) -> Result<Option<Target>> {
    let mut readings = Vec::new();
    if let Some((rest, tail)) = text.rsplit_once(':') {
        readings.extend(lines(tail).map(|lines| (rest, lines)));
        if let (Some((first, last)), Some((file, line))) = (lines(tail), rest.rsplit_once(':'))
            && first == last
            && !tail.contains('-')
        {
            readings.extend(lines(line).map(|lines| (file, lines)));
        }
        if readings.is_empty() && exists(Path::new(rest)) {
            return Err(usage(format!("`{tail}` is not the number of a line"), rest));
        }
    }
    if readings.is_empty() {
        let is_file = exists(Path::new(text));
        return if is_file {
            Err(usage(format!("which line of `{text}` is not said"), text))
        } else {
            Ok(None)
        };
    }
    let there = readings.iter().find(|(file, _)| exists(Path::new(file)));
    let (file, (first, last)) = *there.unwrap_or(&readings[readings.len() - 1]);
    if first == 0 || last < first {
        let what =
            if first == 0 { "lines count from 1".to_owned() } else { format!("{last} is before {first}") };
        return Err(usage(what, file));
    }
    Ok(Some(Target { file: PathBuf::from(file), first, last }))
}

/// `12` or `10-20`. A number that no file reaches is as good as the greatest.
fn lines(text: &str) -> Option<(usize, usize)> {
    let number = |text: &str| {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse().unwrap_or(usize::MAX))
    };
    match text.split_once('-') {
        Some((first, last)) => Some((number(first)?, number(last)?)),
        None => number(text).map(|line| (line, line)),
    }
}

fn usage(what: String, file: &str) -> Error {
    let help = format!("write `FILE:LINE` or `FILE:FIRST-LAST`, for example `{file}:1`");
    Error::Usage { what, help }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, files: &[&str]) -> String {
        match parse(text, |path| files.iter().any(|file| Path::new(file) == path)) {
            Ok(Some(Target { file, first, last })) => format!("{} {first} {last}", file.display()),
            Ok(None) => "none".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn lines_columns_and_ranges_are_read() {
        assert_eq!(read("a b:7", &["a b"]), "a b 7 7");
        assert_eq!(read("a:7:3", &["a"]), "a 7 7");
        assert_eq!(read("a:7-9", &["a"]), "a 7 9");
        assert_eq!(read("a:99999999999999999999", &["a"]), format!("a {0} {0}", usize::MAX));
    }

    #[test]
    fn a_name_may_hold_colons() {
        assert_eq!(read("a:3:7", &["a:3"]), "a:3 7 7");
        assert_eq!(read("a:3:7", &["a:3", "a"]), "a:3 7 7");
        assert_eq!(read("größe:x:7", &["größe:x"]), "größe:x 7 7");
        assert_eq!(read("gone:3:7", &[]), "gone 3 3");
    }

    #[test]
    fn what_names_no_line_is_told_from_what_is_no_file() {
        assert_eq!(read("a", &["a"]), "which line of `a` is not said");
        assert_eq!(read("a:x", &["a"]), "`x` is not the number of a line");
        assert_eq!(read("a:", &["a"]), "`` is not the number of a line");
        assert_eq!(read("a:-3", &["a"]), "`-3` is not the number of a line");
        assert_eq!(read("a:0", &["a"]), "lines count from 1");
        assert_eq!(read("a:9-7", &["a"]), "7 is before 9");
        assert_eq!(read("mime-missing", &[]), "none");
        assert_eq!(read("a:x", &[]), "none");
    }
}
