//! Every directive of nginx's table, said in a stack file wherever it may stand, as nginx reads it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ptr;

use stackc::backend::Layout;
use stackc::compile::compile;
use stackc::diagnostic::Sink;
use stackc::facts::Facts;
use stackc::render::{Look, terminal};
use stackc::schema::{Kind, Row, Word, rows_named};
use stackc::source::SourceMap;
use stackc::syntax::nginx::read;
use stackc::syntax::nginx::tree::{Directive as Written, directives};
use stackc::vocabulary::nginx::{Context, Directive, all};

use super::{NGINX, Said, docker, need_images};

/// nginx with its packaged modules, and the files that the examples name.
const IMAGE: &str = include_str!("vocabulary_nginx.Dockerfile");

/// Directives that are newer than the nginx at hand: stackc says so.
const NEWER: &[&str] = &[
    "client_body_early_read (http_core)",
    "fastcgi_socket_rcvbuf (http_fastcgi)",
    "fastcgi_socket_sndbuf (http_fastcgi)",
    "grpc_socket_rcvbuf (http_grpc)",
    "grpc_socket_sndbuf (http_grpc)",
    "least_time (http_upstream_least_time)",
    "least_time (stream_upstream_least_time)",
    "proxy_socket_rcvbuf (http_proxy)",
    "proxy_socket_rcvbuf (stream_proxy)",
    "proxy_socket_sndbuf (http_proxy)",
    "proxy_socket_sndbuf (stream_proxy)",
    "proxy_ssl_alpn (stream_proxy)",
    "scgi_socket_rcvbuf (http_scgi)",
    "scgi_socket_sndbuf (http_scgi)",
    "tunnel_bind (http_tunnel)",
    "tunnel_buffer_size (http_tunnel)",
    "tunnel_connect_timeout (http_tunnel)",
    "tunnel_next_upstream (http_tunnel)",
    "tunnel_next_upstream_timeout (http_tunnel)",
    "tunnel_next_upstream_tries (http_tunnel)",
    "tunnel_pass (http_tunnel)",
    "tunnel_read_timeout (http_tunnel)",
    "tunnel_send_lowat (http_tunnel)",
    "tunnel_send_timeout (http_tunnel)",
    "tunnel_socket_keepalive (http_tunnel)",
    "tunnel_socket_rcvbuf (http_tunnel)",
    "tunnel_socket_sndbuf (http_tunnel)",
    "uwsgi_socket_rcvbuf (http_uwsgi)",
    "uwsgi_socket_sndbuf (http_uwsgi)",
    "xml_external_entities (http_xslt)",
];

/// Directives of modules that no package has.
const ABSENT: &[&str] = &["degradation (http_degradation)", "degrade (http_degradation)"];

/// What no word of the language says: in a proxy, its own statement of that name comes first.
const UNSAID: &[&str] = &["env (core) main", "include (core) main", "pid (core) main", "user (core) main"];

/// What examples rely on, by the block that it stands in; left out where the directive itself is tried there.
const AROUND: &[(Context, &[&str])] = &[
    (
        Context::Http,
        &[
            "ssl_certificate /etc/nginx/tls/example.org.crt",
            "ssl_certificate_key /etc/nginx/tls/example.org.key",
            "ssl_client_certificate /etc/nginx/tls/ca.crt",
            "geo $memcached_key { default a }",
            "limit_conn_zone $binary_remote_addr zone=addresses:1m",
            "limit_req_zone $binary_remote_addr zone=requests:1m rate=1r/s",
            "proxy_cache_path /var/cache/nginx/a keys_zone=proxy_zone:1m",
            "fastcgi_cache_path /var/cache/nginx/b keys_zone=fastcgi_zone:1m",
            "uwsgi_cache_path /var/cache/nginx/c keys_zone=uwsgi_zone:1m",
            "scgi_cache_path /var/cache/nginx/d keys_zone=scgi_zone:1m",
        ],
    ),
    // A route says more than what a sentence of its own sets.
    (Context::Location, &["satisfy all"]),
    (Context::Upstream, &["server 127.0.0.1:19001"]),
    (
        Context::Stream,
        &[
            "log_format basic $remote_addr",
            "limit_conn_zone $binary_remote_addr zone=addresses:1m",
            "ssl_certificate /etc/nginx/tls/example.org.crt",
            "ssl_certificate_key /etc/nginx/tls/example.org.key",
            "ssl_client_certificate /etc/nginx/tls/ca.crt",
        ],
    ),
    (Context::StreamServer, &["listen 127.0.0.1:18090", "return ok"]),
    (Context::StreamUpstream, &["server 127.0.0.1:19001"]),
    (
        Context::Mail,
        &[
            "auth_http 127.0.0.1:9000/auth",
            "ssl_certificate /etc/nginx/tls/example.org.crt",
            "ssl_certificate_key /etc/nginx/tls/example.org.key",
            "ssl_client_certificate /etc/nginx/tls/ca.crt",
        ],
    ),
    (Context::MailServer, &["listen 127.0.0.1:18143", "protocol imap"]),
];

