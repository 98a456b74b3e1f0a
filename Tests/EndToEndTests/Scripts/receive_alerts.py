#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Take notifications on a free port of 127.0.0.1, and print each as a line of JSON: its path, its authorization, its body."""
import json
from http.server import BaseHTTPRequestHandler, HTTPServer


class Receiver(BaseHTTPRequestHandler):
    """Prints what is posted, and answers as Slack does."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        line = {"path": self.path, "authorization": self.headers.get("Authorization", ""), "body": json.loads(body)}
        print(json.dumps(line), flush=True)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Leaves standard error empty."""


HTTPServer(("127.0.0.1", 0), Receiver).serve_forever()
