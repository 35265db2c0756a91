//! Until when releases of software get security fixes. Source: `data/end-of-life/`, which is generated from
//! endoflife.date.

use std::sync::LazyLock;

use super::records;

/// A release that gets fixes until a known day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// The official image of the software: `python`, `debian`.
    pub image: &'static str,
    /// `3.12`
    pub cycle: &'static str,
    /// `bookworm`; empty if it has none.
    pub codename: &'static str,
    /// The last day, `2026-08-31`.
    pub end: &'static str,
    /// The software, as a person calls it.
    pub product: &'static str,
}

/// The day that ends are compared with, and every release.
static TABLE: LazyLock<(&'static str, Vec<Release>)> = LazyLock::new(|| {
    let mut as_of = "";
    let mut releases = Vec::new();
    for [image, cycle, codename, end, product] in records(include_str!("../../data/end-of-life/cycles.tsv")) {
        let codename = if codename == "-" { "" } else { codename };
        if image == "as-of" {
            as_of = end;
        } else {
            releases.push(Release { image, cycle, codename, end, product });
        }
    }
    (as_of, releases)
});

/// The day that the table is of.
pub fn as_of() -> &'static str {
    TABLE.0
}

/// The release that a tag of an official image is of, if its days are over.
pub fn ended(image: &str, tag: &str) -> Option<&'static Release> {
    let version = tag.strip_prefix('v').unwrap_or(tag).split('-').next().unwrap_or(tag);
    let is_of = |release: &&Release| {
        let is_cycle = version == release.cycle
            || version.strip_prefix(release.cycle).is_some_and(|rest| rest.starts_with('.'));
        let is_codename = !release.codename.is_empty() && tag.split('-').next() == Some(release.codename);
        release.image == image && (is_cycle || is_codename)
    };
    TABLE.1.iter().find(is_of).filter(|release| is_over(release))
}

/// The release of Debian, Ubuntu or Alpine that the tag of another image names as what it is built on, if its days are
/// over: `3.11-slim-buster`, `20-alpine3.16`.
pub fn ended_below(tag: &str) -> Option<&'static Release> {
    let is_below = |release: &&Release| {
        tag.split('-').any(|part| {
            let alpine = part.strip_prefix("alpine").is_some_and(|cycle| cycle == release.cycle);
            (release.image == "alpine" && alpine)
                || (!release.codename.is_empty() && part == release.codename)
        })
    };
    TABLE.1.iter().find(is_below).filter(|release| is_over(release))
}

fn is_over(release: &Release) -> bool {
    // Days of this form are in order as texts.
    release.end < as_of()
}

#[cfg(test)]
mod tests {
    use super::{as_of, ended, ended_below};

    #[test]
    fn a_release_is_known_by_its_number_its_codename_and_its_patches() {
        for (image, tag, end) in [
            ("python", "3.7-slim", Some("2023-06-27")),
            ("python", "3.7.12", Some("2023-06-27")),
            ("debian", "buster-slim", Some("2024-06-30")),
            ("debian", "10", Some("2024-06-30")),
            ("ubuntu", "14.04", Some("2019-04-02")),
            ("node", "16-alpine", Some("2023-09-11")),
            ("python", "3", None),
            ("python", "3.70", None),
            ("python", "slim", None),
            ("debian", "bookworm", None),
            ("example/python", "3.7", None),
        ] {
            assert_eq!(ended(image, tag).map(|release| release.end), end, "{image}:{tag}");
        }
    }

    #[test]
    fn what_an_image_is_built_on_is_known_by_its_tag() {
        for (tag, product) in [
            ("3.11-slim-buster", Some("Debian")),
            ("17-jre-focal", Some("Ubuntu")),
            ("20-alpine3.16", Some("Alpine Linux")),
            ("20-alpine", None),
            ("3.14-slim-trixie", None),
        ] {
            assert_eq!(ended_below(tag).map(|release| release.product), product, "{tag}");
        }
        assert!(as_of() > "2026");
    }
}