/// The handlers of a connection: a server of `stream` has one of them.
const HANDLERS: &[&str] = &["pass", "proxy_pass", "return"];

/// Modules that are files of their own in some images, in the order in which they can be loaded.
const MODULES: &[&str] =
    &["http_geoip", "http_image_filter", "http_xslt_filter", "mail", "stream", "stream_geoip"];

/// The blocks on the way into a site, and into a route.
const SITE: &[&str] = &["site example.com"];
const ROUTE: &[&str] = &["site example.com", "route /"];

/// One directive in one of its places.
#[derive(Clone, Copy)]
struct Case {
    directive: &'static Directive,
    place: Context,
}

impl Case {
    fn name(self) -> String {
        format!("{} {}", title(self.directive), self.place.name())
    }

    /// Where the language may have the directive, best first: the kind of block, and the blocks on the way to it.
    fn ways(self) -> Vec<(Kind, &'static [&'static str])> {
        let pure = Kind::Nginx(self.place);
        match self.place {
            Context::Main => vec![(Kind::Proxy, &[])],
            Context::Events => vec![(pure, &["events"])],
            Context::Http => vec![(Kind::Proxy, &[]), (pure, &["http"])],
            Context::Server => vec![(Kind::Site, SITE), (pure, &["http", "server"])],
            Context::ServerIf => vec![(pure, &["site example.com", "if ($arg_a)"])],
            Context::Location => vec![(Kind::Location, ROUTE), (pure, &["http", "server", "location /"])],
            Context::LocationIf => vec![(pure, &["site example.com", "route /", "if ($arg_a)"])],
            Context::LimitExcept => vec![(pure, &["site example.com", "route /", "limit_except GET"])],
            Context::Upstream => vec![(pure, &["http", "upstream group"])],
            Context::Stream => vec![(pure, &["stream"])],
            Context::StreamServer => vec![(pure, &["stream", "server"])],
            Context::StreamUpstream => vec![(pure, &["stream", "upstream group"])],
            Context::Mail => vec![(pure, &["mail"])],
            Context::MailServer => vec![(pure, &["mail", "server"])],
        }
    }

    /// The statement that says the directive, and the blocks on the way to it; `None` if no word of the language does.
    fn word(self) -> Option<(Cow<'static, str>, &'static [&'static str])> {
        self.ways().into_iter().find_map(|(kind, way)| {
            let is_it = |row: &&'static Row| match row.word {
                Word::Nginx(directive, place) => ptr::eq(directive, self.directive) && place == self.place,
                Word::Own | Word::Compose(_) => false,
            };
            rows_named(kind, self.directive.name).into_iter().find(is_it).map(|row| (row.example(), way))
        })
    }

    /// A stack that says the directive in its place, with what it relies on.
    fn stack(self, statement: &str, way: &[&str], modules: &[String]) -> String {
        let mut stack = format!("stack words\nproxy web {{\nimage {NGINX}\npublish 18080:80\n");
        let mut put = |line: &str| stack += &format!("{line}\n");
        for module in modules.iter().filter(|module| !self.directive.example.contains(module.as_str())) {
            put(&format!("load_module {module}"));
        }
        let mut here = Context::Main;
        if !way.first().is_some_and(|first| matches!(*first, "events" | "stream" | "mail")) {
            self.around(Context::Http).for_each(&mut put);
        }
        for block in way {
            let head = block.split(' ').next().unwrap();
            here = match head {
                "site" => Context::Server,
                "route" => Context::Location,
                head => here.inside(head).expect("the way leads through blocks of nginx"),
            };
            put(&format!("{block} {{"));
            if here != Context::Http {
                self.around(here).for_each(&mut put);
            }
        }
        put(statement);
        for _ in way {
            put("}");
        }
        put("site example.org { respond / 204 }\n}");
        stack
    }

    /// What the example relies on in a block.
    fn around(self, block: Context) -> impl Iterator<Item = &'static str> {
        let name = self.directive.name;
        let is_taken =
            move |head: &str| head == name || (HANDLERS.contains(&head) && HANDLERS.contains(&name));
        let given = AROUND.iter().find(|(context, _)| *context == block).map_or(&[][..], |(_, given)| given);
        let stays = move |line: &&str| block != self.place || !is_taken(line.split(' ').next().unwrap());
        given.iter().copied().filter(stays)
    }

    /// Whether a configuration has the directive in its place, with the words of the example.
    fn is_in(self, text: &str) -> bool {
        let example = parse(self.directive.example);
        let wanted = example.first().expect("an example is a directive");
        holds(&parse(text), Context::Main, self.place, &wanted.0)
    }
}

/// A directive that was read: its words, and what is inside.
struct Parsed(Vec<String>, Vec<Parsed>);

fn parse(text: &str) -> Vec<Parsed> {
    fn parsed(written: &Written, text: &str) -> Parsed {
        let words = written.words.iter().map(|word| word.text(text).to_owned()).collect();
        Parsed(words, written.children().map(|child| parsed(child, text)).collect())
    }
    let mut sink = Sink::default();
    let tree = read(SourceMap::default().add("nginx.conf", text), text, &mut sink);
    directives(&tree.items).map(|written| parsed(written, text)).collect()
}

