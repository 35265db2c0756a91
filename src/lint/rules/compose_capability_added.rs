//! # A capability that is nearly root
//!
//! Some capabilities let a container leave it, or see everything: `SYS_ADMIN` mounts file systems, `SYS_PTRACE` with
//! the host's processes looks into them, `SYS_MODULE` loads code into the kernel. Those are a warning, others are
//! worth knowing.
//!
//! ```yaml bad
//! services:
//!   app:
//!     image: example/app:1.0
//!     cap_add: [SYS_ADMIN]
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     image: example/app:1.0
//!     cap_drop: [ALL]
//!     cap_add: [NET_BIND_SERVICE]
//! ```

use crate::diagnostic::Severity;
use crate::lint::project::running;
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "compose-capability-added";

/// What the engine gives anyway: adding it back after dropping all is how it should be done.
/// Source: moby, `daemon/pkg/oci/caps/defaults.go`.
const DEFAULT: [&str; 14] = [
    "CHOWN",
    "DAC_OVERRIDE",
    "FSETID",
    "FOWNER",
    "MKNOD",
    "NET_RAW",
    "SETGID",
    "SETUID",
    "SETFCAP",
    "SETPCAP",
    "NET_BIND_SERVICE",
    "SYS_CHROOT",
    "KILL",
    "AUDIT_WRITE",
];

/// With these a container can leave itself, or reach what it should not. Source: capabilities(7).
const GRAVE: [(&str, &str); 8] = [
    ("ALL", "every capability is as good as root on the host"),
    ("SYS_ADMIN", "it can mount file systems and change namespaces, which leads out of the container"),
    ("SYS_MODULE", "it can load code into the kernel of the host"),
    ("SYS_RAWIO", "it can write to the memory and the disks of the host"),
    ("SYS_BOOT", "it can restart the host"),
    ("DAC_READ_SEARCH", "it can open any file of the host by its handle"),
    ("BPF", "it can watch the kernel of the host"),
    ("SYS_PTRACE", "it can look into every process that it sees"),
];

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for running in running(whole) {
        for item in running.service.get("cap_add").map_or(&[][..], |node| node.items()) {
            let Some(text) = item.text() else { continue };
            let upper = text.to_uppercase();
            let name = upper.strip_prefix("CAP_").unwrap_or(&upper);
            if DEFAULT.contains(&name) {
                continue;
            }
            let grave = GRAVE.iter().find(|(grave, _)| *grave == name);
            let mut finding = findings
                .at(item.span, format!("`{}` gets the capability `{text}`", running.name()))
                .note(grave.map_or("the engine gives it to no container by itself", |(_, why)| why));
            if grave.is_some() {
                finding.severity = Severity::Warning;
                finding = finding.help("find out which call needs it, and give only what that needs");
            } else {
                finding = finding
                    .help(
                        "keep it if the program needs it; `cap_drop: [ALL]` beside it takes the others away",
                    )
                    .in_stack(
                        "keep it if the program needs it; `cap_drop ALL` beside it takes the others away",
                    );
            }
            findings.push(finding);
        }
    }
}
