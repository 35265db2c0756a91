#!/usr/bin/env python3
"""Writes directives.tsv: nginx's directives, from its source and from nginx.org's documentation.

    data/nginx/generate.py NGINX_SOURCE_DIR NGINX_ORG_DIR            # rewrite the table
    data/nginx/generate.py NGINX_SOURCE_DIR NGINX_ORG_DIR --check    # exit 1 if it would change

../README.md says what is read, what is written and under which licences. The output depends on the
inputs alone: no dates, no machine, sorted rows, LF line ends.
"""

import argparse
import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

HERE = Path(__file__).resolve().parent

# Folders of nginx's src whose modules are read, and the family a folder belongs to.
FAMILIES = {"core": "main", "event": "main", "http": "http", "stream": "stream", "mail": "mail"}

# Modules that a Linux build cannot have, or that no configuration of a site uses.
LEFT_OUT = {
    "ngx_devpoll_module",  # Solaris
    "ngx_eventport_module",  # Solaris
    "ngx_iocp_module",  # Windows
    "ngx_kqueue_module",  # BSD and macOS
    "ngx_http_perl_module",  # needs an embedded Perl
}

# The name of a module that the file's name does not give.
MODULES = {
    "nginx": "core",
    "ngx_log": "core",
    "ngx_conf_file": "core",
    "ngx_regex": "regex",
    "ngx_thread_pool": "thread_pool",
    "ngx_event": "events",
    "ngx_epoll_module": "epoll",
    "ngx_event_openssl": "openssl",
    "ngx_event_openssl_cache": "openssl",
    "ngx_event_quic_bpf": "quic_bpf",
    "ngx_http": "http",
    "ngx_http_upstream": "http_upstream",
    "ngx_stream": "stream",
    "ngx_stream_upstream": "stream_upstream",
    "ngx_mail": "mail",
}

# What a bit of ngx_command_t's type says about where the directive may stand.
CONTEXTS = {
    "NGX_MAIN_CONF": "main",
    "NGX_EVENT_CONF": "events",
    "NGX_HTTP_MAIN_CONF": "http",
    "NGX_HTTP_SRV_CONF": "server",
    "NGX_HTTP_LOC_CONF": "location",
    "NGX_HTTP_UPS_CONF": "upstream",
    "NGX_HTTP_SIF_CONF": "server_if",
    "NGX_HTTP_LIF_CONF": "location_if",
    "NGX_HTTP_LMT_CONF": "limit_except",
    "NGX_STREAM_MAIN_CONF": "stream",
    "NGX_STREAM_SRV_CONF": "stream_server",
    "NGX_STREAM_UPS_CONF": "stream_upstream",
    "NGX_MAIL_MAIN_CONF": "mail",
    "NGX_MAIL_SRV_CONF": "mail_server",
}
ANY_CONTEXT = "NGX_ANY_CONF"
CONTEXT_ORDER = list(CONTEXTS.values())

# What a bit says about the number of arguments: the numbers, or the least one.
NUMBERS = {"NGX_CONF_NOARGS": [0], "NGX_CONF_FLAG": [1]}
NUMBERS.update({f"NGX_CONF_TAKE{n}": [n] for n in range(1, 8)})
NUMBERS.update({f"NGX_CONF_TAKE{s}": [int(c) for c in s] for s in ("12", "13", "23", "123", "1234")})
AT_LEAST = {"NGX_CONF_ANY": 0, "NGX_CONF_1MORE": 1, "NGX_CONF_2MORE": 2}

