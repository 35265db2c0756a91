//! The registry: every rule, in the order in which they run.

pub mod allow_unused;
mod image_unknown;
mod mime_added;
mod mime_missing;
mod mime_no_files;
mod port_clash;
mod reference_undeclared;
mod secret_copied;
mod secret_file_missing;
pub(super) mod secret_literal;
mod secret_logged;
mod secret_mounted;
mod secret_unused;
pub(super) mod secret_url;
mod unused_name;

use super::Rule;
use crate::diagnostic::Severity::{Error, Info, Warning};

macro_rules! rules {
    ($($module:ident $severity:ident;)*) => {
        /// Every rule.
        pub static ALL: &[Rule] = &[$(
            Rule {
                code: $module::CODE,
                severity: $severity,
                source: include_str!(concat!(stringify!($module), ".rs")),
                check: $module::check,
            },
        )*];
    };
}

rules! {
    allow_unused Warning;
    image_unknown Info;
    mime_added Info;
    mime_missing Warning;
    mime_no_files Info;
    port_clash Error;
    reference_undeclared Warning;
    secret_copied Warning;
    secret_file_missing Info;
    secret_literal Warning;
    secret_logged Warning;
    secret_mounted Warning;
    secret_unused Warning;
    secret_url Warning;
    unused_name Warning;
}
