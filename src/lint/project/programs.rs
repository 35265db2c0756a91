//! Programs whose words say which port they listen on.
//!
//! Source of each row: the program's own documentation of its command line. A row's default holds only where nothing
//! else can say otherwise, such as a file of settings or a variable.

/// An address that a program listens on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lint) enum On {
    /// All that the container has.
    Every,
    /// 127.0.0.1 or `::1`: nothing outside of the container reaches it.
    Loopback,
    /// Another, or nobody knows.
    Other,
}

/// A port that the words of a program say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::lint) struct Said {
    /// The program: `gunicorn`.
    pub(in crate::lint) program: &'static str,
    /// What it listens on; none where the words leave it to a socket.
    pub(in crate::lint) ports: Vec<(u16, On)>,
    /// Whether the words say all of it. Otherwise it is the default, or words that are not known.
    pub(in crate::lint) is_explicit: bool,
    /// Whether a default is as good as said, if no variable of [`Program::variables`] is set.
    pub(in crate::lint) is_firm: bool,
    /// The variables that change it.
    pub(in crate::lint) variables: &'static [&'static str],
    /// The words that make it listen to all: `-b 0.0.0.0:8000`.
    pub(in crate::lint) advice: &'static str,
}

/// A program that listens.
#[derive(Clone, Copy, Debug)]
struct Program {
    /// The word that it is known by, without its folder.
    name: &'static str,
    /// A word that must follow: `runserver`.
    then: &'static str,
    /// Options with `[address][:port]`.
    bind: &'static [&'static str],
    /// Options with an address.
    host: &'static [&'static str],
    /// Options with a port.
    port: &'static [&'static str],
    /// Whether the word behind `then` may be `[address:]port`.
    positional: bool,
    /// Options that leave it to a file, or to a socket that is handed over.
    elsewhere: &'static [&'static str],
    /// What it listens on without any.
    default: Option<(On, u16)>,
    /// Whether nothing but `variables` changes the default.
    is_firm: bool,
    variables: &'static [&'static str],
    advice: &'static str,
}

const NONE: Program = Program {
    name: "",
    then: "",
    bind: &[],
    host: &[],
    port: &[],
    positional: false,
    elsewhere: &[],
    default: None,
    is_firm: false,
    variables: &[],
    advice: "",
};