# Documented modules that are not in nginx's source: commercial ones, and those of other repositories.
UNPUBLISHED = {
    *(f"ngx_http_{name}_module" for name in "acme api auth_jwt auth_require f4f hls internal_redirect js keyval".split()),
    *(f"ngx_http_{name}_module" for name in "num_map oidc perl proxy_protocol_vendor session_log spdy status".split()),
    *(f"ngx_http_{name}_module" for name in "upstream_conf upstream_hc".split()),
    *(f"ngx_stream_{name}_module" for name in "js keyval mqtt_filter mqtt_preread num_map".split()),
    *(f"ngx_stream_{name}_module" for name in "proxy_protocol_vendor upstream_hc zone_sync".split()),
    *("ngx_http_api_module_head", "ngx_google_perftools_module", "ngx_mgmt_module", "ngx_otel_module"),
}

# Documented parameters that are not in nginx's source either.
UNPUBLISHED_PARAMETERS = re.compile(r" \[(json|status_zone=<zone>|purger\w*=[^\]]*|sync)\]| denied \|")

# Blocks whose entries are keys with values and no directives. (geoip_* take a file, not a block.)
TABLES = {
    "charset_map": ["http"],
    "geo": ["http", "stream"],
    "map": ["http", "stream"],
    "split_clients": ["http", "stream"],
    "types": ["http"],
}

# Setters that several directives use: the types of their arguments. `$` marks a slot that may hold
# variables, `...` one that repeats; `enum` and `bitmask` get their words from the directive.
SETTERS = {
    "ngx_conf_set_flag_slot": "flag",
    "ngx_conf_set_str_slot": "text",
    "ngx_conf_set_str_array_slot": "text",
    "ngx_conf_set_keyval_slot": "keyval",
    "ngx_conf_set_num_slot": "number",
    "ngx_conf_set_size_slot": "size",
    "ngx_conf_set_off_slot": "offset",
    "ngx_conf_set_msec_slot": "duration",
    "ngx_conf_set_sec_slot": "seconds",
    "ngx_conf_set_bufs_slot": "buffers",
    "ngx_conf_set_enum_slot": "enum",
    "ngx_conf_set_bitmask_slot": "bitmask",
    "ngx_conf_set_path_slot": "path number...",
    "ngx_conf_set_access_slot": "word...",
    "ngx_http_types_slot": "text...",
    "ngx_http_set_complex_value_slot": "text$",
    "ngx_http_set_complex_value_zero_slot": "text$",
    "ngx_http_set_complex_value_size_slot": "size$",
    "ngx_stream_set_complex_value_slot": "text$",
    "ngx_stream_set_complex_value_zero_slot": "text$",
    "ngx_stream_set_complex_value_size_slot": "size$",
    "ngx_http_set_predicate_slot": "text$...",
    "ngx_http_upstream_param_set_slot": "text$...",
}
# Those of them that add to a list instead of refusing a second directive.
ADDING = {
    "ngx_conf_set_str_array_slot",
    "ngx_conf_set_keyval_slot",
    "ngx_conf_set_bitmask_slot",
    "ngx_http_types_slot",
    "ngx_http_set_predicate_slot",
    "ngx_http_upstream_param_set_slot",
}

