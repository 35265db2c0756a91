//! The hand-made rows: every sentence of the language that is not a target's own word.

use super::BlockRule::{May, Must, None};
use super::Count::{Many, Once};
use super::Kind::{
    Base, Build, CacheMount, Copy, Dockerfile, Env, File, GitSource, Health, Hsts, Input, Labels, Location,
    Network, Npm, Onbuild, Pip, Pnpm, Provides, Proxy, Run, Secret, SecretMount, Service, Site, Stage, Tls,
    Uv, Volume,
};
use super::{BlockRule, Count, Kind, Kinds, Row, Word};
use crate::vocabulary::nginx::Context;

const STAGES: &[Kind] = &[Build, Dockerfile, Stage];
const STEPS: &[Kind] = &[Build, Dockerfile, Stage, Onbuild];
const CONTAINERS: &[Kind] = &[Service, Proxy];
/// Where nginx has locations, in its own words: short forms of them stand there, too.
const SERVERS: &[Kind] = &[Kind::Nginx(Context::Server), Kind::Nginx(Context::Location)];
const LOCATIONS: &[Kind] = &[Location, Kind::Nginx(Context::Location), Kind::Nginx(Context::LocationIf)];
const IN_LOCATION: BlockRule = May(Kind::Nginx(Context::Location));

/// A row; the order is that of the fields a reader asks for first.
const fn row(
    id: &'static str,
    kinds: &'static [Kind],
    sentence: &'static str,
    count: Count,
    block: BlockRule,
    doc: &'static str,
    example: &'static str,
) -> Row {
    Row { id, kinds: Kinds::These(kinds), sentence, count, block, doc, example, default: "", word: Word::Own }
}

/// A row of a file of nginx, whose directives stand in `context`.
const fn nginx(
    id: &'static str,
    sentence: &'static str,
    context: Context,
    doc: &'static str,
    example: &'static str,
) -> Row {
    row(id, &[File], sentence, Many, Must(Kind::Nginx(context)), doc, example)
}

impl Row {
    const fn default(mut self, default: &'static str) -> Self {
        self.default = default;
        self
    }

    const fn wherever(mut self, kinds: Kinds) -> Self {
        self.kinds = kinds;
        self
    }
}