/// Whether the directives of a block, or of one inside, have these words in that place.
fn holds(block: &[Parsed], here: Context, place: Context, words: &[String]) -> bool {
    block.iter().any(|Parsed(own, inside)| {
        (here == place && own == words)
            || here.inside(&own[0]).is_some_and(|context| holds(inside, context, place, words))
    })
}

/// Compiles a stack to its configuration; what stackc has against it, otherwise.
fn configuration(stack: &str) -> Result<String, String> {
    let compilation = compile("input.stack", stack, &mut |_| Facts::default());
    let layout =
        Layout { stack_dir: "/s".into(), out_dir: "/s".into(), stack_file: "input.stack".to_owned() };
    let Some(artifacts) = compilation.emit(&layout) else {
        return Err(terminal::findings(&compilation.sink, &compilation.sources, &Look::PLAIN));
    };
    let artifact = artifacts.into_iter().find(|artifact| artifact.path.ends_with("/nginx.conf"));
    Ok(artifact.expect("a proxy has a configuration").text)
}

/// The image, its version of nginx, and the modules that it keeps in files of their own.
struct Nginx {
    image: String,
    version: (u16, u16, u16),
    modules: Vec<String>,
}

impl Nginx {
    fn new() -> Self {
        need_images(&[NGINX]);
        // It is kept: what took a minute to make is there at once the next time.
        let image = "stackc-test/nginx-modules".to_owned();
        let arguments = ["build", "-q", "--build-arg", &format!("BASE={NGINX}"), "-t", &image, "-"];
        Said::with_input(&mut docker(arguments), IMAGE.as_bytes()).ok();
        let shell = "nginx -v 2>&1; ls /etc/nginx/modules/";
        let said = Said::of(&mut docker(["run", "--rm", "--entrypoint", "sh", &image, "-c", shell])).ok();
        let mut lines = said.lines();
        let version = lines.next().and_then(|line| line.split_once("nginx/")).unwrap().1;
        let mut numbers = version.split(['.', ' ']).map(|number| number.parse().unwrap());
        let version = (numbers.next().unwrap(), numbers.next().unwrap(), numbers.next().unwrap());
        let files: BTreeSet<&str> = lines.collect();
        let modules = MODULES.iter().map(|module| format!("ngx_{module}_module.so"));
        let modules = modules.filter(|file| files.contains(file.as_str()));
        let modules = modules.map(|file| format!("modules/{file}")).collect();
        Self { image, version, modules }
    }

    /// What nginx has against each of the configurations, by their names.
    fn complaints(&self, configurations: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in configurations {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let one = "said=$(nginx -t -e stderr -p /etc/nginx/ -c /cases/$1 2>&1) || \
                   printf '%s %s\\n' $1 \"$(echo \"$said\" | sed -n '/emerg/{s/^.*emerg. //p;q}')\"";
        let shell = format!("ls /cases | xargs -P 2 -n 1 sh -c '{}' sh", one.replace('\'', "'\\''"));
        let mount = format!("{}:/cases:ro", folder.path().display());
        let run = ["run", "--rm", "-v", &mount, "--entrypoint", "sh", &self.image, "-c", &shell];
        let said = Said::of(&mut docker(run)).ok();
        said.lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(name, why)| (name.to_owned(), why.to_owned()))
            .collect()
    }
}

/// A directive by its name and module: two may have the name.
fn title(directive: &Directive) -> String {
    format!("{} ({})", directive.name, directive.module)
}

#[test]
fn nginx_accepts_every_directive_wherever_it_may_stand() {
    let nginx = Nginx::new();
    let mut newer = BTreeSet::new();
    let mut unsaid = BTreeSet::new();
    let mut said = BTreeMap::new();
    let mut wrong = Vec::new();
    for directive in all().iter().filter(|directive| !ABSENT.contains(&title(directive).as_str())) {
        for place in &directive.contexts {
            let case = Case { directive, place: *place };
            let Some((statement, way)) = case.word() else {
                unsaid.insert(case.name());
                continue;
            };
            let stack = case.stack(&statement, way, &nginx.modules);
            match configuration(&stack) {
                Ok(text) if case.is_in(&text) => drop(said.insert(case.name().replace(' ', "_"), text)),
                Ok(text) => wrong.push(format!("{}: not there\n{stack}\n{text}", case.name())),
                Err(why) if why.contains("error[too-new]") => drop(newer.insert(title(directive))),
                Err(why) => wrong.push(format!("{}\n{why}", case.name())),
            }
        }
    }
    for (name, complaint) in nginx.complaints(&said) {
        wrong.push(format!("{name}: {complaint}"));
    }
    eprintln!(
        "nginx {:?}: {} configurations, {} of them wrong; newer: {newer:?}; of no package: {ABSENT:?}; said by no \
         word: {unsaid:?}",
        nginx.version,
        said.len(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(newer, NEWER.iter().map(|name| (*name).to_owned()).collect());
    assert_eq!(unsaid, UNSAID.iter().map(|name| (*name).to_owned()).collect());
}
