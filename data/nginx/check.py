#!/usr/bin/env python3
"""Checks directives.tsv against a real nginx.

    data/nginx/check.py NGINX_BINARY                     # examples, repetition, contexts, numbers of arguments, bodies
    data/nginx/check.py NGINX_BINARY --only examples     # one of them
    data/nginx/check.py NGINX_BINARY --load FILE.so ...  # with dynamic modules

Every example must pass `nginx -t` in each of its contexts, and what the table rules out must fail with nginx's own
words for it. Rows that are newer than the binary, or of modules that it lacks, are counted and named. What the examples
refer to (zones, certificates, files) is made in a temporary folder; needs the openssl command, and for the examples of
`load_module` and `geoip_*` the modules that they name. Exit code 1: a row is wrong.
"""

import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent

# Where examples have their files; in a check they are below the temporary folder.
FOLDERS = re.compile(r"(?<![\w.])/(?=(etc/nginx|var|srv|run)/|srv\b)")

# What stands around an example, by context; %s is its place.
AROUND = {
    "main": "%s\n",
    "events": "events { %s }\n",
    "http": "http { %s }\n",
    "server": "http { server { listen 127.0.0.1:18080; %s } }\n",
    "server_if": "http { server { listen 127.0.0.1:18080; if ($arg_a) { %s } } }\n",
    "location": "http { server { listen 127.0.0.1:18080; location / { %s } } }\n",
    "location_if": "http { server { listen 127.0.0.1:18080; location / { if ($arg_a) { %s } } } }\n",
    "limit_except": "http { server { listen 127.0.0.1:18080; location / { limit_except GET { %s } } } }\n",
    "upstream": "http { upstream group { server 127.0.0.1:19001; %s } }\n",
    "stream": "stream { %s }\n",
    "stream_server": "stream { server { listen 127.0.0.1:18090; %s } }\n",
    "stream_upstream": "stream { upstream group { server 127.0.0.1:19001; %s } }\n",
    "mail": "mail { %s }\n",
    "mail_server": "mail { server { listen 127.0.0.1:18143; %s } }\n",
}

# What examples rely on; left out where the directive itself is tried in that block.
BEFORE = {
    "main": ["error_log stderr;", "pid /run/nginx.pid;", "thread_pool default threads=2;"],
    "http": [
        "access_log off;",
        "ssl_certificate /etc/nginx/tls/example.org.crt;",
        "ssl_certificate_key /etc/nginx/tls/example.org.key;",
        "ssl_client_certificate /etc/nginx/tls/ca.crt;",
        "geo $memcached_key { default a; }",
        "limit_conn_zone $binary_remote_addr zone=addresses:1m;",
        "limit_conn_zone $server_name zone=servers:1m;",
        "limit_req_zone $binary_remote_addr zone=requests:1m rate=1r/s;",
        "limit_req_zone $server_name zone=names:1m rate=1r/s;",
        "proxy_cache_path /var/cache/nginx/a keys_zone=proxy_zone:1m;",
        "fastcgi_cache_path /var/cache/nginx/b keys_zone=fastcgi_zone:1m;",
        "uwsgi_cache_path /var/cache/nginx/c keys_zone=uwsgi_zone:1m;",
        "scgi_cache_path /var/cache/nginx/d keys_zone=scgi_zone:1m;",
        "client_body_temp_path /var/cache/nginx/e;",
        "proxy_temp_path /var/cache/nginx/f;",
        "fastcgi_temp_path /var/cache/nginx/g;",
        "uwsgi_temp_path /var/cache/nginx/h;",
        "scgi_temp_path /var/cache/nginx/i;",
    ],
    "stream": [
        "log_format basic $remote_addr;",
        "limit_conn_zone $binary_remote_addr zone=addresses:1m;",
        "limit_conn_zone $server_port zone=servers:1m;",
        "ssl_certificate /etc/nginx/tls/example.org.crt;",
        "ssl_certificate_key /etc/nginx/tls/example.org.key;",
        "ssl_client_certificate /etc/nginx/tls/ca.crt;",
    ],
    "stream_server": ["return ok;"],
    "mail": [
        "auth_http 127.0.0.1:9000/auth;",
        "ssl_certificate /etc/nginx/tls/example.org.crt;",
        "ssl_certificate_key /etc/nginx/tls/example.org.key;",
        "ssl_client_certificate /etc/nginx/tls/ca.crt;",
    ],
    "mail_server": ["protocol imap;"],
}
# The handlers of a connection: a server has one of them.
HANDLERS = {"pass", "proxy_pass", "return"}