# The type of an argument, from the word that nginx.org's syntax line has for it.
DOCUMENTED_TYPES = {
    "time": "duration",
    "timeout": "duration",
    "header_timeout": "duration",
    "size": "size",
    "number": "number",
    "connections": "number",
    "file": "path",
    "path": "path",
    "directory": "path",
    "string": "text",
    "text": "text",
    "replacement": "text",
}
# Functions of nginx that find variables in an argument.
READS_VARIABLES = re.compile(
    r"ngx_(http|stream)_(script_compile|compile_complex_value|script_variables_count|get_variable_index)\b"
)
# Slots that neither the setter nor nginx.org's line tells. Of plain slots those whose text is compiled when all has been
# read; of own functions those that look for variables in some of their arguments only (check.py finds both out).
SLOTS = {
    "access_log": "path$ word$...",
    "add_header": "word text$ word",
    "add_trailer": "word text$ word",
    "alias": "path$",
    "worker_priority": "word",
    "auth_basic_user_file": "path$",
    "auth_request_set": "variable text$",
    "disable_symlinks": "word word$",
    "error_log": "path word",
    "geo": "variable variable",
    "hash": "text$ word",
    "image_filter": "word word$ word$",
    "include": "path",
    "limit_conn_zone": "text$ word",
    "limit_req_zone": "text$ word word",
    "log_format": "word text$...",
    "map": "text$ variable",
    "memcached_pass": "word",
    "proxy_set_body": "text$",
    "rewrite": "word text$ word",
    "root": "path$",
    "set": "variable text$",
    "split_clients": "text$ variable",
    "ssl_certificate": "path$",
    "ssl_certificate_key": "path$",
    "try_files": "path$...",
    "userid_path": "text",
    "xslt_param": "word text$",
    "xslt_string_param": "word text$",
    "xslt_stylesheet": "path text$...",
    **{f"{module}_param": "word text$ word" for module in ("fastcgi", "scgi", "uwsgi")},
    **{f"{module}_set_header": "word text$" for module in ("proxy", "grpc")},
    **{f"{module}_cache_path": "path word..." for module in ("fastcgi", "proxy", "scgi", "uwsgi")},
}
# The same for one module's directive alone.
SLOTS_OF_MODULE = {
    # keys may stand in variables for http and stream only
    ("ssl_certificate", "mail_ssl"): "path",
    ("ssl_certificate_key", "mail_ssl"): "path",
}

COLUMNS = [
    ("name", "the directive"),
    ("module", "the module whose source has it"),
    ("contexts", "where it may stand; server_if, location_if: inside `if` in a server or a location"),
    ("arity", "numbers of arguments that nginx's parser takes; N+: N or more"),
    ("body", "`;` none, `block` directives, `table` entries whose keys are no directives"),
    (
        "slots",
        "types of the arguments in order, optional ones included: flag duration seconds size offset number enum:a|b "
        "bitmask:a|b text path variable (a name with its $) word (not known), and of two arguments each buffers (number "
        "size) and keyval (text text); ...: any number of these; $: nginx reads variables in it; -: no arguments",
    ),
    ("repeat", "`once`: a second one in the same block is refused, `many`: it is not"),
    (
        "merge",
        "what an inner block gets of an outer one: `value` it, unless it has its own; `list` all of them, unless it has "
        "one of its own; `if` it, where the inner block is an `if`, or with a `*_pass` limit_except; `none` nothing; "
        "`here`: there is no inner block",
    ),
    ("since", "the least release, as numbers, that has it in one of the contexts"),
    ("default", "the documented value of a directive that is not written; -: none is documented"),
    ("syntax", "the documented form, <argument>; ` || ` between forms; -: not documented"),
    ("doc", "what it does"),
    ("example", "a whole directive"),
]

# Directives that refuse one kind of second one only: the same zone, or what excludes the first.
MANY = {
    *("limit_conn limit_req mirror proxy_cookie_domain proxy_cookie_flags proxy_cookie_path proxy_redirect".split()),
    "xslt_stylesheet",
}