const PROGRAMS: &[Program] = &[
    Program {
        name: "gunicorn",
        bind: &["-b", "--bind"],
        elsewhere: &["-c", "--config", "--paste", "--paster"],
        default: Some((On::Loopback, 8000)),
        variables: &["PORT", "GUNICORN_CMD_ARGS"],
        advice: "-b 0.0.0.0:",
        ..NONE
    },
    Program {
        name: "uvicorn",
        host: &["--host"],
        port: &["--port"],
        elsewhere: &["--uds", "--fd"],
        default: Some((On::Loopback, 8000)),
        is_firm: true,
        variables: &["UVICORN_HOST", "UVICORN_PORT", "UVICORN_UDS", "UVICORN_FD"],
        advice: "--host 0.0.0.0 --port ",
        ..NONE
    },
    Program {
        name: "hypercorn",
        bind: &["-b", "--bind"],
        elsewhere: &["-c", "--config"],
        default: Some((On::Loopback, 8000)),
        is_firm: true,
        advice: "-b 0.0.0.0:",
        ..NONE
    },
    Program {
        name: "daphne",
        host: &["-b", "--bind"],
        port: &["-p", "--port"],
        elsewhere: &["-e", "--endpoint", "-u", "--unix-socket", "--fd"],
        default: Some((On::Loopback, 8000)),
        is_firm: true,
        advice: "-b 0.0.0.0 -p ",
        ..NONE
    },
    Program {
        name: "waitress-serve",
        bind: &["--listen"],
        host: &["--host"],
        port: &["--port"],
        elsewhere: &["--unix-socket"],
        default: Some((On::Every, 8080)),
        is_firm: true,
        advice: "--listen=0.0.0.0:",
        ..NONE
    },
    Program {
        name: "flask",
        then: "run",
        host: &["-h", "--host"],
        port: &["-p", "--port"],
        default: Some((On::Loopback, 5000)),
        is_firm: true,
        variables: &["FLASK_RUN_HOST", "FLASK_RUN_PORT"],
        advice: "--host 0.0.0.0 --port ",
        ..NONE
    },
    Program {
        name: "fastapi",
        then: "run",
        host: &["--host"],
        port: &["--port"],
        default: Some((On::Every, 8000)),
        variables: &["PORT", "FASTAPI_PORT"],
        advice: "--host 0.0.0.0 --port ",
        ..NONE
    },
    Program {
        name: "manage.py",
        then: "runserver",
        positional: true,
        default: Some((On::Loopback, 8000)),
        advice: "0.0.0.0:",
        ..NONE
    },
    Program {
        name: "django-admin",
        then: "runserver",
        positional: true,
        default: Some((On::Loopback, 8000)),
        advice: "0.0.0.0:",
        ..NONE
    },
    Program {
        name: "http.server",
        host: &["-b", "--bind"],
        positional: true,
        default: Some((On::Every, 8000)),
        is_firm: true,
        advice: "--bind 0.0.0.0 ",
        ..NONE
    },
    Program {
        name: "streamlit",
        then: "run",
        host: &["--server.address"],
        port: &["--server.port"],
        default: Some((On::Every, 8501)),
        variables: &["STREAMLIT_SERVER_PORT", "STREAMLIT_SERVER_ADDRESS"],
        advice: "--server.address 0.0.0.0 --server.port ",
        ..NONE
    },
    Program {
        name: "uwsgi",
        bind: &["--http", "--http-socket", "--socket", "-s", "--uwsgi-socket"],
        elsewhere: &["--ini", "--yaml", "--json", "--xml"],
        advice: "--http 0.0.0.0:",
        ..NONE
    },
    Program { name: "php", bind: &["-S"], advice: "-S 0.0.0.0:", ..NONE },
    Program {
        name: "artisan",
        then: "serve",
        host: &["--host"],
        port: &["--port"],
        default: Some((On::Loopback, 8000)),
        variables: &["SERVER_HOST", "SERVER_PORT"],
        advice: "--host 0.0.0.0 --port ",
        ..NONE
    },
    Program { name: "php-fpm", default: Some((On::Every, 9000)), ..NONE },
    Program {
        name: "next",
        then: "start",
        host: &["-H", "--hostname"],
        port: &["-p", "--port"],
        default: Some((On::Every, 3000)),
        variables: &["PORT", "HOSTNAME"],
        advice: "-H 0.0.0.0 -p ",
        ..NONE
    },
    Program {
        name: "next",
        then: "dev",
        host: &["-H", "--hostname"],
        port: &["-p", "--port"],
        default: Some((On::Every, 3000)),
        variables: &["PORT", "HOSTNAME"],
        advice: "-H 0.0.0.0 -p ",
        ..NONE
    },
    Program {
        name: "vite",
        host: &["--host"],
        port: &["--port"],
        elsewhere: &["-c", "--config"],
        default: Some((On::Loopback, 5173)),
        advice: "--host 0.0.0.0 --port ",
        ..NONE
    },
    Program {
        name: "ng",
        then: "serve",
        host: &["--host"],
        port: &["--port"],
        default: Some((On::Loopback, 4200)),
        advice: "--host 0.0.0.0 --port ",
        ..NONE
    },
    Program {
        name: "http-server",
        host: &["-a"],
        port: &["-p", "--port"],
        default: Some((On::Every, 8080)),
        variables: &["PORT"],
        advice: "-a 0.0.0.0 -p ",
        ..NONE
    },
    Program {
        name: "rails",
        then: "server",
        host: &["-b", "--binding"],
        port: &["-p", "--port"],
        default: Some((On::Other, 3000)),
        variables: &["PORT", "BINDING"],
        advice: "-b 0.0.0.0 -p ",
        ..NONE
    },
    Program {
        name: "rails",
        then: "s",
        host: &["-b", "--binding"],
        port: &["-p", "--port"],
        default: Some((On::Other, 3000)),
        variables: &["PORT", "BINDING"],
        advice: "-b 0.0.0.0 -p ",
        ..NONE
    },
    Program {
        name: "puma",
        bind: &["-b", "--bind"],
        port: &["-p", "--port"],
        elsewhere: &["-C", "--config"],
        default: Some((On::Other, 9292)),
        variables: &["PORT"],
        advice: "-b tcp://0.0.0.0:",
        ..NONE
    },
];

