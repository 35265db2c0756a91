//! The digest of a file, by which an edited one is told from one that is as it was written.

use std::fmt;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// The SHA-256 of a text, of which line endings are no part: a CRLF counts as an LF, as git may change one for the
/// other. All else is, a parser directive or a byte order mark at the beginning included.
///
/// Written as `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

const PREFIX: &str = "sha256:";

impl Digest {
    /// The digest of a text.
    pub fn of(bytes: &[u8]) -> Self {
        let mut sha = Sha256::new();
        for part in line_feeds(bytes) {
            sha.update(part);
        }
        Self(sha.finalize().into())
    }

    fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix(PREFIX)?.as_bytes();
        let mut bytes = [0; 32];
        if hex.len() != 2 * bytes.len() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            for digit in pair {
                let value = char::from(*digit).to_digit(16).filter(|_| !digit.is_ascii_uppercase())?;
                *byte = *byte << 4 | u8::try_from(value).ok()?;
            }
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Digest;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`sha256:` and 64 hexadecimal digits")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Digest, E> {
                Digest::parse(text)
                    .ok_or_else(|| E::custom("a digest is `sha256:` and 64 hexadecimal digits"))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// Whether two texts are the same but for their line endings.
pub(super) fn same_text(a: &[u8], b: &[u8]) -> bool {
    a == b || line_feeds(a).flatten().eq(line_feeds(b).flatten())
}

/// The bytes with every CRLF as LF, in parts.
pub(super) fn line_feeds(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').flat_map(|line| match line.strip_suffix(b"\r\n") {
        Some(line) => [line, b"\n"],
        None => [line, b""],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_as_it_is_written() {
        let text = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Digest::of(b"abc").to_string(), text);
        assert_eq!(Digest::parse(text), Some(Digest::of(b"abc")));
        for wrong in ["", "sha256:", "sha256:00", &text[1..], &text.to_uppercase(), &text.replace('a', "g")] {
            assert_eq!(Digest::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn line_endings_do_not_count() {
        let same = |a: &[u8], b: &[u8]| {
            assert_eq!(Digest::of(a) == Digest::of(b), same_text(a, b));
            same_text(a, b)
        };
        assert!(same(b"a\r\nb\n", b"a\nb\r\n"));
        assert!(same(b"\r\n\r\n", b"\n\n"));
        assert!(!same(b"a\rb", b"a\nb"));
        assert!(!same(b"a\r\r\n", b"a\n"));
        assert!(!same(b"a\r", b"a"));
        assert!(!same(b"a\n", b"a"));
    }
}
