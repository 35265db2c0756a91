//! Which content type a file extension should have, and which one nginx's stock `mime.types` gives it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

/// `extension <tab> type <tab> source`, from mime-db; `data/README.md` says how it is made.
const MIME_DB: &str = include_str!("../../data/mime/mime-db.tsv");
/// `since_version <tab> extension <tab> type`, from nginx's `conf/mime.types` at each release.
const NGINX: &str = include_str!("../../data/mime/nginx.tsv");
/// `version <tab> commit <tab> extensions`, the releases that `NGINX` covers.
const NGINX_RELEASES: &str = include_str!("../../data/mime/nginx-releases.tsv");

static EXPECTED: LazyLock<BTreeMap<&'static str, &'static str>> =
    LazyLock::new(|| rows(MIME_DB).map(|[extension, mime_type, _source]| (extension, mime_type)).collect());

static HISTORY: LazyLock<Vec<Change<'static>>> = LazyLock::new(|| history(NGINX));

/// In ascending order.
static RELEASES: LazyLock<Vec<NginxVersion>> =
    LazyLock::new(|| rows(NGINX_RELEASES).map(|[version, _commit, _count]| release(version)).collect());

/// A release of nginx, such as 1.28.0. Stable and mainline releases share one line of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NginxVersion {
    /// The `1` of 1.28.0.
    pub major: u16,
    /// The `28` of 1.28.0: even on stable branches, odd on mainline.
    pub minor: u16,
    /// The `0` of 1.28.0.
    pub patch: u16,
}

impl NginxVersion {
    /// Reads a version or the tag of an nginx image: `1.28.0`, `1.28`, `1.28-alpine`, `1.30.2-bookworm`.
    ///
    /// Without a patch it is the newest patch that the data knows of that branch, or patch 0 of a branch that it
    /// does not know. `None` where no version can be told: `latest`, `stable`, `mainline`, `alpine`, `1`.
    pub fn parse(text: &str) -> Option<Self> {
        let version = text.split_once('-').map_or(text, |(version, _variant)| version);
        let numbers = version.split('.').map(number).collect::<Option<Vec<u16>>>()?;
        match numbers[..] {
            [major, minor, patch] => Some(Self { major, minor, patch }),
            [major, minor] => Some(Self { major, minor, patch: newest_patch(major, minor) }),
            _ => None,
        }
    }
}

impl fmt::Display for NginxVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// The content type that mime-db gives an extension, without parameters: `text/javascript` for `js`.
///
/// The extension comes without its dot and in any case. Where several types claim it, the one that the npm package
/// mime-types prefers.
pub fn expected(extension: &str) -> Option<&'static str> {
    EXPECTED.get(extension.to_ascii_lowercase().as_str()).copied()
}

/// Extension to content type, as in the `conf/mime.types` of that release of nginx.
///
/// `None` is an unknown version and gets the newest table. A version that the data does not reach gets the
/// nearest: compare with [`oldest`] and [`newest`] to say so.
pub fn nginx_table(version: Option<NginxVersion>) -> BTreeMap<&'static str, &'static str> {
    table_at(&HISTORY, covered(version))
}

/// The content type that the `conf/mime.types` of that release of nginx gives an extension; versions as in
/// [`nginx_table`].
///
/// nginx compares extensions without regard to case (`ngx_http_set_content_type` and `ngx_http_core_type` in its
/// `src/http/ngx_http_core_module.c`), and so does this.
pub fn nginx(version: Option<NginxVersion>, extension: &str) -> Option<&'static str> {
    let version = covered(version);
    let extension = extension.to_ascii_lowercase();
    HISTORY
        .iter()
        .rfind(|change| change.since <= version && change.extension == extension)
        .and_then(|change| change.mime_type)
}

/// The newest release of nginx whose table the data has.
pub fn newest() -> NginxVersion {
    span().1
}

/// The oldest release of nginx whose table the data has.
pub fn oldest() -> NginxVersion {
    span().0
}

