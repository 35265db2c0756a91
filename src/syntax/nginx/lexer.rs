//! Splits a configuration into words, ends, comments and blank lines, as `ngx_conf_read_token` of nginx's
//! `src/core/ngx_conf_file.c` does.

use super::found::{Found, Mistakes};
use super::lua;
use super::tokens::{Kind, Token};
use super::tree::{Leaf, MistakeKind};
use crate::source::{FileId, Span};

/// `NGX_CONF_BUFFER` less the byte that ends a word: what is longer, nginx refuses. A quoted text needs its closing
/// quote in the buffer as well; at the end of the file, a comment needs nothing.
pub(super) const MAX_WORD_BYTES: usize = 4095;

/// A tab goes to the next multiple of so many columns.
const TAB: u32 = 4;

/// So many Lua blocks without an end are searched to the end of the file.
const MAX_LUA_SEARCHES: usize = 16;

/// A place in a text, what was read before it and what was wrong with that.
pub(super) struct Lexer<'a> {
    pub(super) file: FileId,
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) tokens: Vec<Token>,
    pub(super) mistakes: &'a mut Mistakes,
    /// The end of the last token.
    from: usize,
    /// The indentation of this line, if nothing has been read on it yet.
    pub(super) indent: Option<u32>,
    /// Whether the directive that is being read has a block of Lua.
    lua: bool,
    lua_searches: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(file: FileId, text: &'a str, mistakes: &'a mut Mistakes) -> Self {
        Self {
            file,
            text,
            at: 0,
            tokens: Vec::new(),
            mistakes,
            from: 0,
            indent: Some(0),
            lua: false,
            lua_searches: 0,
        }
    }

    pub(super) fn tokens(mut self) -> Vec<Token> {
        if self.text.starts_with('\u{feff}') {
            let end = '\u{feff}'.len_utf8();
            self.mistake(MistakeKind::ByteOrderMark, 0, end);
            self.push(Kind::Junk, end);
            self.indent = Some(0);
        }
        loop {
            self.white_space();
            let Some(byte) = self.byte(self.at) else { return self.tokens };
            match byte {
                b';' => self.end(Kind::Semicolon),
                b'}' => self.end(Kind::Close),
                b'#' => self.comment(),
                b'{' if !self.template_begins() => self.open(),
                _ => self.word(),
            }
        }
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    pub(super) fn mistake(&mut self, kind: MistakeKind, start: usize, end: usize) {
        self.mistakes.push(Found::new(kind, Span::new(self.file, start, end)));
    }

    /// A token from here to `end`.
    pub(super) fn push(&mut self, kind: Kind, end: usize) {
        let from = Span::new(self.file, self.from, self.from).start;
        let leaf = Leaf { from, span: Span::new(self.file, self.at, end) };
        self.tokens.push(Token { leaf, indent: self.indent.take(), kind });
        self.from = end;
        self.at = end;
    }

    /// Goes to the next token; two line ends in a row make a blank line.
    fn white_space(&mut self) {
        let at_start = self.from == 0 || (self.from == 3 && self.text.starts_with('\u{feff}'));
        let mut first_end = at_start.then_some(self.at);
        let mut last_end = first_end;
        let mut at = self.at;
        while let Some(byte) = self.byte(at) {
            match byte {
                b'\n' => {
                    last_end = Some(at + 1);
                    first_end = first_end.or(last_end);
                    self.indent = Some(0);
                }
                b'\t' => self.indent = self.indent.map(|indent| (indent / TAB + 1) * TAB),
                b' ' => self.indent = self.indent.map(|indent| indent + 1),
                b'\r' => {}
                _ => break,
            }
            at += 1;
        }
        if let (Some(start), Some(end)) = (first_end, last_end)
            && start < end
        {
            let indent = self.indent;
            self.at = start;
            self.push(Kind::Blank, end);
            self.indent = indent;
        }
        self.at = at;
    }

    fn end(&mut self, kind: Kind) {
        self.lua = false;
        self.push(kind, self.at + 1);
    }

    fn comment(&mut self) {
        let line_end = self.text[self.at..].find('\n').map_or(self.text.len(), |length| self.at + length);
        let end = self.at + self.text[self.at..line_end].trim_end_matches([' ', '\t', '\r']).len();
        let most = if line_end == self.text.len() { MAX_WORD_BYTES + 1 } else { MAX_WORD_BYTES };
        if line_end - self.at > most {
            self.mistake(MistakeKind::TooLong, self.at, end);
        }
        self.push(Kind::Comment, end);
    }

    fn open(&mut self) {
        let lua = self.lua;
        self.end(Kind::Open);
        if lua {
            let end = self.lua_end();
            self.push(Kind::Opaque, end);
        }
    }

    /// Remembers whether the word from `start` to `end` announces Lua.
    pub(super) fn note_word(&mut self, end: usize) {
        let after_word = self.tokens.last().is_some_and(|token| matches!(token.kind, Kind::Word(_)));
        let begins = !after_word || self.indent.is_some();
        if begins {
            self.lua = self.text[self.at..end].ends_with("_by_lua_block");
        }
    }

    /// The end of the Lua that begins here. If it has none, its block ends with the next `}` that is indented as its
    /// own line is, and if there is no such line either, with the file.
    fn lua_end(&mut self) -> usize {
        if self.lua_searches < MAX_LUA_SEARCHES {
            match lua::end(self.text, self.at) {
                Some(end) => return end,
                None => self.lua_searches += 1,
            }
        }
        let own = self.tokens.iter().rev().take(8).find_map(|token| token.indent).unwrap_or(0);
        let mut start = self.at;
        for line in self.text[self.at..].split_inclusive('\n') {
            let indentation = line.len() - line.trim_start_matches([' ', '\t']).len();
            let width = line[..indentation]
                .bytes()
                .fold(0, |width, byte| if byte == b'\t' { (width / TAB + 1) * TAB } else { width + 1 });
            if start > self.at && width <= own && line[indentation..].starts_with('}') {
                return start + indentation;
            }
            start += line.len();
        }
        self.text.len()
    }
}
