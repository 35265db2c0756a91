//! # A protocol or cipher that is broken
//!
//! SSL 3, TLS 1.0 and TLS 1.1 are no longer to be used (RFC 7568, RFC 8996), nor are RC4, DES, 3DES, and ciphers that
//! authenticate or encrypt nothing.
//!
//! ```nginx bad
//! ssl_protocols TLSv1 TLSv1.1 TLSv1.2;
//! ```
//!
//! ```nginx good
//! ssl_protocols TLSv1.2 TLSv1.3;
//! ```

use crate::lint::Findings;
use crate::lint::nginx::Configuration;

pub(super) const CODE: &str = "nginx-weak-tls";

const PROTOCOLS: &[&str] = &["SSLv2", "SSLv3", "TLSv1", "TLSv1.1"];

const CIPHERS: &[&str] =
    &["RC4", "DES", "3DES", "MD5", "NULL", "ENULL", "ANULL", "EXPORT", "EXP", "LOW", "ADH", "AECDH"];

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (_, node) in
        ["ssl_protocols", "proxy_ssl_protocols"].iter().flat_map(|name| configuration.named(name))
    {
        if let Some(word) = node.args.iter().find(|word| PROTOCOLS.contains(&word.text.as_str())) {
            let strong =
                node.args.iter().map(|word| word.text.as_str()).filter(|word| !PROTOCOLS.contains(word));
            let strong: Vec<&str> = strong.collect();
            let args = if strong.is_empty() { "TLSv1.2 TLSv1.3".to_owned() } else { strong.join(" ") };
            findings.push(
                findings
                    .at(word.span, format!("`{}` is broken and no longer to be used", word.text))
                    .note("RFC 7568 and RFC 8996 withdraw everything before TLS 1.2")
                    .help(format!("write `{} TLSv1.2 TLSv1.3;`", node.name))
                    .may_unsafe_fix(
                        "keep the others alone",
                        configuration.with_args(node, &args).map(|edit| vec![edit]),
                    ),
            );
        }
    }
    for (_, node) in configuration.named("ssl_ciphers") {
        let Some(list) = node.args.first() else { continue };
        let weak = list.text.split([':', ' ', ',']).find(|cipher| {
            !cipher.starts_with(['!', '-', '@'])
                && cipher
                    .trim_start_matches('+')
                    .split(['-', '+'])
                    .any(|part| CIPHERS.contains(&part.to_ascii_uppercase().as_str()))
                && !cipher.starts_with('+')
        });
        if let Some(weak) = weak {
            findings.push(
                findings
                    .at(list.span, format!("`{weak}` is broken and no longer to be used"))
                    .help("leave `ssl_ciphers` out, or name ciphers of TLS 1.2 with GCM or ChaCha20"),
            );
        }
    }
}