/// Whether a browser treats a response the same under either content type, whatever the file is.
///
/// Parameters and case do not count. The groups are those into which "minimize a supported MIME type" of the
/// WHATWG MIME Sniffing standard (4.2, with the groups of 4.6) folds types: JavaScript, JSON, XML other than SVG.
/// Added to them are
/// - fonts, images, audio and video under two names of one format, which contexts of section 8 sniff by content;
/// - archives, programs and the like, which a browser only saves (HTML, "loading a document").
///
/// One JSON type stays apart: HTML accepts speculation rules as `application/speculationrules+json` only.
pub fn same_to_a_browser(a: &str, b: &str) -> bool {
    let (a, b) = (essence(a), essence(b));
    treated_as(&a) == treated_as(&b)
}

/// "JavaScript MIME type" in 4.6 of the MIME Sniffing standard.
const JAVASCRIPT: &[&str] = &[
    "application/ecmascript",
    "application/javascript",
    "application/x-ecmascript",
    "application/x-javascript",
    "text/ecmascript",
    "text/javascript",
    "text/javascript1.0",
    "text/javascript1.1",
    "text/javascript1.2",
    "text/javascript1.3",
    "text/javascript1.4",
    "text/javascript1.5",
    "text/jscript",
    "text/livescript",
    "text/x-ecmascript",
    "text/x-javascript",
];

/// "Font MIME type" in 4.6 of the MIME Sniffing standard, besides `font/*`; after the gap the names that old server
/// configurations use, which no browser tells apart because `@font-face` does not look at the type.
const FONTS: &[&str] = &[
    "application/font-cff",
    "application/font-otf",
    "application/font-sfnt",
    "application/font-ttf",
    "application/font-woff",
    "application/vnd.ms-fontobject",
    "application/vnd.ms-opentype",
    //
    "application/font-woff2",
    "application/x-font-opentype",
    "application/x-font-otf",
    "application/x-font-truetype",
    "application/x-font-ttf",
    "application/x-font-woff",
    "application/x-font-woff2",
];

/// Another name of a media format, and the name that sections 6.1 and 6.2 of the MIME Sniffing standard or IANA use.
const MEDIA_ALIASES: &[(&str, &str)] = &[
    ("audio/mp3", "audio/mpeg"),
    ("audio/x-mp3", "audio/mpeg"),
    ("audio/vnd.wave", "audio/wave"),
    ("audio/wav", "audio/wave"),
    ("audio/x-wav", "audio/wave"),
    ("audio/x-m4a", "audio/mp4"),
    ("image/jpg", "image/jpeg"),
    ("image/pjpeg", "image/jpeg"),
    ("image/vnd.microsoft.icon", "image/x-icon"),
    ("image/x-ms-bmp", "image/bmp"),
    ("image/x-png", "image/png"),
    ("video/x-m4v", "video/mp4"),
];

/// Types that no browser shows or runs: it saves the file, as it does an unknown one.
const SAVED: &[&str] = &[
    "application/gzip",
    "application/java-archive",
    "application/octet-stream",
    "application/vnd.debian.binary-package",
    "application/vnd.palm",
    "application/vnd.rar",
    "application/x-7z-compressed",
    "application/x-apple-diskimage",
    "application/x-bzip",
    "application/x-bzip2",
    "application/x-debian-package",
    "application/x-gzip",
    "application/x-iso9660-image",
    "application/x-msdos-program",
    "application/x-msdownload",
    "application/x-pilot",
    "application/x-rar-compressed",
    "application/x-redhat-package-manager",
    "application/x-rpm",
    "application/x-tar",
    "application/x-xz",
    "application/x-zip-compressed",
    "application/zip",
    "audio/x-pn-realaudio",
    "audio/x-realaudio",
    "model/prc",
];

/// A type's representative: two essences are treated alike if theirs is the same.
fn treated_as(essence: &str) -> &str {
    match essence {
        "image/svg+xml" | "application/speculationrules+json" => essence,
        _ if JAVASCRIPT.contains(&essence) => "text/javascript",
        _ if is_json(essence) => "application/json",
        _ if is_xml(essence) => "application/xml",
        _ if essence.starts_with("font/") || FONTS.contains(&essence) => "font/*",
        _ if SAVED.contains(&essence) => "application/octet-stream",
        _ => MEDIA_ALIASES.iter().find(|(alias, _)| *alias == essence).map_or(essence, |(_, name)| name),
    }
}

