//! # A content type that the compiler added
//!
//! nginx's own table has no type for this extension, so browsers would be sent `application/octet-stream`: a module
//! script does not run, a manifest is ignored. stackc found files of the kind below a static root, or was told of
//! them, and wrote the type into nginx.conf, beside `mime.types` and at the same level. Nothing is left to do.
//!
//! ```stack bad
//! # files: public/app.mjs
//! proxy web {
//!   image nginx:1.30
//!   publish 80:80
//!   site example.org {
//!     static / from ./public
//!   }
//! }
//! ```
//!
//! ```stack good
//! # files: public/app.js
//! proxy web {
//!   image nginx:1.30
//!   publish 80:80
//!   site example.org {
//!     static / from ./public
//!   }
//! }
//! ```

use super::mime_missing::{Untyped, untyped};
use crate::lint::{Findings, Subject};

pub(super) const CODE: &str = "mime-added";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for finding in untyped(subject) {
        let Untyped { served, span, now: Some(now), .. } = &finding else { continue };
        let extension = &served.extension;
        findings.push(
            findings
                .at(*span, format!("nginx has no content type for `.{extension}`; stackc adds `{now}`"))
                .here(finding.what())
                .note("a browser would be told application/octet-stream, and not use the file as what it is"),
        );
    }
}
