//! Scalars of a Dockerfile: modes, owners, checksums, platforms, signals, devices. Kept as written once they are
//! known to be right.

use std::fmt;

macro_rules! scalars {
    ($($(#[doc = $doc:literal])* $name:ident: $valid:expr;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// Reads one; `None` if the text is none.
            pub fn parse(text: &str) -> Option<Self> {
                let valid: fn(&str) -> bool = $valid;
                valid(text).then(|| Self(text.to_owned()))
            }

            /// As it was written.
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

scalars! {
    /// What `--chmod` takes: `0644`, or `u=rwX,go=rX` as chmod(1) has it.
    /// Source: `BuildKit`, `dockerfile2llb/convert_copy.go`; the grammar is that of tonistiigi/dchapes-mode.
    Mode: |text| is_octal(text) || text.split(',').all(is_symbolic);
    /// A mode in octal, up to `7777`, as a mount takes it.
    OctalMode: is_octal;
    /// What `--chown` takes: `user` or `user:group`, each a name or a number.
    Owner: |text| {
        let (user, group) = text.split_once(':').map_or((text, None), |(user, group)| (user, Some(group)));
        is_account(user) && group.is_none_or(is_account)
    };
    /// What `--checksum` takes: `sha256:` and 64 digits for a URL, a commit or how it begins for a repository.
    Checksum: |text| match text.strip_prefix("sha256:") {
        Some(digits) => digits.len() == 64 && digits.chars().all(is_lower_hex),
        None => (1..=64).contains(&text.len()) && text.chars().all(is_lower_hex),
    };
    /// `linux/arm64/v8`: system, architecture and variant, the latter two if need be. Source: containerd/platforms.
    Platform: |text| {
        let parts: Vec<&str> = text.split('/').collect();
        parts.len() <= 3
            && parts.iter().all(|part| {
                !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
            })
    };
    /// `SIGTERM`, `TERM`, `SIGRTMIN+3` or a number. Source: moby/sys/signal.
    Signal: is_signal;
    /// A device of the container device interface: `vendor1.com/device=foo`, `vendor1.com/device`, or a class.
    DeviceName: |text| {
        let mut characters = text.chars();
        characters.next().is_some_and(|c| c.is_ascii_alphanumeric())
            && characters.all(|c| c.is_ascii_alphanumeric() || "_-./:=*".contains(c))
            // Keys of the option itself.
            && !matches!(text.split('=').next(), Some("required" | "name"))
    };
}

fn is_octal(text: &str) -> bool {
    (1..=5).contains(&text.len()) && u32::from_str_radix(text, 8).is_ok_and(|mode| mode <= 0o7777)
}

/// A clause of a symbolic mode: who, then at least one sign with what it gives or takes.
fn is_symbolic(clause: &str) -> bool {
    let actions = clause.trim_start_matches(['u', 'g', 'o', 'a']);
    let mut rest = actions;
    while let Some(what) = rest.strip_prefix(['+', '-', '=']) {
        let end = what.find(['+', '-', '=']).unwrap_or(what.len());
        let copied = matches!(&what[..end], "u" | "g" | "o");
        if !copied && !what[..end].chars().all(|c| "rwxXst".contains(c)) {
            return false;
        }
        rest = &what[end..];
    }
    rest.is_empty() && !actions.is_empty()
}

fn is_account(text: &str) -> bool {
    let name = text.strip_suffix('$').unwrap_or(text);
    !name.is_empty()
        && !name.starts_with('-')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '@'))
}

fn is_lower_hex(c: char) -> bool {
    matches!(c, '0'..='9' | 'a'..='f')
}

fn is_signal(text: &str) -> bool {
    if let Ok(number) = text.parse::<u8>() {
        return (1..=64).contains(&number) && text.bytes().all(|byte| byte.is_ascii_digit());
    }
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let real_time = |most: u8, rest: &str| rest.parse().is_ok_and(|number: u8| (1..=most).contains(&number));
    SIGNALS.contains(&name)
        || name.strip_prefix("RTMIN+").is_some_and(|rest| real_time(15, rest))
        || name.strip_prefix("RTMAX-").is_some_and(|rest| real_time(14, rest))
}

/// The names that Linux has, without `SIG`.
const SIGNALS: &[&str] = &[
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE",
    "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU",
    "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of these texts are read.
    fn read<'t, T>(parse: fn(&str) -> Option<T>, texts: &[&'t str]) -> Vec<&'t str> {
        texts.iter().copied().filter(|text| parse(text).is_some()).collect()
    }

    #[test]
    fn modes_are_octal_or_symbolic() {
        let right = ["0644", "644", "04755", "7777", "+x", "u=rwX,go=rX", "g=u", "a+rX-w", "go="];
        assert_eq!(read(Mode::parse, &right), right);
        let wrong: [&str; 9] = ["", "0888", "17777", "rwx", "u", "u=rwz", "+x,", "644 ", "0o644"];
        assert_eq!(read(Mode::parse, &wrong), [""; 0]);
        assert_eq!(read(OctalMode::parse, &["0750", "+x"]), ["0750"]);
    }

    #[test]
    fn owners_are_accounts_by_name_or_number() {
        let right = ["10001", "10001:10001", "www-data", "app:staff", "_apt", "machine$"];
        assert_eq!(read(Owner::parse, &right), right);
        assert_eq!(read(Owner::parse, &["", ":1", "a:", "a:b:c", "a b", "-a", "a\n", "--link"]), [""; 0]);
    }

    #[test]
    fn checksums_are_of_files_or_commits() {
        let sum = format!("sha256:{}", "0a".repeat(32));
        assert!(Checksum::parse(&sum).is_some() && Checksum::parse("be1f38e").is_some());
        assert_eq!(read(Checksum::parse, &["", "sha256:00", "md5:00", "BE1F", "main"]), [""; 0]);
    }

    #[test]
    fn platforms_signals_and_devices_have_their_grammar() {
        assert_eq!(
            read(Platform::parse, &["linux/arm64/v8", "linux", "a/b/c/d", "linux/", "a b", ""]),
            ["linux/arm64/v8", "linux"]
        );
        assert_eq!(
            read(
                Signal::parse,
                &["SIGINT", "term", "9", "SIGRTMIN+3", "RTMAX-14", "0", "65", "+9", "SIGX", "RTMIN+16"]
            ),
            ["SIGINT", "term", "9", "SIGRTMIN+3", "RTMAX-14"]
        );
        assert_eq!(
            read(
                DeviceName::parse,
                &["vendor1.com/device=*", "class1", "a,required", "required", "name=x", "a b", ""]
            ),
            ["vendor1.com/device=*", "class1"]
        );
    }
}
