//! Which server takes a request. Source: nginx's `ngx_http_process_request_line`, `ngx_http_validate_host` and
//! `ngx_http_find_virtual_server`, `ngx_http_ssl_servername` in `src/http/ngx_http_request.c`, `ngx_http_server_names` in
//! `src/http/ngx_http.c`.

use std::net::IpAddr;

use super::answer::{About, Answer, Files, Lost, Outcome, Request, Step, Undecided};
use super::config::{Address, Config, Listen, Server};
use super::pattern::Captures;
use super::run::{Known, Next, Run};
use super::uri;

/// What nginx does with a request.
pub fn answer(config: &Config, request: &Request, files: &dyn Files) -> Answer {
    match begin(config, request, files) {
        Ok((mut run, first)) => {
            let outcome = match first {
                Ok(next) => run.phases(next),
                Err(undecided) => Outcome::Undecided(undecided),
            };
            run.finish(outcome)
        }
        Err(undecided) => {
            Answer { outcome: Outcome::Undecided(undecided), server: None, route: None, chain: Vec::new() }
        }
    }
}

/// Up to the first phase.
fn begin<'a>(
    config: &'a Config,
    request: &'a Request,
    files: &'a dyn Files,
) -> Known<(Run<'a>, Known<Next>)> {
    if let Some(refused) = &config.refused {
        return Err(Undecided::new(
            format!("nginx does not start with this configuration: {}", refused.reason),
            refused.span,
        ));
    }
    if !request.target.starts_with('/') || request.target.contains(' ') {
        return Err(Undecided::new("only a path that begins with `/` and has no space is modelled", None));
    }
    if request.method.is_empty() || !request.method.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(Undecided::new("the method is not made of capital letters", None));
    }
    if request.method == "CONNECT" {
        return Err(Undecided::new("CONNECT is not modelled", None));
    }
    if request.header("transfer-encoding").is_some() {
        return Err(Undecided::new("a body in chunks is not modelled", None));
    }
    if request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        return Err(Undecided::new("there is a second header Host", None));
    }
    let groups = groups(config, request)?;
    let mut chosen = groups.iter().map(|group| choose(config, request, files, group));
    let first = chosen
        .next()
        .ok_or_else(|| Undecided::new(format!("no server listens on port {}", request.port), None))??;
    for other in chosen {
        if !std::ptr::eq(other?.0.server, first.0.server) {
            let why = "which server answers depends on the address that the client connects to";
            return Err(Undecided::new(why, None));
        }
    }
    Ok(first)
}

/// The servers of one address and port, the default one first.
struct Group<'a> {
    servers: Vec<(&'a Server, &'a Listen)>,
    default: usize,
    tls: bool,
}

/// The groups that could take the request: one, if the address is known.
fn groups<'a>(config: &'a Config, request: &Request) -> Known<Vec<Group<'a>>> {
    let mut addresses: Vec<Address> = Vec::new();
    let on_port = |listen: &&Listen| listen.port == request.port;
    for listen in config.servers.iter().flat_map(|server| server.listens.iter().filter(on_port)) {
        if !addresses.contains(&listen.address) {
            addresses.push(listen.address);
        }
    }
    if let Some(address) = request.address {
        if addresses.contains(&Address::Named) {
            return Err(Undecided::new("which address a server listens on is a name", None));
        }
        let any = match address {
            IpAddr::V4(_) => Address::AnyV4,
            IpAddr::V6(_) => Address::AnyV6,
        };
        let one = Address::One(address);
        addresses.retain(|other| *other == one || *other == any);
        if addresses.contains(&one) {
            addresses.retain(|other| *other == one);
        }
    }
    Ok(addresses.into_iter().map(|address| group(config, address, request.port)).collect())
}

fn group(config: &Config, address: Address, port: u16) -> Group<'_> {
    let mut servers = Vec::new();
    for server in &config.servers {
        let listen = server.listens.iter().find(|listen| listen.address == address && listen.port == port);
        servers.extend(listen.map(|listen| (server, listen)));
    }
    let default = servers.iter().position(|(_, listen)| listen.is_default).unwrap_or(0);
    let tls = servers.iter().any(|(_, listen)| listen.tls);
    Group { servers, default, tls }
}

