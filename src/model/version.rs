//! Versions, as `docker` and its plug-ins write them.

use std::fmt;

/// The numbers that a version begins with: of `v2.40.3-desktop.1` they are 2, 40 and 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32, pub u32);

impl Version {
    /// The numbers; `None` if there are none.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('v');
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let mut numbers = text[..end].split('.').map(|number| number.parse().ok());
        let first = numbers.next().flatten()?;
        let mut next = || numbers.next().flatten().unwrap_or(0);
        Some(Self(first, next(), next()))
    }
}

impl Version {
    /// Without a third number that is 0: `20.10`.
    pub fn short(self) -> String {
        if self.2 == 0 { format!("{}.{}", self.0, self.1) } else { self.to_string() }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_are_read_as_distributions_write_them() {
        for (text, version) in [
            ("28.5.2+dfsg4", Version(28, 5, 2)),
            ("v2.24.0-desktop.1", Version(2, 24, 0)),
            ("2.40.3-3", Version(2, 40, 3)),
            ("25.0", Version(25, 0, 0)),
        ] {
            assert_eq!(Version::parse(text), Some(version), "{text}");
        }
        assert_eq!(Version::parse("dev"), None);
    }
}