fn is_json(essence: &str) -> bool {
    essence.ends_with("+json") || matches!(essence, "application/json" | "text/json")
}

fn is_xml(essence: &str) -> bool {
    essence.ends_with("+xml") || matches!(essence, "application/xml" | "text/xml")
}

/// The type without its parameters: 4.2 of the MIME Sniffing standard.
fn essence(mime_type: &str) -> String {
    let end = mime_type.find(';').unwrap_or(mime_type.len());
    mime_type[..end].trim().to_ascii_lowercase()
}

/// One row of the history: from this release on the extension has this type, or none.
struct Change<'a> {
    since: NginxVersion,
    extension: &'a str,
    mime_type: Option<&'a str>,
}

/// The changes of a history, which the generator writes in the order of their versions.
fn history(text: &str) -> Vec<Change<'_>> {
    rows(text)
        .map(|[since, extension, mime_type]| Change {
            since: release(since),
            extension,
            mime_type: Some(mime_type).filter(|mime_type| !mime_type.is_empty()),
        })
        .collect()
}

fn table_at<'a>(history: &[Change<'a>], version: NginxVersion) -> BTreeMap<&'a str, &'a str> {
    let mut table = BTreeMap::new();
    for change in history.iter().take_while(|change| change.since <= version) {
        match change.mime_type {
            Some(mime_type) => table.insert(change.extension, mime_type),
            None => table.remove(change.extension),
        };
    }
    table
}

/// The oldest and the newest release.
fn span() -> (NginxVersion, NginxVersion) {
    let [oldest, .., newest] = RELEASES[..] else {
        unreachable!("the generator lists many releases");
    };
    (oldest, newest)
}

/// The release whose table stands for a version.
fn covered(version: Option<NginxVersion>) -> NginxVersion {
    let (oldest, newest) = span();
    version.map_or(newest, |version| version.clamp(oldest, newest))
}

fn newest_patch(major: u16, minor: u16) -> u16 {
    RELEASES
        .iter()
        .rfind(|release| (release.major, release.minor) == (major, minor))
        .map_or(0, |release| release.patch)
}

/// Decimal digits only: `u16::from_str` would take a plus sign too.
fn number(text: &str) -> Option<u16> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// A version as the generator writes it. Unlike [`NginxVersion::parse`] it needs no list of releases.
fn release(text: &str) -> NginxVersion {
    let [major, minor, patch] =
        fields(text, '.').map(|field| number(field).expect("the generator writes versions as numbers"));
    NginxVersion { major, minor, patch }
}

/// The rows of a generated table, without its comments.
fn rows(text: &str) -> impl Iterator<Item = [&str; 3]> {
    text.lines().filter(|line| !line.starts_with('#')).map(|line| fields(line, '\t'))
}

fn fields(line: &str, separator: char) -> [&str; 3] {
    let mut fields = line.split(separator);
    std::array::from_fn(|_| fields.next().expect("the generator writes three fields"))
}

