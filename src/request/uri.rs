//! Paths of requests: how nginx reads, escapes and splits them. Source: nginx's `src/http/ngx_http_parse.c`
//! (`ngx_http_parse_complex_uri`), `src/core/ngx_string.c` (`ngx_escape_uri`, `ngx_unescape_uri`) and
//! `src/http/ngx_http_core_module.c` (`ngx_http_set_exten`).

use super::semantics::{Fact, Semantics};

/// A request's path as nginx keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Target {
    /// Without escapes, `.`, `..` and, if they are merged, repeated slashes.
    pub(crate) uri: Vec<u8>,
    /// What follows the `?`.
    pub(crate) args: Vec<u8>,
    /// What follows the last dot of the last part.
    pub(crate) extension: Vec<u8>,
    /// Whether the path has an escape.
    pub(crate) quoted: bool,
    /// Whether it has a plus sign, escaped or not.
    pub(crate) plus: bool,
}

/// The states of nginx's reader.
#[derive(Clone, Copy)]
enum State {
    Usual,
    Slash,
    Dot,
    DotDot,
}

/// Reads a path; `None` if nginx answers 400 to it.
pub(crate) fn read(raw: &[u8], merge_slashes: bool, semantics: Semantics) -> Option<Target> {
    let mut target = Target::default();
    let mut dot: Option<usize> = None;
    let mut state = State::Usual;
    let mut at = 0;
    while let Some(&byte) = raw.get(at) {
        at += 1;
        let mut literal = false;
        let byte = match byte {
            b'?' => {
                let args = &raw[at..];
                let end = args.iter().position(|byte| *byte == b'#').unwrap_or(args.len());
                target.args = args[..end].to_vec();
                break;
            }
            b'#' => break,
            b'%' => {
                target.quoted = true;
                let byte = hex(*raw.get(at)?)? * 16 + hex(*raw.get(at + 1)?)?;
                at += 2;
                // nginx takes these three as they are; others may again be a slash or a dot.
                literal = matches!(byte, b'%' | b'#' | b'?');
                if byte == 0 {
                    return None;
                }
                byte
            }
            byte if byte < 0x20 || byte == 0x7f => return None,
            byte => byte,
        };
        if byte == b'+' {
            target.plus = true;
        }
        let uri = &mut target.uri;
        state = match (state, byte) {
            _ if literal => {
                uri.push(byte);
                State::Usual
            }
            (State::Usual, b'/') => {
                dot = None;
                uri.push(byte);
                State::Slash
            }
            (State::Usual, b'.') => {
                dot = Some(uri.len() + 1);
                uri.push(byte);
                State::Usual
            }
            (State::Slash, b'/') => {
                if !merge_slashes {
                    uri.push(byte);
                }
                State::Slash
            }
            (State::Slash, b'.') => {
                uri.push(byte);
                State::Dot
            }
            (State::Dot, b'/') => {
                uri.pop();
                State::Slash
            }
            (State::Dot, b'.') => {
                uri.push(byte);
                State::DotDot
            }
            (State::DotDot, b'/') => {
                up(uri)?;
                State::Slash
            }
            (_, byte) => {
                uri.push(byte);
                State::Usual
            }
        };
    }
    match state {
        State::Dot => drop(target.uri.pop()),
        State::DotDot => up(&mut target.uri)?,
        State::Usual | State::Slash => {}
    }
    let Some(dot) = dot.filter(|dot| *dot <= target.uri.len()) else { return Some(target) };
    target.extension = if semantics.has(Fact::LastDot) {
        target.uri[dot..].to_vec()
    } else {
        extension(&target.uri, semantics)
    };
    Some(target)
}

/// Takes the last part away: `/a/..` becomes `/`.
fn up(uri: &mut Vec<u8>) -> Option<()> {
    let mut at = uri.len().checked_sub(4)?;
    loop {
        if uri[at] == b'/' {
            uri.truncate(at + 1);
            return Some(());
        }
        at = at.checked_sub(1)?;
    }
}

fn hex(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}

