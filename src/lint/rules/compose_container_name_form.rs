//! # A container name that Docker refuses
//!
//! The name of a container is made of letters, digits, `_`, `.` and `-`; it begins with a letter or a digit, and has at least
//! two of them. Compose lets others through, and the container is not created.
//!
//! ```yaml bad
//! services:
//!   web:
//!     image: nginx:1.30
//!     container_name: "shop@web"
//! ```
//!
//! ```yaml good
//! services:
//!   web:
//!     image: nginx:1.30
//!     container_name: "shop-web"
//! ```

use crate::lint::project::running;
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "compose-container-name-form";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for running in running(whole) {
        let Some(name) = &running.service.container_name else { continue };
        let Some(value) = name.value.as_deref().filter(|value| !value.is_empty() && !is_name(value)) else {
            continue;
        };
        let fitting: String = value.chars().map(|c| if is_letter(c) { c } else { '-' }).collect();
        let fitting = fitting.trim_matches(['-', '_', '.']);
        let help = if is_name(fitting) {
            format!("write `container_name: {fitting}`")
        } else {
            "remove it: compose names the container after the project and the service".to_owned()
        };
        findings.push(
            findings
                .at(name.span, format!("`{value}` cannot be the name of a container"))
                .note("letters, digits, `_`, `.` and `-` are allowed: two at least, the first of them a letter or a digit")
                .help(help),
        );
    }
}

/// Source: moby, daemon/names/names.go, `RestrictedNamePattern`; daemon/names.go takes one slash before it away.
fn is_name(text: &str) -> bool {
    let text = text.strip_prefix('/').unwrap_or(text);
    text.len() > 1 && text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(is_letter)
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}