# Examples whose second copy is refused for another reason than that the directive stands there twice.
SECOND = {
    ("charset_map", "http_charset"): "charset_map windows-1251 utf-8 { C0 D090; }",
    ("limit_conn", "http_limit_conn"): "limit_conn servers 10;",
    ("limit_conn", "stream_limit_conn"): "limit_conn servers 10;",
    ("limit_conn_zone", "http_limit_conn"): "limit_conn_zone $server_name zone=hosts:10m;",
    ("limit_conn_zone", "stream_limit_conn"): "limit_conn_zone $server_port zone=ports:10m;",
    ("limit_req", "http_limit_req"): "limit_req zone=names;",
    ("limit_req_zone", "http_limit_req"): "limit_req_zone $server_name zone=hosts:10m rate=5r/s;",
    ("listen", "http_core"): "listen 8081;",
    ("listen", "mail_core"): "listen 1146;",
    ("listen", "stream_core"): "listen 9003;",
    ("load_module", "core"): "load_module modules/ngx_stream_geoip_module.so;",
    ("location", "http_core"): "location /videos/ { }",
    ("log_format", "http_log"): "log_format long $request;",
    ("log_format", "stream_log"): "log_format long $protocol;",
    ("server", "stream_core"): "server { listen 9004; return ok; }",
    ("server", "mail_core"): "server { listen 1147; protocol imap; }",
    ("thread_pool", "thread_pool"): "thread_pool others threads=2;",
    ("upstream", "http_upstream"): "upstream others { server 127.0.0.1:9002; }",
    ("upstream", "stream_upstream"): "upstream others { server 127.0.0.1:9002; }",
    ("valid_referers", "http_referer"): "valid_referers *.example.com;",
    **{
        (f"{module}_cache_path", f"http_{module}"): f"{module}_cache_path /var/cache/nginx/z keys_zone=z:1m;"
        for module in ("proxy", "fastcgi", "uwsgi", "scgi")
    },
}


# Examples that leave out the argument, or the part of one, in which variables are read.
UNSEEN = {"access_log", "aio", "if", "return", "sticky"}


class Row:
    def __init__(self, columns):
        for name, value in columns.items():
            setattr(self, name, value)
        self.contexts = self.contexts.split(",")

    def takes(self, number):
        for part in self.arity.split(","):
            if part.endswith("+") and number >= int(part[:-1]) or part == str(number):
                return True
        return False

    def with_arguments(self, number):
        return " ".join([self.name] + ["a"] * number) + (";" if self.body == ";" else " { }")


def read_rows(path):
    lines = [line.split("\t") for line in path.read_text().splitlines() if not line.startswith("#")]
    names = [line for line in path.read_text().splitlines() if line.startswith("# name\t")][0][2:].split("\t")
    return [Row(dict(zip(names, line))) for line in lines]


def run(*command, folder=None, stdin=None):
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, input=stdin)


def make_world(root):
    """The files that examples and preludes name."""
    folders = "etc/nginx/tls etc/nginx/geoip etc/nginx/xml srv/www run var/cache/nginx var/log/nginx logs modules"
    for folder in folders.split():
        (root / folder).mkdir(parents=True)
    make_certificates(root / "etc/nginx/tls")
    etc = root / "etc/nginx"
    (etc / "htpasswd").write_text("example:{PLAIN}example\n")
    # MaxMind's old format: records, three bytes 255, the kind of database, the number of records
    for name, kind in (("country", 1), ("org", 5), ("city", 2)):
        (etc / f"geoip/{name}.dat").write_bytes(b"\0" * 64 + b"\xff\xff\xff" + bytes([kind, 1, 0, 0]))
    (etc / "xml/entities.dtd").write_text('<!ENTITY nbsp "&#160;">\n')
    sheet = '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>\n'
    (etc / "xml/page.xslt").write_text(sheet)


