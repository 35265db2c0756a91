import sys
from wsgiref.simple_server import make_server

from markupsafe import _speedups


def answer(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{sys.prefix} {_speedups.__file__}".encode()]


make_server("0.0.0.0", 8000, answer).serve_forever()
