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
    "size": "size",
    "number": "number",
    "file": "path",
    "path": "path",
    "directory": "path",
}

COLUMNS = [
    ("name", "the directive"),
    ("module", "the module whose source has it"),
    ("contexts", "where it may stand; server_if, location_if: inside `if` in a server or a location"),
    ("arity", "numbers of arguments that nginx's parser takes; N+: N or more"),
    ("body", "`;` none, `block` directives, `table` entries whose keys are no directives"),
    (
        "slots",
        "types of the arguments in order: flag duration seconds size offset number enum:a|b bitmask:a|b text path "
        "word (not known), and of two arguments each buffers (number size) and keyval (text text); "
        "...: any number of these; $: nginx reads variables in it; -: no arguments",
    ),
    ("repeat", "`once`: a second one in the same block is refused, `many`: it is not"),
    (
        "merge",
        "what an inner block gets of an outer one: `value` it, unless it has its own; `list` all of them, unless it has "
        "one of its own; `none` nothing; `here`: there is no inner block to get it; `special`: none of these",
    ),
    ("since", "the first release that has it; -: not known"),
    ("default", "the documented value of a directive that is not written; -: none is documented"),
    ("syntax", "the documented form, <argument>; ` || ` between forms; -: not documented"),
    ("doc", "what it does"),
    ("example", "a whole directive"),
]


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
        return " || ".join(lines)


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
    entries = documented.get((command.family, command.name), [])
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
    if kind == "enum":
        return f"enum:{words_of(command)}"
    if kind == "bitmask":
        return f"bitmask:{words_of(command)}..."
    if kind:
        return kind
    return documented_slots(command, entry) or "word..."


def documented_slots(command, entry):
    """What the syntax line says, where it says one thing only."""
    if entry is None or len(entry.forms) != 1 or command.arity != "1":
        return None
    parts, _ = entry.forms[0]
    parts = [(kind, text.strip()) for kind, text in parts if text.strip()]
    if len(parts) == 1 and parts[0][0] == "value":
        return DOCUMENTED_TYPES.get(parts[0][1])
    values, bars = parts[::2], parts[1::2]
    if values and all(kind == "literal" for kind, _ in values) and all(bar == ("text", "|") for bar in bars):
        words = [text for _, text in values]
        return "flag" if sorted(words) == ["off", "on"] else f"enum:{'|'.join(words)}"
    return None


def repeat(command):
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
    merged = command.offset and re.search(
        rf"ngx_conf_merge_\w+\(\s*conf->{re.escape(command.offset)},|conf->{re.escape(command.offset)} = prev->"
        rf"|ngx_http_merge_types\(cf, &conf->{re.escape(command.offset)},",
        command.text,
    )
    if merged:
        return "list" if repeated == "many" else "value"
    return "special"


def version_of(source):
    return re.search(r'NGINX_VERSION\s+"([^"]+)"', (source / "src/core/nginx.h").read_text())[1]


def main():
    global WHOLE_SOURCE
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, metavar="NGINX_SOURCE_DIR")
    parser.add_argument("site", type=Path, metavar="NGINX_ORG_DIR")
    options = parser.parse_args()
    WHOLE_SOURCE = "\n".join(strip_comments(p.read_text()) for p in sorted((options.source / "src").rglob("*.c")))

    documented = read_documentation(options.site)
    rows = []
    for command in read_commands(options.source):
        entry = documentation_of(command, documented)
        repeated = repeat(command)
        rows.append(
            (
                command.name,
                command.module,
                ",".join(command.contexts),
                command.arity,
                command.body,
                slots(command, entry),
                repeated,
                merge(command, repeated),
                entry and entry.since or "-",
                entry and entry.default or "-",
                entry and entry.syntax() or "-",
                "-",
                "-",
            )
        )
    lines = [
        f"# nginx's directives, from the source of nginx {version_of(options.source)} and nginx.org "
        "(BSD-2-Clause: LICENSE-nginx, LICENSE-nginx.org)",
        "# Made by generate.py from them and docs.tsv; do not edit.",
    ]
    lines += [f"# {name}: {meaning}" for name, meaning in COLUMNS]
    lines += ["# " + "\t".join(name for name, _ in COLUMNS)]
    lines += ["\t".join(row) for row in sorted(rows)]
    (HERE / "directives.tsv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