def make_certificates(tls):
    openssl = lambda *arguments: run("openssl", *arguments, folder=tls)
    new = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    for name in ("ca", "example.org", "client"):
        openssl(*new, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.crt")
    openssl("genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048", "-out", "dhparam.pem")
    (tls / "passphrases").write_text("example\n")
    (tls / "ticket.key").write_bytes(os.urandom(80))
    (tls / "quic.key").write_bytes(os.urandom(32))
    (tls / "index.txt").write_text("")
    (tls / "index.txt.attr").write_text("")
    (tls / "ca.cnf").write_text("[ca]\ndefault_ca=a\n[a]\ndatabase=index.txt\ndefault_md=sha256\ndefault_crl_days=2\n")
    openssl("ca", "-config", "ca.cnf", "-gencrl", "-cert", "ca.crt", "-keyfile", "ca.key", "-out", "revoked.pem")
    asked = ["-issuer", "ca.crt", "-serial", "1", "-index", "index.txt", "-CA", "ca.crt"]
    openssl("ocsp", *asked, "-rsigner", "ca.crt", "-rkey", "ca.key", "-respout", "ocsp.der")
    (tls / "ech.pem").write_text("")


class Nginx:
    def __init__(self, binary, modules, root):
        self.binary, self.modules, self.root = binary, modules, root
        version = subprocess.run([binary, "-v"], stderr=subprocess.PIPE, text=True).stderr
        self.version = numbers(re.search(r"nginx/([\d.]+)", version)[1])

    def configuration(self, context, text, names):
        """A whole file with the text in a block of that kind."""
        before = {block: list(lines) for block, lines in BEFORE.items()}
        before["main"] += [f"load_module {module};" for module in self.modules if module not in text]
        if names & HANDLERS and context == "stream_server":
            before["stream_server"] = []
        place = AROUND[context] % "\0"
        for block, opening in (("http", "http {"), ("stream", "stream {"), ("mail", "mail {")):
            lines = [line for line in before[block] if context != block or line.split()[0] not in names]
            place = place.replace(opening, opening + " " + " ".join(lines), 1)
        for block, opening in (("stream_server", "listen 127.0.0.1:18090;"), ("mail_server", "listen 127.0.0.1:18143;")):
            lines = [line for line in before[block] if context != block or line.split()[0] not in names]
            place = place.replace(opening, opening + " " + " ".join(lines), 1)
        alone = names - {"load_module"}
        lines = [line for line in before["main"] if context != "main" or line.split()[0] not in alone]
        events = "" if context == "events" or "events" in names else "events { }\n"
        whole = "\n".join(lines) + "\n" + (events + place if context != "main" else place + events)
        return FOLDERS.sub(str(self.root) + "/", whole.replace("\0", text))

    def complaint(self, context, text, *names):
        """What `nginx -t` has against it; None: nothing."""
        with tempfile.NamedTemporaryFile("w", suffix=".conf", dir=self.root) as file:
            file.write(self.configuration(context, text, set(names)))
            file.flush()
            command = [self.binary, "-t", "-e", "stderr", "-p", str(self.root), "-c", file.name]
            done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode == 0:
            return None
        lines = [line for line in done.stderr.splitlines() if "[emerg]" in line or "[alert]" in line]
        return re.sub(r" in \S+:\d+$", "", re.sub(r"^.*?\[(emerg|alert)\] (\S+ )?", "", lines[0] if lines else done.stderr))


def numbers(version):
    return [int(number) for number in version.split(".")]


def check_examples(nginx, row):
    for context in row.contexts:
        complaint = nginx.complaint(context, row.example, row.name)
        if complaint:
            yield f"{context}: {row.example} -> {complaint}"


def check_repetition(nginx, row):
    context = row.contexts[0]
    second = SECOND.get((row.name, row.module), row.example)
    complaint = nginx.complaint(context, f"{row.example} {second}", row.name)
    refused = complaint is not None and re.match(rf'"{row.name}" directive (is )?duplicate', complaint)
    if complaint and not refused:
        yield f"{row.example} {second} -> {complaint}"
    elif bool(refused) != (row.repeat == "once"):
        yield f"{row.example} {second} -> {complaint}, but the table has {row.repeat}"


def check_contexts(nginx, row, everywhere):
    for context in AROUND:
        if context in everywhere[row.name]:
            continue
        complaint = nginx.complaint(context, row.example, row.name)
        if complaint != f'"{row.name}" directive is not allowed here':
            yield f"in {context}: {complaint}"


def check_arity(nginx, row):
    for number in range(10):
        complaint = nginx.complaint(row.contexts[0], row.with_arguments(number), row.name)
        refused = complaint == f'invalid number of arguments in "{row.name}" directive'
        if refused == row.takes(number):
            yield f"{number} arguments -> {complaint}, but the table has {row.arity}"


def check_body(nginx, row):
    if row.body == ";":
        text = row.example.removesuffix(";") + " { }"
        expected = f'directive "{row.name}" is not terminated by ";"'
    else:
        text = row.example.split(" {")[0] + ";"
        expected = f'directive "{row.name}" has no opening "{{"'
    complaint = nginx.complaint(row.contexts[0], text, row.name)
    if complaint != expected:
        yield f"{text} -> {complaint}"


def check_variables(nginx, row):
    """Whether `$` marks the arguments in which nginx finds an unknown variable."""
    body = row.example.find(" {")
    head, rest = (row.example.removesuffix(";"), ";") if row.body == ";" else (row.example[:body], row.example[body:])
    words = re.findall(r"'[^']*'|\"[^\"]*\"|\S+", head)
    places = list(range(1, len(words)))
    reads = {place for place in places if reads_variables(nginx, row, words, place, rest)}
    for slot, covered in slots_of(row.slots, places):
        if "$" not in slot and reads & covered:
            yield f"{row.example}: {slot} is read for variables"
        if "$" in slot and covered and not reads & covered and row.name not in UNSEEN:
            yield f"{row.example}: {slot} is not read for variables"


def reads_variables(nginx, row, words, place, rest):
    word = words[place]
    quote = word[-1] if word[-1] in "'\")" else ""
    for tried in (word.removesuffix(quote) + "$unknown_to_nginx" + quote, "$unknown_to_nginx"):
        text = " ".join(words[:place] + [tried] + words[place + 1 :]) + rest
        if nginx.complaint(row.contexts[-1], text, row.name) == 'unknown "unknown_to_nginx" variable':
            return True
    return False


def slots_of(slots, places):
    """[(slot, the places of the arguments that it takes)]"""
    places = list(places)
    for slot in slots.split(" "):
        width = len(places) if slot.endswith("...") else 2 if slot.startswith(("buffers", "keyval")) else 1
        yield slot, set(places[:width])
        places = places[width:]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", metavar="NGINX_BINARY")
    parser.add_argument("--load", nargs="+", default=[], metavar="FILE.so", help="dynamic modules")
    parser.add_argument("--only", choices=["examples", "repetition", "contexts", "arity", "body", "variables"])
    options = parser.parse_args()

    rows = read_rows(HERE / "directives.tsv")
    everywhere = {}
    for row in rows:
        everywhere.setdefault(row.name, set()).update(row.contexts)
    checks = {
        "examples": check_examples,
        "repetition": check_repetition,
        "contexts": lambda nginx, row: check_contexts(nginx, row, everywhere),
        "arity": check_arity,
        "body": check_body,
        "variables": check_variables,
    }
    root = Path(tempfile.mkdtemp(prefix="nginx-check-"))
    try:
        make_world(root)
        for file in options.load:
            shutil.copy(file, root / "modules")
        nginx = Nginx(shutil.which(options.binary), [f"modules/{Path(file).name}" for file in options.load], root)
        sys.exit(report(nginx, rows, {k: v for k, v in checks.items() if options.only in (None, k)}))
    finally:
        shutil.rmtree(root)


def report(nginx, rows, checks):
    newer = [row for row in rows if numbers(row.since) > nginx.version]
    rows = [row for row in rows if row not in newer]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        unknown = f'unknown directive "%s"'
        known = pool.map(lambda row: nginx.complaint(row.contexts[0], row.example, row.name) != unknown % row.name, rows)
        absent = [row for row, is_known in zip(rows, list(known)) if not is_known]
        rows = [row for row in rows if row not in absent]
        wrong = 0
        for name, check in checks.items():
            found = list(pool.map(lambda row: list(check(nginx, row)), rows))
            wrong += sum(map(len, found))
            print(f"{name}: {len(rows)} rows, {sum(map(bool, found))} of them wrong")
            for row, lines in zip(rows, found):
                for line in lines:
                    print(f"  {row.name} ({row.module}): {line}")
    print(f"{sum(len(row.contexts) for row in rows)} pairs of a row and a context")
    print(f"newer than this nginx: {len(newer)}: {' '.join(row.name for row in newer)}")
    print(f"not in this nginx: {len(absent)}: {' '.join(row.name for row in absent)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    main()
