//! `--requests FILE`: a request a line in, a JSON object a line out.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::subject::Subject;
use super::{NOT_UNDERSTOOD, Template};
use crate::cli::DONE;
use crate::cli::console::Console;
use crate::driver::error::reason;
use crate::driver::{Error, Result, disk};
use crate::render::trace::failed_line;

/// The longest line that is read, in bytes: nginx takes none of more than 32 KiB.
const LONGEST_LINE: usize = 64 * 1024;

/// Answers every line; the exit code says whether each was a request.
pub(super) fn run(file: &Path, template: &Template, subject: &Subject, console: &mut Console) -> Result<u8> {
    let fail = |cause: &io::Error| Error::Source {
        path: disk::shown(file),
        why: match cause.kind() {
            io::ErrorKind::NotFound => "does not exist".to_owned(),
            _ => format!("cannot be read: {}", reason(cause)),
        },
        help: None,
    };
    let input: Box<dyn Read> = if file.as_os_str() == "-" {
        Box::new(io::stdin())
    } else {
        let opened = File::open(file).map_err(|cause| fail(&cause))?;
        if opened.metadata().is_ok_and(|metadata| metadata.is_dir()) {
            return Err(Error::Source { path: disk::shown(file), why: "is a folder".to_owned(), help: None });
        }
        Box::new(opened)
    };
    let mut input = BufReader::new(input);
    let mut code = DONE;
    let mut number = 0;
    while let Some(line) = next(&mut input).map_err(|cause| fail(&cause))? {
        number += 1;
        match line.and_then(|line| answer(&line, template, subject)) {
            Ok(json) => console.out(&json),
            Err(why) => {
                code = NOT_UNDERSTOOD;
                console.out(&failed_line(number, &why));
            }
        }
    }
    Ok(code)
}

fn answer(line: &[u8], template: &Template, subject: &Subject) -> std::result::Result<String, String> {
    let line = std::str::from_utf8(line).map_err(|_| "the line is not UTF-8".to_owned())?;
    let line = line.trim_end_matches('\r');
    let (method, url) = line.split_once(' ').ok_or("a line is a method, a space and a URL")?;
    let request = template.request(method, url)?;
    Ok(subject.document(&request, url).json())
}

/// The next line without its end; an error in its place if it is too long to be a request.
fn next(input: &mut impl BufRead) -> io::Result<Option<std::result::Result<Vec<u8>, String>>> {
    let mut line = Vec::new();
    let limit = u64::try_from(LONGEST_LINE + 1).unwrap_or(u64::MAX);
    if input.by_ref().take(limit).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    } else if line.len() > LONGEST_LINE {
        input.skip_until(b'\n')?;
        return Ok(Some(Err(format!("the line is longer than {LONGEST_LINE} bytes"))));
    }
    Ok(Some(Ok(line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_in_order_and_long_ones_passed_over() {
        let text = format!("GET /a\n{}\n\nGET /b", "x".repeat(3 * LONGEST_LINE));
        let mut input = text.as_bytes();
        let mut lines = Vec::new();
        while let Some(line) = next(&mut input).unwrap() {
            lines.push(line.map(|line| String::from_utf8(line).unwrap()));
        }
        assert_eq!(
            lines,
            [
                Ok("GET /a".to_owned()),
                Err("the line is longer than 65536 bytes".to_owned()),
                Ok(String::new()),
                Ok("GET /b".to_owned())
            ]
        );
    }
}
