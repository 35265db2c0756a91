//! Good stack files, the same ones for a seed: several services, a proxy with sites, and what they refer to.

use crate::property::mutation::Numbers;

/// A statement on its way to text. In its head, a line break and a tab begin a line that is indented further.
struct Node {
    head: String,
    block: Option<Vec<Node>>,
}

fn leaf(head: impl Into<String>) -> Node {
    Node { head: head.into(), block: None }
}

impl Node {
    /// With more after the head.
    fn with(mut self, more: &str) -> Self {
        self.head.push_str(more);
        self
    }
}

fn node(head: impl Into<String>, block: Vec<Node>) -> Node {
    Node { head: head.into(), block: Some(block) }
}

/// A good file.
pub(super) fn file(seed: u64) -> String {
    let mut writer = Writer::new(seed);
    let items = writer.items();
    for item in &items {
        writer.statement(item, 0);
        if !writer.numbers.once_in(3) {
            writer.out.push('\n');
        }
    }
    writer.out
}

struct Writer {
    numbers: Numbers,
    out: String,
    unit: &'static str,
    plain: bool,
    apps: Vec<&'static str>,
}

impl Writer {
    fn new(seed: u64) -> Self {
        let mut numbers = Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..8 {
            numbers.below(2);
        }
        let unit = *numbers.pick(&["  ", "  ", "  ", "    ", "\t"]);
        let plain = numbers.once_in(6);
        let names = ["shop", "accounts", "search", "billing", "tickets", "library"];
        let first = numbers.below(names.len());
        let count = 1 + numbers.below(3);
        let apps = (0..count).map(|at| names[(first + at) % names.len()]).collect();
        Self { numbers, out: String::new(), unit, plain, apps }
    }

    fn chance(&mut self, times: usize) -> bool {
        self.numbers.once_in(times)
    }

    fn items(&mut self) -> Vec<Node> {
        let main = self.apps[0];
        let mut items = vec![leaf(format!("stack {main}-stack"))];
        if self.plain {
            items.push(leaf("defaults plain"));
        }
        let mut rest = vec![
            node("input TAG", vec![leaf("default latest"), leaf("doc \"the tag of the images to run\"")]),
            node("input REGION", vec![leaf("required")]),
            node("input WORKERS", vec![leaf("default 4"), leaf("doc 'how many processes each service has'")]),
            node("secret db_password", vec![leaf("file ./secrets/db_password")]),
            node("secret mail_key", vec![leaf("env MAIL_KEY")]),
            node("secret index_token", vec![leaf("env INDEX_TOKEN")]),
            leaf("volume pgdata"),
            node("volume media", vec![leaf("external")]),
            leaf("volume spool"),
            node("network back", vec![leaf("internal")]),
            leaf("network front"),
            self.postgres(),
            self.cache(),
            self.migrate(),
            self.mailer(),
        ];
        for at in 0..self.apps.len() {
            let app = self.app(at);
            rest.push(app);
        }
        rest.push(self.worker());
        rest.push(self.proxy());
        // Names may be used before they are declared.
        for at in (1..rest.len()).rev() {
            if self.chance(3) {
                let other = self.numbers.below(at + 1);
                rest.swap(at, other);
            }
        }
        items.extend(rest);
        items
    }

    fn env(&mut self, always: &[&str], some: &[&str]) -> Node {
        let mut pairs: Vec<Node> = always.iter().map(|pair| leaf(*pair)).collect();
        for pair in some {
            if self.chance(2) {
                pairs.push(leaf(*pair));
            }
        }
        for at in (1..pairs.len()).rev() {
            let other = self.numbers.below(at + 1);
            pairs.swap(at, other);
        }
        node("env", pairs)
    }