/// The extension of a URI that nginx changed itself: `ngx_http_set_exten`.
pub(crate) fn extension(uri: &[u8], semantics: Semantics) -> Vec<u8> {
    if !semantics.has(Fact::LastDot) {
        let name = uri.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        return name.splitn(2, |byte| *byte == b'.').nth(1).unwrap_or_default().to_vec();
    }
    for at in (2..uri.len()).rev() {
        match uri[at] {
            b'.' if uri[at - 1] != b'/' => return uri[at + 1..].to_vec(),
            b'/' => break,
            _ => {}
        }
    }
    Vec::new()
}

/// Parts a URI at its `?`: `ngx_http_split_args`.
pub(crate) fn split_args(uri: &[u8]) -> (Vec<u8>, Vec<u8>) {
    match uri.iter().position(|byte| *byte == b'?') {
        Some(at) => (uri[..at].to_vec(), uri[at + 1..].to_vec()),
        None => (uri.to_vec(), Vec::new()),
    }
}

/// Escapes a path for a header or another server.
pub(crate) fn escape(text: &[u8]) -> Vec<u8> {
    escaped(text, |byte| matches!(byte, b'#' | b'%' | b'?'))
}

/// Escapes an argument of a query string.
pub(crate) fn escape_args(text: &[u8]) -> Vec<u8> {
    escaped(text, |byte| matches!(byte, b'#' | b'%' | b'&' | b'+' | b';' | b'?'))
}

fn escaped(text: &[u8], more: impl Fn(u8) -> bool) -> Vec<u8> {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        let unsafe_byte = byte <= b' ' || byte >= 0x7f || b"\"<>\\^`{|}".contains(&byte);
        if unsafe_byte || more(byte) {
            out.extend([b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        } else {
            out.push(byte);
        }
    }
    out
}

/// Takes back the escapes that a redirect does not need: `NGX_UNESCAPE_REDIRECT`.
pub(crate) fn unescape_redirect(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        at += 1;
        match byte {
            b'?' => {
                out.extend(&text[at - 1..]);
                return out;
            }
            b'%' => {
                let Some(&first) = text.get(at) else { break };
                at += 1;
                let Some(high) = hex(first) else {
                    out.push(first);
                    continue;
                };
                let Some(&second) = text.get(at) else { break };
                at += 1;
                let Some(low) = hex(second) else { continue };
                match high * 16 + low {
                    b'?' => {
                        out.push(b'?');
                        out.extend(&text[at..]);
                        return out;
                    }
                    byte @ b'&'..0x7f => out.push(byte),
                    _ => out.extend([b'%', first, second]),
                }
            }
            byte => out.push(byte),
        }
    }
    out
}

/// As text for a person; what is not UTF-8 is escaped.
pub(crate) fn shown(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => String::from_utf8_lossy(&escape(bytes)).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(raw: &str) -> Option<String> {
        read(raw.as_bytes(), true, Semantics::default()).map(|target| {
            format!("{} {} {}", shown(&target.uri), shown(&target.extension), shown(&target.args))
        })
    }

    #[test]
    fn a_path_loses_its_escapes_and_detours() {
        for (raw, read) in [
            ("/a/b.css", "/a/b.css css "),
            ("/a//b/./c/../d.js?x=1", "/a/b/d.js js x=1"),
            ("/a%2Eb%2fc%3Fd#e", "/a.b/c?d  "),
            ("/a/..", "/  "),
            ("/a/.", "/a/  "),
            ("/..a/.b", "/..a/.b  "),
            ("/a.tar.gz", "/a.tar.gz gz "),
            ("/%2e%2e/", "400"),
            ("/../a", "400"),
            ("/a%00", "400"),
            ("/a%2", "400"),
            ("/a%zz", "400"),
        ] {
            assert_eq!(path(raw).unwrap_or("400".to_owned()), read, "{raw}");
        }
    }

    #[test]
    fn extensions_of_changed_uris_are_found_from_the_end() {
        let of = |uri: &str| shown(&extension(uri.as_bytes(), Semantics::default()));
        assert_eq!([of("/a.b.c"), of("/.css"), of("/..css"), of("/a.b/c")], ["c", "", "css", ""]);
    }

    #[test]
    fn redirects_keep_only_the_escapes_they_need() {
        assert_eq!(unescape_redirect(b"/a%41%20%2f%3fx%41"), b"/aA%20/?x%41");
        assert_eq!(escape(b"/a b%?#\xc3"), b"/a%20b%25%3F%23%C3");
    }
}