/// Whether files of a type become much smaller when they are compressed; nginx compresses text/html in any case.
pub fn is_compressible(kind: &str) -> bool {
    let text = kind.starts_with("text/") && kind != "text/html";
    let words = ["javascript", "json", "xml"];
    text || words.iter().any(|word| kind.ends_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Option<NginxVersion> {
        let version = NginxVersion::parse(text);
        assert!(version.is_some(), "{text}");
        version
    }

    fn parsed(text: &str) -> Option<String> {
        NginxVersion::parse(text).map(|version| version.to_string())
    }

    #[test]
    fn mime_db_knows_what_the_web_is_made_of() {
        for (extension, mime_type) in [
            ("avif", "image/avif"),
            ("css", "text/css"),
            ("html", "text/html"),
            ("ico", "image/vnd.microsoft.icon"),
            ("js", "text/javascript"),
            ("json", "application/json"),
            ("map", "application/json"),
            ("mjs", "text/javascript"),
            ("svg", "image/svg+xml"),
            ("ttf", "font/ttf"),
            ("wasm", "application/wasm"),
            ("webmanifest", "application/manifest+json"),
            ("woff2", "font/woff2"),
            ("xml", "application/xml"),
        ] {
            assert_eq!(expected(extension), Some(mime_type), "{extension}");
        }
        assert_eq!(EXPECTED.len(), 1239);
    }

    #[test]
    fn of_several_claims_the_most_official_type_wins() {
        assert_eq!(expected("rtf"), Some("application/rtf"), "application before text");
        assert_eq!(expected("mp4"), Some("video/mp4"), "video before audio and application");
        assert_eq!(expected("woff"), Some("font/woff"), "IANA and font before application/font-woff");
        assert_eq!(expected("exe"), Some("application/x-msdos-program"), "anything before octet-stream");
    }

    #[test]
    fn extensions_are_looked_up_in_any_case() {
        assert_eq!(expected("SVG"), Some("image/svg+xml"));
        assert_eq!(expected("WebManifest"), Some("application/manifest+json"));
        assert_eq!(nginx(None, "JpEg"), Some("image/jpeg"));
        assert_eq!(expected(".svg"), None);
        assert_eq!(expected(""), None);
    }

    #[test]
    fn nginx_has_always_called_js_application_javascript() {
        for at in [version("1.18"), version("1.28"), None] {
            assert_eq!(nginx(at, "js"), Some("application/javascript"));
        }
    }

    #[test]
    fn nginx_never_learned_modules_manifests_and_source_maps() {
        for extension in ["mjs", "cjs", "webmanifest", "map", "jxl", "heic", "gltf", "glb", "md", "wgsl"] {
            assert_eq!(nginx(None, extension), None, "{extension}");
            assert!(expected(extension).is_some(), "{extension}");
        }
    }

    #[test]
    fn fonts_wasm_and_avif_came_one_after_the_other() {
        assert_eq!(nginx(version("1.18.0"), "woff2"), Some("font/woff2"));
        assert_eq!(nginx(version("1.18.0"), "ttf"), None);
        assert_eq!(nginx(None, "ttf"), None);
        assert_eq!(nginx(version("1.20.2"), "wasm"), None);
        assert_eq!(nginx(version("1.21.0"), "wasm"), Some("application/wasm"));
        assert_eq!(nginx(version("1.21.3"), "avif"), None);
        assert_eq!(nginx(version("1.21.4"), "avif"), Some("image/avif"));
    }

    #[test]
    fn every_release_is_rebuilt_with_as_many_extensions_as_its_mime_types_has() {
        let mut counts = BTreeMap::new();
        for [release, _commit, count] in rows(NGINX_RELEASES) {
            let count: usize = count.parse().unwrap();
            assert_eq!(nginx_table(version(release)).len(), count, "{release}");
            counts.insert(release, count);
        }
        assert_eq!(counts["1.18.0"], 108);
        assert_eq!(counts["1.20.2"], 108);
        assert_eq!(counts["1.21.0"], 109);
        assert_eq!(counts["1.21.4"], 110);
        assert_eq!(nginx_table(None).len(), 110);
        assert_eq!(counts.len(), RELEASES.len());
    }

    #[test]
    fn the_table_and_the_single_look_up_agree() {
        for (at, extension) in [(version("1.18.0"), "zip"), (version("1.21.0"), "wasm"), (None, "avif")] {
            assert_eq!(nginx(at, extension), nginx_table(at).get(extension).copied());
        }
    }

    #[test]
    fn a_version_beyond_the_data_gets_the_nearest_table() {
        assert!(version("1.16") < Some(oldest()));
        assert_eq!(nginx_table(version("1.16")), nginx_table(Some(oldest())));
        assert!(version("9.0") > Some(newest()));
        assert_eq!(nginx_table(version("9.0")), nginx_table(None));
    }

    #[test]
    fn an_empty_type_removes_an_extension_and_a_later_row_brings_it_back() {
        let changes = history("1.0.0\tjs\ta/b\n1.2.0\tjs\t\n1.4.0\tjs\tc/d\n");
        let at = |text| table_at(&changes, release(text)).get("js").copied();
        assert_eq!(at("0.9.0"), None);
        assert_eq!(at("1.1.9"), Some("a/b"));
        assert_eq!(at("1.2.0"), None);
        assert_eq!(at("1.10.0"), Some("c/d"));
    }

    #[test]
    fn versions_and_image_tags_are_read() {
        assert_eq!(parsed("1.28.0").as_deref(), Some("1.28.0"));
        assert_eq!(parsed("1.30.2-bookworm").as_deref(), Some("1.30.2"));
        assert_eq!(parsed("1.26.1-alpine3.19-slim").as_deref(), Some("1.26.1"));
        assert_eq!(parsed("1.18-alpine").as_deref(), Some("1.18.0"));
        assert_eq!(parsed("1.20").as_deref(), Some("1.20.2"));
        assert_eq!(parsed("1.19").as_deref(), Some("1.19.10"), "ten is after nine");
        assert_eq!(parsed("7.42").as_deref(), Some("7.42.0"));
    }

    #[test]
    fn a_tag_without_a_version_is_unknown() {
        for tag in [
            "latest",
            "stable",
            "mainline",
            "alpine",
            "stable-alpine",
            "1",
            "1-alpine",
            "",
            "v1.28",
            "1.x",
            "1.28.",
            "+1.28",
            "1.27.1.2",
            "1.99999",
        ] {
            assert_eq!(parsed(tag), None, "{tag:?}");
        }
    }

    #[test]
    fn the_data_spans_1_18_0_to_at_least_1_31_4() {
        assert_eq!(oldest().to_string(), "1.18.0");
        assert!(newest() >= NginxVersion { major: 1, minor: 31, patch: 4 });
        assert!(RELEASES.is_sorted());
        assert!(HISTORY.is_sorted_by_key(|change| change.since));
    }

    #[test]
    fn other_names_of_one_thing_are_the_same_to_a_browser() {
        for (a, b) in [
            ("application/javascript", "text/javascript"),
            ("Text/JavaScript; charset=utf-8", "application/x-javascript"),
            ("application/json", "application/manifest+json"),
            ("text/xml", "application/xml"),
            ("application/rss+xml", "application/xml"),
            ("image/x-icon", "image/vnd.microsoft.icon"),
            ("application/font-woff", "font/woff"),
            ("application/x-font-ttf", "font/ttf"),
            ("audio/x-m4a", "audio/mp4"),
            ("application/octet-stream", "application/x-msdownload"),
        ] {
            assert!(same_to_a_browser(a, b), "{a} and {b}");
            assert!(same_to_a_browser(b, a), "{b} and {a}");
        }
    }

    #[test]
    fn types_that_a_browser_acts_upon_stay_apart() {
        for (a, b) in [
            ("text/plain", "text/javascript"),
            ("text/plain", "text/css"),
            ("text/html", "application/xhtml+xml"),
            ("application/xml", "image/svg+xml"),
            ("application/octet-stream", "application/wasm"),
            ("application/octet-stream", "application/pdf"),
            ("application/octet-stream", "font/woff2"),
            ("application/json", "text/javascript"),
            ("application/json", "application/speculationrules+json"),
            ("image/png", "image/jpeg"),
        ] {
            assert!(!same_to_a_browser(a, b), "{a} and {b}");
            assert!(!same_to_a_browser(b, a), "{b} and {a}");
        }
    }

    #[test]
    fn where_nginx_and_mime_db_disagree_no_browser_minds() {
        let disagreements = nginx_table(None)
            .into_iter()
            .filter(|(extension, mime_type)| expected(extension) != Some(mime_type))
            .collect::<Vec<_>>();
        let extensions = disagreements.iter().map(|(extension, _)| *extension).collect::<Vec<_>>();
        assert_eq!(
            extensions,
            [
                "bmp", "deb", "dll", "dmg", "exe", "ico", "iso", "js", "m4a", "msi", "pdb", "prc", "ra",
                "rar", "xml",
            ],
        );
        for (extension, mime_type) in disagreements {
            assert!(same_to_a_browser(mime_type, expected(extension).unwrap()), "{extension}");
        }
    }
}