    fn postgres(&mut self) -> Node {
        let mut block = vec![
            leaf("image postgres:18"),
            leaf("mount pgdata at /var/lib/postgresql"),
            leaf("listen 5432"),
            node(
                "health shell \"pg_isready -U shop\"",
                vec![leaf("every 5s"), leaf("timeout 3s"), leaf("retries 5")],
            ),
            leaf("restart unless-stopped"),
            leaf("shm_size 128m"),
            node(
                "ulimits",
                vec![leaf("nproc 65535"), node("nofile", vec![leaf("soft 20000"), leaf("hard 40000")])],
            ),
            self.env(
                &["POSTGRES_DB shop", "POSTGRES_USER shop", "POSTGRES_PASSWORD_FILE secret.db_password.path"],
                &["TZ Europe/Zurich", "POSTGRES_INITDB_ARGS \"--data-checksums --locale=C\"", "PGTZ UTC"],
            ),
        ];
        if self.chance(2) {
            block.push(leaf("network back"));
        }
        if self.chance(2) {
            block.push(node(
                "labels",
                vec![leaf("com.example.tier data"), leaf("com.example.owner 'the data team'")],
            ));
        }
        node("service postgres", block)
    }

    fn cache(&mut self) -> Node {
        let mut block = vec![
            leaf("image redis:8.2"),
            leaf("read_only on"),
            leaf("tmpfs /data"),
            leaf("command redis-server --maxmemory 64mb --save ''"),
            leaf("listen 6379"),
            node(
                "health exec redis-cli ping",
                vec![leaf("every 10s"), leaf("retries 3"), leaf("start_interval 1s")],
            ),
            node(
                "logging",
                vec![
                    leaf("driver json-file"),
                    node("options", vec![leaf("max-size 5m"), leaf("max-file 3")]),
                ],
            ),
            leaf("pids_limit 200"),
            node(
                "deploy",
                vec![
                    leaf("replicas 1"),
                    node("resources", vec![node("limits", vec![leaf("memory 256m"), leaf("pids 200")])]),
                    node(
                        "restart_policy",
                        vec![leaf("condition on-failure"), leaf("max_attempts 5"), leaf("delay 5s")],
                    ),
                ],
            ),
        ];
        if self.chance(2) {
            block.push(leaf("raw compose \"\"\"\n\tannotations:\n\t  org.example.note: \"costs $$5\"   # as compose reads it\n\toom_score_adj: -100\n\t\"\"\""));
        }
        if self.chance(2) {
            block.push(leaf("stop_grace_period 20s"));
        }
        if self.chance(2) {
            block.push(leaf("network back"));
        }
        if self.chance(3) {
            block.push(leaf("expose 16379"));
        }
        node("service cache", block)
    }

    fn migrate(&mut self) -> Node {
        let main = self.apps[0];
        node(
            "service migrate",
            vec![
                leaf(format!("image of {main}")),
                leaf("command python manage.py migrate --noinput"),
                leaf("needs postgres healthy"),
                leaf("network back default"),
                self.env(
                    &["DATABASE_URL \"postgres://shop:${secret.db_password}@${postgres.host}/shop\" exported"],
                    &["DB_HOST postgres.host", "LOG_LEVEL debug"],
                ),
            ],
        )
    }

    fn mailer(&mut self) -> Node {
        let mut block = vec![
            leaf("image example.org/tools/mailer:${input.TAG}"),
            leaf("read_only on"),
            leaf(
                *self.numbers.pick(&[
                    "command [\n\tmailer --queue /var/spool/mail\n\t\"--from=The Shop <shop@example.org>\" # a whole argument\n\t--verbose\n]",
                    "command [mailer, --queue, /var/spool/mail, \"--from=The Shop <shop@example.org>\"]",
                    "command shell \"exec mailer --queue /var/spool/mail --host $HOSTNAME\"",
                ]),
            ),
            leaf("mount spool at /var/spool/mail"),
            leaf("mount ./mail/templates at /etc/mailer/templates read-only"),
            leaf("dns 1.1.1.1 8.8.8.8"),
            node("sysctls", vec![leaf("net.core.somaxconn 1024"), leaf("net.ipv4.ip_unprivileged_port_start 0")]),
            node("extra_hosts", vec![leaf("host.docker.internal host-gateway")]),
            leaf("stop_signal SIGINT"),
            leaf("raw compose 'oom_score_adj: 100'"),
            leaf("tmpfs /tmp"),
            leaf("needs cache started"),
            leaf("user 1000:1000"),
            self.env(
                &[
                    "MAIL_KEY secret.mail_key exported",
                    "CACHE_URL \"redis://${cache.host}:${cache.port}/1\"",
                    "REGION ${input.REGION}",
                ],
                &["GREETING 'it costs $5, \"really\"'", "EMPTY \"\"", "SENDER \"The \\\"Shop\\\"\""],
            ),
        ];
        if self.chance(2) {
            block.push(leaf("pass HTTP_PROXY NO_PROXY"));
        }
        if self.chance(2) {
            block.push(leaf("restart on-failure"));
        }
        if self.chance(2) {
            block.push(leaf("cap_add NET_BIND_SERVICE SYS_NICE"));
        }
        if self.chance(3) {
            block.push(leaf("env from ./mail/mailer.env"));
        }
        node("service mailer", block)
    }