# How an outer block's value reaches an inner one, where no ngx_conf_merge_* of the directive's own field
# tells: read in the modules' merging functions.
MERGE = {
    # the address is taken over by `if` and `limit_except` (noname), whose requests it still answers; the handlers
    # of modules without an address stay with the request that enters an `if`
    **{f"{module}_pass": "if" for module in "fastcgi grpc memcached proxy scgi tunnel uwsgi".split()},
    **{name: "if" for name in "empty_gif flv mp4 stub_status".split()},
    # run where they stand; an inner block runs its own
    **{name: "none" for name in "break if include limit_except location return rewrite set try_files".split()},
    **{f"http2_{name}": "none" for name in "push push_preload max_concurrent_pushes".split()},
    **{f"http2_{name}": "none" for name in "idle_timeout max_field_size max_header_size max_requests recv_timeout".split()},
}
INHERITED = """
    access_log aio alias allow ancient_browser ancient_browser_value auth_http auth_http_header auth_request
    auth_request_set deny directio disable_symlinks error_log error_page expires fastcgi_split_path_info gzip_disable
    image_filter image_filter_jpeg_quality image_filter_sharpen image_filter_webp_quality index internal
    keepalive_timeout limit_conn limit_req mirror modern_browser modern_browser_value open_log_file_cache proxy_bind
    proxy_cookie_domain proxy_cookie_flags proxy_cookie_path proxy_redirect proxy_ssl_alpn quic_host_key
    real_ip_header resolver root set_real_ip_from ssl_alpn ssl_certificate_cache ssl_ocsp_cache ssl_password_file
    ssl_session_cache sub_filter types userid_expires userid_mark valid_referers xml_entities xslt_param
    xslt_string_param xslt_stylesheet client_body_temp_path
""".split()
for module in "fastcgi grpc proxy scgi uwsgi".split():
    for name in "cache cache_key hide_header pass_header ssl_certificate_cache ssl_password_file store temp_path".split():
        INHERITED.append(f"{module}_{name}")
# Those of them that a later one of the same block replaces.
REPLACED = {
    *("alias ancient_browser_value auth_http auth_request fastcgi_split_path_info image_filter".split()),
    *("image_filter_jpeg_quality image_filter_sharpen image_filter_webp_quality modern_browser_value".split()),
    *("ssl_session_cache".split()),
}


class Command:
    """One entry of an ngx_command_t array."""

    def __init__(self, module, family, name, flags, setter, offset, post, text):
        self.module, self.family, self.name = module, family, name
        self.flags, self.setter, self.offset, self.post = flags, setter, offset, post
        self.text = text  # of the file, for what the setter and the merging functions do

    @property
    def contexts(self):
        if ANY_CONTEXT in self.flags:
            return CONTEXT_ORDER
        return [context for bit, context in CONTEXTS.items() if bit in self.flags]

    @property
    def arity(self):
        for bit in ("NGX_CONF_ANY", "NGX_CONF_FLAG", "NGX_CONF_1MORE", "NGX_CONF_2MORE"):  # as ngx_conf_handler asks
            if bit in self.flags:
                return "1" if bit == "NGX_CONF_FLAG" else f"{AT_LEAST[bit]}+"
        numbers = sorted({n for bit in self.flags for n in NUMBERS.get(bit, [])})
        return ",".join(map(str, numbers))

    @property
    def body(self):
        if "NGX_CONF_BLOCK" not in self.flags:
            return ";"
        return "table" if self.family in TABLES.get(self.name, []) else "block"


def strip_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def read_commands(source):
    """Every Command of nginx's source, except of what is left out."""
    commands = []
    for folder, family in FAMILIES.items():
        for path in sorted((source / "src" / folder).rglob("*.c")):
            if path.stem in LEFT_OUT:
                continue
            text = strip_comments(path.read_text())
            for array in re.finditer(r"ngx_command_t\s+\w+\[\]\s*=\s*\{(.*?)\n\};", text, re.S):
                commands += array_commands(array[1], module_name(path.stem), family, text)
    return commands


def module_name(stem):
    if stem in MODULES:
        return MODULES[stem]
    return re.fullmatch(r"ngx_(\w+?)(_filter)?_module", stem)[1]