/// What a command says of the ports that it listens on; `None` if it is no program that is known.
pub(in crate::lint) fn said(command: &[String]) -> Option<Said> {
    // `pip install gunicorn` starts nothing.
    if command.iter().any(|word| word == "install" || word == "add") {
        return None;
    }
    PROGRAMS.iter().find_map(|program| {
        let at = command.iter().position(|word| word.rsplit('/').next() == Some(program.name))?;
        let words = &command[at + 1..];
        let words = match program.then {
            "" => words,
            then => {
                let at = words.iter().position(|word| word == then)?;
                &words[at + 1..]
            }
        };
        // `php` alone is any program, `php -S` a server.
        let is_one = program.default.is_some() || !values(words, program.bind).is_empty();
        is_one.then(|| read(program, words))
    })
}

fn read(program: &Program, words: &[String]) -> Said {
    let mut said = Said {
        program: program.name,
        ports: Vec::new(),
        is_explicit: true,
        is_firm: program.is_firm,
        variables: program.variables,
        advice: program.advice,
    };
    let binds = values(words, program.bind);
    let mut hosts = values(words, program.host);
    let mut ports = values(words, program.port);
    if program.positional
        && let Some(word) = positional(words, program.host)
    {
        match word.rsplit_once(':') {
            Some((host, port)) => {
                hosts.push(host);
                ports.push(port);
            }
            None => ports.push(word),
        }
    }
    let (default_on, default_port) = program.default.unwrap_or((On::Other, 0));
    if !binds.is_empty() {
        for bind in binds {
            match bind_address(bind, default_port) {
                Some(Some(at)) => said.ports.push(at),
                Some(None) => {}
                None => said.is_explicit = false,
            }
        }
        return said;
    }
    if !values(words, program.elsewhere).is_empty() {
        said.is_explicit = false;
        said.is_firm = false;
        return said;
    }
    let on = match hosts.last() {
        Some(host) => address(host),
        None => default_on,
    };
    let port = match ports.last() {
        Some(port) => port.parse().ok(),
        None => (default_port != 0).then_some(default_port),
    };
    // A word with a variable in it, or an option whose value is left out, says nothing.
    let is_known = |words: &[&str]| words.last().is_none_or(|word| !word.contains('$'));
    let Some(port) = port.filter(|_| is_known(&hosts)) else {
        said.is_explicit = false;
        said.is_firm = false;
        return said;
    };
    said.is_explicit = !ports.is_empty() && (!hosts.is_empty() || default_on == On::Every);
    said.ports.push((port, on));
    said
}

/// `address:port`, `:port`, `port`, `tcp://address:port`; within, `None` for a socket; `None` for what is not known.
#[expect(clippy::option_option, reason = "a socket is known, and no port")]
fn bind_address(text: &str, default_port: u16) -> Option<Option<(u16, On)>> {
    if text.contains('$') {
        return None;
    }
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let rest = rest.split(['?', ',']).next().unwrap_or(rest);
    if rest.starts_with("unix:") || rest.starts_with('/') || rest.contains(".sock") {
        return Some(None);
    }
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok()?),
        None => match rest.parse() {
            Ok(port) => ("", port),
            Err(_) => (rest, default_port),
        },
    };
    Some(Some((port, address(host))))
}

