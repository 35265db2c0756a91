"""Answers every request with what it heard, on every port that the stacks of these tests pass requests to."""

import os
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORTS = [80, 3000, 8000, 8003, 8888, 9000, 9001]
ADDRESS = re.compile(r"\b(?:10|172|192\.168)\.[0-9.]+")


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def version_string(self):
        return "echo"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        heard = sorted(f"{name.lower()}: {ADDRESS.sub('ADDRESS', value)}" for name, value in self.headers.items())
        lines = [os.environ.get("ECHO_AS", "echo"), f"{self.command} {self.path}", *heard, ""]
        text = "\n".join(lines).encode() + body
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_HEAD = do_POST = answer

    def log_message(self, *_):
        pass


servers = [ThreadingHTTPServer(("", port), Echo) for port in PORTS]
for server in servers:
    threading.Thread(target=server.serve_forever).start()
