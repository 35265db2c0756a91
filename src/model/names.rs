//! Names that were checked when they were made, one type for each thing that has one.

use std::fmt;

/// Why a text is not the name it should be: what would have been right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameError {
    /// For "expected ...".
    pub expected: &'static str,
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident: $expected:literal, $check:path;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Checks the text.
            pub fn parse(text: &str) -> Result<Self, NameError> {
                if $check(text) { Ok(Self(text.to_owned())) } else { Err(NameError { expected: $expected }) }
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

names! {
    /// A service: its name is also its host name on the network, so underscores are allowed and capitals are not.
    /// Compose's schema (`services`: `^[a-zA-Z0-9._-]+$`) is wider; image names and host names are not.
    ServiceName: "a name of a-z, 0-9, `-` and `_` that begins with a letter or digit", is_lower_name;
    /// A named volume.
    VolumeName: "a name of letters, digits, `-`, `_` and `.` that begins with a letter or digit", is_name;
    /// A network.
    NetworkName: "a name of letters, digits, `-`, `_` and `.` that begins with a letter or digit", is_name;
    /// A secret; also the name of its file below `/run/secrets`.
    SecretName: "a name of letters, digits, `-` and `_` that begins with a letter or digit", is_dotless;
    /// An input, which becomes a variable of compose and of Dockerfiles.
    InputName: "a name of letters, digits and `_` that does not begin with a digit", is_identifier;
    /// Something that a build leaves behind for others.
    ArtifactName: "a name of letters, digits, `-` and `_` that begins with a letter or digit", is_dotless;
    /// A stage of a Dockerfile.
    StageName: "a name of a-z, 0-9, `-`, `_` and `.` that begins with a letter", is_stage;
    /// A compose project.
    ProjectName: "a name of a-z, 0-9, `-` and `_` that begins with a letter or digit", is_lower_name;
    /// An environment variable. POSIX asks for an identifier; `discovery.type` and the like occur in real images.
    EnvName: "a name without `=`, white space or quotes", is_env_name;
    /// A server name of nginx: a host, `*.host`, `host.*`, or `_`.
    Domain: "a host name such as `example.org`, `*.example.org` or `_`", is_domain;
    /// A file name extension without its dot, in lower case.
    Extension: "an extension such as `css`", is_extension;
    /// A media type, `type/subtype`.
    MimeType: "a media type such as `text/css`", is_mime_type;
}

impl EnvName {
    /// Whether a shell can set a variable of this name.
    pub fn is_identifier(&self) -> bool {
        is_identifier(&self.0)
    }
}

fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    text.len() <= 128
        && chars.next().is_some_and(|c| c.is_ascii_alphanumeric())
        && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// A name that can stand before or after the dot of a reference.
fn is_dotless(text: &str) -> bool {
    is_name(text) && !text.contains('.')
}

fn is_lower_name(text: &str) -> bool {
    is_name(text) && text.chars().all(|c| !c.is_ascii_uppercase() && c != '.')
}

fn is_stage(text: &str) -> bool {
    is_name(text)
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| !c.is_ascii_uppercase())
}

fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_env_name(text: &str) -> bool {
    !text.is_empty()
        && !text.contains(|c: char| c == '=' || c == '"' || c == '\'' || c.is_whitespace() || c.is_control())
}

fn is_domain(text: &str) -> bool {
    let host = text.strip_prefix("*.").unwrap_or(text);
    let host = host.strip_suffix(".*").unwrap_or(host);
    text == "_"
        || !host.is_empty()
            && text.len() <= 253
            && host.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
            })
}

fn is_extension(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '+'))
}

fn is_mime_type(text: &str) -> bool {
    let token = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c))
    };
    matches!(text.split_once('/'), Some((kind, sub)) if token(kind) && token(sub))
}