def array_commands(body, module, family, text):
    body = "\n".join(line for line in body.splitlines() if not line.startswith("#"))
    entry = re.compile(r'\{\s*ngx_string\("([^"]+)"\),\s*([^,]*?),\s*(\w+),\s*(\w+),\s*(.*?),\s*([^,]*?)\s*\}(?=,\s)', re.S)
    found = entry.findall(body)
    if len(found) != body.count("ngx_string"):
        sys.exit(f"{module}: {body.count('ngx_string')} commands, of which {len(found)} are understood")
    for name, flags, setter, _, offset, post in found:
        bits = set(re.sub(r"\s", "", flags).split("|"))
        unknown = bits - CONTEXTS.keys() - NUMBERS.keys() - AT_LEAST.keys()
        unknown -= {ANY_CONTEXT, "NGX_DIRECT_CONF", "NGX_CONF_BLOCK"}
        if unknown:
            sys.exit(f"{module}: {name}: what do {sorted(unknown)} mean?")
        field = re.fullmatch(r"offsetof\(\s*\w+,\s*([\w.]+)\)", offset)
        yield Command(module, family, name, bits, setter, field and field[1], post.lstrip("&"), text)


def function_body(text, name):
    found = re.search(rf"^{name}\(ngx_conf_t[^;{{]*\n\{{.*?^\}}", text, re.S | re.M)
    return found and found[0]


class Documented:
    """One `<directive>` of nginx.org."""

    def __init__(self, element):
        self.name = element.get("name")
        self.contexts = [c.text for c in element.findall("context") if c.text]
        self.since = clean(element.findtext("appeared-in"))
        self.default = clean(element.findtext("default"))
        self.forms = [self.form(s) for s in element.findall("syntax")]

    def form(self, syntax):
        """[(kind, text)] with kind `value`, `literal` or `text`, and whether a block follows."""
        parts = [("text", syntax.text or "")]
        for child in syntax:
            parts.append((child.tag, "".join(child.itertext())))
            parts.append(("text", child.tail or ""))
        return parts, syntax.get("block") == "yes"

    def syntax(self):
        lines = []
        for parts, block in self.forms:
            line = "".join(f"<{text}>" if kind == "value" else text for kind, text in parts)
            lines.append(clean(f"{self.name} {line}" + (" { ... }" if block else "")))
        return UNPUBLISHED_PARAMETERS.sub("", " || ".join(lines))


def clean(text):
    return re.sub(r"\s+", " ", text or "").strip()


def read_documentation(site):
    """(family, name) -> [Documented]"""
    folders = {"": "main", "http": "http", "stream": "stream", "mail": "mail"}
    documented = {}
    for folder, family in folders.items():
        for path in sorted((site / "xml/en/docs" / folder).glob("ngx_*.xml")):
            if path.stem in UNPUBLISHED:
                continue
            text = re.sub(r"<!DOCTYPE[^\[>]*(\[.*?\]\s*)?>", "", path.read_text(), count=1, flags=re.S)
            text = re.sub(r"&(?!amp;|lt;|gt;|quot;|apos;|#)\w+;", " ", text)
            for element in ElementTree.fromstring(text).iter("directive"):
                documented.setdefault((family, element.get("name")), []).append(Documented(element))
    return documented


def documentation_of(command, documented):
    """The entry that is about this directive: of several, the one of the same contexts."""
    family = "main" if command.name == "error_log" else command.family  # documented once for all
    entries = documented.get((family, command.name), [])
    upstream = command.contexts in (["upstream"], ["stream_upstream"])
    entries = [entry for entry in entries if (entry.contexts == ["upstream"]) == upstream]
    if len(entries) > 1:
        sys.exit(f"{command.name} ({command.module}) is documented {len(entries)} times")
    return entries[0] if entries else None


def words_of(command):
    """The words of an enumeration or a bit mask, in the order of the source."""
    table = re.search(rf"ngx_conf_(?:enum|bitmask)_t\s+{command.post}\[\]\s*=\s*\{{(.*?)\n\}};", command.text, re.S)
    if not table:
        table = re.search(rf"\b{command.post}\[\]\s*=\s*\{{(.*?)\n\}};", WHOLE_SOURCE, re.S)
    return "|".join(re.findall(r'ngx_string\("([^"]+)"\)', table[1]))