/// Every row, in the order of the language reference.
#[rustfmt::skip]
pub static ROWS: &[Row] = &[
    // File
    row("stack", &[File], "stack <name>", Once, None, "Names what the file describes; under `defaults secure` also compose's project.", "stack blog"),
    row("project", &[File], "project <name>", Once, None, "Names compose's project.", "project blog"),
    row("project-input", &[File], "project <input>", Once, None, "The same, from an input.", "project shop-${input.STAGE}"),
    row("defaults", &[File], "defaults secure|plain", Once, None, "Chooses what a file that says nothing gets: what is known to be better, or nothing.", "defaults plain").default("secure"),
    row("secret", &[File], "secret <name>", Many, Must(Secret), "Declares a value that no text may hold, and where it is kept.", "secret db_password { file ./secrets/db_password }"),
    row("input", &[File], "input <name>", Many, May(Input), "Declares a value that is given when the stack is started: a variable of compose.", "input TAG { default latest }"),
    row("volume", &[File], "volume <name>", Many, May(Volume), "Declares a named volume: files that outlive their container.", "volume media"),
    row("network", &[File], "network <name>", Many, May(Network), "Declares a network.", "network back { internal }"),
    row("service", &[File], "service <name>", Many, Must(Service), "Declares a container; its name is its host name.", "service cache { image redis:8.2 }"),
    row("proxy", &[File], "proxy <name>", Many, Must(Proxy), "Declares a container that runs nginx, with its sites.", "proxy web { image nginx:1.30; publish 80:80; site example.org { respond / 204 } }"),
    row("group", &[File], "group <name>", Many, Must(Service), "Names statements of a service, for those that say the same: `with NAME`. If the name begins with `x-`, it is a field of compose's file as well.", "group logged { logging { driver local } }"),
    row("output-compose", &[File], "output compose <host-path>", Once, None, "Where compose's file is written, from this file's folder.", "output compose deploy/compose.yml").default("docker-compose.yml"),
    row("requires-engine", &[File], "requires engine <engine>", Once, None, "The oldest Docker Engine that builds and runs what is made: what it does not know is an error.", "requires engine 20.10"),
    row("dockerfile-file", &[File], "dockerfile <host-path>", Many, Must(Dockerfile), "Describes the Dockerfile at this path, step by step; services build by it with `build { dockerfile PATH }`.", "dockerfile app/Dockerfile { base python:3.14-slim; copy . to /app }"),
    nginx("nginx-main", "nginx <host-path> in main", Context::Main, "Describes a whole configuration of nginx at this path.", "nginx web/nginx.conf in main { events { worker_connections 512 } }"),
    nginx("nginx-events", "nginx <host-path> in events", Context::Events, "Describes a file that the `events` of a configuration includes.", "nginx web/events.conf in events { worker_connections 512 }"),
    nginx("nginx-http", "nginx <host-path> in http", Context::Http, "Describes a file that the `http` of a configuration includes, such as one of conf.d.", "nginx web/default.conf in http { server { listen 80; root /srv } }"),
    nginx("nginx-server", "nginx <host-path> in server", Context::Server, "Describes a file that a `server` includes.", "nginx web/tls.conf in server { ssl_protocols TLSv1.2 TLSv1.3 }"),
    nginx("nginx-location", "nginx <host-path> in location", Context::Location, "Describes a file that a `location` includes.", "nginx web/proxy.conf in location { proxy_buffering off }"),
    nginx("nginx-upstream", "nginx <host-path> in upstream", Context::Upstream, "Describes a file that an `upstream` includes.", "nginx web/servers.conf in upstream { server app:8000 }"),
    nginx("nginx-server-if", "nginx <host-path> in server_if", Context::ServerIf, "Describes a file that an `if` of a server includes.", "nginx web/moved.conf in server_if { return 410 }"),
    nginx("nginx-location-if", "nginx <host-path> in location_if", Context::LocationIf, "Describes a file that an `if` of a location includes.", "nginx web/gone.conf in location_if { return 410 }"),
    nginx("nginx-limit-except", "nginx <host-path> in limit_except", Context::LimitExcept, "Describes a file that a `limit_except` includes.", "nginx web/inside.conf in limit_except { deny all }"),
    nginx("nginx-mail", "nginx <host-path> in mail", Context::Mail, "Describes a file that `mail` includes.", "nginx web/mail.conf in mail { server { listen 25; protocol smtp } }"),
    nginx("nginx-mail-server", "nginx <host-path> in mail_server", Context::MailServer, "Describes a file that a `server` of `mail` includes.", "nginx web/smtp.conf in mail_server { protocol smtp }"),
    nginx("nginx-stream", "nginx <host-path> in stream", Context::Stream, "Describes a file that `stream` includes.", "nginx web/stream.conf in stream { server { listen 5432; proxy_pass postgres:5432 } }"),
    nginx("nginx-stream-server", "nginx <host-path> in stream_server", Context::StreamServer, "Describes a file that a `server` of `stream` includes.", "nginx web/tcp.conf in stream_server { proxy_timeout 10m }"),
    nginx("nginx-stream-upstream", "nginx <host-path> in stream_upstream", Context::StreamUpstream, "Describes a file that an `upstream` of `stream` includes.", "nginx web/databases.conf in stream_upstream { server postgres:5432 }"),
    row("allow", &[File, Service, Proxy, Build, Dockerfile, Site, Location], "allow <rule> <text>", Many, None, "Says that a rule may be broken in this block, and why.", "allow mime-missing \"fonts come from elsewhere\""),
    row("raw-compose", &[], "raw compose <text>", Many, None, "Adds keys of docker-compose.yml as they stand, for what has no word here.", "raw compose \"x-note: by hand\"").wherever(Kinds::Compose),
    row("raw-dockerfile", &[Build, Dockerfile, Stage], "raw dockerfile <text>", Many, None, "Adds instructions of a Dockerfile as they stand, for what has no word here.", "raw dockerfile \"RUN --mount=type=tmpfs,target=/scratch make\""),
    row("raw-nginx", &[], "raw nginx <text>", Many, None, "Adds directives of nginx.conf as they stand, for what has no word here.", "raw nginx \"more_clear_headers Server;\"").wherever(Kinds::Nginx),
    // Secret, Input, Volume, Network
    row("secret-file", &[Secret], "file <host-path>", Once, None, "The value is the content of this file, which stackc never opens.", "file ./secrets/db_password"),
    row("secret-env", &[Secret], "env <env-name>", Once, None, "The value is in this variable where compose is started.", "env AWS_SECRET_ACCESS_KEY"),
    row("secret-ssh-agent", &[Secret], "ssh-agent [<env-name>]", Once, None, "A key for ssh in the agent of whoever builds, which a build may ask to sign and nothing may read; the variable holds the path of another agent's socket.", "ssh-agent"),
    row("secret-ssh-key", &[Secret], "ssh-key <host-path>", Once, None, "A key for ssh in this file without a passphrase, which the builder uses as an agent would: no step of a build reads it.", "ssh-key ./ssh/deploy_key"),
    row("input-default", &[Input], "default <text>", Once, None, "What holds when nothing is given.", "default latest"),
    row("input-required", &[Input], "required", Once, None, "Starting without it is refused.", "required"),
    row("input-doc", &[Input], "doc <text>", Once, None, "What it is, for `.env.example`.", "doc \"the image tag to run\""),
    row("external", &[Volume, Network], "external", Once, None, "It exists already; compose does not make it.", "external"),
    row("internal", &[Network], "internal", Once, None, "No way leads out of it.", "internal"),
    // Containers
    row("like", &[Service], "like <service>", Once, None, "Says all that another service says, but for what this one says itself.", "like django"),
    row("like-without", &[Service], "like <service> without <statement>...", Once, None, "The same without the statements that begin with these words.", "like django without build \"env from\""),
    row("with", CONTAINERS, "with <group>...", Many, None, "Says all that groups say, of which the last counts, but for what stands here itself.", "with common"),
    row("with-without", CONTAINERS, "with <group>... without <statement>...", Many, None, "The same without the statements that begin with these words.", "with common without restart"),
    row("image", CONTAINERS, "image <image>", Once, None, "The image that runs; beside `build`, the name of what is built.", "image nginx:1.30"),
    row("image-of", &[Service], "image of <service>", Once, None, "The image that another service builds.", "image of django"),
    row("build", &[Service], "build [<host-path|url>]", Once, Must(Build), "Builds the image, in steps or by a Dockerfile that is there; what is in a repository has its own.", "build { base python:3.14-slim; copy . to /app }"),
    row("command", &[Service, Build, Dockerfile, Stage, Onbuild], "command <word>...", Once, None, "What is run: each word is one argument, exactly.", "command gunicorn app.wsgi -b 0.0.0.0:8000"),
    row("command-shell", &[Service, Build, Dockerfile, Stage, Onbuild], "command shell <text>", Once, None, "What is run, by `/bin/sh -c`.", "command shell \"exec worker --queue $QUEUE\""),
    row("command-split", &[Service], "command split <text>", Once, None, "The same, in words that compose parts at their spaces once it has put inputs in: one of several words becomes several.", "command split \"serve ${input.OPTIONS}\""),
    row("command-none", &[Service, Build, Dockerfile, Stage, Onbuild], "command none", Once, None, "Nothing: what an image says before does not count.", "command none"),
    row("entrypoint", &[Service, Build, Dockerfile, Stage, Onbuild], "entrypoint <word>...", Once, None, "What is run before the command, which becomes its arguments.", "entrypoint /entrypoint.sh"),
    row("entrypoint-shell", &[Service, Build, Dockerfile, Stage, Onbuild], "entrypoint shell <text>", Once, None, "The same, by `/bin/sh -c`.", "entrypoint shell \"exec server\""),
    row("entrypoint-split", &[Service], "entrypoint split <text>", Once, None, "The same, in words that compose parts at their spaces once it has put inputs in.", "entrypoint split \"/entrypoint.sh ${input.OPTIONS}\""),
    row("entrypoint-none", &[Service, Build, Dockerfile, Stage, Onbuild], "entrypoint none", Once, None, "Nothing: the command is run by itself.", "entrypoint none"),
    row("env", &[Service, Proxy, Build, Dockerfile, Stage, Onbuild], "env", Many, Must(Env), "Sets variables of the environment: `NAME value`, verbatim.", "env { TZ UTC }"),
    row("env-from", CONTAINERS, "env from <host-path>", Many, May(Kind::Compose("service.env_file[]")), "Sets variables from a file of `NAME=value` lines.", "env from ./web.env"),
    row("pass", CONTAINERS, "pass <env-name>...", Many, None, "Passes variables through from where compose is started.", "pass HTTP_PROXY NO_PROXY"),
    row("mount", CONTAINERS, "mount <volume|host-path> at <container-path> [existing] [read-only]", Many, May(Kind::Compose("service.volumes[]")), "Shows a volume, or a file or folder of the host, inside the container; with `existing` a missing folder is an error, and is not made.", "mount ./conf at /etc/app read-only"),
    row("volume-at", CONTAINERS, "volume at <container-path>", Many, May(Kind::Compose("service.volumes[]")), "Keeps what is at this path in a volume without a name, which is new with every container.", "volume at /app/node_modules"),
    row("mount-image", CONTAINERS, "mount image <image> at <container-path>", Many, May(Kind::Compose("service.volumes[]")), "Shows what is in an image inside the container.", "mount image nginx:1.30 at /usr/share/app"),
    row("mount-tmpfs", CONTAINERS, "mount tmpfs at <container-path>", Many, May(Kind::Compose("service.volumes[]")), "A folder in memory, empty at every start, among the mounts.", "mount tmpfs at /scratch"),
    row("tmpfs", CONTAINERS, "tmpfs <container-path>", Many, May(Kind::Compose("service.volumes[].tmpfs")), "A folder in memory, empty at every start.", "tmpfs /tmp"),
    row("needs", CONTAINERS, "needs <service> [healthy|started|completed]", Many, May(Kind::Compose("service.depends_on.*")), "Starts after another service: once it is healthy, was started, or has ended without an error.", "needs postgres healthy").default("healthy under `defaults secure` if a health check is known, else started"),
    row("health-exec", &[Service, Proxy, Build, Dockerfile, Stage, Onbuild], "health exec <word>...", Once, May(Health), "Is healthy when this program ends without an error.", "health exec redis-cli ping { every 5s }"),
    row("health-shell", &[Service, Proxy, Build, Dockerfile, Stage, Onbuild], "health shell <text>", Once, May(Health), "Is healthy when this shell command ends without an error.", "health shell \"pg_isready -U blog\""),
    row("health-http", CONTAINERS, "health http <uri> [port <port>]", Once, May(Health), "Is healthy when this path answers with a status below 400.", "health http /healthz port 8000"),
    row("health-none", CONTAINERS, "health none", Once, None, "Is not asked: the health check of the image does not count.", "health none"),
    row("health-of-image", CONTAINERS, "health", Once, Must(Health), "How the health check of the image is asked, or that it is not: `disable on`.", "health { every 5s }"),
    row("every", &[Health], "every <duration>", Once, None, "How often it is asked.", "every 5s").default("30s"),
    row("timeout", &[Health], "timeout <duration>", Once, None, "After which time no answer counts as a failure.", "timeout 3s").default("30s"),
    row("start", &[Health], "start <duration>", Once, None, "How long failures do not count after the start.", "start 20s").default("0s"),
    row("retries", &[Health], "retries <number>", Once, None, "How many failures in a row make it unhealthy.", "retries 5").default("3"),
    row("retries-input", &[Health], "retries <input>", Once, None, "The same, from an input.", "retries ${input.RETRIES}"),
    row("publish", CONTAINERS, "publish <mapping>...", Many, May(Kind::Compose("service.ports[]")), "Opens ports of the host: `host:container`, with an address, a range or `/udp`; `any:container` for one that is free.", "publish 127.0.0.1:8080:80"),
    row("listen", &[Service], "listen <port>...", Many, None, "Says on which ports the program accepts connections; emits nothing.", "listen 8000"),
    row("expose", &[Service, Proxy, Build, Dockerfile, Stage, Onbuild], "expose <port-range>...", Many, None, "Compose's `expose`, and the Dockerfile's EXPOSE.", "expose 9000"),
    row("labels", &[Service, Proxy, Build, Dockerfile, Stage, Onbuild], "labels", Many, Must(Labels), "Sets labels: `name value`.", "labels { com.example.team web }"),
    row("attach", CONTAINERS, "network <network>...", Many, May(Kind::Compose("service.networks.*")), "Joins networks; the only ones, then.", "network back"),
    row("restart", CONTAINERS, "restart no|always|on-failure|unless-stopped", Once, None, "When the container is started again.", "restart unless-stopped").default("unless-stopped under `defaults secure`"),
    row("restart-times", CONTAINERS, "restart on-failure <number>", Once, None, "The same, but no more often than that.", "restart on-failure 3"),
    row("restart-input", CONTAINERS, "restart <input>", Once, None, "The same, from an input, in compose's words.", "restart ${input.RESTART}"),
    row("user", CONTAINERS, "user <user>", Once, None, "Who runs it: a name, `uid` or `uid:gid`.", "user 10001:10001"),
    row("working_dir", CONTAINERS, "workdir <container-path>", Once, None, "The folder it starts in.", "workdir /app"),
    row("init", CONTAINERS, "init on|off", Once, None, "Runs a small init as process 1, which passes signals on and reaps.", "init off").default("on under `defaults secure`, for what we build"),
    row("init-input", CONTAINERS, "init <input>", Once, None, "The same, from an input: `true` or `false`.", "init ${input.INIT}"),
    row("read_only", CONTAINERS, "read_only on|off", Once, None, "Whether the container's own file system can be written.", "read_only off").default("on under `defaults secure`, where the image is known"),
    row("read_only-input", CONTAINERS, "read_only <input>", Once, None, "The same, from an input: `true` or `false`.", "read_only ${input.READ_ONLY}"),
    row("cap_add", CONTAINERS, "cap_add <word>...", Many, None, "Capabilities of the kernel that it keeps.", "cap_add NET_ADMIN"),
    row("stop_grace_period", CONTAINERS, "stop_grace_period <duration>", Once, None, "How long it has to end by itself.", "stop_grace_period 30s").default("10s"),
    // Build
    row("source", &[Build], "source <host-path>", Once, None, "The build context: the folder that `copy` and `pip` take from.", "source ./app").default("."),
    row("source-git", &[Build, Dockerfile], "source git <git-url> [at <context-path>]", Many, Must(GitSource), "Fetches a repository while building, and puts its files, without `.git`, where `copy`, `pip` and `bind` take from: in place of the build context, or into a folder of it.", "source git https://example.org/team/app.git { ref v1.4.0 }"),
    row("git-ref", &[GitSource], "ref <git-ref>", Once, None, "The tag or branch that is fetched.", "ref v1.4.0"),
    row("git-commit", &[GitSource], "commit <git-commit>", Once, None, "The commit that it must be: the build fails if the tag has moved. Alone, the commit that is fetched.", "commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904"),
    row("git-key", &[GitSource], "key <secret>", Once, None, "The key that logs in by ssh: a secret kept in an `ssh-agent`, an `ssh-key` or a `file`.", "key secret.deploy_key"),
    row("git-host-key", &[GitSource], "host_key <host-key>...", Many, None, "The public keys that the host may prove itself with; nothing else is believed.", "host_key \"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH\""),
    row("git-image", &[GitSource], "image <image>", Once, None, "The image that fetches: one with git, ssh, and certificates.", "image alpine/git:2.49.1").default("buildpack-deps:trixie-scm"),
    row("dockerfile", &[Build], "dockerfile <host-path>", Once, None, "Builds by a Dockerfile, from the build context, instead of by steps: one that is there, or that a `dockerfile` of the file describes.", "dockerfile docker/Dockerfile"),
    row("ignore", &[Build, Dockerfile], "ignore <pattern>...", Many, None, "Leaves files of the context out of the build, as `.dockerignore` would.", "ignore node_modules *.log"),
    row("stage", &[Build, Dockerfile], "stage [<name>]", Many, Must(Stage), "Steps of their own, whose files a later `copy ... from` takes by the name, or by the number of the stage, from 0.", "stage assets { base node:24-slim; copy . to /src; run \"npm ci\" }"),
    row("base", STAGES, "base <image|stage>", Once, May(Base), "The image, or earlier stage, that the steps start from.", "base python:3.14-slim"),
    row("copy", STEPS, "copy <context-path>... to <path>", Many, May(Copy), "Copies from the build context.", "copy . to /app"),
    row("copy-stage", STEPS, "copy <container-path>... to <path> from <stage>", Many, May(Copy), "Copies from an earlier stage.", "copy /src/dist to /app/static from assets"),
    row("copy-image", STEPS, "copy <container-path>... to <path> from image <image>", Many, May(Copy), "Copies from an image.", "copy /bin/uv to /bin/uv from image example.org/uv:0.9"),
    row("run", STEPS, "run <text>", Many, May(Run), "Runs a shell text while building; under `defaults secure` the first failure among several lines ends it. One that begins with `#!` is a program for what that line names.", "run \"python manage.py collectstatic --noinput\""),
    row("apt", STEPS, "apt <package>...", Many, None, "Installs Debian packages without recommendations, leaving no lists behind.", "apt libpq5 curl"),
    row("pip", STEPS, "pip <context-path>", Many, May(Pip), "Installs what a requirements file lists, from a cache that is in no layer. With `apt` in its block they are built in a stage of their own, and a virtual environment is all that comes of it.", "pip requirements.txt"),
    row("uv", STAGES, "uv <lock-file>", Once, May(Uv), "Installs what `uv.lock` lists, without what is for development, into a virtual environment at /opt/venv: in a stage of its own, in which uv stays. `pyproject.toml` is beside the lock file; the project itself is not installed, but copied.", "uv uv.lock"),
    row("npm", STAGES, "npm <lock-file>", Many, May(Npm), "Installs what `package-lock.json` lists into `node_modules` of the folder that the step is in, from a cache that is in no layer. `package.json` is beside the lock file.", "npm frontend/package-lock.json"),
    row("pnpm", STAGES, "pnpm <lock-file>", Many, May(Pnpm), "Installs pnpm, and with it what `pnpm-lock.yaml` lists into `node_modules` of the folder that the step is in, from a store that is in no layer. `package.json` is beside the lock file.", "pnpm frontend/pnpm-lock.yaml"),
    row("packages-apt", &[Pip, Uv], "apt <package>...", Many, None, "Debian packages that are there while packages are built, such as a compiler and headers, and not in the image that runs.", "apt gcc libc6-dev libpq-dev"),
    row("packages-files", &[Pip, Uv, Npm, Pnpm], "files <context-path>...", Many, None, "Other files that are read while packages are installed, from the folder of the lock file or below: what it includes, settings, patches, what the parts of a workspace need.", "files requirements/base.txt"),
    row("uv-version", &[Uv], "version <version>", Once, None, "The version of uv that installs, from the index of packages.", "version 0.13.9").default("0.13.9"),
    row("pnpm-version", &[Pnpm], "version <version>", Once, None, "The version of pnpm that installs, and with which later steps are run.", "version 10.34.9").default("what `packageManager` in `package.json` says"),
    row("production", &[Npm, Pnpm], "production", Once, None, "Leaves out what is only needed for development: for a program that runs on Node, not for files that are built.", "production"),
    row("build-workdir", STEPS, "workdir <path>", Many, None, "The folder that the following steps, and the container, are in.", "workdir /app"),
    row("build-user", STEPS, "user <user>", Many, None, "Who runs the following steps, and the container.", "user 10001:10001").default("10001:10001 at the end, under `defaults secure`"),
    row("arg", STEPS, "arg <env-name> [<text>]", Many, None, "A variable of the build, which is not in the running container. Before `base`, one for every `base`, as in a Dockerfile.", "arg VERSION 1.2"),
    row("provides", &[Build], "provides <name> at <container-path>", Many, May(Provides), "Files that the build leaves in the image for others, such as a proxy.", "provides assets at /app/static { kinds css js }"),
    row("kinds", &[Provides], "kinds <extension>...", Many, None, "Which kinds of files are in it, where no folder of the host tells.", "kinds css js svg woff2"),
    row("kinds-from", &[Provides], "kinds from <host-path>...", Many, None, "Learns them from a checkout of the same files on this machine, whenever it is there.", "kinds from ./checkout/static"),
    row("files", &[Provides], "files <host-path>...", Many, None, "Folders of the host whose files end up in it.", "files ./static"),
    row("run-secret", &[Run, Pip, Uv, Npm, Pnpm], "secret <secret> [at <container-path>]", Many, May(SecretMount), "Gives the step a secret as a file, in no layer.", "secret npm_token").default("at /run/secrets/NAME"),
    row("run-heredoc", &[Run], "heredoc <word> <text>", Many, None, "The lines that follow a `<<NAME` in the text, up to one that is the name.", "heredoc EOF \"print(1)\""),
    row("run-cache", &[Run], "cache <container-path>", Many, May(CacheMount), "Keeps a folder between builds, in no layer.", "cache /root/.cache/pip"),
    // Proxy
    row("site", &[Proxy], "site <domain>...", Many, Must(Site), "One server of nginx; `_` takes every host.", "site example.org www.example.org { respond / 204 }"),
    row("type", &[Proxy], "type <mime-type> <extension>...", Many, None, "The content type of an extension that neither nginx nor mime-db knows.", "type model/x-scene scene"),
    row("tls", &[Proxy, Site], "tls", Once, Must(Tls), "Serves the site over TLS; in a proxy, every site that does not say otherwise.", "tls { certificate secret.tls_certificate; key secret.tls_key }"),
    row("tls-off", &[Site], "tls off", Once, None, "Serves the site without TLS, whatever the proxy says.", "tls off"),
    row("tls-certificate", &[Tls], "certificate <secret-file|container-path>", Once, None, "The certificate, with those between it and its root behind it: a secret that is mounted, or a path where a volume has it.", "certificate secret.tls_certificate"),
    row("tls-key", &[Tls], "key <secret-file|container-path>", Once, None, "The private key of the certificate.", "key secret.tls_key"),
    row("tls-redirect", &[Tls], "redirect from http", Once, None, "Sends requests without TLS to the same address with it.", "redirect from http"),
    row("tls-hsts", &[Tls], "hsts <time>", Once, May(Hsts), "Tells browsers to keep to TLS for so long, whatever a link says. A promise: there is no way back before its end.", "hsts 1y"),
    row("hsts-subdomains", &[Hsts], "include_subdomains", Once, None, "It holds for every host below this one, too.", "include_subdomains"),
    row("hsts-preload", &[Hsts], "preload", Once, None, "Browsers may put the site into the list that they ship, from which it takes months to get out.", "preload"),
    row("site-listen", &[Site], "listen <port>", Once, None, "The port of the container that nginx listens on.", "listen 8080").default("the published port of the proxy, else 80; with `tls` 443, or what is published as such"),
    row("static-artifact", &[Site], "static <uri> from <artifact|host-path>", Many, May(Location), "Serves files that a build provides, or a folder of the host.", "static /static/ from ./public { expires 30d }"),
    row("static-volume", &[Site], "static <uri> from <volume> at <container-path>", Many, May(Location), "Serves the files of a volume, mounted read-only.", "static /media/ from media at /srv/media"),
    row("static-bucket", &[Site], "static <uri> from bucket <address>", Many, May(Location), "Serves what is in a bucket of a store that speaks S3, as far as everybody may read it: the store is told nothing of who asks.", "static /media/ from bucket https://media.s3.eu-central-1.amazonaws.com/"),
    row("fastcgi-to", &[Site], "fastcgi <uri> to <service> [port <port>] at <container-path>", Many, May(Location), "Hands requests to a service that speaks FastCGI, such as PHP-FPM: to one script, or to those below a folder of the service's container.", "fastcgi / to django at /app/public/index.php"),
    row("uwsgi-to", &[Site], "uwsgi <uri> to <service> [port <port>]", Many, May(Location), "Hands requests to a service that speaks uwsgi's own protocol.", "uwsgi / to django"),
    row("proxy-to", &[Site], "proxy <uri> to <service> [port <port>] [as <uri>]", Many, May(Location), "Hands requests to a service; with `as`, that path in place of the first.", "proxy / to django { websocket }"),
    row("redirect", &[Site], "redirect <uri> to <url> [permanent|temporary]", Many, May(Location), "Sends the browser elsewhere.", "redirect /old to /new permanent").default("temporary"),
    row("respond", &[Site], "respond <uri> <status> [<text>]", Many, May(Location), "Answers with a status, and a text.", "respond /ping 200 \"pong\""),
    row("spa", &[Site], "spa <uri> from <artifact|host-path>", Many, May(Location), "Serves a single-page application: paths without an extension get its index.html, missing files a 404.", "spa / from ./dist"),
    row("route", &[Site], "route [=|~|~*|^~] <uri>", Many, Must(Location), "A location of nginx, as it matches there.", "route ~ \\.(php|html)$ { return 404 }"),
    row("return", &[Location], "return <status> [<text>]", Once, None, "Answers with a status, and a text or an address.", "return 404"),
    row("location-proxy", LOCATIONS, "proxy to <service> [port <port>]", Once, None, "Hands requests to a service.", "proxy to django"),
    row("location-fastcgi", LOCATIONS, "fastcgi to <service> [port <port>]", Once, None, "Hands requests to a service by FastCGI, with the parameters that are said.", "fastcgi to django"),
    row("location-uwsgi", LOCATIONS, "uwsgi to <service> [port <port>]", Once, None, "Hands requests to a service by uwsgi, with the parameters that are said.", "uwsgi to django"),
    row("websocket", &[Location], "websocket", Once, None, "Lets connections be upgraded, and keeps idle ones for an hour.", "websocket"),
    row("expires", &[Location], "expires <time>", Once, None, "How long a browser may keep the answer.", "expires 30d").default("under `defaults secure`, for files: asked for again before every use, but for a year where the name has a hash in it"),
    row("immutable", &[Location], "immutable <uri>...", Many, None, "Folders below a `static` or `spa` whose files are named after their content: browsers keep them for a year, without asking again.", "immutable /assets/"),
    row("client_max_body_size", &[Site, Location], "client_max_body_size <size>", Once, None, "The largest request body.", "client_max_body_size 25m").default("1m"),
    row("add_header", &[Site, Location], "add_header <word> <text>", Many, None, "Adds a header to every answer, errors included; those of the site hold in its routes too.", "add_header X-Content-Type-Options nosniff"),
    // Short forms in nginx's own words: a location with what is said, and nothing else
    row("nginx-proxy-to", SERVERS, "proxy <uri> to <service> [port <port>] [as <uri>]", Many, IN_LOCATION, "A location that hands requests to a service, through the upstream that has this server alone if there is one; with `as`, that path in place of the first.", "proxy / to django { proxy_buffering off }"),
    row("nginx-static", SERVERS, "static <uri> from <volume> at <container-path>", Many, IN_LOCATION, "A location that serves the files of a volume, from where a service mounts it.", "static /media/ from media at /srv/media { expires 30d }"),
    row("nginx-redirect", SERVERS, "redirect <uri> to <url> [permanent|temporary]", Many, IN_LOCATION, "A location that sends the browser elsewhere; a path that ends in no slash stands for itself alone.", "redirect /old to /new permanent").default("temporary"),
    row("nginx-respond", SERVERS, "respond <uri> <status> [<text>]", Many, IN_LOCATION, "A location that answers with a status, and a text; a path that ends in no slash stands for itself alone.", "respond /ping 200 \"pong\""),
];