    fn app(&mut self, at: usize) -> Node {
        let name = self.apps[at];
        let port = 8000 + 100 * at;
        let mut block = vec![
            self.build(name),
            leaf(format!("command gunicorn {name}.wsgi -w ${{input.WORKERS}} -b 0.0.0.0:{port}")),
            leaf(format!("listen {port}")),
            leaf("needs postgres healthy"),
            leaf("network back front"),
            node(
                *self.numbers.pick(&["health http /healthz", "health exec /app/healthy --quick"]),
                vec![leaf("every 5s"), leaf("timeout 2s"), leaf("start 20s"), leaf("retries 4")],
            ),
            self.env(
                &["DB_HOST postgres.host", "DB_PASSWORD_FILE secret.db_password.path"],
                &[
                    "DB_NAME shop",
                    "ALLOWED_HOSTS localhost,shop.example",
                    "CACHE_URL redis://cache:6379/0",
                    "TITLE \"The Shop\"",
                    "MOTTO \"buy\\tnow\\n\"",
                    "REGION input.REGION",
                    "DEBUG no",
                    "PATTERN '^/v\\d{1,2}/'",
                    "API_KEY \"${secret.mail_key}\" exported",
                ],
            ),
        ];
        if at == 0 {
            block.push(leaf("mount media at /app/media"));
            block.push(leaf("needs migrate completed"));
        }
        if self.chance(2) {
            block.push(leaf("needs cache healthy"));
        }
        if self.chance(3) {
            block.push(leaf(format!("publish 127.0.0.1:1{port}:{port}")));
        }
        if self.chance(3) {
            block.push(leaf("stop_grace_period 1m30s"));
        }
        if self.chance(4) {
            block.push(leaf("init off"));
        }
        if self.chance(4) {
            block.push(leaf("workdir /app"));
        }
        node(format!("service {name}"), block)
    }