/// What listening on a host means.
pub(in crate::lint) fn address(host: &str) -> On {
    match host.trim_matches(['[', ']', '"', '\'']) {
        "" | "*" | "0.0.0.0" | "::" | "0" | "true" => On::Every,
        "localhost" | "::1" => On::Loopback,
        host if host.starts_with("127.") => On::Loopback,
        _ => On::Other,
    }
}

/// The values of options: `-b x`, `--bind x`, `--bind=x`, `-bx`. An option at the end, or before another one, has an
/// empty value.
fn values<'w>(words: &'w [String], options: &[&str]) -> Vec<&'w str> {
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate() {
        for option in options {
            let Some(rest) = word.strip_prefix(option) else { continue };
            let next = words.get(index + 1).map_or("", String::as_str);
            let is_short = option.len() == 2 && !option.starts_with("--");
            match rest.strip_prefix('=') {
                Some(value) => found.push(value),
                None if rest.is_empty() => found.push(if next.starts_with('-') { "" } else { next }),
                None if is_short && rest.starts_with(|c: char| c.is_ascii_digit() || c == ':') => {
                    found.push(rest);
                }
                None => {}
            }
        }
    }
    found
}

/// The first word that is neither an option nor its value, if it is a port or an address with one.
fn positional<'w>(words: &'w [String], options: &[&str]) -> Option<&'w str> {
    let is_value = |index: usize| index > 0 && options.contains(&words[index - 1].as_str());
    let is_place = |word: &str| {
        let port = word.rsplit_once(':').map_or(word, |(_, port)| port);
        !port.is_empty() && port.chars().all(|c| c.is_ascii_digit()) || word.contains('$')
    };
    let found = words.iter().enumerate().find(|(index, word)| !is_value(*index) && is_place(word));
    found.map(|(_, word)| word.as_str())
}

#[cfg(test)]
mod tests {
    use super::{On, said};

    #[test]
    fn words_say_ports() {
        for (text, ports, is_explicit) in [
            ("gunicorn -b 127.0.0.1:8000 app:app", &[(8000, On::Loopback)][..], true),
            ("gunicorn --bind=0.0.0.0:80 --bind [::]:81 app", &[(80, On::Every), (81, On::Every)], true),
            ("gunicorn -b:8001 app", &[(8001, On::Every)], true),
            ("gunicorn -b unix:/run/app.sock app", &[], true),
            ("gunicorn -b 0.0.0.0:$PORT app", &[], false),
            ("gunicorn app:app", &[(8000, On::Loopback)], false),
            ("gunicorn -c gunicorn.conf.py app", &[], false),
            ("uvicorn app:app --host 0.0.0.0 --port 5000", &[(5000, On::Every)], true),
            ("uvicorn app:app --port 5000", &[(5000, On::Loopback)], false),
            ("python manage.py runserver 0.0.0.0:8000", &[(8000, On::Every)], true),
            ("python3 ./manage.py runserver 8080", &[(8080, On::Loopback)], false),
            ("python -m http.server 9000", &[(9000, On::Every)], true),
            ("python -m http.server --bind 127.0.0.1", &[(8000, On::Loopback)], false),
            ("flask --app x run --host=0.0.0.0", &[(5000, On::Every)], false),
            ("php -S 0.0.0.0:8000 -t public", &[(8000, On::Every)], true),
            ("next start -p 4000", &[(4000, On::Every)], true),
            ("vite --host --port 3000", &[(3000, On::Every)], true),
            ("puma -b tcp://0.0.0.0:3000", &[(3000, On::Every)], true),
            ("wait-for-it.sh db:5432 -- gunicorn -b 0.0.0.0:5000 x", &[(5000, On::Every)], true),
        ] {
            let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            let said = said(&words).unwrap();
            assert_eq!((said.ports.as_slice(), said.is_explicit), (ports, is_explicit), "{text}");
        }
        for silent in ["php index.php", "pip install gunicorn", "node server.js", "rails console"] {
            let words: Vec<String> = silent.split(' ').map(str::to_owned).collect();
            assert_eq!(said(&words), None, "{silent}");
        }
    }
}