def slots(command, entry):
    if command.arity == "0":
        return "-"
    kind = SETTERS.get(command.setter)
    if kind in ("text", "text$") and documented_slots(command, entry) == "path":
        kind = kind.replace("text", "path")
    elif kind == "enum":
        kind = f"enum:{words_of(command)}"
    elif kind == "bitmask":
        kind = f"bitmask:{words_of(command)}..."
    elif kind is None:
        kind = documented_slots(command, entry) or unknown_slots(command)
        if reads_variables(command):
            kind = " ".join(slot.removesuffix("...") + "$" + "..." * slot.endswith("...") for slot in kind.split(" "))
    return SLOTS_OF_MODULE.get((command.name, command.module)) or SLOTS.get(command.name, kind)


def unknown_slots(command):
    return {"1": "word", "2": "word word"}.get(command.arity, "word...")


def documented_slots(command, entry):
    """What the syntax line says, where it has one form without alternatives."""
    if entry is None or len(entry.forms) != 1:
        return None
    arguments = entry.syntax().removesuffix(" { ... }").removeprefix(command.name).strip()
    words = arguments.split(" | ")
    if command.arity == "1" and len(words) > 1 and not re.search(r"[<\[=]", arguments):
        return "flag" if sorted(words) == ["off", "on"] else f"enum:{'|'.join(words)}"
    if "|" in arguments:
        return None
    kinds = []
    for argument in re.findall(r"\[[^\]]*\]|\S+", arguments):
        if argument == "...":
            kinds[-1] += "..."
        else:
            value = re.fullmatch(r"\[?<([^>]*)>\]?", argument)
            kinds.append(DOCUMENTED_TYPES.get(value[1], "word") if value else "word")
    repeated = bool(kinds) and kinds[-1].endswith("...")
    longest = command.arity.split(",")[-1]
    if any(kind.endswith("...") for kind in kinds[:-1]) or repeated != longest.endswith("+"):
        return None
    if not repeated and len(kinds) != int(longest):
        return None
    return " ".join(kinds)


def reads_variables(command):
    """Whether the setter, or a function of the same file that it calls, compiles variables."""
    seen, waiting = set(), [command.setter]
    while waiting:
        name = waiting.pop()
        body = name not in seen and function_body(command.text, name)
        seen.add(name)
        if not body and name == command.setter:
            body = function_body(WHOLE_SOURCE, name)
        if body:
            if READS_VARIABLES.search(body):
                return True
            waiting += re.findall(r"\b(ngx_\w+)\(cf\b", body)
    return False


def repeat(command):
    if command.name in MANY:
        return "many"
    if command.setter in SETTERS:
        return "many" if command.setter in ADDING else "once"
    body = function_body(command.text, command.setter) or function_body(WHOLE_SOURCE, command.setter)
    called = set(re.findall(r"\bngx_(?:conf|http|stream)_set_\w+_slot\b", body)) & SETTERS.keys()
    if '"is duplicate"' in body or called - ADDING:
        return "once"
    return "many"


LEVELS = [
    {"main"},
    {"events"},
    {"http"},
    {"server", "server_if"},
    {"upstream"},
    {"stream"},
    {"stream_server"},
    {"stream_upstream"},
    {"mail"},
    {"mail_server"},
]


def merge(command, repeated):
    contexts = set(command.contexts)
    if any(contexts <= level for level in LEVELS):
        return "here"
    if command.name in MERGE:
        return MERGE[command.name]
    merged = command.name in INHERITED or command.offset and re.search(
        rf"ngx_conf_merge_\w+\(\s*conf->{re.escape(command.offset)},|conf->{re.escape(command.offset)} = prev->"
        rf"|ngx_http_merge_types\(cf, &conf->{re.escape(command.offset)},",
        command.text,
    )
    if not merged:
        sys.exit(f"{command.name} ({command.module}): does an inner block get it?")
    return "list" if repeated == "many" and command.name not in REPLACED else "value"