    fn build(&mut self, name: &str) -> Node {
        let mut block = vec![leaf(format!("source ./{name}"))];
        if self.chance(2) {
            block.push(node(
                "stage frontend",
                vec![
                    leaf("base node:24-slim"),
                    leaf("workdir /src"),
                    leaf("copy package.json package-lock.json to ./"),
                    node("run \"npm ci\"", vec![leaf("secret index_token"), leaf("cache /root/.npm"), leaf("network default")]),
                    node("copy docs to ./docs/", vec![leaf("chmod 0644"), leaf("exclude *.md drafts")]),
                    node("file /src/build.json", vec![leaf("chmod 0444")]).with(" '{\"minify\": true}'"),
                    leaf("copy . to ."),
                    leaf("run \"\"\"\n\tnpm run build\n\tfor f in dist/*.css; do\n\t\tgzip -k \"$f\"\n\tdone\n\t\"\"\""),
                ],
            ));
        } else {
            block.push(node(
                "stage wheels",
                vec![
                    leaf("base python:3.14-slim"),
                    leaf("copy requirements.txt to /src/"),
                    node(
                        "run \"pip wheel --wheel-dir /src/dist -r /src/requirements.txt\"",
                        vec![leaf("secret index_token at /root/.netrc"), leaf("cache /root/.cache/pip")],
                    ),
                ],
            ));
        }
        block.push(leaf("base python:3.14-slim"));
        if self.chance(2) {
            block.push(leaf("arg REVISION ${input.TAG}"));
        }
        if self.chance(2) {
            block.push(node("env", vec![leaf("PATH \"/opt/app/bin:$PATH\""), leaf("LANG C.UTF-8")]));
        }
        block.push(leaf(*self.numbers.pick(&[
            "apt libpq5 curl",
            "apt libpq5",
            "apt [libpq5, gettext, curl]",
        ])));
        block.push(leaf("workdir /app"));
        block.push(leaf("pip requirements.txt"));
        block.push(leaf("stopsignal SIGQUIT"));
        if self.chance(2) {
            block.push(leaf("raw dockerfile \"\"\"\n\t# what no statement says\n\tRUN --mount=type=tmpfs,target=/scratch \\\n\t  python -m compileall -q /usr/lib/python3 || true\n\tLABEL org.example.kept=\"by hand\"\n\t\"\"\""));
        }
        if self.chance(2) {
            block.push(node(
                "add https://example.org/vendor.tar.gz to /vendor/",
                vec![leaf("unpack off"), leaf("chown 10001:10001")],
            ));
        }
        block.push(leaf("copy . to /app"));
        let stage = block.iter().find_map(|node| node.head.strip_prefix("stage ")).map(str::to_owned);
        if let Some(stage) = stage {
            block.push(leaf(format!("copy /src/dist to /app/dist from {stage}")));
        }
        if self.chance(2) {
            block.push(leaf("copy /bin/busybox to /bin/busybox from image busybox:1.37"));
        }
        block.push(leaf(
            *self.numbers.pick(&[
                "run \"python manage.py collectstatic --noinput\"",
                "run 'python manage.py collectstatic --noinput'",
                "run \"\"\"\n\tset -u\n\tpython manage.py collectstatic --noinput\n\tpython -c 'print(\"done\")'\n\t\"\"\"",
            ]),
        ));
        if self.chance(2) {
            block.push(node("labels", vec![leaf("org.opencontainers.image.title \"The Shop\"")]));
        }
        // Under `plain` nginx has no types, and would be told so.
        let kinds = if self.plain { "files ./static" } else { "kinds css js svg png" };
        block.push(node("provides assets at /app/static", vec![leaf(kinds), leaf("files ./icons")]));
        block.push(leaf("ignore *.log node_modules \"my files/\""));
        node("build", block)
    }

    fn worker(&mut self) -> Node {
        let main = self.apps[0];
        let mut block = vec![
            leaf(format!("image of {main}")),
            leaf("command python -m worker --queue mail"),
            leaf(format!("needs {main} started")),
            leaf("needs cache healthy"),
            leaf("mount spool at /var/spool/mail"),
            leaf("network back"),
        ];
        if self.chance(2) {
            block.push(leaf("restart always"));
        }
        if self.chance(2) {
            block.push(self.env(&["QUEUE mail", "RETRIES 5"], &["DB_HOST postgres.host", "TZ UTC"]));
        }
        node("service worker", block)
    }

    fn proxy(&mut self) -> Node {
        let mut block =
            vec![leaf("image nginx:1.30"), leaf("publish 8080:8080 8443:8443"), leaf("network front")];
        if self.chance(2) {
            block.push(leaf("type model/x-scene scene"));
        }
        block.push(leaf("worker_processes 2"));
        block.push(node("events", vec![leaf("worker_connections 4096"), leaf("multi_accept on")]));
        block.push(leaf("log_format brief \"$remote_addr \\\"$request\\\" $status\""));
        block.push(leaf("access_log /dev/stdout brief"));
        block.push(leaf("limit_req_zone $binary_remote_addr zone=one:10m rate=10r/s"));
        block.push(node("map $uri $area", vec![leaf("default outside"), leaf("~^/admin/ inside")]));
        if self.chance(2) {
            block.push(leaf("raw nginx \"\"\"\n\tmap $arg_lang $lang {\n\t  default en;\n\t  ~^de(-|$) de;   # and its dialects\n\t}\n\t\"\"\""));
        }
        if self.chance(2) {
            block.push(leaf("stop_grace_period 30s"));
        }
        for at in 0..self.apps.len() {
            let site = self.site(at);
            block.push(site);
        }
        if self.chance(2) {
            block.push(node(
                "site old.example.org *.old.example.org",
                vec![
                    leaf("listen 8443"),
                    leaf("redirect / to https://example.org$request_uri permanent"),
                    leaf("respond /ping 200 \"pong; {it costs} 5\""),
                ],
            ));
        }
        node("proxy web", block)
    }

