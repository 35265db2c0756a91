//! Which content types are wrong for a file, to a browser.

use super::mime::{expected, same_to_a_browser};

/// Types that a browser shows, runs or applies, by what they begin with.
const USED: &[&str] = &[
    "text/css",
    "text/html",
    "text/javascript",
    "application/ecmascript",
    "application/javascript",
    "application/json",
    "application/manifest+json",
    "application/pdf",
    "application/wasm",
    "application/x-javascript",
    "application/xhtml+xml",
    "application/xml",
    "text/xml",
    "application/font",
    "application/x-font",
    "application/vnd.ms-fontobject",
    "audio/",
    "font/",
    "image/",
    "video/",
];

/// The type that files of an extension should have, if a browser takes them for something else under the type that they
/// are served with: they are of a kind that it uses and are not served as such, or they are not and are served as if.
/// The extension is in any case and without its dot. What mime-db does not know is never wrong.
pub fn should_be(extension: &str, served: &str) -> Option<&'static str> {
    let expected = expected(extension)?;
    let is_concerned = is_used(expected) || is_used(served);
    (is_concerned && !same_to_a_browser(expected, served)).then_some(expected)
}

fn is_used(mime_type: &str) -> bool {
    let lower = mime_type.to_ascii_lowercase();
    USED.iter().any(|used| lower.starts_with(used))
}

#[cfg(test)]
mod tests {
    use super::should_be;

    #[test]
    fn wrong_is_what_a_browser_uses_in_another_way() {
        for (extension, served, right) in [
            ("css", "text/plain", Some("text/css")),
            ("css", "text/css; charset=utf-8", None),
            ("js", "application/javascript", None),
            ("JPEG", "text/plain", Some("image/jpeg")),
            ("png", "text/css", Some("image/png")),
            ("sql", "text/css", Some("application/sql")),
            ("map", "application/octet-stream", Some("application/json")),
            ("md", "text/plain", None),
            ("zip", "application/octet-stream", None),
            ("ico", "image/x-icon", None),
            ("zzscene", "text/css", None),
        ] {
            assert_eq!(should_be(extension, served), right, "{extension} {served}");
        }
    }
}
