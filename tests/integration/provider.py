# SPDX-License-Identifier: Apache-2.0
"""Identity providers for tests: a real one (oidc-provider, by provider.js) and the browser that signs in
there; and one that answers what a test tells it to."""

import http.cookiejar
import http.server
import html.parser
import json
import os
import socket
import ssl
import subprocess
import threading
import time
import urllib.parse
import urllib.request

import harness

NODE = os.environ.get("PLEDGE_TEST_NODE", os.path.join(harness.WORK, "node"))
START_SECONDS = 60
CLIENT = "pledge"
PAGES = 12  # of a sign-in, at most


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Provider:
    """The real one, on a port of this machine."""

    def __init__(self, algorithm="RS256"):
        self.port = free_port()
        self.issuer = f"https://localhost:{self.port}"
        self.environment = dict(
            os.environ, PORT=str(self.port), KEY=os.path.join(harness.WORK, "server.key"),
            CERTIFICATE=os.path.join(harness.WORK, "server.pem"), CLIENT=CLIENT, PACKAGES=NODE,
            ALGORITHM=algorithm)

    def __enter__(self):
        script = os.path.join(harness.ROOT, "tests/integration/provider.js")
        self.process = subprocess.Popen(["node", script], env=self.environment, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        deadline = time.monotonic() + START_SECONDS
        while True:
            line = self.process.stdout.readline()
            if line.strip() == "listening":
                return self
            if not line or time.monotonic() > deadline:
                self.process.kill()
                raise RuntimeError("the provider did not start: " + self.process.stderr.read())

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


class Form(html.parser.HTMLParser):
    """The first form of a page."""

    def __init__(self, page):
        super().__init__()
        self.action = None
        self.fields = {}
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "form" and self.action is None:
            self.action = found.get("action", "")
        elif tag == "input" and found.get("name"):
            self.fields[found["name"]] = found.get("value") or ""


class Browser:
    """Somebody with a browser who signs in under a name."""

    def __init__(self, name):
        context = ssl.create_default_context(cafile=os.path.join(harness.CA, "ca.pem"))
        self.name = name
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=context),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def open(self, url, fields=None):
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        try:
            answer = self.opener.open(url, data, timeout=harness.CALL_SECONDS)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.geturl(), answer.read().decode()

    def approve(self, url, refuse=False):
        """Goes through the pages from the link to the end; returns the last one."""
        url, page = self.open(url)
        for _ in range(PAGES):
            form = Form(page)
            if form.action is None:
                return page
            fields = dict(form.fields)
            if "login" in fields:
                fields.update(login=self.name, password="not looked at")
            refused = refuse and "confirm" in fields
            if refused:
                fields["abort"] = "yes"
            url, page = self.open(urllib.parse.urljoin(url, form.action), fields)
            if refused:
                return page
        raise AssertionError("the sign-in does not end: " + page)


class Script:
    """Answers each path with what a list has for it, the last one for ever; keeps what was asked."""

    def __init__(self):
        self.answers = {}
        self.asked = []
        self.delay_seconds = 0
        script = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                size = int(self.headers.get("content-length") or 0)
                fields = urllib.parse.parse_qs(self.rfile.read(size).decode())
                script.asked.append((time.monotonic(), self.path, {k: v[0] for k, v in fields.items()}))
                time.sleep(script.delay_seconds)
                waiting = script.answers.get(self.path, [(404, {})])
                status, body = waiting.pop(0) if len(waiting) > 1 else waiting[0]
                body = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("location", "https://localhost/elsewhere")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(os.path.join(harness.WORK, "server.pem"), os.path.join(harness.WORK, "server.key"))
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.issuer = f"https://localhost:{self.server.server_port}"
        self.configuration = {
            "issuer": self.issuer, "jwks_uri": self.issuer + "/jwks", "token_endpoint": self.issuer + "/token",
            "device_authorization_endpoint": self.issuer + "/device"}
        self.answers["/.well-known/openid-configuration"] = [(200, self.configuration)]
        self.answers["/jwks"] = [(200, {"keys": []})]
        self.answers["/device"] = [(200, {
            "device_code": "d" * 20, "user_code": "ABCD-EFGH", "verification_uri": self.issuer + "/go",
            "verification_uri_complete": self.issuer + "/go?user_code=ABCD-EFGH", "expires_in": 60,
            "interval": 1})]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def times(self, path):
        return [moment for moment, asked, _ in self.asked if asked == path]