def write(path, text, check):
    """Writes the file if it would change; with `check`, says so and exits 1 instead."""
    if path.is_file() and path.read_text() == text:
        return
    if check:
        sys.exit(f"{path.name} is not what these inputs give")
    path.write_text(text)
    print(f"wrote {path.name}")


def read_docs(path):
    """(name, module) -> (doc, example or None)"""
    docs = {}
    for line in path.read_text().splitlines():
        if line.startswith("#"):
            continue
        name, module, doc, *example = line.split("\t")
        if len(doc) > 100 or not doc.endswith("."):
            sys.exit(f"{path.name}: {name}: one sentence of at most 100 characters, please")
        docs[name, module] = doc, example[0] if example else None
    return docs


def derived_example(command, kind, default):
    """A directive with a value that its only slot takes; a flag with what it is not anyway."""
    if kind == "flag":
        return f"{command.name} {'off' if default == 'on' else 'on'};"
    if kind.startswith("enum:"):
        words = [word for word in kind.removeprefix("enum:").split("|") if word != default]
        return f"{command.name} {words[0]};"
    sys.exit(f"docs.tsv: {command.name} ({command.module}) needs an example: {kind} tells none")


def read_since(path):
    """(name, context) -> version"""
    since = {}
    for line in path.read_text().splitlines():
        if not line.startswith("#"):
            name, version, contexts = line.split("\t")
            since.update({(name, context): version for context in contexts.split(",")})
    return since


def since_of(command, since, version):
    """The first release that has it in any of its contexts; the source's own version if none has."""
    releases = {since.get((command.name, context), version) for context in command.contexts}
    return min(releases, key=lambda release: [int(number) for number in release.split(".")])


def version_of(source):
    return re.search(r'NGINX_VERSION\s+"([^"]+)"', (source / "src/core/nginx.h").read_text())[1]


def row(command, entry, version, docs, since):
    if (command.name, command.module) not in docs:
        sys.exit(f"docs.tsv lacks {command.name} ({command.module})")
    doc, example = docs[command.name, command.module]
    kind, repeated = slots(command, entry), repeat(command)
    default = entry and entry.default or "-"
    return (
        command.name,
        command.module,
        ",".join(command.contexts),
        command.arity,
        command.body,
        kind,
        repeated,
        merge(command, repeated),
        since_of(command, since, version),
        default,
        entry and entry.syntax() or "-",
        doc,
        example or derived_example(command, kind, default),
    )


def table(source, site):
    version, documented = version_of(source), read_documentation(site)
    docs, since = read_docs(HERE / "docs.tsv"), read_since(HERE / "since.tsv")
    commands = read_commands(source)
    unknown = docs.keys() - {(command.name, command.module) for command in commands}
    if unknown:
        sys.exit(f"docs.tsv has what nginx has not: {sorted(unknown)}")
    rows = [row(command, documentation_of(command, documented), version, docs, since) for command in commands]
    lines = [
        f"# nginx's directives, from the source of nginx {version} and nginx.org "
        "(BSD-2-Clause: LICENSE-nginx)",
        "# Made by generate.py, with since.tsv and docs.tsv; do not edit.",
    ]
    lines += [f"# {name}: {meaning}" for name, meaning in COLUMNS]
    lines += ["# " + "\t".join(name for name, _ in COLUMNS)]
    lines += ["\t".join(row) for row in sorted(rows)]
    return "\n".join(lines) + "\n"


def main():
    global WHOLE_SOURCE
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, metavar="NGINX_SOURCE_DIR")
    parser.add_argument("site", type=Path, metavar="NGINX_ORG_DIR")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the table would change")
    options = parser.parse_args()
    WHOLE_SOURCE = "\n".join(strip_comments(p.read_text()) for p in sorted((options.source / "src").rglob("*.c")))
    write(HERE / "directives.tsv", table(options.source, options.site), options.check)


if __name__ == "__main__":
    main()