/// The server of a group that takes the request.
fn choose<'a>(
    config: &'a Config,
    request: &'a Request,
    files: &'a dyn Files,
    group: &Group<'a>,
) -> Known<(Run<'a>, Known<Next>)> {
    if request.tls && !group.tls {
        return Err(Undecided::new(format!("port {} does not speak TLS", request.port), None));
    }
    let (default, listen) = group.servers[group.default];
    let mut run = Run::new(config, request, files, default);
    let target = uri::read(request.target.as_bytes(), default.merge_slashes, config.semantics);
    let Some(target) = target else {
        run.step(About::Path, "nginx refuses the path", None);
        let has_page = run.settings().error_pages.iter().any(|page| page.status == 400);
        if has_page {
            return Err(Undecided::new("a page for a path that nginx refuses is not modelled", None));
        }
        return Ok((run, Ok(Next::Error(400))));
    };
    run.uri = target.uri;
    run.args = target.args;
    run.extension = target.extension;
    run.quoted = target.quoted;
    run.plus = target.plus;
    let host = match &request.host {
        Some(host) => validated(host)?,
        None => None,
    };
    let (server, step, captures) = match &host {
        Some(host) => by_name(group, host)?,
        None if request.host.is_none() => by_name(group, "")?,
        None => (default, None, None),
    };
    run.server = server;
    run.block = server.block;
    for (name, value) in captures.iter().flat_map(|captures| &captures.1) {
        run.variables.insert(name.clone(), value.clone());
    }
    if let Some((captures, _)) = captures {
        run.captures = captures;
    }
    let lost = group.servers.iter().filter(|(other, _)| !std::ptr::eq(*other, server));
    let lost = lost.take(8).map(|(other, _)| Lost {
        what: format!("server {}", other.name()),
        span: Some(other.span),
        why: "its names do not fit better".to_owned(),
    });
    let (said, span) = step.unwrap_or_else(|| {
        let how = if listen.is_default { "`default_server` says so" } else { "it is the first on this port" };
        (format!("no server has this name, and {how}"), listen.span)
    });
    run.chain.push(Step { about: About::Server, said, span, lost: lost.collect() });
    if let Some(span) = server.rejects.filter(|_| request.tls) {
        run.step(About::Server, "the handshake is ended before a certificate is shown", Some(span));
        return Ok((run, Ok(Next::Done(Outcome::Closed))));
    }
    let Some(host) = host else {
        run.step(About::Server, "nginx refuses a request without a valid Host", None);
        return Ok((run, Ok(Next::Error(400))));
    };
    run.host = host;
    if request.method == "TRACE" {
        return Ok((run, Ok(Next::Error(405))));
    }
    if group.tls && !request.tls {
        run.step(About::Server, "the port speaks TLS, and the request does not", None);
        return Ok((run, Ok(Next::Error(497))));
    }
    Ok((run, Ok(Next::ServerRewrite)))
}

/// A server, why it is that, and what its regular expression captured.
type Named<'a> =
    (&'a Server, Option<(String, Option<crate::source::Span>)>, Option<(Captures, Vec<(String, Vec<u8>)>)>);

/// The server with a name: as it is, else with the longest `*.` before, else with the longest `.*` behind, else the
/// first regular expression.
fn by_name<'a>(group: &Group<'a>, host: &str) -> Known<Named<'a>> {
    let names = || {
        let of = |(server, _): &(&'a Server, &'a Listen)| {
            let server: &'a Server = server;
            server.names.iter().map(move |name| (server, name))
        };
        group.servers.iter().flat_map(of)
    };
    let plain = || names().filter(|(_, name)| name.pattern.is_none());
    let exact = plain().find(|(_, name)| name.text == host || name.text.strip_prefix('.') == Some(host));
    let mut best = exact.map(|found| (found, "the name is its own"));
    if best.is_none() {
        let mut longest = 0;
        for (server, name) in plain() {
            let suffix = name.text.strip_prefix("*.").or_else(|| name.text.strip_prefix('.'));
            let Some(suffix) = suffix else { continue };
            let fits = host.strip_suffix(suffix).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'));
            if fits && suffix.len() > longest {
                longest = suffix.len();
                best = Some(((server, name), "the longest name with a star at the beginning"));
            }
        }
    }
    if best.is_none() {
        let mut longest = 0;
        for (server, name) in plain() {
            let Some(prefix) = name.text.strip_suffix(".*") else { continue };
            let fits = host.strip_prefix(prefix).is_some_and(|rest| rest.len() > 1 && rest.starts_with('.'));
            if fits && prefix.len() > longest {
                longest = prefix.len();
                best = Some(((server, name), "the longest name with a star at the end"));
            }
        }
    }
    if let Some(((server, name), why)) = best {
        return Ok((server, Some((format!("`{}` takes {host}: {why}", name.text), Some(name.span))), None));
    }
    for (server, name) in names().filter(|_| !host.is_empty()) {
        let Some(pattern) = &name.pattern else { continue };
        let found = pattern.find(host.as_bytes()).map_err(|why| Undecided::new(why, Some(name.span)))?;
        let Some(found) = found else { continue };
        let named = pattern
            .names
            .iter()
            .map(|(name, number)| (name.clone(), found.groups.get(*number).cloned().unwrap_or_default()));
        let named = named.collect();
        let why = format!("`~{}` takes {host}: the first regular expression that matches", name.text);
        return Ok((server, Some((why, Some(name.span))), Some((found, named))));
    }
    let (default, _) = group.servers[group.default];
    Ok((default, None, None))
}

/// The name in a header `Host`, in lower case and without its port; `None` if nginx answers 400 to it.
fn validated(host: &str) -> Known<Option<String>> {
    let unsure = || Undecided::new("versions of nginx differ on this Host", None);
    if host.is_empty() || host == "." {
        return Ok(None);
    }
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => {
            let Some((address, rest)) = rest.split_once(']') else { return Err(unsure()) };
            if !address.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':') || address.is_empty() {
                return Err(unsure());
            }
            (format!("[{address}]"), rest.strip_prefix(':').or(rest.is_empty().then_some("")))
        }
        None => match host.split_once(':') {
            Some((name, port)) => (name.to_owned(), Some(port)),
            None => (host.to_owned(), Some("")),
        },
    };
    let Some(port) = port else { return Err(unsure()) };
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit()) && port.len() <= 4;
    let is_port =
        is_port || port.parse::<u16>().is_ok_and(|_| port.bytes().all(|byte| byte.is_ascii_digit()));
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._[]:".contains(&byte);
    if !is_port || !name.bytes().all(is_plain) {
        return Err(unsure());
    }
    if name.contains("..") {
        return Ok(None);
    }
    let name = name.strip_suffix('.').unwrap_or(&name);
    if name.is_empty() {
        return Ok(None);
    }
    Ok(Some(name.to_ascii_lowercase()))
}