    fn site(&mut self, at: usize) -> Node {
        let app = self.apps[at];
        let mut block = Vec::new();
        if self.chance(2) {
            block.push(leaf("client_max_body_size 6m"));
        }
        if self.chance(2) {
            block.push(leaf("add_header X-Frame-Options DENY"));
        }
        block.push(node(format!("static /static/ from {app}.assets"), vec![leaf("expires 1h")]));
        if at == 0 {
            block.push(leaf("static /media/ from media at /srv/media"));
        }
        let mut options = vec![
            leaf("websocket"),
            leaf("client_max_body_size 25m"),
            leaf("proxy_read_timeout 10m"),
            leaf("proxy_set_header X-Area $area"),
            leaf("limit_req zone=one burst=20 nodelay"),
        ];
        if self.chance(2) {
            options.push(leaf("add_header X-Robots-Tag \"noindex, nofollow\""));
        }
        block.push(node(format!("proxy / to {app}"), options));
        block.push(node("route ~ \\.(php|asp)$", vec![leaf("return 404")]));
        block.push(node(
            "route ^~ /v/",
            vec![
                node("if ($request_method = POST)", vec![leaf("return 405")]),
                leaf("try_files $uri /index.html =404"),
                leaf("gzip off"),
            ],
        ));
        block.push(node("route /closed/", vec![leaf("raw nginx 'deny all; # to everyone'")]));
        if self.chance(2) {
            block.push(leaf(format!("proxy /api/ to {app} port {}", 8000 + 100 * at)));
        }
        if self.chance(2) {
            block.push(node("spa /admin/ from ./admin/dist", vec![leaf("immutable /admin/assets/")]));
        }
        if self.chance(2) {
            block.push(node("route = /metrics", vec![leaf(format!("proxy to {app}")), leaf("expires off")]));
        }
        if self.chance(3) {
            block.push(leaf("redirect /old to /new permanent"));
        }
        node(format!("site {app}.example.org www.{app}.example.org"), block)
    }

    fn statement(&mut self, of: &Node, level: usize) {
        let indent = self.unit.repeat(level);
        if self.chance(12) {
            let comment =
                *self.numbers.pick(&["# as in production", "# see the handbook: \"stacks\" { and more", "#"]);
            self.out.push_str(&format!("{indent}{comment}\n"));
        }
        let head = of.head.replace('\n', &format!("\n{indent}")).replace('\t', self.unit);
        self.out.push_str(&indent);
        let spread = self.spread(&head);
        self.out.push_str(&spread);
        match &of.block {
            None => {}
            Some(block) if self.fits(block, &indent) => {
                let inner: Vec<&str> = block.iter().map(|inner| inner.head.as_str()).collect();
                self.out.push_str(&format!(" {{ {} }}", inner.join("; ")));
            }
            Some(block) => {
                self.out.push_str(" {");
                self.ending();
                for inner in block {
                    self.statement(inner, level + 1);
                }
                self.out.push_str(&format!("{indent}}}"));
            }
        }
        if head.contains('\n') { self.out.push('\n') } else { self.ending() }
    }

    /// The end of a line, sometimes with a comment.
    fn ending(&mut self) {
        if self.chance(15) {
            let comment = *self.numbers.pick(&[" # why not", "  # `it's` what \"they\" asked for", " #"]);
            self.out.push_str(comment);
        }
        self.out.push('\n');
    }

    /// Some heads are followed by more than one space.
    fn spread(&mut self, head: &str) -> String {
        match head.split_once(' ') {
            Some((word, rest)) if !head.contains('\n') && self.chance(5) => format!("{word:<9} {rest}"),
            _ => head.to_owned(),
        }
    }

    /// Whether a block is written on the line of its statement.
    fn fits(&mut self, block: &[Node], indent: &str) -> bool {
        let width: usize = block.iter().map(|inner| inner.head.len() + 2).sum();
        let flat = block.iter().all(|inner| inner.block.is_none() && !inner.head.contains('\n'));
        flat && width + indent.len() < 60 && !self.chance(3)
    }
}
